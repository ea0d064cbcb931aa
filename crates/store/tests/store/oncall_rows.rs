//! People, rotas, lines, and what happens with them, to keep.

use model::oncall::{
    Acknowledgement, Attempt, AttemptOutcome, Change, Crew, Language, Layer, Level, Line, LineCall,
    LineOutcome, Mail, Name, Order, Override, Person, PersonPhone, Rota, Swap, SwapState, Team,
    Turn, TurnUnit, VoicemailRules,
};
use model::{Party, SidKind};
use store::Store;

use crate::rows::{at, open_owner, owner, sid};

pub(crate) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(crate) fn party(text: &str) -> Party {
    text.parse().expect("a phone")
}

pub(crate) fn person(text: &str) -> Person {
    let phone = |at, rings| PersonPhone { at: party(at), label: "desk".into(), rings, texts: true };
    Person {
        name: name(text),
        display: "Ada Costa é".to_owned(),
        phones: vec![
            phone("+5511987654321", true),
            phone("client:ada", false),
            phone("sip:ada@office.example", true),
        ],
        email: Some("ada@office.example".to_owned()),
        language: Language::Portuguese,
        zone: Some("America/Sao_Paulo".parse().expect("a zone")),
    }
}

pub(crate) fn rota(text: &str) -> Rota {
    let crew = Crew { from_turn: 0, people: vec![name("ada"), name("bo")], first: 1 };
    Rota {
        name: name(text),
        display: String::new(),
        zone: "Europe/Lisbon".parse().expect("a zone"),
        layers: vec![Layer {
            name: "primary".to_owned(),
            turn: Turn { every: 1, unit: TurnUnit::Week },
            start: "2026-11-23".parse().expect("a date"),
            handoff: "09:00:00".parse().expect("a time"),
            order: Order::Roulette { seed: u64::MAX },
            crews: vec![crew],
            hours: Vec::new(),
        }],
        tell_before_minutes: Some(60),
        tell_off: true,
        text_from: None,
    }
}

pub(crate) fn line(text: &str) -> Line {
    let team = Team {
        key: Some('1'),
        display: "billing".to_owned(),
        levels: vec![Level::Rota(name("support")), Level::Phone(party("+14155550123"))],
    };
    Line {
        name: name(text),
        display: "Example Support".to_owned(),
        language: Language::English,
        callers_language: true,
        mode: model::oncall::Mode::ConnectFirst,
        teams: vec![team],
        ring_seconds: 20,
        shown: model::oncall::Shown::Line,
        allow: Vec::new(),
        block: vec!["anonymous".to_owned()],
        hours: None,
        everyone_last: false,
        voicemail: Some(VoicemailRules::default()),
        music: model::oncall::Music::default(),
        prompts: std::collections::BTreeMap::new(),
        target: None,
        text_from: None,
    }
}

/// An override of the rota `support`.
pub(crate) fn change(from: u64, until: u64) -> Override {
    Override {
        id: 0,
        rota: name("support"),
        from: at(from),
        until: at(until),
        change: Change::Replace { person: name("ada"), with: name("bo") },
        by: "api".to_owned(),
        reason: "holiday".to_owned(),
        made_at: at(1),
    }
}

/// A swap in the rota `support`.
pub(crate) fn swap() -> Swap {
    Swap {
        id: 0,
        rota: name("support"),
        asks: name("ada"),
        asked: name("bo"),
        gives: (at(100), at(200)),
        takes: Some((at(300), at(400))),
        state: SwapState::Asked,
        asked_at: at(50),
        decided_at: None,
        overrides: Vec::new(),
    }
}

/// A call of the line `support` that began at a second.
pub(crate) fn line_call(digits: u128, began_at: u64) -> LineCall {
    let attempt = Attempt {
        person: Some(name("ada")),
        phone: Some(party("+5511987654321")),
        call: Some(sid(SidKind::Call, digits + 1_000_000)),
        level: 1,
        began_at: at(began_at + 1),
        ended_at: None,
        outcome: AttemptOutcome::Ringing,
    };
    LineCall {
        call: sid(SidKind::Call, digits),
        line: name("support"),
        team: "billing".to_owned(),
        from: Party::Other("anonymous".to_owned()),
        to: party("+14155550123"),
        began_at: at(began_at),
        ended_at: None,
        outcome: LineOutcome::Hunting,
        attempts: vec![attempt],
        voicemail: None,
        voicemail_seconds: None,
        transcript: None,
        ticket: None,
        acknowledged: None,
    }
}

/// The same once nobody took it.
pub(crate) fn missed(digits: u128, began_at: u64) -> LineCall {
    let ended_at = Some(at(began_at + 60));
    LineCall { ended_at, outcome: LineOutcome::Missed, ..line_call(digits, began_at) }
}

pub(crate) fn seen_by(text: &str, second: u64) -> Acknowledgement {
    Acknowledgement { by: name(text), at: at(second) }
}

pub(crate) fn mail(key: &str, due_at: u64) -> Mail {
    Mail {
        id: 0,
        account: owner(),
        to: "ada@office.example".to_owned(),
        subject: "Missed call é".to_owned(),
        text: "Somebody called.\n".to_owned(),
        key: key.to_owned(),
        attempts: 0,
        due_at: at(due_at),
        created_at: at(5),
    }
}

/// Opens the owner of the rows, with the rota `support`.
pub(crate) async fn open_rota(store: &dyn Store) {
    open_owner(store).await;
    store.save_rota(owner(), rota("support")).await.expect("the account is there");
}
