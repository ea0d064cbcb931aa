//! Instruments: partials that are struck and die away, partials that are held, and strings that are plucked.

use std::f32::consts::TAU;

use super::noise::Noise;
use super::reel::RATE;

/// A partial of an instrument: times the fundamental, how loud, and seconds until 60 dB of it are gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partial(pub(super) f32, pub(super) f32, pub(super) f32);

/// Partials that one sound can have.
const PARTIALS: usize = 8;

/// Partials above this are left out: a telephone doesn't carry them.
const HIGHEST_HZ: f32 = 3_600.0;

/// A grand piano, about: its partials are a little sharp, and the upper ones die first.
pub(super) const PIANO: &[Partial] = &[
    Partial(1.0, 1.0, 3.0),
    Partial(2.001, 0.55, 2.2),
    Partial(3.003, 0.3, 1.5),
    Partial(4.008, 0.18, 1.1),
    Partial(5.015, 0.1, 0.8),
    Partial(6.03, 0.06, 0.6),
];

/// A string plucked with the finger, damped.
pub(super) const PIZZICATO: &[Partial] = &[
    Partial(1.0, 1.0, 0.9),
    Partial(2.0, 0.5, 0.6),
    Partial(3.0, 0.35, 0.4),
    Partial(4.0, 0.2, 0.3),
    Partial(5.0, 0.12, 0.2),
];

/// An electric piano: a pure tone, and a tine above it for a moment.
pub(super) const ELECTRIC_PIANO: &[Partial] = &[
    Partial(1.0, 1.0, 3.2),
    Partial(2.0, 0.22, 2.0),
    Partial(3.0, 0.12, 1.2),
    Partial(4.0, 0.05, 0.8),
    Partial(7.02, 0.1, 0.25),
];

/// Small bells with felt on the hammer.
pub(super) const BELL: &[Partial] =
    &[Partial(1.0, 1.0, 4.0), Partial(2.76, 0.35, 1.6), Partial(5.4, 0.12, 0.6)];

/// A bar of wood: its second partial is two octaves up.
pub(super) const MARIMBA: &[Partial] =
    &[Partial(1.0, 1.0, 1.1), Partial(3.93, 0.3, 0.3), Partial(9.2, 0.08, 0.1)];

/// Steel tongues plucked with the thumb.
pub(super) const KALIMBA: &[Partial] =
    &[Partial(1.0, 1.0, 1.8), Partial(2.0, 0.12, 0.9), Partial(5.4, 0.2, 0.25)];

/// A saw tooth that closes.
pub(super) const SAW: &[Partial] = &[
    Partial(1.0, 1.0, 0.9),
    Partial(2.0, 0.5, 0.6),
    Partial(3.0, 0.33, 0.45),
    Partial(4.0, 0.25, 0.35),
    Partial(5.0, 0.2, 0.28),
    Partial(6.0, 0.17, 0.22),
    Partial(7.0, 0.14, 0.18),
    Partial(8.0, 0.12, 0.15),
];

/// A square wave that closes, for basses.
pub(super) const SQUARE: &[Partial] = &[
    Partial(1.0, 1.0, 1.4),
    Partial(2.0, 0.15, 1.0),
    Partial(3.0, 0.45, 0.8),
    Partial(5.0, 0.25, 0.5),
    Partial(7.0, 0.15, 0.3),
];

/// A bass guitar played with the fingers.
pub(super) const BASS: &[Partial] = &[
    Partial(1.0, 1.0, 1.8),
    Partial(2.0, 0.7, 1.4),
    Partial(3.0, 0.4, 0.9),
    Partial(4.0, 0.2, 0.6),
    Partial(5.0, 0.08, 0.4),
];

/// Levels of the harmonics of held sounds.
pub(super) const FLUTE: &[f32] = &[1.0, 0.28, 0.1, 0.04];
pub(super) const CLARINET: &[f32] = &[1.0, 0.04, 0.42, 0.03, 0.2, 0.02, 0.08];
pub(super) const STRINGS: &[f32] = &[1.0, 0.55, 0.4, 0.25, 0.18, 0.12, 0.08, 0.05];
pub(super) const PAD: &[f32] = &[1.0, 0.35, 0.12, 0.1, 0.04];
pub(super) const GLASS: &[f32] = &[1.0, 0.0, 0.2, 0.0, 0.0, 0.08];
pub(super) const ORGAN: &[f32] = &[1.0, 0.6, 0.3, 0.25, 0.0, 0.12, 0.0, 0.1];
pub(super) const GUITAR_LEAD: &[f32] = &[1.0, 0.7, 0.5, 0.3, 0.2, 0.12, 0.08];

/// Something struck, `seconds` long at most; higher notes die sooner.
pub(super) fn struck(hz: f32, partials: &[Partial], seconds: f32) -> Vec<f32> {
    let sooner = (330.0 / hz).sqrt().clamp(0.5, 1.6);
    let mut bank = Bank::default();
    for Partial(times, level, decay) in partials.iter().take(PARTIALS) {
        bank.add(hz * times, *level, decay * sooner, 0.0);
    }
    let mut sound = bank.samples(seconds);
    shape(&mut sound, 0.004, 0.04);
    sound
}

/// How a held sound begins and ends, and how far the two that play it are apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bow {
    /// Seconds until it is there.
    pub(super) attack: f32,
    /// Seconds until it is gone, beyond the note's length.
    pub(super) release: f32,
    /// Hundredths of a semitone between the two players; 0: there is one.
    pub(super) cents: f32,
}

/// Something that is held for `seconds`.
pub(super) fn held(hz: f32, harmonics: &[f32], seconds: f32, bow: Bow) -> Vec<f32> {
    let seconds = seconds + bow.release;
    let mut sound = player(hz * cents(bow.cents / 2.0), harmonics, seconds, 0.0);
    if bow.cents > 0.0 {
        let second = player(hz * cents(-bow.cents / 2.0), harmonics, seconds, 1.3);
        sound.iter_mut().zip(second).for_each(|(sample, other)| *sample = (*sample + other) * 0.6);
    }
    shape(&mut sound, bow.attack, bow.release);
    sound
}

fn cents(cents: f32) -> f32 {
    (cents / 1_200.0).exp2()
}

fn player(hz: f32, harmonics: &[f32], seconds: f32, phase: f32) -> Vec<f32> {
    let mut bank = Bank::default();
    for (index, level) in harmonics.iter().take(PARTIALS).enumerate() {
        bank.add(hz * (index + 1) as f32, *level, f32::INFINITY, phase * (index + 1) as f32);
    }
    bank.samples(seconds)
}

/// Oscillators side by side, each of which turns its last two samples into the next: `2r·cos(w)·y1 − r²·y2`.
#[derive(Default)]
struct Bank {
    turn: [f32; PARTIALS],
    loss: [f32; PARTIALS],
    one: [f32; PARTIALS],
    two: [f32; PARTIALS],
    count: usize,
}

impl Bank {
    fn add(&mut self, hz: f32, level: f32, decay: f32, phase: f32) {
        if hz > HIGHEST_HZ || level == 0.0 || self.count == PARTIALS {
            return;
        }
        let step = TAU * hz / RATE;
        let kept = 10f32.powf(-3.0 / (decay * RATE));
        self.turn[self.count] = 2.0 * kept * step.cos();
        self.loss[self.count] = -kept * kept;
        self.one[self.count] = level * (phase - step).sin() / kept;
        self.two[self.count] = level * (phase - 2.0 * step).sin() / (kept * kept);
        self.count += 1;
    }

    fn samples(mut self, seconds: f32) -> Vec<f32> {
        (0..(seconds * RATE) as usize).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> f32 {
        let mut sum = 0.0;
        for lane in 0..PARTIALS {
            let next = self.turn[lane] * self.one[lane] + self.loss[lane] * self.two[lane];
            self.two[lane] = self.one[lane];
            self.one[lane] = next;
            sum += next;
        }
        sum
    }
}

/// Fades a sound in and out, without a corner.
fn shape(sound: &mut [f32], attack: f32, release: f32) {
    let fade = |seconds: f32| ((seconds * RATE) as usize).clamp(1, sound.len().max(2) / 2);
    let (rise, fall) = (fade(attack), fade(release));
    let bend = |part: f32| part * part * (3.0 - 2.0 * part);
    for (index, sample) in sound.iter_mut().take(rise).enumerate() {
        *sample *= bend(index as f32 / rise as f32);
    }
    for (index, sample) in sound.iter_mut().rev().take(fall).enumerate() {
        *sample *= bend(index as f32 / fall as f32);
    }
}

/// A string and how it is plucked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pluck {
    /// Seconds until 60 dB are gone.
    pub(super) decay: f32,
    /// 0 (soft finger) to 1 (hard plectrum).
    pub(super) brightness: f32,
}

/// A plucked string (K. Karplus and A. Strong, "Digital Synthesis of Plucked-String and Drum Timbres", 1983), tuned by an
/// all-pass filter (Jaffe and Smith, 1983).
pub(super) fn plucked(hz: f32, seconds: f32, pluck: Pluck, noise: &mut Noise) -> Vec<f32> {
    // The mean of neighbours, which damps the string, makes it longer by half a sample.
    let period = RATE / hz - 0.5;
    let whole = (period - 0.3).floor().max(2.0);
    let rest = period - whole;
    let pass = (1.0 - rest) / (1.0 + rest);
    let kept = 10f32.powf(-3.0 / (pluck.decay * hz));
    let mut string = excited(whole as usize, pluck.brightness, noise);
    let (mut last, mut heard, mut said) = (0.0, 0.0, 0.0);
    let mut at = 0;
    let mut sound = Vec::with_capacity((seconds * RATE) as usize);
    for _ in 0..(seconds * RATE) as usize {
        let out = string[at];
        let damped = kept * 0.5 * (out + last);
        last = out;
        said = pass * (damped - said) + heard;
        heard = damped;
        string[at] = said;
        at = (at + 1) % string.len();
        sound.push(out);
    }
    shape(&mut sound, 0.002, 0.05);
    sound
}

/// One period of noise: softer where the finger is, with no constant part.
fn excited(length: usize, brightness: f32, noise: &mut Noise) -> Vec<f32> {
    let mut soft = 0.0;
    let mut string: Vec<f32> = (0..length)
        .map(|_| {
            soft += (0.15 + 0.85 * brightness) * (noise.sample() - soft);
            soft
        })
        .collect();
    let mean = string.iter().sum::<f32>() / length as f32;
    let power = string.iter().map(|sample| (sample - mean).powi(2)).sum::<f32>() / length as f32;
    let gain = 0.5 / power.sqrt().max(0.01);
    for sample in &mut string {
        *sample = gain * (*sample - mean);
    }
    string
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far a sound's fundamental is from `hz`, in hundredths of a semitone: where a second of it has most power.
    fn out_of_tune(sound: &[f32], hz: f32) -> i32 {
        let power = |off: &i32| {
            let step = TAU * hz * cents(*off as f32) / RATE;
            let part = |(at, sample): (usize, &f32)| {
                let (sin, cos) = (step * at as f32).sin_cos();
                (sample * sin, sample * cos)
            };
            let window = sound.iter().take(RATE as usize).enumerate().map(part);
            let (sin, cos) = window.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            sin * sin + cos * cos
        };
        (-50..=50).step_by(2).max_by(|one, other| power(one).total_cmp(&power(other))).unwrap_or(99)
    }

    #[test]
    fn strings_are_in_tune_over_their_whole_range() {
        let pluck = Pluck { decay: 4.0, brightness: 0.5 };
        for hz in [98.0, 146.83, 220.0, 329.63, 440.0, 659.26, 880.0, 1_174.66] {
            let off = out_of_tune(&plucked(hz, 1.0, pluck, &mut Noise::new(1)), hz);
            assert!(off.abs() <= 8, "a string of {hz} Hz is off by {off} cents");
        }
    }

    #[test]
    fn what_is_struck_or_held_is_in_tune() {
        let bow = Bow { attack: 0.05, release: 0.05, cents: 0.0 };
        for hz in [110.0, 440.0, 1_318.51] {
            assert!(out_of_tune(&struck(hz, PIANO, 1.0), hz).abs() <= 4, "piano at {hz} Hz");
            assert!(out_of_tune(&held(hz, FLUTE, 1.0, bow), hz).abs() <= 4, "flute at {hz} Hz");
        }
    }
}
