//! Keys, and the chords in them. Pitches are MIDI's numbers (69 is a' at 440 Hz), equally tempered.

/// Semitones of the seven degrees of a mode above its first.
pub(super) type Mode = [i32; 7];

pub(super) const MAJOR: Mode = [0, 2, 4, 5, 7, 9, 11];
pub(super) const MINOR: Mode = [0, 2, 3, 5, 7, 8, 10];
pub(super) const HARMONIC_MINOR: Mode = [0, 2, 3, 5, 7, 8, 11];
pub(super) const DORIAN: Mode = [0, 2, 3, 5, 7, 9, 10];
pub(super) const LYDIAN: Mode = [0, 2, 4, 6, 7, 9, 11];
pub(super) const MIXOLYDIAN: Mode = [0, 2, 4, 5, 7, 9, 10];

/// A key: degrees are counted from 0, seven to the octave, downwards below zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// MIDI's number of degree 0.
    pub(super) tonic: i32,
    pub(super) mode: Mode,
}

impl Key {
    /// Frequency of a degree.
    pub(super) fn hz(self, degree: i32) -> f32 {
        let step = self.mode[degree.rem_euclid(7) as usize];
        let note = self.tonic + 12 * degree.div_euclid(7) + step;
        440.0 * ((note - 69) as f32 / 12.0).exp2()
    }
}

/// The triad on a degree.
pub(super) const fn triad(root: i32) -> [i32; 3] {
    [root, root + 2, root + 4]
}

/// The chord of the seventh on a degree.
pub(super) const fn seventh(root: i32) -> [i32; 4] {
    [root, root + 2, root + 4, root + 6]
}

/// The same chord with all its notes within the octave from `low` on, lowest first: neighbouring chords move little.
pub(super) fn close<const N: usize>(chord: [i32; N], low: i32) -> [i32; N] {
    let mut voiced = chord.map(|degree| low + (degree - low).rem_euclid(7));
    voiced.sort_unstable();
    voiced
}
