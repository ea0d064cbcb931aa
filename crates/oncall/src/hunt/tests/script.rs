//! A line with people, a call of it, and what it does, written down.

use std::collections::BTreeMap;
use std::time::Duration;

use model::oncall::{
    Language, Level, Line, LineCall, Mode, Music, Name, Shown, Team, VoicemailRules,
};
use model::{Moment, Party, Sid, SidKind};

use crate::hunt::{Candidate, DialOutcome, Hunt, Input, Output, Setting, Step};

pub(super) const ADA: &str = "+551130000201";
pub(super) const ADAS_DESK: &str = "sip:ada@office.example";
pub(super) const BEN: &str = "+551130000202";
pub(super) const CAROL: &str = "+551130000203";
pub(super) const CALLER: &str = "+14155550123";

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn party(text: &str) -> Party {
    text.parse().unwrap_or_else(|_| Party::Other(text.to_owned()))
}

pub(super) fn sid(number: u32) -> Sid {
    Sid::new(SidKind::Call, u128::from(number))
}

pub(super) fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_800_000_000_000) + Duration::from_secs(seconds)
}

/// Somebody with these phones.
pub(super) fn who(person: &str, phones: &[&str]) -> Candidate {
    Candidate {
        person: Some(name(person)),
        display: person.to_owned(),
        language: Language::English,
        phones: phones.iter().map(|phone| party(phone)).collect(),
    }
}

pub(super) fn team(display: &str, levels: Vec<Level>) -> Team {
    Team { key: None, display: display.to_owned(), levels }
}

/// A level of one person.
pub(super) fn level(person: &str) -> Level {
    Level::Person(name(person))
}

pub(super) fn line() -> Line {
    Line {
        name: name("support"),
        display: "Example Support".to_owned(),
        language: Language::English,
        callers_language: true,
        mode: Mode::ConnectFirst,
        teams: vec![team("", vec![level("ada"), level("ben")])],
        ring_seconds: 20,
        shown: Shown::Line,
        allow: Vec::new(),
        block: Vec::new(),
        hours: None,
        everyone_last: false,
        voicemail: Some(VoicemailRules::default()),
        music: Music::default(),
        prompts: BTreeMap::new(),
        target: None,
        text_from: None,
    }
}

/// Ada, then Ben, then voicemail.
pub(super) fn setting() -> Setting {
    Setting {
        line: line(),
        call: sid(1),
        from: party(CALLER),
        to: party("+551130000100"),
        language: Language::English,
        known: None,
        teams: vec![vec![vec![who("ada", &[ADA])], vec![who("ben", &[BEN])]]],
        everyone: vec![vec![who("ada", &[ADA]), who("ben", &[BEN]), who("carol", &[CAROL])]],
        target: None,
        is_open: true,
        duty: "Ada is on duty.".to_owned(),
    }
}

/// A call, and what was seen of it.
pub(super) struct Story {
    pub(super) hunt: Hunt,
    now: Moment,
    second: u64,
    seen: Vec<String>,
}

impl Story {
    pub(super) fn new(setting: Setting) -> Story {
        Story { hunt: Hunt::new(at(0), setting), now: at(0), second: 0, seen: Vec::new() }
    }

    /// A call that has come.
    pub(super) fn enters(setting: Setting) -> Story {
        let mut story = Story::new(setting);
        story.input(Input::Entered);
        story
    }

    pub(super) fn at(&mut self, second: u64) -> &mut Story {
        (self.now, self.second) = (at(second), second);
        self
    }

    pub(super) fn input(&mut self, input: Input) -> &mut Story {
        self.engaged(&[], input)
    }

    /// With these on other calls.
    pub(super) fn engaged(&mut self, names: &[&str], input: Input) -> &mut Story {
        let names = names.iter().map(|person| name(person)).collect();
        self.handle(Input::Engaged(names));
        self.handle(input);
        self
    }

    fn handle(&mut self, input: Input) {
        let left = input == Input::CallerLeft;
        self.hunt.handle(self.now, input);
        loop {
            let line = match self.hunt.poll() {
                Output::Idle(Some(at)) if left => {
                    let wait = at.since(self.now).as_secs();
                    self.seen.push(format!("{} wait {wait} s", self.second));
                    return;
                }
                Output::Idle(_) => return,
                Output::Save(_) => continue,
                Output::Caller(steps) => format!("caller: {}", written(&steps)),
                Output::Called(steps) => format!("called: {}", written(&steps)),
                Output::Tell(notice) => {
                    let to: Vec<&str> = notice.to.iter().map(Name::as_str).collect();
                    format!("tell {:?}: {}", notice.kind, to.join(", "))
                }
                Output::Order(order) => format!("order {order:?}"),
            };
            self.seen.push(format!("{} {line}", self.second));
        }
    }

    pub(super) fn answers(&mut self, attempt: u32) -> &mut Story {
        self.input(Input::Answered { attempt })
    }

    pub(super) fn presses(&mut self, attempt: u32, key: char) -> &mut Story {
        self.input(Input::CalledKey { attempt, key: Some(key) })
    }

    pub(super) fn says_nothing(&mut self, attempt: u32) -> &mut Story {
        self.input(Input::CalledKey { attempt, key: None })
    }

    pub(super) fn dial_ends(&mut self, outcome: DialOutcome) -> &mut Story {
        self.input(Input::DialEnded { outcome, call: Some(sid(9)), talked_seconds: None })
    }

    pub(super) fn leg_ends(&mut self, attempt: u32, outcome: DialOutcome) -> &mut Story {
        self.input(Input::AttemptEnded { attempt, outcome, call: sid(100 + attempt) })
    }

    pub(super) fn leaves(&mut self) -> &mut Story {
        self.input(Input::CallerLeft)
    }

    /// What was seen since it was last asked.
    pub(super) fn seen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.seen)
    }

    /// The record in a line: its outcome, and each attempt's.
    pub(super) fn record(&self) -> String {
        summary(self.hunt.record())
    }

    /// Who is rung or talks.
    pub(super) fn rings(&self) -> String {
        self.hunt.rings().map(Name::as_str).collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn summary(record: &LineCall) -> String {
    let attempts = record.attempts.iter().map(|attempt| {
        let person = attempt.person.as_ref().map_or("nobody's", Name::as_str);
        let lasted = attempt.ended_at.map(|ended| ended.since(attempt.began_at).as_secs());
        let lasted = lasted.map_or("…".to_owned(), |seconds| format!("{seconds}s"));
        format!("; {} {person} {:?} {lasted}", attempt.level, attempt.outcome)
    });
    format!("{}{}", record.outcome.as_str(), attempts.collect::<String>())
}

fn written(steps: &[Step]) -> String {
    steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

fn step(step: &Step) -> String {
    match step {
        Step::Say { text, language } => match language {
            Language::English => format!("'{text}'"),
            Language::Portuguese => format!("pt '{text}'"),
        },
        Step::Play(url) => format!("play {url}"),
        Step::Menu { prompts, keys, seconds, ask } => {
            let keys: String = keys.iter().collect();
            format!("ask {ask:?} {keys} {seconds}s [{}]", written(prompts))
        }
        Step::Dial { rings, seconds, shown, hold } => {
            let rings: Vec<String> =
                rings.iter().map(|ring| format!("{}:{}", ring.attempt, ring.phone)).collect();
            format!("ring {} {seconds}s as {shown:?} [{}]", rings.join(" "), written(hold))
        }
        Step::Record { max_seconds } => format!("record {max_seconds}s"),
        Step::Reject => "reject".to_owned(),
        Step::Hangup => "hang up".to_owned(),
        Step::Bridge => "bridge".to_owned(),
    }
}
