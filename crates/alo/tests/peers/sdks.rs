//! The official SDKs for Python and Node, only the base URL changed, and their validators of signatures: calls and texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Request, Sipp, eventually, twiml};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::house::{CALLER, House, NUMBER, SOON, response};

/// A number that is reached over a trunk.
const ABROAD: &str = "+551130000142";

/// A handset of the virtual carrier.
const HANDSET: &str = "+14155550143";

/// The signature that every PNG begins with (ISO/IEC 15948 §5.2).
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How long an SDK's exercise may take.
const EXERCISE_MAX: Duration = Duration::from_secs(120);

/// A name that isn't ASCII.
const NAME: &str = "José Ñandú 東京";

#[tokio::test]
async fn python_does_everything_that_an_application_does() {
    exercise(&python(), "python/exercise.py").await;
}

#[tokio::test]
async fn node_does_everything_that_an_application_does() {
    exercise(Path::new("node"), "node/exercise.js").await;
}

#[tokio::test]
async fn python_texts_as_an_application_does() {
    exercise_of_texts(&python(), "python/texts.py").await;
}

#[tokio::test]
async fn node_texts_as_an_application_does() {
    exercise_of_texts(Path::new("node"), "node/texts.js").await;
}

#[tokio::test]
async fn the_validators_of_both_accept_our_webhooks() {
    let house = House::open().await;
    let mut requests = webhooks(&house).await;
    requests.extend(webhooks_of_texts(&house).await);
    let lines: Vec<String> = requests.iter().map(|it| captured(&house.app, it)).collect();
    for (program, script) in
        [(python(), "python/validate.py"), (PathBuf::from("node"), "node/validate.js")]
    {
        let mut command = sdk(&house, &program, script);
        let output = run(&mut command, &lines.join("\n")).await;
        assert!(output.status.success(), "{script}: {}", words(&output));
        let forged = |line: &String| line.replace("CallSid", "C").replace("MessageSid", "M");
        let forged: Vec<String> = lines.iter().map(forged).collect();
        let output = run(&mut sdk(&house, &program, script), &forged.join("\n")).await;
        assert!(!output.status.success(), "{script} takes anything");
    }
}

/// Runs an exercise on a house with a trunk that answers, and a recording.
async fn exercise(program: &Path, script: &str) {
    let house = House::open().await;
    let callee = Sipp::new("uas-answered").talk(Duration::ZERO).within(EXERCISE_MAX).serve().await;
    house.adds_trunk("+55", callee.address().port()).await;
    house.app.answers("/answer", response("<Pause length=\"60\"/>"));
    house.says("<Record maxLength=\"1\" playBeep=\"false\" action=\"/kept\" transcribe=\"true\"/>");
    house.app.answers("/kept", response("<Hangup/>"));
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    call.says_tone(620.0).is_hung_up_on().await;
    eventually("the recording is complete", async || {
        let recordings = house.gets("/Recordings").await;
        let complete = recordings["recordings"][0]["status"] == "completed";
        if complete { Ok(()) } else { Err(recordings.to_string()) }
    })
    .await;
    let mut command = sdk(&house, program, script);
    let command = command
        .env("ALO_FROM", NUMBER)
        .env("ALO_TO", ABROAD)
        .env("ALO_ANSWER_URL", house.app.url("/answer"));
    let output = run(command, "").await;
    assert!(output.status.success(), "{script}: {}", words(&output));
    let last = String::from_utf8_lossy(&output.stdout).lines().last().map(str::to_owned);
    let last: Value = serde_json::from_str(&last.unwrap_or_default()).expect("lines of JSON");
    assert_eq!(last["step"], "done");
    let words = words(&output);
    assert!(words.contains("recordings.fetch"), "no recording was fetched: {words}");
    house.comes_to_rest().await;
}

/// Runs an exercise of texts on a house whose number a handset writes to in the end: the TwiML that the SDK made answers.
async fn exercise_of_texts(program: &Path, script: &str) {
    let house = House::open().await;
    house.app.answers("/status", Answer::status(204));
    house.app.answers("/picture", Answer::content("image/png", PICTURE));
    house.sets(&[("SmsUrl", &house.app.url("/sms"))]).await;
    let form = [("Code", "12345"), ("FriendlyName", "Polls")];
    let (status, code) = house.asks(Method::POST, "/v1/short-codes", &form).await;
    assert_eq!(status, 201, "{code}");
    let mut command = sdk(&house, program, script);
    let command = command
        .env("ALO_FROM", NUMBER)
        .env("ALO_TO", HANDSET)
        .env("ALO_STATUS_URL", house.app.url("/status"))
        .env("ALO_MEDIA_URL", house.app.url("/picture"));
    let output = run(command, "").await;
    assert!(output.status.success(), "{script}: {}", words(&output));
    let steps = String::from_utf8_lossy(&output.stdout).into_owned();
    let steps: Vec<Value> = steps.lines().filter_map(|it| serde_json::from_str(it).ok()).collect();
    let step = |name: &str| steps.iter().find(|step| step["step"] == name).expect(name);
    let told = step("done")["told"].as_str().expect("the first message").to_owned();
    assert_eq!(statuses(&house, &told), ["sent", "delivered"]);

    let document = step("twiml")["document"].as_str().expect("TwiML");
    house.app.answers("/sms", twiml(document));
    let asked = is_texted(&house, "Anybody there?").await;
    assert_eq!(asked.param("Body").as_deref(), Some("Anybody there?"));
    let texts = eventually("both answers are on the handset", async || {
        let path = format!("/v1/inbox/{HANDSET}?Limit=3");
        let (_, inbox) = house.asks(Method::GET, &path, &[]).await;
        let texts = inbox["messages"].as_array().cloned().unwrap_or_default();
        let theirs = texts.iter().rposition(|text| text["written_here"] == true);
        if theirs == Some(0) { Ok(texts) } else { Err(inbox.to_string()) }
    })
    .await;
    let bodies: Vec<&str> = texts.iter().filter_map(|text| text["body"].as_str()).collect();
    assert_eq!(bodies, ["Anybody there?", "Thanks & see you <soon>", "A picture"]);
    assert_eq!(texts[2]["media"], json!([house.app.url("/picture")]));
    house.comes_to_rest().await;
}

/// The statuses that the application was told of a message, in order.
fn statuses(house: &House, sid: &str) -> Vec<String> {
    let told = house.app.requests_to("/status");
    let of_it = told.iter().filter(|it| it.param("MessageSid").as_deref() == Some(sid));
    of_it.filter_map(|it| it.param("MessageStatus")).collect()
}

/// The handset writes to the house's number; what the application is asked.
async fn is_texted(house: &House, body: &str) -> Request {
    let form = [("To", NUMBER), ("Body", body)];
    let (status, text) = house.asks(Method::POST, &format!("/v1/inbox/{HANDSET}"), &form).await;
    assert_eq!(status, 201, "{text}");
    let is_it = |request: &Request| request.param("Body").as_deref() == Some(body);
    house.app.next_where("/sms", SOON, is_it).await
}

/// Webhooks of texts: what came in by POST and GET, with pictures, and statuses.
async fn webhooks_of_texts(house: &House) -> Vec<Request> {
    let query = "?tag=one&tag=two&empty=&name=Jos%C3%A9%20%E6%9D%B1&sign=%2B%26%3D";
    let before = house.app.requests().len();
    house.app.answers("/sms", response("<Message>Olá &amp; até já 東京</Message>"));
    house.app.answers("/status", Answer::status(204));
    for method in ["POST", "GET"] {
        let url = house.app.url(&format!("/sms{query}"));
        house.sets(&[("SmsUrl", &url), ("SmsMethod", method)]).await;
        let asked = is_texted(house, &format!("Café & 東京 = {method}? 100% +1")).await;
        assert_eq!(asked.method, method);
    }
    let callback = house.app.url(&format!("/status{query}"));
    let form = [("From", NUMBER), ("To", HANDSET), ("Body", "Olá"), ("StatusCallback", &callback)];
    let (status, message) = house.posts("/Messages", &form).await;
    assert_eq!(status, 201, "{message}");
    let is_last = |it: &Request| it.param("MessageStatus").as_deref() == Some("delivered");
    house.app.next_where("/status", SOON, is_last).await;
    let requests = house.app.requests().split_off(before);
    assert!(requests.len() >= 4, "{requests:?}");
    requests
}

/// Webhooks of all sorts: POST and GET, with parameters that are repeated, empty or not ASCII, in form and query.
async fn webhooks(house: &House) -> Vec<Request> {
    let query = "tag=one&tag=two&empty=&name=Jos%C3%A9%20%E6%9D%B1&sign=%2B%26%3D";
    let gather = format!(
        "<Gather numDigits=\"1\" method=\"GET\" action=\"/got?{}\"/>",
        query.replace('&', "&amp;")
    );
    house.says(&gather);
    let redirect =
        format!("<Redirect method=\"POST\">/again?{}</Redirect>", query.replace('&', "&amp;"));
    house.app.answers("/got", response(&redirect));
    house.app.answers("/again", response("<Hangup/>"));
    let town = house.town();
    let tag = |value: &str| ("X-Team".to_owned(), value.to_owned());
    let settings = phone::Settings {
        display: Some(NAME.to_owned()),
        headers: vec![tag("b"), tag("a"), tag("b")],
        ..phone::Settings::caller(CALLER, house.server.sip())
    };
    let phone = town.moves_in(settings).await;
    let call = phone.dials(NUMBER).await.is_answered().await;
    call.presses("5").await.is_hung_up_on().await;
    house.comes_to_rest().await;
    let requests = eventually("the last webhook came", async || {
        let requests = house.app.requests();
        if requests.len() >= 4 { Ok(requests) } else { Err(format!("{requests:?}")) }
    })
    .await;
    let voice = house.app.next("/voice", SOON).await;
    assert_eq!(voice.param("CallerName").as_deref(), Some(NAME));
    let teams = voice.form.iter().filter(|(name, _)| name == "SipHeader_X-Team").count();
    assert_eq!(teams, 3, "{:?}", voice.form);
    let got = house.app.next("/got", SOON).await;
    assert_eq!((got.method.as_str(), got.param("Digits").as_deref()), ("GET", Some("5")));
    requests
}

/// A request as the validators read it: a repeated field is a list.
fn captured(app: &App, request: &Request) -> String {
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &request.form {
        fields.entry(name).or_default().push(value);
    }
    let one_or_all = |values: Vec<&str>| match values.as_slice() {
        [one] => json!(one),
        all => json!(all),
    };
    let params: BTreeMap<&str, Value> =
        fields.into_iter().map(|(name, values)| (name, one_or_all(values))).collect();
    let query = if request.query.is_empty() { "" } else { "?" };
    let url = format!("{}{query}{}", app.url(&request.path), request.query);
    let signature = request.header("X-Twilio-Signature").expect("every webhook is signed");
    json!({ "url": url, "params": params, "signature": signature }).to_string()
}

/// A script of an SDK, told where the SDKs and the account are.
fn sdk(house: &House, program: &Path, script: &str) -> Command {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/peers");
    let mut command = Command::new(program);
    command
        .arg(scripts.join(script))
        .env("ALO_PEERS", installed())
        .env("ALO_BASE_URL", house.server.url(""))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ALO_ACCOUNT_SID", house.server.account_sid())
        .env("ALO_AUTH_TOKEN", house.server.auth_token())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn run(command: &mut Command, input: &str) -> Output {
    let mut child = command.spawn().expect("`./test --install` installs the SDKs");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A script that doesn't read its input may have ended before.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(EXERCISE_MAX, child.wait_with_output()).await;
    output.expect("it ends in time").expect("it is our child")
}

fn words(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

fn python() -> PathBuf {
    installed().join("python/bin/python")
}

/// Where `./test --install` put the SDKs.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of alo")]
fn installed() -> PathBuf {
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers");
    std::env::var_os("ALO_PEERS").map_or(beside, PathBuf::from)
}
