//! Runs baresip, a softphone, without a screen or a sound card: its microphone is a file, and what it hears becomes one.
//!
//! It is steered over TCP by JSON in netstrings (its module `ctrl_tcp`). The templates of its configuration lie in
//! `peers/baresip`.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

use crate::audio::{Wav, WavError, wav};
use crate::ports::PortRange;

/// How long a start may take.
const START_MAX: Duration = Duration::from_secs(20);

/// How long it may take to end when told to.
const END_MAX: Duration = Duration::from_secs(10);

/// Longest message that it may send, in bytes.
const MESSAGE_MAX: usize = 1_000_000;

/// Where modules are looked for: Debian's folder.
const MODULES: &str = "/usr/lib/baresip/modules";

/// What it prints when it has started.
const READY: &str = "baresip is ready";

/// A running baresip. Dropped, it is killed.
pub struct Baresip {
    child: Child,
    control: BufReader<TcpStream>,
    folder: TempDir,
    events: VecDeque<BaresipEvent>,
    log: String,
    ports: PortRange,
}

/// Something that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaresipEvent {
    /// `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED` and so on.
    pub kind: String,
    /// All that it said.
    pub message: Value,
}

impl Baresip {
    /// Starts it as a phone of a server, registered if it has a password. `microphone` is what it says, 16-bit samples at
    /// 8 kHz; at their end it hangs up. Panics if it can't be started.
    pub async fn start(name: &str, password: &str, server: SocketAddr, microphone: &[i16]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let ports = PortRange::take();
        let control = free_tcp_port();
        configure(folder.path(), &ports, control, microphone);
        let template = include_str!("../peers/baresip/accounts.in");
        let accounts = template
            .replace("@USER@", name)
            .replace("@PASSWORD@", password)
            .replace("@SERVER@", &server.to_string())
            .replace("@ANSWER@", "manual")
            .replace("@REGISTER@", if password.is_empty() { "0" } else { "600" });
        std::fs::write(folder.path().join("accounts"), accounts).expect("a temporary file");
        let mut command = Command::new("baresip");
        command
            .arg("-f")
            .arg(folder.path())
            .arg("-v")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child =
            command.spawn().expect("baresip can't be started: `./test --install` installs it");
        let log = until_ready(&mut child).await;
        let control = TcpStream::connect(control).await.expect("its control port is open");
        let control = BufReader::new(control);
        Self { child, control, folder, events: VecDeque::new(), log, ports }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.first()))
    }

    /// Gives a command (`dial`, `accept`, `hangup`, `sndcode`, `hold`, `resume` …). Panics if it is refused.
    pub async fn command(&mut self, command: &str, parameters: &str) {
        let message = json!({"command": command, "params": parameters, "token": command});
        let text = message.to_string();
        let netstring = format!("{}:{text},", text.len());
        let stream = self.control.get_mut();
        stream.write_all(netstring.as_bytes()).await.expect("its control port is open");
        let deadline = Instant::now() + START_MAX;
        loop {
            let message = self.message(deadline).await;
            let message = message.unwrap_or_else(|| panic!("baresip did not answer {command}"));
            if message["response"] == true {
                assert_eq!(
                    message["ok"], true,
                    "baresip refuses {command} {parameters}: {message}"
                );
                return;
            }
        }
    }

    /// Calls somebody: a whole `sip:` address.
    pub async fn dial(&mut self, uri: &str) {
        self.command("dial", uri).await;
    }

    /// Answers the call that comes in.
    pub async fn accept(&mut self) {
        self.command("accept", "").await;
    }

    /// Ends the call.
    pub async fn hang_up(&mut self) {
        self.command("hangup", "").await;
    }

    /// Presses keys (RFC 4733).
    pub async fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.command("sndcode", &key.to_string()).await;
        }
    }

    /// Waits for an event of a kind, leaving out those before it. Panics with what came in its place.
    pub async fn sees(&mut self, kind: &str, within: Duration) -> BaresipEvent {
        let deadline = Instant::now() + within;
        let mut others = Vec::new();
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None if self.message(deadline).await.is_some() => continue,
                None => {
                    panic!("baresip saw no {kind} within {within:?}, but {others:?}\n{}", self.log)
                }
            };
            if event.kind == kind {
                return event;
            }
            others.push(event.kind);
        }
    }

    /// Ends it, so that its files are complete, and reads what it heard in its last call.
    pub async fn quit(mut self) -> Result<Wav, WavError> {
        let text = r#"{"command":"quit","params":"","token":"quit"}"#;
        let netstring = format!("{}:{text},", text.len());
        // It may be gone already.
        let _ = self.control.get_mut().write_all(netstring.as_bytes()).await;
        let _ = timeout(END_MAX, self.child.wait()).await;
        let heard = heard_file(self.folder.path());
        Wav::open(heard.unwrap_or_else(|| self.folder.path().join("nothing was heard")))
    }

    /// The next message; an event is kept as well. `None` when the time is up or it has ended.
    async fn message(&mut self, deadline: Instant) -> Option<Value> {
        let bytes = timeout_at(deadline, netstring(&mut self.control)).await.ok()??;
        let message: Value = serde_json::from_slice(&bytes).ok()?;
        if message["event"] == true {
            let kind = message["type"].as_str().unwrap_or_default().to_owned();
            self.events.push_back(BaresipEvent { kind, message: message.clone() });
        }
        Some(message)
    }
}

/// Writes its configuration and its microphone.
fn configure(folder: &Path, ports: &PortRange, control: SocketAddr, microphone: &[i16]) {
    let microphone_file = folder.join("microphone.wav");
    let first = ports.first();
    let config = include_str!("../peers/baresip/config.in")
        .replace("@SIP@", &format!("127.0.0.1:{first}"))
        .replace("@CONTROL@", &control.to_string())
        .replace("@RTP@", &format!("{}-{}", first + 2, first + 40))
        .replace("@MICROPHONE@", &microphone_file.display().to_string())
        .replace("@HEARD@", &folder.display().to_string())
        .replace("@MODULES@", MODULES);
    let files = [
        ("config", config.into_bytes()),
        ("contacts", Vec::new()),
        ("microphone.wav", wav(microphone)),
    ];
    for (name, content) in files {
        std::fs::write(folder.join(name), content).expect("a temporary file");
    }
}

/// Waits for the line that says so; what it printed until then. The rest of its output is read and forgotten.
async fn until_ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut log = String::new();
    let ready = timeout(START_MAX, async {
        while let Ok(Some(line)) = lines.next_line().await {
            log.push_str(&line);
            log.push('\n');
            if line.contains(READY) {
                return true;
            }
        }
        false
    })
    .await;
    assert_eq!(ready, Ok(true), "baresip did not start:\n{log}");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    log
}

/// Reads one netstring: its length, a colon, the content, a comma.
async fn netstring(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = Vec::new();
    stream.read_until(b':', &mut length).await.ok()?;
    length.pop();
    let length: usize = std::str::from_utf8(&length).ok()?.parse().ok()?;
    if length > MESSAGE_MAX {
        return None;
    }
    let mut content = vec![0; length + 1];
    stream.read_exact(&mut content).await.ok()?;
    content.pop();
    Some(content)
}

/// The decoded audio of its last call.
fn heard_file(folder: &Path) -> Option<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
        .collect();
    files.sort();
    files.pop()
}

fn free_tcp_port() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener.and_then(|listener| listener.local_addr()).expect("a free TCP port on loopback")
}
