//! The symbols that the network was taught, each by its number: the alphabet of Kokoro-82M, which misaki writes.
//!
//! What isn't in it is left out; the network never sees it.

/// Edge of an utterance: the network was taught with one at each end.
const EDGE: i32 = 0;
/// The numbers up to this one are marks and spaces (`.`, `?`, `“`): they shape what is said and aren't heard.
const LAST_MARK: i32 = 16;

/// A symbol of the alphabet, as the network's number.
pub(crate) fn number(symbol: char) -> Option<i32> {
    let at = SYMBOLS.binary_search_by_key(&symbol, |&(known, _)| known).ok()?;
    SYMBOLS.get(at).map(|&(_, number)| number)
}

/// Whether the symbol is heard by itself: neither a mark nor a sign of stress, length or tone.
pub(crate) fn is_heard(symbol: char) -> bool {
    number(symbol).is_some_and(|number| number > LAST_MARK) && !SIGNS.contains(&symbol)
}

/// What the network takes for `phonemes`.
pub(crate) fn numbers(phonemes: &str) -> Vec<i32> {
    let edge = std::iter::once(EDGE);
    edge.clone().chain(phonemes.chars().filter_map(number)).chain(edge).collect()
}

/// They change a neighbour.
const SIGNS: [char; 11] = ['\u{303}', 'ˈ', 'ˌ', 'ː', 'ʰ', 'ʲ', 'ᵝ', '↓', '→', '↗', '↘'];

/// By code point.
#[rustfmt::skip]
const SYMBOLS: &[(char, i32)] = &[
    (' ', 16), ('!', 5), ('"', 11), ('(', 12), (')', 13), (',', 3), ('.', 4), (':', 2),
    (';', 1), ('?', 6), ('A', 24), ('I', 25), ('O', 31), ('Q', 33), ('S', 35), ('T', 36),
    ('W', 39), ('Y', 41), ('a', 43), ('b', 44), ('c', 45), ('d', 46), ('e', 47), ('f', 48),
    ('h', 50), ('i', 51), ('j', 52), ('k', 53), ('l', 54), ('m', 55), ('n', 56), ('o', 57),
    ('p', 58), ('q', 59), ('r', 60), ('s', 61), ('t', 62), ('u', 63), ('v', 64), ('w', 65),
    ('x', 66), ('y', 67), ('z', 68), ('æ', 72), ('ç', 78), ('ð', 81), ('ø', 116), ('ŋ', 112),
    ('œ', 120), ('ɐ', 70), ('ɑ', 69), ('ɒ', 71), ('ɔ', 76), ('ɕ', 77), ('ɖ', 80), ('ə', 83),
    ('ɚ', 85), ('ɛ', 86), ('ɜ', 87), ('ɟ', 90), ('ɡ', 92), ('ɣ', 139), ('ɤ', 140), ('ɥ', 99),
    ('ɨ', 101), ('ɪ', 102), ('ɯ', 110), ('ɰ', 111), ('ɲ', 114), ('ɳ', 113), ('ɴ', 115),
    ('ɸ', 118), ('ɹ', 123), ('ɻ', 126), ('ɽ', 129), ('ɾ', 125), ('ʁ', 128), ('ʂ', 130),
    ('ʃ', 131), ('ʈ', 132), ('ʊ', 135), ('ʋ', 136), ('ʌ', 138), ('ʎ', 143), ('ʒ', 147),
    ('ʔ', 148), ('ʝ', 103), ('ʣ', 18), ('ʤ', 82), ('ʥ', 19), ('ʦ', 20), ('ʧ', 133), ('ʨ', 21),
    ('ʰ', 162), ('ʲ', 164), ('ˈ', 156), ('ˌ', 157), ('ː', 158), ('\u{303}', 17), ('β', 75),
    ('θ', 119), ('χ', 142), ('ᵊ', 42), ('ᵝ', 22), ('ᵻ', 177), ('—', 9), ('“', 14), ('”', 15),
    ('…', 10), ('→', 171), ('↓', 169), ('↗', 172), ('↘', 173), ('ꭧ', 23),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_lie_in_order() {
        assert!(SYMBOLS.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn unknown_symbols_are_left_out() {
        assert_eq!(numbers("h\u{1F600}ə7."), [0, 50, 83, 4, 0]);
        assert_eq!(numbers(""), [0, 0]);
    }

    #[test]
    fn marks_and_stress_are_not_heard() {
        assert!("həA".chars().all(is_heard));
        assert!(!" .,?“ˈˌː→".chars().any(is_heard));
    }
}
