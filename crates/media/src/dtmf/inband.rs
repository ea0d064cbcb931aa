//! DTMF in the audio (ITU-T Q.23 and Q.24), for legs without telephone events.
//!
//! A window of 20 ms slides in steps of 10 ms; a key is down when two windows in a row carry one row's and one column's
//! frequency and little else, and up after two windows without. Pure.

use std::time::Duration;

use crate::level::{Dbov, mean_square};
use crate::tone::Goertzel;
use crate::{FRAME, Frame};

use super::{Digit, Key};

/// Frequencies of the rows and of the columns (Q.23).
const ROWS: [u16; 4] = [697, 770, 852, 941];
const COLUMNS: [u16; 4] = [1_209, 1_336, 1_477, 1_633];

/// The keys as they lie on the pad.
const PAD: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Samples between windows.
const STEP: usize = FRAME / 2;

/// How long a window's step is.
const STEP_TIME: Duration = Duration::from_millis(10);

/// Windows in a row that make a key, or its release.
const WINDOWS: u32 = 2;

/// The two frequencies carry this share of the energy; speech hardly ever does.
const SHARE: f32 = 0.80;

/// The weaker frequency is at most this many times (10 dB) weaker (Q.24 has 4–8 dB, networks differ).
const TWIST: f32 = 10.0;

/// Nothing quieter is a key (Q.24: -25 to -29 dBm0 and more).
const QUIETEST: Dbov = Dbov(-36.0);

/// The row's and the column's frequency of a key.
pub fn pitch_of(key: Key) -> [u16; 2] {
    for (row, keys) in ROWS.into_iter().zip(PAD) {
        for (column, label) in COLUMNS.into_iter().zip(keys) {
            if label == key.as_char() {
                return [row, column];
            }
        }
    }
    // Every key is on the pad, as a test makes sure.
    [0, 0]
}

/// Hears keys in 8 kHz audio.
#[derive(Debug, Clone)]
pub struct Detector {
    /// Of the rows and then of the columns.
    filters: [Goertzel; 8],
    /// The second half of the frame before.
    before: [i16; STEP],
    candidate: Option<Key>,
    /// Windows in a row that carried the candidate.
    seen: u32,
    held: Option<(Key, u32)>,
    /// Windows in a row without the held key.
    missed: u32,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            filters: std::array::from_fn(|index| {
                Goertzel::new(if index < 4 { ROWS[index] } else { COLUMNS[index - 4] })
            }),
            before: [0; STEP],
            candidate: None,
            seen: 0,
            held: None,
            missed: 0,
        }
    }
}

impl Detector {
    /// Listens to 20 ms; the digit that was released in them.
    pub fn listen(&mut self, frame: &Frame) -> Option<Digit> {
        let mut straddling = *frame;
        straddling[..STEP].copy_from_slice(&self.before);
        straddling[STEP..].copy_from_slice(&frame[..STEP]);
        self.before.copy_from_slice(&frame[STEP..]);
        let first = self.step(&straddling);
        let second = self.step(frame);
        // A release takes two windows, so both can't be one.
        first.or(second)
    }

    fn step(&mut self, window: &Frame) -> Option<Digit> {
        let key = self.key_in(window);
        self.seen = if key.is_some() && key == self.candidate {
            self.seen + 1
        } else {
            u32::from(key.is_some())
        };
        self.candidate = key;
        if let Some((held, windows)) = self.held {
            if key == Some(held) {
                self.held = Some((held, windows + 1));
                self.missed = 0;
                return None;
            }
            self.missed += 1;
            if self.missed < WINDOWS {
                return None;
            }
            self.held = self.begun();
            return Some(Digit { key: held, length: STEP_TIME * (windows + 1) });
        }
        self.held = self.begun();
        self.missed = 0;
        None
    }

    /// The candidate, once it was seen often enough.
    fn begun(&self) -> Option<(Key, u32)> {
        self.candidate.filter(|_| self.seen >= WINDOWS).map(|key| (key, self.seen))
    }

    fn key_in(&self, window: &Frame) -> Option<Key> {
        let whole = mean_square(window);
        if Dbov::of_mean_square(whole) < QUIETEST {
            return None;
        }
        let powers = Goertzel::mean_squares(self.filters, window);
        let (rows, columns) = powers.split_at(4);
        let ((row, low), (column, high)) = (loudest(rows), loudest(columns));
        let balanced = low <= high * TWIST && high <= low * TWIST;
        if balanced && low + high >= whole * SHARE {
            Key::from_char(PAD[row][column])
        } else {
            None
        }
    }
}

fn loudest(powers: &[f32]) -> (usize, f32) {
    let mut best = (0, 0.0);
    for (index, power) in powers.iter().enumerate() {
        if *power > best.1 {
            best = (index, *power);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::dial::Dialer;
    use super::*;
    use crate::{Codec, SILENCE};

    /// Everything that a dialer plays, with some silence around it.
    fn played(digits: &str) -> Vec<i16> {
        let mut dialer = Dialer::new(digits);
        let mut audio = vec![0; 800];
        let mut frame = SILENCE;
        while dialer.tick_as_tone(&mut frame) {
            audio.extend(frame);
        }
        audio.extend([0; 800]);
        audio
    }

    fn heard(audio: &[i16]) -> Vec<Digit> {
        let mut detector = Detector::default();
        let (frames, _) = audio.as_chunks::<FRAME>();
        frames.iter().filter_map(|frame| detector.listen(frame)).collect()
    }

    fn keys(digits: &[Digit]) -> String {
        digits.iter().map(|digit| digit.key.as_char()).collect()
    }

    #[test]
    fn every_key_is_on_the_pad() {
        for code in 0..16 {
            let key = Key::from_code(code).expect("sixteen keys");
            assert_ne!(pitch_of(key), [0, 0], "{}", key.as_char());
        }
    }

    #[test]
    fn every_key_is_heard_through_g711_with_its_length() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let audio: Vec<i16> = played("0123456789*#ABCD1122")
                .into_iter()
                .map(|sample| codec.decode_sample(codec.encode_sample(sample)))
                .collect();
            let digits = heard(&audio);
            assert_eq!(keys(&digits), "0123456789*#ABCD1122");
            for digit in digits {
                assert!(
                    digit.length.abs_diff(Duration::from_millis(100)) <= Duration::from_millis(20)
                );
            }
        }
    }

    #[test]
    fn a_key_of_forty_milliseconds_is_heard_wherever_it_starts() {
        for start in 0..FRAME {
            let tone = &played("7")[800..800 + 320];
            let audio = [&vec![0; 800 + start], tone, &vec![0; 800 - start]].concat();
            assert_eq!(keys(&heard(&audio)), "7", "start {start}");
        }
    }

    #[test]
    fn other_tones_and_noise_are_no_keys() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 17) as i16 - 16_384
        };
        assert_eq!(
            heard(&std::iter::repeat_with(&mut noise).take(160_000).collect::<Vec<_>>()),
            []
        );
        for hz in [440, 697, 1_000, 1_209, 2_000] {
            let tone: Vec<i16> = crate::tone::tests::sine(hz, 9_000.0).repeat(20);
            assert_eq!(heard(&tone), [], "{hz} Hz");
        }
    }

    proptest! {
        #[test]
        fn keys_are_heard_at_any_offset_and_loudness(digits in "[0-9*#A-D]{1,5}", offset in 0usize..160, gain in 0.15f32..1.5) {
            let audio: Vec<i16> = vec![0; offset].into_iter().chain(played(&digits).into_iter().map(|sample| (f32::from(sample) * gain) as i16)).collect();
            prop_assert_eq!(keys(&heard(&audio)), digits);
        }
    }
}
