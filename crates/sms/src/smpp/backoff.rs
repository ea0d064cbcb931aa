//! How long to wait before connecting again: twice as long at each failure, and never all carriers at the same moment.

use std::time::Duration;

/// Pauses between attempts.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration) -> Backoff {
        Backoff { first, longest: longest.max(first), next: first }
    }

    /// It went well: the next failure is the first.
    pub(super) fn succeeded(&mut self) {
        self.next = self.first;
    }

    /// It failed. How long to wait: between half of the pause and all of it, by `jitter`, which was drawn at random.
    pub(super) fn failed(&mut self, jitter: u16) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause / 2 + pause.mul_f64(f64::from(jitter) / f64::from(u16::MAX) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        let seconds: Vec<u64> = (0..8).map(|_| backoff.failed(u16::MAX).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        backoff.succeeded();
        assert_eq!(backoff.failed(u16::MAX), Duration::from_secs(1));
    }

    #[test]
    fn chance_takes_up_to_half_of_a_pause() {
        let mut backoff = Backoff::new(Duration::from_secs(8), Duration::from_secs(8));
        assert_eq!(backoff.failed(0), Duration::from_secs(4));
        assert_eq!(backoff.failed(u16::MAX), Duration::from_secs(8));
    }
}
