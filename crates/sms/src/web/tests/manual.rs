//! The description that the manual writes as an example does what the manual says.

use model::Secret;

use super::super::description::{Algorithm, Digest};
use super::super::signature::body_sum;
use super::super::{Gateway, Hook, HookKind};
use super::provider::{Provider, json};
use super::{Told, gateway, hear, hook, settings, submission};
use crate::{Carrier as _, CarrierEvent, ErrorClass, InboundContent, ReceiptState, Verdict};
use tokio::sync::mpsc;

const MANUAL: &str = include_str!("../../../../../docs/carriers.md");

/// The example's description, as it stands in the manual.
fn description() -> &'static str {
    let mut blocks = MANUAL.split("```toml\n").skip(1);
    let block = blocks.find(|block| block.contains("\n[send]\n")).expect("it is in the manual");
    block.split("```").next().expect("the block ends")
}

/// A gateway as the example describes it, at a provider of ours.
fn described(url: Option<String>) -> (Gateway, mpsc::Receiver<CarrierEvent>) {
    let mut settings = settings(description(), url);
    settings.secrets.insert("key".to_owned(), Secret::new("KEY"));
    settings.secrets.insert("signing_key".to_owned(), Secret::new("sign"));
    gateway(settings)
}

fn signed(kind: HookKind, body: &str) -> Hook {
    let key = Secret::new("sign");
    let sum = body_sum(&key, Algorithm::Sha256, Digest::Hex, body.as_bytes());
    let mut hook = hook(kind, "POST", "", "application/json", body);
    hook.headers.push(("X-Mobile-Signature".to_owned(), sum));
    hook
}

#[tokio::test]
async fn the_example_sends_what_the_manual_shows() {
    let accepted = r#"{"result": "accepted", "parts": [{"id": "a1"}, {"id": "a2"}]}"#;
    let mut provider = Provider::that(json(200, accepted)).await;
    let (mobile, _told) = described(Some(provider.url.clone() + "/v2/send"));
    let taken = mobile.submit(submission("Hello")).await.expect("it is taken");
    assert_eq!(taken.ids, ["a1", "a2"]);
    let asked = provider.asked().await;
    assert_eq!(asked.header("authorization"), "Bearer KEY");
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("it is JSON");
    let expected = serde_json::json!({
        "sender": "14155550100", "recipient": "551130000000", "message": "Hello",
        "report": "https://alo.example/v1/carriers/x/receipt",
    });
    assert_eq!(body, expected);
    let rejected =
        r#"{"result": "rejected", "reason": {"number": 17, "words": "unknown recipient"}}"#;
    let provider = Provider::that(json(200, rejected)).await;
    let (mobile, _told) = described(Some(provider.url.clone()));
    let error = mobile.submit(submission("Hello")).await.expect_err("it is rejected");
    assert_eq!((error.class, error.code), (ErrorClass::Lasting, 30005));
    assert_eq!(error.message, "answered 200, code 17: unknown recipient");
}

#[tokio::test]
async fn the_example_hears_what_the_manual_shows() {
    let (mobile, mut events) = described(None);
    let reports = r#"{"reports":  [{"id": "a1", "state": "DELIVRD"},
        {"id": "a2", "state": "UNDELIV", "error": 5}]}"#;
    let hook = signed(HookKind::Receipt, reports);
    let (reply, told) = hear(&mobile, &mut events, hook, Verdict::Kept).await;
    assert_eq!(reply.status, 200);
    let [Told::Receipt(first), Told::Receipt(second)] = told.as_slice() else {
        panic!("two receipts: {told:?}")
    };
    assert_eq!((first.ids[0].as_str(), first.state), ("a1", ReceiptState::Delivered));
    assert_eq!((second.state, second.error_code), (ReceiptState::Undelivered, Some(30003)));

    let messages = r#"{"messages": [{"id": "m1", "sender": "551130000000",
        "recipient": "14155550100", "text": "oi"}]}"#;
    let hook = signed(HookKind::Inbound, messages);
    let (_, told) = hear(&mobile, &mut events, hook, Verdict::Kept).await;
    let [Told::Inbound(message)] = told.as_slice() else { panic!("a message: {told:?}") };
    assert_eq!(message.from.to_string(), "+551130000000");
    assert!(matches!(&message.content, InboundContent::Whole { text, .. } if text == "oi"));
}

#[test]
fn every_shipped_description_and_every_place_and_placeholder_is_in_the_manual() {
    for (name, toml) in super::super::shipped() {
        let row = MANUAL.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.expect(name);
        for secret in toml.split("{secret.").skip(1).filter_map(|rest| rest.split('}').next()) {
            let said = row.contains(&format!("`{secret}`")) || secret == "webhook_token";
            assert!(said, "{name}: {secret}");
        }
    }
    for written in [
        "{from}",
        "{to}",
        "{from_digits}",
        "{to_digits}",
        "{body}",
        "{body_base64}",
        "{id}",
        "{callback_url}",
        "{segments}",
        "{media_url}",
        "{valid_seconds}",
        "{valid_minutes}",
        "json:",
        "field:",
        "header:",
        "regex:",
        "`text`",
        "`own`",
    ] {
        assert!(MANUAL.contains(written), "{written}");
    }
}
