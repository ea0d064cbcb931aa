//! The store on SQLite: one thread that writes, a few that read, and a lock that keeps other servers off.
//!
//! Verbs travel to the threads as closures and come back as answers; no task of the runtime ever waits for the disk.
//! A database in memory has one connection, which its writing thread also reads from.

mod accounts;
mod alert_tokens;
mod alerts;
mod applications;
mod calls;
mod checks;
mod columns;
mod connection;
mod documents;
mod duties;
mod failures;
mod filed;
mod fragments;
mod health;
mod hours;
mod inbox;
mod incidents;
mod line_calls;
mod listing;
mod lock;
mod mails;
mod media;
mod message_rows;
mod messages;
mod migrations;
mod numbers;
mod oncall_verbs;
mod opt_outs;
mod outbox;
mod outcomes;
mod parts;
mod phones;
mod queue;
mod recordings;
mod senders;
mod services;
mod short_codes;
mod sweeping;
mod tallies;
mod text_columns;
mod text_verbs;
mod threads;
mod transcription_verbs;
mod transcriptions;
mod trunks;
mod verbs;
mod watch_verbs;
mod work;

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::errors::{OpenError, StoreError};
use crate::sqlite::lock::DatabaseLock;
use crate::sqlite::work::{Order, Queue};

/// Threads that read, each with a connection of its own. Two: a backup or a long list leaves one for calls.
const READERS: usize = 2;

/// The store in one SQLite file.
pub struct Sqlite {
    writer: Queue,
    /// `None` in memory, where the writer reads too.
    readers: Option<Queue>,
    held: Mutex<Option<Held>>,
}

/// What is given back when the store closes: the writing thread, which waits for those that read, then the lock.
struct Held {
    writer: JoinHandle<()>,
    _lock: Option<DatabaseLock>,
}

impl Sqlite {
    /// Opens the database at `path`, creating it if there is none, and brings its schema up to date. Nobody else may
    /// have it open until this value is closed or dropped. It blocks for a few milliseconds, or for as long as new steps
    /// of the schema take.
    pub fn open(path: impl AsRef<Path>) -> Result<Sqlite, OpenError> {
        let path = path.as_ref();
        // A link and what it points to share one lock.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let lock = DatabaseLock::take(path)?;
        let started = |result: io::Result<_>| {
            let detail = |error: io::Error| format!("no thread could be started: {error}");
            result.map_err(|error| OpenError::Disk { path: path.clone(), detail: detail(error) })
        };
        let db = connection::writer(path)?;
        let (readers, orders) = Queue::to(READERS);
        let mut reading = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let db = connection::reader(path)?;
            let orders = orders.clone();
            let run = move || threads::read_until_stopped(&db, &orders);
            reading.push(started(spawn("store-read", run))?);
        }
        let (writer, orders) = Queue::to(1);
        let write = move || {
            threads::write_until_stopped(&db, &orders);
            // The connection that closes last brings the log into the database, which those that read cannot.
            reading.into_iter().for_each(wait_for);
            drop(db);
        };
        let writing = started(spawn("store-write", write))?;
        let held = Held { writer: writing, _lock: Some(lock) };
        Ok(Sqlite { writer, readers: Some(readers), held: Mutex::new(Some(held)) })
    }

    /// An empty database that is gone when the value is dropped: for tests and trials.
    pub fn in_memory() -> Result<Sqlite, OpenError> {
        let (writer, orders) = Queue::to(1);
        let db = connection::in_memory()?;
        let run = move || threads::write_until_stopped(&db, &orders);
        let writing = spawn("store-write", run).map_err(|error| OpenError::Disk {
            path: ":memory:".into(),
            detail: format!("no thread could be started: {error}"),
        })?;
        let held = Held { writer: writing, _lock: None };
        Ok(Sqlite { writer, readers: None, held: Mutex::new(Some(held)) })
    }

    /// Runs a verb that writes, within a transaction; it may run again if the transaction was rolled back.
    async fn write<T, F>(&self, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.ask(Order::Write, run).await
    }

    /// Runs a verb that reads.
    async fn read<T, F>(&self, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.as_ref().unwrap_or(&self.writer).ask(Order::Read, run).await
    }

    /// Takes no more work; what is left to wait for, unless somebody waits already.
    fn stop(&self) -> Option<Held> {
        if let Some(readers) = &self.readers {
            readers.stop(READERS);
        }
        self.writer.stop(1);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Finishes what was asked before, and closes.
    async fn finish(&self) {
        if let Some(held) = self.stop()
            && tokio::task::spawn_blocking(move || held.wait()).await.is_err()
        {
            tracing::error!("the database's threads could not be waited for");
        }
    }
}

impl Drop for Sqlite {
    /// Finishes what was asked before; blocks for as long as that takes, where [`crate::Store::close`] was not called.
    fn drop(&mut self) {
        if let Some(held) = self.stop() {
            held.wait();
        }
    }
}

impl Held {
    fn wait(self) {
        wait_for(self.writer);
    }
}

fn wait_for(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a database thread panicked");
    }
}

fn spawn<F>(name: &str, run: F) -> io::Result<JoinHandle<()>>
where
    F: FnOnce() + Send + 'static,
{
    thread::Builder::new().name(name.to_owned()).spawn(run)
}

#[cfg(test)]
mod tests;
