//! Rotas: who takes turns, when, and what was changed by hand.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::line::Window;
use super::person::{Name, Zone};
use crate::moment::Moment;

/// Who is on duty when: layers, of which the last that has somebody decides; overrides lie on top of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// In commands and URLs: `support`.
    pub name: Name,
    /// For people. Default: the name.
    #[serde(default)]
    pub display: String,
    /// In which handoffs and hours are meant.
    pub zone: Zone,
    /// At least one; later ones lie on top.
    pub layers: Vec<Layer>,
    /// Minutes before a handoff at which the one coming on duty is told, too; `None`: only at the handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell_before_minutes: Option<u32>,
    /// Whether the one going off duty is told. Default no.
    #[serde(default)]
    pub tell_off: bool,
    /// Number of ours that texts about it come from; `None`: that of the first line that rings it, else any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_from: Option<crate::number::PhoneNumber>,
}

/// People taking turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// For people: `primary`, `nights`.
    pub name: String,
    /// How long each is on duty.
    pub turn: Turn,
    /// The day of the first handoff; turns are counted from it, never from the calendar.
    pub start: civil::Date,
    /// The time of day of handoffs, in the rota's zone. For hourly turns: of the first. Where clocks jump over it, the
    /// handoff is when they jump; where they pass it twice, the first time.
    pub handoff: civil::Time,
    /// Who follows whom.
    #[serde(default)]
    pub order: Order,
    /// Who takes part, since when: at least one, ascending by `from_turn`, the first from turn 0.
    pub crews: Vec<Crew>,
    /// When it counts, in the rota's zone; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Window>,
}

/// A turn's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// How many units, from 1 to 1,000.
    pub every: u32,
    /// Of what.
    pub unit: TurnUnit,
}

/// What turns are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnUnit {
    /// 60 minutes of real time.
    Hour,
    /// From a time of day to the same of the next.
    Day,
    /// Seven days.
    Week,
    /// To the same day of the next month, or its last day.
    Month,
}

/// Who follows whom.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As in the list, again and again.
    #[default]
    InTurn,
    /// Drawn by lot, fairly: weighted by what each has had so far, and never the same twice in a row.
    Roulette {
        /// So that every draw can be repeated and explained.
        seed: u64,
    },
}

/// Who takes part from a turn on. A change of people is a new crew from a later turn: nobody's turn that has begun
/// moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crew {
    /// Turns are counted from 0 at the layer's start.
    pub from_turn: u32,
    /// In their order.
    pub people: Vec<Name>,
    /// Who of them has the first of these turns (an index).
    #[serde(default)]
    pub first: u32,
}

/// A change by hand, for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Assigned by the store, ascending; later ones lie on top of earlier ones. 0 before.
    #[serde(default)]
    pub id: i64,
    /// Of which rota.
    pub rota: Name,
    /// From then.
    pub from: Moment,
    /// Until then (exclusive); after `from`.
    pub until: Moment,
    /// What.
    pub change: Change,
    /// Who made it: a person's name, or `api`.
    #[serde(default)]
    pub by: String,
    /// Why: `swap 12`, `holiday`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was made.
    #[serde(default)]
    pub made_at: Moment,
}

/// What an override does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// This person is on duty, whoever was.
    Add {
        /// Who.
        person: Name,
    },
    /// This person isn't; a lower layer may have somebody, else it is a gap.
    Remove {
        /// Who.
        person: Name,
    },
    /// Whenever one is on duty, another is.
    Replace {
        /// Who would be.
        person: Name,
        /// Who is.
        with: Name,
    },
}

/// One asks another to change shifts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// Assigned by the store, from the same numbers as missed calls, so that `ACK 12` is clear. 0 before.
    #[serde(default)]
    pub id: i64,
    /// Of which rota.
    pub rota: Name,
    /// Who asks.
    pub asks: Name,
    /// Who is asked.
    pub asked: Name,
    /// The shift that is given away: from, until.
    pub gives: (Moment, Moment),
    /// The shift that is taken for it; `None`: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<(Moment, Moment)>,
    /// Where it stands.
    #[serde(default)]
    pub state: SwapState,
    /// When it was asked.
    #[serde(default)]
    pub asked_at: Moment,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Moment>,
    /// The overrides that it came to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<i64>,
}

/// Where a swap stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapState {
    /// Nobody has answered.
    #[default]
    Asked,
    /// It counts.
    Accepted,
    /// The one asked said no.
    Refused,
    /// The one who asked took it back, before or after it was accepted.
    TakenBack,
}
