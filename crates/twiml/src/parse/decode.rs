//! From a body's bytes to text: byte order marks, and the encodings that an XML declaration may name.
//!
//! XML 1.0 §4.3.3 and appendix F. What it can't decode is an error with its place, never a replacement character.

use std::borrow::Cow;

use crate::document::Position;

use super::places::Places;
use super::{NOT_TWIML, ParseError};

/// Bytes that are searched for the XML declaration.
const DECLARATION_LIMIT: usize = 256;

/// The text of `body`.
pub(super) fn decode(body: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(body, u16::from_le_bytes),
        [0, b'<', ..] => utf16(body, u16::from_be_bytes),
        _ => declared(body),
    }
}

fn declared(body: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    let Some(name) = declared_encoding(body) else { return utf8(body) };
    match name.to_ascii_lowercase().as_str() {
        // Frameworks that print into a string of UTF-16 declare that, then send UTF-8.
        "utf-8" | "utf8" | "utf-16" | "us-ascii" | "ascii" => utf8(body),
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => {
            Ok(Cow::Owned(body.iter().map(|byte| windows_1252(*byte)).collect()))
        }
        _ => Err(ParseError {
            position: Position { line: 1, column: 1 },
            code: NOT_TWIML,
            message: format!("the encoding '{name}' is not known"),
            mend: Some("send UTF-8, and declare encoding=\"UTF-8\"".to_owned()),
        }),
    }
}

/// What `encoding="…"` of the XML declaration says.
fn declared_encoding(body: &[u8]) -> Option<&str> {
    let head = &body[..body.len().min(DECLARATION_LIMIT)];
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(&head[..end]).ok()?.strip_prefix("<?xml")?;
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name)
}

fn utf8(body: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    std::str::from_utf8(body).map(Cow::Borrowed).map_err(|error| {
        let good = String::from_utf8_lossy(&body[..error.valid_up_to()]);
        let byte = body[error.valid_up_to()];
        ParseError {
            position: Places::new(&good).at(good.len()),
            code: NOT_TWIML,
            message: format!("the byte 0x{byte:02X} is not UTF-8"),
            mend: Some("send UTF-8, or declare the encoding".to_owned()),
        }
    })
}

fn utf16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, ParseError> {
    let (pairs, rest) = body.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(character) => text.push(character),
            Err(error) => {
                let message =
                    format!("0x{:04X} is not UTF-16 without its pair", error.unpaired_surrogate());
                return Err(cut(&text, message));
            }
        }
    }
    if rest.is_empty() {
        Ok(Cow::Owned(text))
    } else {
        Err(cut(&text, "the last character of UTF-16 is cut in half".to_owned()))
    }
}

fn cut(good: &str, message: String) -> ParseError {
    let position = Places::new(good).at(good.len());
    ParseError { position, code: NOT_TWIML, message, mend: Some("send UTF-8".to_owned()) }
}

/// Bytes 0x80 to 0x9F of windows-1252, by the WHATWG's index; ISO-8859-1 is read so too, as browsers do.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], expect: &str) {
        let found = match decode(body) {
            Ok(text) => text.into_owned(),
            Err(error) => format!("{error} ({})", error.mend.as_deref().unwrap_or("")),
        };
        assert_eq!(found, expect);
    }

    #[test]
    fn utf8_is_read_with_and_without_its_mark() {
        check("<a>alô</a>".as_bytes(), "<a>alô</a>");
        check(b"\xef\xbb\xbf<a/>", "<a/>");
        check(b"", "");
    }

    #[test]
    fn utf16_is_read_by_its_mark_and_by_its_first_character() {
        check(b"\xff\xfe<\0a\0/\0>\0", "<a/>");
        check(b"\xfe\xff\0<\0a\0/\0>", "<a/>");
        check(b"<\0a\0/\0>\0", "<a/>");
        check(b"\0<\0a\0/\0>", "<a/>");
        check(b"\xff\xfe=\xd8\0\xde", "😀");
    }

    #[test]
    fn broken_utf16_says_where() {
        check(
            b"\xff\xfea\0\0\xd8b\0",
            "line 1, column 2: 0xD800 is not UTF-16 without its pair (send UTF-8)",
        );
        check(
            b"\xff\xfea\0\n\0b",
            "line 2, column 1: the last character of UTF-16 is cut in half (send UTF-8)",
        );
    }

    #[test]
    fn what_the_declaration_says_is_used() {
        check(
            b"<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>al\xf4 \x80</a>",
            "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>alô €</a>",
        );
        check(
            b"<?xml version=\"1.0\" encoding = \"Windows-1252\"?><a>\x93</a>",
            "<?xml version=\"1.0\" encoding = \"Windows-1252\"?><a>“</a>",
        );
        check(
            b"<?xml version='1.0' encoding='utf-16'?><a/>",
            "<?xml version='1.0' encoding='utf-16'?><a/>",
        );
        check(
            b"<?xml version='1.0' encoding='Shift_JIS'?><a/>",
            "line 1, column 1: the encoding 'Shift_JIS' is not known \
             (send UTF-8, and declare encoding=\"UTF-8\")",
        );
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_an_error_with_its_place() {
        check(
            "<a>\n  alô".as_bytes().split_last().expect("it has bytes").1,
            "line 2, column 5: the byte 0xC3 is not UTF-8 (send UTF-8, or declare the encoding)",
        );
        check(
            b"<?xml version='1.0'?>\r\n\xf4",
            "line 2, column 1: the byte 0xF4 is not UTF-8 (send UTF-8, or declare the encoding)",
        );
    }
}
