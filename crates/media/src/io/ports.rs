//! Pairs of UDP ports for RTP and RTCP, lent to streams and given back when they close.
//!
//! The free ports are a bounded queue, so a port rests as long as possible before it is used again and late packets of
//! the stream before don't meet the next one. No lock; the queue is never full, as each port is in it once at most.

use std::ops::RangeInclusive;

use crossbeam_channel::{Receiver, Sender, bounded};

/// The ports of one [`super::Media`].
#[derive(Debug)]
pub(super) struct Ports {
    free: Receiver<u16>,
    give_back: Sender<u16>,
    count: usize,
}

/// The right to use a port and the one above it. Drop it after their sockets.
#[derive(Debug)]
pub(super) struct Lease {
    port: u16,
    give_back: Sender<u16>,
}

impl Ports {
    /// The pairs of an even port and the odd one above it within a range; `None` if there are none.
    pub(super) fn new(range: &RangeInclusive<u16>) -> Option<Self> {
        let first = range.start().checked_next_multiple_of(2)?;
        // 65,535 is odd, so `port + 1` doesn't overflow.
        let pairs: Vec<u16> =
            (first..=*range.end()).step_by(2).filter(|port| *port < *range.end()).collect();
        if pairs.is_empty() {
            return None;
        }
        let (give_back, free) = bounded(pairs.len());
        let count = pairs.len();
        for port in pairs {
            give_back.try_send(port).ok()?;
        }
        Some(Self { free, give_back, count })
    }

    /// How many pairs there are, free or not.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The pair that was free for the longest time.
    pub(super) fn take(&self) -> Option<Lease> {
        let port = self.free.try_recv().ok()?;
        Some(Lease { port, give_back: self.give_back.clone() })
    }
}

impl Lease {
    /// The even port.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // It fails when the `Ports` are gone, and then nobody wants the port.
        let _ = self.give_back.try_send(self.port);
    }
}

#[cfg(test)]
mod tests {
    use super::Ports;

    #[test]
    fn pairs_are_even_and_lie_within_the_range() {
        for (range, pairs) in [
            (10_000..=20_000, 5_000),
            (10_001..=10_003, 1),
            (10_000..=10_001, 1),
            (65_534..=65_535, 1),
            (0..=65_535, 32_768),
        ] {
            let ports = Ports::new(&range).expect("has pairs");
            assert_eq!(ports.count(), pairs, "{range:?}");
            let lease = ports.take().expect("all are free");
            assert!(lease.port().is_multiple_of(2) && range.contains(&(lease.port() + 1)));
        }
        for range in [10_000..=10_000, 10_001..=10_002, 65_535..=65_535] {
            assert!(Ports::new(&range).is_none(), "{range:?}");
        }
    }

    #[test]
    fn a_port_that_is_given_back_is_lent_again_after_the_others() {
        let ports = Ports::new(&(100..=105)).expect("has pairs");
        let lease = ports.take().expect("all are free");
        assert_eq!(lease.port(), 100);
        drop(lease);
        let leases: Vec<_> = std::iter::from_fn(|| ports.take()).collect();
        assert_eq!(leases.iter().map(super::Lease::port).collect::<Vec<_>>(), [102, 104, 100]);
        drop(leases);
        assert_eq!(std::iter::from_fn(|| ports.take()).take(9).count(), 9, "they go round");
    }
}
