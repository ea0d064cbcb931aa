//! The queue through which a media thread is commanded.
//!
//! Bounded. When it is full, the sender waits for a moment, since the thread empties it at every turn of its loop; a
//! sender on a media thread itself (a sink or an ear) doesn't wait. What still doesn't fit is dropped and logged. The
//! close of a stream can't be lost: it is a flag that the thread also looks at each tick.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use mio::Waker;
use mio::net::UdpSocket;

use super::playing::{Part, Playing};
use super::ports::Lease;
use super::{Ear, PlayId, Recording, RecordingId, Remote, Sink};

/// Commands that wait for a thread at most.
const CAPACITY: usize = 4_096;

/// How long a sender waits when the queue is full: five ticks.
const PATIENCE: Duration = Duration::from_millis(100);

thread_local! {
    static ON_MEDIA_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// Marks the current thread as one that must never wait for an inbox.
pub(super) fn enter_media_thread() {
    ON_MEDIA_THREAD.set(true);
}

/// Whether the current thread is a media thread.
pub(super) fn on_media_thread() -> bool {
    ON_MEDIA_THREAD.get()
}

/// Names a stream within its [`super::Media`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct StreamId(pub(super) u64);

/// A stream that is to be taken over by its thread.
pub(super) struct Opening {
    pub(super) id: StreamId,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    pub(super) lease: Lease,
    pub(super) sink: Sink,
    /// Set when the handle is dropped.
    pub(super) closed: Arc<AtomicBool>,
    /// Our source, chosen at random (RFC 3550 §8.1).
    pub(super) random: Random,
}

/// The numbers that a stream starts at; random, so that nobody can guess them (RFC 3550 §5.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Random {
    pub(super) ssrc: u32,
    pub(super) timestamp: u32,
    pub(super) sequence: u16,
}

/// What a media thread can be told.
pub(super) enum Command {
    Open(Box<Opening>),
    /// Look at the stream's flag now.
    Close(StreamId),
    Connect(StreamId, Remote),
    Play(StreamId, PlayId, Playing),
    /// More of what plays by this name.
    Grow(StreamId, PlayId, Part),
    Stop(StreamId),
    SendDigits(StreamId, PlayId, Playing),
    Record(StreamId, RecordingId, Box<Recording>),
    StopRecording(StreamId, RecordingId),
    Bridge(StreamId, StreamId),
    Unbridge(StreamId),
    Tap(StreamId, Option<Ear>),
    /// The writer has completed a recording's file, or couldn't.
    Written(StreamId, RecordingId, Result<Duration, String>),
}

/// The sending side.
#[derive(Clone)]
pub(super) struct Inbox {
    commands: Sender<Command>,
    waker: Arc<Waker>,
}

impl Inbox {
    pub(super) fn new(waker: Waker) -> (Self, Receiver<Command>) {
        let (commands, receiver) = bounded(CAPACITY);
        (Self { commands, waker: Arc::new(waker) }, receiver)
    }

    /// Whether the command is on its way.
    pub(super) fn send(&self, command: Command) -> bool {
        let sent = match self.commands.try_send(command) {
            Ok(()) => true,
            Err(TrySendError::Full(command)) if !on_media_thread() => {
                self.wake();
                self.commands.send_timeout(command, PATIENCE).is_ok()
            }
            Err(TrySendError::Full(_)) => false,
            // The thread has ended, and with it every stream: there is nothing left to command.
            Err(TrySendError::Disconnected(_)) => return false,
        };
        if !sent {
            tracing::error!("a media thread doesn't keep up: a command was dropped");
        }
        self.wake();
        sent
    }

    /// Waits as long as it takes; for the writer, for which media threads never wait.
    pub(super) fn send_patiently(&self, command: Command) {
        // An error means that the thread has ended.
        let _ = self.commands.send(command);
        self.wake();
    }

    pub(super) fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            // The thread still looks at its inbox at every tick.
            tracing::warn!(%error, "a media thread could not be woken");
        }
    }
}

#[cfg(test)]
mod tests {
    use mio::{Poll, Token};

    use super::*;

    #[test]
    fn a_full_inbox_drops_the_command_of_a_media_thread_without_waiting_for_itself() {
        let poll = Poll::new().expect("a poll");
        let waker = Waker::new(poll.registry(), Token(0)).expect("a waker");
        let (inbox, commands) = Inbox::new(waker);
        enter_media_thread();
        let sent = (0..CAPACITY + 5).filter(|_| inbox.send(Command::Stop(StreamId(1)))).count();
        assert_eq!(sent, CAPACITY);
        drop(commands);
        assert!(!inbox.send(Command::Stop(StreamId(1))), "the thread has ended");
    }
}
