//! Changes of a rota: who takes part from now on, who takes over, who is off. Each gives what is to be kept; it never keeps
//! it itself.

use std::time::Duration;

use model::Moment;
use model::oncall::{Change, Crew, Layer, Name, Override, Rota};

use crate::duty::Why;
use crate::roster::Roster;
use crate::rota::{RotaError, check_rota};
use crate::turn_order::{crew_of, holder};
use crate::turns::{start_of, turn_at};

/// Longest time that is taken over at once.
const LONGEST_TAKE: Duration = Duration::from_secs(92 * 24 * 3600);

/// Other people for a layer, from the next handoff on, which is given beside the changed rota. Who has the turn that runs
/// keeps it; the order goes on behind them if they stay, else with whoever would have come next and stays. Changes that
/// were to come are replaced. Before the layer's start it counts from its start.
pub fn change_crew(
    rota: &Rota,
    layer: &str,
    people: Vec<Name>,
    now: Moment,
) -> Result<(Rota, Moment), RotaError> {
    check_rota(rota)?;
    let rules = rota.zone.rules();
    let mut changed = rota.clone();
    let Some(found) = changed.layers.iter_mut().find(|known| known.name == layer) else {
        let names: Vec<&str> = rota.layers.iter().map(|layer| layer.name.as_str()).collect();
        return Err(RotaError::NoSuchLayer(layer.to_owned(), names.join(", ")));
    };
    let effective = match turn_at(found, &rules, now) {
        None => {
            found.crews = vec![Crew { from_turn: 0, people, first: 0 }];
            start_of(found, &rules, 0)
        }
        Some((turn, _, until)) => {
            let first = goes_on_with(found, turn, &people);
            found.crews.retain(|crew| crew.from_turn <= turn);
            found.crews.push(Crew { from_turn: turn + 1, people, first });
            until
        }
    };
    check_rota(&changed)?;
    Ok((changed, effective))
}

/// Who of the new crew has the turn after this one.
fn goes_on_with(layer: &Layer, turn: u32, people: &[Name]) -> u32 {
    let Some(now) = holder(layer, turn) else { return 0 };
    let place = |name: &Name| people.iter().position(|person| person == name);
    if let Some(place) = place(now.person) {
        return ((place + 1) % people.len()) as u32;
    }
    let crew = crew_of(layer, turn).map_or(&[][..], |(_, crew)| &crew.people);
    let mut behind = crew.iter().cycle().skip(now.place + 1).take(crew.len());
    behind.find_map(place).unwrap_or(0) as u32
}

/// Somebody takes over for a while, whoever would be on duty.
pub fn take(
    rota: &Rota,
    overrides: &[Override],
    person: &Name,
    from: Moment,
    for_: Duration,
    by: &str,
) -> Result<Override, RotaError> {
    let until = from + for_;
    if until <= from {
        return Err(RotaError::EmptyTime { from, until });
    }
    if for_ > LONGEST_TAKE {
        return Err(RotaError::TooLong(LONGEST_TAKE.as_secs() / (24 * 3600)));
    }
    let roster = Roster::new(rota, overrides)?;
    if roster.pieces(from, until).all(|duty| duty.person.as_ref() == Some(person)) {
        return Err(RotaError::OnDutyAlready(person.clone()));
    }
    let change = Change::Add { person: person.clone() };
    Ok(by_hand(rota, (from, until), change, by, "taken over", from))
}

/// Somebody on duty gives the rest of it to whoever is next in turn. It ends when their duty would have, without a break,
/// also over two turns of their own.
pub fn off(roster: &Roster<'_>, person: &Name, now: Moment) -> Result<Override, RotaError> {
    let duty = roster.on_duty(now);
    if duty.person.as_ref() != Some(person) {
        return Err(RotaError::NotOnDuty(person.clone()));
    }
    let nobody = || RotaError::NobodyElse(person.clone());
    let with = roster.next_after(Some(person), now).ok_or_else(nobody)?;
    let change = Change::Replace { person: person.clone(), with };
    let time = (now, duty.until);
    Ok(by_hand(roster.rota(), time, change, person.as_str(), "off duty", now))
}

/// An override that isn't kept yet.
pub(crate) fn by_hand(
    rota: &Rota,
    (from, until): (Moment, Moment),
    change: Change,
    by: &str,
    reason: &str,
    made_at: Moment,
) -> Override {
    let (by, reason) = (by.to_owned(), reason.to_owned());
    Override { id: 0, rota: rota.name.clone(), from, until, change, by, reason, made_at }
}

/// From when until when a piece of duty's turn goes: longer than the piece where other layers or hours cut it up.
pub(crate) fn whole_turn(roster: &Roster<'_>, why: &Why) -> Option<(Moment, Moment)> {
    let Why::Turn { layer, turn, .. } = why else { return None };
    let rota = roster.rota();
    let layer = rota.layers.iter().find(|known| known.name == *layer)?;
    let rules = rota.zone.rules();
    Some((start_of(layer, &rules, *turn), start_of(layer, &rules, turn + 1)))
}
