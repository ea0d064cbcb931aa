//! One stream as its thread sees it: sockets, both halves, what plays, who listens, and to whom it is bridged.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mio::net::UdpSocket;

use super::inbound::Inbound;
use super::inbox::{Opening, StreamId};
use super::outbound::Outbound;
use super::playing::{Part, Performance, Playing};
use super::ports::Lease;
use super::taping::Tapes;
use super::{Ear, Event, PlayId, Remote, Sink, Statistics};
use crate::dtmf::Digit;
use crate::rtcp::{Compound, MAX, Sent};
use crate::{Codec, duration_of};

/// Performances of keys that wait for their turn; more are dropped.
const MAX_DIALS: usize = 32;

pub(super) struct Leg {
    pub(super) id: StreamId,
    sink: Sink,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    /// Behind the sockets, so that they are closed before the ports are given back.
    _lease: Lease,
    closed: Arc<AtomicBool>,
    pub(super) remote: Option<Remote>,
    pub(super) inbound: Inbound,
    pub(super) outbound: Outbound,
    pub(super) playing: Option<Performance>,
    /// Keys to be pressed; they go before what plays.
    pub(super) dials: VecDeque<Performance>,
    pub(super) tapes: Tapes,
    pub(super) ear: Option<Ear>,
    /// Slot of the stream that this one talks to.
    pub(super) bridge: Option<usize>,
    /// Whether packets go to the bridged stream as they come.
    pub(super) relays: bool,
    /// Tick of the next RTCP report.
    pub(super) report_at: u64,
    /// Something in it panicked.
    broken: bool,
}

impl Leg {
    pub(super) fn new(opening: Opening, now: Duration) -> Self {
        Self {
            id: opening.id,
            sink: opening.sink,
            rtp: opening.rtp,
            rtcp: opening.rtcp,
            _lease: opening.lease,
            closed: opening.closed,
            remote: None,
            inbound: Inbound::new(now),
            outbound: Outbound::new(opening.random),
            playing: None,
            dials: VecDeque::new(),
            tapes: Tapes::default(),
            ear: None,
            bridge: None,
            relays: false,
            report_at: 0,
            broken: false,
        }
    }

    /// Whether the handle is gone, or a panic ended the stream.
    pub(super) fn is_to_close(&self) -> bool {
        self.broken || self.closed.load(Ordering::Relaxed)
    }

    /// Closes the stream at the next tick, because something in it panicked.
    pub(super) fn give_up(&mut self) {
        self.broken = true;
    }

    /// Tells an event.
    pub(super) fn tell(&mut self, event: Event) {
        let sink = &self.sink;
        // A panic in one call ends that call, never the others of the thread.
        if catch_unwind(AssertUnwindSafe(|| sink(event))).is_err() {
            self.broken = true;
        }
    }

    pub(super) fn tell_digit(&mut self, digit: Digit) {
        self.tell(Event::Digit { key: digit.key.as_char(), length: digit.length });
    }

    /// Lets the ear hear the last tick.
    pub(super) fn lend_ear(&mut self) {
        if let Some(ear) = &mut self.ear {
            let frame = &self.inbound.frame;
            if catch_unwind(AssertUnwindSafe(|| ear(frame))).is_err() {
                self.broken = true;
                self.ear = None;
            }
        }
    }

    /// Queues keys; `false` if too many wait.
    pub(super) fn dial(&mut self, performance: Performance) -> bool {
        let fits = self.dials.len() < MAX_DIALS;
        if fits {
            self.dials.push_back(performance);
        }
        fits
    }

    /// Adds to what plays, if that is what plays.
    pub(super) fn grow(&mut self, play: PlayId, part: Part) {
        let playing = self.playing.as_mut().filter(|performance| performance.id == Some(play));
        if let Some(Performance { what: Playing::Prompt(reel), .. }) = playing
            && !reel.grow(part)
        {
            tracing::warn!("a prompt has more parts than can be played: the rest is left out");
        }
    }

    /// An address as this stream's socket writes it: one for both families knows IPv4 addresses as mapped ones.
    pub(super) fn reachable(&self, address: SocketAddr) -> SocketAddr {
        match (self.rtp.local_addr(), address) {
            (Ok(SocketAddr::V6(_)), SocketAddr::V4(v4)) => {
                SocketAddr::new(IpAddr::V6(v4.ip().to_ipv6_mapped()), v4.port())
            }
            (_, address) => address,
        }
    }

    /// Whether its packets may go to a bridged stream without being decoded.
    pub(super) fn can_relay(&self) -> bool {
        self.remote.is_some_and(|remote| remote.dtmf_payload_type.is_some())
            && self.playing.is_none()
            && self.dials.is_empty()
            && self.ear.is_none()
            && !self.tapes.are_running()
    }

    /// Whether anything on this stream itself needs its audio.
    pub(super) fn is_listened_to(&self) -> bool {
        self.ear.is_some()
            || self.tapes.are_running()
            || self.remote.is_some_and(|remote| remote.dtmf_payload_type.is_none())
    }

    /// What to encode in, if anything may be sent now.
    pub(super) fn sends(&self) -> Option<(Codec, u8)> {
        let remote = self.remote.filter(|remote| remote.direction.sends())?;
        Some((remote.codec, remote.payload_type))
    }

    /// Whether we listen to the far side now.
    pub(super) fn receives(&self) -> bool {
        self.remote.is_some_and(|remote| remote.direction.receives())
    }

    /// Sends an RTCP report (RFC 3550 §6.4), if anything was agreed.
    pub(super) fn report(&mut self, tick: u64, bye: bool) {
        let Some(to) = self.outbound.to else {
            return;
        };
        let sent = (self.outbound.packets > 0).then(|| Sent {
            // A clock before 1970 is no reason to fail.
            at: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            timestamp: self.outbound.timestamp(tick),
            packets: self.outbound.packets as u32,
            bytes: self.outbound.bytes as u32,
        });
        let quality = self.inbound.reception().report();
        let received = self.inbound.source().zip(quality);
        let compound = Compound { ssrc: self.outbound.ssrc(), sent, received, bye };
        let mut bytes = [0; MAX];
        let length = compound.write(&mut bytes);
        let Some(port) = to.port().checked_add(1) else {
            return;
        };
        // Reports are repeated; one that the system doesn't take is not missed.
        let _ = self.rtcp.send_to(&bytes[..length], SocketAddr::new(to.ip(), port));
    }

    pub(super) fn statistics(&mut self) -> Statistics {
        let late = self.inbound.late();
        let (strangers, malformed) = (self.inbound.strangers, self.inbound.malformed);
        let remote = self.inbound.remote;
        let reception = self.inbound.reception();
        Statistics {
            packets_received: reception.received(),
            packets_sent: self.outbound.packets,
            packets_lost: reception.lost(),
            duplicates: reception.duplicates(),
            out_of_order: reception.out_of_order(),
            late,
            strangers,
            malformed,
            send_failures: self.outbound.failures,
            jitter: reception.jitter(),
            remote_lost: u64::from(remote.lost),
            remote_jitter: duration_of(u64::from(remote.jitter)),
            recording_blocks_dropped: self.tapes.blocks_dropped,
        }
    }

    /// Closes the sockets and gives the ports back; what is left to be told.
    pub(super) fn close(mut self) -> Closing {
        let statistics = self.statistics();
        Closing { sink: self.sink, tapes: self.tapes, statistics }
    }
}

/// A closed stream whose recordings are being completed.
pub(super) struct Closing {
    sink: Sink,
    pub(super) tapes: Tapes,
    statistics: Statistics,
}

impl Closing {
    /// Tells an event; nothing is left to end if the sink panics.
    pub(super) fn tell(&self, event: Event) {
        let sink = &self.sink;
        let _ = catch_unwind(AssertUnwindSafe(|| sink(event)));
    }

    /// Tells the last event.
    pub(super) fn finish(self) {
        self.tell(Event::Closed { statistics: self.statistics });
    }
}
