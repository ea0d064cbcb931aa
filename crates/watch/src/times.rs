//! How long probes take, counted in buckets, and how much of the time a check was up.
//!
//! An hour of probes is a row of counts, so that a year of them stays small and sums of hours are sums of counts.

use model::watch::Hour;

/// Upper bounds of the buckets in milliseconds, the bound included: each at most a third above the one before, from 6 ms to
/// 10 s. What took longer than the last is counted there: no probe may (`Check::timeout_ms`).
pub const BUCKETS: [u32; 43] = [
    1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 130, 160, 200, 250, 320, 400,
    500, 630, 800, 1_000, 1_300, 1_600, 2_000, 2_500, 3_200, 4_000, 5_000, 6_300, 8_000, 10_000,
    15_000, 20_000, 30_000, 60_000, 120_000,
];

/// In which of [`BUCKETS`] a probe that took so many microseconds is counted.
pub fn bucket(took_us: u64) -> usize {
    let place = BUCKETS.partition_point(|most| u64::from(*most) * 1_000 < took_us);
    place.min(BUCKETS.len() - 1)
}

/// The time in milliseconds within which the fraction `p` (0 to 1: 0.95 for the 95th percentile) of the probes answered:
/// the upper bound of the bucket where that one is. `times` has a count for each of [`BUCKETS`], or fewer: the rest is 0.
/// `None` without probes, or where `p` is no fraction.
pub fn percentile(times: &[u32], p: f64) -> Option<u32> {
    let all: u64 = times.iter().map(|count| u64::from(*count)).sum();
    if all == 0 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let rank = ((all as f64 * p).ceil() as u64).clamp(1, all);
    let mut counted = 0;
    let place = times.iter().position(|count| {
        counted += u64::from(*count);
        counted >= rank
    })?;
    Some(BUCKETS[place.min(BUCKETS.len() - 1)])
}

/// The fraction of probes that found it up, 0 to 1. Probes in maintenance count neither way; `None` without others.
///
/// Of an hour, [`Hour::up`] must have only those outside maintenance.
pub fn uptime(hours: &[Hour]) -> Option<f64> {
    let (mut counted, mut up) = (0u64, 0u64);
    for hour in hours {
        let counts = hour.probes.saturating_sub(hour.maintenance);
        counted += u64::from(counts);
        up += u64::from(hour.up.min(counts));
    }
    (counted > 0).then(|| up as f64 / counted as f64)
}
