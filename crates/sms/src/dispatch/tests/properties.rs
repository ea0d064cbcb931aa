//! Whatever happens in whatever order, each message goes at most to one carrier at a time, and none is forgotten.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use model::{Moment, Sid};
use proptest::prelude::*;

use super::super::route::tests::route;
use super::super::{Dispatcher, Input, Outcome, Output, Route};
use super::script::{at, candidate, sid};

/// Room for so many.
const ROOM: usize = 12;
const NAMES: [&str; 3] = ["c0", "c1", "c2"];

#[derive(Clone, Debug)]
enum Step {
    Offer { number: u128, lane: u8, segments: u32, valid_for: Option<u64>, to_all: bool },
    Withdraw(u128),
    State(usize, bool),
    Done(usize, Outcome),
    Carriers(u8),
    Tick,
}

fn steps() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Sent),
        1 => (0u64..3_000).prop_map(|pause| Outcome::Again(at(pause))),
        1 => Just(Outcome::Refused { code: 30_007, message: String::new() }),
        1 => Just(Outcome::Down),
        1 => Just(Outcome::Passing),
        1 => Just(Outcome::Lasting),
    ];
    let offer = (0u128..40, 0u8..4, 1u32..5, proptest::option::of(0u64..2_000), any::<bool>());
    prop_oneof![
        6 => offer.prop_map(|(number, lane, segments, valid_for, to_all)| {
            Step::Offer { number, lane, segments, valid_for, to_all }
        }),
        1 => (0u128..40).prop_map(Step::Withdraw),
        2 => (0usize..3, any::<bool>()).prop_map(|(index, up)| Step::State(index, up)),
        5 => (0usize..20, outcome).prop_map(|(index, outcome)| Step::Done(index, outcome)),
        1 => (0u8..8).prop_map(Step::Carriers),
        2 => Just(Step::Tick),
    ]
}

fn routes(which: u8) -> Vec<Route> {
    let all = [
        Route { window: 2, per_second: Some(5), ..route("c0", &["+1"]) },
        Route { window: 3, ..route("c1", &["+", "+1415"]) },
        Route { window: 1, per_second: Some(50), priority: 1, ..route("c2", &["+"]) },
    ];
    let chosen = all.into_iter().enumerate().filter(|(index, _)| which & (1 << index) != 0);
    chosen.map(|(_, route)| route).collect()
}

/// What is known of every message from outside.
#[derive(Default)]
struct Ledger {
    offered: HashSet<Sid>,
    flying: Vec<(Sid, String)>,
    down: HashSet<String>,
    gone: Vec<(Moment, String, u32)>,
    segments: HashMap<Sid, u32>,
}

impl Ledger {
    fn drain(&mut self, now: Moment, dispatcher: &mut Dispatcher) -> Result<(), TestCaseError> {
        loop {
            match dispatcher.poll() {
                Output::Submit { sid, carrier, price: _ } => {
                    prop_assert!(self.offered.contains(&sid), "not offered");
                    prop_assert!(self.flying.iter().all(|(other, _)| *other != sid), "twice");
                    prop_assert!(!self.down.contains(&carrier), "{carrier} is down");
                    self.gone.push((now, carrier.clone(), self.segments[&sid]));
                    self.flying.push((sid, carrier));
                }
                Output::NoCarrier { sid, .. } | Output::Expired(sid) => {
                    prop_assert!(self.offered.remove(&sid), "not held");
                    prop_assert!(self.flying.iter().all(|(other, _)| *other != sid), "under way");
                }
                Output::NoRoom(sid) => prop_assert!(self.offered.remove(&sid), "not offered"),
                Output::Idle(wakes) => {
                    prop_assert!(wakes.is_none_or(|wakes| wakes > now), "it has work to do");
                    return Ok(());
                }
            }
        }
    }

    /// No carrier had more segments in a second than it is set to, but for the rest of the last message.
    fn check_pace(&self, name: &str, per_second: u32) -> Result<(), TestCaseError> {
        let gone: Vec<_> = self.gone.iter().filter(|(_, carrier, _)| carrier == name).collect();
        for (index, (begin, _, _)) in gone.iter().enumerate() {
            let within = |at: &Moment| at.since(*begin) < Duration::from_secs(1);
            let counts: Vec<u32> = gone[index..]
                .iter()
                .take_while(|(at, _, _)| within(at))
                .map(|(_, _, segments)| *segments)
                .collect();
            let beyond = counts.last().map_or(0, |last| last - 1);
            prop_assert!(counts.iter().sum::<u32>() <= per_second + beyond, "{name}: {counts:?}");
        }
        Ok(())
    }
}

fn apply(
    step: Step,
    now: Moment,
    ledger: &mut Ledger,
    dispatcher: &mut Dispatcher,
) -> Option<Input> {
    Some(match step {
        Step::Offer { number, lane, segments, valid_for, to_all } => {
            let mut offered = candidate(number, &lane.to_string());
            if dispatcher.holds(offered.sid) {
                return None;
            }
            offered.segments = segments;
            offered.expires_at = valid_for.map(|millis| now + Duration::from_millis(millis));
            if !to_all {
                offered.to = "+551155550100".parse().expect("a number");
            }
            ledger.offered.insert(offered.sid);
            ledger.segments.insert(offered.sid, segments);
            Input::Offer(offered)
        }
        Step::Withdraw(number) => {
            let sid = sid(number);
            if ledger.flying.iter().any(|(other, _)| *other == sid) {
                return None;
            }
            ledger.offered.remove(&sid);
            Input::Withdraw(sid)
        }
        Step::State(index, up) => {
            let carrier = NAMES[index].to_owned();
            if up {
                ledger.down.remove(&carrier);
            } else {
                ledger.down.insert(carrier.clone());
            }
            Input::State { carrier, up }
        }
        Step::Done(index, outcome) => {
            if ledger.flying.is_empty() {
                return None;
            }
            let (sid, carrier) = ledger.flying.remove(index % ledger.flying.len());
            match outcome {
                Outcome::Sent | Outcome::Passing | Outcome::Lasting => {
                    ledger.offered.remove(&sid);
                }
                Outcome::Again(_) | Outcome::Refused { .. } | Outcome::Down => {}
            }
            Input::Done { sid, carrier, outcome }
        }
        Step::Carriers(which) => Input::Carriers(routes(which)),
        Step::Tick => Input::Tick,
    })
}

fn play(
    steps: Vec<(Step, u64)>,
    mut check: impl FnMut(&Dispatcher, &Ledger) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut dispatcher = Dispatcher::new(ROOM);
    let mut ledger = Ledger::default();
    ledger.down.extend(NAMES.map(str::to_owned));
    let mut now = at(0);
    dispatcher.handle(now, Input::Carriers(routes(7)));
    for (step, millis) in steps {
        now = now + Duration::from_millis(millis);
        let changed = matches!(step, Step::Carriers(_));
        let Some(input) = apply(step, now, &mut ledger, &mut dispatcher) else { continue };
        dispatcher.handle(now, input);
        if changed {
            // A carrier that went and came is down until it says otherwise: each says again what it is.
            for carrier in NAMES {
                let up = !ledger.down.contains(carrier);
                dispatcher.handle(now, Input::State { carrier: carrier.to_owned(), up });
            }
        }
        ledger.drain(now, &mut dispatcher)?;
        check(&dispatcher, &ledger)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn each_message_that_was_offered_goes_or_is_given_up_or_is_held(
        steps in proptest::collection::vec((steps(), 0u64..300), 0..150),
    ) {
        play(steps, |dispatcher, ledger| {
            let held: HashSet<Sid> = dispatcher.held().collect();
            prop_assert_eq!(&held, &ledger.offered);
            prop_assert!(held.len() <= ROOM);
            Ok(())
        })?;
    }

    #[test]
    fn no_carrier_is_given_more_than_it_takes(
        steps in proptest::collection::vec((steps(), 0u64..300), 0..150),
    ) {
        let steps = steps.into_iter().filter(|(step, _)| !matches!(step, Step::Carriers(_)));
        play(steps.collect(), |_, ledger| {
            for route in routes(7) {
                if let Some(per_second) = route.per_second {
                    ledger.check_pace(&route.name, per_second)?;
                }
                let flying = ledger.flying.iter().filter(|(_, name)| *name == route.name).count();
                prop_assert!(flying <= route.window, "{}: {flying} at once", route.name);
            }
            Ok(())
        })?;
    }
}
