//! Reads the WAV files that speech engines make: 16-bit PCM or 32-bit float, one or two channels; writes 16-bit PCM.
//!
//! Lengths that the engine didn't know when it began (`espeak-ng --stdout`, streaming servers) are taken as "to the end".
//! Layout: Microsoft's "Multimedia Programming Interface and Data Specifications 1.0", chapter 3.

use crate::Speech;

/// Sample rates that are believed, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// PCM, as a format's code.
const PCM: u16 = 1;
/// IEEE float.
const FLOAT: u16 = 3;
/// The real code comes later, in the first two bytes of the sub-format.
const EXTENSIBLE: u16 = 0xfffe;
/// Where the sub-format begins in the format chunk.
const SUB_FORMAT: usize = 24;

/// Why bytes aren't speech.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWav {
    /// The bytes don't begin as a WAV file does.
    #[error("it is not a WAV file")]
    NotWav,
    /// The file ends before its format or its sound.
    #[error("the WAV file has no '{0}' chunk")]
    Missing(&'static str),
    /// Ask the engine for 16-bit PCM.
    #[error("format {format} with {bits} bits and {channels} channels is not read")]
    Format {
        /// The format's code.
        format: u16,
        /// Bits of a sample.
        bits: u16,
        /// Channels.
        channels: u16,
    },
    /// Nobody speaks so.
    #[error("{0} samples a second are not believed")]
    Rate(u32),
}

#[derive(Clone, Copy)]
struct Format {
    code: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// Reads a WAV file; two channels are mixed into one.
pub fn read_wav(bytes: &[u8]) -> Result<Speech, InvalidWav> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(InvalidWav::NotWav);
    }
    let mut rest = &bytes[12..];
    let mut format = None;
    while let (Some(name), Some(length)) = (rest.get(..4), u32_at(rest, 4)) {
        let body = &rest[8..];
        let length = length as usize;
        match (name, format) {
            (b"data", Some(format)) => {
                // An engine that didn't know the length wrote none, or one beyond the end.
                let known = if length == 0 { body.len() } else { length.min(body.len()) };
                return speech(format, &body[..known]);
            }
            (b"fmt ", _) => {
                let chunk = &body[..length.min(body.len())];
                format = Some(read_format(chunk).ok_or(InvalidWav::Missing("fmt "))?);
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        rest = body.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    Err(InvalidWav::Missing(if format.is_some() { "data" } else { "fmt " }))
}

/// A WAV file of `speech`: one channel of 16-bit PCM.
pub fn write_wav(speech: &Speech) -> Vec<u8> {
    let bytes = u32::try_from(speech.samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(44 + speech.samples.len() * 2);
    file.extend(b"RIFF");
    file.extend(bytes.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(PCM.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(speech.rate.to_le_bytes());
    file.extend(speech.rate.saturating_mul(2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(speech.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

fn read_format(chunk: &[u8]) -> Option<Format> {
    let code = u16_at(chunk, 0)?;
    let code = if code == EXTENSIBLE { u16_at(chunk, SUB_FORMAT)? } else { code };
    Some(Format {
        code,
        channels: u16_at(chunk, 2)?,
        rate: u32_at(chunk, 4)?,
        bits: u16_at(chunk, 14)?,
    })
}

fn speech(
    Format { code, channels, rate, bits }: Format,
    data: &[u8],
) -> Result<Speech, InvalidWav> {
    if !RATES.contains(&rate) {
        return Err(InvalidWav::Rate(rate));
    }
    let samples: Vec<i16> = match (code, bits) {
        (PCM, 16) => data.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect(),
        (FLOAT, 32) => data
            .as_chunks::<4>()
            .0
            .iter()
            .map(|four| from_float(f32::from_le_bytes(*four)))
            .collect(),
        _ => return Err(InvalidWav::Format { format: code, bits, channels }),
    };
    let samples = match channels {
        1 => samples,
        2 => samples.as_chunks::<2>().0.iter().map(|[left, right]| mixed(*left, *right)).collect(),
        _ => return Err(InvalidWav::Format { format: code, bits, channels }),
    };
    Ok(Speech { rate, samples })
}

fn mixed(left: i16, right: i16) -> i16 {
    i32::midpoint(i32::from(left), i32::from(right)) as i16
}

/// A cast from float to integer saturates, and makes 0 of what is no number.
fn from_float(sample: f32) -> i16 {
    (sample * f32::from(i16::MAX)) as i16
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|pair| u16::from_le_bytes(*pair))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A WAV file with a format chunk and a sound of `length` bytes, as it says.
    fn wav(format: u16, channels: u16, rate: u32, bits: u16, length: u32, data: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(format.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(length.to_le_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn one_channel_of_pcm_is_read() {
        let file = wav(PCM, 1, 22_050, 16, 4, &[1, 0, 0xff, 0xff, 9, 9]);
        assert_eq!(read_wav(&file), Ok(Speech { rate: 22_050, samples: vec![1, -1] }));
    }

    #[test]
    fn lengths_that_the_engine_did_not_know_mean_to_the_end() {
        for length in [0, 0x7fff_f000, u32::MAX] {
            let file = wav(PCM, 1, 8_000, 16, length, &[1, 0, 2, 0, 3]);
            assert_eq!(read_wav(&file), Ok(Speech { rate: 8_000, samples: vec![1, 2] }));
        }
    }

    #[test]
    fn two_channels_are_mixed() {
        let file = wav(PCM, 2, 8_000, 16, 8, &[2, 0, 4, 0, 0, 0x80, 0, 0x80]);
        assert_eq!(read_wav(&file), Ok(Speech { rate: 8_000, samples: vec![3, i16::MIN] }));
    }

    #[test]
    fn floats_are_read_and_kept_in_range() {
        let data: Vec<u8> =
            [0.5_f32, 9.0, -9.0, f32::NAN].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let file = wav(FLOAT, 1, 24_000, 32, 16, &data);
        let samples = vec![16_383, i16::MAX, i16::MIN, 0];
        assert_eq!(read_wav(&file), Ok(Speech { rate: 24_000, samples }));
    }

    #[test]
    fn other_chunks_are_skipped_with_their_padding() {
        let file = wav(PCM, 1, 8_000, 16, 2, &[7, 0]);
        let mut padded = file[..12].to_vec();
        padded.extend(b"LIST\x03\0\0\0abc\0");
        padded.extend(&file[12..]);
        assert_eq!(read_wav(&padded), Ok(Speech { rate: 8_000, samples: vec![7] }));
    }

    #[test]
    fn what_is_not_speech_says_why() {
        assert_eq!(read_wav(b"ID3\x04 an MP3"), Err(InvalidWav::NotWav));
        assert_eq!(read_wav(b""), Err(InvalidWav::NotWav));
        assert_eq!(read_wav(b"RIFF\0\0\0\0WAVE"), Err(InvalidWav::Missing("fmt ")));
        assert_eq!(
            read_wav(&wav(PCM, 1, 8_000, 16, 0, b"")[..36]),
            Err(InvalidWav::Missing("data"))
        );
        assert_eq!(read_wav(&wav(PCM, 1, 1, 16, 2, &[0, 0])), Err(InvalidWav::Rate(1)));
        let alaw = InvalidWav::Format { format: 6, bits: 8, channels: 1 };
        assert_eq!(read_wav(&wav(6, 1, 8_000, 8, 2, &[0, 0])), Err(alaw.clone()));
        assert_eq!(alaw.to_string(), "format 6 with 8 bits and 1 channels is not read");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            rate in 4_000..=192_000_u32,
            samples in proptest::collection::vec(any::<i16>(), 1..200),
        ) {
            let speech = Speech { rate, samples };
            prop_assert_eq!(read_wav(&write_wav(&speech)), Ok(speech));
        }

        #[test]
        fn any_bytes_are_speech_or_an_error(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..200),
            begins in any::<bool>(),
        ) {
            if begins {
                bytes.splice(..0, wav(PCM, 1, 8_000, 16, 9, b"")[..20].to_vec());
            }
            let _ = read_wav(&bytes);
        }
    }
}
