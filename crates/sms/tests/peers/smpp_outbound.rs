//! Texts that go out through an SMSC of others.

use std::sync::Arc;

use model::Moment;
use sms::smpp::{Bind, DefaultAlphabet, LongMessages, ReceiptIds};
use sms::{Carrier, CarrierState, ErrorClass, ReceiptState, Verdict};
use testkit::{Smsc, SmscOptions, SmscReceipt, SmscSubmit};

use super::rig::{Rig, submission, who};

/// 350 characters of the GSM alphabet, some of its extension: 412 septets.
fn long_gsm() -> String {
    "Café {42} costs 3€ [today]; ".chars().cycle().take(350).collect()
}

/// 200 characters that need UCS-2, some of two units.
fn long_ucs2() -> String {
    "Olá 東京 🦀! ".chars().cycle().take(200).collect()
}

/// The texts of parts, joined in the order of their numbers, and how many units or septets each has.
fn joined(submits: &[SmscSubmit]) -> String {
    submits.iter().map(|submit| submit.text.as_str()).collect()
}

#[tokio::test]
async fn a_text_goes_out_and_its_receipt_comes_back() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    assert_eq!(rig.smsc.next_bind().await, "bind_transceiver");
    assert_eq!(rig.smpp.state(), CarrierState::Up);
    assert_eq!(rig.smpp.window(), 100);
    let submitted = rig.sends("Hello").await.expect("the SMSC takes it");
    let seen = rig.smsc.next_submit().await;
    assert_eq!(seen.text, "Hello");
    assert_eq!(seen.source, (1, 1, "14155550123".to_owned()));
    assert_eq!(seen.destination, (1, 1, "5511987654321".to_owned()));
    assert_eq!((seen.data_coding, seen.esm_class, seen.registered_delivery), (0, 0, 1));
    assert_eq!(seen.reference, Some(0x1234));
    assert_eq!(submitted.ids, std::slice::from_ref(&seen.id));

    rig.smsc.receipt(SmscReceipt::new(&seen.id, "DELIVRD")).await;
    let receipt = rig.receipt(Verdict::Kept).await;
    assert_eq!(receipt.state, ReceiptState::Delivered);
    assert_eq!(receipt.ids.first(), Some(&seen.id));
    assert_eq!(receipt.done_at.map(Moment::iso8601).as_deref(), Some("2026-11-22T21:01:00Z"));
    assert_eq!(rig.smsc.event("delivered").await["status"], 0);
}

#[tokio::test]
async fn a_receipt_that_cannot_be_kept_is_to_come_again() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.receipt(SmscReceipt::new("1", "DELIVRD")).await;
    rig.receipt(Verdict::Later).await;
    assert_eq!(rig.smsc.event("delivered").await["status"], 0x64);
}

#[tokio::test]
async fn receipts_are_understood_in_every_form_and_radix() {
    let options = SmscOptions { ids: "hex", ..SmscOptions::default() };
    let mut rig = Rig::start(options, |settings| settings.receipt_ids = ReceiptIds::Auto).await;
    let submitted = rig.sends("Hello").await.expect("the SMSC takes it");
    let id = rig.smsc.next_submit().await.id;
    for (form, by, radix) in [
        ("text", "deliver_sm", ""),
        ("text", "deliver_sm", "decimal"),
        ("tlv", "deliver_sm", ""),
        ("tlv", "data_sm", "decimal"),
        ("text", "data_sm", "hex"),
    ] {
        let receipt =
            SmscReceipt { form, by, radix, err: "006", ..SmscReceipt::new(&id, "UNDELIV") };
        rig.smsc.receipt(receipt).await;
        let receipt = rig.receipt(Verdict::Kept).await;
        assert_eq!(receipt.state, ReceiptState::Undelivered, "{form} {by} {radix}");
        let code = if form == "text" { 30_003 } else { 30_008 };
        assert_eq!(receipt.error_code, Some(code), "{form} {by} {radix}");
        assert!(receipt.ids.contains(&submitted.ids[0]), "{submitted:?} {receipt:?}");
        assert_eq!(rig.smsc.event("delivered").await["status"], 0);
    }
}

#[tokio::test]
async fn long_texts_arrive_as_they_were_sent_however_they_are_joined() {
    for long_messages in [LongMessages::Udh, LongMessages::Sar, LongMessages::Payload] {
        let options = SmscOptions::default();
        let mut rig = Rig::start(options, |settings| settings.long_messages = long_messages).await;
        for (body, data_coding, parts) in [(long_gsm(), 0, 3), (long_ucs2(), 8, 4)] {
            let submitted = rig.sends(&body).await.expect("the SMSC takes it");
            let parts = if long_messages == LongMessages::Payload { 1 } else { parts };
            let seen = rig.smsc.submits(parts).await;
            assert_eq!(joined(&seen), body, "{long_messages:?}");
            let ids: Vec<&String> = seen.iter().map(|submit| &submit.id).collect();
            assert_eq!(submitted.ids.iter().collect::<Vec<_>>(), ids);
            for (at, submit) in seen.iter().enumerate() {
                let number = at as u8 + 1;
                let (udh, sar) = match long_messages {
                    LongMessages::Udh => (vec![format!("000334{parts:02x}{number:02x}")], None),
                    LongMessages::Sar => (vec![], Some((0x1234, parts as u8, number))),
                    LongMessages::Payload => (vec![], None),
                };
                assert_eq!((&submit.udh, submit.sar), (&udh, sar), "{long_messages:?}");
                assert_eq!(submit.data_coding, data_coding);
                assert_eq!(submit.esm_class & 0x40 != 0, !submit.udh.is_empty());
                assert_eq!(submit.as_payload, long_messages == LongMessages::Payload);
                assert_eq!(submit.reference, Some(0x1234));
            }
        }
    }
}

#[tokio::test]
async fn an_smsc_whose_alphabet_is_latin_1_gets_that() {
    let options = SmscOptions::default();
    let mut rig = Rig::start(options, |settings| settings.alphabet = DefaultAlphabet::Latin1).await;
    for (body, data_coding) in [("Café [1]", 3), ("3€", 8), ("Olá 東京", 8)] {
        rig.sends(body).await.expect("the SMSC takes it");
        let seen = rig.smsc.next_submit().await;
        assert_eq!((seen.text.as_str(), seen.data_coding), (body, data_coding));
    }
}

#[tokio::test]
async fn senders_of_each_kind_are_named_as_they_are() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    for (from, source) in [("12345", (3, 0, "12345")), ("Web Shop", (5, 0, "Web Shop"))] {
        let submission = sms::Submission { from: who(from), ..submission(1, "Hello") };
        rig.smpp.submit(submission).await.expect("the SMSC takes it");
        let seen = rig.smsc.next_submit().await.source;
        assert_eq!((seen.0, seen.1, seen.2.as_str()), source);
    }
    let submission = sms::Submission { from: who("client:ada"), ..submission(1, "Hello") };
    let error = rig.smpp.submit(submission).await.expect_err("SMPP has no such sender");
    assert_eq!(error.class, ErrorClass::Refused);
}

#[tokio::test]
async fn many_texts_at_once_all_arrive_over_several_sessions() {
    let options = SmscOptions { receipts: "text", ..SmscOptions::default() };
    let mut rig = Rig::start(options, |settings| {
        settings.sessions = 3;
        settings.window = 7;
    })
    .await;
    let senders: Vec<_> = (0..300)
        .map(|at: u32| {
            let smpp = Arc::clone(&rig.smpp);
            tokio::spawn(
                async move { smpp.submit(submission(u128::from(at), &at.to_string())).await },
            )
        })
        .collect();
    // More than the channel of events holds: the carrier stops reading until they are taken.
    rig.receipts(300).await;
    let mut ids = Vec::new();
    for sender in senders {
        let submitted = sender.await.expect("it doesn't panic").expect("the SMSC takes it");
        ids.extend(submitted.ids);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 300);
    let mut texts: Vec<u32> = rig
        .smsc
        .submits(300)
        .await
        .iter()
        .map(|submit| submit.text.parse().expect("a number"))
        .collect();
    texts.sort_unstable();
    assert_eq!(texts, (0..300).collect::<Vec<u32>>());
}

#[tokio::test]
async fn a_throttled_session_slows_down_and_sends_the_rest() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.throttle_next(2).await;
    let body = long_gsm();
    let submitted = rig.sends(&body).await.expect("the SMSC takes it in the end");
    assert_eq!(submitted.ids.len(), 3);
    let seen = rig.smsc.submits(5).await;
    let mut taken: Vec<SmscSubmit> =
        seen.iter().filter(|submit| submit.status == 0).cloned().collect();
    taken.sort_by_key(|submit| submit.udh.clone());
    assert_eq!(joined(&taken), body);
    let ids: Vec<&String> = taken.iter().map(|submit| &submit.id).collect();
    assert_eq!(submitted.ids.iter().collect::<Vec<_>>(), ids);

    rig.smsc.throttle_next(3).await;
    let error = rig.sends("Hello").await.expect_err("it was too much three times");
    assert!(matches!(error.class, ErrorClass::Throttled(_)), "{error:?}");
    assert_eq!(error.code, 30_001);
}

#[tokio::test]
async fn what_the_smsc_refuses_is_told_with_its_status() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.answer(&[0x0b, 0x08, 0x66]).await;
    let error = rig.sends("Hello").await.expect_err("it is refused");
    assert_eq!((error.class, error.code), (ErrorClass::Refused, 30_005));
    let words = "the SMSC answers: the receiver is not valid (ESME_RINVDSTADR, 0x0b)";
    assert_eq!(error.message, words);
    let error = rig.sends("Hello").await.expect_err("it is refused");
    assert_eq!((error.class, error.code), (ErrorClass::Passing, 30_008));
    let error = rig.sends("Hello").await.expect_err("it is refused");
    assert_eq!((error.class, error.code), (ErrorClass::Lasting, 30_007));
    rig.sends("Hello").await.expect("the next is taken");
}

#[tokio::test]
async fn the_carrier_connects_again_when_the_server_died() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.hold(true).await;
    let port = rig.smsc.port();
    let under_way = tokio::join!(rig.smpp.submit(submission(1, "Hello")), async {
        rig.smsc.next_submit().await;
        rig.smsc.kill().await;
    });
    let error = under_way.0.expect_err("it was not acknowledged");
    assert_eq!(error.class, ErrorClass::Down);
    let smsc = Smsc::start(SmscOptions { port, ..SmscOptions::default() }).await;
    let mut rig = Rig { smsc, smpp: rig.smpp, events: rig.events };
    rig.is_up().await;
    rig.sends("Hello again").await.expect("the new server takes it");
    assert_eq!(rig.smsc.next_submit().await.text, "Hello again");
    rig.smsc.drop_connections().await;
    rig.is_down().await;
    rig.is_up().await;
    rig.sends("And again").await.expect("it is taken");
}

#[tokio::test]
async fn a_refused_bind_is_told_and_tried_again() {
    let mut rig = Rig::begin(SmscOptions::default(), |settings| {
        settings.system_id = "nobody".to_owned();
    })
    .await;
    let reason = rig.is_down().await;
    assert_eq!(reason, "the SMSC refuses the bind: the bind failed (ESME_RBINDFAIL, 0x0d)");
    let error = rig.sends("Hello").await.expect_err("it is down");
    assert_eq!(error.class, ErrorClass::Down);
    assert_eq!(rig.smpp.window(), 1);
    rig.smsc.event("refused").await;
    rig.smsc.event("refused").await;
}

#[tokio::test]
async fn a_carrier_that_is_closed_unbinds_in_order() {
    let mut rig = Rig::start(SmscOptions::default(), |settings| {
        settings.bind = Bind::TransmitterReceiver;
    })
    .await;
    let mut binds = [rig.smsc.next_bind().await, rig.smsc.next_bind().await];
    binds.sort_unstable();
    assert_eq!(binds, ["bind_receiver", "bind_transmitter"]);
    rig.sends("Hello").await.expect("the transmitter sends");
    rig.smsc.receipt(SmscReceipt::new("1", "DELIVRD")).await;
    rig.receipt(Verdict::Unknown).await;
    assert_eq!(rig.smsc.event("delivered").await["status"], 0);
    rig.smpp.close().await;
    assert_eq!(rig.smpp.state(), CarrierState::Closed);
    rig.smsc.event("unbound").await;
    rig.smsc.event("unbound").await;
    let error = rig.sends("Hello").await.expect_err("it is closed");
    assert_eq!(error.class, ErrorClass::Down);
}

#[tokio::test]
async fn whoever_asks_whether_we_are_there_is_answered() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.enquire().await;
    rig.smsc.event("enquired").await;
}
