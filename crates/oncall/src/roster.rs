//! A rota with its overrides: who is on duty when.
//!
//! Pieces of time in which nothing changes are worked out one by one and joined, so that any moment can be asked without
//! those before it. Never keeps anything between two questions.

mod follow;
mod piece;

use jiff::tz::TimeZone;
use model::Moment;
use model::oncall::{Name, Override, Rota};
use std::time::Duration;

use crate::clock::{ALWAYS, NEVER};
use crate::duty::{Duty, Handoff};
use crate::rota::{RotaError, check_rota};

/// Most pieces that [`Roster::shifts`] gives; what lies behind them is left out.
const MOST_SHIFTS: usize = 20_000;
/// Most steps of a look ahead or back: more than five years by the hour.
const MOST_STEPS: usize = 100_000;
/// How far ahead a handoff or a shift is looked for.
const AHEAD: Duration = Duration::from_secs(5 * 366 * 24 * 3600);

/// A rota with its overrides.
#[derive(Debug)]
pub struct Roster<'a> {
    rota: &'a Rota,
    rules: TimeZone,
    /// By id; those without a length, or of another rota, aren't among them.
    overrides: Vec<&'a Override>,
    /// Where overrides begin and end, ascending.
    edges: Vec<Moment>,
}

impl<'a> Roster<'a> {
    /// Overrides of other rotas, and those that end when they begin, are passed over.
    pub fn new(rota: &'a Rota, overrides: &'a [Override]) -> Result<Roster<'a>, RotaError> {
        check_rota(rota)?;
        let ours = |change: &&Override| change.rota == rota.name && change.from < change.until;
        let mut overrides: Vec<&Override> = overrides.iter().filter(ours).collect();
        overrides.sort_by_key(|change| change.id);
        let mut edges: Vec<Moment> =
            overrides.iter().flat_map(|change| [change.from, change.until]).collect();
        edges.sort_unstable();
        edges.dedup();
        Ok(Roster { rota, rules: rota.zone.rules(), overrides, edges })
    }

    /// The rota.
    pub fn rota(&self) -> &'a Rota {
        self.rota
    }

    /// Who is on duty at a moment, since when, until when, and why.
    pub fn on_duty(&self, at: Moment) -> Duty {
        let mut duty = self.piece(at);
        for _ in 0..MOST_STEPS {
            if duty.from == ALWAYS {
                break;
            }
            let earlier = self.piece(duty.from - Duration::from_micros(1));
            if !is_one(&earlier, &duty) {
                break;
            }
            duty.from = earlier.from;
        }
        for _ in 0..MOST_STEPS {
            if duty.until == NEVER {
                break;
            }
            let later = self.piece(duty.until);
            if !is_one(&duty, &later) {
                break;
            }
            duty.until = later.until;
        }
        duty
    }

    /// Everything between two moments, without gap or overlap: gaps are pieces, too. The first begins at `from` and the last
    /// ends at `until`. At most 20,000 pieces, then it stops.
    pub fn shifts(&self, from: Moment, until: Moment) -> Vec<Duty> {
        self.pieces(from, until).take(MOST_SHIFTS).collect()
    }

    /// The next moment after this one at which another is on duty, or nobody, or somebody after nobody. `None` if there is
    /// none within five years.
    pub fn next_handoff(&self, after: Moment) -> Option<Handoff> {
        let mut pieces = self.pieces(after, after + AHEAD).take(MOST_STEPS);
        let off = pieces.next()?.person;
        let first = pieces.find(|duty| duty.person != off)?;
        let mut until = first.until;
        for duty in pieces {
            if duty.person != first.person {
                break;
            }
            until = duty.until;
        }
        Some(Handoff { at: first.from, off, on: first.person, until })
    }

    /// The first shift of somebody that begins after this moment. `None` if there is none within five years.
    pub fn next_shift_of(&self, person: &Name, after: Moment) -> Option<Duty> {
        let pieces = self.pieces(after, after + AHEAD).take(MOST_STEPS);
        let mut theirs = pieces.filter(|duty| duty.person.as_ref() == Some(person));
        let first = theirs.find(|duty| duty.from > after)?;
        Some(self.on_duty(first.from))
    }

    /// When nobody is on duty between two moments.
    pub fn gaps(&self, from: Moment, until: Moment) -> Vec<(Moment, Moment)> {
        let pieces = self.pieces(from, until).take(MOST_STEPS);
        let gaps = pieces.filter(|duty| duty.person.is_none());
        gaps.map(|duty| (duty.from, duty.until)).collect()
    }

    /// Pieces between two moments, joined where person and reason are the same.
    pub(crate) fn pieces(&self, from: Moment, until: Moment) -> impl Iterator<Item = Duty> {
        let mut ahead = (from < until).then(|| Duty { from, ..self.piece(from) });
        std::iter::from_fn(move || {
            let mut duty = ahead.take()?;
            for _ in 0..MOST_STEPS {
                if duty.until >= until {
                    duty.until = until;
                    return Some(duty);
                }
                let later = self.piece(duty.until);
                if !is_one(&duty, &later) {
                    ahead = Some(later);
                    return Some(duty);
                }
                duty.until = later.until;
            }
            Some(duty)
        })
    }
}

fn is_one(earlier: &Duty, later: &Duty) -> bool {
    earlier.person == later.person && earlier.why == later.why
}

#[cfg(test)]
mod tests;
