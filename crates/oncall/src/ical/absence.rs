//! Absences: what somebody's calendar takes from them goes to the next in turn.

use model::Moment;
use model::oncall::{Change, Name, Override, Rota};

use super::Busy;
use crate::change::by_hand;
use crate::roster::Roster;

/// Most overrides that one calendar comes to.
const MOST: usize = 1_000;

/// Overrides that give the duty of `person` in these times to the next in turn, whoever else is there. Times in which they
/// aren't on duty, or nobody else is there, need none; of a rota that can't be, there are none. At most 1,000.
pub fn absences(
    rota: &Rota,
    overrides: &[Override],
    person: &Name,
    busy: &[Busy],
) -> Vec<Override> {
    let Ok(roster) = Roster::new(rota, overrides) else { return Vec::new() };
    let mut given: Vec<Override> = Vec::new();
    for (from, until, summary) in joined(busy) {
        let duties = roster.pieces(from, until);
        for duty in duties.filter(|duty| duty.person.as_ref() == Some(person)) {
            let Some(with) = roster.next_after(Some(person), duty.from) else { continue };
            if given.len() >= MOST {
                return given;
            }
            let change = Change::Replace { person: person.clone(), with };
            let time = (duty.from, duty.until);
            let reason = if summary.is_empty() { "away" } else { summary };
            given.push(by_hand(rota, time, change, person.as_str(), reason, Moment::EPOCH));
        }
    }
    given
}

/// Times that overlap are one, called as the first.
fn joined(busy: &[Busy]) -> Vec<(Moment, Moment, &str)> {
    let mut sorted: Vec<&Busy> = busy.iter().collect();
    sorted.sort_by_key(|busy| busy.from);
    let mut joined: Vec<(Moment, Moment, &str)> = Vec::new();
    for busy in sorted {
        match joined.last_mut() {
            Some((_, until, _)) if busy.from <= *until => *until = (*until).max(busy.until),
            _ => joined.push((busy.from, busy.until, &busy.summary)),
        }
    }
    joined
}
