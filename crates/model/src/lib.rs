//! The shared words of alo: SIDs, moments, phone numbers, parties, and the records of what happened.
//!
//! Pure values without I/O, clock or randomness. Every other crate may use this one; it uses none of ours.

mod call;
mod correspondent;
mod message;
mod moment;
mod money;
mod number;
pub mod oncall;
mod party;
mod records;
mod sid;
mod transcription;
pub mod watch;
mod written;

pub use call::{CallRecord, CallStatus, Direction, Hangup};
pub use correspondent::{Correspondent, InvalidCorrespondent};
pub use message::{
    Application, Fragment, FragmentText, InboxEntry, MediaRecord, MessageDirection, MessagePart,
    MessagePlan, MessageRecord, MessageStatus, PartState, Sender, Service, ShortCode, TextRouting,
};
pub use moment::{InvalidMoment, Moment};
pub use money::{Currency, InvalidAmount, Money};
pub use number::{InvalidNumber, PhoneNumber};
pub use party::{InvalidParty, Party};
pub use records::{
    Account, AccountStatus, Alert, AlertLevel, Callback, Method, NumberRecord, PhoneAccount,
    RecordingRecord, RecordingSource, RecordingStatus, Secret, Trunk, VoiceRouting,
};
pub use sid::{InvalidSid, Sid, SidKind};
pub use transcription::{Transcription, TranscriptionOrder, TranscriptionStatus};
