//! The dispatcher and the lives of many messages together, as the engine joins them, on virtual time: whatever carriers
//! do, each message ends, none that a carrier acknowledged is given to one again, and nothing is forgotten.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use model::{MessageDirection, MessagePlan, MessageRecord, MessageStatus, Moment, Sid, SidKind};
use proptest::prelude::*;
use sms::delivery::{self, Delivery};
use sms::dispatch::{self, Candidate, Dispatcher, Outcome, Route};
use sms::{ErrorClass, SubmitError, Submitted};

/// How long a message may take.
const VALID_FOR: Duration = Duration::from_secs(4 * 3_600);
/// What the dispatcher holds; the rest waits.
const ROOM: usize = 8;
const CARRIERS: [&str; 3] = ["cheap", "good", "last"];

/// What a carrier answers.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Takes,
    Fails(ErrorClass),
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        5 => Just(Answer::Takes),
        1 => Just(Answer::Fails(ErrorClass::Down)),
        1 => (1u64..90).prop_map(|seconds| {
            Answer::Fails(ErrorClass::Throttled(Duration::from_secs(seconds)))
        }),
        2 => Just(Answer::Fails(ErrorClass::Passing)),
        1 => Just(Answer::Fails(ErrorClass::Refused)),
        1 => Just(Answer::Fails(ErrorClass::Lasting)),
    ]
}

/// The store, the engine and the carriers in one.
struct Town {
    now: Moment,
    dispatcher: Dispatcher,
    lives: BTreeMap<Sid, Delivery>,
    /// Answers still to be given; then every carrier takes everything.
    answers: Vec<Answer>,
    /// Which carriers go down or up, and when.
    weather: Vec<(Moment, usize, bool)>,
    /// With a carrier now.
    out: Vec<(Sid, String)>,
    acknowledged: HashMap<Sid, u32>,
    told: HashMap<Sid, Vec<MessageStatus>>,
}

impl Town {
    fn with(messages: u8, answers: Vec<Answer>, weather: Vec<(u64, usize, bool)>) -> Town {
        let now = Moment::from_millis(1_700_000_000_000);
        let mut dispatcher = Dispatcher::new(ROOM);
        let routes = (0..).zip(CARRIERS).map(|(priority, name)| route(name, priority));
        dispatcher.handle(now, dispatch::Input::Carriers(routes.collect()));
        for carrier in CARRIERS.map(str::to_owned) {
            dispatcher.handle(now, dispatch::Input::State { carrier, up: true });
        }
        let lives = (0..messages)
            .map(|number| {
                let (record, plan) = message(number, now);
                (record.sid, Delivery::of(record, plan, Vec::new()))
            })
            .collect();
        let mut weather: Vec<(Moment, usize, bool)> = weather
            .into_iter()
            .map(|(second, carrier, up)| (now + Duration::from_secs(second), carrier, up))
            .collect();
        // In the end all are up.
        let end = now + Duration::from_secs(7_200);
        weather.extend((0..CARRIERS.len()).map(|carrier| (end, carrier, true)));
        weather.sort_unstable_by_key(|(at, ..)| *at);
        weather.reverse();
        let (out, acknowledged, told) = (Vec::new(), HashMap::new(), HashMap::new());
        Town { now, dispatcher, lives, answers, weather, out, acknowledged, told }
    }

    /// Runs until nothing is left to be done.
    fn runs(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..100_000 {
            // What the dispatcher wants comes first: a message that it gave up is not offered again.
            self.hand_out()?;
            self.offer();
            let wakes = self.hand_out()?;
            if let Some((sid, carrier)) = self.out.pop() {
                self.now = self.now + Duration::from_millis(20);
                self.answer(sid, carrier);
                continue;
            }
            let weather = self.weather.last().map(|(at, ..)| *at);
            let due = self.lives.values().filter(|life| life.record().status.is_waiting());
            let due = due.map(|life| life.plan().due_at).filter(|at| *at > self.now).min();
            let Some(next) = [wakes, weather, due].into_iter().flatten().min() else {
                return Ok(());
            };
            self.now = self.now.max(next);
            self.weather_changes();
            self.dispatcher.handle(self.now, dispatch::Input::Tick);
        }
        prop_assert!(false, "it never ends");
        Ok(())
    }

    fn weather_changes(&mut self) {
        while let Some((_, carrier, up)) = self.weather.pop_if(|(at, ..)| *at <= self.now) {
            let carrier = CARRIERS[carrier].to_owned();
            self.dispatcher.handle(self.now, dispatch::Input::State { carrier, up });
        }
    }

    fn offer(&mut self) {
        for (sid, life) in &self.lives {
            let due = life.record().status == MessageStatus::Queued
                && life.plan().due_at <= self.now
                && !self.dispatcher.holds(*sid);
            if due && self.dispatcher.room() > 0 {
                let offered = candidate(life);
                self.dispatcher.handle(self.now, dispatch::Input::Offer(offered));
            }
        }
    }

    fn hand_out(&mut self) -> Result<Option<Moment>, TestCaseError> {
        loop {
            match self.dispatcher.poll() {
                dispatch::Output::Submit { sid, carrier, price: _ } => {
                    prop_assert!(!self.acknowledged.contains_key(&sid), "it went before");
                    let taken = delivery::Input::Taken { carrier: carrier.clone() };
                    self.tell(sid, taken);
                    self.out.insert(0, (sid, carrier));
                }
                dispatch::Output::NoCarrier { sid, code, message } => {
                    self.tell(sid, delivery::Input::NoCarrierLeft { code, message });
                }
                dispatch::Output::Expired(sid) => self.tell(sid, delivery::Input::Expired),
                dispatch::Output::NoRoom(sid) => prop_assert!(false, "no room for {sid}"),
                dispatch::Output::Idle(wakes) => return Ok(wakes),
            }
        }
    }

    fn answer(&mut self, sid: Sid, carrier: String) {
        let outcome = match self.answers.pop().unwrap_or(Answer::Takes) {
            Answer::Takes => {
                *self.acknowledged.entry(sid).or_default() += 1;
                let submitted = Submitted { ids: vec![sid.to_string()], delivered: false };
                let (segments, price) = (1, None);
                let carrier = carrier.clone();
                self.tell(sid, delivery::Input::Submitted { carrier, submitted, segments, price });
                Outcome::Sent
            }
            Answer::Fails(class) => {
                let error = SubmitError { class, code: 30_008, message: String::new() };
                let outcome = Outcome::of(&error, self.now);
                self.tell(sid, delivery::Input::Refused { carrier: carrier.clone(), error });
                outcome
            }
        };
        self.dispatcher.handle(self.now, dispatch::Input::Done { sid, carrier, outcome });
    }

    fn tell(&mut self, sid: Sid, input: delivery::Input) {
        let Some(life) = self.lives.get_mut(&sid) else { return };
        life.handle(self.now, input);
        loop {
            match life.poll() {
                delivery::Output::Save(change) => {
                    self.told.entry(sid).or_default().extend(change.told);
                }
                delivery::Output::NextCarrier
                | delivery::Output::TooLate
                | delivery::Output::TooEarly => {}
                delivery::Output::Idle(_) => return,
            }
        }
    }
}

fn route(name: &str, priority: u32) -> Route {
    Route {
        name: name.to_owned(),
        prefixes: vec!["+".to_owned()],
        senders: Vec::new(),
        priority,
        per_second: Some(20),
        window: 3,
        price: None,
    }
}

fn message(number: u8, now: Moment) -> (MessageRecord, MessagePlan) {
    let record = MessageRecord {
        sid: Sid::new(SidKind::Message, u128::from(number)),
        account: Sid::new(SidKind::Account, 1),
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some(format!("+1415555{:04}", number % 3).parse().expect("a number")),
        to: "+14155550199".parse().expect("a number"),
        body: "Hello".to_owned(),
        segments: 1,
        media: 0,
        status: MessageStatus::Queued,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: now,
        updated_at: now,
        sent_at: None,
    };
    (record, MessagePlan::at_once(now, Some(now + VALID_FOR)))
}

fn candidate(life: &Delivery) -> Candidate {
    let record = life.record();
    let from = record.from.clone().expect("each has a sender");
    Candidate {
        sid: record.sid,
        lane: from.to_string(),
        from,
        to: record.to.clone(),
        segments: record.segments,
        max_price: None,
        refused_by: Vec::new(),
        expires_at: life.plan().expires_at,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_carriers_do_each_message_ends_and_goes_once_at_most(
        messages in 1u8..40,
        answers in proptest::collection::vec(answers(), 0..80),
        weather in proptest::collection::vec((0u64..7_200, 0usize..3, any::<bool>()), 0..12),
    ) {
        let mut town = Town::with(messages, answers, weather);
        town.runs()?;
        prop_assert_eq!(town.dispatcher.held().count(), 0);
        for (sid, life) in &town.lives {
            let told = &town.told[sid];
            let went = town.acknowledged.get(sid).copied().unwrap_or(0);
            let status = life.record().status;
            prop_assert!(
                matches!(status, MessageStatus::Sent | MessageStatus::Failed),
                "{sid} is left {status}"
            );
            prop_assert_eq!(u32::from(status == MessageStatus::Sent), went);
            prop_assert_eq!(told, &vec![status]);
        }
    }
}

#[test]
fn with_every_carrier_down_for_an_hour_nothing_is_lost_and_nobody_counts_tries() {
    let hour = 3_600;
    let down = (0..3).map(|carrier| (0, carrier, false));
    let up = (0..3).map(|carrier| (hour, carrier, true));
    let mut town = Town::with(30, Vec::new(), down.chain(up).collect());
    town.weather_changes();
    town.runs().expect("it ends");
    for life in town.lives.values() {
        assert_eq!(life.record().status, MessageStatus::Sent);
        assert_eq!(life.plan().attempts, 0);
        let waited = life.record().sent_at.expect("it was sent").since(life.record().created_at);
        assert!(waited >= Duration::from_secs(hour));
    }
}
