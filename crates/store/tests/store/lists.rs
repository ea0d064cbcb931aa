//! Lists: which rows they show, and pages that show each row once.

use std::collections::BTreeMap;

use model::{AlertLevel, CallRecord, CallStatus, Moment, Sid, SidKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{
    AlertFilter, CallChange, CallFilter, DateRange, NumberFilter, Page, RecordingFilter, Store,
    StoreError,
};

use crate::rows::{account, alert, at, call, number, open_owner, owner, recording, sid};
use crate::{Opened, block_on};

/// Stores that the paging property opens, each with its rows.
const CASES: u32 = 48;

async fn save(store: &dyn Store, record: &CallRecord) {
    store.save_call(CallChange::quiet(record.clone())).await.expect("it is kept");
}

async fn sids(store: &dyn Store, filter: CallFilter) -> Vec<u128> {
    let listing = store.calls(owner(), filter, Page::default()).await.expect("a list");
    listing.items.iter().map(|call| call.sid.digits()).collect()
}

pub(crate) async fn numbers_are_found_by_part_and_name(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    for (digits, text) in [(1, "+14155550123"), (2, "+14155559999"), (3, "+551130001234")] {
        store.buy_number(number(digits, text)).await.expect("nobody has it");
    }
    let mut other = number(4, "+14155550100");
    other.account = sid(SidKind::Account, 2);
    store.buy_number(other).await.expect("nobody has it");
    let found = async |phone_number: Option<&str>, friendly_name: Option<&str>| {
        let filter = NumberFilter {
            phone_number: phone_number.map(str::to_owned),
            friendly_name: friendly_name.map(str::to_owned),
        };
        let listing = store.numbers(owner(), filter, Page::default()).await.expect("a list");
        listing.items.iter().map(|number| number.sid.digits()).collect::<Vec<_>>()
    };
    assert_eq!(found(None, None).await, [3, 2, 1]);
    assert_eq!(found(Some("+1415"), None).await, [2, 1]);
    assert_eq!(found(Some("+1 (415) 555-0***"), None).await, [1]);
    assert_eq!(found(Some("5551234"), None).await, [0u128; 0]);
    assert_eq!(found(Some("1234"), None).await, [3]);
    assert_eq!(found(Some("%"), None).await, [0u128; 0]);
    assert_eq!(found(None, Some("Number 2")).await, [2]);
    assert_eq!(found(None, Some("number")).await, [0u128; 0]);
    assert_eq!(found(Some("+55"), Some("Number 2")).await, [0u128; 0]);
}

pub(crate) async fn calls_are_filtered(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut ended = call(1);
    ended.status = CallStatus::Completed;
    ended.started_at = Some(at(1000));
    ended.ended_at = Some(at(1060));
    let mut child = call(2);
    child.parent = Some(ended.sid);
    child.from = "+551130001234".parse().expect("a number");
    child.to = "client:bea".parse().expect("a client");
    child.started_at = Some(at(1010));
    let mut strangers = call(3);
    strangers.account = sid(SidKind::Account, 2);
    strangers.started_at = Some(at(1000));
    for record in [&ended, &child, &strangers, &call(4)] {
        save(store, record).await;
    }
    let all = CallFilter::default;
    assert_eq!(sids(store, all()).await, [4, 2, 1]);
    let to = Some("client:bea".to_owned());
    assert_eq!(sids(store, CallFilter { to, ..all() }).await, [2]);
    let from = Some("client:ada".to_owned());
    assert_eq!(sids(store, CallFilter { from: from.clone(), ..all() }).await, [4, 1]);
    let status = Some(CallStatus::Completed);
    assert_eq!(sids(store, CallFilter { status, ..all() }).await, [1]);
    assert_eq!(sids(store, CallFilter { from, status, ..all() }).await, [1]);
    let parent = Some(ended.sid);
    assert_eq!(sids(store, CallFilter { parent, ..all() }).await, [2]);
    let range = |after, before| DateRange { after, before };
    let started = async |range| sids(store, CallFilter { started: range, ..all() }).await;
    assert_eq!(started(range(Some(at(1000)), None)).await, [2, 1]);
    assert_eq!(started(range(Some(at(1001)), None)).await, [2]);
    assert_eq!(started(range(None, Some(at(1010)))).await, [1]);
    assert_eq!(started(range(Some(at(1000)), Some(at(1011)))).await, [2, 1]);
    assert_eq!(started(DateRange::on(Moment::EPOCH)).await, [2, 1]);
    assert_eq!(started(DateRange::on(at(24 * 60 * 60))).await, [0u128; 0]);
    let ended = range(None, Some(at(2000)));
    assert_eq!(sids(store, CallFilter { ended, ..all() }).await, [1]);
}

pub(crate) async fn recordings_are_filtered(store: &dyn Store) {
    open_owner(store).await;
    let mut later = recording(2);
    later.call = sid(SidKind::Call, 2);
    later.started_at = at(300);
    for record in [recording(1), later.clone()] {
        store.save_recording(record, Vec::new()).await.expect("it is kept");
    }
    let found = async |filter| {
        let listing = store.recordings(owner(), filter, Page::default()).await.expect("a list");
        listing.items
    };
    assert_eq!(found(RecordingFilter::default()).await, [later.clone(), recording(1)]);
    let call = Some(later.call);
    assert_eq!(found(RecordingFilter { call, ..Default::default() }).await, [later]);
    let created = DateRange { after: None, before: Some(at(300)) };
    assert_eq!(found(RecordingFilter { created, ..Default::default() }).await, [recording(1)]);
}

pub(crate) async fn alerts_are_filtered(store: &dyn Store) {
    open_owner(store).await;
    let mut warning = alert(2);
    warning.level = AlertLevel::Warning;
    warning.call = None;
    for alert in [alert(1), warning.clone()] {
        store.raise_alert(alert).await.expect("it is new");
    }
    let found = async |filter| {
        let listing = store.alerts(owner(), filter, Page::default()).await.expect("a list");
        listing.items
    };
    assert_eq!(found(AlertFilter::default()).await, [warning.clone(), alert(1)]);
    let level = Some(AlertLevel::Warning);
    assert_eq!(found(AlertFilter { level, ..Default::default() }).await, [warning]);
    let call = Some(sid(SidKind::Call, 1));
    assert_eq!(found(AlertFilter { call, ..Default::default() }).await, [alert(1)]);
}

pub(crate) async fn a_page_after_a_deleted_row_goes_on_there(store: &dyn Store) {
    open_owner(store).await;
    for digits in 0..10 {
        save(store, &call(digits)).await;
    }
    let mut seen = Vec::new();
    let mut page = Page::first(3);
    loop {
        let listing = store.calls(owner(), CallFilter::default(), page).await.expect("a list");
        for call in &listing.items {
            seen.push(call.sid.digits());
            assert_eq!(store.delete_call(call.sid).await, Ok(true));
        }
        match listing.items.last() {
            Some(last) if listing.more => page = page.after(last.sid),
            _ => break,
        }
    }
    assert_eq!(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
}

pub(crate) async fn a_token_of_nobodys_row_is_refused(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut strangers = call(1);
    strangers.account = sid(SidKind::Account, 2);
    save(store, &strangers).await;
    for token in [strangers.sid, sid(SidKind::Call, 404)] {
        let page = Page::default().after(token);
        let refused = store.calls(owner(), CallFilter::default(), page).await;
        assert_eq!(refused, Err(StoreError::Missing(token)));
    }
}

pub(crate) async fn a_pages_size_is_kept_in_bounds(store: &dyn Store) {
    open_owner(store).await;
    for digits in 0..3 {
        save(store, &call(digits)).await;
    }
    let list = async |size| {
        let page = Page::first(size);
        store.calls(owner(), CallFilter::default(), page).await.expect("a list")
    };
    let smallest = list(0).await;
    assert_eq!((smallest.items.len(), smallest.more), (1, true));
    let largest = list(u32::MAX).await;
    assert_eq!((largest.items.len(), largest.more), (3, false));
    let exact = list(3).await;
    assert_eq!((exact.items.len(), exact.more), (3, false));
}

/// Calls by SID, at few different moments; whose they are; and the size of pages.
type Rows = (BTreeMap<u8, (u64, bool)>, u32);

pub(crate) fn pages_show_every_row_once_in_order(open: fn() -> Opened) {
    let rows =
        prop::collection::btree_map(any::<u8>(), (0u64..4, prop::bool::weighted(0.8)), 0..24);
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let outcome = runner.run(&(rows, 1u32..7), |rows| {
        let opened = open();
        block_on(pages_of(&*opened.store, rows))
    });
    outcome.expect("each row once, newest first");
}

async fn pages_of(store: &dyn Store, (rows, size): Rows) -> Result<(), TestCaseError> {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut expected: Vec<(Moment, Sid)> = Vec::new();
    for (digits, (second, ours)) in rows {
        let mut record = call(u128::from(digits));
        record.created_at = at(second);
        if ours {
            expected.push((record.created_at, record.sid));
        } else {
            record.account = sid(SidKind::Account, 2);
        }
        save(store, &record).await;
    }
    expected.sort_unstable();
    expected.reverse();
    for by_token in [true, false] {
        let mut seen = Vec::new();
        let mut page = Page::first(size);
        loop {
            let listing = store.calls(owner(), CallFilter::default(), page).await;
            let listing = listing.expect("a list");
            prop_assert!(listing.items.len() <= size as usize);
            seen.extend(listing.items.iter().map(|call| (call.created_at, call.sid)));
            let Some(last) = listing.items.last().filter(|_| listing.more) else { break };
            page = page.after(last.sid);
            page.token = page.token.filter(|_| by_token);
        }
        prop_assert_eq!(&seen, &expected);
    }
    Ok(())
}
