//! A call whose task breaks, and what is told beside a call.

use std::time::Duration;

use call::{Inbound, SidSource, Start, Watch};
use model::{CallStatus, Method, SidKind};
use twiml::Events;

use super::*;
use crate::clock::wall;
use crate::hub::EVENTS;
use crate::trial::{ACCOUNT, hub};

const CALL: Sid = Sid::new(SidKind::Call, 2);

/// Breaks when it is asked, which is when the first alert is raised.
struct Broken;

impl SidSource for Broken {
    fn next(&mut self, _: SidKind) -> Sid {
        panic!("on purpose");
    }
}

/// A call that has just come in, on its way to an application that is away.
fn task(hub: &Arc<Hub>) -> Task {
    let clock = Clock::start();
    let settings = call::Settings { account: ACCOUNT, public_url: hub.settings.public_url.clone() };
    let watch = Watch {
        url: "http://app.test/ended".to_owned(),
        method: Method::Post,
        events: Events::COMPLETED,
        sequence: 0,
    };
    let inbound = Inbound {
        sid: CALL,
        from: "+14155550142".parse().expect("a number"),
        to: "+14155550100".parse().expect("a number"),
        number: None,
        caller_name: None,
        forwarded_from: None,
        extra: Vec::new(),
        // Nobody listens there, which is an alert, whose SID can't be drawn.
        start: Start::Url {
            url: "http://127.0.0.1:9/".to_owned(),
            method: Method::Post,
            fallback: None,
        },
        watch: Some(watch),
    };
    let session = Session::inbound(clock.now(), settings, Box::new(Broken), inbound);
    Task::new(Arc::clone(hub), clock, 0, session, None, mpsc::channel(EVENTS))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_panics_is_closed_with_its_last_callback_and_the_server_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = hub(folder.path()).await;
    let task = task(&hub);
    assert_eq!((hub.live_calls(), hub.sessions.load(Ordering::Relaxed)), (1, 1));
    assert!(tokio::spawn(task.run()).await.is_err(), "it was to panic");
    assert_eq!((hub.live_calls(), hub.sessions.load(Ordering::Relaxed)), (0, 0));

    let told = tokio::time::timeout(Duration::from_secs(20), hub.outbox.notified()).await;
    told.expect("the outbox is told");
    let mut beat = tokio::time::interval(Duration::from_millis(10));
    let record = loop {
        beat.tick().await;
        let record = hub.store.call(CALL).await.expect("it can be read");
        match record {
            Some(record) if record.status.is_final() => break record,
            Some(_) | None => {}
        }
    };
    assert_eq!(record.status, CallStatus::Failed);
    assert_eq!(record.hangup.reason.as_deref(), Some("the call broke off"));
    let callbacks = hub.store.due_callbacks(wall(), 10, &[]).await.expect("it can be read");
    assert_eq!(callbacks.len(), 1);
    let status = callbacks[0].params.iter().find(|(name, _)| name == "CallStatus");
    assert_eq!(status.map(|(_, value)| value.as_str()), Some("failed"));
    hub.sip.shutdown().await;
    hub.media.shutdown();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guess_is_told_once_at_most_and_kept_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let hub = hub(folder.path()).await;
    let mut task = task(&hub);
    // Nobody listens there.
    let guess = ("http://127.0.0.1:9/".to_owned(), Method::Post, Vec::new());
    for _ in 0..=crate::hub::GUESSES {
        task.tell_beside(guess.clone());
    }
    task.writes.finish().await;
    assert_eq!(hub.store.next_callback_due(&[]).await, Ok(None));
    let all = u32::try_from(crate::hub::GUESSES).expect("a few");
    let over = tokio::time::timeout(Duration::from_secs(20), hub.guesses.acquire_many(all)).await;
    assert!(over.is_ok_and(|turns| turns.is_ok()), "each gave its turn back");
    hub.sip.shutdown().await;
    hub.media.shutdown();
}
