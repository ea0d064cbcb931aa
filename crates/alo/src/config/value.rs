//! What a setting can hold: how it is read from a file, a flag or a variable, and how it is shown.
//!
//! Quantities carry their unit in the text (`30 s`, `64 KiB`), so that no number stands alone in a file.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// A value as it was written, before anybody knew what it should be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw {
    /// A flag or a variable: text that may stand for anything.
    Word(String),
    /// A string of the file.
    Text(String),
    /// A whole number of the file.
    Integer(i64),
    /// `true` or `false` of the file.
    Boolean(bool),
    /// An array of the file.
    List(Vec<Raw>),
    /// A table of the file that stands for a value.
    Table(Vec<(String, Raw)>),
    /// Something of the file that no setting takes, by TOML's name for it.
    Other(&'static str),
}

/// A type that a setting may have.
pub(crate) trait Value: Sized + Clone + PartialOrd + 'static {
    /// Whether it has to be written, since no default would do.
    const IS_NEEDED: bool = false;
    /// What to write, for people: `address:port`, `true or false`.
    fn kind() -> &'static str;
    /// Reads it; the error says what is wrong and how to write it.
    fn read(raw: &Raw) -> Result<Self, String>;
    /// As it is written in the file.
    fn toml(&self) -> String;
    /// One of its values as it is written in the file.
    fn example() -> String {
        quoted("…")
    }
}

/// The text of a word or a string; `what` says what was expected.
pub(crate) fn text<'a>(raw: &'a Raw, what: &str) -> Result<&'a str, String> {
    match raw {
        Raw::Word(text) | Raw::Text(text) => Ok(text.trim()),
        Raw::Integer(number) => Err(format!("{number} is a bare number: write {what} in quotes")),
        Raw::Boolean(_) | Raw::List(_) | Raw::Table(_) | Raw::Other(_) => {
            Err(format!("{} where {what} is expected", raw.name()))
        }
    }
}

/// The texts of a list; in a variable commas stand between them. `example` says how to write one.
pub(crate) fn items(raw: &Raw, example: &str) -> Result<Vec<String>, String> {
    let wrong = || Err(format!("{} where a list is expected: write {example}", raw.name()));
    match raw {
        Raw::Word(words) => Ok(words
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()),
        Raw::List(items) => items
            .iter()
            .map(|item| match item {
                Raw::Text(text) => Ok(text.trim().to_owned()),
                Raw::Word(_)
                | Raw::Integer(_)
                | Raw::Boolean(_)
                | Raw::List(_)
                | Raw::Table(_)
                | Raw::Other(_) => {
                    Err(format!("{} in the list: write texts in quotes, as {example}", item.name()))
                }
            })
            .collect(),
        Raw::Text(_) | Raw::Integer(_) | Raw::Boolean(_) | Raw::Table(_) | Raw::Other(_) => wrong(),
    }
}

/// A list of texts as the file writes it.
pub(crate) fn listed(items: impl Iterator<Item = String>) -> String {
    let shown: Vec<String> = items.map(|item| quoted(&item)).collect();
    format!("[{}]", shown.join(", "))
}

impl Raw {
    fn name(&self) -> &'static str {
        match self {
            Raw::Word(_) | Raw::Text(_) => "a text",
            Raw::Integer(_) => "a number",
            Raw::Boolean(_) => "true or false",
            Raw::List(_) => "a list",
            Raw::Table(_) => "a table",
            Raw::Other(name) => name,
        }
    }
}

/// Quotes text as TOML's basic strings are.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl Value for bool {
    fn kind() -> &'static str {
        "true or false"
    }

    fn read(raw: &Raw) -> Result<bool, String> {
        match raw {
            Raw::Boolean(value) => Ok(*value),
            Raw::Word(word) if word == "true" || word == "1" => Ok(true),
            Raw::Word(word) if word == "false" || word == "0" => Ok(false),
            Raw::Word(word) | Raw::Text(word) => {
                Err(format!("'{word}' is neither true nor false (without quotes)"))
            }
            Raw::Integer(_) | Raw::List(_) | Raw::Table(_) | Raw::Other(_) => {
                Err(format!("{} where true or false is expected", raw.name()))
            }
        }
    }

    fn toml(&self) -> String {
        self.to_string()
    }
}

/// Whole numbers of any width.
macro_rules! whole_number {
    ($type:ty) => {
        impl Value for $type {
            fn kind() -> &'static str {
                "number"
            }

            fn read(raw: &Raw) -> Result<$type, String> {
                let number = match raw {
                    Raw::Integer(number) => Some(*number),
                    Raw::Word(word) => word.trim().replace('_', "").parse().ok(),
                    Raw::Text(_)
                    | Raw::Boolean(_)
                    | Raw::List(_)
                    | Raw::Table(_)
                    | Raw::Other(_) => None,
                };
                number.and_then(|number| <$type>::try_from(number).ok()).ok_or_else(|| match raw {
                    Raw::Word(shown) | Raw::Text(shown) => {
                        format!("'{shown}' is not a whole number (without quotes)")
                    }
                    Raw::Integer(number) => format!("{number} is not a number from 0 up"),
                    Raw::Boolean(_) | Raw::List(_) | Raw::Table(_) | Raw::Other(_) => {
                        format!("{} where a whole number is expected", raw.name())
                    }
                })
            }

            fn toml(&self) -> String {
                let digits = self.to_string();
                let mut shown = String::new();
                for (at, digit) in digits.chars().enumerate() {
                    if at > 0 && (digits.len() - at) % 3 == 0 {
                        shown.push('_');
                    }
                    shown.push(digit);
                }
                shown
            }
        }
    };
}

whole_number!(u8);
whole_number!(u16);
whole_number!(u32);
whole_number!(u64);
whole_number!(usize);

/// Types that read from text alone.
macro_rules! from_text {
    ($type:ty, $kind:literal, $example:literal) => {
        impl Value for $type {
            fn kind() -> &'static str {
                $kind
            }

            fn read(raw: &Raw) -> Result<$type, String> {
                let text = text(raw, concat!($kind, ", as ", $example, ","))?;
                text.parse()
                    .map_err(|_| format!(concat!("'{}' is not ", $kind, ", as ", $example), text))
            }

            fn toml(&self) -> String {
                quoted(&self.to_string())
            }
        }
    };
}

from_text!(SocketAddr, "an address with its port", "127.0.0.1:8080");
from_text!(IpAddr, "an IP address", "203.0.113.7");

impl Value for String {
    fn kind() -> &'static str {
        "text"
    }

    fn read(raw: &Raw) -> Result<String, String> {
        text(raw, "a text").map(str::to_owned)
    }

    fn toml(&self) -> String {
        quoted(self)
    }
}

impl Value for PathBuf {
    fn kind() -> &'static str {
        "path"
    }

    fn read(raw: &Raw) -> Result<PathBuf, String> {
        text(raw, "a path").map(PathBuf::from)
    }

    fn toml(&self) -> String {
        quoted(&self.to_string_lossy())
    }
}

impl Value for Url {
    fn kind() -> &'static str {
        "URL"
    }

    fn read(raw: &Raw) -> Result<Url, String> {
        let text = text(raw, "a URL")?;
        let bad = || format!("'{text}' is not a URL that begins with http:// or https://");
        let url = Url::parse(text).map_err(|_| bad())?;
        if ["http", "https"].contains(&url.scheme()) { Ok(url) } else { Err(bad()) }
    }

    fn toml(&self) -> String {
        quoted(self.as_str().trim_end_matches('/'))
    }
}

impl Value for Vec<String> {
    fn kind() -> &'static str {
        "list"
    }

    fn read(raw: &Raw) -> Result<Vec<String>, String> {
        items(raw, "[\"one\", \"another\"]")
    }

    fn toml(&self) -> String {
        listed(self.iter().cloned())
    }
}

impl<T: Value> Value for Option<T> {
    fn kind() -> &'static str {
        T::kind()
    }

    /// An empty text stands for none, so that a variable can take back what a file says.
    fn read(raw: &Raw) -> Result<Option<T>, String> {
        match raw {
            Raw::Word(text) | Raw::Text(text) if text.trim().is_empty() => Ok(None),
            Raw::Word(_)
            | Raw::Text(_)
            | Raw::Integer(_)
            | Raw::Boolean(_)
            | Raw::List(_)
            | Raw::Table(_)
            | Raw::Other(_) => T::read(raw).map(Some),
        }
    }

    fn toml(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".to_owned(), Value::toml)
    }
}

/// A value that has to be written. It is absent only where that was told as a problem.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) struct Needed<T>(pub(crate) Option<T>);

impl<T: Value> Value for Needed<T> {
    const IS_NEEDED: bool = true;

    fn kind() -> &'static str {
        T::kind()
    }

    fn read(raw: &Raw) -> Result<Needed<T>, String> {
        T::read(raw).map(|value| Needed(Some(value)))
    }

    fn toml(&self) -> String {
        self.0.as_ref().map_or_else(|| "\"\"".to_owned(), Value::toml)
    }

    fn example() -> String {
        T::example()
    }
}

impl Value for Duration {
    fn kind() -> &'static str {
        "time"
    }

    fn read(raw: &Raw) -> Result<Duration, String> {
        const UNITS: [(&str, u64); 4] =
            [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000)];
        let text = text(raw, "a time with its unit, as \"30 s\",")?;
        let (number, unit) = split_unit(text);
        let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(factor?))
            .map(Duration::from_millis)
            .ok_or_else(|| format!("'{text}' is not a time: write 500 ms, 30 s, 5 min or 1 h"))
    }

    fn toml(&self) -> String {
        let millis = self.as_millis();
        let shown = match millis {
            _ if !millis.is_multiple_of(1_000) => format!("{millis} ms"),
            _ if millis.is_multiple_of(3_600_000) && millis > 0 => {
                format!("{} h", millis / 3_600_000)
            }
            _ if millis.is_multiple_of(60_000) && millis > 0 => format!("{} min", millis / 60_000),
            _ => format!("{} s", millis / 1_000),
        };
        quoted(&shown)
    }
}

/// An amount of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub(crate) usize);

impl Value for Size {
    fn kind() -> &'static str {
        "size"
    }

    fn read(raw: &Raw) -> Result<Size, String> {
        const UNITS: [(&str, usize); 7] = [
            ("B", 1),
            ("kB", 1_000),
            ("KiB", 1 << 10),
            ("MB", 1_000_000),
            ("MiB", 1 << 20),
            ("GB", 1_000_000_000),
            ("GiB", 1 << 30),
        ];
        let text = text(raw, "a size with its unit, as \"64 KiB\",")?;
        let (number, unit) = split_unit(text);
        let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        number
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_mul(factor?))
            .map(Size)
            .ok_or_else(|| format!("'{text}' is not a size: write 64 KiB or 32 MiB"))
    }

    fn toml(&self) -> String {
        let shown = match self.0 {
            bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
            bytes if bytes % (1 << 10) == 0 => format!("{} KiB", bytes >> 10),
            bytes => format!("{bytes} B"),
        };
        quoted(&shown)
    }
}

fn split_unit(text: &str) -> (String, &str) {
    let end = text.find(|each: char| each.is_ascii_alphabetic()).unwrap_or(text.len());
    (text[..end].trim().replace('_', ""), text[end..].trim())
}

/// A span of UDP ports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ports {
    /// The lowest.
    pub(crate) first: u16,
    /// The highest.
    pub(crate) last: u16,
}

impl Ports {
    /// All of them.
    pub(crate) fn range(&self) -> RangeInclusive<u16> {
        self.first..=self.last
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl Value for Ports {
    fn kind() -> &'static str {
        "ports"
    }

    fn read(raw: &Raw) -> Result<Ports, String> {
        let text = text(raw, "ports, as \"10000-20000\",")?;
        let parsed = text.split_once('-').and_then(|(first, last)| {
            Some(Ports { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? })
        });
        match parsed {
            // A pair of ports is one stream: RTP on the even one, RTCP above it (RFC 3550 §11).
            Some(ports) if ports.first > 0 && ports.last > ports.first => Ok(ports),
            _ => Err(format!("'{text}' is not a span of ports: write 10000-20000")),
        }
    }

    fn toml(&self) -> String {
        quoted(&self.to_string())
    }
}

/// A setting that is one word out of a few.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $( $(#[$doc:meta])* $variant:ident = $word:literal, )+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name { $( $(#[$doc])* $variant, )+ }

        impl crate::config::value::Value for $name {
            fn kind() -> &'static str {
                const WORDS: &[&str] = &[$($word),+];
                static KIND: std::sync::LazyLock<String> =
                    std::sync::LazyLock::new(|| WORDS.join(", "));
                &KIND
            }

            fn example() -> String {
                crate::config::value::quoted([$($word),+][0])
            }

            fn read(raw: &crate::config::value::Raw) -> Result<$name, String> {
                let text = crate::config::value::text(raw, "a word")?;
                match text {
                    $( $word => Ok($name::$variant), )+
                    _ => Err(format!("'{text}' is none of {}", Self::kind())),
                }
            }

            fn toml(&self) -> String {
                let word = match self { $( $name::$variant => $word, )+ };
                crate::config::value::quoted(word)
            }
        }
    };
}

pub(crate) use choice;

#[cfg(test)]
mod tests {
    use super::*;

    fn word<T: Value>(text: &str) -> Result<T, String> {
        T::read(&Raw::Word(text.to_owned()))
    }

    #[test]
    fn quantities_read_as_they_are_shown() {
        for text in ["500 ms", "30 s", "5 min", "1 h"] {
            assert_eq!(word::<Duration>(text).expect("a time").toml(), format!("\"{text}\""));
        }
        for text in ["64 KiB", "32 MiB", "7 B"] {
            assert_eq!(word::<Size>(text).expect("a size").toml(), format!("\"{text}\""));
        }
        assert_eq!(word::<Size>("64kB"), Ok(Size(64_000)));
        assert_eq!(word::<usize>("200_000").expect("a number").toml(), "200_000");
    }

    #[test]
    fn a_quantity_without_its_unit_is_refused_with_the_way_to_write_it() {
        let bare = Duration::read(&Raw::Integer(30)).expect_err("it has no unit");
        assert!(bare.contains("\"30 s\""), "{bare}");
        assert!(word::<Duration>("30").is_err());
        assert!(word::<Duration>("99999999999999999999 h").is_err());
        assert!(word::<Size>("64").is_err());
    }

    #[test]
    fn a_text_is_no_number_in_a_file_but_a_variable_may_be() {
        assert!(u32::read(&Raw::Text("10".to_owned())).is_err());
        assert_eq!(word::<u32>("10"), Ok(10));
        assert!(word::<u32>("-1").is_err());
    }

    #[test]
    fn ports_run_upwards() {
        assert_eq!(word::<Ports>("10000 - 20000"), Ok(Ports { first: 10_000, last: 20_000 }));
        for bad in ["20000-10000", "10000", "0-10", "1-70000"] {
            assert!(word::<Ports>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_variable_takes_a_value_back() {
        assert_eq!(word::<Option<IpAddr>>(""), Ok(None));
        assert!(word::<Option<IpAddr>>("localhost").is_err());
    }
}
