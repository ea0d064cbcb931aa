//! Codecs, DTMF, jitter buffer, tones, recorder, and the threads that own the RTP sockets.
//!
//! Everything outside [`io`] is pure: no socket, file, clock, randomness or thread; it is driven by ticks of 20 ms and
//! works on 16-bit linear audio at 8 kHz. [`io`] owns sockets, files and threads, and is the only part that the rest of
//! the platform commands.
//!
//! Two functions are meant for fuzzers as well: [`rtp::Packet::parse`] and [`dtmf::Event::parse`] take whatever the
//! network brings and never panic.

pub mod codec;
pub mod dtmf;
pub mod io;
pub mod jitter;
pub mod level;
pub mod mix;
pub mod music;
pub mod prompt;
pub mod reception;
pub mod recorder;
pub mod rtcp;
pub mod rtp;
pub mod tone;
pub mod wav;

pub use codec::Codec;
pub use prompt::Prompt;
pub use tone::Tone;

/// Samples a second of everything inside this crate (RFC 3551 §4.5.14: G.711 is 8,000 Hz).
pub const SAMPLE_RATE: u32 = 8_000;

/// How often the machines here are driven; also the packet length that we send (RFC 3551 §4.2: 20 ms is the default).
pub const TICK: std::time::Duration = std::time::Duration::from_millis(20);

/// Samples in one tick of audio.
pub const FRAME: usize = 160;

/// One tick of audio.
pub type Frame = [i16; FRAME];

/// A tick of silence.
pub const SILENCE: Frame = [0; FRAME];

/// How much time a number of samples at [`SAMPLE_RATE`] takes.
pub(crate) fn duration_of(samples: u64) -> std::time::Duration {
    std::time::Duration::from_micros(samples * 125)
}

/// How many samples at [`SAMPLE_RATE`] fit in a time.
pub(crate) fn samples_in(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros() / 125).unwrap_or(u64::MAX)
}
