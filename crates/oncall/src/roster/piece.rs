//! One piece of time in which nothing changes.

use model::Moment;
use model::oncall::{Change, Layer, Name, Override};

use super::Roster;
use crate::clock::{ALWAYS, NEVER};
use crate::duty::{Duty, Why};
use crate::hours;
use crate::turn_order::holder;
use crate::turns::{start_of, turn_at};

/// What is known so far of the time around a moment.
struct Frame {
    from: Moment,
    until: Moment,
}

impl Frame {
    fn narrow(&mut self, from: Moment, until: Moment) {
        self.from = self.from.max(from);
        self.until = self.until.min(until);
    }
}

impl Roster<'_> {
    /// Who is on duty at a moment, and a time around it in which that holds for the same reason; it may hold longer.
    pub(super) fn piece(&self, at: Moment) -> Duty {
        let mut frame = Frame { from: ALWAYS, until: NEVER };
        let next = self.edges.partition_point(|edge| *edge <= at);
        frame.narrow(
            next.checked_sub(1).map_or(ALWAYS, |last| self.edges[last]),
            self.edges.get(next).copied().unwrap_or(NEVER),
        );
        let active: Vec<&Override> = if self.edges.is_empty() {
            Vec::new()
        } else {
            let now = |change: &&&Override| change.from <= at && at < change.until;
            self.overrides.iter().filter(now).copied().collect()
        };
        let candidates = self.candidates(at, &active, &mut frame);
        let (person, why) = decide(candidates, &active);
        Duty { person, from: frame.from, until: frame.until, why }
    }

    /// Who would be on duty by the layers, the one who decides last. Those below matter only where somebody is removed.
    fn candidates(&self, at: Moment, active: &[&Override], frame: &mut Frame) -> Vec<(Name, Why)> {
        let removes = active.iter().any(|change| matches!(change.change, Change::Remove { .. }));
        let mut candidates = Vec::new();
        for layer in self.rota.layers.iter().rev() {
            candidates.extend(self.of_layer(layer, at, frame));
            if !candidates.is_empty() && !removes {
                break;
            }
        }
        candidates.reverse();
        candidates
    }

    fn of_layer(&self, layer: &Layer, at: Moment, frame: &mut Frame) -> Option<(Name, Why)> {
        let Some((turn, from, until)) = turn_at(layer, &self.rules, at) else {
            frame.narrow(ALWAYS, start_of(layer, &self.rules, 0));
            return None;
        };
        if !layer.hours.is_empty() {
            let spell = hours::around(&layer.hours, &self.rules, at);
            frame.narrow(spell.from, spell.until);
            if !spell.inside {
                // Its turns don't matter; but it began then.
                frame.narrow(start_of(layer, &self.rules, 0), NEVER);
                return None;
            }
        }
        frame.narrow(from, until);
        let holder = holder(layer, turn)?;
        let why = Why::Turn {
            layer: layer.name.clone(),
            turn,
            of: holder.place as u32 + 1,
            crew: holder.crew.people.len() as u32,
            each: layer.turn,
            drawn: holder.drawn,
        };
        Some((holder.person.clone(), why))
    }
}

/// Overrides one after the other, later ones on top: who remains last is on duty.
fn decide(mut candidates: Vec<(Name, Why)>, active: &[&Override]) -> (Option<Name>, Why) {
    for change in active {
        match &change.change {
            Change::Add { person } => {
                let instead_of = candidates.last().map(|(name, _)| name.clone());
                candidates.push((person.clone(), by_hand(change, instead_of)));
            }
            Change::Remove { person } => candidates.retain(|(name, _)| name != person),
            Change::Replace { person, with } => {
                for (name, why) in candidates.iter_mut().filter(|(name, _)| name == person) {
                    *why = by_hand(change, Some(name.clone()));
                    *name = with.clone();
                }
            }
        }
    }
    candidates.pop().map_or((None, Why::Gap), |(name, why)| (Some(name), why))
}

fn by_hand(change: &Override, instead_of: Option<Name>) -> Why {
    let (by, reason) = (change.by.clone(), change.reason.clone());
    Why::Override { id: change.id, by, reason, instead_of }
}
