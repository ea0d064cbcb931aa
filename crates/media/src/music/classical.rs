//! Classical: broken chords of a piano under a flute, a waltz, and strings with bells.

use super::effect::Room;
use super::noise::Noise;
use super::pitch::{HARMONIC_MINOR, Key, MAJOR, close, triad};
use super::reel::Reel;
use super::tune::Tune;
use super::voice::{BELL, Bow, CLARINET, FLUTE, PIANO, PIZZICATO, STRINGS, held, struck};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(broken_chords()),
        2 => Some(waltz()),
        3 => Some(strings()),
        _ => None,
    }
}

const BREATH: Bow = Bow { attack: 0.07, release: 0.12, cents: 0.0 };

/// C major, 4/4, 76 a minute.
fn broken_chords() -> Reel {
    let key = Key { tonic: 60, mode: MAJOR };
    let chords = [0, 3, 5, 1, 4, 2, 3, 4];
    let mut reel = Reel::new(76.0, 32);
    let mut noise = Noise::new(11);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 4.0;
        let [low, middle, high] = close(triad(chord), -2);
        let figure = [chord - 7, low, middle, high, low + 7, high, middle, low];
        for (step, degree) in figure.into_iter().cycle().take(16).enumerate() {
            let gain = if step % 4 == 0 { 0.34 } else { 0.25 } * noise.about(0.1);
            let sound = struck(key.hz(degree), PIANO, reel.seconds(2.0));
            reel.lay(beat + step as f32 * 0.25, gain, &sound);
        }
        for degree in close(triad(chord), 0) {
            let bow = Bow { attack: 0.5, release: 0.6, cents: 7.0 };
            let sound = held(key.hz(degree), STRINGS, reel.seconds(4.0), bow);
            reel.lay(beat, 0.05, &sound);
        }
    }
    let rhythms: [&[f32]; 3] = [&[2.0, 1.0, 1.0], &[1.5, 0.5, 2.0], &[3.0, -1.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abababac",
        rhythms: &rhythms,
        range: (7, 15),
        seed: 5,
    };
    reel.lay_tune(key, &tune.notes(), 0.3, |hz, seconds| held(hz, FLUTE, seconds, BREATH));
    let mut room = Room::new(1.6, 0.3);
    reel.through(|sample| room.next(sample));
    reel
}

/// A minor, 3/4, 132 a minute.
fn waltz() -> Reel {
    let key = Key { tonic: 57, mode: HARMONIC_MINOR };
    let chords = [0, 0, 3, 3, 4, 4, 0, 0, 5, 5, 3, 3, 4, 4, 0, 4];
    let mut reel = Reel::new(132.0, 48);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 3.0;
        let root = if bar % 2 == 0 { chord - 7 } else { chord - 3 };
        let bass = struck(key.hz(root), PIZZICATO, 0.9);
        reel.lay(beat, 0.5, &bass);
        for degree in close(triad(chord), 1) {
            let chord = struck(key.hz(degree), PIZZICATO, 0.5);
            reel.lay(beat + 1.0, 0.17, &chord);
            reel.lay(beat + 2.0, 0.14, &chord);
        }
    }
    let rhythms: [&[f32]; 4] = [&[2.0, 1.0], &[1.0, 1.0, 1.0], &[1.5, 0.5, 1.0], &[3.0]];
    let tune = Tune {
        chords: &chords,
        bar: 3.0,
        form: "abadabadcbcdabad",
        rhythms: &rhythms,
        range: (5, 14),
        seed: 23,
    };
    reel.lay_tune(key, &tune.notes(), 0.3, |hz, seconds| held(hz, CLARINET, seconds * 0.9, BREATH));
    let mut room = Room::new(1.1, 0.3);
    reel.through(|sample| room.next(sample));
    reel
}

/// G major, 4/4, 63 a minute: four strings, two chords a bar, and bells above them.
fn strings() -> Reel {
    let key = Key { tonic: 55, mode: MAJOR };
    let chords = [0, 4, 5, 2, 3, 0, 1, 4, 5, 3, 0, 4, 1, 4, 0, 4];
    let bow = Bow { attack: 0.25, release: 0.35, cents: 9.0 };
    let mut reel = Reel::new(63.0, 32);
    let mut noise = Noise::new(31);
    for (half, chord) in chords.into_iter().enumerate() {
        let beat = half as f32 * 2.0;
        let upper = close(triad(chord), 3);
        for (degree, gain) in [(chord - 7, 0.3)].into_iter().chain(upper.map(|at| (at, 0.16))) {
            let sound = held(key.hz(degree), STRINGS, reel.seconds(2.0), bow);
            reel.lay(beat, gain, &sound);
        }
        for step in 0..4 {
            if noise.below(4) > 0 {
                let degree = upper[noise.below(3) as usize] + 7;
                let bell = struck(key.hz(degree), BELL, 1.8);
                reel.lay(beat + step as f32 * 0.5, 0.11, &bell);
            }
        }
    }
    let mut room = Room::new(2.2, 0.35);
    reel.through(|sample| room.next(sample));
    reel
}
