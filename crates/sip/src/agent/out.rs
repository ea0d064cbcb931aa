//! What the agent wants done: messages to send, events to tell, and when to be woken.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Arrival, Serial, TextArrival};
use crate::call::{DialogEvent, DialogSink};
use crate::wire::message::Response;
use crate::wire::write::Wire;

/// One thing to be done, in order.
pub(crate) enum Output {
    /// Send a datagram.
    Send { to: SocketAddr, wire: Wire },
    /// Tell the application of a dialog.
    Event { dialog: Serial, sink: DialogSink, event: DialogEvent },
    /// A call came in.
    Arrived(Box<Arrival>),
    /// A text came in.
    Text(Box<TextArrival>),
    /// A request outside dialogs was answered, or not (`None`).
    Reply { waiter: oneshot::Sender<Option<Response>>, response: Option<Response> },
    /// Nothing to do until then, or until the next input.
    Idle(Option<Instant>),
}

/// Outputs and alarms of one agent.
pub(super) struct Out {
    pub(super) now: Instant,
    pub(super) queue: VecDeque<Output>,
    alarms: BinaryHeap<Reverse<Alarm>>,
    stamps: u64,
}

/// Says which arming of an alarm it was, so that one that was armed again since is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(u64);

/// What an alarm is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Timer G of RFC 3261 §17.2.1.
    ServerRepeat(Serial),
    /// The server transaction may be forgotten: timers H, I, J, L.
    ServerEnd(Serial),
    /// Timers A and E.
    ClientRepeat(Serial),
    /// Nobody answered (timers B, F), or the client transaction may be forgotten (timers D, K, M).
    ClientEnd(Serial),
    /// Something about a dialog.
    Dialog(Serial),
    /// Whoever took a text has not answered it.
    Text(Serial),
    /// Registrations and nonces that expired are forgotten.
    Sweep,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Alarm {
    at: Instant,
    stamp: Stamp,
    purpose: Purpose,
}

impl Out {
    pub(super) fn new(now: Instant) -> Self {
        Self { now, queue: VecDeque::new(), alarms: BinaryHeap::new(), stamps: 0 }
    }

    pub(super) fn send(&mut self, to: SocketAddr, wire: &Wire) {
        self.queue.push_back(Output::Send { to, wire: wire.clone() });
    }

    pub(super) fn arm(&mut self, after: Duration, purpose: Purpose) -> Stamp {
        self.stamps += 1;
        let stamp = Stamp(self.stamps);
        self.alarms.push(Reverse(Alarm { at: self.now + after, stamp, purpose }));
        stamp
    }

    /// The next alarm that is due.
    pub(super) fn due(&mut self) -> Option<(Stamp, Purpose)> {
        let Reverse(alarm) = self.alarms.peek()?;
        if alarm.at > self.now {
            return None;
        }
        let Reverse(alarm) = self.alarms.pop()?;
        Some((alarm.stamp, alarm.purpose))
    }

    pub(super) fn next_alarm(&self) -> Option<Instant> {
        self.alarms.peek().map(|Reverse(alarm)| alarm.at)
    }
}
