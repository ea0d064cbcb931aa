//! What a stream receives: whose packets count, which digits are in them, and the audio on its way through the jitter
//! buffer. Knows no socket.

use std::net::SocketAddr;
use std::time::Duration;

use super::Remote;
use super::latch::{Admission, Latch};
use crate::dtmf::{self, Digit, inband};
use crate::jitter::{self, Pulled};
use crate::reception::{Arrival, Reception};
use crate::rtcp;
use crate::rtp::{Packet, Ssrc, Timestamp};
use crate::{Codec, Frame, SILENCE};

/// Payload type of comfort noise (RFC 3389 §4): the source lives, but says nothing.
const COMFORT_NOISE: u8 = 13;

/// The receiving half of a stream.
#[derive(Debug)]
pub(super) struct Inbound {
    latch: Latch,
    source: Option<Ssrc>,
    reception: Reception,
    events: dtmf::Receiver,
    inband: Option<Box<inband::Detector>>,
    jitter: Option<Box<jitter::Buffer>>,
    /// The last tick's audio, and what it was.
    pub(super) frame: Frame,
    pulled: Pulled,
    /// Since when nothing came.
    quiet_since: Duration,
    lost: bool,
    greeted: bool,
    late_before: u64,
    pub(super) strangers: u64,
    pub(super) malformed: u64,
    pub(super) remote: rtcp::Report,
}

/// What a packet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) kind: Kind,
    /// Its source is to be answered from now on.
    pub(super) latched: bool,
    /// It is the first since the stream was connected.
    pub(super) first: bool,
    /// A key whose end was lost when the source was replaced by another.
    pub(super) digit: Option<Digit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Audio,
    Event(dtmf::Event),
    /// Nothing to be heard: comfort noise, or a packet that came before.
    Empty,
}

impl Inbound {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            latch: Latch::OPEN,
            source: None,
            reception: Reception::default(),
            events: dtmf::Receiver::default(),
            inband: None,
            jitter: None,
            frame: SILENCE,
            pulled: Pulled::Nothing,
            quiet_since: now,
            lost: false,
            greeted: false,
            late_before: 0,
            strangers: 0,
            malformed: 0,
            remote: rtcp::Report::default(),
        }
    }

    /// The far side is somewhere else, or agreed to something else.
    pub(super) fn connect(&mut self, before: Option<&Remote>, remote: &Remote, now: Duration) {
        if before.is_none_or(|before| before.address != remote.address) {
            self.latch = Latch::OPEN;
            self.greeted = false;
            self.forget_source();
        }
        self.quiet_since = now;
        self.lost = false;
        self.inband = match remote.dtmf_payload_type {
            Some(_) => None,
            None => Some(self.inband.take().unwrap_or_default()),
        };
    }

    /// Whether audio is to be decoded from now on.
    pub(super) fn decode(&mut self, decodes: bool) {
        if decodes && self.jitter.is_none() {
            self.jitter = Some(Box::default());
        } else if !decodes && let Some(jitter) = self.jitter.take() {
            self.late_before += jitter.late();
            self.frame = SILENCE;
            self.pulled = Pulled::Nothing;
        }
    }

    /// Judges a datagram; `None`: dropped and counted.
    pub(super) fn accept(
        &mut self,
        packet: &Packet<'_>,
        source: SocketAddr,
        remote: &Remote,
        now: Duration,
    ) -> Option<Accepted> {
        let header = packet.header;
        let payload_type = header.payload_type;
        let kind = if payload_type == remote.payload_type {
            Some(Kind::Audio)
        } else if Some(payload_type) == remote.dtmf_payload_type {
            // An event that is no key is not malformed, only nothing to us.
            Some(dtmf::Event::parse(packet.payload).map_or(Kind::Empty, Kind::Event))
        } else if payload_type == COMFORT_NOISE {
            Some(Kind::Empty)
        } else {
            None
        };
        let admission = match kind {
            Some(_) => self.latch.admit(source, remote.address),
            None if self.latch == Latch::Closed(source) => Admission::Known,
            None => Admission::Stranger,
        };
        if admission == Admission::Stranger {
            self.strangers += 1;
            return None;
        }
        let Some(kind) = kind else {
            self.malformed += 1;
            return None;
        };
        let digit = self.follow(header.ssrc);
        let arrival = self.reception.receive(header.sequence, header.timestamp, now);
        self.quiet_since = now;
        self.lost = false;
        let first = !std::mem::replace(&mut self.greeted, true);
        let kind = match arrival {
            Arrival::Duplicate => Kind::Empty,
            Arrival::Next | Arrival::Reordered | Arrival::Restart => kind,
        };
        Some(Accepted { kind, latched: admission == Admission::Latched, first, digit })
    }

    /// Another source of the same far side counts its own numbers.
    fn follow(&mut self, source: Ssrc) -> Option<Digit> {
        if self.source == Some(source) {
            return None;
        }
        let digit = self.forget_source();
        self.source = Some(source);
        digit
    }

    /// What comes next is somebody else's, who counts their own numbers.
    fn forget_source(&mut self) -> Option<Digit> {
        self.source = None;
        self.reception.restart();
        if let Some(jitter) = &mut self.jitter {
            jitter.restart();
        }
        self.events.restart()
    }

    /// Takes an event; the digits that it ends.
    pub(super) fn event(
        &mut self,
        event: dtmf::Event,
        began: Timestamp,
        now: Duration,
    ) -> [Option<Digit>; 2] {
        self.events.receive(event, began, now)
    }

    /// Takes audio, if it is to be decoded.
    pub(super) fn audio(&mut self, codec: Codec, packet: &Packet<'_>, now: Duration) {
        if let Some(jitter) = &mut self.jitter {
            let mut samples = [0; jitter::MAX_PACKET];
            let count = codec.decode(packet.payload, &mut samples);
            jitter.push(packet.header.timestamp, &samples[..count], now);
        }
    }

    /// Moves on by a tick; the digits that were released in it.
    pub(super) fn tick(&mut self, now: Duration) -> [Option<Digit>; 2] {
        if let Some(jitter) = &mut self.jitter {
            self.pulled = jitter.pull(&mut self.frame);
        }
        let heard = self.inband.as_mut().and_then(|detector| detector.listen(&self.frame));
        [self.events.tick(now), heard]
    }

    /// The last tick's audio, if there was any and no key is held down: a key is passed on as it comes.
    pub(super) const fn heard(&self) -> Option<&Frame> {
        match self.pulled {
            Pulled::Audio | Pulled::Concealed if !self.events.is_held() => Some(&self.frame),
            Pulled::Audio | Pulled::Concealed | Pulled::Nothing => None,
        }
    }

    /// Whether nothing has come for so long; told once.
    pub(super) fn is_newly_lost(&mut self, timeout: Duration, now: Duration) -> bool {
        let newly = !self.lost && now.saturating_sub(self.quiet_since) >= timeout;
        self.lost |= newly;
        newly
    }

    /// Nothing is expected now.
    pub(super) const fn expect_nothing(&mut self, now: Duration) {
        self.quiet_since = now;
    }

    pub(super) const fn source(&self) -> Option<Ssrc> {
        self.source
    }

    pub(super) const fn reception(&mut self) -> &mut Reception {
        &mut self.reception
    }

    pub(super) fn late(&self) -> u64 {
        self.late_before + self.jitter.as_ref().map_or(0, |jitter| jitter.late())
    }
}
