//! Batches and the queue, seen from inside: verbs that are made to share a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use model::{Account, AccountStatus, Moment, Secret, Sid, SidKind};
use tokio::task::JoinHandle;

use super::work::QUEUE;
use super::{Sqlite, accounts};
use crate::errors::StoreError;

fn account(digits: u128) -> Account {
    Account {
        sid: Sid::new(SidKind::Account, digits),
        token: Secret::new("token"),
        friendly_name: "Ada's".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

/// Keeps the writer busy until the sender is dropped, so that what is asked meanwhile becomes one batch.
fn hold(store: &Arc<Sqlite>) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (release, held) = mpsc::channel::<()>();
    let store = Arc::clone(store);
    let work = move |_: &_| {
        let _ = held.recv();
        Ok(())
    };
    let task = tokio::spawn(async move { store.writer.ask(super::Order::Read, work).await });
    (release, task)
}

/// Opens the account as a task of its own, and counts how often that is tried.
fn opens(
    store: &Arc<Sqlite>,
    account: Account,
    tries: &Arc<AtomicUsize>,
) -> JoinHandle<Result<(), StoreError>> {
    let (store, tries) = (Arc::clone(store), Arc::clone(tries));
    tokio::spawn(async move {
        let run = move |db: &_| {
            tries.fetch_add(1, Ordering::Relaxed);
            accounts::open(db, &account)
        };
        store.write(run).await
    })
}

/// Waits until so many verbs are queued or in work.
async fn queued(store: &Sqlite, verbs: usize) {
    while store.writer.free() > QUEUE - verbs {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_bad_row_fails_alone_and_its_batch_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open(folder.path().join("alo.db")).expect("a new database"));
    let tries = Arc::new(AtomicUsize::new(0));
    let (release, held) = hold(&store);
    queued(&store, 1).await;
    let same = account(1);
    let verbs = [account(1), same.clone(), account(2), account(3)];
    let answers = verbs.map(|account| opens(&store, account, &tries));
    queued(&store, 5).await;
    drop(release);
    held.await.expect("no panic").expect("it was held");
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.expect("no panic"));
    }
    let taken = Err(StoreError::Taken(same.sid.to_string()));
    assert_eq!(outcomes, [Ok(()), taken, Ok(()), Ok(())]);
    assert_eq!(tries.load(Ordering::Relaxed), 2 + 4, "up to the bad one, then all once more");
    assert_eq!(store.read(accounts::all).await.expect("a list").len(), 3);
}

#[tokio::test]
async fn a_row_too_large_for_the_disk_fails_alone() {
    let store = Arc::new(Sqlite::in_memory().expect("a database"));
    let shrink = |db: &rusqlite::Connection| {
        let pages: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let limit = format!("PRAGMA max_page_count = {}", pages + 4);
        Ok(db.query_row(&limit, [], |_| Ok(()))?)
    };
    store.read(shrink).await.expect("a small disk");
    let tries = Arc::new(AtomicUsize::new(0));
    let (release, held) = hold(&store);
    queued(&store, 1).await;
    let large = Account { friendly_name: "x".repeat(1 << 20), ..account(2) };
    let answers = [account(1), large, account(3)].map(|row| opens(&store, row, &tries));
    queued(&store, 4).await;
    drop(release);
    held.await.expect("no panic").expect("it was held");
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.expect("no panic"));
    }
    assert_eq!(outcomes, [Ok(()), Err(StoreError::Full), Ok(())]);
    assert_eq!(store.read(accounts::all).await.expect("a list").len(), 2);
}

#[tokio::test]
async fn more_verbs_than_the_queue_holds_wait_and_are_all_done() {
    const BEYOND: usize = 100;
    let store = Arc::new(Sqlite::in_memory().expect("a database"));
    let tries = Arc::new(AtomicUsize::new(0));
    let (release, held) = hold(&store);
    queued(&store, 1).await;
    let all = 0..QUEUE + BEYOND;
    let answers: Vec<_> = all.map(|n| opens(&store, account(n as u128), &tries)).collect();
    queued(&store, QUEUE).await;
    drop(release);
    held.await.expect("no panic").expect("it was held");
    for answer in answers {
        assert_eq!(answer.await.expect("no panic"), Ok(()));
    }
    assert_eq!(tries.load(Ordering::Relaxed), QUEUE + BEYOND);
    assert_eq!(store.writer.free(), QUEUE, "every place was given back");
}

#[tokio::test]
async fn what_was_asked_before_the_end_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let store = Arc::new(Sqlite::open(&path).expect("a new database"));
    let tries = Arc::new(AtomicUsize::new(0));
    let (release, held) = hold(&store);
    queued(&store, 1).await;
    let answers = [account(1), account(2)].map(|account| opens(&store, account, &tries));
    queued(&store, 3).await;
    let closing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.finish().await }
    });
    while !store.writer.is_closed() {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.read(accounts::all).await, Err(StoreError::Closed));
    drop(release);
    closing.await.expect("no panic");
    held.await.expect("no panic").expect("it was held");
    for answer in answers {
        assert_eq!(answer.await.expect("no panic"), Ok(()));
    }
    let again = Sqlite::open(&path).expect("the lock was let go");
    assert_eq!(again.read(accounts::all).await.expect("a list").len(), 2);
}
