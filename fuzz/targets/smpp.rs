//! SMPP: whatever an SMSC sends goes through framing, PDUs and a session that has messages under way; nothing of it may be
//! lost, and nothing may pile up.
//!
//! The first octet says how the carrier is set; the rest arrives in pieces of as many octets as the second says.

#![no_main]

use std::sync::Arc;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use model::{Moment, Secret, Sid, SidKind};
use sms::smpp::pdu::{Message, Pdu, command};
use sms::smpp::session::{Input, Output, Role, Session};
use sms::smpp::wire::{Frames, Header, write_pdu};
use sms::smpp::{DefaultAlphabet, ReceiptIds, Settings, submit};
use sms::{Submission, Verdict};

/// Messages that are under way when the octets arrive.
const MESSAGES: usize = 4;
/// Octets that a session may have to write after one piece: all parts under way, and an answer to each PDU of it.
const MOST_WRITTEN: usize = 16 * 1024;

fuzz_target!(|data: &[u8]| {
    let [how, size, octets @ ..] = data else { return };
    let settings = Arc::new(settings(*how));
    let mut now = Moment::EPOCH;
    let mut session = Session::new(now, Role::Transceiver, Arc::clone(&settings));
    session.handle(now, Input::Received(&bind_resp()));
    for ticket in 0..MESSAGES {
        let frames = submit::write(&submission(), &settings).expect("numbers can be written");
        session.handle(now, Input::Submit { ticket, frames });
    }
    let mut outcomes = [0_u32; MESSAGES];
    drain(&mut session, now, &mut outcomes);
    for piece in octets.chunks(usize::from(*size).max(1)) {
        now = now + Duration::from_millis(u64::from(*size) * 20);
        session.handle(now, Input::Received(piece));
        drain(&mut session, now, &mut outcomes);
    }
    session.handle(now, Input::Broken("the end".to_owned()));
    drain(&mut session, now, &mut outcomes);
    assert_eq!(outcomes, [1; MESSAGES], "each message has one outcome");
    parts(octets);
});

/// Takes what the session says, decides upon what came in, and reads what is written as an SMSC would.
fn drain(session: &mut Session<usize>, now: Moment, outcomes: &mut [u32; MESSAGES]) {
    loop {
        match session.poll() {
            Output::Idle(_) => break,
            Output::Submitted(ticket, _) => outcomes[ticket] += 1,
            Output::Incoming(answer, _) => {
                session.handle(now, Input::Decided(answer, Verdict::Kept))
            }
            Output::Bound | Output::Closed(_) => {}
        }
    }
    let written = session.outgoing();
    assert!(written.len() <= MOST_WRITTEN, "{} octets pile up", written.len());
    let mut frames = Frames::default();
    frames.push(written);
    while let Some(range) = frames.take().expect("we write whole PDUs") {
        Pdu::read(frames.frame(range)).expect("with a header");
    }
    session.written(now, session.outgoing().len());
}

/// The octets as one PDU: what is read of a message is what is written of it.
fn parts(octets: &[u8]) {
    if let Some((header, Pdu::Deliver(message))) = Pdu::read(octets) {
        let mut frame = Vec::new();
        message.write(&mut frame, command::DELIVER_SM, header.sequence);
        let again = Pdu::read(&frame).map(|(_, pdu)| pdu);
        let same = |read: &Message<'_>| *read == message;
        assert!(matches!(&again, Some(Pdu::Deliver(read)) if same(read)));
    }
}

fn settings(how: u8) -> Settings {
    let alphabet = match how & 3 {
        0 | 1 => DefaultAlphabet::Gsm,
        2 => DefaultAlphabet::GsmPacked,
        _ => DefaultAlphabet::Latin1,
    };
    let receipt_ids = match how >> 2 & 3 {
        0 => ReceiptIds::Auto,
        1 => ReceiptIds::Decimal,
        2 => ReceiptIds::Hexadecimal,
        _ => ReceiptIds::AsIs,
    };
    let window = if how & 16 == 0 { 100 } else { 2 };
    Settings {
        alphabet,
        receipt_ids,
        window,
        ..Settings::new("smsc", "alo", Secret::new("secret"))
    }
}

fn bind_resp() -> Vec<u8> {
    let header =
        Header { command: command::BIND_TRANSCEIVER | command::ANSWER, status: 0, sequence: 1 };
    let mut octets = Vec::new();
    write_pdu(&mut octets, header, |out| out.push(0));
    octets
}

fn submission() -> Submission {
    Submission {
        message: Sid::new(SidKind::Message, 0x1234),
        from: "+14155550123".parse().expect("a number"),
        to: "+5511987654321".parse().expect("a number"),
        body: "Hello world. ".repeat(20),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}
