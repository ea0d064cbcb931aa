//! The answer to a text message: text in, a [`MessagingDocument`] out.
//!
//! As tolerant as the reading of a call's document, on the same tree. Verbs of a call are skipped with a warning.
//! <https://www.twilio.com/docs/messaging/twiml>.

use crate::document::Placed;
use crate::message::{MessagingDocument, MessagingVerb, REPLY_LIMIT};

use super::grammar::{self, Standing, standing};
use super::places::Places;
use super::reading::Reading;
use super::tree::{Element, Node};
use super::{Kind, ParseError, SCHEMA, control, decode, message, read_all, suggest, tree};

/// A verb that stands in no answer to a text message.
const INVALID_VERB: u32 = 14110;

/// More messages than one text is answered with.
const TOO_MANY_MESSAGES: u32 = 14109;

/// Reads the answer to a text message, decoded already. An empty one does nothing.
pub fn parse_messages(text: &str) -> Result<MessagingDocument, ParseError> {
    let (verbs, warnings) = read_all(text, &Kind { stray: warn_stray_text, verb, ends })?;
    Ok(MessagingDocument { verbs, warnings })
}

/// Reads a body as it came, in the encodings that [`crate::parse_bytes`] knows.
pub fn parse_messages_bytes(body: &[u8]) -> Result<MessagingDocument, ParseError> {
    parse_messages(&decode::decode(body)?)
}

/// Whether `body` is meant as the answer to a text message, because a `<Message>` stands in it. `<Sms>` and
/// `<Redirect>` alone don't tell. For those who check documents without knowing what they answer.
pub fn answers_a_text(body: &[u8]) -> bool {
    let Ok(text) = decode::decode(body) else { return false };
    let text = text.trim_start_matches('\u{feff}');
    let grown = tree::grow(text, &Places::new(text));
    let Ok(Some(root)) = grown.map(|grown| grown.root) else { return false };
    root.children.iter().any(|node| match node {
        Node::Element(element) => element.name == "Message",
        Node::Text { .. } => false,
    })
}

fn verb(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    before: &[Placed<MessagingVerb>],
) -> Option<MessagingVerb> {
    let grammar = match element.name {
        "Message" => &grammar::MESSAGE,
        "Sms" => &grammar::SMS,
        "Redirect" => {
            return Some(MessagingVerb::Redirect(control::redirect(reading, element)));
        }
        other => {
            warn_other_verb(reading, element, other);
            return None;
        }
    };
    let message = message::message(reading, element, grammar)?;
    let is_message = |verb: &&Placed<MessagingVerb>| match verb.item {
        MessagingVerb::Message(_) => true,
        MessagingVerb::Redirect(_) => false,
    };
    if before.iter().filter(is_message).count() == REPLY_LIMIT {
        let message =
            format!("a text is answered with at most {REPLY_LIMIT} messages; this one is skipped");
        let mend = Some("send it over the REST API".to_owned());
        reading.warn(element.at, TOO_MANY_MESSAGES, message, mend);
        return None;
    }
    Some(MessagingVerb::Message(message))
}

/// Whether nothing after `verb` is run.
fn ends(verb: &MessagingVerb, _first: bool) -> bool {
    match verb {
        MessagingVerb::Redirect(_) => true,
        MessagingVerb::Message(message) => message.action.is_some(),
    }
}

fn warn_other_verb(reading: &mut Reading<'_>, element: &Element<'_>, name: &str) {
    let (code, message, mend) = match standing(name) {
        Standing::Runs | Standing::Later | Standing::Noun => {
            (INVALID_VERB, format!("<{name}> belongs to a call; it is skipped"), None)
        }
        Standing::Text if name == "Receive" => {
            (INVALID_VERB, format!("<{name}> belongs to a fax; it is skipped"), None)
        }
        Standing::Text => (
            SCHEMA,
            format!("<{name}> does nothing outside <Message>; it is skipped"),
            Some(format!("write <Message><{name}>…</{name}></Message>")),
        ),
        Standing::Unknown => (
            SCHEMA,
            format!("<{name}> is not a verb; it is skipped"),
            reading.mend(|| suggest::element(name, grammar::MESSAGING_VERBS)),
        ),
    };
    reading.warn(element.at, code, message, mend);
}

fn warn_stray_text(reading: &mut Reading<'_>, at: usize) {
    let message = "text in <Response> itself is not sent".to_owned();
    reading.warn(at, SCHEMA, message, Some("write <Message>…</Message>".to_owned()));
}
