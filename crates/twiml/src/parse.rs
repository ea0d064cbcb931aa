//! The parser: text in, a [`Document`] out, with the place of everything that is off.
//!
//! What isn't XML, or isn't a `<Response>`, is an error. Everything else that is off is a warning: the default is taken
//! or the element skipped, and the call goes on. It never fetches what a DOCTYPE names, and every loop is bounded by the
//! length of the text.
//! XML 1.0 (fifth edition) and 1.1; verbs: <https://www.twilio.com/docs/voice/twiml>.

mod control;
mod decode;
mod dial;
mod fault;
mod gather;
mod grammar;
mod message;
mod messaging;
mod noun;
mod places;
mod reading;
mod record;
mod speak;
mod suggest;
mod tag;
mod tree;
mod values;

use crate::document::{Document, Placed, Position, Warning};
use crate::verb::Verb;

use grammar::{Standing, standing};
use places::Places;
use reading::Reading;
use tree::{Element, Node};

pub use messaging::{answers_a_text, parse_messages, parse_messages_bytes};
pub(crate) use record::FINISH_ON_KEY;
use speak::SPACE;

/// Verbs of a document that are read; what follows is left out with a warning.
pub(crate) const VERB_LIMIT: usize = 1000;

/// How deep elements may nest, `<Response>` included.
pub(crate) const DEPTH_LIMIT: usize = 16;

/// Elements of a document, of all kinds and depths.
pub(crate) const ELEMENT_LIMIT: usize = 10_000;

/// Attributes of one element; Twilio's richest has 41.
pub(crate) const ATTRIBUTE_LIMIT: usize = 64;

/// Warnings that are kept; one more says how many there were.
pub(crate) const WARNING_LIMIT: usize = 100;

/// Characters of a `<Say>` that are spoken (Twilio's limit, error 13521).
pub(crate) const SAY_LIMIT: usize = 4096;

/// Why a document can't be run at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
pub struct ParseError {
    /// Where the mistake is.
    pub position: Position,
    /// Twilio's code: 12100 not XML or no `<Response>`, 12101 version, 12200 beyond our limits.
    pub code: u32,
    /// What is wrong, in words for the author.
    pub message: String,
    /// What to write instead, where that can be said.
    pub mend: Option<String>,
}

/// Twilio's code for a document that isn't well-formed or has another root.
const NOT_TWIML: u32 = 12100;

/// Twilio's code for a version of XML that isn't known.
const VERSION: u32 = 12101;

/// Twilio's code for what the schema doesn't know.
const SCHEMA: u32 = 12200;

/// How the verbs of one kind of document are read.
struct Kind<V> {
    /// Warns of text at this byte, where only verbs stand.
    stray: fn(&mut Reading<'_>, usize),
    /// The verb that the element is, after those before it; `None`, with a warning, where there is none to run.
    verb: fn(&mut Reading<'_>, &Element<'_>, &[Placed<V>]) -> Option<V>,
    /// Whether nothing after the verb is run; the flag says that it is the first.
    ends: fn(&V, bool) -> bool,
}

/// Reads a document that was decoded already. An empty one does nothing.
pub fn parse(text: &str) -> Result<Document, ParseError> {
    let stray: fn(&mut Reading<'_>, usize) =
        |reading, at| reading.warn_stray_text(at, false, "Response");
    let (verbs, warnings) = read_all(text, &Kind { stray, verb, ends })?;
    Ok(Document { verbs, warnings })
}

/// Reads a body as it came: UTF-8, UTF-16 with a byte order mark, or what its XML declaration says out of
/// ISO-8859-1, windows-1252 and US-ASCII.
pub fn parse_bytes(body: &[u8]) -> Result<Document, ParseError> {
    parse(&decode::decode(body)?)
}

fn read_all<V>(text: &str, kind: &Kind<V>) -> Result<(Vec<Placed<V>>, Vec<Warning>), ParseError> {
    // All of them: quick-xml would skip another without counting its bytes.
    let text = text.trim_start_matches('\u{feff}');
    let places = Places::new(text);
    let grown = tree::grow(text, &places)?;
    let mut reading = Reading::new(&places);
    for (at, message) in grown.remarks {
        reading.warn(at, SCHEMA, message, None);
    }
    let verbs = grown.root.map(|root| response(&mut reading, &root, kind)).unwrap_or_default();
    Ok((verbs, reading.into_warnings()))
}

fn response<V>(reading: &mut Reading<'_>, root: &Element<'_>, kind: &Kind<V>) -> Vec<Placed<V>> {
    reading.check_attributes(root, &grammar::RESPONSE);
    let mut verbs: Vec<Placed<V>> = Vec::new();
    let mut end = None;
    for node in &root.children {
        let element = match node {
            Node::Element(element) => element,
            Node::Text { blank: true, .. } => continue,
            Node::Text { at, .. } => {
                (kind.stray)(reading, *at);
                continue;
            }
        };
        if verbs.len() == VERB_LIMIT {
            let message = format!("only the first {VERB_LIMIT} verbs are run");
            reading.warn(element.at, SCHEMA, message, None);
            break;
        }
        if let Some(name) = end.take() {
            reading.note(element.at, format!("nothing after <{name}> is run"));
        }
        let Some(item) = (kind.verb)(reading, element, &verbs) else { continue };
        if (kind.ends)(&item, verbs.is_empty()) {
            end = Some(element.name);
        }
        verbs.push(Placed { position: reading.place(element.at), item });
    }
    verbs
}

/// Whether nothing after `verb` is run.
fn ends(verb: &Verb, first: bool) -> bool {
    match verb {
        Verb::Redirect(_) | Verb::Hangup => true,
        Verb::Reject(_) => first,
        Verb::Sms(sms) => sms.action.is_some(),
        Verb::Say(_)
        | Verb::Play(_)
        | Verb::Pause(_)
        | Verb::Gather(_)
        | Verb::Record(_)
        | Verb::Dial(_)
        | Verb::Leave => false,
    }
}

/// The verb that `element` is; `None`, with a warning, where there is none to run.
fn verb(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    _before: &[Placed<Verb>],
) -> Option<Verb> {
    match element.name {
        "Say" => speak::say(reading, element, speak::SAY_CODES).map(Verb::Say),
        "Play" => speak::play(reading, element).map(Verb::Play),
        "Pause" => Some(Verb::Pause(speak::pause(reading, element))),
        "Gather" => Some(Verb::Gather(gather::gather(reading, element))),
        "Record" => Some(Verb::Record(record::record(reading, element))),
        "Dial" => dial::dial(reading, element).map(Verb::Dial),
        "Redirect" => Some(Verb::Redirect(control::redirect(reading, element))),
        "Reject" => Some(Verb::Reject(control::reject(reading, element))),
        "Hangup" => {
            control::hangup(reading, element);
            Some(Verb::Hangup)
        }
        "Leave" => {
            control::leave(reading, element);
            Some(Verb::Leave)
        }
        "Sms" => message::sms(reading, element).map(Verb::Sms),
        other => {
            reading.warn_unknown_verb(element, other);
            None
        }
    }
}

impl Reading<'_> {
    fn warn_unknown_verb(&mut self, element: &Element<'_>, name: &str) {
        let (message, mend) = match standing(name) {
            Standing::Later => (format!("alo does not run <{name}> yet; it is skipped"), None),
            Standing::Noun => (
                format!("<{name}> does nothing outside <Dial>; it is skipped"),
                Some(format!("write <Dial><{name}>…</{name}></Dial>")),
            ),
            Standing::Text => {
                (format!("<{name}> belongs to the answer to a text message; it is skipped"), None)
            }
            Standing::Runs | Standing::Unknown => (
                format!("<{name}> is not a verb; it is skipped"),
                self.mend(|| suggest::element(name, grammar::VERBS)),
            ),
        };
        self.warn(element.at, SCHEMA, message, mend);
    }
}
