//! Texts over real sockets on loopback: taken and refused, challenged and proven, and kept within bounds.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use sip::{
    Address, Credentials, Destination, Directory, Origin, Settings, Strangers, TextAnswer,
    TextError, TextIn, TextOut, Trunk,
};
use support::{Ids, PATIENCE, Raw, Station, header, phones, quick, settings, station, tag, to};
use tokio::sync::mpsc::Receiver;

fn text(destination: Destination, body: &str) -> TextOut {
    TextOut {
        destination,
        from: Address { user: "+15550100".to_owned(), ..Address::default() },
        content_type: "text/plain;charset=utf-8".to_owned(),
        body: body.as_bytes().to_vec(),
        headers: Vec::new(),
        credentials: None,
    }
}

async fn next(texts: &mut Receiver<TextIn>) -> TextIn {
    tokio::time::timeout(PATIENCE, texts.recv())
        .await
        .expect("a text comes in time")
        .expect("the stack is up")
}

async fn pair() -> (Station, Station, Receiver<TextIn>) {
    let sender = station(settings(), Directory::default()).await;
    let receiver = station(settings(), Directory::default()).await;
    let texts = receiver.sip.take_messages().expect("nobody took them before");
    (sender, receiver, texts)
}

fn trunk(station: &Station, raw: &Raw, user: &str) -> Destination {
    let trunk = Trunk {
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: raw.address().port(),
        credentials: Some(Credentials { user: "us".to_owned(), password: "secret".into() }),
        sources: Vec::new(),
    };
    station.sip.configure(Directory { phones: Vec::new(), trunks: vec![trunk] });
    Destination::Trunk { name: "carrier".to_owned(), user: user.to_owned() }
}

#[tokio::test]
async fn a_text_arrives_as_it_was_sent() {
    let (sender, receiver, mut texts) = pair().await;
    let mut out = text(to(receiver.address(), "bob"), "Olá, Zoë 😀\r\n\r\nsecond line");
    out.headers = vec![
        ("X-Thread".to_owned(), "7\r\nEvil: yes".to_owned()),
        ("Call-ID".to_owned(), "mine".to_owned()),
    ];
    let body = out.body.clone();
    let sending = tokio::spawn(async move { sender.sip.message(out).await });
    let arrived = next(&mut texts).await;
    assert_eq!(arrived.body, body);
    assert_eq!(arrived.content_type.as_deref(), Some("text/plain;charset=utf-8"));
    assert_eq!((arrived.from.user.as_str(), arrived.to.user.as_str()), ("+15550100", "bob"));
    assert_eq!((&arrived.origin, arrived.cseq), (&Origin::Stranger, 1));
    assert!(arrived.headers.contains(&("X-Thread".to_owned(), "7  Evil: yes".to_owned())));
    assert_ne!(arrived.call_id, "mine");
    arrived.accept();
    let answer = sending.await.expect("it did not panic");
    let expected = TextAnswer { status: 200, reason: "OK".to_owned(), retry_after: None };
    assert_eq!(answer, Ok(expected));
}

#[tokio::test]
async fn whoever_takes_texts_may_refuse_them() {
    let (sender, receiver, mut texts) = pair().await;
    let destination = to(receiver.address(), "bob");
    let taking = tokio::spawn(async move {
        next(&mut texts).await.refuse(404);
        next(&mut texts).await.refuse(200);
        next(&mut texts).await.refuse(503);
        drop(next(&mut texts).await);
        texts
    });
    let mut answers = Vec::new();
    for _ in 0..4 {
        let answer = sender.sip.message(text(destination.clone(), "x")).await.expect("an answer");
        answers.push((answer.status, answer.retry_after));
    }
    let soon = Some(Duration::from_secs(5));
    assert_eq!(answers, [(404, None), (500, None), (503, soon), (480, None)]);
    let texts = taking.await.expect("it did not panic");
    assert!(receiver.sip.take_messages().is_none(), "they are taken once");
    drop(texts);
    let answer = sender.sip.message(text(destination, "x")).await.expect("an answer");
    assert_eq!(answer.status, 503);
}

#[tokio::test]
async fn texts_are_allowed_once_somebody_takes_them() {
    let station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    raw.send(&raw.request("OPTIONS", &Ids::new("before"), "", "")).await;
    let before = raw.receive().await;
    raw.send(&raw.request("MESSAGE", &Ids::new("early"), "", "x")).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 405"));
    let _texts = station.sip.take_messages();
    raw.send(&raw.request("OPTIONS", &Ids::new("after"), "", "")).await;
    let after = raw.receive().await;
    let allow = |message: &str| -> BTreeSet<String> {
        header(message, "Allow").split(", ").map(str::to_owned).collect()
    };
    let new: Vec<String> = allow(&after).difference(&allow(&before)).cloned().collect();
    assert_eq!(new, ["MESSAGE"]);
}

#[tokio::test]
async fn a_text_that_comes_again_is_told_once_and_answered_the_same() {
    let (_, receiver, mut texts) = pair().await;
    let raw = Raw::new(receiver.address()).await;
    let message = raw.request("MESSAGE", &Ids::new("again"), "Content-Type: text/plain\r\n", "Hi");
    raw.send(&message).await;
    raw.send(&message).await;
    next(&mut texts).await.accept();
    let answer = raw.receive().await;
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    raw.send(&message).await;
    assert_eq!(raw.receive().await, answer);
    // What comes next is another text.
    raw.send(&raw.request("MESSAGE", &Ids::new("other"), "", "Ho")).await;
    assert_eq!(next(&mut texts).await.body, b"Ho");
}

#[tokio::test]
async fn a_full_queue_asks_the_sender_to_wait() {
    let (_, receiver, mut texts) = pair().await;
    let raw = Raw::new(receiver.address()).await;
    for number in 0..257 {
        if number % 32 == 0 {
            // The stack has read everything before it, so that the system drops nothing.
            raw.send(&raw.request("OPTIONS", &Ids::new(&format!("read{number}")), "", "")).await;
            raw.receive_with("200").await;
        }
        raw.send(&raw.request("MESSAGE", &Ids::new(&format!("many{number}")), "", "x")).await;
    }
    let refusal = raw.receive().await;
    assert!(refusal.starts_with("SIP/2.0 503"), "{refusal}");
    assert_eq!(header(&refusal, "Retry-After"), "5");
    assert_eq!(header(&refusal, "Call-ID"), "many256");
    for _ in 0..256 {
        next(&mut texts).await.accept();
    }
    assert!(texts.try_recv().is_err());
}

#[tokio::test]
async fn a_phone_proves_who_it_is_before_its_text_is_taken() {
    let refusing = Settings { strangers: Strangers::Refuse, ..settings() };
    let server = station(refusing, phones(&["ada"])).await;
    let mut texts = server.sip.take_messages().expect("nobody took them before");
    let raw = Raw::new(server.address()).await;
    let ids = Ids { user: "ada".to_owned(), ..Ids::new("unproven") };
    raw.send(&raw.request("MESSAGE", &ids, "", "x")).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 401"));

    let phone = station(settings(), Directory::default()).await;
    let mut out = text(to(server.address(), "+15550199"), "from ada");
    out.from.user = "ada".to_owned();
    out.credentials = Some(Credentials { user: "ada".to_owned(), password: "wrong".into() });
    let refused = phone.sip.message(out.clone()).await.expect("an answer");
    assert_eq!(refused.status, 403);
    out.credentials =
        Some(Credentials { user: "ada".to_owned(), password: "secret of ada".into() });
    let sending = tokio::spawn(async move { phone.sip.message(out).await });
    let arrived = next(&mut texts).await;
    assert_eq!((&arrived.origin, arrived.cseq), (&Origin::Phone("ada".to_owned()), 2));
    arrived.accept();
    assert_eq!(sending.await.expect("it did not panic").map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn strangers_text_nobody_and_trunks_are_known_by_their_address() {
    let refusing = Settings { strangers: Strangers::Refuse, ..settings() };
    let server = station(refusing, Directory::default()).await;
    let mut texts = server.sip.take_messages().expect("nobody took them before");
    let raw = Raw::new(server.address()).await;
    raw.send(&raw.request("MESSAGE", &Ids::new("stranger"), "", "x")).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 403"));
    trunk(&server, &raw, "anybody");
    raw.send(&raw.request("MESSAGE", &Ids::new("known"), "", "x")).await;
    assert_eq!(next(&mut texts).await.origin, Origin::Trunk("carrier".to_owned()));
}

#[tokio::test]
async fn texts_that_can_not_be_read_are_refused() {
    let (_, receiver, _texts) = pair().await;
    let raw = Raw::new(receiver.address()).await;
    for (name, more, length, status) in [
        ("needs", "Require: recipient-list-message\r\n", 1, "420"),
        ("coded", "Content-Encoding: gzip\r\n", 1, "415"),
        ("large", "", 16 * 1024 + 1, "513"),
    ] {
        raw.send(&raw.request("MESSAGE", &Ids::new(name), more, &"x".repeat(length))).await;
        let answer = raw.receive().await;
        assert!(answer.starts_with(&format!("SIP/2.0 {status}")), "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_trunks_challenge_is_answered_with_its_credentials() {
    let sender = station(settings(), Directory::default()).await;
    let raw = Raw::new(sender.address()).await;
    let destination = trunk(&sender, &raw, "+15550199");
    let sending = tokio::spawn(async move { sender.sip.message(text(destination, "Hi")).await });
    let first = raw.receive().await;
    assert!(first.starts_with("MESSAGE sip:+15550199@127.0.0.1"), "{first}");
    assert!(first.ends_with("\r\n\r\nHi"), "{first}");
    let challenge = "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth\"\r\n";
    raw.send(&raw.response("407 Proxy Authentication Required", &first, challenge, "")).await;
    let second = raw.receive_with("MESSAGE").await;
    assert!(header(&second, "Proxy-Authorization").contains("username=\"us\""), "{second}");
    assert_eq!(header(&second, "CSeq"), "2 MESSAGE");
    assert_eq!(header(&second, "Call-ID"), header(&first, "Call-ID"));
    assert_eq!(tag(&second, "From"), tag(&first, "From"));
    assert_ne!(header(&second, "Via"), header(&first, "Via"));
    raw.send(&raw.response("202 Accepted", &second, "", "")).await;
    let answer = sending.await.expect("it did not panic").expect("an answer");
    assert_eq!(answer.status, 202);
}

#[tokio::test]
async fn a_trunk_that_challenges_without_end_is_an_answer() {
    let sender = station(settings(), Directory::default()).await;
    let raw = Raw::new(sender.address()).await;
    let destination = trunk(&sender, &raw, "+15550199");
    let sending = tokio::spawn(async move { sender.sip.message(text(destination, "Hi")).await });
    for number in 1..=3 {
        let message = raw.receive_with("MESSAGE").await;
        assert_eq!(header(&message, "CSeq"), format!("{number} MESSAGE"));
        let challenge = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"{number}\"\r\n");
        raw.send(&raw.response("401 Unauthorized", &message, &challenge, "")).await;
    }
    let answer = sending.await.expect("it did not panic").expect("an answer");
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn when_to_try_again_is_told() {
    let sender = station(settings(), Directory::default()).await;
    let raw = Raw::new(sender.address()).await;
    let destination = to(raw.address(), "bob");
    let sending = tokio::spawn(async move { sender.sip.message(text(destination, "Hi")).await });
    let message = raw.receive().await;
    let wait = "Retry-After: 90 (busy)\r\n";
    raw.send(&raw.response("503 Slow Down", &message, wait, "")).await;
    let answer = sending.await.expect("it did not panic").expect("an answer");
    assert_eq!((answer.status, answer.reason.as_str()), (503, "Slow Down"));
    assert_eq!(answer.retry_after, Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn a_text_that_is_too_long_for_udp_is_not_sent() {
    let (sender, receiver, mut texts) = pair().await;
    let destination = to(receiver.address(), "bob");
    let too_long = sender.sip.message(text(destination.clone(), &"x".repeat(1_300))).await;
    let Err(TextError::TooLong { size }) = too_long else { panic!("{too_long:?}") };
    let most = 1_300 - (size - sip::TEXT_REQUEST_MAX);
    let sending =
        tokio::spawn(async move { sender.sip.message(text(destination, &"x".repeat(most))).await });
    let arrived = next(&mut texts).await;
    assert_eq!(arrived.body.len(), most);
    arrived.accept();
    assert_eq!(sending.await.expect("it did not panic").map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    let sender = station(Settings { timers: quick(), ..settings() }, Directory::default()).await;
    let raw = Raw::new(sender.address()).await;
    let silent = sender.sip.message(text(to(raw.address(), "bob"), "Hi")).await;
    assert_eq!(silent, Err(TextError::Timeout));
    let unknown = Destination::Trunk { name: "none".to_owned(), user: "1".to_owned() };
    let nowhere = sender.sip.message(text(unknown, "Hi")).await;
    assert!(matches!(nowhere, Err(TextError::Destination(_))), "{nowhere:?}");
    sender.sip.shutdown().await;
    let closed = sender.sip.message(text(to(raw.address(), "bob"), "Hi")).await;
    assert!(matches!(closed, Err(TextError::Destination(_))), "{closed:?}");
}
