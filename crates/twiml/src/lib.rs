//! TwiML: a document in, telephony commands out.
//!
//! [`parse`] reads a call's document into typed [`Verb`]s with positions; [`Interpreter`] runs one as a state machine.
//! [`parse_messages`] and [`Messenger`] do the same for the answer to a text message.
//! Nothing here fetches a URL, plays a sound or reads a clock.
//! Grammar and defaults: <https://www.twilio.com/docs/voice/twiml>.

mod document;
mod interpreter;
mod message;
mod messenger;
mod parse;
mod print;
mod verb;

pub use document::{Document, Placed, Position, Warning};
pub use interpreter::{
    BadUrl, CIRCLE_LIMIT, Heard, Input, Interpreter, Listen, Output, PromptId, Recorded, Sound,
    absolute,
};
pub use message::{
    BODY_LIMIT, MEDIA_LIMIT, MessagingDocument, MessagingVerb, REPLY_LIMIT, TextMessage,
};
pub use messenger::{DOCUMENT_LIMIT, Messenger, MessengerInput, MessengerOutput};
pub use parse::{
    ParseError, answers_a_text, parse, parse_bytes, parse_messages, parse_messages_bytes,
};
pub use print::{messages_to_xml, to_xml};
pub use verb::{
    ClientNoun, Dial, DialEndpoint, DialNoun, DialRecord, Events, Gather, GatherPrompt,
    HINT_LENGTH, HINT_LIMIT, Hook, KeySet, LOOP_LIMIT, NumberNoun, Play, PlaySource, Record,
    RecordingEvents, Redirect, RejectReason, Say, SipNoun, SmsVerb, SpeechTimeout, Verb,
};
