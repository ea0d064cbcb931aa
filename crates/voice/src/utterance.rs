//! What the voice says: one utterance, from phonemes to samples that can go on a line.

use std::ops::RangeInclusive;

use reading::{Reading, Style};

use crate::VoiceError;
use crate::acoustics::Acoustics;
use crate::alphabet;
use crate::level;
use crate::noise::Noise;
use crate::waveform;

/// Factors of the speed that can still be followed.
const RATES: RangeInclusive<f32> = 0.2..=4.0;
/// Factors of the fundamental frequency that still sound like a voice.
const PITCHES: RangeInclusive<f32> = 0.5..=2.0;
/// Factors of the amplitude; at 4 all peaks are bent.
const VOLUMES: RangeInclusive<f32> = 0.0..=4.0;

/// The voice; the network is read at the first use (about 20 ms) and kept (about 35 MB of memory with its working space).
pub struct Voice {
    acoustics: Acoustics,
}

impl Voice {
    /// The voice "heart": an American woman.
    pub fn new() -> Voice {
        Voice { acoustics: Acoustics::new(include_bytes!("../data/heart.onnx")) }
    }

    /// Reads the network now rather than at the first sentence.
    pub fn warm(&self) -> Result<(), VoiceError> {
        self.acoustics.read()
    }

    /// The sound of `phonemes` (misaki's alphabet; other symbols are left out) at 24,000 Hz.
    ///
    /// Active speech has -20 dB below full scale before `style.volume`, and no sample is beyond 0.891 (-1 dB). Silence
    /// before and behind is cut to what sounds natural. Empty where nothing is heard (marks only), or at volume 0.
    ///
    /// `style.rate` is clamped to 0.2..=4.0: the network itself goes from 0.5 to 2.0, beyond that its frames are said
    /// twice or left out. `style.pitch` is clamped to 0.5..=2.0 and leaves timbre and durations alone.
    /// `style.volume` is clamped to 0..=4. A factor that is no number is 1. More than
    /// [`Reading::LONGEST`] phonemes are said in several parts.
    ///
    /// Blocks and computes on one core: about 25 ms a short sentence, 30 times faster than it is spoken. Not for a
    /// runtime's own threads; several threads may call at once.
    pub fn say(&self, phonemes: &str, style: Style) -> Result<Vec<f32>, VoiceError> {
        let mut said = Vec::new();
        let style = Style {
            rate: within(style.rate, RATES),
            pitch: within(style.pitch, PITCHES),
            volume: within(style.volume, VOLUMES),
        };
        if style.volume == 0.0 {
            return Ok(said);
        }
        for part in parts(phonemes) {
            said.extend(self.breathe(&part, style)?);
        }
        Ok(said)
    }

    fn breathe(&self, phonemes: &str, style: Style) -> Result<Vec<f32>, VoiceError> {
        if !phonemes.chars().any(alphabet::is_heard) {
            return Ok(Vec::new());
        }
        let picture = self.acoustics.draw(phonemes, style.rate)?;
        let sound = waveform::samples(&picture, style.pitch, &mut Noise::of(phonemes));
        Ok(level::finish(sound, style.volume))
    }
}

impl Default for Voice {
    fn default() -> Voice {
        Voice::new()
    }
}

/// The factor within its range; 1 where it is no number.
fn within(factor: f32, range: RangeInclusive<f32>) -> f32 {
    if factor.is_nan() { 1.0 } else { factor.clamp(*range.start(), *range.end()) }
}

/// Phonemes in parts of at most [`Reading::LONGEST`] known symbols, cut at a space where there is one.
fn parts(phonemes: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest: Vec<char> =
        phonemes.chars().filter(|&symbol| alphabet::number(symbol).is_some()).collect();
    while rest.len() > Reading::LONGEST {
        let space = rest[..Reading::LONGEST].iter().rposition(|&symbol| symbol == ' ');
        let behind = rest.split_off(space.filter(|&at| at > 0).unwrap_or(Reading::LONGEST));
        parts.push(std::mem::replace(&mut rest, behind).into_iter().collect());
    }
    parts.push(rest.into_iter().collect());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_spaces_and_nothing_is_lost() {
        let long = "həlˈO ".repeat(200);
        let cut = parts(&long);
        assert!(cut.iter().all(|part| part.chars().count() <= Reading::LONGEST));
        assert!(cut[1..].iter().all(|part| part.starts_with(' ')));
        assert_eq!(cut.concat(), long);
    }

    #[test]
    fn a_long_word_is_cut_too() {
        let long = "A".repeat(1_000);
        assert_eq!(parts(&long).iter().map(String::len).collect::<Vec<_>>(), [400, 400, 200]);
    }
}
