//! A caller who hangs up at every point of every verb.

use testkit::{Answer, Call};

use crate::house::{House, SOON, response};

/// A caller who hears the verbs of `/voice` so far, hangs up, and leaves nothing behind.
async fn hangs_up_after(verbs: &str, point: impl AsyncFnOnce(&House, &Call)) -> House {
    let house = House::open().await;
    house.says(verbs);
    let call = house.is_rung().await;
    point(&house, &call).await;
    call.hangs_up();
    house.is_told_the_end().await;
    house.comes_to_rest().await;
    house
}

async fn answered(_: &House, call: &Call) {
    call.is_answered().await;
}

/// More than anybody listens to.
const LONG: &str = "<Play loop=\"0\">/prompt</Play>";

#[tokio::test(flavor = "multi_thread")]
async fn during_say() {
    hangs_up_after("<Say loop=\"0\">Hello.</Say>", async |_, call| {
        call.hears("Hello.").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_prompt_has_come() {
    hangs_up_after(LONG, async |house, call| {
        house.app.answers("/prompt", Answer::never());
        call.is_answered().await;
        house.app.next("/prompt", SOON).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_play() {
    let house = House::open().await;
    let audio = testkit::tone_samples(700, std::time::Duration::from_secs(1));
    house.app.answers("/prompt", Answer::audio(&audio));
    house.says(LONG);
    let call = house.is_rung().await;
    call.is_answered().await.hears_tone(700.0).await.hangs_up();
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_pause() {
    hangs_up_after("<Gather timeout=\"0\"/><Pause length=\"60\"/>", answered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_gather() {
    hangs_up_after("<Gather timeout=\"60\"/>", async |_, call| {
        call.is_answered().await.presses("12").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_action_of_a_gather_is_asked() {
    let verbs = "<Gather numDigits=\"1\" action=\"/keys\" timeout=\"60\"/>";
    hangs_up_after(verbs, async |house, call| {
        house.app.answers("/keys", Answer::never());
        call.is_answered().await.presses("1").await;
        house.app.next("/keys", SOON).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_beep_of_a_recording() {
    hangs_up_after("<Record action=\"/recorded\"/>", answered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_recording_the_message_is_kept() {
    let house = House::open().await;
    house.app.answers("/recorded", response(""));
    house.says("<Record playBeep=\"false\" action=\"/recorded\"/>");
    let call = house.is_rung().await;
    call.is_answered().await.says_all(testkit::tone(700, std::time::Duration::from_secs(1))).await;
    call.hangs_up();
    let recorded = house.app.next("/recorded", SOON).await;
    assert_eq!(recorded.param("Digits").as_deref(), Some("hangup"));
    assert_eq!(recorded.param("CallStatus").as_deref(), Some("completed"));
    house.comes_to_rest().await;
    let recordings = house.gets("/Recordings").await;
    assert_eq!(recordings["recordings"][0]["status"], "completed", "{recordings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_rings_the_called_is_cancelled() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.app.answers("/after", response(""));
    house.says("<Dial action=\"/after\"><Client>ada</Client></Dial>");
    let call = house.is_rung().await;
    let ringing = ada.rings().await;
    call.is_answered().await.hangs_up();
    ringing.is_hung_up_on().await;
    let after = house.app.next("/after", SOON).await;
    assert_eq!(after.param("DialCallStatus").as_deref(), Some("no-answer"));
    house.has_call("outbound-dial", "no-answer").await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_an_answer_on_bridge_the_call_was_never_answered() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial answerOnBridge=\"true\"><Client>ada</Client></Dial>");
    let call = house.is_rung().await;
    let ringing = ada.rings().await;
    call.hangs_up();
    ringing.is_hung_up_on().await;
    assert_eq!(house.is_told_the_end().await, "no-answer");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_whisper_the_called_is_hung_up_on() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.app.answers("/whisper", response("<Say loop=\"0\">Press one.</Say>"));
    house.says("<Dial><Client url=\"/whisper\">ada</Client></Dial>");
    let call = house.is_rung().await;
    let answered = ada.rings().await.answers().await;
    answered.hears("Press one.").await;
    call.hangs_up();
    answered.is_hung_up_on().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_whisper_is_asked_for_the_called_is_hung_up_on() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.app.answers("/whisper", Answer::never());
    house.says("<Dial><Client url=\"/whisper\">ada</Client></Dial>");
    let call = house.is_rung().await;
    let answered = ada.rings().await.answers().await;
    house.app.next("/whisper", SOON).await;
    call.hangs_up();
    answered.is_hung_up_on().await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_conversation_the_other_is_hung_up_on() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial record=\"record-from-answer-dual\"><Client>ada</Client></Dial>");
    let call = house.is_rung().await;
    let answered = ada.rings().await.answers().await;
    call.talks_with(&answered).await.hangs_up();
    answered.is_hung_up_on().await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
    let recordings = house.gets("/Recordings").await;
    assert_eq!(recordings["recordings"][0]["status"], "completed", "{recordings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_redirect_is_asked() {
    hangs_up_after("<Gather timeout=\"0\"/><Redirect>/next</Redirect>", async |house, call| {
        house.app.answers("/next", Answer::never());
        call.is_answered().await;
        house.app.next("/next", SOON).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_document_has_come() {
    let house = House::open().await;
    house.app.answers("/voice", Answer::never());
    let call = house.is_rung().await;
    house.app.next("/voice", SOON).await;
    call.hangs_up();
    assert_eq!(house.is_told_the_end().await, "no-answer");
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_many_calls_no_file_is_left_open() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial record=\"record-from-answer\"><Client>ada</Client></Dial>");
    let talks = async || {
        let call = house.is_rung().await;
        let answered = ada.rings().await.answers().await;
        call.is_answered().await.hangs_up();
        answered.is_hung_up_on().await;
        house.is_told_the_end().await;
        house.comes_to_rest().await;
        house.figure("process_open_fds").await
    };
    talks().await;
    let before = talks().await;
    for _ in 0..8 {
        talks().await;
    }
    // Connections to the application come and go; a leak would be eight at least.
    let after = talks().await;
    assert!(after < before + 6, "{before} files were open, then {after}");
}
