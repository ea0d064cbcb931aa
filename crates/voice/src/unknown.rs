//! Words that no lexicon has: a small network reads them letter by letter, as it was taught with 400,000 words.
//!
//! It gives four slots a letter, each a phoneme or none; equal neighbours are one phoneme (connectionist temporal
//! classification, <https://doi.org/10.1145/1143844.1143891>).

use reading::Unknown;
use rten::op_registry;

use crate::alphabet;
use crate::network::{Input, Network, Output};

/// The letters that it knows; a letter's number is its place, from 1.
const LETTERS: &str = include_str!("../data/unknown.letters");
/// The phonemes that it gives; a phoneme's number is its place, from 1, and 0 is none.
const PHONEMES: &str = include_str!("../data/unknown.phonemes");
/// Most letters that it reads at once.
const LONGEST: usize = 24;
/// Parts of a longer word that are read; what lies behind isn't.
const MOST_PARTS: usize = 8;
/// How far from its middle a part may end, so that it ends where a syllable does, in letters.
const LEEWAY: usize = 4;

/// Reads words that no lexicon has; the network is read at the first such word (about 10 ms) and kept (about 12 MB).
///
/// Blocks for about a millisecond a word, on one core. Nothing is remembered.
pub struct UnknownWords {
    network: Network,
}

impl UnknownWords {
    /// American English.
    pub const fn new() -> UnknownWords {
        UnknownWords { network: Network::new(include_bytes!("../data/unknown.onnx"), operators) }
    }

    fn part(&self, letters: &[i32]) -> Option<String> {
        let slots = self.network.run(&[("chars", Input::Numbers(letters))]).ok()?;
        let slots = Output::<i32>::of(slots.into_iter().next()).ok()?;
        Some(collapsed(&slots.values))
    }
}

impl Default for UnknownWords {
    fn default() -> UnknownWords {
        UnknownWords::new()
    }
}

impl Unknown for UnknownWords {
    /// Reads up to 192 letters; what isn't a letter it knows is left out. `None` where nothing is left, or nothing is
    /// heard of it.
    fn read(&self, word: &str) -> Option<String> {
        let known: Vec<(char, i32)> =
            word.chars().filter_map(|letter| Some((letter, number(letter)?))).collect();
        let mut phonemes = String::new();
        for part in parts(&known).take(MOST_PARTS) {
            let numbers: Vec<i32> = part.iter().map(|&(_, number)| number).collect();
            phonemes.push_str(&self.part(&numbers)?);
        }
        phonemes.chars().any(alphabet::is_heard).then_some(phonemes)
    }
}

fn number(letter: char) -> Option<i32> {
    let place = LETTERS.trim_end().chars().position(|known| known == letter)?;
    i32::try_from(place + 1).ok()
}

/// The phonemes of slots. What the voice's alphabet doesn't have is left out, as are spaces and parentheses: a word is one.
fn collapsed(slots: &[i32]) -> String {
    let before = std::iter::once(0).chain(slots.iter().copied());
    let changed = slots.iter().zip(before).filter(|&(&slot, before)| slot != before);
    let places = changed.filter_map(|(&slot, _)| usize::try_from(slot).ok()?.checked_sub(1));
    places
        .filter_map(|place| PHONEMES.trim_end_matches('\n').chars().nth(place))
        .filter(|&symbol| alphabet::is_heard(symbol) || matches!(symbol, 'ˈ' | 'ˌ'))
        .collect()
}

/// A word in parts of at most [`LONGEST`] letters, of about the same length.
fn parts(word: &[(char, i32)]) -> impl Iterator<Item = &[(char, i32)]> {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, behind) = rest.split_at(cut(rest));
        rest = behind;
        Some(part)
    })
}

/// Where the first part of `word` ends: at a syllable's end if there is one nearby.
fn cut(word: &[(char, i32)]) -> usize {
    let count = word.len().div_ceil(LONGEST);
    if count <= 1 {
        return word.len();
    }
    let even = word.len() / count;
    let nearby = (0..=LEEWAY).flat_map(|away| [even.saturating_sub(away), even + away]);
    nearby
        .filter(|&at| (1..=LONGEST).contains(&at))
        .find(|&at| is_syllable_end(word, at))
        .unwrap_or_else(|| even.clamp(1, LONGEST))
}

/// Whether a consonant that a vowel follows begins at `at`, behind a vowel or another consonant.
fn is_syllable_end(word: &[(char, i32)], at: usize) -> bool {
    let is_vowel =
        |at: usize| word.get(at).is_some_and(|(letter, _)| "aeiouyAEIOUY".contains(*letter));
    at + 1 < word.len() && !is_vowel(at) && is_vowel(at + 1)
}

/// What the network consists of; other operators stay out of the binary.
fn operators() -> rten::OpRegistry {
    op_registry!(
        Add,
        ArgMax,
        Cast,
        Concat,
        Div,
        Erf,
        Gather,
        LayerNormalization,
        MatMul,
        Mul,
        Pow,
        Reshape,
        Shape,
        Slice,
        Softmax,
        Transpose,
        Unsqueeze
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(word: &str) -> Vec<usize> {
        let letters: Vec<(char, i32)> = word.chars().map(|letter| (letter, 1)).collect();
        parts(&letters).map(<[_]>::len).collect()
    }

    #[test]
    fn long_words_are_parted_where_a_syllable_ends() {
        assert_eq!(lengths("word"), [4]);
        assert_eq!(lengths("abcdefghijklmnopqrstuvwx"), [24]);
        // donaudampfschiff|fahrtsgesellschaft
        assert_eq!(lengths("donaudampfschifffahrtsgesellschaft"), [16, 18]);
        assert_eq!(lengths(&"x".repeat(50)), [16, 17, 17]);
        assert!(lengths(&"banana".repeat(50)).iter().all(|&length| length <= LONGEST));
    }

    #[test]
    fn slots_become_phonemes() {
        let place = |symbol: char| {
            let place = PHONEMES.chars().position(|known| known == symbol);
            i32::try_from(place.expect("known") + 1).expect("small")
        };
        let slots = [0, place('k'), place('k'), 0, place('k'), place(' '), place('ˈ'), place('æ')];
        assert_eq!(collapsed(&slots), "kkˈæ");
        assert_eq!(collapsed(&[-1, 1_000_000, 0]), "");
    }
}
