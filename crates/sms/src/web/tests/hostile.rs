//! Webhooks of whoever: whatever they hold, nothing panics, and who isn't known tells nothing.

use bytes::Bytes;
use proptest::prelude::*;
use tokio::sync::mpsc;

use super::super::{Hears, Hook, HookKind, Upstream, UpstreamSettings, shipped};
use super::{TOKEN, gateway, settings};
use crate::CarrierEvent;

fn any_hook() -> impl Strategy<Value = Hook> {
    let content_type = proptest::sample::select(vec![
        "application/x-www-form-urlencoded",
        "application/json",
        "text/plain",
        "",
    ]);
    let method = proptest::sample::select(vec!["GET", "POST", "PUT", "DELETE", ""]);
    let kind = proptest::sample::select(vec![HookKind::Inbound, HookKind::Receipt]);
    let header = ("[a-zA-Z]{0,8}", "(?s).{0,20}");
    (kind, method, any_form(), content_type, any_body(), header).prop_map(
        |(kind, method, query, content_type, body, (name, value))| Hook {
            kind,
            method: method.to_owned(),
            url: format!("https://alo.example/x?{query}"),
            query,
            headers: vec![
                ("content-type".to_owned(), content_type.to_owned()),
                (name, value.clone()),
                ("X-Twilio-Signature".to_owned(), value),
            ],
            body: Bytes::from(body),
        },
    )
}

fn any_form() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "MessageUUID",
        "Status",
        "From",
        "To",
        "Text",
        "id",
        "from",
        "to",
        "text",
        "status",
        "token",
        "MessageSid",
        "NumMedia",
        "MediaUrl0",
    ]);
    let field = prop_oneof!["(?s).{0,12}", known.prop_map(str::to_owned)];
    proptest::collection::vec((field, "(?s).{0,20}"), 0..8).prop_map(|pairs| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    })
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let json = proptest::sample::select(vec![
        r#"{"data":{"event_type":"message.received","payload":{"from":{},"to":[[]]}}}"#,
        r#"{"messages":[null,1,{"id":{}}]}"#,
        r#"{"messageId":1e999,"status":[],"concat-ref":-1,"concat-total":"99999999999"}"#,
        r#"{"type":"MESSAGE","message":{"contents":[{"text":null},{"text":{}}],"from":"","to":"\u0000"}}"#,
        "[[[[[[[[",
        "null",
        "\"",
        "{}",
        "[]",
        "7",
    ]);
    prop_oneof![
        any_form().prop_map(String::into_bytes),
        json.prop_map(|text| text.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..200),
        Just(b"[".repeat(5_000)),
    ]
}

/// Passes it in; whatever is told is dropped, so that a carrier that tells something is asked to come again.
fn status(carrier: &impl Hears, events: &mut mpsc::Receiver<CarrierEvent>, hook: Hook) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let heard = carrier.hear(hook);
        tokio::pin!(heard);
        loop {
            tokio::select! {
                biased;
                reply = &mut heard => return reply.status,
                Some(_) = events.recv() => {}
            }
        }
    })
}

proptest! {
    #[test]
    fn a_described_gateway_hears_anything(
        hook in any_hook(),
        description in proptest::sample::select(shipped().to_vec()),
        known in any::<bool>(),
    ) {
        let (gateway, mut events) = gateway(settings(description.0, None));
        let mut hook = hook;
        if known {
            hook.query = format!("token=s3cret%26hook&{}", hook.query);
            hook.headers.push(("X-Webhook-Token".to_owned(), TOKEN.to_owned()));
        }
        let status = status(&gateway, &mut events, hook);
        if known {
            prop_assert!([200, 400, 405, 413, 503].contains(&status), "{status}");
        } else {
            prop_assert_eq!(status, 403);
        }
    }

    #[test]
    fn an_upstream_hears_anything(hook in any_hook()) {
        let settings = UpstreamSettings {
            name: "twilio".to_owned(),
            base_url: super::super::TWILIO.to_owned(),
            account_sid: "AC1".to_owned(),
            auth_token: Some(model::Secret::new("12345")),
            api_key: None,
            messaging_service_sid: None,
            callback_url: None,
            window: 1,
            timeouts: super::super::Timeouts::default(),
        };
        let (events, mut told) = mpsc::channel(16);
        let upstream = Upstream::new(settings, events).expect("the settings are right");
        let status = status(&upstream, &mut told, hook);
        prop_assert!([403, 405].contains(&status), "{status}");
    }
}
