//! RTP packets and the arithmetic of their wrapping numbers (RFC 3550 §5.1 and appendix A).
//!
//! Parsing borrows from the datagram and takes any bytes without panicking. Nothing here keeps state of a stream; see
//! [`crate::reception`] for that.

/// Length of a header without contributing sources and extension (RFC 3550 §5.1).
pub const HEADER: usize = 12;

/// The version that RFC 3550 defines.
const VERSION: u8 = 2;

/// Number of a packet; wraps at 2¹⁶.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Sequence(pub u16);

impl Sequence {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// How many packets after `earlier`; negative if it is before.
    pub const fn since(self, earlier: Self) -> i16 {
        self.0.wrapping_sub(earlier.0) as i16
    }

    /// The number a distance further on.
    #[must_use]
    pub const fn plus(self, distance: u16) -> Self {
        Self(self.0.wrapping_add(distance))
    }
}

/// Sampling instant of a packet's first sample, in samples; wraps at 2³².
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Timestamp(pub u32);

impl Timestamp {
    /// The instant so many samples later.
    #[must_use]
    pub const fn plus(self, samples: u32) -> Self {
        Self(self.0.wrapping_add(samples))
    }

    /// The instant so many samples earlier.
    #[must_use]
    pub const fn minus(self, samples: u32) -> Self {
        Self(self.0.wrapping_sub(samples))
    }

    /// How many samples after `earlier`; negative if it is before.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.wrapping_sub(earlier.0) as i32
    }
}

/// Names a source of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Ssrc(pub u32);

/// The fixed part of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// First packet of a talk spurt or of an event.
    pub marker: bool,
    /// What the payload is; 0–127.
    pub payload_type: u8,
    /// Number of the packet.
    pub sequence: Sequence,
    /// Instant of its first sample.
    pub timestamp: Timestamp,
    /// Who sends it.
    pub ssrc: Ssrc,
}

impl Header {
    /// Writes the header over the first [`HEADER`] bytes of a packet.
    pub fn write(&self, bytes: &mut [u8; HEADER]) {
        bytes[0] = VERSION << 6;
        bytes[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7F;
        bytes[2..4].copy_from_slice(&self.sequence.0.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.timestamp.0.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.ssrc.0.to_be_bytes());
    }
}

/// A parsed packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its header, without contributing sources and extension.
    pub header: Header,
    /// Its payload, without padding.
    pub payload: &'a [u8],
    /// Where the payload starts in the datagram; at least [`HEADER`].
    pub payload_at: usize,
}

impl<'a> Packet<'a> {
    /// Parses a datagram.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (fixed, rest) = bytes.split_first_chunk::<HEADER>().ok_or(Malformed::Truncated)?;
        if fixed[0] >> 6 != VERSION {
            return Err(Malformed::Version);
        }
        let contributors = usize::from(fixed[0] & 0x0F) * 4;
        let mut payload_at = HEADER + contributors;
        let mut rest = rest.get(contributors..).ok_or(Malformed::Truncated)?;
        if fixed[0] & 0x10 != 0 {
            let (extension, _) = rest.split_first_chunk::<4>().ok_or(Malformed::Truncated)?;
            let words = usize::from(u16::from_be_bytes([extension[2], extension[3]]));
            rest = rest.get(4 + words * 4..).ok_or(Malformed::Truncated)?;
            payload_at += 4 + words * 4;
        }
        if fixed[0] & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(Malformed::Padding)?);
            let end = rest.len().checked_sub(padding).filter(|_| padding > 0);
            rest = &rest[..end.ok_or(Malformed::Padding)?];
        }
        Ok(Self {
            header: Header {
                marker: fixed[1] & 0x80 != 0,
                payload_type: fixed[1] & 0x7F,
                sequence: Sequence(u16::from_be_bytes([fixed[2], fixed[3]])),
                timestamp: Timestamp(u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]])),
                ssrc: Ssrc(u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]])),
            },
            payload: rest,
            payload_at,
        })
    }
}

/// Why a datagram is no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Shorter than its header says.
    #[error("the packet is shorter than its header says")]
    Truncated,
    /// Not RTP version 2.
    #[error("the packet isn't RTP version 2")]
    Version,
    /// Padding of no length, or longer than the payload.
    #[error("the packet's padding doesn't fit in it")]
    Padding,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_header() -> impl Strategy<Value = Header> {
        (any::<bool>(), 0u8..128, any::<u16>(), any::<u32>(), any::<u32>()).prop_map(
            |(marker, payload_type, sequence, timestamp, ssrc)| Header {
                marker,
                payload_type,
                sequence: Sequence(sequence),
                timestamp: Timestamp(timestamp),
                ssrc: Ssrc(ssrc),
            },
        )
    }

    /// Adds contributors, an extension and padding to a packet the way RFC 3550 §5.1 draws them.
    fn dressed(
        header: Header,
        csrcs: u8,
        extension: Option<u16>,
        pad: u8,
        payload: &[u8],
    ) -> Vec<u8> {
        let mut fixed = [0; HEADER];
        header.write(&mut fixed);
        fixed[0] |= csrcs | u8::from(extension.is_some()) << 4 | u8::from(pad > 0) << 5;
        let mut bytes = fixed.to_vec();
        bytes.extend(std::iter::repeat_n(7, usize::from(csrcs) * 4));
        if let Some(words) = extension {
            bytes.extend([0xBE, 0xDE]);
            bytes.extend(words.to_be_bytes());
            bytes.extend(std::iter::repeat_n(9, usize::from(words) * 4));
        }
        bytes.extend(payload);
        bytes.extend(std::iter::repeat_n(pad, usize::from(pad)));
        bytes
    }

    proptest! {
        #[test]
        fn a_written_packet_is_parsed_back(
            header in any_header(),
            csrcs in 0u8..16,
            extension in proptest::option::of(0u16..20),
            pad in 0u8..=255,
            payload in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let bytes = dressed(header, csrcs, extension, pad, &payload);
            let packet = Packet::parse(&bytes).expect("it was written by the RFC");
            prop_assert_eq!(packet.header, header);
            prop_assert_eq!(packet.payload, &payload[..]);
            prop_assert_eq!(&bytes[packet.payload_at..][..payload.len()], &payload[..]);
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Packet::parse(&bytes);
            let mut forced = bytes;
            if let Some(first) = forced.first_mut() {
                *first = *first & 0x3F | 0x80;
            }
            let _ = Packet::parse(&forced);
        }

        #[test]
        fn numbers_count_through_the_wrap(start in any::<u16>(), instant in any::<u32>(), step in 0u16..0x7FFF) {
            prop_assert_eq!(Sequence(start).plus(step).since(Sequence(start)), step as i16);
            prop_assert_eq!(Sequence(start).since(Sequence(start).plus(step)), -(step as i16));
            let later = Timestamp(instant).plus(u32::from(step));
            prop_assert_eq!(later.since(Timestamp(instant)), i32::from(step));
            prop_assert_eq!(later.minus(u32::from(step)), Timestamp(instant));
        }
    }

    #[test]
    fn what_is_shorter_than_it_says_is_malformed() {
        let header = Header::default();
        assert_eq!(Packet::parse(&[]), Err(Malformed::Truncated));
        assert_eq!(Packet::parse(&[0; 12]), Err(Malformed::Version));
        let many = dressed(header, 15, None, 0, &[]);
        assert_eq!(Packet::parse(&many[..many.len() - 1]), Err(Malformed::Truncated));
        let long = dressed(header, 0, Some(3), 0, &[]);
        assert_eq!(Packet::parse(&long[..long.len() - 1]), Err(Malformed::Truncated));
        let mut padded = dressed(header, 0, None, 4, &[]);
        assert_eq!(Packet::parse(&padded).map(|packet| packet.payload.len()), Ok(0));
        *padded.last_mut().expect("has padding") = 5;
        assert_eq!(Packet::parse(&padded), Err(Malformed::Padding));
        *padded.last_mut().expect("has padding") = 0;
        assert_eq!(Packet::parse(&padded), Err(Malformed::Padding));
    }
}
