//! What can go wrong with a phone, one type per operation, in the words of somebody who tests a phone.

use std::time::Duration;

use sip::Ending;

use crate::note::InWords;
use crate::sound::{Heard, seconds};

/// Why a phone did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Its signalling could not listen: look at the bind address.
    #[error("the phone of {name} can't listen for calls")]
    Signalling {
        /// Name of the phone.
        name: String,
        /// What the signalling said.
        #[source]
        source: sip::StartError,
    },
}

/// Why a phone is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} could not register at {server}: {why}")]
pub struct RegisterError {
    /// Name of the phone.
    pub name: String,
    /// Where it tried.
    pub server: std::net::SocketAddr,
    /// What the registrar or the signalling said.
    #[source]
    pub why: sip::RegisterError,
}

/// Why a call was not placed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// No RTP socket: widen the range of media ports.
    #[error("{name} has no line for a call to {to}")]
    NoLine {
        /// Name of the phone.
        name: String,
        /// Whom it dialled.
        to: String,
        /// What the media threads said.
        #[source]
        source: media::io::OpenError,
    },
    /// What its audio is to be led through refused.
    #[error("{name} can't lead its audio through the detour")]
    Detour {
        /// Name of the phone.
        name: String,
        /// What the detour said.
        #[source]
        source: std::io::Error,
    },
    /// The signalling refused.
    #[error("{name} can't call {to}")]
    Refused {
        /// Name of the phone.
        name: String,
        /// Whom it dialled.
        to: String,
        /// What the signalling said.
        #[source]
        source: sip::InviteError,
    },
}

/// A phone did not ring in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} did not ring within {}; {whereabouts}", seconds(*.within))]
pub struct Silent {
    /// Name of the phone.
    pub name: String,
    /// How long it was waited for.
    pub within: Duration,
    /// Where it could be reached, such as `registered as sip:ada@127.0.0.1:5061`.
    pub whereabouts: String,
}

/// A text was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTexted {
    /// It was answered with a refusal.
    #[error("the text of {name} to {to} was refused: {status} {reason}")]
    Refused {
        /// Name of the phone.
        name: String,
        /// Whom it texted.
        to: String,
        /// Final status.
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// It could not be sent, or nobody answered.
    #[error("{name} can't text {to}")]
    Unsent {
        /// Name of the phone.
        name: String,
        /// Whom it texted.
        to: String,
        /// What the signalling said.
        #[source]
        source: sip::TextError,
    },
}

/// No text came in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} got no text within {}; {whereabouts}", seconds(*.within))]
pub struct NoText {
    /// Name of the phone.
    pub name: String,
    /// How long it was waited for.
    pub within: Duration,
    /// Where it could be reached, such as `registered as sip:ada@127.0.0.1:5061`.
    pub whereabouts: String,
}

/// A call was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAnswered {
    /// It was refused, or ended before it was answered.
    #[error("the call of {name} to {to} was not answered but ended: {}", InWords(.ending))]
    Ended {
        /// Name of the phone.
        name: String,
        /// Whom it called.
        to: String,
        /// How it ended; the status is in it.
        ending: Ending,
    },
    /// Nothing final came in time.
    #[error("the call of {name} to {to} was not answered within {}; {}", seconds(*.within), if *.rings { "it rings there" } else { "it doesn't even ring there" })]
    Late {
        /// Name of the phone.
        name: String,
        /// Whom it called.
        to: String,
        /// How long it was waited for.
        within: Duration,
        /// Whether 180 came.
        rings: bool,
    },
}

impl NotAnswered {
    /// Final status, if one came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Ended { ending, .. } => ending.status,
            Self::Late { .. } => None,
        }
    }
}

/// Why a call could not be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The caller gave up, or it was answered or rejected before.
    #[error("{name} can't answer a call that is {state}")]
    NotRinging {
        /// Name of the phone.
        name: String,
        /// What the call is doing.
        state: String,
    },
    /// The caller never acknowledged the answer: it gave up, or its network loses packets.
    #[error("the answer of {name} was not acknowledged; the call is {state}")]
    NotAcknowledged {
        /// Name of the phone.
        name: String,
        /// What the call is doing.
        state: String,
    },
    /// No RTP socket: widen the range of media ports. The caller gets 503.
    #[error("{name} has no line to answer with")]
    NoLine {
        /// Name of the phone.
        name: String,
        /// What the media threads said.
        #[source]
        source: media::io::OpenError,
    },
    /// What its audio is to be led through refused. The caller gets 503.
    #[error("{name} can't lead its audio through the detour")]
    Detour {
        /// Name of the phone.
        name: String,
        /// What the detour said.
        #[source]
        source: std::io::Error,
    },
    /// The caller's codecs are none of ours. The caller gets 488.
    #[error("{name} and the caller have no codec in common")]
    NoCommonCodec {
        /// Name of the phone.
        name: String,
    },
}

/// A call did not end in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the call of {name} with {with} did not end within {}; it is {state}", seconds(*.within))]
pub struct NotEnded {
    /// Name of the phone.
    pub name: String,
    /// The far side.
    pub with: String,
    /// How long it was waited for.
    pub within: Duration,
    /// What the call is doing.
    pub state: String,
}

/// What was listened for did not come in time, and what came in its place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} did not hear {wanted} within {}{}, but {heard}", seconds(*.within), over(.ending.as_ref()))]
pub struct NotHeard {
    /// Name of the phone.
    pub name: String,
    /// What was listened for.
    pub wanted: String,
    /// How long it was listened for.
    pub within: Duration,
    /// What was heard since the last thing that was asked for.
    pub heard: Heard,
    /// How the call ended, if it did.
    pub ending: Option<Ending>,
}

fn over(ending: Option<&Ending>) -> String {
    ending.map_or_else(String::new, |ending| format!(" (the call is over: {})", InWords(ending)))
}

/// Keys were not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} could not press {keys}: the call is {state}")]
pub struct NotPressed {
    /// Name of the phone.
    pub name: String,
    /// Which keys.
    pub keys: String,
    /// What the call is doing.
    pub state: String,
}

/// The far side was not put on hold, or not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoldError {
    /// The call isn't up.
    #[error("{name} can't {what} a call that is {state}")]
    NotTalking {
        /// Name of the phone.
        name: String,
        /// `hold` or `resume`.
        what: &'static str,
        /// What the call is doing.
        state: String,
    },
    /// The far side refused the new offer.
    #[error("{name} can't {what}: the far side answered {status}")]
    Refused {
        /// Name of the phone.
        name: String,
        /// `hold` or `resume`.
        what: &'static str,
        /// Its final status.
        status: u16,
    },
    /// The far side did not answer the new offer in time.
    #[error("{name} can't {what}: no answer within {}", seconds(*.within))]
    Late {
        /// Name of the phone.
        name: String,
        /// `hold` or `resume`.
        what: &'static str,
        /// How long it was waited for.
        within: Duration,
    },
}
