//! What happened on a line, and what was told of it.

use serde::{Deserialize, Serialize};

use super::person::Name;
use crate::moment::Moment;
use crate::party::Party;
use crate::sid::Sid;

/// A call of a line, with everyone who was rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCall {
    /// `CA…` of the caller's leg.
    pub call: Sid,
    /// Which line.
    pub line: Name,
    /// The team chosen, by its words; empty where there is one.
    #[serde(default)]
    pub team: String,
    /// Who called.
    #[serde(deserialize_with = "anybody")]
    pub from: Party,
    /// The number called.
    #[serde(deserialize_with = "anybody")]
    pub to: Party,
    /// When it came.
    pub began_at: Moment,
    /// When the caller was gone.
    pub ended_at: Option<Moment>,
    /// What it came to.
    pub outcome: LineOutcome,
    /// Everyone who was rung, or would have been, in order.
    pub attempts: Vec<Attempt>,
    /// `RE…` of the message left.
    pub voicemail: Option<Sid>,
    /// Length of the message, in seconds.
    pub voicemail_seconds: Option<u32>,
    /// What the message says, where a recogniser wrote it down.
    #[serde(default)]
    pub transcript: Option<String>,
    /// What `ACK` takes, once it was missed.
    pub ticket: Option<i64>,
    /// Who saw to it.
    pub acknowledged: Option<Acknowledgement>,
}

/// A caller is kept as they came, also without a number (`anonymous`).
fn anybody<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Party, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.parse().unwrap_or(Party::Other(text)))
}

/// Somebody saw to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: Name,
    /// When.
    pub at: Moment,
}

/// What a call of a line came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    /// Somebody is being looked for.
    Hunting,
    /// Somebody took it.
    Connected,
    /// The caller left a message.
    Voicemail,
    /// Nobody took it, and there is no message.
    Missed,
    /// The caller hung up before anybody took it.
    HungUp,
    /// The caller isn't let through.
    Blocked,
    /// The caller is one of ours, and gave a command.
    Command,
    /// The server stopped meanwhile.
    Lost,
}

impl LineOutcome {
    /// Every outcome.
    pub const ALL: [LineOutcome; 8] = [
        LineOutcome::Hunting,
        LineOutcome::Connected,
        LineOutcome::Voicemail,
        LineOutcome::Missed,
        LineOutcome::HungUp,
        LineOutcome::Blocked,
        LineOutcome::Command,
        LineOutcome::Lost,
    ];

    /// As it is written in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            LineOutcome::Hunting => "hunting",
            LineOutcome::Connected => "connected",
            LineOutcome::Voicemail => "voicemail",
            LineOutcome::Missed => "missed",
            LineOutcome::HungUp => "hung_up",
            LineOutcome::Blocked => "blocked",
            LineOutcome::Command => "command",
            LineOutcome::Lost => "lost",
        }
    }
}

/// One phone that was rung, or would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Whose; `None`: nobody's here.
    pub person: Option<Name>,
    /// Which phone; `None`: the person has none that rings.
    pub phone: Option<Party>,
    /// `CA…` of the leg, once known.
    pub call: Option<Sid>,
    /// Which level, from 1.
    pub level: u32,
    /// When it began.
    pub began_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// What came of it.
    pub outcome: AttemptOutcome,
}

/// What came of ringing a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It rings, or is asked to press a key.
    Ringing,
    /// They pressed 1, and had the caller.
    Accepted,
    /// They pressed another key.
    Passed,
    /// It was answered, but no key was pressed: nobody, or a carrier's voicemail.
    Silent,
    /// It rang out.
    NoAnswer,
    /// It was busy.
    Busy,
    /// It could not be reached.
    Failed,
    /// It wasn't rung: they are on another call of a line.
    Engaged,
    /// It wasn't rung: the person has no phone that rings.
    NoPhone,
    /// Another phone was faster.
    Elsewhere,
    /// The caller left meanwhile.
    CallerLeft,
}

/// What a text or an e-mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// You are on duty now.
    OnDuty,
    /// You will be soon.
    SoonOnDuty,
    /// You are off duty now.
    OffDuty,
    /// Your shifts changed.
    Changed,
    /// A call was missed.
    Missed,
    /// A message was left.
    Voicemail,
    /// What a message says.
    Transcript,
}

/// Up to when handoffs of a rota were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// Handoffs up to then.
    pub handoffs: Moment,
    /// Handoffs up to then were announced before, where that is wanted.
    pub announced: Moment,
}

/// An e-mail that must arrive: a row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Assigned by the store; 0 before.
    pub id: i64,
    /// `AC…` on whose behalf.
    pub account: Sid,
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// What a repetition is recognised by; unique in its account.
    pub key: String,
    /// Tries made.
    pub attempts: u32,
    /// Not before.
    pub due_at: Moment,
    /// When it was written.
    pub created_at: Moment,
}
