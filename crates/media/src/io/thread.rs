//! A media thread: its loop, its streams, and the commands that it obeys.
//!
//! The loop sleeps in one poll until a socket is readable, a command comes, or the next tick is due. Ticks are paced from
//! one clock: each is due 20 ms after the one before was due, so they don't drift.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use mio::{Events, Interest, Poll, Token};

use super::inbox::{Command, Opening, StreamId, enter_media_thread};
use super::leg::{Closing, Leg};
use super::playing::{Performance, Playing};
use super::priority;
use super::taping;
use super::writer::Line;
use super::{Event, PlayId, Recording, RecordingId, Remote};
use crate::{TICK, rtcp};

/// The token of the inbox's waker.
pub(super) const WAKER: Token = Token(usize::MAX);

/// The longest datagram that is read; longer ones are cut, and are no RTP that we agreed to.
const DATAGRAM: usize = 2_048;

/// Readiness that is taken from a poll at once.
const EVENTS: usize = 1_024;

/// Ticks that are made up for after the thread was kept from running; those before are left out.
const MAX_CATCH_UP: u32 = 10;

/// Polls wait whole milliseconds.
const POLL_STEP: Duration = Duration::from_millis(1);

/// How long the ends of recordings are waited for when the thread is to end.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// Ticks between reports of a stream.
pub(super) const REPORT_TICKS: u64 = (rtcp::INTERVAL.as_millis() / TICK.as_millis()) as u64;

/// A thread's belongings. What it does at a tick is in `wheel`, what it does with packets in `receive`.
pub(super) struct Thread {
    pub(super) index: usize,
    pub(super) poll: Poll,
    pub(super) commands: Receiver<Command>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) open: Arc<AtomicUsize>,
    pub(super) rtp_timeout: Duration,
    pub(super) line: Line,
    pub(super) legs: Vec<Option<Box<Leg>>>,
    pub(super) free: Vec<usize>,
    pub(super) slots: HashMap<StreamId, usize>,
    pub(super) closing: HashMap<StreamId, Closing>,
    /// Slots whose sockets had more than one round's packets.
    pub(super) unread: Vec<usize>,
    pub(super) buffer: Box<[u8; DATAGRAM]>,
    pub(super) started: Instant,
    pub(super) tick: u64,
}

/// What [`Thread`] is made of from outside.
pub(super) struct Parts {
    pub(super) index: usize,
    pub(super) poll: Poll,
    pub(super) commands: Receiver<Command>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) open: Arc<AtomicUsize>,
    pub(super) rtp_timeout: Duration,
    pub(super) line: Line,
}

impl Thread {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            index: parts.index,
            poll: parts.poll,
            commands: parts.commands,
            stop: parts.stop,
            open: parts.open,
            rtp_timeout: parts.rtp_timeout,
            line: parts.line,
            legs: Vec::new(),
            free: Vec::new(),
            slots: HashMap::new(),
            closing: HashMap::new(),
            unread: Vec::new(),
            buffer: Box::new([0; DATAGRAM]),
            started: Instant::now(),
            tick: 0,
        }
    }

    /// Works until told to stop.
    pub(super) fn run(mut self) {
        enter_media_thread();
        let real_time = priority::raise();
        tracing::debug!(thread = self.index, real_time, "a media thread runs");
        let mut events = Events::with_capacity(EVENTS);
        let mut due = self.started + TICK;
        while !self.stop.load(Ordering::Acquire) {
            due = self.tick_if_due(due);
            self.turn(&mut events, due);
        }
        self.finish(&mut events);
    }

    /// Time since the thread started.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Runs the ticks that are due; when the next one is.
    fn tick_if_due(&mut self, mut due: Instant) -> Instant {
        let now = Instant::now();
        let behind = now.saturating_duration_since(due).as_micros() / TICK.as_micros();
        let missed = u32::try_from(behind).unwrap_or(u32::MAX).saturating_sub(MAX_CATCH_UP);
        if missed > 0 {
            tracing::warn!(missed, "a media thread was kept from running");
            self.tick += u64::from(missed);
            due += TICK * missed;
        }
        while due <= now {
            self.tick += 1;
            self.turn_wheel();
            due += TICK;
        }
        due
    }

    /// Sleeps until something is to be done, and does it.
    fn turn(&mut self, events: &mut Events, due: Instant) {
        let rest = due.saturating_duration_since(Instant::now());
        let timeout =
            if self.unread.is_empty() { whole_milliseconds(rest) } else { Duration::ZERO };
        match self.poll.poll(events, Some(timeout)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return,
            Err(error) => {
                tracing::error!(%error, "a media thread can't poll its sockets");
                nap(TICK);
            }
        }
        // First the commands, so that a packet finds the stream as its sender was promised.
        self.obey_all();
        for slot in std::mem::take(&mut self.unread) {
            self.guard(slot, |thread| thread.receive(slot));
        }
        for event in &*events {
            match event.token() {
                WAKER => {}
                Token(token) if token % 2 == 0 => {
                    self.guard(token / 2, |thread| thread.receive(token / 2));
                }
                Token(token) => self.guard(token / 2, |thread| thread.receive_report(token / 2)),
            }
        }
        if rest < POLL_STEP && events.is_empty() && self.unread.is_empty() {
            // The rest of a millisecond is slept, so that packets go out when they are due.
            nap(due.saturating_duration_since(Instant::now()));
        }
    }

    /// Does something for a stream. A panic ends that stream, never the thread and the calls of others.
    pub(super) fn guard(&mut self, slot: usize, step: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| step(self))).is_err() {
            tracing::error!("a stream is closed, because something in it panicked");
            if let Some(Some(leg)) = self.legs.get_mut(slot) {
                leg.give_up();
            }
        }
    }

    fn obey_all(&mut self) {
        // A command may be sent by a sink while this runs; as many as the queue holds are enough for one turn.
        for _ in 0..self.commands.len() {
            match self.commands.try_recv() {
                Ok(command) => self.obey(command),
                Err(_) => return,
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Open(opening) => self.open(*opening),
            Command::Close(id) => self.close_if_closed(id),
            Command::Connect(id, remote) => self.connect(id, remote),
            Command::Play(id, play, what) => {
                let performance = Performance { id: Some(play), what };
                self.change(id, |leg, _| leg.playing = Some(performance));
            }
            Command::Grow(id, play, part) => self.change(id, |leg, _| leg.grow(play, part)),
            Command::Stop(id) => self.change(id, |leg, _| {
                leg.playing = None;
                leg.dials.clear();
            }),
            Command::SendDigits(id, play, what) => self.send_digits(id, play, what),
            Command::Record(id, recording, what) => self.record(id, recording, *what),
            Command::StopRecording(id, recording) => {
                self.change(id, |leg, line| leg.tapes.stop(recording, line));
            }
            Command::Bridge(one, other) => self.bridge(one, other),
            Command::Unbridge(id) => {
                if let Some(slot) = self.slots.get(&id) {
                    self.unbridge(*slot);
                }
            }
            Command::Tap(id, ear) => self.change(id, |leg, _| leg.ear = ear),
            Command::Written(id, recording, result) => self.written(id, recording, result),
        }
    }

    /// Changes a stream and what follows from it; nothing if it is closed.
    fn change(&mut self, id: StreamId, change: impl FnOnce(&mut Leg, &mut Line)) {
        let Some(slot) = self.slots.get(&id).copied() else {
            return;
        };
        if let Some(leg) = &mut self.legs[slot] {
            change(leg, &mut self.line);
        }
        self.refresh(slot);
    }

    fn open(&mut self, mut opening: Opening) {
        let slot = self.free.pop().unwrap_or(self.legs.len());
        let registry = self.poll.registry();
        let registered =
            registry.register(&mut opening.rtp, Token(2 * slot), Interest::READABLE).and_then(
                |()| registry.register(&mut opening.rtcp, Token(2 * slot + 1), Interest::READABLE),
            );
        if let Err(error) = registered {
            // The stream stays open but deaf; its owner hears that the far side is lost.
            tracing::error!(%error, "a media socket can't be polled");
        }
        let mut leg = Box::new(Leg::new(opening, self.now()));
        leg.report_at = self.tick + REPORT_TICKS;
        self.slots.insert(leg.id, slot);
        if slot == self.legs.len() {
            self.legs.push(Some(leg));
        } else {
            self.legs[slot] = Some(leg);
        }
    }

    fn close_if_closed(&mut self, id: StreamId) {
        if let Some(slot) = self.slots.get(&id).copied()
            && self.legs[slot].as_ref().is_some_and(|leg| leg.is_to_close())
        {
            self.close(slot);
        }
    }

    /// Closes a stream; its last event follows when its recordings are complete.
    pub(super) fn close(&mut self, slot: usize) {
        self.unbridge(slot);
        let Some(mut leg) = self.legs[slot].take() else {
            return;
        };
        leg.report(self.tick, true);
        leg.tapes.close(&mut self.line);
        let id = leg.id;
        self.slots.remove(&id);
        self.free.push(slot);
        let closing = leg.close();
        self.open.fetch_sub(1, Ordering::Relaxed);
        if closing.tapes.are_done() {
            closing.finish();
        } else {
            self.closing.insert(id, closing);
        }
    }

    fn connect(&mut self, id: StreamId, remote: Remote) {
        let now = self.now();
        self.change(id, |leg, _| {
            let remote = Remote { address: leg.reachable(remote.address), ..remote };
            if leg.remote.is_none_or(|before| before.address != remote.address) {
                // An address of zeros is how hold was once said (RFC 3264 §8.4), and no destination.
                let nowhere = remote.address.ip().is_unspecified() || remote.address.port() == 0;
                leg.outbound.to = (!nowhere).then_some(remote.address);
            }
            leg.inbound.connect(leg.remote.as_ref(), &remote, now);
            leg.remote = Some(remote);
        });
    }

    fn send_digits(&mut self, id: StreamId, play: PlayId, what: Playing) {
        self.change(id, |leg, _| {
            if !leg.dial(Performance { id: Some(play), what }) {
                tracing::warn!("too many digits wait to be sent: some were left out");
                leg.tell(Event::PlayEnded { id: play });
            }
        });
    }

    fn record(&mut self, id: StreamId, recording: RecordingId, what: Recording) {
        let index = self.index;
        self.change(id, |leg, line| {
            let event = leg.tapes.start(taping::key(index, leg.id, recording), what, line);
            leg.tell(event);
        });
    }

    fn written(&mut self, id: StreamId, recording: RecordingId, result: Result<Duration, String>) {
        if let Some(closing) = self.closing.get_mut(&id) {
            if let Some(event) = closing.tapes.written(recording, result) {
                closing.tell(event);
            }
            if closing.tapes.are_done()
                && let Some(closing) = self.closing.remove(&id)
            {
                closing.finish();
            }
            return;
        }
        self.change(id, |leg, _| {
            if let Some(event) = leg.tapes.written(recording, result) {
                leg.tell(event);
            }
        });
    }

    fn bridge(&mut self, one: StreamId, other: StreamId) {
        let slots = self.slots.get(&one).copied().zip(self.slots.get(&other).copied());
        let Some((one, other)) = slots.filter(|(one, other)| one != other) else {
            return;
        };
        self.unbridge(one);
        self.unbridge(other);
        for (slot, peer) in [(one, other), (other, one)] {
            if let Some(leg) = &mut self.legs[slot] {
                leg.bridge = Some(peer);
            }
        }
        self.refresh(one);
    }

    fn unbridge(&mut self, slot: usize) {
        let peer = self.legs[slot].as_mut().and_then(|leg| leg.bridge.take());
        if let Some(peer) = peer {
            if let Some(leg) = &mut self.legs[peer] {
                leg.bridge = None;
            }
            self.refresh(peer);
            self.refresh(slot);
        }
    }

    /// Decides anew whether a stream and the one it is bridged to relay or decode.
    pub(super) fn refresh(&mut self, slot: usize) {
        let can_relay = |slot: usize| self.legs[slot].as_ref().is_some_and(|leg| leg.can_relay());
        let peer = self.legs[slot].as_ref().and_then(|leg| leg.bridge);
        let relays = peer.is_some_and(|peer| can_relay(slot) && can_relay(peer));
        for slot in [Some(slot), peer].into_iter().flatten() {
            if let Some(leg) = &mut self.legs[slot] {
                let decodes = !relays && (leg.is_listened_to() || leg.bridge.is_some());
                if !relays {
                    leg.outbound.end_relay();
                }
                leg.relays = relays;
                leg.inbound.decode(decodes);
            }
        }
    }

    /// Closes everything and waits for the writer, though not for ever.
    fn finish(mut self, events: &mut Events) {
        self.obey_all();
        for slot in 0..self.legs.len() {
            self.close(slot);
        }
        let until = Instant::now() + LAST_WAIT;
        while !self.closing.is_empty() && Instant::now() < until {
            self.line.flush();
            if self.poll.poll(events, Some(TICK)).is_err() {
                nap(TICK);
            }
            self.obey_all();
        }
        for closing in self.closing.into_values() {
            closing.finish();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "for less than a tick, on a thread that is nobody else's"
)]
fn nap(time: Duration) {
    std::thread::sleep(time);
}

/// The whole milliseconds of a time: what a poll can wait without waiting longer.
const fn whole_milliseconds(time: Duration) -> Duration {
    Duration::from_millis(time.as_millis() as u64)
}
