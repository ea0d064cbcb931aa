//! The threads that own the RTP sockets, and the words that command them.
//!
//! One thread per core; each owns its streams' sockets (one `mio` poll), a wheel of 20 ms paced from one clock, and a
//! bounded queue of commands. Nothing is locked or allocated per packet. The threads never touch the disk: recordings go
//! to one writer thread over a bounded queue. RTP and RTCP follow RFC 3550 and RFC 3551, telephone events RFC 4733,
//! latching RFC 4961 and RFC 7362 §4.
//!
//! This module holds the vocabulary; [`Media`] and [`Stream`] are the handles.

mod handle;
mod inbound;
mod inbox;
mod latch;
mod leg;
mod outbound;
mod playing;
mod ports;
mod priority;
mod receive;
mod taping;
mod thread;
mod wheel;
mod writer;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use handle::{Media, OpenError, StartError, Stream};
pub use priority::goes_first;

use crate::{Codec, Prompt, Tone};

/// How the media threads are set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many media threads. Default: one per core.
    pub threads: usize,
    /// The address that the sockets are bound to. Default: `0.0.0.0`.
    pub bind: IpAddr,
    /// UDP ports for media: even ones carry RTP, the odd one above each its RTCP (RFC 3550 §11). Default: 10000–20000,
    /// which is room for 5,000 streams.
    pub ports: RangeInclusive<u16>,
    /// After so long without RTP that we expect, a stream reports [`Event::Lost`]. Default: 30 s.
    pub rtp_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ports: 10_000..=20_000,
            rtp_timeout: Duration::from_secs(30),
        }
    }
}

/// Whoever hears of a stream's events. Called on the media thread: it must not block.
pub type Sink = Box<dyn Fn(Event) + Send>;

/// Whoever hears a stream's audio, 160 samples at 8 kHz at a time. Called on the media thread: it must not block.
pub type Ear = Box<dyn FnMut(&[i16]) + Send>;

/// The far side of a stream, as the offer and answer agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Where its SDP says that it receives.
    pub address: SocketAddr,
    /// What both sides encode in.
    pub codec: Codec,
    /// The payload type of `codec`.
    pub payload_type: u8,
    /// The payload type of telephone events (RFC 4733), if agreed. Without it digits are heard and sent as tones.
    pub dtmf_payload_type: Option<u8>,
    /// Who sends, as seen by us.
    pub direction: Direction,
}

/// Which way audio flows, as seen by us (RFC 8866 §6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways.
    SendReceive,
    /// We send and expect nothing: the far side is on hold and hears our music.
    SendOnly,
    /// We listen and send nothing.
    ReceiveOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// Whether we may send.
    pub const fn sends(self) -> bool {
        match self {
            Self::SendReceive | Self::SendOnly => true,
            Self::ReceiveOnly | Self::Inactive => false,
        }
    }

    /// Whether we expect to receive.
    pub const fn receives(self) -> bool {
        match self {
            Self::SendReceive | Self::ReceiveOnly => true,
            Self::SendOnly | Self::Inactive => false,
        }
    }
}

/// Names one thing that is played, so that its end is recognised. Chosen by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayId(pub u64);

/// Names one recording. Chosen by the caller, unique within its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(pub u64);

/// Something to play.
#[derive(Debug, Clone)]
pub enum Audio {
    /// Decoded audio.
    Prompt {
        /// What to play.
        prompt: Arc<Prompt>,
        /// How often; `None`: until stopped.
        times: Option<NonZeroU32>,
    },
    /// The first part of audio whose rest is still being made; it goes on with [`Stream::grow`] until
    /// [`Stream::complete`], and waits in silence for what is late.
    Growing {
        /// What to play first.
        first: Arc<Prompt>,
        /// How often all of it; `None`: until stopped.
        times: Option<NonZeroU32>,
    },
    /// A generated tone. Those without an end (ring-back, busy, congestion) play until stopped.
    Tone(Tone),
    /// Silence, sent as audio.
    Silence(Duration),
}

/// What to record, where to, and when to stop.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The WAV file to be created (16-bit PCM at 8 kHz). Its folder must exist.
    pub path: PathBuf,
    /// Whose audio.
    pub source: Source,
    /// Mixed or side by side.
    pub channels: Channels,
    /// The recording ends by itself after so long.
    pub max_length: Duration,
    /// The recording ends by itself after so much silence from the far side; `None`: it doesn't.
    pub end_on_silence: Option<Duration>,
    /// Whether silence at the start and at the end is left out.
    pub trim: bool,
}

pub use crate::recorder::{Channels, Source};

/// Why a recording ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingEnd {
    /// [`Stream::stop_recording`] asked for it.
    Stopped,
    /// [`Recording::end_on_silence`] passed.
    Silence,
    /// [`Recording::max_length`] was reached.
    MaxLength,
    /// The stream was closed.
    Closed,
    /// The file could not be written; the text says why.
    Failed(String),
}

/// What a stream has to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The first RTP packet from the far side since the last [`Stream::connect`] to a new address.
    FirstPacket,
    /// A key was pressed and released.
    Digit {
        /// `0`–`9`, `*`, `#` or `A`–`D`.
        key: char,
        /// How long it was held.
        length: Duration,
    },
    /// What [`Stream::play`] or [`Stream::send_digits`] started came to its own end.
    PlayEnded {
        /// As given when it started.
        id: PlayId,
    },
    /// A recording is running.
    RecordingStarted {
        /// As given to [`Stream::record`].
        id: RecordingId,
    },
    /// A recording is over and its file is complete on disk.
    RecordingEnded {
        /// As given to [`Stream::record`].
        id: RecordingId,
        /// What ended it.
        why: RecordingEnd,
        /// How much audio the file holds.
        length: Duration,
        /// Whether the far side said anything.
        heard: bool,
    },
    /// No RTP for [`Settings::rtp_timeout`] although the far side should send. Told once per silence.
    Lost,
    /// The stream is closed and its ports are free. Nothing follows.
    Closed {
        /// What went over the stream.
        statistics: Statistics,
    },
}

/// What went over a stream, for call records and for whoever looks into bad audio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// RTP packets accepted from the far side.
    pub packets_received: u64,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// Packets that the far side sent and we never got (RFC 3550 §A.3).
    pub packets_lost: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets that came after a later one.
    pub out_of_order: u64,
    /// Packets that came too late to be heard (counted only while audio is decoded).
    pub late: u64,
    /// Datagrams from somebody else, dropped.
    pub strangers: u64,
    /// Datagrams that were no RTP, or of a payload type that wasn't agreed, dropped.
    pub malformed: u64,
    /// Packets that the operating system didn't take.
    pub send_failures: u64,
    /// Interarrival jitter at the end (RFC 3550 §6.4.1).
    pub jitter: Duration,
    /// What the far side's last RTCP report says it lost of what we sent.
    pub remote_lost: u64,
    /// The jitter in the far side's last RTCP report.
    pub remote_jitter: Duration,
    /// Blocks of recorded audio that were dropped because the disk was too slow.
    pub recording_blocks_dropped: u64,
}
