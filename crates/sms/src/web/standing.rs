//! Whether a carrier without a connection can be given messages, and how many it has now.
//!
//! HTTP keeps no connection that could be watched. So a carrier is up until a message found it unreachable or was turned
//! away for its credentials; then it is down for a while that doubles, and up again, so that the next message tries it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, mpsc, watch};

use crate::{CarrierEvent, CarrierState, ErrorClass, SubmitError, Submitted};

/// How long a carrier is left alone after its first failure.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// The longest it is left alone.
const LONGEST_AWAY: Duration = Duration::from_secs(60);
/// How long messages under way get when the carrier is closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Where a carrier stands.
#[derive(Debug)]
pub(super) struct Standing {
    state: watch::Sender<CarrierState>,
    /// Failures since the last success.
    failures: AtomicU32,
    /// Who is told. Bounded: where it is full, the task that tells waits; [`Standing::state`] is right meanwhile.
    events: mpsc::Sender<CarrierEvent>,
    places: Semaphore,
    window: usize,
}

impl Standing {
    /// Up, with room for `window` messages at once.
    pub(super) fn new(window: usize, events: mpsc::Sender<CarrierEvent>) -> Arc<Standing> {
        let window = window.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Arc::new(Standing {
            state: watch::Sender::new(CarrierState::Up),
            failures: AtomicU32::new(0),
            events,
            places: Semaphore::new(window),
            window,
        })
    }

    pub(super) fn state(&self) -> CarrierState {
        self.state.borrow().clone()
    }

    pub(super) const fn window(&self) -> usize {
        self.window
    }

    /// A place among the messages under way; waits for one.
    pub(super) async fn place(&self) -> Result<SemaphorePermit<'_>, SubmitError> {
        let closed = || SubmitError {
            class: ErrorClass::Down,
            code: super::codes::UNKNOWN,
            message: "the carrier is closed".to_owned(),
        };
        if *self.state.borrow() == CarrierState::Closed {
            return Err(closed());
        }
        self.places.acquire().await.map_err(|_| closed())
    }

    /// What the outcome of one message means for the carrier.
    pub(super) fn learn(self: &Arc<Self>, outcome: &Result<Submitted, SubmitError>) {
        match outcome {
            Err(SubmitError { class: ErrorClass::Down, message, .. }) => self.failed(message),
            // It says neither that the carrier is there nor that it isn't.
            Err(SubmitError { class: ErrorClass::Passing, .. }) => {}
            Ok(_) | Err(_) => self.answered(),
        }
    }

    /// The carrier answered.
    fn answered(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.rise();
    }

    /// It could not be reached, or it doesn't know us: it is left alone for a while.
    fn failed(self: &Arc<Self>, reason: &str) {
        let fell = self.state.send_if_modified(|state| {
            let was_up = *state == CarrierState::Up;
            if was_up {
                *state = CarrierState::Down(reason.to_owned());
            }
            was_up
        });
        if fell {
            let before = self.failures.fetch_add(1, Ordering::Relaxed);
            let away = RETRY_AFTER.saturating_mul(1 << before.min(8)).min(LONGEST_AWAY);
            tokio::spawn(Arc::clone(self).stay_away(away, reason.to_owned()));
        }
    }

    /// No more messages; those under way get a few seconds.
    pub(super) async fn close(&self) {
        let was_open = self.state.send_replace(CarrierState::Closed) != CarrierState::Closed;
        let all = u32::try_from(self.window).unwrap_or(u32::MAX);
        // Whether they came to an end or not: there is nobody left to wait for them.
        let _ = tokio::time::timeout(CLOSE_WITHIN, self.places.acquire_many(all)).await;
        self.places.close();
        if was_open {
            let _ = self.events.send(CarrierEvent::State(CarrierState::Closed)).await;
        }
    }

    fn rise(&self) -> bool {
        self.state.send_if_modified(|state| {
            let was_down = matches!(state, CarrierState::Down(_));
            if was_down {
                *state = CarrierState::Up;
            }
            was_down
        })
    }

    /// Tells that it is down, and after a while, or as soon as a message went through, that it is up.
    async fn stay_away(self: Arc<Self>, away: Duration, reason: String) {
        let mut changes = self.state.subscribe();
        // Without a listener the state is still kept for whoever asks.
        let _ = self.events.send(CarrierEvent::State(CarrierState::Down(reason))).await;
        let risen = changes.wait_for(|state| !matches!(state, CarrierState::Down(_)));
        let _ = tokio::time::timeout(away, risen).await;
        self.rise();
        if self.state() == CarrierState::Up {
            let _ = self.events.send(CarrierEvent::State(CarrierState::Up)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(events: &mut mpsc::Receiver<CarrierEvent>) -> CarrierState {
        match events.recv().await.expect("the carrier is there") {
            CarrierEvent::State(state) => state,
            CarrierEvent::Inbound { .. } | CarrierEvent::Receipt { .. } => panic!("no state"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_carrier_is_left_alone_twice_as_long_each_time_up_to_a_minute() {
        let (events, mut told) = mpsc::channel(8);
        let standing = Standing::new(1, events);
        for expected in [5, 10, 20, 40, 60, 60] {
            let began = tokio::time::Instant::now();
            standing.failed("refused");
            assert_eq!(standing.state(), CarrierState::Down("refused".into()));
            assert_eq!(next(&mut told).await, CarrierState::Down("refused".into()));
            assert_eq!(next(&mut told).await, CarrierState::Up);
            assert_eq!(began.elapsed().as_secs(), expected);
        }
        standing.answered();
        let began = tokio::time::Instant::now();
        standing.failed("again");
        next(&mut told).await;
        next(&mut told).await;
        assert_eq!(began.elapsed(), RETRY_AFTER);
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_meanwhile_raises_it_at_once() {
        let (events, mut told) = mpsc::channel(8);
        let standing = Standing::new(1, events);
        standing.failed("refused");
        next(&mut told).await;
        let began = tokio::time::Instant::now();
        standing.answered();
        assert_eq!(next(&mut told).await, CarrierState::Up);
        assert!(began.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_carrier_takes_nothing_and_stays_closed() {
        let (events, mut told) = mpsc::channel(8);
        let standing = Standing::new(2, events);
        let under_way = standing.place().await.expect("it is open");
        standing.close().await;
        drop(under_way);
        assert_eq!(next(&mut told).await, CarrierState::Closed);
        standing.failed("late");
        standing.answered();
        assert_eq!(standing.state(), CarrierState::Closed);
        assert_eq!(standing.place().await.expect_err("closed").class, ErrorClass::Down);
    }
}
