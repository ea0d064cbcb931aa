//! Windows of the week: when a layer counts, when a line is open.
//!
//! A window belongs to the day it begins on; one whose end isn't after its beginning ends on the next day.

use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::{Hours, Window};

use crate::clock::{days_on, moment, wall};

/// Whether people are rung at that moment: within one of the windows, in their zone.
pub fn is_open(hours: &Hours, at: Moment) -> bool {
    hours.windows.is_empty() || around(&hours.windows, &hours.zone.rules(), at).inside
}

/// A time within which nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spell {
    /// Whether it lies within a window.
    pub(crate) inside: bool,
    pub(crate) from: Moment,
    pub(crate) until: Moment,
}

/// How many days each way are looked at: a longer spell comes in pieces.
const DAYS: i64 = 2;

/// The spell around a moment; it may be longer, but not shorter.
pub(crate) fn around(windows: &[Window], rules: &TimeZone, at: Moment) -> Spell {
    let today = wall(rules, at).date();
    // A window of the day before the first reaches into it, so the first day isn't fully known.
    let known_from = moment(rules, days_on(today, 1 - DAYS).to_datetime(jiff::civil::Time::MIN));
    let known_until = moment(rules, days_on(today, DAYS + 1).to_datetime(jiff::civil::Time::MIN));
    let mut spans: Vec<(Moment, Moment)> = (-DAYS..=DAYS)
        .map(|away| days_on(today, away))
        .flat_map(|day| {
            let on_day = move |window: &&Window| {
                window.days.is_empty() || window.days.contains(&day.weekday())
            };
            windows.iter().filter(on_day).map(move |window| {
                let last = if window.until > window.from { day } else { days_on(day, 1) };
                (day.to_datetime(window.from), last.to_datetime(window.until))
            })
        })
        .map(|(from, until)| (moment(rules, from), moment(rules, until)))
        .filter(|(from, until)| from < until)
        .collect();
    spans.sort_unstable();
    let mut spell = Spell { inside: false, from: known_from, until: known_until };
    let mut joined: Option<(Moment, Moment)> = None;
    for (from, until) in spans {
        joined = match joined {
            Some((first, last)) if from <= last => Some((first, last.max(until))),
            Some((first, last)) => {
                spell.meet(first, last, at);
                Some((from, until))
            }
            None => Some((from, until)),
        };
    }
    if let Some((first, last)) = joined {
        spell.meet(first, last, at);
    }
    spell
}

impl Spell {
    /// A stretch within windows narrows what is known.
    fn meet(&mut self, first: Moment, last: Moment, at: Moment) {
        if first <= at && at < last {
            self.inside = true;
            self.from = self.from.max(first);
            self.until = self.until.min(last);
        } else if last <= at {
            self.from = self.from.max(last);
        } else {
            self.until = self.until.min(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, time};
    use model::oncall::Zone;

    fn hours(days: &[Weekday], from: i8, until: i8) -> Hours {
        let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
        let window =
            Window { days: days.to_vec(), from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) };
        Hours { zone, windows: vec![window] }
    }

    fn open(hours: &Hours, at: &str) -> bool {
        is_open(hours, at.parse().expect("a moment"))
    }

    #[test]
    fn a_line_is_open_in_its_own_zone() {
        let office = hours(&[Weekday::Monday], 9, 17);
        assert!(!open(&office, "2026-11-23T08:59:59-03:00"));
        assert!(open(&office, "2026-11-23T09:00:00-03:00"));
        assert!(!open(&office, "2026-11-23T17:00:00-03:00"));
        assert!(!open(&office, "2026-11-24T10:00:00-03:00"));
    }

    #[test]
    fn a_night_belongs_to_the_day_it_begins_on() {
        let night = hours(&[Weekday::Friday], 22, 7);
        assert!(open(&night, "2026-11-28T06:59:00-03:00"));
        assert!(!open(&night, "2026-11-27T06:59:00-03:00"));
        assert!(open(&night, "2026-11-27T23:00:00-03:00"));
    }

    #[test]
    fn no_window_is_always() {
        let always = Hours { zone: Zone::utc(), windows: Vec::new() };
        assert!(open(&always, "2026-11-28T03:00:00Z"));
    }

    #[test]
    fn windows_that_touch_are_one() {
        let mut day = hours(&[], 9, 13);
        day.windows.push(hours(&[], 13, 17).windows.remove(0));
        let spell = around(
            &day.windows,
            &day.zone.rules(),
            "2026-11-23T10:00:00-03:00".parse().expect("a moment"),
        );
        assert_eq!(spell.from.iso8601(), "2026-11-23T12:00:00Z");
        assert_eq!(spell.until.iso8601(), "2026-11-23T20:00:00Z");
    }
}
