//! Who follows whom: for the next level of an escalation, and for whoever wants to be off duty.

use model::Moment;
use model::oncall::{Layer, Name};

use super::Roster;
use crate::duty::Why;
use crate::hours;
use crate::turn_order::{crew_of, holder};
use crate::turns::turn_at;

impl Roster<'_> {
    /// Who comes after `person` (after whoever is on duty, if `None`) in the order of the layer that decides at this
    /// moment; where it has nobody else, somebody of another layer. In a gap: who comes on duty next. `None` if there is
    /// nobody else.
    pub fn next_after(&self, person: Option<&Name>, at: Moment) -> Option<Name> {
        let piece = self.piece(at);
        let after = person.or(piece.person.as_ref());
        let Some(layer) = self.deciding(&piece.why, at) else {
            let next = self.next_handoff(at).and_then(|handoff| handoff.on);
            let next = next.filter(|next| Some(next) != after);
            return next.or_else(|| self.somebody_else(after, at));
        };
        let turn = turn_at(layer, &self.rules, at).map_or(0, |(turn, ..)| turn);
        let order = upcoming(layer, turn);
        let from = match after.and_then(|name| order.iter().position(|other| other == name)) {
            Some(place) => place + 1,
            // Whose turn it is was replaced by somebody who takes no part here.
            None => 1,
        };
        let around = order.iter().cycle().skip(from).take(order.len());
        let replaced = |name: &&Name| {
            // Nor is it given back to whom it was taken from.
            after == piece.person.as_ref() && instead_of(&piece.why) == Some(*name)
        };
        let mut others = around.filter(|name| Some(*name) != after && !replaced(name));
        others.next().cloned().or_else(|| self.somebody_else(after, at))
    }

    /// Everyone of the crews at this moment, by layer and in their order, once.
    pub fn people(&self, at: Moment) -> Vec<Name> {
        let mut people: Vec<Name> = Vec::new();
        for layer in &self.rota.layers {
            let turn = turn_at(layer, &self.rules, at).map_or(0, |(turn, ..)| turn);
            for person in crew_of(layer, turn).map_or(&[][..], |(_, crew)| &crew.people) {
                if !people.contains(person) {
                    people.push(person.clone());
                }
            }
        }
        people
    }

    fn somebody_else(&self, after: Option<&Name>, at: Moment) -> Option<Name> {
        self.people(at).into_iter().find(|name| Some(name) != after)
    }

    /// The layer that decides, or would without overrides.
    fn deciding(&self, why: &Why, at: Moment) -> Option<&Layer> {
        let layers = self.rota.layers.iter();
        match why {
            Why::Turn { layer, .. } => layers.rev().find(|known| known.name == *layer),
            Why::Override { .. } => layers.rev().find(|layer| {
                let counts =
                    layer.hours.is_empty() || hours::around(&layer.hours, &self.rules, at).inside;
                counts && turn_at(layer, &self.rules, at).is_some()
            }),
            Why::Gap => None,
        }
    }
}

fn instead_of(why: &Why) -> Option<&Name> {
    match why {
        Why::Override { instead_of, .. } => instead_of.as_ref(),
        Why::Turn { .. } | Why::Gap => None,
    }
}

/// Rounds that are looked at for everybody to turn up.
const ROUNDS: u32 = 6;

/// Everybody in the order in which their next turns come, from this turn on.
fn upcoming(layer: &Layer, turn: u32) -> Vec<Name> {
    let crew = crew_of(layer, turn).map_or(0, |(_, crew)| crew.people.len());
    let mut order: Vec<Name> = Vec::with_capacity(crew);
    for later in turn..turn.saturating_add(ROUNDS * crew as u32) {
        let Some(next) = holder(layer, later) else { break };
        if !order.contains(next.person) {
            order.push(next.person.clone());
        }
        if order.len() >= crew {
            break;
        }
    }
    order
}
