//! Scenarios as phone talk, and what they run against: the real binary, a webhook application, networks, programs of others.
//!
//! A [`Town`] has phones and keeps the story of what happened. Expectations that aren't met panic with the whole story.
//! Only for tests: nothing here ships. Everything stays on loopback, waits for events under a deadline, and takes free
//! ports, so that tests run beside each other.

mod answer;
mod app;
mod audio;
mod baresip;
mod call;
mod chance;
mod hearing;
mod loss;
mod monit;
mod ports;
mod relay;
mod rest;
mod server;
mod sipp;
mod smsc;
mod story;
mod town;
mod voice;

pub use answer::{Answer, twiml};
pub use app::{App, Request};
pub use audio::{Wav, WavError, samples, silence, tone, tone_samples, wav};
pub use baresip::{Baresip, BaresipEvent};
pub use call::{Call, Spoken};
pub use chance::Chance;
pub use hearing::{Hearing, piper_voice, share_heard, words};
pub use loss::{Counts, SeededLoss, Weather};
pub use monit::Monit;
pub use ports::PortRange;
pub use relay::{Relay, RelayLetter, RelayOptions};
pub use rest::{Rest, eventually, eventually_within};
pub use server::{Server, ServerOptions};
pub use sipp::{Report, Serving, Sipp, SippError};
pub use smsc::{Smsc, SmscDelivery, SmscOptions, SmscReceipt, SmscSubmit};
pub use story::Story;
pub use town::{Phone, Town};
pub use voice::Voice;
