//! Whatever comes in whatever order, with restarts in between: no key is told twice, nothing is told that isn't kept, nobody
//! hears that it is down after somebody saw to it, and it comes to an end.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Moment;
use model::watch::{
    Author, Channel, Incident, IncidentKind, LogEvent, Policy, PolicyStep, Target, Way,
};
use proptest::prelude::*;

use super::script::{known, name, policy, signal, step};
use crate::escalation::{Escalation, Input, Known, LOG_LONGEST, Output, Recipient, What};

#[derive(Clone, Debug)]
enum Deed {
    Input(Input),
    /// What came of the nth telling of late.
    Told(usize, bool),
    Passes(u32),
    ToIdle,
    Restart,
}

fn any_author() -> impl Strategy<Value = Author> {
    let by = prop::option::of(prop::sample::select(vec!["ada", "ben", "carol", "dora"]));
    by.prop_map(|by| Author { by: by.map(name), way: Way::Text, at: Moment::EPOCH })
}

fn act() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => any_author().prop_map(Input::Acknowledged),
        2 => any_author().prop_map(Input::Escalated),
        1 => any_author().prop_map(Input::Closed),
        1 => Just(Input::Resolved),
    ]
    .prop_map(Deed::Input)
}

/// Without acts, nobody sees to it.
fn deed(with_acts: bool) -> impl Strategy<Value = Deed> {
    let act = if with_acts { act().boxed() } else { Just(Deed::ToIdle).boxed() };
    prop_oneof![
        7 => act,
        12 => (0usize..4, any::<bool>()).prop_map(|(which, reached)| Deed::Told(which, reached)),
        8 => Just(Deed::ToIdle),
        4 => (0u32..2000).prop_map(Deed::Passes),
        3 => Just(Deed::Restart),
        2 => any_author().prop_map(|by| Deed::Input(Input::Quieted(by))),
        1 => "[a-c]{0,2}".prop_map(|detail| Deed::Input(Input::Again { detail })),
        1 => Just(Deed::Input(Input::Tick)),
        2 => any_known().prop_map(|known| Deed::Input(Input::Known(known))),
    ]
}

fn any_channels() -> impl Strategy<Value = Vec<Channel>> {
    prop::collection::vec(
        prop::sample::select(vec![Channel::Text, Channel::Call, Channel::Mail]),
        0..3,
    )
}

fn any_known() -> impl Strategy<Value = Known> {
    let crew = prop::collection::vec(prop::sample::select(vec!["ada", "ben", "carol"]), 0..3);
    (crew, any_channels()).prop_map(|(crew, channels)| {
        let mut known = known();
        known.on_duty.insert(name("support"), crew.into_iter().map(name).collect());
        known.reach.insert(name("ben"), channels.into_iter().collect());
        known
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let target = prop::sample::select(vec![
        Target::Rota(name("support")),
        Target::Next(name("support")),
        Target::Person(name("carol")),
        Target::Person(name("nobody")),
        Target::Everyone,
        Target::Url("https://hook.test/a".to_owned()),
        Target::Url("https://hook.test/b".to_owned()),
    ]);
    let targets = prop::collection::vec(target, 0..3);
    let one = (targets, any_channels(), 0u32..400, any::<[bool; 2]>());
    let steps = prop::collection::vec(one, 0..5);
    (steps, 0u32..4, prop::sample::select(vec![0u32, 700])).prop_map(|(steps, repeats, remind)| {
        let mut after = 0;
        let steps = steps.into_iter().map(|(to, by, later, [recovered, other])| {
            after += later;
            let kinds = if other { vec![IncidentKind::Alert] } else { Vec::new() };
            PolicyStep { to, kinds, recovered, ..step(after, Target::Everyone, &by) }
        });
        Policy { repeats, remind_seconds: remind, ..policy(steps.collect()) }
    })
}

/// What must hold, whatever comes.
struct Witness {
    escalation: Escalation,
    now: Moment,
    saved: Option<Incident>,
    /// Told in this life.
    told: BTreeSet<String>,
    /// Told in any life.
    ever: BTreeSet<String>,
    /// Told that it is down.
    people: BTreeSet<Recipient>,
    open: Vec<String>,
}

impl Witness {
    fn new(policy: Policy) -> Witness {
        let now = Moment::from_millis(1_800_000_000_000);
        let mut escalation = Escalation::open(now, &signal(), policy);
        escalation.handle(now, Input::Known(known()));
        let kept = Incident { id: 7, ..escalation.incident().clone() };
        let mut witness = Witness {
            escalation,
            now,
            saved: Some(kept),
            told: BTreeSet::new(),
            ever: BTreeSet::new(),
            people: BTreeSet::new(),
            open: Vec::new(),
        };
        witness.input(Input::Kept { id: 7 });
        witness
    }

    fn obey(&mut self, deed: Deed) {
        match deed {
            Deed::Input(input) => self.input(input),
            Deed::Told(back, reached) => {
                let place = self.open.len().checked_sub(back + 1);
                if let Some(place) = place {
                    let key = self.open.remove(place);
                    self.input(Input::Told { key, reached, detail: String::new() });
                }
            }
            Deed::Passes(seconds) => {
                self.now = self.now + Duration::from_secs(u64::from(seconds));
                self.input(Input::Tick);
            }
            Deed::ToIdle => {
                self.passes_to_idle();
            }
            Deed::Restart => {
                let saved = self.saved.clone().expect("it was kept");
                assert_eq!(saved, *self.escalation.incident(), "all that happened is saved");
                self.escalation = Escalation::resume(saved);
                self.told.clear();
                self.escalation.handle(self.now, Input::Known(known()));
                self.input(Input::Tick);
            }
        }
    }

    /// Goes on to the moment that is named; `false` if none is.
    fn passes_to_idle(&mut self) -> bool {
        let Output::Idle(next) = self.escalation.poll() else { unreachable!("it was drained") };
        let Some(next) = next else { return false };
        self.now = self.now.max(next);
        self.input(Input::Tick);
        true
    }

    fn input(&mut self, input: Input) {
        self.escalation.handle(self.now, input);
        loop {
            match self.escalation.poll() {
                Output::Idle(_) => break,
                Output::Save(incident) => self.saved = Some(*incident),
                Output::Tell(telling) => {
                    let saved = self.saved.as_ref().expect("it is saved before it is told");
                    assert!(is_written(saved, &telling.key), "{telling:?} isn't kept");
                    assert!(self.told.insert(telling.key.clone()), "{telling:?} is told twice");
                    let is_new = self.ever.insert(telling.key.clone());
                    match telling.what {
                        What::Down => {
                            assert!(saved.is_open() && saved.acknowledged.is_none());
                            self.people.insert(telling.to);
                        }
                        What::Recovered => {
                            assert!(saved.resolved_at.is_some() && saved.closed.is_none());
                            assert!(self.people.contains(&telling.to), "never told of it");
                            assert_ne!(telling.channel, Channel::Call);
                        }
                        What::Reminder => {
                            assert!(saved.is_open() && saved.acknowledged.is_some());
                            assert_ne!(telling.channel, Channel::Call);
                        }
                        What::Acknowledged => assert_eq!(telling.channel, Channel::Webhook),
                    }
                    if is_new {
                        self.open.push(telling.key);
                    }
                }
            }
        }
        assert!(self.escalation.incident().log.len() <= LOG_LONGEST);
    }
}

fn is_written(incident: &Incident, wanted: &str) -> bool {
    let is_it = |event: &LogEvent| matches!(event, LogEvent::Telling { key, .. } if key == wanted);
    incident.log.iter().any(|entry| is_it(&entry.event))
}

proptest! {
    #[test]
    fn any_order_of_anything_keeps_the_rules(
        policy in any_policy(),
        deeds in prop::collection::vec(deed(true), 0..80),
    ) {
        let mut witness = Witness::new(policy);
        for deed in deeds {
            witness.obey(deed);
        }
        witness.obey(Deed::Input(Input::Resolved));
        let mut moments = 0;
        while witness.passes_to_idle() {
            moments += 1;
            prop_assert!(moments < 1_000, "it never ends");
        }
        prop_assert!(witness.escalation.is_over());
    }

    #[test]
    fn without_anybody_who_acts_it_ends_too(
        policy in any_policy(),
        deeds in prop::collection::vec(deed(false), 0..80),
    ) {
        let mut witness = Witness::new(policy);
        for deed in deeds {
            witness.obey(deed);
        }
        let mut moments = 0;
        while witness.passes_to_idle() {
            moments += 1;
            prop_assert!(moments < 5_000, "it never ends");
        }
    }

    #[test]
    fn a_restart_at_any_time_loses_nobody(
        policy in any_policy(),
        deeds in prop::collection::vec(deed(false), 0..40),
    ) {
        // One life without, one with a restart after each deed, in both of which everything arrives.
        let mut whole = Witness::new(policy.clone());
        let mut broken = Witness::new(policy);
        for deed in deeds {
            for witness in [&mut whole, &mut broken] {
                while let Some(key) = witness.open.pop() {
                    witness.input(Input::Told { key, reached: true, detail: String::new() });
                }
                match &deed {
                    Deed::Passes(_) | Deed::ToIdle => witness.obey(deed.clone()),
                    Deed::Input(_) | Deed::Told(..) | Deed::Restart => {}
                }
            }
            broken.obey(Deed::Restart);
        }
        prop_assert_eq!(whole.ever, broken.ever);
    }
}

#[test]
fn the_log_of_a_long_incident_stays_short_and_forgets_nobody_who_was_told() {
    let mut policy = policy(vec![
        step(0, Target::Everyone, &[Channel::Text, Channel::Mail]),
        step(60, Target::Person(name("carol")), &[Channel::Text]),
    ]);
    (policy.repeats, policy.repeat_after_seconds) = (100, 60);
    let mut witness = Witness::new(policy);
    // The first time everybody is reached, and never again.
    while let Some(key) = witness.open.pop() {
        witness.input(Input::Told { key, reached: true, detail: String::new() });
    }
    while witness.passes_to_idle() {
        while let Some(key) = witness.open.pop() {
            witness.input(Input::Told { key, reached: false, detail: "x".repeat(5_000) });
        }
    }
    assert!(witness.ever.len() > LOG_LONGEST, "{}", witness.ever.len());
    witness.obey(Deed::Restart);
    witness.open.clear();
    witness.input(Input::Resolved);
    let told = witness.open.iter().filter(|key| key.contains("/recovered/")).count();
    assert_eq!(told, 3, "{:?}", witness.open);
}
