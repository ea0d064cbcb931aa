//! How many authentications failed, by source address: a brake on guessing.
//!
//! Each source has a moment until which its failures are owed (the generic cell rate algorithm); one failure is forgiven
//! every [`FORGIVEN_AFTER`]. It reads no clock.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use model::Moment;

/// One failure is forgotten after this time.
const FORGIVEN_AFTER: Duration = Duration::from_secs(6);

/// Sources remembered. When full, those that owe nothing are forgotten; a new one isn't counted while all of them owe.
const SOURCES: usize = 10_000;

/// Failed authentications of late.
pub(crate) struct Failures {
    /// Failures in a row that are let pass.
    allowed: u32,
    owed_until: HashMap<IpAddr, Moment>,
}

impl Failures {
    /// Brakes a source after so many failures in a row.
    pub(crate) fn after(allowed: u32) -> Failures {
        Failures { allowed, owed_until: HashMap::new() }
    }

    /// How long `source` has to wait before it may try again, `None` if it may now.
    pub(crate) fn wait(&self, now: Moment, source: IpAddr) -> Option<Duration> {
        let owed = self.owed_until.get(&source)?.since(now);
        let let_pass = FORGIVEN_AFTER * self.allowed;
        owed.checked_sub(let_pass).filter(|wait| !wait.is_zero())
    }

    /// Counts a failure.
    pub(crate) fn count(&mut self, now: Moment, source: IpAddr) {
        if self.owed_until.len() >= SOURCES {
            self.owed_until.retain(|_, until| *until > now);
        }
        if self.owed_until.len() < SOURCES || self.owed_until.contains_key(&source) {
            let until = self.owed_until.entry(source).or_insert(now);
            *until = (*until).max(now) + FORGIVEN_AFTER;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn at(seconds: u64) -> Moment {
        Moment::EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_source_that_fails_too_often_waits_and_is_forgiven() {
        let mut failures = Failures::after(3);
        for _ in 0..3 {
            assert_eq!(failures.wait(at(0), SOURCE), None);
            failures.count(at(0), SOURCE);
        }
        assert_eq!(failures.wait(at(0), SOURCE), None, "three are let pass");
        failures.count(at(0), SOURCE);
        assert_eq!(failures.wait(at(0), SOURCE), Some(Duration::from_secs(6)));
        assert_eq!(failures.wait(at(6), SOURCE), None);
        let other = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        assert_eq!(failures.wait(at(0), other), None, "others are not concerned");
    }

    #[test]
    fn memory_is_bounded() {
        let mut failures = Failures::after(3);
        for number in 0..2 * SOURCES as u32 {
            failures.count(at(0), IpAddr::V4(Ipv4Addr::from(number)));
        }
        assert_eq!(failures.owed_until.len(), SOURCES);
        failures.count(at(60), SOURCE);
        assert_eq!(failures.owed_until.len(), 1, "who owes nothing is forgotten");
    }
}
