//! What people are told, gathered: a flood of incidents becomes one call and one text for each.
//!
//! A state machine without I/O, one for all people of an account. What comes within two seconds goes together; somebody who
//! is on a call about incidents gets no second one beside it, and at most one text in ten seconds. It says nothing of what
//! came of a telling: that goes straight to the incident's escalation.

mod queue;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use model::Moment;
use model::oncall::Name;
use model::watch::Channel;

pub use queue::{GATHERED_FOR, MOST_GATHERED, SPACED_BY};

use crate::escalation::{Recipient, Telling};
use queue::Queue;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Somebody is to be told of an incident.
    Tell {
        /// Which.
        incident: i64,
        /// Whom, how and what.
        telling: Telling,
    },
    /// What was sent last has been: the call ended, the text was accepted or refused. The next may go.
    Sent {
        /// To whom.
        person: Name,
        /// How.
        channel: Channel,
    },
    /// Somebody sees to it, or it is over: what wasn't sent yet needn't be. That it is up again still is told.
    Withdraw {
        /// Which.
        incident: i64,
    },
    /// The moment of [`Output::Idle`] has come.
    Tick,
}

/// What it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Tell somebody all of this at once. Say [`Input::Sent`] when it has been.
    Send {
        /// Whom.
        person: Name,
        /// How.
        channel: Channel,
        /// Of each incident what, in the order in which it came; each incident once.
        tellings: Vec<(i64, Telling)>,
    },
    /// Post it to its URL. Webhooks are programs: each gets its own, at once.
    Post {
        /// Where.
        url: String,
        /// Which.
        incident: i64,
        /// What.
        telling: Telling,
    },
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// What people are told, until it is sent.
#[derive(Debug, Default)]
pub struct Bundle {
    queues: BTreeMap<(Name, Channel), Queue>,
    outputs: VecDeque<Output>,
}

impl Bundle {
    /// Nobody is told anything.
    pub fn new() -> Bundle {
        Bundle::default()
    }

    /// Takes one input. Drain [`Bundle::poll`] afterwards.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Tell { incident, telling } => self.tell(now, incident, telling),
            Input::Sent { person, channel } => {
                if let Some(queue) = self.queues.get_mut(&(person, channel)) {
                    queue.sent();
                }
            }
            Input::Withdraw { incident } => {
                for queue in self.queues.values_mut() {
                    queue.withdraw(incident);
                }
            }
            Input::Tick => {}
        }
        for ((person, channel), queue) in &mut self.queues {
            if let Some(tellings) = queue.due(now, *channel) {
                let (person, channel) = (person.clone(), *channel);
                self.outputs.push_back(Output::Send { person, channel, tellings });
            }
        }
        self.queues.retain(|_, queue| !queue.is_idle(now));
    }

    /// What it wants next.
    pub fn poll(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            let moments = self.queues.iter();
            Output::Idle(moments.map(|((_, channel), queue)| queue.wakes_at(*channel)).min())
        })
    }

    fn tell(&mut self, now: Moment, incident: i64, telling: Telling) {
        match &telling.to {
            Recipient::Person(person) => {
                let queue = self.queues.entry((person.clone(), telling.channel)).or_default();
                queue.add(now, incident, telling);
            }
            Recipient::Url(url) => {
                let url = url.clone();
                self.outputs.push_back(Output::Post { url, incident, telling });
            }
        }
    }
}
