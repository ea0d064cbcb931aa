//! How calls fail and end: applications that are down, callers that leave, API calls and their outcomes.

use model::Moment;
use std::time::Duration;

use super::script::Story;
use crate::io::{LegInput, Modification};
use crate::session::Start;

#[test]
fn an_application_that_is_down_is_said_and_told() {
    let mut story = Story::inbound();
    story.fail_webhook(11200);
    story.at(3.0).sound_ends(0);
    story.at(3.1).ends(0, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 11200: it is down
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "We are sorry, an application error has occurred. Goodbye."
    3.000 leg 0: hang up
    3.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=4
    3.100 over
    "#);
}

#[test]
fn the_fallback_is_asked_when_the_application_is_down() {
    let mut story = Story::inbound_with_fallback();
    story.fail_webhook(11205);
    story.answer_webhook("<Response><Say>Plan B</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 11205: it is down
    0.000 POST http://app.test/fallback ErrorCode=11205 ErrorUrl=http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Plan B"
    "#);
}

#[test]
fn the_fallback_is_asked_when_the_document_is_broken_and_only_once() {
    let mut story = Story::inbound_with_fallback();
    story.answer_webhook("<Response><Say>Hello</Response>");
    story.fail_webhook(11200);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 12100: http://app.test/voice: line 1, column 11: <Say> is not closed before </Response> at line 1, column 21
    0.000 POST http://app.test/fallback ErrorCode=12100 ErrorUrl=http://app.test/voice
    0.000 alert 11200: it is down
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "We are sorry, an application error has occurred. Goodbye."
    "#);
}

#[test]
fn plain_text_is_spoken_and_audio_is_played() {
    let mut story = Story::inbound();
    story.answer_webhook_as("text/plain; charset=utf-8", "  Hello there  ");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Hello there"
    "#);
    let mut story = Story::inbound();
    story.answer_webhook_as("audio/mpeg", "(sound)");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: play http://app.test/voice
    "#);
    let mut story = Story::inbound();
    story.answer_webhook_as("image/png", "(picture)");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 12300: http://app.test/voice answered with content type 'image/png': send text/xml for TwiML
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "We are sorry, an application error has occurred. Goodbye."
    "#);
}

#[test]
fn an_empty_answer_ends_the_call() {
    let mut story = Story::inbound();
    story.answer_webhook("");
    story.at(0.1).ends(0, Some(480));
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: hang up
    0.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=1
    0.100 over
    "#);
}

#[test]
fn a_number_without_an_application_is_refused_and_told() {
    let mut story = Story::inbound_with(Start::Nowhere);
    story.at(0.1).ends(0, Some(480));
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 alert 11100: the number has no voice URL: set one with `alo numbers set` or VoiceUrl over the API
    0.000 leg 0: reject Unavailable
    0.100 call c0 is failed, tell http://app.test/status SequenceNumber=0 CallDuration=0
    0.100 over
    "#);
}

#[test]
fn a_caller_who_gives_up_before_the_application_answers_is_gone() {
    let mut story = Story::inbound();
    story.at(1.0).ends(0, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    1.000 call c0 is no-answer, tell http://app.test/status SequenceNumber=0 CallDuration=0
    1.000 over
    "#);
}

#[test]
fn a_call_of_the_api_runs_its_document_once_it_is_answered() {
    let mut story = Story::outbound(Story::start_at_voice_url());
    story.at(1.0).rings(0);
    story.at(4.0).answers(0);
    story.answer_webhook("<Response><Say>Hello</Say></Response>");
    story.at(6.0).sound_ends(0);
    story.at(6.1).ends(0, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is initiated, tell http://app.test/status SequenceNumber=0
    0.000 leg 0: place to client:ada as +551130000100
    1.000 call c0 is ringing, tell http://app.test/status SequenceNumber=1
    4.000 call c0 is in-progress, tell http://app.test/status SequenceNumber=2
    4.000 POST http://app.test/voice
    4.000 leg 0: say "Hello"
    6.000 leg 0: hang up
    6.100 call c0 is completed, tell http://app.test/status SequenceNumber=3 CallDuration=3 SipResponseCode=200
    6.100 over
    "#);
}

#[test]
fn a_call_of_the_api_is_recorded_and_sends_its_keys_first() {
    let start = Start::Twiml("<Response><Say>Hello</Say></Response>".to_owned());
    let mut story = Story::outbound_with(start, |outbound| {
        outbound.send_digits = Some("1w2".to_owned());
        outbound.record_call = Some(Story::dual_recording());
    });
    story.at(4.0).answers(0);
    story.at(5.0).sound_ends(0);
    story.at(7.0).ends(0, None);
    story.at(7.1).recording_ends(3, true);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is initiated, tell http://app.test/status SequenceNumber=0
    0.000 leg 0: place to client:ada as +551130000100
    4.000 call c0 is in-progress, tell http://app.test/status SequenceNumber=1
    4.000 recording is in-progress, tell http://app.test/recorded
    4.000 leg 0: record both sides, dual
    4.000 leg 0: keys 1w2
    5.000 leg 0: say "Hello"
    7.100 recording is completed 3 s, tell http://app.test/recorded
    7.100 call c0 is completed, tell http://app.test/status SequenceNumber=2 CallDuration=3 SipResponseCode=200 RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000001 RecordingDuration=3
    7.100 over
    "#);
}

#[test]
fn how_a_call_failed_is_in_its_status() {
    for (sip_status, status) in
        [(486, "busy"), (603, "busy"), (480, "no-answer"), (503, "failed"), (404, "failed")]
    {
        let mut story = Story::outbound(Story::start_at_voice_url());
        story.at(1.0).ends(0, Some(sip_status));
        let told = story.told();
        let expected = format!(
            "is {status}, tell http://app.test/status SequenceNumber=1 CallDuration=0 SipResponseCode={sip_status}"
        );
        assert!(told.contains(&expected), "{sip_status}: {told}");
    }
}

#[test]
fn a_call_of_the_api_that_nobody_answers_is_given_up() {
    let mut story = Story::outbound(Story::start_at_voice_url());
    story.at(1.0).rings(0);
    story.at(60.1).ends(0, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is initiated, tell http://app.test/status SequenceNumber=0
     0.000 leg 0: place to client:ada as +551130000100
     1.000 call c0 is ringing, tell http://app.test/status SequenceNumber=1
    60.000 leg 0: hang up
    60.100 call c0 is no-answer, tell http://app.test/status SequenceNumber=2 CallDuration=0 SipResponseCode=487
    60.100 over
    "#);
}

#[test]
fn a_call_that_waits_for_its_turn_can_be_canceled() {
    let mut story = Story::outbound_with(Story::start_at_voice_url(), |outbound| {
        outbound.place_at = Moment::EPOCH + Duration::from_secs(5);
    });
    story.at(1.0).modify(0, Modification::Cancel);
    story.at(1.0).ends(0, None);
    story.at(9.0);
    insta::assert_snapshot!(story.told(), @r#"
    1.000 leg 0: hang up
    1.000 call c0 is canceled, tell http://app.test/status SequenceNumber=0 CallDuration=0
    1.000 over
    "#);
}

#[test]
fn a_call_that_waits_is_placed_when_its_turn_comes() {
    let mut story = Story::outbound_with(Story::start_at_voice_url(), |outbound| {
        outbound.place_at = Moment::EPOCH + Duration::from_secs(5);
    });
    story.at(4.9);
    assert_eq!(story.told(), "");
    story.at(5.0);
    insta::assert_snapshot!(story.told(), @r#"
    5.000 call c0 is initiated, tell http://app.test/status SequenceNumber=0
    5.000 leg 0: place to client:ada as +551130000100
    "#);
}

#[test]
fn a_live_call_is_completed_over_the_api() {
    let mut story = Story::inbound();
    story.answer_webhook("<Response><Say>Hello</Say></Response>");
    story.at(1.0).modify(0, Modification::Complete);
    story.at(1.1).ends(0, None);
    story.at(1.2).modify(0, Modification::Complete);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Hello"
    1.000 leg 0: hang up
    1.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=2
    1.100 over
    "#);
}

#[test]
fn a_sound_that_cant_be_had_is_told_and_the_call_goes_on() {
    let mut story = Story::inbound();
    story.answer_webhook("<Response><Play>/no.wav</Play><Say>Next</Say></Response>");
    story.leg(
        0,
        LegInput::SoundFailed {
            sound: crate::SoundId(0),
            code: 12300,
            message: "no audio".to_owned(),
        },
    );
    story.at(1.0).sound_ends(0);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: play http://app.test/no.wav
    0.000 alert 12300: no audio
    1.000 leg 0: say "Next"
    "#);
}

#[test]
fn every_webhook_carries_the_parameters_of_the_call() {
    let mut story = Story::inbound();
    story.with_params = true;
    story.answer_webhook("<Response><Redirect>/next</Redirect></Response>");
    let told = story.told();
    let asked = told.lines().last().expect("asked again");
    insta::assert_snapshot!(asked.trim(), @"0.000 POST http://app.test/next From=+14155550123 To=+551130000100 Caller=+14155550123 Called=+551130000100 CallStatus=ringing ApiVersion=2010-04-01 Direction=inbound FromCity= FromState= FromZip= FromCountry=US CallerCity= CallerState= CallerZip= CallerCountry=US ToCity= ToState= ToZip= ToCountry=BR CalledCity= CalledState= CalledZip= CalledCountry=BR");
}
