//! WAV files of 16-bit PCM at 8 kHz that are valid at any moment while they are written.
//!
//! The header is 44 bytes (RIFF, `fmt `, `data`) and is rewritten about every second of audio, so that a crash loses at
//! most the last second. Works on anything that writes and seeks; it opens no file itself.

use std::io::{self, Seek, SeekFrom, Write};
use std::time::Duration;

use crate::{SAMPLE_RATE, duration_of};

/// Length of the header.
pub const HEADER: usize = 44;

/// Bytes of audio that fit in a WAV's 32-bit lengths.
const MAX_BYTES: u64 = u32::MAX as u64 - HEADER as u64 - 4;

/// The header of so many bytes of audio; more than WAV can say is said as the most it can.
pub fn header(channels: u16, bytes: u64) -> [u8; HEADER] {
    let length = bytes.min(MAX_BYTES) as u32;
    let block = channels * 2;
    let mut header = [0; HEADER];
    let mut at = 0;
    let mut put = |part: &[u8]| {
        header[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    };
    put(b"RIFF");
    put(&(length + 36).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    // Format 1 is linear PCM.
    put(&1u16.to_le_bytes());
    put(&channels.to_le_bytes());
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * u32::from(block)).to_le_bytes());
    put(&block.to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&length.to_le_bytes());
    header
}

/// Writes a WAV.
#[derive(Debug)]
pub struct Writer<W> {
    file: W,
    channels: u16,
    /// Bytes of audio written, and how many the header tells of.
    bytes: u64,
    told: u64,
    scratch: Vec<u8>,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins with the header of an empty file of one or two channels.
    pub fn new(mut file: W, channels: u16) -> io::Result<Self> {
        file.write_all(&header(channels, 0))?;
        Ok(Self { file, channels, bytes: 0, told: 0, scratch: Vec::new() })
    }

    /// Appends samples, interleaved if there are two channels; a whole number of samples in each.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        self.scratch.clear();
        self.scratch.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        self.file.write_all(&self.scratch)?;
        self.bytes += self.scratch.len() as u64;
        if self.bytes - self.told >= self.bytes_a_second() {
            self.tell()?;
        }
        Ok(())
    }

    /// How much audio is written.
    pub fn duration(&self) -> Duration {
        duration_of(self.bytes / (2 * u64::from(self.channels)))
    }

    /// How many channels the file has.
    pub const fn channels(&self) -> u16 {
        self.channels
    }

    /// Completes the header, leaving out what is after so many samples of each channel; hands back the file and how many
    /// bytes of it count.
    pub fn finish(mut self, keep: u64) -> io::Result<(W, u64)> {
        self.bytes = self.bytes.min(keep.saturating_mul(2 * u64::from(self.channels)));
        self.tell()?;
        self.file.flush()?;
        Ok((self.file, HEADER as u64 + self.bytes))
    }

    fn bytes_a_second(&self) -> u64 {
        u64::from(SAMPLE_RATE) * 2 * u64::from(self.channels)
    }

    fn tell(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.channels, self.bytes))?;
        self.file.seek(SeekFrom::Start(HEADER as u64 + self.bytes))?;
        self.told = self.bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::Prompt;

    #[test]
    fn what_is_written_is_read_back() {
        let audio: Vec<i16> = (0..20_000).map(|n| (n % 3_000) as i16).collect();
        let mut writer = Writer::new(Cursor::new(Vec::new()), 1).expect("memory");
        writer.write(&audio[..9_000]).expect("memory");
        writer.write(&audio[9_000..]).expect("memory");
        let (file, length) = writer.finish(u64::MAX).expect("memory");
        assert_eq!(file.get_ref().len() as u64, length);
        let read = Prompt::decode(file.get_ref()).expect("a valid WAV");
        assert_eq!(read.samples(), audio);
    }

    #[test]
    fn the_file_is_valid_while_it_is_written_and_lacks_at_most_a_second() {
        let mut writer = Writer::new(Cursor::new(Vec::new()), 2).expect("memory");
        for tick in 1..=200u64 {
            writer.write(&[7; 320]).expect("memory");
            let file = writer.file.get_ref();
            let told = u64::from(u32::from_le_bytes(file[40..44].try_into().expect("four bytes")));
            assert!(file.len() as u64 >= told + HEADER as u64);
            assert!(tick * 640 - told < 32_000, "the header tells of all but the last second");
        }
        assert_eq!(writer.duration(), Duration::from_secs(4));
    }

    #[test]
    fn the_end_can_be_left_out() {
        let mut writer = Writer::new(Cursor::new(Vec::new()), 2).expect("memory");
        writer.write(&[1; 3_200]).expect("memory");
        let (file, length) = writer.finish(100).expect("memory");
        assert_eq!(length, 44 + 400);
        assert_eq!(file.get_ref()[40..44], 400u32.to_le_bytes());
    }

    #[test]
    fn more_audio_than_a_wav_can_tell_of_does_not_wrap() {
        assert_eq!(header(1, u64::MAX)[40..44], (u32::MAX - 48).to_le_bytes());
    }
}
