//! Carriers over HTTP against a provider on loopback that answers as the documentation of each says.

mod described;
mod hostile;
mod manual;
mod provider;
mod shipped;
mod upstream;

use std::collections::BTreeMap;

use bytes::Bytes;
use model::{Correspondent, Secret};
use tokio::sync::mpsc;

use super::{Gateway, GatewaySettings, Hears, Hook, HookKind, HookReply, Timeouts};
use crate::{CarrierEvent, Inbound, MediaLink, Receipt, Submission, Verdict};

/// A SID of a message.
const MESSAGE: &str = "SM00000000000000000000000000000001";
/// The secret in webhooks' addresses.
const TOKEN: &str = "s3cret&hook";

fn submission(body: &str) -> Submission {
    Submission {
        message: MESSAGE.parse().expect("a SID"),
        from: Correspondent::from_carrier("+14155550100"),
        to: Correspondent::from_carrier("+551130000000"),
        body: body.to_owned(),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}

fn with_media(body: &str) -> Submission {
    let link = |name: &str| MediaLink {
        url: format!("https://media.example/{name}?a=1&b=2"),
        content_type: "image/png".to_owned(),
    };
    Submission { media: vec![link("one.png"), link("two.png")], ..submission(body) }
}

fn secrets() -> BTreeMap<String, Secret> {
    let all = [
        ("username", "user"),
        ("password", "p&ss"),
        ("auth_id", "MAXXXX"),
        ("auth_token", "token"),
        ("api_key", "key"),
        ("api_secret", "secret"),
        ("api_token", "zen"),
        ("webhook_token", TOKEN),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect()
}

fn settings(description: &str, url: Option<String>) -> GatewaySettings {
    GatewaySettings {
        name: "described".to_owned(),
        description: super::describe(description).expect("it is a description"),
        secrets: secrets(),
        url,
        callback_url: Some("https://alo.example/v1/carriers/x/receipt".to_owned()),
        window: super::WINDOW,
        timeouts: Timeouts::default(),
    }
}

/// A gateway, and what it tells.
fn gateway(settings: GatewaySettings) -> (Gateway, mpsc::Receiver<CarrierEvent>) {
    let (events, told) = mpsc::channel(16);
    (Gateway::new(settings, events).expect("the description works"), told)
}

fn hook(kind: HookKind, method: &str, query: &str, content_type: &str, body: &str) -> Hook {
    let section = match kind {
        HookKind::Inbound => "inbound",
        HookKind::Receipt => "receipt",
    };
    Hook {
        kind,
        method: method.to_owned(),
        query: query.to_owned(),
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: Bytes::copy_from_slice(body.as_bytes()),
        url: format!("https://alo.example/v1/carriers/x/{section}?{query}"),
    }
}

/// What a carrier told.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Inbound(Inbound),
    Receipt(Receipt),
}

/// Passes a webhook in; every event gets the same verdict.
async fn hear(
    carrier: &impl Hears,
    events: &mut mpsc::Receiver<CarrierEvent>,
    hook: Hook,
    verdict: Verdict,
) -> (HookReply, Vec<Told>) {
    let mut told = Vec::new();
    let heard = carrier.hear(hook);
    tokio::pin!(heard);
    loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => match event {
                CarrierEvent::Inbound { inbound, done } => {
                    told.push(Told::Inbound(inbound));
                    done.send(verdict).expect("the carrier waits");
                }
                CarrierEvent::Receipt { receipt, done } => {
                    told.push(Told::Receipt(receipt));
                    done.send(verdict).expect("the carrier waits");
                }
                CarrierEvent::State(state) => panic!("no webhook changes the state: {state:?}"),
            },
            reply = &mut heard => return (reply, told),
        }
    }
}

#[test]
fn an_address_of_this_machine_is_given_to_carriers_on_it_alone() {
    let carrier = |url: &str| url::Url::parse(url).expect("a URL");
    let reachable = |callback: &str, at: &str| {
        super::reachable("x", Some(callback.to_owned()), &carrier(at)).is_some()
    };
    assert!(reachable("https://alo.example/r", "https://api.example/"));
    assert!(reachable("http://10.0.0.1:8080/r", "https://api.example/"));
    assert!(reachable("http://127.0.0.1:8080/r", "http://localhost:9000/"));
    assert!(reachable("http://127.0.0.1:8080/r", "http://[::1]:9000/"));
    for callback in ["http://127.0.0.1/r", "http://[::]/r", "http://localhost/r", "/r", "sip:a"] {
        assert!(!reachable(callback, "https://api.example/"), "{callback}");
    }
}
