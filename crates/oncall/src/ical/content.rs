//! Content lines (RFC 5545 §3.1): unfolded, and split into name, parameters and value.

use super::IcalError;

/// Largest calendar that is read, in bytes.
const LARGEST: usize = 1_000_000;
/// Longest unfolded line, in bytes.
const LONGEST: usize = 100_000;

/// One line: `NAME;PARAMETER=VALUE:value`.
#[derive(Clone, Debug)]
pub(super) struct Content {
    /// Its first line in the text, from 1.
    pub(super) line: usize,
    /// In upper case.
    pub(super) name: String,
    /// Names in upper case; values without their quotes.
    pub(super) parameters: Vec<(String, String)>,
    /// As it is written.
    pub(super) value: String,
}

impl Content {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn wrong(&self, message: impl std::fmt::Display) -> IcalError {
        IcalError::new(self.line, format!("{}: {message}", self.name))
    }
}

/// Every line of a calendar. Empty ones are passed over; LF alone ends a line, too.
pub(super) fn lines(text: &str) -> Result<Vec<Content>, IcalError> {
    if text.len() > LARGEST {
        let size = text.len();
        return Err(IcalError::new(
            1,
            format!("{size} bytes: calendars of up to {LARGEST} are read"),
        ));
    }
    let mut unfolded: Vec<(usize, String)> = Vec::new();
    for (at, raw) in text.trim_start_matches('\u{feff}').split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        match (raw.strip_prefix([' ', '\t']), unfolded.last_mut()) {
            (Some(rest), Some((line, start))) => {
                if start.len() + rest.len() > LONGEST {
                    return Err(IcalError::new(*line, format!("longer than {LONGEST} bytes")));
                }
                start.push_str(rest);
            }
            _ if raw.trim().is_empty() => {}
            _ => unfolded.push((at + 1, raw.to_owned())),
        }
    }
    unfolded.into_iter().map(|(line, text)| content(line, &text)).collect()
}

fn content(line: usize, text: &str) -> Result<Content, IcalError> {
    let wrong = || IcalError::new(line, "not NAME:VALUE, as every line of a calendar is");
    let end = text.find([':', ';']).ok_or_else(wrong)?;
    let name = text[..end].trim().to_ascii_uppercase();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(wrong());
    }
    let mut parameters = Vec::new();
    let mut rest = &text[end..];
    while let Some(parameter) = rest.strip_prefix(';') {
        let (key, behind) = parameter.split_once('=').ok_or_else(wrong)?;
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(wrong)?,
            None => behind.split_at(behind.find([':', ';']).ok_or_else(wrong)?),
        };
        parameters.push((key.to_ascii_uppercase(), value.to_owned()));
        // Further values of the same parameter (`MEMBER="a","b"`) aren't needed.
        rest = &behind[outside_quotes(behind).ok_or_else(wrong)?..];
    }
    let value = rest.strip_prefix(':').ok_or_else(wrong)?.to_owned();
    Ok(Content { line, name, parameters, value })
}

/// Where the next `:` or `;` outside of quotes is.
fn outside_quotes(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, character)| {
        quoted ^= character == '"';
        (!quoted && matches!(character, ':' | ';')).then_some(at)
    })
}

/// TEXT without its escapes (RFC 5545 §3.3.11).
pub(super) fn unescaped(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => read.push('\n'),
                Some(escaped) => read.push(escaped),
                None => {}
            },
            plain => read.push(plain),
        }
    }
    read
}
