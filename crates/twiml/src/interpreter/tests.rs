//! Scenarios of the interpreter on virtual time: script in, transcript out; and whatever comes in whatever order.

mod speech;

use std::fmt::Write as _;
use std::time::Duration;

use model::Moment;
use proptest::prelude::*;
use url::Url;

use super::{CIRCLE_LIMIT, Heard, Input, Interpreter, Listen, Output, PromptId, Recorded, Sound};
use crate::parse;

/// An interpreter, its time, and what it wanted so far.
struct Scenario {
    interpreter: Interpreter,
    now: Moment,
    transcript: String,
    prompt: PromptId,
}

impl Scenario {
    fn run(verbs: &str) -> Scenario {
        let mut scenario = Scenario {
            interpreter: Interpreter::new(),
            now: Moment::EPOCH,
            transcript: String::new(),
            prompt: PromptId(0),
        };
        scenario.document(&format!("<Response>{verbs}</Response>"));
        scenario
    }

    fn document(&mut self, text: &str) {
        let document = parse(text).expect("well formed");
        let base = Url::parse("http://app.test/voice").ok();
        self.handle(Input::Document { document, base });
    }

    fn handle(&mut self, input: Input) {
        self.interpreter.handle(self.now, input);
        loop {
            let output = self.interpreter.poll();
            if matches!(output, Output::Idle(_)) {
                return;
            }
            if let Output::Sound { prompt, .. } = output {
                self.prompt = prompt;
            }
            let seconds = self.now.since(Moment::EPOCH).as_secs_f64();
            let _ = writeln!(self.transcript, "{seconds:6.3} {}", told(&output));
        }
    }

    fn at(&mut self, seconds: f64) -> &mut Scenario {
        let then = Moment::EPOCH + Duration::from_secs_f64(seconds);
        while let Some(due) = self.interpreter.wakes_at().filter(|due| *due <= then) {
            self.now = due.max(self.now);
            self.handle(Input::Tick);
        }
        self.now = then;
        self
    }

    fn prompt_ends(&mut self) {
        self.handle(Input::SoundEnded(self.prompt));
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            self.handle(Input::Digit(key));
        }
    }
}

fn told(output: &Output) -> String {
    match output {
        Output::Sound { sound: Sound::Say(say), times, .. } => {
            format!("Say({:?}) x{times}", say.text)
        }
        Output::Sound { sound, times, .. } => format!("{sound:?} x{times}"),
        Output::Listen(listen) => heard_how(listen),
        Output::Tell { url, params, .. } => format!("Tell {url} {params:?}"),
        Output::Record(_) => "Record".to_owned(),
        Output::Dial(dial) => format!("Dial({} nouns)", dial.nouns.len()),
        Output::Text(sms) => format!("Text({:?}) to {:?}", sms.body, sms.to),
        Output::Fetch { url, method, params } => format!("{} {url} {params:?}", method.as_str()),
        Output::Alert { code, message, .. } => format!("Alert {code}: {message}"),
        other => format!("{other:?}"),
    }
}

fn heard_how(listen: &Listen) -> String {
    let end = listen.end_after.map_or("auto".to_owned(), |pause| format!("{pause:?}"));
    let partial = if listen.partial { ", partial" } else { "" };
    format!("Listen({}, {end}, {:?}{partial})", listen.language, listen.longest)
}

#[test]
fn verbs_follow_each_other() {
    let mut scenario =
        Scenario::run("<Say>One</Say><Pause length=\"2\"/><Play loop=\"0\">two.mp3</Play>");
    scenario.at(1.5).prompt_ends();
    scenario.at(3.5).prompt_ends();
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Say("One") x1
    1.500 Answer
    3.500 Answer
    3.500 Url("http://app.test/two.mp3") x1000
    3.500 Finished
    "#);
}

#[test]
fn the_first_key_cuts_the_prompts_and_the_rest_of_them() {
    let mut scenario = Scenario::run(
        "<Gather numDigits=\"2\"><Say>One</Say><Pause/><Say>Two</Say></Gather><Say>Never</Say>",
    );
    scenario.at(1.0).prompt_ends();
    scenario.at(2.5).keys("1");
    scenario.at(4.0).keys("2");
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Say("One") x1
    2.000 Say("Two") x1
    2.500 StopSound
    4.000 POST http://app.test/voice [("Digits", "12")]
    "#);
}

#[test]
fn silence_is_sent_where_the_author_asks_for_it() {
    let mut scenario =
        Scenario::run("<Gather actionOnEmptyResult=\"true\" timeout=\"3\" action=\"/d\"/>");
    scenario.at(4.0);
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    3.000 POST http://app.test/d [("Digits", "")]
    "#);
}

#[test]
fn the_finishing_key_alone_sends_an_empty_input() {
    let mut scenario = Scenario::run("<Gather><Say>One</Say></Gather><Say>Next</Say>");
    scenario.at(1.0).keys("#");
    insta::assert_snapshot!(scenario.transcript, @r##"
    0.000 Answer
    0.000 Say("One") x1
    1.000 StopSound
    1.000 POST http://app.test/voice [("Digits", ""), ("FinishedOnKey", "#")]
    "##);
}

#[test]
fn without_a_finishing_key_every_key_counts() {
    let mut scenario = Scenario::run("<Gather finishOnKey=\"\" numDigits=\"3\"/>");
    scenario.at(1.0).keys("*1*");
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    1.000 POST http://app.test/voice [("Digits", "*1*")]
    "#);
}

#[test]
fn a_late_end_of_an_earlier_sound_moves_nothing() {
    let mut scenario = Scenario::run("<Say>One</Say><Say>Two</Say>");
    let first = scenario.prompt;
    scenario.prompt_ends();
    scenario.handle(Input::SoundEnded(first));
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Say("One") x1
    0.000 Answer
    0.000 Say("Two") x1
    "#);
}

#[test]
fn an_inline_document_needs_absolute_addresses() {
    let mut scenario = Scenario::run("");
    let document = parse("<Response><Redirect>/next</Redirect></Response>").expect("well formed");
    scenario.handle(Input::Document { document, base: None });
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Finished
    0.000 Alert 11100: the document was given inline and has no URL of its own: '/next' needs an absolute URL
    0.000 Hangup
    "#);
}

#[test]
fn a_new_document_replaces_what_runs() {
    let mut scenario = Scenario::run("<Record/>");
    scenario.at(0.4).prompt_ends();
    scenario.document("<Response><Hangup/></Response>");
    scenario.handle(Input::RecordEnded(Recorded::Nothing));
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Answer
    0.000 Beep x1
    0.400 Record
    0.400 StopRecording
    0.400 Answer
    0.400 Hangup
    "#);
}

#[test]
fn whoever_hangs_up_in_a_dial_leaves_its_action_a_last_word() {
    let mut scenario = Scenario::run("<Dial action=\"/after\"><Client>ada</Client></Dial>");
    let params = vec![("DialCallStatus".to_owned(), "no-answer".to_owned())];
    let last = scenario.interpreter.farewell(params).expect("an action");
    insta::assert_snapshot!(told(&last), @r#"
    POST http://app.test/after [("DialCallStatus", "no-answer")]
    "#);
    let mut scenario = Scenario::run("<Say>One</Say>");
    assert_eq!(scenario.interpreter.farewell(Vec::new()), None);
}

#[test]
fn a_text_is_handed_over_before_the_next_verb() {
    let mut scenario = Scenario::run(
        "<Sms to=\"+14155550123\" statusCallback=\"ftp://x\">Hi</Sms><Sms statusCallback=\"s\">You</Sms>",
    );
    scenario.handle(Input::TextEnded(Vec::new()));
    scenario.at(1.0).handle(Input::TextEnded(Vec::new()));
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Alert 14105: line 1, column 34: statusCallback="ftp://x" of <Sms> can't be asked; nobody is told; write an http:// or https:// address
    0.000 Answer
    0.000 Text("Hi") to Some("+14155550123")
    0.000 Answer
    0.000 Text("You") to None
    1.000 Finished
    "#);
}

#[test]
fn the_action_of_a_text_replaces_what_follows() {
    let mut scenario = Scenario::run("<Sms action=\"/sent\">Hi</Sms><Say>Never</Say>");
    let params = vec![("SmsStatus".to_owned(), "queued".to_owned())];
    scenario.handle(Input::TextEnded(params));
    scenario.handle(Input::TextEnded(Vec::new()));
    insta::assert_snapshot!(scenario.transcript, @r#"
    0.000 Alert 12200: line 1, column 39: nothing after <Sms> is run
    0.000 Answer
    0.000 Text("Hi") to None
    0.000 POST http://app.test/sent [("SmsStatus", "queued")]
    "#);
    assert_eq!(scenario.interpreter.farewell(Vec::new()), None);
}

#[test]
fn a_circle_of_texts_is_cut_like_one_of_redirects() {
    let mut scenario = Scenario::run("<Sms>Hi</Sms><Redirect/>");
    for _ in 0..CIRCLE_LIMIT {
        scenario.handle(Input::TextEnded(Vec::new()));
        scenario.document("<Response><Sms>Hi</Sms><Redirect/></Response>");
    }
    scenario.handle(Input::TextEnded(Vec::new()));
    assert!(scenario.transcript.ends_with("0.000 Hangup\n"), "{}", scenario.transcript);
    assert_eq!(scenario.transcript.matches("Text(").count(), 51);
}

const DOCUMENTS: [&str; 10] = [
    "<Response><Say>a</Say><Pause/><Say>b</Say></Response>",
    "<Response><Gather><Say>a</Say><Pause/></Gather><Gather numDigits=\"1\"/></Response>",
    "<Response><Record/><Record playBeep=\"false\" finishOnKey=\"#\"/></Response>",
    "<Response><Dial><Client>a</Client></Dial><Hangup/></Response>",
    "<Response><Redirect/></Response>",
    "<Response><Reject/></Response>",
    "<Response><Sms>a</Sms><Sms action=\"/b\">b</Sms></Response>",
    "<Response><Gather input=\"speech\" partialResultCallback=\"/p\"><Say>a</Say></Gather></Response>",
    "<Response><Gather input=\"dtmf speech\" bargeIn=\"false\"><Say>a</Say><Pause/></Gather><Say>b</Say></Response>",
    "<Response><Gather input=\"speech\" actionOnEmptyResult=\"true\" timeout=\"0\"/></Response>",
];

fn heard() -> impl Strategy<Value = Heard> {
    let text = prop_oneof![Just(String::new()), Just("yes".to_owned())];
    let share = prop_oneof![0.0_f32..=1.0, Just(f32::NAN), Just(2.0)];
    prop_oneof![
        (text.clone(), share.clone(), 0..9_u32)
            .prop_map(|(text, stability, sequence)| Heard::Partial { text, stability, sequence }),
        (text, share).prop_map(|(text, confidence)| Heard::Words { text, confidence }),
        Just(Heard::Nothing),
        Just(Heard::Failed { code: 12400, message: "deaf".to_owned() }),
    ]
}

fn inputs() -> impl Strategy<Value = (u64, Input)> {
    let document = (0..DOCUMENTS.len()).prop_map(|index| Input::Document {
        document: parse(DOCUMENTS[index]).expect("well formed"),
        base: Url::parse("http://app.test/").ok(),
    });
    let input = prop_oneof![
        2 => document,
        3 => (0..12_u64).prop_map(|id| Input::SoundEnded(PromptId(id))),
        3 => prop_oneof![Just('1'), Just('#'), Just('*')].prop_map(Input::Digit),
        1 => Just(Input::DialEnded(Vec::new())),
        1 => Just(Input::TextEnded(Vec::new())),
        2 => Just(Input::SpeechBegan),
        3 => heard().prop_map(Input::Heard),
        1 => Just(Input::RecordEnded(Recorded::Nothing)),
        1 => Just(Input::RecordEnded(Recorded::Audio(Vec::new()))),
        3 => Just(Input::Tick),
    ];
    (0..4_000_u64, input)
}

proptest! {
    /// One sound and one listener at a time, nothing after the end, and no timer in the past once it has fired.
    #[test]
    fn any_order_of_inputs_leaves_the_interpreter_legal(
        script in prop::collection::vec(inputs(), 0..60),
    ) {
        let mut interpreter = Interpreter::new();
        let mut now = Moment::EPOCH;
        let mut over = false;
        let mut listens = false;
        for (millis, input) in script {
            now = now + Duration::from_millis(millis);
            over &= !matches!(input, Input::Document { .. });
            interpreter.handle(now, input);
            loop {
                let output = interpreter.poll();
                let last = matches!(
                    output,
                    Output::Hangup | Output::Finished | Output::Reject(_)
                );
                match &output {
                    Output::Listen(_) => prop_assert!(!std::mem::replace(&mut listens, true)),
                    Output::StopListening => {
                        prop_assert!(std::mem::replace(&mut listens, false));
                    }
                    _ => {}
                }
                match output {
                    Output::Idle(_) => break,
                    output => prop_assert!(!over, "{output:?} after the end"),
                }
                over |= last;
                prop_assert!(!(over && listens), "somebody listens after the end");
            }
            interpreter.handle(now, Input::Tick);
            loop {
                match interpreter.poll() {
                    Output::Idle(_) => break,
                    Output::Listen(_) => prop_assert!(!std::mem::replace(&mut listens, true)),
                    Output::StopListening => {
                        prop_assert!(std::mem::replace(&mut listens, false));
                    }
                    _ => {}
                }
            }
            prop_assert!(interpreter.wakes_at().is_none_or(|at| at >= now));
        }
    }
}
