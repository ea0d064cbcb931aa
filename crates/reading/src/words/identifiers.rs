//! Codes and names of letters and digits: `A1B2-C3`, `INC-20391`, `BA 2490`, `MP3`, card numbers in groups.
//!
//! Letters are spelled, digits come one by one, and a hyphen is a pause, as one reads a code to somebody who writes.

use super::atoms::{Found, Here, Kind};
use super::cues::Cue;
use super::names::{self, is_upper};
use super::numbers::{cardinal, grouped, one_by_one, pairs};
use super::said::Said;
use super::times::ends_after_dot;

/// Most atoms of one identifier; what is longer is read in pieces.
const LONGEST: isize = 48;

/// Every identifier.
pub(super) fn identifier(here: Here<'_>) -> Option<Found> {
    if here.joined(0) && here.kind(-1) != Some(Kind::Symbol) {
        return None;
    }
    if here.digits(0).is_some() {
        return digit_groups(here).or_else(|| mixture(here));
    }
    here.word(0)?;
    version(here).or_else(|| flight(here)).or_else(|| mixture(here))
}

/// `v2`: "version two"; the points after it are those of a number or of a version.
fn version(here: Here<'_>) -> Option<Found> {
    let is_version = matches!(here.word(0), Some("v" | "V" | "ver"));
    let said = here.word(-1).is_some_and(|it| matches!(it, "version" | "Version" | "release"));
    let name = if said { "" } else { "version" };
    (is_version && here.joined_digits(1).is_some()).then(|| Found::new(1, Said::of(name)))
}

/// `flight BA 2490`, `UA 15`.
fn flight(here: Here<'_>) -> Option<Found> {
    let airline = here.word(0).filter(|it| it.len() == 2 && is_upper(it))?;
    let digits = here.digits(1).filter(|it| it.len() <= 4)?;
    let said_so = here.word(-1).is_some_and(|it| it.eq_ignore_ascii_case("flight"));
    let known = AIRLINES.contains(&airline) && digits.len() >= 3;
    if !said_so && !known {
        return None;
    }
    let mut said = Said::new();
    said.letters(airline);
    Some(Found::new(2, said.then(one_by_one(digits))))
}

/// Groups of digits that are one number: `123-45-6789`, `4111 1111 1111 1111`, `482 913` after "code".
fn digit_groups(here: Here<'_>) -> Option<Found> {
    let hyphened = here.joined_is(1, '-') && here.joined_digits(2).is_some();
    let step = if hyphened { 2 } else { 1 };
    let mut groups = vec![here.digits(0)?];
    let mut end = 1;
    while end < LONGEST {
        let next = here.digits(end + step - 1);
        let parted = if hyphened {
            here.joined_is(end, '-') && here.joined(end + 1)
        } else {
            !here.joined(end) && !here.ends(end)
        };
        let Some(group) = next.filter(|_| parted) else { break };
        groups.push(group);
        end += step;
    }
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    let asked = matches!(here.cue, Some(Cue::Code | Cue::Number | Cue::Dial));
    let card = groups.iter().all(|group| group.len() == 4) && groups.len() >= 3;
    let valid = match groups.len() {
        0 | 1 => false,
        2 => (asked && digits >= 5) || (hyphened && digits >= 9),
        _ => (hyphened && digits >= 7) || asked || card,
    };
    let continues = here.joined(end)
        && (here.kind(end) == Some(Kind::Word)
            || (hyphened && here.is(end, '-'))
            || here.is(end, '/')
            || here.is(end, ':'));
    if !valid || continues {
        return None;
    }
    let mut said = Said::new();
    for (index, group) in groups.iter().enumerate() {
        if index > 0 && (groups[index - 1].len() > 1 || group.len() > 1) {
            said.mark(',');
        }
        said.append(if group.len() > 6 { grouped(group) } else { one_by_one(group) });
    }
    Some(Found::quantity(end.cast_unsigned(), said))
}

/// What stands between two hyphens.
#[derive(Debug, Default)]
struct Shape {
    end: isize,
    words: usize,
    numbers: usize,
    /// How often a letter stands by a digit.
    changes: usize,
    hyphens: usize,
    capital: bool,
    /// Whether each word is short, or hexadecimal.
    coded: bool,
}

impl Shape {
    fn of(here: Here<'_>) -> Shape {
        let mut shape = Shape { capital: true, coded: true, ..Shape::default() };
        let mut last = None;
        while shape.end < LONGEST && (shape.end == 0 || here.joined(shape.end)) {
            let kind = here.kind(shape.end);
            if let Some(word) = here.word(shape.end) {
                shape.words += 1;
                shape.capital &= is_upper(word);
                shape.coded &= word.len() <= 2 || word.bytes().all(|it| it.is_ascii_hexdigit());
            } else if kind == Some(Kind::Digits) {
                shape.numbers += 1;
            } else if here.is(shape.end, '-')
                && here.joined(shape.end + 1)
                && here.symbol(shape.end + 1).is_none()
            {
                shape.hyphens += 1;
            } else {
                break;
            }
            let both = [last, kind];
            shape.changes +=
                usize::from(both.contains(&Some(Kind::Word)) && both.contains(&Some(Kind::Digits)));
            last = kind;
            shape.end += 1;
        }
        shape
    }
}

/// Letters and digits that are joined.
fn mixture(here: Here<'_>) -> Option<Found> {
    let shape = Shape::of(here);
    if shape.words == 0 || shape.numbers == 0 {
        return None;
    }
    if let Some(said) = word_and_number(here, &shape) {
        return Some(Found::new(shape.end.cast_unsigned(), said));
    }
    let asked = matches!(here.cue, Some(Cue::Code | Cue::Number));
    let first_number = here.digits(0).is_some();
    let plain = shape.words == 1 && shape.numbers == 1;
    let numbered = plain && first_number && shape.changes == 1;
    let is_code = match (shape.capital, shape.coded) {
        (true, _) => (shape.changes > 0 || shape.hyphens > 0) && (!numbered || asked),
        (false, true) => shape.changes >= 3 || (asked && shape.changes >= 2),
        (false, false) => false,
    };
    let suffix = here.word(1).is_some_and(|it| matches!(it, "st" | "nd" | "rd" | "th" | "x"));
    if !is_code || (first_number && suffix) {
        return None;
    }
    Some(Found::new(shape.end.cast_unsigned(), spelled(here, shape.end)))
}

/// `MP3`, `COVID-19`, `INC-20391`: a name and its number.
fn word_and_number(here: Here<'_>, shape: &Shape) -> Option<Said> {
    if !shape.capital || shape.words != 1 || shape.numbers != 1 {
        return None;
    }
    let name = here.word(0)?;
    let number = here.digits(shape.end - 1)?;
    let mut said = Said::new();
    if name.len() == 1 {
        said.letters(name);
    } else {
        said.append(names::capitals(name, false));
    }
    if ROADS.contains(&name) && number.len() <= 3 {
        return Some(said.then(pairs(number)));
    }
    if number.len() <= 2 && !number.starts_with('0') {
        return Some(said.then(cardinal(number)));
    }
    if shape.hyphens > 0 {
        said.mark(',');
    }
    Some(said.then(grouped(number)))
}

/// Letters and digits one by one, hyphens as pauses.
fn spelled(here: Here<'_>, end: isize) -> Said {
    let mut said = Said::new();
    let alone = |offset: isize| {
        (offset == 0 || here.is(offset - 1, '-')) && (offset + 1 == end || here.is(offset + 1, '-'))
    };
    for offset in 0..end {
        if let Some(digits) = here.digits(offset) {
            said.append(if digits.len() > 6 { grouped(digits) } else { one_by_one(digits) });
        } else if let Some(word) = here.word(offset) {
            if word.len() >= 4 && alone(offset) && is_upper(word) {
                said.append(names::capitals(word, false));
            } else {
                said.letters(word);
            }
        } else {
            said.mark(',');
        }
    }
    said
}

/// Letters with dots between them (`U.S.A.`), and what is known of them (`e.g.`).
pub(super) fn dotted(here: Here<'_>) -> Option<Found> {
    let letter = |offset: isize| {
        here.word(offset)
            .filter(|it| it.len() == 1 && it.is_ascii() && (offset == 0 || here.joined(offset)))
    };
    let mut letters = letter(0)?.to_owned();
    if here.joined(0) || !here.joined_is(1, '.') {
        return None;
    }
    let mut end = 1;
    while end < LONGEST && here.joined_is(end, '.') {
        let Some(next) = letter(end + 1) else { break };
        letters.push_str(next);
        end += 2;
    }
    let doctor = letters == "P" && here.joined_word(2) == Some("h") && here.joined_is(4, '.');
    if doctor {
        return None;
    }
    let dot = here.joined_is(end, '.');
    let after = end + isize::from(dot);
    if letters.len() == 1 {
        return initial(here, &letters);
    }
    let mut said = Said::new();
    match letters.to_ascii_lowercase().as_str() {
        "eg" => said.say("for example"),
        "ie" => said.say("that is"),
        "aka" => said.say("also known as"),
        _ => said.letters(&letters),
    }
    let starts = here.word(after).is_some_and(|it| STARTERS.contains(&it));
    if dot && (here.ends(after) || (starts && ends_after_dot(here, after))) {
        said.mark('.');
    }
    Some(Found::new(after.cast_unsigned(), said))
}

/// `J. Smith`.
fn initial(here: Here<'_>, letter: &str) -> Option<Found> {
    let next = here.word(2).filter(|_| !here.joined(2) && !here.ends(2))?;
    if is_upper(letter) && !here.is_capitalized(2) {
        let mut said = Said::new();
        said.letters(letter);
        return Some(Found::new(2, said));
    }
    let named = here.begins || here.is_capitalized(-1) || here.is(-1, '.');
    let classed =
        here.word(-1).is_some_and(|it| matches!(it, "Gate" | "Vitamin" | "Plan" | "Option"));
    let valid = named && !classed && is_upper(letter) && !STARTERS.contains(&next);
    let mut said = Said::new();
    said.letters(letter);
    valid.then_some(Found::new(2, said))
}

/// Words that begin a sentence after an abbreviation more often than a name.
pub(super) const STARTERS: &[&str] = &[
    "The", "We", "You", "Please", "It", "He", "She", "They", "This", "That", "Call", "Our", "Your",
    "If", "In", "For", "To", "A", "An", "I", "Press", "Thank", "Thanks", "There", "All", "No",
    "Yes", "Reply", "When", "What", "Text", "Visit", "Bring", "Ask", "Say", "Stay", "Do", "Have",
    "Is", "Are", "Use", "See", "Take", "Turn", "Check", "Someone", "Nobody", "Any", "As", "At",
    "Goodbye", "On", "My", "His", "Her", "Their",
];

/// What a road's number follows: `I-405`, `US-101`.
const ROADS: &[&str] = &["I", "US", "SR", "CA", "TX", "NY", "FL"];

/// IATA designators of airlines that are often read aloud.
const AIRLINES: &[&str] = &[
    "AA", "AC", "AF", "AS", "AV", "AZ", "BA", "CX", "DL", "EK", "EI", "FR", "HA", "IB", "JL", "KE",
    "KL", "LA", "LH", "LX", "NH", "NK", "NZ", "QF", "QR", "SQ", "TK", "TP", "UA", "VS", "WN",
];
