//! Listening to a caller, transcripts of what was recorded, and looking ahead.

use twiml::Heard;

use super::script::Story;
use crate::io::Modification;

fn inbound(verbs: &str) -> Story {
    let mut story = Story::inbound();
    story.answer_webhook(&format!("<Response>{verbs}</Response>"));
    story
}

/// The lines of a transcript after the call was picked up.
fn told(story: &Story) -> String {
    let told = story.told();
    let lines: Vec<&str> = told.lines().skip(5).collect();
    lines.join("\n")
}

#[test]
fn words_of_a_gather_reach_its_action() {
    let mut story = inbound(
        "<Gather input=\"speech\" action=\"/said\" language=\"pt-BR\" timeout=\"3\"><Say>Fale</Say></Gather>",
    );
    story.at(1.0).speaks(0);
    story.at(9.0).says(0, "quero ajuda");
    story.answer_webhook("<Response><Hangup/></Response>");
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in pt-BR until 3 s of silence
    0.000 leg 0: say "Fale"
    1.000 leg 0: quiet
    9.000 leg 0: listen no more
    9.000 POST http://app.test/said SpeechResult=quero ajuda Confidence=0.9
    9.000 leg 0: hang up
    "#);
}

#[test]
fn what_an_earlier_listening_hears_counts_no_more() {
    let mut story = inbound("<Gather input=\"dtmf speech\" numDigits=\"1\"/>");
    let earlier = story.listening_on(0).expect("it listens");
    story.at(1.0).presses(0, "1");
    story.answer_webhook("<Response><Gather input=\"speech\"/></Response>");
    story.at(2.0).leg(0, crate::io::LegInput::SpeechBegan(earlier));
    let words = Heard::Words { text: "too late".to_owned(), confidence: 0.9 };
    story.leg(0, crate::io::LegInput::Heard(earlier, words));
    story.at(3.0).says(0, "now");
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    1.000 leg 0: listen no more
    1.000 POST http://app.test/voice Digits=1
    1.000 leg 0: listen in en-US until 5 s of silence
    3.000 leg 0: listen no more
    3.000 POST http://app.test/voice SpeechResult=now Confidence=0.9
    "#);
}

#[test]
fn what_somebody_may_be_saying_is_told_with_all_of_the_call() {
    let mut story =
        inbound("<Gather input=\"speech\" partialResultCallback=\"/partial\" timeout=\"2\"/>");
    story.with_params = true;
    story.at(1.0).speaks(0);
    story
        .at(1.5)
        .hears(0, Heard::Partial { text: "quero".to_owned(), stability: 0.5, sequence: 0 });
    let told = told(&story);
    let last = told.lines().last().unwrap_or_default();
    assert!(last.starts_with("  1.500 tell POST http://app.test/partial "), "{last}");
    for param in [
        "From=+14155550123",
        "CallStatus=in-progress",
        "UnstableSpeechResult=quero",
        "StableSpeechResult=",
        "Stability=0.5",
        "SequenceNumber=0",
    ] {
        assert!(last.contains(&format!(" {param}")), "{param}: {last}");
    }
}

#[test]
fn nobody_listens_to_a_caller_who_has_hung_up() {
    let mut story = inbound("<Gather input=\"speech\"/>");
    story.at(1.0).ends(0, None);
    story.says(0, "hello?");
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    1.000 leg 0: listen no more
    1.000 call c0 is completed, tell http://app.test/status SequenceNumber=0 CallDuration=1
    1.000 over
    "#);
}

#[test]
fn a_call_that_the_api_ends_or_sends_elsewhere_is_not_listened_to() {
    let mut story = inbound("<Gather input=\"speech\"/>");
    story.at(1.0).modify(0, Modification::Complete);
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    1.000 leg 0: listen no more
    1.000 leg 0: hang up
    "#);
    let mut story = inbound("<Gather input=\"speech\"/>");
    story.at(1.0).modify(
        0,
        Modification::Redirect {
            url: "http://app.test/elsewhere".to_owned(),
            method: model::Method::Post,
            fallback: None,
        },
    );
    story.at(1.1).says(0, "too late");
    story.at(1.2).answer_webhook("<Response><Pause/></Response>");
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    1.000 leg 0: listen no more
    1.000 POST http://app.test/elsewhere
    "#);
}

#[test]
fn a_document_given_in_its_place_ends_the_listening() {
    let mut story = inbound("<Gather input=\"speech\"><Say>Speak</Say></Gather>");
    let next = "<Response><Dial><Client>ada</Client></Dial></Response>";
    story.at(1.0).modify(0, Modification::Twiml(next.to_owned()));
    story.says(0, "too late");
    let told = told(&story);
    let head: Vec<&str> = told.lines().take(4).collect();
    insta::assert_snapshot!(head.join("\n"), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    0.000 leg 0: say "Speak"
    1.000 leg 0: listen no more
    1.000 leg 0: quiet
    "#);
    assert!(!told.contains("SpeechResult"), "{told}");
}

#[test]
fn without_an_engine_the_caller_hears_the_prompt_and_the_application_of_the_engine() {
    let mut story = inbound(
        "<Gather input=\"speech\" action=\"/said\"><Say>Speak</Say></Gather><Say>Never</Say>",
    );
    let message = "no engine for recognition is configured".to_owned();
    story.hears(0, Heard::Failed { code: 13310, message });
    story.at(2.0).sound_ends(0);
    insta::assert_snapshot!(told(&story), @r#"
    0.000 leg 0: listen in en-US until 5 s of silence
    0.000 leg 0: say "Speak"
    0.000 alert 13310: no engine for recognition is configured
    0.000 leg 0: listen no more
    2.000 POST http://app.test/said
    "#);
}

#[test]
fn a_recording_is_written_down_once_it_is_kept() {
    let mut story = inbound(
        "<Record action=\"/recorded\" playBeep=\"false\" transcribe=\"true\" transcribeCallback=\"/text\"/>",
    );
    story.at(6.0).recording_ends(6, true);
    insta::assert_snapshot!(told(&story), @r#"
    0.000 recording is in-progress
    0.000 leg 0: record the caller, mono
    6.000 recording is completed 6 s
    6.000 transcribe the recording, tell http://app.test/text RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000001
    6.000 POST http://app.test/recorded RecordingUrl=http://alo.test/2010-04-01/Accounts/AC000000000000000000000000000000ac/Recordings/RE00000000000000000000000000000001 RecordingDuration=6 Digits=
    "#);
}

#[test]
fn what_was_left_before_hanging_up_is_written_down_too() {
    let mut story =
        inbound("<Record action=\"/recorded\" playBeep=\"false\" transcribe=\"true\"/>");
    story.at(5.0).ends(0, None);
    story.at(5.1).recording_ends(4, true);
    let told = told(&story);
    assert!(told.contains("  5.100 transcribe the recording RecordingUrl="), "{told}");
}

#[test]
fn silence_has_no_transcript_and_neither_has_what_failed() {
    let mut story = inbound("<Record playBeep=\"false\" transcribeCallback=\"/text\"/>");
    story.at(5.0).recording_ends(5, false);
    assert!(!story.told().contains("transcribe"), "{}", story.told());
    let mut story = inbound("<Record playBeep=\"false\" transcribeCallback=\"/text\"/>");
    let recording = story.recording_on(0).expect("it records");
    story.leg(
        0,
        crate::io::LegInput::RecordingEnded {
            recording,
            length: std::time::Duration::from_secs(3),
            heard: true,
            failure: Some("the disk is full".to_owned()),
        },
    );
    assert!(!story.told().contains("transcribe"), "{}", story.told());
}

/// What is spoken ahead of these verbs, with what comes right before.
fn ahead(verbs: &str) -> String {
    let mut story = Story::inbound();
    story.with_prepared = true;
    story.answer_webhook(&format!("<Response>{verbs}</Response>"));
    let told = told(&story);
    let lines: Vec<&str> = told.lines().rev().take(2).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[test]
fn what_comes_later_is_spoken_ahead_after_what_is_said_at_once() {
    insta::assert_snapshot!(
        ahead("<Say>One</Say><Gather><Say>Two</Say><Say>One</Say></Gather><Say>Three</Say><Redirect/><Say>Never</Say>"), @r#"
    0.000 leg 0: say "One"
    0.000 prepare ["Two", "Three"]
    "#);
    insta::assert_snapshot!(
        ahead("<Gather><Say>One</Say><Say>Two</Say></Gather><Dial><Say>Three</Say><Client>ada</Client></Dial>"), @r#"
    0.000 leg 0: say "One"
    0.000 prepare ["Two", "Three"]
    "#);
    insta::assert_snapshot!(ahead("<Play>one.wav</Play><Say loop=\"3\">Two</Say><Say voice=\"x\">Two</Say>"), @r#"
    0.000 leg 0: play http://app.test/one.wav
    0.000 prepare ["Two", "Two"]
    "#);
    assert!(!ahead("<Say>One</Say>").contains("prepare"));
    assert!(!ahead("<Say>One</Say><Hangup/><Say>Two</Say>").contains("prepare"));
}

#[test]
fn no_more_than_eight_are_spoken_ahead() {
    let verbs: Vec<String> = (0..20).map(|number| format!("<Say>{number}</Say>")).collect();
    let told = ahead(&verbs.concat());
    assert!(told.ends_with(r#"prepare ["1", "2", "3", "4", "5", "6", "7", "8"]"#), "{told}");
}
