//! The caller's first steps: whether they get through, what they hear, and which team they want.

use model::Moment;
use model::oncall::{LineOutcome, Mode};

use super::admission::{self, Admission};
use super::plan::Plan;
use super::{Ask, Hunt, MENU_SECONDS, MENU_TIMES, Stage, Step};
use crate::words::{self, Phrase};

impl Hunt {
    pub(super) fn enter(&mut self, now: Moment) {
        if self.stage != Stage::New {
            self.caller(vec![Step::Hangup]);
            return;
        }
        match admission::of(&self.setting) {
            Admission::Welcome if self.setting.known.is_some() => self.greet_known(),
            Admission::Welcome => self.welcome(now, Vec::new()),
            refused @ (Admission::Blocked | Admission::NotAllowed) => {
                self.record.outcome = LineOutcome::Blocked;
                let silently = refused == Admission::Blocked
                    && !words::is_own(&self.setting.line, Phrase::Blocked, self.setting.language);
                self.stage = Stage::Done;
                let words = self.say(Phrase::Blocked);
                let steps = if silently { vec![Step::Reject] } else { vec![words, Step::Hangup] };
                self.caller(steps);
            }
        }
    }

    /// The caller is greeted, behind `steps`.
    pub(super) fn welcome(&mut self, now: Moment, mut steps: Vec<Step>) {
        if !self.setting.is_open {
            steps.push(self.say(Phrase::Closed));
            self.leave_message(now, steps, true);
            return;
        }
        steps.push(self.say(Phrase::Greeting));
        if self.setting.line.teams.len() > 1 && self.setting.target.is_none() {
            self.stage = Stage::Choosing { asked: 1 };
            steps.push(self.menu());
            self.caller(steps);
        } else {
            self.begin(now, 0, steps);
        }
    }

    pub(super) fn menu(&self) -> Step {
        let (line, language) = (&self.setting.line, self.setting.language);
        let keys = words::team_keys(line);
        Step::Menu {
            prompts: vec![words::menu(line, language, &keys)],
            keys,
            seconds: MENU_SECONDS,
            ask: Ask::Key,
        }
    }

    pub(super) fn chosen(&mut self, now: Moment, key: Option<char>) {
        let Stage::Choosing { asked } = self.stage else {
            self.caller(vec![Step::Hangup]);
            return;
        };
        let keys = words::team_keys(&self.setting.line);
        let team = key.and_then(|key| keys.iter().position(|known| *known == key));
        match team {
            Some(team) => self.begin(now, team, Vec::new()),
            None if asked >= MENU_TIMES => self.begin(now, 0, Vec::new()),
            None => {
                self.stage = Stage::Choosing { asked: asked + 1 };
                let wrong = key.is_some().then(|| self.say(Phrase::WrongKey));
                let steps = wrong.into_iter().chain([self.menu()]).collect();
                self.caller(steps);
            }
        }
    }

    /// The team is known.
    pub(super) fn begin(&mut self, now: Moment, team: usize, mut steps: Vec<Step>) {
        let chosen = self.setting.line.teams.get(team);
        self.record.team = chosen.map(|team| team.display.clone()).unwrap_or_default();
        self.team = team;
        self.plan = Plan::new(&self.setting, team);
        if self.setting.line.mode == Mode::VoicemailFirst {
            self.take_message(steps);
        } else if self.plan.is_gap() {
            steps.push(self.say(Phrase::Gap));
            self.leave_message(now, steps, true);
        } else {
            self.ring_next(now, steps, 0);
        }
    }
}
