//! `<Dial>`: who rings, who gets the caller, what it came to.

use super::script::Story;
use crate::io::Modification;

fn dial(attributes: &str, nouns: &str) -> String {
    format!("<Response><Dial {attributes}>{nouns}</Dial><Say>Nobody.</Say></Response>")
}

const BOTH: &str = "<Client>ada</Client><Client>grace</Client>";

#[test]
fn a_caller_is_greeted_and_connected_to_whom_the_document_names() {
    let mut story = Story::inbound();
    story.answer_webhook("<Response><Say>Hello</Say><Dial><Client>ada</Client></Dial></Response>");
    story.at(2.0).sound_ends(0);
    story.at(3.0).rings(1);
    story.at(5.0).answers(1);
    story.at(65.0).ends(1, None);
    story.at(65.1).ends(0, None);
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is ringing
     0.000 leg 0: ring
     0.000 POST http://app.test/voice
     0.000 leg 0: answer
     0.000 call c0 is in-progress
     0.000 leg 0: say "Hello"
     2.000 leg 0: ring-back us
     2.000 call 1 is initiated
     2.000 leg 1: place to client:ada as +14155550123
     3.000 call 1 is ringing
     5.000 call 1 is in-progress
     5.000 leg 0: quiet
     5.000 bridge 0 1
    65.000 part 1 0
    65.000 call 1 is completed
    65.000 leg 0: hang up
    65.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=66
    65.100 over
    "#);
}

#[test]
fn all_ring_at_once_and_the_first_that_answers_has_the_call() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("action=\"/after\"", BOTH));
    story.at(1.0).rings(1);
    story.at(1.1).rings(2);
    story.at(2.0).answers(2);
    story.at(2.1).ends(1, Some(487));
    story.at(9.0).ends(2, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    0.000 call 2 is initiated
    0.000 leg 2: place to client:grace as +14155550123
    1.000 call 1 is ringing
    1.100 call 2 is ringing
    2.000 call 2 is in-progress
    2.000 leg 1: hang up
    2.000 leg 0: quiet
    2.000 bridge 0 2
    2.100 call 1 is no-answer
    9.000 part 2 0
    9.000 call 2 is completed
    9.000 POST http://app.test/after DialCallStatus=completed DialCallDuration=7 DialBridged=true
    "#);
}

#[test]
fn nobody_answers_and_the_next_verb_follows() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("timeout=\"10\"", BOTH));
    story.at(1.0).rings(1);
    story.at(11.0).ends(1, Some(487));
    story.at(11.1).ends(2, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is ringing
     0.000 leg 0: ring
     0.000 POST http://app.test/voice
     0.000 leg 0: answer
     0.000 call c0 is in-progress
     0.000 leg 0: ring-back us
     0.000 call 1 is initiated
     0.000 leg 1: place to client:ada as +14155550123
     0.000 call 2 is initiated
     0.000 leg 2: place to client:grace as +14155550123
     1.000 call 1 is ringing
    10.000 leg 1: hang up
    10.000 leg 2: hang up
    10.000 leg 0: quiet
    10.000 leg 0: say "Nobody."
    11.000 call 1 is no-answer
    11.100 call 2 is no-answer
    "#);
}

#[test]
fn one_after_the_other_rings_each_in_its_turn() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("sequential=\"true\" timeout=\"5\" action=\"/after\"", BOTH));
    story.at(1.0).ends(1, Some(486));
    story.at(2.0).rings(2);
    story.at(7.0).ends(2, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is busy
    1.000 call 2 is initiated
    1.000 leg 2: place to client:grace as +14155550123
    2.000 call 2 is ringing
    6.000 leg 2: hang up
    6.000 leg 0: quiet
    6.000 POST http://app.test/after DialCallStatus=busy DialBridged=false
    7.000 call 2 is no-answer
    "#);
}

#[test]
fn an_answer_is_not_enough_where_the_called_is_asked_first() {
    let mut story = Story::inbound();
    let nouns = "<Client url=\"/whisper\">ada</Client><Client url=\"/whisper\">grace</Client>";
    story.answer_webhook(&dial("action=\"/after\"", nouns));
    story.at(1.0).answers(1);
    story.answer_webhook(
        "<Response><Gather numDigits=\"1\" action=\"/accept\"><Say>1?</Say></Gather><Hangup/></Response>",
    );
    // Ada's voicemail says nothing that counts; Grace's phone rings on and she accepts.
    story.at(2.0).answers(2);
    story.answer_webhook(
        "<Response><Gather numDigits=\"1\" action=\"/accept\"><Say>1?</Say></Gather><Hangup/></Response>",
    );
    story.at(3.0).sound_ends(1);
    story.at(3.0).presses(2, "1");
    story.answer_webhook("<Response/>");
    story.at(3.5).ends(1, None);
    story.at(9.0).ends(0, None);
    story.at(9.1).ends(2, None);
    story.answer_webhook("<Response/>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    0.000 call 2 is initiated
    0.000 leg 2: place to client:grace as +14155550123
    1.000 call 1 is in-progress
    1.000 POST http://app.test/whisper
    1.000 leg 1: say "1?"
    2.000 call 2 is in-progress
    2.000 POST http://app.test/whisper
    2.000 leg 2: say "1?"
    3.000 leg 2: quiet
    3.000 POST http://app.test/accept Digits=1
    3.000 leg 1: hang up
    3.000 leg 0: quiet
    3.000 bridge 0 2
    3.500 call 1 is completed
    9.000 part 0 2
    9.000 leg 2: hang up
    9.000 POST http://app.test/after DialCallStatus=completed DialCallDuration=7 DialBridged=true
    9.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=9
    9.100 call 2 is completed
    9.100 over
    "#);
}

#[test]
fn a_called_who_passes_sends_the_caller_to_the_next() {
    let mut story = Story::inbound();
    let nouns = "<Client url=\"/whisper\">ada</Client><Client>grace</Client>";
    story.answer_webhook(&dial("sequential=\"true\"", nouns));
    story.at(1.0).answers(1);
    story.answer_webhook("<Response><Hangup/></Response>");
    story.at(1.1).ends(1, None);
    story.at(2.0).answers(2);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is in-progress
    1.000 POST http://app.test/whisper
    1.000 leg 1: hang up
    1.000 call 2 is initiated
    1.000 leg 2: place to client:grace as +14155550123
    1.100 call 1 is completed
    2.000 call 2 is in-progress
    2.000 leg 0: quiet
    2.000 bridge 0 2
    "#);
}

#[test]
fn the_caller_hangs_up_while_it_rings() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("action=\"/after\"", BOTH));
    story.at(4.0).ends(0, None);
    story.at(4.1).ends(1, Some(487));
    story.at(4.2).ends(2, Some(487));
    story.answer_webhook("<Response><Say>to nobody</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    0.000 call 2 is initiated
    0.000 leg 2: place to client:grace as +14155550123
    4.000 leg 1: hang up
    4.000 leg 2: hang up
    4.000 POST http://app.test/after DialCallStatus=no-answer DialBridged=false
    4.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=4
    4.100 call 1 is no-answer
    4.200 call 2 is no-answer
    4.200 over
    "#);
}

#[test]
fn a_call_is_answered_only_when_it_is_bridged_where_the_document_says_so() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("answerOnBridge=\"true\" record=\"record-from-answer-dual\"", BOTH));
    story.at(3.0).answers(1);
    story.at(13.0).ends(0, None);
    story.at(13.0).recording_ends(10, true);
    story.at(13.1).ends(1, None);
    story.at(13.2).ends(2, Some(487));
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is ringing
     0.000 leg 0: ring
     0.000 POST http://app.test/voice
     0.000 call 1 is initiated
     0.000 leg 1: place to client:ada as +14155550123
     0.000 call 2 is initiated
     0.000 leg 2: place to client:grace as +14155550123
     3.000 call 1 is in-progress
     3.000 leg 2: hang up
     3.000 leg 0: answer
     3.000 call c0 is in-progress
     3.000 bridge 0 1
     3.000 recording is in-progress
     3.000 leg 0: record both sides, dual
    13.000 part 0 1
    13.000 leg 0: stop recording
    13.000 leg 1: hang up
    13.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=10
    13.000 recording is completed 10 s
    13.100 call 1 is completed
    13.200 call 2 is no-answer
    13.200 over
    "#);
}

#[test]
fn the_star_key_leaves_the_conversation() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("hangupOnStar=\"true\"", "<Client>ada</Client>"));
    story.at(1.0).answers(1);
    story.at(2.0).presses(0, "1#*");
    story.at(2.1).ends(1, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is in-progress
    1.000 leg 0: quiet
    1.000 bridge 0 1
    2.000 part 0 1
    2.000 leg 1: hang up
    2.000 leg 0: say "Nobody."
    2.100 call 1 is completed
    "#);
}

#[test]
fn the_star_key_leaves_while_it_rings() {
    let mut story = Story::inbound();
    let attributes = "hangupOnStar=\"true\" sequential=\"true\" action=\"/after\"";
    story.answer_webhook(&dial(attributes, BOTH));
    story.at(1.0).rings(1);
    story.at(2.0).presses(0, "1*");
    story.answer_webhook("<Response><Say>Leave a message.</Say></Response>");
    story.at(2.1).ends(1, Some(487));
    story.at(3.0).presses(0, "*");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is ringing
    2.000 leg 1: hang up
    2.000 leg 0: quiet
    2.000 POST http://app.test/after DialCallStatus=canceled DialBridged=false
    2.000 leg 0: say "Leave a message."
    2.100 call 1 is canceled
    "#);
}

#[test]
fn the_star_key_means_nothing_where_the_document_does_not_say_so() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Client>ada</Client>"));
    let before = story.told();
    story.at(1.0).presses(0, "*");
    assert_eq!(story.told(), before);
}

/// Hanging up crosses the answer of the called, and its dial is no more.
#[test]
fn an_answer_that_comes_too_late_is_not_connected_to_the_next_dial() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("timeout=\"5\" action=\"/next\"", "<Client>ada</Client>"));
    story.at(5.0);
    story.answer_webhook(&dial("", "<Client>grace</Client>"));
    story.at(5.1).answers(1);
    story.at(5.2).ends(1, None);
    story.at(7.0).answers(2);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    5.000 leg 1: hang up
    5.000 leg 0: quiet
    5.000 POST http://app.test/next DialCallStatus=no-answer DialBridged=false
    5.000 leg 0: ring-back us
    5.000 call 2 is initiated
    5.000 leg 2: place to client:grace as +14155550123
    5.100 call 1 is in-progress
    5.200 call 1 is completed
    7.000 call 2 is in-progress
    7.000 leg 0: quiet
    7.000 bridge 0 2
    "#);
}

#[test]
fn a_conversation_ends_at_its_time_limit() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("timeLimit=\"60\" action=\"/after\"", "<Client>ada</Client>"));
    story.at(1.0).answers(1);
    story.at(61.0).ends(1, None);
    insta::assert_snapshot!(story.told(), @r#"
     0.000 call c0 is ringing
     0.000 leg 0: ring
     0.000 POST http://app.test/voice
     0.000 leg 0: answer
     0.000 call c0 is in-progress
     0.000 leg 0: ring-back us
     0.000 call 1 is initiated
     0.000 leg 1: place to client:ada as +14155550123
     1.000 call 1 is in-progress
     1.000 leg 0: quiet
     1.000 bridge 0 1
    61.000 part 0 1
    61.000 leg 1: hang up
    61.000 POST http://app.test/after DialCallStatus=completed DialCallDuration=60 DialBridged=true
    61.000 call 1 is completed
    "#);
}

#[test]
fn keys_are_sent_to_the_called_before_it_is_connected() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Number sendDigits=\"ww12\">+14155550199</Number>"));
    story.at(1.0).answers(1);
    story.at(3.0).sound_ends(1);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to +14155550199 as +14155550123
    1.000 call 1 is in-progress
    1.000 leg 1: keys ww12
    3.000 leg 0: quiet
    3.000 bridge 0 1
    "#);
}

#[test]
fn early_audio_of_the_only_one_rung_is_heard_instead_of_the_ring_back() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Number>+14155550199</Number>"));
    story.at(1.0).sends_early_media(1);
    story.at(5.0).answers(1);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to +14155550199 as +14155550123
    1.000 call 1 is ringing
    1.000 leg 0: quiet
    1.000 bridge 0 1
    5.000 call 1 is in-progress
    "#);
}

#[test]
fn what_is_no_number_is_an_alert_and_the_others_ring() {
    let mut story = Story::inbound();
    let nouns = "<Number>call me</Number><Client>ada</Client>";
    story.answer_webhook(&dial("callerId=\"nobody\"", nouns));
    story.at(1.0).answers(1);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 alert 13223: 'call me' is not a phone number that can be dialled: write + and the country code
    0.000 alert 13214: callerId is not used: 'nobody' is neither a phone number (+14155550123) nor client:NAME nor sip:USER@HOST
    0.000 call 3 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 3 is in-progress
    1.000 leg 0: quiet
    1.000 bridge 0 1
    "#);
}

#[test]
fn a_redirected_caller_leaves_the_dial() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("action=\"/after\"", "<Client>ada</Client>"));
    story.at(1.0).answers(1);
    story.at(2.0).modify(0, Modification::Twiml("<Response><Say>Wait.</Say></Response>".into()));
    story.at(2.1).ends(1, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is in-progress
    1.000 leg 0: quiet
    1.000 bridge 0 1
    2.000 part 0 1
    2.000 leg 1: hang up
    2.000 leg 0: say "Wait."
    2.100 call 1 is completed
    "#);
}

#[test]
fn what_a_caller_asked_for_before_is_not_run_once_it_is_redirected() {
    let mut story = Story::inbound();
    story.at(1.0).modify(0, Modification::Twiml(dial("", "<Client>ada</Client>")));
    story.at(2.0).answers(1);
    story.at(3.0).answer_webhook("<Response><Say>Too late.</Say></Response>");
    insta::assert_snapshot!(story.told(), @"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    1.000 leg 0: answer
    1.000 call c0 is in-progress
    1.000 leg 0: ring-back us
    1.000 call 1 is initiated
    1.000 leg 1: place to client:ada as +14155550123
    2.000 call 1 is in-progress
    2.000 leg 0: quiet
    2.000 bridge 0 1
    ");
}

#[test]
fn a_redirected_called_leg_goes_its_own_way_and_the_caller_goes_on() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("action=\"/after\"", "<Client>ada</Client>"));
    story.at(1.0).answers(1);
    story.at(2.0).modify(1, Modification::Twiml("<Response><Say>Hi Ada.</Say></Response>".into()));
    story.answer_webhook("<Response><Say>She left.</Say></Response>");
    story.at(3.0).sound_ends(1);
    story.at(3.1).ends(1, None);
    story.at(4.0).sound_ends(0);
    story.at(4.1).ends(0, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is in-progress
    1.000 leg 0: quiet
    1.000 bridge 0 1
    2.000 part 0 1
    2.000 POST http://app.test/after DialCallStatus=completed DialCallDuration=1 DialBridged=true
    2.000 leg 1: say "Hi Ada."
    2.000 leg 0: say "She left."
    3.000 leg 1: hang up
    3.100 call 1 is completed
    4.000 leg 0: hang up
    4.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=5
    4.100 over
    "#);
}

#[test]
fn a_failed_whisper_connects_nobody() {
    let mut story = Story::inbound();
    story.answer_webhook(&dial("", "<Client url=\"/whisper\">ada</Client>"));
    story.at(1.0).answers(1);
    story.fail_webhook(11200);
    story.at(1.1).ends(1, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: ring-back us
    0.000 call 1 is initiated
    0.000 leg 1: place to client:ada as +14155550123
    1.000 call 1 is in-progress
    1.000 POST http://app.test/whisper
    1.000 alert 11200: it is down
    1.000 leg 1: hang up
    1.000 leg 0: quiet
    1.000 leg 0: say "Nobody."
    1.100 call 1 is completed
    "#);
}

#[test]
fn the_action_of_a_sip_address_hears_how_sip_went() {
    let sip = "<Dial action=\"/after\"><Sip>sip:bob@far.test</Sip></Dial>";
    let mut story = Story::inbound();
    story.answer_webhook(&format!("<Response>{sip}</Response>"));
    story.at(1.0).answers_by_sip(1);
    story.at(5.0).ends(1, None);
    story.answer_webhook(&format!("<Response>{sip}</Response>"));
    story.at(6.0).ends(2, Some(486));
    let told = story.told();
    let after: Vec<&str> = told.lines().filter(|line| line.contains("/after")).collect();
    assert_eq!(
        after,
        [
            "  5.000 POST http://app.test/after DialCallStatus=completed DialSipCallId=abc@far \
             DialSipHeader_X-Ticket=42 DialSipResponseCode=200 DialCallDuration=4 DialBridged=true",
            "  6.000 POST http://app.test/after DialCallStatus=busy DialSipResponseCode=486 \
             DialBridged=false",
        ],
    );
}
