//! Soft rock: an evening at the electric piano, a ballad in six eighths, and an acoustic guitar by the sea.

use super::drums::{Beat, Kit, lay_beats};
use super::effect::Room;
use super::noise::Noise;
use super::pitch::{Key, MAJOR, close, seventh, triad};
use super::reel::Reel;
use super::tune::Tune;
use super::voice::{
    BASS, Bow, CLARINET, ELECTRIC_PIANO, FLUTE, PAD, PIANO, Pluck, STRINGS, held, plucked, struck,
};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(evening()),
        2 => Some(ballad()),
        3 => Some(by_the_sea()),
        _ => None,
    }
}

const SUNG: Bow = Bow { attack: 0.06, release: 0.15, cents: 4.0 };

/// A chord that is held under the others.
fn cushion(reel: &mut Reel, key: Key, beat: f32, beats: f32, degrees: &[i32], gain: f32) {
    let bow = Bow { attack: 0.6, release: 0.7, cents: 10.0 };
    for degree in degrees {
        let sound = held(key.hz(*degree), PAD, reel.seconds(beats), bow);
        reel.lay(beat, gain, &sound);
    }
}

/// E-flat major, 4/4, 84 a minute.
fn evening() -> Reel {
    let key = Key { tonic: 63, mode: MAJOR };
    let chords = [0, 5, 1, 4, 2, 5, 3, 4, 0, 3];
    let mut reel = Reel::new(84.0, 40);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 4.0;
        let upper = close(seventh(chord), -3);
        for (at, gain) in [(0.0, 0.2), (1.5, 0.13), (2.5, 0.15), (3.5, 0.1)] {
            for degree in upper {
                let sound = struck(key.hz(degree), ELECTRIC_PIANO, reel.seconds(1.5));
                reel.lay(beat + at, gain, &sound);
            }
        }
        for (at, above) in [(0.0, 0), (1.5, 0), (2.0, 4), (3.5, 6)] {
            let sound = struck(key.hz(chord - 7 + above), BASS, reel.seconds(0.9));
            reel.lay(beat + at, 0.4, &sound);
        }
        cushion(&mut reel, key, beat, 4.0, &upper, 0.03);
    }
    let rhythms: [&[f32]; 3] = [&[1.5, 0.5, 1.0, 1.0], &[1.0, 1.0, 2.0], &[-2.0, 1.0, 1.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abacabacab",
        rhythms: &rhythms,
        range: (4, 12),
        seed: 149,
    };
    reel.lay_tune(key, &tune.notes(), 0.26, |hz, seconds| held(hz, CLARINET, seconds * 0.9, SUNG));
    let kit = Kit::new(151);
    lay_beats(
        &mut reel,
        10,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.5, steps: "x......x..x....." },
            Beat { sound: &kit.rim, gain: 0.3, steps: "....x.......x..." },
            Beat { sound: &kit.shaker, gain: 0.13, steps: "x.o.x.o.x.o.x.o." },
        ],
    );
    let mut room = Room::new(1.3, 0.25);
    reel.through(|sample| room.next(sample));
    reel
}

/// F major, 6/8, 150 eighths a minute.
fn ballad() -> Reel {
    let key = Key { tonic: 65, mode: MAJOR };
    let chords = [0, 4, 5, 2, 3, 0, 1, 4, 5, 3, 0, 4];
    let mut reel = Reel::new(150.0, 72);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 6.0;
        let [low, middle, high] = close(triad(chord), -4);
        let figure = [low, middle, high, low + 7, high, middle];
        for (step, degree) in figure.into_iter().enumerate() {
            let gain = if step % 3 == 0 { 0.26 } else { 0.18 };
            let sound = struck(key.hz(degree), PIANO, reel.seconds(3.0));
            reel.lay(beat + step as f32, gain, &sound);
        }
        let sound = struck(key.hz(chord - 14), BASS, reel.seconds(5.0));
        reel.lay(beat, 0.45, &sound);
        let bow = Bow { attack: 0.7, release: 0.7, cents: 9.0 };
        for degree in [low, high] {
            let sound = held(key.hz(degree + 7), STRINGS, reel.seconds(6.0), bow);
            reel.lay(beat, 0.06, &sound);
        }
    }
    let rhythms: [&[f32]; 3] = [&[4.0, 1.0, 1.0], &[2.0, 1.0, 3.0], &[5.0, -1.0]];
    let tune = Tune {
        chords: &chords,
        bar: 6.0,
        form: "abacabacabac",
        rhythms: &rhythms,
        range: (2, 10),
        seed: 157,
    };
    reel.lay_tune(key, &tune.notes(), 0.3, |hz, seconds| held(hz, FLUTE, seconds, SUNG));
    let kit = Kit::new(163);
    lay_beats(
        &mut reel,
        12,
        6.0,
        &[
            Beat { sound: &kit.kick, gain: 0.45, steps: "x....o" },
            Beat { sound: &kit.snare, gain: 0.25, steps: "...x.." },
            Beat { sound: &kit.hat, gain: 0.1, steps: "xooxoo" },
        ],
    );
    let mut room = Room::new(1.8, 0.3);
    reel.through(|sample| room.next(sample));
    reel
}

/// A strum's strings, in a hand's order, and where the plectrum goes: down, up, or past them.
const STRUM: &str = "d.dud.du";

/// A major, 4/4, 104 a minute.
fn by_the_sea() -> Reel {
    let key = Key { tonic: 57, mode: MAJOR };
    let chords = [0, 4, 1, 3, 0, 4, 5, 3, 1, 3, 0, 4];
    let steel = Pluck { decay: 1.6, brightness: 0.55 };
    let mut reel = Reel::new(104.0, 48);
    let mut noise = Noise::new(167);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 4.0;
        let [low, middle, high] = close(triad(chord), 0);
        let strings = [low, middle, high, low + 7, middle + 7];
        for (step, stroke) in STRUM.bytes().enumerate().filter(|(_, stroke)| *stroke != b'.') {
            for (string, degree) in strings.into_iter().enumerate() {
                let after = if stroke == b'd' { string } else { strings.len() - 1 - string };
                let gain = if stroke == b'd' { 0.24 } else { 0.15 } * noise.about(0.2);
                let sound = plucked(key.hz(degree), reel.seconds(0.9), steel, &mut noise);
                reel.lay(beat + step as f32 * 0.5 + 0.018 * after as f32, gain, &sound);
            }
        }
        for (at, above) in [(0.0, 0), (2.0, 4), (3.0, 0)] {
            let sound = struck(key.hz(chord - 7 + above), BASS, reel.seconds(1.0));
            reel.lay(beat + at, 0.4, &sound);
        }
        cushion(&mut reel, key, beat, 4.0, &[low + 7, high + 7], 0.06);
    }
    let rhythms: [&[f32]; 3] = [&[2.0, 0.5, 0.5, 1.0], &[3.0, -1.0], &[1.0, 1.0, 1.0, 1.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abcbabcbabcb",
        rhythms: &rhythms,
        range: (7, 15),
        seed: 173,
    };
    reel.lay_tune(key, &tune.notes(), 0.28, |hz, seconds| {
        struck(hz, ELECTRIC_PIANO, seconds + 0.8)
    });
    let kit = Kit::new(179);
    lay_beats(
        &mut reel,
        12,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.5, steps: "x...x..." },
            Beat { sound: &kit.snare, gain: 0.25, steps: "..x...x." },
            Beat { sound: &kit.shaker, gain: 0.14, steps: "xoxoxoxo" },
        ],
    );
    let mut room = Room::new(1.0, 0.2);
    reel.through(|sample| room.next(sample));
    reel
}
