//! Every kind of record: kept, read back in every field, changed, refused, forgotten.

use std::time::Duration;

use model::{
    AccountStatus, AlertLevel, CallStatus, Moment, Party, RecordingSource, RecordingStatus, SidKind,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store::{AlertFilter, CallChange, CallFilter, Page, RecordingFilter, Store, StoreError};

use crate::rows::{
    account, alert, any_call, at, call, callback, change, number, open_owner, owner, phone,
    recording, sid, subscription, trunk,
};
use crate::{Opened, block_on};

pub(crate) async fn accounts_come_back_and_change(store: &dyn Store) {
    assert_eq!(store.account(owner()).await, Ok(None));
    let mut account = account(1);
    assert_eq!(store.change_account(account.clone()).await, Err(StoreError::Missing(owner())));
    store.open_account(account.clone()).await.expect("it is new");
    let again = store.open_account(account.clone()).await;
    assert_eq!(again, Err(StoreError::Taken(owner().to_string())));
    assert_eq!(store.account(owner()).await, Ok(Some(account.clone())));
    for status in [AccountStatus::Suspended, AccountStatus::Closed, AccountStatus::Active] {
        account.status = status;
        account.token = model::Secret::new(status.as_str());
        account.friendly_name.push('!');
        account.updated_at = account.updated_at + Duration::from_micros(1);
        store.change_account(account.clone()).await.expect("it exists");
        assert_eq!(store.account(owner()).await, Ok(Some(account.clone())));
    }
    let mut newer = crate::rows::account(2);
    newer.created_at = at(50);
    store.open_account(newer.clone()).await.expect("it is new");
    assert_eq!(store.accounts().await, Ok(vec![newer, account]));
}

pub(crate) async fn numbers_come_back_change_and_are_released(store: &dyn Store) {
    open_owner(store).await;
    let mut record = number(1, "+14155550123");
    assert_eq!(store.change_number(record.clone()).await, Err(StoreError::Missing(record.sid)));
    store.buy_number(record.clone()).await.expect("nobody has it");
    assert_eq!(store.number(record.sid).await, Ok(Some(record.clone())));
    assert_eq!(store.number_called(&record.number).await, Ok(Some(record.clone())));
    record.voice = model::VoiceRouting::default();
    record.text.url = None;
    record.text.fallback_url = Some("https://app.example/other".to_owned());
    record.friendly_name.insert_str(0, "The line: ");
    record.updated_at = at(12);
    store.change_number(record.clone()).await.expect("it exists");
    assert_eq!(store.number(record.sid).await, Ok(Some(record.clone())));
    assert_eq!(store.release_number(record.sid).await, Ok(true));
    assert_eq!(store.release_number(record.sid).await, Ok(false));
    assert_eq!(store.number_called(&record.number).await, Ok(None));
}

pub(crate) async fn a_number_belongs_to_one_record(store: &dyn Store) {
    open_owner(store).await;
    store.buy_number(number(1, "+14155550123")).await.expect("nobody has it");
    store.buy_number(number(2, "+14155550124")).await.expect("nobody has it");
    let taken = Err(StoreError::Taken("+14155550123".to_owned()));
    assert_eq!(store.buy_number(number(3, "+14155550123")).await, taken);
    assert_eq!(store.change_number(number(2, "+14155550123")).await, taken);
    let same_sid = store.buy_number(number(1, "+14155550125")).await;
    assert_eq!(same_sid, Err(StoreError::Taken(sid(SidKind::Number, 1).to_string())));
    store.release_number(sid(SidKind::Number, 1)).await.expect("it exists");
    store.buy_number(number(3, "+14155550123")).await.expect("it was released");
}

pub(crate) async fn phones_come_back_change_and_are_removed(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut ada = phone(1, "ada");
    assert_eq!(store.change_phone(ada.clone()).await, Err(StoreError::Missing(ada.sid)));
    store.add_phone(ada.clone()).await.expect("it is new");
    let mut bea = phone(2, "bea");
    bea.account = sid(SidKind::Account, 2);
    bea.caller_id = None;
    bea.voice = crate::rows::voice();
    store.add_phone(bea.clone()).await.expect("it is new");
    assert_eq!(store.phone(ada.sid).await, Ok(Some(ada.clone())));
    assert_eq!(store.phone_named("bea").await, Ok(Some(bea.clone())));
    assert_eq!(store.phone_named("Bea").await, Ok(None), "case matters");
    assert_eq!(store.phones(owner()).await, Ok(vec![ada.clone()]));
    assert_eq!(store.all_phones().await, Ok(vec![ada.clone(), bea.clone()]));
    ada.name.push_str(".l");
    ada.password = model::Secret::new("other");
    store.change_phone(ada.clone()).await.expect("it exists");
    assert_eq!(store.phone_named("ada.l").await, Ok(Some(ada.clone())));
    assert_eq!(store.remove_phone(ada.sid).await, Ok(true));
    assert_eq!(store.remove_phone(ada.sid).await, Ok(false));
    assert_eq!(store.phone(ada.sid).await, Ok(None));
}

pub(crate) async fn a_phones_name_is_unique(store: &dyn Store) {
    open_owner(store).await;
    store.add_phone(phone(1, "ada")).await.expect("it is new");
    store.add_phone(phone(2, "bea")).await.expect("it is new");
    let taken = Err(StoreError::Taken("ada".to_owned()));
    assert_eq!(store.add_phone(phone(3, "ada")).await, taken);
    assert_eq!(store.change_phone(phone(2, "ada")).await, taken);
}

pub(crate) async fn trunks_come_back_and_are_removed(store: &dyn Store) {
    let west = trunk(1, "west");
    let mut east = trunk(2, "east");
    east.credentials = None;
    east.sources.clear();
    east.prefixes.clear();
    store.add_trunk(west.clone()).await.expect("it is new");
    store.add_trunk(east.clone()).await.expect("it is new");
    let again = store.add_trunk(trunk(3, "west")).await;
    assert_eq!(again, Err(StoreError::Taken("west".to_owned())));
    assert_eq!(store.trunks().await, Ok(vec![east.clone(), west]));
    assert_eq!(store.remove_trunk("west").await, Ok(true));
    assert_eq!(store.remove_trunk("west").await, Ok(false));
    assert_eq!(store.trunks().await, Ok(vec![east]));
}

pub(crate) fn every_call_comes_back_as_it_was_saved(open: fn() -> Opened) {
    let opened = open();
    let store = &*opened.store;
    block_on(open_owner(store));
    let mut runner = TestRunner::default();
    let twice = (any_call(), any_call());
    let outcome = runner.run(&twice, |(first, mut second)| {
        second.sid = first.sid;
        block_on(async {
            for record in [first, second] {
                let saved = store.save_call(CallChange::quiet(record.clone())).await;
                prop_assert_eq!(saved, Ok(()));
                prop_assert_eq!(store.call(record.sid).await, Ok(Some(record)));
            }
            Ok(())
        })
    });
    outcome.expect("every field comes back");
}

pub(crate) async fn recordings_come_back_as_they_were_saved(store: &dyn Store) {
    open_owner(store).await;
    let mut record = recording(1);
    for source in RecordingSource::ALL {
        for status in RecordingStatus::ALL {
            record.source = source;
            record.status = status;
            record.duration = Some(Duration::from_micros(1_234_567));
            record.error_code = Some(16_111);
            record.channels = 1;
            record.updated_at = record.updated_at + Duration::from_micros(1);
            store.save_recording(record.clone(), Vec::new()).await.expect("it is kept");
            assert_eq!(store.recording(record.sid).await, Ok(Some(record.clone())));
        }
    }
    let running = recording(2);
    store.save_recording(running.clone(), Vec::new()).await.expect("it is kept");
    assert_eq!(store.unfinished_recordings().await, Ok(vec![running.clone()]));
    assert_eq!(store.delete_recording(running.sid).await, Ok(true));
    assert_eq!(store.delete_recording(running.sid).await, Ok(false));
    store.save_recording(running.clone(), Vec::new()).await.expect("no error, and no row");
    assert_eq!(store.recording(running.sid).await, Ok(None));
    assert_eq!(store.unfinished_recordings().await, Ok(Vec::new()));
}

pub(crate) async fn alerts_come_back_as_they_were_raised(store: &dyn Store) {
    open_owner(store).await;
    let full = alert(1);
    let mut bare = alert(2);
    bare.call = None;
    bare.url = None;
    bare.level = AlertLevel::Warning;
    for alert in [full.clone(), bare] {
        store.raise_alert(alert.clone()).await.expect("it is new");
        assert_eq!(store.alert(alert.sid).await, Ok(Some(alert)));
    }
    let again = store.raise_alert(full.clone()).await;
    assert_eq!(again, Err(StoreError::Taken(full.sid.to_string())));
}

pub(crate) async fn what_belongs_to_no_account_is_refused(store: &dyn Store) {
    let nobody = Err(StoreError::Missing(owner()));
    assert_eq!(store.buy_number(number(1, "+14155550123")).await, nobody);
    assert_eq!(store.add_phone(phone(1, "ada")).await, nobody);
    assert_eq!(store.save_call(CallChange::quiet(call(1))).await, nobody);
    assert_eq!(store.save_recording(recording(1), Vec::new()).await, nobody);
    assert_eq!(store.raise_alert(alert(1)).await, nobody);
}

pub(crate) async fn a_bad_row_among_good_ones_fails_alone(store: &dyn Store) {
    open_owner(store).await;
    let mut bad = call(2);
    bad.account = sid(SidKind::Account, 404);
    let lost = vec![callback(2, "never kept", 0)];
    let (first, second, third) = tokio::join!(
        store.save_call(CallChange::quiet(call(1))),
        store.save_call(change(bad.clone(), lost)),
        store.save_call(CallChange::quiet(call(3))),
    );
    assert_eq!((first, second, third), (Ok(()), Err(StoreError::Missing(bad.account)), Ok(())));
    assert_eq!(store.call(bad.sid).await, Ok(None));
    assert_eq!(store.outbox_depth().await, Ok(0));
    let kept = store.calls(owner(), CallFilter::default(), Page::default()).await.expect("a list");
    assert_eq!(kept.items.len(), 2);
    let mut half = callback(3, "its account is unknown", 0);
    half.account = bad.account;
    let mut changed = call(3);
    changed.status = CallStatus::Ringing;
    let refused = store.save_call(change(changed, vec![callback(3, "ringing", 0), half])).await;
    assert_eq!(refused, Err(StoreError::Missing(bad.account)));
    assert_eq!(store.call(sid(SidKind::Call, 3)).await, Ok(Some(call(3))), "all or nothing");
    assert_eq!(store.outbox_depth().await, Ok(0));
}

pub(crate) async fn a_deleted_call_stays_deleted_and_its_recording_stays(store: &dyn Store) {
    open_owner(store).await;
    let record = call(1);
    store.save_call(CallChange::quiet(record.clone())).await.expect("it is kept");
    store.save_recording(recording(1), Vec::new()).await.expect("it is kept");
    assert_eq!(store.delete_call(record.sid).await, Ok(true));
    assert_eq!(store.delete_call(record.sid).await, Ok(false));
    let late = change(record.clone(), vec![callback(1, "completed", 0)]);
    store.save_call(late).await.expect("no error, and no row");
    assert_eq!(store.call(record.sid).await, Ok(None));
    assert_eq!(store.outbox_depth().await, Ok(1), "whoever waits for the callback gets it");
    let of_call = RecordingFilter { call: Some(record.sid), ..RecordingFilter::default() };
    let recordings = store.recordings(owner(), of_call, Page::default()).await.expect("a list");
    assert_eq!(recordings.items, [recording(1)]);
}

pub(crate) async fn unfinished_calls_come_with_their_latest_subscription(store: &dyn Store) {
    open_owner(store).await;
    let mut told = call(1);
    let first = Some(subscription(0));
    let saved = CallChange { subscription: first, ..CallChange::quiet(told.clone()) };
    store.save_call(saved).await.expect("it is kept");
    let next = Some(subscription(1));
    told.status = CallStatus::Ringing;
    let saved = CallChange { subscription: next.clone(), ..CallChange::quiet(told.clone()) };
    store.save_call(saved).await.expect("it is kept");
    told.status = CallStatus::InProgress;
    store.save_call(CallChange::quiet(told.clone())).await.expect("it is kept");
    let mut untold = call(2);
    untold.created_at = at(99);
    store.save_call(CallChange::quiet(untold.clone())).await.expect("it is kept");
    let unfinished = store.unfinished_calls().await.expect("a list");
    assert_eq!(unfinished, [(untold.clone(), None), (told.clone(), next)], "oldest first");
    for status in CallStatus::ALL.into_iter().filter(|status| status.is_final()) {
        let mut ended = call(10 + status as u128);
        ended.status = status;
        store.save_call(CallChange::quiet(ended)).await.expect("it is kept");
    }
    assert_eq!(store.unfinished_calls().await.expect("a list").len(), 2);
    told.status = CallStatus::Completed;
    store.save_call(CallChange::quiet(told)).await.expect("it is kept");
    assert_eq!(store.unfinished_calls().await, Ok(vec![(untold, None)]));
}

pub(crate) async fn odd_texts_come_back_unharmed(store: &dyn Store) {
    open_owner(store).await;
    for (index, text) in
        ["", "'; DROP TABLE calls; --", "a\nb\tc", "🎷é", "NULL"].iter().enumerate()
    {
        let mut record = call(index as u128);
        record.from = Party::Other((*text).to_owned());
        record.caller_name = Some((*text).to_owned());
        record.created_at = Moment::from_micros(i64::MIN + index as i64);
        store.save_call(CallChange::quiet(record.clone())).await.expect("it is kept");
        assert_eq!(store.call(record.sid).await, Ok(Some(record.clone())));
        let filter = CallFilter { from: Some((*text).to_owned()), ..CallFilter::default() };
        let found = store.calls(owner(), filter, Page::default()).await.expect("a list");
        assert_eq!(found.items, [record]);
    }
    let none = store.alerts(owner(), AlertFilter::default(), Page::default()).await;
    assert_eq!(none.expect("a list").items, []);
}

pub(crate) async fn a_ping_is_answered(store: &dyn Store) {
    assert_eq!(store.ping().await, Ok(()));
    assert_eq!(store.ping().await, Ok(()));
    store.close().await;
    assert_eq!(store.ping().await, Err(StoreError::Closed));
}
