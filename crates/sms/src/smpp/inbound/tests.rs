//! Texts as SMSCs bring them.

use model::Secret;
use proptest::prelude::*;

use super::*;
use crate::smpp::pdu::Address;
use crate::smpp::wire::{Tlvs, write_tlv};

fn settings(alphabet: DefaultAlphabet) -> Settings {
    Settings { alphabet, ..Settings::new("smsc", "alo", Secret::new("secret")) }
}

fn message(data_coding: u8, octets: &[u8]) -> Message<'_> {
    Message {
        source: Address { ton: 1, npi: 1, text: b"5511987654321" },
        destination: Address { ton: 3, npi: 0, text: b"12345" },
        data_coding,
        short_message: octets,
        ..Message::default()
    }
}

fn comes_in(message: &Message<'_>, alphabet: DefaultAlphabet) -> InboundContent {
    match read(message, &settings(alphabet)) {
        Incoming::Text(inbound) => {
            assert_eq!(inbound.from.to_string(), "+5511987654321");
            assert_eq!(inbound.to.to_string(), "12345");
            inbound.content
        }
        other => panic!("{other:?}"),
    }
}

fn whole(data_coding: u8, octets: &[u8], alphabet: DefaultAlphabet) -> String {
    match comes_in(&message(data_coding, octets), alphabet) {
        InboundContent::Whole { text, segments: 1 } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_coding_is_read() {
    let gsm = DefaultAlphabet::Gsm;
    let cases: [(u8, &[u8], &str); 15] = [
        (0x00, b"Caf\x05 \x1b\x28\x1b\x65", "Café {€"),
        (0x01, b"Cafe @$", "Cafe @$"),
        (0x03, b"Caf\xe9", "Café"),
        (0x03, "Café 東".as_bytes(), "Café 東"),
        (0x04, b"Caf\xe9", "Café"),
        (0x06, b"\xbf\xe0\xd8\xd2\xd5\xe2 \xf0\xa1", "Привет №Ё"),
        (0x07, b"\xf9\xec\xe5\xed", "שלום"),
        (0x08, b"\x67\x71\x4e\xac\xd8\x3e\xdd\x80", "東京🦀"),
        (0x10, b"\x00", "@"),
        (0x18, b"\x67\x71", "東"),
        (0xc0, b"\x00", "@"),
        (0xe0, b"\x67\x71", "東"),
        (0xf0, b"\x00", "@"),
        (0xf1, b"Hi", "Hi"),
        (0xf5, b"\xe9", "é"),
    ];
    for (data_coding, octets, text) in cases {
        assert_eq!(whole(data_coding, octets, gsm), text, "data coding {data_coding:#x}");
    }
}

#[test]
fn the_default_alphabet_is_what_the_smsc_means_by_it() {
    assert_eq!(whole(0, b"Caf\xe9", DefaultAlphabet::Latin1), "Café");
    // 3GPP TS 23.038 packs "hellohello" into these.
    let packed = [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37];
    assert_eq!(whole(0, &packed, DefaultAlphabet::GsmPacked), "hellohello");
}

#[test]
fn parts_are_read_with_the_kind_of_their_reference() {
    let part = |header: &[u8]| {
        let octets = [header, b"Hi"].concat();
        let message = Message { esm_class: 0x40, ..message(0, &octets) };
        comes_in(&message, DefaultAlphabet::Gsm)
    };
    let expected = |reference, total, number| {
        let text = FragmentText::Text("Hi".to_owned());
        InboundContent::Part { reference, total, number, text }
    };
    assert_eq!(part(&[5, 0, 3, 0x42, 3, 1]), expected(0x42, 3, 1));
    assert_eq!(part(&[6, 8, 4, 0, 0x42, 3, 2]), expected(0x0008_0042, 3, 2));
    // Ports before it.
    let ports = [11, 5, 4, 0x0b, 0x84, 0x23, 0xf0, 0, 3, 9, 2, 2];
    assert_eq!(part(&ports), expected(9, 2, 2));
    // A part of one is whole; so is what has numbers that can't be.
    let whole = InboundContent::Whole { text: "Hi".to_owned(), segments: 1 };
    for header in [[5, 0, 3, 0x42, 1, 1], [5, 0, 3, 0x42, 2, 3], [5, 0, 3, 0x42, 2, 0]] {
        assert_eq!(part(&header), whole);
    }
}

#[test]
fn parts_may_be_joined_by_parameters() {
    let mut tlvs = Vec::new();
    write_tlv(&mut tlvs, tag::SAR_MSG_REF_NUM, &[0, 7]);
    write_tlv(&mut tlvs, tag::SAR_TOTAL_SEGMENTS, &[2]);
    write_tlv(&mut tlvs, tag::SAR_SEGMENT_SEQNUM, &[2]);
    let message = Message { tlvs: Tlvs(&tlvs), ..message(8, b"\xd8\x3e") };
    let content = comes_in(&message, DefaultAlphabet::Gsm);
    let text = FragmentText::Units(vec![0xd83e]);
    let part = InboundContent::Part { reference: 0x020c_0007, total: 2, number: 2, text };
    assert_eq!(content, part);
}

#[test]
fn a_payload_stands_for_the_text_with_its_header() {
    let mut tlvs = Vec::new();
    write_tlv(&mut tlvs, tag::MESSAGE_PAYLOAD, b"\x05\x00\x03\x07\x02\x01Hi");
    let message = Message { esm_class: 0x40, tlvs: Tlvs(&tlvs), ..message(0, b"") };
    let content = comes_in(&message, DefaultAlphabet::Gsm);
    let text = FragmentText::Text("Hi".to_owned());
    assert_eq!(content, InboundContent::Part { reference: 7, total: 2, number: 1, text });
}

#[test]
fn national_tables_are_read_where_the_header_names_them() {
    // Turkish single shift: escape and 's' is 'ş'. Portuguese locking shift: 0x0c is 'ô' in place of 'ø'.
    for (header, octets, text) in
        [([3, 0x24, 1, 1], b"\x1bs", "ş"), ([3, 0x25, 1, 3], b"a\x0c", "aô")]
    {
        let octets = [header.as_slice(), octets].concat();
        let message = Message { esm_class: 0x40, ..message(0, &octets) };
        let content = comes_in(&message, DefaultAlphabet::Gsm);
        assert_eq!(content, InboundContent::Whole { text: text.to_owned(), segments: 1 });
    }
}

#[test]
fn a_header_that_cannot_be_is_text() {
    let message = Message { esm_class: 0x40, ..message(3, b"Hello") };
    let content = comes_in(&message, DefaultAlphabet::Gsm);
    assert_eq!(content, InboundContent::Whole { text: "Hello".to_owned(), segments: 1 });
}

proptest! {
    #[test]
    fn any_text_is_read(
        octets in prop::collection::vec(any::<u8>(), 0..255),
        tlvs in prop::collection::vec(any::<u8>(), 0..60),
        (esm_class, data_coding, ton) in (any::<u8>(), any::<u8>(), 0_u8..8),
        address in prop::collection::vec(1_u8..=255, 0..40),
        alphabet in prop_oneof![
            Just(DefaultAlphabet::Gsm), Just(DefaultAlphabet::GsmPacked), Just(DefaultAlphabet::Latin1),
        ],
    ) {
        let source = Address { ton, npi: 0, text: &address };
        let message = Message {
            source, esm_class, data_coding, tlvs: Tlvs(&tlvs), ..message(data_coding, &octets)
        };
        if let Incoming::Text(inbound) = read(&message, &settings(alphabet))
            && let InboundContent::Part { total, number, .. } = inbound.content
        {
            prop_assert!((2..=255).contains(&total) && (1..=total).contains(&number));
        }
    }
}
