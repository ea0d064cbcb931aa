//! UTF-16 in network order, which is what UCS-2 has become on handsets (3GPP TS 23.038 §6.2.3), and Latin-1
//! (SMPP 3.4 §5.2.19, data coding 3).

/// A text in UTF-16, network order.
pub fn encode_utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Units in network order. A last odd octet is left out.
pub fn units_of_utf16be(octets: &[u8]) -> Vec<u16> {
    octets.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

/// Reads UTF-16 in network order. Halves of pairs that stand alone become U+FFFD, a last odd octet is left out; then the
/// second is `false`.
pub fn decode_utf16be(octets: &[u8]) -> (String, bool) {
    let (text, whole) = decode_units(&units_of_utf16be(octets));
    (text, whole && octets.len().is_multiple_of(2))
}

/// Reads UTF-16 units. Halves of pairs that stand alone become U+FFFD; then the second is `false`.
pub fn decode_units(units: &[u16]) -> (String, bool) {
    let mut whole = true;
    let text = char::decode_utf16(units.iter().copied())
        .map(|read| {
            read.unwrap_or_else(|_| {
                whole = false;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    (text, whole)
}

/// Reads Latin-1, in which every octet is a character.
pub fn decode_latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_pair_and_half_a_unit_are_told() {
        assert_eq!(decode_utf16be(&[0xd8, 0x3d, 0xde, 0x00]), ("😀".to_owned(), true));
        assert_eq!(decode_utf16be(&[0xd8, 0x3d, 0x00, 0x41]), ("\u{fffd}A".to_owned(), false));
        assert_eq!(decode_utf16be(&[0x00, 0x41, 0x00]), ("A".to_owned(), false));
    }

    #[test]
    fn latin_1_has_a_character_for_every_octet() {
        assert_eq!(decode_latin1(b"a\xe7\xe3o"), "ação");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_the_same(text: String) {
            prop_assert_eq!(decode_utf16be(&encode_utf16be(&text)), (text, true));
        }

        #[test]
        fn any_octets_can_be_read(octets: Vec<u8>) {
            let (text, _) = decode_utf16be(&octets);
            prop_assert!(text.chars().count() <= octets.len() / 2);
        }
    }
}
