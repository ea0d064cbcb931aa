//! Escapes in what is sent to a port and expected from it: `\r`, `\n`, `\t`, `\\` and `\xHH`.

use std::fmt::Write as _;

/// A backslash and what follows it is no escape. Write a backslash itself as `\\`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(r"'{0}' is no escape: there are \r, \n, \t, \\ and \xHH (two hexadecimal digits)")]
pub struct InvalidEscape(pub String);

/// The bytes that a text with escapes means.
pub fn unescape(text: &str) -> Result<Vec<u8>, InvalidEscape> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..place]);
        let escape = &rest[place..];
        let (byte, length) = read(escape).ok_or_else(|| {
            InvalidEscape(
                escape.chars().take(if escape.starts_with("\\x") { 4 } else { 2 }).collect(),
            )
        })?;
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// A text that means these bytes.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\r' => text.push_str("\\r"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                letter if letter.is_ascii_control() => hexadecimal(&mut text, letter as u8),
                letter => text.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|byte| hexadecimal(&mut text, *byte));
    }
    text
}

fn hexadecimal(text: &mut String, byte: u8) {
    write!(text, "\\x{byte:02x}").expect("a String takes everything");
}

/// The byte that an escape at the beginning means, and its length.
fn read(escape: &str) -> Option<(u8, usize)> {
    match escape.as_bytes() {
        [_, b'r', ..] => Some((b'\r', 2)),
        [_, b'n', ..] => Some((b'\n', 2)),
        [_, b't', ..] => Some((b'\t', 2)),
        [_, b'\\', ..] => Some((b'\\', 2)),
        [_, b'x', high, low, ..] => {
            let digit = |byte: u8| (byte as char).to_digit(16);
            let byte = digit(*high)? * 16 + digit(*low)?;
            Some((byte as u8, 4))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_mean_their_bytes() {
        assert_eq!(unescape(r"PING\r\n\t\\\x00\xfF!").expect("right"), b"PING\r\n\t\\\x00\xff!");
        assert_eq!(unescape("Olá").expect("right"), "Olá".as_bytes());
    }

    #[test]
    fn what_is_no_escape_is_named() {
        assert_eq!(unescape(r"a\q"), Err(InvalidEscape(r"\q".to_owned())));
        assert_eq!(unescape("a\\"), Err(InvalidEscape("\\".to_owned())));
        assert_eq!(unescape(r"\x1é"), Err(InvalidEscape(r"\x1é".to_owned())));
        assert_eq!(unescape(r"\x+1"), Err(InvalidEscape(r"\x+1".to_owned())));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes: Vec<u8>) {
            prop_assert_eq!(unescape(&escape(&bytes)), Ok(bytes));
        }

        #[test]
        fn any_text_is_bytes_or_an_error(text: String) {
            let _ = unescape(&text);
        }
    }
}
