//! Signalling: SIP over UDP, registrar, digest, trunks, SDP offer/answer.
//!
//! [`Sip`] is the whole stack: it registers phones, takes calls in and places calls out, and speaks of them in its own
//! words ([`Dialog`], [`DialogEvent`], [`TextIn`]). It never touches media and knows nothing of TwiML.
//!
//! Inside, `wire` is the grammar, `agent` all of SIP's state as one machine without I/O on virtual time, and `shell` the
//! socket and clock around it. Memory is bounded at every place that a peer can fill, and whatever a peer does, a call
//! ends exactly once.

mod agent;
mod call;
mod directory;
pub mod fuzz;
mod handle;
mod reach;
mod registration;
pub mod sdp;
mod settings;
mod shell;
mod stack;
mod text;
mod wire;

pub use call::{
    Address, Contact, Destination, DialogEvent, DialogSink, EndedBy, Ending, Invite, Load, Origin,
};
pub use directory::{Credentials, Directory, Password, PhoneAccount, Trunk};
pub use handle::{Dialog, Incoming};
pub use registration::{RegisterError, Registered, Registration};
pub use settings::{Limits, Settings, Strangers, Timers};
pub use stack::{InviteError, PingError, Sip, StartError};
pub use text::{TEXT_REQUEST_MAX, TextAnswer, TextError, TextIn, TextOut};
