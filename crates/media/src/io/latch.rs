//! Symmetric RTP: which source a stream believes (RFC 4961; RFC 7362 §4).
//!
//! The first packet from the address in the SDP settles it. If packets come only from elsewhere, the far side is behind a
//! NAT, and the source that keeps sending is taken. After that, packets from anybody else are strangers'. Pure.

use std::net::SocketAddr;

/// Packets from one unexpected source before it is believed: 100 ms of speech, time enough for the expected one to be
/// heard first.
const PATIENCE: u32 = 5;

/// Whom a stream listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Latch {
    /// Nobody yet.
    Open {
        /// An unexpected source, and how many packets it sent.
        candidate: Option<(SocketAddr, u32)>,
    },
    /// Only this one.
    Closed(SocketAddr),
}

/// What a packet's source means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is the far side, from now on.
    Latched,
    /// It is the far side.
    Known,
    /// It is somebody else, or not believed yet.
    Stranger,
}

impl Latch {
    /// Listens for the first source.
    pub(super) const OPEN: Self = Self::Open { candidate: None };

    /// Judges a packet's source, given the address in the SDP.
    pub(super) fn admit(&mut self, source: SocketAddr, expected: SocketAddr) -> Admission {
        match self {
            Self::Closed(latched) if *latched == source => Admission::Known,
            Self::Closed(_) => Admission::Stranger,
            Self::Open { candidate } => {
                let packets = match candidate {
                    Some((address, packets)) if *address == source => *packets + 1,
                    Some(_) | None => 1,
                };
                if source == expected || packets >= PATIENCE {
                    *self = Self::Closed(source);
                    return Admission::Latched;
                }
                *candidate = Some((source, packets));
                Admission::Stranger
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn the_expected_source_is_believed_at_once_and_nobody_else_after() {
        let mut latch = Latch::OPEN;
        assert_eq!(latch.admit(address(9), address(1)), Admission::Stranger);
        assert_eq!(latch.admit(address(1), address(1)), Admission::Latched);
        assert_eq!(latch.admit(address(1), address(1)), Admission::Known);
        for _ in 0..20 {
            assert_eq!(latch.admit(address(9), address(1)), Admission::Stranger);
        }
    }

    #[test]
    fn a_source_behind_a_nat_is_believed_after_a_few_packets() {
        let mut latch = Latch::OPEN;
        let admissions: Vec<_> = (0..6).map(|_| latch.admit(address(9), address(1))).collect();
        assert_eq!(admissions[..4], [Admission::Stranger; 4]);
        assert_eq!(admissions[4..], [Admission::Latched, Admission::Known]);
    }

    #[test]
    fn sources_that_take_turns_are_not_believed() {
        let mut latch = Latch::OPEN;
        for turn in 0..50 {
            assert_eq!(latch.admit(address(8 + turn % 2), address(1)), Admission::Stranger);
        }
    }
}
