//! Where clocks, tasks, HTTP client and jobs meet the pure crates.
//!
//! [`Engine`] runs calls and texts. Calls: it takes them from `sip`, gives them to `call`, carries out what that wants with `media`,
//! `speech`, `store` and its own HTTP client, and translates between their words. It decides nothing about a call.

mod clock;
mod convert;
mod directory;
mod engine;
mod http;
mod hub;
mod incoming;
mod inside;
mod line;
mod lines;
mod outbox;
mod place;
mod post;
mod promise;
mod prompts;
mod recovery;
mod route;
mod settings;
mod sids;
mod sounds;
mod task;
mod texts;
mod transcripts;
#[cfg(test)]
mod trial;
mod turns;
pub mod watch;

pub use call::{Modification, RecordCall, Start, Watch};
pub use engine::{Engine, ModifyCallError, PlaceCall, PlaceCallError, StartError};
pub use prompts::{PROMPT_SIZE, PROMPTS_MAX, PromptError, PromptFile};
pub use settings::{
    CarrierKind, CarrierSettings, HANDOFF_GRACE, HttpSettings, Settings, TextSettings,
    WatchSettings,
};
pub use sms::text::segments;
pub use texts::{
    CarrierCall, CarrierReply, CarrierStatus, ChangeTextError, HandsetError, HandsetText, SendText,
    SendTextError, TextSender,
};
