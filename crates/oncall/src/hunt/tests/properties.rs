//! Whatever comes in whatever order: it is answered, it ends, and nobody's phone rings twice.

use std::collections::HashSet;

use model::oncall::{AttemptOutcome, Level, LineOutcome, Mode, VoicemailRules};
use model::{Sid, SidKind};
use proptest::prelude::*;

use super::script::{at, name, party, setting, sid, team, who};
use crate::hunt::{DialOutcome, Hunt, Input, Output, Setting, Step};

fn key() -> impl Strategy<Value = Option<char>> {
    prop::option::of(prop::sample::select(vec!['1', '2', '3', '4', '9', '*', '#', '0']))
}

fn outcome() -> impl Strategy<Value = DialOutcome> {
    prop::sample::select(vec![
        DialOutcome::Completed,
        DialOutcome::NoAnswer,
        DialOutcome::Busy,
        DialOutcome::Failed,
        DialOutcome::Canceled,
    ])
}

fn input() -> impl Strategy<Value = Input> {
    let attempt = 0u32..12;
    let recording = Sid::new(SidKind::Recording, 1);
    prop_oneof![
        1 => Just(Input::Entered),
        3 => key().prop_map(Input::Key),
        3 => key().prop_map(Input::Command),
        6 => attempt.clone().prop_map(|attempt| Input::Answered { attempt }),
        6 => (attempt.clone(), key())
            .prop_map(|(attempt, key)| Input::CalledKey { attempt, key }),
        8 => (outcome(), any::<bool>()).prop_map(|(outcome, told)| Input::DialEnded {
            outcome,
            call: told.then(|| sid(9)),
            talked_seconds: None,
        }),
        4 => (attempt, outcome()).prop_map(|(attempt, outcome)| Input::AttemptEnded {
            attempt,
            outcome,
            call: sid(attempt),
        }),
        2 => (0u32..3).prop_map(move |seconds| Input::Recorded { recording, seconds }),
        2 => Just(Input::NoMessage),
        2 => Just(Input::CommandDone("Done.".to_owned())),
        1 => Just(Input::CallerLeft),
    ]
}

fn any_setting() -> impl Strategy<Value = Setting> {
    let person = (0usize..5, prop::collection::vec(0u32..8, 0..3));
    let level = (any::<bool>(), prop::collection::vec(person, 0..4));
    let teams = prop::collection::vec(prop::collection::vec(level, 0..4), 0..3);
    (teams, any::<[bool; 6]>()).prop_map(|(teams, [known, open, last, first, mail, target])| {
        let mut setting = setting();
        let people = ["ada", "ben", "carol", "dora", "eva"];
        let candidate = |(person, phones): (usize, Vec<u32>)| {
            let phones: Vec<String> =
                phones.into_iter().map(|phone| format!("+55113000020{phone}")).collect();
            who(people[person], &phones.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let kind = |(at_once, _): &(bool, Vec<_>)| {
            if *at_once { Level::Everyone(name("all")) } else { Level::Rota(name("support")) }
        };
        setting.line.teams =
            teams.iter().map(|levels| team("t", levels.iter().map(kind).collect())).collect();
        setting.teams = teams
            .into_iter()
            .map(|levels| {
                let levels = levels.into_iter();
                levels.map(|(_, who)| who.into_iter().map(candidate).collect()).collect()
            })
            .collect();
        setting.known = known.then(|| name("eva"));
        setting.is_open = open;
        setting.line.everyone_last = last;
        setting.line.mode = if first { Mode::VoicemailFirst } else { Mode::ConnectFirst };
        setting.line.voicemail = mail.then(VoicemailRules::default);
        setting.target = target.then(|| party("+551130000299"));
        setting
    })
}

/// One input and what followed; how many documents that were, and which phones were rung.
fn step(hunt: &mut Hunt, second: u64, input: &Input) -> (usize, usize, Vec<String>) {
    hunt.handle(at(second), Input::Engaged([name("carol")].into()));
    while !matches!(hunt.poll(), Output::Idle(_)) {}
    hunt.handle(at(second), input.clone());
    let (mut callers, mut calleds, mut rung) = (0, 0, Vec::new());
    loop {
        match hunt.poll() {
            Output::Idle(_) => return (callers, calleds, rung),
            Output::Caller(steps) => {
                callers += 1;
                for step in steps {
                    if let Step::Dial { rings, .. } = step {
                        assert!((1..=10).contains(&rings.len()));
                        rung.extend(rings.iter().map(|ring| ring.phone.to_string()));
                    }
                }
            }
            Output::Called(_) => calleds += 1,
            // An order is answered by `CommandDone`, which then answers the request.
            Output::Order(_) => callers += 1,
            Output::Save(record) => assert_eq!(*record, *hunt.record()),
            Output::Tell(_) => {}
        }
    }
}

fn check_attempts(hunt: &Hunt) {
    let record = hunt.record();
    let accepted = record.attempts.iter().filter(|it| it.outcome == AttemptOutcome::Accepted);
    assert!(accepted.count() <= 1, "{record:?}");
    for attempt in &record.attempts {
        let open = matches!(attempt.outcome, AttemptOutcome::Ringing | AttemptOutcome::Accepted);
        assert!(attempt.ended_at.is_some() || open, "{record:?}");
        assert!(attempt.ended_at.is_none_or(|ended| ended >= attempt.began_at));
        assert_ne!(attempt.phone, Some(record.from.clone()));
    }
    if record.ended_at.is_some() {
        assert_eq!(hunt.rings().count(), 0);
        let ringing = record.attempts.iter().any(|it| it.outcome == AttemptOutcome::Ringing);
        assert!(!ringing, "{record:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn every_request_has_one_answer_and_no_phone_rings_twice(
        setting in any_setting(),
        inputs in prop::collection::vec(input(), 0..40),
    ) {
        let mut hunt = Hunt::new(at(0), setting);
        let mut phones = HashSet::new();
        let inputs = std::iter::once(Input::Entered).chain(inputs);
        for (second, input) in (0u64..).zip(inputs) {
            let (callers, calleds, rung) = step(&mut hunt, second * 2, &input);
            let wanted = match input {
                Input::Entered | Input::Key(_) | Input::Command(_) | Input::DialEnded { .. }
                | Input::Recorded { .. } | Input::NoMessage => (1, 0),
                Input::Answered { .. } | Input::CalledKey { .. } => (0, 1),
                Input::CommandDone(_) => (callers.min(1), 0),
                Input::Engaged(_) | Input::AttemptEnded { .. } | Input::CallerLeft => (0, 0),
            };
            prop_assert_eq!((callers, calleds), wanted, "{:?}", input);
            for phone in rung {
                prop_assert!(phones.insert(phone.clone()), "{} rang twice", phone);
            }
            check_attempts(&hunt);
        }
    }

    #[test]
    fn a_caller_who_waits_comes_to_an_end(setting in any_setting(), keys in prop::collection::vec(key(), 60)) {
        let mut hunt = Hunt::new(at(0), setting);
        let mut next = Some(Input::Entered);
        let mut second = 0;
        for key in keys {
            let Some(input) = next.take() else { break };
            second += 10;
            hunt.handle(at(second), input);
            loop {
                match hunt.poll() {
                    Output::Idle(_) => break,
                    Output::Caller(steps) => next = follow(&steps, key),
                    Output::Order(_) => next = Some(Input::CommandDone("Done.".to_owned())),
                    Output::Called(_) | Output::Save(_) | Output::Tell(_) => {}
                }
            }
        }
        prop_assert!(next.is_none(), "it never ends: {:?}", next);
        hunt.handle(at(second + 1), Input::CallerLeft);
        hunt.handle(at(second + 100), Input::Engaged([].into()));
        prop_assert_ne!(hunt.record().outcome, LineOutcome::Hunting);
        check_attempts(&hunt);
    }
}

/// What the caller's leg asks after a document, if nobody takes the call and no message is left.
fn follow(steps: &[Step], key: Option<char>) -> Option<Input> {
    use crate::hunt::Ask;
    match steps.last()? {
        Step::Menu { ask: Ask::Key, .. } => Some(Input::Key(key)),
        Step::Menu { ask: Ask::Command, .. } => Some(Input::Command(key)),
        Step::Dial { .. } => Some(Input::DialEnded {
            outcome: DialOutcome::NoAnswer,
            call: None,
            talked_seconds: None,
        }),
        Step::Record { .. } => Some(Input::NoMessage),
        Step::Hangup | Step::Reject => None,
        other => unreachable!("a caller's document doesn't end with {other:?}"),
    }
}
