//! What may stand in the answer to a text message, typed: `<Message>`, its older name `<Sms>`, and `<Redirect>`.
//!
//! Defaults are Twilio's: <https://www.twilio.com/docs/messaging/twiml>. Nothing here knows who wrote or who is answered.

use crate::document::{Placed, Warning};
use crate::verb::{Hook, Redirect};

/// A `<Response>` to a text message.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MessagingDocument {
    /// What to do, in order.
    pub verbs: Vec<Placed<MessagingVerb>>,
    /// What the author should know.
    pub warnings: Vec<Warning>,
}

/// One verb of the answer to a text message.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingVerb {
    /// Sends a text, with or without media.
    Message(TextMessage),
    /// Goes on with another document.
    Redirect(Redirect),
}

/// `<Message>`, or `<Sms>` in the answer to a text message.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextMessage {
    /// The text, white space trimmed at its ends, at most [`BODY_LIMIT`] characters; empty only where it has media.
    pub body: String,
    /// URLs of what goes with it, as written, at most [`MEDIA_LIMIT`].
    pub media: Vec<String>,
    /// As written; `None`: whoever is answered.
    pub to: Option<String>,
    /// As written; `None`: the number that was written to.
    pub from: Option<String>,
    /// Asked for the next document once the text was taken; `None`: the next verb follows.
    pub action: Option<Hook>,
    /// Told what becomes of the text.
    pub status_callback: Option<Hook>,
}

/// Longest text, in characters (Twilio error 21617; 14103 in TwiML).
pub const BODY_LIMIT: usize = 1600;

/// Most media of one message (Twilio error 21623).
pub const MEDIA_LIMIT: usize = 10;

/// Most messages that one incoming text is answered with (Twilio error 14109).
pub const REPLY_LIMIT: usize = 10;
