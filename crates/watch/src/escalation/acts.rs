//! What people and sources say of an incident.

use model::Moment;
use model::oncall::Name;
use model::watch::{Author, LogEvent};

use super::key::{Part, To};
use super::{Escalation, Output, Telling, What, log, seconds};
use crate::cut::cut;

impl Escalation {
    /// It was said again.
    pub(super) fn again(&mut self, now: Moment, detail: &str) {
        if !self.incident.is_open() {
            return;
        }
        self.incident.repeats = self.incident.repeats.saturating_add(1);
        self.changed = true;
        let detail = cut(detail, log::DETAIL_LONGEST);
        if !detail.is_empty() && detail != self.incident.detail {
            self.incident.detail.clone_from(&detail);
            self.write(now, LogEvent::Changed { detail });
        }
    }

    /// It is up again. What somebody closed by hand is closed: nobody is told.
    pub(super) fn resolved(&mut self, now: Moment) {
        if self.incident.resolved_at.is_some() {
            return;
        }
        self.incident.resolved_at = Some(now);
        self.incident.next_at = None;
        self.write(now, LogEvent::Resolved);
        self.stop(now);
    }

    /// Somebody sees to it: the rest stops.
    pub(super) fn acknowledged(&mut self, now: Moment, author: Author) {
        if !self.incident.is_open() || self.incident.acknowledged.is_some() {
            return;
        }
        let remind = seconds(self.incident.policy.remind_seconds);
        self.incident.next_at = (!remind.is_zero()).then(|| now + remind);
        self.incident.acknowledged = Some(author.clone());
        self.write(now, LogEvent::Acknowledged(author));
        self.stop(now);
    }

    /// Somebody wants others told now: the next step that has somebody else to tell. Who had acknowledged it sees to it no
    /// more. Without anybody else all stays as it was.
    pub(super) fn escalated(&mut self, now: Moment, author: Author) {
        if !self.incident.is_open() {
            return;
        }
        let by = author.by.clone();
        self.write(now, LogEvent::Escalated(author));
        if let Some(by) = &by {
            self.leave_alone(by);
        }
        let Some(number) = self.next_with_others(by.as_ref()) else { return };
        self.incident.acknowledged = None;
        self.incident.steps_done = number.saturating_sub(1);
        self.step(now, now, by.as_ref());
    }

    /// Somebody closed it.
    pub(super) fn closed(&mut self, now: Moment, author: Author) {
        if !self.incident.is_open() {
            return;
        }
        self.incident.closed = Some(author.clone());
        self.incident.next_at = None;
        self.write(now, LogEvent::Closed(author));
        self.stop(now);
    }

    /// Somebody doesn't want to be called about it.
    pub(super) fn quieted(&mut self, now: Moment, author: Author) {
        let Some(by) = author.by.clone() else { return };
        if !self.incident.is_open() || self.incident.quiet.contains(&by) {
            return;
        }
        self.incident.quiet.push(by);
        self.write(now, LogEvent::Quieted(author));
    }

    /// What isn't wanted any more and wasn't handed out yet is told to nobody.
    fn stop(&mut self, now: Moment) {
        let mut withdrawn: Vec<String> = Vec::new();
        let mut stays = |telling: &Telling| {
            let stays = match telling.what {
                What::Down | What::Reminder => false,
                What::Recovered | What::Acknowledged => true,
            };
            withdrawn.extend((!stays).then(|| telling.key.clone()));
            stays
        };
        self.outputs.retain(|output| match output {
            Output::Tell(telling) => stays(telling),
            Output::Save(_) | Output::Idle(_) => true,
        });
        for key in withdrawn {
            self.told(now, &key, false, "withdrawn".to_owned());
        }
    }

    /// They know of it.
    pub(super) fn leave_alone(&mut self, name: &Name) {
        self.pursuits.retain(|(part, to), pursuit| {
            !(matches!(part, Part::Step(_))
                && *to == To::Person(name.clone())
                && pursuit.has_failed())
        });
    }
}
