//! Times of day (`9:30am`, `14:05`, `5 pm`), and durations as a `<say-as>` has them (`1'21"`).
//!
//! What is said is as exact as what is written: `07:00` has its "A M", since a zero before the hour is the 24 hour clock.

use super::atoms::{Found, Here};
use super::numbers::{after_hour, cardinal, counted};
use super::said::Said;

/// Half of the day: `am`, `p.m.`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// Every time of day.
pub(super) fn time(here: Here<'_>) -> Option<Found> {
    let hour = here.digits(0)?;
    match clock(here) {
        Some((minutes, seconds, atoms)) => with_minutes(here, hour, minutes, seconds, atoms),
        None if here.is(1, ':') && here.joined(1) && here.joined(2) => ratio(here),
        None => on_the_hour(here, hour),
    }
}

/// `:05`, `:05:30`: minutes, seconds, atoms with the hour.
fn clock(here: Here<'_>) -> Option<(&str, Option<&str>, isize)> {
    let hour = here.digits(0)?;
    let minutes = sixty(here, 2).filter(|_| here.joined_is(1, ':'))?;
    let valid = hour.len() <= 2 && hour.parse::<u8>().is_ok_and(|hour| hour <= 24);
    let seconds = sixty(here, 4).filter(|_| here.joined_is(3, ':'));
    let atoms = if seconds.is_some() { 5 } else { 3 };
    let goes_on = here.joined_is(atoms, ':') && here.joined(atoms + 1);
    (valid && !goes_on).then_some((minutes, seconds, atoms))
}

/// Two digits below sixty, joined to what is before.
fn sixty(here: Here<'_>, offset: isize) -> Option<&str> {
    here.joined_digits(offset).filter(|it| it.len() == 2 && *it < "60")
}

fn with_minutes(
    here: Here<'_>,
    hour: &str,
    minutes: &str,
    seconds: Option<&str>,
    atoms: isize,
) -> Option<Found> {
    let fraction = seconds.is_some() && here.joined_is(atoms, '.');
    let atoms = if fraction && here.joined_digits(atoms + 1).is_some() { atoms + 2 } else { atoms };
    let half = half(here, atoms);
    let value: u8 = hour.parse().ok()?;
    let mut said = of_day(value, hour.len() == 2 && hour.starts_with('0'), minutes, half.is_some());
    if let Some(seconds) = seconds.filter(|it| *it != "00") {
        said = said.and("and").then(cardinal(seconds));
        said.say(if seconds == "01" { "second" } else { "seconds" });
    }
    Some(closed(here, said, atoms, half))
}

/// An hour and minutes as they are said, without the half of the day that follows.
fn of_day(hour: u8, padded: bool, minutes: &str, has_half: bool) -> Said {
    let on_the_hour = minutes == "00";
    if has_half {
        let said = counted(u64::from(hour));
        return if on_the_hour { said } else { said.then(after_hour(minutes)) };
    }
    match hour {
        0 | 24 if on_the_hour => Said::of("midnight"),
        0 | 24 => letters(Said::of("twelve").then(after_hour(minutes)), "AM"),
        1..=12 => {
            let said = counted(u64::from(hour));
            match (on_the_hour, padded) {
                (true, true) => letters(said, "AM"),
                (true, false) => said.and("o'clock"),
                (false, true) => letters(said.then(after_hour(minutes)), "AM"),
                (false, false) => said.then(after_hour(minutes)),
            }
        }
        _ if on_the_hour => counted(u64::from(hour)).and("hundred"),
        _ => counted(u64::from(hour)).then(after_hour(minutes)),
    }
}

fn letters(mut said: Said, letters: &str) -> Said {
    said.letters(letters);
    said
}

/// `5 pm`, `5pm`, `5 o'clock` (which needs nothing).
fn on_the_hour(here: Here<'_>, hour: &str) -> Option<Found> {
    let half = half(here, 1)?;
    let valid = hour.len() <= 2 && hour.parse::<u8>().is_ok_and(|hour| (1..=12).contains(&hour));
    valid.then(|| closed(here, cardinal(hour), 1, Some(half)))
}

/// `3:1`: "three to one".
fn ratio(here: Here<'_>) -> Option<Found> {
    let (first, second) = (here.digits(0)?, here.joined_digits(2)?);
    if let Some(seconds) = sixty(here, 2)
        .filter(|_| first.len() == 2 && here.joined_is(1, ':') && !here.joined_is(3, ':'))
    {
        let said = cardinal(first).and("minutes");
        let rest = if seconds == "00" { Said::new() } else { cardinal(seconds).and("seconds") };
        return Some(Found::quantity(3, said.then(rest)));
    }
    let short = first.len() <= 3 && second.len() <= 3;
    let goes_on = here.joined_is(3, ':') && here.joined(4);
    (short && !goes_on && here.joined_is(1, ':'))
        .then(|| Found::quantity(3, cardinal(first).and("to").then(cardinal(second))))
}

/// The half of the day at `offset`, and how many atoms it takes.
fn half(here: Here<'_>, offset: isize) -> Option<(Half, isize)> {
    let word = here.word(offset)?;
    let of = |letter: &str| match letter {
        "a" | "A" => Some(Half::Morning),
        "p" | "P" => Some(Half::Afternoon),
        _ => None,
    };
    if word.len() == 2 && word.is_ascii() {
        let (first, second) = word.split_at(1);
        // "5 AM" and "5 am"; "I am 5 am I not" is nobody's text.
        return of(first).filter(|_| second.eq_ignore_ascii_case("m")).map(|half| (half, 1));
    }
    let dotted = here.joined_is(offset + 1, '.')
        && here.joined_word(offset + 2).is_some_and(|it| it.eq_ignore_ascii_case("m"));
    let half = of(word).filter(|_| dotted)?;
    Some((half, if here.joined_is(offset + 3, '.') { 4 } else { 3 }))
}

/// The half of the day, and the mark of a sentence that ends with `p.m.`
fn closed(here: Here<'_>, mut said: Said, mut atoms: isize, half: Option<(Half, isize)>) -> Found {
    if let Some((half, len)) = half {
        said.letters(match half {
            Half::Morning => "AM",
            Half::Afternoon => "PM",
        });
        atoms += len;
        if len == 4 && here.is(atoms - 1, '.') && ends_after_dot(here, atoms) {
            said.mark('.');
        }
    } else if here.joined_word(atoms) == Some("Z") {
        said.letters("UTC");
        atoms += 1;
    } else if let Some(word) = here.joined_word(atoms).filter(|it| matches!(*it, "h" | "hrs")) {
        // 14:05h
        atoms += isize::from(!word.is_empty());
    }
    Found::quantity(atoms.cast_unsigned(), said)
}

/// Whether the dot of an abbreviation is also the end of its sentence, by what stands after it.
pub(super) fn ends_after_dot(here: Here<'_>, offset: isize) -> bool {
    if here.ends(offset) {
        return true;
    }
    let next = here.word(offset).filter(|_| here.is_capitalized(offset) && !here.joined(offset));
    next.is_some_and(|word| {
        let is_zone = word.len() > 1 && word.chars().all(char::is_uppercase);
        let named = super::dates::is_weekday(word) || super::dates::month(word).is_some();
        !is_zone && !named && !ZONES.contains(&word)
    })
}

/// A duration of a `<say-as interpret-as="time">`: `1'21"` is "one minute twenty one seconds".
pub(super) fn duration(text: &str) -> Option<Said> {
    let (minutes, rest) = text.trim().split_once(['\'', '′', '’'])?;
    let seconds = rest.trim().trim_end_matches(['"', '″', '”', '\'']).trim();
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !is_number(minutes) || !(seconds.is_empty() || is_number(seconds)) {
        return None;
    }
    let unit = |count: &str, one: &'static str, many: &'static str| {
        cardinal(count).and(if count.trim_start_matches('0') == "1" { one } else { many })
    };
    let said = unit(minutes, "minute", "minutes");
    if seconds.is_empty() {
        return Some(said);
    }
    Some(said.then(unit(seconds, "second", "seconds")))
}

/// Time zones by name, which go on with the sentence.
const ZONES: &[&str] = &[
    "Eastern",
    "Central",
    "Mountain",
    "Pacific",
    "Greenwich",
    "Atlantic",
    "London",
    "Berlin",
    "Today",
    "Tomorrow",
];
