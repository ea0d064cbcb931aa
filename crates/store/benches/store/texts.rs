//! What it costs to keep a text message: to accept one, and to see one through to its receipt; and with the argument
//! `million`, what it takes to open the database while a million wait, and to find the next ones and a list.

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use model::{
    MessageDirection, MessagePart, MessagePlan, MessageRecord, MessageStatus, Method, Moment,
    PartState, SidKind,
};
use store::{Creation, Look, MessageChange, MessageFilter, NewMessage, Page, Sqlite, Texts as _};

use crate::clients::{Bench, OWNER, callback, spread};

/// Senders that send.
const SENDERS: u64 = 10;
/// Different receivers.
const RECEIVERS: u64 = 1_000_000;
/// Messages that wait.
const MILLION: u64 = 1_000_000;

/// A queued message of 160 characters to some receiver.
fn message(number: u64) -> NewMessage {
    let now = Moment::from_micros(number as i64);
    let receiver = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % RECEIVERS;
    let record = MessageRecord {
        sid: spread(SidKind::Message, number),
        account: OWNER,
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some(format!("+1415555{:04}", number % SENDERS).parse().expect("a number")),
        to: format!("+1212{receiver:07}").parse().expect("a number"),
        body: "x".repeat(160),
        segments: 1,
        media: 0,
        status: MessageStatus::Queued,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: now,
        updated_at: now,
        sent_at: None,
    };
    let told = ("https://app.example/status".to_owned(), Method::Post);
    let plan = MessagePlan { callback: Some(told), ..MessagePlan::at_once(now, Some(now)) };
    NewMessage::plain(record, plan)
}

async fn accept(store: Arc<Sqlite>, number: u64) {
    let kept = store.create_message(message(number)).await;
    assert_eq!(kept.expect("it is kept"), Creation::Kept);
}

/// Accepted, sent, delivered, with a callback for each.
async fn lifecycle(store: Arc<Sqlite>, number: u64) {
    let mut new = message(number);
    let message = new.message.clone();
    let sid = message.record.sid;
    let told = |status: MessageStatus| callback(sid, ("MessageStatus", status.as_str()), number);
    new.callbacks.push(told(MessageStatus::Queued));
    store.create_message(new).await.expect("it is kept");
    let part = MessagePart {
        message: sid,
        index: 0,
        carrier: "west".to_owned(),
        id: format!("{number:x}"),
        state: PartState::Sent,
        error_code: None,
    };
    for (status, state) in
        [(MessageStatus::Sent, PartState::Sent), (MessageStatus::Delivered, PartState::Delivered)]
    {
        let mut change = MessageChange::quiet(message.clone());
        change.message.record.status = status;
        change.message.record.sent_at = Some(message.record.created_at);
        change.parts.push(MessagePart { state, ..part.clone() });
        change.callbacks.push(told(status));
        store.change_message(change).await.expect("it is kept");
    }
}

pub(crate) fn texts(criterion: &mut Criterion) {
    let bench = Bench::open();
    let mut group = criterion.benchmark_group("texts");
    group.throughput(Throughput::Elements(1));
    for clients in [1, 64] {
        group.bench_function(format!("accept, {clients} clients"), |bencher| {
            bencher.iter_custom(|texts| bench.time(clients, texts, accept));
        });
    }
    group.bench_function("lifecycle, 64 clients", |bencher| {
        bencher.iter_custom(|texts| bench.time(64, texts, lifecycle));
    });
    group.finish();
}

pub(crate) fn million(criterion: &mut Criterion) {
    // To fill the queue takes a minute, and is only done for who asks for it.
    if !std::env::args().any(|argument| argument == "million") {
        return;
    }
    let bench = Bench::open();
    let took = bench.time(512, MILLION, accept);
    let (bench, opening) = bench.reopened();
    println!("{MILLION} messages were accepted in {took:.1?}, and opened again in {opening:.1?}");
    let later = Moment::from_micros(i64::MAX);
    let mut group = criterion.benchmark_group("a million wait");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("the next 100 due (million)", |bencher| {
        bencher.iter(|| {
            let look = Look { now: later, per_lane: 100, limit: 100, ..Look::default() };
            let due = bench.runtime.block_on(bench.store.due_messages(look)).expect("a list");
            assert_eq!(due.messages.len(), 100);
        });
    });
    group.bench_function("when the next is due (million)", |bencher| {
        bencher.iter(|| {
            bench.runtime.block_on(bench.store.next_message_due(&[], &[])).expect("it is")
        });
    });
    group.bench_function("how many wait (million)", |bencher| {
        bencher.iter(|| bench.runtime.block_on(bench.store.waiting_messages()).expect("a number"));
    });
    let to = Some(message(MILLION / 2).message.record.to.to_string());
    for (name, to) in [("first page (million)", None), ("of a receiver (million)", to)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let filter = MessageFilter { to: to.clone(), ..MessageFilter::default() };
                let list = bench.store.messages(OWNER, filter, Page::default());
                assert!(!bench.runtime.block_on(list).expect("a list").items.is_empty());
            });
        });
    }
    group.finish();
}
