//! The five fields of crontab(5), and when they are due next in a time zone.
//!
//! Read as Debian's cron reads them: lists, ranges, steps, names of months and days, `@daily` and its kin; where both the
//! day of the month and that of the week are restricted, either will do. A time that the clock skips is due when it jumps,
//! one that comes twice the first time only. Never asks what time it is.

mod field;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::Zone;

use crate::wall;
use field::{DAY, Field, HOUR, MINUTE, MONTH, WEEKDAY};

/// How far ahead the next time is looked for, in years. The rarest that there is, 29 February on one day of the week, may be
/// 40 years away where a year like 2100 lies between.
const YEARS_AHEAD: i16 = 41;

/// Times by the fields of crontab(5), as `0 3 * * 1-5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    /// Bit 0 is Sunday.
    weekdays: u64,
    /// Both fields of days are restricted, so that either will do.
    either: bool,
    written: String,
}

/// Why a text is no time of cron.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCron {
    /// Write all five: minute, hour, day of the month, month, day of the week.
    #[error(
        "'{0}' has {1} fields, and cron takes five: minute, hour, day of the month, month, day of the week, as '0 3 * * 1-5'"
    )]
    Fields(String, usize),
    /// Write one of those that there are, or five fields.
    #[error(
        "'{0}' is none of cron's words: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"
    )]
    Word(String),
    /// Mend that field.
    #[error("'{part}' can't be the {field}: {takes}")]
    Field {
        /// Which of the five.
        field: &'static str,
        /// What stands there.
        part: String,
        /// What may stand there.
        takes: String,
    },
    /// Choose a day that those months have.
    #[error("'{0}' is never: none of its months has such a day")]
    Never(String),
}

impl FromStr for Cron {
    type Err = InvalidCron;

    fn from_str(text: &str) -> Result<Cron, InvalidCron> {
        let written = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let fields = if written.starts_with('@') { word(&written)? } else { written.as_str() };
        let parts: Vec<&str> = fields.split(' ').filter(|part| !part.is_empty()).collect();
        let [minute, hour, day, month, weekday] = parts[..] else {
            return Err(InvalidCron::Fields(written.clone(), parts.len()));
        };
        let (days, weekdays) = (DAY.read(day)?, WEEKDAY.read(weekday)?);
        let cron = Cron {
            minutes: MINUTE.read(minute)?,
            hours: HOUR.read(hour)?,
            days,
            months: MONTH.read(month)?,
            // 7 is Sunday as well.
            weekdays: (weekdays | weekdays >> 7) & 0x7f,
            either: !Field::is_open(day) && !Field::is_open(weekday),
            written: written.clone(),
        };
        if cron.is_ever() { Ok(cron) } else { Err(InvalidCron::Never(written)) }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Cron {
    /// The first time later than `after`, by the clock on the wall of `zone`; `None` past the year 9999.
    pub fn next(&self, after: Moment, zone: &Zone) -> Option<Moment> {
        let rules = zone.rules();
        let wall = wall::reading(&rules, after);
        let last_year = wall.year().saturating_add(YEARS_AHEAD);
        let mut date = wall.date();
        // Moments come in the order of the times on the wall, so nothing before this hour can be later than `after`.
        let mut from_hour = wall.hour();
        while date.year() <= last_year {
            if has(self.months, date.month()) {
                if self.falls_on(date)
                    && let Some(due) = self.first_on(&rules, date, from_hour, after)
                {
                    return Some(due);
                }
                date = date.tomorrow().ok()?;
            } else {
                date = date.last_of_month().tomorrow().ok()?;
            }
            from_hour = 0;
        }
        None
    }

    /// The first of that date from that hour on which is later than `after`.
    fn first_on(&self, rules: &TimeZone, date: Date, hour: i8, after: Moment) -> Option<Moment> {
        let hours = (hour..24).filter(|hour| has(self.hours, *hour));
        let times = hours.flat_map(|hour| {
            let minutes = (0..60).filter(|minute| has(self.minutes, *minute));
            minutes.map(move |minute| date.at(hour, minute, 0, 0))
        });
        let mut moments = times.filter_map(|time| wall::moment(rules, time));
        moments.find(|moment| *moment > after)
    }

    fn falls_on(&self, date: Date) -> bool {
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        if self.either { day || weekday } else { day && weekday }
    }

    /// Whether there is such a day in any year.
    fn is_ever(&self) -> bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut months = (1i8..).zip(longest).filter(|(month, _)| has(self.months, *month));
        self.either || months.any(|(_, days)| (1..=days).any(|day| has(self.days, day)))
    }
}

/// What a word of cron stands for.
fn word(written: &str) -> Result<&'static str, InvalidCron> {
    match written.to_ascii_lowercase().as_str() {
        "@hourly" => Ok("0 * * * *"),
        "@daily" | "@midnight" => Ok("0 0 * * *"),
        "@weekly" => Ok("0 0 * * 0"),
        "@monthly" => Ok("0 0 1 * *"),
        "@yearly" | "@annually" => Ok("0 0 1 1 *"),
        _ => Err(InvalidCron::Word(written.to_owned())),
    }
}

/// Whether the set has that number.
fn has(set: u64, number: i8) -> bool {
    set >> number & 1 == 1
}

#[cfg(test)]
mod tests;
