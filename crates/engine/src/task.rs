//! A call's task: it owns the call's [`Session`] and its lines, and lets them hear of each other.
//!
//! One task per session. Every event of signalling, audio, HTTP and API comes over one bounded channel; timers are
//! those the session asks for. Nothing here waits for the disk or the network: that runs beside it and comes back as
//! an event, so that a slow application delays only its own next document.

mod listening;
mod outputs;
mod sounds;
mod writes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use call::{
    Ending, FetchFailure, FetchId, Fetched, Input, LegId, LegInput, Modification, Output, Session,
    SoundId,
};
use model::{Moment, Sid};
use sip::DialogEvent;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::http::Cookies;
use crate::hub::{Hub, ModifyReply, NotLive};
use crate::line::{Line, Open};
use crate::lines;
use crate::recovery;
use sounds::Arrival;
use writes::Writes;

/// What a call's task hears.
pub(crate) enum Event {
    /// Of a SIP dialog.
    Dialog { leg: LegId, branch: usize, event: DialogEvent },
    /// Of an RTP stream.
    Media(LegId, media::io::Event),
    /// The INVITEs of a leg are out.
    Placed(LegId, Box<Open>),
    /// They could not be sent.
    NotPlaced(LegId, Ending),
    /// A document came, or none.
    Fetched(FetchId, Result<Fetched, FetchFailure>),
    /// A text was taken, or wasn't.
    Texted(call::TextId, Result<(Sid, model::MessageStatus), call::TextFailure>),
    /// A sound, or a part of one, is ready to be played; or can't be had.
    Sound { leg: LegId, sound: SoundId, times: Option<u32>, arrival: Arrival },
    /// Somebody speaks on a leg that is listened to, or said something.
    Heard(LegId, LegInput),
    /// Somebody changes a leg over the API.
    Modify { call: Sid, change: Modification, reply: ModifyReply },
    /// The server stops: hang up.
    Stop,
}

impl Event {
    /// Whether it may be dropped when the task can't keep up: only keys, which a flood can be made of.
    fn may_be_dropped(&self) -> bool {
        match self {
            Event::Dialog { event: DialogEvent::Digit(_), .. }
            | Event::Media(_, media::io::Event::Digit { .. }) => true,
            Event::Dialog { .. }
            | Event::Media(..)
            | Event::Placed(..)
            | Event::NotPlaced(..)
            | Event::Fetched(..)
            | Event::Texted(..)
            | Event::Sound { .. }
            | Event::Heard(..)
            | Event::Modify { .. }
            | Event::Stop => false,
        }
    }
}

/// Hands an event to a call's task without blocking. When its channel is full, keys are dropped; anything else waits in
/// a task of its own.
pub(crate) fn post(runtime: &Handle, events: &mpsc::Sender<Event>, event: Event) {
    match events.try_send(event) {
        Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
        Err(mpsc::error::TrySendError::Full(event)) if event.may_be_dropped() => {
            metrics::counter!("alo_keys_dropped_total").increment(1);
        }
        Err(mpsc::error::TrySendError::Full(event)) => {
            let events = events.clone();
            runtime.spawn(async move {
                let _ = events.send(event).await;
            });
        }
    }
}

/// Where a stream's events go: to the call's task.
pub(crate) fn media_sink(
    runtime: Handle,
    events: mpsc::Sender<Event>,
    leg: LegId,
) -> media::io::Sink {
    Box::new(move |event| post(&runtime, &events, Event::Media(leg, event)))
}

/// What a task does next.
enum Next {
    /// It ends.
    Over,
    /// It hears what comes, and lets its session know when this moment has come.
    Wake(Option<Moment>),
}

/// A call's task.
pub(crate) struct Task {
    hub: Arc<Hub>,
    clock: Clock,
    affinity: u64,
    session: Session,
    lines: BTreeMap<LegId, Line>,
    events: mpsc::Sender<Event>,
    inbox: mpsc::Receiver<Event>,
    calls: Vec<Sid>,
    /// Those of its applications.
    cookies: Arc<Cookies>,
    writes: Writes,
}

impl Task {
    /// A task for `session`; `line` is its first leg's, where there is one already.
    pub(crate) fn new(
        hub: Arc<Hub>,
        clock: Clock,
        affinity: u64,
        session: Session,
        line: Option<Line>,
        (events, inbox): (mpsc::Sender<Event>, mpsc::Receiver<Event>),
    ) -> Task {
        let lines = line.into_iter().map(|line| (line.leg, line)).collect();
        let writes = Writes::new(Arc::clone(&hub));
        let (calls, cookies) = (Vec::new(), Arc::default());
        let mut task =
            Task { hub, clock, affinity, session, lines, events, inbox, calls, cookies, writes };
        if let Some(record) = task.session.call_record(Session::FIRST) {
            let sid = record.sid;
            task.enter(sid);
        }
        task.hub.sessions.fetch_add(1, Ordering::Relaxed);
        task
    }

    /// Runs until the call is over and everything about it is kept.
    pub(crate) async fn run(mut self) {
        while let Next::Wake(wake_at) = self.drain_outputs() {
            let wake_at = wake_at.map(|at| self.clock.instant(at));
            tokio::select! {
                Some(event) = self.inbox.recv() => self.hear(event),
                () = until(wake_at) => self.session.handle(self.clock.now(), Input::Tick),
                () = self.writes.next() => {}
            }
        }
        self.writes.finish().await;
    }

    /// A call of this session is live.
    fn enter(&mut self, call: Sid) {
        self.calls.push(call);
        self.hub.enter(call, self.events.clone());
    }

    /// A call of this session has ended; others may go on.
    fn leave(&mut self, call: Sid) {
        self.calls.retain(|known| *known != call);
        self.hub.leave(call);
    }

    /// Carries out what the session wants.
    fn drain_outputs(&mut self) -> Next {
        loop {
            match self.session.poll() {
                Output::Over => return Next::Over,
                Output::Idle(at) => return Next::Wake(at),
                output => self.carry_out(output),
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Dialog { leg, branch, event } => {
                let input = self.line(leg, |line| line.dialog_event(branch, event));
                self.tell(leg, input);
            }
            Event::Media(leg, event) => {
                let inputs = self.lines.get_mut(&leg).map(|line| line.media_event(event));
                for input in inputs.into_iter().flatten() {
                    self.tell(leg, Some(input));
                }
            }
            Event::Placed(leg, open) => {
                let inputs = self.lines.get_mut(&leg).map(|line| line.placed(open));
                for input in inputs.into_iter().flatten() {
                    self.tell(leg, Some(input));
                }
            }
            Event::NotPlaced(leg, ending) => self.tell(leg, Some(LegInput::Ended(ending))),
            Event::Fetched(id, result) => {
                self.session.handle(self.clock.now(), Input::Fetched(id, result));
            }
            Event::Texted(id, result) => {
                self.session.handle(self.clock.now(), Input::Texted { id, result });
            }
            Event::Sound { leg, sound, times, arrival } => {
                self.sound_arrives(leg, sound, times, arrival);
            }
            Event::Heard(leg, input) => self.tell(leg, Some(input)),
            Event::Modify { call, change, reply } => self.modify(call, change, reply),
            Event::Stop => self.stop(),
        }
    }

    fn line(
        &mut self,
        leg: LegId,
        ask: impl FnOnce(&mut Line) -> Option<LegInput>,
    ) -> Option<LegInput> {
        self.lines.get_mut(&leg).and_then(ask)
    }

    fn tell(&mut self, leg: LegId, input: Option<LegInput>) {
        if let Some(input) = input {
            self.session.handle(self.clock.now(), Input::Leg(leg, input));
        }
    }

    fn modify(&mut self, call: Sid, change: Modification, reply: ModifyReply) {
        let leg = self.session.leg_of(call);
        let live = leg.filter(|leg| self.session.status(*leg).is_some_and(|s| !s.is_final()));
        let Some(leg) = live else {
            let _ = reply.send(Err(NotLive));
            return;
        };
        self.session.handle(self.clock.now(), Input::Modify(leg, change));
        let record = self.session.call_record(leg).cloned();
        let _ = reply.send(record.ok_or(NotLive));
    }

    fn stop(&mut self) {
        for call in self.session.live_calls() {
            if let Some(leg) = self.session.leg_of(call) {
                let complete = Input::Modify(leg, Modification::Complete);
                self.session.handle(self.clock.now(), complete);
            }
        }
    }
}

impl Drop for Task {
    /// Also when the task panicked: its calls are no longer live, their far sides are told by their lines, and their
    /// records are closed.
    fn drop(&mut self) {
        for call in &self.calls {
            self.hub.leave(*call);
            lines::left(&self.hub, *call);
        }
        if std::thread::panicking() {
            let hub = Arc::clone(&self.hub);
            let calls = std::mem::take(&mut self.calls);
            let mut writes = std::mem::replace(&mut self.writes, Writes::new(Arc::clone(&hub)));
            self.hub.runtime.spawn(async move {
                writes.finish().await;
                recovery::close_broken(&hub, &calls).await;
            });
        }
        self.hub.sessions.fetch_sub(1, Ordering::Relaxed);
        self.hub.session_ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests;

async fn until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
