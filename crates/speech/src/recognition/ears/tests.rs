//! Ears with engines that answer as they are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;

/// Answers, fails, or waits until it is told to go on.
struct Engine {
    name: &'static str,
    language: &'static str,
    fails: bool,
    gate: Option<Arc<Notify>>,
    asked: Arc<AtomicUsize>,
}

impl Engine {
    fn new(name: &'static str, language: &'static str) -> Engine {
        Engine { name, language, fails: false, gate: None, asked: Arc::default() }
    }
}

#[async_trait::async_trait]
impl Recognizer for Engine {
    fn name(&self) -> &str {
        self.name
    }

    fn hears(&self, language: &str) -> bool {
        language.starts_with(self.language)
    }

    async fn recognize(&self, _: &Speech, _: &Request) -> Result<Recognized, HearError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        if self.fails {
            return Err(HearError::Engine { engine: self.name.into(), reason: "it is off".into() });
        }
        Ok(Recognized { text: self.name.to_owned(), confidence: None })
    }
}

fn second() -> Speech {
    Speech { rate: 8_000, samples: vec![0; 8_000] }
}

fn request(language: &str) -> Request {
    Request { language: language.to_owned(), ..Request::default() }
}

fn ears(engines: Vec<Engine>, limits: EarLimits) -> Ears {
    Ears::new(engines.into_iter().map(|engine| Box::new(engine) as _).collect(), limits)
}

async fn words(ears: &Ears, language: &str) -> Result<String, String> {
    let recognized = ears.recognize(&second(), &request(language)).await;
    recognized.map(|recognized| recognized.text).map_err(|error| error.to_string())
}

#[tokio::test]
async fn ears_without_an_engine_say_what_to_set() {
    let ears = Ears::none();
    assert!(ears.is_empty());
    assert_eq!(
        words(&ears, "pt-BR").await,
        Err("nothing recognises speech in pt-BR: set recognition.url in alo.toml, or recognition.file in a build with \
             the feature whisper"
            .to_owned())
    );
}

#[tokio::test]
async fn the_first_engine_for_the_language_hears() {
    let ears =
        ears(vec![Engine::new("english", "en"), Engine::new("all", "")], EarLimits::default());
    assert!(!ears.is_empty());
    assert_eq!(words(&ears, "en-GB").await, Ok("english".to_owned()));
    assert_eq!(words(&ears, "pt-BR").await, Ok("all".to_owned()));
    assert_eq!(ears.engines().map(Recognizer::name).collect::<Vec<_>>(), ["english", "all"]);
}

#[tokio::test]
async fn the_next_engine_hears_where_one_fails() {
    let off = || Engine { fails: true, ..Engine::new("off", "en") };
    let both = ears(vec![off(), Engine::new("spare", "en")], EarLimits::default());
    assert_eq!(words(&both, "en").await, Ok("spare".to_owned()));

    let other = Engine { fails: true, ..Engine::new("other", "en") };
    let neither = ears(vec![off(), other], EarLimits::default());
    assert_eq!(words(&neither, "en").await, Err("off could not recognise: it is off".to_owned()));
}

#[tokio::test]
async fn audio_that_is_too_long_is_nobodys_to_hear() {
    let limits = EarLimits { longest: Duration::from_millis(900), ..EarLimits::default() };
    let engine = Engine::new("english", "en");
    let asked = Arc::clone(&engine.asked);
    let ears = ears(vec![engine], limits);
    let error = ears.recognize(&second(), &request("en")).await.expect_err("it is too long");
    assert!(matches!(error, HearError::TooLong { .. }), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_at_once() {
    let gate = Arc::new(Notify::new());
    let engine = Engine { gate: Some(Arc::clone(&gate)), ..Engine::new("slow", "en") };
    let limits = EarLimits { at_once: 1, queue: 1, ..EarLimits::default() };
    let ears = Arc::new(ears(vec![engine], limits));
    let (audio, request) = (second(), request("en"));
    let mut first = Box::pin(ears.recognize(&audio, &request));
    let mut second = Box::pin(ears.recognize(&audio, &request));
    assert!(waits(&mut first).await && waits(&mut second).await);
    assert_eq!(
        words(&ears, "en").await,
        Err("2 recordings wait to be recognised already".to_owned())
    );
    gate.notify_one();
    assert_eq!(first.await.map(|words| words.text), Ok("slow".to_owned()));
    gate.notify_one();
    assert_eq!(second.await.map(|words| words.text), Ok("slow".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn patience_has_an_end() {
    let engine = Engine { gate: Some(Arc::new(Notify::new())), ..Engine::new("slow", "en") };
    let limits = EarLimits { at_once: 1, ..EarLimits::default() };
    let ears = ears(vec![engine], limits);
    let (audio, request) = (second(), request("en"));
    let mut first = Box::pin(ears.recognize(&audio, &request));
    assert!(waits(&mut first).await);
    let error = ears.recognize(&audio, &request).await;
    assert_eq!(error, Err(HearError::Busy { waiting: 2 }));
}

/// Polls once.
async fn waits<F: Future + Unpin>(future: &mut F) -> bool {
    let poll = |context: &mut std::task::Context<'_>| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
    };
    std::future::poll_fn(poll).await
}
