//! Nobody stays engaged, and nobody stays untold: callers who are gone too soon, stores that fail, messages that are late.

use model::oncall::{Line, LineCall, LineOutcome};
use store::{MessageFilter, Page};

use super::*;
use crate::texts::SendText;
use crate::trial::{ACCOUNT, daily, peopled};

const CALL: Sid = Sid::new(SidKind::Call, 7);
const MESSAGE: Sid = Sid::new(SidKind::Recording, 8);

/// Ada or Ben is on duty, Cleo helps out; callers leave a message first if `mode` says so.
async fn furnished(folder: &std::path::Path, mode: &str) -> Arc<Hub> {
    let hub = peopled(folder).await;
    hub.store.save_rota(ACCOUNT, daily(2, "09:00")).await.expect("it is kept");
    let line: Line = serde_json::from_value(serde_json::json!({
        "name": "support", "mode": mode, "voicemail": {"text": true},
        "teams": [{"levels": [{"rota": "support"}]}],
    }))
    .expect("a line");
    hub.store.save_line(ACCOUNT, line).await.expect("it is kept");
    hub
}

fn params(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let (call, account) = (CALL.to_string(), ACCOUNT.to_string());
    let common = [
        ("AccountSid", account.as_str()),
        ("CallSid", &call),
        ("From", "+14155550199"),
        ("To", "+14155550100"),
    ];
    let all = common.iter().chain(more);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn ask(hub: &Arc<Hub>, step: &str, more: &[(&str, &str)]) -> String {
    let steps: Vec<String> = step.split_terminator('/').map(str::to_owned).collect();
    let answered = answer(hub, "support", &steps, &params(more)).await;
    match answered.expect("a document") {
        Inner::Body { body, .. } => String::from_utf8(body).expect("text"),
        Inner::Redirect(url) => panic!("it leads to {url}"),
    }
}

fn live(hub: &Hub) {
    let (events, _) = tokio::sync::mpsc::channel(1);
    hub.enter(CALL, events);
}

async fn texts(hub: &Hub) -> Vec<String> {
    let page = Page::first(Page::LARGEST);
    let list = hub.store.messages(ACCOUNT, MessageFilter::default(), page).await;
    list.expect("it can be read").items.into_iter().map(|message| message.body).collect()
}

async fn kept(hub: &Hub) -> LineCall {
    hub.store.line_call(ACCOUNT, CALL).await.expect("it can be read").expect("it is kept")
}

fn message() -> [(&'static str, String); 3] {
    [
        ("RecordingSid", MESSAGE.to_string()),
        ("RecordingStatus", "completed".to_owned()),
        ("RecordingDuration", "7".to_owned()),
    ]
}

async fn message_comes(hub: &Arc<Hub>) {
    let message = message();
    let message: Vec<(&str, &str)> =
        message.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ask(hub, "message", &message).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_was_gone_before_the_line_heard_of_them_keeps_nobody_engaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    ask(&hub, "", &[]).await;
    while kept(&hub).await.ended_at.is_none() {
        tokio::task::yield_now().await;
    }
    assert!(hub.lines.engaged().is_empty(), "{:?}", hub.lines.engaged());
    // Who hangs up within seconds meant somebody else.
    assert_eq!(texts(&hub).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_while_it_rings_lets_it_ring_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    live(&hub);
    assert!(ask(&hub, "", &[]).await.contains("<Dial"));
    let gone = [("CallStatus", "completed"), ("DialCallStatus", "no-answer")];
    let document = ask(&hub, "dialed", &gone).await;
    assert!(!document.contains("<Dial") && !document.contains("<Record"), "{document}");
    let kept = kept(&hub).await;
    assert_eq!(kept.outcome, LineOutcome::HungUp);
    // One that never had the time to ring isn't told of.
    assert!(kept.attempts.len() <= 1, "{:?}", kept.attempts);
    assert!(hub.lines.engaged().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_broken_off_before_they_were_told_is_told_when_it_comes_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "voicemail_first").await;
    live(&hub);
    assert!(ask(&hub, "", &[]).await.contains("<Record"));
    // Whoever asked gives up at the first wait for the disk.
    let broken_off = tokio::time::timeout(Duration::ZERO, message_comes(&hub)).await;
    assert!(broken_off.is_err(), "it waits for the disk");
    message_comes(&hub).await;
    message_comes(&hub).await;
    assert_eq!(texts(&hub).await.len(), 1);
    assert_eq!(kept(&hub).await.outcome, LineOutcome::Voicemail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_telling_was_cut_off_by_a_crash_is_told_once_by_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "voicemail_first").await;
    live(&hub);
    ask(&hub, "", &[]).await;
    let kept_until_then = LineCall {
        outcome: LineOutcome::Voicemail,
        voicemail: Some(MESSAGE),
        voicemail_seconds: Some(7),
        transcript: None,
        ended_at: Some(wall()),
        ..kept(&hub).await
    };
    hub.store.miss_line_call(ACCOUNT, kept_until_then).await.expect("it is kept");
    hub.lines.live().clear();
    message_comes(&hub).await;
    message_comes(&hub).await;
    let told = texts(&hub).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(kept(&hub).await.ended_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_message_says_is_told_once_when_the_call_is_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "voicemail_first").await;
    live(&hub);
    ask(&hub, "", &[]).await;
    message_comes(&hub).await;
    let said = [("TranscriptionStatus", "completed"), ("TranscriptionText", "The till is down.")];
    let steps = ["transcript".to_owned()];
    let early = answer(&hub, "support", &steps, &params(&said)).await;
    assert!(early.is_err(), "the call goes on: the outbox comes again");
    let known = kept(&hub).await;
    left(&hub, CALL);
    assert!(hub.lines.of(CALL).is_some(), "what is late still finds it");
    for _ in 0..2 {
        ask(&hub, "transcript", &said).await;
    }
    let told = texts(&hub).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("The till is down.")), "{told:?}");
    // What the hunt keeps knows nothing of it.
    hub.store.save_line_call(ACCOUNT, known).await.expect("it is kept");
    assert_eq!(kept(&hub).await.transcript.as_deref(), Some("The till is down."));
    ask(&hub, "transcript", &[("TranscriptionStatus", "failed")]).await;
    assert_eq!(texts(&hub).await.len(), 2, "nothing is told of what could not be written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_call_whose_telling_was_cut_off_by_a_crash_is_told_by_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    live(&hub);
    ask(&hub, "", &[]).await;
    let missed = LineCall { outcome: LineOutcome::Missed, ..kept(&hub).await };
    hub.store.miss_line_call(ACCOUNT, missed).await.expect("it is kept");
    close_orphans(&hub).await.expect("it is kept");
    close_orphans(&hub).await.expect("it is kept");
    assert_eq!(texts(&hub).await.len(), 1);
    let kept = kept(&hub).await;
    assert_eq!(kept.outcome, LineOutcome::Missed);
    assert!(kept.ended_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_asked_about_twice_takes_duty_once_and_asks_one_swap() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    let number = || "+14155550100".parse().expect("a number");
    for (from, body) in [("+14155550153", "TAKE 2h"), ("+14155550151", "SWAP ben")] {
        let order =
            SendText::plain(ACCOUNT, number(), from.parse().expect("a number"), body.to_owned());
        let message = crate::texts::accept(&hub, order).await.expect("it is kept");
        let sid = message.sid.to_string();
        let text = [("MessageSid", sid.as_str()), ("Body", body), ("From", from)];
        let params: Vec<(String, String)> =
            params(&[]).into_iter().filter(|(name, _)| name != "From").collect();
        let text = text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let params: Vec<(String, String)> = params.into_iter().chain(text).collect();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let answered = answer(&hub, "support", &[], &params).await.expect("a document");
            let Inner::Body { body, .. } = answered else { panic!("it leads elsewhere") };
            answers.push(String::from_utf8(body).expect("text"));
        }
        assert_eq!(answers[0], answers[1]);
    }
    let rota = "support".parse().expect("a name");
    let (from, until) = (wall() - LINGER, wall() + LINGER);
    let changes = hub.store.overrides(ACCOUNT, &rota, from, until).await.expect("it can be read");
    assert_eq!(changes.len(), 1, "{changes:?}");
    let swaps = hub.store.swaps(ACCOUNT, None).await.expect("it can be read");
    assert_eq!(swaps.len(), 1, "{swaps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_answers_every_text_is_answered_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    let hello = [("MessageSid", "SM00000000000000000000000000000009"), ("Body", "Hello")];
    assert!(ask(&hub, "", &hello).await.contains("<Message"));
    let number = |text: &str| text.parse().expect("a number");
    let (from, to) = (number("+14155550100"), number("+14155550199"));
    let reply = SendText::plain(ACCOUNT, from, to, "a stranger".to_owned());
    crate::texts::accept(&hub, reply).await.expect("it is kept");
    assert!(!ask(&hub, "", &hello).await.contains("<Message"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_be_told_in_no_way_is_an_alert_that_names_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = furnished(folder.path(), "connect_first").await;
    let people = hub.store.people(ACCOUNT).await.expect("it can be read");
    let mut ada = people.into_iter().next().expect("Ada");
    ada.phones.clear();
    // No mail is set up, so her address is of no use.
    ada.email = Some("ada@example.com".to_owned());
    let letter = tell::Letter {
        subject: "On duty".to_owned(),
        text: "+14155550199 called".to_owned(),
        key: "a key".to_owned(),
    };
    tell::person(&hub, ACCOUNT, None, None, &ada, letter).await.expect("it is kept");
    let filter = store::AlertFilter::default();
    let page = Page::first(Page::LARGEST);
    let alerts = hub.store.alerts(ACCOUNT, filter, page).await.expect("it can be read").items;
    let [alert] = alerts.as_slice() else { panic!("one alert: {alerts:?}") };
    assert!(alert.message.starts_with("ada could not be told"), "{alert:?}");
    assert!(!alert.message.contains("0199"), "{alert:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_cannot_be_told_of_at_the_start_waits_for_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut hub = furnished(folder.path(), "connect_first").await;
    live(&hub);
    ask(&hub, "", &[]).await;
    let room = |hub: &mut Arc<Hub>, queued| {
        Arc::get_mut(hub).expect("nobody else has it").settings.texts.queued = queued;
    };
    room(&mut hub, 0);
    close_orphans(&hub).await.expect("it keeps no server from starting");
    assert!(kept(&hub).await.ended_at.is_none());
    room(&mut hub, 10);
    close_orphans(&hub).await.expect("it can be read");
    assert_eq!(texts(&hub).await.len(), 1);
    assert_eq!(kept(&hub).await.outcome, LineOutcome::Lost);
}
