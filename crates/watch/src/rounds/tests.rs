//! Turns over time: even, never in a burst, nobody forgotten.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn after(milliseconds: u64) -> Moment {
    Moment::EPOCH + Duration::from_millis(1_000_000 + milliseconds)
}

#[test]
fn five_thousand_checks_a_minute_are_spread_over_it() {
    let mut rounds = Rounds::new();
    for check in 0..5_000 {
        rounds.insert(check, Duration::from_secs(60), after(0));
    }
    let mut most = 0;
    let mut turns = BTreeMap::new();
    for second in 1..=120 {
        let due = rounds.due(after(second * 1_000));
        most = most.max(due.len());
        for check in due {
            *turns.entry(check).or_insert(0) += 1;
        }
    }
    assert!(most < 150, "{most} in one second, where 83 are the mean");
    assert!(turns.len() == 5_000 && turns.values().all(|turns| *turns == 2));
}

#[test]
fn turns_that_were_missed_are_not_made_up_for() {
    let mut rounds = Rounds::new();
    rounds.insert("shop", Duration::from_secs(10), after(0));
    assert!(rounds.due(after(3_600_000)).len() <= 1);
    assert!(rounds.due(after(3_600_001)).is_empty());
    assert!(rounds.next().is_some_and(|next| next <= after(3_620_000)));
}

#[test]
fn who_hurries_is_next_and_who_leaves_is_gone() {
    let mut rounds = Rounds::new();
    rounds.insert("shop", Duration::from_secs(60), after(0));
    rounds.hurry(&"shop", after(5));
    assert_eq!(rounds.due(after(5)), ["shop"]);
    rounds.remove(&"shop");
    assert!(rounds.is_empty() && rounds.next().is_none());
}

proptest! {
    #[test]
    fn each_has_its_turns_and_no_more_however_late_they_are_looked_at(
        every in prop::collection::vec(1_u64..30, 1..20),
        steps in prop::collection::vec(1_u64..900, 50..300),
    ) {
        let mut rounds = Rounds::new();
        for (key, every) in every.iter().enumerate() {
            rounds.insert(key, Duration::from_secs(*every), after(0));
        }
        let (mut now, mut turns) = (0, vec![0_u64; every.len()]);
        for step in steps {
            now += step;
            for key in rounds.due(after(now)) {
                turns[key] += 1;
            }
        }
        for (turns, every) in turns.iter().zip(&every) {
            let whole = now / (every * 1_000);
            prop_assert!(*turns <= whole + 1, "{turns} in {now} ms, one in {every} s");
            prop_assert!(*turns * 2 + 2 >= whole, "{turns} in {now} ms, one in {every} s");
        }
    }
}
