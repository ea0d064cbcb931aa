//! Messages that go out.

use std::time::Duration;

use engine::{CarrierKind, CarrierSettings, ChangeTextError, SendText, TextSender, TextSettings};
use model::{Currency, MessageStatus, Money, SidKind};
use testkit::Answer;

use crate::house::{ADA, House, OTHER, OURS, who};

#[tokio::test]
async fn a_text_arrives_and_each_status_is_told_once_in_order() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    let sent = house.engine.send_text(house.text(ADA, "Olá, Ada")).await.expect("it is taken");
    assert_eq!((sent.status, sent.segments), (MessageStatus::Queued, 1));
    let told = house.hears(sent.sid, MessageStatus::Delivered).await;
    assert_eq!(told.param("From").as_deref(), Some(OURS));
    assert!(told.header("x-twilio-signature").is_some());
    let inbox = house.inbox(ADA).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].body, "Olá, Ada");
    let statuses: Vec<_> = house
        .app
        .requests_to("/status")
        .iter()
        .filter_map(|request| request.param("MessageStatus"))
        .collect();
    assert_eq!(statuses, ["sent", "delivered"]);
    let kept = house.kept(sent.sid).await;
    assert_eq!(kept.status, MessageStatus::Delivered);
    assert_eq!(kept.carrier.as_deref(), Some("virtual"));
    assert_eq!(house.engine.waiting_texts(), 0);
}

#[tokio::test]
async fn who_may_not_send_or_be_sent_is_refused_with_its_code() {
    let house = House::open().await;
    house.has(OURS).await;
    let plain = |from: &str, to: &str| {
        SendText::plain(house.account, who(from), who(to), "hello".to_owned())
    };
    let service = house.engine.new_sid(SidKind::Service);
    let through = SendText { sender: TextSender::Service(service), ..plain(OURS, ADA) };
    let later = SendText {
        send_at: Some(house.engine.now() + Duration::from_secs(3600)),
        ..plain(OURS, ADA)
    };
    for (order, code) in [
        (plain(OTHER, ADA), 21606),
        (plain("12345", ADA), 21606),
        (plain("client:ada", ADA), 21606),
        (plain("sip:ada@example.com", ADA), 21612),
        (plain(OURS, "ALO"), 21211),
        (plain(OURS, OURS), 21266),
        (plain(OURS, "client:nobody"), 21612),
        (through, 21701),
        (later, 35118),
    ] {
        let refused = house.engine.send_text(order.clone()).await.expect_err("it is refused");
        assert_eq!(refused.code(), code, "{order:?}");
    }
    assert_eq!(house.engine.waiting_texts(), 0);
}

#[tokio::test]
async fn only_numbers_that_a_carrier_reaches_can_be_texted() {
    let brazil = CarrierSettings {
        prefixes: vec!["+55".to_owned()],
        ..CarrierSettings::new("brazil", CarrierKind::Virtual)
    };
    let house =
        House::with(TextSettings { carriers: vec![brazil], ..TextSettings::default() }).await;
    house.has(OURS).await;
    let refused = house.engine.send_text(house.text(ADA, "hello")).await.expect_err("not there");
    assert_eq!(refused.code(), 21612);
    assert!(refused.to_string().contains("[[carriers]]"), "{refused}");
    house.app.answers("/status", Answer::status(204));
    let sent = house.engine.send_text(house.text("+5511987654321", "oi")).await.expect("reached");
    house.hears(sent.sid, MessageStatus::Delivered).await;
}

#[tokio::test]
async fn dear_carriers_are_left_out_and_the_price_is_kept() {
    let priced = |name: &str, micros, priority| CarrierSettings {
        price: Some(Money::of(micros, Currency::USD)),
        priority,
        ..CarrierSettings::new(name, CarrierKind::Virtual)
    };
    let carriers = vec![priced("dear", 50_000, 1), priced("cheap", 7_500, 2)];
    let house = House::with(TextSettings { carriers, ..TextSettings::default() }).await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    let limited = |micros| SendText {
        max_price: Some(Money::of(micros, Currency::USD)),
        ..house.text(ADA, &"long ".repeat(60))
    };
    let sent = house.engine.send_text(limited(20_000)).await.expect("it is taken");
    house.hears(sent.sid, MessageStatus::Delivered).await;
    let kept = house.kept(sent.sid).await;
    assert_eq!((kept.segments, kept.carrier.as_deref()), (2, Some("cheap")));
    assert_eq!(kept.price, Some(Money::of(15_000, Currency::USD)));
    let sent = house.engine.send_text(limited(100)).await.expect("it is taken");
    let told = house.hears(sent.sid, MessageStatus::Failed).await;
    assert_eq!(told.param("ErrorCode").as_deref(), Some("30010"));
}

#[tokio::test]
async fn a_scheduled_text_can_be_taken_back_and_one_that_went_cannot() {
    let house = House::open().await;
    let number = house.has(OURS).await;
    let service = house.serves(&[number], &[OURS]).await;
    house.app.answers("/status", Answer::status(204));
    let order = SendText {
        sender: TextSender::Service(service),
        send_at: Some(house.engine.now() + Duration::from_secs(3600)),
        ..house.text(ADA, "later")
    };
    let sent = house.engine.send_text(order).await.expect("it is taken");
    assert_eq!(sent.status, MessageStatus::Scheduled);
    let canceled = house.engine.cancel_text(house.account, sent.sid).await.expect("in time");
    assert_eq!(canceled.status, MessageStatus::Canceled);
    house.hears(sent.sid, MessageStatus::Canceled).await;
    assert_eq!(house.engine.waiting_texts(), 0);

    let sent = house.engine.send_text(house.text(ADA, "now")).await.expect("it is taken");
    house.hears(sent.sid, MessageStatus::Delivered).await;
    let refused = house.engine.cancel_text(house.account, sent.sid).await.expect_err("too late");
    assert!(matches!(refused, ChangeTextError::TooLate(_)), "{refused}");
    assert!(house.inbox(ADA).await.iter().all(|entry| entry.body == "now"));
}

#[tokio::test]
async fn a_text_can_be_forgotten_and_deleted_once_it_went() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    let sent = house.engine.send_text(house.text(ADA, "secret")).await.expect("it is taken");
    house.hears(sent.sid, MessageStatus::Delivered).await;
    let redacted = house.engine.redact_text(house.account, sent.sid).await.expect("it went");
    assert_eq!((redacted.body.as_str(), redacted.status), ("", MessageStatus::Delivered));
    house.engine.delete_text(house.account, sent.sid).await.expect("it went");
    let gone = house.engine.delete_text(house.account, sent.sid).await.expect_err("it is gone");
    assert!(matches!(gone, ChangeTextError::NotFound(_)));
}

#[tokio::test]
async fn a_service_chooses_the_sender_and_keeps_to_it() {
    let house = House::open().await;
    let numbers = [house.has(OURS).await, house.has(OTHER).await];
    let service = house.serves(&numbers, &[OURS, OTHER]).await;
    house.app.answers("/status", Answer::status(204));
    let order = SendText { sender: TextSender::Service(service), ..house.text(ADA, "hello") };
    let mut senders = Vec::new();
    for _ in 0..3 {
        let sent = house.engine.send_text(order.clone()).await.expect("it is taken");
        assert_eq!((sent.status, sent.service), (MessageStatus::Accepted, Some(service)));
        house.hears(sent.sid, MessageStatus::Delivered).await;
        senders.push(sent.from.expect("it is chosen"));
    }
    assert!(senders.iter().all(|sender| *sender == senders[0]), "{senders:?}");
    let empty = house.serves(&[], &[]).await;
    let order = SendText { sender: TextSender::Service(empty), ..house.text(ADA, "hello") };
    assert_eq!(house.engine.send_text(order).await.expect_err("nobody sends").code(), 21703);
}

#[tokio::test]
async fn the_same_order_twice_is_one_message() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    let order = SendText { idempotency_key: Some("order-7".to_owned()), ..house.text(ADA, "once") };
    let first = house.engine.send_text(order.clone()).await.expect("it is taken");
    house.hears(first.sid, MessageStatus::Delivered).await;
    let again = house.engine.send_text(order).await.expect("it is known");
    assert_eq!(again.sid, first.sid);
    assert_eq!(house.inbox(ADA).await.len(), 1);
}

#[tokio::test]
async fn media_is_fetched_kept_and_handed_over() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    house.app.answers("/cat.png", Answer::content("image/png", *b"\x89PNG"));
    let order = SendText { media: vec![house.app.url("/cat.png")], ..house.text(ADA, "look") };
    let sent = house.engine.send_text(order).await.expect("it is taken");
    assert_eq!(sent.sid.kind(), SidKind::MediaMessage);
    house.hears(sent.sid, MessageStatus::Delivered).await;
    assert_eq!(house.inbox(ADA).await[0].media, [house.app.url("/cat.png")]);

    let order = SendText { media: vec![house.app.url("/gone.png")], ..house.text(ADA, "look") };
    let sent = house.engine.send_text(order).await.expect("it is taken");
    let told = house.hears(sent.sid, MessageStatus::Failed).await;
    assert_eq!(told.param("ErrorCode").as_deref(), Some("30019"));
}
