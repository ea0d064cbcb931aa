//! The steps of the policy: which is due, and whom it tells.

use std::time::Duration;

use model::Moment;
use model::oncall::Name;
use model::watch::{LogEvent, PolicyStep, Target};

use super::key::{Part, To};
use super::{Escalation, Known, seconds, step_of, urls};

/// A step that comes later than this (this machine was off) is counted from when it came, so that the steps behind it keep
/// their distance from it.
const LATE: Duration = Duration::from_secs(60);

impl Escalation {
    /// Each step whose time has come; at one moment at most all of them once.
    pub(super) fn steps_due(&mut self, now: Moment) {
        for _ in 0..self.incident.policy.steps.len() {
            let due = self.incident.next_at.filter(|due| *due <= now);
            let Some(due) = due.filter(|_| self.is_wanted(Part::Step(0))) else { return };
            self.step(now, due, None);
        }
    }

    /// Carries out the next step, and says when the one behind it is due.
    pub(super) fn step(&mut self, now: Moment, due: Moment, except: Option<&Name>) {
        let number = self.incident.steps_done.saturating_add(1);
        self.changed = true;
        let Some(step) = step_of(&self.incident.policy, number).cloned() else {
            self.incident.next_at = None;
            return;
        };
        self.incident.steps_done = number;
        let applies = self.applies(&step);
        let mut told = false;
        if applies {
            for target in &step.to {
                told |= self.tell_target(now, number, target, except);
            }
        }
        let base = if now.since(due) > LATE { now } else { due };
        let last = self.is_last_of_round(number);
        self.incident.next_at = match self.gap_after(number) {
            // Nobody was there to be told: the next ones needn't wait for them.
            Some(_) if applies && !told && !last => Some(now),
            Some(gap) => Some(base + gap),
            None => None,
        };
    }

    fn tell_target(
        &mut self,
        now: Moment,
        number: u32,
        target: &Target,
        except: Option<&Name>,
    ) -> bool {
        let whom = self.whom(target);
        if whom.is_empty() {
            self.nobody(now, number, target);
        }
        let others = whom.into_iter().filter(|to| except.is_none() || to.person() != except);
        let mut told = false;
        for to in others {
            told |= self.begin(now, Part::Step(number), &to);
        }
        told
    }

    /// Somebody will ask why nobody was told.
    fn nobody(&mut self, now: Moment, number: u32, target: &Target) {
        let detail = match target {
            Target::Rota(rota) => format!("nobody is on duty in {rota}"),
            Target::Next(rota) => format!("nobody is next in {rota}"),
            Target::Everyone => "there is nobody".to_owned(),
            Target::Person(_) | Target::Url(_) => return,
        };
        let key = format!("{}/{number}", self.incident.id);
        self.write(now, LogEvent::Told { key, reached: false, detail });
    }

    /// The number of the next step that would tell somebody other than this one.
    pub(super) fn next_with_others(&self, except: Option<&Name>) -> Option<u32> {
        let steps = u32::try_from(self.incident.policy.steps.len()).unwrap_or(u32::MAX);
        let first = self.incident.steps_done.saturating_add(1);
        let mut ahead = (0..steps).map(|ahead| first.saturating_add(ahead));
        ahead.find(|number| {
            let Some(step) = step_of(&self.incident.policy, *number) else { return false };
            let whom = step.to.iter().flat_map(|target| self.whom(target));
            let part = Part::Step(*number);
            self.applies(step)
                && whom
                    .filter(|to| except.is_none() || to.person() != except)
                    .any(|to| !self.channels(part, &to).is_empty())
        })
    }

    fn applies(&self, step: &PolicyStep) -> bool {
        step.kinds.is_empty() || step.kinds.contains(&self.incident.kind)
    }

    fn is_last_of_round(&self, number: u32) -> bool {
        let steps = u32::try_from(self.incident.policy.steps.len()).unwrap_or(u32::MAX);
        number.checked_rem(steps) == Some(0)
    }

    /// Time from this step to the next one; `None`: it was the last.
    fn gap_after(&self, number: u32) -> Option<Duration> {
        let policy = &self.incident.policy;
        let steps = u32::try_from(policy.steps.len()).ok()?;
        let next = step_of(policy, number.checked_add(1)?)?;
        if self.is_last_of_round(number) {
            let rounds_done = number.checked_div(steps)?;
            let again = rounds_done <= policy.repeats;
            return again
                .then(|| seconds(policy.repeat_after_seconds.saturating_add(next.after_seconds)));
        }
        let before = step_of(policy, number)?.after_seconds;
        Some(seconds(next.after_seconds.saturating_sub(before)))
    }

    /// Whom a target means now.
    fn whom(&self, target: &Target) -> Vec<To> {
        let Some(Known { on_duty, everyone, reach: _ }) = &self.known else { return Vec::new() };
        let crew = |rota: &Name, place: usize| on_duty.get(rota).and_then(|crew| crew.get(place));
        let names: Vec<&Name> = match target {
            Target::Rota(rota) => crew(rota, 0).into_iter().collect(),
            Target::Next(rota) => crew(rota, 1).into_iter().collect(),
            Target::Person(name) => vec![name],
            Target::Everyone => everyone.iter().collect(),
            Target::Url(url) => {
                let mut all = urls(&self.incident.policy);
                return all.position(|known| known == url).map(To::Url).into_iter().collect();
            }
        };
        names.into_iter().cloned().map(To::Person).collect()
    }

    /// Whoever sees to it hears that it is still so; if that isn't known, everybody who was told.
    pub(super) fn remind(&mut self, now: Moment) {
        let every = seconds(self.incident.policy.remind_seconds);
        let Some(due) = self.incident.next_at.filter(|due| *due <= now) else { return };
        let Some(author) = &self.incident.acknowledged else { return };
        if !self.incident.is_open() || every.is_zero() {
            return;
        }
        let whom: Vec<To> = match &author.by {
            Some(name) => vec![To::Person(name.clone())],
            None => self.reached.keys().filter(|to| to.person().is_some()).cloned().collect(),
        };
        self.reminders = self.reminders.saturating_add(1);
        self.changed = true;
        let base = if now.since(due) > LATE { now } else { due };
        self.incident.next_at = Some(base + every);
        for to in whom {
            self.begin(now, Part::Reminder(self.reminders), &to);
        }
    }
}
