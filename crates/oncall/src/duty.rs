//! Who is on duty, until when, and why: the answer to "why is Ada on duty?".

use model::Moment;
use model::oncall::{Language, Name, Turn, TurnUnit, Zone};

use crate::words::when;

/// Somebody on duty, or nobody, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Who; `None`: it is a gap.
    pub person: Option<Name>,
    /// Since then.
    pub from: Moment,
    /// Until then (exclusive).
    pub until: Moment,
    /// Why.
    pub why: Why,
}

/// The person on duty changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// When.
    pub at: Moment,
    /// Who goes off duty; `None`: it was a gap.
    pub off: Option<Name>,
    /// Who comes on duty; `None`: it will be a gap.
    pub on: Option<Name>,
    /// When that ends: the next handoff.
    pub until: Moment,
}

/// Why somebody is on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is their turn.
    Turn {
        /// In this layer.
        layer: String,
        /// The turn's number, from 0 at the layer's start.
        turn: u32,
        /// Their place in the crew, from 1.
        of: u32,
        /// How many the crew has.
        crew: u32,
        /// How long each is on duty.
        each: Turn,
        /// How they were drawn, where turns are.
        drawn: Option<Draw>,
    },
    /// It was changed by hand.
    Override {
        /// The override's id.
        id: i64,
        /// Who made it.
        by: String,
        /// Why: `swap 12`.
        reason: String,
        /// Who would be on duty without it; `None`: nobody.
        instead_of: Option<Name>,
    },
    /// Nobody is on duty.
    Gap,
}

/// How somebody was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The layer's seed.
    pub seed: u64,
    /// The round of turns, from 0; in each everybody has as many.
    pub round: u32,
    /// Everybody's chance in this draw, in thousandths: more for who had less so far in the round, none for who had the turn
    /// before.
    pub chances: Vec<(Name, u32)>,
}

impl Duty {
    /// In a sentence, with times in `zone`.
    pub fn explain(&self, language: Language, zone: &Zone) -> String {
        let until = format!("{} ({zone})", when(self.until, zone, language));
        let why = self.why.explain(language, zone);
        match (language, &self.person) {
            (Language::English, Some(person)) => {
                format!("{person} is on duty until {until}: {why}")
            }
            (Language::English, None) => format!("Nobody is on duty until {until}: {why}"),
            (Language::Portuguese, Some(person)) => {
                format!("{person} está de plantão até {until}: {why}")
            }
            (Language::Portuguese, None) => format!("Ninguém está de plantão até {until}: {why}"),
        }
    }
}

impl Why {
    /// In part of a sentence, with its full stop. `zone` is for times, of which there are none today.
    pub fn explain(&self, language: Language, _zone: &Zone) -> String {
        match self {
            Why::Turn { layer, turn, of, crew, each, drawn } => {
                let each = length(*each, language);
                let lot = drawn.as_ref().map_or_else(String::new, |draw| drawn_by(draw, language));
                match language {
                    Language::English => format!(
                        "layer {layer}, turn {turn} of {each} each, {} of {}{lot}.",
                        ordinal(*of),
                        count(*crew)
                    ),
                    Language::Portuguese => format!(
                        "camada {layer}, turno {turn} de {each} cada, {of}ª pessoa de {crew}{lot}."
                    ),
                }
            }
            Why::Override { id, by, reason, instead_of } => {
                by_hand(*id, by, reason, instead_of.as_ref(), language)
            }
            Why::Gap => match language {
                Language::English => "no layer has anybody then.",
                Language::Portuguese => "nenhuma camada tem alguém nesse horário.",
            }
            .to_owned(),
        }
    }
}

fn by_hand(id: i64, by: &str, reason: &str, whom: Option<&Name>, language: Language) -> String {
    let note = match (by.is_empty(), reason.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(": {reason}"),
        (false, true) => by_whom(by, language),
        (false, false) => format!("{}: {reason}", by_whom(by, language)),
    };
    match (language, whom) {
        (Language::English, Some(whom)) => {
            format!("changed by hand (override {id}{note}) instead of {whom}.")
        }
        (Language::English, None) => {
            format!("added by hand (override {id}{note}); nobody would be on duty otherwise.")
        }
        (Language::Portuguese, Some(whom)) => {
            format!("trocado à mão (alteração {id}{note}) no lugar de {whom}.")
        }
        (Language::Portuguese, None) => {
            format!("posto à mão (alteração {id}{note}); sem isso não haveria ninguém.")
        }
    }
}

fn by_whom(by: &str, language: Language) -> String {
    match language {
        Language::English => format!(" by {by}"),
        Language::Portuguese => format!(" por {by}"),
    }
}

fn drawn_by(draw: &Draw, language: Language) -> String {
    let chances = draw.chances.iter().filter(|(_, chance)| *chance > 0);
    let tenths = |chance: &u32| {
        let point = if language == Language::English { '.' } else { ',' };
        format!("{}{point}{} %", chance / 10, chance % 10)
    };
    let chances: Vec<String> =
        chances.map(|(name, chance)| format!("{name} {}", tenths(chance))).collect();
    let (chances, seed, round) = (chances.join(", "), draw.seed, draw.round);
    match language {
        Language::English => {
            format!("; drawn by lot (seed {seed}, round {round}), the chances were {chances}")
        }
        Language::Portuguese => {
            format!("; por sorteio (semente {seed}, rodada {round}), as chances eram {chances}")
        }
    }
}

fn length(turn: Turn, language: Language) -> String {
    let (one, many) = match (language, turn.unit) {
        (Language::English, TurnUnit::Hour) => ("an hour", "hours"),
        (Language::English, TurnUnit::Day) => ("a day", "days"),
        (Language::English, TurnUnit::Week) => ("a week", "weeks"),
        (Language::English, TurnUnit::Month) => ("a month", "months"),
        (Language::Portuguese, TurnUnit::Hour) => ("uma hora", "horas"),
        (Language::Portuguese, TurnUnit::Day) => ("um dia", "dias"),
        (Language::Portuguese, TurnUnit::Week) => ("uma semana", "semanas"),
        (Language::Portuguese, TurnUnit::Month) => ("um mês", "meses"),
    };
    if turn.every == 1 { one.to_owned() } else { format!("{} {many}", turn.every) }
}

const COUNTS: [&str; 10] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

fn count(number: u32) -> String {
    let word = (number as usize).checked_sub(1).and_then(|at| COUNTS.get(at));
    word.map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn ordinal(number: u32) -> String {
    if let Some(word) = (number as usize).checked_sub(1).and_then(|at| ORDINALS.get(at)) {
        return (*word).to_owned();
    }
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
