//! What the API asks of texts, and why it may be refused.

use std::time::Duration;

use model::{Correspondent, MessageDirection, Method, Moment, Money, Sid};
use store::StoreError;

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct SendText {
    /// `AC…`.
    pub account: Sid,
    /// Who sends it.
    pub sender: TextSender,
    /// Whom it goes to.
    pub to: Correspondent,
    /// The text, at most 1,600 characters.
    pub body: String,
    /// Addresses of its media, at most 10; they are fetched before it is sent.
    pub media: Vec<String>,
    /// Who began it.
    pub direction: MessageDirection,
    /// Who is told of its status. `None`: its service's, if it has one.
    pub callback: Option<(String, Method)>,
    /// How long it may wait for a carrier, 1 s to 36,000 s. `None`: its service's, else 36,000 s.
    pub validity: Option<Duration>,
    /// What it may cost.
    pub max_price: Option<Money>,
    /// When it is to be sent, 5 minutes to 35 days from now; only through a service. `None`: at once.
    pub send_at: Option<Moment>,
    /// Whether typographic characters are replaced. `None`: as its service says, else no.
    pub smart_encoded: Option<bool>,
    /// `ContentRetention=discard`.
    pub discard_body: bool,
    /// `AddressRetention=obfuscate`.
    pub obfuscate: bool,
    /// A word by which the client recognises a repetition.
    pub idempotency_key: Option<String>,
    /// Answers to STOP and the like go to those who have opted out, too.
    pub despite_opt_out: bool,
}

/// Who sends a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextSender {
    /// This one, which the account must have: its number or short code, or a name.
    From(Correspondent),
    /// Whichever of this service's (`MG…`) fits the receiver.
    Service(Sid),
    /// This one, which the service must have.
    FromService(Correspondent, Sid),
}

/// Why a message was not taken. Nothing was kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendTextError {
    /// Take the number over with IncomingPhoneNumbers first, or add the short code (21606).
    #[error("The 'From' phone number {0} is not a valid, message-capable number of this account")]
    NotOurs(Correspondent),
    /// Names as senders are for text services that allow them (21612).
    #[error("a message can't be sent from {0}: write a number, a short code or a name")]
    BadSender(Correspondent),
    /// Text somebody who can be texted (21211).
    #[error("The 'To' number {0} is not a valid phone number")]
    BadReceiver(Correspondent),
    /// The numbering plan says that this is a fixed line (21614).
    #[error("'To' number {0} is not a mobile number: fixed lines can't be texted")]
    Landline(Correspondent),
    /// Sender and receiver are the same (21266).
    #[error("'To' and 'From' number cannot be the same: {0}")]
    SameNumber(Correspondent),
    /// The receiver sent STOP; START takes it back (21610).
    #[error("Attempt to send to unsubscribed recipient {0}")]
    OptedOut(Correspondent),
    /// Add a carrier whose prefixes cover the number: `[[carriers]]` in alo.toml (21612).
    #[error(
        "no carrier reaches {to} from {from}: add one under [[carriers]] in alo.toml (`alo carriers status` shows those there are)"
    )]
    Unreachable {
        /// The sender.
        from: Correspondent,
        /// The receiver.
        to: Correspondent,
    },
    /// No such service in this account (21701).
    #[error("The Messaging Service {0} does not exist")]
    NoService(Sid),
    /// Add a number to the service (21703).
    #[error(
        "The Messaging Service {0} has no senders: add one with PhoneNumbers, ShortCodes or AlphaSenders"
    )]
    NoSenders(Sid),
    /// The sender isn't one of the service's (21711).
    #[error("{from} is not a sender of the Messaging Service {service}")]
    NotOfService {
        /// The sender.
        from: Correspondent,
        /// The service.
        service: Sid,
    },
    /// Too many messages wait (21611). Raise `texts.queued` in alo.toml, or look what keeps the carriers.
    #[error("{0} messages wait to be sent already")]
    QueueFull(u64),
    /// `SendAt` needs a service (35118), or lies outside 5 minutes to 35 days (35114).
    #[error("{message}")]
    Schedule {
        /// Twilio's code.
        code: u32,
        /// What is wrong.
        message: String,
    },
    /// The server is about to stop (20503).
    #[error("the server is stopping")]
    Draining,
    /// See the log: the disk may be full (20500).
    #[error("the message could not be kept")]
    Store(#[from] StoreError),
}

impl SendTextError {
    /// Twilio's code.
    pub const fn code(&self) -> u32 {
        match self {
            SendTextError::NotOurs(_) => 21606,
            SendTextError::BadSender(_) | SendTextError::Unreachable { .. } => 21612,
            SendTextError::BadReceiver(_) => 21211,
            SendTextError::Landline(_) => 21614,
            SendTextError::SameNumber(_) => 21266,
            SendTextError::OptedOut(_) => 21610,
            SendTextError::NoService(_) => 21701,
            SendTextError::NoSenders(_) => 21703,
            SendTextError::NotOfService { .. } => 21711,
            SendTextError::QueueFull(_) => 21611,
            SendTextError::Schedule { code, .. } => *code,
            SendTextError::Draining => 20503,
            SendTextError::Store(_) => 20500,
        }
    }
}

/// Why a message was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeTextError {
    /// No such message in this account (20404).
    #[error("message {0} was not found")]
    NotFound(Sid),
    /// It was sent already (30409).
    #[error("message {0} can't be canceled: it was sent already")]
    TooLate(Sid),
    /// It must have been sent, or given up, first (20009).
    #[error("message {0} is still being sent: wait for it, or cancel it")]
    StillGoing(Sid),
    /// See the log: the disk may be full.
    #[error("the message could not be changed")]
    Store(#[from] StoreError),
}

/// A message written on a handset of the virtual carrier.
#[derive(Clone, Debug)]
pub struct HandsetText {
    /// The handset.
    pub from: model::PhoneNumber,
    /// Whom it goes to: a number or short code of this server.
    pub to: Correspondent,
    /// The text.
    pub body: String,
    /// Addresses of its media.
    pub media: Vec<String>,
}

/// Why a handset's message went nowhere.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandsetError {
    /// Text a number or short code of this server.
    #[error("nobody on this server has {0}")]
    NobodyThere(Correspondent),
    /// Write from a number in the range of a virtual carrier.
    #[error("{0} is not on a virtual carrier: see `alo carriers status`")]
    NotVirtual(model::PhoneNumber),
    /// See the log: the disk may be full.
    #[error("the message could not be kept")]
    Store(#[from] StoreError),
}

/// A carrier, as `alo carriers status` shows it.
#[derive(Clone, Debug)]
pub struct CarrierStatus {
    /// Its name.
    pub name: String,
    /// `virtual`, `smpp`, `twilio`, `http`, `sip` or `local`.
    pub kind: &'static str,
    /// Whether it takes messages now.
    pub up: bool,
    /// Why not, where it doesn't.
    pub reason: Option<String>,
    /// Numbers it reaches, by prefix.
    pub prefixes: Vec<String>,
    /// Lower goes first among carriers with the same longest prefix.
    pub priority: u32,
    /// For a segment.
    pub price: Option<Money>,
    /// Segments a second; `None`: as many as it takes.
    pub per_second: Option<u32>,
    /// Messages that it takes at once.
    pub window: usize,
    /// Messages it was given and has not acknowledged.
    pub in_flight: usize,
    /// Messages it took since the start.
    pub sent: u64,
    /// Messages it refused since the start.
    pub refused: u64,
    /// Messages that came from it since the start.
    pub received: u64,
    /// Receipts that came from it since the start.
    pub receipts: u64,
}

/// A webhook that a carrier calls.
#[derive(Clone, Debug)]
pub struct CarrierCall {
    /// What it is about.
    pub receipt: bool,
    /// `GET` or `POST`.
    pub method: String,
    /// As the carrier called it, from `http://` on, with its query: for signatures.
    pub url: String,
    /// The query, undecoded.
    pub query: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: bytes::Bytes,
}

/// What the carrier is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierReply {
    /// HTTP status.
    pub status: u16,
    /// `text/plain`.
    pub content_type: String,
    /// Body.
    pub body: String,
}
