//! Going on after a restart: the log is read as it was written, and what has no outcome in it is told again.

use std::collections::BTreeSet;

use model::Moment;
use model::watch::LogEvent;

use super::key::{Key, Part};
use super::pursuit::{Pursuit, State};
use super::{Escalation, Output};

impl Escalation {
    /// Reads the log.
    pub(super) fn take_up(&mut self) {
        self.resumed = true;
        let log = self.incident.log.clone();
        let mut seen_to = false;
        for entry in &log {
            match &entry.event {
                LogEvent::Telling { key, .. } => self.was_begun(entry.at, key),
                LogEvent::Told { key, reached, .. } => self.was_told(entry.at, key, *reached),
                LogEvent::Acknowledged(_) | LogEvent::Resolved | LogEvent::Closed(_) => {
                    seen_to = true;
                }
                LogEvent::Escalated(author) => {
                    seen_to = false;
                    if let Some(by) = &author.by {
                        self.leave_alone(by);
                    }
                }
                LogEvent::Opened { .. } | LogEvent::Changed { .. } | LogEvent::Quieted(_) => {}
            }
            if seen_to {
                self.pursuits.retain(|(part, _), pursuit| {
                    !matches!(part, Part::Step(_)) || !pursuit.has_failed()
                });
            }
        }
        self.tell_again();
    }

    fn was_begun(&mut self, at: Moment, text: &str) {
        let Ok(key) = text.parse::<Key>() else { return };
        self.remember(key.part, &key.to);
        let place = (key.part, key.to);
        let before = self.pursuits.remove(&place);
        let same = before.filter(|before| before.attempt == key.attempt);
        let mut tried = same.map_or_else(BTreeSet::new, |before| before.tried);
        tried.insert(key.channel);
        let state = State::Underway { since: at };
        let (attempt, key) = (key.attempt, text.to_owned());
        self.pursuits.insert(place, Pursuit { attempt, tried, key, state });
    }

    fn was_told(&mut self, at: Moment, text: &str, reached: bool) {
        let Ok(key) = text.parse::<Key>() else { return };
        let place = (key.part, key.to.clone());
        let Some(pursuit) = self.pursuits.get_mut(&place).filter(|it| it.key == text) else {
            return;
        };
        if reached {
            self.pursuits.remove(&place);
            self.was_reached(&key);
        } else {
            pursuit.state = State::Failed { at };
        }
    }

    /// Whether what was underway reached anybody, nobody knows. What is still wanted is told again, under the same key. Of
    /// the rest it is taken that it did: better to hear of a recovery twice than never.
    fn tell_again(&mut self) {
        let places: Vec<_> = self.pursuits.keys().cloned().collect();
        for place in places {
            let Some(pursuit) = self.pursuits.get(&place).filter(|it| !it.has_failed()) else {
                continue;
            };
            let Ok(key) = pursuit.key.parse::<Key>() else { continue };
            match self.telling(&key) {
                Some(telling) if self.is_wanted(key.part) => {
                    self.outputs.push_back(Output::Tell(telling));
                }
                Some(_) | None => {
                    self.pursuits.remove(&place);
                    self.was_reached(&key);
                }
            }
        }
    }

    /// What was told again is underway from now on.
    pub(super) fn underway_since(&mut self, now: Moment) {
        if !std::mem::take(&mut self.resumed) {
            return;
        }
        for pursuit in self.pursuits.values_mut().filter(|pursuit| !pursuit.has_failed()) {
            pursuit.state = State::Underway { since: now };
        }
    }
}
