//! Dates as list filters name them: a day, or a moment, each as an equation or an inequality.
//!
//! `StartTime=2026-01-01` is that day, `StartTime>=2026-01-01` (a parameter whose name ends in `>`) is from it on, and
//! `StartTime<=…` is up to it. All in UTC unless the date names a zone. What is printed has whole seconds, so a bound
//! above includes its second. Pure: no clock is read.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::Moment;
use store::DateRange;

use crate::errors::ApiError;
use crate::params::Params;

/// What one second on the wire stands for.
const SECOND: Duration = Duration::from_secs(1);

/// The text is no date. Write `2026-01-31` or `2026-01-31T12:00:00Z`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is '{text}', which is no date: write 2026-01-31 or 2026-01-31T12:00:00Z")]
pub(crate) struct BadDate {
    name: String,
    text: String,
}

impl From<BadDate> for ApiError {
    fn from(error: BadDate) -> ApiError {
        ApiError::invalid(error.to_string())
    }
}

/// The range that `name`, `name>` and `name<` ask for.
pub(crate) fn range(params: &Params, name: &str) -> Result<DateRange, BadDate> {
    let bound = |suffix: &str| {
        let name = format!("{name}{suffix}");
        let Some(text) = params.text(&name) else { return Ok(None) };
        let bad = || BadDate { name: name.clone(), text: text.to_owned() };
        read(text).map(Some).ok_or_else(bad)
    };
    let mut range = match bound("")? {
        Some(Bound::Day(midnight)) => DateRange::on(midnight),
        Some(Bound::Moment(at)) => DateRange { after: Some(at), before: Some(at + SECOND) },
        None => DateRange::default(),
    };
    if let Some(from) = bound(">")? {
        range.after = Some(from.moment());
    }
    if let Some(until) = bound("<")? {
        range.before = Some(until.moment() + SECOND);
    }
    Ok(range)
}

/// One moment; a day alone is none.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    match read(text.trim())? {
        Bound::Day(_) => None,
        Bound::Moment(at) => Some(at),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// Midnight at its beginning.
    Day(Moment),
    Moment(Moment),
}

impl Bound {
    fn moment(self) -> Moment {
        match self {
            Bound::Day(at) | Bound::Moment(at) => at,
        }
    }
}

fn read(text: &str) -> Option<Bound> {
    if text.len() == "2026-01-31".len()
        && let Ok(day) = text.parse::<Date>()
    {
        return utc(day.to_datetime(jiff::civil::Time::midnight())).map(Bound::Day);
    }
    let timestamp = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| rfc2822::parse(text).ok().map(|zoned: Zoned| zoned.timestamp()));
    match timestamp {
        Some(timestamp) => Some(Bound::Moment(Moment::from_micros(timestamp.as_microsecond()))),
        None => utc(text.parse::<DateTime>().ok()?).map(Bound::Moment),
    }
}

fn utc(at: DateTime) -> Option<Moment> {
    let zoned = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Moment::from_micros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(query: &str) -> (Option<String>, Option<String>) {
        let range = range(&Params::read(query.as_bytes()), "StartTime").expect("a range");
        (range.after.map(Moment::iso8601), range.before.map(Moment::iso8601))
    }

    fn both(after: &str, before: &str) -> (Option<String>, Option<String>) {
        (Some(after.to_owned()), Some(before.to_owned()))
    }

    #[test]
    fn a_day_is_its_twenty_four_hours() {
        assert_eq!(
            asked("StartTime=2024-02-29"),
            both("2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z")
        );
    }

    #[test]
    fn inequalities_include_what_they_name() {
        assert_eq!(
            asked("StartTime%3E=2026-01-01&StartTime%3C=2026-01-02T03:04:05Z"),
            both("2026-01-01T00:00:00Z", "2026-01-02T03:04:06Z")
        );
        assert_eq!(asked("StartTime>2026-01-01").0.as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(asked(""), (None, None));
    }

    #[test]
    fn a_moment_is_read_in_the_forms_that_clients_use() {
        for text in [
            "2019-06-11T22:05:25Z",
            "2019-06-12T00:05:25%2B02:00",
            "2019-06-11 22:05:25.000",
            "2019-06-11T22:05:25",
            "Tue, 11 Jun 2019 22:05:25 %2B0000",
        ] {
            let after = asked(&format!("StartTime>={text}")).0;
            assert_eq!(after.as_deref(), Some("2019-06-11T22:05:25Z"), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused_by_name() {
        let params = Params::read(b"StartTime>=yesterday");
        let error = range(&params, "StartTime").expect_err("no date");
        assert!(error.to_string().contains("StartTime> is 'yesterday'"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = read(&text);
        }
    }
}
