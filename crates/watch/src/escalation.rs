//! One incident: who is told of it, how and when, until somebody sees to it or it is over.
//!
//! A state machine without I/O. The engine keeps the incident and says [`Input::Kept`]; from then on it gives who is on duty
//! ([`Input::Known`]) and one [`Input`], then drains [`Escalation::poll`] until it yields [`Output::Idle`]. Everything that
//! it knows stands in the incident, so that it goes on after a restart where it was: whatever was begun and has no outcome is
//! told again under the same key. It never tells before it has had that saved, never tells one key twice in a life, and never
//! tells that something is down after somebody saw to it.

mod acts;
mod clock;
mod input;
mod key;
mod log;
mod pursuit;
mod resume;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use model::Moment;
use model::watch::{Channel, Incident, LogEvent, Policy, PolicyStep, Signal, Target};

pub use input::{Input, Known, Output, Recipient, Telling, What};
pub use log::LOG_LONGEST;

use crate::cut::cut;
use key::{Part, To};
use pursuit::Pursuit;

/// How many are told of one incident at most, webhooks included: more than any team has.
pub const MOST_TOLD: usize = 100;

/// An incident and who is told of it.
#[derive(Debug)]
pub struct Escalation {
    incident: Incident,
    known: Option<Known>,
    /// Those who are being told, and those who are to be told again.
    pursuits: BTreeMap<(Part, To), Pursuit>,
    /// Who was reached, and how, by steps whose people hear of the recovery.
    reached: BTreeMap<To, BTreeSet<Channel>>,
    /// Everybody who was told, or tried.
    tried: BTreeSet<To>,
    /// To whom else it was begun to say that it is seen to, or up again.
    begun: BTreeSet<(Part, To)>,
    /// Reminders by now.
    reminders: u32,
    /// The time at the last input.
    clock: Option<Moment>,
    /// It was taken up from the store, and hasn't had an input since.
    resumed: bool,
    changed: bool,
    tells: Vec<Telling>,
    outputs: VecDeque<Output>,
}

impl Escalation {
    /// Something is wrong. Its number is 0 until [`Input::Kept`].
    pub fn open(now: Moment, signal: &Signal, policy: Policy) -> Escalation {
        let detail = cut(&signal.detail, log::DETAIL_LONGEST);
        let next_at = policy.steps.first().map(|step| now + seconds(step.after_seconds));
        let mut incident = Incident {
            id: 0,
            key: signal.key.clone(),
            kind: signal.kind,
            check: signal.check.clone(),
            title: cut(&signal.title, log::TITLE_LONGEST),
            detail: detail.clone(),
            source: signal.source.clone(),
            link: signal.link.clone(),
            opened_at: now,
            repeats: 0,
            policy,
            steps_done: 0,
            next_at,
            acknowledged: None,
            resolved_at: None,
            closed: None,
            quiet: Vec::new(),
            log: Vec::new(),
        };
        log::write(&mut incident, now, LogEvent::Opened { detail });
        Escalation::of(incident)
    }

    /// An incident from the store. Give it who is on duty and a tick.
    pub fn resume(incident: Incident) -> Escalation {
        let mut escalation = Escalation::of(incident);
        escalation.take_up();
        escalation
    }

    fn of(incident: Incident) -> Escalation {
        Escalation {
            incident,
            known: None,
            pursuits: BTreeMap::new(),
            reached: BTreeMap::new(),
            tried: BTreeSet::new(),
            begun: BTreeSet::new(),
            reminders: 0,
            clock: None,
            resumed: false,
            changed: false,
            tells: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. Drain [`Escalation::poll`] afterwards.
    pub fn handle(&mut self, now: Moment, input: Input) {
        self.clock(now);
        self.underway_since(now);
        match input {
            Input::Known(known) => {
                self.known = Some(known);
                return;
            }
            Input::Kept { id } => self.incident.id = id,
            Input::Again { detail } => self.again(now, &detail),
            Input::Resolved => self.resolved(now),
            Input::Acknowledged(author) => self.acknowledged(now, author),
            Input::Escalated(author) => self.escalated(now, author),
            Input::Closed(author) => self.closed(now, author),
            Input::Quieted(author) => self.quieted(now, author),
            Input::Told { key, reached, detail } => self.told(now, &key, reached, detail),
            Input::Tick => {}
        }
        self.go_on(now);
        if self.incident.id == 0 {
            return;
        }
        if self.changed {
            self.changed = false;
            self.outputs.push_back(Output::Save(Box::new(self.incident.clone())));
        }
        self.outputs.extend(self.tells.drain(..).map(Output::Tell));
    }

    /// What it wants next.
    pub fn poll(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.wakes_at()))
    }

    /// What happened so far.
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// Whether it has ended and everybody knows who is to: it can be let go.
    pub fn is_over(&self) -> bool {
        !self.incident.is_open() && self.outputs.is_empty() && self.wakes_at().is_none()
    }

    /// Whatever is due.
    fn go_on(&mut self, now: Moment) {
        if self.incident.id == 0 || self.known.is_none() {
            return;
        }
        self.steps_due(now);
        self.remind(now);
        self.follow_up(now);
        self.pursue(now);
    }

    fn wakes_at(&self) -> Option<Moment> {
        if self.incident.id == 0 {
            return None;
        }
        let pursuits = self.pursuits.values().map(Pursuit::wakes_at);
        let next = self.incident.next_at.filter(|_| self.incident.is_open());
        pursuits.chain(next).min()
    }

    fn write(&mut self, now: Moment, event: LogEvent) {
        log::write(&mut self.incident, now, event);
        self.changed = true;
    }

    /// Whether it still is to be told.
    fn is_wanted(&self, part: Part) -> bool {
        let seen_to = self.incident.acknowledged.is_some();
        match part {
            Part::Step(_) => self.incident.is_open() && !seen_to,
            Part::Acknowledged | Part::Reminder(_) => self.incident.is_open() && seen_to,
            Part::Recovered => self.incident.resolved_at.is_some(),
        }
    }

    fn url(&self, place: usize) -> Option<&str> {
        urls(&self.incident.policy).nth(place)
    }
}

/// The step of this number, counted from 1 over all rounds.
fn step_of(policy: &Policy, number: u32) -> Option<&PolicyStep> {
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    policy.steps.get(place.checked_rem(policy.steps.len())?)
}

/// Whether those told so hear of the recovery.
fn hears_recovery(incident: &Incident, part: Part) -> bool {
    match part {
        Part::Step(number) => step_of(&incident.policy, number).is_some_and(|step| step.recovered),
        Part::Acknowledged | Part::Reminder(_) | Part::Recovered => false,
    }
}

/// Every URL of a policy, in its order.
fn urls(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.steps.iter().flat_map(|step| &step.to).filter_map(|target| match target {
        Target::Url(url) => Some(url.as_str()),
        Target::Rota(_) | Target::Next(_) | Target::Person(_) | Target::Everyone => None,
    })
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}
