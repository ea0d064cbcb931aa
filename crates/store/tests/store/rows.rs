//! Rows to keep, by number, and strategies for calls of every shape.

use std::time::Duration;

use model::{
    Account, AccountStatus, Alert, AlertLevel, CallRecord, CallStatus, Callback, Direction, Hangup,
    Method, Moment, NumberRecord, Party, PhoneAccount, RecordingRecord, RecordingSource,
    RecordingStatus, Secret, Sid, SidKind, TextRouting, Trunk, VoiceRouting,
};
use proptest::option;
use proptest::prelude::*;
use store::{CallChange, CallbackTarget, Store, Subscription};

pub(crate) fn sid(kind: SidKind, digits: u128) -> Sid {
    Sid::new(kind, digits)
}

/// The account that rows here belong to.
pub(crate) fn owner() -> Sid {
    sid(SidKind::Account, 1)
}

pub(crate) fn at(seconds: u64) -> Moment {
    Moment::EPOCH + Duration::from_secs(seconds)
}

pub(crate) fn account(digits: u128) -> Account {
    Account {
        sid: sid(SidKind::Account, digits),
        token: Secret::new("0123456789abcdef"),
        friendly_name: "Ada's".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: at(1),
        updated_at: at(2),
    }
}

/// Opens the owner of the rows.
pub(crate) async fn open_owner(store: &dyn Store) {
    store.open_account(account(1)).await.expect("a first account");
}

pub(crate) fn voice() -> VoiceRouting {
    VoiceRouting {
        url: Some("https://app.example/voice".to_owned()),
        method: Method::Get,
        fallback_url: Some("https://app.example/fallback".to_owned()),
        fallback_method: Method::Post,
        status_callback: Some("https://app.example/status".to_owned()),
        status_callback_method: Method::Get,
    }
}

pub(crate) fn number(digits: u128, text: &str) -> NumberRecord {
    NumberRecord {
        sid: sid(SidKind::Number, digits),
        account: owner(),
        number: text.parse().expect("an E.164 number"),
        friendly_name: format!("Number {digits}"),
        voice: voice(),
        text: TextRouting {
            url: Some("https://app.example/sms".to_owned()),
            method: Method::Get,
            fallback_url: None,
            fallback_method: Method::Post,
        },
        voice_application: Some(sid(SidKind::Application, 1)),
        sms_application: None,
        created_at: at(10),
        updated_at: at(11),
    }
}

pub(crate) fn phone(digits: u128, name: &str) -> PhoneAccount {
    PhoneAccount {
        sid: sid(SidKind::Credential, digits),
        account: owner(),
        name: name.to_owned(),
        password: Secret::new("correct horse"),
        caller_id: Some("+14155550123".parse().expect("an E.164 number")),
        voice: VoiceRouting::default(),
        created_at: at(20),
    }
}

pub(crate) fn trunk(digits: u128, name: &str) -> Trunk {
    Trunk {
        sid: sid(SidKind::Trunk, digits),
        name: name.to_owned(),
        host: "sip.carrier.example".to_owned(),
        port: 5080,
        credentials: Some(("alo".to_owned(), Secret::new("battery staple"))),
        sources: vec!["192.0.2.1".parse().expect("IPv4"), "2001:db8::1".parse().expect("IPv6")],
        prefixes: vec!["+55".to_owned(), "+1".to_owned()],
        created_at: at(30),
    }
}

pub(crate) fn call(digits: u128) -> CallRecord {
    CallRecord {
        sid: sid(SidKind::Call, digits),
        account: owner(),
        parent: None,
        from: Party::Client("ada".to_owned()),
        to: "+14155550123".parse().expect("a number"),
        number: None,
        direction: Direction::OutboundApi,
        status: CallStatus::Queued,
        caller_name: None,
        forwarded_from: None,
        created_at: at(100),
        updated_at: at(100),
        answered_at: None,
        started_at: None,
        ended_at: None,
        hangup: Hangup::default(),
    }
}

pub(crate) fn recording(digits: u128) -> RecordingRecord {
    RecordingRecord {
        sid: sid(SidKind::Recording, digits),
        account: owner(),
        call: sid(SidKind::Call, 1),
        source: RecordingSource::DialVerb,
        channels: 2,
        status: RecordingStatus::InProgress,
        duration: None,
        started_at: at(200),
        updated_at: at(201),
        error_code: None,
    }
}

pub(crate) fn alert(digits: u128) -> Alert {
    Alert {
        sid: sid(SidKind::Alert, digits),
        account: owner(),
        call: Some(sid(SidKind::Call, 1)),
        level: AlertLevel::Error,
        code: 11200,
        message: "the webhook answered 500; look at its log".to_owned(),
        url: Some("https://app.example/voice".to_owned()),
        at: at(300),
    }
}

/// A callback of a lane, due at some second.
pub(crate) fn callback(lane: u128, name: &str, due_at: u64) -> Callback {
    Callback {
        id: 0,
        lane: sid(SidKind::Call, lane),
        account: owner(),
        url: "https://app.example/status".to_owned(),
        method: Method::Post,
        params: vec![("CallStatus".to_owned(), name.to_owned()), ("To".to_owned(), "é&=".into())],
        idempotency_key: name.to_owned(),
        attempts: 0,
        due_at: at(due_at),
    }
}

pub(crate) fn change(record: CallRecord, callbacks: Vec<Callback>) -> CallChange {
    CallChange { record, subscription: None, callbacks }
}

pub(crate) fn subscription(sequence: u32) -> Subscription {
    let target = CallbackTarget {
        url: "https://app.example/status".to_owned(),
        method: Method::Get,
        events: vec!["initiated".to_owned(), "completed".to_owned()],
    };
    let params = vec![("ApiVersion".to_owned(), "2010-04-01".to_owned())];
    Subscription { targets: vec![target], sequence, params }
}

fn any_party() -> impl Strategy<Value = Party> {
    prop_oneof![
        "\\+[1-9][0-9]{6,14}".prop_map(|text| text.parse().expect("an E.164 number")),
        "\\PC{0,20}".prop_map(Party::Client),
        "sip:\\PC{0,20}".prop_map(Party::Sip),
        "\\PC{0,20}".prop_map(Party::Other),
        Just(Party::Other("+14155550123".to_owned())),
    ]
}

fn any_moment() -> impl Strategy<Value = Moment> {
    any::<i64>().prop_map(Moment::from_micros)
}

fn any_sid(kind: SidKind) -> impl Strategy<Value = Sid> {
    any::<u128>().prop_map(move |digits| Sid::new(kind, digits))
}

type Parties = (Party, Party, Option<String>, Option<String>);

fn any_parties() -> impl Strategy<Value = Parties> {
    (any_party(), any_party(), any::<Option<String>>(), any::<Option<String>>())
}

/// A call of the owner with any values whatever, whether or not they make sense together.
pub(crate) fn any_call() -> impl Strategy<Value = CallRecord> {
    let sids = (
        any_sid(SidKind::Call),
        option::of(any_sid(SidKind::Call)),
        option::of(any_sid(SidKind::Number)),
    );
    let words =
        (prop::sample::select(&CallStatus::ALL[..]), prop::sample::select(&Direction::ALL[..]));
    let times = (
        any_moment(),
        any_moment(),
        option::of(any_moment()),
        option::of(any_moment()),
        option::of(any_moment()),
    );
    let hangup = (any::<Option<u16>>(), any::<Option<String>>());
    (sids, any_parties(), words, times, hangup).prop_map(
        |(sids, parties, (status, direction), times, (sip_status, reason))| CallRecord {
            sid: sids.0,
            account: owner(),
            parent: sids.1,
            from: parties.0,
            to: parties.1,
            number: sids.2,
            direction,
            status,
            caller_name: parties.2,
            forwarded_from: parties.3,
            created_at: times.0,
            updated_at: times.1,
            answered_at: times.2,
            started_at: times.3,
            ended_at: times.4,
            hangup: Hangup { sip_status, reason },
        },
    )
}
