//! Texts between two agents: told once, answered the same however often they come, and forgotten.

use tokio::sync::oneshot;

use super::*;

impl World {
    /// The caller texts the callee.
    fn text(&mut self) -> oneshot::Receiver<Option<Response>> {
        let to = self.nodes[1].address;
        let question = Question {
            method: Method::Message,
            target: format!("sip:bob@{to}"),
            to,
            parties: ("<sip:ada@192.0.2.1>".to_owned(), format!("<sip:bob@{to}>")),
            from_tag: None,
            call_id: format!("text{}", self.ladder.len()),
            cseq: 1,
            headers: Vec::new(),
            body: Some(("text/plain".to_owned(), b"Hello".to_vec())),
        };
        let (waiter, answer) = oneshot::channel();
        self.nodes[0].agent.ask(self.now, &question, waiter);
        self.drain(0);
        answer
    }

    /// The callee answers the oldest text that it has not answered.
    fn answer_text(&mut self, status: u16) {
        if self.nodes[1].texts.is_empty() {
            return;
        }
        let server = self.nodes[1].texts.remove(0).server;
        self.nodes[1].agent.answer_text(self.now, server, status, status == 503);
        self.nodes[1].agent.answer_text(self.now, server, 500, false);
        self.drain(1);
    }

    fn texting(network: Network) -> World {
        let mut world = World::new(network);
        world.nodes[1].agent.take_texts();
        world
    }
}

fn status(answer: &mut oneshot::Receiver<Option<Response>>) -> Option<u16> {
    answer.try_recv().expect("the waiter was told").map(|response| response.status)
}

#[test]
fn a_text_is_two_messages() {
    let mut world = World::texting(PERFECT);
    let mut answer = world.text();
    world.pass(Duration::ZERO);
    let text = &world.nodes[1].texts[0];
    assert_eq!((text.body.as_slice(), text.cseq), (&b"Hello"[..], 1));
    assert_eq!((text.from.user.as_str(), text.to.user.as_str()), ("ada", "bob"));
    assert_eq!(text.origin, Origin::Stranger);
    world.answer_text(200);
    world.pass(SECOND);
    assert_eq!(world.ladder, ["0.0 caller MESSAGE", "0.0 callee 200 OK"]);
    assert_eq!(status(&mut answer), Some(200));
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_text_is_repeated_until_its_answer_and_told_once() {
    let mut world = World::texting(PERFECT);
    let mut answer = world.text();
    world.pass(3 * SECOND);
    assert_eq!(world.nodes[1].texts.len(), 1);
    world.answer_text(503);
    world.pass(SECOND);
    let expected = [
        "0.0 caller MESSAGE",
        "0.5 caller MESSAGE",
        "1.5 caller MESSAGE",
        "3.0 callee 503 Service Unavailable",
    ];
    assert_eq!(world.ladder, expected);
    let response = answer.try_recv().expect("the waiter was told").expect("an answer");
    assert_eq!(response.headers.first("Retry-After"), Some("5"));
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_text_that_comes_again_after_its_answer_gets_the_same_one() {
    let mut world = World::texting(PERFECT);
    world.block = |line| line.starts_with("SIP/2.0");
    let mut answer = world.text();
    world.pass(Duration::ZERO);
    world.answer_text(403);
    world.pass(SECOND);
    world.block = |_| false;
    world.pass(SECOND);
    assert_eq!(status(&mut answer), Some(403));
    let answers = world.ladder.iter().filter(|line| line.ends_with("callee 403 Forbidden")).count();
    assert_eq!((answers, world.nodes[1].texts.len()), (3, 0));
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_text_that_nobody_answers_is_forgotten_when_its_sender_gives_up() {
    let mut world = World::texting(PERFECT);
    let mut answer = world.text();
    world.pass(31 * SECOND);
    assert!(answer.try_recv().is_err(), "the sender still waits");
    world.pass(2 * SECOND);
    answer.try_recv().expect("the sender has given up");
    world.answer_text(200);
    world.pass(FOREVER);
    assert!(!world.ladder.iter().any(|line| line.ends_with("200 OK")), "{:?}", world.ladder);
    world.assert_clean();
}

#[test]
fn texts_that_nobody_takes_are_not_allowed() {
    let mut world = World::new(PERFECT);
    let mut answer = world.text();
    world.pass(SECOND);
    let response = answer.try_recv().expect("the waiter was told").expect("an answer");
    assert_eq!(response.status, 405);
    let allow = response.headers.first("Allow").expect("a 405 names what is allowed");
    assert!(!allow.contains("MESSAGE"), "{allow}");
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn a_text_within_a_call_is_a_text_and_leaves_the_call_alone() {
    let mut world = World::texting(PERFECT);
    world.call();
    world.pass(Duration::ZERO);
    world.act(Side::Callee, Act::Answer);
    world.pass(SECOND);
    let mut answer = world.text();
    world.pass(Duration::ZERO);
    world.answer_text(200);
    world.pass(SECOND);
    assert_eq!(status(&mut answer), Some(200));
    assert_eq!(world.nodes[1].agent.calls(), 1);
    world.act(Side::Caller, Act::Hangup);
    world.pass(FOREVER);
    world.assert_clean();
}

#[test]
fn an_agent_that_closes_takes_no_texts() {
    let mut world = World::texting(PERFECT);
    world.nodes[1].agent.close(world.now);
    let mut answer = world.text();
    world.pass(SECOND);
    assert_eq!(status(&mut answer), Some(503));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever the network does, a text is told once at most, its sender hears one outcome, and nothing is left behind.
    #[test]
    fn every_text_is_told_once_at_most_and_leaves_nothing(
        answers in proptest::collection::vec((0_u64..20_000, prop_oneof![Just(200), Just(480), Just(503)]), 1..6),
        seed in any::<u64>(),
        lost in 0_u64..70,
        repeated in 0_u64..40,
        latency in 0_u64..800,
    ) {
        let mut world = World::texting(Network { seed, lost, repeated, latency });
        let mut waiting = Vec::new();
        let mut told = 0;
        for (delay, status) in answers {
            waiting.push(world.text());
            world.pass(Duration::from_millis(delay));
            told += world.nodes[1].texts.len();
            world.answer_text(status);
            told -= world.nodes[1].texts.len();
        }
        world.pass(FOREVER);
        told += world.nodes[1].texts.len();
        prop_assert!(told <= waiting.len());
        for answer in &mut waiting {
            prop_assert!(answer.try_recv().is_ok());
        }
        world.assert_clean();
    }
}
