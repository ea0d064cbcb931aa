//! Where sound is a voice: `earshot`'s network on telephone audio, and how loud a voice is.
//!
//! The network takes 16 kHz in steps of 16 ms; telephone audio is brought there by doubling its rate. What it says is a
//! likelihood only: [`super::Listener`] decides.

use std::time::Duration;

use super::listener::{Activity, FRAME, ListenSettings, Listener};
use crate::Speech;

/// The rate of telephone audio, in Hz.
pub(super) const RATE: u32 = 8_000;

/// What the network takes at once: 16 ms at 16 kHz.
const STEP: usize = 256;

/// Samples on which one between two others is computed.
const TAPS: usize = 16;

/// Quieter frames are no part of a voice's level.
const SILENT: Dbfs = Dbfs(-60.0);

/// Frames so far below the loudest are pauses, in dB.
const PAUSE: f32 = 30.0;

/// A level in dB relative to the loudest square wave that 16 bits can carry: 0 and below.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dbfs(pub f32);

impl Dbfs {
    /// No sound at all.
    pub const SILENCE: Dbfs = Dbfs(-120.0);

    /// The level of all samples.
    pub fn of(samples: &[i16]) -> Dbfs {
        level(power(samples))
    }
}

impl std::fmt::Display for Dbfs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} dBFS", self.0)
    }
}

/// How loud somebody speaks, pauses left out; `None` if it is silent. The samples' rate doesn't matter much.
///
/// Frames of 20 ms (at 8 kHz) within 30 dB of the loudest count, which is near to ITU-T P.56's active speech level.
pub fn speech_level(samples: &[i16]) -> Option<Dbfs> {
    let powers: Vec<f32> = samples.chunks(FRAME).map(power).collect();
    let loudest = level(powers.iter().copied().fold(0.0, f32::max));
    if loudest < SILENT {
        return None;
    }
    let least = Dbfs((loudest.0 - PAUSE).max(SILENT.0));
    let active: Vec<f32> = powers.into_iter().filter(|power| level(*power) >= least).collect();
    Some(level(active.iter().sum::<f32>() / active.len() as f32))
}

/// How long a voice speaks, from its first word to its last, pauses of less than half a second included; nothing at a rate
/// at which nobody speaks.
pub fn speech_in(audio: &Speech) -> Duration {
    let Ok(Speech { samples, .. }) = audio.clone().at(RATE) else { return Duration::ZERO };
    let lead = Duration::ZERO;
    let end_after = Some(Duration::from_millis(500));
    let mut listener = Listener::new(ListenSettings { end_after, longest: Duration::MAX, lead });
    let mut spoken = 0;
    let mut utterance = 0;
    for frame in samples.chunks(FRAME) {
        match listener.hear(frame) {
            Some(Activity::Ended(_)) => spoken += std::mem::take(&mut utterance),
            Some(Activity::Began) | None => utterance = listener.spoken(),
        }
    }
    Duration::from_millis((spoken + utterance) as u64 * 1_000 / u64::from(RATE))
}

/// The likelihood of a voice, frame by frame.
pub(super) struct Voicing {
    network: Box<earshot::Detector>,
    doubling: Doubling,
    /// At 16 kHz, less than a step.
    waiting: Vec<i16>,
    last: f32,
}

impl Voicing {
    pub(super) fn new() -> Voicing {
        Voicing {
            network: earshot::Detector::default_boxed(),
            doubling: Doubling::new(),
            waiting: Vec::with_capacity(2 * STEP),
            last: 0.0,
        }
    }

    /// From 0 to 1, after some more samples at 8 kHz.
    pub(super) fn hear(&mut self, samples: &[i16]) -> f32 {
        let mut best: Option<f32> = None;
        for sample in samples {
            self.waiting.extend(self.doubling.double(*sample));
            if self.waiting.len() >= STEP {
                let likelihood = self.network.predict_i16(&self.waiting[..STEP]);
                self.waiting.drain(..STEP);
                best = Some(best.map_or(likelihood, |best| best.max(likelihood)));
            }
        }
        self.last = best.unwrap_or(self.last);
        self.last
    }
}

/// Lets through what is above about 200 Hz, where voices on the telephone are and hum and rumble aren't: twice a
/// first-order high-pass.
#[derive(Default)]
pub(super) struct Rumble {
    past: [f32; 2],
    passed: [f32; 2],
}

impl Rumble {
    /// How much of a sample's past stays, at 8 kHz and 200 Hz.
    const STAYS: f32 = 0.864;

    /// The level of what is left of the next samples.
    pub(super) fn level_without(&mut self, samples: &[i16]) -> Dbfs {
        let mut sum = 0.0;
        for sample in samples {
            let mut value = f32::from(*sample) / 32_768.0;
            for (past, passed) in self.past.iter_mut().zip(&mut self.passed) {
                *passed = Self::STAYS * (*passed + value - *past);
                *past = value;
                value = *passed;
            }
            sum += value * value;
        }
        level(sum / samples.len().max(1) as f32)
    }
}

/// Twice the rate: every sample, and one between it and the next, by a windowed sinc.
struct Doubling {
    between: [f32; TAPS],
    past: [f32; TAPS],
}

impl Doubling {
    fn new() -> Doubling {
        let middle = (TAPS as f32 - 1.0) / 2.0;
        let mut between = [0.0; TAPS];
        for (at, tap) in between.iter_mut().enumerate() {
            let away = (at as f32 - middle) * std::f32::consts::PI;
            let window = 0.5 * (1.0 + (away / (middle + 1.0)).cos());
            *tap = away.sin() / away * window;
        }
        let sum: f32 = between.iter().sum();
        Doubling { between: between.map(|tap| tap / sum), past: [0.0; TAPS] }
    }

    fn double(&mut self, sample: i16) -> [i16; 2] {
        self.past.rotate_left(1);
        self.past[TAPS - 1] = f32::from(sample);
        let itself = self.past[TAPS / 2 - 1];
        let between: f32 = self.between.iter().zip(&self.past).map(|(tap, past)| tap * past).sum();
        [itself as i16, between as i16]
    }
}

/// Mean square, of 1.
pub(super) fn power(samples: &[i16]) -> f32 {
    let square = |sample: &i16| {
        let sample = f32::from(*sample) / 32_768.0;
        sample * sample
    };
    samples.iter().map(square).sum::<f32>() / samples.len().max(1) as f32
}

pub(super) fn level(power: f32) -> Dbfs {
    if power <= 1e-12 { Dbfs::SILENCE } else { Dbfs(10.0 * power.log10()) }
}
