//! Dates: American (`10/12/2019`), ISO 8601 (`2019-10-12`), with a named month (`Jan. 5th, 2019`, `5 January`).

use super::atoms::{Found, Here};
use super::numbers::{ordinal, year};
use super::said::Said;

/// A day that may exist.
#[derive(Clone, Copy, Debug)]
pub(super) struct Date<'t> {
    /// 1 to 12.
    pub(super) month: usize,
    /// One or two digits, 1 to 31.
    pub(super) day: &'t str,
    /// Two or four digits.
    pub(super) year: Option<&'t str>,
}

impl<'t> Date<'t> {
    /// A date of these digits, if there is such a month and day.
    pub(super) fn new(month: &str, day: &'t str, year: Option<&'t str>) -> Option<Date<'t>> {
        let month: usize = month.parse().ok().filter(|it| (1..=12).contains(it))?;
        let valid = day.len() <= 2 && day.parse::<u8>().is_ok_and(|it| (1..=31).contains(&it));
        let year_valid = year.is_none_or(|it| matches!(it.len(), 2 | 4));
        (valid && year_valid).then_some(Date { month, day, year })
    }

    /// "October twelfth, twenty nineteen".
    pub(super) fn spoken(self) -> Said {
        let said = Said::of(MONTHS[self.month - 1].0).then(ordinal(self.day));
        match self.year {
            Some(year) => with_year(said, year),
            None => said,
        }
    }
}

/// The year after a day, with the pause between them. Two digits are of this century up to 68, as POSIX has it.
fn with_year(mut said: Said, digits: &str) -> Said {
    said.mark(',');
    said.then(full_year(digits))
}

/// A year of two or four digits.
pub(super) fn full_year(digits: &str) -> Said {
    match (digits.len(), digits.parse::<u16>()) {
        (2, Ok(short)) if short <= 68 => year(&(2000 + short).to_string()),
        (2, Ok(short)) => year(&(1900 + short).to_string()),
        _ => year(digits),
    }
}

/// The number of a month by its name or abbreviation, 1 to 12.
pub(super) fn month(word: &str) -> Option<usize> {
    let found = MONTHS.iter().position(|(name, short)| {
        word.eq_ignore_ascii_case(name)
            || short.iter().any(|short| word.eq_ignore_ascii_case(short))
    });
    found.map(|index| index + 1).filter(|_| word.starts_with(char::is_uppercase))
}

/// The name of a month, 1 to 12.
pub(super) fn month_name(month: usize) -> Option<&'static str> {
    MONTHS.get(month.checked_sub(1)?).map(|(name, _)| *name)
}

/// Every date.
pub(super) fn date(here: Here<'_>) -> Option<Found> {
    if here.digits(0).is_some() {
        return numeric(here).or_else(|| day_and_month(here)).or_else(|| short(here));
    }
    here.word(0)?;
    weekday(here).or_else(|| named(here))
}

/// `10/12/2019`, `12/25/19`, `2019-10-12`, `5.1.2019`.
fn numeric(here: Here<'_>) -> Option<Found> {
    let (first, second, third) = (here.digits(0)?, here.joined_digits(2)?, here.joined_digits(4)?);
    let separator = here.symbol(1).filter(|it| matches!(it, '/' | '-' | '.'))?;
    if !here.joined(1) || !here.joined_is(3, separator) || goes_on(here, 5, separator) {
        return None;
    }
    let date = match (first.len(), second.len(), third.len(), separator) {
        (4, 1 | 2, 1 | 2, '/' | '-') => Date::new(second, third, Some(first))?,
        (1 | 2, 1 | 2, 4, '.') => Date::new(second, first, Some(third))?,
        (1 | 2, 1 | 2, 4, _) | (1 | 2, 1 | 2, 2, '/') => {
            let american = Date::new(first, second, Some(third));
            american.or_else(|| Date::new(second, first, Some(third)))?
        }
        _ => return None,
    };
    let mut said = date.spoken();
    let is_moment = here.joined_word(5) == Some("T");
    if let Some(time) = super::times::time(here.further(6)).filter(|_| is_moment) {
        said.mark(',');
        return Some(Found::quantity(6 + time.atoms, said.then(time.said)));
    }
    Some(Found::quantity(5, said))
}

fn goes_on(here: Here<'_>, offset: isize, separator: char) -> bool {
    here.joined_is(offset, separator) && here.joined(offset + 1)
}

/// `10/12` where the words say that a day is meant.
fn short(here: Here<'_>) -> Option<Found> {
    let (month, day) = (here.digits(0)?, here.joined_digits(2)?);
    let dot = isize::from(here.is(-1, '.') && here.joined(-1));
    let before = here.word(-1 - dot).map(str::to_lowercase).unwrap_or_default();
    if EXPIRES.contains(&before.as_str()) && second_is_year(month, day) {
        let name = month_name(month.parse().ok()?)?;
        return Some(Found::quantity(3, Said::of(name).then(full_year(day))));
    }
    let meant = DAYS.contains(&before.as_str())
        || (month.starts_with('0') && month.len() == 2)
        || (matches!(here.word(3), Some("at" | "between")) && !here.joined(3));
    let valid = here.joined_is(1, '/') && !goes_on(here, 3, '/') && !here.joined_is(3, '%');
    let measured = here.word(3).is_some_and(|it| matches!(it, "of" | "cup" | "mile" | "inch"));
    let date = Date::new(month, day, None).filter(|_| valid && meant && !measured)?;
    Some(Found::quantity(3, date.spoken()))
}

/// Whether `month/year` is what stands on a card.
fn second_is_year(month: &str, year: &str) -> bool {
    month.len() <= 2 && year.len() == 2 && month.parse().is_ok_and(|it: u8| (1..=12).contains(&it))
}

/// `Jan. 5th, 2019`, `May 5`, `Oct 12-14`, `January 2019`.
fn named(here: Here<'_>) -> Option<Found> {
    let month = month(here.word(0)?)?;
    let mut at = if here.joined_is(1, '.') { 2 } else { 1 };
    let name = MONTHS[month - 1].0;
    let digits = here.digits(at).filter(|_| !here.joined(at))?;
    if digits.len() == 4 && ("1100".."2200").contains(&digits) {
        return Some(Found::quantity(at as usize + 1, Said::of(name).then(year(digits))));
    }
    let date = Date::new(&month.to_string(), digits, None)?;
    let mut said = date.spoken();
    if here.joined_is(at + 1, ':') || (here.joined_is(at + 1, '.') && here.joined(at + 2)) {
        return None;
    }
    at += 1;
    at += suffix(here, at);
    if let Some((until, atoms)) = day_after_dash(here, at) {
        said = said.and("to").then(ordinal(until));
        at += atoms;
    }
    Some(closed(here, said, at))
}

/// The second day of `12-14` or `12th – 14th`, and its atoms.
fn day_after_dash(here: Here<'_>, at: isize) -> Option<(&str, isize)> {
    let dash = here.is(at, '-') || here.is(at, '–');
    let day = here.digits(at + 1).filter(|_| dash)?;
    Date::new("1", day, None)?;
    (!here.joined_is(at + 2, ':') && !here.joined_is(at + 2, '/'))
        .then(|| (day, 2 + suffix(here, at + 2)))
}

/// How many atoms the `th` of a day takes.
fn suffix(here: Here<'_>, at: isize) -> isize {
    isize::from(
        here.joined_word(at).is_some_and(|it| {
            matches!(it.to_ascii_lowercase().as_str(), "st" | "nd" | "rd" | "th")
        }),
    )
}

/// `said`, with the year that follows the day at `at`.
fn closed(here: Here<'_>, said: Said, at: isize) -> Found {
    let comma = isize::from(here.joined_is(at, ','));
    let digits =
        here.digits(at + comma).filter(|it| it.len() == 4 && ("1100".."2200").contains(it));
    let is_year = !here.joined(at + comma) && !here.joined_is(at + comma + 1, ':');
    match digits.filter(|_| is_year) {
        Some(year) => Found::quantity((at + comma + 1) as usize, with_year(said, year)),
        None => Found::quantity(at as usize, said),
    }
}

/// `5 January`, `5th of May, 2019`.
fn day_and_month(here: Here<'_>) -> Option<Found> {
    let day = here.digits(0)?;
    let mut at = 1 + suffix(here, 1);
    let of = here.word(at) == Some("of");
    at += isize::from(of);
    let month = month(here.word(at).filter(|_| !here.joined(at))?)?;
    let date = Date::new(&month.to_string(), day, None)?;
    // "may" and "march" are verbs, and "Sun" and "Dec" begin other words.
    if here.digits(at + 1).is_some_and(|it| it.len() <= 2) && !of {
        return None;
    }
    at += 1 + isize::from(here.joined_is(at + 1, '.') && !here.ends(at + 2));
    let said = if of { ordinal(day).and("of").and(MONTHS[month - 1].0) } else { date.spoken() };
    Some(closed(here, said, at))
}

/// `Mon, Jan 5`, `Tue. 10/12`, `Mon-Fri`.
fn weekday(here: Here<'_>) -> Option<Found> {
    let name = weekday_name(here.word(0)?)?;
    let dot = isize::from(here.joined_is(1, '.'));
    let comma = isize::from(here.joined_is(1 + dot, ','));
    let next = 1 + dot + comma;
    let dated = here.digits(next).is_some()
        || here.word(next).is_some_and(|it| month(it).is_some() || it == "at");
    let dash = here.is(1 + dot, '-') || here.is(1 + dot, '–');
    let ranged = dash && here.word(2 + dot).is_some_and(|it| weekday_name(it).is_some());
    let after_range = here.after_quantity && (here.is(-1, '-') || here.is(-1, '–'));
    if !(dated || ranged || after_range || dot == 1) {
        return None;
    }
    // The comma stays for the rule of marks. A dot at the end is the sentence's too.
    let taken = if dot == 1 && here.ends(2) { 1 } else { 1 + dot };
    Some(Found::quantity(taken as usize, Said::of(name)))
}

fn weekday_name(word: &str) -> Option<&'static str> {
    WEEKDAYS.iter().find(|(_, short)| short.contains(&word)).map(|(name, _)| *name)
}

/// Whether this names a day, so that a dash before it is "to".
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|(name, short)| *name == word || short.contains(&word))
}

/// Words after which `10/12` is a day.
const DAYS: &[&str] = &[
    "on",
    "by",
    "until",
    "before",
    "after",
    "since",
    "from",
    "to",
    "through",
    "due",
    "between",
    "date",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "appointment",
    "week",
    "starting",
    "effective",
];

/// Words after which `09/27` is a month and a year.
const EXPIRES: &[&str] = &["expires", "expiring", "expiration", "expiry", "exp", "thru", "valid"];

const WEEKDAYS: &[(&str, &[&str])] = &[
    ("Monday", &["Mon"]),
    ("Tuesday", &["Tue", "Tues"]),
    ("Wednesday", &["Wed"]),
    ("Thursday", &["Thu", "Thur", "Thurs"]),
    ("Friday", &["Fri"]),
    ("Saturday", &["Sat"]),
    ("Sunday", &["Sun"]),
];

const MONTHS: &[(&str, &[&str])] = &[
    ("January", &["Jan"]),
    ("February", &["Feb"]),
    ("March", &["Mar"]),
    ("April", &["Apr"]),
    ("May", &[]),
    ("June", &["Jun"]),
    ("July", &["Jul"]),
    ("August", &["Aug"]),
    ("September", &["Sep", "Sept"]),
    ("October", &["Oct"]),
    ("November", &["Nov"]),
    ("December", &["Dec"]),
];
