//! Rock, at the volume of a waiting room: a riff in three chords, eighths that drive, and a shuffle of twelve bars.

use super::drums::{Beat, Kit, lay_beats};
use super::effect::{Filter, drive};
use super::pitch::{Key, MINOR, MIXOLYDIAN};
use super::reel::Reel;
use super::tune::Tune;
use super::voice::{BASS, Bow, GUITAR_LEAD, ORGAN, SAW, held, struck};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(riff()),
        2 => Some(driving()),
        3 => Some(shuffle()),
        _ => None,
    }
}

/// Root, fifth and octave at each `x`; `o` is the same with the sixth. A bar has four beats.
fn power_chords(reel: &mut Reel, key: Key, chords: &[i32], steps: &str, seconds: f32) {
    let step = 4.0 / steps.len() as f32;
    for (bar, chord) in chords.iter().enumerate() {
        for (index, letter) in steps.bytes().enumerate() {
            let fifth = match letter {
                b'x' => 4,
                b'o' => 5,
                _ => continue,
            };
            for degree in [*chord, chord + fifth, chord + 7] {
                let sound = struck(key.hz(degree), SAW, seconds);
                reel.lay(bar as f32 * 4.0 + index as f32 * step, 0.25, &sound);
            }
        }
    }
}

/// A guitar's amplifier: bent, and dull as a loudspeaker is.
fn amplified(reel: &mut Reel, gain: f32) {
    let mut speaker = Filter::low_pass(2_400.0, 0.8);
    reel.through(|sample| speaker.next(drive(sample, gain)));
}

fn bass(reel: &mut Reel, key: Key, chords: &[i32], walk: &[i32]) {
    let step = 4.0 / walk.len() as f32;
    for (bar, chord) in chords.iter().enumerate() {
        for (index, above) in walk.iter().enumerate() {
            let sound = struck(key.hz(chord + above), BASS, reel.seconds(step));
            reel.lay(bar as f32 * 4.0 + index as f32 * step, 0.5, &sound);
        }
    }
}

const SUNG: Bow = Bow { attack: 0.02, release: 0.08, cents: 6.0 };

/// A, mixolydian, 116 a minute.
fn riff() -> Reel {
    let key = Key { tonic: 57, mode: MIXOLYDIAN };
    let chords = [0, 6, 3, 0, 0, 6, 3, 3, 0, 6, 3, 0, 4, 3, 0, 4].map(|chord: i32| chord - 7);
    let mut reel = Reel::new(116.0, 64);
    let mut guitar = reel.blank();
    power_chords(&mut guitar, key, &chords.map(|chord| chord + 7), "x..x..x.x.x..x..", 0.3);
    amplified(&mut guitar, 2.5);
    reel.add(&guitar, 0.4);
    bass(&mut reel, key, &chords, &[0, 0, 0, 0, 0, 0, 4, 6]);
    let mut lead = reel.blank();
    let rhythms: [&[f32]; 3] = [&[1.0, 0.5, 0.5, 2.0], &[0.5, 0.5, 1.0, 2.0], &[-2.0, 1.0, 1.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "acabacabacabacab",
        rhythms: &rhythms,
        range: (5, 13),
        seed: 109,
    };
    lead.lay_tune(key, &tune.notes(), 0.3, |hz, seconds| held(hz, GUITAR_LEAD, seconds, SUNG));
    amplified(&mut lead, 2.0);
    lead.echo(1.0, 0.3, 2);
    reel.add(&lead, 0.35);
    let kit = Kit::new(113);
    lay_beats(
        &mut reel,
        16,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.8, steps: "x.....x.x......." },
            Beat { sound: &kit.snare, gain: 0.5, steps: "....x.......x..." },
            Beat { sound: &kit.hat, gain: 0.16, steps: "x.o.x.o.x.o.x.o." },
        ],
    );
    reel
}

/// E minor, 140 a minute.
fn driving() -> Reel {
    let key = Key { tonic: 52, mode: MINOR };
    let chords = [0, 0, 5, 5, 2, 2, 6, 6, 0, 0, 3, 3, 5, 5, 6, 6];
    let mut reel = Reel::new(140.0, 64);
    let mut guitar = reel.blank();
    power_chords(&mut guitar, key, &chords, "xxxxxxxx", 0.18);
    amplified(&mut guitar, 3.0);
    reel.add(&guitar, 0.45);
    bass(&mut reel, key, &chords, &[0; 8]);
    let mut organ = reel.blank();
    let rhythms: [&[f32]; 2] = [&[3.0, 1.0], &[2.0, 2.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abbaabbaabbaabba",
        rhythms: &rhythms,
        range: (9, 17),
        seed: 127,
    };
    organ.lay_tune(key, &tune.notes(), 0.25, |hz, seconds| held(hz, ORGAN, seconds, SUNG));
    reel.add(&organ, 0.8);
    let kit = Kit::new(131);
    lay_beats(
        &mut reel,
        16,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.8, steps: "x.....x.x.x....." },
            Beat { sound: &kit.snare, gain: 0.5, steps: "....x.......x..." },
            Beat { sound: &kit.hat, gain: 0.14, steps: "x.x.x.x.x.x.x.x." },
            Beat { sound: &kit.open_hat, gain: 0.06, steps: "..............x." },
        ],
    );
    reel
}

/// G, 108 a minute: the twelve bars that everybody knows, each beat in three.
fn shuffle() -> Reel {
    let key = Key { tonic: 55, mode: MIXOLYDIAN };
    let chords = [0, 3, 0, 0, 3, 3, 0, 0, 4, 3, 0, 4];
    let mut reel = Reel::new(108.0, 48);
    let mut guitar = reel.blank();
    power_chords(&mut guitar, key, &chords, "x.xo.ox.xo.o", 0.24);
    amplified(&mut guitar, 1.2);
    reel.add(&guitar, 0.4);
    bass(&mut reel, key, &chords.map(|chord| chord - 7), &[0, 2, 4, 5]);
    let third = 1.0 / 3.0;
    let answer = [-third, third, third, 2.0 * third, third, 2.0];
    let call = [2.0 * third, third, 2.0 * third, third, -2.0];
    let rhythms: [&[f32]; 3] = [&call, &answer, &[-4.0]];
    let tune = Tune {
        chords: &chords,
        bar: 4.0,
        form: "abcaabcaabcb",
        rhythms: &rhythms,
        range: (7, 15),
        seed: 137,
    };
    let mut lead = reel.blank();
    lead.lay_tune(key, &tune.notes(), 0.3, |hz, seconds| held(hz, GUITAR_LEAD, seconds, SUNG));
    amplified(&mut lead, 1.5);
    reel.add(&lead, 0.4);
    let kit = Kit::new(139);
    lay_beats(
        &mut reel,
        12,
        4.0,
        &[
            Beat { sound: &kit.kick, gain: 0.7, steps: "x.....x....." },
            Beat { sound: &kit.snare, gain: 0.45, steps: "...x.....x.." },
            Beat { sound: &kit.hat, gain: 0.16, steps: "x.ox.ox.ox.o" },
        ],
    );
    reel
}
