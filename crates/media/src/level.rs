//! Loudness, and who is speaking: an energy-based tracker of speech and silence.
//!
//! Levels are in dBov (RFC 6464 §3, relative to the overload point): 0 is a full-scale square wave, silence is -127. Pure.

use std::time::Duration;

use crate::{Frame, TICK};

/// Loudness relative to the overload point: 0 is the loudest, [`Dbov::SILENCE`] nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Dbov(pub f32);

impl Dbov {
    /// Digital silence (RFC 6464 §3).
    pub const SILENCE: Self = Self(-127.0);

    /// The level of some audio.
    pub fn of(samples: &[i16]) -> Self {
        Self::of_mean_square(mean_square(samples))
    }

    /// The level of audio whose squared samples average to this.
    pub(crate) fn of_mean_square(mean_square: f32) -> Self {
        const FULL_SCALE: f32 = 32_768.0 * 32_768.0;
        let level = 10.0 * (mean_square / FULL_SCALE).log10();
        Self(level.clamp(Self::SILENCE.0, 0.0))
    }
}

pub(crate) fn mean_square(samples: &[i16]) -> f32 {
    let sum: i64 = samples.iter().map(|sample| i64::from(i32::from(*sample).pow(2))).sum();
    sum as f32 / samples.len().max(1) as f32
}

/// Speech is never looked for below this: line noise and comfort noise of G.711.
const QUIETEST_SPEECH: f32 = -50.0;

/// Whatever is louder than this is speech (or a tone, or music), however steady.
const LOUDEST_NOISE: f32 = -38.0;

/// Speech stands out of the noise by this much.
const ABOVE_NOISE: f32 = 10.0;

/// The noise is believed to rise by this much a tick while there is no pause to measure it.
const NOISE_RISE: f32 = 0.05;

/// A pause shorter than this belongs to the speech around it.
const HANGOVER_TICKS: u32 = 10;

/// Follows one direction of audio and knows whether somebody speaks.
#[derive(Debug, Clone)]
pub struct Voice {
    noise: f32,
    silent_ticks: u32,
    heard: bool,
}

impl Default for Voice {
    fn default() -> Self {
        Self { noise: QUIETEST_SPEECH - ABOVE_NOISE, silent_ticks: HANGOVER_TICKS, heard: false }
    }
}

impl Voice {
    /// Listens to 20 ms; whether somebody is speaking, short pauses included.
    pub fn listen(&mut self, frame: &Frame) -> bool {
        let Dbov(level) = Dbov::of(frame);
        let threshold = (self.noise + ABOVE_NOISE).clamp(QUIETEST_SPEECH, LOUDEST_NOISE);
        self.noise = level.min(self.noise + NOISE_RISE);
        if level > threshold {
            self.heard = true;
            self.silent_ticks = 0;
        } else {
            self.silent_ticks = self.silent_ticks.saturating_add(1);
        }
        self.silent_ticks < HANGOVER_TICKS
    }

    /// Whether there was any speech.
    pub const fn heard(&self) -> bool {
        self.heard
    }

    /// How long ago the last speech was; since the start if there was none.
    pub fn silent_for(&self) -> Duration {
        let ticks = if self.heard { self.silent_ticks } else { self.silent_ticks - HANGOVER_TICKS };
        TICK * ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SILENCE, tone::tests::sine};

    #[test]
    fn levels_are_relative_to_a_full_scale_square_wave() {
        assert_eq!(Dbov::of(&[i16::MIN; 160]), Dbov(0.0));
        assert_eq!(Dbov::of(&SILENCE), Dbov::SILENCE);
        assert_eq!(Dbov::of(&[]), Dbov::SILENCE);
        let Dbov(level) = Dbov::of(&sine(1_000, 32_767.0));
        assert!((level + 3.01).abs() < 0.01, "a full-scale sine is at {level}");
    }

    #[test]
    fn silence_is_counted_from_the_start_and_from_the_last_word() {
        let mut voice = Voice::default();
        for _ in 0..100 {
            assert!(!voice.listen(&SILENCE));
        }
        assert_eq!(voice.silent_for(), Duration::from_secs(2));
        assert!(!voice.heard());
        assert!(voice.listen(&sine(300, 3_000.0)));
        assert!(voice.heard());
        assert_eq!(voice.silent_for(), Duration::ZERO);
        for _ in 0..50 {
            voice.listen(&SILENCE);
        }
        assert_eq!(voice.silent_for(), Duration::from_secs(1));
    }

    #[test]
    fn line_noise_is_silence_and_a_steady_tone_is_not() {
        let mut voice = Voice::default();
        let noise: Frame = std::array::from_fn(|index| ((index * 7919) % 41) as i16 - 20);
        for _ in 0..1_000 {
            assert!(!voice.listen(&noise));
        }
        for _ in 0..3_000 {
            assert!(voice.listen(&sine(440, 2_000.0)));
        }
    }
}
