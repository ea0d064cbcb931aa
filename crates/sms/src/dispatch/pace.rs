//! How fast a carrier is given segments: a leaky bucket that knows when the next one may go.

use std::time::Duration;

use model::Moment;

/// How much later than its moment a segment may go without the ones behind it being late too: timers aren't exact.
const GRAIN: Duration = Duration::from_millis(10);
const SECOND: Duration = Duration::from_secs(1);

/// The pace of one carrier. Over any second it lets no more segments pass than it was told, but for those that the last
/// message has beyond its first. So that lateness may be made up for without breaking this, it is a hundredth slower.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two segments; `None`: no limit.
    interval: Option<Duration>,
    /// When the next segment is to go.
    next_at: Moment,
}

impl Pace {
    pub(super) fn of(per_second: Option<u32>) -> Pace {
        let interval = per_second.map(|count| (SECOND + GRAIN) / count.max(1));
        Pace { interval, next_at: Moment::EPOCH }
    }

    /// The same past at another pace.
    pub(super) fn turned(self, per_second: Option<u32>) -> Pace {
        Pace { next_at: self.next_at, ..Pace::of(per_second) }
    }

    /// When the next message may go; it may lie in the past.
    pub(super) fn next_at(&self) -> Moment {
        self.interval.map_or(Moment::EPOCH, |_| self.next_at)
    }

    /// A message goes.
    pub(super) fn goes(&mut self, now: Moment, segments: u32) {
        if let Some(interval) = self.interval {
            let began = self.next_at.max(now - GRAIN);
            self.next_at = began + interval.saturating_mul(segments.max(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn over_any_second_no_more_pass_than_were_told(
            per_second in 1u32..2_000,
            steps in proptest::collection::vec((0u64..400_000, 1u32..12), 1..200),
        ) {
            let mut pace = Pace::of(Some(per_second));
            let mut now = Moment::from_millis(1_000_000);
            let mut gone: Vec<(Moment, u32)> = Vec::new();
            for (micros, segments) in steps {
                now = now + Duration::from_micros(micros);
                for _ in 0..50 {
                    if pace.next_at() > now {
                        break;
                    }
                    pace.goes(now, segments);
                    gone.push((now, segments));
                }
            }
            for (index, (begin, _)) in gone.iter().enumerate() {
                let within = gone[index..].iter().take_while(|(at, _)| at.since(*begin) < SECOND);
                let counts: Vec<u32> = within.map(|(_, segments)| *segments).collect();
                let beyond = counts.last().map_or(0, |last| last - 1);
                prop_assert!(counts.iter().sum::<u32>() <= per_second + beyond, "{counts:?}");
            }
        }

        #[test]
        fn a_carrier_is_used_to_nearly_its_limit(per_second in 1u32..500) {
            let mut pace = Pace::of(Some(per_second));
            let mut now = Moment::from_millis(1_000_000);
            let end = now + SECOND * 20;
            let mut gone = 0;
            while now < end {
                if pace.next_at() <= now {
                    pace.goes(now, 1);
                    gone += 1;
                }
                // A timer that is up to a millisecond late.
                now = now.max(pace.next_at()) + Duration::from_micros(700);
            }
            prop_assert!(gone * 100 >= per_second * 20 * 97, "{gone} of {}", per_second * 20);
        }
    }
}
