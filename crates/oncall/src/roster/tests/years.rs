//! Three years of rotas in four places: no gap, no overlap, handoffs at the local hour, and fair shares.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{self, time};
use model::Moment;
use model::oncall::{Name, Order, Rota, TurnUnit, Window};

use super::scene::{DAY, HOUR, at, layer, names, rota};
use crate::{Duty, Roster};

const PLACES: [&str; 4] =
    ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe"];

/// Everything from the start on for three years.
fn three_years(rota: &Rota) -> Vec<Duty> {
    let rules = rota.zone.rules();
    let first = crate::turns::start_of(&rota.layers[0], &rules, 0);
    let last = first + 3 * 366 * DAY;
    let roster = Roster::new(rota, &[]).expect("a rota");
    let mut shifts = Vec::new();
    let mut from = first;
    // By the hour that is more than comes at once.
    while from < last {
        let some = roster.shifts(from, last);
        from = some.last().expect("a shift").until;
        shifts.extend(some);
    }
    assert_eq!((shifts[0].from, shifts[shifts.len() - 1].until), (first, last));
    assert!(shifts.windows(2).all(|pair| pair[0].until == pair[1].from));
    assert!(shifts.iter().all(|duty| duty.from < duty.until && duty.person.is_some()));
    shifts
}

/// How many shifts each had.
fn shares(shifts: &[Duty]) -> BTreeMap<Name, usize> {
    let mut shares = BTreeMap::new();
    for duty in shifts {
        *shares.entry(duty.person.clone().expect("somebody")).or_insert(0) += 1;
    }
    shares
}

fn assert_fair(shifts: &[Duty], within: usize) {
    let shares = shares(shifts);
    let (least, most) = (shares.values().min(), shares.values().max());
    let apart = most.expect("somebody") - least.expect("somebody");
    assert!(apart <= within, "{shares:?}");
}

fn local(rota: &Rota, at: Moment) -> civil::DateTime {
    at.timestamp().to_zoned(rota.zone.rules()).datetime()
}

#[test]
fn handoffs_are_at_the_local_hour_for_three_years() {
    for place in PLACES {
        for unit in [TurnUnit::Day, TurnUnit::Week, TurnUnit::Month] {
            let rota = rota(place, vec![layer("primary", unit, "2026-01-31", "ada ben carla")]);
            let shifts = three_years(&rota);
            assert_fair(&shifts, 1);
            for duty in &shifts {
                let handoff = local(&rota, duty.from);
                assert_eq!(handoff.time(), time(9, 0, 0, 0), "{place}: {handoff}");
                if unit == TurnUnit::Month {
                    assert_eq!(handoff.day(), handoff.date().days_in_month(), "{place}: {handoff}");
                }
            }
            let order = names("ada ben carla");
            let in_turn = shifts.iter().zip(order.iter().cycle());
            assert!(in_turn.clone().all(|(duty, name)| duty.person.as_ref() == Some(name)));
        }
    }
}

#[test]
fn a_clock_change_makes_a_shift_longer_or_shorter_by_as_much() {
    for (place, changes) in [
        ("America/Sao_Paulo", vec![]),
        ("America/New_York", vec![167 * HOUR, 169 * HOUR]),
        ("Europe/Lisbon", vec![167 * HOUR, 169 * HOUR]),
        ("Australia/Lord_Howe", vec![335 * HOUR / 2, 337 * HOUR / 2]),
    ] {
        let rota = rota(place, vec![layer("primary", TurnUnit::Week, "2026-01-05", "ada ben")]);
        let mut lengths: Vec<Duration> =
            three_years(&rota).iter().map(|duty| duty.until.since(duty.from)).collect();
        lengths.pop(); // The last is cut off.
        for length in &changes {
            let seen = lengths.iter().filter(|other| *other == length).count();
            assert_eq!(seen, 3, "{place}: each year has one of {length:?}");
        }
        lengths.retain(|length| *length != 168 * HOUR);
        assert_eq!(lengths.len(), 3 * changes.len(), "{place}");
    }
}

#[test]
fn handoffs_in_the_hour_that_clocks_change_leave_no_gap() {
    for (place, hour, minute) in [
        ("America/Sao_Paulo", 0, 0),
        ("America/New_York", 2, 30),
        ("America/New_York", 1, 30),
        ("Europe/Lisbon", 1, 30),
        ("Australia/Lord_Howe", 2, 15),
        ("Australia/Lord_Howe", 1, 45),
    ] {
        let mut daily = layer("primary", TurnUnit::Day, "2026-01-05", "ada ben carla");
        daily.handoff = time(hour, minute, 0, 0);
        let rota = rota(place, vec![daily]);
        let shifts = three_years(&rota);
        assert_fair(&shifts, 1);
        let moved: Vec<_> = shifts
            .iter()
            .map(|duty| local(&rota, duty.from))
            .filter(|handoff| handoff.time() != time(hour, minute, 0, 0))
            .collect();
        // Where clocks jump over it, the handoff is when they jump: once a year.
        assert!(moved.len() <= 3, "{place}: {moved:?}");
    }
}

#[test]
fn hours_are_hours_of_real_time() {
    for place in PLACES {
        let mut hourly = layer("primary", TurnUnit::Hour, "2026-01-05", "ada ben carla");
        hourly.turn.every = 8;
        let rota = rota(place, vec![hourly]);
        let shifts = three_years(&rota);
        assert!(shifts.iter().all(|duty| duty.until.since(duty.from) == 8 * HOUR));
        assert_fair(&shifts, 1);
    }
}

#[test]
fn roulette_is_fair_over_three_years() {
    for (place, unit) in
        PLACES.into_iter().zip([TurnUnit::Hour, TurnUnit::Day, TurnUnit::Week, TurnUnit::Month])
    {
        let mut drawn = layer("primary", unit, "2026-01-05", "ada ben carla dora");
        drawn.order = Order::Roulette { seed: 2012 };
        let rota = rota(place, vec![drawn]);
        let shifts = three_years(&rota);
        assert!(shifts.windows(2).all(|pair| pair[0].person != pair[1].person));
        // A round that isn't over may be uneven by what each has in it.
        assert_fair(&shifts, crate::lot::EACH as usize);
    }
}

#[test]
fn the_duty_follows_the_sun() {
    let around = |called: &str, people: &str, from: i8, until: i8| {
        let mut daily = layer(called, TurnUnit::Day, "2026-01-05", people);
        daily.handoff = time(0, 0, 0, 0);
        daily.hours = vec![Window {
            days: Vec::new(),
            from: time(from, 0, 0, 0),
            until: time(until, 0, 0, 0),
        }];
        daily
    };
    let rota = rota(
        "Europe/Lisbon",
        vec![
            around("lisbon", "ada ben", 8, 16),
            around("sao-paulo", "carla dora", 16, 0),
            around("lord-howe", "eva fred", 0, 8),
        ],
    );
    let shifts = three_years(&rota);
    assert_fair(&shifts, 1);
    for duty in &shifts {
        let handoff = local(&rota, duty.from).time();
        assert!([0, 8, 16].map(|hour| time(hour, 0, 0, 0)).contains(&handoff), "{handoff}");
    }
}

#[test]
fn ten_years_of_hours_are_asked_as_fast_as_one() {
    let mut hourly = layer("primary", TurnUnit::Hour, "2016-01-05", "ada ben carla");
    hourly.order = Order::Roulette { seed: 1 };
    let rota = rota("America/Sao_Paulo", vec![hourly]);
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let duty = roster.on_duty(at("2026-11-23T12:30:00Z"));
    assert_eq!(duty.until.since(duty.from), HOUR);
    let crate::Why::Turn { turn, .. } = duty.why else { panic!("a turn") };
    assert_eq!(turn, 95_401, "it is reckoned, not counted up");
}
