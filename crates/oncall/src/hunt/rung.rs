//! What the one hears who is rung: who calls, and that a key must be pressed.

use model::Moment;
use model::oncall::{AttemptOutcome, LineOutcome};

use super::legs;
use super::{Ask, Hunt, Output, Step};
use crate::words::{self, Filling, Phrase};

/// How often they are asked for a key.
const TIMES: u32 = 2;
/// Silence after the question, in seconds.
const SECONDS: u32 = 5;
/// What takes the call.
const ACCEPT: char = '1';

impl Hunt {
    pub(super) fn answered(&mut self, attempt: u32) {
        let wanted = self.legs.answer(&self.record, attempt);
        if wanted {
            let steps = self.question(attempt);
            self.called(steps);
        } else {
            self.too_late(attempt);
        }
    }

    pub(super) fn called_key(&mut self, now: Moment, attempt: u32, key: Option<char>) {
        if self.legs.accepted() == Some(attempt) && key == Some(ACCEPT) {
            self.called(vec![Step::Bridge]);
            return;
        }
        if !self.legs.is_wanted(&self.record, attempt) {
            self.too_late(attempt);
            return;
        }
        match key {
            Some(ACCEPT) => {
                self.legs.accept(now, &mut self.record, attempt);
                self.record.outcome = LineOutcome::Connected;
                let words = self.tell_rung(attempt, Phrase::Accepted);
                self.called(vec![words, Step::Bridge]);
            }
            Some(_) => {
                let person = legs::of(&self.record, attempt).and_then(|it| it.person.clone());
                self.plan.pass(person.as_ref());
                legs::end(&mut self.record, attempt, now, AttemptOutcome::Passed);
                let words = self.tell_rung(attempt, Phrase::Passed);
                self.called(vec![words, Step::Hangup]);
            }
            None => {
                let asked = self.legs.leg(attempt).map_or(TIMES, |leg| leg.asked);
                if asked < TIMES {
                    let steps = self.question(attempt);
                    self.called(steps);
                } else {
                    legs::end(&mut self.record, attempt, now, AttemptOutcome::Silent);
                    self.called(vec![Step::Hangup]);
                }
            }
        }
    }

    fn called(&mut self, steps: Vec<Step>) {
        self.outputs.push_back(Output::Called(steps));
    }

    fn question(&mut self, attempt: u32) -> Vec<Step> {
        if let Some(leg) = self.legs.leg(attempt) {
            leg.asked += 1;
        }
        let prompts = vec![self.tell_rung(attempt, Phrase::Whisper)];
        let ask = Ask::CalledKey { attempt };
        vec![Step::Menu { prompts, keys: vec![ACCEPT], seconds: SECONDS, ask }]
    }

    /// Somebody else was faster, or the caller is gone.
    fn too_late(&mut self, attempt: u32) {
        let elsewhere = legs::of(&self.record, attempt)
            .is_some_and(|it| it.outcome == AttemptOutcome::Elsewhere);
        let words = elsewhere.then(|| self.tell_rung(attempt, Phrase::Elsewhere));
        let steps = words.into_iter().chain([Step::Hangup]).collect();
        self.called(steps);
    }

    /// In the language of the one rung.
    fn tell_rung(&mut self, attempt: u32, phrase: Phrase) -> Step {
        let language = self.legs.leg(attempt).map_or(self.setting.language, |leg| leg.language);
        let caller = match &self.setting.known {
            Some(name) => name.to_string(),
            None => words::spoken(&self.setting.from, language),
        };
        let filling = Filling { caller: Some(caller), ..self.filling() };
        words::say(&self.setting.line, phrase, language, &filling)
    }
}
