//! The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1 and §6.2.1.1).
//!
//! Septets are one to a byte here; [`super::pack`] brings them together. Looking a character up is one step into a table
//! for everything of Latin-1, which is nearly everything.

use super::national::{self, Language};

/// Says that the next septet is of the extension table.
pub(super) const ESCAPE: u8 = 0x1b;

/// The default alphabet, by septet. The escape stands for a space, as §6.2.1 has it shown where nothing follows.
pub(super) const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: what follows the escape, and the character.
pub(super) const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// Set in [`LATIN`] for characters of the extension table.
const EXTENDED: u8 = 0x80;
/// In [`LATIN`]: in no table. No septet of the extension table is 0x7f.
const FOREIGN: u8 = 0xff;

/// Septets of U+0000 to U+00FF.
const LATIN: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let mut septet = 0;
    while septet < 128 {
        let character = DEFAULT[septet] as usize;
        if character < 256 && septet != ESCAPE as usize {
            table[character] = septet as u8;
        }
        septet += 1;
    }
    let mut row = 0;
    while row < EXTENSION.len() {
        let (septet, character) = EXTENSION[row];
        if (character as usize) < 256 {
            table[character as usize] = EXTENDED | septet;
        }
        row += 1;
    }
    table
};

/// The septet of a character, with [`EXTENDED`] set if it needs an escape, or [`FOREIGN`].
const fn look_up(character: char) -> u8 {
    let code = character as usize;
    if code < LATIN.len() {
        return LATIN[code];
    }
    match character {
        'Δ' => 0x10,
        'Φ' => 0x12,
        'Γ' => 0x13,
        'Λ' => 0x14,
        'Ω' => 0x15,
        'Π' => 0x16,
        'Ψ' => 0x17,
        'Σ' => 0x18,
        'Θ' => 0x19,
        'Ξ' => 0x1a,
        '€' => EXTENDED | 0x65,
        _ => FOREIGN,
    }
}

/// Septets that a character takes: 1, 2, or 0 if it is in neither table.
pub(super) const fn width(character: char) -> usize {
    match look_up(character) {
        FOREIGN => 0,
        found if found & EXTENDED != 0 => 2,
        _ => 1,
    }
}

/// A text in septets, or `None` if a character is in neither table.
pub fn encode_gsm7(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars() {
        match look_up(character) {
            FOREIGN => return None,
            found if found & EXTENDED != 0 => septets.extend([ESCAPE, found & !EXTENDED]),
            septet => septets.push(septet),
        }
    }
    Some(septets)
}

/// Reads septets, with the tables that the header of the message named. Total on any bytes: the highest bit is ignored;
/// what a shift table doesn't have is read in the locking table, and an escape with nothing behind it is a space
/// (TS 23.038 §6.2.1.1).
pub fn decode_gsm7(septets: &[u8], locking: Option<Language>, single: Option<Language>) -> String {
    let plain = |septet: u8| national::locking(locking, septet);
    let mut text = String::with_capacity(septets.len());
    let mut rest = septets.iter().map(|septet| septet & 0x7f);
    while let Some(septet) = rest.next() {
        if septet != ESCAPE {
            text.push(plain(septet));
            continue;
        }
        match rest.next() {
            None | Some(ESCAPE) => text.push(' '),
            Some(shifted) => {
                text.push(national::single(single, shifted).unwrap_or_else(|| plain(shifted)));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_of_both_tables_comes_back() {
        for (septet, character) in DEFAULT.into_iter().enumerate() {
            if septet != usize::from(ESCAPE) {
                let septet = u8::try_from(septet).expect("128 of them");
                assert_eq!(encode_gsm7(&character.to_string()), Some(vec![septet]), "{character}");
                assert_eq!(decode_gsm7(&[septet], None, None), character.to_string());
            }
        }
        for (septet, character) in EXTENSION {
            let pair = vec![ESCAPE, septet];
            assert_eq!(encode_gsm7(&character.to_string()), Some(pair.clone()), "{character}");
            assert_eq!(decode_gsm7(&pair, None, None), character.to_string());
        }
    }

    #[test]
    fn an_escape_before_what_the_extension_lacks_gives_the_default_character() {
        assert_eq!(decode_gsm7(&[ESCAPE, 0x41], None, None), "A");
        assert_eq!(decode_gsm7(&[ESCAPE], None, None), " ");
        assert_eq!(decode_gsm7(&[ESCAPE, ESCAPE, 0x41], None, None), " A");
    }

    #[test]
    fn what_no_table_has_is_not_written() {
        for text in ["`", "ç", "Ã", "\t", "\u{0}", "“", "日", "😀", "a\u{301}"] {
            assert_eq!(encode_gsm7(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>, locking in 0u8..16, single in 0u8..16) {
            let text = decode_gsm7(
                &bytes,
                Language::from_code(locking),
                Language::from_code(single),
            );
            prop_assert!(text.chars().count() <= bytes.len());
        }

        #[test]
        fn what_was_read_is_written_and_read_the_same(bytes: Vec<u8>) {
            let text = decode_gsm7(&bytes, None, None);
            let septets = encode_gsm7(&text).expect("all of it is of the two tables");
            prop_assert_eq!(decode_gsm7(&septets, None, None), text);
        }
    }
}
