//! Texts that can't be sent, media that can't be had, applications that are down, and webhooks that aren't a carrier's.

use reqwest::Method;
use serde_json::Value;
use testkit::Answer;

use crate::house::{NUMBER, SOON, options, response};
use crate::post::{ADA, HANDSET, Post};
use crate::smsc::{self, Silence};

/// Somebody else's number.
const STRANGER: &str = "+14155550199";

/// A fixed line in São Paulo.
const FIXED: &str = "+551130000100";

/// A carrier that speaks like Twilio, of which nothing answers, and one that calls with a token.
const UPSTREAMS: &str = "\
[[carriers]]
name = \"upstream\"
kind = \"twilio\"
url = \"http://127.0.0.1:9\"
account_sid = \"AC5ef8732a3c49700934481addd5ce1659\"
auth_token = \"secret\"

[[carriers]]
name = \"gateway\"
kind = \"http\"
description = \"get\"
url = \"http://127.0.0.1:9/send\"

[carriers.secrets]
username = \"alo\"
password = \"secret\"
webhook_token = \"5ef8732a\"
";

/// How a request is refused, by its code; nothing is kept of it.
async fn is_refused(post: &Post, form: &[(&str, &str)], code: u32) {
    let (status, refused) = post.rest.posts("/Messages", form).await;
    assert_eq!((status, &refused["code"]), (400, &Value::from(code)), "{form:?}: {refused}");
    assert!(refused["message"].as_str().is_some_and(|text| !text.is_empty()), "{refused}");
    assert_eq!(kept(post).await, [Value::Null; 0], "{form:?}");
}

/// Every message.
async fn kept(post: &Post) -> Vec<Value> {
    let list = post.rest.gets("/Messages").await;
    list["messages"].as_array().cloned().expect("a list")
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_with_its_code_and_not_kept() {
    let post = Post::open().await;
    let long = "x".repeat(1_601);
    let from = ("From", NUMBER);
    let to = ("To", HANDSET);
    is_refused(&post, &[("From", STRANGER), to, ("Body", "x")], 21606).await;
    is_refused(&post, &[from, ("To", "nobody!"), ("Body", "x")], 21211).await;
    is_refused(&post, &[from, ("Body", "x")], 21604).await;
    is_refused(&post, &[to, ("Body", "x")], 21603).await;
    is_refused(&post, &[from, to], 21602).await;
    is_refused(&post, &[from, to, ("Body", "")], 21602).await;
    is_refused(&post, &[from, to, ("Body", &long)], 21617).await;
    is_refused(&post, &[from, to, ("MediaUrl", "picture.png")], 21620).await;
    let media = ("MediaUrl", "http://127.0.0.1:9/picture");
    is_refused(&post, &[&[from, to][..], &[media; 11]].concat(), 21623).await;
    // One character less fits.
    post.texts(HANDSET, &long[1..]).await;
    post.comes_to_rest().await;
}

#[tokio::test]
async fn a_fixed_line_is_refused_before_its_carrier_is_asked() {
    let silence = Silence::new();
    let post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    is_refused(&post, &[("From", NUMBER), ("To", FIXED), ("Body", "x")], 21614).await;
    // Nobody reaches the others.
    is_refused(&post, &[("From", NUMBER), ("To", HANDSET), ("Body", "x")], 21612).await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused_rather_than_mended() {
    let post = Post::open().await;
    let (from, to) = (NUMBER.replace('+', "%2B"), HANDSET.replace('+', "%2B"));
    for body in [&b"%FF%FE"[..], b"caf\xE9", b"%ED%A0%80", b"%C3"] {
        let form = [format!("From={from}&To={to}&Body=").as_bytes(), body].concat();
        let (status, refused) = post.rest.posts_raw("/Messages", &form).await;
        assert_eq!(status, 400, "{refused}");
        let message = refused["message"].as_str().unwrap_or_default();
        assert!(message.contains("'Body' is not UTF-8"), "{refused}");
    }
    assert_eq!(kept(&post).await, [Value::Null; 0]);
    let form = format!("From={from}&To={to}&Body=caf%C3%A9%00%07");
    let (status, message) = post.rest.posts_raw("/Messages", form.as_bytes()).await;
    assert_eq!(status, 201, "{message}");
    post.is(message["sid"].as_str().expect("a SID"), "delivered").await;
    assert_eq!(post.inbox(HANDSET).await, ["café\0\u{7}"]);
}

#[tokio::test]
async fn media_that_cannot_be_had_fail_the_message_and_say_so() {
    let post = Post::told(options().variable("ALO_WEBHOOKS_PROMPT_SIZE", "4 KiB")).await;
    post.app.answers("/gone", Answer::status(404));
    post.app.answers("/large", Answer::content("image/png", vec![0; 5_000]));
    post.app.answers("/circle", Answer::redirect("/circle"));
    for path in ["/gone", "/large", "/circle"] {
        let url = post.app.url(path);
        let form = [("From", NUMBER), ("To", HANDSET), ("Body", "Look:"), ("MediaUrl", &url)];
        let sid = post.sends(&form).await;
        let message = post.is(&sid, "failed").await;
        assert_eq!(message["error_code"], 30019, "{path}: {message}");
        let why = message["error_message"].as_str().unwrap_or_default();
        assert!(why.contains("can't be had"), "{path}: {message}");
    }
    assert_eq!(post.inbox(HANDSET).await, [""; 0]);
    post.comes_to_rest().await;
}

#[tokio::test]
async fn media_that_come_in_and_cannot_be_had_lose_no_text() {
    let post = Post::open().await;
    post.app.answers("/gone", Answer::status(404));
    let url = post.app.url("/gone");
    let sid = post.is_texted(&[("Body", "Look:"), ("MediaUrl", &url)]).await;
    let asked = &post.was_asked(&sid, 1).await[0];
    assert_eq!(asked.param("Body").as_deref(), Some("Look:"));
    assert_eq!(asked.param("MediaUrl0"), Some(url), "where it was to be had");
    post.is(&sid, "received").await;
}

#[tokio::test]
async fn an_application_that_is_down_is_asked_again_and_loses_nothing() {
    let post = Post::open().await;
    post.app.answers("/sms", Answer::status(503));
    let first = post.is_texted(&[("Body", "first")]).await;
    post.was_asked(&first, 1).await;
    let why = post.is_alerted(&first, 11200).await;
    assert!(why.contains("503"), "{why}");
    post.app.answers("/sms", Answer::hang_up());
    let second = post.is_texted(&[("Body", "second")]).await;
    // Those of one conversation go in order: the second waits for the first.
    post.was_asked(&first, 1).await;
    post.app.on("/sms", |asked| {
        let body = asked.param("Body").unwrap_or_default();
        response(&format!("<Message>You wrote: {body}</Message>"))
    });
    for sid in [&first, &second] {
        post.is(sid, "received").await;
    }
    testkit::eventually("both are answered, once each", async || {
        let inbox = post.inbox(HANDSET).await;
        let mut sorted = inbox.clone();
        sorted.sort();
        if sorted == ["You wrote: first", "You wrote: second"] {
            Ok(())
        } else {
            Err(format!("{inbox:?}"))
        }
    })
    .await;
    post.comes_to_rest().await;
}

#[tokio::test]
async fn an_application_whose_answer_is_wrong_is_told_of_in_an_alert_and_not_asked_again() {
    let post = Post::open().await;
    for (answer, code) in [
        (Answer::content("text/xml", "<Response><Message>"), 12100),
        (Answer::status(404), 11200),
        (response("<Message to=\"nobody!\">x</Message>"), 14101),
        (response("<Message></Message>"), 14103),
    ] {
        post.app.answers("/sms", answer.clone());
        let sid = post.is_texted(&[("Body", "hello")]).await;
        post.is(&sid, "received").await;
        post.is_alerted(&sid, code).await;
        assert_eq!(post.was_asked(&sid, 1).await.len(), 1, "{answer}");
    }
    assert_eq!(post.app.requests_to("/sms").len(), 4);
    assert_eq!(post.inbox(HANDSET).await, [""; 0]);
    post.comes_to_rest().await;
}

#[tokio::test]
async fn a_status_that_could_not_be_told_is_told_again() {
    let post = Post::open().await;
    post.app.answers("/status", Answer::status(500));
    let callback = post.app.url("/status");
    let form = [("From", NUMBER), ("To", HANDSET), ("Body", "x"), ("StatusCallback", &callback)];
    let sid = post.sends(&form).await;
    let first = post.app.next("/status", SOON).await;
    assert_eq!(first.param("MessageSid"), Some(sid));
    post.app.answers("/status", Answer::status(204));
    let again = post.app.next("/status", SOON).await;
    let token = "I-Twilio-Idempotency-Token";
    assert_eq!(first.header(token), again.header(token), "it is known to be the same");
    assert_eq!(first.form, again.form);
    post.comes_to_rest().await;
}

#[tokio::test]
async fn a_webhook_that_is_not_the_carriers_is_403_and_nothing_is_kept() {
    let post = Post::with(UPSTREAMS).await;
    let text = [("MessageSid", "SM1"), ("From", ADA), ("To", NUMBER), ("Body", "I am Ada")];
    for path in ["/v1/carriers/upstream/inbound", "/v1/carriers/upstream/receipt"] {
        let (status, answer) = post.rest.asks(Method::POST, path, &text).await;
        assert_eq!(status, 403, "{answer}");
    }
    let query = |token: &str| {
        format!(
            "/v1/carriers/gateway/inbound?token={token}&id=1&from=%2B5511987654321&to=%2B14155550100&text=Hi"
        )
    };
    for token in ["", "5ef8732", "5EF8732A", "secret"] {
        let (status, _) = post.rest.fetches(&query(token)).await;
        assert_eq!(status, 403, "{token}");
    }
    let (status, _) = post.rest.fetches("/v1/carriers/nobody/inbound").await;
    assert_eq!(status, 404);
    assert_eq!(kept(&post).await, [Value::Null; 0]);
    assert!(post.app.requests().is_empty(), "{:?}", post.app.requests());

    // With the right one it is taken, and once however often it comes.
    for _ in 0..3 {
        let (status, _) = post.rest.fetches(&query("5ef8732a")).await;
        assert_eq!(status, 200);
    }
    let kept = kept(&post).await;
    assert_eq!((kept.len(), &kept[0]["body"]), (1, &Value::from("Hi")), "{kept:?}");
    // It bears no date of the carrier's, so what lacks a sender or a receiver is its mistake.
    let (status, _) = post.rest.fetches("/v1/carriers/gateway/inbound?token=5ef8732a&id=2").await;
    assert_eq!(status, 400);
}
