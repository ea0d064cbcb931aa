//! The audio of many callers through one socket: paced G.711 out, and a close look at what comes back.
//!
//! All callers name the same port in their offers, so a stream is told by the port of the server that it comes from.
//! A packet's time is the kernel's (`SO_TIMESTAMPNS`, socket(7)), so that this program's own delays aren't in it. Headers are
//! RFC 3550 §5.1.

use std::collections::HashMap;
use std::io::IoSliceMut;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, setsockopt, sockopt::ReceiveTimestampns,
};
use nix::sys::time::TimeSpec;

use crate::bench::pause::pause;

/// Time that one packet covers (RFC 3551 §4.2).
pub(super) const TICK: Duration = Duration::from_millis(20);

/// Samples, and with G.711 bytes, of one packet.
const FRAME: usize = 160;

/// Bytes of a header without CSRCs.
const HEADER: usize = 12;

/// How long the listener waits for a packet before it looks whether it shall end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Most gaps that are kept: 200 streams for a minute.
const GAPS_MAX: usize = 600_000;

/// From here on silence before a sound is no pause of a voice: somebody waited for what was to be heard.
pub(super) const WAIT: Duration = Duration::from_secs(1);

/// The quietest 4 of the 128 levels of PCMU (ITU-T G.711), complemented as on the wire: what a voice in its pauses isn't above.
const QUIET: u8 = 0x7c;

/// The callers' audio. Dropped, it falls silent and its listener ends.
pub(super) struct Audio {
    socket: UdpSocket,
    heard: Arc<Mutex<Heard>>,
    over: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
    /// Ticks spoken so far: streams go on where they stopped, since a number that was used is taken for a late packet.
    spoken: AtomicU32,
}

/// How the packets of many callers lie in each 20 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Evenly, as those of phones that know nothing of each other: whoever takes them is woken for each.
    Spread,
    /// All at once, as those of a gateway with one clock: many are taken at one wake-up.
    InStep,
}

/// What came since it was last asked.
#[derive(Debug, Default, Clone)]
pub(super) struct Heard {
    pub(super) packets: u64,
    /// Packets that are missing by their sequence numbers.
    pub(super) lost: u64,
    /// Distances of neighbouring packets of a stream from 20 ms.
    pub(super) off_pace: Vec<Duration>,
    /// Silences of [`WAIT`] and more before a sound, as packets or without any, by the server's port.
    pub(super) stalls: HashMap<u16, u32>,
    /// When streams began, by the server's port.
    begun: HashMap<u16, Vec<Instant>>,
    streams: HashMap<u16, Stream>,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    ssrc: u32,
    sequence: u16,
    at: Instant,
    /// When it was last heard, or began.
    sound_at: Instant,
}

impl Audio {
    pub(super) fn open() -> anyhow::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free UDP port")?;
        let ear = socket.try_clone()?;
        ear.set_read_timeout(Some(LOOK_EVERY))?;
        setsockopt(&ear, ReceiveTimestampns, &true)?;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let over = Arc::new(AtomicBool::new(false));
        let (book, end) = (Arc::clone(&heard), Arc::clone(&over));
        let listener = std::thread::spawn(move || listen(&ear, &book, &end));
        Ok(Self { socket, heard, over, listener: Some(listener), spoken: AtomicU32::new(0) })
    }

    /// The port that all offers name.
    pub(super) fn port(&self) -> anyhow::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Speaks to all these addresses for so long. How many packets went out.
    pub(super) fn speak(&self, to: &[SocketAddr], pace: Pace, length: Duration) -> u64 {
        let begun = Instant::now();
        let count = to.len().max(1) as u32;
        let mut packet = [0xff; HEADER + FRAME];
        let mut sent = 0;
        let rounds = (length.as_millis() / TICK.as_millis()) as u32;
        let first = self.spoken.fetch_add(rounds, Ordering::Relaxed);
        for round in 0..rounds {
            for (index, address) in to.iter().enumerate() {
                let due = match pace {
                    Pace::Spread => begun + TICK * round + TICK * index as u32 / count,
                    Pace::InStep => begun + TICK * round,
                };
                let wait = due.saturating_duration_since(Instant::now());
                if !wait.is_zero() {
                    pause(wait);
                }
                header(&mut packet, first + round, index as u32);
                // A full buffer is a lost packet, which the listener counts.
                sent += u64::from(self.socket.send_to(&packet, address).is_ok());
            }
        }
        sent
    }

    /// What came since this was asked last. Streams go on where they were.
    pub(super) fn heard(&self) -> Heard {
        let mut book = lock(&self.heard);
        let taken = book.clone();
        book.packets = 0;
        book.lost = 0;
        book.off_pace.clear();
        book.stalls.clear();
        taken
    }

    /// When the first packet of a stream came from that port of the server, after `since`.
    pub(super) fn first_since(&self, port: u16, since: Instant) -> Option<Instant> {
        lock(&self.heard).begun.get(&port)?.iter().copied().find(|at| *at >= since)
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(listener) = self.listener.take() {
            // Its panic was printed already.
            let _ = listener.join();
        }
    }
}

impl Heard {
    /// Streams of which something came after `since`.
    pub(super) fn streams_since(&self, since: Instant) -> usize {
        self.streams.values().filter(|stream| stream.at >= since).count()
    }

    fn note(&mut self, port: u16, ssrc: u32, sequence: u16, at: Instant) {
        self.packets += 1;
        let sound_at = self.streams.get(&port).filter(|before| before.ssrc == ssrc);
        let sound_at = sound_at.map_or(at, |before| before.sound_at);
        let stream = Stream { ssrc, sequence, at, sound_at };
        let before = self.streams.insert(port, stream).filter(|before| before.ssrc == ssrc);
        let Some(before) = before else {
            self.begun.entry(port).or_default().push(at);
            return;
        };
        match sequence.wrapping_sub(before.sequence) {
            1 if self.off_pace.len() < GAPS_MAX => {
                self.off_pace.push((at - before.at).abs_diff(TICK));
            }
            // The same again or late: neither lost nor a gap.
            0 | 0x8000.. => {}
            step => self.lost += u64::from(step - 1),
        }
    }

    /// What came from this port is a sound and no silence.
    fn sound(&mut self, port: u16) {
        let Some(stream) = self.streams.get_mut(&port) else { return };
        if stream.at - stream.sound_at >= WAIT {
            *self.stalls.entry(port).or_default() += 1;
        }
        stream.sound_at = stream.at;
    }
}

fn listen(socket: &UdpSocket, book: &Mutex<Heard>, over: &AtomicBool) {
    let mut packet = [0; 2_048];
    while !over.load(Ordering::Relaxed) {
        let Some((length, from, at)) = arrived(socket, &mut packet) else { continue };
        if length < HEADER || packet[0] >> 6 != 2 {
            continue;
        }
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let mut book = lock(book);
        book.note(from.port(), ssrc, sequence, at);
        if packet[HEADER..length].iter().any(|level| level & 0x7f < QUIET) {
            book.sound(from.port());
        }
    }
}

/// The next packet, whence, and when the kernel had it: that this program may be late isn't the server's fault.
fn arrived(socket: &UdpSocket, packet: &mut [u8]) -> Option<(usize, SocketAddr, Instant)> {
    let mut control = nix::cmsg_space!(TimeSpec);
    let mut place = [IoSliceMut::new(packet)];
    let flags = MsgFlags::empty();
    let message =
        recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut place, Some(&mut control), flags).ok()?;
    let stamp = message.cmsgs().ok()?.find_map(|control| match control {
        ControlMessageOwned::ScmTimestampns(time) => Some(Duration::from(time)),
        _ => None,
    });
    let (now, wall) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).ok()?);
    let age = stamp.map_or(Duration::ZERO, |stamp| wall.saturating_sub(stamp));
    let from = SocketAddr::V4((*message.address.as_ref()?).into());
    Some((message.bytes, from, now.checked_sub(age)?))
}

/// Version 2, payload type 0 (PCMU).
fn header(packet: &mut [u8; HEADER + FRAME], round: u32, stream: u32) {
    packet[0] = 0x80;
    packet[1] = 0;
    packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&round.wrapping_mul(FRAME as u32).to_be_bytes());
    packet[8..12].copy_from_slice(&(0x0a10_0000 + stream).to_be_bytes());
}

fn lock(book: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_losses_and_new_streams_are_told_apart() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut heard = Heard::default();
        heard.note(9, 1, 65_534, at(0));
        heard.note(9, 1, 65_535, at(21));
        heard.note(9, 1, 2, at(60));
        heard.note(9, 1, 2, at(61));
        heard.note(9, 2, 7, at(90));
        assert_eq!((heard.packets, heard.lost), (5, 2));
        assert_eq!(heard.off_pace, [Duration::from_millis(1)]);
        assert_eq!(heard.begun[&9], [at(0), at(90)]);
    }

    #[test]
    fn what_is_spoken_is_heard() {
        let (mouth, ear) = (Audio::open().expect("a socket"), Audio::open().expect("a socket"));
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, ear.port().expect("it is bound")));
        let sent = mouth.speak(&[to], Pace::Spread, TICK * 3);
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut packets = 0;
        while packets < sent && Instant::now() < deadline {
            packets += ear.heard().packets;
            std::thread::yield_now();
        }
        assert_eq!((sent, packets), (3, 3));
    }
}
