//! Callers of ours: commands by key, before the line is a line for them, too.

use std::time::Duration;

use model::Moment;
use model::oncall::LineOutcome;

use super::{Ask, Hunt, MENU_SECONDS, MENU_TIMES, Order, Output, Stage, Step};
use crate::words::Phrase;

/// How long `3` takes duty.
const TAKEN: Duration = Duration::from_secs(2 * 3600);
/// Most commands in a call.
const COMMANDS: u32 = 10;
/// What is asked for.
const KEYS: [char; 4] = ['1', '2', '3', '4'];

impl Hunt {
    pub(super) fn greet_known(&mut self) {
        self.stage = Stage::Commanded { asked: 1, given: 0 };
        let steps = vec![self.commands(Phrase::Known)];
        self.caller(steps);
    }

    pub(super) fn command(&mut self, now: Moment, key: Option<char>) {
        let Stage::Commanded { asked, given } = self.stage else {
            self.caller(vec![Step::Hangup]);
            return;
        };
        let Some(key) = key else {
            self.go_on(now, given);
            return;
        };
        let order = match key {
            '1' => Order::Who,
            '2' => Order::Next,
            '3' => Order::Take(TAKEN),
            '4' => Order::Off,
            _ if asked >= MENU_TIMES => {
                self.go_on(now, given);
                return;
            }
            _ => {
                self.stage = Stage::Commanded { asked: asked + 1, given };
                let steps = vec![self.say(Phrase::WrongKey), self.commands(again(given))];
                self.caller(steps);
                return;
            }
        };
        self.stage = Stage::Commanded { asked, given: given + 1 };
        self.record.outcome = LineOutcome::Command;
        if order == Order::Who && !self.setting.duty.is_empty() && given == 0 {
            let words = self.setting.duty.clone();
            self.command_done(&words);
        } else {
            self.outputs.push_back(Output::Order(order));
        }
    }

    /// The engine has done it; the caller hears what came of it.
    pub(super) fn command_done(&mut self, words: &str) {
        let Stage::Commanded { given, .. } = self.stage else { return };
        let answer = Step::Say { text: words.to_owned(), language: self.setting.language };
        let mut steps: Vec<Step> = Some(answer).filter(|_| !words.is_empty()).into_iter().collect();
        if given < COMMANDS {
            self.stage = Stage::Commanded { asked: 1, given };
            steps.push(self.commands(Phrase::KnownAgain));
        } else {
            self.stage = Stage::Done;
            steps.push(Step::Hangup);
        }
        self.caller(steps);
    }

    /// No key: who gave no command is connected, who did has what they wanted.
    fn go_on(&mut self, now: Moment, given: u32) {
        if given == 0 {
            self.welcome(now, Vec::new());
        } else {
            self.stage = Stage::Done;
            let steps = vec![self.say(Phrase::Goodbye), Step::Hangup];
            self.caller(steps);
        }
    }

    fn commands(&self, phrase: Phrase) -> Step {
        Step::Menu {
            prompts: vec![self.say(phrase)],
            keys: KEYS.to_vec(),
            seconds: MENU_SECONDS,
            ask: Ask::Command,
        }
    }
}

fn again(given: u32) -> Phrase {
    if given == 0 { Phrase::Known } else { Phrase::KnownAgain }
}
