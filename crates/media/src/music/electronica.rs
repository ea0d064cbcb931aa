//! Electronica: sixteenths of a saw tooth, an electric piano at walking pace, and chords between the beats.

use super::drums::{Beat, Kit, lay_beats};
use super::effect::Room;
use super::pitch::{DORIAN, Key, MINOR, close, seventh, triad};
use super::reel::Reel;
use super::tune::Tune;
use super::voice::{Bow, ELECTRIC_PIANO, FLUTE, GLASS, PAD, SAW, SQUARE, held, struck};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(sixteenths()),
        2 => Some(walking_pace()),
        3 => Some(between_the_beats()),
        _ => None,
    }
}

/// A bass that plays `x` on the root and `o` an octave above it.
fn bass_line(reel: &mut Reel, key: Key, chords: &[i32], steps: &str, gain: f32) {
    let step = 4.0 / steps.len() as f32;
    for (bar, chord) in chords.iter().enumerate() {
        for (index, letter) in steps.bytes().enumerate() {
            let degree = match letter {
                b'x' => *chord,
                b'o' => chord + 7,
                _ => continue,
            };
            let sound = struck(key.hz(degree), SQUARE, reel.seconds(step * 1.6));
            reel.lay(bar as f32 * 4.0 + index as f32 * step, gain, &sound);
        }
    }
}

/// A minor, 110 a minute.
fn sixteenths() -> Reel {
    let key = Key { tonic: 57, mode: MINOR };
    let chords = [0, 0, 5, 5, 2, 2, 6, 6, 0, 0, 5, 5, 3, 3, 4, 6];
    let mut reel = Reel::new(110.0, 64);
    let mut lead = reel.blank();
    for (bar, chord) in chords.into_iter().enumerate() {
        let [low, middle, high] = close(triad(chord), 2);
        let figure = [low, middle, high, low + 7, high, middle, low + 7, high];
        for step in 0..16 {
            let gain = if step % 4 == 0 { 0.22 } else { 0.15 };
            let sound = struck(key.hz(figure[step % 8]), SAW, 0.35);
            lead.lay(bar as f32 * 4.0 + step as f32 * 0.25, gain, &sound);
        }
        for degree in [low, middle, high] {
            let bow = Bow { attack: 0.3, release: 0.4, cents: 12.0 };
            let sound = held(key.hz(degree), PAD, reel.seconds(4.0), bow);
            reel.lay(bar as f32 * 4.0, 0.06, &sound);
        }
    }
    lead.echo(0.75, 0.35, 3);
    reel.add(&lead, 1.0);
    bass_line(&mut reel, key, &chords.map(|chord| chord - 7), "x.x.x.xo", 0.3);
    let kit = Kit::new(61);
    lay_beats(
        &mut reel,
        16,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.7, steps: "x...x...x...x..." },
            Beat { sound: &kit.hat, gain: 0.18, steps: "..x...x...x...xo" },
            Beat { sound: &kit.rim, gain: 0.22, steps: "....x.......x..o" },
        ],
    );
    reel
}

/// D, dorian, 92 a minute.
fn walking_pace() -> Reel {
    let key = Key { tonic: 62, mode: DORIAN };
    let chords = [0, 3, 0, 3, 6, 2, 1, 4, 0, 3];
    let mut reel = Reel::new(92.0, 40);
    for (bar, chord) in chords.into_iter().enumerate() {
        let beat = bar as f32 * 4.0;
        for (at, gain) in [(0.0, 0.2), (1.5, 0.12), (2.75, 0.15)] {
            for degree in close(seventh(chord), -3) {
                let sound = struck(key.hz(degree), ELECTRIC_PIANO, reel.seconds(1.6));
                reel.lay(beat + at, gain, &sound);
            }
        }
    }
    bass_line(&mut reel, key, &chords.map(|chord| chord - 7), "x..x..o.x....x..", 0.32);
    let mut lead = reel.blank();
    let rhythms: [&[f32]; 2] = [&[0.75, 0.75, 0.5, -2.0], &[-1.0, 1.0, 0.5, 1.5]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "ababababab",
        rhythms: &rhythms,
        range: (4, 12),
        seed: 67,
    };
    let bow = Bow { attack: 0.03, release: 0.1, cents: 5.0 };
    lead.lay_tune(key, &tune.notes(), 0.2, |hz, seconds| held(hz, FLUTE, seconds * 0.8, bow));
    lead.echo(0.75, 0.5, 4);
    reel.add(&lead, 1.0);
    let kit = Kit::new(71);
    lay_beats(
        &mut reel,
        10,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.7, steps: "x......x..x....." },
            Beat { sound: &kit.snare, gain: 0.4, steps: "....x.......x..." },
            Beat { sound: &kit.shaker, gain: 0.16, steps: "xoxoxoxoxoxoxoxo" },
        ],
    );
    let mut room = Room::new(1.2, 0.2);
    reel.through(|sample| room.next(sample));
    reel
}

/// C minor, 122 a minute.
fn between_the_beats() -> Reel {
    let key = Key { tonic: 60, mode: MINOR };
    let chords = [0, 0, 3, 3, 5, 5, 6, 4, 0, 0, 3, 3, 5, 6, 2, 4];
    let mut reel = Reel::new(122.0, 64);
    let mut stabs = reel.blank();
    for (bar, chord) in chords.into_iter().enumerate() {
        for (step, letter) in "..x...x..x..x...".bytes().enumerate() {
            if letter == b'x' {
                for degree in close(seventh(chord), 0) {
                    let sound = struck(key.hz(degree), SAW, 0.22);
                    stabs.lay(bar as f32 * 4.0 + step as f32 * 0.25, 0.15, &sound);
                }
            }
        }
        let bow = Bow { attack: 0.8, release: 0.8, cents: 8.0 };
        let high = held(key.hz(chord + 11), GLASS, reel.seconds(4.0), bow);
        reel.lay(bar as f32 * 4.0, 0.08, &high);
    }
    stabs.echo(0.75, 0.3, 2);
    reel.add(&stabs, 1.0);
    bass_line(&mut reel, key, &chords.map(|chord| chord - 7), "x..x..x...x.o.x.", 0.34);
    let kit = Kit::new(73);
    lay_beats(
        &mut reel,
        16,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.75, steps: "x...x...x...x..." },
            Beat { sound: &kit.open_hat, gain: 0.13, steps: "..x...x...x...x." },
            Beat { sound: &kit.snare, gain: 0.28, steps: "....x.......x..." },
            Beat { sound: &kit.hat, gain: 0.1, steps: "xxxxxxxxxxxxxxxx" },
        ],
    );
    reel
}
