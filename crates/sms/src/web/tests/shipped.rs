//! The shipped descriptions against each provider's documented answers and webhooks.

use std::time::Duration;

use super::super::HookKind;
use super::provider::{Act, Provider, json};
use super::{MESSAGE, Told, gateway, hear, hook, secrets, settings, submission, with_media};
use crate::{
    Carrier as _, CarrierState, ErrorClass, Inbound, InboundContent, Receipt, ReceiptState, Verdict,
};
use model::FragmentText;

/// The address of receipts, as those descriptions hand it out that have a token in it.
const CALLBACK: &str = "https://alo.example/v1/carriers/x/receipt?token=s3cret%26hook";
/// The query that those webhooks come with.
const QUERY: &str = "token=s3cret%26hook";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a description makes of an answer.
async fn refused(description: &str, path: &str, act: Act) -> (ErrorClass, u32, String) {
    let provider = Provider::that(act).await;
    let (gateway, _told) = gateway(settings(description, Some(provider.url.clone() + path)));
    let error = gateway.submit(submission("hello")).await.expect_err("it isn't taken");
    (error.class, error.code, error.message)
}

/// What a description reads from one webhook.
async fn heard(
    description: &str,
    kind: HookKind,
    method: &str,
    query: &str,
    content_type: &str,
    body: &str,
) -> Told {
    let (gateway, mut events) = gateway(settings(description, None));
    let mut hook = hook(kind, method, query, content_type, body);
    hook.headers.push(("x-webhook-token".to_owned(), super::TOKEN.to_owned()));
    let (reply, mut told) = hear(&gateway, &mut events, hook, Verdict::Kept).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0)
}

fn inbound(id: Option<&str>, from: &str, to: &str, text: &str) -> Told {
    Told::Inbound(Inbound {
        id: id.map(str::to_owned),
        from: model::Correspondent::from_carrier(from),
        to: model::Correspondent::from_carrier(to),
        content: InboundContent::Whole { text: text.to_owned(), segments: 0 },
        media: Vec::new(),
    })
}

fn receipt(id: &str, state: ReceiptState, error_code: Option<u32>, detail: &str) -> Told {
    Told::Receipt(Receipt {
        ids: vec![id.to_owned()],
        state,
        error_code,
        detail: Some(detail.to_owned()),
        done_at: None,
    })
}

#[test]
fn each_needs_only_the_secrets_that_it_names() {
    for (name, toml) in super::super::shipped() {
        let (gateway, _told) = gateway(settings(name, None));
        assert_eq!(gateway.state(), CarrierState::Up);
        for secret in secrets().keys() {
            let used = toml.contains(&format!("{{secret.{secret}}}"));
            let said = toml.lines().any(|line| line.starts_with('#') && line.contains(secret));
            assert_eq!(used, used && said, "{name} doesn't say what {secret} is");
        }
    }
}

#[tokio::test]
async fn plivo_takes_a_message() {
    let queued = r#"{"message":"message(s) queued","message_uuid":["db3ce55a-7f1d"],"api_id":"x"}"#;
    let mut provider = Provider::that(json(202, queued)).await;
    let path = "/v1/Account/{secret.auth_id}/Message/";
    let (gateway, _told) = gateway(settings("plivo", Some(provider.url.clone() + path)));
    let taken = gateway.submit(submission("say \"hi\"")).await.expect("it is taken");
    assert_eq!(taken.ids, ["db3ce55a-7f1d"]);
    let asked = provider.asked().await;
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/v1/Account/MAXXXX/Message/")
    );
    assert_eq!(asked.header("authorization"), "Basic TUFYWFhYOnRva2Vu");
    assert_eq!(asked.header("content-type"), "application/json");
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("it is JSON");
    let expected = serde_json::json!({
        "src": "14155550100", "dst": "551130000000", "text": "say \"hi\"", "type": "sms",
        "url": CALLBACK, "method": "POST",
    });
    assert_eq!(body, expected);

    assert!(gateway.takes_media());
    gateway.submit(with_media("look")).await.expect("it is taken");
    let body: serde_json::Value =
        serde_json::from_str(&provider.asked().await.body).expect("it is JSON");
    assert_eq!(body["type"], "mms");
    let media = ["https://media.example/one.png?a=1&b=2", "https://media.example/two.png?a=1&b=2"];
    assert_eq!(body["media_urls"], serde_json::json!(media));
}

#[tokio::test]
async fn plivo_tells_what_is_wrong() {
    let act = json(400, r#"{"api_id":"x","error":"dst is invalid"}"#);
    let (class, code, words) = refused("plivo", "/", act).await;
    assert_eq!((class, code), (ErrorClass::Refused, 30008));
    assert_eq!(words, "answered 400: dst is invalid");
    let (class, _, words) = refused("plivo", "/", Act::Answer(401, &[], "no".into())).await;
    assert_eq!(class, ErrorClass::Down);
    assert_eq!(words, "answered 401 (check the carrier's secrets)");
    let broke = refused("plivo", "/", json(402, "{}")).await;
    assert_eq!((broke.0, broke.1), (ErrorClass::Down, 30002));
}

#[tokio::test]
async fn plivo_calls_back() {
    let body = "From=551130000000&To=14155550100&Type=sms&Text=oi+tchau&MessageUUID=u1";
    let told = heard("plivo", HookKind::Inbound, "POST", QUERY, FORM, body).await;
    assert_eq!(told, inbound(Some("u1"), "+551130000000", "+14155550100", "oi tchau"));
    let body = "MessageUUID=u1&Status=delivered&Units=1";
    let told = heard("plivo", HookKind::Receipt, "POST", QUERY, FORM, body).await;
    assert_eq!(told, receipt("u1", ReceiptState::Delivered, None, "delivered"));
    let body = "MessageUUID=u1&Status=undelivered&ErrorCode=30";
    let told = heard("plivo", HookKind::Receipt, "POST", QUERY, FORM, body).await;
    assert_eq!(told, receipt("u1", ReceiptState::Undelivered, Some(30007), "undelivered, 30"));
}

#[tokio::test]
async fn vonage_takes_a_message_in_parts() {
    let taken = r#"{"message-count":"2","messages":[
        {"to":"551130000000","message-id":"0C01","status":"0","remaining-balance":"3.1"},
        {"to":"551130000000","message-id":"0C02","status":"0","remaining-balance":"3.0"}]}"#;
    let mut provider = Provider::that(json(200, taken)).await;
    let (gateway, _told) = gateway(settings("vonage", Some(provider.url.clone() + "/sms/json")));
    let mut message = submission("hello");
    message.valid_for = Some(Duration::from_secs(60));
    let taken = gateway.submit(message).await.expect("it is taken");
    assert_eq!(taken.ids, ["0C01", "0C02"]);
    let form = provider.asked().await.form();
    assert_eq!(
        form,
        format!(
            "api_key=key\napi_secret=secret\ncallback={CALLBACK}\nclient-ref={MESSAGE}\n\
             from=14155550100\ntext=hello\nto=551130000000\nttl=60000\ntype=text"
        )
    );
    assert!(!gateway.takes_media());
    gateway.submit(submission("привет")).await.expect("it is taken");
    assert!(provider.asked().await.form().ends_with("type=unicode"));
}

#[tokio::test]
async fn vonage_tells_what_is_wrong_in_a_200() {
    let answer = |status: &str| {
        let status = format!(r#""status":"{status}","error-text":"words""#);
        json(200, &format!(r#"{{"message-count":"1","messages":[{{{status}}}]}}"#))
    };
    let refused = |status: &'static str| refused("vonage", "/", answer(status));
    let throttled = ErrorClass::Throttled(Duration::from_secs(1));
    assert_eq!(refused("1").await, (throttled, 30001, "answered 200, code 1: words".into()));
    assert_eq!(refused("4").await.0, ErrorClass::Down);
    assert_eq!(refused("5").await.0, ErrorClass::Passing);
    assert_eq!(refused("7").await.1, 30004);
    assert_eq!(refused("9").await.1, 30002);
    assert_eq!(refused("15").await.0, ErrorClass::Refused);
}

#[tokio::test]
async fn vonage_calls_back() {
    let body = r#"{"msisdn":"551130000000","to":"14155550100","messageId":"0B","text":"oi",
        "type":"text","keyword":"OI","message-timestamp":"2020-01-01 14:00:00"}"#;
    let told = heard("vonage", HookKind::Inbound, "POST", QUERY, JSON, body).await;
    assert_eq!(told, inbound(Some("0B"), "+551130000000", "+14155550100", "oi"));

    let body = r#"{"msisdn":"551130000000","to":"14155550100","messageId":"0B","text":"oi",
        "concat":"true","concat-ref":"1","concat-total":"3","concat-part":"2"}"#;
    let told = heard("vonage", HookKind::Inbound, "POST", QUERY, JSON, body).await;
    let Told::Inbound(part) = told else { panic!("a message: {told:?}") };
    let text = FragmentText::Text("oi".to_owned());
    assert_eq!(part.content, InboundContent::Part { reference: 1, total: 3, number: 2, text });

    let body = r#"{"msisdn":"551130000000","to":"ALO","messageId":"0C01","status":"failed",
        "err-code":"6","scts":"2001011400","price":"0.03330000"}"#;
    let told = heard("vonage", HookKind::Receipt, "POST", QUERY, JSON, body).await;
    assert_eq!(told, receipt("0C01", ReceiptState::Undelivered, Some(30007), "failed, 6"));
    let body = r#"{"messageId":"0C01","status":"delivered","err-code":"0"}"#;
    let told = heard("vonage", HookKind::Receipt, "POST", QUERY, JSON, body).await;
    assert_eq!(told, receipt("0C01", ReceiptState::Delivered, None, "delivered, 0"));
}

#[tokio::test]
async fn telnyx_takes_a_message() {
    let taken = r#"{"data":{"record_type":"message","id":"4038","to":[{"status":"queued"}]}}"#;
    let mut provider = Provider::that(json(200, taken)).await;
    let (gateway, _told) = gateway(settings("telnyx", Some(provider.url.clone() + "/v2/messages")));
    let mut message = with_media("look");
    message.wants_receipt = false;
    let taken = gateway.submit(message).await.expect("it is taken");
    assert_eq!(taken.ids, ["4038"]);
    let asked = provider.asked().await;
    assert_eq!(asked.header("authorization"), "Bearer key");
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("it is JSON");
    let media = ["https://media.example/one.png?a=1&b=2", "https://media.example/two.png?a=1&b=2"];
    let expected = serde_json::json!({
        "from": "+14155550100", "to": "+551130000000", "text": "look", "media_urls": media,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn telnyx_tells_what_is_wrong() {
    let fault = |code: u32| {
        let errors = format!(r#"[{{"code":"{code}","title":"T","detail":"words"}}]"#);
        json(if code == 10009 { 401 } else { 422 }, &format!(r#"{{"errors":{errors}}}"#))
    };
    let refused = |code| refused("telnyx", "/", fault(code));
    assert_eq!(refused(10002).await.0, ErrorClass::Lasting);
    assert_eq!(refused(40300).await.1, 21610);
    assert_eq!(refused(40001).await.1, 30006);
    assert_eq!(refused(12345).await.0, ErrorClass::Refused);
    let (class, _, words) = refused(10009).await;
    assert_eq!(class, ErrorClass::Down);
    let expected = "answered 401, code 10009: words (check the carrier's secrets)";
    assert_eq!(words, expected);
}

#[tokio::test]
async fn telnyx_calls_back() {
    let body = r#"{"data":{"event_type":"message.received","payload":{"id":"7ee4","text":"oi",
        "direction":"inbound","from":{"phone_number":"+551130000000"},
        "to":[{"phone_number":"+14155550100","status":"webhook_delivered"}],
        "media":[{"url":"https://m.example/1","content_type":"image/png"}]}}}"#;
    let told = heard("telnyx", HookKind::Inbound, "POST", QUERY, JSON, body).await;
    let Told::Inbound(mut message) = told else { panic!("a message: {told:?}") };
    let media = message.media.remove(0);
    assert_eq!(media.url, "https://m.example/1");
    assert_eq!(media.content_type, "image/png");
    let plain = inbound(Some("7ee4"), "+551130000000", "+14155550100", "oi");
    assert_eq!(Told::Inbound(message), plain);

    let finalized = |status: &str, errors: &str| {
        format!(
            r#"{{"data":{{"event_type":"message.finalized","payload":{{"id":"4038",
            "to":[{{"phone_number":"+551130000000","status":"{status}"}}],"errors":{errors}}}}}}}"#
        )
    };
    let heard =
        |body| async move { heard("telnyx", HookKind::Receipt, "POST", QUERY, JSON, body).await };
    let delivered = finalized("delivered", "[]");
    let told = heard(&delivered).await;
    assert_eq!(told, receipt("4038", ReceiptState::Delivered, None, "delivered"));
    let failed = finalized("delivery_failed", r#"[{"code":"40002","title":"Blocked as spam"}]"#);
    let told = heard(&failed).await;
    let detail = "delivery_failed, 40002, Blocked as spam";
    assert_eq!(told, receipt("4038", ReceiptState::Undelivered, Some(30007), detail));
}

#[tokio::test]
async fn what_telnyx_tells_besides_is_passed_over() {
    let (gateway, mut events) = gateway(settings("telnyx", None));
    let body = r#"{"data":{"event_type":"message.sent","payload":{"id":"4038"}}}"#;
    let hook = hook(HookKind::Inbound, "POST", QUERY, JSON, body);
    let (reply, told) = hear(&gateway, &mut events, hook, Verdict::Kept).await;
    assert_eq!((reply.status, told.len()), (200, 0));
}

#[tokio::test]
async fn zenvia_takes_a_message() {
    let taken = r#"{"id":"z1","from":"sender","to":"551130000000","direction":"OUT",
        "channel":"sms","contents":[{"type":"text","text":"hello"}]}"#;
    let mut provider = Provider::that(json(200, taken)).await;
    let (gateway, _told) = gateway(settings("zenvia", Some(provider.url.clone() + "/v2/x")));
    let taken = gateway.submit(submission("hello")).await.expect("it is taken");
    assert_eq!(taken.ids, ["z1"]);
    let asked = provider.asked().await;
    assert_eq!(asked.header("x-api-token"), "zen");
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("it is JSON");
    let expected = serde_json::json!({
        "from": "14155550100", "to": "551130000000",
        "contents": [{"type": "text", "text": "hello"}],
    });
    assert_eq!(body, expected);
    let act = json(400, r#"{"code":"VALIDATION_ERROR","message":"words"}"#);
    let (class, _, words) = refused("zenvia", "/", act).await;
    assert_eq!(class, ErrorClass::Refused);
    assert_eq!(words, "answered 400, code VALIDATION_ERROR: words");
}

#[tokio::test]
async fn zenvia_calls_back() {
    let body = r#"{"id":"e1","timestamp":"2020-01-01T14:00:00Z","type":"MESSAGE","channel":"sms",
        "direction":"IN","message":{"id":"m1","from":"551130000000","to":"14155550100",
        "contents":[{"type":"text","text":"oi"},{"type":"text","text":"tchau"}]}}"#;
    let told = heard("zenvia", HookKind::Inbound, "POST", "", JSON, body).await;
    assert_eq!(told, inbound(Some("m1"), "+551130000000", "+14155550100", "oi\ntchau"));
    let body = r#"{"id":"e2","type":"MESSAGE_STATUS","channel":"sms","messageId":"z1",
        "messageStatus":{"code":"NOT_DELIVERED","description":"words","causes":[]}}"#;
    let told = heard("zenvia", HookKind::Receipt, "POST", "", JSON, body).await;
    let expected = receipt("z1", ReceiptState::Undelivered, Some(30008), "NOT_DELIVERED, words");
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_get_gateway_takes_a_message() {
    let act = Act::Answer(202, &[], "0: Accepted for delivery".to_owned());
    let mut provider = Provider::that(act).await;
    let url = provider.url.clone() + "/cgi-bin/sendsms";
    let (gateway, _told) = gateway(settings("get", Some(url)));
    let mut message = submission("50% & more");
    message.valid_for = Some(Duration::from_secs(61));
    let taken = gateway.submit(message).await.expect("it is taken");
    // It names nothing, so it is told our id.
    assert_eq!(taken.ids, [MESSAGE]);
    let asked = provider.asked().await;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/cgi-bin/sendsms"));
    assert_eq!(
        asked.query(),
        format!(
            "charset=UTF-8\ncoding=0\ndlr-mask=19\n\
             dlr-url={CALLBACK}&id={MESSAGE}&status=%d&answer=%A\nfrom=+14155550100\n\
             password=p&ss\ntext=50% & more\nto=+551130000000\nusername=user\nvalidity=2"
        )
    );
    gateway.submit(submission("привет")).await.expect("it is taken");
    assert!(provider.asked().await.query().contains("\ncoding=2\n"));
}

#[tokio::test]
async fn a_get_gateway_tells_what_is_wrong() {
    let answer = |status, body: &str| Act::Answer(status, &[], body.to_owned());
    let denied = "Authorization failed for sendsms";
    let (class, _, words) = refused("get", "/", answer(403, denied)).await;
    assert_eq!(class, ErrorClass::Down);
    assert!(words.starts_with("answered 403: Authorization failed"), "{words}");
    assert!(!words.contains("p&ss") && !words.contains("p%26ss"), "{words}");
    assert_eq!(refused("get", "/", answer(503, "Temporal failure")).await.0, ErrorClass::Passing);
    assert_eq!(refused("get", "/", answer(200, "<html>")).await.0, ErrorClass::Passing);
    assert_eq!(refused("get", "/", answer(400, "Empty receiver")).await.0, ErrorClass::Refused);
}

#[tokio::test]
async fn a_get_gateway_calls_back() {
    let query = format!("{QUERY}&from=%2B551130000000&to=12345&text=oi+tchau&id=k1");
    let told = heard("get", HookKind::Inbound, "GET", &query, "", "").await;
    assert_eq!(told, inbound(Some("k1"), "+551130000000", "12345", "oi tchau"));
    let query = format!("{QUERY}&id={MESSAGE}&status=2&answer=NACK%2F69");
    let told = heard("get", HookKind::Receipt, "GET", &query, "", "").await;
    let expected = receipt(MESSAGE, ReceiptState::Undelivered, Some(30008), "2, NACK/69");
    assert_eq!(told, expected);
}
