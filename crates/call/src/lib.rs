//! The life of a call: legs, dial, gather, record, as one state machine per call.
//!
//! A [`Session`] owns every leg of a call, from the first ring to the last callback. It knows "leg", never SIP or RTP,
//! and no clock: the engine feeds it [`Input`]s with the time, then drains [`Session::poll`] until [`Output::Idle`].
//! Statuses, parameters and defaults are Twilio's: <https://www.twilio.com/docs/voice>.

mod ahead;
mod dial;
mod hold;
mod io;
mod leg;
mod listening;
mod program;
mod recording;
mod reply;
mod report;
mod session;
mod target;
mod text;
mod webhook;

pub use ahead::PREPARE_LIMIT;
pub use io::{
    Ending, FetchFailure, FetchId, Fetched, Input, LegId, LegInput, ListenId, Modification, Output,
    Placement, RecordingOrder, Refusal, Report, Request, Sound, SoundId, Telling, TextFailure,
    TextId, Transcribe,
};
pub use report::{Watch, final_callback};
pub use session::{Inbound, Outbound, RecordCall, Session, Settings, SidSource, Start};
pub use target::{BadTarget, Target};
