//! What a phone does and what happens to it, told while it happens: for transcripts and for the demo's screen.

use std::fmt;
use std::sync::Arc;

use sip::{EndedBy, Ending};

use crate::state::Party;

/// Whoever is told. Called from signalling and media threads: it must not block.
pub type Observer = Arc<dyn Fn(&Note) + Send + Sync>;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Name of the phone.
    pub phone: String,
    /// Which of its calls, counted from 1; `None` if it is about no call.
    pub call: Option<u32>,
    /// What happened.
    pub what: What,
}

/// What a phone does, and what happens to it.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Its registration was taken.
    Registered,
    /// Its registration was refused or not answered; the text says why.
    NotRegistered(String),
    /// It gave up its registration.
    Unregistered,
    /// A call comes in.
    Rings {
        /// Who calls.
        caller: Party,
        /// Who is called.
        called: Party,
    },
    /// It calls somebody.
    Dials(String),
    /// It texts somebody.
    Texts {
        /// Whom.
        to: String,
        /// What it says.
        body: String,
    },
    /// A text comes in.
    HearsText {
        /// Who sent it.
        from: Party,
        /// What it says.
        body: String,
    },
    /// Its call is under way: 180, 183 and the like.
    Progress {
        /// 101–199.
        status: u16,
        /// Whether audio comes before the answer.
        early_media: bool,
    },
    /// The far side answered.
    Answered,
    /// It answers.
    Answers,
    /// It refuses with a status.
    Rejects(u16),
    /// It presses keys.
    Presses(String),
    /// The far side pressed a key.
    HearsKey(char),
    /// It says something.
    Talks(String),
    /// It stops talking.
    FallsSilent,
    /// It puts the far side on hold.
    Holds,
    /// It takes the far side back.
    Resumes,
    /// The far side put it on hold.
    IsHeld,
    /// The far side took it back.
    IsResumed,
    /// No audio came for a while although it should.
    LosesAudio,
    /// Audio can't be agreed on; the text says why.
    CannotTalk(String),
    /// It hangs up.
    HangsUp,
    /// The call is over.
    Ended(Ending),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call {
            Some(call) if call > 1 => write!(f, "{} ({call}) {}", self.phone, self.what),
            Some(_) | None => write!(f, "{} {}", self.phone, self.what),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered => f.write_str("is registered"),
            Self::NotRegistered(why) => write!(f, "is not registered: {why}"),
            Self::Unregistered => f.write_str("is unregistered"),
            Self::Rings { caller, called } => write!(f, "rings: {caller} calls {called}"),
            Self::Dials(whom) => write!(f, "dials {whom}"),
            Self::Texts { to, body } => write!(f, "texts {to}: {body}"),
            Self::HearsText { from, body } => write!(f, "gets a text from {from}: {body}"),
            Self::Progress { status: 180, early_media: false } => f.write_str("is told it rings"),
            Self::Progress { status, early_media: false } => write!(f, "is told {status}"),
            Self::Progress { status, early_media: true } => {
                write!(f, "is told {status} with early audio")
            }
            Self::Answered => f.write_str("is answered"),
            Self::Answers => f.write_str("answers"),
            Self::Rejects(status) => write!(f, "rejects with {status}"),
            Self::Presses(keys) => write!(f, "presses {keys}"),
            Self::HearsKey(key) => write!(f, "hears key {key}"),
            Self::Talks(what) => write!(f, "says {what}"),
            Self::FallsSilent => f.write_str("falls silent"),
            Self::Holds => f.write_str("holds"),
            Self::Resumes => f.write_str("resumes"),
            Self::IsHeld => f.write_str("is put on hold"),
            Self::IsResumed => f.write_str("is taken off hold"),
            Self::LosesAudio => f.write_str("hears nothing any more"),
            Self::CannotTalk(why) => write!(f, "cannot talk: {why}"),
            Self::HangsUp => f.write_str("hangs up"),
            Self::Ended(ending) => write!(f, "is done: {}", InWords(ending)),
        }
    }
}

/// An ending as a person would put it.
pub(crate) struct InWords<'a>(pub(crate) &'a Ending);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ending { status, by, reason } = self.0;
        match (by, status) {
            (EndedBy::Peer, None) => f.write_str("the far side hung up")?,
            (EndedBy::Peer, Some(487)) => f.write_str("the far side cancelled (487)")?,
            (EndedBy::Peer, Some(status)) => write!(f, "the far side answered {status}")?,
            (EndedBy::Us, None) => f.write_str("hung up here")?,
            (EndedBy::Us, Some(status)) => write!(f, "given up here ({status})")?,
            (EndedBy::Timeout, None) => f.write_str("the far side went silent")?,
            (EndedBy::Timeout, Some(status)) => write!(f, "nobody answered in time ({status})")?,
            (EndedBy::Error, None) => f.write_str("the signalling broke")?,
            (EndedBy::Error, Some(status)) => write!(f, "the signalling broke ({status})")?,
        }
        match reason {
            Some(reason) => write!(f, ", '{reason}'"),
            None => Ok(()),
        }
    }
}
