//! An account with people, an incident of it, and who was told, written down.
//!
//! A script has a line for each input, after the second in which it comes. In between, the clock goes on to each moment that
//! the escalation names. The transcript has a line for each telling.

use std::collections::VecDeque;
use std::time::Duration;

use model::Moment;
use model::oncall::Name;
use model::watch::{
    Author, Channel, Incident, IncidentKind, LogEvent, Policy, PolicyStep, Signal, SignalState,
    Target, Way,
};

use crate::escalation::{Escalation, Input, Known, Output, Recipient, Telling};

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

pub(super) fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_800_000_000_000) + Duration::from_secs(seconds)
}

pub(super) fn step(after_seconds: u32, to: Target, by: &[Channel]) -> PolicyStep {
    PolicyStep { after_seconds, to: vec![to], by: by.to_vec(), kinds: Vec::new(), recovered: true }
}

pub(super) fn on_duty() -> Target {
    Target::Rota(name("support"))
}

pub(super) fn policy(steps: Vec<PolicyStep>) -> Policy {
    Policy {
        name: name("default"),
        steps,
        repeats: 0,
        repeat_after_seconds: 900,
        remind_seconds: 0,
        from_file: false,
    }
}

/// A text to whoever is on duty, a call after five minutes, a call to the next one after ten.
pub(super) fn text_then_call() -> Policy {
    policy(vec![
        step(0, on_duty(), &[Channel::Text]),
        step(300, on_duty(), &[Channel::Call]),
        step(600, Target::Next(name("support")), &[Channel::Call]),
    ])
}

pub(super) fn signal() -> Signal {
    Signal {
        key: "check/shop/down".to_owned(),
        kind: IncidentKind::Down,
        check: Some(name("shop")),
        state: SignalState::Firing,
        title: "The shop".to_owned(),
        detail: "status 502".to_owned(),
        source: "watch".to_owned(),
        link: None,
        policy: None,
    }
}

/// Ada is on duty, Ben comes next; Carol takes texts only.
pub(super) fn known() -> Known {
    let phone = || [Channel::Text, Channel::Call, Channel::Mail].into();
    Known {
        on_duty: [(name("support"), vec![name("ada"), name("ben")])].into(),
        everyone: ["ada", "ben", "carol"].map(name).into(),
        reach: [
            (name("ada"), phone()),
            (name("ben"), phone()),
            (name("carol"), [Channel::Text].into()),
        ]
        .into(),
    }
}

pub(super) fn author(by: &str, way: Way, now: Moment) -> Author {
    Author { by: Some(name(by)), way, at: now }
}

/// What comes of telling, where the script doesn't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telephone {
    /// Everybody is reached at once.
    Works,
    /// Nobody is.
    Fails,
    /// Nothing is heard of it.
    Silent,
}

/// An incident and what was seen of it.
pub(super) struct Story {
    pub(super) escalation: Escalation,
    pub(super) saved: Option<Incident>,
    known: Known,
    telephone: Telephone,
    now: u64,
    answers: VecDeque<Input>,
    seen: Vec<String>,
}

impl Story {
    /// It began, and is kept as number 12.
    pub(super) fn of(policy: Policy) -> Story {
        Story::with(Escalation::open(at(0), &signal(), policy), None)
    }

    /// It is taken up from the store at that second.
    pub(super) fn resumed(incident: Incident, second: u64) -> Story {
        let mut story = Story::with(Escalation::resume(incident.clone()), Some(incident));
        story.now = second;
        story.input(Input::Tick);
        story
    }

    fn with(escalation: Escalation, saved: Option<Incident>) -> Story {
        Story {
            escalation,
            saved,
            known: known(),
            telephone: Telephone::Works,
            now: 0,
            answers: VecDeque::new(),
            seen: Vec::new(),
        }
    }

    /// The script's transcript.
    pub(super) fn run(&mut self, script: &str) -> String {
        if self.escalation.incident().id == 0 {
            self.input(Input::Kept { id: 12 });
        }
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let second = words.next().and_then(|word| word.parse().ok()).expect("a second");
            self.passes_until(second);
            let (word, rest) = (words.next().expect("a word"), words.next().unwrap_or_default());
            self.obey(word, rest);
        }
        let seen = self.seen.join("\n");
        self.seen.clear();
        seen
    }

    fn obey(&mut self, word: &str, rest: &str) {
        let now = at(self.now);
        let by = |way| author(rest, way, now);
        match word {
            "quiet-line" => {}
            "tick" => self.input(Input::Tick),
            "reachable" => {
                let all = [Channel::Text, Channel::Call, Channel::Mail].into();
                self.known.reach.insert(name(rest), all);
            }
            "telephone" => {
                self.telephone = match rest {
                    "works" => Telephone::Works,
                    "fails" => Telephone::Fails,
                    "silent" => Telephone::Silent,
                    other => unreachable!("no such telephone: {other}"),
                }
            }
            "duty" => {
                let crew = rest.split_whitespace().map(name).collect();
                self.known.on_duty.insert(name("support"), crew);
            }
            "unreachable" => {
                self.known.reach.remove(&name(rest));
            }
            "restart" => {
                let saved = self.saved.clone().expect("a restart comes after it was kept");
                self.answers.clear();
                self.escalation = Escalation::resume(saved);
                self.input(Input::Tick);
            }
            "reached" => {
                let (key, reached) = (rest.to_owned(), true);
                self.input(Input::Told { key, reached, detail: "delivered".to_owned() });
            }
            "missed" => {
                let (key, reached) = (rest.to_owned(), false);
                self.input(Input::Told { key, reached, detail: "busy".to_owned() });
            }
            "again" => self.input(Input::Again { detail: rest.to_owned() }),
            "resolved" => self.input(Input::Resolved),
            "ack" => self.input(Input::Acknowledged(by(Way::Text))),
            "key-4" => self.input(Input::Acknowledged(by(Way::Call))),
            "link" => self.input(Input::Acknowledged(by(Way::Link))),
            "api" => {
                self.input(Input::Acknowledged(Author { by: None, way: Way::Api, at: now }));
            }
            "escalate" => self.input(Input::Escalated(by(Way::Call))),
            "close" => self.input(Input::Closed(by(Way::Call))),
            "quiet" => self.input(Input::Quieted(by(Way::Call))),
            other => unreachable!("no such word: {other}"),
        }
    }

    /// Lets the clock go on, and ticks whenever that is asked for.
    fn passes_until(&mut self, second: u64) {
        while let Output::Idle(Some(moment)) = self.escalation.poll() {
            let due = moment.since(at(0)).as_secs().max(self.now);
            if due > second {
                break;
            }
            self.now = due;
            self.input(Input::Tick);
        }
        self.now = second;
    }

    fn input(&mut self, input: Input) {
        self.answers.push_back(input);
        while let Some(input) = self.answers.pop_front() {
            self.escalation.handle(at(self.now), Input::Known(self.known.clone()));
            self.escalation.handle(at(self.now), input);
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.escalation.poll() {
                Output::Save(incident) => self.saved = Some(*incident),
                Output::Tell(telling) => self.tell(&telling),
                Output::Idle(_) => return,
            }
        }
    }

    fn tell(&mut self, telling: &Telling) {
        let saved = self.saved.as_ref().expect("nothing is told before it is saved");
        let is_kept = saved.log.iter().any(
            |entry| matches!(&entry.event, LogEvent::Telling { key, .. } if *key == telling.key),
        );
        assert!(is_kept, "{telling:?} was told before it was saved");
        let to = match &telling.to {
            Recipient::Person(name) => name.as_str(),
            Recipient::Url(url) => url.as_str(),
        };
        let (channel, what) = (telling.channel.as_str(), telling.what.as_str());
        self.seen.push(format!("{} {channel} {to}: {what} [{}]", self.now, telling.key));
        let told = |reached: bool, detail: &str| Input::Told {
            key: telling.key.clone(),
            reached,
            detail: detail.to_owned(),
        };
        match self.telephone {
            Telephone::Works => self.answers.push_back(told(true, "delivered")),
            Telephone::Fails => self.answers.push_back(told(false, "the carrier is down")),
            Telephone::Silent => {}
        }
    }
}

/// Runs a script, and compares.
pub(super) fn tells(policy: Policy, script: &str, expected: &str) {
    same(&Story::of(policy).run(script), expected);
}

pub(super) fn same(seen: &str, expected: &str) {
    let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
    assert_eq!(seen, lines.collect::<Vec<_>>().join("\n"));
}
