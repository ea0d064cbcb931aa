//! `<Gather>` and its prompts.

use std::time::Duration;

use crate::document::Placed;
use crate::verb::{Gather, GatherPrompt, Hook};

use super::grammar::{self, PROMPTS};
use super::reading::Reading;
use super::tree::{Element, Node, is_space, short};
use super::{SCHEMA, speak, suggest};

/// Silence that ends the input, unless said; `auto` comes to the same.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest silence that can be asked for, in seconds.
const TIMEOUT_LIMIT: u32 = 600;

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
    Gather {
        dtmf: input.is_empty() || input.contains(&"dtmf"),
        speech: input.contains(&"speech"),
        action: Hook { url, method },
        timeout: timeout(reading, element),
        finish_on_key: finish_on_key(reading, element),
        num_digits: num_digits(reading, element),
        action_on_empty_result: reading.flag(element, "actionOnEmptyResult", false, SCHEMA),
        prompts: prompts(reading, element),
    }
}

fn timeout(reading: &mut Reading<'_>, element: &Element<'_>) -> Duration {
    if element.word("timeout").is_some_and(|word| word.eq_ignore_ascii_case("auto")) {
        return TIMEOUT;
    }
    reading.seconds(element, "timeout", 0..=TIMEOUT_LIMIT, 13313).unwrap_or(TIMEOUT)
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
