//! From the clock on the wall to moments: what a date and a time of day mean in a zone, also where clocks jump.
//!
//! A time that a clock jumps over (RFC 5545 §3.3.5 calls it nonexistent) is when it jumps; one that it passes twice is the
//! first. Never asks what time it is.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::Moment;

/// The end of time, for what never ends.
pub(crate) const NEVER: Moment = Moment::from_micros(i64::MAX);
/// The beginning of time, for what always was.
pub(crate) const ALWAYS: Moment = Moment::from_micros(i64::MIN);

/// When that is; [`NEVER`] past the year 9999.
pub(crate) fn moment(rules: &TimeZone, at: DateTime) -> Moment {
    let found = match rules.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(at).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(at).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // By the later rules that time would lie before the jump: the next change of rules is the jump.
            let earlier = after.to_timestamp(at).ok();
            earlier.and_then(|earlier| rules.following(earlier).next()).map(|jump| jump.timestamp())
        }
    };
    found.map_or(NEVER, Moment::from)
}

/// The date and time on the wall at a moment.
pub(crate) fn wall(rules: &TimeZone, at: Moment) -> DateTime {
    rules.to_datetime(at.timestamp())
}

/// So many days later, or earlier; the last day of all where there is none.
pub(crate) fn days_on(date: Date, days: i64) -> Date {
    let beyond = if days < 0 { Date::MIN } else { Date::MAX };
    let Ok(span) = jiff::Span::new().try_days(days) else { return beyond };
    date.checked_add(span).unwrap_or(beyond)
}

/// So many months later: the same day, or the month's last.
pub(crate) fn months_on(date: Date, months: i64) -> Date {
    let Ok(span) = jiff::Span::new().try_months(months) else { return Date::MAX };
    date.checked_add(span).unwrap_or(Date::MAX)
}

/// Days from one date to another.
pub(crate) fn days_between(from: Date, until: Date) -> i64 {
    let days = (until - from).get_days();
    i64::from(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    fn at(zone: &str, date: civil::Date, hour: i8, minute: i8) -> String {
        let rules = zone.parse::<model::oncall::Zone>().expect("a zone").rules();
        moment(&rules, date.at(hour, minute, 0, 0)).iso8601()
    }

    #[test]
    fn a_time_that_the_clock_jumps_over_is_when_it_jumps() {
        let new_york = civil::date(2027, 3, 14);
        assert_eq!(at("America/New_York", new_york, 2, 30), "2027-03-14T07:00:00Z");
        let lisbon = civil::date(2027, 3, 28);
        assert_eq!(at("Europe/Lisbon", lisbon, 1, 30), "2027-03-28T01:00:00Z");
        // Half an hour is jumped over there.
        let lord_howe = civil::date(2027, 10, 3);
        assert_eq!(at("Australia/Lord_Howe", lord_howe, 2, 15), "2027-10-02T15:30:00Z");
        // A whole day was, when the date line was moved.
        assert_eq!(at("Pacific/Apia", civil::date(2011, 12, 30), 9, 0), "2011-12-30T10:00:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first() {
        let new_york = civil::date(2027, 11, 7);
        assert_eq!(at("America/New_York", new_york, 1, 30), "2027-11-07T05:30:00Z");
        let lord_howe = civil::date(2027, 4, 4);
        assert_eq!(at("Australia/Lord_Howe", lord_howe, 1, 45), "2027-04-03T14:45:00Z");
    }

    #[test]
    fn months_end_on_their_last_day() {
        let start = civil::date(2028, 1, 31);
        assert_eq!(months_on(start, 1), civil::date(2028, 2, 29));
        assert_eq!(months_on(start, 13), civil::date(2029, 2, 28));
        assert_eq!(months_on(start, 2), civil::date(2028, 3, 31));
        assert_eq!(months_on(start, i64::MAX), Date::MAX);
        assert_eq!(days_on(start, i64::MIN), Date::MIN);
    }
}
