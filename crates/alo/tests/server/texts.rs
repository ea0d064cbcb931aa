//! Texts from the command line: sent to handsets of the virtual carrier, answered, listed; and how `alo notify` tells of
//! trouble from an environment as bare as Monit's.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{Server, alo, command, folder, json};

/// A handset: a fictional number that nobody bought.
const HANDSET: &str = "+14155550142";

/// Somebody abroad.
const ABROAD: &str = "+5511987654321";

/// Buys a number that texts are sent from.
fn number(folder: &Path) -> String {
    let number = json(folder, &["numbers", "buy", "+14155550100"]);
    number["phone_number"].as_str().expect("a number").to_owned()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_text_reaches_a_handset_which_answers() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let from = number(path);
    let sent = alo(path, &["text", &from, HANDSET, "The site is down.", "--follow"]);
    assert_eq!(sent.status.code(), Some(0), "{}", error(&sent));
    let last = out(&sent).lines().last().unwrap_or_default().to_owned();
    assert!(last.ends_with("delivered"), "{}", out(&sent));

    let handsets = json(path, &["inbox"]);
    assert_eq!((&handsets[0]["number"], &handsets[0]["entries"]), (&HANDSET.into(), &1.into()));
    let shown = out(&alo(path, &["inbox", HANDSET]));
    assert!(shown.contains(&format!("< {from}\n    The site is down.")), "{shown}");

    let reply = json(path, &["inbox", HANDSET, "--reply", &from, "On my way."]);
    assert_eq!((&reply["from"], &reply["to"]), (&HANDSET.into(), &from.as_str().into()));
    let inbox = json(path, &["inbox", HANDSET]);
    assert_eq!(inbox[1]["written_here"], true);

    let delivered = json(path, &["texts", "list", "--status", "delivered", "--since", "1h"]);
    assert_eq!(delivered.as_array().map(Vec::len), Some(1));
    let answers = json(path, &["texts", "list", "--from", HANDSET]);
    assert_eq!(answers[0]["body"], "On my way.");
    let sid = answers[0]["sid"].as_str().expect("a SID");
    assert_eq!(json(path, &["texts", "show", sid])["message"]["direction"], "inbound");
    assert_eq!(alo(path, &["texts", "cancel", sid]).status.code(), Some(1));
}

#[test]
fn an_inbox_is_followed_as_messages_come() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let from = number(path);
    let mut following = command(path, &["inbox", HANDSET, "--follow", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut lines = BufReader::new(following.stdout.take().expect("a pipe")).lines();
    for text in ["first", "second"] {
        json(path, &["text", &from, HANDSET, text]);
        let line = lines.next().expect("it goes on").expect("a line");
        let message: Value = serde_json::from_str(&line).expect("it is JSON");
        assert_eq!(message["body"], text);
    }
    following.kill().expect("it still runs");
    following.wait().expect("it ends");
}

#[test]
fn a_text_is_read_from_standard_input() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let from = number(path);
    let mut child = command(path, &["text", &from, HANDSET, "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all("não há espaço\n".as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(text["body"], "não há espaço");
}

#[test]
fn a_text_that_is_refused_ends_with_1_and_its_reason() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let stranger = alo(path, &["text", "+14155550111", HANDSET, "x"]);
    assert_eq!(stranger.status.code(), Some(1));
    assert!(error(&stranger).contains("(error 21606)"), "{}", error(&stranger));
    let unclear = alo(path, &["text", "--service", "MG1", "+14155550111", HANDSET, "x"]);
    assert_eq!(unclear.status.code(), Some(2), "{}", error(&unclear));
    let status = alo(path, &["texts", "list", "--status", "lost"]);
    assert_eq!(status.status.code(), Some(2), "{}", error(&status));
}

#[test]
fn each_mistake_is_told_with_what_to_do() {
    let folder = folder();
    let path = folder.path();
    let early = alo(path, &["text", "+14155550100", HANDSET, "x"]);
    assert_eq!(early.status.code(), Some(2));
    assert!(error(&early).contains("start one with `alo serve`"), "{}", error(&early));
    let toml = "[[carriers]]\nname = \"here\"\nkind = \"virtual\"\nprefixes = [\"+1\"]\n";
    std::fs::write(path.join("alo.toml"), toml).expect("it can be written");
    let _server = Server::start(path);
    let poor = notify(path, &["--to", HANDSET, "x"]).output().expect("the binary runs");
    assert_eq!(poor.status.code(), Some(1));
    assert!(error(&poor).contains("`alo numbers buy`"), "{}", error(&poor));

    let from = &number(path);
    let long = &"x".repeat(1_601);
    for (words, code, said) in [
        (&["text", from, "12", "x"][..], 1, "(error 21211)"),
        (&["text", from, ABROAD, "x"], 1, "no carrier reaches +5511987654321"),
        (&["text", from, ABROAD, "x"], 1, "[[carriers]] in alo.toml"),
        (&["text", from, HANDSET, ""], 1, "(error 21602)"),
        (&["text", from, HANDSET, long], 1, "(error 21617)"),
        (&["text", from, from, "x"], 1, "(error 21266)"),
        (&["text", from, HANDSET, "x", "--media", "map.png"], 1, "(error 21620)"),
        (&["text", from], 2, "<TO>"),
        (&["inbox", "ada"], 2, "ada"),
        (&["inbox", ABROAD, "--reply", from, "x"], 1, "not on a virtual carrier"),
        (&["inbox", HANDSET, "--reply", ABROAD, "x"], 1, "nobody on this server has"),
        (&["texts", "show", "SM00000000000000000000000000000001"], 1, "(error 20404)"),
        (&["texts", "cancel", "SM00000000000000000000000000000001"], 1, "(error 20404)"),
        (&["carriers", "show", "here"], 2, "show"),
        (&["notify", "x"], 2, "--to NUMBER"),
        (&["notify", "--to", HANDSET], 2, "nothing to say"),
    ] {
        let output = alo(path, words);
        let told = error(&output);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
        assert!(told.contains(said), "{words:?}: {told}");
    }
    assert_eq!(json(path, &["texts", "list"]), Value::Array(Vec::new()), "nothing was sent");
    assert_eq!(alo(path, &["carriers"]).status.code(), Some(0));
    assert!(out(&alo(path, &["inbox", HANDSET])).contains("no messages"));
}

#[test]
fn a_service_sends_in_the_name_of_its_senders() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let from = number(path);
    let service = json(path, &["services", "add", "support"]);
    let sid = service["sid"].as_str().expect("a SID");
    json(path, &["services", "add-sender", "support", &from]);
    json(path, &["short-codes", "add", "12345", "--sms-url", "http://127.0.0.1:1/texted"]);
    assert_eq!(json(path, &["short-codes"])[0]["short_code"], "12345");
    json(path, &["services", "add-sender", "support", "12345"]);
    let shown = json(path, &["services", "show", sid]);
    assert_eq!(shown["senders"].as_array().map(Vec::len), Some(2));
    assert!(alo(path, &["services", "remove-sender", "support", "12345"]).status.success());
    assert!(alo(path, &["short-codes", "remove", "12345"]).status.success());

    let sent = alo(path, &["text", "--service", sid, HANDSET, "hello", "--follow"]);
    assert_eq!(sent.status.code(), Some(0), "{}", error(&sent));
    assert_eq!(json(path, &["inbox", HANDSET])[0]["other"], from.as_str());
    assert!(alo(path, &["services", "remove", "support"]).status.success());
    assert_eq!(json(path, &["services"]), Value::Array(Vec::new()));
}

#[test]
fn carriers_that_are_down_are_named_with_the_reason() {
    let folder = folder();
    let path = folder.path();
    // Bound and never listened to, so nobody answers there while the test runs.
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("its address").port();
    let toml = format!(
        "[[carriers]]\nname = \"brazil\"\nkind = \"smpp\"\nprefixes = [\"+55\"]\nhost = \"127.0.0.1\"\n\
         port = {port}\nsystem_id = \"alo\"\npassword = \"secret\"\n\
         [[carriers]]\nname = \"here\"\nkind = \"virtual\"\nprefixes = [\"+1\"]\n"
    );
    std::fs::write(path.join("alo.toml"), toml).expect("it can be written");
    let unstarted = alo(path, &["doctor", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert!(
        out(&unstarted).contains("FAILED   carrier        brazil (smpp)"),
        "{}",
        out(&unstarted)
    );

    let _server = Server::start(path);
    let status = alo(path, &["carriers", "status"]);
    assert_eq!(status.status.code(), Some(1), "{}", error(&status));
    let shown = out(&status);
    assert!(
        shown.lines().any(|line| line.starts_with("brazil") && line.contains("DOWN")),
        "{shown}"
    );
    assert!(shown.lines().any(|line| line.starts_with("here") && line.contains("up")), "{shown}");
    let found: Value =
        serde_json::from_slice(&alo(path, &["doctor", "--json"]).stdout).expect("it is JSON");
    let checks = found["checks"].as_array().expect("a list");
    let carriers: Vec<&Value> =
        checks.iter().filter(|it| it["name"] == "carrier").map(|it| &it["state"]).collect();
    assert_eq!(carriers, ["failed", "ok"]);
}

#[test]
fn a_server_that_lacks_a_secret_says_where_it_was_named() {
    let folder = folder();
    let path = folder.path();
    let toml = "[[carriers]]\nname = \"up\"\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"env:NOWHERE\"\n";
    std::fs::write(path.join("alo.toml"), toml).expect("it can be written");
    let output = alo(path, &["serve", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(2));
    let said = error(&output);
    assert!(said.contains("alo.toml:5:14: the variable NOWHERE is not set"), "{said}");
}

/// `alo notify` as Monit runs it: nothing in the environment but what happened.
fn notify(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
    command.env_clear().current_dir("/").arg("notify").arg("--data").arg(folder).args(words);
    for (name, value) in [
        ("PATH", "/bin:/usr/bin:/sbin:/usr/sbin"),
        ("MONIT_DATE", "Sun, 22 Nov 2026 08:00:59"),
        ("MONIT_SERVICE", "shop"),
        ("MONIT_HOST", "web-01"),
        ("MONIT_EVENT", "Connection failed"),
        ("MONIT_DESCRIPTION", "failed protocol test [HTTP] at [localhost]:80"),
    ] {
        command.env(name, value);
    }
    command
}

#[test]
fn monit_tells_by_text_what_happened() {
    let folder = folder();
    let path = folder.path();
    let toml = format!("[notify]\nto = [\"{HANDSET}\", \"+14155550143\"]\n");
    std::fs::write(path.join("alo.toml"), toml).expect("it can be written");
    let _server = Server::start(path);
    let from = number(path);
    let output = notify(path, &[]).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    for handset in [HANDSET, "+14155550143"] {
        let mut got = Value::Null;
        while got[0]["body"].is_null() {
            got = json(path, &["inbox", handset]);
        }
        let expected = "shop on web-01: Connection failed (08:00). failed protocol test [HTTP] at [localhost]:80";
        assert_eq!((&got[0]["body"], &got[0]["other"]), (&expected.into(), &from.as_str().into()));
    }
    let words = ["--to", "+14155550144", "--from", &from, "The", "backup", "failed."];
    assert!(notify(path, &words).status().expect("the binary runs").success());
    let wrong = ["--to", "+14155550144", "--from", "+14155550111", "x"];
    let refused = notify(path, &wrong).output().expect("the binary runs");
    assert_eq!(refused.status.code(), Some(1));
    let said = error(&refused);
    assert!(said.contains("+14155550144 was not told") && said.contains("21606"), "{said}");
}

#[test]
fn a_notification_waits_for_a_server_that_restarts() {
    let folder = folder();
    let path = folder.path();
    let mut server = Server::start(path);
    number(path);
    server.signal("-TERM");
    server.child.wait().expect("it ends");
    let hasty = notify(path, &["--patience", "0", "--to", HANDSET]).output();
    let hasty = hasty.expect("the binary runs");
    assert_eq!(hasty.status.code(), Some(2));
    assert!(error(&hasty).contains("no alo answers"), "{}", error(&hasty));

    // Without running.json it asks where the configuration says.
    let address = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let http = address.local_addr().expect("its address").to_string();
    drop(address);
    let mut waiting = notify(path, &["--to", HANDSET, "--http", &http]).spawn().expect("it runs");
    let _server = Server::start_at(path, &http);
    assert_eq!(waiting.wait().expect("it ends").code(), Some(0));
}

#[test]
fn an_account_for_tests_is_answered_by_magic_numbers() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let account = json(path, &["accounts", "add", "ci", "--test"]);
    assert_eq!(account["test"], true);
    let keys = serde_json::json!({
        "account_sid": account["account_sid"], "auth_token": account["auth_token"],
    });
    // The commands of the account: another folder with its keys, and the address of the server.
    let own = super::folder();
    let written = serde_json::to_vec(&keys).expect("it is JSON");
    std::fs::write(own.path().join("credentials.json"), written).expect("it can be written");
    std::fs::copy(path.join("running.json"), own.path().join("running.json")).expect("it is there");
    let (magic, wrong) = ("+15005550006", "+15005550001");
    json(own.path(), &["text", magic, HANDSET, "pretended"]);
    let refused = alo(own.path(), &["text", magic, wrong, "x"]);
    assert!(error(&refused).contains("(error 21211)"), "{}", error(&refused));
    assert_eq!(json(path, &["inbox"]), Value::Array(Vec::new()));
}
