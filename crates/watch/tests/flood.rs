//! A thousand incidents in a second, from their signals to the words: one text, one call, one acknowledgement of each.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Moment;
use model::oncall::{Language, Name};
use model::watch::{
    Author, Channel, IncidentKind, Policy, PolicyStep, Signal, SignalState, Target, Way,
};
use watch::{Bundle, Escalation, Known, bundle, escalation, words};

/// As many as there are.
const INCIDENTS: i64 = 1_000;

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn at(millis: u64) -> Moment {
    Moment::from_millis(1_800_000_000_000) + Duration::from_millis(millis)
}

fn known() -> Known {
    Known {
        on_duty: [(name("support"), vec![name("ada")])].into(),
        everyone: vec![name("ada")],
        reach: [(name("ada"), [Channel::Text, Channel::Call].into())].into(),
    }
}

/// A text at once, a call after five minutes.
fn policy() -> Policy {
    let step = |after_seconds, channel| PolicyStep {
        after_seconds,
        to: vec![Target::Rota(name("support"))],
        by: vec![channel],
        kinds: Vec::new(),
        recovered: true,
    };
    Policy {
        name: name("default"),
        steps: vec![step(0, Channel::Text), step(300, Channel::Call)],
        repeats: 0,
        repeat_after_seconds: 900,
        remind_seconds: 0,
        from_file: false,
    }
}

fn signal(number: i64) -> Signal {
    Signal {
        key: format!("check/host{number}/down"),
        kind: IncidentKind::Down,
        check: None,
        state: SignalState::Firing,
        title: format!("Host {number}"),
        detail: "no answer".to_owned(),
        source: "watch".to_owned(),
        link: None,
        policy: None,
    }
}

/// Incidents, what people are told of them, and what they heard.
#[derive(Default)]
struct Town {
    escalations: BTreeMap<i64, Escalation>,
    bundle: Bundle,
    now: u64,
    heard: Vec<String>,
}

impl Town {
    fn goes_wrong(&mut self, number: i64) {
        self.escalations.insert(number, Escalation::open(at(self.now), &signal(number), policy()));
        self.says(number, escalation::Input::Kept { id: number });
    }

    fn says(&mut self, number: i64, input: escalation::Input) {
        let escalation = self.escalations.get_mut(&number).expect("it is open");
        escalation.handle(at(self.now), escalation::Input::Known(known()));
        escalation.handle(at(self.now), input);
        loop {
            match self.escalations.get_mut(&number).expect("it is open").poll() {
                escalation::Output::Save(_) => {}
                escalation::Output::Tell(telling) => {
                    self.gathers(bundle::Input::Tell { incident: number, telling });
                }
                escalation::Output::Idle(_) => return,
            }
        }
    }

    fn gathers(&mut self, input: bundle::Input) {
        self.bundle.handle(at(self.now), input);
        while let bundle::Output::Send { person, channel, tellings } = self.bundle.poll() {
            let incidents: Vec<_> = tellings
                .iter()
                .map(|(number, telling)| (self.escalations[number].incident(), telling.what))
                .collect();
            let words = match channel {
                Channel::Call => {
                    let only: Vec<_> = incidents.iter().map(|(incident, _)| *incident).collect();
                    words::spoken(&only, Language::English)
                }
                Channel::Text | Channel::Mail | Channel::Webhook => {
                    words::text(&incidents, Language::English, None)
                }
            };
            let first = words.lines().next().unwrap_or_default();
            self.heard.push(format!("{} {} {person}: {first}", self.now, channel.as_str()));
            for (number, telling) in tellings {
                let key = telling.key;
                let detail = String::new();
                self.says(number, escalation::Input::Told { key, reached: true, detail });
            }
            self.gathers(bundle::Input::Sent { person, channel });
        }
    }

    /// Lets everything happen until then.
    fn until(&mut self, millis: u64) {
        while self.now < millis {
            self.now = (self.now + 500).min(millis);
            let now = at(self.now);
            let is_due = |output| matches!(output, escalation::Output::Idle(Some(at)) if at <= now);
            let all = self.escalations.iter_mut();
            let due: Vec<i64> =
                all.filter_map(|(number, it)| is_due(it.poll()).then_some(*number)).collect();
            for number in due {
                self.says(number, escalation::Input::Tick);
            }
            self.gathers(bundle::Input::Tick);
        }
    }
}

#[test]
fn a_thousand_incidents_in_a_second_are_one_text_and_one_call_that_say_how_many() {
    let mut town = Town::default();
    for number in 1..=INCIDENTS {
        town.now = u64::try_from(number).expect("positive");
        town.goes_wrong(number);
    }
    town.until(360_000);
    assert_eq!(
        town.heard,
        [
            "2500 text ada: 1000 alerts:",
            "302500 call ada: 1000 alerts: Host 1, Host 2 and 998 others. The first began 5 minutes ago. Press 4 to \
             acknowledge, 5 to escalate, 6 to close, 1 to stop being called, star to repeat.",
        ]
    );
    town.heard.clear();
    let author = Author { by: Some(name("ada")), way: Way::Call, at: at(town.now) };
    for number in 1..=INCIDENTS {
        town.says(number, escalation::Input::Acknowledged(author.clone()));
        town.gathers(bundle::Input::Withdraw { incident: number });
    }
    for number in 1..=INCIDENTS {
        town.says(number, escalation::Input::Resolved);
    }
    town.until(420_000);
    assert_eq!(town.heard, ["362000 text ada: 1000 alerts:"]);
    assert!(town.escalations.values().all(Escalation::is_over));
}
