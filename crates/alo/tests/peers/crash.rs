//! `kill -9` in mid-call: nothing that was acknowledged is lost, and what was to be told is told once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use reqwest::Method;
use testkit::{Answer, Request, Sipp, Wav, eventually};

use super::house::{CALLER, House, NUMBER, SOON, options};

/// Calls that are placed and answered before the crash.
const PLACED: usize = 20;

/// Bytes of recorded audio that are on disk before the crash: two seconds in one channel.
const RECORDED: u64 = 32_000;

/// What is recorded.
const TONE: u16 = 620;

#[tokio::test]
async fn calls_are_closed_and_told_of_once_and_the_recording_can_be_read() {
    let mut house = House::open().await;
    house.says("<Record maxLength=\"60\" playBeep=\"false\"/>");
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await.is_answered().await;
    call.says_tone(f32::from(TONE));
    let file = audio_on_disk(&house).await;
    house.server.kill9().await;
    house.server.restart().await;
    let ended = house.app.next("/ended", SOON).await;
    assert_eq!(ended.param("CallStatus").as_deref(), Some("completed"));
    house.comes_to_rest().await;
    let sid = ended.param("CallSid").expect("a callback names its call");
    let kept = house.gets(&format!("/Calls/{sid}")).await;
    assert_eq!(kept["status"], "completed");
    assert!(kept["end_time"].is_string(), "{kept}");
    let recordings = house.gets("/Recordings").await;
    let recording = &recordings["recordings"][0];
    assert_eq!(recording["status"], "completed", "{recordings}");
    assert_eq!(recording["call_sid"], sid.as_str());
    let path = recording["uri"].as_str().expect("a recording has an address");
    let (status, bytes) = house.fetches(&path.replace(".json", ".wav")).await;
    assert_eq!(status, 200);
    assert_eq!(bytes, std::fs::read(&file).expect("the file is there"));
    let wav = Wav::parse(&bytes).expect("a recording that a crash cut off is a WAV file");
    let second = std::time::Duration::from_secs(1);
    assert!(wav.duration() >= second, "{:?}", wav.duration());
    wav.expect_tone(0, second / 2..second, TONE);
    assert_eq!(house.app.requests_to("/ended").len(), 1, "told once");
    call.hangs_up();
}

#[tokio::test]
async fn whatever_was_acknowledged_is_there_afterwards() {
    let mut house = House::with(options().variable("ALO_CALLS_PER_SECOND", "1000")).await;
    let callee = Sipp::new("uas-answered").talk(SOON).serve().await;
    let to = format!("sip:ada@{}", callee.address());
    let mut placed = BTreeSet::new();
    for _ in 0..PLACED {
        placed.insert(house.places(&to, "<Pause length=\"60\"/>", &[]).await);
    }
    // Some ring, some may not even have been sent when the power goes.
    house.server.kill9().await;
    house.server.restart().await;
    for sid in &placed {
        let call = house.gets(&format!("/Calls/{sid}")).await;
        assert_eq!(call["status"], "failed", "{call}");
    }
    house.comes_to_rest().await;
    let told: Vec<String> = told(&house.app.requests_to("/ended"));
    assert_eq!(told.len(), PLACED, "each is told once: {told:?}");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), placed);
}

#[tokio::test]
async fn a_callback_that_could_not_be_delivered_before_is_delivered_after() {
    let mut house = House::open().await;
    house.says("<Hangup/>");
    house.app.answers("/ended", Answer::status(503));
    house.caller("uac-hung-up-on").run().await;
    let first = house.app.next("/ended", SOON).await;
    house.server.kill9().await;
    house.app.answers("/ended", Answer::status(204));
    house.server.restart().await;
    let token = |request: &Request| {
        let token = request.header("I-Twilio-Idempotency-Token");
        token.expect("a callback has a token").to_owned()
    };
    house.comes_to_rest().await;
    let all = house.app.requests_to("/ended");
    assert!(all.len() >= 2, "it is told again");
    assert!(all.iter().all(|it| token(it) == token(&first)), "by the same token");
    let (_, alerts) = house.asks(Method::GET, "/v1/alerts", &[]).await;
    assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(0), "{alerts}");
}

/// `CallSid`s of callbacks, in order.
fn told(requests: &[Request]) -> Vec<String> {
    requests.iter().filter_map(|it| it.param("CallSid")).collect()
}

/// Waits until audio of the only recording is on disk.
async fn audio_on_disk(house: &House) -> PathBuf {
    let folder = house.server.data().join("recordings");
    eventually("audio is on disk", async || {
        let files = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
        let files = files.filter_map(|file| Some(file.ok()?.path()));
        let long = |path: &PathBuf| path.metadata().is_ok_and(|file| file.len() > RECORDED);
        let found: Vec<PathBuf> = files.collect();
        found.iter().find(|path| long(path)).cloned().ok_or(format!("{found:?}"))
    })
    .await
}
