//! Each verb on its own, within a call.

use super::script::Story;
use crate::io::Modification;

fn inbound(verbs: &str) -> Story {
    let mut story = Story::inbound();
    story.answer_webhook(&format!("<Response>{verbs}</Response>"));
    story
}

#[test]
fn prompts_play_one_after_the_other_and_the_call_ends() {
    let mut story = inbound("<Say loop=\"2\">One</Say><Pause length=\"3\"/><Play>two.wav</Play>");
    story.at(2.0).sound_ends(0);
    story.at(9.0).sound_ends(0);
    story.at(9.1).ends(0, None);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "One" x2
    5.000 leg 0: play http://app.test/two.wav
    9.000 leg 0: hang up
    9.100 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=10
    9.100 over
    "#);
}

#[test]
fn digits_of_a_gather_reach_its_action() {
    let mut story = inbound("<Gather numDigits=\"3\" action=\"/digits\"><Say>Key</Say></Gather>");
    story.at(1.0).presses(0, "12");
    story.at(3.0).presses(0, "3");
    story.answer_webhook("<Response><Hangup/></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Key"
    1.000 leg 0: quiet
    3.000 POST http://app.test/digits Digits=123
    3.000 leg 0: hang up
    "#);
}

#[test]
fn a_finishing_key_ends_the_input() {
    let mut story = inbound("<Gather action=\"/digits\"><Say>Key</Say></Gather>");
    story.at(1.0).presses(0, "42#9");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Key"
    1.000 leg 0: quiet
    1.000 POST http://app.test/digits Digits=42 FinishedOnKey=#
    "#);
}

#[test]
fn gather_falls_through_after_five_silent_seconds() {
    let mut story = inbound("<Gather><Say>Key</Say></Gather><Say>Bye</Say>");
    story.at(3.0).sound_ends(0);
    story.at(9.0).sound_ends(0);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Key"
    8.000 leg 0: say "Bye"
    9.000 leg 0: hang up
    "#);
}

#[test]
fn digits_that_stop_coming_are_sent_as_they_are() {
    let mut story = inbound("<Gather timeout=\"2\" method=\"GET\"><Say>Key</Say></Gather>");
    story.at(1.0).presses(0, "7");
    story.at(2.9).presses(0, "8");
    story.at(6.0).answer_webhook("");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Key"
    1.000 leg 0: quiet
    4.900 GET http://app.test/voice Digits=78
    6.000 leg 0: hang up
    "#);
}

#[test]
fn digits_outside_a_gather_are_ignored() {
    let mut story = inbound("<Say>One</Say><Pause/><Play digits=\"5w6\"/><Record/>");
    story.presses(0, "123*#");
    story.at(1.0).sound_ends(0);
    story.presses(0, "123*#");
    story.at(2.0).presses(0, "123*#");
    story.at(3.0).sound_ends(0);
    story.presses(0, "123*#");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "One"
    2.000 leg 0: keys 5w6
    3.000 leg 0: beep
    "#);
}

#[test]
fn a_recording_ends_with_a_key_and_goes_to_its_action() {
    let mut story = inbound("<Record action=\"/recorded\" recordingStatusCallback=\"/file\"/>");
    story.at(0.4).sound_ends(0);
    story.at(6.4).presses(0, "#1");
    story.at(6.5).recording_ends(6, true);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: beep
    0.400 recording is in-progress
    0.400 leg 0: record the caller, mono
    6.400 leg 0: stop recording
    6.500 recording is completed 6 s, tell http://app.test/file
    6.500 POST http://app.test/recorded RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000001 RecordingDuration=6 Digits=#
    "#);
}

#[test]
fn a_silent_recording_is_forgotten_and_the_next_verb_follows() {
    let mut story = inbound("<Record playBeep=\"false\"/><Say>Nothing heard</Say>");
    story.at(5.0).recording_ends(5, false);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 recording is in-progress
    0.000 leg 0: record the caller, mono
    5.000 recording is absent 5 s
    5.000 forget the recording
    5.000 leg 0: say "Nothing heard"
    "#);
}

#[test]
fn a_caller_who_hangs_up_while_recording_has_left_a_message() {
    let mut story = inbound("<Record action=\"/recorded\"/>");
    story.at(0.4).sound_ends(0);
    story.at(5.0).ends(0, None);
    story.at(5.1).recording_ends(4, true);
    story.answer_webhook("<Response><Say>to nobody</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: beep
    0.400 recording is in-progress
    0.400 leg 0: record the caller, mono
    5.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=5
    5.100 recording is completed 4 s
    5.100 POST http://app.test/recorded RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000001 RecordingDuration=4 Digits=hangup
    5.100 over
    "#);
}

#[test]
fn a_rejected_call_is_never_answered() {
    let mut story = inbound("<Reject reason=\"busy\"/>");
    story.at(0.1).ends(0, Some(486));
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: reject Busy
    0.100 call c0 is busy, tell http://app.test/status SequenceNumber=0 CallDuration=0
    0.100 over
    "#);
}

#[test]
fn a_pause_before_anything_else_lets_it_ring() {
    let mut story = inbound("<Pause length=\"4\"/><Say>Hello</Say>");
    story.at(5.0).sound_ends(0);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    4.000 leg 0: answer
    4.000 call c0 is in-progress
    4.000 leg 0: say "Hello"
    5.000 leg 0: hang up
    "#);
}

#[test]
fn a_redirect_goes_on_elsewhere() {
    let mut story = inbound("<Redirect method=\"GET\">/next?step=2</Redirect><Say>never</Say>");
    story.answer_webhook("<Response><Say>Next</Say></Response>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 12200: line 1, column 57: nothing after <Redirect> is run
    0.000 GET http://app.test/next?step=2
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Next"
    "#);
}

#[test]
fn redirects_in_a_circle_are_cut() {
    let mut story = Story::inbound();
    for _ in 0..51 {
        story.answer_webhook("<Response><Redirect/></Response>");
    }
    let told = story.told();
    let last: Vec<&str> = told.lines().rev().take(3).collect();
    insta::assert_snapshot!(last.join("\n"), @r#"
    0.000 leg 0: hang up
    0.000 alert 13710: 50 documents followed each other without a sound, a pause or a dial: the call went in circles and was ended
    0.000 POST http://app.test/voice
    "#);
    assert!(!told.contains("over"));
}

#[test]
fn unknown_verbs_are_a_warning_and_the_call_goes_on() {
    let story = inbound("<Dance/><say>hi</say><Say>Still here</Say>");
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 alert 12200: line 1, column 11: <Dance> is not a verb; it is skipped
    0.000 alert 12200: line 1, column 19: <say> is not a verb; it is skipped; write <Say>
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 leg 0: say "Still here"
    "#);
}

#[test]
fn what_a_replaced_record_verb_heard_does_not_end_the_next_one() {
    let mut story = inbound("<Record action=\"/old\" playBeep=\"false\"/>");
    let old = story.recording_on(0).expect("it records");
    let next = "<Response><Record action=\"http://app.test/new\" playBeep=\"false\"/></Response>";
    story.at(2.0).modify(0, Modification::Twiml(next.to_owned()));
    story.at(2.1).recording_of(0, old, 2);
    story.at(5.0).recording_ends(3, true);
    insta::assert_snapshot!(story.told(), @r#"
    0.000 call c0 is ringing
    0.000 leg 0: ring
    0.000 POST http://app.test/voice
    0.000 leg 0: answer
    0.000 call c0 is in-progress
    0.000 recording is in-progress
    0.000 leg 0: record the caller, mono
    2.000 leg 0: stop recording
    2.000 recording is in-progress
    2.000 leg 0: record the caller, mono
    2.100 recording is completed 2 s
    5.000 recording is completed 3 s
    5.000 POST http://app.test/new RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000002 RecordingDuration=3 Digits=
    "#);
}

#[test]
fn documents_that_come_too_fast_end_the_call_even_if_each_tries_something() {
    let circle = "<Response><Dial><Number>nobody</Number></Dial><Redirect/></Response>";
    let mut story = Story::inbound();
    for _ in 0..=100 {
        story.answer_webhook(circle);
    }
    story.at(3.0).sound_ends(0);
    let told = story.told();
    let end: Vec<&str> = told.lines().rev().take(3).map(str::trim).collect();
    assert_eq!(end[0], "3.000 leg 0: hang up");
    assert!(end[1].contains("an application error has occurred"), "{}", end[1]);
    assert!(end[2].contains("alert 13710: more than 100 documents within 10 s"), "{}", end[2]);
}

#[test]
fn documents_may_come_at_a_steady_pace_for_ever() {
    let mut story = Story::inbound();
    for second in 0..500 {
        story.answer_webhook("<Response><Pause length=\"1\"/><Redirect/></Response>");
        story.at(f64::from(second + 1));
    }
    assert!(!story.told().contains("alert"));
}
