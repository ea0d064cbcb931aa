//! Whether a check is in maintenance, and when that changes.
//!
//! Windows may overlap; together they are one. A window begins by the clock on the wall (one that begins in an hour that is
//! skipped begins with the jump) and lasts so many real minutes, whatever that clock does meanwhile. Never tells anybody.

use std::time::Duration;

use jiff::civil::Time;
use model::Moment;
use model::oncall::Zone;
use model::watch::{Check, Maintenance, Recurrence};

use crate::cron::Cron;
use crate::wall;

/// Most windows, one behind the other, through which the end of maintenance is looked for at once.
const MOST_WINDOWS: usize = 64;
/// How long before a moment a window of the longest kind (a week) may have begun, in days of the wall: one more for zones.
const DAYS_BACK: i64 = 8;
/// How far ahead the next weekly window can be, in days: a week, and one more for zones.
const DAYS_AHEAD: i64 = 8;

/// Whether that maintenance is for this check, and goes on now.
pub fn in_maintenance(m: &Maintenance, check: &Check, now: Moment) -> bool {
    is_for(m, check) && end_of(&m.when, now).is_some()
}

/// The next moment after `now` at which the check comes into maintenance, or out of all of it; `None`: never.
///
/// Where many windows follow each other without a gap, it is a moment by which to ask again: nothing changes before it.
pub fn next_change(m: &[Maintenance], check: &Check, now: Moment) -> Option<Moment> {
    let ours: Vec<&Recurrence> = m.iter().filter(|m| is_for(m, check)).map(|m| &m.when).collect();
    let end = |at| ours.iter().filter_map(|when| end_of(when, at)).max();
    let Some(mut ends) = end(now) else {
        return ours.iter().filter_map(|when| next_start(when, now)).min();
    };
    for _ in 0..MOST_WINDOWS {
        match end(ends) {
            Some(later) => ends = later,
            None => break,
        }
    }
    Some(ends)
}

/// Whether it is for this check: by name, by label, or for all.
fn is_for(m: &Maintenance, check: &Check) -> bool {
    let all = m.checks.is_empty() && m.labels.is_empty();
    all || m.checks.contains(&check.name) || m.labels.iter().any(|it| check.labels.contains(it))
}

/// When the window that goes on at that moment ends; the latest of several. Always later than `at`.
fn end_of(when: &Recurrence, at: Moment) -> Option<Moment> {
    match when {
        Recurrence::Once { from, until } => (*from <= at && at < *until).then_some(*until),
        Recurrence::Weekly { minutes, zone, .. } => {
            let lasts = length(*minutes);
            let begun = weekly(when, zone, at, -DAYS_BACK, 1).filter(|start| *start <= at);
            begun.map(|start| start + lasts).filter(|end| *end > at).max()
        }
        Recurrence::Cron { expression, minutes, zone } => {
            let cron = expression.parse::<Cron>().ok()?;
            let start = last_start(&cron, zone, at, length(*minutes))?;
            Some(start + length(*minutes)).filter(|end| *end > at)
        }
    }
}

/// When the next window after that moment begins.
fn next_start(when: &Recurrence, after: Moment) -> Option<Moment> {
    match when {
        Recurrence::Once { from, until } => (*from > after && from < until).then_some(*from),
        Recurrence::Weekly { minutes, zone, .. } => {
            let mut starts = weekly(when, zone, after, -1, DAYS_AHEAD);
            starts.find(|start| *start > after && *minutes > 0)
        }
        Recurrence::Cron { expression, minutes, zone } => {
            let cron = expression.parse::<Cron>().ok()?;
            cron.next(after, zone).filter(|_| *minutes > 0)
        }
    }
}

/// The beginnings of weekly windows on the days around that moment, in order.
fn weekly<'a>(
    when: &'a Recurrence,
    zone: &Zone,
    around: Moment,
    from: i64,
    until: i64,
) -> impl Iterator<Item = Moment> + 'a {
    let rules = zone.rules();
    let today = wall::reading(&rules, around).date();
    (from..=until).filter_map(move |days| {
        let Recurrence::Weekly { days: chosen, from_minute, .. } = when else { return None };
        let date = wall::days_on(today, days)?;
        let weekday = date.weekday().to_monday_one_offset();
        let wanted = chosen.iter().any(|day| i8::try_from(*day) == Ok(weekday));
        let (hour, minute) = (i8::try_from(from_minute / 60).ok()?, (from_minute % 60) as i8);
        let begins = Time::new(hour, minute, 0, 0).ok()?;
        if wanted { wall::moment(&rules, date.to_datetime(begins)) } else { None }
    })
}

/// The last beginning that is not later than `at` and less than `within` before it.
fn last_start(cron: &Cron, zone: &Zone, at: Moment, within: Duration) -> Option<Moment> {
    // Beginnings may lie a minute apart or a year: looked for ever further back, twice as far each time.
    let mut back = length(1).min(within);
    loop {
        let mut last = cron.next(at - back, zone).filter(|start| *start <= at);
        while let Some(start) = last {
            match cron.next(start, zone).filter(|start| *start <= at) {
                Some(later) => last = Some(later),
                None => return Some(start),
            }
        }
        if back >= within {
            return None;
        }
        back = (back * 2).min(within);
    }
}

fn length(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

#[cfg(test)]
mod tests;
