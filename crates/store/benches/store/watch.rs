//! What it costs to keep what five thousand checks a minute find: batches of five hundred outcomes, with and without
//! where the checks stand; and with the argument `million`, a list, hours and a sweep over a million outcomes.

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use model::oncall::Name;
use model::watch::{Check, CheckState, HttpProbe, Outcome, Probe, Standing};
use model::{Moment, Sid};
use store::{IncidentFilter, OutcomeRow, Sqlite, Watching as _};

use crate::clients::{Bench, OWNER};

/// Checks, each probed once a minute.
const CHECKS: u64 = 5_000;
/// Outcomes of a batch.
const BATCH: u64 = 500;
/// Outcomes that are kept before lists are measured.
const MILLION: u64 = 1_000_000;
/// Hours of ninety days.
const HOURS: u64 = 2_160;
/// A minute in microseconds.
const MINUTE: u64 = 60_000_000;

fn name(check: u64) -> Name {
    // Turns are spread by a hash, so that those of one batch aren't neighbours.
    let spread = check.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    format!("check-{spread}-{check}").parse().expect("a name")
}

fn watching() -> Bench {
    let bench = Bench::open();
    let checks = (0..CHECKS).map(|check| {
        let probe = HttpProbe::get(format!("https://shop-{check}.example/health"));
        Check::new(name(check), Probe::Http(Box::new(probe)))
    });
    let kept = bench.store.replace_from_file(OWNER, checks.collect(), vec![], vec![], vec![]);
    bench.runtime.block_on(kept).expect("they are kept");
    bench
}

/// The checks of a batch, and when they were probed.
fn turns(batch: u64) -> impl Iterator<Item = (u64, Moment)> {
    (batch * BATCH..(batch + 1) * BATCH).map(|turn| {
        let micros = turn / CHECKS * MINUTE + turn % CHECKS * MINUTE / CHECKS;
        (turn % CHECKS, Moment::from_micros(micros as i64))
    })
}

/// One in a hundred is down.
fn outcome(check: u64, at: Moment) -> Outcome {
    let up = !check.is_multiple_of(100);
    let reason = if up { String::new() } else { "status 502 instead of 200 to 299".to_owned() };
    let took_us = 5_000 + check * 10;
    Outcome { at, took_us, up, reason, certificate_ends: Some(at + Duration::from_secs(5_000_000)) }
}

fn rows(batch: u64) -> Vec<OutcomeRow> {
    let row = |(check, at)| OutcomeRow {
        account: OWNER,
        check: name(check),
        outcome: outcome(check, at),
        maintenance: false,
        bucket: 8 + (check % 5) as usize,
    };
    turns(batch).map(row).collect()
}

fn states(batch: u64) -> Vec<(Sid, CheckState)> {
    let state = |(check, at)| CheckState {
        standing: Standing::Up,
        since: Some(Moment::EPOCH),
        passing: 2,
        last: Some(outcome(check, at)),
        ..CheckState::new(name(check))
    };
    turns(batch).map(|turn| (OWNER, state(turn))).collect()
}

async fn keep(store: Arc<Sqlite>, batch: u64) {
    store.keep_outcomes(rows(batch), vec![]).await.expect("it is kept");
}

async fn keep_with_states(store: Arc<Sqlite>, batch: u64) {
    store.keep_outcomes(rows(batch), states(batch)).await.expect("it is kept");
}

pub(crate) fn outcomes(criterion: &mut Criterion) {
    let bench = watching();
    let mut group = criterion.benchmark_group("watch");
    group.throughput(Throughput::Elements(BATCH)).sample_size(20);
    group.bench_function("keep 500 outcomes", |bencher| {
        bencher.iter_custom(|batches| bench.time(1, batches, keep));
    });
    group.bench_function("keep 500 outcomes and states", |bencher| {
        bencher.iter_custom(|batches| bench.time(1, batches, keep_with_states));
    });
    group.finish();
}

/// Long because: one bench after another on the same million rows, which take half a minute to keep.
pub(crate) fn million(criterion: &mut Criterion) {
    // It takes half a minute to keep them, and is only done for who asks for it.
    if !std::env::args().any(|argument| ["million", "outcomes"].contains(&argument.as_str())) {
        return;
    }
    let bench = watching();
    let took = bench.time(1, MILLION / BATCH, keep_with_states);
    let (bench, opening) = bench.reopened();
    println!("{MILLION} outcomes were kept in {took:.1?}, and opened again in {opening:.1?}");
    let (shop, later) = (name(CHECKS / 2), Moment::from_micros(i64::MAX));
    let mut group = criterion.benchmark_group("a million outcomes");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("the last 100 of a check (million)", |bencher| {
        bencher.iter(|| {
            let list = bench.store.outcomes(OWNER, &shop, Moment::EPOCH, later, 100);
            assert_eq!(bench.runtime.block_on(list).expect("a list").len(), 100);
        });
    });
    group.bench_function("the hours of a check (million)", |bencher| {
        bencher.iter(|| {
            let list = bench.store.hours(OWNER, &shop, Moment::EPOCH, later);
            assert!(!bench.runtime.block_on(list).expect("a list").is_empty());
        });
    });
    let long = name(1);
    let history = (0..HOURS).map(|hour| {
        let at = Moment::from_micros((hour * 60 * MINUTE) as i64);
        let outcome = outcome(1, at);
        OutcomeRow { account: OWNER, check: long.clone(), outcome, maintenance: false, bucket: 9 }
    });
    let kept = bench.store.keep_outcomes(history.collect(), vec![]);
    bench.runtime.block_on(kept).expect("they are kept");
    group.bench_function("ninety days of hours of a check (million)", |bencher| {
        bencher.iter(|| {
            let list = bench.store.hours(OWNER, &long, Moment::EPOCH, later);
            assert_eq!(bench.runtime.block_on(list).expect("a list").len() as u64, HOURS);
        });
    });
    group.bench_function("where all stand (million)", |bencher| {
        bencher.iter(|| {
            let states = bench.runtime.block_on(bench.store.all_check_states());
            assert_eq!(states.expect("a list").len() as u64, CHECKS);
        });
    });
    group.bench_function("nothing to forget (million)", |bencher| {
        bencher.iter(|| {
            let sweep = bench.store.forget_outcomes(Moment::EPOCH, Moment::EPOCH, 5_000);
            assert_eq!(bench.runtime.block_on(sweep), Ok(0));
        });
    });
    group.bench_function("forget 1,000 (million)", |bencher| {
        bencher.iter(|| {
            let sweep = bench.store.forget_outcomes(later, Moment::EPOCH, 1_000);
            assert_eq!(bench.runtime.block_on(sweep), Ok(1_000), "there are enough");
        });
    });
    group.bench_function("incidents where there are none (million)", |bencher| {
        bencher.iter(|| {
            let filter = IncidentFilter { limit: 50, ..IncidentFilter::default() };
            bench.runtime.block_on(bench.store.incidents(OWNER, filter)).expect("a list")
        });
    });
    group.finish();
}
