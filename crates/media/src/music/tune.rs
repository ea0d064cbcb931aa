//! Tunes made by rule: notes of the chord on the strong beats, steps between them, and bars that answer each other.

use super::noise::Noise;

/// One note of a tune.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    /// When, in beats from the beginning.
    pub(super) beat: f32,
    /// How long, in beats.
    pub(super) length: f32,
    pub(super) degree: i32,
    /// How loud, about 1.
    pub(super) accent: f32,
}

/// What a tune is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tune<'a> {
    /// Root of the triad of each bar, over and over.
    pub(super) chords: &'a [i32],
    /// Beats of a bar.
    pub(super) bar: f32,
    /// A letter for each bar: bars of one letter have one rhythm and move alike.
    pub(super) form: &'a str,
    /// Lengths in beats of bar a, bar b and so on; a negative one is a rest.
    pub(super) rhythms: &'a [&'a [f32]],
    /// Lowest and highest degree, at least an octave apart.
    pub(super) range: (i32, i32),
    /// Another tune by the same rule.
    pub(super) seed: u32,
}

impl Tune<'_> {
    /// The notes, in order.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut degree = i32::midpoint(self.range.0, self.range.1);
        for (bar, letter) in self.form.bytes().enumerate() {
            let letter = usize::from(letter - b'a');
            let mut noise = Noise::new(self.seed + 97 * letter as u32);
            let chord = self.chords[bar % self.chords.len()];
            let mut offset = 0.0_f32;
            for length in self.rhythms[letter % self.rhythms.len()] {
                if *length > 0.0 {
                    let is_strong = (offset / 2.0).fract() < 0.01;
                    degree = if is_strong {
                        self.chord_note(chord, degree + noise.below(5) - 2)
                    } else {
                        self.step(degree, &mut noise)
                    };
                    let accent = if is_strong { 1.0 } else { 0.8 };
                    let beat = bar as f32 * self.bar + offset;
                    notes.push(Note { beat, length: *length, degree, accent });
                }
                offset += length.abs();
            }
        }
        notes
    }

    /// The note of the triad that is nearest.
    fn chord_note(&self, chord: i32, wanted: i32) -> i32 {
        let (low, high) = self.range;
        (low..=high)
            .filter(|degree| matches!((degree - chord).rem_euclid(7), 0 | 2 | 4))
            .min_by_key(|degree| (degree - wanted).abs())
            .unwrap_or(low)
    }

    fn step(&self, degree: i32, noise: &mut Noise) -> i32 {
        let next = degree + if noise.below(2) == 0 { 1 } else { -1 };
        if (self.range.0..=self.range.1).contains(&next) { next } else { 2 * degree - next }
    }
}
