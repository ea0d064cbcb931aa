//! A text that is stopped while it is spoken.

use speech::{SayError, Speech, Synthesizer, Utterance, Voices};
use tokio::sync::{Notify, mpsc};

use super::*;
use crate::trial::hub_speaking;

/// A guard against a test that hangs, far beyond what it takes.
const AT_MOST: Duration = Duration::from_secs(30);

/// Speaks the first sentence, and never comes back with the second.
struct Stuck {
    began: Arc<Notify>,
    dropped: Arc<Notify>,
}

/// Tells when what it is part of is dropped.
struct Tells(Arc<Notify>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[async_trait::async_trait]
impl Synthesizer for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    fn speaks(&self, _: &str) -> bool {
        true
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        if utterance.text.contains("second") {
            let _tells = Tells(Arc::clone(&self.dropped));
            self.began.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(Speech { rate: 8_000, samples: vec![5_000; 800] })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_is_spoken_no_further_and_nothing_more_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (began, dropped) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let engine = Stuck { began: Arc::clone(&began), dropped: Arc::clone(&dropped) };
    let voices = Voices::new(vec![Box::new(engine)], speech::Limits::default());
    let hub = hub_speaking(folder.path(), voices).await;
    let say = twiml::Say {
        text: "This is the first sentence. This is the second sentence.".to_owned(),
        ssml: None,
        voice: None,
        language: None,
        times: Some(1),
    };
    let event = |arrival| {
        let (leg, sound) = (LegId(0), SoundId(1));
        Event::Sound { leg, sound, times: Some(1), arrival }
    };
    let (events, mut inbox) = mpsc::channel(16);
    let promise = Promise::new(hub.runtime.clone(), events, event(Arrival::Failed(broken())));
    let stopped = CancellationToken::new();
    let guard = stopped.clone().drop_guard();
    tokio::spawn(speak_until(stopped, Arc::clone(&hub), say, promise, event));
    let story = async {
        let first = inbox.recv().await;
        assert!(matches!(first, Some(Event::Sound { arrival: Arrival::First(_), .. })));
        began.notified().await;
        drop(guard);
        dropped.notified().await;
        assert!(inbox.recv().await.is_none(), "a stopped text tells nothing");
    };
    tokio::time::timeout(AT_MOST, story).await.expect("it stops");
    hub.sip.shutdown().await;
    hub.media.shutdown();
}
