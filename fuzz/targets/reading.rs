//! Texts and SSML that are read aloud: any text becomes words in bounds, each of which keeps its promise, as running text
//! and in every format of `<say-as>`; any SSML is a script whose texts are read the same way.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::{Format, Part, Script, Token, say_as, words};

/// Most tokens a character, and a few more.
const A_CHARACTER: usize = 16;

const FEW: usize = 16;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    read(&text);
    for part in Script::read(&text, Some(&text)).parts {
        if let Part::Text { text, .. } = part {
            read(&text);
        }
    }
});

fn read(text: &str) {
    keep_their_promises(text, &words(text));
    let date = |order: &str| Format::Date(order.to_owned());
    for format in [
        Format::Characters,
        Format::Digits,
        Format::Cardinal,
        Format::Ordinal,
        date(""),
        date("mdy"),
        date("ymd"),
        Format::Time,
        Format::Telephone,
        Format::Currency,
        Format::Fraction,
        Format::Unit,
        Format::Address,
        Format::Expletive,
    ] {
        keep_their_promises(text, &say_as(&format, text));
    }
}

fn keep_their_promises(text: &str, tokens: &[Token]) {
    assert!(tokens.len() <= A_CHARACTER * text.chars().count() + FEW);
    for token in tokens {
        match token {
            Token::Word(word) => assert!(!word.is_empty() && !word.contains(char::is_whitespace)),
            Token::Letters(letters) => {
                assert!(!letters.is_empty() && letters.bytes().all(|it| it.is_ascii_alphabetic()));
            }
            Token::Phonemes(phonemes) => panic!("/{phonemes}/ of plain text"),
            Token::Mark(mark) => assert!(".,;:!?—…()“”".contains(*mark)),
        }
    }
}
