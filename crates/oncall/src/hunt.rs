//! The hunt: one call of a line, from its first word until the caller is gone.
//!
//! A state machine without I/O. The engine gives it who is engaged and one [`Input`], then drains [`Hunt::poll`] until it
//! yields [`Output::Idle`]. Each request of a leg is answered by one document; the record is saved whenever it changed. It
//! never rings a phone twice, never takes silence for an answer, and looks at no clock.

mod admission;
mod ending;
mod input;
mod known;
mod legs;
mod plan;
mod ringing;
mod rung;
#[cfg(test)]
mod tests;
mod welcome;

use std::collections::{BTreeSet, VecDeque};

use model::Moment;
use model::oncall::{AttemptOutcome, LineCall, LineOutcome, Name, TextKind};

pub use input::{Ask, Candidate, DialOutcome, Input, Notice, Order, Output, Ring, Setting, Step};

use crate::words::{self, Filling, Phrase};
use legs::Legs;
use plan::Plan;

/// How often the menu of teams is asked before the first team is taken.
const MENU_TIMES: u32 = 3;
/// Silence after a menu, in seconds.
const MENU_SECONDS: u32 = 5;

/// A call of a line.
#[derive(Debug)]
pub struct Hunt {
    setting: Setting,
    record: LineCall,
    saved: Option<LineCall>,
    engaged: BTreeSet<Name>,
    stage: Stage,
    team: usize,
    plan: Plan,
    legs: Legs,
    told: Vec<TextKind>,
    outputs: VecDeque<Output>,
}

/// Where the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The first request is to come.
    New,
    /// Of ours: asked for a command.
    Commanded { asked: u32, given: u32 },
    /// Asked for a team.
    Choosing { asked: u32 },
    /// Somebody is rung, or talks with them.
    Dialing { rounds: u32 },
    /// Asked for a message.
    Recording,
    /// Told good-bye; they are about to be gone.
    Done,
    /// They hung up. A message may come until then.
    Gone { waits_until: Option<Moment> },
}

impl Hunt {
    /// A call has come.
    pub fn new(now: Moment, setting: Setting) -> Hunt {
        let record = LineCall {
            call: setting.call,
            line: setting.line.name.clone(),
            team: String::new(),
            from: setting.from.clone(),
            to: setting.to.clone(),
            began_at: now,
            ended_at: None,
            outcome: LineOutcome::Hunting,
            attempts: Vec::new(),
            voicemail: None,
            voicemail_seconds: None,
            transcript: None,
            ticket: None,
            acknowledged: None,
        };
        Hunt {
            plan: Plan::new(&setting, 0),
            setting,
            record,
            saved: None,
            engaged: BTreeSet::new(),
            stage: Stage::New,
            team: 0,
            legs: Legs::default(),
            told: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. Drain [`Hunt::poll`] afterwards.
    pub fn handle(&mut self, now: Moment, input: Input) {
        self.message_is_late(now);
        match input {
            Input::Engaged(names) => {
                self.engaged = names;
                // Who calls the line can't be rung by it.
                self.engaged.extend(self.setting.known.clone());
            }
            Input::Entered => self.enter(now),
            Input::Key(key) => self.chosen(now, key),
            Input::Answered { attempt } => self.answered(attempt),
            Input::CalledKey { attempt, key } => self.called_key(now, attempt, key),
            Input::DialEnded { outcome, call, talked_seconds: _ } => {
                self.dial_ended(now, outcome, call);
            }
            Input::AttemptEnded { attempt, outcome, call } => {
                self.legs.ended(now, &mut self.record, attempt, outcome, call);
            }
            Input::Recorded { recording: _, seconds: 0 } | Input::NoMessage => {
                self.recorded(now, None);
            }
            Input::Recorded { recording, seconds } => {
                self.recorded(now, Some((recording, seconds)));
            }
            Input::Command(key) => self.command(now, key),
            Input::CommandDone(words) => self.command_done(&words),
            Input::CallerLeft => self.caller_left(now),
        }
        if self.stage != Stage::New && self.saved.as_ref() != Some(&self.record) {
            self.saved = Some(self.record.clone());
            self.outputs.push_front(Output::Save(Box::new(self.record.clone())));
        }
    }

    /// What it wants next.
    pub fn poll(&mut self) -> Output {
        let wakes_at = match self.stage {
            Stage::Gone { waits_until } => waits_until,
            Stage::New
            | Stage::Commanded { .. }
            | Stage::Choosing { .. }
            | Stage::Dialing { .. }
            | Stage::Recording
            | Stage::Done => None,
        };
        self.outputs.pop_front().unwrap_or(Output::Idle(wakes_at))
    }

    /// What happened so far.
    pub fn record(&self) -> &LineCall {
        &self.record
    }

    /// Who is rung or talks now: other hunts leave them alone.
    pub fn rings(&self) -> impl Iterator<Item = &Name> {
        let accepted = self.legs.accepted();
        let busy = (1u32..).zip(&self.record.attempts).filter(move |(number, attempt)| {
            // Also if the caller was led elsewhere meanwhile, and no end of a dial is told: who is gone is free.
            attempt.outcome == AttemptOutcome::Ringing
                || accepted == Some(*number) && attempt.ended_at.is_none()
        });
        busy.filter_map(|(_, attempt)| attempt.person.as_ref())
    }

    fn caller(&mut self, steps: Vec<Step>) {
        self.outputs.push_back(Output::Caller(steps));
    }

    /// In the caller's language.
    fn say(&self, phrase: Phrase) -> Step {
        words::say(&self.setting.line, phrase, self.setting.language, &self.filling())
    }

    fn filling(&self) -> Filling {
        Filling {
            line: Some(words::display(&self.setting.line).to_owned()),
            team: Some(self.record.team.clone()).filter(|team| !team.is_empty()),
            caller: None,
            ..Filling::default()
        }
    }
}
