//! Sentences and words as the voice hears them.

use super::*;

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for chunk in text.split_whitespace() {
        let word = chunk.trim_matches(|c| ".,;:!?—…()“”".contains(c));
        let (before, after) = chunk.split_once(word).unwrap_or((chunk, ""));
        tokens.extend(before.chars().map(Token::Mark));
        if !word.is_empty() {
            tokens.push(Token::Word(word.to_owned()));
        }
        tokens.extend(after.chars().map(Token::Mark));
    }
    tokens
}

fn said(text: &str) -> String {
    Pronunciation::american(None).phonemes(&tokens(text))
}

#[test]
fn a_sentence_has_spaces_between_words_and_marks_right_behind_them() {
    assert_eq!(said("Hello there."), "həlˈO ðˈɛɹ.");
}
