//! Audio of tests: recordings checked by frequency, and sounds to play.
//!
//! Reads WAV files of 16-bit PCM at 8 kHz, with one channel or more; chunks other than `fmt ` and `data` are skipped.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use media::Prompt;
use media::io::Audio;
use media::tone::Detector;
use phone::{Heard, Level};

/// The rate that is read.
const RATE: u32 = media::SAMPLE_RATE;

/// Samples that are judged at once: 100 ms.
const WINDOW: usize = 800;

/// The part of those windows that has to hold a tone.
const MOST: f64 = 0.8;

/// Peak of the tones that are made here: -17 dBov.
const PEAK: f64 = 6_500.0;

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    /// Samples at 8 kHz, channel by channel.
    pub channels: Vec<Vec<i16>>,
}

/// Why a file is not a recording that can be read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// The file can't be read.
    #[error("'{0}' can't be read: {1}")]
    File(String, std::io::Error),
    /// Not a WAV file, or cut off within its header.
    #[error("not a WAV file: {0}")]
    Damaged(&'static str),
    /// Not 16-bit PCM at 8 kHz.
    #[error("format {format} with {bits} bits at {rate} Hz is not 16-bit PCM at {RATE} Hz")]
    Format {
        /// Format tag; 1 is PCM.
        format: u16,
        /// Bits a sample.
        bits: u16,
        /// Samples a second.
        rate: u32,
    },
}

impl Wav {
    /// Reads a file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WavError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path)
            .map_err(|error| WavError::File(path.display().to_string(), error))?;
        Self::parse(&bytes)
    }

    /// Reads the bytes of a file. More or less audio than the header says is an error: a complete recording agrees.
    pub fn parse(bytes: &[u8]) -> Result<Self, WavError> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(WavError::Damaged("no RIFF header"));
        }
        let format = chunk(bytes, *b"fmt ").ok_or(WavError::Damaged("no format"))?;
        let data = chunk(bytes, *b"data")
            .ok_or(WavError::Damaged("the audio is not as long as it says"))?;
        let word =
            |at: usize| format.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]));
        let fields = (word(0), word(2), word(4), word(6), word(14));
        let (Some(tag), Some(channels), Some(low), Some(high), Some(bits)) = fields else {
            return Err(WavError::Damaged("the format is cut off"));
        };
        let rate = u32::from(high) << 16 | u32::from(low);
        if (tag, bits, rate) != (1, 16, RATE) || channels == 0 {
            return Err(WavError::Format { format: tag, bits, rate });
        }
        let samples: Vec<i16> =
            data.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
        let channels = usize::from(channels);
        let channel = |number| samples.iter().copied().skip(number).step_by(channels).collect();
        Ok(Self { channels: (0..channels).map(channel).collect() })
    }

    /// How long it is.
    pub fn duration(&self) -> Duration {
        let samples = self.channels.first().map_or(0, Vec::len);
        Duration::from_secs(1) * samples as u32 / RATE
    }

    /// What is heard in a channel, in words.
    pub fn story(&self, channel: usize) -> Heard {
        let windows: Vec<&[i16]> = self.samples(channel).chunks_exact(WINDOW).collect();
        Heard::of(&windows)
    }

    /// Whether a frequency is heard for most of a stretch of a channel.
    pub fn tone_in(&self, channel: usize, stretch: Range<Duration>, hz: u16) -> bool {
        let detector = Detector::new(&[hz]);
        let windows = self.windows(channel, &stretch);
        let sounding = windows.iter().filter(|window| !detector.hear(window).is_empty()).count();
        !windows.is_empty() && sounding as f64 >= windows.len() as f64 * MOST
    }

    /// How loud a stretch of a channel is.
    pub fn level_in(&self, channel: usize, stretch: Range<Duration>) -> Level {
        Level::of(self.part(channel, &stretch))
    }

    /// Panics, telling what is heard, if a frequency isn't heard for most of a stretch of a channel.
    pub fn expect_tone(&self, channel: usize, stretch: Range<Duration>, hz: u16) {
        assert!(
            self.tone_in(channel, stretch.clone(), hz),
            "channel {channel} has no {hz} Hz in {stretch:?}, but {}",
            self.story(channel)
        );
    }

    fn windows(&self, channel: usize, stretch: &Range<Duration>) -> Vec<&[i16]> {
        self.part(channel, stretch).chunks_exact(WINDOW).collect()
    }

    fn part(&self, channel: usize, stretch: &Range<Duration>) -> &[i16] {
        let at = |time: Duration| (time.as_millis() as usize) * (RATE as usize / 1_000);
        let samples = self.samples(channel);
        let end = at(stretch.end).min(samples.len());
        samples.get(at(stretch.start)..end).unwrap_or_default()
    }

    fn samples(&self, channel: usize) -> &[i16] {
        self.channels.get(channel).map_or(&[], Vec::as_slice)
    }
}

/// A tone of a length.
pub fn tone(hz: u16, length: Duration) -> Audio {
    Audio::Tone(media::Tone::Steady { hz, duration: length })
}

/// Silence of a length.
pub fn silence(length: Duration) -> Audio {
    Audio::Silence(length)
}

/// Samples at 8 kHz, played once.
pub fn samples(samples: Vec<i16>) -> Audio {
    let prompt = Prompt::from_pcm(RATE, samples).expect("some audio, shorter than half an hour");
    Audio::Prompt { prompt: Arc::new(prompt), times: std::num::NonZeroU32::new(1) }
}

/// Samples at 8 kHz of a tone.
pub fn tone_samples(hz: u16, length: Duration) -> Vec<i16> {
    let turn = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE);
    let count = length.as_millis() as u32 * (RATE / 1_000);
    (0..count).map(|at| (f64::from(at) * turn).sin() * PEAK).map(|sample| sample as i16).collect()
}

/// The bytes of a WAV file with one channel at 8 kHz.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let mut bytes = media::wav::header(1, samples.len() as u64 * 2).to_vec();
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

/// The content of a chunk of a RIFF file.
fn chunk(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let length = rest.get(4..8)?;
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        if rest[..4] == name {
            return rest.get(8..8 + length);
        }
        rest = rest.get(8 + length + length % 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::tone::Generator;
    use media::{SILENCE, Tone, wav};

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn played(hz: u16, ticks: usize) -> Vec<i16> {
        let mut generator = Generator::new(Tone::Steady { hz, duration: ms(60_000) });
        let mut audio = Vec::new();
        for _ in 0..ticks {
            let mut frame = SILENCE;
            generator.fill(&mut frame);
            audio.extend(frame);
        }
        audio
    }

    fn file(channels: &[Vec<i16>]) -> Vec<u8> {
        let length = channels[0].len() * 2 * channels.len();
        let mut bytes = wav::header(channels.len() as u16, length as u64).to_vec();
        for at in 0..channels[0].len() {
            bytes.extend(channels.iter().flat_map(|channel| channel[at].to_le_bytes()));
        }
        bytes
    }

    #[test]
    fn each_channel_is_heard_by_itself() {
        let left: Vec<i16> = [played(440, 50), vec![0; 8_000]].concat();
        let right: Vec<i16> = [vec![0; 8_000], played(880, 50)].concat();
        let wav = Wav::parse(&file(&[left, right])).expect("a WAV");
        assert_eq!(wav.duration(), ms(2_000));
        assert!(wav.tone_in(0, ms(0)..ms(1_000), 440));
        assert!(!wav.tone_in(0, ms(1_000)..ms(2_000), 440));
        assert!(wav.tone_in(1, ms(1_000)..ms(2_000), 880));
        assert!(!wav.tone_in(1, ms(0)..ms(2_000), 880), "for half of it only");
        assert_eq!(wav.story(1).to_string(), "silence for 1 s, then 880 Hz for 1 s at -16 dBov");
    }

    #[test]
    fn a_damaged_file_is_told_of() {
        let whole = file(&[played(440, 5)]);
        for length in 0..whole.len() {
            assert!(Wav::parse(&whole[..length]).is_err(), "{length} bytes");
        }
        let mut other = whole;
        other[24] = 1;
        assert!(matches!(Wav::parse(&other), Err(WavError::Format { rate: 7_937, .. })));
    }
}
