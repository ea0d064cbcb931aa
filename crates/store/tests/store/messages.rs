//! Text messages: kept with all that follows or not at all, changed, listed, and forgotten for good.

use std::sync::Arc;

use model::{MessageStatus, PartState, SidKind};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store::{
    Creation, DateRange, Message, MessageChange, MessageFilter, NewMessage, Page, PartFound,
    Sqlite, Store, StoreError, Texts as _,
};

use crate::rows::{account, at, callback, open_owner, owner, sid};
use crate::text_rows::{
    any_message, became, create, fragment, media, message, message_sid, new, part, record, service,
    service_sid, who,
};
use crate::{Opened, block_on};

/// More rows than any test has.
const MANY: u32 = 1000;

async fn sids(store: &dyn Store, filter: MessageFilter) -> Vec<u128> {
    let listing = store.messages(owner(), filter, Page::default()).await.expect("a list");
    listing.items.iter().map(|message| message.sid.digits()).collect()
}

pub(crate) fn every_message_comes_back_as_it_was_made_and_changed(open: fn() -> Opened) {
    let opened = open();
    block_on(open_owner(&*opened.store));
    let messages = (any_message(), any_message());
    let outcome = TestRunner::default().run(&messages, |(made, mut changed)| {
        block_on(async {
            let store = &*opened.store;
            let sid = made.record.sid;
            create(store, NewMessage::plain(made.record.clone(), made.plan.clone())).await;
            prop_assert_eq!(store.message(sid).await, Ok(Some(made.clone())));
            changed.record.sid = sid;
            store.change_message(MessageChange::quiet(changed.clone())).await.expect("it exists");
            prop_assert_eq!(store.message(sid).await, Ok(Some(changed.clone())));
            let mut touched = changed;
            touched.record.body.push('!');
            store.change_message(MessageChange::quiet(touched.clone())).await.expect("it exists");
            prop_assert_eq!(store.message(sid).await, Ok(Some(touched)));
            prop_assert_eq!(store.delete_message(sid).await, Ok(true));
            prop_assert_eq!(store.message(sid).await, Ok(None));
            Ok(())
        })
    });
    outcome.expect("every field comes back");
}

pub(crate) async fn a_repetition_is_answered_with_the_first(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let keyed = |digits| NewMessage { idempotency_key: Some("once".to_owned()), ..new(digits) };
    let came_as = Some(("west".to_owned(), "7".to_owned()));
    let came = |digits| NewMessage { came_as: came_as.clone(), ..new(digits) };
    create(store, keyed(1)).await;
    create(store, came(2)).await;
    let mut again = keyed(3);
    again.callbacks.push(callback(3, "queued", 0));
    assert_eq!(store.create_message(again).await, Ok(Creation::Repeated(record(1))));
    assert_eq!(store.create_message(came(4)).await, Ok(Creation::Repeated(record(2))));
    assert_eq!(sids(store, MessageFilter::default()).await, [2, 1], "nothing else was kept");
    assert_eq!(store.outbox_depth().await, Ok(0));
    let mut strangers = keyed(5);
    strangers.message.record.account = sid(SidKind::Account, 2);
    create(store, strangers).await;
    let other_carrier = Some(("east".to_owned(), "7".to_owned()));
    create(store, NewMessage { came_as: other_carrier, ..new(6) }).await;
}

pub(crate) async fn who_opted_out_gets_nothing_until_they_opt_in(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let (scope, ada) = ("+14155550100", who("+14155550123"));
    let barred = || NewMessage { unless_barred_by: Some(scope.to_owned()), ..new(1) };
    assert_eq!(store.opted_out(owner(), scope, &ada).await, Ok(false));
    store.opt_out(owner(), scope, &ada, at(1)).await.expect("it is kept");
    store.opt_out(owner(), scope, &ada, at(2)).await.expect("once is enough");
    assert_eq!(store.opted_out(owner(), scope, &ada).await, Ok(true));
    for other in [
        store.opted_out(owner(), "MG", &ada).await,
        store.opted_out(owner(), scope, &who("+14155550124")).await,
        store.opted_out(sid(SidKind::Account, 2), scope, &ada).await,
    ] {
        assert_eq!(other, Ok(false));
    }
    assert_eq!(store.create_message(barred()).await, Ok(Creation::Barred));
    assert_eq!(store.message(message_sid(1)).await, Ok(None));
    assert_eq!(store.opt_in(owner(), scope, &ada).await, Ok(true));
    assert_eq!(store.opt_in(owner(), scope, &ada).await, Ok(false));
    create(store, barred()).await;
    let nobodys = sid(SidKind::Account, 404);
    assert_eq!(store.opt_out(nobodys, scope, &ada, at(1)).await, Err(StoreError::Missing(nobodys)));
}

pub(crate) async fn a_message_comes_with_all_that_follows(store: &dyn Store) {
    open_owner(store).await;
    store.open_service(service(1)).await.expect("it is new");
    for number in [3, 1, 2] {
        store.keep_fragment(fragment(9, number, 90)).await.expect("it is kept");
    }
    store.keep_fragment(fragment(10, 1, 90)).await.expect("it is kept");
    let mut whole = new(1);
    whole.message.record.service = Some(service_sid(1));
    whole.message.record.media = 2;
    whole.media = vec![media(1, 1), media(2, 1)];
    whole.callbacks = vec![callback(1, "accepted", 0), callback(1, "queued", 0)];
    whole.sticky = true;
    whole.fragments = Some(store::FragmentSet::of(&fragment(9, 1, 90)));
    create(store, whole.clone()).await;
    let listed = store.media_of(owner(), message_sid(1), DateRange::default(), Page::default());
    assert_eq!(listed.await.expect("a list").items, [media(2, 1), media(1, 1)]);
    assert_eq!(store.outbox_depth().await, Ok(2));
    let sticky = store.sticky_sender(service_sid(1), &who("+14155550123")).await;
    assert_eq!(sticky, Ok(Some(who("+14155550100"))));
    assert_eq!(store.stale_fragments(at(91)).await, Ok(vec![fragment(10, 1, 90)]));
    let mut next = new(2);
    next.message.record.service = Some(service_sid(1));
    next.message.record.from = Some(who("ALO"));
    next.sticky = true;
    create(store, next).await;
    let sticky = store.sticky_sender(service_sid(1), &who("+14155550123")).await;
    assert_eq!(sticky, Ok(Some(who("ALO"))), "the last one chosen");
    assert_eq!(store.sticky_sender(service_sid(2), &who("+14155550123")).await, Ok(None));
}

pub(crate) async fn a_message_that_is_refused_leaves_nothing(store: &dyn Store) {
    open_owner(store).await;
    let nobodys = sid(SidKind::Account, 404);
    let mut bad = new(1);
    bad.media = vec![media(1, 1)];
    bad.callbacks = vec![callback(1, "queued", 0)];
    bad.callbacks[0].account = nobodys;
    assert_eq!(store.create_message(bad).await, Err(StoreError::Missing(nobodys)));
    assert_eq!(store.message(message_sid(1)).await, Ok(None));
    assert_eq!(store.media(media(1, 1).sid).await, Ok(None));
    create(store, new(2)).await;
    let again = store.create_message(new(2)).await;
    assert_eq!(again, Err(StoreError::Taken(message_sid(2).to_string())));
    let never_made = store.change_message(MessageChange::quiet(message(3))).await;
    assert_eq!(never_made, Err(StoreError::Missing(message_sid(3))));
}

pub(crate) async fn a_receipt_finds_its_message_by_the_carriers_name(store: &dyn Store) {
    open_owner(store).await;
    create(store, new(1)).await;
    create(store, new(2)).await;
    let mut sent = became(&message(1), MessageStatus::Sent);
    sent.message.record.sent_at = Some(at(105));
    sent.parts = vec![part(1, 1, "b"), part(1, 0, "a")];
    store.change_message(sent.clone()).await.expect("it exists");
    let both = vec![part(1, 0, "a"), part(1, 1, "b")];
    assert_eq!(store.parts(message_sid(1)).await, Ok(both.clone()));
    assert_eq!(store.parts(message_sid(2)).await, Ok(Vec::new()));
    let found = PartFound { part: part(1, 1, "b"), message: sent.message.clone(), all: both };
    assert_eq!(store.part("west", "b").await, Ok(Some(found)));
    assert_eq!(store.part("east", "b").await, Ok(None));
    let mut receipt = became(&sent.message, MessageStatus::Undelivered);
    let lost = model::MessagePart {
        state: PartState::Undelivered,
        error_code: Some(30005),
        ..part(1, 1, "b")
    };
    receipt.parts = vec![lost.clone()];
    store.change_message(receipt.clone()).await.expect("it exists");
    let both = vec![part(1, 0, "a"), lost.clone()];
    let found = PartFound { part: lost, message: receipt.message, all: both };
    assert_eq!(store.part("west", "b").await, Ok(Some(found)));
    // The carrier's counter began anew.
    let mut later = became(&message(2), MessageStatus::Sent);
    later.parts = vec![part(2, 0, "b")];
    store.change_message(later.clone()).await.expect("it exists");
    let found = store.part("west", "b").await.expect("it is readable").expect("it is there");
    assert_eq!(found.message, later.message);
    assert_eq!(store.parts(message_sid(1)).await, Ok(vec![part(1, 0, "a")]));
}

pub(crate) async fn a_deleted_message_stays_deleted(store: &dyn Store) {
    open_owner(store).await;
    let mut whole = new(1);
    whole.media = vec![media(1, 1)];
    whole.message.record.media = 1;
    create(store, whole).await;
    let mut sent = became(&message(1), MessageStatus::Sent);
    sent.parts = vec![part(1, 0, "a")];
    store.change_message(sent.clone()).await.expect("it exists");
    assert_eq!(store.delete_message(message_sid(1)).await, Ok(true));
    assert_eq!(store.delete_message(message_sid(1)).await, Ok(false));
    assert_eq!(store.part("west", "a").await, Ok(None));
    sent.parts.push(part(1, 1, "b"));
    sent.media = vec![media(1, 1), media(2, 1)];
    sent.callbacks = vec![callback(1, "sent", 0)];
    store.change_message(sent).await.expect("it is too late, not wrong");
    assert_eq!(store.message(message_sid(1)).await, Ok(None));
    for id in ["a", "b"] {
        assert_eq!(store.part("west", id).await, Ok(None));
    }
    for digits in [1, 2] {
        assert_eq!(store.media(media(digits, 1).sid).await, Ok(None));
    }
    assert_eq!(store.outbox_depth().await, Ok(1), "its callback still goes out");
    assert_eq!(store.waiting_messages().await, Ok(0));
}

pub(crate) async fn deleted_media_is_counted_off_and_stays_deleted(store: &dyn Store) {
    open_owner(store).await;
    let mut whole = new(1);
    whole.media = vec![media(1, 1), media(2, 1)];
    whole.message.record.media = 2;
    create(store, whole.clone()).await;
    assert_eq!(store.delete_media(media(1, 1).sid).await, Ok(true));
    assert_eq!(store.delete_media(media(1, 1).sid).await, Ok(false));
    let count = async || {
        let message = store.message(message_sid(1)).await.expect("it is readable");
        message.expect("it is there").record.media
    };
    assert_eq!(count().await, 1);
    let mut fetched = media(2, 1);
    fetched.url = None;
    fetched.size = Some(1 << 40);
    fetched.content_type.push_str("; q=1");
    store.change_message(became(&whole.message, MessageStatus::Sending)).await.expect("it exists");
    assert_eq!(count().await, 1, "whoever sends it has not heard of the deletion");
    let one_left = Message {
        record: model::MessageRecord { media: 1, ..whole.message.record },
        plan: whole.message.plan,
    };
    let with_media = vec![media(1, 1), fetched.clone()];
    let change = MessageChange { media: with_media, ..MessageChange::quiet(one_left) };
    store.change_message(change).await.expect("it exists");
    assert_eq!(count().await, 1);
    assert_eq!(store.media(media(1, 1).sid).await, Ok(None));
    assert_eq!(store.media(fetched.sid).await, Ok(Some(fetched)));
}

pub(crate) async fn messages_are_filtered(store: &dyn Store) {
    open_owner(store).await;
    store.open_account(account(2)).await.expect("another account");
    let mut incoming = new(2);
    incoming.message.record.from = Some(who("+551130001234"));
    incoming.message.record.to = who("12345");
    incoming.message.record.status = MessageStatus::Received;
    incoming.message.record.sent_at = Some(at(1000));
    let mut undecided = new(3);
    undecided.message.record.from = None;
    undecided.message.record.sent_at = Some(at(1010));
    let mut strangers = new(4);
    strangers.message.record.account = sid(SidKind::Account, 2);
    for message in [new(1), incoming, undecided, strangers] {
        create(store, message).await;
    }
    let all = MessageFilter::default;
    assert_eq!(sids(store, all()).await, [3, 2, 1]);
    let to = Some("12345".to_owned());
    assert_eq!(sids(store, MessageFilter { to, ..all() }).await, [2]);
    let from = Some("+14155550100".to_owned());
    assert_eq!(sids(store, MessageFilter { from: from.clone(), ..all() }).await, [1]);
    let status = Some(MessageStatus::Queued);
    assert_eq!(sids(store, MessageFilter { status, ..all() }).await, [3, 1]);
    let to = Some("+14155550123".to_owned());
    assert_eq!(sids(store, MessageFilter { from, to, status, ..all() }).await, [1]);
    let sent = DateRange { after: Some(at(1000)), before: Some(at(1010)) };
    assert_eq!(sids(store, MessageFilter { sent, ..all() }).await, [2]);
}

pub(crate) async fn a_page_of_messages_goes_on_after_a_deleted_one(store: &dyn Store) {
    open_owner(store).await;
    for digits in 1..=3 {
        create(store, new(digits)).await;
    }
    let list = |page| store.messages(owner(), MessageFilter::default(), page);
    let first = list(Page::first(1)).await.expect("a list");
    assert_eq!((&first.items[..], first.more), (&[record(3)][..], true));
    store.delete_message(message_sid(3)).await.expect("it exists");
    let rest = list(Page::first(5).after(message_sid(3))).await.expect("a list");
    assert_eq!((&rest.items[..], rest.more), (&[record(2), record(1)][..], false));
    let nobodys = list(Page::default().after(message_sid(404))).await;
    assert_eq!(nobodys, Err(StoreError::Missing(message_sid(404))));
    create(store, NewMessage { media: vec![media(1, 1), media(2, 1)], ..new(4) }).await;
    let media_of = |page| store.media_of(owner(), message_sid(1), DateRange::default(), page);
    let first = media_of(Page::first(1)).await.expect("a list");
    store.delete_media(media(2, 1).sid).await.expect("it exists");
    assert_eq!((&first.items[..], first.more), (&[media(2, 1)][..], true));
    let rest = media_of(Page::first(1).after(media(2, 1).sid)).await.expect("a list");
    assert_eq!((&rest.items[..], rest.more), (&[media(1, 1)][..], false));
}

pub(crate) async fn fragments_gather_by_set_until_they_are_stale(store: &dyn Store) {
    open_owner(store).await;
    assert_eq!(store.oldest_fragment().await, Ok(None));
    let first = store.keep_fragment(fragment(7, 2, 20)).await;
    assert_eq!(first, Ok(vec![fragment(7, 2, 20)]));
    store.keep_fragment(fragment(8, 1, 10)).await.expect("another set");
    let text = model::Fragment {
        units: model::FragmentText::Text("decoded".to_owned()),
        ..fragment(7, 1, 30)
    };
    let both = vec![text.clone(), fragment(7, 2, 20)];
    assert_eq!(store.keep_fragment(text).await, Ok(both.clone()));
    assert_eq!(store.keep_fragment(fragment(7, 2, 99)).await, Ok(both.clone()), "a repetition");
    assert_eq!(store.oldest_fragment().await, Ok(Some(at(10))));
    assert_eq!(store.stale_fragments(at(10)).await, Ok(Vec::new()));
    assert_eq!(store.stale_fragments(at(25)).await, Ok(vec![fragment(8, 1, 10)]), "the oldest set");
    let set = store::FragmentSet::of(&fragment(8, 1, 10));
    create(store, NewMessage { fragments: Some(set), ..new(1) }).await;
    assert_eq!(store.stale_fragments(at(25)).await, Ok(both), "all of it, though one came later");
    assert_eq!(store.oldest_fragment().await, Ok(Some(at(20))));
}

pub(crate) async fn a_message_that_came_in_is_asked_about_until_it_is_received(store: &dyn Store) {
    open_owner(store).await;
    let mut incoming = new(1);
    incoming.message.record.status = MessageStatus::Receiving;
    create(store, incoming.clone()).await;
    let due = store.unasked_messages(at(100), MANY, &[]).await;
    assert_eq!(due, Ok(vec![incoming.message.clone()]));
    let received = became(&incoming.message, MessageStatus::Received);
    store.change_message(received).await.expect("it exists");
    assert_eq!(store.unasked_messages(at(100), MANY, &[]).await, Ok(Vec::new()));
    assert_eq!(store.next_unasked_due(&[]).await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_repeat_each_other_one_is_kept() {
    const TASKS: u128 = 64;
    const KEYS: u128 = 16;
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open(folder.path().join("alo.db")).expect("a new database"));
    open_owner(&*store).await;
    let tasks = (0..TASKS).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut kept = 0;
            for key in 0..KEYS {
                let once = NewMessage {
                    idempotency_key: Some(key.to_string()),
                    callbacks: vec![callback(task * KEYS + key, "queued", 0)],
                    ..new(task * KEYS + key)
                };
                match store.create_message(once).await.expect("it is answered") {
                    Creation::Kept => kept += 1,
                    Creation::Repeated(first) => assert_eq!(first.sid.digits() % KEYS, key),
                    Creation::Barred => panic!("nobody opted out"),
                }
            }
            kept
        })
    });
    let mut kept = 0;
    for task in tasks.collect::<Vec<_>>() {
        kept += task.await.expect("no panic");
    }
    assert_eq!(kept, KEYS);
    assert_eq!(store.waiting_messages().await, Ok(KEYS as u64));
    assert_eq!(store.outbox_depth().await, Ok(KEYS as u64));
}
