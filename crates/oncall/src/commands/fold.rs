//! Words as they are compared: in lower case, without accents.

/// A word without what people type in different ways.
pub(super) fn fold(text: &str) -> String {
    text.chars().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).map(plain).collect()
}

/// Whether it is a combining accent (U+0300 to U+036F), which some keyboards put behind the letter.
const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// The letter without its accent, of those that European languages have.
const fn plain(character: char) -> char {
    match character {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}
