//! Events (VEVENT, RFC 5545 §3.6.1): when they begin and end, and how they recur.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::Zone;

use super::IcalError;
use super::content::{Content, unescaped};
use super::recurrence::Recurrence;
use crate::clock::{days_between, days_on, moment};

/// Most dates that one event leaves out, or adds.
const MOST_DATES: usize = 10_000;
/// Longest event: a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 3600);

/// An event that takes time.
pub(super) struct Event {
    pub(super) start: Start,
    pub(super) length: Length,
    pub(super) recurrence: Option<Recurrence>,
    /// Beginnings that are left out: EXDATE, and those that another event takes the place of.
    pub(super) left_out: Vec<Moment>,
    pub(super) summary: String,
    pub(super) uid: String,
    /// Whose place it takes: RECURRENCE-ID.
    pub(super) in_place_of: Option<Moment>,
}

/// When an event begins.
pub(super) struct Start {
    /// On the wall of `rules`.
    pub(super) at: DateTime,
    pub(super) rules: TimeZone,
    /// A date alone: the whole day.
    pub(super) all_day: bool,
}

impl Start {
    pub(super) fn on(&self, date: Date) -> Moment {
        moment(&self.rules, date.to_datetime(self.at.time()))
    }
}

/// How long an event takes.
#[derive(Clone, Copy)]
pub(super) enum Length {
    /// Whole days of the wall, also where clocks change.
    Days(i64),
    /// Time.
    Exact(Duration),
}

/// The event that these lines say; `None` for one that takes no time: cancelled, transparent, or without length.
pub(super) fn event(
    lines: &[Content],
    begin: usize,
    zone: &Zone,
) -> Result<Option<Event>, IcalError> {
    let one = |name: &str| lines.iter().find(|content| content.name == name);
    let says = |name: &str, word: &str| {
        one(name).is_some_and(|content| content.value.trim().eq_ignore_ascii_case(word))
    };
    let in_place_of = match one("RECURRENCE-ID") {
        Some(content) => Some(start(content, &content.value, zone)?).map(|it| it.on(it.at.date())),
        None => None,
    };
    let is_free = says("STATUS", "CANCELLED") || says("TRANSP", "TRANSPARENT");
    if is_free && in_place_of.is_none() {
        return Ok(None);
    }
    let first = one("DTSTART").ok_or_else(|| {
        IcalError::new(begin, "an event without DTSTART: it must say when it begins")
    })?;
    let starts = start(first, &first.value, zone)?;
    let length = if is_free {
        Length::Exact(Duration::ZERO) // It only takes the place of another.
    } else {
        length(&starts, one("DTEND"), one("DURATION"), zone)?
    };
    let mut left_out = Vec::new();
    for content in lines.iter().filter(|content| content.name == "EXDATE") {
        for value in content.value.split(',') {
            let date = start(content, value, zone)?;
            left_out.push(date.on(date.at.date()));
            if left_out.len() > MOST_DATES {
                return Err(content.wrong(format!("more than {MOST_DATES} dates")));
            }
        }
    }
    if let Some(content) = one("RDATE") {
        return Err(
            content.wrong("dates that are added one by one aren't read: use RRULE or events")
        );
    }
    let recurrence = match one("RRULE") {
        Some(content) => Some(Recurrence::read(content, &starts)?),
        None => None,
    };
    let text = |name: &str| one(name).map_or_else(String::new, |it| unescaped(it.value.trim()));
    let (summary, uid) = (text("SUMMARY"), text("UID"));
    Ok(Some(Event { start: starts, length, recurrence, left_out, summary, uid, in_place_of }))
}

fn length(
    starts: &Start,
    end: Option<&Content>,
    duration: Option<&Content>,
    zone: &Zone,
) -> Result<Length, IcalError> {
    if let Some(content) = end {
        let end = start(content, &content.value, zone)?;
        if starts.all_day && end.all_day {
            let days = days_between(starts.at.date(), end.at.date());
            return Ok(Length::Days(days.clamp(0, 36_600)));
        }
        let (from, until) = (starts.on(starts.at.date()), end.on(end.at.date()));
        return Ok(Length::Exact(until.since(from).min(LONGEST)));
    }
    if let Some(content) = duration {
        let length = read_duration(content.value.trim());
        return length.ok_or_else(|| content.wrong("not a duration, as P1D or PT1H30M"));
    }
    // RFC 5545 §3.6.1: a date alone is that day, a time alone takes none.
    Ok(if starts.all_day { Length::Days(1) } else { Length::Exact(Duration::ZERO) })
}

/// DURATION (RFC 5545 §3.3.6): `P1W`, `P2D`, `PT1H30M`. Negative ones take no time.
fn read_duration(text: &str) -> Option<Length> {
    if text.strip_prefix('-').is_some_and(|rest| rest.starts_with('P')) {
        return Some(Length::Exact(Duration::ZERO));
    }
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (dates, times) = rest.split_once('T').unwrap_or((rest, ""));
    let count = |text: &str, units: &[(char, u64)]| -> Option<u64> {
        let (mut total, mut number) = (0u64, String::new());
        for character in text.chars() {
            if character.is_ascii_digit() {
                number.push(character);
                continue;
            }
            let (_, unit) = units.iter().find(|(letter, _)| *letter == character)?;
            total = total.saturating_add(number.parse::<u64>().ok()?.saturating_mul(*unit));
            number.clear();
        }
        number.is_empty().then_some(total)
    };
    if rest.is_empty() || rest == "T" {
        return None;
    }
    let days = count(dates, &[('W', 7), ('D', 1)])?;
    let seconds = count(times, &[('H', 3600), ('M', 60), ('S', 1)])?;
    if seconds == 0 {
        return Some(Length::Days(i64::try_from(days.min(36_600)).ok()?));
    }
    let total = Duration::from_secs(days.saturating_mul(24 * 3600).saturating_add(seconds));
    Some(Length::Exact(total.min(LONGEST)))
}

/// DATE or DATE-TIME (RFC 5545 §3.3.4 and §3.3.5): in UTC, in the zone of TZID, or on the wall of `zone`.
pub(super) fn start(content: &Content, value: &str, zone: &Zone) -> Result<Start, IcalError> {
    let value = value.trim();
    let wrong =
        || content.wrong(format!("'{value}' is not a time: use 20261224, 20261224T180000 or …Z"));
    let (written, in_utc) = match value.strip_suffix(['Z', 'z']) {
        Some(written) => (written, true),
        None => (value, false),
    };
    let (date, time) = match written.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (written, None),
    };
    let date = read_date(date).ok_or_else(wrong)?;
    let clock = match time {
        Some(time) => read_time(time).ok_or_else(wrong)?,
        None => Time::MIN,
    };
    let rules = match content.parameter("TZID") {
        _ if in_utc => TimeZone::UTC,
        Some(named) => zone_of(content, named)?.rules(),
        None => zone.rules(),
    };
    Ok(Start { at: date.to_datetime(clock), rules, all_day: time.is_none() })
}

/// The zone of a TZID: an IANA name, also behind a prefix, as `/freeassociation.sourceforge.net/Europe/Lisbon`.
fn zone_of(content: &Content, named: &str) -> Result<Zone, IcalError> {
    let mut rest = named.trim().trim_start_matches('/');
    loop {
        if let Ok(zone) = rest.parse() {
            return Ok(zone);
        }
        let Some((_, behind)) = rest.split_once('/') else {
            let what = "is not a time zone: TZID must be an IANA name, as America/Sao_Paulo";
            return Err(content.wrong(format!("'{named}' {what}")));
        };
        rest = behind;
    }
}

fn read_date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<i8>().ok();
    // A leap second is the one before it.
    Time::new(part(0..2)?, part(2..4)?, part(4..6)?.min(59), 0).ok()
}

impl Event {
    /// When an occurrence that begins on this date ends.
    pub(super) fn end_of(&self, date: Date) -> Moment {
        match self.length {
            Length::Days(days) => self.start.on(days_on(date, days)),
            Length::Exact(length) => self.start.on(date) + length,
        }
    }
}
