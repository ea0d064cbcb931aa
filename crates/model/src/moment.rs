//! A point in time, as a value that is handed in.
//!
//! Pure crates never ask a clock: the engine (or a test) passes a [`Moment`].

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

/// A point in time in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Moment(i64);

impl Moment {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Moment = Moment(0);

    /// A moment from microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Moment {
        Moment(micros)
    }

    /// A moment from milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Moment {
        Moment(millis.saturating_mul(1000))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Time passed since `earlier`; zero if `earlier` is later (a clock may jump back).
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 2822, as the 2010-04-01 API prints it: `Thu, 24 Aug 2023 05:01:45 +0000`.
    pub fn rfc2822(self) -> String {
        self.format("%a, %d %b %Y %H:%M:%S +0000")
    }

    /// ISO 8601 in UTC with seconds: `2015-07-30T20:00:00Z`.
    pub fn iso8601(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    /// For calendars and time zones; beyond the year 9999 it is the last moment of that.
    pub fn timestamp(self) -> jiff::Timestamp {
        let beyond = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(beyond)
    }

    fn format(self, pattern: &str) -> String {
        self.timestamp().strftime(pattern).to_string()
    }
}

impl From<jiff::Timestamp> for Moment {
    fn from(timestamp: jiff::Timestamp) -> Moment {
        Moment(timestamp.as_microsecond())
    }
}

/// The text is no time with a zone. Write it as `2026-11-23T09:00:00Z` or `2026-11-23T09:00:00-03:00`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time: write it as 2026-11-23T09:00:00Z or 2026-11-23T09:00:00-03:00")]
pub struct InvalidMoment(pub String);

impl FromStr for Moment {
    type Err = InvalidMoment;

    /// RFC 3339, with `Z` or an offset.
    fn from_str(text: &str) -> Result<Moment, InvalidMoment> {
        let timestamp: Result<jiff::Timestamp, _> = text.trim().parse();
        timestamp.map(Moment::from).map_err(|_| InvalidMoment(text.to_owned()))
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, for_: Duration) -> Moment {
        let micros = i64::try_from(for_.as_micros()).unwrap_or(i64::MAX);
        Moment(self.0.saturating_add(micros))
    }
}

impl Sub<Duration> for Moment {
    type Output = Moment;

    fn sub(self, for_: Duration) -> Moment {
        let micros = i64::try_from(for_.as_micros()).unwrap_or(i64::MAX);
        Moment(self.0.saturating_sub(micros))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_print_as_on_the_wire() {
        let moment = Moment::from_millis(1_692_853_305_000);
        assert_eq!(moment.rfc2822(), "Thu, 24 Aug 2023 05:01:45 +0000");
        assert_eq!(moment.iso8601(), "2023-08-24T05:01:45Z");
    }

    #[test]
    fn a_clock_that_jumps_back_gives_no_negative_time() {
        let later = Moment::EPOCH + Duration::from_secs(5);
        assert_eq!(Moment::EPOCH.since(later), Duration::ZERO);
        assert_eq!(later.since(Moment::EPOCH), Duration::from_secs(5));
    }

    #[test]
    fn far_moments_saturate() {
        assert_eq!(Moment::from_micros(i64::MAX) + Duration::MAX, Moment::from_micros(i64::MAX));
        assert!(!Moment::from_micros(i64::MAX).rfc2822().is_empty());
    }
}
