//! The line: what a caller meets.

use std::collections::BTreeMap;

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::person::{Language, Name, Zone};
use crate::number::PhoneNumber;
use crate::party::Party;

/// A support line: a number of ours with `alo://roulette/NAME` as its voice URL leads here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// In commands and URLs: `support`.
    pub name: Name,
    /// As it is said to callers and those rung: `Example Support`. Default: the name.
    #[serde(default)]
    pub display: String,
    /// What callers hear. Default `en`.
    #[serde(default)]
    pub language: Language,
    /// Whether a caller's country decides about the language, where alo has it. Default yes.
    #[serde(default = "yes")]
    pub callers_language: bool,
    /// Whether callers are connected, or asked for a message first. Default `connect_first`.
    #[serde(default)]
    pub mode: Mode,
    /// Who is reached: one team, or up to nine of which the caller chooses by key.
    pub teams: Vec<Team>,
    /// How long each phone rings, in seconds, 5 to 120. Default 20.
    #[serde(default = "ring_seconds")]
    pub ring_seconds: u32,
    /// What those rung see. Default `line`: the number that was called, so that it can pierce do-not-disturb.
    #[serde(default)]
    pub shown: Shown,
    /// Callers that get through; empty: all. Numbers, or their beginning before a `*`: `+5511*`; `anonymous`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// Callers that don't, written likewise; it counts more than `allow`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<String>,
    /// When people are rung; `None`: always. Outside of it callers hear so, and leave a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Whether everyone of the team is rung at once when nobody took the call. Default no.
    #[serde(default)]
    pub everyone_last: bool,
    /// Voicemail at the end; `None`: callers hear that nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<VoicemailRules>,
    /// What callers hear while it rings. Default: music `ambient`.
    #[serde(default)]
    pub music: Music,
    /// Prompts and texts in place of the built-in ones, by their name (see `PROMPTS`) and language (`en`, `pt-BR`, or `*`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<String, BTreeMap<String, Prompt>>,
    /// Whom every call goes to, whatever the rota says, for those who schedule elsewhere; then voicemail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Party>,
    /// Number of ours that texts come from and commands by text go to; `None`: the number that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_from: Option<PhoneNumber>,
}

/// What can be said in other words: names of [`Line::prompts`].
pub const PROMPTS: [&str; 22] = [
    "greeting",
    "menu",
    "wrong_key",
    "connecting",
    "still_trying",
    "everyone",
    "gap",
    "closed",
    "blocked",
    "nobody",
    "voicemail",
    "thanks",
    "no_message",
    "whisper",
    "accepted",
    "passed",
    "text_on_duty",
    "text_soon_on_duty",
    "text_off_duty",
    "text_missed",
    "text_voicemail",
    "text_transcript",
];

/// A prompt in other words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Said, or sent. `{line}`, `{caller}`, `{person}`, `{team}`, `{until}`, `{link}` and `{id}` are filled in where they
    /// are known.
    Text(String),
    /// Played: `alo://prompts/NAME` for an uploaded file, or an http(s) address.
    Audio(String),
}

/// Whether callers are connected at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// People are rung; who isn't reached is asked for a message.
    #[default]
    ConnectFirst,
    /// A message is asked for; those on duty are told.
    VoicemailFirst,
}

/// A team that callers can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its key, `1` to `9`; may be left out where there is one team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<char>,
    /// As it is said: `billing`. May be left out where there is one team.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display: String,
    /// Who is rung, level after level.
    pub levels: Vec<Level>,
}

/// One step of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Whoever is on duty in this rota.
    Rota(Name),
    /// Whoever comes next in this rota.
    Next(Name),
    /// This person.
    Person(Name),
    /// Everyone of this rota at once.
    Everyone(Name),
    /// A phone that belongs to nobody here.
    Phone(Party),
}

/// What those rung see.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The number that was called.
    #[default]
    Line,
    /// The caller's number.
    Caller,
    /// This number.
    Number(PhoneNumber),
}

/// When people are rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Where that is meant.
    pub zone: Zone,
    /// The times of the week.
    pub windows: Vec<Window>,
}

/// A time of some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days it begins on, as `mon` … `sun`; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "days")]
    pub days: Vec<civil::Weekday>,
    /// From this time of day.
    pub from: civil::Time,
    /// Until this one (exclusive); if not after `from`, on the day after.
    pub until: civil::Time,
}

/// What callers hear while it rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Music {
    /// What one hears while a phone rings.
    Ringing,
    /// Built-in music: `classical`, `ambient`, `electronica`, `guitars`, `rock` or `soft-rock`.
    BuiltIn(String),
    /// Audio: `alo://prompts/NAME` for an uploaded file, or an http(s) address.
    Audio(String),
}

impl Default for Music {
    fn default() -> Music {
        Music::BuiltIn("ambient".to_owned())
    }
}

/// How messages are taken and told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoicemailRules {
    /// Longest message, in seconds, 5 to 3,600. Default 180.
    #[serde(default = "message_seconds")]
    pub max_seconds: u32,
    /// Whether those on duty get a text. Default yes.
    #[serde(default = "yes")]
    pub text: bool,
    /// Whether those on duty get an e-mail. Default yes.
    #[serde(default = "yes")]
    pub email: bool,
    /// Who gets an e-mail besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

impl Default for VoicemailRules {
    fn default() -> VoicemailRules {
        VoicemailRules { max_seconds: message_seconds(), text: true, email: true, also: Vec::new() }
    }
}

fn yes() -> bool {
    true
}

fn ring_seconds() -> u32 {
    20
}

fn message_seconds() -> u32 {
    180
}

/// Days of the week as `mon` … `sun`.
mod days {
    use jiff::civil::Weekday;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{SerializeSeq, Serializer};

    const DAYS: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];

    pub(super) fn serialize<S: Serializer>(days: &[Weekday], to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(days.len()))?;
        for day in days {
            let name = DAYS.iter().find(|(_, known)| known == day).map_or("", |(name, _)| name);
            list.serialize_element(name)?;
        }
        list.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Weekday>, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        names
            .iter()
            .map(|name| {
                let found = DAYS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
                found.map(|(_, day)| *day).ok_or_else(|| {
                    D::Error::custom(format!(
                        "'{name}' is not a day: mon, tue, wed, thu, fri, sat or sun"
                    ))
                })
            })
            .collect()
    }
}
