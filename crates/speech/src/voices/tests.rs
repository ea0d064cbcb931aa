//! Engines that answer when the test says so, on paused time.

mod ahead;
mod kept;
mod routed;
mod streamed;

use tokio::sync::{Notify, mpsc};

use super::*;

/// Speaks `language` when the test lets it; every text that it is asked for is told to the test.
struct Engine {
    name: &'static str,
    language: &'static str,
    asked: mpsc::UnboundedSender<String>,
    gate: Option<Arc<Notify>>,
    error: Option<SayError>,
}

#[async_trait::async_trait]
impl Synthesizer for Engine {
    fn name(&self) -> &str {
        self.name
    }

    fn speaks(&self, language: &str) -> bool {
        language == self.language
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        self.asked.send(format!("{} {}", self.name, utterance.text)).expect("the test listens");
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        // Others may ask meanwhile.
        tokio::task::yield_now().await;
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(Speech { rate: 8_000, samples: vec![1; 8] }),
        }
    }
}

struct Town {
    engines: Vec<Box<dyn Synthesizer>>,
    asked: mpsc::UnboundedReceiver<String>,
    told: mpsc::UnboundedSender<String>,
}

impl Town {
    fn new() -> Town {
        let (told, asked) = mpsc::unbounded_channel();
        Town { engines: Vec::new(), asked, told }
    }

    fn engine(
        mut self,
        name: &'static str,
        language: &'static str,
        error: Option<SayError>,
    ) -> Town {
        let asked = self.told.clone();
        self.engines.push(Box::new(Engine { name, language, asked, gate: None, error }));
        self
    }

    fn gated(mut self, gate: &Arc<Notify>) -> Town {
        let (asked, gate) = (self.told.clone(), Some(Arc::clone(gate)));
        let engine = Engine { name: "slow", language: "en", asked, gate, error: None };
        self.engines.push(Box::new(engine));
        self
    }

    fn opens(self, limits: Limits) -> (Arc<Voices>, mpsc::UnboundedReceiver<String>) {
        (Arc::new(Voices::new(self.engines, limits)), self.asked)
    }
}

fn broken(engine: &str) -> SayError {
    SayError::Engine { engine: engine.to_owned(), reason: "no".to_owned() }
}

fn utterance(text: &str) -> Utterance {
    Utterance { text: text.to_owned(), ssml: None, voice: None, language: "en".to_owned() }
}

fn all(asked: &mut mpsc::UnboundedReceiver<String>) -> Vec<String> {
    std::iter::from_fn(|| asked.try_recv().ok()).collect()
}

#[tokio::test]
async fn the_first_engine_for_the_language_speaks() {
    let town = Town::new().engine("fr", "fr", None).engine("a", "en", None).engine("b", "en", None);
    let (voices, mut asked) = town.opens(Limits::default());
    voices.speak(&utterance("x")).await.expect("a speaks");
    assert_eq!(all(&mut asked), ["a x"]);
    assert_eq!(voices.engines().map(Synthesizer::name).collect::<Vec<_>>(), ["fr", "a", "b"]);
}

#[tokio::test]
async fn the_next_engine_speaks_when_the_first_fails() {
    let town = Town::new().engine("a", "en", Some(broken("a"))).engine("b", "en", None);
    let (voices, mut asked) = town.opens(Limits::default());
    voices.speak(&utterance("x")).await.expect("b speaks");
    assert_eq!(all(&mut asked), ["a x", "b x"]);
}

#[tokio::test]
async fn the_first_engines_reason_is_told_when_all_fail() {
    let town =
        Town::new().engine("a", "en", Some(broken("a"))).engine("b", "en", Some(broken("b")));
    let (voices, _asked) = town.opens(Limits::default());
    let error = voices.speak(&utterance("x")).await.expect_err("none speaks");
    assert_eq!(error.to_string(), "a could not speak: no");
}

#[tokio::test]
async fn a_language_that_nobody_speaks_names_the_package_and_the_setting() {
    let (voices, _asked) = Town::new().engine("fr", "fr", None).opens(Limits::default());
    let error = voices.speak(&utterance("x")).await.expect_err("none speaks");
    assert_eq!(
        error.to_string(),
        "no speech engine for en: install espeak-ng or set speech.url in alo.toml"
    );
}

#[tokio::test]
async fn what_was_spoken_is_kept_and_what_failed_is_tried_again() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let (mut first, mut second) = (voices.say(&utterance("x")), voices.say(&utterance("x")));
    let first = first.next().await.expect("a part").expect("a speaks");
    let second = second.next().await.expect("a part").expect("a speaks");
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(all(&mut asked), ["a x"]);

    let (voices, mut asked) =
        Town::new().engine("a", "en", Some(broken("a"))).opens(Limits::default());
    voices.speak(&utterance("x")).await.expect_err("a fails");
    voices.speak(&utterance("x")).await.expect_err("a fails again");
    assert_eq!(all(&mut asked), ["a x", "a x"]);
    assert!(locked(&voices.studio.making).is_empty());
}

#[tokio::test]
async fn a_long_text_is_refused_before_an_engine_is_asked() {
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(Limits::default());
    let error = voices.speak(&utterance(&"é".repeat(4097))).await.expect_err("it is too long");
    assert_eq!(error.to_string(), "the text has 4097 characters, more than 4096");
    assert_eq!(all(&mut asked), [""; 0]);
    voices.speak(&utterance(&"é".repeat(4096))).await.expect("it is just short enough");
}

#[tokio::test]
async fn the_same_text_asked_for_at_once_is_made_once() {
    let gate = Arc::new(Notify::new());
    let (voices, mut asked) = Town::new().gated(&gate).opens(Limits::default());
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let voices = Arc::clone(&voices);
            tokio::spawn(async move { voices.speak(&utterance("x")).await })
        })
        .collect();
    assert_eq!(asked.recv().await.as_deref(), Some("slow x"));
    gate.notify_one();
    for caller in callers {
        caller.await.expect("no caller panics").expect("it speaks");
    }
    assert_eq!(all(&mut asked), [""; 0]);
    assert!(locked(&voices.studio.making).is_empty());
}

#[tokio::test]
async fn one_who_hangs_up_leaves_the_work_to_the_next() {
    let gate = Arc::new(Notify::new());
    let (voices, mut asked) = Town::new().gated(&gate).opens(Limits::default());
    let say = || {
        let voices = Arc::clone(&voices);
        tokio::spawn(async move { voices.speak(&utterance("x")).await })
    };
    let (first, second) = (say(), say());
    assert_eq!(asked.recv().await.as_deref(), Some("slow x"));
    first.abort();
    assert_eq!(asked.recv().await.as_deref(), Some("slow x"));
    gate.notify_one();
    second.await.expect("it doesn't panic").expect("it speaks");
    assert!(first.await.expect_err("it was aborted").is_cancelled());
    assert!(locked(&voices.studio.making).is_empty());
}

#[tokio::test]
async fn nobody_left_means_nothing_left() {
    let gate = Arc::new(Notify::new());
    let (voices, mut asked) = Town::new().gated(&gate).opens(Limits::default());
    let only = {
        let voices = Arc::clone(&voices);
        tokio::spawn(async move { voices.speak(&utterance("x")).await })
    };
    assert_eq!(asked.recv().await.as_deref(), Some("slow x"));
    only.abort();
    assert!(only.await.expect_err("it was aborted").is_cancelled());
    assert!(locked(&voices.studio.making).is_empty());
    assert_eq!(voices.studio.waiting(), 0);
}

#[tokio::test]
async fn two_are_made_at_once_some_wait_and_more_are_refused() {
    let gate = Arc::new(Notify::new());
    let limits = Limits { at_once: 2, queue: 1, ..Limits::default() };
    let (voices, mut asked) = Town::new().gated(&gate).opens(limits);
    let say = |text: &'static str| {
        let voices = Arc::clone(&voices);
        tokio::spawn(async move { voices.speak(&utterance(text)).await })
    };
    let (a, b) = (say("a"), say("b"));
    assert_eq!(
        [asked.recv().await, asked.recv().await].map(Option::unwrap_or_default),
        ["slow a", "slow b"]
    );
    let waiting = say("c");
    while voices.studio.waiting() < 3 {
        tokio::task::yield_now().await;
    }
    let error = voices.speak(&utterance("d")).await.expect_err("the queue is full");
    assert_eq!(error, SayError::Busy { waiting: 3 });
    assert_eq!(all(&mut asked), [""; 0]);
    gate.notify_one();
    assert_eq!(asked.recv().await.as_deref(), Some("slow c"));
    gate.notify_one();
    gate.notify_one();
    gate.notify_waiters();
    for caller in [a, b, waiting] {
        caller.await.expect("no caller panics").expect("it speaks");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_is_told_that_it_is_busy() {
    let gate = Arc::new(Notify::new());
    let limits = Limits { at_once: 1, ..Limits::default() };
    let (voices, mut asked) = Town::new().gated(&gate).opens(limits);
    let slow = {
        let voices = Arc::clone(&voices);
        tokio::spawn(async move { voices.speak(&utterance("a")).await })
    };
    assert_eq!(asked.recv().await.as_deref(), Some("slow a"));
    let error = voices.speak(&utterance("b")).await.expect_err("its patience ends");
    assert_eq!(error, SayError::Busy { waiting: 2 });
    slow.abort();
}

#[tokio::test]
async fn limits_of_nothing_still_speak() {
    let limits = Limits { cache_bytes: 0, at_once: 0, queue: 0, ..Limits::default() };
    let (voices, mut asked) = Town::new().engine("a", "en", None).opens(limits);
    voices.speak(&utterance("x")).await.expect("it speaks");
    voices.speak(&utterance("x")).await.expect("it speaks");
    assert_eq!(all(&mut asked), ["a x", "a x"]);
}
