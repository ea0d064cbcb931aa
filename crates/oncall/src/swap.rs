//! Swaps: one gives a shift and takes another's for it. Each gives what is to be kept; it never keeps it itself.

use model::Moment;
use model::oncall::{Change, Name, Override, Swap, SwapState};

use crate::change::whole_turn;
use crate::roster::Roster;
use crate::rota::RotaError;

/// The current shift of `asks`, or their next, against the first of `asked` behind it. A shift is a whole turn, also where
/// other layers or hours cut it up; of the one that runs, it is what remains.
pub fn swap(
    roster: &Roster<'_>,
    asks: &Name,
    asked: &Name,
    now: Moment,
) -> Result<Swap, RotaError> {
    if asks == asked {
        return Err(RotaError::SamePerson(asks.clone()));
    }
    let gives = shift_of(roster, asks, now).ok_or_else(|| RotaError::NoShift(asks.clone()))?;
    let takes = shift_of(roster, asked, gives.1);
    let takes = takes.ok_or_else(|| RotaError::NoShift(asked.clone()))?;
    swap_shifts(roster, asks, asked, gives, Some(takes), now)
}

/// These shifts; without `takes` one is given away for nothing. Each must be one that its owner has, or part of it.
pub fn swap_shifts(
    roster: &Roster<'_>,
    asks: &Name,
    asked: &Name,
    gives: (Moment, Moment),
    takes: Option<(Moment, Moment)>,
    now: Moment,
) -> Result<Swap, RotaError> {
    if asks == asked {
        return Err(RotaError::SamePerson(asks.clone()));
    }
    let mut shifts = vec![(asks, gives)];
    shifts.extend(takes.map(|takes| (asked, takes)));
    for (person, (from, until)) in shifts {
        if from >= until {
            return Err(RotaError::EmptyTime { from, until });
        }
        if until <= now {
            return Err(RotaError::PastShift(until));
        }
        if roster.pieces(from.max(now), until).all(|duty| duty.person.as_ref() != Some(person)) {
            return Err(RotaError::NoShift(person.clone()));
        }
    }
    let to_come = |(from, until): (Moment, Moment)| (from.max(now), until);
    Ok(Swap {
        id: 0,
        rota: roster.rota().name.clone(),
        asks: asks.clone(),
        asked: asked.clone(),
        gives: to_come(gives),
        takes: takes.map(to_come),
        state: SwapState::Asked,
        asked_at: now,
        decided_at: None,
        overrides: Vec::new(),
    })
}

/// What an accepted swap comes to. What is past by now stays as it was.
pub fn swap_overrides(swap: &Swap, by: &str, now: Moment) -> Vec<Override> {
    let given = (swap.gives, &swap.asks, &swap.asked);
    let taken = swap.takes.map(|takes| (takes, &swap.asked, &swap.asks));
    let all = [Some(given), taken].into_iter().flatten();
    let to_come = all.filter(|((_, until), ..)| *until > now);
    to_come
        .map(|((from, until), person, with)| Override {
            id: 0,
            rota: swap.rota.clone(),
            from: from.max(now),
            until,
            change: Change::Replace { person: person.clone(), with: with.clone() },
            by: by.to_owned(),
            reason: format!("swap {}", swap.id),
            made_at: now,
        })
        .collect()
}

/// What remains of the turn of somebody that runs at `from`, or the first that begins later.
fn shift_of(roster: &Roster<'_>, person: &Name, from: Moment) -> Option<(Moment, Moment)> {
    let now = roster.on_duty(from);
    let duty = if now.person.as_ref() == Some(person) {
        now
    } else {
        roster.next_shift_of(person, from)?
    };
    let (first, last) = whole_turn(roster, &duty.why).unwrap_or((duty.from, duty.until));
    Some((first.max(from), last))
}
