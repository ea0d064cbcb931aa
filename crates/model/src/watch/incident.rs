//! An incident: what is wrong, since when, who was told, who sees to it.

use serde::{Deserialize, Serialize};

use super::policy::{Channel, Policy};
use crate::moment::Moment;
use crate::oncall::Name;

/// What somebody is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// It isn't up.
    Down,
    /// A certificate is about to end.
    Certificate,
    /// It goes up and down too often to be told each time.
    Flapping,
    /// This machine's own network is down: nothing can be said about the checks.
    Blind,
    /// Somebody else's watch says so.
    Alert,
}

impl IncidentKind {
    /// As it is written in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            IncidentKind::Down => "down",
            IncidentKind::Certificate => "certificate",
            IncidentKind::Flapping => "flapping",
            IncidentKind::Blind => "blind",
            IncidentKind::Alert => "alert",
        }
    }
}

/// Something is wrong, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What `ack 12` takes; from the same sequence as missed calls. 0 until it is kept.
    pub id: i64,
    /// By which a repetition is recognised: at most one open incident has it.
    pub key: String,
    /// Of what kind.
    pub kind: IncidentKind,
    /// Which check, if it is one of ours.
    pub check: Option<Name>,
    /// For people: `The shop`.
    pub title: String,
    /// For people: `status 502 instead of 200 to 299`.
    pub detail: String,
    /// Who says so: `watch`, `monit`, `alertmanager`, …
    pub source: String,
    /// Where there is more, by the source's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it began.
    pub opened_at: Moment,
    /// How often it was said again since.
    #[serde(default)]
    pub repeats: u32,
    /// Who is told, as it was when it began.
    pub policy: Policy,
    /// Steps of the policy that were done, over all rounds.
    #[serde(default)]
    pub steps_done: u32,
    /// When the next step is due; `None`: nothing goes on by itself.
    #[serde(default)]
    pub next_at: Option<Moment>,
    /// Who sees to it.
    #[serde(default)]
    pub acknowledged: Option<Author>,
    /// When it was up again, or its source said so.
    #[serde(default)]
    pub resolved_at: Option<Moment>,
    /// Who closed it by hand.
    #[serde(default)]
    pub closed: Option<Author>,
    /// Who doesn't want to be called about it.
    #[serde(default)]
    pub quiet: Vec<Name>,
    /// Everything that happened, oldest first.
    #[serde(default)]
    pub log: Vec<LogEntry>,
}

impl Incident {
    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.resolved_at.is_none() && self.closed.is_none()
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Moment> {
        let closed = self.closed.as_ref().map(|author| author.at);
        match (self.resolved_at, closed) {
            (Some(resolved), Some(closed)) => Some(resolved.min(closed)),
            (resolved, closed) => resolved.or(closed),
        }
    }
}

/// Who did it, how and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Who; `None`: somebody with the right to.
    pub by: Option<Name>,
    /// How.
    pub way: Way,
    /// When.
    pub at: Moment,
}

/// How somebody told us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A key on the phone.
    Call,
    /// A text.
    Text,
    /// The link in a text or an e-mail.
    Link,
    /// The API or the command line.
    Api,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: Moment,
    /// What.
    pub event: LogEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LogEvent {
    /// It began.
    Opened {
        /// Why.
        detail: String,
    },
    /// It was said again, otherwise.
    Changed {
        /// Why now.
        detail: String,
    },
    /// Somebody is told.
    Telling {
        /// By which a repetition is recognised, on the wire too.
        key: String,
        /// Whom; `None`: a webhook.
        person: Option<Name>,
        /// How.
        channel: Channel,
        /// That it is up again, not that it is down.
        #[serde(default)]
        recovered: bool,
    },
    /// What came of telling.
    Told {
        /// As in `telling`.
        key: String,
        /// It reached them.
        reached: bool,
        /// How that is known, or why not.
        detail: String,
    },
    /// Somebody sees to it.
    Acknowledged(Author),
    /// Somebody wants the next level told now.
    Escalated(Author),
    /// Somebody doesn't want to be called.
    Quieted(Author),
    /// It is up again.
    Resolved,
    /// Somebody closed it.
    Closed(Author),
}

/// What a watch says about something: ours about a check, others' by `POST /v1/alerts/…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// By which a repetition is recognised: `check/shop/down`, `alertmanager/1f2e…`.
    pub key: String,
    /// Of what kind.
    pub kind: IncidentKind,
    /// Which check, if it is one of ours.
    pub check: Option<Name>,
    /// Firing or resolved.
    pub state: SignalState,
    /// For people: what.
    pub title: String,
    /// For people: why.
    pub detail: String,
    /// Who says so: `watch`, `monit`, …
    pub source: String,
    /// Where there is more.
    pub link: Option<String>,
    /// Who is told. Default: the policy `default`.
    pub policy: Option<Name>,
}

/// Whether something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalState {
    /// It is.
    Firing,
    /// It is no more.
    Resolved,
}
