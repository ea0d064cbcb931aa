//! The language of the scripts.

use std::fmt::Write as _;
use std::time::Duration;

use model::{Correspondent, Currency, Moment, Money, Sid, SidKind};

use super::super::{Candidate, Dispatcher, Input, Outcome, Output, Route};

/// So many milliseconds after the story began.
pub(super) fn at(millis: u64) -> Moment {
    Moment::from_millis(1_700_000_000_000) + Duration::from_millis(millis)
}

pub(super) fn sid(number: u128) -> Sid {
    Sid::new(SidKind::Message, number)
}

/// A text of one segment to a number in the United States.
pub(super) fn candidate(number: u128, lane: &str) -> Candidate {
    Candidate {
        sid: sid(number),
        lane: lane.to_owned(),
        from: Correspondent::Alpha("ALO".to_owned()),
        to: Correspondent::Other("+14155550100".to_owned()),
        segments: 1,
        max_price: None,
        refused_by: Vec::new(),
        expires_at: None,
    }
}

/// A dispatcher, what happens to it and what came of it.
pub(super) struct Story {
    pub(super) dispatcher: Dispatcher,
    /// What followed from what no script did.
    before: String,
}

impl Story {
    /// Room for a thousand, and these carriers, all up.
    pub(super) fn with<const N: usize>(routes: [Route; N]) -> Story {
        Story::of(1_000, routes)
    }

    pub(super) fn of<const N: usize>(room: usize, routes: [Route; N]) -> Story {
        let mut dispatcher = Dispatcher::new(room);
        let names: Vec<String> = routes.iter().map(|route| route.name.clone()).collect();
        dispatcher.handle(at(0), Input::Carriers(Vec::from(routes)));
        for carrier in names {
            dispatcher.handle(at(0), Input::State { carrier, up: true });
        }
        Story { dispatcher, before: String::new() }
    }

    pub(super) fn carriers_are<const N: usize>(&mut self, millis: u64, routes: [Route; N]) {
        self.dispatcher.handle(at(millis), Input::Carriers(Vec::from(routes)));
        let mut told = String::new();
        self.drain(&millis.to_string(), &mut told);
        self.before.push_str(&told);
    }

    /// Plays a script and compares what followed.
    pub(super) fn plays(&mut self, script: &str, expected: &str) {
        let mut told = std::mem::take(&mut self.before);
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (millis, words) = line.split_once(' ').expect("a millisecond and what happens");
            if words == "wakes?" {
                let Output::Idle(wakes) = self.dispatcher.poll() else { panic!("it was drained") };
                let wakes = wakes.map(|wakes| wakes.since(at(0)).as_millis().to_string());
                let wakes = wakes.as_deref().unwrap_or("never");
                writeln!(told, "{millis} wakes {wakes}").expect("memory");
                continue;
            }
            let now = at(millis.parse().expect("a millisecond"));
            self.dispatcher.handle(now, input(now, words));
            self.drain(millis, &mut told);
        }
        let trimmed: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(told.trim_end(), trimmed.join("\n"), "for the script\n{script}");
    }

    fn drain(&mut self, millis: &str, told: &mut String) {
        loop {
            let line = match self.dispatcher.poll() {
                Output::Submit { sid, carrier, price } => {
                    let price = price.map(|price| format!(" for {price}")).unwrap_or_default();
                    format!("{} to {carrier}{price}", sid.digits())
                }
                Output::NoCarrier { sid, code, message: _ } => {
                    format!("{} no carrier {code}", sid.digits())
                }
                Output::Expired(sid) => format!("{} expired", sid.digits()),
                Output::NoRoom(sid) => format!("{} no room", sid.digits()),
                Output::Idle(_) => break,
            };
            writeln!(told, "{millis} {line}").expect("memory");
        }
    }
}

fn input(now: Moment, words: &str) -> Input {
    let words: Vec<&str> = words.split_whitespace().collect();
    let own = |text: &str| text.to_owned();
    match words.as_slice() {
        ["tick"] => Input::Tick,
        ["up", carrier] => Input::State { carrier: own(carrier), up: true },
        ["down", carrier] => Input::State { carrier: own(carrier), up: false },
        ["offer", number, lane, rest @ ..] => Input::Offer(offered(number, lane, rest)),
        ["withdraw", number] => Input::Withdraw(sid(number.parse().expect("a number"))),
        ["done", number, carrier, outcome @ ..] => Input::Done {
            sid: sid(number.parse().expect("a number")),
            carrier: own(carrier),
            outcome: match outcome {
                ["sent"] => Outcome::Sent,
                ["again", pause] => {
                    Outcome::Again(now + Duration::from_millis(pause.parse().expect("a pause")))
                }
                ["refused", code] => {
                    Outcome::Refused { code: code.parse().expect("a code"), message: own("no") }
                }
                ["down"] => Outcome::Down,
                ["passing"] => Outcome::Passing,
                ["lasting"] => Outcome::Lasting,
                other => panic!("no such outcome: {other:?}"),
            },
        },
        other => panic!("nothing happens like {other:?}"),
    }
}

fn offered(number: &str, lane: &str, rest: &[&str]) -> Candidate {
    let mut offered = candidate(number.parse().expect("a number"), lane);
    for word in rest {
        match word.split_once('=') {
            Some(("segments", count)) => offered.segments = count.parse().expect("a count"),
            Some(("from", from)) => offered.from = from.parse().expect("a sender"),
            Some(("refused", by)) => offered.refused_by.push(by.to_owned()),
            Some(("expires", millis)) => {
                offered.expires_at = Some(at(millis.parse().expect("a millisecond")));
            }
            Some(("max", cents)) => {
                let cents: i64 = cents.parse().expect("cents");
                offered.max_price = Some(Money::of(cents * 10_000, Currency::USD));
            }
            Some(other) => panic!("no such word: {other:?}"),
            None => offered.to = word.parse().expect("a receiver"),
        }
    }
    offered
}
