//! Rotas and moments in few words.

use std::time::Duration;

use jiff::civil;
use model::Moment;
use model::oncall::{Change, Crew, Layer, Name, Order, Override, Rota, Turn, TurnUnit};

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn names(text: &str) -> Vec<Name> {
    text.split_whitespace().map(name).collect()
}

pub(super) fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

pub(super) fn layer(called: &str, unit: TurnUnit, start: &str, people: &str) -> Layer {
    Layer {
        name: called.to_owned(),
        turn: Turn { every: 1, unit },
        start: start.parse().expect("a date"),
        handoff: civil::time(9, 0, 0, 0),
        order: Order::InTurn,
        crews: vec![Crew { from_turn: 0, people: names(people), first: 0 }],
        hours: Vec::new(),
    }
}

pub(super) fn rota(zone: &str, layers: Vec<Layer>) -> Rota {
    Rota {
        name: name("support"),
        display: String::new(),
        zone: zone.parse().expect("a zone"),
        layers,
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}

/// Weeks from Monday 14 December 2026, 09:00 in São Paulo.
pub(super) fn weekly(people: &str) -> Rota {
    rota("America/Sao_Paulo", vec![layer("primary", TurnUnit::Week, "2026-12-14", people)])
}

pub(super) fn change(id: i64, from: &str, until: &str, change: Change) -> Override {
    Override {
        id,
        rota: name("support"),
        from: at(from),
        until: at(until),
        change,
        by: "ben".to_owned(),
        reason: String::new(),
        made_at: Moment::EPOCH,
    }
}
