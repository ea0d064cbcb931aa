//! Speech behind traits: what is said, and by whom.
//!
//! [`Voices`] parts what is to be said into sentences, asks its engines in order for each, keeps what was spoken in memory
//! and on disk, and bounds how much is made at once. [`Embedded`] is the English voice of the binary itself, [`Espeak`]
//! runs `espeak-ng` as a child process, [`Piper`] computes voices that the operator put there, [`OpenAi`] asks a server with OpenAI's `/v1/audio/speech`. No engine speaks a
//! language that it wasn't asked for: without one for the language, the answer is [`SayError::NoEngine`].

mod cache;
mod casting;
mod children;
mod embedded;
mod espeak;
mod http;
mod key;
mod level;
mod openai;
mod phonemes;
mod pieces;
mod piper;
mod rate;
mod recognition;
mod routes;
mod shelf;
mod spoken;
mod voices;
mod wav;
mod workers;

use std::time::Duration;

pub use casting::{Casting, Gender, cast};
pub use embedded::Embedded;
pub use espeak::Espeak;
pub use openai::{AudioFormat, OpenAi, OpenAiError, OpenAiSettings};
pub use piper::Piper;
pub use rate::RateError;
pub use reading::sentences;
pub use recognition::{
    Activity, Dbfs, EarLimits, Ears, FRAME, HearError, ListenSettings, Listener, Recognized,
    Recognizer, Request, Transcriptions, TranscriptionsError, TranscriptionsSettings, speech_in,
    speech_level,
};
#[cfg(feature = "whisper")]
pub use recognition::{Whisper, WhisperError};
pub use routes::Route;
pub use shelf::ShelfSettings;
pub use voices::{Limits, Saying, Settings, Voices};
pub use wav::{InvalidWav, read_wav, write_wav};

/// What is to be said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Utterance {
    /// Plain text.
    pub text: String,
    /// The same with SSML elements, without `<speak>` around it, where it has some. Only elements that speak or wait:
    /// TwiML's parser lets no others through (`<audio>` would read files).
    pub ssml: Option<String>,
    /// As the application wrote it (`woman`, `Polly.Vitoria`); `None`: the engine's own.
    pub voice: Option<String>,
    /// BCP 47 tag (`pt-BR`).
    pub language: String,
}

/// The words of `ssml`, for an [`Utterance`]'s text.
pub fn plain_text(ssml: &str) -> String {
    reading::Script::read("", Some(ssml)).plain_text()
}

/// What was said: one channel of 16-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Speech {
    /// Samples a second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

impl Speech {
    /// Speech without a sound.
    pub fn nothing() -> Speech {
        Speech { rate: 8_000, samples: Vec::new() }
    }

    /// Goes on with `next`, at the rate of what there is.
    pub fn append(&mut self, next: &Speech) -> Result<(), SayError> {
        if self.samples.is_empty() {
            self.rate = next.rate;
        }
        if self.rate == next.rate {
            self.samples.extend_from_slice(&next.samples);
            return Ok(());
        }
        let next = next.clone().at(self.rate).map_err(|error| {
            let engine = "speech".to_owned();
            SayError::Engine { engine, reason: error.to_string() }
        })?;
        self.samples.extend(next.samples);
        Ok(())
    }

    /// How long it takes.
    pub fn duration(&self) -> Duration {
        let rate = u64::from(self.rate.max(1));
        Duration::from_micros(self.samples.len() as u64 * 1_000_000 / rate)
    }
}

impl std::fmt::Debug for Speech {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Speech({} Hz, {:?})", self.rate, self.duration())
    }
}

/// A voice of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceInfo {
    /// As the engine takes it in `voice`.
    pub name: String,
    /// BCP 47 tag; empty where it speaks whatever it is given.
    pub language: String,
    /// Whose voice it sounds like, where that is known.
    pub gender: Option<Gender>,
    /// The engine's name in `alo.toml`.
    pub engine: String,
}

/// Makes speech.
#[async_trait::async_trait]
pub trait Synthesizer: Send + Sync {
    /// Its name, for people and logs.
    fn name(&self) -> &str;

    /// Its name in `alo.toml` (`alo`, `espeak`, `piper`, `service`).
    fn kind(&self) -> &str {
        self.name()
    }

    /// What its sound depends on beside the utterance: name, version, model. What was spoken under another one is not
    /// taken from what is kept.
    fn fingerprint(&self) -> String {
        self.name().to_owned()
    }

    /// Its voices by the names that it takes; empty where it can't tell.
    fn voices(&self) -> Vec<VoiceInfo> {
        Vec::new()
    }

    /// Whether it takes `voice`, a name that isn't one of Twilio's.
    fn has_voice(&self, voice: &str) -> bool {
        self.voices().iter().any(|own| own.name == voice)
    }

    /// What keeps voices of it from speaking, each in one line for the operator: it tries all, which may take seconds.
    /// On a runtime of tokio only.
    async fn problems(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether what it speaks has the telephone's level already, and no silence around it.
    fn is_level(&self) -> bool {
        false
    }

    /// Whether it speaks `language`, a BCP 47 tag, or one near to it (`en-AU` by `en`).
    fn speaks(&self, language: &str) -> bool;

    /// Speaks; the future may be dropped at any time.
    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError>;
}

/// Why nothing can be heard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// English is always spoken; other languages need the package, or a server.
    #[error("no speech engine for {language}: install espeak-ng or set speech.url in alo.toml")]
    NoEngine {
        /// The language asked for.
        language: String,
    },
    /// Look at the engine's own words in `reason`.
    #[error("{engine} could not speak: {reason}")]
    Engine {
        /// Its name.
        engine: String,
        /// What it said, or what was wrong with it.
        reason: String,
    },
    /// Split the text.
    #[error("the text has {characters} characters, more than {limit}")]
    TooLong {
        /// Of the text.
        characters: usize,
        /// At most so many.
        limit: usize,
    },
    /// The engine is too slow for its machine, or not there.
    #[error("{engine} did not answer within {} s", after.as_secs_f32())]
    Timeout {
        /// Its name.
        engine: String,
        /// How long it had.
        after: Duration,
    },
    /// More is asked for than the engines can make: raise the limits, or say less that is new.
    #[error("{waiting} texts wait for their speech already")]
    Busy {
        /// How many are being made or waiting.
        waiting: usize,
    },
}
