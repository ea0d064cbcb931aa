//! Text messages: alphabets and segments, delivery as a state machine, and the carriers.
//!
//! Pure, without clock, socket or chance: [`text`] (GSM-7, UCS-2, segments), [`assembly`] (long messages that come in),
//! [`consent`] (STOP, START, HELP), [`delivery`] (the life of one message) and [`dispatch`] (whose turn it is, and which
//! carrier takes it). What touches the world is behind one trait, [`Carrier`]: [`smpp`] and [`web`] are the carriers here;
//! those that need the store or SIP live in `engine`. This crate knows no TwiML, no REST and no database.

pub mod assembly;
mod carrier;
pub mod consent;
pub mod delivery;
pub mod dispatch;
pub mod errors;
pub mod smpp;
pub mod text;
pub mod web;

pub use carrier::{
    Carrier, CarrierEvent, CarrierState, ErrorClass, Inbound, InboundContent, MediaLink, Receipt,
    ReceiptState, Submission, SubmitError, Submitted, Verdict,
};
