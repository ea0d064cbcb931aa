//! Files that a team has already, an `application.yml` or a table of people: any text is taken over whole or refused, and a
//! rota that comes of it has somebody on duty at once.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use model::Moment;
use model::oncall::Zone;
use oncall::{Roster, original};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let now: Moment = "2026-11-23T12:00:00Z".parse().expect("a moment");
    if let Ok(imported) = original::import(&text, &zone, now) {
        let roster = Roster::new(&imported.rota, &[]).expect("an imported rota can be kept");
        assert!(roster.on_duty(now).person.is_some(), "{imported:?}");
    }
    if let Ok(people) = original::csv(&text) {
        let names: BTreeSet<_> = people.iter().map(|person| &person.name).collect();
        assert_eq!(names.len(), people.len(), "{people:?}");
    }
});
