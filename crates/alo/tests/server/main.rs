//! The built server as an operator meets it: first start, commands against it, addresses in use, and its end.

mod manual;
mod roulette;
mod texts;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// A server on free ports of loopback, killed when the test is over.
struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    ready: Value,
}

impl Server {
    fn start(folder: &Path) -> Server {
        Server::start_at(folder, "127.0.0.1:0")
    }

    /// One whose API is at `http`.
    fn start_at(folder: &Path, http: &str) -> Server {
        let words = ["serve", "--dev", "--json", "--http", http, "--sip", "127.0.0.1:0"];
        let mut child = command(folder, &words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let ready = event(&mut lines);
        assert_eq!(ready["event"], "ready");
        Server { child, lines, ready }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status().expect("kill runs");
        assert!(status.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn event(lines: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).expect("it can be read");
    serde_json::from_str(&line).expect("a line of JSON")
}

fn command(folder: &Path, words: &[&str]) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "the programs that the server asks are where the test finds them"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
    command.env_clear().env("PATH", path).env("ALO_DATA", folder).args(words);
    command
}

fn alo(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().expect("the binary runs")
}

/// The JSON that a command prints.
fn json(folder: &Path, words: &[&str]) -> Value {
    let output = alo(folder, &[words, &["--json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

#[test]
fn the_first_start_makes_an_account_that_the_commands_use() {
    let folder = folder();
    let path = folder.path();
    let server = Server::start(path);
    let keys = json(path, &["credentials"]);
    assert_eq!(keys["account_sid"], server.ready["account_sid"]);
    assert_eq!(keys["auth_token"], server.ready["auth_token"]);

    let phone = json(path, &["phones", "add", "ada"]);
    assert!(phone["password"].as_str().is_some_and(|password| password.len() >= 16));
    assert_eq!(json(path, &["phones"])[0]["name"], "ada");
    assert!(json(path, &["phones"])[0]["password"].is_null(), "it is shown once");

    let number = json(path, &["numbers", "buy", "--url", "http://127.0.0.1:1/voice"]);
    let bought = number["phone_number"].as_str().expect("a number").to_owned();
    let other = json(path, &["numbers", "set", &bought, "--name", "support"]);
    assert_eq!(other["friendly_name"], "support");
    assert_eq!(
        json(path, &["numbers", "available", "--limit", "3"]).as_array().map(Vec::len),
        Some(3)
    );

    json(path, &["trunks", "add", "carrier", "--host", "127.0.0.1", "--prefix", "+55"]);
    assert_eq!(json(path, &["trunks"])[0]["prefixes"][0], "+55");
    assert!(alo(path, &["trunks", "remove", "carrier"]).status.success());

    assert!(alo(path, &["numbers", "release", &bought]).status.success());
    assert!(alo(path, &["phones", "remove", "ada"]).status.success());
    assert_eq!(json(path, &["phones"]), Value::Array(Vec::new()));
}

#[test]
fn a_call_that_nobody_can_take_is_followed_to_its_end() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    json(path, &["phones", "add", "ada"]);
    let number = json(path, &["numbers", "buy"]);
    let from = number["phone_number"].as_str().expect("a number");
    let words = ["call", "--from", from, "--to", "client:ada", "--say", "hello", "--follow"];
    let output = alo(path, &words);
    assert_eq!(output.status.code(), Some(1));
    let states = String::from_utf8_lossy(&output.stdout);
    assert!(states.contains("no-answer"), "{states}");

    let calls = json(path, &["calls"]);
    let sid = calls[0]["sid"].as_str().expect("a SID");
    let shown = json(path, &["calls", "show", sid]);
    assert_eq!(shown["call"]["status"], "no-answer");
    assert_eq!(shown["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(json(path, &["alerts"])[0]["call_sid"], sid);
    assert_eq!(json(path, &["recordings"]), Value::Array(Vec::new()));
}

#[test]
fn what_the_server_refuses_ends_with_1_and_its_reason() {
    let folder = folder();
    let _server = Server::start(folder.path());
    let words = ["call", "--from", "+14155550100", "--to", "nowhere", "--say", "x"];
    let output = alo(folder.path(), &words);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("(error 21"), "{error}");
    let nobodys = format!("RE{}", "0".repeat(32));
    let output = alo(folder.path(), &["recordings", "text", &nobodys]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("(error 20404)"), "{error}");
}

#[test]
fn doctor_sees_the_running_server_and_what_is_missing() {
    let folder = folder();
    let path = folder.path();
    let missing = json(path, &["doctor", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert_eq!(missing["failed"], 0);
    let _server = Server::start(path);
    json(path, &["numbers", "buy"]);
    let found = json(path, &["doctor"]);
    assert_eq!(found["failed"], 0, "{found}");
    let checks = found["checks"].as_array().expect("a list");
    let check = |name: &str| checks.iter().find(|check| check["name"] == name);
    assert_eq!(check("server").map(|check| &check["state"]), Some(&Value::from("ok")));
    assert_eq!(check("number").map(|check| &check["state"]), Some(&Value::from("warning")));
}

#[test]
fn sigterm_drains_and_leaves_a_folder_that_starts_again() {
    let folder = folder();
    let mut server = Server::start(folder.path());
    let first = server.ready["account_sid"].clone();
    server.signal("-TERM");
    assert_eq!(event(&mut server.lines)["event"], "draining");
    assert_eq!(event(&mut server.lines)["event"], "stopped");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
    assert!(!folder.path().join("running.json").exists());
    let again = Server::start(folder.path());
    assert_eq!(again.ready["account_sid"], first);
}

#[test]
fn an_address_in_use_is_an_error_that_names_the_setting() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = alo(folder.path(), &["serve", "--http", &address, "--sip", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(&address) && error.contains("--http or http.listen"), "{error}");
}

#[test]
fn a_sip_port_in_use_is_an_error_that_names_the_setting() {
    let folder = folder();
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = alo(folder.path(), &["serve", "--http", "127.0.0.1:0", "--sip", &address]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("--sip or sip.listen"), "{error}");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let folder = folder();
    let _server = Server::start(folder.path());
    let words = ["serve", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"];
    let output = alo(folder.path(), &words);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("in use by another alo"), "{error}");
}

#[test]
fn tokens_are_replaced_and_accounts_added_while_the_server_is_stopped() {
    let folder = folder();
    let path = folder.path();
    let mut server = Server::start(path);
    let running = alo(path, &["credentials", "rotate"]);
    assert_eq!(running.status.code(), Some(1));
    let error = String::from_utf8_lossy(&running.stderr);
    assert!(error.contains("stop the server first"), "{error}");
    server.signal("-TERM");
    server.child.wait().expect("it ends");
    let shop = json(path, &["accounts", "add", "shop"]);
    let keys = json(path, &["credentials", "rotate"]);
    assert_ne!(keys["auth_token"], server.ready["auth_token"]);
    let again = Server::start(path);
    assert_eq!(again.ready["auth_token"], keys["auth_token"]);
    assert_eq!(json(path, &["accounts"]).as_array().map(Vec::len), Some(2));
    let sid = shop["account_sid"].as_str().expect("a SID");
    assert!(alo(path, &["accounts", "close", sid]).status.success());
    let accounts = json(path, &["accounts"]);
    let closed = accounts.as_array().into_iter().flatten().find(|account| account["sid"] == sid);
    assert_eq!(closed.map(|account| &account["status"]), Some(&Value::from("closed")));
}
