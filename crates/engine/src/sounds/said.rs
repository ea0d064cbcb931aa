//! What `<Say>` says, sentence by sentence: the first plays while the others are spoken.

use std::sync::Arc;

use media::Prompt;
use media::prompt::DecodeError;
use speech::{SayError, Saying, Speech, Utterance};

use super::{Entry, Key, Sounds, Unplayable};

/// Language of a `<Say>` that names none.
const LANGUAGE: &str = "en-US";

/// A text that is being spoken.
pub(crate) struct Said<'s> {
    sounds: &'s Sounds,
    key: Key,
    saying: Saying,
    /// What came so far, to be kept whole.
    parts: Vec<Arc<Prompt>>,
    /// A part is missing, or was spoken by another engine than the one that is meant to: the next who says the same asks
    /// anew.
    makeshift: bool,
}

impl Sounds {
    /// A `<Say>` that was spoken before, and may be played at once.
    pub(crate) fn said_before(&self, say: &twiml::Say) -> Option<Arc<Prompt>> {
        let mut kept = self.kept();
        let entry = kept.used(&Key::Said(utterance(say)))?;
        Some(Arc::clone(&entry.prompt))
    }

    /// What is to be said of its voice's name where nobody knows it; once for each name.
    pub(crate) fn unknown_voice(&self, say: &twiml::Say) -> Option<String> {
        self.voices().warning(&utterance(say))
    }

    /// Begins to speak.
    pub(crate) fn say(&self, say: &twiml::Say) -> Said<'_> {
        let utterance = utterance(say);
        let saying = self.voices().say(&utterance);
        Said {
            sounds: self,
            key: Key::Said(utterance),
            saying,
            parts: Vec::new(),
            makeshift: false,
        }
    }

    /// Lets be spoken ahead what will be said soon, where there is time for it.
    pub(crate) fn prepare(&self, says: &[twiml::Say]) {
        for say in says {
            let utterance = utterance(say);
            if self.kept().used(&Key::Said(utterance.clone())).is_none() {
                self.voices().prepare(&utterance);
            }
        }
    }
}

impl Said<'_> {
    /// The next sentence; `None` after the last. A sentence without a sound is left out.
    pub(crate) async fn next(&mut self) -> Option<Result<Arc<Prompt>, Unplayable>> {
        loop {
            let Some(spoken) = self.saying.next().await else {
                self.keep();
                return None;
            };
            let prompt = match spoken {
                Ok(speech) => as_prompt(speech).await,
                Err(error) => Err(unsayable(&error)),
            };
            match prompt {
                Ok(Some(prompt)) => {
                    self.makeshift |= self.is_by_another();
                    self.parts.push(Arc::clone(&prompt));
                    return Some(Ok(prompt));
                }
                Ok(None) => {}
                Err(error) => {
                    self.makeshift = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// Whether the last part was spoken by a fallback.
    fn is_by_another(&self) -> bool {
        let Key::Said(utterance) = &self.key else { return false };
        let meant = self.sounds.voices().speaker(utterance).map(speech::Synthesizer::name);
        self.saying.speaker().is_some_and(|spoke| meant != Some(spoke))
    }

    /// Keeps the whole of it for the next who says the same.
    fn keep(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        if self.makeshift {
            return;
        }
        if let Some(whole) = Prompt::joined(&parts) {
            self.sounds.keep(self.key.clone(), Some(Entry::new(whole)));
        }
    }
}

/// As it is played; `None` where there is nothing to hear.
async fn as_prompt(speech: Arc<Speech>) -> Result<Option<Arc<Prompt>>, Unplayable> {
    let made =
        tokio::task::spawn_blocking(move || Prompt::from_pcm(speech.rate, speech.samples.clone()));
    match made.await {
        Ok(Ok(prompt)) => Ok(Some(Arc::new(prompt))),
        Ok(Err(DecodeError::Empty)) => Ok(None),
        Ok(Err(error)) => Err(Unplayable { code: 12400, message: format!("<Say>: {error}") }),
        Err(_) => Err(Unplayable { code: 12400, message: "<Say> failed".to_owned() }),
    }
}

/// What a failed synthesis is called.
fn unsayable(error: &SayError) -> Unplayable {
    Unplayable { code: 12400, message: format!("<Say>: {error}") }
}

fn utterance(say: &twiml::Say) -> Utterance {
    Utterance {
        text: say.text.clone(),
        ssml: say.ssml.clone(),
        voice: say.voice.clone(),
        language: language_of(say),
    }
}

/// The language of a `<Say>`: its own, else its voice's (`Polly.Vitoria` speaks Portuguese), else English.
fn language_of(say: &twiml::Say) -> String {
    let of_voice = || speech::cast(say.voice.as_deref()?).and_then(|casting| casting.language);
    say.language.clone().or_else(of_voice).unwrap_or_else(|| LANGUAGE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speaks, or fails the first time.
    struct Speaks(&'static str, std::sync::atomic::AtomicBool);

    #[async_trait::async_trait]
    impl speech::Synthesizer for Speaks {
        fn name(&self) -> &str {
            self.0
        }

        fn speaks(&self, _: &str) -> bool {
            true
        }

        async fn say(&self, _: &Utterance) -> Result<Speech, SayError> {
            if self.1.swap(false, std::sync::atomic::Ordering::Relaxed) {
                let (engine, reason) = (self.0.to_owned(), "away".to_owned());
                return Err(SayError::Engine { engine, reason });
            }
            Ok(Speech { rate: 8_000, samples: vec![5_000; 800] })
        }
    }

    #[tokio::test]
    async fn what_a_fallback_said_is_not_kept_in_place_of_the_engine_that_is_meant() {
        let engine = |name, fails: bool| Box::new(Speaks(name, fails.into())) as Box<_>;
        let engines = vec![engine("first", true), engine("second", false)];
        let voices = speech::Voices::new(engines, speech::Limits::default());
        let http = crate::http::Http::new(crate::HttpSettings::default()).expect("a client");
        let sounds = Sounds::new(http, voices);
        let say = twiml::Say {
            text: "Hello.".to_owned(),
            ssml: None,
            voice: None,
            language: None,
            times: Some(1),
        };
        for kept in [false, true] {
            let mut said = sounds.say(&say);
            assert!(said.next().await.is_some_and(|part| part.is_ok()));
            assert!(said.next().await.is_none());
            assert_eq!(sounds.said_before(&say).is_some(), kept, "by the first only");
        }
    }

    #[test]
    fn a_voice_that_speaks_one_language_speaks_it() {
        let say = |voice: Option<&str>, language: Option<&str>| twiml::Say {
            text: "Oi".to_owned(),
            ssml: None,
            voice: voice.map(str::to_owned),
            language: language.map(str::to_owned),
            times: Some(1),
        };
        assert_eq!(language_of(&say(None, None)), "en-US");
        assert_eq!(language_of(&say(Some("woman"), None)), "en-US");
        assert_eq!(language_of(&say(Some("Polly.Vitoria"), None)), "pt-BR");
        assert_eq!(language_of(&say(Some("Polly.Vitoria"), Some("en-GB"))), "en-GB");
    }
}
