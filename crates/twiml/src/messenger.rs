//! Answers a text message: documents in, texts to send and addresses to ask out.
//!
//! A state machine without I/O, like [`crate::Interpreter`]. Its owner feeds it one [`MessengerInput`], then drains
//! [`Messenger::poll`] until [`MessengerOutput::Idle`]. It never fetches a URL or sends a text.
//! Rules: <https://www.twilio.com/docs/messaging/twiml>.

mod answer;

use std::collections::VecDeque;

use model::{MessageStatus, Method, Moment, Sid};
use url::Url;

use crate::document::{Placed, Position};
use crate::interpreter::absolute;
use crate::message::{MessagingDocument, MessagingVerb, REPLY_LIMIT, TextMessage};
use crate::verb::{Hook, Redirect};

use answer::Answer;

/// Documents of one session, the first included (Twilio error 14106).
pub const DOCUMENT_LIMIT: u32 = 50;

/// An address that can't be asked.
const BAD_URL: u32 = 11100;

/// A status callback that can't be asked.
const BAD_CALLBACK: u32 = 14105;

/// A message without text or media.
const NOTHING_TO_SEND: u32 = 14103;

/// Too many documents.
const TOO_MANY_DOCUMENTS: u32 = 14106;

/// Too many messages.
const TOO_MANY_MESSAGES: u32 = 14109;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum MessengerInput {
    /// What the application answered; whatever ran before is given up.
    Document {
        /// Where it came from: relative addresses are resolved against it. `None` for one given inline.
        url: Option<String>,
        /// As the answer's header said; `None` is read as TwiML.
        content_type: Option<String>,
        /// As it came; empty does nothing.
        body: Vec<u8>,
    },
    /// The application could not be asked.
    Failed {
        /// Twilio's code.
        code: u32,
        /// What happened.
        message: String,
    },
    /// The text of the last [`MessengerOutput::Send`] was taken.
    Sent {
        /// `SM…` or `MM…`.
        sid: Sid,
        /// Where it stands.
        status: MessageStatus,
    },
    /// The text of the last [`MessengerOutput::Send`] was refused.
    NotSent {
        /// Twilio's code.
        code: u32,
    },
}

/// What is asked of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum MessengerOutput {
    /// Send this, whose addresses are absolute; [`MessengerInput::Sent`] or [`MessengerInput::NotSent`] follows.
    Send {
        /// What.
        message: TextMessage,
    },
    /// Get the next document; [`MessengerInput::Document`] or [`MessengerInput::Failed`] follows.
    Fetch {
        /// Absolute.
        url: String,
        /// How.
        method: Method,
        /// Besides those that every webhook gets.
        params: Vec<(String, String)>,
    },
    /// Something that the application's author can mend; the session goes on.
    Warn {
        /// Twilio's code.
        code: u32,
        /// What, and what to do.
        message: String,
        /// Where, if it stands in a document.
        position: Option<Position>,
    },
    /// The document can't be run. Nothing follows, unless another document is handed in (of a fallback URL).
    Fail {
        /// Twilio's code.
        code: u32,
        /// What, and what to do.
        message: String,
    },
    /// Everything was done.
    Finished,
    /// Nothing to do before the next input. It never wants a moment.
    Idle(Option<Moment>),
}

/// Answers one text message.
#[derive(Debug, Default)]
pub struct Messenger {
    base: Option<Url>,
    verbs: VecDeque<Placed<MessagingVerb>>,
    state: State,
    outputs: VecDeque<MessengerOutput>,
    documents: u32,
    messages: usize,
}

#[derive(Debug, Default)]
enum State {
    /// No document, or one is being fetched, or the last one failed.
    #[default]
    Waiting,
    /// The next verb is due.
    Ready,
    /// A text is being handed over; its action is asked afterwards.
    Sending(Option<Hook>),
    /// Everything was done.
    Over,
}

impl Messenger {
    /// One that waits for its first document.
    pub fn new() -> Messenger {
        Messenger::default()
    }

    /// Takes what happened at `now`. Inputs that don't fit what runs are ignored: the world may be late.
    pub fn handle(&mut self, _now: Moment, input: MessengerInput) {
        match input {
            MessengerInput::Document { url, content_type, body } => {
                self.begin(url.as_deref(), content_type.as_deref(), &body);
            }
            MessengerInput::Failed { code, message } => self.failed(code, message),
            MessengerInput::Sent { sid, status } => self.sent(sid, status),
            MessengerInput::NotSent { code } => self.not_sent(code),
        }
        while matches!(self.state, State::Ready) {
            self.next_verb();
        }
    }

    /// What to do next; call until it is [`MessengerOutput::Idle`].
    pub fn poll(&mut self) -> MessengerOutput {
        self.outputs.pop_front().unwrap_or(MessengerOutput::Idle(None))
    }

    fn begin(&mut self, url: Option<&str>, content_type: Option<&str>, body: &[u8]) {
        self.outputs.clear();
        self.verbs.clear();
        self.documents = self.documents.max(1);
        self.base = url.and_then(|url| Url::parse(url).ok());
        match answer::read(content_type, body) {
            Answer::Document(document) => self.run(document),
            Answer::Unusable { code, message } => {
                self.warn(code, format!("{}{message}", shown(url)), None);
                self.state = State::Ready;
            }
            Answer::Broken(error) => {
                let mend = error.mend.map(|mend| format!("; {mend}")).unwrap_or_default();
                let message = format!("{}{}: {}{mend}", shown(url), error.position, error.message);
                self.fail(error.code, message);
            }
        }
    }

    fn run(&mut self, document: MessagingDocument) {
        self.verbs = document.verbs.into();
        for warning in document.warnings.into_iter().filter(|warning| !warning.quiet) {
            let mend = warning.mend.map(|mend| format!("; {mend}")).unwrap_or_default();
            let message = format!("{}{mend}", warning.message);
            self.warn(warning.code, message, Some(warning.position));
        }
        self.state = State::Ready;
    }

    fn next_verb(&mut self) {
        let Some(Placed { position, item }) = self.verbs.pop_front() else {
            self.state = State::Over;
            self.outputs.push_back(MessengerOutput::Finished);
            return;
        };
        match item {
            MessagingVerb::Message(message) => self.send(message, position),
            MessagingVerb::Redirect(Redirect { hook }) => {
                if let Some(url) = self.resolve(&hook.url, BAD_URL, Some(position)) {
                    self.fetch(url, hook.method, Vec::new(), Some(position));
                }
                self.verbs.clear();
            }
        }
    }

    /// Hands a message over with absolute addresses; those that can't be asked are left out with a warning.
    fn send(&mut self, mut message: TextMessage, position: Position) {
        let place = Some(position);
        message.action = self.resolve_hook(message.action, BAD_URL, place);
        message.status_callback = self.resolve_hook(message.status_callback, BAD_CALLBACK, place);
        let media = std::mem::take(&mut message.media);
        message.media = media.iter().filter_map(|url| self.resolve(url, BAD_URL, place)).collect();
        if message.body.is_empty() && message.media.is_empty() {
            let what = "the message has neither text nor media that can be fetched; it is not sent";
            self.warn(NOTHING_TO_SEND, what.to_owned(), place);
            return;
        }
        if self.messages == REPLY_LIMIT {
            let what = format!(
                "a text is answered with at most {REPLY_LIMIT} messages; this one is not sent"
            );
            self.warn(TOO_MANY_MESSAGES, what, place);
            return;
        }
        self.messages += 1;
        self.state = State::Sending(message.action.clone());
        self.outputs.push_back(MessengerOutput::Send { message });
    }

    fn sent(&mut self, sid: Sid, status: MessageStatus) {
        self.handed_over(&[
            ("MessageSid", sid.to_string()),
            ("MessageStatus", status.to_string()),
            ("SmsSid", sid.to_string()),
            ("SmsStatus", status.to_string()),
        ]);
    }

    fn not_sent(&mut self, code: u32) {
        if !matches!(self.state, State::Sending(_)) {
            return;
        }
        self.warn(code, format!("the message was not sent (error {code})"), None);
        let invalid = || "invalid".to_owned();
        self.handed_over(&[
            ("MessageStatus", invalid()),
            ("SmsStatus", invalid()),
            ("ErrorCode", code.to_string()),
        ]);
    }

    /// The text is off our hands: its action is asked, or the next verb follows.
    fn handed_over(&mut self, params: &[(&str, String)]) {
        let State::Sending(action) = &mut self.state else { return };
        let Some(Hook { url, method }) = action.take() else {
            self.state = State::Ready;
            return;
        };
        self.verbs.clear();
        self.state = State::Ready;
        let params =
            params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.fetch(url, method, params, None);
    }

    /// Asks for the next document, if the session may have another.
    fn fetch(
        &mut self,
        url: String,
        method: Method,
        params: Vec<(String, String)>,
        position: Option<Position>,
    ) {
        if self.documents == DOCUMENT_LIMIT {
            let what = format!(
                "{DOCUMENT_LIMIT} documents followed each other: the session goes in circles and was ended"
            );
            self.warn(TOO_MANY_DOCUMENTS, what, position);
            return;
        }
        self.documents += 1;
        self.state = State::Waiting;
        self.outputs.push_back(MessengerOutput::Fetch { url, method, params });
    }

    fn failed(&mut self, code: u32, message: String) {
        if matches!(self.state, State::Waiting) {
            self.fail(code, message);
        }
    }

    fn fail(&mut self, code: u32, message: String) {
        self.verbs.clear();
        self.state = State::Waiting;
        self.outputs.push_back(MessengerOutput::Fail { code, message });
    }

    fn resolve_hook(
        &mut self,
        hook: Option<Hook>,
        code: u32,
        position: Option<Position>,
    ) -> Option<Hook> {
        let Hook { url, method } = hook?;
        let url = self.resolve(&url, code, position)?;
        Some(Hook { url, method })
    }

    /// `text` as an absolute address; `None`, with a warning, where it can't be asked.
    fn resolve(&mut self, text: &str, code: u32, position: Option<Position>) -> Option<String> {
        match absolute(text, self.base.as_ref()) {
            Ok(url) => Some(url.into()),
            Err(error) => {
                self.warn(code, error.to_string(), position);
                None
            }
        }
    }

    fn warn(&mut self, code: u32, message: String, position: Option<Position>) {
        self.outputs.push_back(MessengerOutput::Warn { code, message, position });
    }
}

/// Where an answer came from, to begin a sentence with.
fn shown(url: Option<&str>) -> String {
    url.map(|url| format!("{url}: ")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
