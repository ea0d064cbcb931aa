//! Whatever the tokens are: only the voice's symbols come out, no more than promised, and no space too many.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::alphabet::is_symbol;
use super::{Pronunciation, Token, Unknown, Whispers};

/// Gives back what it was asked.
struct Echo;

impl Unknown for Echo {
    fn read(&self, word: &str) -> Option<String> {
        Some(word.repeat(20))
    }
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        ".{0,20}".prop_map(Token::Word),
        "[a-zA-Z']{1,12}(s|ed|ing|'s|s')?".prop_map(Token::Word),
        "[A-Z]{1,8}s?".prop_map(Token::Word),
        prop::sample::select(vec![
            "the", "to", "read", "live", "a", "A", "used", "in", "resume", "n't", "'s", "'"
        ])
        .prop_map(|word| Token::Word(word.to_owned())),
        "[a-zA-Zé1]{0,9}".prop_map(Token::Letters),
        "[ˈˌaɪA-Z ]{0,9}|.{0,9}".prop_map(Token::Phonemes),
        prop::sample::select(".,;:!?—…()“”".chars().collect::<Vec<_>>()).prop_map(Token::Mark),
        any::<char>().prop_map(Token::Mark),
    ]
}

fn most(token: &Token) -> usize {
    match token {
        Token::Word(text) | Token::Letters(text) | Token::Phonemes(text) => {
            13 * text.chars().count()
        }
        Token::Mark(_) => 3,
    }
}

proptest! {
    #[test]
    fn only_symbols_of_the_voice_come_out_and_no_more_than_promised(tokens in vec(token(), 0..12)) {
        let unknown: [Option<&dyn Unknown>; 3] = [None, Some(&Whispers), Some(&Echo)];
        for unknown in unknown {
            let phonemes = Pronunciation::american(unknown).phonemes(&tokens);
            prop_assert!(phonemes.chars().all(is_symbol), "{phonemes}");
            prop_assert!(phonemes.chars().count() <= tokens.iter().map(most).sum(), "{phonemes}");
            prop_assert!(!phonemes.starts_with(' ') && !phonemes.ends_with(' '), "{phonemes}");
            prop_assert!(!phonemes.contains("  "), "{phonemes}");
        }
    }
}
