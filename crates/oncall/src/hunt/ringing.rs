//! One dial after the other, until somebody takes the call or nobody is left.

use model::oncall::{AttemptOutcome, LineOutcome, Music};
use model::{Moment, Sid};

use super::plan::Next;
use super::{DialOutcome, Hunt, Ring, Stage, Step};
use crate::words::{self, Phrase};

impl Hunt {
    /// Rings whoever is next, behind `steps`; after the last, asks for a message.
    pub(super) fn ring_next(&mut self, now: Moment, mut steps: Vec<Step>, rounds: u32) {
        loop {
            match self.plan.next(&self.engaged) {
                Next::Leave { level, person, engaged } => {
                    let outcome =
                        if engaged { AttemptOutcome::Engaged } else { AttemptOutcome::NoPhone };
                    let who = (Some(person), None, self.setting.language);
                    self.legs.note(now, &mut self.record, level, who, outcome);
                }
                Next::Ring { level, at_once, phones } => {
                    self.stage = Stage::Dialing { rounds: rounds + 1 };
                    let ring = |who| self.legs.ring(now, &mut self.record, level, who);
                    let rings = phones.into_iter().map(ring).collect();
                    let said = match (at_once, rounds) {
                        (true, _) => Phrase::Everyone,
                        (false, 0) => Phrase::Connecting,
                        (false, _) => Phrase::StillTrying,
                    };
                    steps.push(self.dial(rings, said));
                    self.caller(steps);
                    return;
                }
                Next::End => {
                    self.leave_message(now, steps, false);
                    return;
                }
            }
        }
    }

    pub(super) fn dial(&self, rings: Vec<Ring>, said: Phrase) -> Step {
        let line = &self.setting.line;
        let music = match &line.music {
            Music::Ringing => None,
            Music::BuiltIn(name) => Some(Step::Play(format!("alo://music/{name}"))),
            Music::Audio(url) => Some(Step::Play(url.clone())),
        };
        let star = line.voicemail.is_some() && said != Phrase::Connecting;
        let star = star && !words::is_own(line, said, self.setting.language);
        let star = star.then(|| self.say(Phrase::PressStar));
        let hold = [Some(self.say(said)), star, music];
        Step::Dial {
            rings,
            seconds: line.ring_seconds,
            shown: line.shown.clone(),
            hold: hold.into_iter().flatten().collect(),
        }
    }

    pub(super) fn dial_ended(&mut self, now: Moment, outcome: DialOutcome, call: Option<Sid>) {
        let talked = self.legs.dial_ended(now, &mut self.record, outcome, call);
        let Stage::Dialing { rounds } = self.stage else {
            self.caller(vec![Step::Hangup]);
            return;
        };
        if talked {
            self.stage = Stage::Done;
            self.caller(vec![Step::Hangup]);
        } else {
            self.record.outcome = LineOutcome::Hunting;
            match outcome {
                DialOutcome::Canceled => self.leave_message(now, Vec::new(), false),
                DialOutcome::Completed
                | DialOutcome::NoAnswer
                | DialOutcome::Busy
                | DialOutcome::Failed => self.ring_next(now, Vec::new(), rounds),
            }
        }
    }
}
