//! The outbox: order within a lane, independence between lanes, and when something is due.

use std::collections::BTreeMap;

use model::{Sid, SidKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Store;

use crate::rows::{at, call, callback, change, open_owner, recording, sid};
use crate::{Opened, block_on};

/// Stores that the order property opens.
const CASES: u32 = 48;
/// More callbacks than any test has.
const MANY: u32 = 1000;

async fn add(store: &dyn Store, lane: u128, names: &[&str], due_at: u64) {
    let callbacks = names.iter().map(|name| callback(lane, name, due_at)).collect();
    store.save_call(change(call(lane), callbacks)).await.expect("it is kept");
}

/// Names and ids of what is due.
async fn due(store: &dyn Store, now: u64, busy: &[Sid]) -> Vec<(String, i64)> {
    let due = store.due_callbacks(at(now), MANY, busy).await.expect("a list");
    due.into_iter().map(|callback| (callback.idempotency_key, callback.id)).collect()
}

fn names(due: &[(String, i64)]) -> Vec<&str> {
    due.iter().map(|(name, _)| name.as_str()).collect()
}

pub(crate) async fn a_lane_waits_for_its_first_and_others_do_not(store: &dyn Store) {
    open_owner(store).await;
    add(store, 1, &["1 ringing", "1 completed"], 10).await;
    add(store, 2, &["2 ringing"], 20).await;
    add(store, 2, &["2 completed"], 5).await;
    assert_eq!(store.outbox_depth().await, Ok(4));
    assert_eq!(due(store, 9, &[]).await, [], "2 completed is due, but not first");
    assert_eq!(store.next_callback_due(&[]).await, Ok(Some(at(10))));
    let first = due(store, 10, &[]).await;
    assert_eq!(names(&first), ["1 ringing"]);
    store.callback_sent(first[0].1).await.expect("it is gone");
    let both = due(store, 30, &[]).await;
    assert_eq!(names(&both), ["1 completed", "2 ringing"]);
    store.callback_dropped(both[1].1).await.expect("it is gone");
    assert_eq!(names(&due(store, 30, &[]).await), ["2 completed", "1 completed"]);
    assert_eq!(store.due_callbacks(at(30), 1, &[]).await.expect("a list").len(), 1);
    assert_eq!(store.due_callbacks(at(30), 0, &[]).await.expect("a list").len(), 0);
    assert_eq!(store.outbox_depth().await, Ok(2));
}

pub(crate) async fn busy_lanes_are_left_out(store: &dyn Store) {
    open_owner(store).await;
    for lane in 1..=3 {
        add(store, lane, &["ringing", "completed"], lane as u64).await;
    }
    let lane = |digits| sid(SidKind::Call, digits);
    let busy = [lane(1), lane(2), lane(404)];
    let free = store.due_callbacks(at(9), 1, &busy).await.expect("a list");
    assert_eq!(free.iter().map(|callback| callback.lane).collect::<Vec<_>>(), [lane(3)]);
    assert_eq!(store.next_callback_due(&busy).await, Ok(Some(at(3))));
    assert_eq!(store.next_callback_due(&[lane(1), lane(2), lane(3)]).await, Ok(None));
    assert_eq!(store.next_callback_due(&[]).await, Ok(Some(at(1))));
}

pub(crate) async fn a_callback_that_was_put_off_is_due_later(store: &dyn Store) {
    open_owner(store).await;
    add(store, 1, &["ringing", "completed"], 1).await;
    let first = store.due_callbacks(at(1), MANY, &[]).await.expect("a list").remove(0);
    let mut expected = callback(1, "ringing", 1);
    expected.id = first.id;
    assert_eq!(first, expected, "every field comes back");
    store.callback_failed(first.id, 3, at(60)).await.expect("it waits");
    assert_eq!(due(store, 59, &[]).await, [], "and its lane with it");
    assert_eq!(store.next_callback_due(&[]).await, Ok(Some(at(60))));
    expected.attempts = 3;
    expected.due_at = at(60);
    assert_eq!(store.due_callbacks(at(60), MANY, &[]).await, Ok(vec![expected]));
    for _ in 0..2 {
        store.callback_sent(first.id).await.expect("a second time does nothing");
        store.callback_dropped(first.id).await.expect("nor does this");
        store.callback_failed(first.id, 4, at(90)).await.expect("nor this");
        assert_eq!(names(&due(store, 60, &[]).await), ["completed"]);
    }
}

pub(crate) async fn callbacks_come_with_their_recording(store: &dyn Store) {
    open_owner(store).await;
    let told = vec![callback(1, "in-progress", 0)];
    store.save_recording(recording(1), told).await.expect("it is kept");
    assert_eq!(names(&due(store, 0, &[]).await), ["in-progress"]);
}

/// What happens to the outbox, step by step.
#[derive(Clone, Debug)]
enum Step {
    /// A lane gets a callback, due at some second.
    Add { lane: u8, due_at: u64 },
    /// Something due is sent, or given up.
    Send { pick: usize },
    /// Something due fails, and waits until some second.
    Fail { pick: usize, due_at: u64 },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u8..4, 0u64..20).prop_map(|(lane, due_at)| Step::Add { lane, due_at }),
        2 => any::<usize>().prop_map(|pick| Step::Send { pick }),
        1 => (any::<usize>(), 0u64..20).prop_map(|(pick, due_at)| Step::Fail { pick, due_at }),
    ]
}

pub(crate) fn callbacks_leave_in_the_order_of_their_lane(open: fn() -> Opened) {
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let steps = prop::collection::vec(any_step(), 0..40);
    let outcome = runner.run(&(steps, 0u64..20), |(steps, now)| {
        let opened = open();
        block_on(order_holds(&*opened.store, steps, now))
    });
    outcome.expect("the first of each lane, once due");
}

/// Follows the steps in a model of lanes beside the store, and compares what is due after each.
async fn order_holds(store: &dyn Store, steps: Vec<Step>, now: u64) -> Result<(), TestCaseError> {
    open_owner(store).await;
    let mut lanes: BTreeMap<u8, Vec<(String, u64)>> = BTreeMap::new();
    for (index, step) in steps.into_iter().enumerate() {
        let due = store.due_callbacks(at(now), MANY, &[]).await.expect("a list");
        let picked = |pick: usize| due.get(pick % due.len().max(1)).cloned();
        match step {
            Step::Add { lane, due_at } => {
                let name = index.to_string();
                add(store, u128::from(lane), &[&name], due_at).await;
                lanes.entry(lane).or_default().push((name, due_at));
            }
            Step::Send { pick } => {
                let Some(callback) = picked(pick) else { continue };
                store.callback_sent(callback.id).await.expect("it is gone");
                lanes.entry(callback.lane.digits() as u8).or_default().remove(0);
            }
            Step::Fail { pick, due_at } => {
                let Some(callback) = picked(pick) else { continue };
                store.callback_failed(callback.id, 1, at(due_at)).await.expect("it waits");
                lanes.entry(callback.lane.digits() as u8).or_default()[0].1 = due_at;
            }
        }
        let heads: Vec<_> = lanes.values().filter_map(|lane| lane.first()).collect();
        let mut expected: Vec<_> =
            heads.iter().filter(|head| head.1 <= now).map(|head| head.0.clone()).collect();
        let due = store.due_callbacks(at(now), MANY, &[]).await.expect("a list");
        let mut found: Vec<_> = due.into_iter().map(|callback| callback.idempotency_key).collect();
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected);
        let next = heads.iter().map(|head| at(head.1)).min();
        prop_assert_eq!(store.next_callback_due(&[]).await, Ok(next));
        let depth: usize = lanes.values().map(Vec::len).sum();
        prop_assert_eq!(store.outbox_depth().await, Ok(depth as u64));
    }
    Ok(())
}
