//! Layers, overrides, swaps and explanations, as a team meets them.

use jiff::civil::{Weekday, time};
use model::oncall::{Change, Language, Order, TurnUnit, Window};

use super::scene::{DAY, HOUR, at, change, layer, name, names, rota, weekly};
use crate::{
    Roster, RotaError, Why, change_crew, check_rota, off, swap, swap_overrides, swap_shifts, take,
};

fn who(roster: &Roster<'_>, moment: &str) -> String {
    roster.on_duty(at(moment)).person.map_or_else(|| "-".to_owned(), |name| name.to_string())
}

#[test]
fn duty_explains_itself() {
    let mut rota = weekly("ada ben carla");
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let duty = roster.on_duty(at("2026-12-23T12:00:00-03:00"));
    assert_eq!(
        duty.explain(Language::English, &rota.zone),
        "ben is on duty until Mon 28 Dec 09:00 (America/Sao_Paulo): layer primary, turn 1 of a week each, \
         second of three."
    );
    assert_eq!(
        duty.explain(Language::Portuguese, &rota.zone),
        "ben está de plantão até seg 28/12 09:00 (America/Sao_Paulo): camada primary, turno 1 de uma semana \
         cada, 2ª pessoa de 3."
    );
    let replaced = Change::Replace { person: name("ada"), with: name("ben") };
    let mut swapped = change(7, "2026-12-14T09:00:00-03:00", "2026-12-21T09:00:00-03:00", replaced);
    swapped.reason = "swap 12".to_owned();
    let overrides = [swapped];
    let roster = Roster::new(&rota, &overrides).expect("a rota");
    assert_eq!(
        roster.on_duty(at("2026-12-15T12:00:00Z")).explain(Language::English, &rota.zone),
        "ben is on duty until Mon 21 Dec 09:00 (America/Sao_Paulo): changed by hand (override 7 by ben: \
         swap 12) instead of ada."
    );
    rota.layers[0].order = Order::Roulette { seed: 42 };
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let text = roster.on_duty(at("2026-12-23T12:00:00Z")).explain(Language::English, &rota.zone);
    assert!(text.contains("drawn by lot (seed 42, round 0), the chances were "), "{text}");
}

#[test]
fn the_last_layer_with_somebody_decides() {
    let mut office = layer("office", TurnUnit::Day, "2026-12-14", "eva fred");
    let days = [1, 2, 3, 4, 5].map(|day| Weekday::from_monday_one_offset(day).expect("a day"));
    office.hours =
        vec![Window { days: days.to_vec(), from: time(9, 0, 0, 0), until: time(17, 0, 0, 0) }];
    let rota = rota(
        "America/Sao_Paulo",
        vec![layer("nights", TurnUnit::Week, "2026-12-14", "ada ben"), office],
    );
    let roster = Roster::new(&rota, &[]).expect("a rota");
    assert_eq!(who(&roster, "2026-12-14T12:00:00-03:00"), "eva");
    assert_eq!(who(&roster, "2026-12-14T17:00:00-03:00"), "ada");
    assert_eq!(who(&roster, "2026-12-15T16:59:00-03:00"), "fred");
    let weekend = roster.on_duty(at("2026-12-19T12:00:00-03:00"));
    assert_eq!(weekend.from, at("2026-12-18T17:00:00-03:00"));
    assert_eq!(weekend.until, at("2026-12-21T09:00:00-03:00"));
    assert_eq!(roster.people(at("2026-12-14T12:00:00Z")), names("ada ben eva fred"));
}

#[test]
fn a_gap_is_named_with_its_bounds() {
    let mut rota = weekly("ada");
    rota.layers[0].hours = vec![Window {
        days: vec![Weekday::Monday],
        from: time(9, 0, 0, 0),
        until: time(17, 0, 0, 0),
    }];
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let gap = roster.on_duty(at("2026-12-16T12:00:00-03:00"));
    assert_eq!((gap.person, gap.why), (None, Why::Gap));
    assert_eq!(gap.from, at("2026-12-14T17:00:00-03:00"));
    assert_eq!(gap.until, at("2026-12-21T09:00:00-03:00"));
    assert_eq!(roster.next_after(None, at("2026-12-16T12:00:00Z")), Some(name("ada")));
    let gaps = roster.gaps(at("2026-12-01T00:00:00Z"), at("2026-12-20T00:00:00Z"));
    assert_eq!(
        gaps,
        [
            (at("2026-12-01T00:00:00Z"), at("2026-12-14T09:00:00-03:00")),
            (at("2026-12-14T17:00:00-03:00"), at("2026-12-20T00:00:00Z")),
        ]
    );
}

#[test]
fn later_overrides_lie_on_top() {
    let rota = weekly("ada ben");
    let day = ("2026-12-15T00:00:00-03:00", "2026-12-16T00:00:00-03:00");
    let add = |id, who: &str| change(id, day.0, day.1, Change::Add { person: name(who) });
    let remove = |id, who: &str| change(id, day.0, day.1, Change::Remove { person: name(who) });
    let on = |overrides: &[_]| {
        who(&Roster::new(&rota, overrides).expect("a rota"), "2026-12-15T12:00:00-03:00")
    };
    assert_eq!(on(&[add(2, "dora"), add(1, "carla")]), "dora");
    assert_eq!(on(&[add(1, "carla"), remove(2, "carla")]), "ada");
    assert_eq!(on(&[remove(1, "carla"), add(2, "carla")]), "carla");
    assert_eq!(on(&[remove(1, "ada")]), "-");
    let replace = Change::Replace { person: name("ada"), with: name("ben") };
    assert_eq!(on(&[change(1, day.0, day.1, replace.clone()), remove(2, "ada")]), "ben");
    assert_eq!(on(&[change(1, day.0, day.1, replace), remove(2, "ben")]), "-");
}

#[test]
fn whoever_is_removed_leaves_it_to_a_lower_layer() {
    let rota = rota(
        "UTC",
        vec![
            layer("backup", TurnUnit::Day, "2026-12-14", "carla dora"),
            layer("primary", TurnUnit::Week, "2026-12-14", "ada ben"),
        ],
    );
    let remove = Change::Remove { person: name("ada") };
    let overrides = [change(1, "2026-12-15T00:00:00Z", "2026-12-17T00:00:00Z", remove)];
    let roster = Roster::new(&rota, &overrides).expect("a rota");
    assert_eq!(who(&roster, "2026-12-14T12:00:00Z"), "ada");
    assert_eq!(who(&roster, "2026-12-15T12:00:00Z"), "dora");
    assert_eq!(who(&roster, "2026-12-16T12:00:00Z"), "carla");
    assert_eq!(who(&roster, "2026-12-17T00:00:00Z"), "ada");
}

#[test]
fn who_stays_is_followed_by_who_stood_behind_them() {
    let rota = weekly("ada ben carla");
    let now = at("2026-12-23T10:00:00-03:00");
    let next = |people: &str| {
        let (changed, effective) =
            change_crew(&rota, "primary", names(people), now).expect("a change");
        Roster::new(&changed, &[]).expect("a rota").on_duty(effective).person.expect("somebody")
    };
    assert_eq!(next("ada ben dora carla").as_str(), "dora");
    assert_eq!(next("dora ada carla").as_str(), "carla", "ben left: carla stood behind him");
    assert_eq!(next("dora ada").as_str(), "ada");
    assert_eq!(next("dora eva").as_str(), "dora");
    assert_eq!(
        change_crew(&rota, "nights", names("ada"), now).expect_err("no such layer").to_string(),
        "there is no layer 'nights' in the rota: it has primary"
    );
    assert!(change_crew(&rota, "primary", Vec::new(), now).is_err());
    let early = at("2026-12-01T00:00:00Z");
    let (changed, effective) =
        change_crew(&rota, "primary", names("eva"), early).expect("a change before the start");
    assert_eq!((changed.layers[0].crews.len(), effective), (1, at("2026-12-14T12:00:00Z")));
}

#[test]
fn somebody_takes_two_hours() {
    let rota = weekly("ada ben carla");
    let now = at("2026-12-15T12:00:00Z");
    let taken = take(&rota, &[], &name("ben"), now, 2 * HOUR, "ben").expect("taken");
    let overrides = [taken];
    let roster = Roster::new(&rota, &overrides).expect("a rota");
    assert_eq!(who(&roster, "2026-12-15T13:59:59Z"), "ben");
    assert_eq!(who(&roster, "2026-12-15T14:00:00Z"), "ada");
    let handoff = roster.next_handoff(now - HOUR).expect("a handoff");
    assert_eq!((handoff.at, handoff.until), (now, now + 2 * HOUR));
    assert_eq!(
        take(&rota, &overrides, &name("ben"), now, HOUR, "ben"),
        Err(RotaError::OnDutyAlready(name("ben")))
    );
    assert!(take(&rota, &[], &name("ben"), now, std::time::Duration::ZERO, "ben").is_err());
    assert!(take(&rota, &[], &name("ben"), now, 365 * DAY, "ben").is_err());
}

#[test]
fn who_is_off_is_followed_by_the_next_in_turn() {
    let rota = weekly("ada ben carla");
    let now = at("2026-12-23T12:00:00Z");
    let roster = Roster::new(&rota, &[]).expect("a rota");
    assert_eq!(off(&roster, &name("ada"), now), Err(RotaError::NotOnDuty(name("ada"))));
    let overrides = [off(&roster, &name("ben"), now).expect("off")];
    let roster = Roster::new(&rota, &overrides).expect("a rota");
    let duty = roster.on_duty(now);
    assert_eq!(duty.person, Some(name("carla")));
    assert_eq!(
        duty.until,
        at("2027-01-04T12:00:00Z") - 7 * DAY,
        "until ben's turn would have ended"
    );
    assert_eq!(roster.next_after(Some(&name("carla")), now), Some(name("ada")), "not back to ben");
    let alone = weekly("ada");
    let roster = Roster::new(&alone, &[]).expect("a rota");
    assert_eq!(off(&roster, &name("ada"), now), Err(RotaError::NobodyElse(name("ada"))));
}

#[test]
fn two_swap_their_shifts() {
    let rota = weekly("ada ben carla");
    let now = at("2026-12-15T12:00:00Z");
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let asked = swap(&roster, &name("ada"), &name("carla"), now).expect("a swap");
    assert_eq!(asked.gives, (now, at("2026-12-21T12:00:00Z")));
    assert_eq!(asked.takes, Some((at("2026-12-28T12:00:00Z"), at("2027-01-04T12:00:00Z"))));
    let overrides = swap_overrides(&model::oncall::Swap { id: 12, ..asked }, "carla", now + HOUR);
    assert_eq!(overrides.len(), 2);
    assert_eq!((overrides[0].from, overrides[0].reason.as_str()), (now + HOUR, "swap 12"));
    let roster = Roster::new(&rota, &overrides).expect("a rota");
    assert_eq!(who(&roster, "2026-12-15T12:30:00Z"), "ada");
    assert_eq!(who(&roster, "2026-12-16T12:30:00Z"), "carla");
    assert_eq!(who(&roster, "2026-12-22T12:30:00Z"), "ben");
    assert_eq!(who(&roster, "2026-12-29T12:30:00Z"), "ada");
}

#[test]
fn what_cant_be_swapped_says_why() {
    let rota = weekly("ada ben");
    let now = at("2026-12-23T12:00:00Z");
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let (ada, ben, zoe) = (name("ada"), name("ben"), name("zoe"));
    assert_eq!(swap(&roster, &ada, &ada, now), Err(RotaError::SamePerson(ada.clone())));
    assert_eq!(swap(&roster, &ada, &zoe, now), Err(RotaError::NoShift(zoe)));
    let past = (at("2026-12-14T12:00:00Z"), at("2026-12-21T12:00:00Z"));
    assert_eq!(
        swap_shifts(&roster, &ada, &ben, past, None, now),
        Err(RotaError::PastShift(past.1))
    );
    let bens = (at("2026-12-21T12:00:00Z"), at("2026-12-28T12:00:00Z"));
    assert_eq!(
        swap_shifts(&roster, &ada, &ben, bens, None, now),
        Err(RotaError::NoShift(ada.clone()))
    );
    let given = swap_shifts(&roster, &ben, &ada, bens, None, now).expect("given away");
    assert_eq!((given.gives.0, given.takes), (now, None));
}

#[test]
fn rotas_that_cant_be_say_what_to_do() {
    let wrong = |change: fn(&mut model::oncall::Rota)| {
        let mut rota = weekly("ada ben");
        change(&mut rota);
        check_rota(&rota).expect_err("wrong").to_string()
    };
    assert_eq!(wrong(|rota| rota.layers.clear()), "the rota has no layer: give it at least one");
    assert_eq!(
        wrong(|rota| rota.layers[0].crews[0].people.clear()),
        "layer 'primary' has nobody from turn 0 on: name at least one person"
    );
    assert_eq!(
        wrong(|rota| rota.layers[0].turn.every = 0),
        "a turn of 0 in layer 'primary' can't be: use 1 to 1000"
    );
    assert_eq!(
        wrong(|rota| rota.layers[0].crews[0].first = 2),
        "first = 2 in layer 'primary' is nobody: its crew has 2, counted from 0"
    );
    assert_eq!(
        wrong(|rota| rota.layers[0].crews[0].people = names("ada ada")),
        "'ada' is twice in a crew of layer 'primary': name everybody once"
    );
    assert_eq!(
        wrong(|rota| {
            let crew = rota.layers[0].crews[0].clone();
            rota.layers[0].crews.push(crew);
        }),
        "crews of layer 'primary' aren't in order: turn 0 comes after turn 0"
    );
    assert_eq!(
        wrong(|rota| {
            let noon = time(12, 0, 0, 0);
            rota.layers[0].hours = vec![Window { days: Vec::new(), from: noon, until: noon }];
        }),
        "a window of layer 'primary' ends when it begins: leave it out if the layer always counts"
    );
}
