//! Messages sent, listed, read, redacted, taken back and deleted over the API; the carrier is the virtual one.

use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::server::Server;

/// Ours, and somebody's.
const ENDS: &str = "From=%2B14155550100&To=%2B14155559123";

async fn with_number() -> Server {
    let server = Server::start().await;
    server.buys("+14155550100").await;
    server
}

async fn sent(server: &Server, more: &str) -> Value {
    let answer = server.post(&server.path("/Messages.json"), &format!("{ENDS}&{more}")).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()
}

fn path_of(message: &Value) -> String {
    message["uri"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_message_is_queued_delivered_redacted_and_deleted() {
    let server = with_number().await;
    let message = sent(&server, "Body=Hello%21+%F0%9F%91%8D").await;
    assert_eq!((&message["status"], &message["num_segments"]), (&"queued".into(), &"1".into()));
    assert_eq!((&message["body"], &message["price"]), (&"Hello! 👍".into(), &Value::Null));
    assert!(message["sid"].as_str().is_some_and(|sid| sid.starts_with("SM")));
    let path = path_of(&message);
    let delivered = server.sees(&path, |message| message["status"] == "delivered").await;
    assert_eq!(delivered["direction"], "outbound-api");
    assert!(delivered["date_sent"].is_string());
    let inbox = server.get("/v1/inbox/+14155559123").await.json();
    assert_eq!(inbox["messages"][0]["body"], "Hello! 👍");
    assert_eq!(inbox["messages"][0]["message_sid"], message["sid"]);
    let redacted = server.post(&path, "Body=").await;
    assert_eq!((redacted.status.as_u16(), &redacted.json()["body"]), (200, &"".into()));
    assert_eq!(server.get(&path).await.json()["body"], "");
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.delete(&path).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn what_can_not_be_sent_is_refused_with_twilios_code() {
    let server = with_number().await;
    let create = server.path("/Messages.json");
    let long = format!("{ENDS}&Body={}", "x".repeat(1601));
    let media = format!("{ENDS}{}", "&MediaUrl=http://a.example/x".repeat(11));
    for (form, code) in [
        ("From=%2B14155550100&Body=x", 21604),
        ("From=%2B14155550100&To=nobody+at+all&Body=x", 21211),
        ("From=%2B14155550100&To=4155550123&Body=x", 21211),
        ("To=%2B14155559123&Body=x", 21603),
        ("To=%2B14155559123&From=%2B1&Body=x", 21212),
        ("To=%2B14155559123&From=%2B14155550101&Body=x", 21606),
        ("To=%2B14155550100&From=%2B14155550100&Body=x", 21266),
        (ENDS, 21602),
        (&format!("{ENDS}&Body="), 21602),
        (&long, 21617),
        (&media, 21623),
        (&format!("{ENDS}&Body=x&MediaUrl=photo.jpg"), 21620),
        (&format!("{ENDS}&Body=x&StatusCallback=status"), 21609),
        (&format!("{ENDS}&Body=x&ValidityPeriod=0"), 21624),
        (&format!("{ENDS}&Body=x&ScheduleType=fixed&SendAt=2026-12-01T12:00:00Z"), 35118),
        (&format!("{ENDS}&ContentSid=HX0123456789abcdef0123456789abcdef"), 21655),
        (&format!("{ENDS}&Body=x&ApplicationSid=AP0123456789abcdef0123456789abcdef"), 21218),
        ("To=%2B14155559123&MessagingServiceSid=MG0123456789abcdef0123456789abcdef&Body=x", 21701),
    ] {
        assert_eq!(server.post(&create, form).await.refusal(), (400, code), "{form}");
    }
    let list = server.get(&create).await.json();
    assert_eq!(list["messages"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn fixed_lines_and_numbers_that_no_carrier_reaches_are_refused() {
    let trunk = engine::CarrierKind::Sip { trunk: "carrier".to_owned() };
    let mut carrier = engine::CarrierSettings::new("real", trunk);
    carrier.prefixes = vec!["+55".to_owned()];
    let texts = engine::TextSettings { carriers: vec![carrier], ..Default::default() };
    let server = Server::with_texts(api::Settings::default(), texts).await;
    server.buys("+551130000100").await;
    let send = |to: &str| {
        let form = format!("From=%2B551130000100&To=%2B{to}&Body=x");
        let (server, path) = (&server, server.path("/Messages.json"));
        async move { server.post(&path, &form).await }
    };
    assert_eq!(send("551130001234").await.refusal(), (400, 21614));
    assert_eq!(send("14155559123").await.refusal(), (400, 21612));
    let waits = send("5511987654321").await;
    assert_eq!((waits.status.as_u16(), &waits.json()["status"]), (201, &"queued".into()));
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_for_a_while() {
    let texts = engine::TextSettings { queued: 0, ..Default::default() };
    let server = Server::with_texts(api::Settings::default(), texts).await;
    server.buys("+14155550100").await;
    let full = server.post(&server.path("/Messages.json"), &format!("{ENDS}&Body=x")).await;
    assert_eq!(full.refusal(), (429, 21611));
    assert!(full.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn who_sent_stop_is_left_alone_until_start() {
    let server = with_number().await;
    for (word, status) in [("STOP", 400), ("START", 201)] {
        let form = format!("To=%2B14155550100&Body={word}");
        let wrote = server.post("/v1/inbox/+14155559123", &form).await.json();
        let path = wrote["uri"].as_str().expect("an address").to_owned();
        server.sees(&path, |message| message["status"] == "received").await;
        let answer = server.post(&server.path("/Messages.json"), &format!("{ENDS}&Body=x")).await;
        assert_eq!(answer.status, status, "{}", answer.json());
        assert!(status == 201 || answer.refusal() == (400, 21610));
    }
}

#[tokio::test]
async fn sixteen_hundred_characters_are_sent() {
    let server = with_number().await;
    let message = sent(&server, &format!("Body={}", "x".repeat(1600))).await;
    assert_eq!(message["num_segments"], "11");
    let wide = sent(&server, &format!("Body={}", "%E6%BC%A2".repeat(1600))).await;
    assert_eq!(wide["num_segments"], "24");
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused_and_not_replaced() {
    let server = with_number().await;
    let create = server.path("/Messages.json");
    for body in ["Body=caf%E9", "Body=%F0%9F%91", "Body=%ED%A0%BD%ED%B1%8D"] {
        let refused = server.post(&create, &format!("{ENDS}&{body}")).await;
        assert_eq!(refused.refusal(), (400, 20422), "{body}");
        assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("UTF-8")));
    }
    let raw = server.request("POST", &create).header(CONTENT_TYPE, "text/plain");
    let raw = server.send_bytes(raw, b"From=%2B14155550100&To=%2B14155559123&Body=caf\xe9").await;
    assert_eq!(raw.refusal(), (400, 20422));
    assert_eq!(server.get(&create).await.json()["messages"], json!([]));
}

#[tokio::test]
async fn the_same_key_is_the_same_message() {
    let server = with_number().await;
    let path = server.path("/Messages.json");
    let mut sids = Vec::new();
    for header in ["I-Twilio-Idempotency-Token", "Idempotency-Key", "Idempotency-Key"] {
        let request = server.request("POST", &path).header(header, "once");
        let answer = server.send(request, &format!("{ENDS}&Body=Hi")).await;
        assert_eq!(answer.status, 201);
        sids.push(answer.json()["sid"].clone());
    }
    assert!(sids.iter().all(|sid| *sid == sids[0]), "{sids:?}");
    assert_eq!(server.get(&path).await.json()["messages"].as_array().map(Vec::len), Some(1));
    let odd = server.request("POST", &path).header("Idempotency-Key", "x".repeat(256));
    assert_eq!(server.send(odd, &format!("{ENDS}&Body=Hi")).await.refusal(), (400, 20422));
}

#[tokio::test]
async fn messages_are_found_by_ends_and_date_and_paged() {
    let server = with_number().await;
    let mut paths = Vec::new();
    for body in ["one", "two", "three"] {
        paths.push(path_of(&sent(&server, &format!("Body={body}")).await));
    }
    for path in &paths {
        server.sees(path, |message| message["status"] == "delivered").await;
    }
    for (query, found) in [
        ("", 3),
        ("?To=%2B14155559123", 3),
        ("?To= 14155559123", 3),
        ("?To=%2B14155559124", 0),
        ("?From=%2B14155550100&DateSent%3E=2020-01-01", 3),
        ("?DateSent=2020-01-01", 0),
        ("?DateSent%3C=2020-01-01T00:00:00Z", 0),
        ("?PageSize=2", 2),
    ] {
        let path = server.path(&format!("/Messages.json{}", query.replace(' ', "%20")));
        let list = server.get(&path).await.json();
        assert_eq!(list["messages"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let first = server.get(&server.path("/Messages.json?PageSize=2")).await.json();
    let next = server.get(first["next_page_uri"].as_str().expect("there are more")).await.json();
    assert_eq!(next["messages"][0]["body"], "one");
    assert_eq!(next["next_page_uri"], Value::Null);
    let odd = server.get(&server.path("/Messages.json?DateSent=yesterday")).await;
    assert_eq!(odd.refusal(), (400, 20422));
}

#[tokio::test]
async fn a_change_is_a_redaction_or_a_cancellation() {
    let server = with_number().await;
    let path = path_of(&sent(&server, "Body=Hi").await);
    server.sees(&path, |message| message["status"] == "delivered").await;
    for form in ["", "Status=sent", "Body=New", "Body=&Status=canceled"] {
        assert_eq!(server.post(&path, form).await.refusal(), (400, 30400), "{form}");
    }
    assert_eq!(server.post(&path, "Status=canceled").await.refusal(), (409, 30409));
    let nobody = server.path("/Messages/SM0123456789abcdef0123456789abcdef.json");
    assert_eq!(server.post(&nobody, "Body=").await.refusal(), (404, 20404));
    assert_eq!(server.get(&server.path("/Messages/SM1.json")).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn another_account_sees_nothing_of_it() {
    let server = with_number().await;
    let message = sent(&server, "Body=Hi").await;
    let other = server.opens(2, false).await;
    let base = format!("/2010-04-01/Accounts/{other}/Messages");
    let theirs = format!("{base}/{}.json", message["sid"].as_str().expect("a SID"));
    assert_eq!(server.get_as(other, &theirs).await.refusal(), (404, 20404));
    assert_eq!(server.post_as(other, &theirs, "Body=").await.refusal(), (404, 20404));
    let list = server.get_as(other, &format!("{base}.json")).await.json();
    assert_eq!(list["messages"], json!([]));
    let from_ours = server.post_as(other, &format!("{base}.json"), &format!("{ENDS}&Body=x")).await;
    assert_eq!(from_ours.refusal(), (400, 21606));
}

#[tokio::test]
async fn feedback_is_answered() {
    let server = with_number().await;
    let path = path_of(&sent(&server, "Body=Hi&ProvideFeedback=true").await);
    let feedback = path.replace(".json", "/Feedback.json");
    let answer = server.post(&feedback, "Outcome=confirmed").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["outcome"]), (200, &"confirmed".into()));
    assert_eq!(server.post(&feedback, "Outcome=maybe").await.refusal(), (400, 20422));
}

#[tokio::test]
async fn the_resource_of_old_sends_short_texts_and_has_its_own_fields() {
    let server = with_number().await;
    let create = server.path("/SMS/Messages.json");
    let answer = server.post(&create, &format!("{ENDS}&Body=Hi")).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let message = answer.json();
    assert_eq!(message.as_object().map(serde_json::Map::len), Some(13));
    let sid = message["sid"].as_str().expect("a SID");
    assert_eq!(message["uri"], server.path(&format!("/SMS/Messages/{sid}.json")));
    assert_eq!(server.get(&path_of(&message)).await.json()["sid"], message["sid"]);
    let list = server.get(&create).await.json();
    assert_eq!(list["sms_messages"][0]["sid"], message["sid"]);
    assert!(list.get("messages").is_none());
    let fits = format!("{ENDS}&Body={}", "x".repeat(160));
    assert_eq!(server.post(&create, &fits).await.status, 201);
    let long = format!("{ENDS}&Body={}", "x".repeat(161));
    assert_eq!(server.post(&create, &long).await.refusal(), (400, 21605));
    assert_eq!(server.post(&create, ENDS).await.refusal(), (400, 21602));
}
