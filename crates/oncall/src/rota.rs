//! Whether a rota can be kept, and what is wrong with it.

use std::collections::BTreeSet;

use model::Moment;
use model::oncall::{Layer, Name, Rota};

/// Most layers of a rota.
const MOST_LAYERS: usize = 20;
/// Most people of a crew: a round of roulette is worked out for every one of its turns.
const MOST_PEOPLE: usize = 100;
/// Most changes of people that a layer keeps.
const MOST_CREWS: usize = 1000;
/// Most windows of a layer.
const MOST_WINDOWS: usize = 50;
/// Longest turn, in its unit.
const LONGEST_TURN: u32 = 1000;

/// Why a rota, or a change of who is on duty, can't be. Each message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotaError {
    /// Add a layer.
    #[error("the rota has no layer: give it at least one")]
    NoLayers,
    /// Take some away.
    #[error("the rota has {0} layers: at most {MOST_LAYERS} are kept")]
    TooManyLayers(usize),
    /// Rename one.
    #[error("two layers are called '{0}': give each its own name")]
    LayerTwice(String),
    /// Look at the names of the layers.
    #[error("there is no layer '{0}' in the rota: it has {1}")]
    NoSuchLayer(String, String),
    /// Add a crew.
    #[error("layer '{0}' has no crew: say who takes part, from turn 0 on")]
    NoCrews(String),
    /// Add somebody.
    #[error("layer '{layer}' has nobody from turn {from_turn} on: name at least one person")]
    EmptyCrew {
        /// Which layer.
        layer: String,
        /// Where the crew begins.
        from_turn: u32,
    },
    /// Take some away.
    #[error("layer '{layer}' has {count} {what}: at most {most} are kept")]
    TooMany {
        /// Which layer.
        layer: String,
        /// How many.
        count: usize,
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Let it begin at 0.
    #[error("the first crew of layer '{layer}' begins at turn {from_turn}: let it begin at turn 0")]
    FirstCrewLate {
        /// Which layer.
        layer: String,
        /// Where it begins.
        from_turn: u32,
    },
    /// Put them in order.
    #[error("crews of layer '{layer}' aren't in order: turn {next} comes after turn {from_turn}")]
    CrewsNotAscending {
        /// Which layer.
        layer: String,
        /// Of a crew.
        from_turn: u32,
        /// Of the one behind it, which is not later.
        next: u32,
    },
    /// Use an index of the crew.
    #[error("first = {first} in layer '{layer}' is nobody: its crew has {people}, counted from 0")]
    FirstOutOfRange {
        /// Which layer.
        layer: String,
        /// As it was given.
        first: u32,
        /// How many there are.
        people: usize,
    },
    /// Name everybody once.
    #[error("'{person}' is twice in a crew of layer '{layer}': name everybody once")]
    PersonTwice {
        /// Which layer.
        layer: String,
        /// Who.
        person: Name,
    },
    /// Give it a length.
    #[error("a turn of {every} in layer '{layer}' can't be: use 1 to {LONGEST_TURN}")]
    TurnLength {
        /// Which layer.
        layer: String,
        /// As it was given.
        every: u32,
    },
    /// Say from when until when, or leave the window out for always.
    #[error("a window of layer '{0}' ends when it begins: leave it out if the layer always counts")]
    EmptyWindow(String),
    /// End after the beginning.
    #[error("it ends at {until}, which isn't after {from}: give it a length")]
    EmptyTime {
        /// From then.
        from: Moment,
        /// Until then.
        until: Moment,
    },
    /// Take less at once.
    #[error("that is longer than {0} days: take less at once")]
    TooLong(u64),
    /// Nothing is to be done.
    #[error("{0} is on duty all that time already")]
    OnDutyAlready(Name),
    /// Ask who is.
    #[error("{0} isn't on duty now")]
    NotOnDuty(Name),
    /// Add somebody to the rota, or let somebody take over.
    #[error("there is nobody else in the rota who could take over from {0}")]
    NobodyElse(Name),
    /// Name somebody else.
    #[error("{0} can't swap with themselves: name somebody else")]
    SamePerson(Name),
    /// Choose one to come.
    #[error("the shift until {0} is past: only one to come can be swapped")]
    PastShift(Moment),
    /// Look at the schedule.
    #[error("{0} has no such shift: look at the schedule")]
    NoShift(Name),
}

/// Whether everything in it can be carried out.
pub fn check_rota(rota: &Rota) -> Result<(), RotaError> {
    if rota.layers.is_empty() {
        return Err(RotaError::NoLayers);
    }
    if rota.layers.len() > MOST_LAYERS {
        return Err(RotaError::TooManyLayers(rota.layers.len()));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = rota.layers.iter().find(|layer| !names.insert(&layer.name)) {
        return Err(RotaError::LayerTwice(twice.name.clone()));
    }
    rota.layers.iter().try_for_each(check_layer)
}

fn check_layer(layer: &Layer) -> Result<(), RotaError> {
    let name = || layer.name.clone();
    let every = layer.turn.every;
    if !(1..=LONGEST_TURN).contains(&every) {
        return Err(RotaError::TurnLength { layer: name(), every });
    }
    limit(layer, layer.crews.len(), "changes of people", MOST_CREWS)?;
    limit(layer, layer.hours.len(), "windows", MOST_WINDOWS)?;
    if layer.hours.iter().any(|window| window.from == window.until) {
        return Err(RotaError::EmptyWindow(name()));
    }
    let first = layer.crews.first().ok_or_else(|| RotaError::NoCrews(name()))?;
    if first.from_turn != 0 {
        return Err(RotaError::FirstCrewLate { layer: name(), from_turn: first.from_turn });
    }
    for pair in layer.crews.windows(2) {
        let (from_turn, next) = (pair[0].from_turn, pair[1].from_turn);
        if next <= from_turn {
            return Err(RotaError::CrewsNotAscending { layer: name(), from_turn, next });
        }
    }
    for crew in &layer.crews {
        let people = crew.people.len();
        if people == 0 {
            return Err(RotaError::EmptyCrew { layer: name(), from_turn: crew.from_turn });
        }
        limit(layer, people, "people", MOST_PEOPLE)?;
        if crew.first as usize >= people {
            return Err(RotaError::FirstOutOfRange { layer: name(), first: crew.first, people });
        }
        let mut once = BTreeSet::new();
        if let Some(person) = crew.people.iter().find(|person| !once.insert(*person)) {
            return Err(RotaError::PersonTwice { layer: name(), person: person.clone() });
        }
    }
    Ok(())
}

fn limit(layer: &Layer, count: usize, what: &'static str, most: usize) -> Result<(), RotaError> {
    let layer = || layer.name.clone();
    if count > most {
        Err(RotaError::TooMany { layer: layer(), count, what, most })
    } else {
        Ok(())
    }
}
