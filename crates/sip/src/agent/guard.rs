//! Token buckets for each source address: datagrams, INVITEs and failed passwords.
//!
//! Memory is bounded: beyond [`SOURCES_MAX`] addresses, those that are new share one set of buckets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::settings::Limits;

/// Source addresses remembered at once.
const SOURCES_MAX: usize = 65_536;
/// A source that was silent for so long is forgotten; every bucket is full again by then.
const FORGET_AFTER: Duration = Duration::from_secs(120);
/// Shortest time between two searches for silent sources.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// One more password may be tried after so long.
pub(super) const FAILURE_EVERY: Duration = Duration::from_secs(6);

/// Who may still send.
pub(super) struct Guard {
    limits: Limits,
    sources: HashMap<IpAddr, Source>,
    /// Buckets of all sources that there was no room for.
    crowd: Source,
    swept_at: Instant,
}

struct Source {
    messages: Bucket,
    invites: Bucket,
    failures: Bucket,
    seen_at: Instant,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f32,
    filled_at: Instant,
}

impl Guard {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        let crowd = Source::new(&limits, now);
        Self { limits, sources: HashMap::new(), crowd, swept_at: now }
    }

    /// Whether a datagram of this source is read at all.
    pub(super) fn message(&mut self, source: IpAddr, now: Instant) -> bool {
        let rate = self.limits.messages_per_second as f32;
        self.source(source, now).messages.take(now, rate, rate * 2.0)
    }

    /// Whether this source may place one more call.
    pub(super) fn invite(&mut self, source: IpAddr, now: Instant) -> bool {
        let (rate, burst) = (self.limits.invites_per_second as f32, self.limits.burst as f32);
        self.source(source, now).invites.take(now, rate, burst)
    }

    /// Whether this source may try a password.
    pub(super) fn may_try(&mut self, source: IpAddr, now: Instant) -> bool {
        let most = self.limits.failures as f32;
        let bucket = &mut self.source(source, now).failures;
        bucket.fill(now, 1.0 / FAILURE_EVERY.as_secs_f32(), most);
        bucket.tokens >= 1.0
    }

    /// A password was wrong.
    pub(super) fn failed(&mut self, source: IpAddr, now: Instant) {
        let most = self.limits.failures as f32;
        self.source(source, now).failures.take(now, 1.0 / FAILURE_EVERY.as_secs_f32(), most);
    }

    fn source(&mut self, address: IpAddr, now: Instant) -> &mut Source {
        if self.sources.len() >= SOURCES_MAX && !self.sources.contains_key(&address) {
            self.sweep(now);
            if self.sources.len() >= SOURCES_MAX {
                return &mut self.crowd;
            }
        }
        let limits = &self.limits;
        let source = self.sources.entry(address).or_insert_with(|| Source::new(limits, now));
        source.seen_at = now;
        source
    }

    fn sweep(&mut self, now: Instant) {
        if now.saturating_duration_since(self.swept_at) >= SWEEP_EVERY {
            self.swept_at = now;
            self.sources
                .retain(|_, source| now.saturating_duration_since(source.seen_at) < FORGET_AFTER);
        }
    }
}

impl Source {
    fn new(limits: &Limits, now: Instant) -> Self {
        let full = |tokens: f32| Bucket { tokens, filled_at: now };
        Self {
            messages: full(limits.messages_per_second as f32 * 2.0),
            invites: full(limits.burst as f32),
            failures: full(limits.failures as f32),
            seen_at: now,
        }
    }
}

impl Bucket {
    fn take(&mut self, now: Instant, per_second: f32, most: f32) -> bool {
        self.fill(now, per_second, most);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }

    fn fill(&mut self, now: Instant, per_second: f32, most: f32) {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f32();
        self.tokens = (self.tokens + passed * per_second).min(most);
        self.filled_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_gets_its_burst_then_its_rate() {
        let start = Instant::now();
        let limits = Limits { invites_per_second: 2, burst: 3, ..Limits::default() };
        let mut guard = Guard::new(limits, start);
        let source = IpAddr::from([192, 0, 2, 1]);
        let admitted = (0..5).filter(|_| guard.invite(source, start)).count();
        assert_eq!(admitted, 3);
        let later = start + Duration::from_secs(1);
        let admitted = (0..5).filter(|_| guard.invite(source, later)).count();
        assert_eq!(admitted, 2);
        assert!(
            guard.invite(IpAddr::from([192, 0, 2, 2]), later),
            "another source is not affected"
        );
    }

    #[test]
    fn memory_is_bounded_however_many_sources_there_are() {
        let start = Instant::now();
        let mut guard = Guard::new(Limits::default(), start);
        for number in 0..(SOURCES_MAX as u32 + 10_000) {
            guard.message(IpAddr::from(number.to_be_bytes()), start);
        }
        assert_eq!(guard.sources.len(), SOURCES_MAX);
    }
}
