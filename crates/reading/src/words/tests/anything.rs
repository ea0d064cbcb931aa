//! Any text at all: it ends, in bounds, and every token keeps its promise.
//!
//! That the time is linear follows from how the text is read: a rule looks at most [`super::super::web`]'s 254 atoms
//! ahead, of a dozen rules one takes an atom, and nothing is looked at again. The large inputs here would not end
//! within a test's patience if a rule looked to the end of the text at each place.

use proptest::prelude::*;

use super::super::{Token, say_as, words};
use crate::script::Format;

/// Most tokens of a text: this many a character, and a few.
const A_CHARACTER: usize = 16;

const FEW: usize = 16;

fn formats() -> Vec<Format> {
    vec![
        Format::Characters,
        Format::Digits,
        Format::Cardinal,
        Format::Ordinal,
        Format::Date("mdy".to_owned()),
        Format::Date(String::new()),
        Format::Time,
        Format::Telephone,
        Format::Currency,
        Format::Fraction,
        Format::Unit,
        Format::Address,
        Format::Expletive,
    ]
}

fn keep_their_promises(text: &str, tokens: &[Token]) {
    assert!(
        tokens.len() <= A_CHARACTER * text.chars().count() + FEW,
        "{} of {text:?}",
        tokens.len()
    );
    for token in tokens {
        match token {
            Token::Word(word) => {
                assert!(
                    !word.is_empty() && !word.contains(char::is_whitespace),
                    "{word:?} of {text:?}"
                );
                assert!(!word.contains(char::is_control), "{word:?} of {text:?}");
            }
            Token::Letters(letters) => {
                assert!(!letters.is_empty(), "no letters of {text:?}");
                assert!(
                    letters.bytes().all(|it| it.is_ascii_alphabetic()),
                    "{letters:?} of {text:?}"
                );
            }
            Token::Phonemes(phonemes) => panic!("/{phonemes}/ of plain text {text:?}"),
            Token::Mark(mark) => assert!(".,;:!?—…()“”".contains(*mark), "{mark:?} of {text:?}"),
        }
    }
}

fn read(text: &str) {
    keep_their_promises(text, &words(text));
    for format in formats() {
        keep_their_promises(text, &say_as(&format, text));
    }
}

/// Texts of what the rules look for, in any order.
fn likely() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,5}",
        "[A-Za-z]{1,4}",
        "[-.,:;/'\"+@#%$€°()&*_=<>~–— \n]",
        prop::sample::select(vec![
            "am", "p.m.", "Jan", "May 5", "St.", "Dr.", "No.", "$", "USD", "th", "code", "http://",
            "www.", "ext", "Ave", "CA", "km/h", "½", "²", "👍", "→", "é", "世界", "II", "Mon", "v",
            "::", "x", "'s", "...",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_unicode_is_read(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn what_looks_like_something_is_read(text in likely()) {
        read(&text);
    }

    #[test]
    fn words_of_letters_are_heard(text in "[b-z]{3,9}( [b-z]{3,9}){0,9}") {
        let spoken = words(&text);
        let heard = spoken.iter().filter(|it| !matches!(it, Token::Mark(_))).count();
        prop_assert!(heard > 0, "nothing of {text:?}");
    }
}

#[test]
fn large_texts_of_one_kind_end() {
    let pieces = [
        "1", ":", ".", "1.", "1:", "1-", "1,000", ",000", "a", "A", "a.", "a@", "@a", "a_", "a-",
        "(", "(1)", "\"", "'", "1/", "$", "$1", "+1", "1 ", "x1", "A1-", "www.", "http://", "#",
        "*", "-", "–", " ", "\n", "\n\n", "½", "²", "👍", "e\u{301}", "\u{301}", "St. ", "Dr. A ",
        "5 A ", "Mon-", "May 5 ", "code ", "I", "世", "1a:", ":)",
    ];
    for piece in pieces {
        let size = if matches!(piece, "1" | ":" | ".") { 100_000 } else { 20_000 };
        let text = piece.repeat(size / piece.len());
        keep_their_promises(&text, &words(&text));
    }
}

#[test]
fn large_texts_of_one_kind_end_in_every_format() {
    for piece in ["1", "a", "1-", " ", "/", "1/"] {
        let text = piece.repeat(20_000 / piece.len());
        for format in formats() {
            keep_their_promises(&text, &say_as(&format, &text));
        }
    }
}
