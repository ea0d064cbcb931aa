//! A sentence: its words from the last to the first, then put together with its marks.

use super::alphabet::{Next, is_symbol};
use super::endings::Ending;
use super::pieces;
use super::word::{Ahead, Asked, Words};
use super::{PER_CHARACTER, Unknown, stress};
use crate::words::Token;

/// The phonemes of `tokens`.
pub(super) fn read(tokens: &[Token], unknown: Option<&dyn Unknown>) -> String {
    let tags = pieces::tags(tokens);
    let words = Words { unknown };
    let mut ahead = Ahead { next: Next::Pause, to: false };
    let mut heard = Vec::with_capacity(tokens.len());
    let mut has_s = false;
    for (at, (token, tag)) in tokens.iter().zip(tags).enumerate().rev() {
        let mut phonemes = match token {
            Token::Word(word) if is_s(word) && follows_letters(tokens, at) => {
                has_s = true;
                heard.push(String::new());
                continue;
            }
            Token::Word(word) => clipped(words.read(Asked { word, tag, ahead }), word),
            Token::Letters(letters) => {
                stress::initials(letters.chars().filter_map(super::word::letter))
            }
            Token::Phonemes(phonemes) => phonemes.trim().to_owned(),
            Token::Mark(mark) => mark.to_string(),
        };
        if std::mem::take(&mut has_s) {
            phonemes = Ending::S.after(phonemes);
        }
        let to = matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("to"));
        ahead = Ahead { next: ahead.next.before(&phonemes), to };
        heard.push(phonemes);
    }
    joined(tokens, heard.into_iter().rev())
}

/// Whether it is the ending of what stands before it (`PDF` `'s`).
fn is_s(word: &str) -> bool {
    matches!(word, "'s" | "’s")
}

fn follows_letters(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    matches!(before, Some(Token::Letters(_) | Token::Phonemes(_)))
}

/// No more than [`PER_CHARACTER`] symbols for each character of `word`.
fn clipped(phonemes: String, word: &str) -> String {
    let most = PER_CHARACTER * word.chars().count();
    match phonemes.char_indices().nth(most) {
        Some((end, _)) => phonemes[..end].to_owned(),
        None => phonemes,
    }
}

/// Words parted by spaces; marks right behind what they close and before what they open.
fn joined(tokens: &[Token], heard: impl Iterator<Item = String>) -> String {
    let mut sentence = String::new();
    let mut opened = true;
    for (token, phonemes) in tokens.iter().zip(heard) {
        let place = match token {
            Token::Mark(mark) => Place::of(*mark),
            Token::Word(_) | Token::Letters(_) | Token::Phonemes(_) => Place::Between,
        };
        let known: String = phonemes.chars().map(sounded).filter(|it| is_symbol(*it)).collect();
        let mut parts = known.split_whitespace();
        let Some(first) = parts.next() else { continue };
        let parted = match place {
            Place::Between | Place::Before => !opened,
            Place::Behind => false,
        };
        if parted {
            sentence.push(' ');
        }
        sentence.push_str(first);
        for part in parts {
            sentence.push(' ');
            sentence.push_str(part);
        }
        opened = place == Place::Before;
    }
    sentence
}

/// The voice's symbols for the tapped `t` and the one held in the throat.
fn sounded(symbol: char) -> char {
    match symbol {
        'ɾ' => 'T',
        'ʔ' => 't',
        symbol => symbol,
    }
}

/// Where a token stands among the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A space before and behind it.
    Between,
    /// Right before the next one.
    Before,
    /// Right behind the one before.
    Behind,
}

impl Place {
    fn of(mark: char) -> Place {
        match mark {
            '(' | '“' => Place::Before,
            '—' => Place::Between,
            _ => Place::Behind,
        }
    }
}
