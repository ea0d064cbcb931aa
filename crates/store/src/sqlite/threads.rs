//! The threads that own the connections: one that writes, and a few that read.
//!
//! The writer commits whatever is queued, at most [`BATCH`] verbs, in one transaction, and starts at once with what
//! came meanwhile: no timer delays a lone verb, and many share one sync of the disk. No answer leaves before the
//! commit. If a verb of a batch fails, the batch is done again with a savepoint around each verb, so that it fails
//! alone; and if the transaction itself is lost (a full disk, say), each verb once more in a transaction of its own.

use crossbeam_channel::{Receiver, TryRecvError};
use rusqlite::Connection;

use crate::errors::StoreError;
use crate::sqlite::work::{Order, Work};

/// Most verbs in one transaction.
pub(super) const BATCH: usize = 512;

/// Runs what may be read, until told to stop.
pub(super) fn read_until_stopped(db: &Connection, orders: &Receiver<Order>) {
    while let Ok(order) = orders.recv() {
        match order {
            Order::Read(work) => run_alone(db, work),
            Order::Write(mut work) => {
                work.fail(StoreError::Refused("a reading thread does not write".to_owned()));
                work.answer();
            }
            Order::Stop => return,
        }
    }
}

/// Runs and commits what comes, until told to stop.
pub(super) fn write_until_stopped(db: &Connection, orders: &Receiver<Order>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut set_aside = None;
    while let Ok(order) = set_aside.take().map_or_else(|| orders.recv(), Ok) {
        match order {
            Order::Read(work) => run_alone(db, work),
            Order::Write(work) => {
                batch.push(work);
                // Where all share a busy processor, whoever else is about to write has its turn first: a sync of the disk
                // costs as much for one as for many. Where none is busy this is over at once.
                std::thread::yield_now();
                set_aside = fill(&mut batch, orders);
                commit(db, &mut batch);
                batch.drain(..).for_each(Work::answer);
            }
            Order::Stop => return,
        }
    }
}

fn run_alone(db: &Connection, mut work: Box<dyn Work>) {
    work.run(db);
    work.answer();
}

/// Takes what is queued into the batch; gives back an order that doesn't belong there.
fn fill(batch: &mut Vec<Box<dyn Work>>, orders: &Receiver<Order>) -> Option<Order> {
    while batch.len() < BATCH {
        match orders.try_recv() {
            Ok(Order::Write(work)) => batch.push(work),
            Ok(other) => return Some(other),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return None,
        }
    }
    None
}

/// Brings the batch to disk; each verb's outcome is known after.
fn commit(db: &Connection, batch: &mut [Box<dyn Work>]) {
    match together(db, batch) {
        Outcome::Done => {}
        // Alone in its transaction: what it failed with stands.
        Outcome::Refused if batch.len() == 1 => {}
        Outcome::Refused => match apart(db, batch) {
            Outcome::Done => {}
            Outcome::Refused | Outcome::Lost => one_by_one(db, batch),
            Outcome::NotBegun(error) => fail_all(batch, &error),
        },
        Outcome::Lost => one_by_one(db, batch),
        Outcome::NotBegun(error) => fail_all(batch, &error),
    }
}

/// How a try to commit a batch ended.
enum Outcome {
    /// It is on disk, but for verbs whose outcome says otherwise.
    Done,
    /// A verb failed; nothing is kept.
    Refused,
    /// The transaction failed; nothing is kept.
    Lost,
    /// There was no transaction to be had.
    NotBegun(StoreError),
}

/// All in one transaction, or none.
fn together(db: &Connection, batch: &mut [Box<dyn Work>]) -> Outcome {
    if let Err(error) = say(db, "BEGIN IMMEDIATE") {
        return Outcome::NotBegun(error.into());
    }
    if !batch.iter_mut().all(|work| work.run(db)) {
        roll_back(db);
        return Outcome::Refused;
    }
    end(db)
}

/// All in one transaction, but for those that fail.
fn apart(db: &Connection, batch: &mut [Box<dyn Work>]) -> Outcome {
    if let Err(error) = say(db, "BEGIN IMMEDIATE") {
        return Outcome::NotBegun(error.into());
    }
    for work in batch.iter_mut() {
        let kept = say(db, "SAVEPOINT verb").is_ok()
            && (work.run(db) || say(db, "ROLLBACK TO verb").is_ok())
            && say(db, "RELEASE verb").is_ok();
        if !kept || db.is_autocommit() {
            roll_back(db);
            return Outcome::Lost;
        }
    }
    end(db)
}

/// Each in a transaction of its own.
fn one_by_one(db: &Connection, batch: &mut [Box<dyn Work>]) {
    tracing::warn!(verbs = batch.len(), "a database transaction failed; trying its verbs singly");
    for index in 0..batch.len() {
        if let Err(error) = say(db, "BEGIN IMMEDIATE") {
            fail_all(&mut batch[index..], &error.into());
            return;
        }
        let work = &mut batch[index];
        if !work.run(db) {
            roll_back(db);
        } else if let Err(error) = say(db, "COMMIT") {
            work.fail(error.into());
            roll_back(db);
        }
    }
}

fn end(db: &Connection) -> Outcome {
    match say(db, "COMMIT") {
        Ok(()) => Outcome::Done,
        Err(error) => {
            tracing::error!(%error, "a database transaction could not be committed");
            roll_back(db);
            Outcome::Lost
        }
    }
}

/// Ends a transaction that failed, unless SQLite already has.
fn roll_back(db: &Connection) {
    if !db.is_autocommit()
        && let Err(error) = say(db, "ROLLBACK")
    {
        tracing::error!(%error, "a database transaction could not be rolled back");
    }
}

fn fail_all(batch: &mut [Box<dyn Work>], error: &StoreError) {
    tracing::error!(%error, verbs = batch.len(), "no database transaction could be begun");
    for work in batch {
        work.fail(error.clone());
    }
}

fn say(db: &Connection, word: &str) -> rusqlite::Result<()> {
    db.prepare_cached(word)?.execute([]).map(|_| ())
}
