//! The real `alo` binary, with a data folder of its own and free ports.
//!
//! The contract: `alo serve --dev --json --data DIR --http ADDRESS --sip ADDRESS --rtp-ports A-B` prints one line of JSON
//! when it is ready: `{"event":"ready","http":"127.0.0.1:…","sip":"127.0.0.1:…","account_sid":"AC…","auth_token":"…"}`.
//! Nothing is asked of it before that line.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output as Ended, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::ports::PortRange;

/// How long a start may take on the busiest machine.
const START_MAX: Duration = Duration::from_secs(60);

/// How long it may take to drain and end after SIGTERM.
const END_MAX: Duration = Duration::from_secs(60);

/// Lines of its output that are kept for a failure.
const LINES_MAX: usize = 2_000;

/// A running `alo`. It is killed when this is dropped; if a test fails, what it printed is shown.
pub struct Server {
    options: ServerOptions,
    data: TempDir,
    ports: PortRange,
    running: Option<Running>,
    ready: Ready,
    output: Output,
}

/// What is told to the binary besides the contract.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The binary; in tests of the package `alo` it is `env!("CARGO_BIN_EXE_alo")`.
    pub binary: PathBuf,
    /// More arguments.
    pub arguments: Vec<String>,
    /// More variables of its environment.
    pub environment: Vec<(String, String)>,
    /// How many UDP ports it gets for RTP and RTCP; two for each leg. Default 62.
    pub rtp_ports: u16,
    /// Whether it serves with `--dev`. Default yes: without it, applications on loopback aren't asked.
    pub development: bool,
    /// What its `alo.toml` says. Default nothing: there is none.
    pub settings: String,
}

struct Running {
    child: Child,
}

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ready {
    http: SocketAddr,
    sip: SocketAddr,
    account_sid: String,
    auth_token: String,
}

/// The last lines that it printed. Clones are the same.
#[derive(Clone, Default)]
struct Output {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl ServerOptions {
    /// Nothing besides the contract.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            rtp_ports: 62,
            development: true,
            settings: String::new(),
        }
    }

    /// Not for development: as the world meets it.
    pub fn in_production(mut self) -> Self {
        self.development = false;
        self
    }

    /// With this in its `alo.toml`.
    pub fn settings(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.settings);
        self
    }

    /// One argument more.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// One variable more.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Server {
    /// Starts the binary and waits until it is ready. Panics with what it printed if it isn't.
    pub async fn start(binary: impl Into<PathBuf>) -> Self {
        Self::with(ServerOptions::new(binary)).await
    }

    /// The same, told more.
    pub async fn with(options: ServerOptions) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        if !options.settings.is_empty() {
            let file = data.path().join("alo.toml");
            std::fs::write(file, &options.settings).expect("it can be written");
        }
        let ports = PortRange::of_at_least(options.rtp_ports);
        let output = Output::default();
        let free = "127.0.0.1:0";
        let mut command = command(&options, data.path(), &ports, (free, free));
        let (running, ready) = launch(&mut command, &output).await;
        Self { options, data, ports, running: Some(running), ready, output }
    }

    /// Where it serves HTTP.
    pub fn http(&self) -> SocketAddr {
        self.ready.http
    }

    /// Where it serves SIP.
    pub fn sip(&self) -> SocketAddr {
        self.ready.sip
    }

    /// The address of a path of its HTTP server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.ready.http)
    }

    /// The account that it made.
    pub fn account_sid(&self) -> &str {
        &self.ready.account_sid
    }

    /// The password of that account.
    pub fn auth_token(&self) -> &str {
        &self.ready.auth_token
    }

    /// Its data folder, which is gone when this is dropped.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Its process number; `None` if it has ended.
    pub fn process(&self) -> Option<u32> {
        self.running.as_ref()?.child.id()
    }

    /// What it printed lately.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Gives it a command as an operator does (`["phones", "add", "ada"]`), and reads the JSON that comes back. Panics
    /// with what it printed if it fails.
    pub async fn told(&self, command: &[&str]) -> Value {
        let output = self.runs(&[&["--json"], command].concat()).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let status = output.status;
        assert!(status.success(), "{command:?} ended with {status}:\n{text}{errors}");
        if text.trim().is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{command:?} printed no JSON ({error}):\n{text}"))
    }

    /// Gives it a command as an operator does, and says what came of that.
    pub async fn runs(&self, command: &[&str]) -> Ended {
        Command::new(&self.options.binary)
            .arg("--data")
            .arg(self.data.path())
            .args(["--http", &self.ready.http.to_string()])
            .args(command)
            .env_remove("PORT")
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .await
            .expect("the binary was started before")
    }

    /// Makes an account for a phone; its password.
    pub async fn adds_phone(&self, name: &str) -> String {
        let phone = self.told(&["phones", "add", name]).await;
        phone["password"].as_str().expect("its password is printed once").to_owned()
    }

    /// Buys a number whose calls an application answers; the number.
    pub async fn buys_number(&self, application: &str) -> String {
        let number = self.told(&["numbers", "buy", "--url", application]).await;
        number["phone_number"].as_str().expect("a number").to_owned()
    }

    /// Ends it at once, as a power cut does.
    pub async fn kill9(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().await.expect("it is our child");
        }
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal_terminate().await;
        self.ends().await
    }

    /// Waits until it has ended by itself, as it does some time after SIGTERM.
    pub async fn ends(&mut self) -> ExitStatus {
        let mut running = self.running.take().expect("it runs");
        let Ok(status) = timeout(END_MAX, running.child.wait()).await else {
            panic!("it did not end within {END_MAX:?} of SIGTERM\n{}", self.output());
        };
        status.expect("it is our child")
    }

    /// Asks it to end (SIGTERM), and does not wait.
    pub async fn signal_terminate(&self) {
        let process = self.process().expect("it runs");
        let kill = format!("kill -TERM {process}");
        let status = Command::new("sh").args(["-c", &kill]).status().await.expect("there is a sh");
        assert!(status.success(), "`{kill}` failed");
    }

    /// Starts it again with the same data at the same addresses, after killing it if it still runs.
    pub async fn restart(&mut self) {
        self.kill9().await;
        let (http, sip) = (self.ready.http.to_string(), self.ready.sip.to_string());
        let mut command = command(&self.options, self.data.path(), &self.ports, (&http, &sip));
        let (running, ready) = launch(&mut command, &self.output).await;
        self.running = Some(running);
        self.ready = ready;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("\nWhat alo printed:\n{}", self.output());
        }
    }
}

fn command(
    options: &ServerOptions,
    data: &Path,
    ports: &PortRange,
    (http, sip): (&str, &str),
) -> Command {
    let (first, last) = (ports.range().start().to_owned(), ports.range().end().to_owned());
    let mut command = Command::new(&options.binary);
    command
        .arg("serve")
        .args(options.development.then_some("--dev"))
        .args(["--json", "--data"])
        .arg(data)
        .args(["--http", http, "--sip", sip, "--rtp-ports", &format!("{first}-{last}")])
        .args(&options.arguments)
        .env_remove("PORT")
        .env_remove("DATABASE_URL")
        .envs(options.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts the process and waits for the line.
async fn launch(command: &mut Command, output: &Output) -> (Running, Ready) {
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{:?} can't be started: {error}", command.as_std()));
    let (line, mut ready) = watch::channel(None);
    let stdout = child.stdout.take().expect("it is piped");
    let stderr = child.stderr.take().expect("it is piped");
    tokio::spawn(collect(stderr, output.clone(), None));
    tokio::spawn(collect(stdout, output.clone(), Some(line)));
    let heard = timeout(START_MAX, async {
        // An error: its output is closed, so it has ended.
        ready.wait_for(Option::is_some).await.ok().and_then(|ready| ready.clone())
    })
    .await;
    let Ok(heard) = heard else {
        panic!("alo was not ready within {START_MAX:?}\n{}", output.text());
    };
    let Some(ready) = heard else {
        let status = child.wait().await.expect("it is our child");
        panic!("alo ended with {status} before it was ready\n{}", output.text());
    };
    (Running { child }, ready)
}

/// Keeps the lines of a stream, and tells of the one that says it is ready.
async fn collect(
    stream: impl AsyncRead + Unpin,
    output: Output,
    ready: Option<watch::Sender<Option<Ready>>>,
) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let (Some(teller), Some(ready)) = (&ready, Ready::read(&line)) {
            teller.send_replace(Some(ready));
        }
        output.keep(line);
    }
}

impl Ready {
    /// What a line says, if it is that line.
    fn read(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        if line["event"] != "ready" {
            return None;
        }
        Some(Self {
            http: text("http")?.parse().ok()?,
            sip: text("sip")?.parse().ok()?,
            account_sid: text("account_sid")?,
            auth_token: text("auth_token")?,
        })
    }
}

impl Output {
    fn keep(&self, line: String) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_back(line);
        if lines.len() > LINES_MAX {
            lines.pop_front();
        }
    }

    fn text(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A stand-in for the binary that keeps the contract: prints the line with the addresses it was given, and serves
    /// nothing. What a signal has to find comes before that line, as in the binary: the test may ask at once.
    fn stand_in(folder: &Path, before: &str, after: &str) -> PathBuf {
        let script = format!(
            "#!/bin/sh\n{before}\necho \"starting $*\" >&2\n\
             echo '{{\"event\":\"ready\",\"http\":\"127.0.0.1:1\",\"sip\":\"127.0.0.1:2\",\
             \"account_sid\":\"AC1\",\"auth_token\":\"secret\"}}'\n{after}\n"
        );
        let path = folder.join("alo");
        std::fs::write(&path, script).expect("a temporary file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("ours");
        path
    }

    #[tokio::test]
    async fn a_server_is_ready_when_it_says_so_and_ends_when_asked() {
        let folder = TempDir::new().expect("a temporary folder");
        let binary = stand_in(folder.path(), "sleep 20 &\ntrap 'kill $!; exit 3' TERM", "wait $!");
        let mut server = Server::start(&binary).await;
        assert_eq!((server.http().port(), server.sip().port()), (1, 2));
        assert_eq!((server.account_sid(), server.auth_token()), ("AC1", "secret"));
        assert_eq!(server.url("/readyz"), "http://127.0.0.1:1/readyz");
        assert_eq!(server.terminate().await.code(), Some(3));
        server.restart().await;
        assert!(server.output().contains("--http 127.0.0.1:1 --sip 127.0.0.1:2"));
        server.kill9().await;
        assert_eq!(server.process(), None);
    }

    #[tokio::test]
    #[should_panic(expected = "before it was ready")]
    async fn a_server_that_ends_at_once_is_shown_with_its_last_words() {
        Server::start("/bin/false").await;
    }

    #[test]
    fn other_lines_are_not_the_line() {
        for line in ["", "starting", "{\"event\":\"draining\"}", "{\"event\":\"ready\"}"] {
            assert_eq!(Ready::read(line), None, "{line}");
        }
    }
}
