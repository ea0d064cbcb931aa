//! `<say-as>`: characters whose kind is told, so that nothing has to be guessed
//! (<https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml>). What doesn't look like its kind is running text.

use super::atoms::{Here, Text};
use super::dates::{full_year, month_name};
use super::fold::fold;
use super::numbers::{cardinal, one_by_one, ordinal};
use super::quantities::{self, Amount};
use super::said::Said;
use super::{running, running_with, street, symbols, telephone, times};
use crate::script::Format;

/// How `text` is spoken as `format`.
pub(super) fn spoken(format: &Format, text: &str) -> Said {
    let folded = fold(text);
    let text = folded.trim();
    let as_format = match format {
        Format::Characters => Some(symbols::characters(text)),
        Format::Digits => Some(digits(text)),
        Format::Cardinal => number(text),
        Format::Ordinal => nth(text),
        Format::Date(format) => date(format, text),
        Format::Time => times::duration(text).or_else(|| time(text)),
        Format::Telephone => Some(telephone::say_as(text)),
        Format::Currency | Format::Unit => None,
        Format::Fraction => fraction(text),
        Format::Address => Some(running_with(text, &[street::street, street::say_as])),
        Format::Expletive => Some(Said::new()),
    };
    as_format.unwrap_or_else(|| running(text))
}

/// Each digit; letters and signs by their names, spaces and hyphens as pauses.
fn digits(text: &str) -> Said {
    let mut said = Said::new();
    for group in text.split([' ', '-', '\n']).filter(|it| !it.is_empty()) {
        if !said.is_empty() {
            said.mark(',');
        }
        said.append(symbols::characters(group));
    }
    said
}

/// A whole text that is one amount.
fn number(text: &str) -> Option<Said> {
    let atoms = Text::of(text);
    let amount = Amount::at(Here::new(&atoms, 0), 0)?;
    (amount.atoms == atoms.len()).then(|| amount.spoken())
}

fn nth(text: &str) -> Option<Said> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ',')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let known =
        matches!(suffix.to_ascii_lowercase().as_str(), "" | "st" | "nd" | "rd" | "th" | ".");
    let number = number.replace(',', "");
    (known && !number.is_empty()).then(|| ordinal(&number))
}

/// `14:05`, `1430`, `9.30`.
fn time(text: &str) -> Option<Said> {
    let is_clock = matches!(text.len(), 3 | 4) && text.bytes().all(|it| it.is_ascii_digit());
    let (hours, minutes) = is_clock.then(|| text.split_at(text.len() - 2))?;
    (hours < "25" && minutes < "60").then(|| running(&format!("{hours}:{minutes}")))
}

/// A date in the order that `format` says: `mdy`, `dmy`, `ymd`, `md`, `dm`, `ym`, `my`, `d`, `m`, `y`.
fn date(format: &str, text: &str) -> Option<Said> {
    let order: Vec<char> = order(format)?;
    let parts: Vec<&str> = if text.bytes().all(|it| it.is_ascii_digit()) && order.len() > 1 {
        cut(text, &order)?
    } else {
        text.split(|c: char| !c.is_ascii_digit()).filter(|it| !it.is_empty()).collect()
    };
    let numeric = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | ' '));
    if parts.len() != order.len() || !numeric {
        return None;
    }
    let part = |wanted: char| {
        order.iter().position(|it| *it == wanted).and_then(|index| parts.get(index)).copied()
    };
    let day = part('d');
    if day.is_some_and(|it| !it.parse::<u8>().is_ok_and(|it| (1..=31).contains(&it))) {
        return None;
    }
    let mut said = Said::new();
    if let Some(month) = part('m') {
        said.say(month_name(month.parse().ok()?)?);
    }
    if let Some(day) = day {
        said.append(ordinal(day));
    }
    if let Some(year) = part('y') {
        if day.is_some() {
            said.mark(',');
        }
        said.append(full_year(year));
    }
    Some(said)
}

/// The letters of a date's format, each once: `yyyymmdd` is `ymd`.
fn order(format: &str) -> Option<Vec<char>> {
    let mut order: Vec<char> =
        format.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    order.dedup();
    let known = order.iter().all(|it| matches!(it, 'd' | 'm' | 'y'));
    let once = (1..order.len()).all(|at| !order[..at].contains(&order[at]));
    (known && once && !order.is_empty()).then_some(order)
}

/// A date without separators: two digits each, four for a year where there are enough.
fn cut<'t>(text: &'t str, order: &[char]) -> Option<Vec<&'t str>> {
    let has_year = order.contains(&'y');
    let year = text.len().checked_sub(2 * order.len() - 2).filter(|_| has_year).unwrap_or(2);
    if !matches!(year, 2 | 4) {
        return None;
    }
    let mut rest = text;
    let mut parts = Vec::new();
    for part in order {
        let len = if *part == 'y' { year } else { 2 };
        let (first, others) = rest.split_at_checked(len)?;
        parts.push(first);
        rest = others;
    }
    rest.is_empty().then_some(parts)
}

/// `3/4`, `1 1/2`, `3+1/2`.
fn fraction(text: &str) -> Option<Said> {
    let (whole, part) = match text.rsplit_once([' ', '+']) {
        Some((whole, part)) => (Some(whole.trim()), part),
        None => (None, text),
    };
    let (above, below) = part.split_once('/')?;
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !is_number(above) || !is_number(below) || !whole.is_none_or(is_number) {
        return None;
    }
    let part = quantities::fraction(above, below);
    Some(match whole {
        Some(whole) => cardinal(whole).and("and").then(part),
        None if above.len() > 18 => one_by_one(above).and("over").then(one_by_one(below)),
        None => part,
    })
}
