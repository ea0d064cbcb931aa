//! What comes between: carriers that fail while somebody changes a message, a STOP while it waits, a server that stops.

use std::time::Duration;

use engine::{CarrierKind, CarrierSettings, SendText, TextSettings};
use model::{MessageStatus, Moment, Secret, SidKind};
use sms::web::{Timeouts, UpstreamSettings};
use store::{Message, NewMessage};
use testkit::{Answer, App};

use crate::house::{ADA, House, OTHER, OURS, SOON, who};

/// The account that the upstream knows us as.
const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// Where the upstream takes messages.
const MESSAGES: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";
/// Time for something else to happen while the upstream thinks.
const A_WHILE: Duration = Duration::from_millis(300);

/// A house whose only carrier is the application given.
async fn house_behind(upstream: &App) -> House {
    let settings = UpstreamSettings {
        name: "upstream".to_owned(),
        base_url: upstream.url(""),
        account_sid: ACCOUNT.to_owned(),
        auth_token: Some(Secret::new("12345")),
        api_key: None,
        messaging_service_sid: None,
        callback_url: None,
        window: 4,
        timeouts: Timeouts::default(),
    };
    let carrier = CarrierSettings::new("upstream", CarrierKind::Upstream(settings));
    let house =
        House::with(TextSettings { carriers: vec![carrier], ..TextSettings::default() }).await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    house
}

#[tokio::test]
async fn a_text_can_be_taken_back_once_its_carrier_turned_out_to_be_down() {
    let upstream = App::start().await;
    let house = house_behind(&upstream).await;
    // Turned away for its credentials, the carrier counts as down.
    upstream.answers(MESSAGES, Answer::status(401).after(A_WHILE));
    let sent = house.engine.send_text(house.text(ADA, "hello")).await.expect("it is taken");
    upstream.next(MESSAGES, SOON).await;
    let canceled = house.engine.cancel_text(house.account, sent.sid).await.expect("nobody has it");
    assert_eq!(canceled.status, MessageStatus::Canceled);
    house.hears(sent.sid, MessageStatus::Canceled).await;
    assert_eq!(house.engine.waiting_texts(), 0);
}

#[tokio::test]
async fn what_a_carrier_takes_while_the_server_stops_is_kept_as_sent() {
    let upstream = App::start().await;
    let house = house_behind(&upstream).await;
    let taken = r#"{"sid": "SM00000000000000000000000000000007", "status": "queued"}"#;
    let answer = Answer::content("application/json", taken);
    upstream.on(MESSAGES, move |_| answer.clone().after(A_WHILE));
    let plain = SendText { callback: None, ..house.text(ADA, "hello") };
    let sent = house.engine.send_text(plain).await.expect("it is taken");
    upstream.next(MESSAGES, SOON).await;
    house.engine.drain(Duration::ZERO).await;
    assert_eq!(house.engine.waiting_texts(), 0, "what became of it is on disk");
    assert_eq!(upstream.requests_to(MESSAGES).len(), 1);
    let refused = house.engine.send_text(house.text(OTHER, "late")).await.expect_err("it stops");
    assert_eq!(refused.code(), 20503);
    assert!(sent.status.is_waiting());
}

#[tokio::test]
async fn a_text_that_waited_is_not_sent_to_someone_who_said_stop_meanwhile() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    house.app.answers("/sms", Answer::status(204));
    let sample = house.engine.send_text(house.text(ADA, "one")).await.expect("it is taken");
    house.hears(sample.sid, MessageStatus::Delivered).await;
    house.writes(ADA, OURS, "STOP").await;
    // One that was scheduled an hour ago for now.
    let kept = house.store().message(sample.sid).await.expect("the store works");
    let Message { mut record, mut plan } = kept.expect("it is there");
    record.sid = house.engine.new_sid(SidKind::Message);
    record.status = MessageStatus::Scheduled;
    record.created_at = Moment::from_micros(house.engine.now().micros() - 3_600_000_000);
    record.sent_at = None;
    plan.due_at = house.engine.now();
    let scheduled = record.sid;
    house.store().create_message(NewMessage::plain(record, plan)).await.expect("it is new");
    // Another one makes the desk look.
    let other = SendText { to: who(OTHER), ..house.text(ADA, "two") };
    house.engine.send_text(other).await.expect("it is taken");
    let told = house.hears(scheduled, MessageStatus::Failed).await;
    assert_eq!(told.param("ErrorCode").as_deref(), Some("21610"));
    let bodies: Vec<_> = house.inbox(ADA).await.into_iter().map(|entry| entry.body).collect();
    assert_eq!(bodies.iter().filter(|body| *body == "one").count(), 1, "{bodies:?}");
}

#[tokio::test]
async fn a_text_whose_time_is_over_fails_although_its_carrier_is_away() {
    let smpp = sms::smpp::Settings::new("127.0.0.1", "alo", Secret::new("12345"));
    // Port 1 (tcpmux) is served by nobody.
    let smpp = sms::smpp::Settings { port: 1, ..smpp };
    let carrier = CarrierSettings::new("smsc", CarrierKind::Smpp(smpp));
    let house =
        House::with(TextSettings { carriers: vec![carrier], ..TextSettings::default() }).await;
    house.has(OURS).await;
    house.app.answers("/status", Answer::status(204));
    let order = SendText { validity: Some(Duration::ZERO), ..house.text(ADA, "hello") };
    let sent = house.engine.send_text(order).await.expect("it is taken");
    let told = house.hears(sent.sid, MessageStatus::Failed).await;
    assert_eq!(told.param("ErrorCode").as_deref(), Some("30036"));
    assert_eq!(house.engine.waiting_texts(), 0);
}
