//! What it costs to keep a call: the time from `save_call` to its acknowledgement, alone and among many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{
    Account, AccountStatus, CallRecord, CallStatus, Callback, Direction, Hangup, Method, Moment,
    Party, Secret, Sid, SidKind,
};
use store::{CallChange, Sqlite, Store};
use tokio::runtime::Runtime;

/// The account that the calls belong to.
const OWNER: Sid = Sid::new(SidKind::Account, 1);

fn change(digits: u64) -> CallChange {
    let now = Moment::from_micros(digits as i64);
    // SIDs are random in life, and so are the pages that they touch.
    let spread = u128::from(digits.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 64 | u128::from(digits);
    let record = CallRecord {
        sid: Sid::new(SidKind::Call, spread),
        account: OWNER,
        parent: None,
        from: "+14155550100".parse().expect("a number"),
        to: Party::Client(format!("phone{}", digits % 100)),
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
    let callback = Callback {
        id: 0,
        lane: record.sid,
        account: OWNER,
        url: "https://app.example/status".to_owned(),
        method: Method::Post,
        params: vec![("CallStatus".to_owned(), "ringing".to_owned())],
        idempotency_key: digits.to_string(),
        attempts: 0,
        due_at: now,
    };
    CallChange { record, subscription: None, callbacks: vec![callback] }
}

/// Time for `calls` calls to be acknowledged, `clients` at a time.
async fn save(store: &Arc<Sqlite>, next: &Arc<AtomicU64>, clients: u64, calls: u64) -> Duration {
    let begun = Instant::now();
    let clients = (0..clients).map(|client| {
        let (store, next) = (Arc::clone(store), Arc::clone(next));
        let share = calls / clients + u64::from(client < calls % clients);
        tokio::spawn(async move {
            for _ in 0..share {
                let digits = next.fetch_add(1, Ordering::Relaxed);
                store.save_call(change(digits)).await.expect("it is kept");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no panic");
    }
    begun.elapsed()
}

fn save_call(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open(folder.path().join("alo.db")).expect("a new database"));
    let account = Account {
        sid: OWNER,
        token: Secret::new("token"),
        friendly_name: "bench".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    };
    runtime.block_on(store.open_account(account)).expect("a first account");
    let next = Arc::new(AtomicU64::new(1));
    let mut group = criterion.benchmark_group("save_call");
    group.throughput(Throughput::Elements(1));
    for clients in [1, 64] {
        group.bench_function(format!("{clients} clients"), |bencher| {
            bencher.iter_custom(|calls| runtime.block_on(save(&store, &next, clients, calls)));
        });
    }
    group.finish();
}

criterion_group!(benches, save_call);
criterion_main!(benches);
