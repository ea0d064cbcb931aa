//! Windows, and the moments between which nothing changes.

use std::time::Duration;

use model::oncall::Zone;
use model::watch::{Check, Family, Maintenance, Probe, Recurrence};
use proptest::prelude::*;

use super::*;

fn check() -> Check {
    let probe = Probe::Ping { host: "shop.test".to_owned(), family: Family::Any };
    Check { labels: vec!["web".to_owned()], ..Check::new("shop".parse().expect("a name"), probe) }
}

fn maintenance(when: Recurrence) -> Maintenance {
    Maintenance {
        name: "updates".parse().expect("a name"),
        title: String::new(),
        checks: Vec::new(),
        labels: Vec::new(),
        when,
        from_file: false,
    }
}

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

#[test]
fn a_week_has_its_windows_past_midnight_too() {
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let weekly = Recurrence::Weekly { days: vec![2], from_minute: 23 * 60, minutes: 120, zone };
    let weekly = maintenance(weekly);
    for (moment, on) in [
        ("2026-11-25T01:59:00Z", false),
        ("2026-11-25T02:00:00Z", true),
        ("2026-11-25T03:59:00Z", true),
        ("2026-11-25T04:00:00Z", false),
    ] {
        assert_eq!(in_maintenance(&weekly, &check(), at(moment)), on, "{moment}");
    }
    let next = next_change(&[weekly], &check(), at("2026-11-25T01:00:00Z"));
    assert_eq!(next, Some(at("2026-11-25T02:00:00Z")));
}

#[test]
fn it_is_for_the_checks_and_labels_that_it_names_or_for_all() {
    let (from, until) = (at("2026-11-25T00:00:00Z"), at("2026-11-25T01:00:00Z"));
    let once = maintenance(Recurrence::Once { from, until });
    let on = |maintenance: &Maintenance| in_maintenance(maintenance, &check(), from);
    assert!(on(&once));
    assert!(on(&Maintenance { labels: vec!["web".to_owned()], ..once.clone() }));
    assert!(on(&Maintenance { checks: vec!["shop".parse().expect("a name")], ..once.clone() }));
    assert!(!on(&Maintenance { labels: vec!["mail".to_owned()], ..once.clone() }));
    assert_eq!(next_change(&[once], &check(), until), None);
}

proptest! {
    #[test]
    fn between_two_changes_nothing_changes(
        minutes in 1_u32..3_000,
        from_minute in 0_u16..1_440,
        days in prop::collection::vec(1_u8..8, 1..4),
        start in 0_i64..20_000,
        look in 0.0_f64..1.0,
    ) {
        let zone: Zone = "Europe/Lisbon".parse().expect("a zone");
        let windows =
            [maintenance(Recurrence::Weekly { days, from_minute, minutes, zone })];
        let now = Moment::from_micros(1_790_000_000_000_000 + start * 1_000_000 * 97);
        let on = |at| in_maintenance(&windows[0], &check(), at);
        let next = next_change(&windows, &check(), now).expect("each week has one");
        prop_assert!(next > now);
        let between = now + Duration::from_secs_f64(next.since(now).as_secs_f64() * look * 0.999);
        prop_assert_eq!(on(now), on(between));
    }
}
