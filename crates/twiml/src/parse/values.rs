//! Attributes as types: numbers in a range, yes and no, words of a list, URLs with their methods.
//!
//! A value that can't be read is a warning, and the default is taken.

use std::ops::RangeInclusive;
use std::time::Duration;

use model::Method;

use crate::verb::{Events, Hook, RecordingEvents};

use super::reading::Reading;
use super::tag::Attribute;
use super::tree::{Element, is_space, short};
use super::{SCHEMA, grammar, suggest};

impl<'a> Element<'a> {
    /// The attribute `name`, in any case.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// Its value without white space around it; `None` where it is missing or empty.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        let value = self.attribute(name)?.value.trim_matches(is_space);
        (!value.is_empty()).then_some(value)
    }
}

impl Reading<'_> {
    fn warn_value(
        &mut self,
        element: &Element<'_>,
        attribute: &Attribute<'_>,
        code: u32,
        what: &str,
        mend: Option<String>,
    ) {
        let (name, value) = (short(attribute.name), short(&attribute.value));
        let message = format!("{name}=\"{value}\" of <{}> {what}", element.name);
        self.warn(attribute.at, code, message, mend);
    }

    /// A whole number. One outside of `range` is moved to its nearer end.
    pub(super) fn number(
        &mut self,
        element: &Element<'_>,
        name: &str,
        range: RangeInclusive<u32>,
        code: u32,
    ) -> Option<u32> {
        let attribute = element.attribute(name)?;
        let value = attribute.value.trim_matches(is_space);
        if value.is_empty() {
            return None;
        }
        let mend = || Some(format!("write {} to {}", range.start(), range.end()));
        let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
        let (digits, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let is_digits = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
        if digits.is_empty() || !is_digits(digits) || !is_digits(fraction) {
            self.warn_value(element, attribute, code, "is not a number", mend());
            return None;
        }
        if fraction.chars().any(|digit| digit != '0') {
            let what = format!("is not a whole number; {digits} is taken");
            self.warn_value(element, attribute, code, &what, mend());
        }
        let negative = value.starts_with('-') && digits.chars().any(|digit| digit != '0');
        let number = if negative { 0 } else { digits.parse().unwrap_or(u32::MAX) };
        let (least, most) = (*range.start(), *range.end());
        if negative || number < least {
            let what = format!("is less than {least}; {least} is taken");
            self.warn_value(element, attribute, code, &what, None);
        } else if number > most {
            let what = format!("is more than {most}; {most} is taken");
            self.warn_value(element, attribute, code, &what, None);
        }
        Some(number.clamp(least, most))
    }

    /// A number of seconds.
    pub(super) fn seconds(
        &mut self,
        element: &Element<'_>,
        name: &str,
        range: RangeInclusive<u32>,
        code: u32,
    ) -> Option<Duration> {
        let seconds = self.number(element, name, range, code)?;
        Some(Duration::from_secs(u64::from(seconds)))
    }

    /// `true` or `false`, in any case, or `1` or `0`.
    pub(super) fn flag(
        &mut self,
        element: &Element<'_>,
        name: &str,
        default: bool,
        code: u32,
    ) -> bool {
        let Some(word) = element.word(name) else { return default };
        match word {
            "1" => true,
            "0" => false,
            _ if word.eq_ignore_ascii_case("true") => true,
            _ if word.eq_ignore_ascii_case("false") => false,
            _ => {
                if let Some(attribute) = element.attribute(name) {
                    let what = "is neither true nor false";
                    let mend = Some(format!("write {name}=\"{default}\""));
                    self.warn_value(element, attribute, code, what, mend);
                }
                default
            }
        }
    }

    /// One of `words`, in any case, as they are spelt there.
    pub(super) fn one_of(
        &mut self,
        element: &Element<'_>,
        name: &str,
        words: &'static [&'static str],
        code: u32,
    ) -> Option<&'static str> {
        let word = element.word(name)?;
        let found = words.iter().find(|known| known.eq_ignore_ascii_case(word)).copied();
        if let (None, Some(attribute)) = (found, element.attribute(name)) {
            let mend = self.mend(|| suggest::word(word, words).or_else(|| one_of_few(words)));
            self.warn_value(element, attribute, code, "is not known", mend);
        }
        found
    }

    /// Those of a list's words that `words` has; the others get a warning each.
    pub(super) fn some_of(
        &mut self,
        element: &Element<'_>,
        name: &str,
        words: &'static [&'static str],
        code: u32,
    ) -> Vec<&'static str> {
        let mut found = Vec::new();
        let Some(attribute) = element.attribute(name) else { return found };
        for word in attribute.value.split([' ', ',']).filter(|word| !word.is_empty()) {
            if let Some(known) = words.iter().find(|known| known.eq_ignore_ascii_case(word)) {
                found.push(*known);
                continue;
            }
            let what = format!("has the unknown word '{}'", short(word));
            let mend = self.mend(|| suggest::word(word, words).or_else(|| one_of_few(words)));
            self.warn_value(element, attribute, code, &what, mend);
        }
        found
    }

    /// The method of a webhook, POST unless said.
    pub(super) fn method(&mut self, element: &Element<'_>, name: &str, code: u32) -> Method {
        match self.one_of(element, name, &["GET", "POST"], code) {
            Some("GET") => Method::Get,
            Some(_) | None => Method::Post,
        }
    }

    /// A URL with its method; empty is the document's own.
    pub(super) fn hook(
        &mut self,
        element: &Element<'_>,
        url: &str,
        method: &str,
        code: u32,
    ) -> Option<Hook> {
        let method = self.method(element, method, code);
        let url = element.attribute(url)?.value.trim_matches(is_space).to_owned();
        Some(Hook { url, method })
    }

    /// A URL with its method, where an empty one means none.
    pub(super) fn callback(
        &mut self,
        element: &Element<'_>,
        url: &str,
        method: &str,
        code: u32,
    ) -> Option<Hook> {
        self.hook(element, url, method, code).filter(|hook| !hook.url.is_empty())
    }

    /// What a recording's status callback is told about: the end, unless said.
    pub(super) fn recording_events(&mut self, element: &Element<'_>) -> RecordingEvents {
        let name = "recordingStatusCallbackEvent";
        let words = self.some_of(element, name, grammar::RECORDING_EVENTS, SCHEMA);
        if words.is_empty() {
            return RecordingEvents { in_progress: false, completed: true, absent: false };
        }
        RecordingEvents {
            in_progress: words.contains(&"in-progress"),
            completed: words.contains(&"completed"),
            absent: words.contains(&"absent"),
        }
    }

    /// What a leg's status callback is told about: the end, unless said.
    pub(super) fn leg_events(&mut self, element: &Element<'_>) -> Events {
        let words = self.some_of(element, "statusCallbackEvent", grammar::LEG_EVENTS, SCHEMA);
        if words.is_empty() { Events::COMPLETED } else { Events::read(words).0 }
    }

    /// Whether silence is cut at both ends.
    pub(super) fn trim(&mut self, element: &Element<'_>, default: bool) -> bool {
        self.one_of(element, "trim", grammar::TRIM, SCHEMA)
            .map_or(default, |word| word == "trim-silence")
    }
}

fn one_of_few(words: &[&str]) -> Option<String> {
    (words.len() <= 5).then(|| format!("write {}", words.join(", ")))
}
