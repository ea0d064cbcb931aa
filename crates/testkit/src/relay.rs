//! Runs a mail relay that isn't ours: PyPI's `aiosmtpd`, steered by `peers/python/relay.py`.
//!
//! Orders and events are JSON lines over its standard input and output. Its certificate is signed by an authority that is
//! made for it. Expectations that aren't met panic with all that it said. `./test --install` installs the package.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

/// How long an event is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whom it lets in.
const USER: &str = "ada@example.com";
const PASSWORD: &str = "p@ss/w%rd?#";

/// A running relay. Dropped, it is killed.
pub struct Relay {
    child: Child,
    orders: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    options: RelayOptions,
    port: u16,
    /// Events that were read while another was looked for.
    kept: VecDeque<Value>,
    log: Vec<Value>,
    folder: TempDir,
}

/// How a relay behaves.
#[derive(Clone, Copy, Debug)]
pub struct RelayOptions {
    /// Its port; 0 for a free one.
    pub port: u16,
    /// `none`, `starttls` or `implicit`.
    pub tls: &'static str,
    /// Whether it lets in only the one it knows.
    pub login: bool,
}

impl Default for RelayOptions {
    /// A free port, STARTTLS, and a login.
    fn default() -> Self {
        Self { port: 0, tls: "starttls", login: true }
    }
}

/// A letter, as the relay and Python's parser read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayLetter {
    /// Who is answerable for it.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// Who the client said it is.
    pub hello: String,
    /// Who logged in; empty without a login.
    pub user: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Its headers in order, decoded.
    pub headers: Vec<(String, String)>,
    /// Its text, decoded.
    pub text: String,
    /// Whether it was nothing but ASCII on the wire.
    pub ascii: bool,
}

impl RelayLetter {
    /// A header; panics if there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        &found.unwrap_or_else(|| panic!("there is no {name} in {:?}", self.headers)).1
    }
}

impl Relay {
    /// Starts one as `options` say. Panics if it can't be started.
    pub async fn start(options: RelayOptions) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        certify(folder.path());
        let mut words = json!({
            "port": options.port, "tls": options.tls,
            "cert": folder.path().join("leaf.pem"), "key": folder.path().join("leaf.key"),
        });
        if options.login {
            words["user"] = json!(USER);
            words["password"] = json!(PASSWORD);
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python/relay.py");
        let mut child = Command::new(installed().join("python/bin/python"))
            .arg(script)
            .arg(words.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("the relay can't be started: `./test --install` installs it");
        let orders = child.stdin.take().expect("it is piped");
        let said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let (kept, log) = (VecDeque::new(), Vec::new());
        let mut relay = Self { child, orders, said, options, port: 0, kept, log, folder };
        let listening = relay.event("listening").await;
        relay.port = listening["port"].as_u64().and_then(|port| port.try_into().ok()).unwrap_or(0);
        relay
    }

    /// Its TCP port, on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The file of the authority that signed its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The password it lets in; its URL has none.
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Where it is, with its user and its authority, so far as it has any, and without the password.
    pub fn url(&self) -> String {
        let scheme = if self.options.tls == "implicit" { "smtps" } else { "smtp" };
        let user = if self.options.login {
            format!("{}@", USER.replace('@', "%40"))
        } else {
            String::new()
        };
        let query = match self.options.tls {
            "none" => "tls=none".to_owned(),
            _ => format!("ca={}", self.authority().display()),
        };
        format!("{scheme}://{user}127.0.0.1:{}?{query}", self.port)
    }

    /// Waits for the next letter, taken or about to be.
    pub async fn next_letter(&mut self) -> RelayLetter {
        letter(&self.event("letter").await)
    }

    /// Every letter that was not handed out before, also what is on its way through the pipe.
    pub async fn letters_so_far(&mut self) -> Vec<RelayLetter> {
        self.order(json!({ "order": "echo" })).await;
        let (letters, others): (VecDeque<Value>, VecDeque<Value>) =
            self.kept.drain(..).partition(|event| event["event"] == "letter");
        self.kept = others;
        letters.iter().map(letter).collect()
    }

    /// Waits until it refused a letter; what it answered.
    pub async fn refuses(&mut self) -> String {
        self.event("refused").await["reply"].as_str().unwrap_or_default().to_owned()
    }

    /// Has it answer the next receivers (`rcpt`) or letters (`data`) so: `451 4.3.0 later`.
    pub async fn answers(&mut self, at: &str, replies: &[&str]) {
        self.order(json!({ "order": "answer", "at": at, "replies": replies })).await;
    }

    /// Has it keep its answers to letters to itself, or give them.
    pub async fn hold(&mut self, on: bool) {
        self.order(json!({ "order": "hold", "on": on })).await;
    }

    /// Waits for an event of a kind (`letter`, `refused`, `login` …), keeping those before it. Panics with all that it said.
    pub async fn event(&mut self, kind: &str) -> Value {
        if let Some(at) = self.kept.iter().position(|event| event["event"] == kind)
            && let Some(event) = self.kept.remove(at)
        {
            return event;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = timeout_at(deadline, self.said.next_line()).await;
            let line = line.ok().and_then(Result::ok).flatten().unwrap_or_else(|| {
                panic!("the relay told of no '{kind}' within {PATIENCE:?}, but {:?}", self.log)
            });
            let event: Value = serde_json::from_str(&line).expect("it prints JSON lines");
            self.log.push(event.clone());
            if event["event"] == kind {
                return event;
            }
            self.kept.push_back(event);
        }
    }

    /// Kills it, with all its connections. Another can be started on its port.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is our child");
    }

    /// Gives an order, and waits until it is followed.
    async fn order(&mut self, order: Value) {
        let line = format!("{order}\n");
        self.orders.write_all(line.as_bytes()).await.expect("it reads its orders");
        self.event("ordered").await;
    }
}

fn letter(event: &Value) -> RelayLetter {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    RelayLetter {
        from: text(&event["from"]),
        to: list(&event["to"]).iter().map(text).collect(),
        hello: text(&event["hello"]),
        user: text(&event["user"]),
        encrypted: event["encrypted"] == true,
        headers: list(&event["headers"]).iter().map(|it| (text(&it[0]), text(&it[1]))).collect(),
        text: text(&event["text"]),
        ascii: event["ascii"] == true,
    }
}

/// An authority (`ca.pem`), and what it signed for 127.0.0.1 (`leaf.pem`, `leaf.key`).
fn certify(folder: &Path) {
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("it can be written");
    };
    let mut authority = CertificateParams::new(Vec::new()).expect("it needs no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("it signs itself");
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address is a name");
    let leaf = leaf.signed_by(&key, &authority).expect("it signs");
    write("ca.pem", authority.pem());
    write("leaf.pem", leaf.pem());
    write("leaf.key", key.serialize_pem());
}

/// Where `./test --install` put the package: in `peers` beside the folder of this build.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of alo")]
pub(crate) fn installed() -> PathBuf {
    if let Some(folder) = std::env::var_os("ALO_PEERS") {
        return PathBuf::from(folder);
    }
    let program = std::env::current_exe().expect("a test knows where it lies");
    let found = program.ancestors().map(|folder| folder.join("peers"));
    let mut found = found.filter(|peers| peers.join("python").is_dir());
    found.next().expect("there is no folder target/peers: run `./test --install`")
}
