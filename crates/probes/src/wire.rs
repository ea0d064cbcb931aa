//! A connection, encrypted or not, and the lines and frames that come over it, never more than a limit.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::connect::broken;
use crate::progress::Down;
use crate::words;

/// Longest line, in bytes, with its end. SMTP's is 512 (RFC 5321 §4.5.3.1.5), which not every server keeps to.
const LONGEST_LINE: usize = 4096;

/// Most that is read in one conversation, in bytes.
const MOST_HEARD: usize = 256 * 1024;

/// Whatever can be read and written.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A conversation with a place.
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    place: String,
    /// Came, and isn't used yet.
    pub(crate) came: BytesMut,
    heard: usize,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>, place: String) -> Wire {
        Wire { stream, place, came: BytesMut::new(), heard: 0 }
    }

    /// Without what came and wasn't used.
    pub(crate) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// `missing` is what the place is to answer.
    pub(crate) async fn say(&mut self, words: &[u8], missing: &str) -> Result<(), Down> {
        let said = self.stream.write_all(words).await;
        let said = match said {
            Ok(()) => self.stream.flush().await,
            Err(error) => Err(error),
        };
        said.map_err(|error| broken(&self.place, missing, &error))
    }

    /// Takes leave; whether that is heard doesn't matter any more.
    pub(crate) async fn say_goodbye(&mut self, words: &[u8]) {
        if self.stream.write_all(words).await.is_ok() {
            let _ = self.stream.flush().await;
        }
    }

    /// Reads more. The end of the connection is an error.
    pub(crate) async fn hear(&mut self, missing: &str) -> Result<(), Down> {
        if self.heard >= MOST_HEARD {
            let (place, most) = (&self.place, words::count(MOST_HEARD));
            return Err(Down::new(format!(
                "{place} sent {most} bytes, and {missing} not among them"
            )));
        }
        let read = self.stream.read_buf(&mut self.came).await;
        match read {
            Ok(0) if self.came.is_empty() => Err(Down::new(format!(
                "{} closed the connection before it sent {missing}",
                self.place
            ))),
            Ok(0) => Err(Down::new(format!(
                "{} closed the connection after {} instead of {missing}",
                self.place,
                words::quote_bytes(&self.came)
            ))),
            Ok(length) => {
                self.heard = self.heard.saturating_add(length);
                Ok(())
            }
            Err(error) => Err(broken(&self.place, missing, &error)),
        }
    }

    /// The next line, without its end.
    pub(crate) async fn line(&mut self, missing: &str) -> Result<Bytes, Down> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.came[searched..].iter().position(|byte| *byte == b'\n') {
                let mut line = self.came.split_to(searched + end + 1);
                line.truncate(searched + end);
                if line.last() == Some(&b'\r') {
                    line.truncate(line.len() - 1);
                }
                return Ok(line.freeze());
            }
            searched = self.came.len();
            if searched >= LONGEST_LINE {
                let (place, said) = (&self.place, words::quote_bytes(&self.came));
                return Err(Down::new(format!(
                    "{place} sent {said} without end instead of {missing}"
                )));
            }
            self.hear(missing).await?;
        }
    }
}
