//! The engines in order, what they spoke kept, and bounds on how much they make at once.
//!
//! The same sentence asked for twice at the same time is made once. Live calls take turns sentence by sentence, so that
//! a long text doesn't keep a short one waiting; what is prepared ahead never goes before any of them.

mod ahead;
mod saying;
mod seats;

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, Semaphore, SemaphorePermit};

use crate::cache::Cache;
use crate::key::Key;
use crate::level::{level, trimmed};
use crate::pieces::{Piece, pieces};
use crate::shelf::Shelf;
use crate::{Route, SayError, ShelfSettings, Speech, Synthesizer, Utterance};
use ahead::Ahead;
use seats::{Candidate, Seat};

pub use saying::Saying;

/// How much [`Voices`] keeps and makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of speech that are kept in memory, 64 MiB unless said: about 23 minutes at 24,000 Hz. 0 keeps none.
    pub cache_bytes: usize,
    /// Sentences that are made at once, 2 unless said; at least 1.
    pub at_once: usize,
    /// Texts whose first sentence waits for its turn, 256 unless said; beyond, [`SayError::Busy`] at once.
    pub queue: usize,
    /// How long a sentence waits for its turn, 15 s unless said; then [`SayError::Busy`].
    pub patience: Duration,
    /// Longest text in characters, 4,096 unless said (Twilio's limit for `<Say>`, error 13521).
    pub characters: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            cache_bytes: 64 * 1024 * 1024,
            at_once: 2,
            queue: 256,
            patience: Duration::from_secs(15),
            characters: 4096,
        }
    }
}

/// What [`Voices`] are beside their engines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How much is kept and made.
    pub limits: Limits,
    /// Who speaks for a voice or a language; the first that fits counts. Others are asked in the order of the engines.
    pub routes: Vec<Route>,
    /// Where what was spoken is kept over a restart; `None`: in memory alone.
    pub shelf: Option<ShelfSettings>,
}

/// The engines, and what they spoke.
pub struct Voices {
    studio: Arc<Studio>,
}

/// What all that is being said shares.
struct Studio {
    seats: Vec<Seat>,
    routes: Vec<Route>,
    limits: Limits,
    cache: Mutex<Cache>,
    shelf: Option<Arc<Shelf>>,
    making: Mutex<Making>,
    /// Whose first sentence is let in: being made or waiting.
    places: Semaphore,
    /// Who is being made.
    turns: Semaphore,
    /// A turn ended.
    quiet: Notify,
    ahead: Mutex<Ahead>,
    /// Voices' names that were warned of.
    warned: Mutex<HashSet<String>>,
}

type Made = OnceCell<Result<Arc<Speech>, SayError>>;
type Making = HashMap<Key, Arc<Made>>;

/// Voices' names that are warned of; more come from applications that make them up.
const WARNINGS: usize = 1_000;

/// Who asks for a sentence, and so how it gets its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    /// Somebody who hears nothing yet: refused at once where too many wait.
    First,
    /// Somebody who listens already.
    Later,
    /// Nobody yet: it has a turn that no other wanted.
    Ahead,
}

impl Voices {
    /// Asks `engines` in this order; keeps in memory alone.
    pub fn new(engines: Vec<Box<dyn Synthesizer>>, limits: Limits) -> Voices {
        Voices::seated(engines, limits, Vec::new(), None)
    }

    /// [`Voices::new`] with routes and a folder. Fails where the folder can't be made.
    pub fn open(engines: Vec<Box<dyn Synthesizer>>, settings: Settings) -> std::io::Result<Voices> {
        let shelf = settings.shelf.map(Shelf::open).transpose()?.map(Arc::new);
        Ok(Voices::seated(engines, settings.limits, settings.routes, shelf))
    }

    fn seated(
        engines: Vec<Box<dyn Synthesizer>>,
        limits: Limits,
        routes: Vec<Route>,
        shelf: Option<Arc<Shelf>>,
    ) -> Voices {
        let at_once = limits.at_once.clamp(1, Semaphore::MAX_PERMITS / 2);
        let queue = limits.queue.min(Semaphore::MAX_PERMITS / 2);
        let studio = Studio {
            seats: engines.into_iter().map(Seat::new).collect(),
            routes,
            cache: Mutex::new(Cache::new(limits.cache_bytes)),
            shelf,
            making: Mutex::new(HashMap::new()),
            places: Semaphore::new(at_once + queue),
            turns: Semaphore::new(at_once),
            quiet: Notify::new(),
            ahead: Mutex::default(),
            warned: Mutex::default(),
            limits,
        };
        Voices { studio: Arc::new(studio) }
    }

    /// The engines, in the order in which they are asked.
    pub fn engines(&self) -> impl Iterator<Item = &dyn Synthesizer> {
        self.studio.seats.iter().map(|seat| seat.engine.as_ref())
    }

    /// The engine that is asked first for `utterance`.
    pub fn speaker(&self, utterance: &Utterance) -> Option<&dyn Synthesizer> {
        let candidate = self.studio.candidates(utterance).into_iter().next()?;
        Some(self.studio.seats[candidate.seat].engine.as_ref())
    }

    /// Begins to speak: the sentences come one after the other, each from what is kept, else by the first engine for its
    /// language, else by the next. On a runtime of tokio only.
    pub fn say(&self, utterance: &Utterance) -> Saying {
        Saying::begin(&self.studio, utterance)
    }

    /// All of it at once.
    pub async fn speak(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        let mut saying = self.say(utterance);
        let mut whole: Option<Speech> = None;
        while let Some(part) = saying.next().await {
            let part = part?;
            match &mut whole {
                None => whole = Some(Speech::clone(&part)),
                Some(whole) => whole.append(&part)?,
            }
        }
        Ok(whole.unwrap_or_else(Speech::nothing))
    }

    /// Has `utterance` made while nobody waits for a turn, so that it is there when it is asked for. Where too much is to be prepared,
    /// what was asked for first is left out. Nothing happens without a runtime of tokio.
    pub fn prepare(&self, utterance: &Utterance) {
        ahead::prepare(&self.studio, utterance);
    }

    /// What is to be said of a voice's name that nobody knows: once for each name.
    pub fn warning(&self, utterance: &Utterance) -> Option<String> {
        let warning = self.studio.unknown(utterance)?;
        let name = utterance.voice.clone()?;
        let mut warned = locked(&self.studio.warned);
        (warned.len() < WARNINGS && warned.insert(name)).then_some(warning)
    }
}

impl Studio {
    /// The pieces of a text that isn't too long.
    fn pieces(&self, utterance: &Utterance) -> Result<Vec<Piece>, SayError> {
        let limit = self.limits.characters;
        let characters = utterance.text.chars().count();
        if characters > limit {
            return Err(SayError::TooLong { characters, limit });
        }
        Ok(pieces(utterance))
    }

    /// Speaks one piece, by the first engine that can, whose seat is told. `failed` are those that couldn't for this listener.
    async fn speak(
        &self,
        piece: &Utterance,
        admission: Admission,
        failed: &mut Vec<usize>,
    ) -> Result<(usize, Arc<Speech>), SayError> {
        let mut candidates = self.candidates(piece);
        // A sort that keeps the order of those that are alike.
        candidates.sort_by_key(|candidate| {
            failed.contains(&candidate.seat) || self.seats[candidate.seat].rests()
        });
        let mut errors: Vec<(usize, SayError)> = Vec::new();
        for candidate in candidates {
            if let Some(speech) = self.kept(candidate.key).await {
                return Ok((candidate.seat, speech));
            }
            match self.made(&candidate, admission).await {
                Ok(speech) => return Ok((candidate.seat, speech)),
                // Others would only add to the load.
                Err(error @ SayError::Busy { .. }) => return Err(error),
                Err(error) => {
                    failed.push(candidate.seat);
                    errors.push((candidate.rank, error));
                }
            }
        }
        // The first engine is the one that the operator chose: its reason is the one to mend.
        let first = errors.into_iter().min_by_key(|(rank, _)| *rank).map(|(_, error)| error);
        Err(first.unwrap_or_else(|| SayError::NoEngine { language: piece.language.clone() }))
    }

    async fn kept(&self, key: Key) -> Option<Arc<Speech>> {
        if let Some(speech) = locked(&self.cache).find(key) {
            return Some(speech);
        }
        let shelf = self.shelf.as_ref().filter(|shelf| shelf.may_have(key))?;
        let shelf = Arc::clone(shelf);
        let speech = tokio::task::spawn_blocking(move || shelf.read(key)).await.ok()??;
        let speech = Arc::new(speech);
        locked(&self.cache).keep(key, &speech);
        Some(speech)
    }

    /// Joins those who wait for the same.
    async fn made(
        &self,
        candidate: &Candidate,
        admission: Admission,
    ) -> Result<Arc<Speech>, SayError> {
        let key = candidate.key;
        let made = Arc::clone(locked(&self.making).entry(key).or_default());
        let share = Share { making: &self.making, key, made };
        let began = AtomicBool::new(false);
        let mut making = pin!(share.made.get_or_init(|| {
            began.store(true, Ordering::Relaxed);
            self.make(candidate, admission)
        }));
        // Who prepares has a turn, and must not wait with it for somebody who waits for a turn.
        let gives_way =
            |began: &AtomicBool| admission == Admission::Ahead && !began.load(Ordering::Relaxed);
        poll_fn(|context| match making.as_mut().poll(context) {
            Poll::Ready(made) => Poll::Ready(made.clone()),
            Poll::Pending if gives_way(&began) => {
                Poll::Ready(Err(SayError::Busy { waiting: self.waiting() }))
            }
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    async fn make(
        &self,
        candidate: &Candidate,
        admission: Admission,
    ) -> Result<Arc<Speech>, SayError> {
        let busy = || SayError::Busy { waiting: self.waiting() };
        let (_place, _turn) = match admission {
            Admission::First => {
                let place = self.places.try_acquire().map_err(|_| busy())?;
                (Some(place), Some(self.turn().await.ok_or_else(busy)?))
            }
            Admission::Later => (None, Some(self.turn().await.ok_or_else(busy)?)),
            Admission::Ahead => (None, None),
        };
        let seat = &self.seats[candidate.seat];
        let result = seat.engine.say(&candidate.utterance).await;
        seat.heard(&result);
        let speech = result.inspect_err(|error| {
            let (engine, language) = (seat.engine.name(), &candidate.utterance.language);
            tracing::warn!(engine, language, %error, "speech failed");
        })?;
        let is_ready = seat.engine.is_level();
        let speech = Arc::new(if is_ready { speech } else { level(trimmed(speech)) });
        locked(&self.cache).keep(candidate.key, &speech);
        if let Some(shelf) = &self.shelf {
            shelf.keep(candidate.key, &speech);
        }
        Ok(speech)
    }

    /// A turn, in the order in which they were asked for; `None` when the patience ends.
    async fn turn(&self) -> Option<Turn<'_>> {
        let permit = tokio::time::timeout(self.limits.patience, self.turns.acquire()).await;
        Some(Turn { permit: Some(permit.ok()?.ok()?), quiet: &self.quiet })
    }

    /// A turn that nobody waits for: where somebody does, a turn that ends is his at once, and none is to be had here.
    fn spare_turn(&self) -> Option<Turn<'_>> {
        let permit = self.turns.try_acquire().ok()?;
        Some(Turn { permit: Some(permit), quiet: &self.quiet })
    }

    fn waiting(&self) -> usize {
        let places = self.limits.at_once.max(1).saturating_add(self.limits.queue);
        places.saturating_sub(self.places.available_permits())
    }
}

/// The right to be made.
struct Turn<'s> {
    permit: Option<SemaphorePermit<'s>>,
    quiet: &'s Notify,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // First given back, then told.
        self.permit = None;
        self.quiet.notify_one();
    }
}

/// One of those who wait for a piece; the last one to go, and the first one after it was made, takes it off the list.
struct Share<'s> {
    making: &'s Mutex<Making>,
    key: Key,
    made: Arc<Made>,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut making = locked(self.making);
        // One count is the list's, one is ours.
        let over = self.made.initialized() || Arc::strong_count(&self.made) <= 2;
        let ours = making.get(&self.key).is_some_and(|made| Arc::ptr_eq(made, &self.made));
        if ours && over {
            making.remove(&self.key);
        }
    }
}

/// A panic while the lock was held leaves a cache that may miss an entry, which is no harm.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
