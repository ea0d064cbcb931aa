//! Applications that are down, slow, huge, wrong or going in circles; prompts that are none.

use std::time::Duration;

use testkit::{Answer, tone_samples, wav};

use crate::house::{APOLOGY, House, NUMBER, SOON, options, response};

/// A caller hears an apology and is hung up on; the error is in the records and the call is completed.
async fn apologises(house: &House, code: u32) -> String {
    let call = house.is_rung().await;
    call.is_answered().await;
    house.hears(&call, APOLOGY).await;
    call.is_hung_up_on().await;
    let text = house.notes(code).await;
    assert_eq!(house.is_told_the_end().await, "completed");
    house.comes_to_rest().await;
    text
}

/// The same for an application that gives this answer.
async fn apologises_for(answer: Answer, code: u32) -> String {
    let house = House::open().await;
    house.app.answers("/voice", answer);
    apologises(&house, code).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_down_is_error_11205() {
    let house = House::with(options(), &[("VoiceUrl", "http://127.0.0.1:9/voice")]).await;
    let text = apologises(&house, 11205).await;
    assert!(text.contains("could not be connected to"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_slower_than_its_url_allows_is_error_11205() {
    let house = House::with(options(), &[("VoiceUrl", "/voice#tt=200")]).await;
    house.app.answers("/voice", Answer::never());
    let text = apologises(&house, 11205).await;
    assert!(text.contains("did not answer in time"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_breaks_off_is_error_11206() {
    apologises_for(Answer::hang_up(), 11206).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_fails_is_error_11200() {
    apologises_for(Answer::status(500), 11200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_more_than_64_kb_is_error_11750() {
    apologises_for(Answer::huge(66_000), 11750).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_not_xml_is_error_12100_with_its_place() {
    let text = apologises_for(Answer::content("text/xml", "<Response>\n  <Say>"), 12100).await;
    assert!(text.contains("line 2"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_type_that_is_no_document_is_error_12300() {
    apologises_for(Answer::content("application/json", "{}"), 12300).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_in_a_circle_are_error_11215() {
    apologises_for(Answer::redirect("/voice"), 11215).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_in_a_circle_end_the_call() {
    let house = House::open().await;
    house.says("<Redirect/>");
    let call = house.is_rung().await;
    call.ends().await;
    house.is_told_the_end().await;
    house.comes_to_rest().await;
    let asked = house.app.requests_to("/voice").len();
    assert!(asked <= 60, "asked {asked} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fallback_is_asked_and_told_what_was_wrong() {
    let house = House::with(options(), &[("VoiceFallbackUrl", "/fallback")]).await;
    house.app.answers("/voice", Answer::status(503));
    house.app.answers("/fallback", response("<Say>We are closed.</Say>"));
    let call = house.is_rung().await;
    call.is_answered().await;
    house.hears(&call, "We are closed.").await;
    call.is_hung_up_on().await;
    let asked = house.app.next("/fallback", SOON).await;
    assert_eq!(asked.param("ErrorCode").as_deref(), Some("11200"));
    assert_eq!(asked.param("ErrorUrl"), Some(house.app.url("/voice")));
    house.notes(11200).await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_not_asked_in_production() {
    let options = options().in_production().variable("ALO_SIP_STRANGERS", "accept");
    let house = House::with(options, &[]).await;
    house.says("<Say>Nobody should hear this.</Say>");
    let call = house.is_rung().await;
    call.is_answered().await;
    house.hears(&call, APOLOGY).await;
    call.is_hung_up_on().await;
    let text = house.notes(11205).await;
    assert!(text.contains("private address"), "{text}");
    assert!(house.app.requests().is_empty(), "{:?}", house.app.requests());
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_twiml_that_is_none_is_error_12100() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    let form = [("To", "client:ada"), ("From", NUMBER), ("Twiml", "<Response><Say>")];
    let (status, placed) = house.posts("/Calls", &form).await;
    assert_eq!(status, 201, "{placed}");
    let call = ada.rings().await.answers().await;
    house.hears(&call, APOLOGY).await;
    call.is_hung_up_on().await;
    house.notes(12100).await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_no_audio_is_error_12300_and_the_call_goes_on() {
    let house = House::open().await;
    house.app.answers("/prompt", Answer::content("audio/wav", "this is no WAV"));
    house.says("<Play>/prompt</Play><Say>Next.</Say>");
    let call = house.is_rung().await;
    call.is_answered().await.hears_tone(425.0).await;
    house.hears(&call, "Next.").await;
    call.is_hung_up_on().await;
    house.notes(12300).await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_too_large_is_error_11750_and_the_call_goes_on() {
    let house = House::with(options().variable("ALO_WEBHOOKS_PROMPT_SIZE", "4 KiB"), &[]).await;
    house.app.answers("/prompt", Answer::audio(&tone_samples(600, Duration::from_secs(1))));
    house.says("<Play>/prompt</Play><Say>Next.</Say>");
    let call = house.is_rung().await;
    call.is_answered().await;
    house.hears(&call, "Next.").await;
    call.is_hung_up_on().await;
    house.notes(11750).await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_that_changed_at_its_url_is_heard() {
    let house = House::open().await;
    house.says("<Play>/greeting</Play>");
    for hz in [700_u16, 1_100] {
        let body = wav(&tone_samples(hz, Duration::from_millis(600)));
        let answer = Answer::content("audio/wav", body).header("ETag", &format!("\"{hz}\""));
        house.app.answers("/greeting", answer);
        let call = house.is_rung().await;
        call.is_answered().await.hears_tone(f32::from(hz)).await.is_hung_up_on().await;
    }
    let asked = house.app.requests_to("/greeting");
    assert_eq!(asked[1].header("If-None-Match"), Some("\"700\""));
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_come_back_within_a_call_and_not_in_the_next() {
    let house = House::open().await;
    let first = response("<Redirect>/next</Redirect>").header("Set-Cookie", "session=1; Path=/");
    house.app.answers("/voice", first);
    house.app.answers("/next", response("<Hangup/>"));
    for _ in 0..2 {
        house.is_rung().await.ends().await;
        assert_eq!(house.app.next("/voice", SOON).await.header("Cookie"), None);
        assert_eq!(house.app.next("/next", SOON).await.header("Cookie"), Some("session=1"));
    }
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_that_is_still_fresh_is_not_asked_for_again() {
    let house = House::open().await;
    house.says("<Play>/greeting</Play>");
    let body = wav(&tone_samples(700, Duration::from_millis(600)));
    let answer = Answer::content("audio/wav", body).header("Cache-Control", "max-age=3600");
    house.app.answers("/greeting", answer);
    for _ in 0..2 {
        let call = house.is_rung().await;
        call.is_answered().await.hears_tone(700.0).await.is_hung_up_on().await;
    }
    assert_eq!(house.app.requests_to("/greeting").len(), 1);
    house.comes_to_rest().await;
}
