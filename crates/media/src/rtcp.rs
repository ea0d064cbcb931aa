//! RTCP: sender and receiver reports with a CNAME, and BYE (RFC 3550 §6). The least that a well-behaved end sends.
//!
//! Parsing takes any bytes without panicking, and reads only what the far side says of our own stream.

use crate::reception::Quality;
use crate::rtp::{Ssrc, Timestamp};

/// Time between reports (RFC 3550 §6.2: five seconds at least).
pub const INTERVAL: std::time::Duration = std::time::Duration::from_secs(5);

/// The longest packet that [`Compound::write`] makes.
pub const MAX: usize = 128;

/// Packet types of RFC 3550 §12.1.
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;

/// Seconds from 1900, NTP's epoch, to 1970 (RFC 868).
const NTP_EPOCH: u64 = 2_208_988_800;

/// What we have sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Time since 1970.
    pub at: std::time::Duration,
    /// The RTP timestamp of that moment.
    pub timestamp: Timestamp,
    /// Packets since the start.
    pub packets: u32,
    /// Payload bytes since the start.
    pub bytes: u32,
}

/// A compound packet of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compound {
    /// Our own source.
    pub ssrc: Ssrc,
    /// Present if we have sent: makes it a sender report.
    pub sent: Option<Sent>,
    /// Present if the far side has sent.
    pub received: Option<(Ssrc, Quality)>,
    /// Whether we leave.
    pub bye: bool,
}

impl Compound {
    /// Writes the packet; how long it is.
    pub fn write(&self, bytes: &mut [u8; MAX]) -> usize {
        let mut writer = Writer { bytes, at: 0 };
        let blocks = u8::from(self.received.is_some());
        let kind = if self.sent.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
        let words = 1 + if self.sent.is_some() { 5 } else { 0 } + 6 * u16::from(blocks);
        writer.header(blocks, kind, words);
        writer.word(self.ssrc.0);
        if let Some(sent) = self.sent {
            writer.word((sent.at.as_secs() + NTP_EPOCH) as u32);
            writer.word(((u64::from(sent.at.subsec_nanos()) << 32) / 1_000_000_000) as u32);
            writer.word(sent.timestamp.0);
            writer.word(sent.packets);
            writer.word(sent.bytes);
        }
        if let Some((source, quality)) = self.received {
            writer.word(source.0);
            let lost = u32::try_from(quality.lost).unwrap_or(u32::MAX).min(0x7F_FFFF);
            writer.word(u32::from(quality.fraction_lost) << 24 | lost);
            writer.word(quality.highest);
            writer.word(quality.jitter);
            // We keep no sender report of the far side, so there is no round trip to measure.
            writer.word(0);
            writer.word(0);
        }
        self.describe(&mut writer);
        if self.bye {
            writer.header(1, BYE, 1);
            writer.word(self.ssrc.0);
        }
        writer.at
    }

    /// A CNAME is obligatory (RFC 3550 §6.5.1); ours is per stream and says nothing of the host (RFC 7022 §4.2).
    fn describe(&self, writer: &mut Writer<'_>) {
        writer.header(1, SOURCE_DESCRIPTION, 4);
        writer.word(self.ssrc.0);
        let mut item = *b"\x01\x08--------\0\0";
        for (place, shift) in item[2..10].iter_mut().zip((0..8).rev()) {
            let nibble = (self.ssrc.0 >> (4 * shift)) as u8 & 0xF;
            *place = b"0123456789abcdef"[usize::from(nibble)];
        }
        writer.put(&item);
    }
}

/// What the far side says of our stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Packets of ours that it lost.
    pub lost: u32,
    /// Jitter that it saw, in samples.
    pub jitter: u32,
}

/// Finds what a compound packet says of our stream, if it is one and does.
pub fn report_on(bytes: &[u8], ours: Ssrc) -> Option<Report> {
    let mut rest = bytes;
    let mut found = None;
    while let Some((header, _)) = rest.split_first_chunk::<4>() {
        if header[0] >> 6 != 2 {
            return found;
        }
        let length = 4 + 4 * usize::from(u16::from_be_bytes([header[2], header[3]]));
        let (Some(packet), Some(next)) = (rest.get(..length), rest.get(length..)) else {
            return found;
        };
        let blocks_at = match header[1] {
            SENDER_REPORT => 28,
            RECEIVER_REPORT => 8,
            _ => length,
        };
        let blocks = packet.get(blocks_at..).unwrap_or_default().chunks_exact(24);
        for block in blocks.take(usize::from(header[0] & 0x1F)) {
            let word = |at: usize| {
                u32::from_be_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
            };
            if word(0) == ours.0 {
                // The count is signed with 24 bits: duplicates can make it negative.
                let lost = ((word(4) << 8) as i32 >> 8).max(0) as u32;
                found = Some(Report { lost, jitter: word(12) });
            }
        }
        rest = next;
    }
    found
}

struct Writer<'a> {
    bytes: &'a mut [u8; MAX],
    at: usize,
}

impl Writer<'_> {
    fn header(&mut self, count: u8, kind: u8, words: u16) {
        self.put(&[0x80 | count, kind]);
        self.put(&words.to_be_bytes());
    }

    fn word(&mut self, word: u32) {
        self.put(&word.to_be_bytes());
    }

    /// Everything at once is 28 + 24 + 20 + 8 bytes, which is less than [`MAX`].
    fn put(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const SENT: Sent =
        Sent { at: Duration::from_millis(1_500), timestamp: Timestamp(7), packets: 3, bytes: 480 };
    const QUALITY: Quality = Quality { fraction_lost: 9, lost: 4, highest: 77, jitter: 12 };

    #[test]
    fn a_report_is_found_by_whom_it_is_about() {
        let mut bytes = [0; MAX];
        for sent in [None, Some(SENT)] {
            let compound =
                Compound { ssrc: Ssrc(1), sent, received: Some((Ssrc(2), QUALITY)), bye: true };
            let length = compound.write(&mut bytes);
            assert_eq!(length % 4, 0);
            assert_eq!(report_on(&bytes[..length], Ssrc(2)), Some(Report { lost: 4, jitter: 12 }));
            assert_eq!(report_on(&bytes[..length], Ssrc(1)), None);
            assert_eq!(bytes[length - 8..length], [0x81, BYE, 0, 1, 0, 0, 0, 1]);
        }
    }

    #[test]
    fn every_packet_of_a_compound_has_the_length_it_says() {
        let mut bytes = [0; MAX];
        let compound =
            Compound { ssrc: Ssrc(0xDEAD_BEEF), sent: Some(SENT), received: None, bye: true };
        let length = compound.write(&mut bytes);
        let mut kinds = Vec::new();
        let mut rest = &bytes[..length];
        while !rest.is_empty() {
            kinds.push(rest[1]);
            rest = &rest[4 + 4 * usize::from(u16::from_be_bytes([rest[2], rest[3]]))..];
        }
        assert_eq!(kinds, [SENDER_REPORT, SOURCE_DESCRIPTION, BYE]);
        assert!(bytes.windows(8).any(|window| window == b"deadbeef"));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = report_on(&bytes, Ssrc(0));
            if bytes.len() > 4 {
                bytes[..2].copy_from_slice(&[0x9F, SENDER_REPORT]);
                let _ = report_on(&bytes, Ssrc(0));
            }
        }
    }
}
