//! The recognisers in order, and bounds on how much they hear at once.
//!
//! Nothing is kept: what callers say is nobody's to store.

use std::time::Duration;

use tokio::sync::Semaphore;

use super::{HearError, Recognized, Recognizer, Request};
use crate::Speech;

/// How much [`Ears`] take on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarLimits {
    /// Recordings that are recognised at once, 4 unless said; at least 1.
    pub at_once: usize,
    /// Recordings that wait for it, 64 unless said; beyond, [`HearError::Busy`] at once.
    pub queue: usize,
    /// How long a recording waits for its turn, 15 s unless said; then [`HearError::Busy`].
    pub patience: Duration,
    /// Longest audio, two hours unless said: longer than any recording of a call that is transcribed (Twilio's two minutes).
    pub longest: Duration,
}

impl Default for EarLimits {
    fn default() -> EarLimits {
        EarLimits {
            at_once: 4,
            queue: 64,
            patience: Duration::from_secs(15),
            longest: Duration::from_secs(7_200),
        }
    }
}

/// The recognisers, in the order in which they are asked.
pub struct Ears {
    engines: Vec<Box<dyn Recognizer>>,
    limits: EarLimits,
    /// Who is let in: being heard or waiting.
    places: Semaphore,
    /// Who is being heard.
    turns: Semaphore,
}

impl Ears {
    /// Ears that hear nothing: every request is [`HearError::NoEngine`].
    pub fn none() -> Ears {
        Ears::new(Vec::new(), EarLimits::default())
    }

    /// Asks `engines` in this order.
    pub fn new(engines: Vec<Box<dyn Recognizer>>, limits: EarLimits) -> Ears {
        let at_once = limits.at_once.clamp(1, Semaphore::MAX_PERMITS / 2);
        let queue = limits.queue.min(Semaphore::MAX_PERMITS / 2);
        Ears {
            engines,
            places: Semaphore::new(at_once + queue),
            turns: Semaphore::new(at_once),
            limits,
        }
    }

    /// Whether there is no engine at all.
    pub fn is_empty(&self) -> bool {
        self.engines.is_empty()
    }

    /// The engines, in the order in which they are asked.
    pub fn engines(&self) -> impl Iterator<Item = &dyn Recognizer> {
        self.engines.iter().map(AsRef::as_ref)
    }

    /// Whether an engine understands `language`.
    pub fn hears(&self, language: &str) -> bool {
        self.engines.iter().any(|engine| engine.hears(language))
    }

    /// Understands by the first engine for the language, else by the next.
    pub async fn recognize(
        &self,
        audio: &Speech,
        request: &Request,
    ) -> Result<Recognized, HearError> {
        let language = &request.language;
        if !self.hears(language) {
            return Err(HearError::NoEngine { language: language.clone() });
        }
        let limit = self.limits.longest;
        if audio.duration() > limit {
            return Err(HearError::TooLong { audio: audio.duration(), limit });
        }
        let busy = || HearError::Busy { waiting: self.waiting() };
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = tokio::time::timeout(self.limits.patience, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(busy()) };
        self.ask(audio, request).await
    }

    fn waiting(&self) -> usize {
        let places = self.limits.at_once.max(1).saturating_add(self.limits.queue);
        places.saturating_sub(self.places.available_permits())
    }

    async fn ask(&self, audio: &Speech, request: &Request) -> Result<Recognized, HearError> {
        let language = &request.language;
        let mut first = None;
        for engine in self.engines.iter().filter(|engine| engine.hears(language)) {
            match engine.recognize(audio, request).await {
                Ok(recognized) => return Ok(recognized),
                Err(error) => {
                    tracing::warn!(engine = engine.name(), language, %error, "recognition failed");
                    first.get_or_insert(error);
                }
            }
        }
        // The first engine is the one that the operator chose: its reason is the one to mend.
        Err(first.unwrap_or_else(|| HearError::NoEngine { language: language.clone() }))
    }
}

#[cfg(test)]
mod tests;
