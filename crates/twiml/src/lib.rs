//! TwiML: a document in, telephony commands out.
//!
//! [`parse`] reads a document into typed [`Verb`]s with positions; [`Interpreter`] runs one as a state machine.
//! Nothing here fetches a URL, plays a sound or reads a clock.
//! Grammar and defaults: <https://www.twilio.com/docs/voice/twiml>.

mod document;
mod interpreter;
mod parse;
mod print;
mod verb;

pub use document::{Document, Placed, Position, Warning};
pub use interpreter::{CIRCLE_LIMIT, Input, Interpreter, Output, PromptId, Recorded, Sound};
pub use parse::{ParseError, parse, parse_bytes};
pub use print::to_xml;
pub use verb::{
    ClientNoun, Dial, DialEndpoint, DialNoun, DialRecord, Events, Gather, GatherPrompt, Hook,
    KeySet, LOOP_LIMIT, NumberNoun, Play, PlaySource, Record, RecordingEvents, Redirect,
    RejectReason, Say, SipNoun, Verb,
};
