//! The handles through which everyone else commands the media threads: [`Media`] and [`Stream`].

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use mio::net::UdpSocket;
use mio::{Poll, Waker};
use socket2::SockRef;

use super::inbox::{Command, Inbox, Opening, Random, StreamId, on_media_thread};
use super::playing::{Ended, Part, Playing};
use super::ports::{Lease, Ports};
use super::thread::{Parts, Thread, WAKER};
use super::writer;
use super::{Audio, Ear, PlayId, Recording, RecordingId, Remote, Settings, Sink};
use crate::dtmf::dial::Dialer;
use crate::{Codec, Prompt};

/// The media threads. Clones share them; they end when the last clone and all streams are gone, or on
/// [`Media::shutdown`].
#[derive(Clone)]
pub struct Media {
    threads: Arc<Threads>,
}

impl Media {
    /// Starts the threads.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let Settings { threads, bind, ports, rtp_timeout } = settings;
        let no_ports = StartError::NoPorts { first: *ports.start(), last: *ports.end() };
        let ports = Ports::new(&ports).ok_or(no_ports)?;
        let stop = Arc::new(AtomicBool::new(false));
        let open = Arc::new(AtomicUsize::new(0));
        let mut inboxes = Vec::new();
        let mut polls = Vec::new();
        for _ in 0..threads.max(1) {
            let poll = Poll::new()?;
            let (inbox, commands) = Inbox::new(Waker::new(poll.registry(), WAKER)?);
            inboxes.push(inbox);
            polls.push((poll, commands));
        }
        let (writer, lines) = writer::start(inboxes.clone())?;
        let threads = Threads {
            inboxes,
            ports,
            bind,
            next_id: AtomicU64::new(0),
            stop: stop.clone(),
            open: open.clone(),
            running: Mutex::new(vec![writer]),
        };
        for (index, ((poll, commands), line)) in polls.into_iter().zip(lines).enumerate() {
            let (stop, open) = (stop.clone(), open.clone());
            let parts = Parts { index, poll, commands, stop, open, rtp_timeout, line };
            let name = format!("media-{index}");
            let handle =
                std::thread::Builder::new().name(name).spawn(move || Thread::new(parts).run())?;
            // Joined before the writer, which ends after them.
            threads.running().insert(0, handle);
        }
        Ok(Self { threads: Arc::new(threads) })
    }

    /// Opens a stream on the next free pair of ports. Streams of one affinity share a thread, so they can be bridged.
    pub fn open(&self, affinity: u64, sink: Sink) -> Result<Stream, OpenError> {
        let threads = &self.threads;
        if threads.stop.load(Ordering::Acquire) {
            return Err(OpenError::ShutDown);
        }
        let (lease, rtp, rtcp) = threads.bind()?;
        let random = random().map_err(OpenError::Socket)?;
        let stream = Stream {
            id: StreamId(threads.next_id.fetch_add(1, Ordering::Relaxed)),
            port: lease.port(),
            thread: (affinity % threads.inboxes.len() as u64) as usize,
            codec: AtomicU8::new(Codec::Pcmu.payload_type()),
            closed: Arc::default(),
            plays: Mutex::default(),
            threads: threads.clone(),
        };
        let closed = stream.closed.clone();
        threads.open.fetch_add(1, Ordering::Relaxed);
        let opening = Opening { id: stream.id, rtp, rtcp, lease, sink, closed, random };
        if stream.send(Command::Open(Box::new(opening))) {
            Ok(stream)
        } else {
            threads.open.fetch_sub(1, Ordering::Relaxed);
            Err(OpenError::ShutDown)
        }
    }

    /// How many streams are open now.
    pub fn streams(&self) -> usize {
        self.threads.open.load(Ordering::Relaxed)
    }

    /// Closes all streams, completes their recordings and ends the threads. Returns when that is done; called from a
    /// sink it only begins it, as a thread can't wait for itself.
    pub fn shutdown(&self) {
        self.threads.stop();
        if on_media_thread() {
            return;
        }
        let running = std::mem::take(&mut *self.threads.running());
        for thread in running {
            if thread.join().is_err() {
                tracing::error!("a media thread had panicked");
            }
        }
    }
}

fn random() -> io::Result<Random> {
    let word = || getrandom::u32().map_err(|error| io::Error::other(error.to_string()));
    Ok(Random { ssrc: word()?, timestamp: word()?, sequence: word()? as u16 })
}

/// What all handles share. When the last of them goes, the threads end.
struct Threads {
    inboxes: Vec<Inbox>,
    ports: Ports,
    bind: IpAddr,
    next_id: AtomicU64,
    stop: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl Threads {
    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        // Nothing that holds the lock can leave the list half changed.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.inboxes.iter().for_each(Inbox::wake);
    }

    /// Binds the next pair of ports that nobody else uses.
    fn bind(&self) -> Result<(Lease, UdpSocket, UdpSocket), OpenError> {
        for _ in 0..self.ports.count() {
            let lease = self.ports.take().ok_or(OpenError::NoPort)?;
            let pair =
                self.socket(lease.port()).and_then(|rtp| Ok((rtp, self.socket(lease.port() + 1)?)));
            match pair {
                Ok((rtp, rtcp)) => return Ok((lease, rtp, rtcp)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(OpenError::Socket(error)),
            }
        }
        Err(OpenError::NoPort)
    }

    fn socket(&self, port: u16) -> io::Result<UdpSocket> {
        let socket = std::net::UdpSocket::bind((self.bind, port))?;
        socket.set_nonblocking(true)?;
        if self.bind.is_ipv4() {
            // Some systems don't allow it, and many networks ignore it.
            let _ = SockRef::from(&socket).set_tos_v4(EXPEDITED_FORWARDING);
        }
        Ok(UdpSocket::from_std(socket))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The class of service of telephony, DSCP 46, in the place of the old TOS byte (RFC 4594 §4.1).
const EXPEDITED_FORWARDING: u32 = 46 << 2;

/// An open RTP stream. Dropping it closes its socket; [`super::Event::Closed`] follows.
pub struct Stream {
    id: StreamId,
    port: u16,
    /// Which thread owns the socket.
    thread: usize,
    /// Payload type of the codec of the last [`Stream::connect`], so that prompts are encoded before they are played.
    codec: AtomicU8,
    closed: Arc<AtomicBool>,
    /// What was last to be played, and whether all of it has come.
    plays: Mutex<Option<(PlayId, Ended)>>,
    threads: Arc<Threads>,
}

impl Stream {
    /// The UDP port that it receives RTP on; RTCP is on the next.
    pub fn local_port(&self) -> u16 {
        self.port
    }

    /// Says where the far side is and what was agreed. May be called again: a new address is latched anew.
    pub fn connect(&self, remote: Remote) {
        self.codec.store(remote.codec.payload_type(), Ordering::Relaxed);
        self.send(Command::Connect(self.id, remote));
    }

    /// Plays to the far side, in place of what plays now (which then reports no end).
    pub fn play(&self, id: PlayId, audio: Audio) {
        match &audio {
            Audio::Prompt { prompt, .. } | Audio::Growing { first: prompt, .. } => {
                self.encode(prompt);
            }
            Audio::Tone(_) | Audio::Silence(_) => {}
        }
        let ended = Ended::default();
        *self.plays() = Some((id, Arc::clone(&ended)));
        self.send(Command::Play(self.id, id, Playing::new(audio, ended)));
    }

    /// Adds a part to an [`Audio::Growing`] that plays by this name; nothing if it doesn't any more.
    pub fn grow(&self, id: PlayId, part: Arc<Prompt>) {
        self.encode(&part);
        self.send(Command::Grow(self.id, id, Part::Next(part)));
    }

    /// Says that an [`Audio::Growing`] has all its parts.
    pub fn complete(&self, id: PlayId) {
        if let Some((_, ended)) = self.plays().as_ref().filter(|(plays, _)| *plays == id) {
            ended.store(true, Ordering::Relaxed);
        }
        // If the queue is full, the thread sees the flag when it waits for more.
        self.send(Command::Grow(self.id, id, Part::Last));
    }

    fn plays(&self) -> MutexGuard<'_, Option<(PlayId, Ended)>> {
        self.plays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Encodes here rather than on the media thread, which does it tick by tick if it must.
    fn encode(&self, prompt: &Prompt) {
        if !on_media_thread() {
            prompt.encoded(self.codec());
        }
    }

    /// Stops what plays and the digits that are sent, without a [`super::Event::PlayEnded`].
    pub fn stop(&self) {
        self.send(Command::Stop(self.id));
    }

    /// Presses keys: `0`–`9`, `*`, `#`, `A`–`D`; `w` waits 0.5 s, `W` 1 s. [`super::Event::PlayEnded`] follows the last.
    /// What plays is paused meanwhile; digits that are sent already go first.
    pub fn send_digits(&self, id: PlayId, digits: &str) {
        let playing = Playing::Digits(Dialer::new(digits));
        self.send(Command::SendDigits(self.id, id, playing));
    }

    /// Starts a recording.
    pub fn record(&self, id: RecordingId, what: Recording) {
        self.send(Command::Record(self.id, id, Box::new(what)));
    }

    /// Ends a recording; [`super::Event::RecordingEnded`] follows when the file is complete on disk.
    pub fn stop_recording(&self, id: RecordingId) {
        self.send(Command::StopRecording(self.id, id));
    }

    /// Lets this and another stream of the same affinity talk to each other, in place of earlier bridges of either.
    pub fn bridge(&self, other: &Stream) {
        if !Arc::ptr_eq(&self.threads, &other.threads) || self.thread != other.thread {
            tracing::error!("streams of different affinity can't be bridged");
            return;
        }
        self.send(Command::Bridge(self.id, other.id));
    }

    /// Ends the bridge, if there is one.
    pub fn unbridge(&self) {
        self.send(Command::Unbridge(self.id));
    }

    /// Hands every 20 ms of received audio (8 kHz, after the jitter buffer; silence while nothing comes) to an ear on the
    /// media thread, which must not block. `None` takes it away.
    pub fn tap(&self, ear: Option<Ear>) {
        self.send(Command::Tap(self.id, ear));
    }

    fn codec(&self) -> Codec {
        if self.codec.load(Ordering::Relaxed) == Codec::Pcma.payload_type() {
            Codec::Pcma
        } else {
            Codec::Pcmu
        }
    }

    fn send(&self, command: Command) -> bool {
        self.threads.inboxes[self.thread].send(command)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // If the queue is full, the thread sees the flag at its next tick.
        self.send(Command::Close(self.id));
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
