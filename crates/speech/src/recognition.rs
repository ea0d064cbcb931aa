//! Speech to text behind one trait.
//!
//! [`Ears`] asks its engines in order and bounds how much is heard at once. [`Transcriptions`] asks a server with OpenAI's
//! `/v1/audio/transcriptions`; with the cargo feature `whisper`, `Whisper` runs whisper.cpp on a model file. No model is
//! embedded, and nothing hears a language that it wasn't asked for: without an engine, the answer is
//! [`HearError::NoEngine`], never silence. [`Listener`] says where in a call somebody speaks.

mod activity;
mod ears;
mod form;
mod listener;
mod noise;
mod transcriptions;
#[cfg(feature = "whisper")]
mod whisper;

use std::time::Duration;

pub use activity::{Dbfs, speech_in, speech_level};
pub use ears::{EarLimits, Ears};
pub use listener::{Activity, FRAME, ListenSettings, Listener};
pub use transcriptions::{Transcriptions, TranscriptionsError, TranscriptionsSettings};
#[cfg(feature = "whisper")]
pub use whisper::{Whisper, WhisperError};

use crate::Speech;

/// How audio is to be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// BCP 47 tag (`pt-BR`).
    pub language: String,
    /// Words and phrases that are likely (`hints` of `<Gather>`); a hint, not a grammar.
    pub hints: Vec<String>,
    /// The engine's model, by its own name; `None`, or one of Twilio's names (`phone_call`): the engine's own.
    pub model: Option<String>,
    /// Whether profanities are to be starred out (Twilio's default); only engines that can do so of themselves do.
    pub profanity_filter: bool,
}

/// What was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognized {
    /// The words, trimmed; empty where nobody spoke.
    pub text: String,
    /// From 0 to 1; `None` where the engine doesn't say.
    pub confidence: Option<f32>,
}

/// Understands speech.
#[async_trait::async_trait]
pub trait Recognizer: Send + Sync {
    /// Its name, for people and logs.
    fn name(&self) -> &str;

    /// Whether it understands `language`, a BCP 47 tag.
    fn hears(&self, language: &str) -> bool;

    /// Understands; the future may be dropped at any time.
    async fn recognize(&self, audio: &Speech, request: &Request) -> Result<Recognized, HearError>;
}

/// Why nothing is understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// Name a server, or a model file for a build with whisper.
    #[error(
        "nothing recognises speech in {language}: set recognition.url in alo.toml, or recognition.file in a build with \
         the feature whisper"
    )]
    NoEngine {
        /// The language asked for.
        language: String,
    },
    /// Look at the engine's own words in `reason`.
    #[error("{engine} could not recognise: {reason}")]
    Engine {
        /// Its name.
        engine: String,
        /// What it said, or what was wrong with it.
        reason: String,
    },
    /// The engine is too slow for its machine, or not there.
    #[error("{engine} did not answer within {} s", after.as_secs_f32())]
    Timeout {
        /// Its name.
        engine: String,
        /// How long it had.
        after: Duration,
    },
    /// More is asked for than the engines can hear: raise the limits, or listen less.
    #[error("{waiting} recordings wait to be recognised already")]
    Busy {
        /// How many are being heard or waiting.
        waiting: usize,
    },
    /// Record less at once, or raise the limit.
    #[error("the audio lasts {} s, more than {} s", audio.as_secs(), limit.as_secs())]
    TooLong {
        /// How long it lasts.
        audio: Duration,
        /// At most so long.
        limit: Duration,
    },
}

/// Whether one of `known` languages (`pt`, `pt-BR`) is `language` or its primary one; none known: all are.
fn knows(known: &[String], language: &str) -> bool {
    let primary = language.split_once('-').map_or(language, |(primary, _)| primary);
    known.is_empty()
        || known.iter().any(|known| {
            known.eq_ignore_ascii_case(language) || known.eq_ignore_ascii_case(primary)
        })
}
