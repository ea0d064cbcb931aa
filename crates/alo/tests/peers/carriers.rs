//! Texts through an SMSC that isn't ours (npm `smpp`): out, in, receipts, what breaks; and the request of old.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{
    Answer, Request, Smsc, SmscDelivery, SmscOptions, SmscReceipt, SmscSubmit, eventually,
};

use super::house::{House, NUMBER, SOON, options, response};

/// Somebody who is reached over the SMSC.
const ADA: &str = "+5511987654321";

/// ESME_RINVDSTADR: the receiver's address is invalid (SMPP 3.4 §5.1.3).
const INVALID_RECEIVER: u32 = 0x0B;

/// A house whose texts go over an SMSC.
struct Post {
    house: House,
    smsc: Smsc,
    _folder: TempDir,
}

impl Post {
    async fn open() -> Post {
        Post::with(SmscOptions::default(), "").await
    }

    /// One whose carrier is set so besides.
    async fn with(smsc: SmscOptions, more: &str) -> Post {
        let mut smsc = Smsc::start(smsc).await;
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("alo.toml");
        std::fs::write(&file, settings(&smsc, more)).expect("it can be written");
        let file = file.to_str().expect("a path in UTF-8").to_owned();
        let house = House::with(options().argument("--config").argument(&file)).await;
        house.app.answers("/status", Answer::status(204));
        house.app.answers("/sms", Answer::status(204));
        let numbers = house.gets("/IncomingPhoneNumbers").await;
        let sid = numbers["incoming_phone_numbers"][0]["sid"].as_str().expect("its number");
        let url = house.app.url("/sms");
        let (status, answer) =
            house.posts(&format!("/IncomingPhoneNumbers/{sid}"), &[("SmsUrl", &url)]).await;
        assert_eq!(status, 200, "{answer}");
        smsc.next_bind().await;
        Post { house, smsc, _folder: folder }
    }
}

/// Sends a text whose status is told at `/status`; its SID.
async fn sends(house: &House, body: &str) -> String {
    let callback = house.app.url("/status");
    let form = [("From", NUMBER), ("To", ADA), ("Body", body), ("StatusCallback", &callback)];
    let (status, message) = house.posts("/Messages", &form).await;
    assert_eq!((status, &message["status"]), (201, &json!("queued")), "{message}");
    message["sid"].as_str().expect("a message has a SID").to_owned()
}

/// Waits until the application hears of a status.
async fn hears(house: &House, sid: &str, status: &str) -> Request {
    let is_it = |request: &Request| {
        request.param("MessageSid").as_deref() == Some(sid)
            && request.param("MessageStatus").as_deref() == Some(status)
    };
    house.app.next_where("/status", SOON, is_it).await
}

/// Waits until a message has a status.
async fn is(house: &House, sid: &str, status: &str) -> Value {
    let path = format!("/Messages/{sid}");
    eventually(&format!("{sid} is {status}"), async || {
        let message = house.gets(&path).await;
        if message["status"] == status { Ok(message) } else { Err(message.to_string()) }
    })
    .await
}

fn settings(smsc: &Smsc, more: &str) -> String {
    format!(
        "[[carriers]]\nname = \"smsc\"\nkind = \"smpp\"\nhost = \"127.0.0.1\"\nport = {}\n\
         system_id = \"{}\"\npassword = \"{}\"\nreconnect_after = \"100 ms\"\n{more}\n",
        smsc.port(),
        smsc.system_id(),
        smsc.password(),
    )
}

fn joined(parts: &[SmscSubmit]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

#[tokio::test]
async fn the_script_of_2011_sends_a_text() {
    // client.account.sms.messages.create(from: …, to: …, body: …), as the library of that time put it on the wire.
    let mut post = Post::open().await;
    let form = [("From", NUMBER), ("To", ADA), ("Body", "You are on duty now.")];
    let (status, message) = post.house.posts("/SMS/Messages", &form).await;
    assert_eq!(status, 201, "{message}");
    for (key, value) in [
        ("from", NUMBER),
        ("to", ADA),
        ("body", "You are on duty now."),
        ("status", "queued"),
        ("direction", "outbound-api"),
        ("api_version", "2010-04-01"),
    ] {
        assert_eq!(message[key], value, "{key}");
    }
    let sid = message["sid"].as_str().expect("a SID");
    let uri = message["uri"].as_str().expect("an address");
    assert!(uri.ends_with(&format!("/SMS/Messages/{sid}.json")), "{uri}");
    let submit = post.smsc.next_submit().await;
    assert_eq!(submit.text, "You are on duty now.");
    assert_eq!(submit.destination.2, ADA.trim_start_matches('+'));
    let long = "x".repeat(161);
    let form = [("From", NUMBER), ("To", ADA), ("Body", &long)];
    let (status, refused) = post.house.posts("/SMS/Messages", &form).await;
    assert_eq!((status, &refused["code"]), (400, &json!(21605)), "{refused}");
    let list = post.house.gets("/SMS/Messages").await;
    assert_eq!(list["sms_messages"][0]["sid"], sid, "{list}");
}

#[tokio::test]
async fn long_texts_arrive_whole_in_either_alphabet() {
    let mut post = Post::open().await;
    let gsm = format!("{}€[end]", "A long text in the GSM alphabet. ".repeat(12));
    let ucs2 = format!("{}🎉", "Olá, você está de plantão ção 東京 ".repeat(8));
    for (body, parts) in [(gsm, 3), (ucs2, 4)] {
        let sid = sends(&post.house, &body).await;
        let submits = post.smsc.submits(parts).await;
        assert_eq!(joined(&submits), body);
        assert!(submits.iter().all(|part| !part.udh.is_empty()), "{submits:?}");
        let message = is(&post.house, &sid, "sent").await;
        assert_eq!(message["num_segments"], parts.to_string());
    }
}

#[tokio::test]
async fn receipts_become_statuses_once_each_whatever_their_order() {
    let mut post = Post::open().await;
    let sid = sends(&post.house, &"two parts ".repeat(20)).await;
    let parts = post.smsc.submits(2).await;
    hears(&post.house, &sid, "sent").await;
    for part in [&parts[1], &parts[1], &parts[0]] {
        post.smsc.receipt(SmscReceipt::new(&part.id, "DELIVRD")).await;
    }
    hears(&post.house, &sid, "delivered").await;
    post.smsc.receipt(SmscReceipt::new(&parts[0].id, "UNDELIV")).await;
    let lost = sends(&post.house, "into the void").await;
    let submit = post.smsc.next_submit().await;
    let receipt = SmscReceipt { form: "tlv", ..SmscReceipt::new(&submit.id, "UNDELIV") };
    post.smsc.receipt(receipt).await;
    let told = hears(&post.house, &lost, "undelivered").await;
    assert!(told.param("ErrorCode").is_some(), "{told:?}");
    let statuses: Vec<String> = post
        .house
        .app
        .requests_to("/status")
        .iter()
        .filter(|it| it.param("MessageSid").as_deref() == Some(sid.as_str()))
        .filter_map(|it| it.param("MessageStatus"))
        .collect();
    assert_eq!(statuses, ["sent", "delivered"]);
    is(&post.house, &sid, "delivered").await;
}

#[tokio::test]
async fn a_receipt_for_nobody_is_acknowledged_and_changes_nothing() {
    let mut post = Post::open().await;
    post.smsc.receipt(SmscReceipt::new("999999", "DELIVRD")).await;
    let answered = post.smsc.event("delivered").await;
    assert_eq!(answered["status"], 0, "{answered}");
    let sid = sends(&post.house, "still works").await;
    is(&post.house, &sid, "sent").await;
}

#[tokio::test]
async fn what_comes_in_reaches_the_application_and_its_answer_goes_back() {
    let mut post = Post::open().await;
    post.house.app.answers("/sms", response("<Message>Got it</Message>"));
    let body = "Um texto bem longo, com acentuação e 東京. ".repeat(6);
    let from = ADA.trim_start_matches('+');
    let to = NUMBER.trim_start_matches('+');
    for (joined, backwards) in [("udh", true), ("udh16", false), ("sar", true), ("payload", false)]
    {
        let delivery = SmscDelivery {
            coding: "ucs2",
            joined,
            backwards,
            ..SmscDelivery::new(from, to, &body)
        };
        post.smsc.deliver(delivery).await;
        let asked = post.house.app.next("/sms", SOON).await;
        assert_eq!(asked.param("Body").as_deref(), Some(body.as_str()), "{joined}");
        assert_eq!(asked.param("From").as_deref(), Some(ADA));
        let reply = post.smsc.next_submit().await;
        assert_eq!((reply.text.as_str(), reply.destination.2.as_str()), ("Got it", from));
    }
}

#[tokio::test]
async fn an_smsc_that_dies_gets_what_waited_once_it_is_back() {
    let Post { house, mut smsc, _folder } = Post::open().await;
    let before = sends(&house, "before").await;
    smsc.next_submit().await;
    is(&house, &before, "sent").await;
    let port = smsc.port();
    smsc.kill().await;
    eventually("the carrier is down", async || {
        let (_, carriers) = house.asks(Method::GET, "/v1/carriers", &[]).await;
        if carriers["carriers"][0]["up"] == false { Ok(()) } else { Err(carriers.to_string()) }
    })
    .await;
    let mut waiting = Vec::new();
    for count in 0..20 {
        waiting.push(sends(&house, &format!("meanwhile {count}")).await);
    }
    let mut smsc = Smsc::start(SmscOptions { port, ..SmscOptions::default() }).await;
    let mut bodies: Vec<String> =
        smsc.submits(20).await.into_iter().map(|submit| submit.text).collect();
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), 20, "each goes once");
    for sid in &waiting {
        is(&house, sid, "sent").await;
    }
}

#[tokio::test]
async fn an_smsc_that_throttles_gets_everything_later() {
    let mut post = Post::open().await;
    post.smsc.throttle_next(3).await;
    let mut sids = Vec::new();
    for count in 0..10 {
        sids.push(sends(&post.house, &format!("text {count}")).await);
    }
    for sid in &sids {
        is(&post.house, sid, "sent").await;
    }
}

#[tokio::test]
async fn what_the_smsc_refuses_fails_with_its_reason() {
    let mut post = Post::open().await;
    post.smsc.answer(&[INVALID_RECEIVER]).await;
    let sid = sends(&post.house, "nobody there").await;
    let told = hears(&post.house, &sid, "failed").await;
    assert!(told.param("ErrorCode").is_some(), "{told:?}");
    let message = is(&post.house, &sid, "failed").await;
    assert!(message["error_code"].is_u64() && message["error_message"].is_string(), "{message}");
}

#[tokio::test]
async fn stop_from_a_phone_bars_and_start_lets_through() {
    let mut post = Post::open().await;
    let (from, to) = (ADA.trim_start_matches('+'), NUMBER.trim_start_matches('+'));
    post.smsc.deliver(SmscDelivery::new(from, to, "STOP")).await;
    let asked = post.house.app.next("/sms", SOON).await;
    assert_eq!(asked.param("OptOutType").as_deref(), Some("STOP"));
    let answer = post.smsc.next_submit().await;
    assert_eq!(answer.destination.2, from, "she is told that it was heard");
    let form = [("From", NUMBER), ("To", ADA), ("Body", "ad")];
    let (status, refused) = post.house.posts("/Messages", &form).await;
    assert_eq!((status, &refused["code"]), (400, &json!(21610)), "{refused}");
    post.smsc.deliver(SmscDelivery::new(from, to, "START")).await;
    post.smsc.next_submit().await;
    let sid = sends(&post.house, "welcome back").await;
    is(&post.house, &sid, "sent").await;
}

#[tokio::test]
async fn a_bind_that_is_refused_is_said_in_the_status_of_carriers() {
    let mut smsc = Smsc::start(SmscOptions::default()).await;
    smsc.refuse_binds(0x0E).await;
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("alo.toml");
    std::fs::write(&file, settings(&smsc, "")).expect("it can be written");
    let file = file.to_str().expect("a path in UTF-8").to_owned();
    let house = House::with(options().argument("--config").argument(&file)).await;
    let reason = eventually("the reason is known", async || {
        let (_, carriers) = house.asks(Method::GET, "/v1/carriers", &[]).await;
        let reason = carriers["carriers"][0]["reason"].as_str().unwrap_or_default().to_owned();
        if reason.contains("password") { Ok(reason) } else { Err(carriers.to_string()) }
    })
    .await;
    assert!(!reason.is_empty());
}
