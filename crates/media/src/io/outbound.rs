//! What a stream sends: its own source, with numbers and timestamps that go on whatever is sent.
//!
//! The timestamps follow the thread's ticks, so a talk spurt after a silence has the right one and a marker. Relayed
//! packets keep their distances in number and time, so the far side sees the losses and the jitter of the source.

use std::io;
use std::net::SocketAddr;

use mio::net::UdpSocket;

use super::inbox::Random;
use crate::dtmf::Event;
use crate::rtp::{HEADER, Header, Sequence, Ssrc, Timestamp};
use crate::{Codec, FRAME, Frame};

/// A jump in the source's time beyond this starts a new talk spurt: ten seconds.
const MAX_JUMP: u32 = 80_000;

/// A jump in the source's numbers beyond these is a restart (RFC 3550 §A.1).
const MAX_DROPOUT: i16 = 3_000;
const MAX_MISORDER: i16 = -100;

/// The sending half of a stream.
#[derive(Debug)]
pub(super) struct Outbound {
    ssrc: Ssrc,
    sequence: Sequence,
    /// Timestamp of tick 0.
    base: Timestamp,
    /// The first sample that nothing was sent for.
    until: Timestamp,
    /// Tick of the last packet of our own, if it was audio.
    talking_at: Option<u64>,
    relay: Option<Relay>,
    event: Option<Timestamp>,
    forwarded: Option<Forwarded>,
    /// Where to: the SDP's address, or the one that was latched.
    pub(super) to: Option<SocketAddr>,
    pub(super) packets: u64,
    pub(super) bytes: u64,
    pub(super) failures: u64,
}

/// How a source's numbers become ours.
#[derive(Debug, Clone, Copy)]
struct Relay {
    source: Ssrc,
    sequence: u16,
    timestamp: u32,
    last: (Sequence, Timestamp),
}

/// An event that is passed on while audio is decoded.
#[derive(Debug, Clone, Copy)]
struct Forwarded {
    from: Timestamp,
    to: Timestamp,
}

impl Outbound {
    pub(super) fn new(random: Random) -> Self {
        let base = Timestamp(random.timestamp);
        Self {
            ssrc: Ssrc(random.ssrc),
            sequence: Sequence(random.sequence),
            base,
            until: base,
            talking_at: None,
            relay: None,
            event: None,
            forwarded: None,
            to: None,
            packets: 0,
            bytes: 0,
            failures: 0,
        }
    }

    pub(super) const fn ssrc(&self) -> Ssrc {
        self.ssrc
    }

    /// The timestamp of a tick's audio; later if something was sent for that time already.
    pub(super) fn timestamp(&mut self, tick: u64) -> Timestamp {
        let planned = self.base.plus((tick as u32).wrapping_mul(FRAME as u32));
        let ahead = self.until.since(planned);
        // Relayed packets may be ahead by their jitter. More than a jump ahead is a clock that wrapped in a long silence.
        if ahead > 0 && ahead.unsigned_abs() <= MAX_JUMP {
            self.base = self.base.plus(ahead.unsigned_abs());
            return self.until;
        }
        planned
    }

    /// Sends a tick of audio.
    pub(super) fn send_frame(
        &mut self,
        socket: &UdpSocket,
        tick: u64,
        payload_type: u8,
        audio: &[u8; FRAME],
    ) {
        let timestamp = self.timestamp(tick);
        let spurt = self.talking_at.is_none_or(|last| last + 1 != tick);
        self.talking_at = Some(tick);
        self.until = timestamp.plus(FRAME as u32);
        let mut packet = [0; HEADER + FRAME];
        packet[HEADER..].copy_from_slice(audio);
        self.send_own(socket, &mut packet, spurt, payload_type, timestamp);
    }

    /// Encodes and sends a tick of audio.
    pub(super) fn send_samples(
        &mut self,
        socket: &UdpSocket,
        tick: u64,
        (codec, payload_type): (Codec, u8),
        audio: &Frame,
    ) {
        let mut bytes = [0; FRAME];
        codec.encode(audio, &mut bytes);
        self.send_frame(socket, tick, payload_type, &bytes);
    }

    /// Sends a tick of a key that we press.
    pub(super) fn send_event(
        &mut self,
        socket: &UdpSocket,
        tick: u64,
        payload_type: u8,
        event: Event,
        start: bool,
    ) {
        let timestamp = match self.event {
            Some(began) if !start => began,
            Some(_) | None => self.timestamp(tick),
        };
        self.event = Some(timestamp);
        self.talking_at = None;
        self.send_event_packet(socket, start, payload_type, timestamp, event);
    }

    /// Passes on an event of the bridged stream, whose audio is decoded.
    pub(super) fn forward_event(
        &mut self,
        socket: &UdpSocket,
        tick: u64,
        payload_type: u8,
        event: Event,
        began: Timestamp,
    ) {
        let known = self.forwarded.filter(|forwarded| forwarded.from == began);
        let timestamp = known.map_or_else(|| self.timestamp(tick), |forwarded| forwarded.to);
        self.forwarded = Some(Forwarded { from: began, to: timestamp });
        self.talking_at = None;
        self.send_event_packet(socket, known.is_none(), payload_type, timestamp, event);
    }

    /// Passes on a packet of the bridged stream as it is, but for its header, which is written over the bytes before its
    /// payload.
    pub(super) fn relay(
        &mut self,
        socket: &UdpSocket,
        tick: u64,
        header: Header,
        packet: &mut [u8],
    ) {
        let (relay, spurt) = match self.relay {
            Some(relay) if relay.continues(header) => (relay, false),
            Some(_) | None => (self.anchor(tick, header), true),
        };
        let outgoing = Header {
            marker: header.marker || spurt,
            payload_type: header.payload_type,
            sequence: header.sequence.plus(relay.sequence),
            timestamp: header.timestamp.plus(relay.timestamp),
            ssrc: self.ssrc,
        };
        if outgoing.sequence.since(self.sequence) >= 0 {
            self.sequence = outgoing.sequence.next();
        }
        let end = outgoing.timestamp.plus((packet.len() - HEADER) as u32);
        if end.since(self.until) > 0 {
            self.until = end;
        }
        self.relay = Some(Relay { last: (header.sequence, header.timestamp), ..relay });
        self.talking_at = None;
        self.send(socket, outgoing, packet);
    }

    /// Stops keeping the distances of what was relayed.
    pub(super) fn end_relay(&mut self) {
        self.relay = None;
    }

    fn anchor(&mut self, tick: u64, header: Header) -> Relay {
        let timestamp = self.timestamp(tick);
        Relay {
            source: header.ssrc,
            sequence: self.sequence.0.wrapping_sub(header.sequence.0),
            timestamp: timestamp.0.wrapping_sub(header.timestamp.0),
            last: (header.sequence, header.timestamp),
        }
    }

    fn send_event_packet(
        &mut self,
        socket: &UdpSocket,
        start: bool,
        payload_type: u8,
        timestamp: Timestamp,
        event: Event,
    ) {
        let mut packet = [0; HEADER + Event::LENGTH];
        packet[HEADER..].copy_from_slice(&event.to_bytes());
        self.send_own(socket, &mut packet, start, payload_type, timestamp);
    }

    fn send_own(
        &mut self,
        socket: &UdpSocket,
        packet: &mut [u8],
        marker: bool,
        payload_type: u8,
        timestamp: Timestamp,
    ) {
        let sequence = self.sequence;
        self.sequence = sequence.next();
        let header = Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc };
        self.send(socket, header, packet);
    }

    /// Writes the header and sends; a packet that the system doesn't take now would be too late later.
    fn send(&mut self, socket: &UdpSocket, header: Header, packet: &mut [u8]) {
        let (Some(to), Some(place)) = (self.to, packet.first_chunk_mut::<HEADER>()) else {
            return;
        };
        header.write(place);
        match send_to(socket, packet, to) {
            Ok(_) => {
                self.packets += 1;
                self.bytes += (packet.len() - HEADER) as u64;
            }
            Err(_) => self.failures += 1,
        }
    }
}

fn send_to(socket: &UdpSocket, packet: &[u8], to: SocketAddr) -> io::Result<usize> {
    loop {
        match socket.send_to(packet, to) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Relay {
    fn continues(&self, header: Header) -> bool {
        let (sequence, timestamp) = self.last;
        self.source == header.ssrc
            && (MAX_MISORDER..=MAX_DROPOUT).contains(&header.sequence.since(sequence))
            && header.timestamp.since(timestamp).unsigned_abs() <= MAX_JUMP
    }
}
