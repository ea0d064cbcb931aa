//! What carriers have to be given and applications asked: fair between senders, and always the messages that wait.

use std::collections::{BTreeMap, HashMap};

use model::{MessageStatus, Moment, Sid};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Look, Message, MessageChange, NewMessage, Store};

use crate::rows::{at, open_owner};
use crate::text_rows::{became, create, message, message_sid, new, service_sid, who};
use crate::{Opened, block_on};

/// Stores that the property opens.
const CASES: u32 = 64;
/// More messages than any test has.
const MANY: u32 = 1000;

/// A message of one of a few senders, or of a service that hasn't chosen one.
fn of_sender(digits: u128, sender: u8, status: MessageStatus, due_at: u64) -> Message {
    let mut message = message(digits);
    message.record.status = status;
    message.plan.due_at = at(due_at);
    message.record.service = Some(service_sid(1));
    message.record.from = (sender > 0).then(|| who(&format!("1234{sender}")));
    message
}

fn kept(message: Message) -> NewMessage {
    NewMessage::plain(message.record, message.plan)
}

fn look(now: u64, per_lane: u32, limit: u32, busy: &[Sid]) -> Look {
    Look { now: at(now), per_lane, limit, busy: busy.to_vec(), ..Look::default() }
}

async fn due(store: &dyn Store, now: u64, per_sender: u32, limit: u32, busy: &[Sid]) -> Vec<u128> {
    let due = store.due_messages(look(now, per_sender, limit, busy)).await.expect("a list");
    due.messages.iter().map(|message| message.record.sid.digits()).collect()
}

pub(crate) async fn a_sender_with_many_holds_up_no_other(store: &dyn Store) {
    open_owner(store).await;
    for digits in 0..100 {
        create(store, kept(of_sender(digits, 1, MessageStatus::Queued, 10))).await;
    }
    create(store, kept(of_sender(200, 2, MessageStatus::Queued, 20))).await;
    create(store, kept(of_sender(201, 0, MessageStatus::Accepted, 15))).await;
    create(store, kept(of_sender(202, 3, MessageStatus::Scheduled, 99))).await;
    create(store, kept(of_sender(203, 4, MessageStatus::Sent, 1))).await;
    assert_eq!(due(store, 30, 2, 10, &[]).await, [0, 1, 200, 201]);
    let busy = [0, 2, 201].map(message_sid);
    assert_eq!(due(store, 30, 2, 10, &busy).await, [1, 3, 200]);
    assert_eq!(due(store, 30, 2, 3, &[]).await, [0, 1, 200]);
    assert_eq!(due(store, 30, 0, 10, &[]).await, [0u128; 0]);
    assert_eq!(due(store, 30, 2, 0, &[]).await, [0u128; 0]);
    assert_eq!(due(store, 9, 2, 10, &[]).await, [0u128; 0]);
    assert_eq!(due(store, 99, 1, 10, &[]).await, [0, 200, 202, 201]);
    assert_eq!(due(store, 30, u32::MAX, u32::MAX, &[]).await.len(), 102);
    assert_eq!(store.waiting_messages().await, Ok(103));
}

pub(crate) async fn messages_of_one_moment_go_out_in_the_order_they_were_made(store: &dyn Store) {
    open_owner(store).await;
    for digits in [7, 3, 5] {
        create(store, new(digits)).await;
    }
    assert_eq!(due(store, 100, 9, 9, &[]).await, [7, 3, 5]);
}

pub(crate) async fn the_next_due_is_the_first_that_is_not_busy(store: &dyn Store) {
    open_owner(store).await;
    assert_eq!(store.next_message_due(&[], &[]).await, Ok(None));
    for (digits, due_at) in [(1, 30), (2, 20), (3, 10)] {
        create(store, kept(of_sender(digits, 1, MessageStatus::Queued, due_at))).await;
        create(store, kept(of_sender(digits + 10, 1, MessageStatus::Receiving, due_at + 1))).await;
    }
    assert_eq!(store.next_message_due(&[], &[]).await, Ok(Some(at(10))));
    let busy = [3, 2, 404].map(message_sid);
    assert_eq!(store.next_message_due(&busy, &[]).await, Ok(Some(at(30))));
    assert_eq!(store.next_message_due(&[1, 2, 3].map(message_sid), &[]).await, Ok(None));
    assert_eq!(store.next_unasked_due(&[]).await, Ok(Some(at(11))));
    assert_eq!(store.next_unasked_due(&[message_sid(13)]).await, Ok(Some(at(21))));
    let unasked = store.unasked_messages(at(31), 1, &[message_sid(13)]).await.expect("a list");
    assert_eq!(unasked, [of_sender(12, 1, MessageStatus::Receiving, 21)]);
}

pub(crate) async fn a_message_that_is_put_off_waits(store: &dyn Store) {
    open_owner(store).await;
    create(store, new(1)).await;
    let mut later = became(&message(1), MessageStatus::Sending);
    later.message.plan.due_at = at(500);
    later.message.plan.attempts = 1;
    store.change_message(later.clone()).await.expect("it exists");
    assert_eq!(due(store, 499, 9, 9, &[]).await, [0u128; 0]);
    assert_eq!(store.next_message_due(&[], &[]).await, Ok(Some(at(500))));
    let found = store.due_messages(look(500, 9, 9, &[])).await.expect("a list");
    assert_eq!(found.messages, [later.message.clone()]);
    let sent = became(&later.message, MessageStatus::Sent);
    store.change_message(sent).await.expect("it exists");
    assert_eq!(due(store, 500, 9, 9, &[]).await, [0u128; 0]);
    assert_eq!(store.waiting_messages().await, Ok(0));
}

pub(crate) async fn what_waited_too_long_is_found_behind_whatever_waits_longer(store: &dyn Store) {
    open_owner(store).await;
    for digits in 0..300 {
        create(store, kept(of_sender(digits, 1, MessageStatus::Queued, 10))).await;
    }
    for (digits, status, expires_at) in [
        (400, MessageStatus::Queued, 50),
        (401, MessageStatus::Queued, 51),
        (402, MessageStatus::Queued, 90),
        (403, MessageStatus::Sent, 50),
    ] {
        let mut message = of_sender(digits, 1, status, 20);
        message.plan.expires_at = Some(at(expires_at));
        create(store, kept(message)).await;
    }
    let expired = async |now: u64, limit, busy: &[Sid]| -> Vec<u128> {
        let found = store.expired_messages(at(now), limit, busy).await.expect("a list");
        found.iter().map(|message| message.record.sid.digits()).collect()
    };
    assert_eq!(expired(49, 10, &[]).await, [0u128; 0]);
    assert_eq!(expired(60, 10, &[]).await, [400, 401]);
    assert_eq!(expired(60, 1, &[message_sid(400)]).await, [401]);
}

/// What may happen to the message of a number.
#[derive(Clone, Debug)]
enum Step {
    /// It is made, or becomes this, if it is there.
    Becomes {
        sender: u8,
        status: MessageStatus,
        due_at: u64,
    },
    Deleted,
}

fn any_step() -> impl Strategy<Value = Step> {
    // Most are waiting, and most of those are of one sender, so that lanes fill up.
    let status = prop_oneof![
        3 => Just(MessageStatus::Queued),
        2 => prop::sample::select(&MessageStatus::ALL[..]),
    ];
    let sender = prop_oneof![4 => Just(1u8), 2 => 0u8..4];
    prop_oneof![
        9 => (sender, status, 0u64..6)
            .prop_map(|(sender, status, due_at)| Step::Becomes { sender, status, due_at }),
        1 => Just(Step::Deleted),
    ]
}

/// What is asked of the queue: now, per sender, in all, and who is busy.
type Question = (u64, u32, u32, Vec<u8>);

pub(crate) fn the_queue_is_what_waits_whatever_happened(open: fn() -> Opened) {
    let steps = prop::collection::vec((0u8..60, any_step()), 0..120);
    let question = (0u64..7, 0u32..4, 0u32..6, prop::collection::vec(0u8..60, 0..8));
    let questions = prop::collection::vec(question, 1..6);
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let outcome = runner.run(&(steps, questions), |(steps, questions)| {
        let opened = open();
        block_on(compare(&*opened.store, steps, questions))
    });
    outcome.expect("the queue is what waits");
}

/// What is there, in the order in which it was made, which is that of the SIDs here.
type There = BTreeMap<u128, Message>;

async fn compare(
    store: &dyn Store,
    steps: Vec<(u8, Step)>,
    questions: Vec<Question>,
) -> Result<(), TestCaseError> {
    open_owner(store).await;
    let mut there = There::new();
    let mut named: HashMap<u8, u128> = HashMap::new();
    for (digits, (name, step)) in (0u128..).zip(steps) {
        match step {
            Step::Becomes { sender, status, due_at } => {
                let known = named.get(&name).copied();
                let message = of_sender(known.unwrap_or(digits), sender, status, due_at);
                let sid = message.record.sid.digits();
                if known.is_some() {
                    let change = MessageChange::quiet(message.clone());
                    store.change_message(change).await.expect("it exists, or was deleted");
                } else {
                    named.insert(name, sid);
                    create(store, kept(message.clone())).await;
                }
                if known.is_none() || there.contains_key(&sid) {
                    there.insert(sid, message);
                }
            }
            Step::Deleted => {
                let sid = named.get(&name).copied().unwrap_or(u128::MAX);
                let deleted = store.delete_message(message_sid(sid)).await;
                prop_assert_eq!(deleted, Ok(there.remove(&sid).is_some()));
            }
        }
    }
    for (now, per_sender, limit, busy) in questions {
        let busy = busy.iter().filter_map(|name| named.get(name)).map(|sid| message_sid(*sid));
        let busy: Vec<Sid> = busy.collect();
        let found = store.due_messages(look(now, per_sender, limit, &busy)).await;
        let found = found.expect("a list");
        let all = expected(&there, at(now), per_sender, &busy);
        if found.messages.len() < limit as usize {
            prop_assert_eq!(sorted(found.messages), sorted(all));
        } else {
            prop_assert_eq!(found.messages.len(), all.len().min(limit as usize));
            prop_assert!(found.messages.iter().all(|message| all.contains(message)));
        }
        compare_moments(store, &there, at(now), &busy).await?;
    }
    Ok(())
}

/// Compares how many wait, when the next are due, and what the application is to be asked about.
async fn compare_moments(
    store: &dyn Store,
    there: &There,
    now: Moment,
    busy: &[Sid],
) -> Result<(), TestCaseError> {
    let is_waiting = |it: &&Message| it.record.status.is_waiting();
    let is_asked = |it: &&Message| it.record.status == MessageStatus::Receiving;
    let is_free = |it: &&Message| !busy.contains(&it.record.sid);
    let waiting = there.values().filter(is_waiting);
    prop_assert_eq!(store.waiting_messages().await, Ok(waiting.clone().count() as u64));
    let next = waiting.filter(is_free).map(|it| it.plan.due_at).min();
    prop_assert_eq!(store.next_message_due(busy, &[]).await, Ok(next));
    let asked = there.values().filter(is_asked).filter(is_free);
    let next = asked.clone().map(|it| it.plan.due_at).min();
    prop_assert_eq!(store.next_unasked_due(busy).await, Ok(next));
    let mut expected: Vec<_> = asked.filter(|it| it.plan.due_at <= now).cloned().collect();
    expected.sort_by_key(|it| it.plan.due_at);
    prop_assert_eq!(store.unasked_messages(now, MANY, busy).await, Ok(expected));
    Ok(())
}

/// What may be found, found the long way.
fn expected(there: &There, now: Moment, per_sender: u32, busy: &[Sid]) -> Vec<Message> {
    let due = there.values().filter(|it| it.record.status.is_waiting() && it.plan.due_at <= now);
    let mut due: Vec<_> = due.filter(|it| !busy.contains(&it.record.sid)).collect();
    due.sort_by_key(|it| it.plan.due_at);
    let mut taken = HashMap::new();
    due.retain(|it| {
        let taken = taken.entry(it.record.from.clone()).or_insert(0);
        *taken += 1;
        *taken <= per_sender
    });
    due.into_iter().cloned().collect()
}

fn sorted(mut messages: Vec<Message>) -> Vec<Message> {
    messages.sort_by_key(|message| message.record.sid);
    messages
}
