//! Two agents on virtual time with a network between them that loses, repeats and reorders. Nothing here waits.

mod texts;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::call::DialogSink;
use crate::settings::{Limits, Strangers, Timers};

/// What the network does to datagrams.
#[derive(Debug, Clone, Copy)]
struct Network {
    seed: u64,
    /// Of 100.
    lost: u64,
    /// Of 100.
    repeated: u64,
    /// Longest way, in milliseconds.
    latency: u64,
}

const PERFECT: Network = Network { seed: 1, lost: 0, repeated: 0, latency: 0 };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Caller,
    Callee,
}

/// What a side does, if it can.
#[derive(Debug, Clone, Copy)]
enum Act {
    Ringing,
    Progress,
    Answer,
    Reject,
    Hangup,
    Reoffer,
    Accept,
    Refuse,
    Digit,
}

type Log = Arc<Mutex<Vec<DialogEvent>>>;

struct Node {
    agent: Agent,
    address: SocketAddr,
    dialog: Option<Serial>,
    log: Log,
    /// Texts that came in and were not answered.
    texts: Vec<TextArrival>,
}

struct World {
    start: Instant,
    now: Instant,
    nodes: [Node; 2],
    network: Network,
    /// Datagrams on their way, by arrival.
    flying: BTreeMap<(Instant, u64), (SocketAddr, usize, Wire)>,
    sent: u64,
    /// Start lines with the second they were sent at and who sent them.
    ladder: Vec<String>,
    block: fn(&str) -> bool,
}

impl World {
    fn new(network: Network) -> Self {
        let start = Instant::now();
        let node = |last: u8| {
            let settings = Settings {
                strangers: Strangers::Accept,
                limits: Limits { messages_per_second: 1_000_000, ..Limits::default() },
                timers: Timers { ring: Duration::from_secs(300), ..Timers::default() },
                ..Settings::default()
            };
            let entropy = Entropy::new().expect("randomness for a test");
            let own = IpAddr::from([192, 0, 2, last]);
            Node {
                agent: Agent::new(settings, 5060, Box::new(move |_| own), entropy, start),
                address: SocketAddr::new(own, 5060),
                dialog: None,
                log: Log::default(),
                texts: Vec::new(),
            }
        };
        Self {
            start,
            now: start,
            nodes: [node(1), node(2)],
            network,
            flying: BTreeMap::new(),
            sent: 0,
            ladder: Vec::new(),
            block: |_| false,
        }
    }

    /// The caller calls the callee.
    fn call(&mut self) {
        let to = self.nodes[1].address;
        let outgoing = Outgoing {
            target: format!("sip:bob@{to}"),
            to,
            pinned: false,
            from: Address { user: "ada".to_owned(), ..Address::default() },
            offer: sdp(),
            headers: Vec::new(),
            credentials: None,
        };
        let node = &mut self.nodes[0];
        let sink = sink(&node.log);
        let (serial, _) = node.agent.invite(self.now, outgoing, sink).expect("there is room");
        node.dialog = Some(serial);
        self.drain(0);
    }

    fn act(&mut self, side: Side, act: Act) {
        let node = &mut self.nodes[side as usize];
        let Some(dialog) = node.dialog else { return };
        let command = match act {
            Act::Ringing => Command::Ringing,
            Act::Progress => Command::Progress(sdp()),
            Act::Answer => Command::Answer(sdp()),
            Act::Reject => Command::Reject { status: 486, reason: None, retry_after: false },
            Act::Hangup => Command::Hangup,
            Act::Reoffer => Command::Reoffer(sdp()),
            Act::Accept => Command::AnswerReoffer(Ok(sdp())),
            Act::Refuse => Command::AnswerReoffer(Err(488)),
            Act::Digit => Command::SendDigit('5'),
        };
        node.agent.command(self.now, dialog, command);
        self.drain(side as usize);
    }

    /// Lets time pass.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let arrival = self.flying.keys().next().map(|(at, _)| *at);
            let alarms = self.nodes.iter().filter_map(|node| node.agent.out.next_alarm()).min();
            let Some(next) = [arrival, alarms].into_iter().flatten().min().filter(|at| *at <= end)
            else {
                break;
            };
            self.now = self.now.max(next);
            if arrival == Some(next)
                && let Some((_, (from, to, wire))) = self.flying.pop_first()
            {
                self.nodes[to].agent.datagram(self.now, from, &wire);
                self.drain(to);
            } else {
                for index in 0..2 {
                    self.nodes[index].agent.tick(self.now);
                    self.drain(index);
                }
            }
        }
        self.now = end;
    }

    fn drain(&mut self, index: usize) {
        loop {
            match self.nodes[index].agent.poll() {
                Output::Send { to, wire } => self.fly(index, to, &wire),
                Output::Event { sink, event, .. } => sink(event),
                Output::Arrived(arrival) => {
                    let node = &mut self.nodes[index];
                    let sink = sink(&node.log);
                    node.dialog = Some(arrival.dialog);
                    node.agent.command(self.now, arrival.dialog, Command::Attach(sink));
                }
                Output::Text(arrival) => self.nodes[index].texts.push(*arrival),
                // Whoever asked may be gone.
                Output::Reply { waiter, response } => drop(waiter.send(response)),
                Output::Idle(_) => return,
            }
        }
    }

    fn fly(&mut self, from: usize, to: SocketAddr, wire: &Wire) {
        let line = String::from_utf8_lossy(wire);
        let line = line.lines().next().unwrap_or_default().to_owned();
        let second = self.now.duration_since(self.start).as_secs_f32();
        let who = ["caller", "callee"][from];
        let short = line.trim_start_matches("SIP/2.0 ").split(" sip:").next().unwrap_or_default();
        self.ladder.push(format!("{second:.1} {who} {short}"));
        if (self.block)(&line) || self.chance(self.network.lost) {
            return;
        }
        let copies = if self.chance(self.network.repeated) { 2 } else { 1 };
        for _ in 0..copies {
            let Some(target) = self.nodes.iter().position(|node| node.address == to) else {
                return;
            };
            self.sent += 1;
            let way = Duration::from_millis(self.dice(self.network.latency + 1));
            let source = self.nodes[from].address;
            self.flying.insert((self.now + way, self.sent), (source, target, wire.clone()));
        }
    }

    fn chance(&mut self, of_100: u64) -> bool {
        self.dice(100) < of_100
    }

    /// SplitMix64.
    fn dice(&mut self, sides: u64) -> u64 {
        self.network.seed = self.network.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.network.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn log(&self, side: Side) -> Vec<DialogEvent> {
        self.nodes[side as usize].log.lock().expect("no test thread panicked").clone()
    }

    fn ending(&self, side: Side) -> Ending {
        match self.log(side).pop() {
            Some(DialogEvent::Ended(ending)) => ending,
            other => panic!("{side:?} has not ended, last was {other:?}"),
        }
    }

    /// Nothing is remembered, and who had a dialog was told its end once, as the last event.
    fn assert_clean(&self) {
        for side in [Side::Caller, Side::Callee] {
            let node = &self.nodes[side as usize];
            let log = self.log(side);
            let ends = log.iter().filter(|event| matches!(event, DialogEvent::Ended(_))).count();
            assert_eq!(ends, usize::from(node.dialog.is_some()), "{side:?}: {log:?}");
            if ends == 1 {
                assert!(matches!(log.last(), Some(DialogEvent::Ended(_))), "{side:?}: {log:?}");
            }
            assert_eq!(node.agent.calls(), 0, "{side:?}: {:#?}", self.ladder);
            assert_eq!(node.agent.remembered(), 0, "{side:?}: {:#?}", self.ladder);
            assert!(node.agent.by_tag.is_empty() && node.agent.merging.is_empty(), "{side:?}");
        }
    }
}

fn sink(log: &Log) -> DialogSink {
    let log = log.clone();
    Arc::new(move |event| log.lock().expect("no test thread panicked").push(event))
}

fn sdp() -> String {
    let local = crate::sdp::Local {
        address: [192, 0, 2, 9].into(),
        port: 4_000,
        codecs: vec![crate::sdp::Codec::Pcmu],
        session: 1,
        version: 1,
    };
    crate::sdp::offer(&local, crate::sdp::Direction::SendRecv).to_string()
}

const SECOND: Duration = Duration::from_secs(1);
/// Longer than anything that the agents remember: ringing, then its transaction.
const FOREVER: Duration = Duration::from_secs(600);

#[test]
fn a_call_is_a_handful_of_messages() {
    let mut world = World::new(PERFECT);
    world.call();
    world.pass(SECOND);
    world.act(Side::Callee, Act::Ringing);
    world.pass(SECOND);
    world.act(Side::Callee, Act::Answer);
    world.pass(SECOND);
    world.act(Side::Caller, Act::Hangup);
    world.pass(SECOND);
    let expected = [
        "0.0 caller INVITE",
        "0.0 callee 100 Trying",
        "1.0 callee 180 Ringing",
        "2.0 callee 200 OK",
        "2.0 caller ACK",
        "3.0 caller BYE",
        "3.0 callee 200 OK",
    ];
    assert_eq!(world.ladder, expected);
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn without_an_ack_the_200_is_repeated_for_32_seconds_then_comes_the_bye() {
    let mut world = World::new(PERFECT);
    world.block = |line| line.starts_with("ACK");
    world.call();
    world.act(Side::Callee, Act::Answer);
    world.pass(Duration::ZERO);
    world.act(Side::Callee, Act::Answer);
    world.pass(33 * SECOND);
    let answers: Vec<&str> =
        world.ladder.iter().filter_map(|line| line.strip_suffix(" callee 200 OK")).collect();
    let expected =
        ["0.0", "0.5", "1.5", "3.5", "7.5", "11.5", "15.5", "19.5", "23.5", "27.5", "31.5"];
    assert_eq!(answers, expected);
    assert!(world.ladder.contains(&"32.0 callee BYE".to_owned()), "{:?}", world.ladder);
    assert_eq!(
        (world.ending(Side::Callee).status, world.ending(Side::Callee).by),
        (None, EndedBy::Timeout)
    );
    assert_eq!(world.ending(Side::Caller).by, EndedBy::Peer);
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn an_invite_to_nobody_is_repeated_seven_times_in_32_seconds() {
    let mut world = World::new(Network { lost: 100, ..PERFECT });
    world.call();
    world.pass(40 * SECOND);
    let expected =
        ["0.0", "0.5", "1.5", "3.5", "7.5", "15.5", "31.5"].map(|at| format!("{at} caller INVITE"));
    assert_eq!(world.ladder, expected);
    assert_eq!(
        (world.ending(Side::Caller).status, world.ending(Side::Caller).by),
        (Some(408), EndedBy::Timeout)
    );
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_refusal_is_repeated_until_it_is_acknowledged() {
    let mut world = World::new(PERFECT);
    world.block = |line| line.starts_with("ACK");
    world.call();
    world.pass(Duration::ZERO);
    world.act(Side::Callee, Act::Reject);
    world.pass(6 * SECOND);
    let refusals = world.ladder.iter().filter(|line| line.ends_with("486 Busy Here")).count();
    let acks = world.ladder.iter().filter(|line| line.ends_with("ACK")).count();
    assert_eq!((refusals, acks), (4, 4));
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_ringing_call_is_refreshed_each_minute_and_given_up_after_five() {
    let mut world = World::new(PERFECT);
    world.call();
    world.pass(Duration::ZERO);
    world.act(Side::Callee, Act::Ringing);
    world.pass(301 * SECOND);
    let rings = world.ladder.iter().filter(|line| line.ends_with("180 Ringing")).count();
    assert_eq!(rings, 5);
    assert_eq!(world.ending(Side::Caller).by, EndedBy::Timeout);
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn hanging_up_before_the_ack_waits_for_it_with_the_bye() {
    let mut world = World::new(Network { latency: 100, ..PERFECT });
    world.call();
    world.pass(SECOND);
    world.act(Side::Callee, Act::Answer);
    world.act(Side::Callee, Act::Hangup);
    assert_eq!(world.ending(Side::Callee).by, EndedBy::Us);
    assert!(!world.ladder.iter().any(|line| line.ends_with("BYE")));
    world.pass(SECOND);
    assert!(world.ladder.iter().any(|line| line.ends_with("callee BYE")));
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_re_invite_that_the_application_ignores_is_answered_500() {
    let mut world = World::new(PERFECT);
    world.call();
    world.pass(Duration::ZERO);
    world.act(Side::Callee, Act::Answer);
    world.pass(SECOND);
    world.act(Side::Caller, Act::Reoffer);
    world.pass(11 * SECOND);
    let answered = world.log(Side::Caller).pop();
    assert_eq!(answered, Some(DialogEvent::ReofferAnswered { sdp: None, status: 500 }));
    world.act(Side::Caller, Act::Hangup);
    world.pass(FOREVER);
    world.assert_clean();
}

fn acts() -> impl Strategy<Value = Vec<(u64, bool, Act)>> {
    let act = prop_oneof![
        1 => Just(Act::Ringing),
        1 => Just(Act::Progress),
        3 => Just(Act::Answer),
        1 => Just(Act::Reject),
        1 => Just(Act::Hangup),
        2 => Just(Act::Reoffer),
        2 => Just(Act::Accept),
        1 => Just(Act::Refuse),
        1 => Just(Act::Digit),
    ];
    proptest::collection::vec((0_u64..3_000, any::<bool>(), act), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever either side does, and whatever the network does to it, each side is told the end once, and nothing
    /// is left behind.
    #[test]
    fn every_call_ends_once_and_leaves_nothing(
        acts in acts(),
        seed in any::<u64>(),
        lost in 0_u64..60,
        repeated in 0_u64..30,
        latency in 0_u64..800,
    ) {
        let mut world = World::new(Network { seed, lost, repeated, latency });
        world.call();
        for (delay, by_caller, act) in acts {
            world.pass(Duration::from_millis(delay));
            world.act(if by_caller { Side::Caller } else { Side::Callee }, act);
        }
        world.pass(SECOND);
        world.act(Side::Caller, Act::Hangup);
        // An answered call whose BYE is lost for good ends by its media; here the callee hangs up too.
        world.pass(60 * SECOND);
        world.act(Side::Callee, Act::Hangup);
        world.pass(FOREVER);
        world.assert_clean();
    }

    /// On a network that is merely bad, calls still come about.
    #[test]
    fn calls_come_about_on_a_bad_network(seed in any::<u64>(), lost in 0_u64..30, latency in 0_u64..300) {
        let mut world = World::new(Network { seed, lost, repeated: 10, latency });
        world.call();
        world.pass(16 * SECOND);
        prop_assume!(world.nodes[1].dialog.is_some());
        world.act(Side::Callee, Act::Answer);
        world.pass(33 * SECOND);
        let answered = world.log(Side::Caller).iter().any(|event| matches!(event, DialogEvent::Answered { .. }));
        let acknowledged = world.log(Side::Callee).contains(&DialogEvent::Acknowledged { sdp: None });
        prop_assert!(answered && acknowledged, "{:#?}", world.ladder);
        world.act(Side::Callee, Act::Hangup);
        world.pass(FOREVER);
        world.assert_clean();
    }

    /// Whatever bytes come, the agent lives, and remembers no more than it is allowed to.
    #[test]
    fn no_datagram_harms_the_agent(datagrams in proptest::collection::vec(hostile(), 1..20)) {
        let mut world = World::new(PERFECT);
        let source = SocketAddr::from(([198, 51, 100, 7], 5060));
        world.nodes[1].agent.take_texts();
        for datagram in datagrams {
            world.nodes[1].agent.datagram(world.now, source, &datagram);
            world.drain(1);
        }
        world.nodes[1].agent.close(world.now);
        world.drain(1);
        world.pass(FOREVER);
        prop_assert_eq!(world.nodes[1].agent.calls(), 0);
        prop_assert_eq!(world.nodes[1].agent.remembered(), 0);
    }
}

/// Messages with parts that are missing, repeated or wrong.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![
        Just("INVITE sip:bob@192.0.2.2 SIP/2.0"),
        Just("REGISTER sip:192.0.2.2 SIP/2.0"),
        Just("BYE sip:bob@192.0.2.2 SIP/2.0"),
        Just("ACK sip:bob@192.0.2.2 SIP/2.0"),
        Just("CANCEL sip:bob@192.0.2.2 SIP/2.0"),
        Just("INFO tel:5 SIP/2.0"),
        Just("MESSAGE sip:bob@192.0.2.2 SIP/2.0"),
        Just("SIP/2.0 200 OK"),
        Just("SIP/2.0 401 Unauthorized"),
        Just("NONSENSE"),
    ];
    let line = prop_oneof![
        Just("Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKa;rport"),
        Just("v: SIP/2.0/UDP 198.51.100.7:70000;branch="),
        Just("From: <sip:ada@198.51.100.7>;tag=1"),
        Just("f: \"Ada <sip:"),
        Just("To: <sip:bob@192.0.2.2>"),
        Just("To: <sip:bob@192.0.2.2>;tag=2"),
        Just("Call-ID: 1"),
        Just("CSeq: 1 INVITE"),
        Just("CSeq: 1 REGISTER"),
        Just("CSeq: 1 MESSAGE"),
        Just("CSeq: 99999999999 BYE"),
        Just("Contact: <sip:ada@198.51.100.7>;expires=x"),
        Just("Contact: *"),
        Just("Authorization: Digest username=\"a\", realm=\"alo\", nonce=\"\", nc=1"),
        Just("Record-Route: <sip:,>,\"<,"),
        Just("Content-Type: application/sdp"),
        Just("Content-Length: 3"),
        Just("Content-Length: -1"),
        Just(" folded"),
        Just(""),
    ];
    let complete = Just(vec![
        "Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKa;rport",
        "From: <sip:ada@198.51.100.7>;tag=1",
        "To: <sip:bob@192.0.2.2>",
        "Call-ID: 1",
        "CSeq: 1 INVITE",
    ]);
    let lines = prop_oneof![Just(Vec::new()), complete];
    (start, lines, proptest::collection::vec(line, 0..12), any::<bool>()).prop_map(
        |(start, mut lines, more, terminated)| {
            lines.extend(more);
            let end = if terminated { "\r\n\r\nv=0" } else { "\r\n" };
            format!("{start}\r\n{}{end}", lines.join("\r\n")).into_bytes()
        },
    )
}
