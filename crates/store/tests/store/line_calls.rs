//! Calls of lines: as they were saved, once acknowledged for ever so, and listed by page; and e-mails that must arrive.

use model::oncall::{LineCall, LineOutcome, Mail};
use model::{Sid, SidKind};
use store::{LineCallFilter, Store, StoreError};

use crate::oncall_rows::{line_call, mail, missed, name, seen_by};
use crate::rows::{account, at, open_owner, owner, sid};

/// More rows than any test has.
const MANY: u32 = 1000;

pub(crate) async fn calls_of_lines_come_back_as_they_were_saved(store: &dyn Store) {
    open_owner(store).await;
    let call = line_call(1, 10);
    store.save_line_call(owner(), call.clone()).await.expect("it is kept");
    assert_eq!(store.line_call(owner(), call.call).await, Ok(Some(call.clone())));
    let ended = LineCall {
        outcome: LineOutcome::Voicemail,
        ended_at: Some(at(99)),
        attempts: Vec::new(),
        voicemail: Some(sid(SidKind::Recording, 1)),
        voicemail_seconds: Some(u32::MAX),
        transcript: None,
        ..call.clone()
    };
    store.save_line_call(owner(), ended.clone()).await.expect("it is replaced");
    assert_eq!(store.line_call(owner(), call.call).await, Ok(Some(ended)));
    assert_eq!(store.line_call(sid(SidKind::Account, 2), call.call).await, Ok(None));
    assert_eq!(store.line_call(owner(), sid(SidKind::Call, 404)).await, Ok(None));
}

pub(crate) async fn a_missed_call_keeps_its_ticket_and_who_saw_to_it_first(store: &dyn Store) {
    open_owner(store).await;
    let call = missed(1, 10);
    store.save_line_call(owner(), call.clone()).await.expect("it is kept");
    assert_eq!(store.miss_line_call(owner(), call.clone()).await, Ok(1));
    assert_eq!(store.miss_line_call(owner(), call.clone()).await, Ok(1), "it has one");
    let seen =
        LineCall { ticket: Some(1), acknowledged: Some(seen_by("ada", 100)), ..call.clone() };
    let ada = store.acknowledge_line_call(owner(), 1, seen_by("ada", 100)).await;
    assert_eq!(ada, Ok(Some(seen.clone())));
    let bo = store.acknowledge_line_call(owner(), 1, seen_by("bo", 101)).await;
    assert_eq!(bo, Ok(Some(seen.clone())), "ada was first");
    store.save_line_call(owner(), call.clone()).await.expect("by somebody whom that escaped");
    assert_eq!(store.line_call(owner(), call.call).await, Ok(Some(seen)));
    let stranger = sid(SidKind::Account, 2);
    let none = store.acknowledge_line_call(stranger, 1, seen_by("eve", 1)).await;
    assert_eq!(none, Ok(None));
}

pub(crate) async fn calls_of_lines_are_listed_by_filter_and_page(store: &dyn Store) {
    open_owner(store).await;
    for digits in 1..=6 {
        // Two of each second, so that their SIDs decide.
        let second = 10 * (digits as u64).div_ceil(2);
        let call = match digits {
            1 => LineCall { line: name("sales"), ..missed(digits, second) },
            2 | 3 => missed(digits, second),
            _ => line_call(digits, second),
        };
        store.save_line_call(owner(), call).await.expect("it is kept");
    }
    for digits in [1, 2] {
        let ticket = store.miss_line_call(owner(), missed(digits, 10)).await;
        assert_eq!(ticket, Ok(digits as i64));
    }
    store.acknowledge_line_call(owner(), 1, seen_by("ada", 1)).await.expect("it is there");
    let sales = LineCall { line: name("sales"), ..missed(1, 10) };
    store.save_line_call(owner(), sales).await.expect("it is replaced");
    let all = LineCallFilter { limit: MANY, ..LineCallFilter::default() };
    let first = LineCallFilter { limit: 4, ..all.clone() };
    assert_eq!(listed(store, &all).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(listed(store, &first).await, [6, 5, 4, 3]);
    let next = LineCallFilter { before: Some(sid(SidKind::Call, 3)), ..first };
    assert_eq!(listed(store, &next).await, [2, 1]);
    let line = LineCallFilter { line: Some(name("sales")), ..all.clone() };
    assert_eq!(listed(store, &line).await, [1]);
    let outcome = LineCallFilter { outcome: Some(LineOutcome::Missed), ..all.clone() };
    assert_eq!(listed(store, &outcome).await, [3, 2, 1]);
    let time = LineCallFilter { from: Some(at(10)), until: Some(at(30)), ..all.clone() };
    assert_eq!(listed(store, &time).await, [4, 3, 2, 1]);
    let unseen = LineCallFilter { unseen: true, ..all.clone() };
    assert_eq!(listed(store, &unseen).await, [2], "3 has no ticket, 1 was acknowledged");
    let none = LineCallFilter { limit: 0, ..all.clone() };
    assert_eq!(listed(store, &none).await, [6], "one at least");
    let lost = LineCallFilter { before: Some(sid(SidKind::Call, 404)), ..all };
    let missing = StoreError::Missing(sid(SidKind::Call, 404));
    assert_eq!(store.line_calls(owner(), lost).await, Err(missing));
}

async fn listed(store: &dyn Store, filter: &LineCallFilter) -> Vec<u128> {
    let calls = store.line_calls(owner(), filter.clone()).await.expect("a list");
    calls.iter().map(|call| call.call.digits()).collect()
}

pub(crate) async fn unfinished_calls_of_lines_come_oldest_first(store: &dyn Store) {
    open_owner(store).await;
    let second: Sid = account(2).sid;
    store.open_account(account(2)).await.expect("it is new");
    store.save_line_call(owner(), line_call(1, 30)).await.expect("it is kept");
    store.save_line_call(second, line_call(2, 10)).await.expect("it is kept");
    store.save_line_call(owner(), missed(3, 20)).await.expect("it is kept");
    let unfinished = vec![(second, line_call(2, 10)), (owner(), line_call(1, 30))];
    assert_eq!(store.unfinished_line_calls().await, Ok(unfinished));
}

pub(crate) async fn mails_leave_longest_due_first(store: &dyn Store) {
    open_owner(store).await;
    assert_eq!(store.next_mail_due().await, Ok(None));
    for (key, due_at) in [("a", 20), ("b", 10), ("c", 10), ("d", 30)] {
        assert_eq!(store.post_mail(mail(key, due_at)).await, Ok(true));
    }
    assert_eq!(store.next_mail_due().await, Ok(Some(at(10))));
    let due = store.due_mails(at(20), MANY).await.expect("a list");
    let keys: Vec<_> = due.iter().map(|mail| mail.key.as_str()).collect();
    assert_eq!(keys, ["b", "c", "a"]);
    assert_eq!(due[0], Mail { id: due[0].id, ..mail("b", 10) }, "every field comes back");
    assert_eq!(store.due_mails(at(20), 1).await.expect("a list").len(), 1);
    assert_eq!(store.due_mails(at(9), MANY).await, Ok(Vec::new()));
}

pub(crate) async fn a_mail_that_was_put_off_is_due_later(store: &dyn Store) {
    open_owner(store).await;
    store.post_mail(mail("a", 10)).await.expect("it is new");
    let id = store.due_mails(at(10), MANY).await.expect("a list")[0].id;
    store.mail_failed(id, 3, at(60)).await.expect("it waits");
    assert_eq!(store.due_mails(at(59), MANY).await, Ok(Vec::new()));
    assert_eq!(store.next_mail_due().await, Ok(Some(at(60))));
    let waits = Mail { id, attempts: 3, ..mail("a", 60) };
    assert_eq!(store.due_mails(at(60), MANY).await, Ok(vec![waits]));
}

pub(crate) async fn a_mails_key_is_known_for_ever(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("it is new");
    for key in ["a", "b"] {
        assert_eq!(store.post_mail(mail(key, 10)).await, Ok(true));
        assert_eq!(store.post_mail(mail(key, 1)).await, Ok(false), "it waits already");
    }
    let due = store.due_mails(at(10), MANY).await.expect("a list");
    store.mail_sent(due[0].id).await.expect("it is gone");
    store.mail_dropped(due[1].id).await.expect("it is gone");
    for key in ["a", "b"] {
        assert_eq!(store.post_mail(mail(key, 10)).await, Ok(false), "{key} was done");
    }
    for mail in due {
        store.mail_sent(mail.id).await.expect("a second time does nothing");
        store.mail_dropped(mail.id).await.expect("nor does this");
        store.mail_failed(mail.id, 9, at(1)).await.expect("nor this");
    }
    assert_eq!(store.due_mails(at(99), MANY).await, Ok(Vec::new()));
    assert_eq!(store.next_mail_due().await, Ok(None));
    let others = Mail { account: account(2).sid, ..mail("a", 10) };
    assert_eq!(store.post_mail(others).await, Ok(true), "keys are the account's own");
}
