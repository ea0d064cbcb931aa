//! The voice's source: pulses at the fundamental frequency, with every harmonic up to 11 kHz at amplitude 1.
//!
//! A sum of cosines of equal amplitude has a closed form (Dirichlet's kernel):
//! `cos t + cos 2t + ... + cos Nt = sin((N + 1/2) t) / (2 sin(t / 2)) - 1/2`.

use std::f64::consts::TAU;

use crate::SAMPLE_RATE;
use crate::waveform::HOP;

/// Lowest fundamental of a voice, in hertz; below it there is none (`s`, silence).
pub(crate) const VOICED: f32 = 40.0;
/// No harmonic lies higher, in hertz.
const HIGHEST: f32 = 11_000.0;
/// Nearer than this to a pulse's peak the closed form divides by nothing; the sum is its limit there, N.
const PEAK: f32 = 1e-3;

/// The pulses of frames with these fundamentals (hertz), each times `pitch`.
pub(crate) fn pulses(fundamental: &[f32], pitch: f32) -> Vec<f32> {
    let mut turn = 0.0_f64;
    let samples = (0..fundamental.len() * HOP).map(|at| {
        let natural = between(fundamental, at);
        let hertz = natural.max(VOICED) * pitch;
        turn = (turn + f64::from(hertz) / f64::from(SAMPLE_RATE)).fract();
        if natural > VOICED { harmonics((turn * TAU) as f32, hertz) } else { 0.0 }
    });
    samples.collect()
}

/// The value at a sample of a curve that has one value in the middle of each frame.
fn between(curve: &[f32], sample: usize) -> f32 {
    let position = (sample as f32 + 0.5) / HOP as f32 - 0.5;
    let before = position.floor();
    let weight = position - before;
    let value = |frame: f32| {
        let frame = (frame.max(0.0) as usize).min(curve.len().saturating_sub(1));
        curve.get(frame).copied().unwrap_or(0.0)
    };
    value(before) * (1.0 - weight) + value(before + 1.0) * weight
}

/// The sum of all harmonics of `hertz` at `angle` (radians) of the first.
fn harmonics(angle: f32, hertz: f32) -> f32 {
    let count = (HIGHEST / hertz).floor();
    let half = (angle / 2.0).sin();
    if half.abs() < PEAK {
        return count;
    }
    ((count + 0.5) * angle).sin() / (2.0 * half) - 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_are_the_sum_of_their_harmonics() {
        for step in 1..628 {
            let angle = step as f32 / 100.0;
            let sum: f32 = (1..=55).map(|n| (n as f32 * angle).cos()).sum();
            assert!((harmonics(angle, 200.0) - sum).abs() < 0.02, "at {angle}");
        }
    }

    #[test]
    fn a_pulse_comes_once_a_period_and_none_without_voice() {
        let voiced = pulses(&[240.0; 80], 1.0);
        assert_eq!(voiced.iter().filter(|&&sample| sample > 40.0).count(), 240);
        assert!(pulses(&[0.0; 80], 1.0).iter().all(|&sample| sample == 0.0));
    }

    #[test]
    fn pitch_moves_the_pulses_and_never_silences_a_low_voice() {
        let peaks = |pulses: Vec<f32>| pulses.iter().filter(|&&sample| sample > 100.0).count();
        assert_eq!(peaks(pulses(&[60.0; 80], 0.5)), 30);
    }
}
