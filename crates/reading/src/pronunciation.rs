//! Words as phonemes of the voice's alphabet (that of misaki and Kokoro).
//!
//! A sentence is read from its end, since a word sounds as what follows asks: `the` before a vowel, `to` before a pause.
//! A word is looked up in our own list, among words whose reading is their function, in the lexicon, without its
//! ending, as a compound; what is left is read by [`Unknown`], else spelled. Other scripts are left out.

mod alphabet;
mod compounds;
mod endings;
mod functions;
mod heteronyms;
mod ipa;
mod latin;
mod ours;
mod pieces;
mod sentence;
mod stress;
mod tag;
mod tagger;
mod word;

pub use ipa::from_ipa;

use crate::words::Token;

/// Most symbols of a word for each of its characters: no longer reading of an [`Unknown`] is taken whole, and no other
/// is longer (the name of `w` has eight).
const PER_CHARACTER: usize = 12;

/// Reads words that no lexicon has.
pub trait Unknown: Send + Sync {
    /// Its phonemes with stress, of the voice's alphabet; `None` where it has no guess: it is spelled then.
    fn read(&self, word: &str) -> Option<String>;
}

/// English pronunciation.
pub struct Pronunciation<'u> {
    unknown: Option<&'u dyn Unknown>,
}

impl<'u> Pronunciation<'u> {
    /// American English; `unknown` reads what the lexicon doesn't have.
    pub fn american(unknown: Option<&'u dyn Unknown>) -> Pronunciation<'u> {
        Pronunciation { unknown }
    }

    /// The phonemes of a sentence, with a space between words and its marks (`həlˈO ðˈɛɹ.`): symbols of the voice's
    /// alphabet only, at most 13 for each character of a word, and 3 for a mark.
    pub fn phonemes(&self, tokens: &[Token]) -> String {
        sentence::read(tokens, self.unknown)
    }
}

#[cfg(test)]
mod tests;
