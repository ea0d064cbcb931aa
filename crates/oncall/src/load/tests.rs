//! Loads as a team would count them by hand.

use jiff::civil;
use model::oncall::{Crew, Layer, LineOutcome, Order, Rota, Turn, TurnUnit};
use model::{Party, Sid, SidKind};

use super::*;

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn weekly() -> Rota {
    let crew = Crew { from_turn: 0, people: vec![name("ada"), name("ben")], first: 0 };
    let layer = Layer {
        name: "primary".to_owned(),
        turn: Turn { every: 1, unit: TurnUnit::Week },
        start: civil::date(2026, 11, 2),
        handoff: civil::time(9, 0, 0, 0),
        order: Order::InTurn,
        crews: vec![crew],
        hours: Vec::new(),
    };
    Rota {
        name: name("support"),
        display: String::new(),
        zone: "America/Sao_Paulo".parse().expect("a zone"),
        layers: vec![layer],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}

fn attempt(person: &str, outcome: AttemptOutcome) -> Attempt {
    Attempt {
        person: Some(name(person)),
        phone: None,
        call: None,
        level: 1,
        began_at: at("2026-11-03T12:00:00Z"),
        ended_at: Some(at("2026-11-03T12:05:00Z")),
        outcome,
    }
}

fn call(attempts: Vec<Attempt>) -> LineCall {
    let nobody = Party::Other("anonymous".to_owned());
    LineCall {
        call: Sid::new(SidKind::Call, 1),
        line: name("support"),
        team: String::new(),
        from: nobody.clone(),
        to: nobody,
        began_at: at("2026-11-03T12:00:00Z"),
        ended_at: None,
        outcome: LineOutcome::Connected,
        attempts,
        voicemail: None,
        voicemail_seconds: None,
        transcript: None,
        ticket: None,
        acknowledged: None,
    }
}

#[test]
fn duty_nights_and_weekends_are_counted() {
    let rota = weekly();
    let rosters = [Roster::new(&rota, &[]).expect("a rota")];
    let (from, until) = (at("2026-11-02T09:00:00-03:00"), at("2026-11-30T09:00:00-03:00"));
    let loads = report(&rosters, &[], &rota.zone, from, until);
    let said: Vec<_> = loads
        .iter()
        .map(|load| (load.person.as_str(), load.shifts, load.nights, load.weekend_days))
        .collect();
    assert_eq!(said, [("ada", 2, 14, 4), ("ben", 2, 14, 4)]);
    assert!(loads.iter().all(|load| load.duty == Duration::from_secs(14 * 24 * 3600)));
}

#[test]
fn a_call_counts_once_for_everybody_it_rang() {
    let rota = weekly();
    let rosters = [Roster::new(&rota, &[]).expect("a rota")];
    let calls = [
        call(vec![
            attempt("ada", AttemptOutcome::NoAnswer),
            attempt("ada", AttemptOutcome::Silent),
            attempt("ben", AttemptOutcome::Accepted),
        ]),
        call(vec![attempt("ada", AttemptOutcome::Passed), attempt("zoe", AttemptOutcome::Engaged)]),
    ];
    let (from, until) = (at("2026-11-02T09:00:00-03:00"), at("2026-11-09T09:00:00-03:00"));
    let loads = report(&rosters, &calls, &rota.zone, from, until);
    let of = |who: &str| loads.iter().find(|load| load.person == name(who)).expect("a load");
    let ada = of("ada");
    assert_eq!((ada.calls, ada.taken, ada.passed, ada.missed), (2, 0, 1, 1));
    let ben = of("ben");
    assert_eq!((ben.calls, ben.taken, ben.shifts), (1, 1, 0));
    assert_eq!(ben.talked, Duration::from_secs(300));
    assert_eq!(of("zoe").calls, 0);
    let later = report(&rosters, &calls, &rota.zone, until, until + Duration::from_secs(3600));
    assert!(later.iter().all(|load| load.calls == 0));
}
