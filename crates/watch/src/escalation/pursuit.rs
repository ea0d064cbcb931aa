//! One who is to be told one thing: by one channel after the other, then again after a while, until they are reached.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Moment;
use model::watch::{Channel, LogEvent};

use super::key::{Key, Part, To};
use super::{Escalation, MOST_TOLD, Recipient, Telling, hears_recovery, step_of};

/// How often all channels are tried.
pub(super) const ATTEMPTS: u32 = 4;
/// Time from the end of the first attempt to the second; each further one is twice as long.
const BACKOFF: Duration = Duration::from_secs(60);
/// Who wasn't told of a recovery within this time after it hears nothing of it: it is no news any more.
const NEWS_FOR: Duration = Duration::from_secs(86_400);
/// Without word of what came of telling after this time, it reached nobody. Longer than any call that says what is down, and
/// than the wait for another call to the same person.
const LOST_AFTER: Duration = Duration::from_secs(600);

/// Somebody is being told, or is to be told again.
#[derive(Clone, Debug)]
pub(super) struct Pursuit {
    /// From 1.
    pub(super) attempt: u32,
    /// Channels of this attempt by now.
    pub(super) tried: BTreeSet<Channel>,
    /// Of the newest telling.
    pub(super) key: String,
    pub(super) state: State,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Handed out; what came of it is to come.
    Underway { since: Moment },
    /// It reached nobody.
    Failed { at: Moment },
}

impl Pursuit {
    pub(super) const fn has_failed(&self) -> bool {
        match self.state {
            State::Underway { .. } => false,
            State::Failed { .. } => true,
        }
    }

    pub(super) fn wakes_at(&self) -> Moment {
        match self.state {
            State::Underway { since } => since + LOST_AFTER,
            State::Failed { at } => at + backoff(self.attempt),
        }
    }
}

/// Time from the end of this attempt to the next.
fn backoff(attempt: u32) -> Duration {
    BACKOFF.saturating_mul(1 << attempt.saturating_sub(1).min(ATTEMPTS))
}

impl Escalation {
    /// How somebody can be told now, best first.
    pub(super) fn channels(&self, part: Part, to: &To) -> Vec<Channel> {
        let To::Person(name) = to else { return vec![Channel::Webhook] };
        let reach = self.known.as_ref().and_then(|known| known.reach.get(name));
        let Some(reach) = reach else { return Vec::new() };
        let wanted: Vec<Channel> = match part {
            Part::Step(number) => {
                let step = step_of(&self.incident.policy, number);
                let is_quiet = self.incident.quiet.contains(name);
                let by = step.into_iter().flat_map(|step| step.by.iter().copied());
                by.filter(|channel| !(is_quiet && *channel == Channel::Call)).collect()
            }
            Part::Acknowledged => Vec::new(),
            Part::Reminder(_) | Part::Recovered => {
                let as_before = self.reached.get(to).into_iter().flatten().copied();
                let quietly = as_before.chain([Channel::Text, Channel::Mail]);
                quietly.filter(|channel| *channel != Channel::Call).collect()
            }
        };
        let possible = |channel: &Channel| *channel != Channel::Webhook && reach.contains(channel);
        wanted.into_iter().filter(possible).collect()
    }

    /// Begins to tell somebody; `false` if that can't be.
    pub(super) fn begin(&mut self, now: Moment, part: Part, to: &To) -> bool {
        let is_new = !self.tried.contains(to);
        if self.pursuits.contains_key(&(part, to.clone())) || is_new && self.is_full() {
            return false;
        }
        let Some(channel) = self.channels(part, to).first().copied() else {
            self.unreachable(now, part, to);
            return false;
        };
        self.tell(now, part, to, channel, 1, BTreeSet::new());
        true
    }

    fn is_full(&self) -> bool {
        self.tried.len() >= MOST_TOLD
    }

    /// Somebody will ask why they weren't told.
    fn unreachable(&mut self, now: Moment, part: Part, to: &To) {
        let (Part::Step(number), Some(name)) = (part, to.person()) else { return };
        let step = step_of(&self.incident.policy, number);
        let Some(channel) = step.and_then(|step| step.by.first().copied()) else { return };
        let incident = self.incident.id;
        let key = Key { incident, part, to: to.clone(), channel, attempt: 1 }.to_string();
        let by = channel.as_str();
        let detail = if self.incident.quiet.contains(name) {
            format!("{name} doesn't want to be called about it")
        } else {
            format!("{name} can't be reached by {by}")
        };
        self.write(now, LogEvent::Told { key, reached: false, detail });
    }

    fn tell(
        &mut self,
        now: Moment,
        part: Part,
        to: &To,
        channel: Channel,
        attempt: u32,
        mut tried: BTreeSet<Channel>,
    ) {
        let incident = self.incident.id;
        let key = Key { incident, part, to: to.clone(), channel, attempt };
        let Some(telling) = self.telling(&key) else { return };
        self.write(
            now,
            LogEvent::Telling {
                key: telling.key.clone(),
                person: to.person().cloned(),
                channel,
                recovered: part == Part::Recovered,
            },
        );
        tried.insert(channel);
        let key = telling.key.clone();
        let pursuit = Pursuit { attempt, tried, key, state: State::Underway { since: now } };
        self.pursuits.insert((part, to.clone()), pursuit);
        self.remember(part, to);
        self.tells.push(telling);
    }

    /// That it was begun.
    pub(super) fn remember(&mut self, part: Part, to: &To) {
        self.tried.insert(to.clone());
        match part {
            Part::Step(_) => {}
            Part::Reminder(number) => self.reminders = self.reminders.max(number),
            Part::Acknowledged | Part::Recovered => {
                self.begun.insert((part, to.clone()));
            }
        }
    }

    pub(super) fn telling(&self, key: &Key) -> Option<Telling> {
        let to = match &key.to {
            To::Person(name) => Recipient::Person(name.clone()),
            To::Url(place) => Recipient::Url(self.url(*place)?.to_owned()),
        };
        let what = key.part.what();
        Some(Telling { key: key.to_string(), to, channel: key.channel, what })
    }

    /// What came of telling.
    pub(super) fn told(&mut self, now: Moment, text: &str, reached: bool, detail: String) {
        let Ok(key) = text.parse::<Key>() else { return };
        let place = (key.part, key.to.clone());
        let awaited = self.pursuits.get_mut(&place);
        let awaited = awaited.filter(|pursuit| pursuit.key == text && !pursuit.has_failed());
        let Some(pursuit) = awaited else { return };
        if reached {
            self.pursuits.remove(&place);
            self.was_reached(&key);
        } else {
            pursuit.state = State::Failed { at: now };
        }
        self.write(now, LogEvent::Told { key: text.to_owned(), reached, detail });
    }

    pub(super) fn was_reached(&mut self, key: &Key) {
        if hears_recovery(&self.incident, key.part) {
            self.reached.entry(key.to.clone()).or_default().insert(key.channel);
        }
    }

    /// Who was told hears how it went on, also if that they were told is known only now.
    pub(super) fn follow_up(&mut self, now: Moment) {
        let is_news = |at: Moment| now.since(at) < NEWS_FOR;
        let resolved = self.incident.resolved_at.is_some_and(is_news);
        let resolved = resolved && self.incident.closed.is_none();
        let seen_to = self.incident.is_open() && self.incident.acknowledged.is_some();
        let reached: Vec<To> = self.reached.keys().cloned().collect();
        for to in reached {
            let part = match &to {
                _ if resolved => Part::Recovered,
                To::Url(_) if seen_to => Part::Acknowledged,
                To::Person(_) | To::Url(_) => continue,
            };
            if !self.begun.contains(&(part, to.clone())) {
                self.begin(now, part, &to);
            }
        }
    }

    /// Tries the next channel, or all of them again, where the time for it has come.
    pub(super) fn pursue(&mut self, now: Moment) {
        let places: Vec<(Part, To)> = self.pursuits.keys().cloned().collect();
        for place in places {
            let Some(pursuit) = self.pursuits.get_mut(&place) else { continue };
            if !pursuit.has_failed() && pursuit.wakes_at() <= now {
                pursuit.state = State::Failed { at: now };
                let key = pursuit.key.clone();
                let detail = "no word of it".to_owned();
                self.write(now, LogEvent::Told { key, reached: false, detail });
            }
            self.retry(now, &place);
        }
    }

    fn retry(&mut self, now: Moment, place: &(Part, To)) {
        let (part, to) = place;
        let Some(pursuit) =
            self.pursuits.get(place).filter(|pursuit| pursuit.has_failed()).cloned()
        else {
            return;
        };
        let channels = self.channels(*part, to);
        let next = channels.iter().find(|channel| !pursuit.tried.contains(channel)).copied();
        let again = channels.first().copied().filter(|_| pursuit.attempt < ATTEMPTS);
        match (next, again) {
            _ if !self.is_wanted(*part) => {
                self.pursuits.remove(place);
            }
            (Some(next), _) => self.tell(now, *part, to, next, pursuit.attempt, pursuit.tried),
            (None, Some(first)) => {
                if pursuit.wakes_at() <= now {
                    self.tell(now, *part, to, first, pursuit.attempt + 1, BTreeSet::new());
                }
            }
            (None, None) => {
                self.pursuits.remove(place);
            }
        }
    }
}
