//! What the normaliser reads: 200 sentences of telephone calls, then each kind of thing, then anything at all.

mod anything;
mod formats;
mod kinds;

use std::fmt::Write as _;

use super::{Token, words};

/// Sentences, each with how it is spoken on the next line.
const SENTENCES: &str = include_str!("sentences.txt");

/// Tokens as they are written in tests: words plain, letters in angle brackets, marks as themselves.
fn shown(tokens: &[Token]) -> String {
    let shown: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => word.clone(),
            Token::Letters(letters) => format!("<{letters}>"),
            Token::Phonemes(phonemes) => format!("/{phonemes}/"),
            Token::Mark(mark) => mark.to_string(),
        })
        .collect();
    shown.join(" ")
}

#[test]
fn two_hundred_sentences_are_read_as_an_operator_would() {
    let mut lines = SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with("## "));
    let mut difference = String::new();
    let mut count = 0;
    while let Some(sentence) = lines.next() {
        let expected = lines.next().and_then(|line| line.strip_prefix("  = "));
        let expected = expected.unwrap_or_else(|| panic!("no words under '{sentence}'"));
        let spoken = shown(&words(sentence));
        count += 1;
        if spoken != expected {
            let _ = writeln!(difference, "  {sentence}\n- {expected}\n+ {spoken}\n");
        }
    }
    assert!(count >= 200, "only {count} sentences");
    assert!(difference.is_empty(), "read differently than expected (+):\n{difference}");
}
