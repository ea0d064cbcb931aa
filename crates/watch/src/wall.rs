//! What a date and a time of day on the wall mean as a moment, also where the clock is put forward or back.
//!
//! A time that is skipped (RFC 5545 §3.3.5: nonexistent) is the moment of the jump; one that comes twice is the first. So that
//! moments come in the order of the times on the wall. Never asks what time it is.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::Moment;

/// When that is; `None` past the year 9999.
pub(crate) fn moment(rules: &TimeZone, at: DateTime) -> Option<Moment> {
    let found = match rules.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(at).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(at).ok()?,
        AmbiguousOffset::Gap { after, .. } => {
            // Read by the later offset it lies before the jump, and the jump is the next change of the rules.
            let earlier = after.to_timestamp(at).ok()?;
            rules.following(earlier).next()?.timestamp()
        }
    };
    Some(Moment::from(found))
}

/// Date and time on the wall then.
pub(crate) fn reading(rules: &TimeZone, at: Moment) -> DateTime {
    rules.to_datetime(at.timestamp())
}

/// So many days on, or back; `None` outside the calendar.
pub(crate) fn days_on(date: Date, days: i64) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;
    use model::oncall::Zone;

    fn at(zone: &str, at: DateTime) -> String {
        let rules = zone.parse::<Zone>().expect("a zone").rules();
        moment(&rules, at).expect("within the calendar").iso8601()
    }

    #[test]
    fn a_skipped_time_is_the_jump_and_a_doubled_one_the_first() {
        let spring = civil::date(2027, 3, 14);
        assert_eq!(at("America/New_York", spring.at(2, 30, 0, 0)), "2027-03-14T07:00:00Z");
        let autumn = civil::date(2027, 11, 7);
        assert_eq!(at("America/New_York", autumn.at(1, 30, 0, 0)), "2027-11-07T05:30:00Z");
        let moved = civil::date(2011, 12, 30);
        assert_eq!(at("Pacific/Apia", moved.at(9, 0, 0, 0)), "2011-12-30T10:00:00Z");
    }
}
