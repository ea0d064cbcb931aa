//! Twimlets: a URL's parameters in, TwiML out.
//!
//! A Twimlet is a small application that needs no server: whatever it has to know stands in its URL, as in
//! `alo://twimlets/forward?PhoneNumber=%2B5511987654321`. [`answer`] gets the URL's parameters and those of the webhook,
//! and says what is answered and what is sent besides (e-mails). A Twimlet keeps nothing between two requests: what it
//! has to remember stands in the links of its own document.
//!
//! What was written for `twimlets.com` works as it is: arrays as `X[0]=`, `X[]=` or `X=`, messages that begin with
//! `http` and are played, the old `Caller` and `DialStatus`. Names of parameters are taken in any case.
//!
//! Nothing here fetches, sends, dials or reads a clock, and chance comes as an argument. It never dials a number nor
//! writes to an address that [`Rules`] don't allow.

mod address;
mod catalogue;
mod conference;
mod document;
mod forward;
mod given;
mod holdmusic;
mod link;
mod menu;
mod message;
mod refusal;
mod ringing;
mod rules;
mod value;
mod voicemail;
mod whisper;

pub use address::{ShortcutError, UrlError, shortcut, url};
pub use catalogue::{Parameter, Twimlet, catalogue};
pub use refusal::Refusal;
pub use rules::Rules;

use given::Given;

/// What a Twimlet is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Which one: the segment of the path after `/twimlets/`, in any case.
    pub name: &'a str,
    /// Parameters of the URL, decoded, in order.
    pub query: &'a [(String, String)],
    /// Parameters of the webhook (`From`, `Digits`, `DialCallStatus`, …). Those of a GET may stand in `query` instead.
    pub params: &'a [(String, String)],
    /// Where Twimlets live, without a slash at the end: `alo://twimlets`, `https://alo.example/twimlets`.
    pub base: &'a str,
    /// Our public URL, which recordings are found at; for the links in e-mails.
    pub recordings: &'a str,
    /// Whom it may dial and write to.
    pub rules: &'a Rules,
    /// Random bits, which shuffle hold music.
    pub chance: u64,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// To whoever asked.
    pub answer: Answer,
    /// To be carried out, where the request is one of our own calls'.
    pub effects: Vec<Effect>,
}

/// What whoever asked gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A document.
    Twiml(twiml::Document),
    /// A document as its author wrote it, which nobody has looked at.
    Xml(String),
    /// 302 to this address: absolute, or relative to the Twimlet's.
    Redirect(String),
    /// Nothing, and why.
    Refused(Refusal),
}

/// What happens besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An e-mail in plain text.
    Mail {
        /// To whom: an address that [`Rules::addresses`] allow.
        to: String,
        /// In one line.
        subject: String,
        /// In lines that end with `\n`.
        body: String,
        /// The same for the same e-mail, which is sent only once.
        key: String,
    },
    /// A text message. No Twimlet sends one before there are conferences.
    Text {
        /// To whom.
        to: String,
        /// What it says.
        body: String,
    },
}

/// Answers for the Twimlet of that name; whatever is asked, there is an answer.
pub fn answer(ask: &Ask<'_>) -> Reply {
    let given = Given::new(ask);
    let name = ask.name.to_ascii_lowercase();
    let answer = match name.as_str() {
        "forward" => forward::answer(ask, &given),
        "callme" => ringing::callme(ask, &given),
        "findme" => ringing::findme(ask, &given),
        "simulring" => ringing::simulring(ask, &given),
        "whisper" => whisper::answer(&given),
        "voicemail" => match voicemail::answer(ask, &given) {
            Ok(reply) => return reply,
            Err(refusal) => Err(refusal),
        },
        "conference" => Err(conference::refusal()),
        "menu" => menu::answer(ask, &given),
        "message" => message::message(&given),
        "echo" => message::echo(&given),
        "holdmusic" => holdmusic::answer(ask, &given),
        _ => Err(Refusal::unknown(ask.name)),
    };
    Reply { answer: answer.unwrap_or_else(Answer::Refused), effects: Vec::new() }
}
