//! People, and the small words that everything about them is made of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::correspondent::Correspondent;
use crate::party::Party;

/// What a person, a rota or a line is called in commands, URLs and texts: 1 to 64 of `a-z`, `0-9`, `-`, `_` and `.`,
/// beginning with a letter or digit. Upper case is taken as lower.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(String);

/// Longest name, in bytes.
const NAME_MAX: usize = 64;

impl Name {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text can't be a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' can't be a name: use 1 to 64 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit, as ada"
)]
pub struct InvalidName(pub String);

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Name, InvalidName> {
        let name = text.trim().to_ascii_lowercase();
        let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let rest = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let fits = first && rest && name.len() <= NAME_MAX;
        if fits { Ok(Name(name)) } else { Err(InvalidName(text.to_owned())) }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An IANA time zone, as `America/Sao_Paulo`; the rules are those that this binary carries.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Zone(String);

impl Zone {
    /// Coordinated Universal Time.
    pub fn utc() -> Zone {
        Zone("UTC".to_owned())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its rules.
    pub fn rules(&self) -> jiff::tz::TimeZone {
        jiff::tz::db().get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// There is no such time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time zone: use its IANA name, as America/Sao_Paulo or Europe/Lisbon")]
pub struct InvalidZone(pub String);

impl FromStr for Zone {
    type Err = InvalidZone;

    fn from_str(text: &str) -> Result<Zone, InvalidZone> {
        let found = jiff::tz::db().get(text.trim());
        let name = found.ok().and_then(|zone| zone.iana_name().map(str::to_owned));
        name.map(Zone).ok_or_else(|| InvalidZone(text.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A language that prompts and texts are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    Portuguese,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::English, Language::Portuguese];

    /// BCP 47 tag, as in documents and settings: `en`, `pt-BR`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Portuguese => "pt-BR",
        }
    }

    /// BCP 47 tag for `<Say>`: `en-US`, `pt-BR`.
    pub const fn spoken(self) -> &'static str {
        match self {
            Language::English => "en-US",
            Language::Portuguese => "pt-BR",
        }
    }
}

/// Somebody who takes calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// In commands, URLs and texts: `ada`.
    pub name: Name,
    /// As it is said and written for people: `Ada Costa`. Default: the name.
    #[serde(default)]
    pub display: String,
    /// Rung in this order; the first that takes texts gets them.
    #[serde(default)]
    pub phones: Vec<PersonPhone>,
    /// Where e-mails go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they read and hear. Default `en`.
    #[serde(default)]
    pub language: Language,
    /// In which times are told to them; `None`: that of the rota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

impl Person {
    /// What people call them.
    pub fn shown(&self) -> &str {
        if self.display.is_empty() { self.name.as_str() } else { &self.display }
    }

    /// Where texts for them go: the first number that takes them, else the first phone that registers here.
    pub fn texts_at(&self) -> Option<Correspondent> {
        let takes = || self.phones.iter().filter(|phone| phone.texts).map(|phone| &phone.at);
        let number = takes().find_map(|at| at.number().cloned().map(Correspondent::Number));
        number.or_else(|| {
            takes().find_map(|at| match at {
                Party::Client(name) => Some(Correspondent::Client(name.clone())),
                Party::Number(_) | Party::Sip(_) | Party::Other(_) => None,
            })
        })
    }
}

/// A phone of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonPhone {
    /// `+5511987654321`, `sip:ada@office.example` or `client:ada` (a phone that registers here, or a browser's).
    pub at: Party,
    /// `mobile`, `desk` …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Whether it is rung. Default yes.
    #[serde(default = "yes")]
    pub rings: bool,
    /// Whether texts may go there, where it is a number. Default yes.
    #[serde(default = "yes")]
    pub texts: bool,
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_shown_in_lower() {
        assert_eq!("Ada".parse::<Name>().expect("a name").as_str(), "ada");
        for text in ["", " ", "-a", "a b", "ação", "a/b", &"a".repeat(65)] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
    }

    #[test]
    fn zones_are_known_without_the_systems_files() {
        for text in
            ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe"]
        {
            assert_eq!(text.parse::<Zone>().expect("a zone").to_string(), text);
        }
        for text in ["", "Sao Paulo", "Mars/Olympus", "../etc/passwd"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
