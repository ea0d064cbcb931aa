//! Guitars: picked with the thumb between the fingers, in six eighths, and a bossa nova of nylon.

use super::drums::{Beat, Kit, lay_beats};
use super::effect::Room;
use super::noise::Noise;
use super::pitch::{Key, MAJOR, MINOR, close, seventh, triad};
use super::reel::Reel;
use super::tune::Tune;
use super::voice::{Pluck, plucked};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(picked()),
        2 => Some(six_eighths()),
        3 => Some(bossa_nova()),
        _ => None,
    }
}

const STEEL: Pluck = Pluck { decay: 3.0, brightness: 0.7 };
const NYLON: Pluck = Pluck { decay: 1.8, brightness: 0.25 };
const FINGER: Pluck = Pluck { decay: 2.4, brightness: 0.4 };

/// A guitarist's hands are never quite on the beat: this far off, in beats.
const LOOSE: f32 = 0.012;

/// G major, 4/4, 96 a minute: the thumb walks between root and fifth, the fingers play between.
fn picked() -> Reel {
    let key = Key { tonic: 55, mode: MAJOR };
    let chords = [0, 5, 3, 4, 0, 2, 3, 4, 1, 4, 0, 4];
    let mut reel = Reel::new(96.0, 48);
    let mut noise = Noise::new(83);
    for (bar, chord) in chords.into_iter().enumerate() {
        let [low, middle, high] = close(triad(chord), 4);
        let thumb = [chord - 7, low - 3, chord - 3, low - 3];
        let fingers =
            [(0.0, high), (1.5, middle), (2.5, high), (3.5, low), (0.5, low), (3.0, low + 7)];
        let thumb = thumb.into_iter().enumerate().map(|(at, degree)| (at as f32, degree));
        for (at, degree) in thumb.chain(fingers) {
            let beat = bar as f32 * 4.0 + at + LOOSE * noise.sample();
            let gain = 0.4 * noise.about(0.2);
            let sound = plucked(key.hz(degree), 2.2, STEEL, &mut noise);
            reel.lay(beat, gain, &sound);
        }
    }
    let mut room = Room::new(0.9, 0.25);
    reel.through(|sample| room.next(sample));
    reel
}

/// E minor, 6/8, 174 eighths a minute: broken chords, and a tune above them.
fn six_eighths() -> Reel {
    let key = Key { tonic: 52, mode: MINOR };
    let chords = [0, 0, 5, 5, 2, 2, 6, 6, 3, 3, 0, 0, 5, 3, 4, 4];
    let mut reel = Reel::new(174.0, 96);
    let mut noise = Noise::new(89);
    for (bar, chord) in chords.into_iter().enumerate() {
        let [low, middle, high] = close(triad(chord), 3);
        for (step, degree) in [chord, low, middle, high, middle, low].into_iter().enumerate() {
            let beat = (bar * 6 + step) as f32 + LOOSE * noise.sample();
            let gain = if step == 0 { 0.45 } else { 0.28 } * noise.about(0.15);
            let sound = plucked(key.hz(degree), 2.0, FINGER, &mut noise);
            reel.lay(beat, gain, &sound);
        }
    }
    let rhythms: [&[f32]; 3] = [&[4.0, 2.0], &[2.0, 1.0, 2.0, 1.0], &[6.0]];
    let tune = Tune {
        chords: &chords,
        bar: 6.0,
        form: "abacabacabbcabac",
        rhythms: &rhythms,
        range: (10, 18),
        seed: 97,
    };
    reel.lay_tune(key, &tune.notes(), 0.6, |hz, seconds| {
        plucked(hz, seconds + 0.8, STEEL, &mut noise)
    });
    let mut room = Room::new(1.4, 0.3);
    reel.through(|sample| room.next(sample));
    reel
}

/// D major, 4/4, 132 a minute: sevenths between the beats over a bass on them.
fn bossa_nova() -> Reel {
    let key = Key { tonic: 50, mode: MAJOR };
    let chords = [0, 0, 1, 1, 4, 4, 0, 5, 3, 3, 2, 2, 1, 4, 0, 4];
    let mut reel = Reel::new(132.0, 64);
    let mut noise = Noise::new(101);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 4.0;
        for (at, degree) in [(0.0_f32, chord), (1.5, chord + 4), (2.0, chord + 4), (3.5, chord)] {
            let gain = if at.fract() == 0.0 { 0.42 } else { 0.25 };
            let sound = plucked(key.hz(degree), 0.9, NYLON, &mut noise);
            reel.lay(beat + at, gain, &sound);
        }
        let stabs: &[f32] = if bar % 2 == 0 { &[0.0, 1.0, 2.5] } else { &[0.5, 1.5, 3.0] };
        for at in stabs {
            for (string, degree) in close(seventh(chord), 7).into_iter().enumerate() {
                let late = 0.015 * string as f32 + LOOSE * noise.sample();
                let sound = plucked(key.hz(degree), 0.8, NYLON, &mut noise);
                reel.lay(beat + at + late, 0.24, &sound);
            }
        }
    }
    let rhythms: [&[f32]; 3] = [&[1.5, 1.5, 1.0], &[-0.5, 1.0, 1.0, 1.5], &[4.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abacabacabacabbc",
        rhythms: &rhythms,
        range: (12, 20),
        seed: 103,
    };
    reel.lay_tune(key, &tune.notes(), 0.4, |hz, seconds| {
        plucked(hz, seconds.min(1.2) + 0.3, FINGER, &mut noise)
    });
    let kit = Kit::new(107);
    lay_beats(
        &mut reel,
        16,
        4.0,
        &[
            Beat { sound: &kit.shaker, gain: 0.14, steps: "xoxoxoxo" },
            Beat { sound: &kit.rim, gain: 0.14, steps: "x..x..x...x..x.." },
        ],
    );
    let mut room = Room::new(0.8, 0.2);
    reel.through(|sample| room.next(sample));
    reel
}
