//! Callees that refuse, never answer or answer at several places, and callers who mash keys.

use std::time::Duration;

use crate::house::{CALLER, House, NOBODYS, SOON, options, response};
use crate::wire;

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_has_is_404_with_a_record() {
    let house = House::open().await;
    let call = house.town.caller(CALLER).await.dials(NOBODYS).await;
    call.is_refused(404).await;
    let text = house.notes(13224).await;
    assert!(text.contains("404"), "{text}");
    house.has_call("inbound", "failed").await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callee_that_answers_503_has_failed() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial action=\"/after\"><Client>ada</Client></Dial>");
    house.app.answers("/after", response("<Say>Sorry.</Say>"));
    let call = house.is_rung().await;
    ada.rings().await.rejects(503);
    house.hears(&call, "Sorry.").await;
    call.is_hung_up_on().await;
    let after = house.app.next("/after", SOON).await;
    assert_eq!(after.param("DialCallStatus").as_deref(), Some("failed"));
    house.has_call("outbound-dial", "failed").await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callee_that_says_nothing_is_no_answer() {
    let house = House::open().await;
    let silent = wire::Socket::open().await;
    let uri = format!("sip:nobody@{}", silent.address());
    house.says(&format!("<Dial timeout=\"1\" action=\"/after\"><Sip>{uri}</Sip></Dial>"));
    house.app.answers("/after", response("<Say>Sorry.</Say>"));
    let call = house.is_rung().await;
    house.hears(&call, "Sorry.").await;
    call.is_hung_up_on().await;
    let after = house.app.next("/after", SOON).await;
    assert_eq!(after.param("DialCallStatus").as_deref(), Some("no-answer"));
    house.comes_to_rest().await;
    house.has_call("outbound-dial", "no-answer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_not_registered_is_error_32009() {
    let house = House::open().await;
    house.server.adds_phone("ada").await;
    house.says("<Dial action=\"/after\"><Client>ada</Client></Dial>");
    house.app.answers("/after", response("<Say>Sorry.</Say>"));
    let call = house.is_rung().await;
    house.hears(&call, "Sorry.").await;
    call.is_hung_up_on().await;
    house.notes(32009).await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_places_of_one_phone_the_first_answer_wins() {
    let house = House::open().await;
    let password = house.server.adds_phone("ada").await;
    let desk = house.town.registers("ada", &password).await;
    let home = house.town.registers("ada", &password).await;
    house.says("<Dial><Client>ada</Client></Dial>");
    let call = house.is_rung().await;
    let (at_desk, at_home) = tokio::join!(desk.rings(), home.rings());
    at_home.answers().await;
    at_desk.is_hung_up_on().await;
    call.is_answered().await.talks_with(&at_home).await.hangs_up();
    at_home.is_hung_up_on().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_whose_audio_stops_is_ended_with_error_32014() {
    let house = House::with(options().variable("ALO_RTP_TIMEOUT", "1 s"), &[]).await;
    house.says("<Gather timeout=\"60\"/>");
    let mut settings = house.town.settings(CALLER, "");
    settings.sends_silence = false;
    let call = house.town.moves_in(settings).await.dials(crate::house::NUMBER).await;
    call.is_answered().await.is_hung_up_on().await;
    house.notes(32014).await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

/// More keys than any of the verbs waits for.
const MASHED: &str = "1*2#3456789*0##**11";

/// Mashes keys during these verbs; the call comes to its end all the same.
async fn survives_keys(verbs: &str) {
    let house = House::open().await;
    let audio = testkit::tone_samples(700, Duration::from_secs(2));
    house.app.answers("/prompt", testkit::Answer::audio(&audio));
    house.app.answers("/keys", response("<Say>Goodbye.</Say>"));
    house.says(verbs);
    let call = house.is_rung().await;
    call.is_answered().await;
    let mashed = call.inner().press(MASHED).await;
    // The call may well end while keys are still being pressed.
    drop(mashed);
    call.ends().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_mashed_during_sounds_and_pauses_change_nothing() {
    survives_keys("<Say>Hello.</Say><Play>/prompt</Play><Pause length=\"1\"/><Say>Bye.</Say>")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_mashed_during_a_gather_reach_its_action_once() {
    survives_keys("<Gather numDigits=\"4\" action=\"/keys\"><Play>/prompt</Play></Gather>").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_mashed_during_a_recording_end_it_once() {
    survives_keys("<Record action=\"/keys\" maxLength=\"5\" timeout=\"1\"/><Say>Bye.</Say>").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_mashed_while_it_rings_and_in_a_conversation_change_nothing() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial><Client>ada</Client></Dial><Say>Bye.</Say>");
    let call = house.is_rung().await;
    let ringing = ada.rings().await;
    call.is_answered().await.presses("19#*0").await;
    ringing.answers().await;
    tokio::join!(call.presses("28*#5"), ringing.presses("**##7"));
    call.talks_with(&ringing).await;
    ringing.hangs_up();
    house.hears(&call, "Bye.").await;
    call.is_hung_up_on().await;
    house.comes_to_rest().await;
}
