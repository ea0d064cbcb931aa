//! What a text costs before it meets a carrier: its measure, its segments, its turn.
//!
//! Each number is the work of one message. At 20,000 messages a second a microsecond is a fiftieth of a core, so all of
//! it together is to stay well under five.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{
    Correspondent, MessageDirection, MessagePlan, MessageRecord, MessageStatus, Moment, Sid,
    SidKind,
};
use sms::consent;
use sms::delivery::{self, Delivery};
use sms::dispatch::{Candidate, Dispatcher, Input, Outcome, Output, ROOM, Route};
use sms::text::{pack, segments, smart, split};
use sms::{ReceiptState, Submitted};

const NOW: Moment = Moment::from_millis(1_700_000_000_000);

fn text(criterion: &mut Criterion) {
    let long = "Your table is booked for tonight at eight. Reply C to cancel. ".repeat(8);
    let bodies = [
        ("96 ASCII characters", long[..96].to_owned()),
        ("3 segments with euro signs", format!("{}€€", &long[..400])),
        ("2 segments of UCS-2", "Sua mesa está reservada para hoje às oito, não é? ".repeat(2)),
    ];
    let mut group = criterion.benchmark_group("text");
    for (name, body) in &bodies {
        group.bench_function(format!("segments, {name}"), |bencher| {
            bencher.iter(|| segments(black_box(body)));
        });
        group.bench_function(format!("split, {name}"), |bencher| {
            bencher.iter(|| split(black_box(body)));
        });
        group.bench_function(format!("smart, {name}"), |bencher| {
            bencher.iter(|| smart(black_box(body)).len());
        });
    }
    let septets = [0x41; 153];
    group.bench_function("pack 153 septets", |bencher| bencher.iter(|| pack(black_box(&septets))));
    group.bench_function("no word of consent", |bencher| {
        bencher.iter(|| consent::word(black_box("Yes, I will come"), Some("BR")));
    });
    group.finish();
}

fn route(name: &str, prefix: &str) -> Route {
    Route {
        name: name.to_owned(),
        prefixes: vec![prefix.to_owned()],
        senders: Vec::new(),
        priority: 0,
        per_second: None,
        window: 100,
        price: None,
    }
}

fn candidate(number: u64, senders: u64) -> Candidate {
    let mut lane = String::new();
    let _ = write!(lane, "+1415555{:04}", number % senders);
    Candidate {
        sid: Sid::new(SidKind::Message, u128::from(number)),
        from: lane.parse().expect("a number"),
        lane,
        to: Correspondent::Other("+14155550100".to_owned()),
        segments: 1,
        max_price: None,
        refused_by: Vec::new(),
        expires_at: Some(NOW + Duration::from_secs(3_600)),
    }
}

/// A dispatcher that is full of messages of so many senders, whose next free place is then offered one more.
fn dispatch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dispatch, offer to done");
    group.throughput(Throughput::Elements(1));
    for senders in [1, 100, 4_000] {
        let mut dispatcher = Dispatcher::new(ROOM);
        let routes = vec![route("world", "+"), route("us", "+1"), route("br", "+55")];
        let names: Vec<String> = routes.iter().map(|route| route.name.clone()).collect();
        dispatcher.handle(NOW, Input::Carriers(routes));
        for carrier in names {
            dispatcher.handle(NOW, Input::State { carrier, up: true });
        }
        let mut number = 0;
        while dispatcher.room() > 0 {
            dispatcher.handle(NOW, Input::Offer(candidate(number, senders)));
            number += 1;
        }
        group.bench_function(format!("{senders} senders"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    candidate(number, senders)
                },
                |offered| {
                    if let Output::Submit { sid, carrier, .. } = dispatcher.poll() {
                        let outcome = Outcome::Sent;
                        dispatcher.handle(NOW, Input::Done { sid, carrier, outcome });
                    }
                    dispatcher.handle(NOW, Input::Offer(offered));
                },
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn message() -> (MessageRecord, MessagePlan) {
    let record = MessageRecord {
        sid: Sid::new(SidKind::Message, 1),
        account: Sid::new(SidKind::Account, 1),
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some("+14155550199".parse().expect("a number")),
        to: "+14155550100".parse().expect("a number"),
        body: "Your table is booked for tonight at eight.".to_owned(),
        segments: 1,
        media: 0,
        status: MessageStatus::Queued,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: NOW,
        updated_at: NOW,
        sent_at: None,
    };
    (record, MessagePlan::at_once(NOW, Some(NOW + Duration::from_secs(3_600))))
}

/// From the queue to the handset: taken, submitted, reported.
fn life(criterion: &mut Criterion) {
    let (record, plan) = message();
    criterion.bench_function("delivery, queued to delivered", |bencher| {
        bencher.iter_batched(
            || (record.clone(), plan.clone()),
            |(record, plan)| {
                let mut delivery = Delivery::of(record, plan, Vec::new());
                let carrier = "smsc".to_owned();
                delivery.handle(NOW, delivery::Input::Taken { carrier: carrier.clone() });
                let submitted = Submitted { ids: vec!["4f2a".to_owned()], delivered: false };
                let (segments, price) = (1, None);
                delivery.handle(
                    NOW,
                    delivery::Input::Submitted {
                        carrier: carrier.clone(),
                        submitted,
                        segments,
                        price,
                    },
                );
                let (id, state) = ("4f2a".to_owned(), ReceiptState::Delivered);
                delivery
                    .handle(NOW, delivery::Input::Receipt { carrier, id, state, error_code: None });
                while let delivery::Output::Save(change) = delivery.poll() {
                    black_box(change);
                }
            },
            criterion::BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, text, dispatch, life);
criterion_main!(benches);
