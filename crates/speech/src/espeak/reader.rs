//! A child that stays: `espeak-ng` reads a line, speaks it, and waits for the next.
//!
//! Its standard output is one endless WAV, in which nothing says where a line ends. So each line ends with a break that is
//! longer than any that a plain text can cause, and the samples are exact zeros: that run of zeros is the end. SSML may
//! hold breaks of its own and is read by a child of its own instead. A child that does anything else is given up, and so
//! is one whose listener left in the middle.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Speech;
use crate::children::Children;

/// The break at the end of a line.
const END: &str = "<break time=\"4s\"/>";
/// So much silence is one: plain text causes less than a second.
const END_AFTER: Duration = Duration::from_secs(3);
/// So much silence stays behind a line, as between two sentences.
const PAUSE: Duration = Duration::from_millis(200);
/// A child that is silent for so long without an end will not end.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest speech in samples: twelve minutes.
const LONGEST: usize = 16 * 1024 * 1024;
/// Longest line in bytes: it reads 999 at once, and takes what follows for another line.
const LINE: usize = 990;
/// Bytes before the samples of a WAV.
const HEADER: usize = 44;
/// Where its rate is: samples a second, little endian.
const RATE: std::ops::Range<usize> = 24..28;

/// Children that wait for a line.
#[derive(Default)]
pub(super) struct Readers {
    waiting: Children<Reader>,
}

impl Readers {
    /// Speaks `text` by a child for `voice`, which is started by `command` if there is none.
    pub(super) async fn say(
        &self,
        voice: &str,
        text: &str,
        command: impl FnOnce() -> Command,
    ) -> io::Result<Speech> {
        let waiting = self.waiting.take(voice);
        let mut reader = match waiting {
            Some(reader) => reader,
            None => Reader::start(command())?,
        };
        // Dropped on the way, the child is killed: nobody knows what it is about to say.
        let speech = reader.read(text).await?;
        self.waiting.put(voice, reader);
        Ok(speech)
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn children(&self) -> usize {
        self.waiting.len()
    }
}

/// A child.
struct Reader {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// Samples a second, once its header came.
    rate: u32,
    /// Killed with this.
    _child: Child,
}

impl Reader {
    fn start(mut command: Command) -> io::Result<Reader> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| io::Error::other("it has no pipes"))?;
        Ok(Reader { stdin, stdout, rate: 0, _child: child })
    }

    async fn read(&mut self, text: &str) -> io::Result<Speech> {
        self.stdin.write_all(line(text).as_bytes()).await?;
        self.stdin.flush().await?;
        if self.rate == 0 {
            self.rate = self.header().await?;
        }
        let samples = self.samples().await?;
        Ok(Speech { rate: self.rate, samples })
    }

    async fn header(&mut self) -> io::Result<u32> {
        let mut header = [0; HEADER];
        let (tag, rest) = header.split_at_mut(4);
        patiently(self.stdout.read_exact(tag)).await?;
        if tag != b"RIFF" {
            return Err(io::Error::other("it is not a WAV file"));
        }
        patiently(self.stdout.read_exact(rest)).await?;
        let rate = header[RATE].try_into().map(u32::from_le_bytes).unwrap_or_default();
        if rate == 0 {
            return Err(io::Error::other("its WAV file has no rate"));
        }
        Ok(rate)
    }

    /// What it says until the long silence.
    async fn samples(&mut self) -> io::Result<Vec<i16>> {
        let end_after = samples_in(END_AFTER, self.rate);
        let (mut samples, mut silent) = (Vec::new(), 0);
        let (mut bytes, mut odd) = (vec![0; 64 * 1024], None);
        while silent < end_after || samples.is_empty() {
            let count = patiently(self.stdout.read(&mut bytes)).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            for byte in &bytes[..count] {
                let Some(low) = odd.take() else {
                    odd = Some(*byte);
                    continue;
                };
                let sample = i16::from_le_bytes([low, *byte]);
                silent = if sample == 0 { silent + 1 } else { 0 };
                // The rest of the last line's silence may come first.
                if sample != 0 || !samples.is_empty() {
                    samples.push(sample);
                }
            }
            if samples.len() > LONGEST {
                return Err(io::Error::other(format!("the speech has over {LONGEST} samples")));
            }
        }
        samples.truncate(samples.len() - silent + samples_in(PAUSE, self.rate));
        Ok(samples)
    }
}

/// Whether a text is short enough to be read as one line.
pub(super) fn fits(text: &str) -> bool {
    line(text).len() <= LINE
}

/// One line of SSML: what the text says, then the end.
fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + END.len() + 1);
    for letter in text.replace("[[", "[ [").chars() {
        match letter {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            control if control.is_control() => line.push(' '),
            other => line.push(other),
        }
    }
    line.push_str(END);
    line.push('\n');
    line
}

async fn patiently<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| io::ErrorKind::TimedOut)?
}

fn samples_in(time: Duration, rate: u32) -> usize {
    (time.as_millis() as usize * rate as usize) / 1_000
}
