//! The schedule mistakes of the Support Roulette of 2012, which must not come back.

use jiff::civil;
use model::oncall::TurnUnit;

use super::scene::{DAY, HOUR, at, layer, names, rota, weekly};
use crate::{Roster, change_crew};

/// As the original reckoned: ISO week modulo agents, less one, from the end where that is negative.
fn original(date: civil::Date, agents: usize) -> usize {
    let week = date.iso_week_date().week() as usize;
    (week % agents + agents - 1) % agents
}

#[test]
fn the_text_goes_out_at_the_handoff_not_on_sunday() {
    let rota = weekly("ada ben carla");
    let roster = Roster::new(&rota, &[]).expect("a rota");
    // The original texted on Sunday, when Monday's person was not yet on duty.
    let sunday = at("2026-12-20T12:00:00-03:00");
    assert_eq!(roster.on_duty(sunday).person.expect("somebody").as_str(), "ada");
    let handoff = roster.next_handoff(sunday).expect("a handoff");
    assert_eq!(handoff.at, at("2026-12-21T09:00:00-03:00"));
    assert_eq!(handoff.off, roster.on_duty(sunday).person);
    assert_eq!(handoff.on, roster.on_duty(handoff.at).person);
    assert_eq!(handoff.on.expect("somebody").as_str(), "ben");
    assert_eq!(handoff.until, at("2026-12-28T09:00:00-03:00"));
}

#[test]
fn year_end_2026_keeps_the_order() {
    let monday = civil::date(2026, 12, 14);
    let weeks = |agents| -> Vec<usize> {
        (0..6).map(|week| original(crate::clock::days_on(monday, 7 * week), agents)).collect()
    };
    assert_eq!(weeks(3), [2, 0, 1, 0, 1, 2], "one is skipped after ISO week 53");
    let two = weeks(2);
    assert_eq!(two[2], two[3], "one serves week 53 and week 1");
    for (people, expected) in [
        ("carla ada ben", ["carla", "ada", "ben", "carla", "ada", "ben"]),
        ("ada ben", ["ada", "ben", "ada", "ben", "ada", "ben"]),
    ] {
        let rota = weekly(people);
        let roster = Roster::new(&rota, &[]).expect("a rota");
        let noon = at("2026-12-14T12:00:00-03:00");
        let served = (0..6).map(|week| roster.on_duty(noon + 7 * week * DAY).person);
        let served: Vec<String> = served.map(|who| who.expect("somebody").to_string()).collect();
        assert_eq!(served, expected);
    }
}

#[test]
fn an_added_agent_changes_nobodys_turn_now() {
    let rota = weekly("ada ben carla");
    let now = at("2026-12-23T10:00:00-03:00");
    let (changed, effective) =
        change_crew(&rota, "primary", names("ada ben carla dora"), now).expect("a change");
    assert_eq!(effective, at("2026-12-28T09:00:00-03:00"));
    let (before, after) =
        (Roster::new(&rota, &[]).expect("a rota"), Roster::new(&changed, &[]).expect("a rota"));
    let past = at("2026-12-01T00:00:00Z");
    assert_eq!(before.shifts(past, now), after.shifts(past, now));
    assert_eq!(before.on_duty(now).person, after.on_duty(now).person);
    let noon = at("2026-12-21T12:00:00-03:00");
    let served = (0..6).map(|week| after.on_duty(noon + 7 * week * DAY).person);
    let served: Vec<String> = served.map(|who| who.expect("somebody").to_string()).collect();
    assert_eq!(served, ["ben", "carla", "dora", "ada", "ben", "carla"]);
}

#[test]
fn handoffs_are_at_the_local_hour_through_dst() {
    let rota =
        rota("America/New_York", vec![layer("primary", TurnUnit::Week, "2027-03-01", "ada ben")]);
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let spring = roster.on_duty(at("2027-03-10T12:00:00-05:00"));
    assert_eq!(
        (spring.from, spring.until),
        (at("2027-03-08T14:00:00Z"), at("2027-03-15T13:00:00Z"))
    );
    assert_eq!(spring.until.since(spring.from), 167 * HOUR);
    let autumn = roster.on_duty(at("2027-11-05T12:00:00-04:00"));
    assert_eq!(autumn.until.since(autumn.from), 169 * HOUR);
}

#[test]
fn the_servers_zone_decides_nothing() {
    // On Sunday at 23:30 in São Paulo it is Monday in Lisbon: each rota goes by its own clock.
    let moment = at("2026-12-20T23:30:00-03:00");
    let midnight = |zone: &str| {
        let mut rota = rota(zone, vec![layer("primary", TurnUnit::Week, "2026-12-14", "ada ben")]);
        rota.layers[0].handoff = civil::time(0, 0, 0, 0);
        Roster::new(&rota, &[]).expect("a rota").on_duty(moment).person.expect("somebody")
    };
    assert_eq!(midnight("America/Sao_Paulo").as_str(), "ada");
    assert_eq!(midnight("Europe/Lisbon").as_str(), "ben");
}
