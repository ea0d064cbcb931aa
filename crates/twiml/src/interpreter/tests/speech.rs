//! Scenarios of a `<Gather>` that listens.

use super::{Heard, Input, Scenario};

impl Scenario {
    fn speaks(&mut self) {
        self.handle(Input::SpeechBegan);
    }

    fn words(&mut self, text: &str, confidence: f32) {
        self.handle(Input::Heard(Heard::Words { text: text.to_owned(), confidence }));
    }

    fn partial(&mut self, text: &str, stability: f32, sequence: u32) {
        self.handle(Input::Heard(Heard::Partial { text: text.to_owned(), stability, sequence }));
    }

    fn nothing(&mut self) {
        self.handle(Input::Heard(Heard::Nothing));
    }

    fn fails(&mut self) {
        let message = "no engine is configured".to_owned();
        self.handle(Input::Heard(Heard::Failed { code: 13310, message }));
    }
}

#[test]
fn words_stop_the_prompts_and_go_to_the_action() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech\" action=\"/said\" speechTimeout=\"auto\" maxSpeechTime=\"20\">\
         <Say>One</Say><Say>Two</Say></Gather><Say>Never</Say>",
    );
    scenario.at(0.5).speaks();
    scenario.at(2.0).words(" the second one ", 0.918);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, auto, 20s)
    0.000 Say("One") x1
    0.500 StopSound
    2.000 StopListening
    2.000 POST http://app.test/said [("SpeechResult", "the second one"), ("Confidence", "0.918")]
    "#);
}

#[test]
fn nobody_is_interrupted_where_barge_in_is_off() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech\" bargeIn=\"false\" language=\"pt-BR\"><Say>One</Say><Pause/></Gather>",
    );
    scenario.at(0.5).speaks();
    scenario.words("too early", 0.9);
    scenario.at(1.0).prompt_ends();
    scenario.at(3.0).speaks();
    scenario.at(4.0).words("sim", 1.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Say("One") x1
    2.000 Listen(pt-BR, 5s, 60s)
    4.000 StopListening
    4.000 POST http://app.test/voice [("SpeechResult", "sim"), ("Confidence", "1.0")]
    "#);
}

#[test]
fn the_timeout_stands_still_while_somebody_speaks() {
    let mut scenario =
        Scenario::run("<Gather input=\"speech\" timeout=\"5\"></Gather><Say>Next</Say>");
    scenario.at(4.0).speaks();
    scenario.at(30.0).nothing();
    scenario.at(30.5).speaks();
    scenario.at(31.0).nothing();
    scenario.at(32.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
     0.000 Answer
     0.000 Listen(en-US, 5s, 60s)
    31.500 StopListening
    31.500 Answer
    31.500 Say("Next") x1
    "#);
}

#[test]
fn a_cough_over_the_prompts_leaves_the_whole_timeout() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech\" timeout=\"3\"><Say>One</Say><Say>Two</Say></Gather><Say>Next</Say>",
    );
    scenario.at(1.0).speaks();
    scenario.at(2.0).words("  ", 0.9);
    scenario.at(9.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 3s, 60s)
    0.000 Say("One") x1
    1.000 StopSound
    5.000 StopListening
    5.000 Answer
    5.000 Say("Next") x1
    "#);
}

#[test]
fn a_key_ends_the_listening_and_digits_win() {
    let mut scenario =
        Scenario::run("<Gather input=\"dtmf speech\" numDigits=\"2\"><Say>One</Say></Gather>");
    scenario.at(1.0).speaks();
    scenario.at(2.0).keys("4");
    scenario.at(2.5).words("forty", 0.9);
    scenario.at(3.0).keys("2");
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    0.000 Say("One") x1
    1.000 StopSound
    2.000 StopListening
    3.000 POST http://app.test/voice [("Digits", "42")]
    "#);
}

#[test]
fn keys_are_not_heard_where_only_speech_is_asked_for() {
    let mut scenario = Scenario::run("<Gather input=\"speech\"/>");
    scenario.at(1.0).keys("42#");
    scenario.at(2.0).words("forty two", 0.25);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    2.000 StopListening
    2.000 POST http://app.test/voice [("SpeechResult", "forty two"), ("Confidence", "0.25")]
    "#);
}

#[test]
fn words_left_unsaid_are_sent_empty_where_the_author_asks_for_it() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech dtmf\" actionOnEmptyResult=\"true\" timeout=\"2\" action=\"/d\"/>",
    );
    scenario.at(3.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 2s, 60s)
    2.000 StopListening
    2.000 POST http://app.test/d [("Digits", ""), ("SpeechResult", "")]
    "#);
}

#[test]
fn without_an_engine_prompts_play_on_and_the_action_hears_of_it() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech\" action=\"/d\"><Say>One</Say><Say>Two</Say></Gather><Say>Never</Say>",
    );
    scenario.fails();
    scenario.at(1.0).prompt_ends();
    scenario.at(2.0).prompt_ends();
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    0.000 Say("One") x1
    0.000 Alert 13310: no engine is configured
    0.000 StopListening
    1.000 Say("Two") x1
    2.000 POST http://app.test/d []
    "#);
}

#[test]
fn without_an_engine_keys_still_count() {
    let verbs =
        "<Gather input=\"dtmf speech\" numDigits=\"1\"><Say>One</Say></Gather><Say>Never</Say>";
    let mut scenario = Scenario::run(verbs);
    scenario.fails();
    scenario.at(1.0).prompt_ends();
    scenario.at(3.0).keys("7");
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    0.000 Say("One") x1
    0.000 Alert 13310: no engine is configured
    0.000 StopListening
    3.000 POST http://app.test/voice [("Digits", "7")]
    "#);
    let mut scenario = Scenario::run(verbs);
    scenario.fails();
    scenario.at(1.0).prompt_ends();
    scenario.at(7.0);
    assert!(
        scenario.transcript.ends_with("6.000 POST http://app.test/voice [(\"Digits\", \"\")]\n")
    );
}

#[test]
fn an_engine_that_goes_down_over_what_was_said_ends_the_gather() {
    let mut scenario = Scenario::run("<Gather input=\"speech\"/><Say>Never</Say>");
    scenario.at(1.0).speaks();
    scenario.at(3.0).fails();
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    3.000 Alert 13310: no engine is configured
    3.000 StopListening
    3.000 POST http://app.test/voice []
    "#);
}

#[test]
fn a_recogniser_that_never_answers_is_not_waited_for() {
    let mut scenario = Scenario::run("<Gather input=\"speech\" maxSpeechTime=\"10\"/>");
    scenario.at(1.0).speaks();
    scenario.at(100.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
     0.000 Answer
     0.000 Listen(en-US, 5s, 10s)
    71.000 Alert 12400: <Gather>: what the caller said was not recognised within 60 s
    71.000 StopListening
    71.000 POST http://app.test/voice []
    "#);
}

#[test]
fn what_it_might_be_is_told_while_somebody_speaks() {
    let mut scenario = Scenario::run(
        "<Gather input=\"speech\" partialResultCallback=\"/partial\" timeout=\"2\"/>",
    );
    scenario.at(1.0).speaks();
    scenario.at(2.0).partial("the", 0.5, 0);
    scenario.at(3.0).partial("the sky", 0.9, 1);
    scenario.at(4.0).words("the sky", 0.9);
    scenario.partial("late", 0.9, 2);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 2s, 60s, partial)
    2.000 Tell http://app.test/partial [("UnstableSpeechResult", "the"), ("StableSpeechResult", ""), ("Stability", "0.5"), ("SequenceNumber", "0")]
    3.000 Tell http://app.test/partial [("UnstableSpeechResult", ""), ("StableSpeechResult", "the sky"), ("Stability", "0.9"), ("SequenceNumber", "1")]
    4.000 StopListening
    4.000 POST http://app.test/voice [("SpeechResult", "the sky"), ("Confidence", "0.9")]
    "#);
}

#[test]
fn a_partial_callback_that_cannot_be_asked_is_told() {
    let scenario = Scenario::run("<Gather input=\"speech\" partialResultCallback=\"ftp://x/y\"/>");
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Alert 11100: partialResultCallback of <Gather>: 'ftp://x/y' is not a URL that can be asked: write an absolute http:// or https:// address
    0.000 Listen(en-US, 5s, 60s)
    "#);
}

#[test]
fn a_new_document_ends_the_listening() {
    let mut scenario = Scenario::run("<Gather input=\"speech\"/>");
    scenario.at(1.0).document("<Response><Say>Other</Say></Response>");
    scenario.words("late", 0.9);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Listen(en-US, 5s, 60s)
    1.000 StopListening
    1.000 StopSound
    1.000 Answer
    1.000 Say("Other") x1
    "#);
}
