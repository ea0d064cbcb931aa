//! A carrier that speaks SMPP 3.4 to an SMSC, as an ESME (SMPP Developers Forum, "Short Message Peer to Peer Protocol
//! Specification v3.4", 12 October 1999).
//!
//! What is sent and read is pure: [`wire`] (octets), [`pdu`], [`submit`] (messages to PDUs), [`inbound`] and [`receipt`]
//! (PDUs to messages), and [`session`], one connection as a state machine. [`Smpp`] runs a task for each connection, which
//! connects again by itself. It keeps no message: what was not acknowledged is given back.

mod address;
mod backoff;
mod connect;
pub mod inbound;
mod lanes;
mod link;
pub mod pdu;
pub mod receipt;
pub mod session;
mod settings;
pub mod status;
pub mod submit;
pub mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::carrier::{Carrier, CarrierEvent, CarrierState, Submission, SubmitError, Submitted};
use lanes::Lanes;
use link::Link;
use session::Role;
pub use settings::{
    Addressing, Bind, DefaultAlphabet, LongMessages, MOST_SESSIONS, Numbering, ReceiptIds,
    Settings, WIDEST_WINDOW,
};

/// An account at an SMSC, with its connections. Dropped, it unbinds on its own; [`Carrier::close`] waits for that.
pub struct Smpp {
    settings: Arc<Settings>,
    lanes: Arc<Lanes>,
    links: TaskTracker,
    closing: CancellationToken,
}

impl Smpp {
    /// Begins to connect, on the runtime that it is called on. While `events` is full little more is read from the SMSC,
    /// which then has to wait; if nobody listens any more, the SMSC is told to bring everything later.
    pub fn start(settings: Settings, events: mpsc::Sender<CarrierEvent>) -> Smpp {
        let sessions = settings.sessions.clamp(1, MOST_SESSIONS);
        let window = settings.window.clamp(1, WIDEST_WINDOW);
        let settings = Arc::new(Settings { sessions, window, ..settings });
        let roles: &[Role] = match settings.bind {
            Bind::Transceiver => &[Role::Transceiver],
            Bind::Transmitter => &[Role::Transmitter],
            Bind::TransmitterReceiver => &[Role::Transmitter, Role::Receiver],
        };
        let (jobs, takers): (Vec<_>, Vec<_>) = (0..sessions).map(|_| mpsc::channel(window)).unzip();
        let mut takers = takers.into_iter();
        let lanes = Arc::new(Lanes::new(jobs));
        let (links, closing) = (TaskTracker::new(), CancellationToken::new());
        for role in roles {
            for session in 0..sessions {
                let lane = role.sends().then_some(session);
                let jobs = if role.sends() { takers.next() } else { None };
                let link = Link {
                    role: *role,
                    settings: Arc::clone(&settings),
                    lanes: Arc::clone(&lanes),
                    lane,
                    // One that only receives is given nothing, and nobody holds the other end.
                    jobs: jobs.unwrap_or_else(|| mpsc::channel(1).1),
                    events: events.clone(),
                    closing: closing.clone(),
                };
                links.spawn(link.run());
            }
        }
        links.close();
        tokio::spawn(herald(lanes.watch(), events));
        Smpp { settings, lanes, links, closing }
    }
}

#[async_trait]
impl Carrier for Smpp {
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let frames = submit::write(&submission, &self.settings)?;
        self.lanes.submit(frames).await
    }

    fn state(&self) -> CarrierState {
        self.lanes.state()
    }

    fn window(&self) -> usize {
        self.lanes.up().saturating_mul(self.settings.window).max(1)
    }

    async fn close(&self) {
        self.closing.cancel();
        self.links.wait().await;
        self.lanes.closed();
    }
}

impl Drop for Smpp {
    fn drop(&mut self) {
        self.closing.cancel();
        self.lanes.closed();
    }
}

/// Tells what the state is, each time that it changed. Where `events` is full, states in between are left out.
async fn herald(
    mut state: tokio::sync::watch::Receiver<CarrierState>,
    events: mpsc::Sender<CarrierEvent>,
) {
    while state.changed().await.is_ok() {
        let now = state.borrow_and_update().clone();
        let last = now == CarrierState::Closed;
        if events.send(CarrierEvent::State(now)).await.is_err() || last {
            return;
        }
    }
}
