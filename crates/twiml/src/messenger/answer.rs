//! What an application answered, as a document to run: XML is TwiML, plain text is one message, nothing is nothing.
//!
//! <https://www.twilio.com/docs/messaging/twiml>, "TwiML responses": of other types nothing is sent.

use crate::document::{Placed, Position};
use crate::message::{BODY_LIMIT, MessagingDocument, MessagingVerb, TextMessage};
use crate::parse::{ParseError, parse_messages_bytes};

/// A type that is neither TwiML nor a text.
const CONTENT_TYPE: u32 = 12300;

/// A text that is too long.
const INVALID_BODY: u32 = 14103;

/// What became of an answer.
pub(super) enum Answer {
    /// This is to be run.
    Document(MessagingDocument),
    /// Nothing of it is sent.
    Unusable {
        /// Twilio's code.
        code: u32,
        /// Why, and what to do.
        message: String,
    },
    /// It should be TwiML and isn't.
    Broken(ParseError),
}

/// Reads an answer. A type that wasn't said is TwiML.
pub(super) fn read(content_type: Option<&str>, body: &[u8]) -> Answer {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Answer::Document(MessagingDocument::default());
    }
    let kind = content_type.unwrap_or("text/xml");
    let kind = kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase();
    match kind.as_str() {
        "" | "text/xml" | "application/xml" | "text/html" | "application/xhtml+xml" => {
            match parse_messages_bytes(body) {
                Ok(document) => Answer::Document(document),
                Err(error) => Answer::Broken(error),
            }
        }
        "text/plain" => plain(&String::from_utf8_lossy(body)),
        kind => Answer::Unusable {
            code: CONTENT_TYPE,
            message: format!(
                "the content type '{kind}' can't be answered with: send text/xml for TwiML, or text/plain"
            ),
        },
    }
}

/// The whole text is one message.
fn plain(text: &str) -> Answer {
    let body = text.trim_start_matches('\u{feff}').trim().to_owned();
    let characters = body.chars().count();
    if characters > BODY_LIMIT {
        return Answer::Unusable {
            code: INVALID_BODY,
            message: format!("the text has {characters} characters, more than {BODY_LIMIT}"),
        };
    }
    if body.is_empty() {
        return Answer::Document(MessagingDocument::default());
    }
    let item = MessagingVerb::Message(TextMessage { body, ..TextMessage::default() });
    let placed = Placed { position: Position { line: 1, column: 1 }, item };
    Answer::Document(MessagingDocument { verbs: vec![placed], warnings: Vec::new() })
}
