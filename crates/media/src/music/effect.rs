//! What a tape is sent through: filters, a room, an amplifier that is turned up too far. Sample by sample, with memory.

use std::f32::consts::TAU;

use super::reel::RATE;

/// A filter of the second order, by the bilinear transform (R. Bristow-Johnson's "Audio EQ Cookbook").
#[derive(Clone, Debug)]
pub(super) struct Filter {
    feed: [f32; 3],
    back: [f32; 2],
    heard: [f32; 2],
    said: [f32; 2],
}

impl Filter {
    /// Takes away what is below `hz`; `q` is 0.71 where nothing is to be stressed.
    pub(super) fn high_pass(hz: f32, q: f32) -> Filter {
        let (cos, alpha) = angle(hz, q);
        let edge = f32::midpoint(1.0, cos);
        Filter::new([edge, -1.0 - cos, edge], cos, alpha)
    }

    /// Takes away what is above `hz`.
    pub(super) fn low_pass(hz: f32, q: f32) -> Filter {
        let (cos, alpha) = angle(hz, q);
        let edge = (1.0 - cos) / 2.0;
        Filter::new([edge, 1.0 - cos, edge], cos, alpha)
    }

    fn new(feed: [f32; 3], cos: f32, alpha: f32) -> Filter {
        let whole = 1.0 + alpha;
        Filter {
            feed: feed.map(|part| part / whole),
            back: [-2.0 * cos / whole, (1.0 - alpha) / whole],
            heard: [0.0; 2],
            said: [0.0; 2],
        }
    }

    /// The next sample.
    pub(super) fn next(&mut self, sample: f32) -> f32 {
        let [feed, one, two] = self.feed;
        let said = feed * sample + one * self.heard[0] + two * self.heard[1]
            - self.back[0] * self.said[0]
            - self.back[1] * self.said[1];
        self.heard = [sample, self.heard[0]];
        self.said = [said, self.said[0]];
        said
    }
}

fn angle(hz: f32, q: f32) -> (f32, f32) {
    let (sin, cos) = (TAU * hz / RATE).sin_cos();
    (cos, sin / (2.0 * q))
}

/// A room: four combs side by side, two all-pass filters after them (M. R. Schroeder, 1962), lengths without a common
/// divisor.
#[derive(Clone, Debug)]
pub(super) struct Room {
    combs: [Line; 4],
    passes: [Line; 2],
    back: f32,
    damped: [f32; 4],
    wet: f32,
}

impl Room {
    /// A room that rings for so many seconds (until 60 dB are gone), and how much of it is heard, 0 to 1.
    pub(super) fn new(seconds: f32, wet: f32) -> Room {
        let back = 10f32.powf(-3.0 * 0.033 / seconds);
        Room {
            combs: [241, 271, 293, 317].map(Line::new),
            passes: [89, 37].map(Line::new),
            back,
            damped: [0.0; 4],
            wet,
        }
    }

    /// The next sample, with its room.
    pub(super) fn next(&mut self, sample: f32) -> f32 {
        let mut wet = 0.0;
        for (comb, damped) in self.combs.iter_mut().zip(&mut self.damped) {
            let late = comb.oldest();
            // Air takes the high notes first.
            *damped += 0.6 * (late - *damped);
            comb.push(sample + self.back * *damped);
            wet += 0.25 * late;
        }
        for pass in &mut self.passes {
            let late = pass.oldest();
            let fed = wet + 0.5 * late;
            pass.push(fed);
            wet = late - 0.5 * fed;
        }
        sample + self.wet * wet
    }
}

/// Samples kept for a while.
#[derive(Clone, Debug)]
struct Line {
    samples: Vec<f32>,
    at: usize,
}

impl Line {
    fn new(length: usize) -> Line {
        Line { samples: vec![0.0; length], at: 0 }
    }

    fn oldest(&self) -> f32 {
        self.samples[self.at]
    }

    fn push(&mut self, sample: f32) {
        self.samples[self.at] = sample;
        self.at = (self.at + 1) % self.samples.len();
    }
}

/// An amplifier turned up: what is louder than 1 is bent, never cut.
pub(super) fn drive(sample: f32, gain: f32) -> f32 {
    let driven = sample * gain;
    driven / (1.0 + driven.abs())
}

/// Leaves what is well below `peak` as it is, and lets nothing reach it.
pub(super) fn soften(sample: f32, peak: f32) -> f32 {
    let part = sample / peak;
    let square = part * part;
    sample / (1.0 + square * square).sqrt().sqrt()
}
