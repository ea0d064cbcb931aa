//! What people are told, on virtual time: scripts in, transcripts out.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Moment;
use model::watch::Channel;
use proptest::prelude::*;

use super::{Bundle, GATHERED_FOR, Input, MOST_GATHERED, Output, SPACED_BY};
use crate::escalation::{Recipient, Telling, What};

fn at(millis: u64) -> Moment {
    Moment::from_millis(1_800_000_000_000) + Duration::from_millis(millis)
}

fn telling(incident: i64, person: &str, channel: Channel, what: What) -> Telling {
    Telling {
        key: format!("{incident}/{}/{person}/{}", what.as_str(), channel.as_str()),
        to: Recipient::Person(person.parse().expect("a name")),
        channel,
        what,
    }
}

/// Everybody's telephone, and what was sent to it.
#[derive(Default)]
struct Story {
    bundle: Bundle,
    now: u64,
    seen: Vec<String>,
}

impl Story {
    fn tell(&mut self, incident: i64, channel: Channel) {
        self.tell_of(incident, "ada", channel, What::Down);
    }

    fn tell_of(&mut self, incident: i64, person: &str, channel: Channel, what: What) {
        let telling = telling(incident, person, channel, what);
        self.input(Input::Tell { incident, telling });
    }

    fn sent(&mut self, channel: Channel) {
        self.input(Input::Sent { person: "ada".parse().expect("a name"), channel });
    }

    fn input(&mut self, input: Input) {
        self.bundle.handle(at(self.now), input);
        loop {
            let line = match self.bundle.poll() {
                Output::Idle(_) => return,
                Output::Post { url, incident, .. } => format!("post {url}: {incident}"),
                Output::Send { person, channel, tellings } => {
                    let incidents = tellings.iter().map(|(incident, _)| incident.to_string());
                    let incidents: Vec<String> = incidents.collect();
                    let listed = match incidents.as_slice() {
                        few if few.len() < 9 => few.join(" "),
                        many => format!("{} incidents", many.len()),
                    };
                    format!("{} {person}: {listed}", channel.as_str())
                }
            };
            self.seen.push(format!("{} {line}", self.now));
        }
    }

    fn until(&mut self, millis: u64) -> &mut Story {
        while let Output::Idle(Some(moment)) = self.bundle.poll() {
            let due = u64::try_from(moment.since(at(0)).as_millis()).expect("soon");
            if due > millis {
                break;
            }
            assert!(due >= self.now, "it asks for what has passed");
            self.now = due;
            self.input(Input::Tick);
        }
        self.now = millis;
        self
    }
}

#[test]
fn a_thousand_incidents_in_a_second_are_one_call_and_one_text() {
    let mut story = Story::default();
    for incident in 1..=1000 {
        story.until(u64::try_from(incident).expect("positive"));
        story.tell(incident, Channel::Text);
        story.tell(incident, Channel::Call);
    }
    story.until(3_600_000);
    assert_eq!(story.seen, ["2001 text ada: 1000 incidents", "2001 call ada: 1000 incidents"]);
    assert_eq!(story.bundle.poll(), Output::Idle(None));
}

#[test]
fn one_call_at_a_time_and_what_comes_meanwhile_goes_together() {
    let mut story = Story::default();
    story.tell(1, Channel::Call);
    story.until(10_000).tell(2, Channel::Call);
    story.until(15_000).tell(3, Channel::Call);
    story.until(40_000).sent(Channel::Call);
    story.until(41_000).tell(4, Channel::Call);
    story.until(60_000).sent(Channel::Call);
    story.until(3_600_000);
    assert_eq!(story.seen, ["2000 call ada: 1", "40000 call ada: 2 3", "60000 call ada: 4"]);
}

#[test]
fn texts_to_one_person_keep_their_distance() {
    let mut story = Story::default();
    story.tell(1, Channel::Text);
    story.until(2_500).sent(Channel::Text);
    story.tell(2, Channel::Text);
    story.tell_of(2, "ben", Channel::Text, What::Down);
    story.until(11_000).tell(3, Channel::Text);
    story.until(100_000);
    assert_eq!(story.seen, ["2000 text ada: 1", "4500 text ben: 2", "12000 text ada: 2 3"]);
}

#[test]
fn a_text_of_which_no_word_comes_holds_up_the_next_for_a_minute() {
    let mut story = Story::default();
    story.tell(1, Channel::Text);
    story.until(5_000).tell(2, Channel::Text);
    story.until(600_000);
    assert_eq!(story.seen, ["2000 text ada: 1", "62000 text ada: 2"]);
}

#[test]
fn what_somebody_sees_to_before_it_goes_needs_no_call() {
    let mut story = Story::default();
    story.tell(1, Channel::Call);
    story.tell(2, Channel::Call);
    story.tell_of(3, "ada", Channel::Text, What::Recovered);
    story.until(1_000);
    for incident in [1, 2, 3] {
        story.input(Input::Withdraw { incident });
    }
    story.until(10_000);
    assert_eq!(story.seen, ["2000 text ada: 3"]);
}

#[test]
fn what_is_new_of_an_incident_replaces_what_was_to_be_said() {
    let mut story = Story::default();
    story.tell(1, Channel::Text);
    story.tell_of(1, "ada", Channel::Text, What::Recovered);
    story.until(10_000);
    assert_eq!(story.seen, ["2000 text ada: 1"]);
}

#[test]
fn webhooks_wait_for_nothing() {
    let mut story = Story::default();
    let url = "https://hook.test/a".to_owned();
    let telling = Telling {
        key: "1/1/@0/webhook".to_owned(),
        to: Recipient::Url(url),
        channel: Channel::Webhook,
        what: What::Down,
    };
    story.input(Input::Tell { incident: 1, telling });
    assert_eq!(story.seen, ["0 post https://hook.test/a: 1"]);
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let mut story = Story { now: 3_600_000, ..Story::default() };
    story.tell(1, Channel::Text);
    story.until(3_602_000).sent(Channel::Text);
    story.now = 0;
    story.tell(2, Channel::Text);
    story.until(60_000);
    assert_eq!(story.seen, ["3602000 text ada: 1", "10000 text ada: 2"]);
}

#[test]
fn a_queue_is_bounded() {
    let mut story = Story::default();
    for incident in 0..10_000 {
        story.tell(incident, Channel::Text);
    }
    story.until(3_000);
    assert_eq!(story.seen, [format!("2000 text ada: {MOST_GATHERED} incidents")]);
}

#[derive(Clone, Debug)]
enum Deed {
    Tell(i64, usize, usize),
    Sent(usize, usize),
    Withdraw(i64),
    Passes(u64),
}

const PEOPLE: [&str; 2] = ["ada", "ben"];
const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Call, Channel::Mail];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (1i64..30, 0usize..2, 0usize..3).prop_map(|(it, who, by)| Deed::Tell(it, who, by)),
        4 => (0usize..2, 0usize..3).prop_map(|(who, by)| Deed::Sent(who, by)),
        1 => (1i64..30).prop_map(Deed::Withdraw),
        4 => (0u64..20_000).prop_map(Deed::Passes),
    ]
}

/// When each was sent something, and whether that has arrived.
#[derive(Default)]
struct Watcher {
    bundle: Bundle,
    now: u64,
    went: BTreeMap<(String, Channel), (u64, bool)>,
    waiting: BTreeMap<(String, Channel), Vec<i64>>,
}

impl Watcher {
    fn input(&mut self, input: Input) {
        self.bundle.handle(at(self.now), input);
        loop {
            match self.bundle.poll() {
                Output::Idle(_) => return,
                Output::Post { url, .. } => unreachable!("nobody asked for {url}"),
                Output::Send { person, channel, tellings } => {
                    let place = (person.to_string(), channel);
                    let sent: Vec<i64> = tellings.iter().map(|(incident, _)| *incident).collect();
                    assert_eq!(Some(sent), self.waiting.remove(&place), "nothing lost or doubled");
                    let went = self.went.insert(place, (self.now, false));
                    let Some((before, arrived)) = went else { continue };
                    let passed = Duration::from_millis(self.now - before);
                    let spaced = if channel == Channel::Call { GATHERED_FOR } else { SPACED_BY };
                    let lost = Duration::from_secs(if channel == Channel::Call { 600 } else { 60 });
                    assert!(passed >= spaced || channel == Channel::Call, "{passed:?}");
                    assert!(arrived || passed >= lost, "two at a time after {passed:?}");
                }
            }
        }
    }

    fn passes(&mut self, millis: u64) {
        self.now += millis;
        self.input(Input::Tick);
    }

    fn obey(&mut self, deed: &Deed) {
        match *deed {
            Deed::Tell(incident, who, by) => {
                let (person, channel) = (PEOPLE[who], CHANNELS[by]);
                let place = (person.to_owned(), channel);
                let waiting = self.waiting.entry(place).or_default();
                if !waiting.contains(&incident) {
                    waiting.push(incident);
                }
                let telling = telling(incident, person, channel, What::Down);
                self.input(Input::Tell { incident, telling });
            }
            Deed::Sent(who, by) => {
                let place = (PEOPLE[who].to_owned(), CHANNELS[by]);
                if let Some((_, arrived)) = self.went.get_mut(&place) {
                    *arrived = true;
                }
                let person = PEOPLE[who].parse().expect("a name");
                self.input(Input::Sent { person, channel: CHANNELS[by] });
            }
            Deed::Withdraw(incident) => {
                self.waiting.values_mut().for_each(|waiting| waiting.retain(|it| *it != incident));
                self.waiting.retain(|_, waiting| !waiting.is_empty());
                self.input(Input::Withdraw { incident });
            }
            Deed::Passes(millis) => self.passes(millis),
        }
    }
}

proptest! {
    #[test]
    fn everything_arrives_once_and_nobody_is_flooded(
        deeds in prop::collection::vec(deed(), 0..120),
    ) {
        let mut watcher = Watcher::default();
        for deed in &deeds {
            watcher.obey(deed);
        }
        let mut moments = 0;
        while let Output::Idle(Some(next)) = watcher.bundle.poll() {
            watcher.now = u64::try_from(next.since(at(0)).as_millis())
                .expect("soon")
                .max(watcher.now);
            watcher.input(Input::Tick);
            moments += 1;
            prop_assert!(moments < 100, "it never ends");
        }
        prop_assert!(watcher.waiting.is_empty(), "{:?}", watcher.waiting);
    }
}
