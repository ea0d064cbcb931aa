//! Who asks the store in the benches: a database in a folder, and tasks that share the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use model::{Account, AccountStatus, Callback, Method, Moment, Secret, Sid, SidKind};
use store::{Sqlite, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The account that every row belongs to.
pub(crate) const OWNER: Sid = Sid::new(SidKind::Account, 1);

/// A new database on disk, and what it takes to ask it.
pub(crate) struct Bench {
    pub(crate) runtime: Runtime,
    pub(crate) store: Arc<Sqlite>,
    /// Numbers handed out so far, so that no two rows are the same.
    next: Arc<AtomicU64>,
    folder: TempDir,
}

impl Bench {
    pub(crate) fn open() -> Bench {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path().join("alo.db")).expect("a new database");
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
        Bench { runtime, store: Arc::new(store), next, folder }
    }

    /// The same database, opened anew, and how long that took.
    pub(crate) fn reopened(self) -> (Bench, Duration) {
        let Bench { runtime, store, next, folder } = self;
        drop(store);
        let begun = Instant::now();
        let store = Sqlite::open(folder.path().join("alo.db")).expect("the same database");
        let took = begun.elapsed();
        (Bench { runtime, store: Arc::new(store), next, folder }, took)
    }

    /// Time until `work` was done for so many numbers, by `clients` tasks of which each waits for its answer.
    pub(crate) fn time<F, W>(&self, clients: u64, times: u64, work: F) -> Duration
    where
        F: Fn(Arc<Sqlite>, u64) -> W + Copy + Send + 'static,
        W: Future<Output = ()> + Send,
    {
        let all = async {
            let begun = Instant::now();
            let clients = (0..clients).map(|client| {
                let (store, next) = (Arc::clone(&self.store), Arc::clone(&self.next));
                let share = times / clients + u64::from(client < times % clients);
                tokio::spawn(async move {
                    for _ in 0..share {
                        work(Arc::clone(&store), next.fetch_add(1, Ordering::Relaxed)).await;
                    }
                })
            });
            for client in clients.collect::<Vec<_>>() {
                client.await.expect("no panic");
            }
            begun.elapsed()
        };
        self.runtime.block_on(all)
    }
}

/// SIDs are random in life, and so are the pages that they touch.
pub(crate) fn spread(kind: SidKind, number: u64) -> Sid {
    let high = u128::from(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 64;
    Sid::new(kind, high | u128::from(number))
}

pub(crate) fn callback(lane: Sid, status: (&str, &str), number: u64) -> Callback {
    Callback {
        id: 0,
        lane,
        account: OWNER,
        url: "https://app.example/status".to_owned(),
        method: Method::Post,
        params: vec![(status.0.to_owned(), status.1.to_owned())],
        idempotency_key: format!("{number}-{}", status.1),
        attempts: 0,
        due_at: Moment::from_micros(number as i64),
    }
}
