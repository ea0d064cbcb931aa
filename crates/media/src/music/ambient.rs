//! Ambient: slow chords that swell, a drone with a thumb piano, and wood that taps in fives.

use super::effect::Room;
use super::noise::Noise;
use super::pitch::{DORIAN, Key, LYDIAN, MAJOR, close, triad};
use super::reel::Reel;
use super::voice::{BELL, Bow, GLASS, KALIMBA, MARIMBA, PAD, held, struck};

pub(super) fn piece(number: u8) -> Option<Reel> {
    match number {
        1 => Some(swells()),
        2 => Some(drone()),
        3 => Some(fives()),
        _ => None,
    }
}

/// Degrees without the half steps of a major scale.
const PENTATONIC: [i32; 5] = [0, 1, 2, 4, 5];

/// A chord that comes and goes, and overlaps with the next.
fn swell(reel: &mut Reel, key: Key, beat: f32, beats: f32, harmonics: &[f32], degrees: &[i32]) {
    for degree in degrees {
        let seconds = reel.seconds(beats);
        let bow = Bow { attack: seconds * 0.4, release: seconds * 0.5, cents: 10.0 };
        let sound = held(key.hz(*degree), harmonics, seconds, bow);
        reel.lay(beat, 0.2, &sound);
    }
}

/// D major, a chord every eight seconds, and bells far away.
fn swells() -> Reel {
    let key = Key { tonic: 62, mode: MAJOR };
    let mut reel = Reel::new(60.0, 32);
    let chords = [[0, 4, 8, 9], [-2, 2, 5, 7], [-4, 0, 3, 8], [-3, 1, 4, 6]];
    for (index, chord) in chords.into_iter().enumerate() {
        swell(&mut reel, key, index as f32 * 8.0, 8.0, PAD, &chord);
    }
    let mut bells = reel.blank();
    let mut noise = Noise::new(41);
    for beat in 0..32 {
        if noise.below(3) == 0 {
            let degree = 7 + PENTATONIC[noise.below(5) as usize];
            let bell = struck(key.hz(degree), BELL, 3.0);
            bells.lay(beat as f32 + 0.5 * noise.below(2) as f32, 0.14, &bell);
        }
    }
    bells.echo(1.5, 0.5, 4);
    reel.add(&bells, 1.0);
    let mut room = Room::new(3.5, 0.5);
    reel.through(|sample| room.next(sample));
    reel
}

/// A, dorian: a fifth that never ends, and a thumb piano with its echo.
fn drone() -> Reel {
    let key = Key { tonic: 57, mode: DORIAN };
    let mut reel = Reel::new(54.0, 36);
    for index in 0..9 {
        let beat = index as f32 * 4.0;
        swell(&mut reel, key, beat, 4.0, GLASS, &[0, 4, 7]);
        let colour = [2, 5, 8][index % 3];
        swell(&mut reel, key, beat + 2.0, 4.0, GLASS, &[colour + 7]);
    }
    let mut thumbs = reel.blank();
    let mut noise = Noise::new(43);
    let mut degree = 7;
    for step in 0..72 {
        if noise.below(5) > 1 {
            degree = (degree + noise.below(5) - 2).clamp(4, 14);
            let sound = struck(key.hz(degree), KALIMBA, 1.6);
            thumbs.lay(step as f32 * 0.5, 0.3 * noise.about(0.3), &sound);
        }
    }
    thumbs.echo(0.75, 0.45, 4);
    reel.add(&thumbs, 0.8);
    let mut room = Room::new(3.0, 0.4);
    reel.through(|sample| room.next(sample));
    reel
}

/// F, lydian, 5/8: a figure on wood that grows and fades over slow chords.
fn fives() -> Reel {
    let key = Key { tonic: 65, mode: LYDIAN };
    let chords = [0, 1, 4, 2];
    let mut reel = Reel::new(100.0, 60);
    let mut noise = Noise::new(47);
    for (index, chord) in chords.into_iter().enumerate() {
        let beat = index as f32 * 15.0;
        let [low, middle, high] = close(triad(chord), -4);
        swell(&mut reel, key, beat, 15.0, PAD, &[low, middle, high, chord + 7]);
        let figure = [low, high, middle + 7, high, low + 7];
        for step in 0..30 {
            let loud = 0.3 + 0.2 * (step as f32 / 30.0 * std::f32::consts::PI).sin();
            let degree = figure[step % 5] + i32::from(step % 15 == 14);
            let sound = struck(key.hz(degree), MARIMBA, 0.9);
            reel.lay(beat + step as f32 * 0.5, loud * noise.about(0.2), &sound);
        }
    }
    let mut room = Room::new(2.5, 0.45);
    reel.through(|sample| room.next(sample));
    reel
}
