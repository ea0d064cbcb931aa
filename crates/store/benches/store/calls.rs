//! What it costs to keep a call: the time from `save_call` to its acknowledgement, alone and among many.

use criterion::{Criterion, Throughput};
use model::{CallRecord, CallStatus, Direction, Hangup, Moment, Party, Sid, SidKind};
use store::{CallChange, Store};

use crate::clients::{Bench, OWNER, callback, spread};

fn change(number: u64) -> CallChange {
    let now = Moment::from_micros(number as i64);
    let record = CallRecord {
        sid: spread(SidKind::Call, number),
        account: OWNER,
        parent: None,
        from: "+14155550100".parse().expect("a number"),
        to: Party::Client(format!("phone{}", number % 100)),
        number: Some(Sid::new(SidKind::Number, 1)),
        direction: Direction::Inbound,
        status: CallStatus::Ringing,
        caller_name: None,
        forwarded_from: None,
        created_at: now,
        updated_at: now,
        answered_at: None,
        started_at: Some(now),
        ended_at: None,
        hangup: Hangup::default(),
    };
    let callback = callback(record.sid, ("CallStatus", "ringing"), number);
    CallChange { record, subscription: None, callbacks: vec![callback] }
}

pub(crate) fn save_call(criterion: &mut Criterion) {
    let bench = Bench::open();
    let mut group = criterion.benchmark_group("save_call");
    group.throughput(Throughput::Elements(1));
    for clients in [1, 64] {
        group.bench_function(format!("{clients} clients"), |bencher| {
            bencher.iter_custom(|calls| {
                bench.time(clients, calls, |store, number| async move {
                    store.save_call(change(number)).await.expect("it is kept");
                })
            });
        });
    }
    group.finish();
}
