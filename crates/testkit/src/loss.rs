//! A bad network between a phone and its far side: RTP is lost, doubled, reordered and delayed, by seeded chance.
//!
//! A relay on loopback that a phone's audio is led through ([`phone::Detour`]). Each direction has its own chance, so the
//! fate of the n-th packet depends on the seed alone. RTCP goes nowhere.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use crate::chance::Chance;

/// Longest datagram on loopback.
const DATAGRAM_MAX: usize = 65_535;

/// Packets that wait for their time in one direction; more are dropped.
const WAITING_MAX: usize = 1_000;

/// Weather of a network. Shares are probabilities from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weather {
    /// Share of packets that don't arrive.
    pub lost: f64,
    /// Share of packets that arrive twice.
    pub doubled: f64,
    /// Share of packets that are held back by [`Weather::held_back`], so that later ones overtake them.
    pub reordered: f64,
    /// How long those are held back. 50 ms lets two packets overtake.
    pub held_back: Duration,
    /// Delay of every packet.
    pub delay: Duration,
    /// More delay for each packet by itself, from nothing to this.
    pub jitter: Duration,
}

/// What became of the packets, both directions together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets that came in.
    pub seen: u64,
    /// Of these, lost.
    pub lost: u64,
    /// Of these, sent twice.
    pub doubled: u64,
    /// Of these, held back.
    pub reordered: u64,
}

/// The bad network. One may serve many calls.
pub struct SeededLoss {
    seed: u64,
    weather: Arc<Mutex<Weather>>,
    tally: Arc<Tally>,
    paths: Mutex<HashMap<SocketAddr, Path>>,
}

#[derive(Default)]
struct Tally {
    seen: AtomicU64,
    lost: AtomicU64,
    doubled: AtomicU64,
    reordered: AtomicU64,
}

/// One call's way through the network.
struct Path {
    /// Where our phone sends to.
    near: SocketAddr,
    /// Where its far side is.
    theirs: watch::Sender<Option<SocketAddr>>,
    tasks: [AbortHandle; 2],
}

impl SeededLoss {
    /// A network with this weather; the same seed loses the same packets.
    pub fn new(seed: u64, weather: Weather) -> Arc<Self> {
        Arc::new(Self {
            seed,
            weather: Arc::new(Mutex::new(weather)),
            tally: Arc::default(),
            paths: Mutex::default(),
        })
    }

    /// The weather changes.
    pub fn turns(&self, weather: Weather) {
        *self.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// What became of the packets so far.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            seen: read(&self.tally.seen),
            lost: read(&self.tally.lost),
            doubled: read(&self.tally.doubled),
            reordered: read(&self.tally.reordered),
        }
    }

    fn paths(&self) -> MutexGuard<'_, HashMap<SocketAddr, Path>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn way(&self, from: &Arc<UdpSocket>, to: &Arc<UdpSocket>, direction: u64) -> Way {
        Way {
            from: Arc::clone(from),
            to: Arc::clone(to),
            chance: Chance::of_seed(self.seed ^ direction << 32),
            weather: Arc::clone(&self.weather),
            tally: Arc::clone(&self.tally),
            waiting: BinaryHeap::new(),
            order: 0,
        }
    }
}

impl phone::Detour for SeededLoss {
    fn enter(&self, ours: SocketAddr) -> io::Result<SocketAddr> {
        let near = Arc::new(bind(ours)?);
        let far = Arc::new(bind(ours)?);
        let advertised = far.local_addr()?;
        let (theirs, known) = watch::channel(None);
        let outward = self.way(&near, &far, 1).run(known);
        let (_, always) = watch::channel(Some(ours));
        let inward = self.way(&far, &near, 2).run(always);
        let path = Path {
            near: near.local_addr()?,
            theirs,
            tasks: [tokio::spawn(outward).abort_handle(), tokio::spawn(inward).abort_handle()],
        };
        self.paths().insert(ours, path);
        Ok(advertised)
    }

    fn leave(&self, ours: SocketAddr, theirs: SocketAddr) -> SocketAddr {
        let paths = self.paths();
        let Some(path) = paths.get(&ours) else { return theirs };
        path.theirs.send_replace(Some(theirs));
        path.near
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

fn bind(beside: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind((beside.ip(), 0))?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

/// A packet, when it is due, and its place among those that are due at once.
type Waiting = Reverse<(Instant, u64, Vec<u8>)>;

/// One direction.
struct Way {
    from: Arc<UdpSocket>,
    to: Arc<UdpSocket>,
    chance: Chance,
    weather: Arc<Mutex<Weather>>,
    tally: Arc<Tally>,
    waiting: BinaryHeap<Waiting>,
    order: u64,
}

impl Way {
    async fn run(mut self, target: watch::Receiver<Option<SocketAddr>>) {
        let mut buffer = vec![0; DATAGRAM_MAX];
        let from = Arc::clone(&self.from);
        loop {
            let due = self.waiting.peek().map(|Reverse((due, ..))| *due);
            let received = match due {
                Some(due) => timeout_at(due, from.recv_from(&mut buffer)).await.ok(),
                None => Some(from.recv_from(&mut buffer).await),
            };
            // An error tells of a packet of the other direction that was refused; the next one may fare better.
            if let Some(Ok((length, _))) = received {
                self.take(&buffer[..length]);
            }
            let address = *target.borrow();
            self.pass_on(address);
        }
    }

    /// Decides on a packet. The same numbers are drawn whatever the weather, so that its change moves no fate.
    fn take(&mut self, packet: &[u8]) {
        let weather = *self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = self.chance.happens(weather.lost);
        let doubled = self.chance.happens(weather.doubled);
        let reordered = self.chance.happens(weather.reordered);
        let jitter = weather.jitter.mul_f64(self.chance.share());
        let count = |counter: &AtomicU64, happened: bool| {
            counter.fetch_add(u64::from(happened), Ordering::Relaxed);
        };
        count(&self.tally.seen, true);
        count(&self.tally.lost, lost);
        count(&self.tally.doubled, doubled && !lost);
        count(&self.tally.reordered, reordered && !lost);
        if lost || self.waiting.len() >= WAITING_MAX {
            return;
        }
        let held_back = if reordered { weather.held_back } else { Duration::ZERO };
        let due = Instant::now() + weather.delay + jitter + held_back;
        for _ in 0..=u8::from(doubled) {
            self.order += 1;
            self.waiting.push(Reverse((due, self.order, packet.to_vec())));
        }
    }

    fn pass_on(&mut self, target: Option<SocketAddr>) {
        let now = Instant::now();
        while self.waiting.peek().is_some_and(|Reverse((due, ..))| *due <= now) {
            let Some(Reverse((_, _, packet))) = self.waiting.pop() else { return };
            if let Some(target) = target {
                // What loopback doesn't take is lost as on any network.
                let _ = self.to.try_send_to(&packet, target);
            }
        }
    }
}
