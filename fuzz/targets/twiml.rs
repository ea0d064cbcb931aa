//! TwiML as a webhook's answer: any bytes are a document or an error inside of them; what was read is printed and read the
//! same; and a caller who presses keys at any time gets through it, or the interpreter waits for something. The same body
//! as the answer to a text message is read, printed and answered with.
//!
//! The first byte says how many keys are pressed while the document runs, the rest is the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Moment;
use twiml::{
    Document, Heard, Input, Interpreter, Messenger, MessengerInput, MessengerOutput, Output,
    Recorded,
};
use url::Url;

/// More inputs than any document of the longest length needs: a few for each verb, one for each key.
const INPUTS: usize = 100_000;

/// What the fuzzed caller does, by turns.
const KEYS: &[u8] = b"1#*0w9";

fuzz_target!(|data: &[u8]| {
    let Some((keys, body)) = data.split_first() else { return };
    answered(body);
    match twiml::parse_bytes(body) {
        Ok(document) => {
            printed_and_read_the_same(&document);
            run(document, *keys);
        }
        Err(error) => {
            assert!(error.position.line as usize <= body.len() + 1, "{error} lies outside");
            assert!(error.position.column as usize <= body.len() + 1, "{error} lies outside");
        }
    }
});

fn printed_and_read_the_same(document: &Document) {
    let xml = twiml::to_xml(document);
    let again = twiml::parse(&xml).unwrap_or_else(|error| panic!("{error} in {xml}"));
    assert_eq!(again.verbs.len(), document.verbs.len(), "{xml}");
    assert_eq!(twiml::to_xml(&again), xml);
}

/// The application's answer to a text message, whatever becomes of the messages.
fn answered(body: &[u8]) {
    if let Ok(document) = twiml::parse_messages_bytes(body) {
        let xml = twiml::messages_to_xml(&document);
        let again = twiml::parse_messages(&xml).unwrap_or_else(|error| panic!("{error} in {xml}"));
        assert_eq!(again.verbs.len(), document.verbs.len(), "{xml}");
        assert_eq!(twiml::messages_to_xml(&again), xml);
    }
    let mut messenger = Messenger::new();
    let mut next = Some(MessengerInput::Document {
        url: Some("http://app.example/sms".to_owned()),
        content_type: None,
        body: body.to_vec(),
    });
    while let Some(input) = next.take() {
        messenger.handle(Moment::EPOCH, input);
        loop {
            match messenger.poll() {
                MessengerOutput::Send { message } => {
                    assert!(!message.body.is_empty() || !message.media.is_empty());
                    next = Some(MessengerInput::NotSent { code: 14101 });
                }
                MessengerOutput::Fetch { .. } | MessengerOutput::Warn { .. } => {}
                MessengerOutput::Fail { .. } | MessengerOutput::Finished => {}
                MessengerOutput::Idle(_) => break,
            }
        }
    }
}

/// A caller who presses keys while things go on, then waits until everything has come to its end.
fn run(document: Document, keys: u8) {
    let base = Url::parse("http://app.example/answer").ok();
    let mut interpreter = Interpreter::new();
    let mut now = Moment::EPOCH;
    let mut pressed = 0;
    let mut underway = None;
    let mut said = Vec::new();
    let mut next = Some(Input::Document { document, base });
    for _ in 0..INPUTS {
        let Some(input) = next.take() else { return };
        interpreter.handle(now, input);
        let wakes_at = loop {
            match interpreter.poll() {
                Output::Sound { prompt, .. } => underway = Some(Input::SoundEnded(prompt)),
                Output::StopSound => underway = None,
                Output::Record(_) => underway = Some(Input::RecordEnded(Recorded::Nothing)),
                Output::Dial(_) => underway = Some(Input::DialEnded(Vec::new())),
                Output::Text(_) => underway = Some(Input::TextEnded(Vec::new())),
                Output::Fetch { .. } | Output::Reject(_) | Output::Hangup | Output::Finished => {
                    return;
                }
                Output::Listen(_) => said = heard(keys),
                Output::StopListening => said = Vec::new(),
                Output::Answer
                | Output::StopRecording
                | Output::Tell { .. }
                | Output::Alert { .. } => {}
                Output::Idle(wakes_at) => break wakes_at,
            }
        };
        next = if pressed < keys {
            pressed += 1;
            Some(Input::Digit(char::from(KEYS[usize::from(pressed) % KEYS.len()])))
        } else if underway.is_some() {
            underway.take()
        } else if let Some(heard) = said.pop() {
            Some(heard)
        } else {
            now = now.max(wakes_at.expect("nothing is under way, so it waits for a moment"));
            Some(Input::Tick)
        };
    }
    panic!("the document never ends");
}

/// What a caller says, the last first.
fn heard(choice: u8) -> Vec<Input> {
    let words = Heard::Words { text: "yes".to_owned(), confidence: 0.5 };
    let last = match choice % 3 {
        0 => words,
        1 => Heard::Nothing,
        _ => Heard::Failed { code: 12400, message: "deaf".to_owned() },
    };
    vec![Input::Heard(last), Input::SpeechBegan]
}
