//! Text to speech behind one trait.
//!
//! [`Voices`] asks its engines in order, keeps what was spoken, and bounds how much is made at once. [`Espeak`] runs
//! `espeak-ng` as a child process, [`OpenAi`] asks a server with OpenAI's `/v1/audio/speech`. No engine speaks a language
//! that it wasn't asked for: without one for the language, the answer is [`SayError::NoEngine`].

mod cache;
mod casting;
mod espeak;
mod openai;
mod voices;
mod wav;

use std::time::Duration;

pub use casting::{Casting, Gender, cast};
pub use espeak::Espeak;
pub use openai::{AudioFormat, OpenAi, OpenAiError, OpenAiSettings};
pub use voices::{Limits, Voices};
pub use wav::{InvalidWav, read_wav};

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

/// What was said: one channel of 16-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Speech {
    /// Samples a second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

impl Speech {
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

/// Makes speech.
#[async_trait::async_trait]
pub trait Synthesizer: Send + Sync {
    /// Its name, for people and logs.
    fn name(&self) -> &str;

    /// Whether it speaks `language`, a BCP 47 tag, or one near to it (`en-AU` by `en`).
    fn speaks(&self, language: &str) -> bool;

    /// Speaks; the future may be dropped at any time.
    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError>;
}

/// Why nothing can be heard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// Install the package or name a server.
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
