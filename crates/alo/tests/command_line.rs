//! The built binary as people and scripts meet it: help, configuration, TwiML, completions, exit codes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `alo` with nothing of this machine's configuration.
fn alo(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().expect("the binary runs")
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
    command.env_clear().env("HOME", folder).env("ALO_DATA", folder).current_dir(folder).args(words);
    command
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn help_names_every_command_and_each_command_has_examples() {
    let folder = folder();
    let help = out(&alo(folder.path(), &["--help"]));
    for command in [
        "serve",
        "demo",
        "doctor",
        "credentials",
        "accounts",
        "phones",
        "trunks",
        "numbers",
        "call",
        "calls",
        "recordings",
        "text",
        "texts",
        "inbox",
        "notify",
        "carriers",
        "services",
        "short-codes",
        "roulette",
        "alerts",
        "twiml",
        "config",
        "completions",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is not in the help");
        let own = alo(folder.path(), &[command, "--help"]);
        assert_eq!(code(&own), Some(0), "{command}");
        let shown = out(&own);
        assert!(shown.contains("Examples:") || command == "twiml", "{command} has no examples");
    }
}

#[test]
fn a_word_that_is_no_command_ends_with_2() {
    let folder = folder();
    let output = alo(folder.path(), &["serv"]);
    assert_eq!(code(&output), Some(2));
    assert!(error(&output).contains("serve"), "{}", error(&output));
}

#[test]
fn config_check_shows_the_line_and_what_to_write() {
    let folder = folder();
    let file = folder.path().join("alo.toml");
    std::fs::write(&file, "[http]\nlistn = \"127.0.0.1:80\"\n").expect("it can be written");
    let output = alo(folder.path(), &["config", "check"]);
    assert_eq!(code(&output), Some(1));
    let shown = out(&output);
    let expected = "alo.toml:2:1: unknown setting 'listn' in [http]: did you mean 'listen'?\n \
                    2 | listn = \"127.0.0.1:80\"\n   | ^^^^^\n1 problem\n";
    assert!(shown.ends_with(expected), "{shown}");
}

#[test]
fn config_check_prints_json_for_programs() {
    let folder = folder();
    let file = folder.path().join("other.toml");
    std::fs::write(&file, "[calls]\nqueued = 0\n").expect("it can be written");
    let output = alo(folder.path(), &["config", "check", "other.toml", "--json"]);
    assert_eq!(code(&output), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(json["problems"][0]["line"], 2);
    assert_eq!(json["problems"][0]["column"], 10);
}

#[test]
fn a_wrong_file_stops_every_command_that_needs_it_with_2() {
    let folder = folder();
    std::fs::write(folder.path().join("alo.toml"), "[rtp]\nports = 7\n")
        .expect("it can be written");
    for words in [&["serve"][..], &["calls"], &["config", "show"]] {
        let output = alo(folder.path(), words);
        assert_eq!(code(&output), Some(2), "{words:?}: {}", error(&output));
        assert!(error(&output).contains("alo.toml:2:9"), "{}", error(&output));
    }
    assert_eq!(code(&alo(folder.path(), &["config", "docs"])), Some(0));
}

#[test]
fn a_file_that_is_named_and_missing_is_an_error() {
    let folder = folder();
    let output = alo(folder.path(), &["--config", "nowhere.toml", "config", "show"]);
    assert_eq!(code(&output), Some(1));
    assert!(error(&output).contains("there is no file nowhere.toml"));
}

#[test]
fn config_show_tells_where_each_value_comes_from() {
    let folder = folder();
    std::fs::write(folder.path().join("alo.toml"), "[calls]\ndrain = \"5 s\"\n")
        .expect("it can be written");
    let output = command(folder.path(), &["--http", "127.0.0.1:1", "config", "show", "--json"])
        .env("ALO_SIP_REALM", "example.com")
        .output()
        .expect("the binary runs");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let settings = &json["settings"];
    assert_eq!(settings["http"]["listen"]["from"], "--http");
    assert_eq!(settings["sip"]["realm"]["value"], "example.com");
    assert_eq!(settings["sip"]["realm"]["from"], "ALO_SIP_REALM");
    assert_eq!(settings["calls"]["drain"]["from"], "line 2 of the file");
    assert_eq!(settings["calls"]["queued"]["value"], 1000);
}

#[test]
fn the_page_of_settings_is_what_the_program_prints() {
    let folder = folder();
    let printed = out(&alo(folder.path(), &["config", "docs"]));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = std::fs::read_to_string(page).expect("docs/settings.md is there");
    assert!(page == printed, "write it anew: cargo run -- config docs > docs/settings.md");
}

#[test]
fn the_example_file_passes_its_own_check() {
    let folder = folder();
    let example = alo(folder.path(), &["config", "example"]);
    std::fs::write(folder.path().join("alo.toml"), &example.stdout).expect("it can be written");
    let output = alo(folder.path(), &["config", "check"]);
    assert_eq!(code(&output), Some(0), "{}", out(&output));
}

fn check(folder: &Path, twiml: &str, words: &[&str]) -> Output {
    std::fs::write(folder.join("answer.xml"), twiml).expect("it can be written");
    alo(folder, &[&["twiml", "check", "answer.xml"], words].concat())
}

#[test]
fn twiml_without_a_mistake_passes() {
    let folder = folder();
    let output = check(folder.path(), "<Response><Say>Hello</Say><Hangup/></Response>", &[]);
    assert_eq!(code(&output), Some(0));
    assert_eq!(out(&output), "answer.xml: right, 2 verbs\n");
}

#[test]
fn a_misspelt_verb_is_a_warning_with_a_mend_and_fails_only_if_strict() {
    let folder = folder();
    let twiml = "<Response>\n  <Sai>Hello</Sai>\n</Response>\n";
    let output = check(folder.path(), twiml, &[]);
    assert_eq!(code(&output), Some(0));
    let shown = out(&output);
    assert!(shown.starts_with("answer.xml:2:3: warning 12200: "), "{shown}");
    assert!(
        shown.contains(" 2 |   <Sai>Hello</Sai>\n   |   ^^^^\n   = did you mean <Say>?"),
        "{shown}"
    );
    assert_eq!(code(&check(folder.path(), twiml, &["--strict"])), Some(1));
}

#[test]
fn what_is_no_xml_is_an_error_with_its_place() {
    let folder = folder();
    let output = check(folder.path(), "<Response>\n  <Say>Hello</Response>\n", &["--json"]);
    assert_eq!(code(&output), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(json["findings"][0]["level"], "error");
    assert_eq!(json["findings"][0]["code"], 12100);
    assert_eq!(json["findings"][0]["line"], 2);
}

#[test]
fn twiml_is_read_from_standard_input() {
    let folder = folder();
    let mut child = command(folder.path(), &["twiml", "check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"<Response/>").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(out(&output), "stdin: right, 0 verbs\n");
}

#[test]
fn completions_know_the_commands() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = alo(folder.path(), &["completions", shell]);
        assert_eq!(code(&output), Some(0), "{shell}");
        assert!(out(&output).contains("recordings"), "{shell}");
    }
}

#[test]
fn without_a_server_a_command_says_how_to_start_one_and_ends_with_2() {
    let folder = folder();
    let fresh = alo(folder.path(), &["calls"]);
    assert_eq!(code(&fresh), Some(2));
    assert!(error(&fresh).contains("start one with `alo serve`"), "{}", error(&fresh));

    let keys = r#"{"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":"x"}"#;
    std::fs::write(folder.path().join("credentials.json"), keys).expect("it can be written");
    // Bound and never listened to, so nobody answers there while the test runs.
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = alo(folder.path(), &["--http", &address, "calls", "--json"]);
    assert_eq!(code(&output), Some(2), "{}", error(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stderr).expect("it is JSON");
    let message = json["error"].as_str().expect("a message");
    assert!(message.starts_with(&format!("no alo answers at http://{address}")), "{message}");
}

#[test]
fn credentials_are_made_by_the_server_and_the_command_says_so() {
    let folder = folder();
    let output = alo(folder.path(), &["credentials"]);
    assert_eq!(code(&output), Some(1));
    assert!(error(&output).contains("`alo serve` makes them"), "{}", error(&output));
}

#[test]
fn the_support_line_has_help_for_each_of_its_words() {
    let folder = folder();
    let help = out(&alo(folder.path(), &["roulette", "--help"]));
    for word in [
        "who",
        "next",
        "schedule",
        "take",
        "off",
        "swap",
        "swaps",
        "override",
        "add-person",
        "set-person",
        "people",
        "remove-person",
        "add-rota",
        "rotas",
        "rota",
        "line",
        "lines",
        "calls",
        "call",
        "voicemails",
        "ack",
        "load",
        "feed",
        "prompt",
        "import",
    ] {
        assert!(help.contains(&format!("\n  {word} ")), "{word} is not in the help");
        let own = alo(folder.path(), &["roulette", word, "--help"]);
        assert_eq!(code(&own), Some(0), "{word}: {}", error(&own));
    }
    assert!(help.contains("Where there is one rota, or one line"), "{help}");
}

#[test]
fn a_wrong_word_of_the_support_line_is_told_with_what_to_write_before_any_server_is_asked() {
    let folder = folder();
    for (words, says) in [
        (&["add-person", "Ada Costa"][..], "beginning with a letter or digit, as ada"),
        (&["add-person", "ada", "--phone", "ada"], "'ada' is no phone: write +5511987654321"),
        (&["add-person", "ada", "--language", "fr"], "write en or pt-BR"),
        (&["add-person", "ada", "--zone", "Brazil/Rio"], "is not a time zone: use its IANA name"),
        (
            &["add-rota", "support", "--zone", "Sampa", "--people", "ada"],
            "'Sampa' is not a time zone",
        ),
        (&["add-rota", "support", "--people", "ada", "--weekly", "--daily"], "cannot be used with"),
        (&["add-rota", "support", "--people", "ada", "--hours", "mon"], "mon-fri 09:00-18:00"),
        (&["add-rota", "support", "--people", "ada", "--hourly", "0"], "0 is not in 1..=1000"),
        (&["line", "add", "support", "--then", "the boss"], "is nobody to ring: write next"),
        (&["line", "add", "support", "--ring", "20"], "'20' is no length of time: write it as"),
        (&["line", "add", "support", "--team", "Sales"], "is no team: write its key"),
        (&["line", "add", "support", "--say", "hello=x"], "there is no prompt 'hello'"),
        (&["line", "target"], "required arguments were not provided"),
        (&["take", "2h"], "--person <PERSON>"),
        (&["override", "add", "--person", "ada", "--for", "soon"], "'soon' is no length of time"),
    ] {
        let output = alo(folder.path(), &[&["roulette"], words].concat());
        assert_eq!(code(&output), Some(2), "{words:?}: {}", error(&output));
        assert!(error(&output).contains(says), "{words:?}: {}", error(&output));
    }
}

#[test]
fn an_application_that_is_not_built_in_is_told_with_those_that_are() {
    let folder = folder();
    for (app, says) in [
        ("rulette:support", "a support line is roulette:LINE"),
        ("forward", "write NAME:WHAT, as forward:+5511987654321"),
        ("forward:nobody", "'nobody' can't be dialled"),
        ("roulette:", "can't be a name"),
    ] {
        let output = alo(folder.path(), &["numbers", "buy", "--app", app]);
        assert_eq!(code(&output), Some(2), "{app}: {}", error(&output));
        assert!(error(&output).contains(says), "{app}: {}", error(&output));
    }
    let both = ["numbers", "buy", "--app", "roulette:support", "--url", "http://127.0.0.1/"];
    assert!(error(&alo(folder.path(), &both)).contains("cannot be used with"));
}
