//! A check: what is looked at, how often, and how sure one must be before anybody is woken.

use serde::{Deserialize, Serialize};

use super::probe::Probe;
use crate::oncall::{Name, Zone};

/// Something that is to be up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// In commands, URLs and texts: `shop`.
    pub name: Name,
    /// As it is said and written for people: `The shop`. Default: the name.
    #[serde(default)]
    pub title: String,
    /// By which maintenance, status pages and lists choose it.
    #[serde(default)]
    pub labels: Vec<String>,
    /// What is done to find out.
    pub probe: Probe,
    /// Time from one probe to the next, in seconds, 5 to 86,400. A heartbeat's own schedule stands in its probe.
    #[serde(default = "Check::default_every")]
    pub every_seconds: u32,
    /// A probe that takes longer has failed, in milliseconds, 100 to 120,000.
    #[serde(default = "Check::default_timeout")]
    pub timeout_ms: u32,
    /// Down after so many failures in a row, 1 to 100.
    #[serde(default = "Check::default_failures")]
    pub failures: u32,
    /// Up again after so many successes in a row, 1 to 100.
    #[serde(default = "Check::default_successes")]
    pub successes: u32,
    /// Only judged while this one is up: a router before what is behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Name>,
    /// Who is told. Default: the policy `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Name>,
    /// Days before a certificate ends from which on somebody is told, 0 (never) to 365.
    #[serde(default = "Check::default_certificate_days")]
    pub certificate_days: u32,
    /// Not looked at, until that is taken back.
    #[serde(default)]
    pub paused: bool,
    /// It stands in `checks.toml`: changed there, not over the API.
    #[serde(default)]
    pub from_file: bool,
}

impl Check {
    /// Time from one probe to the next unless it says otherwise, in seconds.
    pub const EVERY_SECONDS: u32 = 60;
    /// Longest probe unless it says otherwise, in milliseconds.
    pub const TIMEOUT_MS: u32 = 10_000;
    /// Failures in a row before it is down unless it says otherwise.
    pub const FAILURES: u32 = 3;
    /// Successes in a row before it is up again unless it says otherwise.
    pub const SUCCESSES: u32 = 2;
    /// Days before a certificate ends unless it says otherwise.
    pub const CERTIFICATE_DAYS: u32 = 14;

    fn default_every() -> u32 {
        Check::EVERY_SECONDS
    }

    fn default_timeout() -> u32 {
        Check::TIMEOUT_MS
    }

    fn default_failures() -> u32 {
        Check::FAILURES
    }

    fn default_successes() -> u32 {
        Check::SUCCESSES
    }

    fn default_certificate_days() -> u32 {
        Check::CERTIFICATE_DAYS
    }

    /// A check of this name with the defaults.
    pub fn new(name: Name, probe: Probe) -> Check {
        Check {
            name,
            title: String::new(),
            labels: Vec::new(),
            probe,
            every_seconds: Check::EVERY_SECONDS,
            timeout_ms: Check::TIMEOUT_MS,
            failures: Check::FAILURES,
            successes: Check::SUCCESSES,
            parent: None,
            policy: None,
            certificate_days: Check::CERTIFICATE_DAYS,
            paused: false,
            from_file: false,
        }
    }

    /// As it is said and written for people.
    pub fn title(&self) -> &str {
        if self.title.is_empty() { self.name.as_str() } else { &self.title }
    }
}

/// When a heartbeat is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// At least once in so many seconds, 1 to 31,536,000.
    Period(u32),
    /// By the five fields of cron (`crontab(5)`), in a time zone.
    Cron {
        /// `0 3 * * *`: at three each night.
        expression: String,
        /// Where that is the time.
        zone: Zone,
    },
}
