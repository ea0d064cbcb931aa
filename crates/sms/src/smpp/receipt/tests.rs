//! Receipts as SMSCs write them.

use proptest::prelude::*;

use super::*;
use crate::smpp::pdu::Message;
use crate::smpp::wire::{Tlvs, write_tlv};

const FULL: &str = "id:0123456789 sub:001 dlvrd:001 submit date:0610271200 done date:0610271201 \
                    stat:DELIVRD err:000 text:Hello id:1 stat:UNDELIV";

fn in_words(text: &str) -> Option<Receipt> {
    let message = Message {
        esm_class: esm_class::RECEIPT,
        short_message: text.as_bytes(),
        ..Message::default()
    };
    read(&message, ReceiptIds::AsIs)
}

fn in_parameters(parameters: &[(u16, &[u8])], class: u8) -> Option<Receipt> {
    let mut tlvs = Vec::new();
    for (tag, value) in parameters {
        write_tlv(&mut tlvs, *tag, value);
    }
    let message = Message { esm_class: class, tlvs: Tlvs(&tlvs), ..Message::default() };
    read(&message, ReceiptIds::AsIs)
}

#[test]
fn the_receipt_of_the_standard_is_read() {
    let receipt = in_words(FULL).expect("it is a receipt");
    assert_eq!(
        receipt,
        Receipt {
            ids: vec!["0123456789".to_owned()],
            state: ReceiptState::Delivered,
            error_code: None,
            detail: Some("DELIVRD err:000".to_owned()),
            done_at: Some(Moment::from_millis(1_161_950_460_000)),
        }
    );
}

#[test]
fn receipts_of_all_dialects_are_read() {
    use ReceiptState::{Delivered, EnRoute, Undelivered};
    let cases = [
        ("id:a1 stat:ENROUTE", "a1", EnRoute, None),
        ("id:a1 stat:ACCEPTD err:000", "a1", EnRoute, None),
        ("id:a1 stat:EXPIRED err:000", "a1", Undelivered, Some(30_036)),
        ("id:a1 stat:DELETED", "a1", Undelivered, Some(30_008)),
        ("id:a1 stat:UNDELIV err:001", "a1", Undelivered, Some(30_005)),
        ("id:a1 stat:UNDELIV err:006", "a1", Undelivered, Some(30_003)),
        ("id:a1 stat:UNDELIV err:013", "a1", Undelivered, Some(30_004)),
        ("id:a1 stat:UNDELIV err:011", "a1", Undelivered, Some(30_006)),
        ("id:a1 stat:UNDELIV err:7ff", "a1", Undelivered, Some(30_008)),
        ("id:a1 stat:REJECTD err:002", "a1", Undelivered, Some(30_007)),
        ("id:a1 stat:UNKNOWN", "a1", Undelivered, Some(30_008)),
        // Spelled out, in other cases and orders, with fields that nobody knows, over lines.
        ("STAT:Delivered ID:a1", "a1", Delivered, None),
        ("stat=DELIVRD id=a1 x:y", "a1", Delivered, None),
        ("id:a1\r\nsub:1\r\nstat:undeliverable\r\nerr:5", "a1", Undelivered, Some(30_005)),
        ("id: a1 sub: 001 stat: DELIVRD err: 000", "a1", Delivered, None),
        ("id:7f5e-11 mccmnc:72405 stat:FAILED", "7f5e-11", Undelivered, Some(30_008)),
    ];
    for (text, id, state, code) in cases {
        let receipt = in_words(text).expect(text);
        assert_eq!(receipt.ids, [id], "{text}");
        assert_eq!((receipt.state, receipt.error_code), (state, code), "{text}");
    }
}

#[test]
fn what_says_nothing_is_no_receipt() {
    for text in ["", "hello", "id:a1", "stat:DELIVRD", "id: stat:DELIVRD", "id:a1 stat:WHATEVER"] {
        assert_eq!(in_words(text), None, "{text}");
    }
}

#[test]
fn receipts_in_parameters_are_read() {
    let id: (u16, &[u8]) = (tag::RECEIPTED_MESSAGE_ID, b"77a\0");
    let receipt = in_parameters(&[id, (tag::MESSAGE_STATE, &[2])], 0).expect("a receipt");
    assert_eq!((receipt.ids, receipt.state), (vec!["77a".to_owned()], ReceiptState::Delivered));
    let error: (u16, &[u8]) = (tag::NETWORK_ERROR_CODE, &[3, 0, 27]);
    let receipt = in_parameters(&[id, (tag::MESSAGE_STATE, &[5]), error], 4).expect("a receipt");
    assert_eq!(receipt.error_code, Some(30_003));
    assert_eq!(receipt.detail.as_deref(), Some("UNDELIV err:27"));
    let receipt = in_parameters(&[id], esm_class::INTERMEDIATE).expect("on its way");
    assert_eq!(receipt.state, ReceiptState::EnRoute);
    assert_eq!(in_parameters(&[id, (tag::MESSAGE_STATE, &[99])], 4), None);
}

#[test]
fn a_text_that_reads_like_a_receipt_is_a_text() {
    let text = Message { short_message: FULL.as_bytes(), ..Message::default() };
    assert!(!is_receipt(&text));
    assert!(is_receipt(&Message { esm_class: 0x04, ..text.clone() }));
    assert!(is_receipt(&Message { esm_class: 0x20, ..text.clone() }));
    assert!(!is_receipt(&Message { esm_class: 0x08, ..text }));
}

#[test]
fn ids_are_found_in_whatever_radix() {
    let spelled = |id, radix| spellings(id, radix).join(" ");
    assert_eq!(spelled("6699", ReceiptIds::Decimal), "1a2b 6699");
    assert_eq!(spelled("00001A2B", ReceiptIds::Hexadecimal), "6699 1a2b");
    assert_eq!(spelled("6699", ReceiptIds::Auto), "6699 1a2b 26265");
    assert_eq!(spelled("1A2B", ReceiptIds::Auto), "1a2b 6699");
    assert_eq!(spelled("00001A2B", ReceiptIds::AsIs), "00001A2B");
    let uuid = "7F5E0000-0000-4000-8000-00000000000A";
    assert_eq!(spelled(uuid, ReceiptIds::Auto), uuid);
}

#[test]
fn an_id_is_kept_so_that_its_receipt_finds_it() {
    assert_eq!(canonical("0000ABCD", ReceiptIds::Auto), "abcd");
    assert_eq!(canonical("0000", ReceiptIds::Auto), "0");
    assert_eq!(canonical(" 12 ", ReceiptIds::AsIs), "12");
    assert_eq!(canonical("msg-00A", ReceiptIds::Auto), "msg-00A");
    assert_eq!(canonical("", ReceiptIds::Auto), "");
}

#[test]
fn dates_are_read_where_they_are_dates() {
    let written = |text| moment(text).map(Moment::iso8601);
    assert_eq!(written("2611222101").as_deref(), Some("2026-11-22T21:01:00Z"));
    assert_eq!(written("261122210159").as_deref(), Some("2026-11-22T21:01:59Z"));
    for bad in ["", "26112221", "2613222101", "2611322101", "26112221011", "ééééé", "-111222101"]
    {
        assert_eq!(moment(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn any_words_are_survived(
        octets in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "(id|stat|err|text|done date|sub)[:= ]?[ -ÿ]{0,12}( (id|stat|err|done date)[:=][0-9A-Za-z]{0,12}){0,6}"
                .prop_map(String::into_bytes),
        ],
        radix in prop_oneof![
            Just(ReceiptIds::Auto), Just(ReceiptIds::Decimal), Just(ReceiptIds::Hexadecimal), Just(ReceiptIds::AsIs),
        ],
    ) {
        let message = Message { esm_class: 0x04, short_message: &octets, ..Message::default() };
        if let Some(receipt) = read(&message, radix) {
            prop_assert!(!receipt.ids.is_empty());
            prop_assert!(receipt.detail.is_none_or(|detail| detail.chars().count() <= LONGEST_DETAIL));
        }
    }

    #[test]
    fn a_receipt_finds_the_message_whichever_radix_either_has(id in any::<u64>()) {
        for taken in [format!("{id}"), format!("{id:x}"), format!("{id:X}"), format!("{id:020X}")] {
            for said in [format!("{id}"), format!("{id:x}"), format!("{id:08X}")] {
                // Two numbers of which one can't be seen to be hexadecimal are only told apart by a setting.
                let found = spellings(&said, ReceiptIds::Auto);
                prop_assert!(found.contains(&canonical(&taken, ReceiptIds::Auto)), "{taken} {said} {found:?}");
            }
        }
    }
}
