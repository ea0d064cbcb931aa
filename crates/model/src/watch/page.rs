//! Maintenance, when nobody is to be woken, and status pages, on which everybody sees how it stands.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::oncall::{Name, Zone};

/// A time in which nobody is told, and which counts for no uptime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// In commands: `tuesday-updates`.
    pub name: Name,
    /// On status pages.
    #[serde(default)]
    pub title: String,
    /// These checks.
    #[serde(default)]
    pub checks: Vec<Name>,
    /// And every check with one of these labels. Both empty: all.
    #[serde(default)]
    pub labels: Vec<String>,
    /// When.
    pub when: Recurrence,
    /// It stands in `checks.toml`.
    #[serde(default)]
    pub from_file: bool,
}

/// When maintenance is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recurrence {
    /// Once.
    Once {
        /// From then on.
        from: Moment,
        /// Until then.
        until: Moment,
    },
    /// Each week.
    Weekly {
        /// 1 (Monday) to 7.
        days: Vec<u8>,
        /// Minutes after midnight, 0 to 1,439.
        from_minute: u16,
        /// Length in minutes, 1 to 10,080; it may go on past midnight.
        minutes: u32,
        /// Where that is the time.
        zone: Zone,
    },
    /// By the five fields of cron (`crontab(5)`).
    Cron {
        /// When it begins.
        expression: String,
        /// Length in minutes, 1 to 10,080.
        minutes: u32,
        /// Where that is the time.
        zone: Zone,
    },
}

/// How some checks stand, for everybody or for those with the word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusPage {
    /// In its URL, `/status/NAME`; uniquely on this server.
    pub name: Name,
    /// At its top.
    #[serde(default)]
    pub title: String,
    /// These checks, in this order.
    #[serde(default)]
    pub checks: Vec<Name>,
    /// And every check with one of these labels, by name. Both empty: all.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Whether anybody may see it. Otherwise those with the account's credentials.
    #[serde(default)]
    pub public: bool,
    /// It stands in `checks.toml`.
    #[serde(default)]
    pub from_file: bool,
}
