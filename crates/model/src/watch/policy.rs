//! Who is told, how, and when.

use serde::{Deserialize, Serialize};

use super::incident::IncidentKind;
use crate::oncall::Name;

/// Who is told of an incident, step by step, until somebody sees to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// In checks and commands: `default`.
    pub name: Name,
    /// In the order in which they are due.
    pub steps: Vec<PolicyStep>,
    /// How often the steps begin anew while nobody sees to it, 0 to 100.
    #[serde(default)]
    pub repeats: u32,
    /// Time from the last step to that, in seconds, 60 to 86,400.
    #[serde(default = "Policy::default_repeat")]
    pub repeat_after_seconds: u32,
    /// Reminders while it is acknowledged and still down, in seconds; 0: none.
    #[serde(default)]
    pub remind_seconds: u32,
    /// It stands in `checks.toml`.
    #[serde(default)]
    pub from_file: bool,
}

impl Policy {
    fn default_repeat() -> u32 {
        900
    }
}

/// Somebody is told in some way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyStep {
    /// Time after the incident began (or the round), in seconds, not before the step above.
    #[serde(default)]
    pub after_seconds: u32,
    /// Whom.
    pub to: Vec<Target>,
    /// How, the best first: each is told by the first of these that reaches them, and by the next one where that fails. Who is
    /// to get a text and a call has two steps.
    pub by: Vec<Channel>,
    /// For these only. Default: all.
    #[serde(default)]
    pub kinds: Vec<IncidentKind>,
    /// Whether those told here are told of the recovery too.
    #[serde(default = "PolicyStep::default_recovered")]
    pub recovered: bool,
}

impl PolicyStep {
    fn default_recovered() -> bool {
        true
    }
}

/// Whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Whoever is on duty in this rota then, first in order first.
    Rota(Name),
    /// The one after them in this rota.
    Next(Name),
    /// This person.
    Person(Name),
    /// Everybody of the account.
    Everyone,
    /// This URL, by POST (the channel `webhook`).
    Url(String),
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// SMS.
    Text,
    /// A phone call that asks for a key.
    Call,
    /// E-mail.
    Mail,
    /// HTTP POST of a JSON document.
    Webhook,
}

impl Channel {
    /// As it is written in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Text => "text",
            Channel::Call => "call",
            Channel::Mail => "mail",
            Channel::Webhook => "webhook",
        }
    }
}
