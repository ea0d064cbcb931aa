//! How duty and calls were shared, so that a rota is fair.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::{Attempt, AttemptOutcome, LineCall, Name, Zone};

use crate::clock::{days_on, moment, wall};
use crate::duty::{Duty, Why};
use crate::roster::Roster;

/// Nights begin at 22:00 and end at 07:00.
const NIGHT: (i8, i8) = (22, 7);
/// Most days of one shift that are looked at for nights and weekends: over a hundred years.
const MOST_DAYS: usize = 40_000;

/// What somebody had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub person: Name,
    /// Turns and overrides in which they were on duty.
    pub shifts: u32,
    /// How long they were on duty; the time of two rotas at once counts twice.
    pub duty: Duration,
    /// Nights (22:00 to 07:00) in which they were on duty, for however long; each counts once.
    pub nights: u32,
    /// Saturdays and Sundays on which they were on duty; each counts once.
    pub weekend_days: u32,
    /// Calls that rang them.
    pub calls: u32,
    /// Calls of these that they took.
    pub taken: u32,
    /// Calls of these that they passed on by key.
    pub passed: u32,
    /// Calls of these that they neither took nor passed, unless the caller left or another was faster.
    pub missed: u32,
    /// How long they were with callers, from the first ring on.
    pub talked: Duration,
}

/// Everybody's load between two moments, by name: all in the crews of these rotas, and whoever else was on duty or rung.
/// Nights and weekends are those of `zone`.
pub fn report(
    rosters: &[Roster<'_>],
    calls: &[LineCall],
    zone: &Zone,
    from: Moment,
    until: Moment,
) -> Vec<Load> {
    let rules = zone.rules();
    let mut tallies: BTreeMap<Name, Tally> = BTreeMap::new();
    for roster in rosters {
        for person in roster.people(from).into_iter().chain(roster.people(until)) {
            tallies.entry(person).or_default();
        }
        for duty in roster.shifts(from, until) {
            if let Some(person) = &duty.person {
                let tally = tallies.entry(person.clone()).or_default();
                tally.on_duty(roster, &duty, &rules);
            }
        }
    }
    for call in calls.iter().filter(|call| from <= call.began_at && call.began_at < until) {
        let rung: BTreeSet<&Name> =
            call.attempts.iter().filter_map(|attempt| attempt.person.as_ref()).collect();
        for person in rung {
            tallies.entry(person.clone()).or_default().rung(call, person);
        }
    }
    tallies.into_iter().map(|(person, tally)| tally.total(person)).collect()
}

/// What is counted of one person.
#[derive(Default)]
struct Tally {
    shifts: BTreeSet<(Name, Shift)>,
    duty: Duration,
    nights: BTreeSet<Date>,
    weekend_days: BTreeSet<Date>,
    calls: u32,
    taken: u32,
    passed: u32,
    missed: u32,
    talked: Duration,
}

/// What counts as one shift, though it may come in pieces.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shift {
    Turn(String, u32),
    Override(i64),
}

impl Tally {
    fn on_duty(&mut self, roster: &Roster<'_>, duty: &Duty, rules: &TimeZone) {
        let shift = match &duty.why {
            Why::Turn { layer, turn, .. } => Shift::Turn(layer.clone(), *turn),
            Why::Override { id, .. } => Shift::Override(*id),
            Why::Gap => return,
        };
        self.shifts.insert((roster.rota().name.clone(), shift));
        self.duty += duty.until.since(duty.from);
        let mut day = days_on(wall(rules, duty.from).date(), -1);
        for _ in 0..MOST_DAYS {
            if moment(rules, day.at(0, 0, 0, 0)) >= duty.until {
                break;
            }
            self.touched(duty, rules, day);
            day = days_on(day, 1);
        }
    }

    /// Counts a day, and the night that begins on it, if the duty touches them.
    fn touched(&mut self, duty: &Duty, rules: &TimeZone, day: Date) {
        let touches =
            |from, until| moment(rules, from) < duty.until && duty.from < moment(rules, until);
        let next = days_on(day, 1);
        let (begins, ends) = (time(NIGHT.0, 0, 0, 0), time(NIGHT.1, 0, 0, 0));
        if touches(day.to_datetime(begins), next.to_datetime(ends)) {
            self.nights.insert(day);
        }
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if is_weekend && touches(day.at(0, 0, 0, 0), next.at(0, 0, 0, 0)) {
            self.weekend_days.insert(day);
        }
    }

    fn rung(&mut self, call: &LineCall, person: &Name) {
        let theirs = |attempt: &&Attempt| attempt.person.as_ref() == Some(person);
        let attempts: Vec<&Attempt> = call.attempts.iter().filter(theirs).collect();
        let any = |wanted: fn(AttemptOutcome) -> bool| {
            attempts.iter().any(|attempt| wanted(attempt.outcome))
        };
        if !any(was_rung) {
            return;
        }
        self.calls += 1;
        if any(|outcome| outcome == AttemptOutcome::Accepted) {
            self.taken += 1;
        } else if any(|outcome| outcome == AttemptOutcome::Passed) {
            self.passed += 1;
        } else if any(is_miss) {
            self.missed += 1;
        }
        for attempt in attempts {
            if attempt.outcome == AttemptOutcome::Accepted {
                let ended_at = attempt.ended_at.or(call.ended_at).unwrap_or(attempt.began_at);
                self.talked += ended_at.since(attempt.began_at);
            }
        }
    }

    fn total(self, person: Name) -> Load {
        Load {
            person,
            shifts: self.shifts.len() as u32,
            duty: self.duty,
            nights: self.nights.len() as u32,
            weekend_days: self.weekend_days.len() as u32,
            calls: self.calls,
            taken: self.taken,
            passed: self.passed,
            missed: self.missed,
            talked: self.talked,
        }
    }
}

fn was_rung(outcome: AttemptOutcome) -> bool {
    match outcome {
        AttemptOutcome::Engaged | AttemptOutcome::NoPhone => false,
        AttemptOutcome::Ringing
        | AttemptOutcome::Accepted
        | AttemptOutcome::Passed
        | AttemptOutcome::Silent
        | AttemptOutcome::NoAnswer
        | AttemptOutcome::Busy
        | AttemptOutcome::Failed
        | AttemptOutcome::Elsewhere
        | AttemptOutcome::CallerLeft => true,
    }
}

fn is_miss(outcome: AttemptOutcome) -> bool {
    match outcome {
        AttemptOutcome::Silent
        | AttemptOutcome::NoAnswer
        | AttemptOutcome::Busy
        | AttemptOutcome::Failed => true,
        AttemptOutcome::Ringing
        | AttemptOutcome::Accepted
        | AttemptOutcome::Passed
        | AttemptOutcome::Engaged
        | AttemptOutcome::NoPhone
        | AttemptOutcome::Elsewhere
        | AttemptOutcome::CallerLeft => false,
    }
}

#[cfg(test)]
mod tests;
