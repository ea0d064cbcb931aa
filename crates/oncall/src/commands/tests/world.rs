//! People with a rota, whom commands are asked of.

use jiff::civil::{Date, Time};
use model::oncall::{
    Attempt, AttemptOutcome, Crew, Language, Layer, LineCall, LineOutcome, Name, Order, Override,
    Person, PersonPhone, Rota, Swap, Turn, TurnUnit,
};
use model::{Moment, Sid, SidKind};

use crate::commands::{Deed, Scene, carry_out, read};

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn moment(text: &str) -> Moment {
    text.parse().expect("a moment")
}

pub(super) fn person(text: &str, display: &str, language: Language) -> Person {
    let phone = PersonPhone {
        at: "+551130000201".parse().expect("a number"),
        label: String::new(),
        rings: true,
        texts: true,
    };
    Person {
        name: name(text),
        display: display.to_owned(),
        phones: vec![phone],
        email: None,
        language,
        zone: None,
    }
}

/// A week each, from Monday at nine in São Paulo.
pub(super) fn rota(text: &str, people: &[&str]) -> Rota {
    let crew =
        Crew { from_turn: 0, people: people.iter().map(|person| name(person)).collect(), first: 0 };
    let layer = Layer {
        name: "primary".to_owned(),
        turn: Turn { every: 1, unit: TurnUnit::Week },
        start: Date::constant(2026, 11, 23),
        handoff: Time::constant(9, 0, 0, 0),
        order: Order::InTurn,
        crews: vec![crew],
        hours: Vec::new(),
    };
    Rota {
        name: name(text),
        display: String::new(),
        zone: "America/Sao_Paulo".parse().expect("a zone"),
        layers: vec![layer],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}

pub(super) fn missed(ticket: i64, tried: &[&str]) -> LineCall {
    let attempts = tried.iter().map(|person| Attempt {
        person: Some(name(person)),
        phone: None,
        call: None,
        level: 1,
        began_at: Moment::EPOCH,
        ended_at: Some(Moment::EPOCH),
        outcome: AttemptOutcome::NoAnswer,
    });
    LineCall {
        call: Sid::new(SidKind::Call, 1),
        line: name("support"),
        team: String::new(),
        from: "+14155550123".parse().expect("a number"),
        to: "+551130000100".parse().expect("a number"),
        began_at: Moment::EPOCH,
        ended_at: Some(Moment::EPOCH),
        outcome: LineOutcome::Missed,
        attempts: attempts.collect(),
        voicemail: None,
        voicemail_seconds: None,
        transcript: None,
        ticket: Some(ticket),
        acknowledged: None,
    }
}

/// All that a command can look at, owned.
pub(super) struct World {
    pub(super) people: Vec<Person>,
    pub(super) rotas: Vec<(Rota, Vec<Override>)>,
    pub(super) swaps: Vec<Swap>,
    pub(super) calls: Vec<LineCall>,
}

impl World {
    /// A Wednesday in Ada's week; Ben is next, and reads Portuguese.
    pub(super) fn new() -> World {
        World {
            people: vec![
                person("ada", "Ada Costa", Language::English),
                person("ben", "Ben Reis", Language::Portuguese),
                person("carol", "Carol", Language::English),
                person("dora", "Dora", Language::English),
            ],
            rotas: vec![(rota("support", &["ada", "ben", "carol"]), Vec::new())],
            swaps: Vec::new(),
            calls: Vec::new(),
        }
    }

    pub(super) fn done(&self, me: &str, text: &str) -> (String, Vec<Deed>) {
        let me = self.people.iter().find(|person| person.name.as_str() == me).expect("a person");
        let scene = Scene {
            now: moment("2026-11-25T12:00:00Z"),
            me,
            people: &self.people,
            rotas: &self.rotas,
            swaps: &self.swaps,
            calls: &self.calls,
        };
        carry_out(&scene, &read(text))
    }

    pub(super) fn reply(&self, me: &str, text: &str) -> String {
        let (reply, deeds) = self.done(me, text);
        assert_eq!(deeds, [], "{text}");
        reply
    }
}

pub(super) fn tell(to: &str, text: &str) -> Deed {
    Deed::Tell { to: name(to), text: text.to_owned() }
}
