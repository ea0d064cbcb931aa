//! The jitter buffer: puts received audio in order and hands out 20 ms a tick, as early as the network's jitter allows.
//!
//! Audio is decoded when it arrives and laid at its timestamp into a ring of samples, so packets of any length, order and
//! overlap fit. The delay follows the jitter: it grows by a frame when one comes too late, and shrinks by a frame (the two
//! are cross-faded) when there was more than needed for a second. What is missing is concealed by repeating the last
//! frame, faded out within 60 ms. Pure: the moment of arrival is an argument. A codec with state between packets will
//! need a queue of packets in front of this.

use std::time::Duration;

use crate::rtp::Timestamp;
use crate::{FRAME, Frame, SILENCE, samples_in};

/// Samples that the ring holds: half a second. What is further ahead starts the buffer anew.
const CAPACITY: usize = 4_096;

/// The longest packet that is taken; the rest of a longer one is dropped.
pub const MAX_PACKET: usize = 2_048;

/// The delay is never planned shorter than this: ticks and packets aren't in phase.
const MIN_DELAY: u32 = 160;

/// The delay is never planned longer than this (200 ms): people would talk over each other.
const MAX_DELAY: u32 = 1_600;

/// After so many ticks without any audio, the next packet sets the delay anew.
const STARVED_TICKS: u32 = 5;

/// Ticks over which more audio than needed is watched before the delay shrinks.
const SURPLUS_TICKS: u32 = 50;

/// Samples in which concealment fades out: 60 ms.
const FADE: usize = 480;

/// A packet this much behind what is being played is no late one; its source counts anew.
const RESTART: i32 = 8_000;

/// What happened to a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It will be heard.
    Stored,
    /// All of it was there already.
    Duplicate,
    /// Its time has passed.
    Late,
}

/// What a tick brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Audio as received.
    Audio,
    /// Some or all of it made up.
    Concealed,
    /// Silence: nothing has come for a while.
    Nothing,
}

/// The buffer of one direction of one stream.
#[derive(Debug, Clone)]
pub struct Buffer {
    samples: Box<[i16; CAPACITY]>,
    /// A bit for each sample that is there.
    present: Box<[u64; CAPACITY / 64]>,
    cursor: Option<Cursor>,
    spread: Spread,
    /// Ticks in a row without any audio.
    starved: u32,
    /// A packet came too late: play the next tick twice as long.
    grow: bool,
    surplus: Surplus,
    concealment: Concealment,
    late: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cursor {
    /// The next sample to be played.
    next: Timestamp,
    /// The sample after the newest.
    end: Timestamp,
}

impl Default for Buffer {
    fn default() -> Self {
        Self {
            samples: Box::new([0; CAPACITY]),
            present: Box::new([0; CAPACITY / 64]),
            cursor: None,
            spread: Spread::default(),
            starved: 0,
            grow: false,
            surplus: Surplus::default(),
            concealment: Concealment::default(),
            late: 0,
        }
    }
}

impl Buffer {
    /// Takes a packet's decoded audio that arrived at a moment of the receiver's own clock.
    pub fn push(&mut self, timestamp: Timestamp, samples: &[i16], arrival: Duration) -> Pushed {
        let samples = &samples[..samples.len().min(MAX_PACKET)];
        let length = samples.len() as u32;
        self.spread.watch((samples_in(arrival) as u32).wrapping_sub(timestamp.0));
        let Some(cursor) = self.cursor else {
            return self.start(timestamp, samples);
        };
        let empty = cursor.end.since(cursor.next) <= 0;
        if empty && self.starved >= STARVED_TICKS {
            return self.start(timestamp, samples);
        }
        let offset = timestamp.since(cursor.next);
        let end = timestamp.plus(length).since(cursor.next);
        if offset < -RESTART || end > CAPACITY as i32 || end < offset {
            return self.start(timestamp, samples);
        }
        if end <= 0 {
            self.late += 1;
            self.grow = end.unsigned_abs() < MAX_DELAY && self.depth() < MAX_DELAY as i32;
            return Pushed::Late;
        }
        let passed = offset.min(0).unsigned_abs() as usize;
        if cursor.end.since(timestamp.plus(length)) < 0 {
            self.cursor = Some(Cursor { end: timestamp.plus(length), ..cursor });
        }
        if self.store(timestamp.plus(passed as u32), &samples[passed..]) {
            Pushed::Stored
        } else {
            Pushed::Duplicate
        }
    }

    /// The next 20 ms.
    pub fn pull(&mut self, frame: &mut Frame) -> Pulled {
        let Some(cursor) = self.cursor else {
            *frame = SILENCE;
            return Pulled::Nothing;
        };
        if self.grow {
            self.grow = false;
            return self.stretch(frame);
        }
        let surplus = self.depth() - self.planned_delay() as i32 - FRAME as i32;
        if self.surplus.watch(surplus) {
            let mut dropped = SILENCE;
            self.take(cursor.next, &mut dropped);
            let pulled = self.take(cursor.next.plus(FRAME as u32), frame);
            cross_fade(&dropped, frame);
            return pulled;
        }
        self.take(cursor.next, frame)
    }

    /// Forgets the source: what comes next is another's.
    pub fn restart(&mut self) {
        self.cursor = None;
        self.spread = Spread::default();
        self.concealment.forget();
    }

    /// Packets that came after their time.
    pub const fn late(&self) -> u64 {
        self.late
    }

    /// How long a packet waits, as planned now.
    pub fn delay(&self) -> Duration {
        crate::duration_of(u64::from(self.planned_delay()))
    }

    fn planned_delay(&self) -> u32 {
        (self.spread.peak() + MIN_DELAY / 2).clamp(MIN_DELAY, MAX_DELAY)
    }

    /// Samples from the cursor to the newest.
    fn depth(&self) -> i32 {
        self.cursor.map_or(0, |cursor| cursor.end.since(cursor.next))
    }

    /// Plays from this packet on, after the planned delay.
    fn start(&mut self, timestamp: Timestamp, samples: &[i16]) -> Pushed {
        self.present.fill(0);
        self.starved = 0;
        self.grow = false;
        self.surplus = Surplus::default();
        self.concealment.forget();
        self.cursor = Some(Cursor {
            next: timestamp.minus(self.planned_delay()),
            end: timestamp.plus(samples.len() as u32),
        });
        self.store(timestamp, samples);
        Pushed::Stored
    }

    /// Whether any of the samples were new.
    fn store(&mut self, timestamp: Timestamp, samples: &[i16]) -> bool {
        let mut new = false;
        let mut rest = samples;
        for run in Run::all(timestamp, samples.len()) {
            let (now, later) = rest.split_at(run.length);
            let word = &mut self.present[run.start / 64];
            new |= *word & run.mask() != run.mask();
            *word |= run.mask();
            self.samples[run.start..run.start + run.length].copy_from_slice(now);
            rest = later;
        }
        new
    }

    /// Takes a frame out of the ring and moves the cursor behind it.
    fn take(&mut self, from: Timestamp, frame: &mut Frame) -> Pulled {
        let mut missing = 0;
        let mut rest = &mut frame[..];
        for run in Run::all(from, FRAME) {
            let (now, later) = rest.split_at_mut(run.length);
            let word = &mut self.present[run.start / 64];
            let there = *word & run.mask();
            *word &= !run.mask();
            let stored = &self.samples[run.start..run.start + run.length];
            if there == run.mask() {
                now.copy_from_slice(stored);
                self.concealment.gap = 0;
            } else {
                missing += run.length - there.count_ones() as usize;
                let first = there >> (run.start % 64);
                for (index, (sample, stored)) in now.iter_mut().zip(stored).enumerate() {
                    *sample = self.concealment.or(*stored, first >> index & 1 == 1);
                }
            }
            rest = later;
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.next = from.plus(FRAME as u32);
        }
        self.judge(missing, frame)
    }

    /// A frame that is made up while the cursor waits.
    fn stretch(&mut self, frame: &mut Frame) -> Pulled {
        frame.fill_with(|| self.concealment.next());
        self.judge(FRAME, frame)
    }

    fn judge(&mut self, missing: usize, frame: &Frame) -> Pulled {
        if missing == FRAME {
            self.starved = self.starved.saturating_add(1);
            return if self.concealment.is_over() { Pulled::Nothing } else { Pulled::Concealed };
        }
        self.starved = 0;
        self.concealment.last = *frame;
        if missing == 0 { Pulled::Audio } else { Pulled::Concealed }
    }
}

/// Samples that lie in one word of the bits that say what is there.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    /// 1 to 64, and never beyond the word.
    length: usize,
}

impl Run {
    /// The runs of so many samples from a timestamp on.
    fn all(from: Timestamp, samples: usize) -> impl Iterator<Item = Self> {
        let mut start = from.0 as usize % CAPACITY;
        let mut left = samples;
        std::iter::from_fn(move || {
            let run = Self { start, length: left.min(64 - start % 64) };
            start = (start + run.length) % CAPACITY;
            left -= run.length;
            (run.length > 0).then_some(run)
        })
    }

    const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.length) << (self.start % 64)
    }
}

/// Goes from the one frame to the other.
fn cross_fade(from: &Frame, to: &mut Frame) {
    for (index, (sample, before)) in to.iter_mut().zip(from).enumerate() {
        let (new, old) = (i32::from(*sample), i32::from(*before));
        let whole = FRAME as i32;
        *sample = ((new * index as i32 + old * (whole - index as i32)) / whole) as i16;
    }
}

/// How much later than the fastest the packets come.
#[derive(Debug, Clone, Copy, Default)]
struct Spread {
    /// Transit of the fastest packet, in the wrapping units of arrival less timestamp.
    fastest: Option<u32>,
    /// The lateness that nearly all stay below, in 256ths of a sample.
    peak: u32,
    packets: u32,
}

impl Spread {
    /// Packets after which the fastest one counts as a sample slower, so that clocks may drift (20 ppm are 0.16 samples
    /// a second).
    const DRIFT: u32 = 16;

    /// The peak is halved in about 350 packets (7 s).
    const DECAY: u32 = 512;

    /// Transits that differ by more than this are of different clocks (one second).
    const ANOTHER_CLOCK: u32 = 8_000;

    fn watch(&mut self, transit: u32) {
        self.packets = self.packets.wrapping_add(1);
        let fastest = self.fastest.unwrap_or(transit);
        let lateness = transit.wrapping_sub(fastest) as i32;
        if lateness.unsigned_abs() > Self::ANOTHER_CLOCK {
            *self = Self { fastest: Some(transit), peak: 0, packets: 0 };
            return;
        }
        let drift = u32::from(self.packets.is_multiple_of(Self::DRIFT));
        self.fastest = Some(if lateness < 0 { transit } else { fastest.wrapping_add(drift) });
        self.peak -= self.peak / Self::DECAY;
        self.peak = self.peak.max((lateness.max(0) as u32) << 8);
    }

    const fn peak(self) -> u32 {
        self.peak >> 8
    }
}

/// Watches whether there was more audio than needed all the time.
#[derive(Debug, Clone, Copy)]
struct Surplus {
    least: i32,
    ticks: u32,
}

impl Default for Surplus {
    fn default() -> Self {
        Self { least: i32::MAX, ticks: 0 }
    }
}

impl Surplus {
    /// Whether a frame can be spared now.
    fn watch(&mut self, surplus: i32) -> bool {
        self.least = self.least.min(surplus);
        self.ticks += 1;
        if self.ticks < SURPLUS_TICKS {
            return false;
        }
        let spare = self.least > FRAME as i32;
        *self = Self::default();
        spare
    }
}

/// Repeats the last frame, softer and softer.
#[derive(Debug, Clone)]
struct Concealment {
    last: Frame,
    /// Samples made up in a row.
    gap: usize,
}

impl Default for Concealment {
    fn default() -> Self {
        Self { last: SILENCE, gap: FADE }
    }
}

impl Concealment {
    /// The sample that is there, or one that is made up.
    fn or(&mut self, sample: i16, is_there: bool) -> i16 {
        if is_there {
            self.gap = 0;
            return sample;
        }
        self.next()
    }

    fn next(&mut self) -> i16 {
        if self.is_over() {
            return 0;
        }
        let sample = i32::from(self.last[self.gap % FRAME]);
        let faded = sample * (FADE - self.gap) as i32 / FADE as i32;
        self.gap += 1;
        faded as i16
    }

    const fn is_over(&self) -> bool {
        self.gap >= FADE
    }

    fn forget(&mut self) {
        self.gap = FADE;
    }
}

#[cfg(test)]
mod tests;
