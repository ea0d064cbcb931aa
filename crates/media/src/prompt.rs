//! Prompts: a WAV or MP3 file decoded once to mono 8 kHz, encoded once per codec, and shared by all who play it.
//!
//! Decoding is `symphonia`'s, resampling `rubato`'s. Both take long compared with a tick: never on a media thread.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rubato::{FftFixedIn, Resampler};
use symphonia::core::audio::{AudioBufferRef, SampleBuffer};
use symphonia::core::codecs::{CODEC_TYPE_NULL, Decoder, DecoderOptions};
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::{Codec, FRAME, SAMPLE_RATE, duration_of};

/// The longest prompt; what is longer belongs on a stream.
pub const MAX_DURATION: Duration = Duration::from_secs(30 * 60);

/// Sample rates that are resampled.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Samples that are resampled at once.
const CHUNK: usize = 1_024;

/// Audio that is ready to be played, at 8 kHz in one channel.
#[derive(Debug)]
pub struct Prompt {
    samples: Vec<i16>,
    mu_law: OnceLock<Vec<u8>>,
    a_law: OnceLock<Vec<u8>>,
}

impl Prompt {
    /// Decodes a file: WAV (PCM of 8, 16 or 24 bits, A-law, µ-law) or MP3, at most [`MAX_DURATION`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        // The file comes from anywhere, and the decoder is not ours: a panic in it is a damaged file.
        let read = catch_unwind(AssertUnwindSafe(|| read(bytes)))
            .unwrap_or_else(|_| Err(DecodeError::Damaged("the decoder gave up".into())))?;
        let samples = resample(read.rate, read.samples)?;
        Self::of(samples)
    }

    /// Takes linear audio in one channel at any rate from 4,000 to 192,000 Hz.
    pub fn from_pcm(rate: u32, samples: Vec<i16>) -> Result<Self, DecodeError> {
        if samples.len() as u64 > longest(rate) {
            return Err(DecodeError::TooLong(MAX_DURATION));
        }
        if rate == SAMPLE_RATE {
            return Self::of(samples);
        }
        let samples = samples.into_iter().map(|sample| f32::from(sample) / 32_768.0).collect();
        Self::of(resample(rate, samples)?)
    }

    /// Prompts one after the other, each begun in a packet of its own as [`crate::io::Stream::grow`] plays them; `None` of
    /// none. One alone is shared.
    pub fn joined(parts: &[Arc<Self>]) -> Option<Arc<Self>> {
        if let [one] = parts {
            return Some(Arc::clone(one));
        }
        let mut samples =
            Vec::with_capacity(parts.iter().map(|part| part.samples.len() + FRAME).sum());
        for part in parts {
            samples.resize(samples.len().next_multiple_of(FRAME), 0);
            samples.extend_from_slice(&part.samples);
        }
        Self::of(samples).ok().map(Arc::new)
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        duration_of(self.samples.len() as u64)
    }

    /// The audio as linear samples at 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// The audio in a codec; encoded at the first call, which takes about a millisecond a minute.
    pub fn encoded(&self, codec: Codec) -> &[u8] {
        self.cell(codec).get_or_init(|| {
            let mut bytes = vec![0; self.samples.len()];
            codec.encode(&self.samples, &mut bytes);
            bytes
        })
    }

    /// The audio in a codec, if somebody had it encoded before.
    pub(crate) fn already_encoded(&self, codec: Codec) -> Option<&[u8]> {
        self.cell(codec).get().map(Vec::as_slice)
    }

    const fn cell(&self, codec: Codec) -> &OnceLock<Vec<u8>> {
        match codec {
            Codec::Pcmu => &self.mu_law,
            Codec::Pcma => &self.a_law,
        }
    }

    fn of(samples: Vec<i16>) -> Result<Self, DecodeError> {
        if samples.is_empty() {
            return Err(DecodeError::Empty);
        }
        Ok(Self { samples, mu_law: OnceLock::new(), a_law: OnceLock::new() })
    }
}

/// Why a file cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither WAV nor MP3: convert the file.
    #[error("the audio is neither WAV nor MP3")]
    Unrecognised,
    /// The format is known but this file is damaged or of a kind that isn't supported; the text says which.
    #[error("the audio can't be decoded: {0}")]
    Damaged(String),
    /// Longer than [`MAX_DURATION`]: cut it.
    #[error("the audio is longer than {} minutes", .0.as_secs() / 60)]
    TooLong(Duration),
    /// The file has no audio in it.
    #[error("the file holds no audio")]
    Empty,
    /// Convert the file to a rate from 4,000 to 192,000 Hz.
    #[error("a sample rate of {0} Hz is not supported")]
    Rate(u32),
}

/// Audio in one channel, full scale ±1.
struct Read {
    rate: u32,
    samples: Vec<f32>,
}

fn longest(rate: u32) -> u64 {
    u64::from(rate) * MAX_DURATION.as_secs()
}

fn read(bytes: &[u8]) -> Result<Read, DecodeError> {
    let (mut format, mut decoder, track, rate) = open(bytes)?;
    let mut samples = Vec::new();
    let mut refused = None;
    while let Some(packet) = next_packet(&mut *format)? {
        if packet.track_id() != track {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(decoded) => append_mono(&decoded, &mut samples),
            // One bad packet is skipped, as players do; if all are bad, the file is.
            Err(Symphonia::DecodeError(reason)) => refused = Some(reason.to_owned()),
            Err(other) => return Err(DecodeError::Damaged(other.to_string())),
        }
        if samples.len() as u64 > longest(rate) {
            return Err(DecodeError::TooLong(MAX_DURATION));
        }
    }
    match refused {
        Some(reason) if samples.is_empty() => Err(DecodeError::Damaged(reason)),
        Some(_) | None => Ok(Read { rate, samples }),
    }
}

type Opened = (Box<dyn FormatReader>, Box<dyn Decoder>, u32, u32);

/// Recognises the format; the track to play and its rate.
fn open(bytes: &[u8]) -> Result<Opened, DecodeError> {
    let source = MediaSourceStream::new(
        Box::new(Cursor::new(with_extension_size(bytes))),
        MediaSourceStreamOptions::default(),
    );
    let options = FormatOptions { enable_gapless: true, ..FormatOptions::default() };
    let format = symphonia::default::get_probe()
        .format(&Hint::new(), source, &options, &MetadataOptions::default())
        .map_err(|error| match error {
            Symphonia::DecodeError(reason) => DecodeError::Damaged(reason.to_owned()),
            _ => DecodeError::Unrecognised,
        })?
        .format;
    let track = format
        .tracks()
        .iter()
        .find(|track| track.codec_params.codec != CODEC_TYPE_NULL)
        .ok_or(DecodeError::Empty)?;
    let rate = track.codec_params.sample_rate.unwrap_or(0);
    if !RATES.contains(&rate) {
        return Err(DecodeError::Rate(rate));
    }
    let decoder = symphonia::default::get_codecs()
        .make(&track.codec_params, &DecoderOptions::default())
        .map_err(|error| DecodeError::Damaged(error.to_string()))?;
    let id = track.id;
    Ok((format, decoder, id, rate))
}

/// A copy of the file in which the format of G.711 is followed by the size of its extension.
///
/// The format chunk of anything but linear PCM should end with that size (18 bytes in all). Many writers leave it out for
/// G.711, and the decoder insists on it.
fn with_extension_size(bytes: &[u8]) -> Vec<u8> {
    const FORMAT_AT: usize = 12;
    let format_end = FORMAT_AT + 8 + 16;
    let mut file = bytes.to_vec();
    let is_bare_g711 = bytes.starts_with(b"RIFF")
        && bytes.get(FORMAT_AT..FORMAT_AT + 8) == Some(b"fmt \x10\0\0\0")
        && matches!(bytes.get(FORMAT_AT + 8..FORMAT_AT + 10), Some([6 | 7, 0]))
        && bytes.len() > format_end;
    if is_bare_g711 {
        let riff_length = u32::from_le_bytes([file[4], file[5], file[6], file[7]]);
        file[4..8].copy_from_slice(&riff_length.saturating_add(2).to_le_bytes());
        file[FORMAT_AT + 4] = 18;
        file.splice(format_end..format_end, [0, 0]);
    }
    file
}

/// The next packet; `None` at the end, also where a file is cut short.
fn next_packet(
    format: &mut dyn FormatReader,
) -> Result<Option<symphonia::core::formats::Packet>, DecodeError> {
    match format.next_packet() {
        Ok(packet) => Ok(Some(packet)),
        Err(Symphonia::IoError(_) | Symphonia::ResetRequired) => Ok(None),
        Err(other) => Err(DecodeError::Damaged(other.to_string())),
    }
}

/// Appends the mean of all channels.
fn append_mono(decoded: &AudioBufferRef<'_>, samples: &mut Vec<f32>) {
    let spec = *decoded.spec();
    let channels = spec.channels.count().max(1);
    let mut interleaved = SampleBuffer::<f32>::new(decoded.capacity() as u64, spec);
    interleaved.copy_interleaved_ref(decoded.clone());
    let mean = |group: &[f32]| group.iter().sum::<f32>() / channels as f32;
    samples.extend(interleaved.samples().chunks_exact(channels).map(mean));
}

/// Brings audio to 8 kHz and 16 bits.
fn resample(rate: u32, samples: Vec<f32>) -> Result<Vec<i16>, DecodeError> {
    if rate == SAMPLE_RATE || samples.is_empty() {
        return Ok(samples.into_iter().map(to_i16).collect());
    }
    if !RATES.contains(&rate) {
        return Err(DecodeError::Rate(rate));
    }
    let failed = |error: &dyn std::fmt::Display| DecodeError::Damaged(error.to_string());
    let mut resampler = FftFixedIn::<f32>::new(rate as usize, SAMPLE_RATE as usize, CHUNK, 2, 1)
        .map_err(|error| failed(&error))?;
    let delay = resampler.output_delay();
    let length = (samples.len() as u64 * u64::from(SAMPLE_RATE)).div_ceil(u64::from(rate)) as usize;
    let mut output = Vec::with_capacity(length + delay + CHUNK);
    let mut rest = &samples[..];
    while output.len() < length + delay {
        let needed = resampler.input_frames_next();
        let (now, later) = rest.split_at(needed.min(rest.len()));
        let part = if now.len() == needed {
            resampler.process(&[now], None)
        } else {
            // The end, and then zeros until the filter's delay is out.
            let padded: Vec<f32> =
                now.iter().copied().chain(std::iter::repeat(0.0)).take(needed).collect();
            resampler.process(&[padded], None)
        };
        output.extend(part.map_err(|error| failed(&error))?.into_iter().flatten().map(to_i16));
        rest = later;
    }
    output.truncate(length + delay);
    output.drain(..delay);
    Ok(output)
}

fn to_i16(sample: f32) -> i16 {
    // A cast from float saturates, and turns NaN into 0.
    (sample * 32_768.0).round() as i16
}

#[cfg(test)]
mod tests;
