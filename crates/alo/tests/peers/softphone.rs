//! baresip, a softphone of others: it registers, is rung, rings, is heard, hears, and presses keys.

use std::time::Duration;

use media::tone::{Generator, Tone};
use testkit::{Answer, Baresip, Wav, eventually};

use super::house::{CALLER, House, NUMBER, SOON, response};

/// What baresip says.
const MICROPHONE: u16 = 440;

/// What it is told.
const PLAYED: u16 = 880;

/// How long its microphone's file is; at its end it hangs up.
const MICROPHONE_FOR: Duration = Duration::from_secs(60);

/// The least of a tone that counts as heard.
const HEARD_FOR: Duration = Duration::from_millis(500);

async fn baresip(house: &House, name: &str) -> Baresip {
    let password = house.adds_phone(name).await;
    let microphone = samples(MICROPHONE, MICROPHONE_FOR);
    let phone = Baresip::start(name, &password, house.server.sip(), &microphone).await;
    eventually("baresip is registered", async || {
        let (_, phones) = house.asks(reqwest::Method::GET, "/v1/phones", &[]).await;
        let contacts = &phones["phones"][0]["contacts"];
        if contacts.as_array().is_some_and(|all| all.len() == 1) {
            Ok(())
        } else {
            Err(phones.to_string())
        }
    })
    .await;
    phone
}

#[tokio::test]
async fn is_rung_by_a_client_and_both_hear_each_other() {
    let house = House::open().await;
    let mut baresip = baresip(&house, "ada").await;
    house.says("<Dial action=\"/after\"><Client>ada</Client></Dial>");
    house.app.answers("/after", response("<Hangup/>"));
    let town = house.town();
    let call = town.caller(CALLER).await.dials(NUMBER).await;
    baresip.sees("CALL_INCOMING", SOON).await;
    baresip.accept().await;
    baresip.sees("CALL_ESTABLISHED", SOON).await;
    call.is_answered().await;
    call.listens_from_now().says_tone(f32::from(PLAYED));
    call.hears_tone(f32::from(MICROPHONE)).await;
    // It has heard him for as long as he hears it say a second more.
    call.says_all(testkit::tone(PLAYED, HEARD_FOR * 2)).await;
    baresip.hang_up().await;
    let after = house.app.next("/after", SOON).await;
    assert_eq!(after.param("DialCallStatus").as_deref(), Some("completed"));
    call.ends().await;
    expect_tone(&baresip.quit().await.expect("what it heard was written"), PLAYED);
    house.comes_to_rest().await;
}

#[tokio::test]
async fn rings_a_number_hears_a_prompt_and_is_recorded() {
    let house = House::open().await;
    let mut baresip = baresip(&house, "ada").await;
    house.app.answers("/prompt.wav", Answer::content("audio/wav", wav(PLAYED)));
    house.says(
        "<Play>/prompt.wav</Play><Record maxLength=\"2\" playBeep=\"false\" action=\"/kept\"/>",
    );
    house.app.answers("/kept", response("<Hangup/>"));
    baresip.dial(&format!("sip:{NUMBER}@{}", house.server.sip())).await;
    baresip.sees("CALL_ESTABLISHED", SOON).await;
    let kept = house.app.next("/kept", SOON).await;
    assert_eq!(kept.param("From").as_deref(), Some("client:ada"));
    baresip.sees("CALL_CLOSED", SOON).await;
    let sid = kept.param("RecordingSid").expect("a recording has a SID");
    let recording = recorded(&house, &sid).await;
    assert!(recording.duration() >= Duration::from_millis(1_900), "{:?}", recording.duration());
    expect_tone(&recording, MICROPHONE);
    expect_tone(&baresip.quit().await.expect("what it heard was written"), PLAYED);
    house.comes_to_rest().await;
}

#[tokio::test]
async fn presses_keys_that_a_gather_collects() {
    let house = House::open().await;
    let mut baresip = baresip(&house, "ada").await;
    house.says("<Gather numDigits=\"4\" action=\"/keys\"/>");
    house.app.answers("/keys", response("<Hangup/>"));
    baresip.dial(&format!("sip:{NUMBER}@{}", house.server.sip())).await;
    baresip.sees("CALL_ESTABLISHED", SOON).await;
    baresip.press("15*0").await;
    let keys = house.app.next("/keys", SOON).await;
    assert_eq!(keys.param("Digits").as_deref(), Some("15*0"));
    baresip.sees("CALL_CLOSED", SOON).await;
    house.comes_to_rest().await;
}

/// The audio of a recording, once it is complete.
async fn recorded(house: &House, sid: &str) -> Wav {
    let path = house.rest.resource(&format!("/Recordings/{sid}"));
    eventually("the recording is complete", async || {
        let (_, recording) = house.asks(reqwest::Method::GET, &path, &[]).await;
        if recording["status"] == "completed" { Ok(()) } else { Err(recording.to_string()) }
    })
    .await;
    let (status, bytes) = house.fetches(&path.replace(".json", ".wav")).await;
    assert_eq!(status, 200);
    Wav::parse(&bytes).expect("a recording is a WAV file")
}

/// Panics, telling what is heard, if a tone isn't heard for half a second anywhere in the first channel.
fn expect_tone(wav: &Wav, hz: u16) {
    let step = Duration::from_millis(100);
    let starts = (0..).map(|n| step * n).take_while(|start| *start + HEARD_FOR <= wav.duration());
    let heard = starts.into_iter().any(|start| wav.tone_in(0, start..start + HEARD_FOR, hz));
    assert!(heard, "there is no {hz} Hz, but {}", wav.story(0));
}

fn samples(hz: u16, length: Duration) -> Vec<i16> {
    let mut generator = Generator::new(Tone::Steady { hz, duration: length });
    let frames = length.as_millis() / 20;
    let mut all = Vec::new();
    for _ in 0..frames {
        let mut frame = media::SILENCE;
        generator.fill(&mut frame);
        all.extend(frame);
    }
    all
}

fn wav(hz: u16) -> Vec<u8> {
    let samples = samples(hz, HEARD_FOR * 2);
    let mut bytes = media::wav::header(1, samples.len() as u64 * 2).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}
