//! Any rota with any overrides and swaps: what is asked one way agrees with what is asked another.

use jiff::civil::{self, time};
use model::Moment;
use model::oncall::{Change, Crew, Layer, Name, Order, Override, Rota, Turn, TurnUnit, Window};
use proptest::prelude::*;

use super::scene::{DAY, HOUR, at, name, rota};
use crate::{Roster, Why, change_crew, off, swap, swap_overrides};

const PEOPLE: [&str; 5] = ["ada", "ben", "carla", "dora", "eva"];
const ZONES: [&str; 5] =
    ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "UTC"];

fn start() -> Moment {
    at("2027-03-01T00:00:00Z")
}

fn person() -> impl Strategy<Value = Name> {
    prop::sample::select(PEOPLE.to_vec()).prop_map(name)
}

fn crew() -> impl Strategy<Value = Vec<Name>> {
    prop::sample::subsequence(PEOPLE.to_vec(), 1..=PEOPLE.len())
        .prop_shuffle()
        .prop_map(|people| people.into_iter().map(name).collect())
}

fn window() -> impl Strategy<Value = Window> {
    (prop::collection::vec(1i8..8, 0..3), 0i8..24, 1i8..24).prop_map(|(days, from, length)| {
        let day = |day| civil::Weekday::from_monday_one_offset(day).expect("a day");
        let until = time((from + length) % 24, 0, 0, 0);
        Window { days: days.into_iter().map(day).collect(), from: time(from, 0, 0, 0), until }
    })
}

fn layer() -> impl Strategy<Value = Layer> {
    let units = vec![TurnUnit::Hour, TurnUnit::Day, TurnUnit::Week, TurnUnit::Month];
    let turn = (1u32..30, prop::sample::select(units));
    let crews = prop::collection::vec((crew(), 1u32..9), 1..4);
    let hours = prop::collection::vec(window(), 0..3);
    (turn, 0i64..90, 0i8..24, any::<Option<u64>>(), crews, hours).prop_map(
        |((every, unit), day, hour, seed, crews, hours)| {
            let mut from_turn = 0;
            let crews = crews.into_iter().map(|(people, turns)| {
                let crew = Crew { from_turn, people, first: 0 };
                from_turn += turns;
                crew
            });
            Layer {
                name: String::new(),
                turn: Turn { every, unit },
                start: crate::clock::days_on(civil::date(2026, 12, 31), day),
                handoff: time(hour, 30, 0, 0),
                order: seed.map_or(Order::InTurn, |seed| Order::Roulette { seed }),
                crews: crews.collect(),
                hours,
            }
        },
    )
}

fn any_rota() -> impl Strategy<Value = Rota> {
    let layers = prop::collection::vec(layer(), 1..4);
    (prop::sample::select(ZONES.to_vec()), layers).prop_map(|(zone, mut layers)| {
        for (index, layer) in layers.iter_mut().enumerate() {
            layer.name = format!("layer-{index}");
        }
        rota(zone, layers)
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        person().prop_map(|person| Change::Add { person }),
        person().prop_map(|person| Change::Remove { person }),
        (person(), person()).prop_map(|(person, with)| Change::Replace { person, with }),
    ]
}

fn overrides() -> impl Strategy<Value = Vec<Override>> {
    prop::collection::vec((change(), 0u32..1200, 1u32..200), 0..8).prop_map(|changes| {
        (1..)
            .zip(changes)
            .map(|(id, (change, from, hours))| Override {
                id,
                rota: name("support"),
                from: start() + from * HOUR,
                until: start() + (from + hours) * HOUR,
                change,
                by: String::new(),
                reason: String::new(),
                made_at: Moment::EPOCH,
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn shifts_cover_the_time_and_every_moment_agrees(
        rota in any_rota(), overrides in overrides(), hours in 1u32..1500, probes in
        prop::collection::vec(0u64..1500 * 3600, 8),
    ) {
        let roster = Roster::new(&rota, &overrides).expect("a rota");
        let (from, until) = (start(), start() + hours * HOUR);
        let shifts = roster.shifts(from, until);
        prop_assert_eq!(shifts[0].from, from);
        prop_assert_eq!(shifts[shifts.len() - 1].until, until);
        for pair in shifts.windows(2) {
            prop_assert_eq!(pair[0].until, pair[1].from);
            prop_assert!(pair[0].person != pair[1].person || pair[0].why != pair[1].why);
        }
        for probe in probes {
            let moment = from + std::time::Duration::from_secs(probe);
            let duty = roster.on_duty(moment);
            prop_assert!(duty.from <= moment && moment < duty.until);
            if let Some(shift) = shifts.iter().find(|it| it.from <= moment && moment < it.until) {
                prop_assert_eq!(&shift.person, &duty.person);
                prop_assert_eq!(&shift.why, &duty.why);
                prop_assert_eq!(shift.from, duty.from.max(from));
                prop_assert_eq!(shift.until, duty.until.min(until));
            }
        }
    }

    #[test]
    fn the_next_handoff_is_where_shifts_change_hands(
        rota in any_rota(), overrides in overrides(), hour in 0u32..1000,
    ) {
        let roster = Roster::new(&rota, &overrides).expect("a rota");
        let after = start() + hour * HOUR;
        let shifts = roster.shifts(after, after + 400 * DAY);
        let changes: Vec<_> =
            shifts.windows(2).filter(|pair| pair[0].person != pair[1].person).collect();
        let handoff = roster.next_handoff(after);
        if let Some(change) = changes.first() {
            let handoff = handoff.expect("shifts change hands");
            prop_assert_eq!(handoff.at, change[1].from);
            prop_assert_eq!(&handoff.off, &change[0].person);
            prop_assert_eq!(&handoff.on, &change[1].person);
            if let Some(next) = changes.get(1) {
                prop_assert_eq!(handoff.until, next[1].from);
            }
        } else if let Some(handoff) = handoff {
            prop_assert!(handoff.at >= shifts[shifts.len() - 1].until);
        }
    }

    #[test]
    fn the_override_with_the_last_word_has_it(
        rota in any_rota(), overrides in overrides(), hour in 0u32..1400,
    ) {
        let moment = start() + hour * HOUR;
        let roster = Roster::new(&rota, &overrides).expect("a rota");
        let duty = roster.on_duty(moment);
        let active = overrides.iter().filter(|it| it.from <= moment && moment < it.until);
        match active.max_by_key(|it| it.id).map(|it| (it.id, &it.change)) {
            Some((id, Change::Add { person })) => {
                prop_assert_eq!(duty.person.as_ref(), Some(person));
                let by_hand = matches!(duty.why, Why::Override { id: found, .. } if found == id);
                prop_assert!(by_hand);
            }
            Some((_, Change::Remove { person })) => {
                prop_assert_ne!(duty.person.as_ref(), Some(person));
            }
            Some((_, Change::Replace { person, with })) => {
                prop_assert!(person == with || duty.person.as_ref() != Some(person));
            }
            None => {
                let by_hand = matches!(duty.why, Why::Override { .. });
                prop_assert!(!by_hand);
            }
        }
    }

    #[test]
    fn an_accepted_swap_exchanges_the_two(rota in any_rota(), asks in person(), asked in person()) {
        let now = start();
        let roster = Roster::new(&rota, &[]).expect("a rota");
        let Ok(swap) = swap(&roster, &asks, &asked, now) else { return Ok(()) };
        let overrides = swap_overrides(&swap, "asked", now);
        let swapped = Roster::new(&rota, &overrides).expect("a rota");
        let exchanged = |(from, until): (Moment, Moment), gone: &Name, come: &Name| {
            let before = roster.shifts(from, until);
            before.iter().filter(|duty| duty.person.as_ref() == Some(gone)).all(|duty| {
                let after = swapped.shifts(duty.from, duty.until);
                after.iter().all(|it| it.person.as_ref() == Some(come))
            })
        };
        let takes = swap.takes.expect("a swap has two sides");
        prop_assert!(swap.gives.1 <= takes.0 && now <= swap.gives.0);
        prop_assert!(exchanged(swap.gives, &asks, &asked));
        prop_assert!(exchanged(takes, &asked, &asks));
    }

    #[test]
    fn new_people_change_nothing_before_their_handoff(
        rota in any_rota(), people in crew(), hour in 0u32..1000,
    ) {
        let now = start() + hour * HOUR;
        let (changed, effective) = change_crew(&rota, "layer-0", people, now).expect("a change");
        prop_assert!(effective > now);
        let before = Roster::new(&rota, &[]).expect("a rota");
        let after = Roster::new(&changed, &[]).expect("a rota");
        prop_assert_eq!(before.shifts(start(), effective), after.shifts(start(), effective));
    }

    #[test]
    fn who_is_off_is_off(rota in any_rota(), hour in 0u32..1000) {
        let now = start() + hour * HOUR;
        let roster = Roster::new(&rota, &[]).expect("a rota");
        let Some(person) = roster.on_duty(now).person else { return Ok(()) };
        let Ok(change) = off(&roster, &person, now) else { return Ok(()) };
        let overrides = [change];
        let changed = Roster::new(&rota, &overrides).expect("a rota");
        prop_assert_ne!(changed.on_duty(now).person, Some(person));
        prop_assert!(changed.gaps(now, overrides[0].until).is_empty());
    }
}
