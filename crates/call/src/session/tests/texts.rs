//! `<Sms>` within a call: handed over, waited for, and the call goes on whatever became of it.

use super::script::Story;
use crate::io::Modification;
use crate::session::Start;

fn inbound(verbs: &str) -> Story {
    let mut story = Story::inbound();
    story.answer_webhook(&format!("<Response>{verbs}</Response>"));
    story
}

#[test]
fn a_text_goes_to_the_caller_from_the_number_called_and_the_call_goes_on() {
    let mut story = inbound("<Sms statusCallback=\"/told\">The address is …</Sms><Say>Sent.</Say>");
    story.at(0.1).text_is_taken();
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: text "The address is …" from +551130000100 to +14155550123, tell http://app.test/told
    0.100 leg 0: say "Sent."
    "#);
}

#[test]
fn a_text_in_a_call_we_placed_goes_to_the_called() {
    let document =
        "<Response><Sms>Hi</Sms><Sms to=\"+14155550199\" from=\"ALO\">Ho</Sms></Response>";
    let mut story = Story::outbound(Start::Twiml(document.to_owned()));
    story.at(1.0).answers(0);
    story.text_is_taken();
    story.at(2.0).text_is_taken();
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is initiated, tell http://app.test/status SequenceNumber=0
    0.000 leg 0: place to client:ada as +551130000100
    1.000 call c0 is in-progress, tell http://app.test/status SequenceNumber=1
    1.000 leg 0: text "Hi" from +551130000100 to client:ada
    1.000 leg 0: text "Ho" from ALO to +14155550199
    2.000 leg 0: hang up
    "#);
}

#[test]
fn the_action_hears_of_the_text_and_its_document_replaces_what_follows() {
    let mut story = inbound("<Sms action=\"/sent\" method=\"GET\">Hi</Sms>");
    story.at(0.1).text_is_taken();
    story.answer_webhook("<Response><Say>Look at your phone</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: text "Hi" from +551130000100 to +14155550123
    0.100 GET http://app.test/sent SmsStatus=queued
    0.100 leg 0: say "Look at your phone"
    "#);
}

#[test]
fn a_text_that_is_not_taken_raises_an_alert_and_the_call_goes_on() {
    let mut story = inbound("<Sms>Hi</Sms><Sms action=\"/sent\">Ho</Sms>");
    story.text_is_refused(21610);
    story.text_is_refused(14101);
    story.answer_webhook("<Response><Say>Sorry</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: text "Hi" from +551130000100 to +14155550123
    0.000 alert 21610: it can't be sent
    0.000 leg 0: text "Ho" from +551130000100 to +14155550123
    0.000 alert 14101: it can't be sent
    0.000 POST http://app.test/sent SmsStatus=invalid ErrorCode=14101
    0.000 leg 0: say "Sorry"
    "#);
}

#[test]
fn a_text_that_is_answered_late_moves_nothing_but_its_alert_is_raised() {
    let mut story = inbound("<Sms action=\"/sent\">Hi</Sms>");
    story.modify(
        0,
        Modification::Twiml("<Response><Sms>Ho</Sms><Say>x</Say></Response>".to_owned()),
    );
    story.at(1.0).text_is_refused(14101);
    story.at(2.0).text_is_taken();
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: text "Hi" from +551130000100 to +14155550123
    0.000 leg 0: text "Ho" from +551130000100 to +14155550123
    1.000 alert 14101: it can't be sent
    2.000 leg 0: say "x"
    "#);
}

#[test]
fn a_session_waits_for_the_texts_of_callers_who_hung_up() {
    let mut story = inbound("<Sms action=\"/sent\">Hi</Sms>");
    story.at(1.0).ends(0, None);
    story.at(2.0).text_is_refused(30003);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: text "Hi" from +551130000100 to +14155550123
    1.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=1
    2.000 alert 30003: it can't be sent
    2.000 over
    "#);
}

#[test]
fn a_whisper_texts_the_called() {
    let mut story = inbound("<Dial><Client url=\"/whisper\">ada</Client></Dial>");
    story.at(1.0).answers(1);
    story.answer_webhook("<Response><Sms>You have a caller</Sms></Response>");
    story.text_is_taken();
    let told = story.told();
    assert!(
        told.contains("leg 1: text \"You have a caller\" from +14155550123 to client:ada"),
        "{told}"
    );
    assert!(told.ends_with("bridge 0 1\n"), "{told}");
}
