//! The embedded English voice: phonemes to sound in process, from data that lies in the binary.
//!
//! A small network ([`Voice`], `data/heart.onnx`) draws the spectra of what is said, and our own synthesis makes samples
//! of them at the telephone's level. A second one ([`UnknownWords`], `data/unknown.onnx`) reads words that no lexicon has.
//! Both are read at their first use. Nothing is downloaded, cached or written, there is no clock and no chance: equal
//! phonemes in an equal style are equal samples on the same processor. Where the data is from: `data/README.md`.

mod acoustics;
mod alphabet;
mod level;
mod network;
mod noise;
mod pulses;
mod unknown;
mod utterance;
mod waveform;

pub use unknown::UnknownWords;
pub use utterance::Voice;

/// Samples a second of what the network makes.
pub const SAMPLE_RATE: u32 = 24_000;

/// Why the voice stays silent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// The network could not be read or run; a fault of ours, the data lies in the binary.
    #[error("the embedded voice failed: {reason}")]
    Network {
        /// In the library's words.
        reason: String,
    },
}

impl VoiceError {
    fn network(reason: impl std::fmt::Display) -> VoiceError {
        VoiceError::Network { reason: reason.to_string() }
    }
}
