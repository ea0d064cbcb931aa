//! National language shift tables (3GPP TS 23.038 §6.2.1.2, Annex A): read where a text comes in, never written.
//!
//! A header (information elements 0x24 and 0x25, TS 23.040 §9.2.3.24.15 and .16) names a table that stands in for the
//! extension table (single shift) or for the default alphabet (locking shift). Tables are kept as what differs.

use super::gsm7::{DEFAULT, EXTENSION};

/// A language with tables of its own, by the identifier of TS 23.038 §6.2.1.2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// 1.
    Turkish,
    /// 2. It has no locking table.
    Spanish,
    /// 3.
    Portuguese,
}

impl Language {
    /// The language of an identifier in the header; `None` for those without tables here.
    pub const fn from_code(code: u8) -> Option<Language> {
        match code {
            1 => Some(Language::Turkish),
            2 => Some(Language::Spanish),
            3 => Some(Language::Portuguese),
            _ => None,
        }
    }
}

/// Table A.2.1, besides the extension table.
const TURKISH_SINGLE: [(u8, char); 7] =
    [(0x47, 'Ğ'), (0x49, 'İ'), (0x53, 'Ş'), (0x63, 'ç'), (0x67, 'ğ'), (0x69, 'ı'), (0x73, 'ş')];

/// Table A.2.2, besides the extension table.
const SPANISH_SINGLE: [(u8, char); 9] = [
    (0x09, 'ç'),
    (0x41, 'Á'),
    (0x49, 'Í'),
    (0x4f, 'Ó'),
    (0x55, 'Ú'),
    (0x61, 'á'),
    (0x69, 'í'),
    (0x6f, 'ó'),
    (0x75, 'ú'),
];

/// Table A.2.3, besides the extension table.
const PORTUGUESE_SINGLE: [(u8, char); 27] = [
    (0x05, 'ê'),
    (0x09, 'ç'),
    (0x0b, 'Ô'),
    (0x0c, 'ô'),
    (0x0e, 'Á'),
    (0x0f, 'á'),
    (0x12, 'Φ'),
    (0x13, 'Γ'),
    (0x15, 'Ω'),
    (0x16, 'Π'),
    (0x17, 'Ψ'),
    (0x18, 'Σ'),
    (0x19, 'Θ'),
    (0x1f, 'Ê'),
    (0x41, 'À'),
    (0x49, 'Í'),
    (0x4f, 'Ó'),
    (0x55, 'Ú'),
    (0x5b, 'Ã'),
    (0x5c, 'Õ'),
    (0x61, 'Â'),
    (0x69, 'í'),
    (0x6f, 'ó'),
    (0x75, 'ú'),
    (0x7b, 'ã'),
    (0x7c, 'õ'),
    (0x7f, 'â'),
];

/// Table A.3.1, where it differs from the default alphabet.
const TURKISH_LOCKING: [(u8, char); 8] = [
    (0x04, '€'),
    (0x07, 'ı'),
    (0x0b, 'Ğ'),
    (0x0c, 'ğ'),
    (0x1c, 'Ş'),
    (0x1d, 'ş'),
    (0x40, 'İ'),
    (0x60, 'ç'),
];

/// Table A.3.3, where it differs from the default alphabet.
const PORTUGUESE_LOCKING: [(u8, char); 30] = [
    (0x04, 'ê'),
    (0x06, 'ú'),
    (0x07, 'í'),
    (0x08, 'ó'),
    (0x09, 'ç'),
    (0x0b, 'Ô'),
    (0x0c, 'ô'),
    (0x0e, 'Á'),
    (0x0f, 'á'),
    (0x12, 'ª'),
    (0x13, 'Ç'),
    (0x14, 'À'),
    (0x15, '∞'),
    (0x16, '^'),
    (0x17, '\\'),
    (0x18, '€'),
    (0x19, 'Ó'),
    (0x1a, '|'),
    (0x1c, 'Â'),
    (0x1d, 'â'),
    (0x1e, 'Ê'),
    (0x24, 'º'),
    (0x40, 'Í'),
    (0x5b, 'Ã'),
    (0x5c, 'Õ'),
    (0x5d, 'Ú'),
    (0x60, '~'),
    (0x7b, 'ã'),
    (0x7c, 'õ'),
    (0x7d, '`'),
];

/// A septet that follows an escape; `None` if neither the language's table nor the extension table has it.
pub(super) fn single(language: Option<Language>, septet: u8) -> Option<char> {
    let own: &[(u8, char)] = match language {
        None => &[],
        Some(Language::Turkish) => &TURKISH_SINGLE,
        Some(Language::Spanish) => &SPANISH_SINGLE,
        Some(Language::Portuguese) => &PORTUGUESE_SINGLE,
    };
    find(own, septet).or_else(|| find(&EXTENSION, septet))
}

/// A septet that follows none. `septet` is below 128.
pub(super) fn locking(language: Option<Language>, septet: u8) -> char {
    let own: &[(u8, char)] = match language {
        None | Some(Language::Spanish) => &[],
        Some(Language::Turkish) => &TURKISH_LOCKING,
        Some(Language::Portuguese) => &PORTUGUESE_LOCKING,
    };
    find(own, septet).unwrap_or(DEFAULT[usize::from(septet & 0x7f)])
}

fn find(rows: &[(u8, char)], septet: u8) -> Option<char> {
    rows.iter().find(|(code, _)| *code == septet).map(|(_, character)| *character)
}

#[cfg(test)]
mod tests {
    use super::super::decode_gsm7;
    use super::*;

    #[test]
    fn a_shift_table_adds_characters_behind_the_escape() {
        let read = |septets: &[u8], language| decode_gsm7(septets, None, Some(language));
        assert_eq!(read(&[0x1b, 0x53, 0x1b, 0x69], Language::Turkish), "Şı");
        assert_eq!(read(&[0x53, 0x1b, 0x61, 0x1b, 0x65], Language::Spanish), "Sá€");
        assert_eq!(read(&[0x6e, 0x1b, 0x7b, 0x6f], Language::Portuguese), "não");
    }

    #[test]
    fn a_locking_table_stands_in_for_the_alphabet() {
        let read = |septets: &[u8], language| decode_gsm7(septets, Some(language), None);
        assert_eq!(read(&[0x6e, 0x7b, 0x6f, 0x18], Language::Portuguese), "não€");
        assert_eq!(read(&[0x40, 0x1c, 0x60], Language::Turkish), "İŞç");
        assert_eq!(read(&[0x40, 0x41], Language::Spanish), "¡A");
    }

    #[test]
    fn what_the_shift_table_lacks_is_read_in_the_locking_table() {
        let portuguese = Some(Language::Portuguese);
        assert_eq!(decode_gsm7(&[0x1b, 0x7d], portuguese, portuguese), "`");
    }
}
