//! The end of a call: a message, a good-bye, or a caller who hangs up; and who is told of it.

use std::collections::BTreeSet;
use std::time::Duration;

use model::oncall::{AttemptOutcome, LineOutcome, Name, TextKind};
use model::{Moment, Sid};

use super::{Candidate, Hunt, Notice, Output, Stage, Step};
use crate::words::Phrase;

/// A call that ends sooner, and that nobody answered, is told to nobody: it was a slip of the finger.
const BRIEF: Duration = Duration::from_secs(5);
/// No phone rings sooner after it was asked to. A dial that is younger when the caller is found gone was never begun.
const UNRUNG: Duration = Duration::from_secs(1);
/// How long after the caller hung up a message may still come, before the call is told as missed.
const MESSAGE_WAIT: Duration = Duration::from_secs(20);

impl Hunt {
    /// Nobody is rung any more: a message, or a good-bye. Where the caller has heard already why nobody is there
    /// (`explained`), that is enough.
    pub(super) fn leave_message(&mut self, now: Moment, mut steps: Vec<Step>, explained: bool) {
        if self.setting.line.voicemail.is_some() {
            self.take_message(steps);
            return;
        }
        if !explained {
            steps.push(self.say(Phrase::Nobody));
        }
        steps.push(Step::Hangup);
        self.stage = Stage::Done;
        self.missed(now);
        self.caller(steps);
    }

    pub(super) fn take_message(&mut self, mut steps: Vec<Step>) {
        let rules = self.setting.line.voicemail.clone().unwrap_or_default();
        steps.push(self.say(Phrase::Voicemail));
        steps.push(Step::Record { max_seconds: rules.max_seconds });
        self.stage = Stage::Recording;
        self.caller(steps);
    }

    pub(super) fn recorded(&mut self, now: Moment, message: Option<(Sid, u32)>) {
        let was_asked =
            matches!(self.stage, Stage::Recording | Stage::Gone { waits_until: Some(_) });
        if let Some((recording, seconds)) = message {
            let known = self.record.voicemail.is_none_or(|known| known == recording);
            if known && (was_asked || self.may_have_message()) {
                self.record.voicemail = Some(recording);
                self.record.voicemail_seconds = Some(seconds);
                self.record.outcome = LineOutcome::Voicemail;
                self.tell(TextKind::Voicemail);
            }
        } else if was_asked && self.record.voicemail.is_none() {
            self.missed(now);
        }
        match self.stage {
            // The recording is told of twice, by the leg that asks what next and once it is complete: in any order.
            Stage::Recording | Stage::Done if self.record.outcome != LineOutcome::Hunting => {
                self.stage = Stage::Done;
                let taken = self.record.voicemail.is_some();
                let said = self.say(if taken { Phrase::Thanks } else { Phrase::NoMessage });
                self.caller(vec![said, Step::Hangup]);
            }
            Stage::Gone { .. } => {
                self.stage = Stage::Gone { waits_until: None };
                self.caller(Vec::new());
            }
            Stage::New
            | Stage::Commanded { .. }
            | Stage::Choosing { .. }
            | Stage::Dialing { .. }
            | Stage::Recording
            | Stage::Done => self.caller(vec![Step::Hangup]),
        }
    }

    /// It was told as missed, and its message comes all the same.
    pub(super) fn may_have_message(&self) -> bool {
        let over = matches!(self.stage, Stage::Done | Stage::Gone { .. });
        let outcome = self.record.outcome;
        over && matches!(
            outcome,
            LineOutcome::Missed | LineOutcome::HungUp | LineOutcome::Voicemail
        )
    }

    pub(super) fn caller_left(&mut self, now: Moment) {
        let before = self.stage;
        if matches!(before, Stage::Gone { .. }) {
            return;
        }
        self.record.ended_at = Some(now);
        self.forget_unrung(now);
        let rang = self.rang_until(now);
        self.legs.caller_left(now, &mut self.record);
        self.stage = Stage::Gone { waits_until: None };
        match before {
            Stage::Recording if !rang => {
                self.stage = Stage::Gone { waits_until: Some(now + MESSAGE_WAIT) };
            }
            Stage::Commanded { given: 0, .. } => self.record.outcome = LineOutcome::HungUp,
            Stage::Commanded { .. } => self.record.outcome = LineOutcome::Command,
            Stage::Done if rang && self.record.outcome == LineOutcome::Missed => self.hung_up(now),
            Stage::New | Stage::Choosing { .. } | Stage::Dialing { .. } | Stage::Recording => {
                if self.record.outcome == LineOutcome::Hunting {
                    self.hung_up(now);
                }
            }
            Stage::Done | Stage::Gone { .. } => {}
        }
    }

    /// The caller was gone before these phones were asked to ring: the end of a dial and that of its caller are told one
    /// after the other.
    fn forget_unrung(&mut self, now: Moment) {
        let (record, legs) = (&mut self.record, &mut self.legs);
        while let Some(last) = record.attempts.last() {
            let young = now.since(last.began_at) < UNRUNG && last.began_at > record.began_at;
            if last.outcome != AttemptOutcome::Ringing || !young || !legs.forget_last() {
                break;
            }
            record.attempts.pop();
        }
    }

    /// Whether a phone rang until the caller was gone, and would have rung on. It was that then, and no silence of its
    /// owner's.
    fn rang_until(&mut self, now: Moment) -> bool {
        let whole = Duration::from_secs(u64::from(self.setting.line.ring_seconds));
        let mut rang = false;
        for attempt in &mut self.record.attempts {
            let Some(ended) = attempt.ended_at else { continue };
            let cut_off = ended.since(attempt.began_at) + UNRUNG < whole;
            if attempt.outcome == AttemptOutcome::NoAnswer && cut_off && now.since(ended) < UNRUNG {
                attempt.outcome = AttemptOutcome::CallerLeft;
                rang = true;
            }
        }
        rang
    }

    /// The caller did not wait.
    pub(super) fn hung_up(&mut self, now: Moment) {
        self.record.outcome = LineOutcome::HungUp;
        let brief = now.since(self.record.began_at) < BRIEF;
        if self.legs.was_answered() || !brief {
            self.tell(TextKind::Missed);
        }
    }

    /// Nobody took the call, and there is no message.
    pub(super) fn missed(&mut self, now: Moment) {
        let exhausted = !self.record.attempts.is_empty() || self.plan.is_gap();
        if self.record.ended_at.is_some() && !exhausted {
            self.hung_up(now);
            return;
        }
        self.record.outcome = LineOutcome::Missed;
        if self.setting.is_open {
            self.tell(TextKind::Missed);
        }
    }

    /// The caller hung up when asked for a message, and there is none.
    pub(super) fn message_is_late(&mut self, now: Moment) {
        if let Stage::Gone { waits_until: Some(until) } = self.stage
            && now >= until
        {
            self.stage = Stage::Gone { waits_until: None };
            self.missed(now);
        }
    }

    pub(super) fn tell(&mut self, kind: TextKind) {
        if self.told.contains(&kind) {
            return;
        }
        self.told.push(kind);
        let to = self.concerned();
        self.outputs.push_back(Output::Tell(Notice { kind, to }));
    }

    /// Those on duty, and those who were tried. Where a target stands in for them, it is still those on duty; where nobody
    /// is on duty, it is better to tell all of them than none.
    fn concerned(&self) -> Vec<Name> {
        let tried = self.record.attempts.iter().filter_map(|attempt| attempt.person.as_ref());
        let named = |people: &[Candidate]| -> Vec<Name> {
            people.iter().filter_map(|who| who.person.clone()).collect()
        };
        let team = self.setting.teams.get(self.team);
        let mut on_duty = team.into_iter().flatten().map(|level| named(level));
        let mut to: Vec<Name> = on_duty.find(|names| !names.is_empty()).unwrap_or_default();
        to.extend(tried.cloned());
        if to.is_empty() {
            to = self.setting.everyone.get(self.team).map(|all| named(all)).unwrap_or_default();
        }
        let mut seen = BTreeSet::new();
        to.retain(|name| seen.insert(name.clone()));
        to
    }
}
