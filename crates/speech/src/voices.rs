//! The engines in order, what they spoke kept, and bounds on how much they make at once.
//!
//! The same utterance asked for twice at the same time is made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};

use crate::cache::Cache;
use crate::{SayError, Speech, Synthesizer, Utterance};

/// How much [`Voices`] keeps and makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of speech that are kept, 64 MiB unless said: about 25 minutes at 22,050 Hz. 0 keeps none.
    pub cache_bytes: usize,
    /// Utterances that are made at once, 2 unless said; at least 1.
    pub at_once: usize,
    /// Utterances that wait for it, 64 unless said; beyond, [`SayError::Busy`] at once.
    pub queue: usize,
    /// How long an utterance waits for its turn, 15 s unless said; then [`SayError::Busy`].
    pub patience: Duration,
    /// Longest text in characters, 4,096 unless said (Twilio's limit for `<Say>`, error 13521).
    pub characters: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            cache_bytes: 64 * 1024 * 1024,
            at_once: 2,
            queue: 64,
            patience: Duration::from_secs(15),
            characters: 4096,
        }
    }
}

/// The engines, and what they spoke.
pub struct Voices {
    engines: Vec<Box<dyn Synthesizer>>,
    limits: Limits,
    cache: Mutex<Cache>,
    making: Mutex<Making>,
    /// Who is let in: being made or waiting.
    places: Semaphore,
    /// Who is being made.
    turns: Semaphore,
}

type Made = OnceCell<Result<Arc<Speech>, SayError>>;
type Making = HashMap<Arc<Utterance>, Arc<Made>>;

impl Voices {
    /// Asks `engines` in this order.
    pub fn new(engines: Vec<Box<dyn Synthesizer>>, limits: Limits) -> Voices {
        let at_once = limits.at_once.clamp(1, Semaphore::MAX_PERMITS / 2);
        let queue = limits.queue.min(Semaphore::MAX_PERMITS / 2);
        Voices {
            engines,
            cache: Mutex::new(Cache::new(limits.cache_bytes)),
            making: Mutex::new(HashMap::new()),
            places: Semaphore::new(at_once + queue),
            turns: Semaphore::new(at_once),
            limits,
        }
    }

    /// The engines, in the order in which they are asked.
    pub fn engines(&self) -> impl Iterator<Item = &dyn Synthesizer> {
        self.engines.iter().map(AsRef::as_ref)
    }

    /// Speaks: from what is kept, else by the first engine for the language, else by the next.
    pub async fn say(&self, utterance: &Utterance) -> Result<Arc<Speech>, SayError> {
        if let Some(speech) = locked(&self.cache).find(utterance) {
            return Ok(speech);
        }
        let share = self.share(utterance);
        share.made.get_or_init(|| self.make(utterance)).await.clone()
    }

    /// Joins those who wait for the same utterance.
    fn share(&self, utterance: &Utterance) -> Share<'_> {
        let utterance = Arc::new(utterance.clone());
        let made = Arc::clone(locked(&self.making).entry(Arc::clone(&utterance)).or_default());
        Share { making: &self.making, utterance, made }
    }

    async fn make(&self, utterance: &Utterance) -> Result<Arc<Speech>, SayError> {
        let limit = self.limits.characters;
        let characters = utterance.text.chars().count();
        if characters > limit {
            return Err(SayError::TooLong { characters, limit });
        }
        let busy = || SayError::Busy { waiting: self.waiting() };
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = tokio::time::timeout(self.limits.patience, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(busy()) };
        let speech = Arc::new(self.ask(utterance).await?);
        locked(&self.cache).keep(utterance, &speech);
        Ok(speech)
    }

    fn waiting(&self) -> usize {
        let places = self.limits.at_once.max(1).saturating_add(self.limits.queue);
        places.saturating_sub(self.places.available_permits())
    }

    async fn ask(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        let language = &utterance.language;
        let mut first = None;
        for engine in self.engines.iter().filter(|engine| engine.speaks(language)) {
            match engine.say(utterance).await {
                Ok(speech) => return Ok(speech),
                Err(error) => {
                    tracing::warn!(engine = engine.name(), language, %error, "speech failed");
                    first.get_or_insert(error);
                }
            }
        }
        // The first engine is the one that the operator chose: its reason is the one to mend.
        Err(first.unwrap_or_else(|| SayError::NoEngine { language: language.clone() }))
    }
}

/// One of those who wait for an utterance; the last one to go, and the first one after it was made, takes it off the list.
struct Share<'v> {
    making: &'v Mutex<Making>,
    utterance: Arc<Utterance>,
    made: Arc<Made>,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut making = locked(self.making);
        // One count is the list's, one is ours.
        let over = self.made.initialized() || Arc::strong_count(&self.made) <= 2;
        let ours = making.get(&self.utterance).is_some_and(|made| Arc::ptr_eq(made, &self.made));
        if ours && over {
            making.remove(&self.utterance);
        }
    }
}

/// A panic while the lock was held leaves a cache that may miss an entry, which is no harm.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
