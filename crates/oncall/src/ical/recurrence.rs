//! Recurrence (RRULE, RFC 5545 §3.3.10): by day, week, month and year, with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY,
//! BYMONTH and WKST. A rule with other parts is refused: half of one would say the wrong days.

use std::cell::Cell;

use jiff::civil::{Date, Weekday};
use model::Moment;

use super::IcalError;
use super::content::Content;
use super::event::Start;
use crate::clock::{days_between, days_on, months_on};

/// Most values of one part.
const MOST_VALUES: usize = 62;

/// A rule.
pub(super) struct Recurrence {
    frequency: Frequency,
    interval: u32,
    count: Option<u32>,
    until: Option<Until>,
    /// With the how-manieth of the month or year; 0: each.
    days: Vec<(i32, Weekday)>,
    month_days: Vec<i32>,
    months: Vec<i8>,
    week_starts: Weekday,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last possible beginning.
enum Until {
    Day(Date),
    Moment(Moment),
}

impl Recurrence {
    pub(super) fn read(content: &Content, start: &Start) -> Result<Recurrence, IcalError> {
        let mut rule = Recurrence {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            week_starts: Weekday::Monday,
        };
        let mut frequency = None;
        for part in content.value.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let wrong = || content.wrong(format!("'{part}' isn't understood"));
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(read_frequency(value).ok_or_else(wrong)?),
                "INTERVAL" => rule.interval = positive(value).ok_or_else(wrong)?,
                "COUNT" => rule.count = Some(positive(value).ok_or_else(wrong)?),
                "UNTIL" => rule.until = Some(read_until(content, value, start)?),
                "BYDAY" => rule.days = list(value, read_day).ok_or_else(wrong)?,
                "BYMONTHDAY" => {
                    rule.month_days = list(value, |text| within(text, 31)).ok_or_else(wrong)?;
                }
                "BYMONTH" => {
                    let month =
                        |text: &str| text.parse().ok().filter(|month| (1..=12).contains(month));
                    rule.months = list(value, month).ok_or_else(wrong)?;
                }
                "WKST" => rule.week_starts = weekday(value).ok_or_else(wrong)?,
                _ => {
                    let known = "FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and WKST";
                    return Err(content.wrong(format!("'{name}' isn't read, but {known}")));
                }
            }
        }
        rule.frequency = frequency.ok_or_else(|| content.wrong("it has no FREQ"))?;
        Ok(rule)
    }

    /// The dates of the beginnings, ascending, the start's first, up to `last`. Every day that is looked at is taken off
    /// `budget`; it ends when none is left.
    pub(super) fn dates<'a>(
        &'a self,
        start: &'a Start,
        last: Date,
        budget: &'a Cell<u32>,
    ) -> impl Iterator<Item = Date> + 'a {
        let first = start.at.date();
        let count = self.count.map_or(usize::MAX, |count| count as usize);
        let days = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let periods = (0u32..).map_while(move |period| {
            budget.set(budget.get().saturating_sub(days));
            if budget.get() == 0 { None } else { self.period(first, period, last) }
        });
        let dates = periods.flatten().filter(move |date| *date > first);
        let within = move |date: &Date| match self.until {
            Some(Until::Day(last)) => *date <= last,
            Some(Until::Moment(last)) => start.on(*date) <= last,
            None => true,
        };
        // The first counts, whatever the rule says (RFC 5545 §3.8.5.3).
        std::iter::once(first).chain(dates).take_while(within).take(count)
    }

    /// The dates of the period so many after the first; `None` if it begins after `last`.
    fn period(&self, first: Date, period: u32, last: Date) -> Option<Vec<Date>> {
        let ahead = i64::from(period) * i64::from(self.interval);
        let begins = match self.frequency {
            Frequency::Daily => days_on(first, ahead),
            Frequency::Weekly => {
                let offset = first.weekday().since(self.week_starts);
                days_on(first, ahead.saturating_mul(7) - i64::from(offset))
            }
            Frequency::Monthly => months_on(first.first_of_month(), ahead),
            Frequency::Yearly => {
                let year = i64::from(first.year()) + ahead;
                Date::new(i16::try_from(year).ok()?, 1, 1).ok()?
            }
        };
        if begins > last || begins == Date::MAX {
            return None;
        }
        let mut dates = match self.frequency {
            Frequency::Daily => self.of_day(begins),
            Frequency::Weekly => self.of_week(begins, first),
            Frequency::Monthly => self.of_month(begins, first),
            Frequency::Yearly => self.of_year(begins, first),
        };
        dates.sort_unstable();
        dates.dedup();
        Some(dates)
    }

    fn of_day(&self, day: Date) -> Vec<Date> {
        let fits = self.in_month(day) && self.on_month_day(day) && self.on_weekday(day);
        if fits { vec![day] } else { Vec::new() }
    }

    fn of_week(&self, monday: Date, first: Date) -> Vec<Date> {
        let week = (0..7).map(|day| days_on(monday, day));
        let wanted = |day: &Date| {
            let named = self.days.is_empty() && day.weekday() == first.weekday();
            self.in_month(*day) && (named || (!self.days.is_empty() && self.on_weekday(*day)))
        };
        week.filter(wanted).collect()
    }

    fn of_month(&self, month: Date, first: Date) -> Vec<Date> {
        if !self.in_month(month) {
            return Vec::new();
        }
        let days = (0..i64::from(month.days_in_month())).map(|day| days_on(month, day));
        let days: Vec<Date> = days.collect();
        if self.days.is_empty() && self.month_days.is_empty() {
            // A month without that day has none.
            return days.into_iter().filter(|day| day.day() == first.day()).collect();
        }
        let on_day = |day: &Date| self.on_month_day(*day) && self.on_nth(*day, &days);
        days.iter().filter(|day| on_day(day)).copied().collect()
    }

    fn of_year(&self, january: Date, first: Date) -> Vec<Date> {
        let months = (0..12).map(|month| months_on(january, month));
        let by_month = !self.months.is_empty() || !self.month_days.is_empty();
        if by_month {
            return months.flat_map(|month| self.of_month(month, first)).collect();
        }
        if self.days.is_empty() {
            let same = Date::new(january.year(), first.month(), first.day());
            return same.into_iter().collect();
        }
        let length = i64::from(january.days_in_year());
        let days: Vec<Date> = (0..length).map(|day| days_on(january, day)).collect();
        days.iter().filter(|day| self.on_nth(**day, &days)).copied().collect()
    }

    fn in_month(&self, day: Date) -> bool {
        self.months.is_empty() || self.months.contains(&day.month())
    }

    fn on_month_day(&self, day: Date) -> bool {
        let from_end = i32::from(day.day()) - i32::from(day.days_in_month()) - 1;
        let named = |wanted: &i32| *wanted == i32::from(day.day()) || *wanted == from_end;
        self.month_days.is_empty() || self.month_days.iter().any(named)
    }

    fn on_weekday(&self, day: Date) -> bool {
        self.days.is_empty() || self.days.iter().any(|(_, weekday)| *weekday == day.weekday())
    }

    /// Whether it is one of the named weekdays of the period that has these days.
    fn on_nth(&self, day: Date, period: &[Date]) -> bool {
        let (Some(first), Some(last)) = (period.first(), period.last()) else { return false };
        let nth = days_between(*first, day) / 7 + 1;
        let from_end = -(days_between(day, *last) / 7 + 1);
        self.days.is_empty()
            || self.days.iter().any(|(wanted, weekday)| {
                let wanted = i64::from(*wanted);
                *weekday == day.weekday() && [0, nth, from_end].contains(&wanted)
            })
    }
}

fn read_frequency(value: &str) -> Option<Frequency> {
    match value.to_ascii_uppercase().as_str() {
        "DAILY" => Some(Frequency::Daily),
        "WEEKLY" => Some(Frequency::Weekly),
        "MONTHLY" => Some(Frequency::Monthly),
        "YEARLY" => Some(Frequency::Yearly),
        _ => None,
    }
}

fn read_until(content: &Content, value: &str, start: &Start) -> Result<Until, IcalError> {
    let utc = model::oncall::Zone::utc();
    let last = super::event::start(content, value, &utc)?;
    if last.all_day {
        return Ok(Until::Day(last.at.date()));
    }
    let in_utc = value.trim().ends_with(['Z', 'z']);
    let rules = if in_utc { &last.rules } else { &start.rules };
    Ok(Until::Moment(crate::clock::moment(rules, last.at)))
}

fn positive(value: &str) -> Option<u32> {
    value.parse().ok().filter(|count| *count > 0)
}

fn within(text: &str, most: i32) -> Option<i32> {
    let number: i32 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    (number != 0 && number.abs() <= most).then_some(number)
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let values: Option<Vec<T>> =
        value.split(',').take(MOST_VALUES + 1).map(|text| read(text.trim())).collect();
    values.filter(|values| values.len() <= MOST_VALUES)
}

fn read_day(text: &str) -> Option<(i32, Weekday)> {
    let split = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (nth, day) = text.split_at(split);
    let nth = if nth.is_empty() { 0 } else { within(nth, 53)? };
    Some((nth, weekday(day)?))
}

fn weekday(text: &str) -> Option<Weekday> {
    match text.to_ascii_uppercase().as_str() {
        "MO" => Some(Weekday::Monday),
        "TU" => Some(Weekday::Tuesday),
        "WE" => Some(Weekday::Wednesday),
        "TH" => Some(Weekday::Thursday),
        "FR" => Some(Weekday::Friday),
        "SA" => Some(Weekday::Saturday),
        "SU" => Some(Weekday::Sunday),
        _ => None,
    }
}
