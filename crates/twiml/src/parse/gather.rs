//! `<Gather>` and its prompts.

use std::time::Duration;

use crate::document::Placed;
use crate::verb::{Gather, GatherPrompt, HINT_LENGTH, HINT_LIMIT, Hook, SpeechTimeout};

use super::grammar::{self, PROMPTS};
use super::reading::Reading;
use super::tree::{Element, Node, is_space, short};
use super::{SCHEMA, speak, suggest};

/// Silence that ends the input, unless said; `auto` comes to the same.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest silence that can be asked for, in seconds.
const TIMEOUT_LIMIT: u32 = 600;

/// Longest pause in what is said that can be asked for, in seconds.
const SPEECH_TIMEOUT_LIMIT: u32 = 60;

/// Longest speech that can be asked for, in seconds.
const LONGEST_SPEECH: u32 = Gather::LONGEST_SPEECH.as_secs() as u32;

/// "Invalid speechTimeout value": <https://www.twilio.com/docs/api/errors/13327>.
const SPEECH_TIMEOUT: u32 = 13327;

/// "Invalid maxSpeechTime value": <https://www.twilio.com/docs/api/errors/13328>.
const MAX_SPEECH_TIME: u32 = 13328;

/// Most digits that can be asked for; a call of the longest kind can't bring more.
const DIGITS_LIMIT: u32 = 1024;

/// The key that ends the input, unless said.
const FINISH_ON_KEY: char = '#';

/// Reads a `<Gather>`.
pub(super) fn gather(reading: &mut Reading<'_>, element: &Element<'_>) -> Gather {
    reading.check_attributes(element, &grammar::GATHER);
    let input = reading.some_of(element, "input", &["dtmf", "speech"], SCHEMA);
    let method = reading.method(element, "method", 13312);
    let url = element.word("action").unwrap_or_default().to_owned();
    let timeout = timeout(reading, element);
    let partial = ("partialResultCallback", "partialResultCallbackMethod");
    Gather {
        dtmf: input.is_empty() || input.contains(&"dtmf"),
        speech: input.contains(&"speech"),
        action: Hook { url, method },
        timeout,
        finish_on_key: finish_on_key(reading, element),
        num_digits: num_digits(reading, element),
        action_on_empty_result: reading.flag(element, "actionOnEmptyResult", false, SCHEMA),
        speech_timeout: speech_timeout(reading, element)
            .unwrap_or_else(|| SpeechTimeout::like(timeout)),
        max_speech: reading
            .seconds(element, "maxSpeechTime", 1..=LONGEST_SPEECH, MAX_SPEECH_TIME)
            .unwrap_or(Gather::LONGEST_SPEECH),
        hints: hints(reading, element),
        language: language(reading, element),
        partial: reading.callback(element, partial.0, partial.1, SCHEMA),
        barge_in: reading.flag(element, "bargeIn", true, SCHEMA),
        profanity_filter: reading.flag(element, "profanityFilter", true, SCHEMA),
        model: element.word("speechModel").map(str::to_owned),
        prompts: prompts(reading, element),
    }
}

fn timeout(reading: &mut Reading<'_>, element: &Element<'_>) -> Duration {
    if element.word("timeout").is_some_and(|word| word.eq_ignore_ascii_case("auto")) {
        return TIMEOUT;
    }
    reading.seconds(element, "timeout", 0..=TIMEOUT_LIMIT, 13313).unwrap_or(TIMEOUT)
}

fn speech_timeout(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<SpeechTimeout> {
    let name = "speechTimeout";
    if element.word(name)?.eq_ignore_ascii_case("auto") {
        return Some(SpeechTimeout::Auto);
    }
    let pause = reading.seconds(element, name, 1..=SPEECH_TIMEOUT_LIMIT, SPEECH_TIMEOUT)?;
    Some(SpeechTimeout::After(pause))
}

/// Words and phrases between commas; what is too much or too long is left out.
fn hints(reading: &mut Reading<'_>, element: &Element<'_>) -> Vec<String> {
    let Some(attribute) = element.attribute("hints") else { return Vec::new() };
    let phrases = attribute.value.split(',').map(|phrase| phrase.trim_matches(is_space));
    let said = phrases.filter(|phrase| !phrase.is_empty()).map(str::to_owned);
    let (mut hints, long): (Vec<String>, Vec<String>) =
        said.partition(|phrase| phrase.chars().count() <= HINT_LENGTH);
    if let Some(first) = long.first() {
        let message = format!(
            "hints of <Gather> has a phrase of more than {HINT_LENGTH} characters, '{}…'; it is left out",
            short(first)
        );
        let mend = Some("write a comma between two phrases".to_owned());
        reading.warn(attribute.at, SCHEMA, message, mend);
    }
    if hints.len() > HINT_LIMIT {
        let message = format!(
            "hints of <Gather> has {} phrases; the first {HINT_LIMIT} are taken",
            hints.len()
        );
        reading.warn(attribute.at, SCHEMA, message, None);
        hints.truncate(HINT_LIMIT);
    }
    hints
}

/// A BCP 47 tag. What is none is kept for the engine to refuse, as with `<Say>`.
fn language(reading: &mut Reading<'_>, element: &Element<'_>) -> String {
    let Some(word) = element.word("language") else { return Gather::LANGUAGE.to_owned() };
    let tag = word.replace('_', "-");
    let is_tag = tag.split('-').all(|part| {
        matches!(part.len(), 1..=8) && part.chars().all(|letter| letter.is_ascii_alphanumeric())
    });
    if let (true, Some(attribute)) = (!is_tag || tag != word, element.attribute("language")) {
        let message =
            format!("language=\"{}\" of <Gather> is not a tag of a language", short(word));
        let mend = if is_tag { &tag } else { Gather::LANGUAGE };
        reading.warn(attribute.at, SCHEMA, message, Some(format!("write {}", short(mend))));
    }
    tag
}

fn finish_on_key(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<char> {
    let Some(attribute) = element.attribute("finishOnKey") else { return Some(FINISH_ON_KEY) };
    let mut keys = attribute.value.trim_matches(is_space).chars();
    let (code, what) = match (keys.next(), keys.next()) {
        (None, _) => return None,
        (Some(key @ ('0'..='9' | '*' | '#')), None) => return Some(key),
        (Some(_), None) => (13310, "is not a key"),
        (Some(_), Some(_)) => (13311, "is more than one key"),
    };
    let value = short(&attribute.value);
    let message = format!("finishOnKey=\"{value}\" of <Gather> {what}; # is taken");
    let mend = Some("write one of 0 to 9, * and #, or nothing".to_owned());
    reading.warn(attribute.at, code, message, mend);
    Some(FINISH_ON_KEY)
}

/// No digits at all can't be asked for: zero and less count as not said.
fn num_digits(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<u32> {
    let attribute = element.attribute("numDigits")?;
    let value = attribute.value.trim_matches(is_space);
    if value.starts_with('-') || value == "0" {
        let message =
            format!("numDigits=\"{}\" of <Gather> is less than 1; it is ignored", short(value));
        let mend = Some("write numDigits=\"1\" or more, or leave it out".to_owned());
        reading.warn(attribute.at, 13314, message, mend);
        return None;
    }
    reading.number(element, "numDigits", 1..=DIGITS_LIMIT, 13314)
}

fn prompts(reading: &mut Reading<'_>, element: &Element<'_>) -> Vec<Placed<GatherPrompt>> {
    let mut prompts = Vec::new();
    for node in &element.children {
        let child = match node {
            Node::Element(child) => child,
            Node::Text { at, blank, .. } => {
                reading.warn_stray_text(*at, *blank, "Gather");
                continue;
            }
        };
        if PROMPTS.contains(&child.name) {
            prompts.extend(speak::prompt(reading, child, speak::GATHER_SAY_CODES));
            continue;
        }
        let name = short(child.name);
        let message = format!("<{name}> has no place in <Gather>; it is skipped");
        let mend = reading.mend(|| suggest::element(child.name, PROMPTS));
        reading.warn(child.at, 13320, message, mend);
    }
    prompts
}
