//! What came of probing, and where a check stands by it.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::oncall::Name;

/// What one probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// When it was begun.
    pub at: Moment,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// As it should be.
    pub up: bool,
    /// Why not, for people, without a secret; empty where it is up.
    #[serde(default)]
    pub reason: String,
    /// When the first certificate of the chain ends, where one was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_ends: Option<Moment>,
}

/// Up or down, or not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not probed often enough to say.
    #[default]
    Pending,
    /// As it should be.
    Up,
    /// Not so.
    Down,
}

impl Standing {
    /// As it is written in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Pending => "pending",
            Standing::Up => "up",
            Standing::Down => "down",
        }
    }
}

/// Where a check stands; enough to go on with after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckState {
    /// Which check.
    pub check: Name,
    /// Up or down.
    pub standing: Standing,
    /// Since when.
    pub since: Option<Moment>,
    /// Failures in a row by now.
    pub failing: u32,
    /// Successes in a row by now.
    pub passing: u32,
    /// The newest outcome.
    pub last: Option<Outcome>,
    /// When it went from up to down or back, of late.
    #[serde(default)]
    pub changes: Vec<Moment>,
    /// It changes too often to be told each time.
    #[serde(default)]
    pub flapping: bool,
    /// A heartbeat's last beat.
    #[serde(default)]
    pub beat_at: Option<Moment>,
    /// In maintenance.
    #[serde(default)]
    pub maintenance: bool,
    /// Its parent is down, so that it isn't judged.
    #[serde(default)]
    pub shadowed: bool,
    /// The incident that is open for it.
    #[serde(default)]
    pub incident: Option<i64>,
    /// The incident that is open for its certificate.
    #[serde(default)]
    pub certificate_incident: Option<i64>,
}

impl CheckState {
    /// Nothing is known yet.
    pub fn new(check: Name) -> CheckState {
        CheckState {
            check,
            standing: Standing::Pending,
            since: None,
            failing: 0,
            passing: 0,
            last: None,
            changes: Vec::new(),
            flapping: false,
            beat_at: None,
            maintenance: false,
            shadowed: false,
            incident: None,
            certificate_incident: None,
        }
    }
}

/// What an hour of a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hour {
    /// Its beginning.
    pub at: Moment,
    /// Outcomes.
    pub probes: u32,
    /// Of these, up.
    pub up: u32,
    /// Of these, in maintenance: they count for nothing.
    pub maintenance: u32,
    /// How many of those that were up took how long: one place for each of `watch::BUCKETS`.
    pub times: Vec<u32>,
}
