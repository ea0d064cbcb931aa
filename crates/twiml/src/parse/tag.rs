//! The attributes of a tag and the references in them, with the byte of each.
//!
//! XML 1.0 §3.1 and §4.1; values are normalised as §3.3.3 says.

use std::borrow::Cow;

use quick_xml::events::attributes::{AttrError, Attributes};

use super::fault::Faults;
use super::tree::{is_space, short};
use super::{ATTRIBUTE_LIMIT, ParseError};

/// An attribute of an element.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    /// As written, with its name space.
    pub(super) name: &'a str,
    /// Resolved.
    pub(super) value: Cow<'a, str>,
    /// The byte where its name begins.
    pub(super) at: usize,
}

/// The attributes of `tag`, the text between `<` and `>`, whose first byte is the document's byte `start`.
pub(super) fn attributes<'a>(
    tag: &'a str,
    name_length: usize,
    start: usize,
    faults: &Faults<'_>,
) -> Result<Vec<Attribute<'a>>, ParseError> {
    let fail = |at: usize, message: String, mend| faults.at(start + at, message, mend);
    let mut found: Vec<Attribute<'a>> = Vec::new();
    for attribute in Attributes::new(tag, name_length).with_checks(false) {
        let attribute = attribute.map_err(|error| {
            let (at, message, mend) = not_an_attribute(&error);
            fail(at, message.to_owned(), Some(mend.to_owned()))
        })?;
        let (name, at) = within(tag, attribute.key.0);
        if !is_name(name) {
            let message = format!("'{}' is not a name of an attribute", short(name));
            return Err(fail(at, message, open_quote_before(tag, at)));
        }
        if !tag[..at].ends_with(is_space) {
            let message = format!("a space is missing before the attribute '{}'", short(name));
            return Err(fail(at, message, Some("write a space".to_owned())));
        }
        if found.iter().any(|other| other.name == name) {
            let message = format!("the attribute '{}' is given twice", short(name));
            return Err(fail(at, message, Some("leave one out".to_owned())));
        }
        if found.len() == ATTRIBUTE_LIMIT {
            let message = format!("an element has at most {ATTRIBUTE_LIMIT} attributes");
            return Err(faults.beyond(start + at, message));
        }
        let (raw, value_at) = within(tag, &attribute.value);
        let value = value(raw)
            .map_err(|(inside, message, mend)| fail(value_at + inside, message, Some(mend)))?;
        found.push(Attribute { name, value, at: start + at });
    }
    Ok(found)
}

/// `part` as text of `tag`, out of which quick-xml cut it, and at which byte.
fn within<'a>(tag: &'a str, part: &[u8]) -> (&'a str, usize) {
    let at = part.as_ptr().addr().saturating_sub(tag.as_ptr().addr());
    (tag.get(at..at + part.len()).unwrap_or_default(), at)
}

fn not_an_attribute(error: &AttrError) -> (usize, &'static str, &'static str) {
    match error {
        AttrError::ExpectedEq(at) => (*at, "an attribute has no value", "write name=\"value\""),
        AttrError::ExpectedValue(at) => (*at, "a value is missing here", "write name=\"value\""),
        AttrError::UnquotedValue(at) => (*at, "a value has no quotes", "write name=\"value\""),
        AttrError::ExpectedQuote(at, _) => (*at, "a value is never closed", "write a second quote"),
        AttrError::Duplicated(at, _) => (*at, "an attribute is given twice", "leave one out"),
    }
}

/// The value of an attribute: references resolved, every white space a space (XML 1.0 §3.3.3).
fn value(raw: &str) -> Result<Cow<'_, str>, (usize, String, String)> {
    if !raw.contains(['&', '<', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(character) = rest.chars().next() {
        let at = raw.len() - rest.len();
        match character {
            '<' => {
                let message = "a value holds '<'".to_owned();
                let mend = "close the quote before it, or write &lt;".to_owned();
                return Err((at, message, mend));
            }
            '&' => {
                let end = rest[1..].find([';', '&', '<']).map(|end| end + 1);
                let Some(end) = end.filter(|end| rest[*end..].starts_with(';')) else {
                    let message = "'&' begins an entity, but no ';' ends it".to_owned();
                    return Err((at, message, "write &amp; for the character &".to_owned()));
                };
                let resolved =
                    resolve(&rest[1..end]).map_err(|(message, mend)| (at, message, mend))?;
                value.push(resolved);
                rest = &rest[end + 1..];
                continue;
            }
            '\r' if rest.starts_with("\r\n") => {}
            _ if is_space(character) => value.push(' '),
            _ => value.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    Ok(Cow::Owned(value))
}

/// The character that `&name;` stands for; else what is wrong and what to write.
pub(super) fn resolve(name: &str) -> Result<char, (String, String)> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#').ok_or_else(|| unknown_entity(name))?,
    };
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => digits(hexadecimal, 16),
        None => digits(number, 10),
    };
    match code.and_then(char::from_u32) {
        // XML 1.1 lets control characters be written so; nobody can hear them.
        Some('\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}') => Ok(' '),
        Some('\0' | '\u{fffe}' | '\u{ffff}') | None => {
            Err((format!("&{}; is not a character of XML", short(name)), "leave it out".to_owned()))
        }
        Some(character) => Ok(character),
    }
}

fn digits(text: &str, radix: u32) -> Option<u32> {
    let plain = text.chars().all(|digit| digit.is_digit(radix));
    plain.then(|| u32::from_str_radix(text, radix).ok()).flatten()
}

fn unknown_entity(name: &str) -> (String, String) {
    let mend = if is_name(name) {
        "write the character itself, or its number (&#233; for é)".to_owned()
    } else {
        "write &amp; for the character &".to_owned()
    };
    (format!("XML does not know the entity &{};", short(name)), mend)
}

/// Whether `text` may name an element or an attribute (XML 1.0 §2.3, without its tables of letters).
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    let letter = |character: char| {
        character.is_alphabetic() || character == '_' || character == ':' || character > '\u{7f}'
    };
    characters.next().is_some_and(letter)
        && characters.all(|character| {
            letter(character) || character.is_ascii_digit() || matches!(character, '-' | '.')
        })
}

/// Where the quote begins that lets a tag run on: the first one with a `<` inside, or without an end.
pub(super) fn open_quote(tag: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(begin) = tag[at..].find(['"', '\'', '<', '>']).map(|begin| at + begin) {
        let quote = tag[begin..].chars().next()?;
        if !matches!(quote, '"' | '\'') {
            return None;
        }
        let Some(length) = tag[begin + 1..].find(quote) else { return Some(begin) };
        if tag[begin + 1..begin + 1 + length].contains('<') {
            return Some(begin);
        }
        at = begin + length + 2;
    }
    None
}

/// What to write where an attribute that isn't one may come from a quote left open before it.
fn open_quote_before(tag: &str, at: usize) -> Option<String> {
    let quoted = tag[..at].contains(['"', '\'']);
    quoted.then(|| "close the quote before it".to_owned())
}
