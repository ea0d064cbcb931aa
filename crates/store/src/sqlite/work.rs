//! Work on its way to the database: a verb as a closure, its answer, and the bounded queue between tasks and threads.
//!
//! A verb first takes one of the queue's [`QUEUE`] places; where none is free its task waits, and with it whoever
//! waits for that task, so that load beyond the disk's speed is felt by the callers and never by memory. The place is
//! given back with the answer.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::errors::StoreError;

/// Verbs that may wait for or be in work at a time, per queue. Two full batches.
pub(super) const QUEUE: usize = 1024;

/// What a database thread is told.
pub(super) enum Order {
    /// Do this within a transaction; answer once it is on disk.
    Write(Box<dyn Work>),
    /// Do this without one.
    Read(Box<dyn Work>),
    /// Finish.
    Stop,
}

/// A verb, ready to be run, more than once if its transaction was rolled back.
pub(super) trait Work: Send {
    /// Runs it and keeps the outcome; `false` if it failed.
    fn run(&mut self, db: &Connection) -> bool;

    /// Replaces the outcome: its transaction failed.
    fn fail(&mut self, error: StoreError);

    /// Tells the outcome to whoever asked, if they still listen.
    fn answer(self: Box<Self>);
}

/// Sends work to one or more threads.
pub(super) struct Queue {
    room: Arc<Semaphore>,
    orders: Sender<Order>,
}

impl Queue {
    /// A queue for `threads` threads, which take from the receiver.
    pub(super) fn to(threads: usize) -> (Queue, Receiver<Order>) {
        // Room for the last order to each thread besides the work, so that sending never blocks.
        let (orders, receiver) = crossbeam_channel::bounded(QUEUE + threads);
        (Queue { room: Arc::new(Semaphore::new(QUEUE)), orders }, receiver)
    }

    /// Has `run` done as `order` says, and waits for its outcome.
    pub(super) async fn ask<T, F>(
        &self,
        order: fn(Box<dyn Work>) -> Order,
        run: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let place = Arc::clone(&self.room).acquire_owned().await;
        let place = place.map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let verb = Verb { run, outcome: Err(StoreError::Closed), reply, place };
        self.orders.try_send(order(Box::new(verb))).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Takes no more work, and tells `threads` threads to finish what is queued.
    pub(super) fn stop(&self, threads: usize) {
        self.room.close();
        for _ in 0..threads {
            // It fails only where the thread is gone already.
            let _ = self.orders.try_send(Order::Stop);
        }
    }
}

#[cfg(test)]
impl Queue {
    /// Places that are free.
    pub(super) fn free(&self) -> usize {
        self.room.available_permits()
    }

    /// Whether it takes no more work.
    pub(super) fn is_closed(&self) -> bool {
        self.room.is_closed()
    }
}

struct Verb<F, T> {
    run: F,
    outcome: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    place: OwnedSemaphorePermit,
}

impl<F, T> Work for Verb<F, T>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, db: &Connection) -> bool {
        self.outcome = (self.run)(db);
        self.outcome.is_ok()
    }

    fn fail(&mut self, error: StoreError) {
        self.outcome = Err(error);
    }

    fn answer(self: Box<Self>) {
        let Verb { outcome, reply, place, .. } = *self;
        // First, so that whoever hears the answer finds the place free.
        drop(place);
        let _ = reply.send(outcome);
    }
}
