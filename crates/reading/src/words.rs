//! English text as words that are spoken: numbers, dates, money, addresses, abbreviations.
//!
//! The text is folded (`words/fold.rs`), parted into atoms (`words/atoms.rs`), and at each place the first of [`RULES`]
//! that knows what stands there reads it. A rule looks a bounded number of atoms ahead and takes at least one, so the
//! time is linear in the text. American English: "October twelfth, twenty nineteen", no "and" in "one hundred five".
//! It never looks a word up: what it doesn't know is a word for the pronunciation to find out about.

mod abbreviations;
mod atoms;
mod cues;
mod dates;
mod fold;
mod format;
mod identifiers;
mod money;
mod names;
mod numbers;
mod quantities;
mod said;
mod street;
mod symbols;
mod telephone;
#[cfg(test)]
mod tests;
mod times;
mod units;
mod web;

use self::atoms::{Found, Here, Text};
use self::cues::Cues;
use self::said::Said;
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
    running(&fold::fold(text)).into_tokens()
}

/// Text of a `<say-as>` as it is spoken; what doesn't look like its format is read as running text.
pub fn say_as(format: &Format, text: &str) -> Vec<Token> {
    format::spoken(format, text).into_tokens()
}

/// What one kind of thing is read as, where it stands.
type Rule = fn(Here<'_>) -> Option<Found>;

/// The kinds of things that are read, what is most particular first. The last four leave nothing over: any digits are a
/// number, any word a word, any other character a symbol.
const RULES: &[Rule] = &[
    dates::date,
    telephone::telephone,
    web::address,
    times::time,
    money::money,
    street::street,
    units::unit,
    identifiers::identifier,
    abbreviations::abbreviation,
    quantities::number,
    names::word,
    symbols::symbol,
];

/// Folded text as it is spoken.
fn running(folded: &str) -> Said {
    running_with(folded, &[])
}

/// Folded text as it is spoken, where `first` are asked before all other rules.
fn running_with(folded: &str, first: &[Rule]) -> Said {
    let text = Text::of(folded);
    let shouted = names::is_shouted(text.words());
    let mut said = Said::new();
    let mut cues = Cues::default();
    let mut after_quantity = false;
    let mut begins = true;
    let mut at = 0;
    while at < text.len() {
        let mut here = Here::new(&text, at);
        if at > 0 && here.ends(0) {
            said.mark('.');
            begins = true;
        }
        here.cue = cues.now();
        here.after_quantity = after_quantity;
        here.begins = begins;
        here.shouted = shouted;
        let found = first.iter().chain(RULES).find_map(|rule| rule(here));
        let Some(Found { atoms, said: read, quantity }) = found else {
            at += 1;
            continue;
        };
        cues.pass(here, atoms);
        after_quantity = quantity;
        begins = read.begins(begins);
        said.append(read);
        at += atoms;
    }
    said
}
