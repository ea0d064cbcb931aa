//! Messages that come in.

use model::{MessageDirection, MessageStatus, TextRouting};
use testkit::{Answer, twiml};

use crate::house::{ADA, House, OTHER, OURS, SOON, who};

#[tokio::test]
async fn a_text_is_answered_by_the_application() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/sms", twiml("<Response><Message>Thanks, Ada</Message></Response>"));
    let wrote = house.writes(ADA, OURS, "hello").await;
    assert_eq!(wrote.status, MessageStatus::Receiving);
    let asked = house.app.next("/sms", SOON).await;
    for (name, value) in [
        ("MessageSid", wrote.sid.to_string()),
        ("SmsSid", wrote.sid.to_string()),
        ("From", ADA.to_owned()),
        ("To", OURS.to_owned()),
        ("Body", "hello".to_owned()),
        ("NumMedia", "0".to_owned()),
        ("NumSegments", "1".to_owned()),
        ("SmsStatus", "received".to_owned()),
        ("FromCountry", "US".to_owned()),
    ] {
        assert_eq!(asked.param(name), Some(value), "{name}");
    }
    let inbox = until(&house, ADA, 2).await;
    assert_eq!(inbox, ["hello", "Thanks, Ada"]);
    let filter = store::MessageFilter::default();
    let page = store::Page::first(10);
    let all = house.store().messages(house.account, filter, page).await.expect("a list").items;
    assert!(all.iter().any(|it| it.direction == MessageDirection::OutboundReply));
}

#[tokio::test]
async fn plain_text_is_an_answer_and_nothing_is_none() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/sms", Answer::content("text/plain", *b"plainly"));
    house.writes(ADA, OURS, "one").await;
    assert_eq!(until(&house, ADA, 2).await, ["one", "plainly"]);
    house.app.answers("/sms", Answer::status(204));
    let wrote = house.writes(ADA, OURS, "two").await;
    house.app.next("/sms", SOON).await;
    received(&house, wrote.sid).await;
    assert_eq!(house.inbox(ADA).await.len(), 3, "nothing was answered");
}

#[tokio::test]
async fn the_fallback_is_asked_and_told_why() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/sms", Answer::status(500));
    house.app.answers("/fallback", twiml("<Response><Message>sorry</Message></Response>"));
    house.writes(ADA, OURS, "hello").await;
    let asked = house.app.next("/fallback", SOON).await;
    assert_eq!(asked.param("ErrorCode").as_deref(), Some("11200"));
    assert_eq!(until(&house, ADA, 2).await, ["hello", "sorry"]);
}

#[tokio::test]
async fn an_application_that_is_away_is_asked_again() {
    let house = House::open().await;
    let routing = TextRouting { url: Some(house.app.url("/sms")), ..TextRouting::default() };
    house.has_with(OURS, routing).await;
    house.app.answers("/sms", Answer::status(503));
    let wrote = house.writes(ADA, OURS, "hello").await;
    house.app.next("/sms", SOON).await;
    house.app.answers("/sms", twiml("<Response><Message>back</Message></Response>"));
    assert_eq!(until(&house, ADA, 2).await, ["hello", "back"]);
    received(&house, wrote.sid).await;
}

#[tokio::test]
async fn stop_is_heard_told_and_kept_to_until_start() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/sms", Answer::status(204));
    house.writes(ADA, OURS, "Stop!").await;
    assert_eq!(house.app.next("/sms", SOON).await.param("OptOutType").as_deref(), Some("STOP"));
    let inbox = until(&house, ADA, 2).await;
    assert!(inbox[1].contains("START"), "{inbox:?}");
    let refused = house.engine.send_text(house.text(ADA, "ad")).await.expect_err("she said stop");
    assert_eq!(refused.code(), 21610);
    house.writes(ADA, OURS, "start").await;
    assert_eq!(house.app.next("/sms", SOON).await.param("OptOutType").as_deref(), Some("START"));
    house.app.answers("/status", Answer::status(204));
    let sent = house.engine.send_text(house.text(ADA, "welcome back")).await.expect("taken");
    house.hears(sent.sid, MessageStatus::Delivered).await;
}

#[tokio::test]
async fn numbers_of_this_server_text_each_other() {
    let house = House::open().await;
    house.has(OURS).await;
    house.has(OTHER).await;
    house.app.answers("/status", Answer::status(204));
    house.app.answers("/sms", Answer::status(204));
    let sent = house.engine.send_text(house.text(OTHER, "hi")).await.expect("it is taken");
    house.hears(sent.sid, MessageStatus::Delivered).await;
    let asked = house.app.next("/sms", SOON).await;
    assert_eq!(asked.param("To").as_deref(), Some(OTHER));
    assert_eq!(asked.param("From").as_deref(), Some(OURS));
}

#[tokio::test]
async fn a_redirect_and_an_action_go_on_with_their_documents() {
    let house = House::open().await;
    house.has(OURS).await;
    let first =
        "<Response><Message action=\"/sent\">one</Message><Message>lost</Message></Response>";
    house.app.answers("/sms", twiml(first));
    house.app.answers("/sent", twiml("<Response><Redirect>/last</Redirect></Response>"));
    house.app.answers("/last", twiml("<Response><Message>two</Message></Response>"));
    house.writes(ADA, OURS, "hello").await;
    let action = house.app.next("/sent", SOON).await;
    assert_eq!(action.param("MessageStatus").as_deref(), Some("queued"));
    assert_eq!(until(&house, ADA, 3).await, ["hello", "one", "two"]);
}

#[tokio::test]
async fn cookies_of_a_conversation_come_back() {
    let house = House::open().await;
    house.has(OURS).await;
    house.app.answers("/sms", Answer::status(204).header("Set-Cookie", "step=2; Path=/"));
    house.writes(ADA, OURS, "one").await;
    let first = house.app.next("/sms", SOON).await;
    assert_eq!(first.header("cookie"), None);
    house.writes(ADA, OURS, "two").await;
    let second = house.app.next("/sms", SOON).await;
    assert_eq!(second.header("cookie"), Some("step=2"));
}

#[tokio::test]
async fn a_handset_reaches_nobody_but_us() {
    let house = House::open().await;
    let text = engine::HandsetText {
        from: ADA.parse().expect("a number"),
        to: who(OURS),
        body: "hello".to_owned(),
        media: Vec::new(),
    };
    let refused = house.engine.text_from_handset(text).await.expect_err("nobody has it");
    assert!(matches!(refused, engine::HandsetError::NobodyThere(_)), "{refused}");
}

/// The bodies on a handset, once there are so many; the one written last may be on its way to disk still.
async fn until(house: &House, handset: &str, count: usize) -> Vec<String> {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let mut inbox = house.inbox(handset).await;
        if inbox.len() >= count || tokio::time::Instant::now() > deadline {
            inbox.sort_by_key(|entry| entry.at);
            return inbox.into_iter().map(|entry| entry.body).collect();
        }
        tokio::task::yield_now().await;
    }
}

/// Waits until nothing is to be done about a message that came in.
async fn received(house: &House, sid: model::Sid) {
    let deadline = tokio::time::Instant::now() + SOON;
    while house.kept(sid).await.status != MessageStatus::Received {
        assert!(tokio::time::Instant::now() < deadline, "it is still being received");
        tokio::task::yield_now().await;
    }
}
