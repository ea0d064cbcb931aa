//! What follows from an expression, against a look at each minute.

use std::time::Duration;

use model::oncall::Zone;
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> Zone {
    name.parse().expect("a zone")
}

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn next(expression: &str, after: &str, zone_name: &str) -> String {
    let cron: Cron = expression.parse().expect("an expression");
    cron.next(at(after), &zone(zone_name)).map(Moment::iso8601).unwrap_or_default()
}

#[test]
fn the_next_time_is_after_the_moment_and_by_the_wall_of_the_zone() {
    for (expression, after, zone, expected) in [
        ("0 3 * * *", "2026-11-23T02:59:59Z", "UTC", "2026-11-23T03:00:00Z"),
        ("0 3 * * *", "2026-11-23T03:00:00Z", "UTC", "2026-11-24T03:00:00Z"),
        ("0 3 * * *", "2026-11-23T03:00:00Z", "America/Sao_Paulo", "2026-11-23T06:00:00Z"),
        ("*/15 9-17 * * mon-fri", "2026-11-20T17:50:00Z", "UTC", "2026-11-23T09:00:00Z"),
        ("0 0 29 2 *", "2026-11-23T00:00:00Z", "UTC", "2028-02-29T00:00:00Z"),
    ] {
        assert_eq!(next(expression, after, zone), expected, "{expression} after {after}");
    }
}

#[test]
fn a_time_that_the_clocks_skip_comes_just_after_and_one_that_comes_twice_counts_once() {
    // Lisbon, 2026-03-29: 01:00 to 02:00; 2026-10-25: 02:00 back to 01:00.
    assert_eq!(next("30 1 * * *", "2026-03-28T12:00:00Z", "Europe/Lisbon"), "2026-03-29T01:00:00Z");
    let first = next("30 1 * * *", "2026-10-24T12:00:00Z", "Europe/Lisbon");
    let second = next("30 1 * * *", &first, "Europe/Lisbon");
    assert_eq!(second, "2026-10-26T01:30:00Z", "after {first}");
}

#[test]
fn what_is_no_expression_is_refused_with_its_field() {
    for wrong in ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "a * * * *"]
    {
        assert!(wrong.parse::<Cron>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn it_is_the_first_minute_that_matches(minute in 0_u32..60, hour in 0_u32..24, start in 0_i64..40_000) {
        let cron: Cron = format!("{minute} {hour} * * *").parse().expect("an expression");
        let after = Moment::from_micros(1_790_000_000_000_000 + start * 61_000_000);
        let found = cron.next(after, &Zone::utc()).expect("each day has one");
        let mut looked = Moment::from_micros(after.micros() / 60_000_000 * 60_000_000) + Duration::from_secs(60);
        while looked.iso8601()[11..16] != format!("{hour:02}:{minute:02}") {
            looked = looked + Duration::from_secs(60);
        }
        prop_assert_eq!(found, looked);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = text.parse::<Cron>();
    }
}
