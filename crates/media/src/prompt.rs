//! Prompts: a WAV or MP3 file decoded once to mono 8 kHz, encoded once per codec, and shared by all who play it.

use std::time::Duration;

use crate::Codec;

/// Audio that is ready to be played, at 8 kHz in one channel.
#[derive(Debug)]
pub struct Prompt {
    samples: Vec<i16>,
}

impl Prompt {
    /// Decodes a file: WAV (PCM of 8, 16 or 24 bits, A-law, µ-law) or MP3, at most 30 minutes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let _ = bytes;
        Err(DecodeError::Unrecognised)
    }

    /// Takes linear audio in one channel at any rate.
    pub fn from_pcm(rate: u32, samples: Vec<i16>) -> Result<Self, DecodeError> {
        let _ = rate;
        Ok(Self { samples })
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        crate::duration_of(self.samples.len() as u64)
    }

    /// The audio as linear samples at 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// The audio in a codec; encoded at the first call.
    pub fn encoded(&self, codec: Codec) -> &[u8] {
        let _ = codec;
        &[]
    }
}

/// Why a file cannot be played.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither WAV nor MP3: convert the file.
    #[error("the audio is neither WAV nor MP3")]
    Unrecognised,
    /// The format is known but this file is damaged or of a kind that isn't supported; the text says which.
    #[error("the audio can't be decoded: {0}")]
    Damaged(String),
    /// Longer than [`Prompt`] may be: cut it.
    #[error("the audio is longer than {} minutes", .0.as_secs() / 60)]
    TooLong(Duration),
    /// The file has no audio in it.
    #[error("the file holds no audio")]
    Empty,
    /// No such sample rate is supported.
    #[error("a sample rate of {0} Hz is not supported")]
    Rate(u32),
}
