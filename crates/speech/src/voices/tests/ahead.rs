//! What is prepared while nobody waits.

use super::*;

#[tokio::test]
async fn what_was_prepared_is_there_when_it_is_said() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    voices.prepare(&utterance("One. Two."));
    assert_eq!(asked.recv().await.as_deref(), Some("a One."));
    assert_eq!(asked.recv().await.as_deref(), Some("a Two."));
    voices.speak(&utterance("One. Two.")).await.expect("it is there");
    assert_eq!(all(&mut asked), [""; 0]);
}

#[tokio::test]
async fn a_call_goes_before_what_is_prepared() {
    let gate = Arc::new(Notify::new());
    let limits = Limits { at_once: 1, ..Limits::default() };
    let (voices, mut asked) = Town::new().gated(&gate).opens(limits);
    let live = |text: &'static str| {
        let voices = Arc::clone(&voices);
        tokio::spawn(async move { voices.speak(&utterance(text)).await })
    };
    let first = live("a");
    assert_eq!(asked.recv().await.as_deref(), Some("slow a"));
    voices.prepare(&utterance("ahead"));
    let second = live("b");
    while voices.studio.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    assert_eq!(asked.recv().await.as_deref(), Some("slow b"));
    gate.notify_one();
    assert_eq!(asked.recv().await.as_deref(), Some("slow ahead"));
    gate.notify_one();
    for call in [first, second] {
        call.await.expect("no caller panics").expect("it speaks");
    }
}

#[tokio::test]
async fn what_is_being_prepared_is_waited_for_and_not_made_twice() {
    let gate = Arc::new(Notify::new());
    let limits = Limits { at_once: 1, ..Limits::default() };
    let (voices, mut asked) = Town::new().gated(&gate).opens(limits);
    voices.prepare(&utterance("a"));
    assert_eq!(asked.recv().await.as_deref(), Some("slow a"));
    let mut saying = voices.say(&utterance("a"));
    gate.notify_one();
    saying.next().await.expect("a part").expect("it speaks");
    assert_eq!(all(&mut asked), [""; 0]);
}

#[tokio::test]
async fn what_was_asked_for_first_is_left_out_when_it_is_too_much() {
    let gate = Arc::new(Notify::new());
    let limits = Limits { at_once: 1, ..Limits::default() };
    let (voices, mut asked) = Town::new().gated(&gate).opens(limits);
    let mut live = voices.say(&utterance("live"));
    assert_eq!(asked.recv().await.as_deref(), Some("slow live"));
    for number in 0..200 {
        voices.prepare(&utterance(&format!("{number}")));
        voices.prepare(&utterance(&format!("{number}")));
    }
    gate.notify_one();
    live.next().await.expect("a part").expect("it speaks");
    let mut prepared = Vec::new();
    for _ in 0..128 {
        prepared.push(asked.recv().await.expect("the engine lives"));
        gate.notify_one();
    }
    assert_eq!((prepared[0].as_str(), prepared[127].as_str()), ("slow 72", "slow 199"));
}

#[test]
fn nothing_is_prepared_where_nothing_runs() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    voices.prepare(&utterance("One."));
    assert_eq!(all(&mut asked), [""; 0]);
}
