//! What is known of a source from the numbers on its packets: losses, order, duplicates, jitter (RFC 3550 appendix A).
//!
//! Pure: the moment of arrival is an argument.

use std::time::Duration;

use crate::rtp::{Sequence, Timestamp};
use crate::{duration_of, samples_in};

/// A jump forward by more packets than this is a restart of the source (RFC 3550 §A.1, `MAX_DROPOUT`).
const MAX_DROPOUT: i16 = 3_000;

/// A jump back by more packets than this is a restart of the source (RFC 3550 §A.1, `MAX_MISORDER`).
const MAX_MISORDER: i16 = 100;

/// How a packet came in relation to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// After all earlier ones, with or without a gap.
    Next,
    /// After a later one.
    Reordered,
    /// Once more.
    Duplicate,
    /// The first one, or the source counts anew.
    Restart,
}

/// Counts the packets of one source.
#[derive(Debug, Clone, Default)]
pub struct Reception {
    run: Option<Run>,
    received: u64,
    duplicates: u64,
    out_of_order: u64,
    /// Losses of runs that are over.
    lost_before: u64,
    /// Jitter in sixteenths of a sample (RFC 3550 §A.8).
    jitter: u32,
}

/// Packets that are numbered without a break.
#[derive(Debug, Clone)]
struct Run {
    highest: Sequence,
    /// Packets expected, which is the extended highest number less the first, and one.
    expected: u64,
    received: u64,
    /// Bit n: the packet n below the highest has come.
    seen: u128,
    cycles: u32,
    transit: i32,
    /// `expected` and `received` at the last report.
    reported: (u64, u64),
}

/// What a report block says of the source (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quality {
    /// Share lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost since the start.
    pub lost: u64,
    /// Highest number with its wraps in the upper half.
    pub highest: u32,
    /// Jitter in samples.
    pub jitter: u32,
}

impl Reception {
    /// Counts a packet that arrived at a moment of the receiver's own clock.
    pub fn receive(
        &mut self,
        sequence: Sequence,
        timestamp: Timestamp,
        arrival: Duration,
    ) -> Arrival {
        let transit = (samples_in(arrival) as u32).wrapping_sub(timestamp.0) as i32;
        let Some(run) = &mut self.run else {
            self.received += 1;
            self.run = Some(Run::starting(sequence, transit));
            return Arrival::Restart;
        };
        let distance = sequence.since(run.highest);
        if !(-MAX_MISORDER..=MAX_DROPOUT).contains(&distance) {
            self.restart();
            self.received += 1;
            self.run = Some(Run::starting(sequence, transit));
            return Arrival::Restart;
        }
        let arrival = run.place(sequence, distance);
        match arrival {
            Arrival::Next | Arrival::Restart => {
                let change = transit.wrapping_sub(run.transit).unsigned_abs().min(1 << 20);
                self.jitter = self.jitter + change - ((self.jitter + 8) >> 4);
                run.transit = transit;
            }
            Arrival::Reordered => self.out_of_order += 1,
            Arrival::Duplicate => {
                self.duplicates += 1;
                return arrival;
            }
        }
        run.received += 1;
        self.received += 1;
        arrival
    }

    /// Forgets where the source was, so that its next packet starts anew. The counts stay.
    pub fn restart(&mut self) {
        self.lost_before = self.lost();
        self.run = None;
    }

    /// Packets that came, duplicates not counted.
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Packets that came again.
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Packets that came after a later one.
    pub const fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// Packets that didn't come.
    pub fn lost(&self) -> u64 {
        let now = self.run.as_ref().map_or(0, |run| run.expected.saturating_sub(run.received));
        self.lost_before + now
    }

    /// Interarrival jitter.
    pub fn jitter(&self) -> Duration {
        duration_of(u64::from(self.jitter >> 4))
    }

    /// What to report of the source, if it ever sent; the next report's fraction counts from here.
    pub fn report(&mut self) -> Option<Quality> {
        let lost = self.lost();
        let run = self.run.as_mut()?;
        let expected = run.expected - run.reported.0;
        let received = run.received - run.reported.1;
        run.reported = (run.expected, run.received);
        let fraction = expected.saturating_sub(received) * 256 / expected.max(1);
        Some(Quality {
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            lost,
            highest: run.cycles << 16 | u32::from(run.highest.0),
            jitter: self.jitter >> 4,
        })
    }
}

impl Run {
    const fn starting(sequence: Sequence, transit: i32) -> Self {
        Self {
            highest: sequence,
            expected: 1,
            received: 1,
            seen: 1,
            cycles: 0,
            transit,
            reported: (0, 0),
        }
    }

    fn place(&mut self, sequence: Sequence, distance: i16) -> Arrival {
        if distance > 0 {
            self.cycles += u32::from(sequence.0 < self.highest.0);
            self.highest = sequence;
            self.expected += u64::from(distance.unsigned_abs());
            self.seen = self.seen.checked_shl(u32::from(distance.unsigned_abs())).unwrap_or(0) | 1;
            return Arrival::Next;
        }
        // MAX_MISORDER keeps the shift below 128.
        let bit = 1u128 << distance.unsigned_abs();
        if self.seen & bit != 0 {
            return Arrival::Duplicate;
        }
        self.seen |= bit;
        Arrival::Reordered
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receive(reception: &mut Reception, number: u16) -> Arrival {
        reception.receive(
            Sequence(number),
            Timestamp(u32::from(number) * 160),
            TICK * u32::from(number),
        )
    }
    const TICK: Duration = crate::TICK;

    #[test]
    fn gaps_reordering_and_duplicates_are_told_apart() {
        use Arrival::{Duplicate, Next, Reordered, Restart};
        let mut reception = Reception::default();
        let arrivals: Vec<_> =
            [65_534, 65_535, 1, 0, 1, 3].map(|number| receive(&mut reception, number)).into();
        assert_eq!(arrivals, [Restart, Next, Next, Reordered, Duplicate, Next]);
        assert_eq!((reception.received(), reception.lost()), (5, 1));
        assert_eq!((reception.duplicates(), reception.out_of_order()), (1, 1));
        let quality = reception.report().expect("it has sent");
        assert_eq!(quality.highest, 0x1_0003);
        assert_eq!(quality.fraction_lost, 42, "one of six, in 256ths");
        assert_eq!(reception.report().expect("it has sent").fraction_lost, 0);
    }

    #[test]
    fn a_jump_is_a_restart_and_no_loss() {
        let mut reception = Reception::default();
        receive(&mut reception, 10);
        receive(&mut reception, 12);
        assert_eq!(receive(&mut reception, 20_000), Arrival::Restart);
        assert_eq!(receive(&mut reception, 20_001), Arrival::Next);
        assert_eq!(reception.lost(), 1);
    }

    #[test]
    fn jitter_follows_the_formula_of_the_rfc() {
        let mut reception = Reception::default();
        for number in 0..200u32 {
            let late = if number % 2 == 0 { 0 } else { 10 };
            reception.receive(
                Sequence(number as u16),
                Timestamp(number * 160),
                TICK * number + Duration::from_millis(late),
            );
        }
        // Every packet differs from the one before by 10 ms, so the average settles there.
        assert!(reception.jitter().abs_diff(Duration::from_millis(10)) < Duration::from_millis(1));
    }

    proptest! {
        #[test]
        fn any_numbers_keep_the_counts_consistent(packets in proptest::collection::vec((any::<u16>(), any::<u32>(), 0u64..1_000_000), 0..300)) {
            let mut reception = Reception::default();
            let total = packets.len() as u64;
            for (number, instant, arrival) in packets {
                reception.receive(Sequence(number), Timestamp(instant), Duration::from_micros(arrival));
                reception.report();
            }
            prop_assert_eq!(reception.received() + reception.duplicates(), total);
        }

        #[test]
        fn losses_are_what_was_left_out(start in any::<u16>(), keep in proptest::collection::vec(any::<bool>(), 1..500)) {
            let mut reception = Reception::default();
            let numbers: Vec<u16> = (0..keep.len() as u16).filter(|n| keep[usize::from(*n)]).collect();
            for number in &numbers {
                reception.receive(Sequence(start.wrapping_add(*number)), Timestamp(0), Duration::ZERO);
            }
            let span = numbers.last().map_or(0, |last| last - numbers[0] + 1);
            prop_assert_eq!(reception.lost(), u64::from(span) - numbers.len() as u64);
        }
    }
}
