//! The Twilio-compatible upstream.

use std::time::Duration;

use model::{Correspondent, Secret};
use tokio::sync::mpsc;

use super::super::signature::twilio_signature;
use super::super::{
    ApiKey, Hears as _, Hook, HookKind, TWILIO, Timeouts, Upstream, UpstreamError, UpstreamSettings,
};
use super::provider::{Act, Provider, json, nobody, one_that_hangs_up};
use super::{Told, hear, hook, submission, with_media};
use crate::{
    Carrier as _, CarrierEvent, CarrierState, ErrorClass, Inbound, InboundContent, MediaLink,
    Receipt, ReceiptState, Verdict,
};

const ACCOUNT: &str = "AC00000000000000000000000000000002";

fn settings(base_url: &str) -> UpstreamSettings {
    UpstreamSettings {
        name: "twilio".to_owned(),
        base_url: base_url.to_owned(),
        account_sid: ACCOUNT.to_owned(),
        auth_token: Some(Secret::new("12345")),
        api_key: None,
        messaging_service_sid: None,
        callback_url: Some("https://alo.example/v1/carriers/twilio/receipt".to_owned()),
        window: 16,
        timeouts: Timeouts::default(),
    }
}

fn upstream(settings: UpstreamSettings) -> (Upstream, mpsc::Receiver<CarrierEvent>) {
    let (events, told) = mpsc::channel(16);
    (Upstream::new(settings, events).expect("the settings are right"), told)
}

/// What an answer is made of.
async fn refused(status: u16, body: &str) -> (ErrorClass, u32, String) {
    let provider = Provider::that(json(status, body)).await;
    let (upstream, _told) = upstream(settings(&provider.url));
    let error = upstream.submit(submission("hello")).await.expect_err("it isn't taken");
    (error.class, error.code, error.message)
}

#[tokio::test]
async fn a_message_is_made_as_any_client_makes_it() {
    let created = r#"{"sid":"SM99999999999999999999999999999999","status":"queued"}"#;
    let mut provider = Provider::that(json(201, created)).await;
    let (upstream, _told) = upstream(settings(&format!("{}/", provider.url)));
    let mut message = submission("Olá & adeus");
    message.valid_for = Some(Duration::from_secs(100_000));
    let taken = upstream.submit(message).await.expect("it is taken");
    assert_eq!(taken.ids, ["SM99999999999999999999999999999999"]);

    let asked = provider.asked().await;
    assert_eq!(asked.method, "POST");
    assert_eq!(asked.path, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    assert_eq!(asked.header("i-twilio-idempotency-token"), super::MESSAGE);
    // The account's SID and `12345`.
    let credentials = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMjoxMjM0NQ==";
    assert_eq!(asked.header("authorization"), credentials);
    assert_eq!(
        asked.form(),
        "To=+551130000000\nFrom=+14155550100\nBody=Olá & adeus\nValidityPeriod=36000\n\
         StatusCallback=https://alo.example/v1/carriers/twilio/receipt"
    );
}

#[tokio::test]
async fn media_a_service_and_a_key_go_along() {
    let mut provider = Provider::that(json(201, r#"{"sid":"MM1"}"#)).await;
    let mut settings = settings(&provider.url);
    settings.messaging_service_sid = Some("MG1".to_owned());
    settings.api_key = Some(ApiKey { sid: "SK1".to_owned(), secret: Secret::new("s") });
    let (upstream, _told) = upstream(settings);
    assert!(upstream.takes_media());
    let mut message = with_media("");
    message.wants_receipt = false;
    upstream.submit(message).await.expect("it is taken");
    let asked = provider.asked().await;
    assert_eq!(asked.header("authorization"), "Basic U0sxOnM=");
    assert_eq!(
        asked.form(),
        "To=+551130000000\nFrom=+14155550100\nMessagingServiceSid=MG1\n\
         MediaUrl=https://media.example/one.png?a=1&b=2\n\
         MediaUrl=https://media.example/two.png?a=1&b=2"
    );
}

#[tokio::test]
async fn each_error_says_what_is_to_be_done() {
    let fault = |code: u32| format!(r#"{{"code":{code},"message":"words","status":400}}"#);
    for (code, class) in [
        (21610, ErrorClass::Lasting),
        (21211, ErrorClass::Lasting),
        (21614, ErrorClass::Lasting),
        (21606, ErrorClass::Refused),
        (21608, ErrorClass::Refused),
        (21408, ErrorClass::Refused),
        (29999, ErrorClass::Refused),
        (21611, ErrorClass::Throttled(Duration::from_secs(10))),
    ] {
        let expected = format!("answered 400, code {code}: words");
        assert_eq!(refused(400, &fault(code)).await, (class, code, expected));
    }
    let (class, code, words) = refused(401, &fault(20003)).await;
    assert_eq!((class, code), (ErrorClass::Down, 30008));
    assert!(words.ends_with("(check account_sid and auth_token, or the API key)"), "{words}");
    assert_eq!(refused(403, "").await.0, ErrorClass::Down);
    assert_eq!(refused(404, &fault(20404)).await.0, ErrorClass::Down);
    assert_eq!(refused(302, "").await.0, ErrorClass::Down);
    assert_eq!(refused(503, "<html>").await.0, ErrorClass::Passing);
    assert_eq!(refused(500, &fault(20500)).await.1, 30008);
    // A success that names no message: something else may be answering.
    let garbage = refused(200, "<html>welcome to our hotel</html>").await;
    assert_eq!(garbage.0, ErrorClass::Passing);
    assert_eq!(garbage.2, "answered 200 without a message");
    assert_eq!(refused(201, r#"{"sid":7}"#).await.0, ErrorClass::Passing);
}

#[tokio::test]
async fn an_upstream_that_takes_no_more_says_when() {
    let act = Act::Answer(429, &[("retry-after", "7")], r#"{"code":20429}"#.to_owned());
    let provider = Provider::that(act).await;
    let (upstream, _told) = upstream(settings(&provider.url));
    let error = upstream.submit(submission("hello")).await.expect_err("too much");
    assert_eq!(error.class, ErrorClass::Throttled(Duration::from_secs(7)));
    assert_eq!(error.code, 30001);
    assert_eq!(upstream.state(), CarrierState::Up);
    assert_eq!(refused(429, "").await.0, ErrorClass::Throttled(Duration::from_secs(1)));
}

#[tokio::test]
async fn one_that_can_not_be_reached_is_down() {
    let (upstream, mut told) = upstream(settings(&format!("http://{}", nobody().await)));
    assert_eq!(upstream.state(), CarrierState::Up);
    let error = upstream.submit(submission("hello")).await.expect_err("nobody is there");
    assert_eq!(error.class, ErrorClass::Down);
    assert!(error.message.starts_with("no connection: "), "{}", error.message);
    assert_eq!(upstream.state(), CarrierState::Down(error.message.clone()));
    let event = told.recv().await.expect("it is told");
    let expected = CarrierState::Down(error.message);
    assert!(matches!(event, CarrierEvent::State(state) if state == expected));
    upstream.close().await;
    assert_eq!(upstream.state(), CarrierState::Closed);
    assert!(upstream.submit(submission("hello")).await.is_err());
}

#[tokio::test]
async fn one_that_hangs_up_or_says_nothing_may_have_taken_it() {
    let (hangs_up, _told) = upstream(settings(&format!("http://{}", one_that_hangs_up().await)));
    let error = hangs_up.submit(submission("hello")).await.expect_err("no answer");
    assert_eq!((error.class, error.code), (ErrorClass::Passing, 30008));
    assert_eq!(hangs_up.state(), CarrierState::Up);

    let provider = Provider::that(Act::Silence).await;
    let mut short = settings(&provider.url);
    short.timeouts.total = Duration::from_millis(100);
    let (silent, _told) = upstream(short);
    let error = silent.submit(submission("hello")).await.expect_err("no answer");
    assert_eq!((error.class, error.code), (ErrorClass::Passing, 30410));
    assert_eq!(error.message, "no answer within 0.1 s");
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let endless = format!(r#"{{"sid":"SM1","more":"{}"}}"#, "x".repeat(200_000));
    assert_eq!(refused(201, &endless).await.0, ErrorClass::Passing);
}

#[test]
fn settings_that_can_not_work_are_refused() {
    let make = |change: fn(&mut UpstreamSettings)| {
        let mut settings = settings(TWILIO);
        change(&mut settings);
        Upstream::new(settings, mpsc::channel(1).0).expect_err("it can't work")
    };
    assert!(matches!(make(|it| it.base_url = "twilio".into()), UpstreamError::BaseUrl(_)));
    assert!(matches!(make(|it| it.base_url = "ftp://a".into()), UpstreamError::BaseUrl(_)));
    assert!(matches!(make(|it| it.account_sid = "../x".into()), UpstreamError::AccountSid(_)));
    assert!(matches!(make(|it| it.auth_token = None), UpstreamError::NoCredentials));
    let empty = make(|it| it.auth_token = Some(Secret::new("")));
    assert!(matches!(empty, UpstreamError::NoCredentials));
}

fn signed(kind: HookKind, form: &str) -> Hook {
    let mut hook = hook(kind, "POST", "", "application/x-www-form-urlencoded", form);
    hook.url = hook.url.trim_end_matches('?').to_owned();
    sign(hook)
}

fn sign(mut hook: Hook) -> Hook {
    let params = if hook.method == "POST" { hook.form_fields() } else { Vec::new() };
    let signature = twilio_signature(&Secret::new("12345"), &hook.url, &params);
    hook.headers.push(("X-Twilio-Signature".to_owned(), signature));
    hook
}

#[tokio::test]
async fn a_signed_message_comes_in() {
    let (upstream, mut events) = upstream(settings(TWILIO));
    let form = "MessageSid=SM5&From=%2B551130000000&To=%2B14155550100&Body=oi&NumSegments=1\
                &NumMedia=1&MediaUrl0=https%3A%2F%2Fm.example%2F1&MediaContentType0=image%2Fpng";
    let hook = signed(HookKind::Inbound, form);
    let (reply, told) = hear(&upstream, &mut events, hook, Verdict::Kept).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "<Response/>"));
    let expected = Inbound {
        id: Some("SM5".to_owned()),
        from: Correspondent::from_carrier("+551130000000"),
        to: Correspondent::from_carrier("+14155550100"),
        content: InboundContent::Whole { text: "oi".to_owned(), segments: 1 },
        media: vec![MediaLink {
            url: "https://m.example/1".to_owned(),
            content_type: "image/png".to_owned(),
        }],
    };
    assert_eq!(told, [Told::Inbound(expected)]);
}

#[tokio::test]
async fn signed_receipts_say_where_a_message_stands() {
    let (upstream, mut events) = upstream(settings(TWILIO));
    for (status, state, error_code) in [
        ("queued", ReceiptState::EnRoute, None),
        ("sent", ReceiptState::EnRoute, None),
        ("delivered", ReceiptState::Delivered, None),
        ("read", ReceiptState::Delivered, None),
        ("failed", ReceiptState::Undelivered, Some(30008)),
    ] {
        let hook = signed(HookKind::Receipt, &format!("MessageSid=SM5&MessageStatus={status}"));
        let (reply, told) = hear(&upstream, &mut events, hook, Verdict::Unknown).await;
        assert_eq!(reply.status, 204);
        let detail = Some(status.to_owned());
        let ids = vec!["SM5".to_owned()];
        let expected = Receipt { ids, state, error_code, detail, done_at: None };
        assert_eq!(told, [Told::Receipt(expected)]);
    }
    let undelivered = "SmsSid=SM5&SmsStatus=undelivered&ErrorCode=30003&ErrorMessage=off";
    let hook = signed(HookKind::Receipt, undelivered);
    let (_, told) = hear(&upstream, &mut events, hook, Verdict::Kept).await;
    let [Told::Receipt(receipt)] = told.as_slice() else { panic!("a receipt: {told:?}") };
    assert_eq!(receipt.error_code, Some(30003));
    assert_eq!(receipt.detail.as_deref(), Some("undelivered: off"));
}

#[tokio::test]
async fn a_get_is_believed_for_the_address_that_was_signed() {
    let (upstream, mut events) = upstream(settings(TWILIO));
    let query = "MessageSid=SM5&MessageStatus=delivered";
    let mut hook = sign(hook(HookKind::Receipt, "GET", query, "", ""));
    hook.query = "MessageSid=SM6&MessageStatus=failed".to_owned();
    let (reply, told) = hear(&upstream, &mut events, hook, Verdict::Kept).await;
    assert_eq!(reply.status, 204);
    assert!(matches!(told.as_slice(), [Told::Receipt(it)] if it.ids == ["SM5"]), "{told:?}");
}

#[tokio::test]
async fn what_is_not_signed_or_not_whole_is_refused() {
    let (carrier, _events) = upstream(settings(TWILIO));
    let form = "MessageSid=SM5&MessageStatus=delivered";
    let unsigned = hook(HookKind::Receipt, "POST", "", "application/x-www-form-urlencoded", form);
    assert_eq!(carrier.hear(unsigned).await.status, 403);
    let mut changed = signed(HookKind::Receipt, form);
    changed.body = "MessageSid=SM5&MessageStatus=failed".into();
    assert_eq!(carrier.hear(changed).await.status, 403);
    assert_eq!(carrier.hear(signed(HookKind::Receipt, "MessageSid=SM5")).await.status, 400);
    assert_eq!(carrier.hear(signed(HookKind::Inbound, "From=%2B14155550100")).await.status, 400);
    let mut put = signed(HookKind::Receipt, form);
    put.method = "PUT".to_owned();
    assert_eq!(carrier.hear(put).await.status, 405);

    let mut keyed = settings(TWILIO);
    keyed.auth_token = None;
    keyed.api_key = Some(ApiKey { sid: "SK1".to_owned(), secret: Secret::new("12345") });
    let (keyed, _events) = upstream(keyed);
    let reply = keyed.hear(signed(HookKind::Receipt, form)).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (403, "webhooks need the carrier's auth_token")
    );
}

#[tokio::test]
async fn what_could_not_be_kept_is_asked_for_again() {
    let (carrier, mut events) = upstream(settings(TWILIO));
    let receipt = || signed(HookKind::Receipt, "MessageSid=SM5&MessageStatus=delivered");
    let (reply, _) = hear(&carrier, &mut events, receipt(), Verdict::Later).await;
    assert_eq!(reply.status, 503);
    // Nobody listens any more: the server stops.
    drop(events);
    assert_eq!(carrier.hear(receipt()).await.status, 503);
}
