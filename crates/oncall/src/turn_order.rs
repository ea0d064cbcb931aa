//! Who has which turn of a layer: in the list's order, or by lot.

use model::oncall::{Crew, Layer, Name, Order};

use crate::duty::Draw;
use crate::lot::{self, EACH};

/// Whose turn it is.
pub(crate) struct Holder<'a> {
    pub(crate) person: &'a Name,
    /// Their place in the crew, from 0.
    pub(crate) place: usize,
    pub(crate) crew: &'a Crew,
    /// How they were drawn, where turns are.
    pub(crate) drawn: Option<Draw>,
}

/// Who has the turn of this number; `None` if nobody takes part then.
pub(crate) fn holder(layer: &Layer, turn: u32) -> Option<Holder<'_>> {
    let (at, crew) = crew_of(layer, turn)?;
    if crew.people.is_empty() {
        return None;
    }
    let since = turn - crew.from_turn;
    let (place, drawn) = match layer.order {
        Order::InTurn => {
            let people = crew.people.len() as u64;
            ((u64::from(crew.first) + u64::from(since)) % people, None)
        }
        Order::Roulette { seed } => {
            let (place, draw) = draw(layer, at, crew, seed, since);
            (place as u64, Some(draw))
        }
    };
    let place = place as usize;
    Some(Holder { person: &crew.people[place], place, crew, drawn })
}

/// The crew of a turn: the last that has begun.
pub(crate) fn crew_of(layer: &Layer, turn: u32) -> Option<(usize, &Crew)> {
    layer.crews.iter().enumerate().rfind(|(_, crew)| crew.from_turn <= turn)
}

fn draw(layer: &Layer, at: usize, crew: &Crew, seed: u64, since: u32) -> (usize, Draw) {
    let people = crew.people.len();
    let before = before(layer, at, crew, seed);
    let turns = people as u32 * EACH;
    let round = since / turns;
    let lots = lot::round(seed, u64::from(crew.from_turn), people, round, before);
    let lot = &lots[(since % turns) as usize];
    let total: u32 = lot.weights.iter().sum::<u32>().max(1);
    let permille = lot.weights.iter().map(|weight| weight * 1000 / total);
    let chances = crew.people.iter().cloned().zip(permille).collect();
    (lot.drawn, Draw { seed, round, chances })
}

/// Who had the turn before the crew's first, as a place in the crew. Crews before it are asked one after the other, from
/// the first on.
fn before(layer: &Layer, at: usize, crew: &Crew, seed: u64) -> Option<usize> {
    let mut previous: Option<&Name> = None;
    for (index, earlier) in layer.crews[..at].iter().enumerate() {
        let until = layer.crews.get(index + 1).unwrap_or(crew).from_turn;
        if earlier.people.is_empty() || until <= earlier.from_turn {
            continue;
        }
        let people = earlier.people.len();
        let known = previous.and_then(|name| place_of(earlier, name));
        let since = until - 1 - earlier.from_turn;
        let turns = people as u32 * EACH;
        let lots = lot::round(seed, u64::from(earlier.from_turn), people, since / turns, known);
        previous = earlier.people.get(lots[(since % turns) as usize].drawn);
    }
    previous.and_then(|name| place_of(crew, name))
}

fn place_of(crew: &Crew, name: &Name) -> Option<usize> {
    crew.people.iter().position(|person| person == name)
}
