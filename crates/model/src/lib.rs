//! The shared words of alo: SIDs, moments, phone numbers, parties, and the records of what happened.
//!
//! Pure values without I/O, clock or randomness. Every other crate may use this one; it uses none of ours.

mod call;
mod moment;
mod number;
mod party;
mod records;
mod sid;

pub use call::{CallRecord, CallStatus, Direction, Hangup};
pub use moment::Moment;
pub use number::{InvalidNumber, PhoneNumber};
pub use party::{InvalidParty, Party};
pub use records::{
    Account, AccountStatus, Alert, AlertLevel, Callback, Method, NumberRecord, PhoneAccount,
    RecordingRecord, RecordingSource, RecordingStatus, Secret, Trunk, VoiceRouting,
};
pub use sid::{InvalidSid, Sid, SidKind};
