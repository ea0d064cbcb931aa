//! Drums, soft enough for an ear at a telephone: what a band of 300 to 3,400 Hz leaves of them.

use std::f32::consts::TAU;

use super::noise::Noise;
use super::reel::{RATE, Reel};

/// The sounds of a drum kit, made once and laid many times.
#[derive(Clone, Debug)]
pub(super) struct Kit {
    pub(super) kick: Vec<f32>,
    pub(super) snare: Vec<f32>,
    pub(super) hat: Vec<f32>,
    pub(super) open_hat: Vec<f32>,
    pub(super) shaker: Vec<f32>,
    pub(super) rim: Vec<f32>,
}

/// What of a kit is struck, how loud, and when: one letter for each step, `x` loud, `o` soft, anything else not.
pub(super) struct Beat<'a> {
    pub(super) sound: &'a [f32],
    pub(super) gain: f32,
    pub(super) steps: &'a str,
}

impl Kit {
    pub(super) fn new(seed: u32) -> Kit {
        let mut noise = Noise::new(seed);
        Kit {
            kick: kick(),
            snare: snare(&mut noise),
            hat: hiss(&mut noise, 0.001, 0.035),
            open_hat: hiss(&mut noise, 0.001, 0.16),
            shaker: hiss(&mut noise, 0.03, 0.05),
            rim: rim(),
        }
    }
}

/// Lays a beat over the whole tape: a bar of so many beats, over and over.
pub(super) fn lay_beats(reel: &mut Reel, bars: u32, bar: f32, beats: &[Beat<'_>]) {
    for Beat { sound, gain, steps } in beats {
        let step = bar / steps.len() as f32;
        for at in 0..bars {
            for (index, letter) in steps.bytes().enumerate() {
                let level = match letter {
                    b'x' => 1.0,
                    b'o' => 0.5,
                    _ => continue,
                };
                reel.lay(at as f32 * bar + index as f32 * step, gain * level, sound);
            }
        }
    }
}

fn samples(seconds: f32) -> impl Iterator<Item = f32> {
    (0..(seconds * RATE) as usize).map(|index| index as f32 / RATE)
}

/// A tone that falls: its beginning is what a telephone carries.
fn kick() -> Vec<f32> {
    let mut phase = 0.0;
    samples(0.3)
        .map(|time| {
            let hz = 85.0 + 330.0 * (-time / 0.025).exp();
            phase += TAU * hz / RATE;
            phase.sin() * (-time / 0.07).exp() * (time / 0.002).min(1.0)
        })
        .collect()
}

fn snare(noise: &mut Noise) -> Vec<f32> {
    let mut last = 0.0;
    samples(0.25)
        .map(|time| {
            let sample = noise.sample();
            let wires = (sample - 0.5 * last) * (-time / 0.05).exp();
            last = sample;
            let skin = ((TAU * 205.0 * time).sin() + 0.7 * (TAU * 331.0 * time).sin())
                * (-time / 0.035).exp();
            (0.5 * wires + 0.5 * skin) * (time / 0.001).min(1.0)
        })
        .collect()
}

/// Noise without its low part.
fn hiss(noise: &mut Noise, attack: f32, decay: f32) -> Vec<f32> {
    let mut last = 0.0;
    samples(attack + 5.0 * decay)
        .map(|time| {
            let sample = noise.sample();
            let high = sample - last;
            last = sample;
            let rise = (time / attack).min(1.0);
            0.5 * high * rise * (-(time - attack).max(0.0) / decay).exp()
        })
        .collect()
}

fn rim() -> Vec<f32> {
    samples(0.08)
        .map(|time| {
            let wood = (TAU * 820.0 * time).sin() + 0.6 * (TAU * 1_730.0 * time).sin();
            0.5 * wood * (-time / 0.012).exp() * (time / 0.0008).min(1.0)
        })
        .collect()
}
