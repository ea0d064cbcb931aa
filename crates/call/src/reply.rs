//! What an application answered, as a document to run.
//!
//! XML is TwiML, plain text is spoken, audio is played, an empty body is an empty document:
//! <https://www.twilio.com/docs/voice/twiml#twilio-makes-data-requests-to-your-application>.

use twiml::{Document, Placed, Play, PlaySource, Position, Say, Verb};
use url::Url;

use crate::io::{FetchFailure, Fetched};

/// What a caller hears where the application can't be asked.
pub(crate) const APPLICATION_ERROR: &str =
    "We are sorry, an application error has occurred. Goodbye.";

/// A document and what it was.
pub(crate) struct Read {
    pub(crate) document: Document,
    pub(crate) base: Option<Url>,
}

/// Reads an answer.
pub(crate) fn read(fetched: &Fetched) -> Result<Read, FetchFailure> {
    let base = Url::parse(&fetched.url).ok();
    let kind = fetched.content_type.as_deref().unwrap_or("text/xml");
    let kind = kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase();
    let document = match kind.as_str() {
        _ if fetched.body.iter().all(u8::is_ascii_whitespace) => Document::default(),
        "text/xml" | "application/xml" | "text/html" | "application/xhtml+xml" => {
            twiml::parse_bytes(&fetched.body).map_err(|error| FetchFailure {
                code: error.code,
                message: format!("{}: {error}", fetched.url),
            })?
        }
        "text/plain" => one(Verb::Say(say(&String::from_utf8_lossy(&fetched.body)))),
        kind if kind.starts_with("audio/") => {
            let play = Play { source: PlaySource::Url(fetched.url.clone()), times: Some(1) };
            one(Verb::Play(play))
        }
        kind => {
            return Err(FetchFailure {
                code: 12300,
                message: format!(
                    "{} answered with content type '{kind}': send text/xml for TwiML",
                    fetched.url
                ),
            });
        }
    };
    Ok(Read { document, base })
}

/// The last words of a call whose application failed.
pub(crate) fn application_error() -> Document {
    let mut document = one(Verb::Say(say(APPLICATION_ERROR)));
    document.verbs.push(placed(Verb::Hangup));
    document
}

/// A document of one verb.
pub(crate) fn one(verb: Verb) -> Document {
    Document { verbs: vec![placed(verb)], warnings: Vec::new() }
}

fn placed(item: Verb) -> Placed<Verb> {
    Placed { position: Position { line: 1, column: 1 }, item }
}

fn say(text: &str) -> Say {
    Say { text: text.trim().to_owned(), ssml: None, voice: None, language: None, times: Some(1) }
}
