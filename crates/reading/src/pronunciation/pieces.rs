//! Tokens as the tagger was taught to see them: what an apostrophe parts of a word is a piece of its own.

use super::heteronyms;
use super::tag::Tag;
use super::tagger::{self, Piece};
use crate::words::Token;

/// What an apostrophe parts of a word.
const CLITICS: [&str; 7] = ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"];

/// The part of speech of each token; that of marks and of phonemes means nothing.
pub(super) fn tags(tokens: &[Token]) -> Vec<Tag> {
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut heads = Vec::with_capacity(tokens.len());
    for token in tokens {
        let first = pieces.len();
        let second_weighs_more = match token {
            Token::Word(word) => add(word, &mut pieces),
            Token::Letters(letters) => single(&mut pieces, Piece::Word(letters.to_uppercase())),
            // What is given as phonemes is mostly a name.
            Token::Phonemes(_) => single(&mut pieces, Piece::Word("Xx".to_owned())),
            Token::Mark(mark) => single(&mut pieces, Piece::Mark(*mark)),
        };
        heads.push(first + usize::from(second_weighs_more));
    }
    let mut tags = tagger::tag(&pieces);
    heteronyms::correct(&pieces, &mut tags);
    heads.into_iter().map(|head| tags[head].unwrap_or(Tag::Noun)).collect()
}

fn single(pieces: &mut Vec<Piece>, piece: Piece) -> bool {
    pieces.push(piece);
    false
}

/// Adds a word's pieces; gives whether its second one weighs more (`isn't` goes by `n't`).
fn add(word: &str, pieces: &mut Vec<Piece>) -> bool {
    let word = word.replace(['’', '‘'], "'");
    let parted = CLITICS.iter().find_map(|clitic| {
        let at = word.len().checked_sub(clitic.len()).filter(|at| *at > 0)?;
        let (stem, end) = word.split_at_checked(at)?;
        end.eq_ignore_ascii_case(clitic).then_some((stem, end))
    });
    let Some((stem, end)) = parted else {
        return single(pieces, Piece::Word(word));
    };
    pieces.push(Piece::Word(stem.to_owned()));
    pieces.push(Piece::Word(end.to_owned()));
    weight(end) > weight(stem)
}

/// Capitals count twice.
fn weight(piece: &str) -> usize {
    piece.chars().map(|c| if c.is_uppercase() { 2 } else { 1 }).sum()
}
