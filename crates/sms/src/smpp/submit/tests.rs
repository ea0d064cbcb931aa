//! Messages made into PDUs.

use model::{Secret, Sid, SidKind};
use proptest::prelude::*;

use super::*;
use crate::carrier::{Inbound, InboundContent};
use crate::smpp::inbound::{self, Incoming};
use crate::smpp::pdu::Pdu;
use crate::text::decode_units;
use model::FragmentText;

fn settings() -> Settings {
    Settings::new("smsc", "alo", Secret::new("secret"))
}

fn submission(body: &str) -> Submission {
    Submission {
        message: Sid::new(SidKind::Message, 0xabcd_1234),
        from: "+14155550123".parse().expect("a number"),
        to: "+5511987654321".parse().expect("a number"),
        body: body.to_owned(),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}

/// The PDUs of a text, as they would come in: `deliver_sm` has the same fields.
fn come_in(body: &str, settings: &Settings) -> Vec<Inbound> {
    let frames = write(&submission(body), settings).expect("it can be written");
    frames.iter().map(|frame| comes_in(frame, settings)).collect()
}

fn comes_in(frame: &[u8], settings: &Settings) -> Inbound {
    let mut frame = frame.to_vec();
    frame[4..8].copy_from_slice(&command::DELIVER_SM.to_be_bytes());
    let Some((_, Pdu::Deliver(message))) = Pdu::read(&frame) else { panic!("it is a deliver_sm") };
    match inbound::read(&message, settings) {
        Incoming::Text(inbound) => inbound,
        other => panic!("{other:?}"),
    }
}

fn joined(parts: Vec<Inbound>) -> String {
    let total = parts.len() as u32;
    let mut units = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        match part.content {
            InboundContent::Whole { text, .. } => units.extend(text.encode_utf16()),
            InboundContent::Part { total: said, number, text, .. } => {
                assert_eq!((said, number), (total, at as u32 + 1));
                match text {
                    FragmentText::Text(text) => units.extend(text.encode_utf16()),
                    FragmentText::Units(more) => units.extend(more),
                }
            }
        }
    }
    decode_units(&units).0
}

#[test]
fn the_same_message_gives_the_same_octets_at_every_try() {
    let body = "Hello world. ".repeat(40);
    let once = write(&submission(&body), &settings());
    assert_eq!(once, write(&submission(&body), &settings()));
    assert_eq!(once.expect("it can be written").len(), 4);
}

#[test]
fn parts_are_joined_by_a_header_with_the_last_octet_of_the_sid() {
    let frames = write(&submission(&"x".repeat(200)), &settings()).expect("it can be written");
    for (at, frame) in frames.iter().enumerate() {
        let header = [5, 0, 3, 0x34, 2, at as u8 + 1];
        assert!(frame.windows(6).any(|octets| octets == header));
    }
}

#[test]
fn a_validity_is_written_as_a_time_from_now() {
    let cases = [
        (Duration::from_secs(1), "000000000001000R"),
        (Duration::from_millis(1_001), "000000000002000R"),
        (Duration::from_secs(36_000), "000000100000000R"),
        (Duration::from_secs(86_399), "000000235959000R"),
        (Duration::from_secs(90_061), "000001010101000R"),
        (Duration::MAX, "000030000000000R"),
    ];
    for (valid_for, written) in cases {
        assert_eq!(validity(valid_for), written);
    }
}

#[test]
fn receipts_are_asked_for_where_both_want_them() {
    let asked = |receipts, wants_receipt| {
        let submission = Submission { wants_receipt, ..submission("Hello") };
        let settings = Settings { receipts, ..settings() };
        let frames = write(&submission, &settings).expect("it can be written");
        let mut frame = frames[0].clone();
        frame[4..8].copy_from_slice(&command::DELIVER_SM.to_be_bytes());
        match Pdu::read(&frame) {
            Some((_, Pdu::Deliver(message))) => message.registered_delivery,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([asked(true, true), asked(true, false), asked(false, true)], [1, 0, 0]);
}

#[test]
fn whom_smpp_cannot_name_is_refused() {
    let to = Submission { to: "client:ada".parse().expect("a client"), ..submission("Hello") };
    let error = write(&to, &settings()).expect_err("no address");
    assert_eq!((error.class, error.code), (ErrorClass::Refused, 30_005));
    assert!(!error.message.contains('\n'));
}

#[test]
fn an_smsc_may_not_want_references() {
    let settings = Settings { references: false, ..settings() };
    let with = write(&submission("Hello"), &self::settings()).expect("it can be written");
    let without = write(&submission("Hello"), &settings).expect("it can be written");
    assert_eq!(with[0].len() - without[0].len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_arrives_put_together_is_what_was_sent(
        body in prop_oneof![
            "[ -~€éñ\\n]{1,800}",
            "[ -Z]{150,310}",
            "[a-z東京🦀é]{1,500}",
            "[ -ÿ]{1,400}",
        ],
        alphabet in prop_oneof![
            Just(DefaultAlphabet::Gsm), Just(DefaultAlphabet::GsmPacked), Just(DefaultAlphabet::Latin1),
        ],
        long_messages in prop_oneof![
            Just(LongMessages::Udh), Just(LongMessages::Sar), Just(LongMessages::Payload),
        ],
    ) {
        let settings = Settings { alphabet, long_messages, ..settings() };
        let arrived = joined(come_in(&body, &settings));
        // Packed, an `@` at the end can't be told from padding.
        let ends = alphabet == DefaultAlphabet::GsmPacked && body.contains('@');
        prop_assert!(ends || arrived == body, "{arrived:?} is not {body:?}");
    }

    #[test]
    fn no_part_is_longer_than_a_segment(body in "[ -~東🦀€]{0,1600}") {
        for alphabet in [DefaultAlphabet::Gsm, DefaultAlphabet::GsmPacked, DefaultAlphabet::Latin1] {
            let settings = Settings { alphabet, ..settings() };
            for frame in write(&submission(&body), &settings).expect("it can be written") {
                let mut frame = frame.clone();
                frame[4..8].copy_from_slice(&command::DELIVER_SM.to_be_bytes());
                let Some((_, Pdu::Deliver(message))) = Pdu::read(&frame) else { panic!("deliver_sm") };
                // 160 octets of septets unpacked, or 140 of the rest.
                let packed = message.data_coding == coding::UCS2 || alphabet == DefaultAlphabet::GsmPacked;
                let longest = if packed { 140 } else { 160 };
                prop_assert!(message.short_message.len() <= longest);
            }
        }
    }
}
