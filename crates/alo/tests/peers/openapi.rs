//! The OpenAPI document of `/v1/` against programs of others: a validator (PyPI's `openapi-spec-validator`), and
//! `schemathesis`, which makes thousands of requests out of it and holds each answer against it.
//!
//! What is made up is the same in every run. Nothing leaves the machine: texts go to handsets of the virtual carrier, and
//! `crates/testkit/peers/python/openapi_hooks.py` turns trunks and calendars to loopback.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, wav};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::house::{House, NUMBER};

/// How long it may all take on a busy machine; a minute is usual.
const RUN_MAX: Duration = Duration::from_secs(280);

/// Requests of each operation that are made up by chance, besides those that are made up by rule.
const EXAMPLES: &str = "10";

/// What is looked at in every answer: that nothing fails inside, and that status, type, headers and body are what the document
/// says; and that methods which it doesn't have are refused, with `Allow`.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,allow_header_conformance";

/// A calendar with an absence (RFC 5545).
const AWAY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//peers//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
                    DTSTAMP:20261101T000000Z\r\nDTSTART:20261201T000000Z\r\nDTEND:20261210T000000Z\r\nSUMMARY:away\r\n\
                    END:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn the_document_is_valid_openapi() {
    let house = House::open().await;
    let (status, document) = house.fetches("/v1/openapi.json").await;
    assert_eq!(status, 200);
    let command = &mut Command::new(installed().join("python/bin/python"));
    command.args(["-m", "openapi_spec_validator", "--validation-errors", "all", "-"]);
    let (valid, words) = run(command, &document).await;
    assert!(valid, "{words}");
    let command = &mut Command::new(installed().join("python/bin/python"));
    command.args(["-m", "openapi_spec_validator", "-"]);
    let (valid, _) = run(command, br#"{"openapi": "3.1.0", "info": {}}"#).await;
    assert!(!valid, "the validator takes anything");
}

#[tokio::test]
async fn no_request_is_answered_otherwise_than_the_document_says() {
    let house = House::open().await;
    furnish(&house).await;
    house.app.answers("/away.ics", Answer::content("text/calendar", AWAY));
    let auth = format!("{}:{}", house.server.account_sid(), house.server.auth_token());
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/peers/python");
    // From a file: where it loads the document by itself it leaves out that operation.
    let (_, document) = house.fetches("/v1/openapi.json").await;
    let file = house.server.data().join("openapi.json");
    std::fs::write(&file, &document).expect("it can be written");
    let command = &mut Command::new(installed().join("python/bin/schemathesis"));
    command
        .arg("run")
        .arg(file)
        .args(["--url", &house.server.url(""), "--auth", &auth])
        .args(["--phases", "examples,coverage,fuzzing", "--checks", CHECKS])
        // In this mode everything is made up from the operation alone, so that two runs are the same.
        .args(["--generation-deterministic", "--max-examples", EXAMPLES])
        // A busy machine is no finding.
        .args(["--suppress-health-check", "all", "--request-timeout", "60"])
        .args(["--workers", "2", "--continue-on-failure", "--no-color", "--warnings", "off"])
        .current_dir(house.server.data())
        .env("PYTHONPATH", hooks)
        .env("SCHEMATHESIS_HOOKS", "openapi_hooks")
        .env("ALO_KNOWN", known().to_string())
        .env("ALO_SIP_PORT", house.server.sip().port().to_string())
        .env("ALO_CALENDAR", house.app.url("/away.ics"));
    let (passed, words) = run(command, b"").await;
    assert!(passed, "{words}");
    assert!(words.contains(&format!("Tested: {}", operations(&document))), "{words}");
    house.comes_to_rest().await;
    let log = house.server.output();
    let mut errors = log.lines().filter(|line| line.contains("\"level\":\"ERROR\""));
    assert_eq!(errors.next(), None, "mistakes of others are no errors of the server");
}

/// How many operations the document has.
fn operations(document: &[u8]) -> usize {
    let document: Value = serde_json::from_slice(document).expect("it is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    paths.values().map(|methods| methods.as_object().map_or(0, serde_json::Map::len)).sum()
}

/// Two people, a rota, a line at the house's number, an override, swaps, audio, a trunk, and what may be deleted.
async fn furnish(house: &House) {
    house.sets(&[("SmsUrl", "alo://roulette/support")]).await;
    for (name, mobile) in
        [("ada", "+14155550151"), ("ben", "+14155550152"), ("spare", "+14155550153")]
    {
        puts(house, "people", name, &json!({"phones": [{"at": mobile}]})).await;
    }
    for name in ["support", "spare"] {
        let layer = json!({
            "name": "primary", "turn": {"every": 1, "unit": "week"}, "start": "2026-11-02", "handoff": "09:00:00",
            "crews": [{"from_turn": 0, "people": ["ada", "ben"]}],
        });
        let rota = json!({"zone": "America/Sao_Paulo", "layers": [layer], "text_from": NUMBER});
        puts(house, "rotas", name, &rota).await;
        let line = json!({"teams": [{"levels": [{"rota": "support"}, {"next": "support"}]}]});
        puts(house, "lines", name, &line).await;
    }
    let change = json!({"from": "2099-12-24T12:00:00Z", "until": "2099-12-26T12:00:00Z", "change": {"add": {"person": "ben"}}});
    sends(
        house,
        Method::POST,
        "/v1/rotas/support/overrides",
        "application/json",
        change.to_string(),
    )
    .await;
    for (asks, asked) in [("ada", "ben"), ("ben", "ada")].repeat(2) {
        let swap = json!({"rota": "support", "asks": asks, "asked": asked}).to_string();
        sends(house, Method::POST, "/v1/swaps", "application/json", swap).await;
    }
    sends(house, Method::PUT, "/v1/prompts/welcome", "audio/wav", wav(&[0; 8_000])).await;
    // It answers itself.
    house.adds_trunk("+55", house.server.sip().port()).await;
}

async fn puts(house: &House, kind: &str, name: &str, document: &Value) {
    let path = format!("/v1/{kind}/{name}");
    sends(house, Method::PUT, &path, "application/json", document.to_string()).await;
}

/// A request that has to be taken.
async fn sends(house: &House, method: Method, path: &str, kind: &str, body: impl Into<Vec<u8>>) {
    let request = reqwest::Client::new()
        .request(method, house.server.url(path))
        .basic_auth(house.server.account_sid(), Some(house.server.auth_token()))
        .header("Content-Type", kind)
        .body(body.into());
    let answer = request.send().await.expect("the server answers");
    let status = answer.status();
    let words = answer.text().await.expect("the whole answer");
    assert!(status.is_success(), "{path}: {status} {words}");
}

/// Parts of paths that name what the house has: see `openapi_hooks.py`. What is deleted is what nothing else needs.
fn known() -> Value {
    let mut known = json!({
        "/v1/rotas/{name}/layers/{layer}/people": {"name": ["support"], "layer": ["primary"]},
        "/v1/prompts/{name}": {"name": ["welcome"]},
        "/v1/overrides/{id}": {"id": [1]},
        "/v1/inbox/{number}": {"number": ["+14155550151", "+14155550142"]},
        "/v1/trunks/{name}/ping": {"name": ["carrier"]},
    });
    for tail in ["", "/accept", "/refuse", "/take-back"] {
        // Overrides and swaps are counted together.
        known[format!("/v1/swaps/{{id}}{tail}")] = json!({"id": [2, 3, 4, 5]});
    }
    let of_people = ["/calendar", "/calendar.ics"];
    let of_rotas = [
        "/calendar",
        "/calendar.ics",
        "/on-duty",
        "/shifts",
        "/gaps",
        "/overrides",
        "/take",
        "/off",
        "/absences",
    ];
    let of_lines = ["/calls", "/target"];
    let kinds: [(&str, &[&str], &[&str]); 3] = [
        ("people", &["ada", "ben"], &of_people),
        ("rotas", &["support"], &of_rotas),
        ("lines", &["support"], &of_lines),
    ];
    for (kind, names, tails) in kinds {
        let path = format!("/v1/{kind}/{{name}}");
        known[format!("GET {path}")] = json!({ "name": names });
        for method in ["PUT", "DELETE"] {
            known[format!("{method} {path}")] = json!({"name": ["spare"]});
        }
        for tail in tails {
            known[format!("{path}{tail}")] = json!({ "name": names });
        }
    }
    known
}

/// Whether it ended well, and what it printed.
async fn run(command: &mut Command, input: &[u8]) -> (bool, String) {
    let command = command.env("PYTHONDONTWRITEBYTECODE", "1").kill_on_drop(true);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("`./test --install` installs it");
    let mut stdin = child.stdin.take().expect("it is piped");
    // It may have ended before it has read everything.
    let _ = stdin.write_all(input).await;
    drop(stdin);
    let output = tokio::time::timeout(RUN_MAX, child.wait_with_output()).await;
    let output = output.expect("it ends in time").expect("it is our child");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), format!("{}\n{}", text(&output.stdout), text(&output.stderr)))
}

/// Where `./test --install` put the packages.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of alo")]
fn installed() -> PathBuf {
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers");
    std::env::var_os("ALO_PEERS").map_or(beside, PathBuf::from)
}
