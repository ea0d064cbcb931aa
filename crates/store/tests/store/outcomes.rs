//! What probes found, and what each hour came to.

use model::oncall::Name;
use model::watch::{Hour, Outcome};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{KeptOutcome, OutcomeRow, Store};

use crate::oncall_rows::name;
use crate::rows::{at, open_owner, owner};
use crate::watch_rows::{check, down, row, state, up};
use crate::{Opened, block_on};

/// Seconds of an hour.
const HOUR: u64 = 3_600;
/// Stores that the property of hours opens.
const CASES: u32 = 32;

async fn open_shop(store: &dyn Store) -> Name {
    open_owner(store).await;
    store.save_check(owner(), check("shop")).await.expect("it is kept");
    name("shop")
}

fn kept(outcome: Outcome) -> KeptOutcome {
    KeptOutcome { outcome, maintenance: false }
}

pub(crate) async fn outcomes_come_back_newest_first(store: &dyn Store) {
    let shop = open_shop(store).await;
    let silent = OutcomeRow { maintenance: true, ..row("shop", down(30)) };
    let rows = vec![row("shop", up(10)), row("shop", down(20)), silent, row("gone", up(15))];
    store.keep_outcomes(rows, vec![]).await.expect("what is gone is left out");
    store.keep_outcomes(vec![row("shop", up(5))], vec![]).await.expect("a late one");
    let all = store.outcomes(owner(), &shop, at(0), at(99), 99).await.expect("a list");
    let silent = KeptOutcome { maintenance: true, ..kept(down(30)) };
    assert_eq!(all, [silent, kept(down(20)), kept(up(10)), kept(up(5))]);
    let page = store.outcomes(owner(), &shop, at(0), at(99), 2).await.expect("a list");
    assert_eq!(page, all[..2]);
    let last = page[1].outcome.at;
    let next = store.outcomes(owner(), &shop, at(0), last, 9).await.expect("a list");
    assert_eq!(next, all[2..], "the next page is that until its last");
    let between = store.outcomes(owner(), &shop, at(10), at(20), 9).await;
    assert_eq!(between, Ok(vec![kept(up(10))]));
    assert_eq!(store.outcomes(owner(), &shop, at(0), at(99), 0).await, Ok(all[..1].to_vec()));
    assert_eq!(store.outcomes(owner(), &name("gone"), at(0), at(99), 9).await, Ok(vec![]));
}

pub(crate) async fn a_reason_is_kept_up_to_a_thousand_bytes(store: &dyn Store) {
    let shop = open_shop(store).await;
    for (second, length, expected) in [(1, 1_000, 1_000), (2, 1_001, 1_000), (3, 1_000_000, 1_000)]
    {
        let outcome = Outcome { reason: "x".repeat(length), ..down(second) };
        store.keep_outcomes(vec![row("shop", outcome)], vec![]).await.expect("it is kept");
        let last = store.outcomes(owner(), &shop, at(0), at(9), 1).await.expect("a list");
        assert_eq!(last[0].outcome.reason.len(), expected);
    }
    let outcome = Outcome { reason: format!("x{}", "é".repeat(600)), ..down(4) };
    store.keep_outcomes(vec![row("shop", outcome)], vec![]).await.expect("it is kept");
    let last = store.outcomes(owner(), &shop, at(0), at(9), 1).await.expect("a list");
    assert_eq!(last[0].outcome.reason, format!("x{}", "é".repeat(499)), "a letter isn't cut");
}

pub(crate) async fn an_hour_is_the_sum_of_its_outcomes(store: &dyn Store) {
    let shop = open_shop(store).await;
    let bucket = |bucket, row: OutcomeRow| OutcomeRow { bucket, ..row };
    let silent = |row: OutcomeRow| OutcomeRow { maintenance: true, ..row };
    let first = vec![
        row("shop", up(HOUR)),
        bucket(4, row("shop", up(HOUR + 60))),
        row("shop", down(HOUR + 120)),
        silent(row("shop", up(HOUR + 180))),
        silent(row("shop", down(HOUR + 240))),
        row("shop", up(2 * HOUR)),
    ];
    store.keep_outcomes(first, vec![]).await.expect("it is kept");
    let second = vec![bucket(0, row("shop", up(2 * HOUR - 1))), row("shop", down(4 * HOUR))];
    store.keep_outcomes(second, vec![]).await.expect("it is kept");
    let hour = |hour: u64, probes, up, maintenance, times: &[u32]| Hour {
        at: at(hour * HOUR),
        probes,
        up,
        maintenance,
        times: times.to_vec(),
    };
    let one = hour(1, 6, 3, 2, &[1, 0, 1, 0, 1]);
    let (two, four) = (hour(2, 1, 1, 0, &[0, 0, 1]), hour(4, 1, 0, 0, &[]));
    let hours = async |from, until| store.hours(owner(), &shop, at(from), at(until)).await;
    assert_eq!(hours(0, 9 * HOUR).await, Ok(vec![one, two.clone(), four]), "oldest first");
    assert_eq!(hours(2 * HOUR, 4 * HOUR).await, Ok(vec![two]));
    assert_eq!(store.hours(owner(), &name("gone"), at(0), at(9 * HOUR)).await, Ok(vec![]));
}

pub(crate) async fn an_outcome_that_is_kept_twice_counts_once(store: &dyn Store) {
    let shop = open_shop(store).await;
    for _ in 0..2 {
        let rows = vec![row("shop", up(10)), row("shop", up(10)), row("shop", down(20))];
        store.keep_outcomes(rows, vec![(owner(), state("shop", 20))]).await.expect("it is kept");
    }
    let all = store.outcomes(owner(), &shop, at(0), at(99), 99).await;
    assert_eq!(all, Ok(vec![kept(down(20)), kept(up(10))]));
    let hours = store.hours(owner(), &shop, at(0), at(99)).await.expect("a list");
    assert_eq!((hours[0].probes, hours[0].up, hours[0].times.as_slice()), (2, 1, &[0, 0, 1][..]));
}

pub(crate) async fn a_removed_check_takes_what_came_of_it_along(store: &dyn Store) {
    let shop = open_shop(store).await;
    store.save_check(owner(), check("api")).await.expect("it is kept");
    // From the end of an hour into the next: one is settled, the other the newest.
    let rows: Vec<_> = (20..70)
        .flat_map(|minute| ["shop", "api"].map(|check| row(check, up(minute * 60))))
        .collect();
    store.keep_outcomes(rows, vec![(owner(), state("shop", 1))]).await.expect("it is kept");
    assert_eq!(store.remove_check(owner(), &shop).await, Ok(true));
    assert_eq!(store.outcomes(owner(), &shop, at(0), at(2 * HOUR), 99).await, Ok(vec![]));
    store.save_check(owner(), check("shop")).await.expect("one of the same name");
    assert_eq!(store.outcomes(owner(), &shop, at(0), at(2 * HOUR), 99).await, Ok(vec![]));
    assert_eq!(store.hours(owner(), &shop, at(0), at(2 * HOUR)).await, Ok(vec![]));
    assert_eq!(store.check_states(owner()).await, Ok(vec![]));
    store.keep_outcomes(vec![row("shop", up(1))], vec![]).await.expect("it is kept");
    let mut steps = Vec::new();
    while steps.last() != Some(&0) {
        steps.push(store.forget_outcomes(at(0), at(0), 20).await.expect("a number"));
    }
    assert_eq!(steps, [20, 20, 12, 0], "fifty outcomes, an hour, and its place among the removed");
    let left =
        store.outcomes(owner(), &name("api"), at(0), at(2 * HOUR), 99).await.expect("a list");
    assert_eq!(left.len(), 50);
    let left = store.outcomes(owner(), &shop, at(0), at(2 * HOUR), 99).await;
    assert_eq!(left, Ok(vec![kept(up(1))]));
}

pub(crate) async fn what_is_old_is_forgotten_in_bounded_steps(store: &dyn Store) {
    let shop = open_shop(store).await;
    store.save_check(owner(), check("api")).await.expect("it is kept");
    let minutes = (0..180).map(|minute| minute * 60);
    let rows: Vec<_> =
        minutes.flat_map(|at| ["shop", "api"].map(|check| row(check, up(at)))).collect();
    store.keep_outcomes(rows, vec![]).await.expect("it is kept");
    assert_eq!(store.forget_outcomes(at(0), at(0), 99).await, Ok(0), "nothing is that old");
    let first = store.forget_outcomes(at(2 * HOUR), at(HOUR), 100).await;
    assert_eq!(first, Ok(100), "no more than asked for");
    let mut all = 100;
    loop {
        match store.forget_outcomes(at(2 * HOUR), at(HOUR), 100).await.expect("a number") {
            0 => break,
            some => all += some,
        }
    }
    assert_eq!(all, 2 * 120 + 2);
    for check in [&shop, &name("api")] {
        let outcomes = store.outcomes(owner(), check, at(0), at(3 * HOUR), 999).await;
        let outcomes = outcomes.expect("a list");
        assert_eq!(outcomes.len(), 60);
        assert_eq!(outcomes.last().map(|last| last.outcome.at), Some(at(2 * HOUR)));
        let hours = store.hours(owner(), check, at(0), at(3 * HOUR)).await.expect("a list");
        assert_eq!(hours.iter().map(|hour| hour.at).collect::<Vec<_>>(), [at(HOUR), at(2 * HOUR)]);
    }
}

/// Whatever comes in whatever batches, each hour is the sum of what is listed for it.
pub(crate) fn hours_and_outcomes_agree_whatever_came(open: fn() -> Opened) {
    let outcome = (0_u64..4 * HOUR, any::<bool>(), any::<bool>(), 0_usize..300);
    let batches = prop::collection::vec(prop::collection::vec(outcome, 0..30), 0..6);
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let outcome = runner.run(&batches, |batches| {
        let opened = open();
        block_on(agree(&*opened.store, batches));
        Ok(())
    });
    outcome.expect("they agree");
}

async fn agree(store: &dyn Store, batches: Vec<Vec<(u64, bool, bool, usize)>>) {
    let shop = open_shop(store).await;
    for batch in batches {
        let rows = batch.into_iter().map(|(second, is_up, maintenance, bucket)| {
            let outcome = if is_up { up(second) } else { down(second) };
            OutcomeRow { maintenance, bucket, ..row("shop", outcome) }
        });
        store.keep_outcomes(rows.collect(), vec![]).await.expect("it is kept");
    }
    let hours = store.hours(owner(), &shop, at(0), at(4 * HOUR)).await.expect("a list");
    assert!(hours.iter().all(|hour| hour.probes > 0 && hour.times.len() <= 256));
    let mut all = 0;
    for hour in hours {
        let until =
            at(u64::try_from(hour.at.micros()).expect("not before 1970") / 1_000_000 + HOUR);
        let listed = store.outcomes(owner(), &shop, hour.at, until, 10_000).await.expect("a list");
        let maintenance = listed.iter().filter(|kept| kept.maintenance).count();
        let up = listed.iter().filter(|kept| kept.outcome.up && !kept.maintenance).count();
        let sums = (hour.probes, hour.maintenance, hour.up, hour.times.iter().sum::<u32>());
        let counted = |count: usize| u32::try_from(count).expect("few");
        let expected = (counted(listed.len()), counted(maintenance), counted(up), counted(up));
        assert_eq!(sums, expected);
        all += listed.len();
    }
    let listed = store.outcomes(owner(), &shop, at(0), at(4 * HOUR), 10_000).await;
    assert_eq!(listed.expect("a list").len(), all);
}
