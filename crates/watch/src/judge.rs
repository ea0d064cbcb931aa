//! A judge: one check, from what its probes find to what somebody is told.
//!
//! It believes nothing at once: down takes some failures in a row and a network of our own that is up, up takes some successes.
//! What it signals alternates strictly, firing and resolved, for each of its keys. It decides on nobody to tell.

mod heartbeat;
mod signals;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use model::Moment;
use model::watch::{Check, CheckState, IncidentKind, Outcome, Probe, Signal, Standing};

use heartbeat::Clock;

/// Changes within [`FLAP_WINDOW`] from which on a check flaps.
pub const FLAPS: usize = 6;
/// How far back changes count for that.
pub const FLAP_WINDOW: Duration = Duration::from_secs(30 * 60);
/// How long a check that flaps must stay as it is before that is over.
pub const STABLE: Duration = Duration::from_secs(15 * 60);
/// From here on the moment that a heartbeat was due is so long ago that this machine, not its sender, was away.
pub const JUMP: Duration = Duration::from_secs(10 * 60);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A probe is over.
    Probed(Outcome),
    /// A heartbeat came, or its sender says that it failed.
    Beat {
        /// As it should be.
        up: bool,
        /// Why not.
        reason: String,
    },
    /// Where the parent stands now.
    Parent(Standing),
    /// Whether the check is in maintenance now.
    Maintenance(bool),
    /// Whether our own network is up: the answer to [`Output::AskNetwork`].
    Network(bool),
    /// What was signalled has become this incident.
    IncidentOpened {
        /// Of what kind.
        kind: IncidentKind,
        /// Its number.
        id: i64,
    },
    /// The moment of [`Output::Idle`] has come.
    Tick,
}

/// What it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Is our own network up? Nobody is woken before that is known.
    AskNetwork,
    /// Keep where the check stands.
    Save(Box<CheckState>),
    /// Something is wrong, or right again.
    Signal(Box<Signal>),
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// One check.
#[derive(Debug)]
pub struct Judge {
    check: Check,
    state: CheckState,
    clock: Option<Clock>,
    /// The network was asked about, and the answer isn't there yet.
    asked: bool,
    said: Said,
    outputs: VecDeque<Output>,
}

/// Which of its signals fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    down: bool,
    certificate: bool,
    flapping: bool,
}

impl Judge {
    /// A check and where it stood when that was kept last, or [`CheckState::new`].
    pub fn new(check: Check, state: CheckState) -> Judge {
        let said = Said {
            down: state.incident.is_some(),
            certificate: state.certificate_incident.is_some(),
            flapping: state.flapping,
        };
        let clock = Clock::of(&check.probe);
        Judge { check, state, clock, asked: false, said, outputs: VecDeque::new() }
    }

    /// The check.
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// Where it stands.
    pub fn state(&self) -> &CheckState {
        &self.state
    }

    /// The check was changed; where it stands stays, unless it is of another kind now. Give it a tick afterwards.
    pub fn change(&mut self, check: Check) {
        if check.probe.kind() != self.check.probe.kind() {
            (self.state.failing, self.state.passing) = (0, 0);
        }
        if check.probe != self.check.probe {
            self.clock = Clock::of(&check.probe);
        }
        self.check = check;
    }

    /// Takes one input. Drain [`Judge::poll`] afterwards.
    pub fn handle(&mut self, now: Moment, input: Input) {
        let before = self.state.clone();
        let missed = self.clock.as_mut().and_then(|clock| clock.look(now, self.state.beat_at));
        match input {
            _ if self.check.paused => self.pause(),
            Input::Probed(outcome) => self.probed(now, outcome),
            Input::Beat { up, reason } => self.beat(now, up, reason),
            Input::Parent(standing) => self.parent(standing),
            Input::Maintenance(on) => self.maintenance(now, on),
            Input::Network(up) => self.network(now, up),
            Input::IncidentOpened { kind, id } => self.opened(kind, id),
            Input::Tick => {
                if let Some(reason) = missed {
                    self.missed(now, reason);
                }
            }
        }
        self.settle(now);
        self.speak();
        if self.state != before {
            self.outputs.push_back(Output::Save(Box::new(self.state.clone())));
        }
    }

    /// What it wants next.
    pub fn poll(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.wakes_at()))
    }

    fn wakes_at(&self) -> Option<Moment> {
        let stable = self.state.changes.last().filter(|_| self.state.flapping);
        let stable = stable.map(|last| *last + STABLE);
        let waits = !(self.check.paused || self.state.shadowed || self.state.maintenance);
        let beat = self.clock.as_ref().filter(|_| waits && self.state.standing != Standing::Down);
        let beat = beat.and_then(|clock| clock.due(self.state.beat_at));
        [stable, beat].into_iter().flatten().min()
    }

    fn pause(&mut self) {
        (self.state.failing, self.state.passing) = (0, 0);
        (self.state.standing, self.state.since) = (Standing::Pending, None);
        self.state.flapping = false;
        self.state.changes.clear();
        self.asked = false;
    }

    fn probed(&mut self, now: Moment, outcome: Outcome) {
        if matches!(self.check.probe, Probe::Heartbeat { .. }) {
            return;
        }
        if self.state.shadowed {
            self.state.last = Some(outcome);
            return;
        }
        self.found(now, outcome, self.check.failures, self.check.successes);
    }

    /// One outcome, where so many in a row turn the check.
    fn found(&mut self, now: Moment, outcome: Outcome, failures: u32, successes: u32) {
        let up = outcome.up;
        self.state.last = Some(outcome);
        if up {
            self.state.passing = self.state.passing.saturating_add(1);
            self.state.failing = 0;
            let enough =
                self.state.passing >= successes || self.state.standing == Standing::Pending;
            if enough && self.state.standing != Standing::Up {
                self.turn(now, Standing::Up);
            }
        } else {
            self.state.failing = self.state.failing.saturating_add(1);
            self.state.passing = 0;
            let enough = self.state.failing >= failures;
            if enough && self.state.standing != Standing::Down && !self.asked {
                self.asked = true;
                self.outputs.push_back(Output::AskNetwork);
            }
        }
    }

    /// A heartbeat says enough with one word.
    fn beat(&mut self, now: Moment, up: bool, reason: String) {
        if self.clock.is_none() {
            return;
        }
        self.state.beat_at = Some(now);
        let reason = if up { String::new() } else { reason };
        self.found(now, Outcome { at: now, took_us: 0, up, reason, certificate_ends: None }, 1, 1);
    }

    fn missed(&mut self, now: Moment, reason: String) {
        let waits = self.state.shadowed || self.state.maintenance;
        if waits || self.state.standing == Standing::Down || self.asked {
            return;
        }
        let outcome = Outcome { at: now, took_us: 0, up: false, reason, certificate_ends: None };
        self.found(now, outcome, 1, 1);
    }

    fn parent(&mut self, standing: Standing) {
        let shadowed = standing == Standing::Down;
        if self.state.shadowed && !shadowed {
            (self.state.failing, self.state.passing) = (0, 0);
        }
        self.state.shadowed = shadowed;
    }

    fn maintenance(&mut self, now: Moment, on: bool) {
        if self.state.maintenance
            && !on
            && let Some(clock) = &mut self.clock
        {
            clock.begin(now);
        }
        self.state.maintenance = on;
    }

    fn network(&mut self, now: Moment, up: bool) {
        if !std::mem::take(&mut self.asked) {
            return;
        }
        let heartbeat = self.clock.is_some();
        let needed = if heartbeat { 1 } else { self.check.failures };
        if !up {
            // Nothing can be said; a heartbeat gets its time again, since it may have been lost on the way.
            if let Some(clock) = &mut self.clock {
                clock.begin(now);
            }
            return;
        }
        let down = self.state.failing >= needed && !self.state.shadowed;
        if down && self.state.standing != Standing::Down {
            self.turn(now, Standing::Down);
        }
    }

    fn turn(&mut self, now: Moment, standing: Standing) {
        let first = self.state.standing == Standing::Pending;
        self.state.standing = standing;
        self.state.since = Some(now);
        if first {
            return;
        }
        self.state.changes.retain(|at| now.since(*at) < FLAP_WINDOW && *at <= now);
        self.state.changes.push(now);
        if self.state.changes.len() > FLAPS {
            self.state.changes.remove(0);
        }
        if self.state.changes.len() >= FLAPS && !self.state.maintenance {
            self.state.flapping = true;
        }
    }

    /// Flapping ends once nothing has changed for a while.
    fn settle(&mut self, now: Moment) {
        let last = self.state.changes.last().copied();
        if self.state.flapping && last.is_none_or(|last| now.since(last) >= STABLE) {
            self.state.flapping = false;
            self.state.changes.clear();
        }
    }
}
