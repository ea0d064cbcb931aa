//! The connections of a carrier as the sender of a message sees them: which are up, and how busy each is.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot, watch};

use super::session::down;
use crate::carrier::{CarrierState, SubmitError, Submitted};

/// A message for a connection.
pub(super) struct Job {
    pub(super) frames: Vec<Vec<u8>>,
    pub(super) reply: Reply,
}

/// Where the outcome of a message goes.
pub(super) type Reply = oneshot::Sender<Result<Submitted, SubmitError>>;

/// The connections that send, and the state of the whole.
pub(super) struct Lanes {
    each: Vec<Lane>,
    last_failure: Mutex<String>,
    state: watch::Sender<CarrierState>,
}

struct Lane {
    /// As many wait as the window is wide; when it is full the sender of a message waits.
    jobs: mpsc::Sender<Job>,
    bound: AtomicBool,
    busy: AtomicUsize,
}

impl Lanes {
    pub(super) fn new(jobs: Vec<mpsc::Sender<Job>>) -> Lanes {
        let lane = |jobs| Lane { jobs, bound: AtomicBool::new(false), busy: AtomicUsize::new(0) };
        Lanes {
            each: jobs.into_iter().map(lane).collect(),
            last_failure: Mutex::new(String::new()),
            state: watch::Sender::new(CarrierState::Down(String::new())),
        }
    }

    /// Hands a message to the least busy connection that is up, and waits for what comes of it.
    pub(super) async fn submit(&self, frames: Vec<Vec<u8>>) -> Result<Submitted, SubmitError> {
        let up = self.each.iter().filter(|lane| lane.bound.load(Ordering::Acquire));
        let Some(lane) = up.min_by_key(|lane| lane.busy.load(Ordering::Relaxed)) else {
            return Err(self.down());
        };
        let _busy = Busy::count(&lane.busy);
        let (reply, outcome) = oneshot::channel();
        if lane.jobs.send(Job { frames, reply }).await.is_err() {
            return Err(self.down());
        }
        outcome.await.unwrap_or_else(|_| Err(self.down()))
    }

    /// How many connections that send are up.
    pub(super) fn up(&self) -> usize {
        self.each.iter().filter(|lane| lane.bound.load(Ordering::Acquire)).count()
    }

    pub(super) fn state(&self) -> CarrierState {
        self.state.borrow().clone()
    }

    /// Follows the state.
    pub(super) fn watch(&self) -> watch::Receiver<CarrierState> {
        self.state.subscribe()
    }

    /// The SMSC let a connection in. `lane` is `None` for one that only receives.
    pub(super) fn bound(&self, lane: Option<usize>) {
        if let Some(lane) = lane.and_then(|lane| self.each.get(lane)) {
            lane.bound.store(true, Ordering::Release);
        }
        self.judge();
    }

    /// A connection is gone, or was not made.
    pub(super) fn failed(&self, lane: Option<usize>, reason: &str) {
        if let Some(lane) = lane.and_then(|lane| self.each.get(lane)) {
            lane.bound.store(false, Ordering::Release);
        }
        reason.clone_into(&mut self.last_failure.lock().unwrap_or_else(PoisonError::into_inner));
        self.judge();
    }

    /// The carrier is closed.
    pub(super) fn closed(&self) {
        self.state.send_if_modified(|state| {
            let before = std::mem::replace(state, CarrierState::Closed);
            before != CarrierState::Closed
        });
    }

    fn judge(&self) {
        self.state.send_if_modified(|state| {
            let now = if self.up() > 0 {
                CarrierState::Up
            } else {
                CarrierState::Down(self.last_failure())
            };
            let changed = *state != now && *state != CarrierState::Closed;
            if changed {
                *state = now;
            }
            changed
        });
    }

    fn last_failure(&self) -> String {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn down(&self) -> SubmitError {
        match self.last_failure() {
            reason if reason.is_empty() => down("the SMSC is not connected yet"),
            reason => down(&reason),
        }
    }
}

/// Counts a message on a connection for as long as it is there.
struct Busy<'a>(&'a AtomicUsize);

impl Busy<'_> {
    fn count(busy: &AtomicUsize) -> Busy<'_> {
        busy.fetch_add(1, Ordering::Relaxed);
        Busy(busy)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
