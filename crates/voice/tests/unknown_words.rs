//! Words that no lexicon has, as the voice reads them.

use std::sync::LazyLock;

use proptest::prelude::*;
use reading::{Style, Unknown};
use voice::{UnknownWords, Voice};

/// Read once for all tests of this process.
static WORDS: LazyLock<UnknownWords> = LazyLock::new(UnknownWords::new);

#[test]
fn a_word_is_read_as_it_is_spelled() {
    assert_eq!(WORDS.read("Kubernetes").as_deref(), Some("kjˈubəɹnˌits"));
}

#[test]
fn what_is_read_can_be_said() {
    let phonemes = WORDS.read("Przybylski").expect("its letters are known");
    let sound = Voice::new().say(&phonemes, Style::default()).expect("it speaks");
    assert!(sound.len() > 6_000, "{phonemes}: {} samples", sound.len());
}

#[test]
fn words_of_other_scripts_and_none_have_no_reading() {
    for word in ["", " ", "漢字", "\u{1F600}", "1234", "\n"] {
        assert_eq!(WORDS.read(word), None, "{word:?}");
    }
}

#[test]
fn a_long_word_is_read_in_parts_and_an_endless_one_ends() {
    let ship = WORDS.read("Donaudampfschifffahrtsgesellschaft").expect("its letters are known");
    assert!(ship.chars().count() > 20, "{ship}");
    let endless = WORDS.read(&"banana".repeat(10_000)).expect("its letters are known");
    assert!(endless.chars().count() < 800, "{}", endless.chars().count());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_word_is_too_odd(word in any::<String>()) {
        let _ = WORDS.read(&word);
    }
}
