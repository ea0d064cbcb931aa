//! A virtual phone: a real SIP and RTP user agent for the demo, for doctor's self-calls and for the tests.
//!
//! A [`Phone`] registers, rings, dials and texts; a [`Call`] of it is answered, talked into and listened to. All signalling is
//! `sip`'s and all audio is `media`'s, so what works with a phone works on the wire. Every wait is for an event and has a
//! deadline; nothing here polls or sleeps, and nothing knows of Twilio, of a database or of the server on the other end.

mod call;
mod ear;
mod errors;
mod line;
mod listening;
mod note;
#[path = "phone.rs"]
mod set;
mod settings;
mod sound;
mod state;
mod texts;
mod wiring;

pub use call::Call;
pub use errors::{
    AnswerError, DialError, HoldError, NoText, NotAnswered, NotEnded, NotHeard, NotPressed,
    NotTexted, RegisterError, Silent, StartError,
};
pub use listening::RingBack;
pub use note::{Note, Observer, What};
pub use set::Phone;
pub use settings::{Detour, Keys, Settings};
pub use sip::{EndedBy, Ending};
pub use sound::{Heard, Level, Run, Sound};
pub use state::{Hold, Party, State};
pub use texts::Text;
