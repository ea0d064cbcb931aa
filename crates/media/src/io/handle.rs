//! The handles through which everyone else commands the media threads: [`Media`] and [`Stream`].

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Audio, PlayId, Recording, RecordingId, Remote, Settings, Sink};

/// The media threads. Clones share them; they end when the last clone and all streams are gone, or on
/// [`Media::shutdown`].
#[derive(Clone)]
pub struct Media {
    open: Arc<AtomicUsize>,
}

impl Media {
    /// Starts the threads.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let _ = settings;
        Ok(Self { open: Arc::default() })
    }

    /// Opens a stream on the next free pair of ports. Streams of one affinity share a thread, so they can be bridged.
    pub fn open(&self, affinity: u64, sink: Sink) -> Result<Stream, OpenError> {
        let _ = (affinity, sink);
        Err(OpenError::NoPort)
    }

    /// How many streams are open now.
    pub fn streams(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Closes all streams, completes their recordings and ends the threads. Returns when that is done.
    pub fn shutdown(&self) {}
}

/// An open RTP stream. Dropping it closes its socket; [`super::Event::Closed`] follows.
pub struct Stream {
    port: u16,
}

impl Stream {
    /// The UDP port that it receives RTP on; RTCP is on the next.
    pub fn local_port(&self) -> u16 {
        self.port
    }

    /// Says where the far side is and what was agreed. May be called again: a new address is latched anew.
    pub fn connect(&self, remote: Remote) {
        let _ = remote;
    }

    /// Plays to the far side, in place of what plays now (which then reports no end).
    pub fn play(&self, id: PlayId, audio: Audio) {
        let _ = (id, audio);
    }

    /// Stops what plays, without a [`super::Event::PlayEnded`].
    pub fn stop(&self) {}

    /// Presses keys: `0`–`9`, `*`, `#`, `A`–`D`; `w` waits 0.5 s, `W` 1 s. [`super::Event::PlayEnded`] follows the last.
    pub fn send_digits(&self, id: PlayId, digits: &str) {
        let _ = (id, digits);
    }

    /// Starts a recording.
    pub fn record(&self, id: RecordingId, what: Recording) {
        let _ = (id, what);
    }

    /// Ends a recording; [`super::Event::RecordingEnded`] follows when the file is complete on disk.
    pub fn stop_recording(&self, id: RecordingId) {
        let _ = id;
    }

    /// Lets this and another stream of the same affinity talk to each other, in place of earlier bridges of either.
    pub fn bridge(&self, other: &Stream) {
        let _ = other;
    }

    /// Ends the bridge, if there is one.
    pub fn unbridge(&self) {}

    /// Hands every 20 ms of received audio (8 kHz, after the jitter buffer) to an ear on the media thread, which must
    /// not block. `None` takes it away.
    pub fn tap(&self, ear: Option<Box<dyn FnMut(&[i16]) + Send>>) {
        drop(ear);
    }
}

/// Why the media threads could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Give a range with an even port and the odd one above it.
    #[error("the media ports {first}–{last} hold no pair of an even port and the odd one above it")]
    NoPorts {
        /// First port of the range.
        first: u16,
        /// Last port of the range.
        last: u16,
    },
    /// The operating system refused a thread or a poll: look at its limits.
    #[error("the media threads could not be started")]
    System(#[from] io::Error),
}

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// All ports are taken, by us or by others: widen the range of media ports.
    #[error("no media port is free")]
    NoPort,
    /// The operating system refused the socket: look at the bind address and at the limit of open files.
    #[error("the socket could not be opened")]
    Socket(#[source] io::Error),
    /// The media threads were shut down.
    #[error("the media threads have ended")]
    ShutDown,
}
