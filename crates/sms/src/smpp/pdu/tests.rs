//! PDUs against a codec of others: what it writes we read, what we write it reads.

use bytes::BytesMut;
use proptest::prelude::*;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Encode, Length};
use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvTag;
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, Npi, RegisteredDelivery, ServiceType, Ton};
use rusmpp::{Command, CommandId, CommandStatus, Pdu as Theirs};

use super::*;
use crate::smpp::wire::write_tlv;

/// As they read a PDU: all that is behind its length.
fn they_read(frame: &[u8]) -> Command {
    let length = u32::from_be_bytes(*frame.first_chunk().expect("a length"));
    assert_eq!(length as usize, frame.len());
    let mut body = BytesMut::from(&frame[4..]);
    let count = body.len();
    let (command, read) = Command::decode(&mut body, count).expect("they can read it");
    assert_eq!(read, count, "they read all of it");
    command
}

/// As they write a PDU.
fn they_write(sequence: u32, pdu: impl Into<Theirs>) -> Vec<u8> {
    let command = Command::new(CommandStatus::EsmeRok, sequence, pdu);
    let mut frame = vec![0; command.length() + 4];
    let length = frame.len() as u32;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    let written = command.encode(&mut frame[4..]);
    assert_eq!(written + 4, frame.len());
    frame
}

fn c_string<const MAX: usize>(text: &str) -> COctetString<1, MAX> {
    COctetString::from_string(text.to_owned()).expect("short and without NUL")
}

#[test]
fn they_read_our_bind() {
    let mut frame = Vec::new();
    write_bind(&mut frame, command::BIND_TRANSCEIVER, 7, ["alo", "secret", "vma"]);
    let command = they_read(&frame);
    assert_eq!((command.id(), command.sequence_number()), (CommandId::BindTransceiver, 7));
    let Some(Theirs::BindTransceiver(bind)) = command.pdu() else { panic!("{command:?}") };
    assert_eq!(bind.system_id.as_str(), "alo");
    assert_eq!(bind.password.as_str(), "secret");
    assert_eq!(bind.system_type.as_str(), "vma");
    assert_eq!(u8::from(bind.interface_version), 0x34);
}

#[test]
fn they_read_our_answers() {
    for (id, theirs) in [
        (command::ENQUIRE_LINK, CommandId::EnquireLink),
        (command::ENQUIRE_LINK | command::ANSWER, CommandId::EnquireLinkResp),
        (command::UNBIND | command::ANSWER, CommandId::UnbindResp),
        (command::GENERIC_NACK, CommandId::GenericNack),
    ] {
        let mut frame = Vec::new();
        write_bare(&mut frame, id, 3, 9);
        let command = they_read(&frame);
        assert_eq!((command.id(), command.sequence_number()), (theirs, 9));
        assert_eq!(command.status(), CommandStatus::EsmeRinvcmdid);
    }
    for (request, theirs) in
        [(command::DELIVER_SM, CommandId::DeliverSmResp), (command::DATA_SM, CommandId::DataSmResp)]
    {
        let mut frame = Vec::new();
        write_delivered(&mut frame, request, 0x64, 9);
        let command = they_read(&frame);
        assert_eq!((command.id(), command.status()), (theirs, CommandStatus::EsmeRxTAppn));
    }
}

#[test]
fn what_has_no_body_is_read_by_its_header() {
    let cases = [
        (command::ENQUIRE_LINK, Pdu::EnquireLink),
        (command::UNBIND, Pdu::Unbind),
        (command::OUTBIND, Pdu::Silent),
        (command::ALERT_NOTIFICATION, Pdu::Silent),
        (0x03, Pdu::Unknown),
        (0x8000_0015, Pdu::Answer),
        (0x8000_0004, Pdu::SubmitResp(b"")),
        (0x8000_0009, Pdu::BindResp(b"")),
        (command::DELIVER_SM, Pdu::Broken),
        (command::DATA_SM, Pdu::Broken),
    ];
    for (command, expected) in cases {
        let mut frame = Vec::new();
        write_bare(&mut frame, command, 0, 5);
        let (header, pdu) = Pdu::read(&frame).expect("it has a header");
        assert_eq!((header.command, header.sequence), (command, 5));
        assert_eq!(pdu, expected);
    }
    assert_eq!(Pdu::read(&[0; 15]), None);
}

#[test]
fn a_message_survives_what_the_standard_forbids() {
    let text = [b'x'; 255];
    let address = Address { ton: 5, npi: 0, text: b"Caf\xe9, of more than 20 characters" };
    let message = Message {
        source: address,
        short_message: &text,
        tlvs: Tlvs(&[0x04, 0x27, 0, 9, 1]),
        ..Message::default()
    };
    let mut frame = Vec::new();
    message.write(&mut frame, command::DELIVER_SM, 1);
    let Some((_, Pdu::Deliver(read))) = Pdu::read(&frame) else { panic!("it is a deliver_sm") };
    assert_eq!(read, message);
}

fn text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::char::range(' ', '~'), 0..=most).prop_map(|it| it.iter().collect())
}

proptest! {
    #[test]
    fn they_read_our_messages(
        source in text(20),
        destination in text(20),
        service_type in text(5),
        octets in prop::collection::vec(any::<u8>(), 0..=255),
        (ton, npi, esm_class, data_coding, reference) in
            (0_u8..7, 0_u8..2, any::<u8>(), any::<u8>(), any::<u16>()),
        sequence in 1_u32..0x7fff_ffff,
    ) {
        let mut tlvs = Vec::new();
        write_tlv(&mut tlvs, tag::USER_MESSAGE_REFERENCE, &reference.to_be_bytes());
        write_tlv(&mut tlvs, tag::MESSAGE_PAYLOAD, &octets);
        let message = Message {
            service_type: service_type.as_bytes(),
            source: Address { ton, npi, text: source.as_bytes() },
            destination: Address { ton: 1, npi: 1, text: destination.as_bytes() },
            esm_class,
            validity: b"000000000500000R",
            registered_delivery: 1,
            data_coding,
            short_message: &octets,
            tlvs: Tlvs(&tlvs),
        };
        let mut frame = Vec::new();
        message.write(&mut frame, command::SUBMIT_SM, sequence);
        let command = they_read(&frame);
        prop_assert_eq!(command.sequence_number(), sequence);
        let Some(Theirs::SubmitSm(read)) = command.pdu() else { panic!("{command:?}") };
        prop_assert_eq!(read.source_addr.as_str(), &source);
        prop_assert_eq!(u8::from(read.source_addr_ton), ton);
        prop_assert_eq!(u8::from(read.source_addr_npi), npi);
        prop_assert_eq!(read.destination_addr.as_str(), &destination);
        prop_assert_eq!(read.validity_period.as_str(), "000000000500000R");
        prop_assert_eq!(u8::from(read.data_coding), data_coding);
        let short_message: &[u8] = read.short_message().as_ref();
        prop_assert_eq!(short_message, octets.as_slice());
        let tags: Vec<TlvTag> = read.tlvs().iter().map(rusmpp::tlvs::Tlv::tag).collect();
        prop_assert_eq!(tags, [TlvTag::UserMessageReference, TlvTag::MessagePayload]);
    }

    #[test]
    fn we_read_their_messages(
        source in text(20),
        destination in text(20),
        octets in prop::collection::vec(any::<u8>(), 0..=255),
        data_coding in any::<u8>(),
        sequence in 1_u32..0x7fff_ffff,
    ) {
        let theirs = DeliverSm::builder()
            .service_type(ServiceType::default())
            .source_addr_ton(Ton::International)
            .source_addr_npi(Npi::Isdn)
            .source_addr(c_string(&source))
            .destination_addr(c_string(&destination))
            .esm_class(EsmClass::default())
            .registered_delivery(RegisteredDelivery::default())
            .data_coding(DataCoding::from(data_coding))
            .short_message(OctetString::from_vec(octets.clone()).expect("up to 255"))
            .build();
        let frame = they_write(sequence, theirs);
        let (header, pdu) = Pdu::read(&frame).expect("a header");
        prop_assert_eq!((header.command, header.sequence), (command::DELIVER_SM, sequence));
        let Pdu::Deliver(read) = pdu else { panic!("{pdu:?}") };
        let sender = Address { ton: 1, npi: 1, text: source.as_bytes() };
        prop_assert_eq!(read.source, sender);
        prop_assert_eq!(read.destination.text, destination.as_bytes());
        prop_assert_eq!(read.data_coding, data_coding);
        prop_assert_eq!(read.short_message, octets.as_slice());
    }

    #[test]
    fn a_message_reads_as_it_was_written(
        (source, destination) in (text(30), text(30)),
        octets in prop::collection::vec(any::<u8>(), 0..=255),
        tlvs in prop::collection::vec(any::<u8>(), 0..60),
        (esm_class, registered_delivery, data_coding) in (any::<u8>(), any::<u8>(), any::<u8>()),
    ) {
        let message = Message {
            service_type: b"",
            source: Address { ton: 1, npi: 1, text: source.as_bytes() },
            destination: Address { ton: 0, npi: 1, text: destination.as_bytes() },
            esm_class,
            validity: b"",
            registered_delivery,
            data_coding,
            short_message: &octets,
            tlvs: Tlvs(&tlvs),
        };
        let mut frame = Vec::new();
        message.write(&mut frame, command::DELIVER_SM, 3);
        let (_, pdu) = Pdu::read(&frame).expect("a header");
        prop_assert_eq!(pdu, Pdu::Deliver(message));
    }

    #[test]
    fn any_octets_are_survived(octets in prop::collection::vec(any::<u8>(), 0..300), id in 0_u32..0x110) {
        let mut frame = octets;
        if let Some(field) = frame.get_mut(4..8) {
            field.copy_from_slice(&id.to_be_bytes());
        }
        if let Some((_, Pdu::Deliver(message) | Pdu::Data(message))) = Pdu::read(&frame) {
            let _ = (message.user_data(), message.tlvs.iter().count());
        }
    }
}
