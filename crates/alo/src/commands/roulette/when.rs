//! Times as people write and read them: spans (`2h`), moments (`mon 09:00`), handoffs, hours of the week.
//!
//! Without a zone of its own, a time is meant in the rota's. Nothing here asks the clock: `now` is an argument.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, ToSpan, Zoned};
use model::oncall::{Window, Zone};

use crate::commands::Usage;

/// How a moment can be written.
const MOMENTS: &str =
    "write now, 2h, 21:00, tomorrow 09:00, mon 09:00, 2026-11-24 09:00 or 2026-11-24T12:00:00Z";

/// Days as they are written, and what they mean.
const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// How long: `2h`, `30m`, `1 week`.
pub(super) fn span(text: &str) -> Result<Duration, Usage> {
    let wrong = || Usage(format!("'{text}' is no length of time: write it as 30m, 2h or 1d"));
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    let length = Duration::try_from(length).map_err(|_| wrong())?;
    if length.is_zero() { Err(wrong()) } else { Ok(length) }
}

/// [`span`] in seconds, for the parser of the command line.
pub(super) fn seconds(text: &str) -> Result<u32, Usage> {
    let too_long = || Usage(format!("'{text}' is too long"));
    u32::try_from(span(text)?.as_secs()).map_err(|_| too_long())
}

/// [`span`] in minutes, likewise.
pub(super) fn minutes(text: &str) -> Result<u32, Usage> {
    let seconds = seconds(text)?;
    if seconds < 60 {
        return Err(Usage(format!("'{text}' is less than a minute: write it as 30m, 2h or 1d")));
    }
    Ok(seconds.div_ceil(60))
}

/// A moment; a time of day without a day is today's, and so is `mon 09:00` if today is Monday and it is still to come.
pub(super) fn moment(text: &str, now: &Zoned) -> Result<Timestamp, Usage> {
    let wrong = || Usage(format!("'{text}' is no time: {MOMENTS}"));
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Ok(now.timestamp());
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let here = |at: DateTime| Ok(at.to_zoned(now.time_zone().clone()).map_err(|_| wrong())?.into());
    // A date alone is its midnight.
    if let Ok(at) = text.parse::<DateTime>() {
        return here(at);
    }
    if let Ok(length) = span(text.trim_start_matches('+')) {
        return now.timestamp().checked_add(length).map_err(|_| wrong());
    }
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (Some(day), clock(time.trim())),
        None => clock(text).map_or((Some(text), Some(Time::midnight())), |time| (None, Some(time))),
    };
    let time = time.ok_or_else(wrong)?;
    let today = now.date();
    let date = match day.map(str::to_ascii_lowercase).as_deref() {
        None | Some("today") => today,
        Some("tomorrow") => today.tomorrow().map_err(|_| wrong())?,
        Some("yesterday") => today.yesterday().map_err(|_| wrong())?,
        Some(word) => coming(weekday(word).ok_or_else(wrong)?, time, now).ok_or_else(wrong)?,
    };
    here(date.to_datetime(time))
}

/// The day on which it is next this day of the week and that time.
fn coming(day: Weekday, time: Time, now: &Zoned) -> Option<Date> {
    let today = now.date();
    let is_today = today.weekday() == day && now.time() <= time;
    if is_today { Some(today) } else { today.nth_weekday(1, day).ok() }
}

/// A time of day: `09:00`.
fn clock(text: &str) -> Option<Time> {
    let shaped = text.contains(':') && text.bytes().all(|it| it.is_ascii_digit() || it == b':');
    shaped.then(|| text.parse().or_else(|_| format!("0{text}").parse()).ok()).flatten()
}

/// A day of the week, by three letters or more.
fn weekday(text: &str) -> Option<Weekday> {
    let text = text.to_ascii_lowercase();
    let known = |name: &str| text.len() >= 3 && name.starts_with(&text);
    DAYS.iter().find(|(name, _)| known(name)).map(|(_, day)| *day)
}

/// When duty changes: `mon 09:00`, `09:00`, or for months `1 09:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handoff {
    day: Option<HandoffDay>,
    /// Time of day.
    pub(super) at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HandoffDay {
    OfWeek(Weekday),
    OfMonth(i8),
}

/// How long a turn is, as far as its handoff goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Hours or days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
}

impl Handoff {
    /// Reads it.
    pub(super) fn read(text: &str) -> Result<Handoff, Usage> {
        let wrong = || {
            Usage(format!(
                "'{text}' is no handoff: write it as \"mon 09:00\", for days as 09:00, for months as \"1 09:00\""
            ))
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (day, at) = match words[..] {
            [at] => (None, at),
            [day, at] => (Some(day), at),
            _ => return Err(wrong()),
        };
        let at = clock(at).ok_or_else(wrong)?;
        let of_month = |day: &str| day.parse().ok().filter(|day| (1..=31).contains(day));
        let read = |day: &str| {
            let of_week = weekday(day).map(HandoffDay::OfWeek);
            of_week.or_else(|| of_month(day).map(HandoffDay::OfMonth)).ok_or_else(wrong)
        };
        Ok(Handoff { day: day.map(read).transpose()?, at })
    }

    /// Unless said: Mondays at nine, the first of the month at nine, each day at nine.
    pub(super) fn usual() -> Handoff {
        Handoff { day: None, at: Time::constant(9, 0, 0, 0) }
    }

    /// The last such day that is not after `now`, so that the first of the list is on duty at once.
    pub(super) fn last(self, pace: Pace, now: &Zoned) -> Result<Date, Usage> {
        let today = now.date();
        let latest = if now.time() < self.at { today.yesterday().unwrap_or(today) } else { today };
        let mismatch = |day: &str| {
            Err(Usage(format!(
                "a handoff on {day} doesn't go with such turns: see --handoff in the help"
            )))
        };
        match (self.day, pace) {
            (None, Pace::Day) => Ok(latest),
            (None, Pace::Week) => Ok(back_to(latest, Weekday::Monday)),
            (None, Pace::Month) => Ok(back_to_day(latest, 1)),
            (Some(HandoffDay::OfWeek(day)), Pace::Week) => Ok(back_to(latest, day)),
            (Some(HandoffDay::OfMonth(day)), Pace::Month) => Ok(back_to_day(latest, day)),
            (Some(HandoffDay::OfWeek(_)), Pace::Day | Pace::Month) => mismatch("a day of the week"),
            (Some(HandoffDay::OfMonth(_)), Pace::Day | Pace::Week) => {
                mismatch("a day of the month")
            }
        }
    }
}

fn back_to(latest: Date, day: Weekday) -> Date {
    let back = latest.weekday().since(day);
    latest.checked_sub(i64::from(back).days()).unwrap_or(latest)
}

/// The last day of this number that is not after `latest` and that its month has.
fn back_to_day(latest: Date, day: i8) -> Date {
    let months =
        (0..12).filter_map(|back: i64| latest.first_of_month().checked_sub(back.months()).ok());
    let days = months.filter_map(|first| Date::new(first.year(), first.month(), day).ok());
    days.into_iter().find(|date| *date <= latest).unwrap_or(latest)
}

/// Hours of the week: `mon-fri 09:00-18:00`, `sat,sun 10:00-14:00`, `22:00-06:00`.
pub(super) fn window(text: &str) -> Result<Window, Usage> {
    let wrong = || {
        Usage(format!(
            "'{text}' are no hours: write them as \"mon-fri 09:00-18:00\", \"sat,sun 10:00-14:00\" or 22:00-06:00"
        ))
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let (days, hours) = match words[..] {
        [hours] => (Vec::new(), hours),
        [days, hours] => (days_of(days).ok_or_else(wrong)?, hours),
        _ => return Err(wrong()),
    };
    let (from, until) = hours.split_once('-').ok_or_else(wrong)?;
    let until = if until == "24:00" { Some(Time::midnight()) } else { clock(until) };
    Ok(Window { days, from: clock(from).ok_or_else(wrong)?, until: until.ok_or_else(wrong)? })
}

fn days_of(text: &str) -> Option<Vec<Weekday>> {
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => days.push(weekday(part)?),
            Some((first, last)) => {
                let (mut day, last) = (weekday(first)?, weekday(last)?);
                days.push(day);
                while day != last {
                    day = day.next();
                    days.push(day);
                }
            }
        }
    }
    Some(days)
}

/// Hours of the week as they are written.
pub(super) fn window_shown(window: &Window) -> String {
    let short = |day: &Weekday| {
        let name = DAYS.iter().find(|(_, known)| known == day).map_or("", |(name, _)| name);
        name.chars().take(3).collect::<String>()
    };
    let days: Vec<String> = window.days.iter().map(short).collect();
    let time = |time: Time| time.strftime("%H:%M").to_string();
    let hours = format!("{}-{}", time(window.from), time(window.until));
    if days.is_empty() { hours } else { format!("{} {hours}", days.join(",")) }
}

/// A moment of the API as it is in a zone: `Mon 2026-11-23 09:00`.
pub(super) fn shown(text: &str, zone: &TimeZone) -> String {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string(),
        Err(_) => text.to_owned(),
    }
}

/// A length of time as people say it: `45 s`, `2 h 30 min`, `7 days`.
pub(super) fn length(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60 % 60, seconds / 3_600 % 24, seconds / 86_400);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() { format!("{seconds} s") } else { parts.join(" ") }
}

/// For the parser of the command line.
pub(super) fn zone(text: &str) -> Result<Zone, model::oncall::InvalidZone> {
    text.parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Monday, 23 November 2026, noon in São Paulo.
    fn now() -> Zoned {
        let now: Timestamp = "2026-11-23T15:00:00Z".parse().expect("a moment");
        now.to_zoned("America/Sao_Paulo".parse::<Zone>().expect("a zone").rules())
    }

    fn read(text: &str) -> Option<String> {
        moment(text, &now()).ok().map(|at| at.to_string())
    }

    #[test]
    fn moments_are_meant_in_the_zone_of_the_rota() {
        for (text, meant) in [
            ("now", "2026-11-23T15:00:00Z"),
            ("2h", "2026-11-23T17:00:00Z"),
            ("+30m", "2026-11-23T15:30:00Z"),
            ("21:00", "2026-11-24T00:00:00Z"),
            ("tomorrow 9:00", "2026-11-24T12:00:00Z"),
            ("mon 09:00", "2026-11-30T12:00:00Z"),
            ("monday 13:00", "2026-11-23T16:00:00Z"),
            ("fri", "2026-11-27T03:00:00Z"),
            ("2026-11-24", "2026-11-24T03:00:00Z"),
            ("2026-11-24 09:00", "2026-11-24T12:00:00Z"),
            ("2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["", "soon", "25:00", "mo 09:00", "2h ago", "tomorrow nine"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_read_and_nothing_is_no_span() {
        assert_eq!(minutes("2h").ok(), Some(120));
        assert_eq!(minutes("1h30m").ok(), Some(90));
        assert_eq!(minutes("1 week").ok(), Some(10_080));
        assert_eq!(seconds("20s").ok(), Some(20));
        for text in ["", "2", "-2h", "0h", "1 month", "two hours", "10s"] {
            assert!(minutes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rota_begins_at_the_last_handoff() {
        let begins = |text: &str, pace| {
            let handoff = Handoff::read(text).expect("a handoff");
            handoff.last(pace, &now()).map(|date| date.to_string()).ok()
        };
        assert_eq!(begins("mon 09:00", Pace::Week).as_deref(), Some("2026-11-23"));
        assert_eq!(begins("mon 13:00", Pace::Week).as_deref(), Some("2026-11-16"));
        assert_eq!(begins("tue 09:00", Pace::Week).as_deref(), Some("2026-11-17"));
        assert_eq!(begins("09:00", Pace::Day).as_deref(), Some("2026-11-23"));
        assert_eq!(begins("18:00", Pace::Day).as_deref(), Some("2026-11-22"));
        assert_eq!(begins("1 09:00", Pace::Month).as_deref(), Some("2026-11-01"));
        assert_eq!(begins("31 09:00", Pace::Month).as_deref(), Some("2026-10-31"));
        assert_eq!(begins("mon 09:00", Pace::Day), None);
        for text in ["", "mon", "32 09:00", "09:00 mon", "noon"] {
            assert!(Handoff::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hours_are_written_as_they_are_read() {
        let shown = |text: &str| window(text).map(|it| window_shown(&it)).ok();
        assert_eq!(
            shown("mon-fri 09:00-18:00").as_deref(),
            Some("mon,tue,wed,thu,fri 09:00-18:00")
        );
        assert_eq!(shown("sat-mon 8:00-24:00").as_deref(), Some("sat,sun,mon 08:00-00:00"));
        assert_eq!(shown("22:00-06:00").as_deref(), Some("22:00-06:00"));
        for text in ["", "mon-fri", "weekdays 09:00-18:00", "09:00", "09:00-25:00"] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,24}") {
            let _ = moment(&text, &now());
            let _ = window(&text);
            let _ = Handoff::read(&text);
            let _ = minutes(&text);
        }
    }
}
