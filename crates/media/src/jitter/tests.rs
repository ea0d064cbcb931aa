//! Scripts of arrivals and ticks for the jitter buffer.

use proptest::prelude::*;

use super::*;
use crate::TICK;

/// A buffer whose packets carry their number as every sample, pulled once after each 20 ms.
#[derive(Default)]
struct Line {
    buffer: Buffer,
    now: Duration,
}

impl Line {
    fn arrives(&mut self, number: u32) -> Pushed {
        self.arrives_late(number, Duration::ZERO)
    }

    fn arrives_late(&mut self, number: u32, by: Duration) -> Pushed {
        let samples = [number as i16 + 1; FRAME];
        self.buffer.push(Timestamp(number.wrapping_mul(160)), &samples, self.now + by)
    }

    /// The number heard in a tick, or what was heard instead.
    fn tick(&mut self) -> Result<u32, Pulled> {
        self.now += TICK;
        let mut frame = SILENCE;
        match self.buffer.pull(&mut frame) {
            Pulled::Audio => Ok(frame[0] as u32 - 1),
            other => Err(other),
        }
    }

    fn hears_in_turn(&mut self, numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut heard = Vec::new();
        for number in numbers {
            self.arrives(number);
            heard.extend(self.tick().ok());
        }
        heard
    }
}

#[test]
fn a_steady_stream_is_heard_a_frame_later() {
    let mut line = Line::default();
    assert_eq!(line.hears_in_turn(0..100), (0..99).collect::<Vec<_>>());
    assert_eq!(line.buffer.delay(), TICK);
}

#[test]
fn packets_are_put_in_order_and_doubles_dropped() {
    let mut line = Line::default();
    line.hears_in_turn(0..3);
    assert_eq!(line.arrives(4), Pushed::Stored);
    assert_eq!(line.arrives(3), Pushed::Stored);
    assert_eq!(line.arrives(3), Pushed::Duplicate);
    assert_eq!(line.arrives(4), Pushed::Duplicate);
    assert_eq!([line.tick(), line.tick(), line.tick()], [Ok(2), Ok(3), Ok(4)]);
}

#[test]
fn a_lost_packet_is_concealed_and_a_long_gap_fades_to_nothing() {
    let mut line = Line::default();
    line.hears_in_turn(0..5);
    line.arrives(6);
    assert_eq!(line.tick(), Ok(4));
    assert_eq!(line.tick(), Err(Pulled::Concealed));
    assert_eq!(line.tick(), Ok(6));
    assert_eq!(line.tick(), Err(Pulled::Concealed));
    assert_eq!(line.tick(), Err(Pulled::Concealed));
    assert_eq!(line.tick(), Err(Pulled::Nothing));
    assert_eq!(line.tick(), Err(Pulled::Nothing));
}

#[test]
fn a_late_packet_makes_the_delay_grow() {
    let mut line = Line::default();
    line.hears_in_turn(0..5);
    assert_eq!(line.tick(), Ok(4));
    assert_eq!(line.tick(), Err(Pulled::Concealed));
    assert_eq!(line.arrives(5), Pushed::Late);
    assert_eq!(line.buffer.late(), 1);
    line.arrives(6);
    assert_eq!(line.tick(), Err(Pulled::Concealed), "waits a frame");
    line.arrives(7);
    assert_eq!(line.tick(), Ok(6));
}

#[test]
fn the_delay_shrinks_again_when_the_network_calms_down() {
    let mut line = Line::default();
    line.hears_in_turn(0..10);
    for number in 10..14 {
        line.arrives(number);
    }
    let before = line.buffer.depth();
    let heard = line.hears_in_turn(14..2_000);
    assert!(line.buffer.depth() < before, "from {before} to {}", line.buffer.depth());
    assert!(heard.is_sorted());
    assert!(heard.len() > 1_970, "hardly anything is left out: {}", heard.len());
}

#[test]
fn a_talk_spurt_after_a_pause_is_heard_whole() {
    let mut line = Line::default();
    line.hears_in_turn(0..10);
    for _ in 0..200 {
        let _ = line.tick();
    }
    // The far side's clock stood still while it was silent.
    assert_eq!(line.hears_in_turn(10..20), (10..19).collect::<Vec<_>>());
}

#[test]
fn a_source_that_counts_anew_is_followed() {
    let mut line = Line::default();
    line.hears_in_turn(1_000..1_010);
    assert_eq!(line.hears_in_turn(0..10), (0..9).collect::<Vec<_>>());
    assert_eq!(line.hears_in_turn(5_000_000..5_000_010).len(), 9);
}

#[test]
fn timestamps_wrap_without_a_gap() {
    let mut buffer = Buffer::default();
    let mut frame = SILENCE;
    let mut at = Timestamp(u32::MAX - 1_000);
    let mut audio = 0;
    for tick in 0..20u32 {
        buffer.push(at, &[5; FRAME], TICK * tick);
        at = at.plus(160);
        audio += u32::from(buffer.pull(&mut frame) == Pulled::Audio);
    }
    assert_eq!(audio, 19);
}

#[test]
fn packets_of_any_length_are_cut_into_ticks() {
    let mut buffer = Buffer::default();
    let mut heard = Vec::new();
    let audio: Vec<i16> = (0..4_800).collect();
    for (index, packet) in audio.chunks(480).enumerate() {
        buffer.push(Timestamp(index as u32 * 480), packet, TICK * 3 * index as u32);
        for _ in 0..3 {
            let mut frame = SILENCE;
            buffer.pull(&mut frame);
            heard.extend(frame);
        }
    }
    let start = heard.iter().position(|sample| *sample == 1).expect("audio is heard") - 1;
    let length = heard.len() - start;
    assert_eq!(heard[start..], audio[..length]);
    assert!(start <= 320);
}

#[test]
fn jitter_is_covered_once_it_is_known() {
    let mut line = Line::default();
    let mut due: Vec<(Duration, u32)> = (0..1_000u32)
        .map(|n| (TICK * n + Duration::from_millis(u64::from(n * 7 % 45)), n))
        .collect();
    due.sort();
    let mut due = due.into_iter().peekable();
    let mut missing = 0;
    for tick in 0..1_000u32 {
        while let Some((at, number)) = due.next_if(|(at, _)| *at <= TICK * tick) {
            line.now = at;
            line.arrives(number);
        }
        line.now = TICK * tick;
        if line.tick().is_err() && (100..980).contains(&tick) {
            missing += 1;
        }
    }
    assert!(missing <= 4, "{missing} of 880 ticks lacked audio");
    assert!(line.buffer.delay() < Duration::from_millis(80));
}

proptest! {
    #[test]
    fn hostile_timestamps_never_panic_or_fill_more_than_the_ring(
        packets in proptest::collection::vec((any::<u32>(), 0usize..3_000, 0u64..10_000, any::<bool>()), 0..100),
        base in any::<u32>(),
    ) {
        let mut buffer = Buffer::default();
        let mut frame = SILENCE;
        for (jump, length, arrival, far) in packets {
            let timestamp = Timestamp(base.wrapping_add(if far { jump } else { jump % 6_000 }));
            buffer.push(timestamp, &vec![1; length], Duration::from_millis(arrival));
            prop_assert!(buffer.depth() <= (CAPACITY + MAX_DELAY as usize) as i32);
            buffer.pull(&mut frame);
            prop_assert!(buffer.delay() <= Duration::from_millis(200));
        }
    }

    #[test]
    fn what_is_heard_is_in_order_whatever_the_network_does(order in proptest::collection::vec((0u64..120, any::<bool>()), 1..200)) {
        let mut line = Line::default();
        let mut due: Vec<_> = order
            .iter()
            .enumerate()
            .filter(|(_, (_, lost))| !lost)
            .map(|(n, (late, _))| (TICK * n as u32 + Duration::from_millis(*late), n as u32))
            .collect();
        due.sort();
        let mut due = due.into_iter().peekable();
        let mut heard = Vec::new();
        for tick in 0..220u32 {
            while let Some((at, number)) = due.next_if(|(at, _)| *at <= TICK * tick) {
                line.now = at;
                line.arrives(number);
            }
            line.now = TICK * tick;
            heard.extend(line.tick().ok());
        }
        prop_assert!(heard.is_sorted(), "{:?}", heard);
    }
}
