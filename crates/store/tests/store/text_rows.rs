//! Rows of text messages to keep, by number, and strategies for messages of every shape.

use std::time::Duration;

use model::{
    Application, Correspondent, Currency, Fragment, FragmentText, InboxEntry, MediaRecord,
    MessageDirection, MessagePart, MessagePlan, MessageRecord, MessageStatus, Method, Moment,
    Money, PartState, Sender, Service, ShortCode, Sid, SidKind, TextRouting,
};
use proptest::option;
use proptest::prelude::*;
use store::{Creation, Message, MessageChange, NewMessage, Store};

use crate::rows::{at, owner, sid, voice};

pub(crate) fn who(text: &str) -> Correspondent {
    text.parse().expect("a correspondent")
}

pub(crate) fn message_sid(digits: u128) -> Sid {
    sid(SidKind::Message, digits)
}

pub(crate) fn service_sid(digits: u128) -> Sid {
    sid(SidKind::Service, digits)
}

/// A message that is queued since second 100.
pub(crate) fn record(digits: u128) -> MessageRecord {
    MessageRecord {
        sid: message_sid(digits),
        account: owner(),
        service: None,
        direction: MessageDirection::OutboundApi,
        from: Some(who("+14155550100")),
        to: who("+14155550123"),
        body: "Olá, 🌍".to_owned(),
        segments: 1,
        media: 0,
        status: MessageStatus::Queued,
        error_code: None,
        error_message: None,
        price: None,
        carrier: None,
        created_at: at(100),
        updated_at: at(100),
        sent_at: None,
    }
}

pub(crate) fn plan() -> MessagePlan {
    MessagePlan::at_once(at(100), Some(at(14_500)))
}

pub(crate) fn message(digits: u128) -> Message {
    Message { record: record(digits), plan: plan() }
}

pub(crate) fn new(digits: u128) -> NewMessage {
    NewMessage::plain(record(digits), plan())
}

/// Keeps a message that is none other's repetition, and whose receiver wants it.
pub(crate) async fn create(store: &dyn Store, new: NewMessage) {
    assert_eq!(store.create_message(new).await, Ok(Creation::Kept));
}

/// The message in another state.
pub(crate) fn became(message: &Message, status: MessageStatus) -> MessageChange {
    let mut message = message.clone();
    message.record.status = status;
    MessageChange::quiet(message)
}

pub(crate) fn part(message: u128, index: u32, id: &str) -> MessagePart {
    MessagePart {
        message: message_sid(message),
        index,
        carrier: "west".to_owned(),
        id: id.to_owned(),
        state: PartState::Sent,
        error_code: None,
    }
}

pub(crate) fn media(digits: u128, message: u128) -> MediaRecord {
    MediaRecord {
        sid: sid(SidKind::Media, digits),
        account: owner(),
        message: message_sid(message),
        content_type: "image/png".to_owned(),
        url: Some("https://app.example/cat.png".to_owned()),
        size: None,
        created_at: at(100),
        updated_at: at(101),
    }
}

pub(crate) fn fragment(reference: u32, number: u32, received_at: u64) -> Fragment {
    Fragment {
        carrier: "west".to_owned(),
        from: "+551130001234".to_owned(),
        to: "12345".to_owned(),
        reference,
        total: 3,
        number,
        units: FragmentText::Units(vec![0x41, 0xD83C, number as u16]),
        received_at: at(received_at),
    }
}

fn routing() -> TextRouting {
    TextRouting {
        url: Some("https://app.example/sms".to_owned()),
        method: Method::Get,
        fallback_url: None,
        fallback_method: Method::Post,
    }
}

pub(crate) fn service(digits: u128) -> Service {
    Service {
        sid: service_sid(digits),
        account: owner(),
        friendly_name: format!("Service {digits}"),
        inbound: routing(),
        use_inbound_webhook_on_number: false,
        callback: Some("https://app.example/status".to_owned()),
        sticky_sender: true,
        area_code_geomatch: false,
        smart_encoding: true,
        mms_converter: false,
        fallback_to_long_code: true,
        scan_message_content: "inherit".to_owned(),
        synchronous_validation: false,
        validity: Duration::from_secs(36_000),
        usecase: "undeclared".to_owned(),
        created_at: at(50),
        updated_at: at(51),
    }
}

pub(crate) fn sender(sid: Sid, service: u128, address: &str) -> Sender {
    Sender {
        sid,
        account: owner(),
        service: service_sid(service),
        address: who(address),
        created_at: at(60),
        updated_at: at(61),
    }
}

pub(crate) fn short_code(digits: u128, code: &str) -> ShortCode {
    ShortCode {
        sid: sid(SidKind::ShortCode, digits),
        account: owner(),
        code: code.to_owned(),
        friendly_name: format!("Code {digits}"),
        text: routing(),
        created_at: at(70),
        updated_at: at(71),
    }
}

pub(crate) fn application(digits: u128) -> Application {
    Application {
        sid: sid(SidKind::Application, digits),
        account: owner(),
        friendly_name: format!("Application {digits}"),
        voice: voice(),
        caller_name_lookup: true,
        text: routing(),
        message_callback: None,
        created_at: at(80),
        updated_at: at(81),
    }
}

pub(crate) fn inbox_entry(message: u128, handset: &str) -> InboxEntry {
    InboxEntry {
        id: 0,
        handset: handset.parse().expect("an E.164 number"),
        other: who("ALO"),
        written_here: false,
        body: format!("message {message}"),
        media: vec!["https://app.example/é.png".to_owned()],
        message: message_sid(message),
        at: at(400),
    }
}

fn any_correspondent() -> impl Strategy<Value = Correspondent> {
    prop_oneof![
        "\\+[1-9][0-9]{6,14}".prop_map(|text| who(&text)),
        "[0-9]{3,8}".prop_map(Correspondent::ShortCode),
        "[A-Za-z]{1,11}".prop_map(Correspondent::Alpha),
        "\\PC{0,20}".prop_map(Correspondent::Client),
        "sip:\\PC{0,20}".prop_map(Correspondent::Sip),
        "\\PC{0,20}".prop_map(Correspondent::Other),
        Just(Correspondent::Other("+14155550123".to_owned())),
    ]
}

fn any_moment() -> impl Strategy<Value = Moment> {
    any::<i64>().prop_map(Moment::from_micros)
}

fn any_money() -> impl Strategy<Value = Money> {
    (any::<i64>(), prop::sample::select(&["USD", "EUR", "BRL"][..])).prop_map(|(micros, unit)| {
        Money::of(micros, unit.parse::<Currency>().expect("three letters"))
    })
}

fn any_method() -> impl Strategy<Value = Method> {
    prop::sample::select(&[Method::Get, Method::Post][..])
}

fn any_record() -> impl Strategy<Value = MessageRecord> {
    let kind = prop::sample::select(&[SidKind::Message, SidKind::MediaMessage][..]);
    let names = (kind, any::<u128>(), option::of(any::<u128>()));
    let ends = (option::of(any_correspondent()), any_correspondent());
    let texts = (any::<String>(), any::<Option<String>>(), any::<Option<String>>());
    let counts = (any::<u32>(), any::<Option<u32>>(), option::of(any_money()));
    let words = (
        prop::sample::select(&MessageStatus::ALL[..]),
        prop::sample::select(&MessageDirection::ALL[..]),
    );
    let times = (any_moment(), any_moment(), option::of(any_moment()));
    (names, ends, texts, counts, words, times).prop_map(
        |(names, ends, texts, counts, (status, direction), times)| MessageRecord {
            sid: Sid::new(names.0, names.1),
            account: owner(),
            service: names.2.map(service_sid),
            direction,
            from: ends.0,
            to: ends.1,
            body: texts.0,
            segments: counts.0,
            media: 0,
            status,
            error_code: counts.1,
            error_message: texts.1,
            price: counts.2,
            carrier: texts.2,
            created_at: times.0,
            updated_at: times.1,
            sent_at: times.2,
        },
    )
}

fn any_plan() -> impl Strategy<Value = MessagePlan> {
    let callback = option::of((any::<String>(), any_method()));
    let switches = any::<[bool; 3]>();
    let rest = (option::of(any_money()), any::<u32>(), any_moment(), option::of(any_moment()));
    (callback, switches, rest).prop_map(
        |(callback, [smart_encoded, discard_body, obfuscate], rest)| MessagePlan {
            callback,
            smart_encoded,
            max_price: rest.0,
            discard_body,
            obfuscate,
            attempts: rest.1,
            due_at: rest.2,
            expires_at: rest.3,
        },
    )
}

/// A message of the owner with any values whatever, whether or not they make sense together.
pub(crate) fn any_message() -> impl Strategy<Value = Message> {
    (any_record(), any_plan()).prop_map(|(record, plan)| Message { record, plan })
}
