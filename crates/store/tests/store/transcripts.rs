//! Transcripts: kept with their recording, owed until they are done, told of once, and gone with their recording.

use model::{
    Method, RecordingStatus, Sid, SidKind, Transcription, TranscriptionOrder, TranscriptionStatus,
};
use store::{Listing, Page, Store, StoreError};

use crate::rows::{account, at, callback, open_owner, owner, recording, sid};

/// One in progress, ordered `digits` seconds after 1970.
fn transcription(digits: u128, of: u128) -> Transcription {
    let ordered = at(u64::try_from(digits).expect("a small number"));
    Transcription {
        sid: sid(SidKind::Transcription, digits),
        account: owner(),
        recording: sid(SidKind::Recording, of),
        call: sid(SidKind::Call, 1),
        status: TranscriptionStatus::InProgress,
        text: None,
        failure: None,
        language: "pt-BR".to_owned(),
        length: std::time::Duration::from_micros(4_200_001),
        created_at: ordered,
        updated_at: ordered,
    }
}

fn order(digits: u128, of: u128) -> TranscriptionOrder {
    TranscriptionOrder {
        record: transcription(digits, of),
        callback: Some(("https://app.example/said".to_owned(), Method::Get)),
        params: vec![("From".to_owned(), "+14155550123".to_owned()), (String::new(), "ção".into())],
    }
}

async fn add(store: &dyn Store, order: TranscriptionOrder) {
    store.add_transcription(order).await.expect("it is kept");
}

async fn listed(store: &dyn Store, of: Option<Sid>, page: Page) -> (Vec<u128>, bool) {
    let listing = store.transcriptions(owner(), of, page).await;
    let Listing { items, more } = listing.expect("a list");
    (items.iter().map(|row| row.sid.digits()).collect(), more)
}

pub(crate) async fn transcriptions_are_owed_oldest_first_until_they_are_done(store: &dyn Store) {
    open_owner(store).await;
    let quiet = TranscriptionOrder { callback: None, params: Vec::new(), ..order(1, 1) };
    for order in [order(3, 1), quiet.clone(), order(2, 2)] {
        add(store, order).await;
    }
    assert_eq!(store.owed_transcriptions(2).await, Ok(vec![quiet, order(2, 2)]));
    let mut done = transcription(2, 2);
    done.status = TranscriptionStatus::Completed;
    done.text = Some("Olá, é a Ada.".to_owned());
    done.updated_at = at(50);
    let told = vec![callback(7, "said", 0)];
    assert_eq!(store.finish_transcription(done.clone(), told.clone()).await, Ok(true));
    assert_eq!(store.outbox_depth().await, Ok(1));
    assert_eq!(store.transcription(owner(), done.sid).await, Ok(Some(done.clone())));
    let mut late = done.clone();
    late.text = Some("something else".to_owned());
    assert_eq!(store.finish_transcription(late, told).await, Ok(false), "it is done");
    assert_eq!(store.transcription(owner(), done.sid).await, Ok(Some(done)));
    assert_eq!(store.outbox_depth().await, Ok(1), "told once");
    let mut failed = transcription(1, 1);
    failed.status = TranscriptionStatus::Failed;
    failed.failure = Some("the engine answered 500".to_owned());
    assert_eq!(store.finish_transcription(failed.clone(), Vec::new()).await, Ok(true));
    assert_eq!(store.transcription(owner(), failed.sid).await, Ok(Some(failed)));
    assert_eq!(store.owed_transcriptions(100).await, Ok(vec![order(3, 1)]));
}

pub(crate) async fn a_transcription_is_ordered_once(store: &dyn Store) {
    open_owner(store).await;
    add(store, order(1, 1)).await;
    let mut again = order(1, 1);
    again.record.language.push_str("-x");
    add(store, again.clone()).await;
    assert_eq!(store.owed_transcriptions(100).await, Ok(vec![order(1, 1)]));
    again.record.status = TranscriptionStatus::Completed;
    assert_eq!(store.finish_transcription(again.record.clone(), Vec::new()).await, Ok(true));
    add(store, order(1, 1)).await;
    assert_eq!(store.owed_transcriptions(100).await, Ok(Vec::new()), "done stays done");
}

pub(crate) async fn a_recording_is_kept_with_its_transcription_or_not_at_all(store: &dyn Store) {
    open_owner(store).await;
    let mut record = recording(1);
    record.status = RecordingStatus::Completed;
    let told = vec![callback(7, "recorded", 0)];
    let mut nobodys = order(1, 1);
    nobodys.record.account = sid(SidKind::Account, 404);
    let refused =
        store.save_recording_to_transcribe(record.clone(), told.clone(), nobodys.clone()).await;
    assert_eq!(refused, Err(StoreError::Missing(nobodys.record.account)));
    assert_eq!(store.recording(record.sid).await, Ok(None), "all or nothing");
    assert_eq!(store.outbox_depth().await, Ok(0));
    let kept = store.save_recording_to_transcribe(record.clone(), told, order(1, 1)).await;
    assert_eq!(kept, Ok(()));
    assert_eq!(store.recording(record.sid).await, Ok(Some(record)));
    assert_eq!(store.owed_transcriptions(100).await, Ok(vec![order(1, 1)]));
    assert_eq!(store.outbox_depth().await, Ok(1));
}

pub(crate) async fn a_deleted_recording_takes_its_transcriptions_along(store: &dyn Store) {
    open_owner(store).await;
    for digits in [1, 2] {
        store.save_recording(recording(digits), Vec::new()).await.expect("it is kept");
    }
    for (digits, of) in [(1, 1), (2, 1), (3, 2)] {
        add(store, order(digits, of)).await;
    }
    assert_eq!(store.delete_recording(sid(SidKind::Recording, 1)).await, Ok(true));
    assert_eq!(listed(store, None, Page::default()).await, (vec![3], false));
    let told = vec![callback(7, "said", 0)];
    let mut late = transcription(1, 1);
    late.status = TranscriptionStatus::Completed;
    assert_eq!(store.finish_transcription(late, told).await, Ok(false));
    assert_eq!(store.outbox_depth().await, Ok(0));
    add(store, order(4, 1)).await;
    assert_eq!(listed(store, None, Page::default()).await, (vec![3], false), "too late");
}

pub(crate) async fn transcriptions_are_listed_and_deleted_by_their_account(store: &dyn Store) {
    open_owner(store).await;
    let other = sid(SidKind::Account, 2);
    store.open_account(account(2)).await.expect("another account");
    for digits in 1..=5 {
        add(store, order(digits, 1 + digits % 2)).await;
    }
    let mut theirs = order(6, 1);
    theirs.record.account = other;
    add(store, theirs).await;
    let odd = Some(sid(SidKind::Recording, 2));
    assert_eq!(listed(store, odd, Page::default()).await, (vec![5, 3, 1], false));
    let first = Page::first(2);
    assert_eq!(listed(store, None, first).await, (vec![5, 4], true));
    let last = sid(SidKind::Transcription, 4);
    assert_eq!(store.delete_transcription(other, last).await, Ok(false), "not theirs");
    assert_eq!(store.delete_transcription(owner(), last).await, Ok(true));
    assert_eq!(store.delete_transcription(owner(), last).await, Ok(false));
    assert_eq!(listed(store, None, first.after(last)).await, (vec![3, 2], true));
    assert_eq!(store.transcription(owner(), last).await, Ok(None));
    assert_eq!(store.transcription(other, sid(SidKind::Transcription, 5)).await, Ok(None));
    add(store, order(4, 1)).await;
    assert_eq!(store.transcription(owner(), last).await, Ok(None), "deleted stays deleted");
    let nowhere = Page::default().after(sid(SidKind::Transcription, 99));
    let missing = store.transcriptions(owner(), None, nowhere).await;
    assert_eq!(missing, Err(StoreError::Missing(sid(SidKind::Transcription, 99))));
}
