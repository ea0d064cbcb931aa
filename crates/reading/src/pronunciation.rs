//! Words as phonemes of the voice's alphabet (that of misaki and Kokoro).

use crate::words::Token;

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

    /// The phonemes of a sentence, with a space between words and its marks (`həlˈO ðˈɛɹ.`).
    pub fn phonemes(&self, tokens: &[Token]) -> String {
        let _ = (self.unknown, tokens);
        String::new()
    }
}
