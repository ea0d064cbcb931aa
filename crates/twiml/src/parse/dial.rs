//! `<Dial>`: its nouns, which are read in `noun`, and what the caller hears while they ring.

use std::time::Duration;

use crate::document::Placed;
use crate::verb::{Dial, DialEndpoint, DialNoun, DialRecord, Events, GatherPrompt, NumberNoun};

use super::grammar::{self, NOUNS, PROMPTS};
use super::reading::{Reading, elements};
use super::tree::{Element, Node, is_space, short};
use super::{SCHEMA, noun, speak, suggest};

/// Ringing time, unless said.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Longest conversation, unless said.
const TIME_LIMIT: Duration = Duration::from_secs(14_400);

/// Longest conversation that can be asked for: a day, in seconds.
const LONGEST_TIME_LIMIT: u32 = 86_400;

/// Nouns that ring at once (Twilio's limit).
const NOUN_LIMIT: usize = 10;

/// Nouns that ring one after the other.
const SEQUENTIAL_NOUN_LIMIT: usize = 100;

/// Reads a `<Dial>`; one that calls nobody is skipped.
pub(super) fn dial(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<Dial> {
    reading.check_attributes(element, &grammar::DIAL);
    let sequential = reading.flag(element, "sequential", false, SCHEMA);
    let timeout = reading.seconds(element, "timeout", 5..=600, 13212).unwrap_or(TIMEOUT);
    let time_limit =
        reading.seconds(element, "timeLimit", 1..=LONGEST_TIME_LIMIT, 13216).unwrap_or(TIME_LIMIT);
    let dial = Dial {
        action: reading.hook(element, "action", "method", 13210),
        timeout,
        time_limit,
        caller_id: element.word("callerId").map(str::to_owned),
        hangup_on_star: reading.flag(element, "hangupOnStar", false, 13213),
        record: record(reading, element),
        trim: reading.trim(element, false),
        recording_callback: reading.callback(
            element,
            "recordingStatusCallback",
            "recordingStatusCallbackMethod",
            SCHEMA,
        ),
        recording_events: reading.recording_events(element),
        answer_on_bridge: reading.flag(element, "answerOnBridge", false, SCHEMA),
        sequential,
        ring_tone: reading
            .one_of(element, "ringTone", grammar::RING_TONES, SCHEMA)
            .map(str::to_owned),
        nouns: nouns(reading, element, sequential),
        hold: hold(reading, element),
    };
    if dial.nouns.is_empty() {
        let message = "<Dial> has nobody to call; it is skipped".to_owned();
        let mend = elements(element).next().is_none();
        let mend = mend.then(|| "write <Dial>+15551234567</Dial>".to_owned());
        reading.warn(element.at, 13224, message, mend);
        return None;
    }
    Some(dial)
}

fn record(reading: &mut Reading<'_>, element: &Element<'_>) -> DialRecord {
    // Before recordings had kinds, the attribute was a yes or no.
    match element.word("record") {
        Some(word) if word.eq_ignore_ascii_case("true") => return DialRecord::FromAnswer,
        Some(word) if word.eq_ignore_ascii_case("false") => return DialRecord::No,
        Some(_) | None => {}
    }
    match reading.one_of(element, "record", grammar::DIAL_RECORD, SCHEMA) {
        Some("record-from-answer") => DialRecord::FromAnswer,
        Some("record-from-answer-dual") => DialRecord::FromAnswerDual,
        Some("record-from-ringing") => DialRecord::FromRinging,
        Some("record-from-ringing-dual") => DialRecord::FromRingingDual,
        Some(_) | None => DialRecord::No,
    }
}

fn nouns(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    sequential: bool,
) -> Vec<Placed<DialNoun>> {
    let limit = if sequential { SEQUENTIAL_NOUN_LIMIT } else { NOUN_LIMIT };
    let mut nouns: Vec<Placed<DialNoun>> = Vec::new();
    for node in &element.children {
        let (at, item) = match node {
            Node::Text { blank: true, .. } => continue,
            Node::Text { text, at, .. } => (*at, Some(plain_number(reading, text, *at))),
            Node::Element(child) if PROMPTS.contains(&child.name) => continue,
            Node::Element(child) => (child.at, noun(reading, child)),
        };
        let Some(item) = item else { continue };
        if nouns.len() == limit {
            let message = format!("<Dial> calls at most {limit}; the others are skipped");
            reading.warn(at, 13215, message, None);
            break;
        }
        nouns.push(Placed { position: reading.place(at), item });
    }
    nouns
}

/// `<Say>`, `<Play>` and `<Pause>` between the nouns. `Differs:` Twilio has no place for them here.
fn hold(reading: &mut Reading<'_>, element: &Element<'_>) -> Vec<Placed<GatherPrompt>> {
    elements(element)
        .filter(|child| PROMPTS.contains(&child.name))
        .filter_map(|child| speak::prompt(reading, child, speak::SAY_CODES))
        .collect()
}

fn noun(reading: &mut Reading<'_>, child: &Element<'_>) -> Option<DialNoun> {
    match child.name {
        "Number" => noun::number(reading, child),
        "Client" => noun::client(reading, child),
        "Sip" => noun::sip(reading, child),
        other => {
            warn_unknown_noun(reading, child, other);
            None
        }
    }
}

/// `<Dial>text</Dial>`.
fn plain_number(reading: &mut Reading<'_>, text: &str, at: usize) -> DialNoun {
    let number = text.trim_matches(is_space).to_owned();
    noun::warn_other_kind(reading, &number, at);
    let endpoint = DialEndpoint::Number(NumberNoun { number, send_digits: None });
    DialNoun { endpoint, url: None, status_callback: None, status_events: Events::COMPLETED }
}

fn warn_unknown_noun(reading: &mut Reading<'_>, child: &Element<'_>, name: &str) {
    let (message, mend) = if grammar::is_later_noun(name) {
        (format!("alo does not dial a <{name}> yet; it is skipped"), None)
    } else {
        let message = format!("<{}> has no place in <Dial>; it is skipped", short(name));
        (message, reading.mend(|| suggest::element(name, NOUNS)))
    };
    let code = if grammar::is_later_noun(name) { SCHEMA } else { 13215 };
    reading.warn(child.at, code, message, mend);
}
