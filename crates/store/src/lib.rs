//! What must not be lost: accounts, numbers, phones, trunks, calls, recordings, alerts, text messages with the services
//! and senders they go through, transcripts, callbacks to be sent, the support line (people, rotas, lines, their calls
//! and e-mails), and the watch (checks, what came of them, incidents).
//!
//! One trait, [`Store`], and those parts of it which are about texts, [`Texts`], the support line, [`OnCall`],
//! transcripts of recordings, [`Transcriptions`], and the watch, [`Watching`]. Their verbs are named for their use: one verb is one method is one transaction, and when a verb that writes has answered,
//! what it wrote is on disk. No transaction and no connection leaves this crate, and no SQL of it asks for the time:
//! where a verb depends on it, the caller hands in `now`.

mod changes;
mod errors;
mod lists;
mod oncall;
mod sqlite;
mod texts;
mod transcriptions;
mod verbs;
mod watching;

pub use changes::{CallChange, CallbackTarget, Subscription};
pub use errors::{OpenError, StoreError};
pub use lists::{
    AlertFilter, CallFilter, DateRange, Listing, MessageFilter, NumberFilter, Page, RecordingFilter,
};
pub use oncall::{LineCallFilter, OnCall};
pub use sqlite::Sqlite;
pub use texts::{
    Creation, Due, FragmentSet, Handset, Look, Message, MessageChange, NewMessage, PartFound, Texts,
};
pub use transcriptions::{DamagedTranscription, Transcriptions};
pub use verbs::Store;
pub use watching::{AlertToken, IncidentFilter, KeptOutcome, Opened, OutcomeRow, Watching};
