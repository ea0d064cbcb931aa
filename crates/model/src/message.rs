//! Text messages: their record, what is needed to send one, its media, and what it is sent through.

use std::fmt;
use std::str::FromStr;

use crate::correspondent::Correspondent;
use crate::moment::Moment;
use crate::money::Money;
use crate::number::PhoneNumber;
use crate::records::Method;
use crate::sid::Sid;

/// Where a message stands: <https://www.twilio.com/docs/messaging/api/message-resource#message-status-values>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// Taken by a service, which has not chosen the sender yet.
    Accepted,
    /// To be sent later.
    Scheduled,
    /// On disk, to be sent as soon as its turn comes.
    Queued,
    /// Handed to a carrier, which has not acknowledged it yet.
    Sending,
    /// A carrier acknowledged it.
    Sent,
    /// The carrier says that it arrived.
    Delivered,
    /// The carrier took it, and says that it did not arrive.
    Undelivered,
    /// No carrier took it.
    Failed,
    /// Taken back before it was sent.
    Canceled,
    /// Came in; the application was not asked yet.
    Receiving,
    /// Came in.
    Received,
}

impl MessageStatus {
    /// Every status.
    pub const ALL: [MessageStatus; 11] = [
        MessageStatus::Accepted,
        MessageStatus::Scheduled,
        MessageStatus::Queued,
        MessageStatus::Sending,
        MessageStatus::Sent,
        MessageStatus::Delivered,
        MessageStatus::Undelivered,
        MessageStatus::Failed,
        MessageStatus::Canceled,
        MessageStatus::Receiving,
        MessageStatus::Received,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            MessageStatus::Accepted => "accepted",
            MessageStatus::Scheduled => "scheduled",
            MessageStatus::Queued => "queued",
            MessageStatus::Sending => "sending",
            MessageStatus::Sent => "sent",
            MessageStatus::Delivered => "delivered",
            MessageStatus::Undelivered => "undelivered",
            MessageStatus::Failed => "failed",
            MessageStatus::Canceled => "canceled",
            MessageStatus::Receiving => "receiving",
            MessageStatus::Received => "received",
        }
    }

    /// Whether a carrier still has to be given it.
    pub const fn is_waiting(self) -> bool {
        match self {
            MessageStatus::Accepted
            | MessageStatus::Scheduled
            | MessageStatus::Queued
            | MessageStatus::Sending => true,
            MessageStatus::Sent
            | MessageStatus::Delivered
            | MessageStatus::Undelivered
            | MessageStatus::Failed
            | MessageStatus::Canceled
            | MessageStatus::Receiving
            | MessageStatus::Received => false,
        }
    }

    /// Whether nothing changes it any more. `sent` is not final: a receipt may follow, or none.
    pub const fn is_final(self) -> bool {
        match self {
            MessageStatus::Delivered
            | MessageStatus::Undelivered
            | MessageStatus::Failed
            | MessageStatus::Canceled
            | MessageStatus::Received => true,
            MessageStatus::Accepted
            | MessageStatus::Scheduled
            | MessageStatus::Queued
            | MessageStatus::Sending
            | MessageStatus::Sent
            | MessageStatus::Receiving => false,
        }
    }
}

impl fmt::Display for MessageStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MessageStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<MessageStatus, ()> {
        MessageStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// Who began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageDirection {
    /// Somebody outside.
    Inbound,
    /// A REST client.
    OutboundApi,
    /// `<Sms>` during a call.
    OutboundCall,
    /// `<Message>` in answer to an inbound message.
    OutboundReply,
}

impl MessageDirection {
    /// Every direction.
    pub const ALL: [MessageDirection; 4] = [
        MessageDirection::Inbound,
        MessageDirection::OutboundApi,
        MessageDirection::OutboundCall,
        MessageDirection::OutboundReply,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            MessageDirection::Inbound => "inbound",
            MessageDirection::OutboundApi => "outbound-api",
            MessageDirection::OutboundCall => "outbound-call",
            MessageDirection::OutboundReply => "outbound-reply",
        }
    }
}

impl FromStr for MessageDirection {
    type Err = ();

    fn from_str(text: &str) -> Result<MessageDirection, ()> {
        MessageDirection::ALL.into_iter().find(|it| it.as_str() == text).ok_or(())
    }
}

/// A text message, in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRecord {
    /// `SM…`, or `MM…` where it has media.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// `MG…` it was sent or received through.
    pub service: Option<Sid>,
    /// Who began it.
    pub direction: MessageDirection,
    /// The sender; `None` until the service has chosen it.
    pub from: Option<Correspondent>,
    /// The receiver.
    pub to: Correspondent,
    /// The text; empty once redacted.
    pub body: String,
    /// Segments it takes; 0 while that is not known.
    pub segments: u32,
    /// Media it has.
    pub media: u32,
    /// Where it stands.
    pub status: MessageStatus,
    /// Twilio's error code, where it failed.
    pub error_code: Option<u32>,
    /// What that code means here.
    pub error_message: Option<String>,
    /// What it cost, all segments together, once a carrier with a price took it.
    pub price: Option<Money>,
    /// Name of the carrier that took it, or it came from.
    pub carrier: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When a carrier took it, or it came in.
    pub sent_at: Option<Moment>,
}

/// What is kept beside the record for as long as something is still to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePlan {
    /// Who is told of each status.
    pub callback: Option<(String, Method)>,
    /// Whether typographic characters may be replaced so that it needs fewer segments.
    pub smart_encoded: bool,
    /// What it may cost; dearer carriers are left out (30010 if all are).
    pub max_price: Option<Money>,
    /// Whether the text is forgotten once nothing has to be done with it (`ContentRetention=discard`).
    pub discard_body: bool,
    /// Whether the last digits of the other's number are forgotten then (`AddressRetention=obfuscate`).
    pub obfuscate: bool,
    /// Tries made: of carriers where it goes out, of the application where it came in.
    pub attempts: u32,
    /// Not before this moment.
    pub due_at: Moment,
    /// Not after this moment; `None` for what came in.
    pub expires_at: Option<Moment>,
}

impl MessagePlan {
    /// Due at once, for as long as it takes, nobody is told.
    pub const fn at_once(now: Moment, expires_at: Option<Moment>) -> MessagePlan {
        MessagePlan {
            callback: None,
            smart_encoded: false,
            max_price: None,
            discard_body: false,
            obfuscate: false,
            attempts: 0,
            due_at: now,
            expires_at,
        }
    }
}

/// What a carrier's receipt says of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartState {
    /// The carrier took it, and nothing more is known.
    Sent,
    /// It arrived.
    Delivered,
    /// It did not.
    Undelivered,
}

impl PartState {
    /// Every state.
    pub const ALL: [PartState; 3] = [PartState::Sent, PartState::Delivered, PartState::Undelivered];

    /// A word for its column.
    pub const fn as_str(self) -> &'static str {
        match self {
            PartState::Sent => "sent",
            PartState::Delivered => "delivered",
            PartState::Undelivered => "undelivered",
        }
    }
}

impl FromStr for PartState {
    type Err = ();

    fn from_str(text: &str) -> Result<PartState, ()> {
        PartState::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// A part of a sent message, as its carrier knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePart {
    /// Whose part it is.
    pub message: Sid,
    /// Which part, from 0.
    pub index: u32,
    /// Name of the carrier.
    pub carrier: String,
    /// What the carrier calls it; unique with that carrier.
    pub id: String,
    /// Where it stands.
    pub state: PartState,
    /// Twilio's error code, where it did not arrive.
    pub error_code: Option<u32>,
}

/// A part of a long message that came in, kept until the others are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Name of the carrier it came from.
    pub carrier: String,
    /// Who sent it, as on the wire.
    pub from: String,
    /// Who it is for, as on the wire.
    pub to: String,
    /// What all parts of one message have in common.
    pub reference: u32,
    /// How many parts there are.
    pub total: u32,
    /// Which one this is, from 1.
    pub number: u32,
    /// The text of this part; a surrogate pair that was split is joined with its other half later.
    pub units: FragmentText,
    /// When it came.
    pub received_at: Moment,
}

/// The text of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FragmentText {
    /// Decoded already.
    Text(String),
    /// UTF-16 code units, which may begin or end within a character.
    Units(Vec<u16>),
}

/// Media of a message. The file is `media/{sid}` in the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRecord {
    /// `ME…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// The message it belongs to.
    pub message: Sid,
    /// `image/png`.
    pub content_type: String,
    /// Where the bytes come from, for media that goes out and was not fetched yet.
    pub url: Option<String>,
    /// How many bytes are on disk; `None`: none yet.
    pub size: Option<u64>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What happens when a text comes in.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextRouting {
    /// Asked first. `None`: the message is kept, nobody is asked.
    pub url: Option<String>,
    /// With this method.
    pub method: Method,
    /// Asked when the first failed.
    pub fallback_url: Option<String>,
    /// With this method.
    pub fallback_method: Method,
}

/// Routing shared by several numbers: an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// `AP…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// For people.
    pub friendly_name: String,
    /// When a number that uses it is rung.
    pub voice: crate::VoiceRouting,
    /// Whether the caller's name is looked up. Kept for the client, without effect.
    pub caller_name_lookup: bool,
    /// When a number that uses it is texted.
    pub text: TextRouting,
    /// Told of the status of messages sent with `ApplicationSid`.
    pub message_callback: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A messaging service: senders under one roof, with common settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `MG…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// For people.
    pub friendly_name: String,
    /// When one of its senders is texted, unless `use_inbound_webhook_on_number`.
    pub inbound: TextRouting,
    /// Whether the number's own routing counts instead.
    pub use_inbound_webhook_on_number: bool,
    /// Told of the status of its messages.
    pub callback: Option<String>,
    /// Whether the same receiver gets the same sender.
    pub sticky_sender: bool,
    /// Whether a sender of the receiver's country and area is preferred.
    pub area_code_geomatch: bool,
    /// Whether typographic characters are replaced.
    pub smart_encoding: bool,
    /// Whether media goes as a link where the sender can't send it.
    pub mms_converter: bool,
    /// Whether an alphanumeric sender goes to where it isn't allowed. Kept for the client.
    pub fallback_to_long_code: bool,
    /// Whether media of its messages is scanned. Kept for the client.
    pub scan_message_content: String,
    /// Whether parts of a long inbound message come one by one. Kept for the client.
    pub synchronous_validation: bool,
    /// How long a message may take, 1 s to 36,000 s; 36,000 s unless said.
    pub validity: std::time::Duration,
    /// What it is used for, as the client says it.
    pub usecase: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A sender of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// `PN…`, `SC…` or `AI…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// `MG…` it belongs to; a sender is in one service at most.
    pub service: Sid,
    /// What receivers see.
    pub address: Correspondent,
    /// When it was added.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A short code that a carrier leases to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortCode {
    /// `SC…`.
    pub sid: Sid,
    /// `AC…` of the owner.
    pub account: Sid,
    /// Its digits.
    pub code: String,
    /// For people.
    pub friendly_name: String,
    /// When it is texted.
    pub text: TextRouting,
    /// When it was added.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A message in the inbox of a handset on the virtual carrier, or written on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Assigned by the store; ascending. Zero before.
    pub id: i64,
    /// Whose handset it is.
    pub handset: PhoneNumber,
    /// Who is at the other end.
    pub other: Correspondent,
    /// Whether the handset wrote it.
    pub written_here: bool,
    /// The text as it arrived.
    pub body: String,
    /// Links to media.
    pub media: Vec<String>,
    /// The message it is, so that a repetition is recognised.
    pub message: Sid,
    /// When.
    pub at: Moment,
}
