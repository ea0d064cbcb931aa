//! The main job, on the binary as it is: somebody rings a number, an application decides, people talk, and it is kept.

mod speech;
mod texts;

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use testkit::{Server, ServerOptions, Story, Town, Voice, Wav, twiml};

/// Binary under test.
const ALO: &str = env!("CARGO_BIN_EXE_alo");
/// Nothing on one machine takes so long.
const SOON: Duration = Duration::from_secs(10);

const GREETING: &str = "<Response><Say>Hello there.</Say>\
    <Gather numDigits=\"1\" action=\"/key\"><Say>Press one.</Say></Gather></Response>";
const CONNECT: &str = "<Response><Dial record=\"record-from-answer-dual\" timeout=\"10\">\
    <Client>ada</Client></Dial><Say>Goodbye.</Say></Response>";

#[tokio::test]
async fn a_customer_presses_one_and_talks_with_ada_and_both_are_on_the_recording() {
    let story = Story::start();
    let voice = Voice::start_in(&story).await;
    let mut server =
        Server::with(ServerOptions::new(ALO).variable("ALO_SPEECH_URL", &voice.url())).await;
    let town = Town::with(server.sip(), SOON, story);
    let app = town.app().await;
    app.answers("/voice", twiml(GREETING));
    app.answers("/key", twiml(CONNECT));
    let ada = town.registers("ada", &server.adds_phone("ada").await).await;
    let number = server.buys_number(&app.url("/voice")).await;

    let caller = town.caller("+14155550199").await.dials(&number).await;
    caller.is_answered().await.hears("Hello there.").await.hears("Press one.").await;
    caller.presses("1").await;
    let request = app.next("/key", SOON).await;
    assert_eq!(request.param("Digits").as_deref(), Some("1"));
    let callee = ada.rings().await.answers().await;
    callee.talks_with(&caller).await;
    callee.hangs_up();
    caller.hears("Goodbye.").await.is_hung_up_on().await;
    town.is_quiet().await;

    let recordings = server.told(&["recordings"]).await;
    let recording = recordings.as_array().and_then(|all| all.first()).expect("one recording");
    let sid = recording["sid"].as_str().expect("a SID");
    let path = server.data().join("recordings").join(format!("{sid}.wav"));
    let wav = Wav::open(&path).expect("a WAV file");
    assert_eq!(wav.channels.len(), 2, "one channel each");
    assert!(server.terminate().await.success());
}

#[test]
fn the_demonstration_plays_to_its_end() {
    let output = Command::new(ALO).args(["demo", "--exit", "--json"]).output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let events: Vec<Value> =
        told.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((count("chapter"), count("call"), count("recording")), (5, 10, 1), "{told}");
    assert_eq!((count("text"), count("line_call")), (8, 4), "{told}");
    assert_eq!(events.last().expect("an end")["ok"], true);
}
