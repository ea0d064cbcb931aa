//! What a media thread does with the packets that come: judges them, hears digits, relays or keeps the audio.

use std::io;
use std::net::SocketAddr;

use super::inbound::{Accepted, Kind};
use super::playing::{Performance, Playing};
use super::thread::Thread;
use super::{Event, Remote};
use crate::dtmf::dial::Dialer;
use crate::dtmf::{self, Digit};
use crate::rtcp;
use crate::rtp::{HEADER, Header, Packet, Timestamp};

/// Packets that are read from one socket before the others get their turn.
const BURST: usize = 32;

impl Thread {
    /// Reads the RTP that waits at a stream's socket.
    pub(super) fn receive(&mut self, slot: usize) {
        for _ in 0..BURST {
            let Some(Some(leg)) = self.legs.get(slot) else {
                return;
            };
            match leg.rtp.recv_from(&mut self.buffer[..]) {
                Ok((length, source)) => self.take(slot, length, source),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nothing more; or an error of a packet that we sent, which the next report shows.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
        self.unread.push(slot);
    }

    /// Reads the RTCP that waits at a stream's socket.
    pub(super) fn receive_report(&mut self, slot: usize) {
        // Reports come every few seconds; whoever sends more in one go isn't heard until the next.
        for _ in 0..BURST {
            let Some(Some(leg)) = self.legs.get_mut(slot) else {
                return;
            };
            match leg.rtcp.recv_from(&mut self.buffer[..]) {
                Ok((length, source)) => {
                    let known = leg.outbound.to.is_some_and(|to| to.ip() == source.ip());
                    let report = rtcp::report_on(&self.buffer[..length], leg.outbound.ssrc());
                    if let Some(report) = report.filter(|_| known) {
                        leg.inbound.remote = report;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
    }

    /// Takes the datagram in the buffer.
    fn take(&mut self, slot: usize, length: usize, source: SocketAddr) {
        let now = self.now();
        let Some(leg) = &mut self.legs[slot] else {
            return;
        };
        let Some(remote) = leg.remote else {
            leg.inbound.strangers += 1;
            return;
        };
        let Ok(packet) = Packet::parse(&self.buffer[..length]) else {
            leg.inbound.malformed += 1;
            return;
        };
        let Some(accepted) = leg.inbound.accept(&packet, source, &remote, now) else {
            return;
        };
        if accepted.latched {
            leg.outbound.to = Some(source);
        }
        let (header, payload_at) = (packet.header, packet.payload_at);
        let end = payload_at + packet.payload.len();
        if accepted.kind == Kind::Audio && !leg.relays && remote.direction.receives() {
            leg.inbound.audio(remote.codec, &packet, now);
        }
        self.tell_first(slot, &accepted);
        if !remote.direction.receives() {
            return;
        }
        match accepted.kind {
            Kind::Empty => {}
            Kind::Audio => self.relay(slot, header, payload_at..end, remote),
            Kind::Event(event) => self.event(slot, event, header, payload_at..end),
        }
    }

    fn tell_first(&mut self, slot: usize, accepted: &Accepted) {
        if let Some(leg) = &mut self.legs[slot] {
            if let Some(digit) = accepted.digit {
                leg.tell_digit(digit);
            }
            if accepted.first {
                leg.tell(Event::FirstPacket);
            }
        }
    }

    /// Sends a packet's audio on to the bridged stream, if it goes there undecoded.
    fn relay(
        &mut self,
        slot: usize,
        header: Header,
        payload: std::ops::Range<usize>,
        from: Remote,
    ) {
        let Some(peer) =
            self.legs[slot].as_ref().filter(|leg| leg.relays).and_then(|leg| leg.bridge)
        else {
            return;
        };
        let tick = self.tick;
        let Some(peer) = &mut self.legs[peer] else {
            return;
        };
        if let Some((codec, payload_type)) = peer.sends() {
            from.codec.transcode(codec, &mut self.buffer[payload.clone()]);
            let header = Header { payload_type, ..header };
            // A payload is never before the end of a header.
            let packet = &mut self.buffer[payload.start - HEADER..payload.end];
            peer.outbound.relay(&peer.rtp, tick, header, packet);
        }
    }

    /// Takes a telephone event: tells of the digits it ends, and passes it on.
    fn event(
        &mut self,
        slot: usize,
        event: dtmf::Event,
        header: Header,
        payload: std::ops::Range<usize>,
    ) {
        let now = self.now();
        let Some(leg) = &mut self.legs[slot] else {
            return;
        };
        let digits = leg.inbound.event(event, header.timestamp, now);
        for digit in digits.into_iter().flatten() {
            leg.tell_digit(digit);
        }
        let Some(peer) = leg.bridge else {
            return;
        };
        let relays = leg.relays;
        let payload_type = self.legs[peer].as_ref().and_then(|peer| peer.remote?.dtmf_payload_type);
        match payload_type {
            Some(payload_type) if relays => {
                let header = Header { payload_type, ..header };
                self.relay_event(peer, header, payload);
            }
            Some(payload_type) => self.forward_event(peer, payload_type, event, header.timestamp),
            None => self.sound_digits(peer, digits),
        }
    }

    fn relay_event(&mut self, peer: usize, header: Header, payload: std::ops::Range<usize>) {
        let tick = self.tick;
        if let Some(peer) = &mut self.legs[peer]
            && peer.sends().is_some()
        {
            let packet = &mut self.buffer[payload.start - HEADER..payload.end];
            peer.outbound.relay(&peer.rtp, tick, header, packet);
        }
    }

    fn forward_event(
        &mut self,
        peer: usize,
        payload_type: u8,
        event: dtmf::Event,
        began: Timestamp,
    ) {
        let tick = self.tick;
        if let Some(peer) = &mut self.legs[peer]
            && peer.sends().is_some()
        {
            peer.outbound.forward_event(&peer.rtp, tick, payload_type, event, began);
        }
    }

    /// Presses keys as tones on a stream that has no telephone events.
    fn sound_digits(&mut self, peer: usize, digits: [Option<Digit>; 2]) {
        for digit in digits.into_iter().flatten() {
            if let Some(leg) = &mut self.legs[peer] {
                let mut letter = [0; 4];
                let dialer = Dialer::new(digit.key.as_char().encode_utf8(&mut letter));
                let performance = Performance { id: None, what: Playing::Digits(dialer) };
                // More keys than fit were pressed faster than any phone does.
                let _ = leg.dial(performance);
            }
            self.refresh(peer);
        }
    }
}
