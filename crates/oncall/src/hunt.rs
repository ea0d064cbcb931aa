//! The hunt: one call of a line, from its first word until the caller is gone.
//!
//! A state machine without I/O. The engine gives it who is engaged and one [`Input`], then drains [`Hunt::poll`] until it
//! yields [`Output::Idle`]. Each request of a leg is answered by one document; the record is saved whenever it changed. It
//! never rings a phone twice, never takes silence for an answer, and looks at no clock.

mod admission;
mod input;
mod known;
mod legs;
mod plan;
mod rung;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use model::oncall::{AttemptOutcome, LineCall, LineOutcome, Mode, Music, Name, TextKind};
use model::{Moment, Sid};

pub use input::{Ask, Candidate, DialOutcome, Input, Notice, Order, Output, Ring, Setting, Step};

use crate::words::{self, Filling, Phrase};
use admission::Admission;
use legs::Legs;
use plan::{Next, Plan};

/// How often the menu of teams is asked before the first team is taken.
const MENU_TIMES: u32 = 3;
/// Silence after a menu, in seconds.
const MENU_SECONDS: u32 = 5;
/// A call that ends sooner, and that nobody answered, is told to nobody: it was a slip of the finger.
const BRIEF: Duration = Duration::from_secs(5);
/// No phone rings sooner after it was asked to. A dial that is younger when the caller is found gone was never begun.
const UNRUNG: Duration = Duration::from_secs(1);
/// How long after the caller hung up a message may still come, before the call is told as missed.
const MESSAGE_WAIT: Duration = Duration::from_secs(20);

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
                self.recorded(now, Some((recording, seconds)))
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
            attempt.outcome == AttemptOutcome::Ringing || accepted == Some(*number)
        });
        busy.filter_map(|(_, attempt)| attempt.person.as_ref())
    }

    fn caller(&mut self, steps: Vec<Step>) {
        self.outputs.push_back(Output::Caller(steps));
    }

    fn enter(&mut self, now: Moment) {
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
                    && !words::is_own(&self.setting.line, Phrase::Blocked);
                self.stage = Stage::Done;
                let words = self.say(Phrase::Blocked);
                let steps = if silently { vec![Step::Reject] } else { vec![words, Step::Hangup] };
                self.caller(steps);
            }
        }
    }

    /// The caller is greeted, behind `steps`.
    fn welcome(&mut self, now: Moment, mut steps: Vec<Step>) {
        if !self.setting.is_open {
            steps.push(self.say(Phrase::Closed));
            self.leave_message(now, steps);
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

    fn menu(&self) -> Step {
        let (line, language) = (&self.setting.line, self.setting.language);
        let keys = words::team_keys(line);
        Step::Menu {
            prompts: vec![words::menu(line, language, &keys)],
            keys,
            seconds: MENU_SECONDS,
            ask: Ask::Key,
        }
    }

    fn chosen(&mut self, now: Moment, key: Option<char>) {
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
    fn begin(&mut self, now: Moment, team: usize, mut steps: Vec<Step>) {
        let chosen = self.setting.line.teams.get(team);
        self.record.team = chosen.map(|team| team.display.clone()).unwrap_or_default();
        self.team = team;
        self.plan = Plan::new(&self.setting, team);
        if self.setting.line.mode == Mode::VoicemailFirst {
            self.take_message(steps);
        } else if self.plan.is_gap() {
            steps.push(self.say(Phrase::Gap));
            self.leave_message(now, steps);
        } else {
            self.ring_next(now, steps, 0);
        }
    }

    /// Rings whoever is next, behind `steps`; after the last, asks for a message.
    fn ring_next(&mut self, now: Moment, mut steps: Vec<Step>, rounds: u32) {
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
                    self.leave_message(now, steps);
                    return;
                }
            }
        }
    }

    fn dial(&self, rings: Vec<Ring>, said: Phrase) -> Step {
        let line = &self.setting.line;
        let music = match &line.music {
            Music::Ringing => None,
            Music::BuiltIn(name) => Some(Step::Play(format!("alo://music/{name}"))),
            Music::Audio(url) => Some(Step::Play(url.clone())),
        };
        let star = line.voicemail.is_some() && said != Phrase::Connecting;
        let star = star && !words::is_own(line, said);
        let star = star.then(|| self.say(Phrase::PressStar));
        let hold = [Some(self.say(said)), star, music];
        Step::Dial {
            rings,
            seconds: line.ring_seconds,
            shown: line.shown.clone(),
            hold: hold.into_iter().flatten().collect(),
        }
    }

    fn dial_ended(&mut self, now: Moment, outcome: DialOutcome, call: Option<Sid>) {
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
                DialOutcome::Canceled => self.leave_message(now, Vec::new()),
                DialOutcome::Completed
                | DialOutcome::NoAnswer
                | DialOutcome::Busy
                | DialOutcome::Failed => self.ring_next(now, Vec::new(), rounds),
            }
        }
    }

    /// Nobody is rung any more: a message, or a good-bye.
    fn leave_message(&mut self, now: Moment, mut steps: Vec<Step>) {
        if self.setting.line.voicemail.is_some() {
            self.take_message(steps);
            return;
        }
        // Where the caller heard already why nobody is there, that is enough.
        if steps.is_empty() || !self.record.attempts.is_empty() {
            steps.push(self.say(Phrase::Nobody));
        }
        steps.push(Step::Hangup);
        self.stage = Stage::Done;
        self.caller(steps);
        self.missed(now);
    }

    fn take_message(&mut self, mut steps: Vec<Step>) {
        let rules = self.setting.line.voicemail.clone().unwrap_or_default();
        steps.push(self.say(Phrase::Voicemail));
        steps.push(Step::Record { max_seconds: rules.max_seconds });
        self.stage = Stage::Recording;
        self.caller(steps);
    }

    fn recorded(&mut self, now: Moment, message: Option<(Sid, u32)>) {
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
            Stage::Recording => {
                self.stage = Stage::Done;
                let said = if message.is_some() { Phrase::Thanks } else { Phrase::NoMessage };
                let steps = vec![self.say(said), Step::Hangup];
                self.caller(steps);
            }
            Stage::Gone { .. } => {
                self.stage = Stage::Gone { waits_until: None };
                self.caller(Vec::new());
            }
            Stage::New
            | Stage::Commanded { .. }
            | Stage::Choosing { .. }
            | Stage::Dialing { .. }
            | Stage::Done => self.caller(vec![Step::Hangup]),
        }
    }

    /// It was told as missed, and its message comes all the same.
    fn may_have_message(&self) -> bool {
        let over = matches!(self.stage, Stage::Done | Stage::Gone { .. });
        let outcome = self.record.outcome;
        over && matches!(
            outcome,
            LineOutcome::Missed | LineOutcome::HungUp | LineOutcome::Voicemail
        )
    }

    fn caller_left(&mut self, now: Moment) {
        let before = self.stage;
        if matches!(before, Stage::Gone { .. }) {
            return;
        }
        self.record.ended_at = Some(now);
        self.forget_unrung(now);
        self.legs.caller_left(now, &mut self.record);
        self.stage = Stage::Gone { waits_until: None };
        match before {
            Stage::Recording => {
                self.stage = Stage::Gone { waits_until: Some(now + MESSAGE_WAIT) };
            }
            Stage::Commanded { given: 1.., .. } => self.record.outcome = LineOutcome::Command,
            Stage::New
            | Stage::Commanded { .. }
            | Stage::Choosing { .. }
            | Stage::Dialing { .. } => {
                if self.record.outcome == LineOutcome::Hunting {
                    self.hung_up(now);
                }
            }
            Stage::Done | Stage::Gone { .. } => {}
        }
    }

    /// The caller was gone before these phones were asked to ring.
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

    /// The caller did not wait.
    fn hung_up(&mut self, now: Moment) {
        self.record.outcome = LineOutcome::HungUp;
        let brief = now.since(self.record.began_at) < BRIEF;
        if self.setting.known.is_none() && (self.legs.was_answered() || !brief) {
            self.tell(TextKind::Missed);
        }
    }

    /// Nobody took the call, and there is no message.
    fn missed(&mut self, now: Moment) {
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
    fn message_is_late(&mut self, now: Moment) {
        if let Stage::Gone { waits_until: Some(until) } = self.stage
            && now >= until
        {
            self.stage = Stage::Gone { waits_until: None };
            self.missed(now);
        }
    }

    fn tell(&mut self, kind: TextKind) {
        if self.told.contains(&kind) {
            return;
        }
        self.told.push(kind);
        let tried = self.record.attempts.iter().filter_map(|attempt| attempt.person.as_ref());
        let mut to: Vec<Name> = Vec::new();
        for name in self.plan.first().chain(tried) {
            if !to.contains(name) {
                to.push(name.clone());
            }
        }
        if to.is_empty() {
            // Nobody is on duty: better all of them than none.
            let everyone = self.setting.everyone.get(self.team).into_iter().flatten();
            to.extend(everyone.filter_map(|who| who.person.clone()));
        }
        self.outputs.push_back(Output::Tell(Notice { kind, to }));
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
