//! What the kernel alone takes: a loop that receives a packet and sends it on, under the same load, in the same run.
//!
//! One blocking socket, no epoll, no look into the packet. Packets come one by one, so it is woken for each; a relay that is
//! behind and takes several at a wake-up may well take less.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::bench::place::Place;
use crate::bench::rtp::{Audio, Pace};

/// How long the loop waits for a packet before it looks whether it shall end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// CPU time to receive and send one packet, measured with so many streams for so long.
pub(super) fn packet(
    place: Place,
    streams: usize,
    pace: Pace,
    length: Duration,
) -> anyhow::Result<Duration> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free UDP port")?;
    socket.set_read_timeout(Some(LOOK_EVERY))?;
    let address: SocketAddr = socket.local_addr()?;
    let over = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&over);
    let relay = std::thread::spawn(move || relay(&socket, place, &end));
    let spoken = Audio::open().map(|audio| audio.speak(&vec![address; streams], pace, length));
    over.store(true, Ordering::Relaxed);
    let Ok(relayed) = relay.join() else { bail!("the relay loop ended by a bug") };
    spoken?;
    let (packets, took) = relayed?;
    if packets == 0 {
        bail!("the relay loop got no packet");
    }
    Ok(took / packets)
}

/// Echoes until it is told to end. How many packets, and the CPU time of this thread.
fn relay(socket: &UdpSocket, place: Place, over: &AtomicBool) -> anyhow::Result<(u32, Duration)> {
    place.move_thread()?;
    let before = thread_cpu()?;
    let mut packets = 0;
    let mut packet = [0; 2_048];
    while !over.load(Ordering::Relaxed) {
        let Ok((length, from)) = socket.recv_from(&mut packet) else { continue };
        packets += u32::from(socket.send_to(&packet[..length], from).is_ok());
    }
    Ok((packets, thread_cpu()?.saturating_sub(before)))
}

/// Time that this thread was on a CPU: the first field of schedstat, in nanoseconds.
fn thread_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")
        .context("the kernel keeps no schedstat")?;
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse().ok());
    nanoseconds.map(Duration::from_nanos).with_context(|| format!("'{text}' is no schedstat"))
}
