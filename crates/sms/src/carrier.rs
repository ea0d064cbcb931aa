//! What a carrier is to the rest of alo: something that takes a message and says what became of it.
//!
//! A carrier connects, keeps its connection and paces itself; it decides nothing about retries, failover or the life of
//! a message: [`crate::dispatch`] and [`crate::delivery`] do.

use std::time::Duration;

use async_trait::async_trait;
use model::{Correspondent, FragmentText, Moment, Sid};
use tokio::sync::oneshot;

/// Someone who takes messages.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands one message over, all its parts, and waits until the carrier acknowledged each. The future may be dropped
    /// (the server stops); whether the message went is then not known.
    async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError>;

    /// Whether it can be given messages now.
    fn state(&self) -> CarrierState;

    /// Messages that it takes at once; more calls of [`Carrier::submit`] wait inside. At least 1.
    fn window(&self) -> usize;

    /// Whether media can be handed over as it is. Otherwise links go into the text.
    fn takes_media(&self) -> bool {
        false
    }

    /// Ends its connections in order; submissions under way get a few seconds.
    async fn close(&self);
}

/// A message on its way to a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Which message: the same on every try, so that a carrier that can recognises a repetition.
    pub message: Sid,
    /// Shown to the receiver.
    pub from: Correspondent,
    /// Whom it goes to.
    pub to: Correspondent,
    /// The text as it is to arrive, at most 1,600 characters; the carrier cuts it into segments where it must.
    pub body: String,
    /// Media. Empty for carriers that don't take any.
    pub media: Vec<MediaLink>,
    /// How long the carrier may try (SMPP `validity_period`); `None`: as long as it does by itself.
    pub valid_for: Option<Duration>,
    /// Whether it is to say what became of the message.
    pub wants_receipt: bool,
}

/// Media that a carrier can fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaLink {
    /// Where.
    pub url: String,
    /// `image/png`.
    pub content_type: String,
}

/// The carrier took the message.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Submitted {
    /// What the carrier calls it, one for each part, in order. May be empty where a carrier names nothing; then no
    /// receipt is awaited.
    pub ids: Vec<String>,
    /// Whether it arrived already (a handset of ours).
    pub delivered: bool,
}

/// Why the carrier did not take the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SubmitError {
    /// What to do about it.
    pub class: ErrorClass,
    /// Twilio's error code for the message, should this be the last word: <https://www.twilio.com/docs/api/errors> 30001–30999.
    pub code: u32,
    /// What happened, with the carrier's own status.
    pub message: String,
}

/// What to do about a message that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The carrier can't be reached, or its connection broke before it answered. The message is as good as before:
    /// another carrier, or this one once it is up. Does not count as a try.
    Down,
    /// Too much at once: after this pause again. Does not count as a try.
    Throttled(Duration),
    /// It may go better later: counts as a try.
    Passing,
    /// This carrier will never take it; another might.
    Refused,
    /// Nobody will take it (no such number, a broken text).
    Lasting,
}

/// Whether a carrier can be given messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CarrierState {
    /// It can.
    Up,
    /// It is connecting, and why it is not connected: what the last failure was, empty at the start.
    Down(String),
    /// It was closed.
    Closed,
}

/// What a carrier tells.
///
/// Where there is a `done`, the carrier waits for its verdict before it acknowledges to the far side, so that what it
/// acknowledged is on disk. A `done` that is dropped stands for [`Verdict::Later`].
#[derive(Debug)]
pub enum CarrierEvent {
    /// A message, or a part of one, came in.
    Inbound {
        /// The message.
        inbound: Inbound,
        /// What became of it.
        done: oneshot::Sender<Verdict>,
    },
    /// It says what became of a part.
    Receipt {
        /// What it says.
        receipt: Receipt,
        /// What became of it.
        done: oneshot::Sender<Verdict>,
    },
    /// Its [`Carrier::state`] changed.
    State(CarrierState),
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is on disk.
    Kept,
    /// It names nobody or nothing that we know; it is not to be sent again.
    Unknown,
    /// The disk is full or the server stops: to be sent again.
    Later,
}

/// A message, or a part of one, that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// What the carrier calls it, by which a repetition is recognised; `None` if it names nothing.
    pub id: Option<String>,
    /// Who sent it.
    pub from: Correspondent,
    /// Whom it is for.
    pub to: Correspondent,
    /// What it says.
    pub content: InboundContent,
    /// Media, to be fetched.
    pub media: Vec<MediaLink>,
}

/// What a message that came in says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboundContent {
    /// All of it.
    Whole {
        /// The text.
        text: String,
        /// Segments it came in; 0 where that isn't known.
        segments: u32,
    },
    /// One part of several.
    Part {
        /// What all parts of one message have in common.
        reference: u32,
        /// How many there are, 1 to 255.
        total: u32,
        /// Which one this is, from 1.
        number: u32,
        /// Its text.
        text: FragmentText,
    },
}

/// What a carrier says of a part it took before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it calls the part, as in [`Submitted::ids`]; several spellings where it is not clear which (decimal and
    /// hexadecimal), the likeliest first.
    pub ids: Vec<String>,
    /// Where it stands.
    pub state: ReceiptState,
    /// Twilio's error code, where it did not arrive.
    pub error_code: Option<u32>,
    /// The carrier's own words or code, for people.
    pub detail: Option<String>,
    /// When the carrier was done with it, where it says so.
    pub done_at: Option<Moment>,
}

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReceiptState {
    /// On its way.
    EnRoute,
    /// It arrived.
    Delivered,
    /// It won't arrive.
    Undelivered,
}
