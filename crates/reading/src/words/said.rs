//! What has been read so far, as tokens that keep their promises: words without white space, letters that are ASCII,
//! one pause at a time.

use super::Token;

/// Tokens in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said(Vec<Token>);

impl Said {
    /// Nothing.
    pub(super) fn new() -> Said {
        Said::default()
    }

    /// These words, parted by spaces.
    pub(super) fn of(words: &str) -> Said {
        let mut said = Said::new();
        said.say(words);
        said
    }

    /// Adds words, parted by spaces.
    pub(super) fn say(&mut self, words: &str) {
        self.0.extend(words.split_whitespace().map(|word| Token::Word(word.to_owned())));
    }

    /// Adds words and gives it back.
    pub(super) fn and(mut self, words: &str) -> Said {
        self.say(words);
        self
    }

    /// Adds what was read elsewhere and gives it back.
    pub(super) fn then(mut self, said: Said) -> Said {
        self.append(said);
        self
    }

    /// Adds letters that are named one by one; what isn't an ASCII letter is left out.
    pub(super) fn letters(&mut self, letters: &str) {
        let letters: String = letters.chars().filter(char::is_ascii_alphabetic).collect();
        if !letters.is_empty() {
            self.0.push(Token::Letters(letters.to_ascii_uppercase()));
        }
    }

    /// Adds a mark.
    pub(super) fn mark(&mut self, mark: char) {
        self.0.push(Token::Mark(mark));
    }

    /// Adds what was read elsewhere.
    pub(super) fn append(&mut self, said: Said) {
        self.0.extend(said.0);
    }

    /// Whether a sentence would begin behind it, where `before` says whether one would have before it.
    pub(super) fn begins(&self, before: bool) -> bool {
        let heard = |token: &&Token| !matches!(token, Token::Mark('(' | ')' | '“' | '”'));
        match self.0.iter().rev().find(heard) {
            Some(token) => matches!(token, Token::Mark('.' | '!' | '?' | '…')),
            None => before,
        }
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The word that stands last, to be changed (`five` to `fifth`).
    pub(super) fn last_word(&mut self) -> Option<&mut String> {
        match self.0.last_mut() {
            Some(Token::Word(word)) => Some(word),
            Some(Token::Letters(_) | Token::Phonemes(_) | Token::Mark(_)) | None => None,
        }
    }

    /// The tokens. Of pauses that follow each other the weightiest stays, and none comes first; brackets and quotes
    /// around nothing go.
    pub(super) fn into_tokens(self) -> Vec<Token> {
        let mut settled = Vec::with_capacity(self.0.len());
        for token in self.0 {
            match token {
                Token::Mark(mark) => settle(&mut settled, mark),
                token @ (Token::Word(_) | Token::Letters(_) | Token::Phonemes(_)) => {
                    settled.push(token);
                }
            }
        }
        settled
    }
}

fn settle(settled: &mut Vec<Token>, mark: char) {
    let last = match settled.last() {
        Some(Token::Mark(last)) => Some(*last),
        Some(Token::Word(_) | Token::Letters(_) | Token::Phonemes(_)) => None,
        None if matches!(mark, '(' | '“') => None,
        None => return,
    };
    match (last, mark) {
        (Some('('), ')') | (Some('“'), '”') => {
            settled.pop();
        }
        (Some('(' | '“'), mark) if weight(mark) > 0 => {}
        (Some(last), mark) if weight(mark) > 0 && weight(last) > 0 => {
            if weight(mark) > weight(last) {
                settled.pop();
                settled.push(Token::Mark(mark));
            }
        }
        (_, mark) => settled.push(Token::Mark(mark)),
    }
}

/// How much a pause weighs; 0 for what is none.
fn weight(mark: char) -> u8 {
    match mark {
        '?' => 5,
        '.' | '!' => 4,
        '…' => 3,
        ';' | ':' | '—' => 2,
        ',' => 1,
        _ => 0,
    }
}
