//! UDP ports for one test, that no other test takes meanwhile.
//!
//! The ports below the system's own range (32,768 and up) are divided into blocks; whoever has bound a block's last port
//! owns the block. Works across processes without a file or a lock.

use std::net::{Ipv4Addr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

/// Where blocks begin: above the defaults of alo's own media.
const FIRST: u16 = 20_480;

/// Where they end: the system hands out ports above by itself.
const LAST: u16 = 32_767;

/// Ports in a block: 31 pairs of RTP and RTCP and the port that marks it as taken.
const BLOCK: u16 = 64;

/// How many blocks there are.
const BLOCKS: u16 = (LAST - FIRST + 1) / BLOCK;

/// A range of UDP ports on loopback, ours until it is dropped.
#[derive(Debug)]
pub struct PortRange {
    first: u16,
    last: u16,
    /// Bound, so that nobody else takes the block.
    _claims: Vec<UdpSocket>,
}

impl PortRange {
    /// Takes 62 free ports, the first of them even. Panics if there is no free block.
    pub fn take() -> Self {
        Self::of_blocks(1)
    }

    /// Takes neighbouring blocks with at least so many ports, for load. Panics if there are none.
    pub fn of_at_least(ports: u16) -> Self {
        Self::of_blocks(ports.div_ceil(BLOCK).max(1))
    }

    /// The ports.
    pub fn range(&self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    /// The first port, an even one.
    pub fn first(&self) -> u16 {
        self.first
    }

    fn of_blocks(count: u16) -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        // Processes begin at different places, so that they seldom try the same block.
        let start = (std::process::id() as u16).wrapping_mul(7);
        for _ in 0..BLOCKS {
            let number = start.wrapping_add(NEXT.fetch_add(count, Ordering::Relaxed)) % BLOCKS;
            if number + count > BLOCKS {
                continue;
            }
            let first = FIRST + number * BLOCK;
            let last = first + count * BLOCK - 1;
            let Some(claims) = claim(first, last) else { continue };
            return Self { first, last: last - 2, _claims: claims };
        }
        panic!(
            "no {count} neighbouring blocks of {BLOCK} free UDP ports between {FIRST} and {LAST}"
        );
    }
}

/// Binds the last port of each block, after all others were seen to be free.
fn claim(first: u16, last: u16) -> Option<Vec<UdpSocket>> {
    let bind = |port: u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok();
    let claims: Option<Vec<_>> =
        (first..=last).filter(|port| (port + 1).is_multiple_of(BLOCK)).map(bind).collect();
    let claims = claims?;
    (first..last - 1)
        .all(|port| (port + 1).is_multiple_of(BLOCK) || bind(port).is_some())
        .then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_apart_and_given_back() {
        let one = PortRange::take();
        let other = PortRange::take();
        assert!(one.range().all(|port| !other.range().contains(&port)));
        assert!(one.first().is_multiple_of(2) && one.range().count() == 62);
        let port = *one.range().end() + 2;
        assert!(UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_err(), "the block is taken");
        drop(one);
        UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the block is free again");
    }

    #[test]
    fn a_load_test_gets_many() {
        let range = PortRange::of_at_least(500);
        assert!(range.range().count() >= 500);
    }
}
