//! A loop of tape that sounds are laid on: what sounds on beyond its end is heard at its beginning, so it has no seam.

use crate::{FRAME, SAMPLE_RATE};

use super::LEVEL;
use super::effect::{Filter, soften};
use super::pitch::Key;
use super::tune::Note;

/// Samples a second.
pub(super) const RATE: f32 = SAMPLE_RATE as f32;

/// Effects have forgotten by then what they heard before.
const MEMORY: usize = 4 * SAMPLE_RATE as usize;

/// Nothing is louder than this: 19 dB above [`LEVEL`].
const PEAK: f32 = 14_000.0;

/// A telephone carries 300 to 3,400 Hz (ITU-T G.712); filters begin a little outside, where they take half the power.
const LOWEST_HZ: f32 = 280.0;
const HIGHEST_HZ: f32 = 3_350.0;

/// The loop.
#[derive(Clone, Debug)]
pub(super) struct Reel {
    samples: Vec<f32>,
    beat: f32,
}

impl Reel {
    /// So many beats at so many a minute; its length is a whole number of ticks, and the beats are stretched to fit.
    pub(super) fn new(tempo: f32, beats: u32) -> Reel {
        let ticks = (beats as f32 * 60.0 / tempo * RATE / FRAME as f32).round() as usize;
        let length = ticks.max(1) * FRAME;
        Reel { samples: vec![0.0; length], beat: length as f32 / beats as f32 }
    }

    /// Another one of the same length and tempo, with nothing on it.
    pub(super) fn blank(&self) -> Reel {
        Reel { samples: vec![0.0; self.samples.len()], beat: self.beat }
    }

    /// How long so many beats take.
    pub(super) fn seconds(&self, beats: f32) -> f32 {
        beats * self.beat / RATE
    }

    /// Lays a sound on the tape, from a beat on; before the first one is at the end.
    pub(super) fn lay(&mut self, beat: f32, gain: f32, sound: &[f32]) {
        let length = self.samples.len();
        let mut at = (beat * self.beat).round().rem_euclid(length as f32) as usize % length;
        let mut rest = sound;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(length - at));
            for (sample, added) in self.samples[at..].iter_mut().zip(now) {
                *sample += gain * added;
            }
            (at, rest) = (0, later);
        }
    }

    /// Lays a tune: the voice is given a note's frequency and its length in seconds.
    pub(super) fn lay_tune(
        &mut self,
        key: Key,
        notes: &[Note],
        gain: f32,
        mut voice: impl FnMut(f32, f32) -> Vec<f32>,
    ) {
        for note in notes {
            let sound = voice(key.hz(note.degree), self.seconds(note.length));
            self.lay(note.beat, gain * note.accent, &sound);
        }
    }

    /// Adds another tape of the same length.
    pub(super) fn add(&mut self, other: &Reel, gain: f32) {
        for (sample, added) in self.samples.iter_mut().zip(&other.samples) {
            *sample += gain * added;
        }
    }

    /// Sends the tape through an effect, which has heard the end before the beginning comes.
    pub(super) fn through(&mut self, mut effect: impl FnMut(f32) -> f32) {
        let warm_up = self.samples.len().saturating_sub(MEMORY);
        for sample in &self.samples[warm_up..] {
            effect(*sample);
        }
        for sample in &mut self.samples {
            *sample = effect(*sample);
        }
    }

    /// Repeats everything some times, so many beats later, each time by `gain` softer.
    pub(super) fn echo(&mut self, beats: f32, gain: f32, times: u32) {
        let dry = self.clone();
        for time in 1..=times {
            let late = beats * time as f32;
            self.lay(late, gain.powi(time as i32), &dry.samples);
        }
    }

    /// As it is played: in the band of a telephone, at [`LEVEL`], with no constant part and nothing cut off.
    pub(super) fn mastered(mut self) -> Vec<i16> {
        let mut filters = [
            Filter::high_pass(LOWEST_HZ, 0.54),
            Filter::high_pass(LOWEST_HZ, 1.31),
            Filter::low_pass(HIGHEST_HZ, 0.54),
            Filter::low_pass(HIGHEST_HZ, 1.31),
        ];
        self.through(|sample| {
            filters.iter_mut().fold(sample, |sample, filter| filter.next(sample))
        });
        // Softening the peaks takes a little from the level, hence again.
        for _ in 0..3 {
            self.centre();
            let gain = wanted_rms() / self.rms().max(f32::MIN_POSITIVE);
            self.samples.iter_mut().for_each(|sample| *sample = soften(*sample * gain, PEAK));
        }
        self.centre();
        self.samples.iter().map(|sample| sample.round() as i16).collect()
    }

    fn centre(&mut self) {
        let sum: f64 = self.samples.iter().map(|sample| f64::from(*sample)).sum();
        let mean = (sum / self.samples.len() as f64) as f32;
        self.samples.iter_mut().for_each(|sample| *sample -= mean);
    }

    fn rms(&self) -> f32 {
        let sum: f64 = self.samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        (sum / self.samples.len() as f64).sqrt() as f32
    }
}

fn wanted_rms() -> f32 {
    32_768.0 * 10f32.powf(LEVEL.0 / 20.0)
}
