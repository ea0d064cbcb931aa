//! What one person is to be told on one channel.

use std::time::Duration;

use model::Moment;
use model::watch::Channel;

use crate::escalation::{Telling, What};

/// How long what comes is gathered before it goes, counted from the first.
pub const GATHERED_FOR: Duration = Duration::from_secs(2);
/// Time at least from one text or e-mail to the next to the same person.
pub const SPACED_BY: Duration = Duration::from_secs(10);
/// Tellings at most that wait for one person on one channel. More are dropped; their escalations hear nothing of them, take
/// them for lost and tell again.
pub const MOST_GATHERED: usize = 5_000;
/// Without word of a call's end after this time it is over.
const CALL_AT_MOST: Duration = Duration::from_secs(600);
/// Without word of a text or an e-mail after this time the next may go.
const WRITTEN_AT_MOST: Duration = Duration::from_secs(60);

/// What waits, and what is on its way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Vec<(i64, Telling)>,
    /// When the first of it came.
    since: Option<Moment>,
    /// When the last bundle went.
    went_at: Option<Moment>,
    /// It hasn't been said that it arrived.
    busy: bool,
}

impl Queue {
    /// One more. What it says of an incident replaces what was to be said of that.
    pub(super) fn add(&mut self, now: Moment, incident: i64, telling: Telling) {
        if let Some(place) = self.waiting.iter_mut().find(|(of, _)| *of == incident) {
            place.1 = telling;
            return;
        }
        if self.waiting.len() < MOST_GATHERED {
            self.waiting.push((incident, telling));
            self.since.get_or_insert(now);
        }
    }

    pub(super) fn withdraw(&mut self, incident: i64) {
        self.waiting.retain(|(of, telling)| {
            *of != incident
                || match telling.what {
                    What::Down | What::Reminder => false,
                    What::Recovered | What::Acknowledged => true,
                }
        });
        if self.waiting.is_empty() {
            self.since = None;
        }
    }

    pub(super) const fn sent(&mut self) {
        self.busy = false;
    }

    /// What goes now.
    pub(super) fn due(&mut self, now: Moment, channel: Channel) -> Option<Vec<(i64, Telling)>> {
        if self.went_at.is_some_and(|at| at > now) {
            // The clock was set back.
            self.went_at = Some(now);
        }
        if self.since.is_some_and(|since| since > now) {
            self.since = Some(now);
        }
        if self.waiting.is_empty() || self.ready_at(channel) > now {
            return None;
        }
        (self.since, self.went_at, self.busy) = (None, Some(now), true);
        Some(std::mem::take(&mut self.waiting))
    }

    /// When what waits may go.
    fn ready_at(&self, channel: Channel) -> Moment {
        let gathered = self.since.map_or(Moment::EPOCH, |since| since + GATHERED_FOR);
        gathered.max(self.free_at(channel))
    }

    /// When the next may go.
    fn free_at(&self, channel: Channel) -> Moment {
        let Some(went_at) = self.went_at else { return Moment::EPOCH };
        match (channel, self.busy) {
            (Channel::Call, true) => went_at + CALL_AT_MOST,
            (Channel::Call, false) => went_at,
            (Channel::Text | Channel::Mail | Channel::Webhook, true) => went_at + WRITTEN_AT_MOST,
            (Channel::Text | Channel::Mail | Channel::Webhook, false) => went_at + SPACED_BY,
        }
    }

    pub(super) fn wakes_at(&self, channel: Channel) -> Moment {
        match self.went_at {
            Some(at) if self.waiting.is_empty() => at + self.remembered_for(),
            Some(_) | None => self.ready_at(channel),
        }
    }

    /// Whether there is nothing to remember.
    pub(super) fn is_idle(&self, now: Moment) -> bool {
        self.waiting.is_empty() && self.went_at.is_none_or(|at| at + self.remembered_for() <= now)
    }

    const fn remembered_for(&self) -> Duration {
        if self.busy { CALL_AT_MOST } else { SPACED_BY }
    }
}
