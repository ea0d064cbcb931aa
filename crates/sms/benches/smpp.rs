//! What a message costs on its way through SMPP: written, sent, answered; and what comes in.
//!
//! The I/O is left out. Each number is the work of one message; the session has a window of 100 and is driven in rounds of
//! as many, as it is under load.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use model::{Moment, Secret, Sid, SidKind};
use sms::smpp::pdu::{Message, Pdu, command};
use sms::smpp::session::{Input, Output, Role, Session};
use sms::smpp::wire::{Header, write_pdu, write_text};
use sms::smpp::{Settings, inbound, submit};
use sms::{Submission, Verdict};

/// Messages of one round.
const ROUND: usize = 100;

const RECEIPT: &str = "id:1000001 sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 \
                       stat:DELIVRD err:000 text:Your table is booked";

fn settings() -> Settings {
    Settings::new("smsc", "alo", Secret::new("secret"))
}

fn submission(body: &str) -> Submission {
    Submission {
        message: Sid::new(SidKind::Message, 0x1234),
        from: "+14155550123".parse().expect("a number"),
        to: "+5511987654321".parse().expect("a number"),
        body: body.to_owned(),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}

fn bound(settings: &Arc<Settings>) -> Session<usize> {
    let mut session = Session::new(Moment::EPOCH, Role::Transceiver, Arc::clone(settings));
    session.handle(Moment::EPOCH, Input::Received(&answer(command::BIND_TRANSCEIVER, 1, "smsc")));
    drain(&mut session);
    session
}

fn answer(request: u32, sequence: u32, text: &str) -> Vec<u8> {
    let header = Header { command: request | command::ANSWER, status: 0, sequence };
    let mut octets = Vec::new();
    write_pdu(&mut octets, header, |out| write_text(out, text.as_bytes()));
    octets
}

/// Messages that were told of; what came in is kept.
fn drain(session: &mut Session<usize>) -> usize {
    let mut told = 0;
    loop {
        match session.poll() {
            Output::Idle(_) => break,
            Output::Incoming(answer, _) => {
                told += 1;
                session.handle(Moment::EPOCH, Input::Decided(answer, Verdict::Kept));
            }
            Output::Submitted(..) => told += 1,
            Output::Bound | Output::Closed(_) => {}
        }
    }
    session.written(Moment::EPOCH, session.outgoing().len());
    told
}

fn smpp(criterion: &mut Criterion) {
    let settings = Arc::new(settings());
    let mut group = criterion.benchmark_group("smpp");
    for (name, body) in [
        ("96 characters", "Your table is booked for tonight at eight. Reply C to cancel. See you soon, the whole team!".to_owned()),
        ("3 parts", "Your table is booked for tonight at eight. ".repeat(10)),
    ] {
        let submission = submission(&body);
        group.bench_function(format!("write submit_sm, {name}"), |bencher| {
            bencher.iter(|| submit::write(black_box(&submission), &settings));
        });
    }
    let frames = submit::write(&submission("Hello"), &settings).expect("it can be written");
    let answers: Vec<u8> =
        (0..ROUND).flat_map(|at| answer(command::SUBMIT_SM, at as u32 + 2, "1000001")).collect();
    group.throughput(Throughput::Elements(ROUND as u64));
    group.bench_function("send and take the answers, 100 messages", |bencher| {
        bencher.iter_batched(
            || (bound(&settings), vec![frames.clone(); ROUND]),
            |(mut session, messages)| {
                for (ticket, frames) in messages.into_iter().enumerate() {
                    session.handle(Moment::EPOCH, Input::Submit { ticket, frames });
                }
                drain(&mut session);
                session.handle(Moment::EPOCH, Input::Received(&answers));
                assert_eq!(drain(&mut session), ROUND);
                session
            },
            BatchSize::SmallInput,
        );
    });
    let receipt =
        Message { esm_class: 0x04, short_message: RECEIPT.as_bytes(), ..Message::default() };
    let mut receipts = Vec::new();
    for sequence in 0..ROUND {
        receipt.write(&mut receipts, command::DELIVER_SM, sequence as u32);
    }
    group.bench_function("take and answer 100 receipts", |bencher| {
        bencher.iter_batched(
            || bound(&settings),
            |mut session| {
                session.handle(Moment::EPOCH, Input::Received(&receipts));
                assert_eq!(drain(&mut session), ROUND);
                session
            },
            BatchSize::SmallInput,
        );
    });
    group.throughput(Throughput::Elements(1));
    let mut frame = Vec::new();
    receipt.write(&mut frame, command::DELIVER_SM, 1);
    group.bench_function("read a receipt", |bencher| {
        bencher.iter(|| match Pdu::read(black_box(&frame)) {
            Some((_, Pdu::Deliver(message))) => inbound::read(&message, &settings),
            other => panic!("{other:?}"),
        });
    });
    group.finish();
}

criterion_group!(benches, smpp);
criterion_main!(benches);
