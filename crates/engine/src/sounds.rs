//! Prompts: text spoken, audio fetched, each decoded once and shared.
//!
//! Audio behind a URL is kept by that URL so far as its server's answer allows (RFC 9111): while it is fresh nobody is
//! asked, later only whether it changed. What was spoken is kept by its text and voice. The cache is bounded in bytes
//! and forgets what was used longest ago.

mod said;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use media::Prompt;
use speech::{Utterance, Voices};
use tokio::sync::Semaphore;

use crate::http::{Answer, Freshness, Http, Known, Prompted};

/// Bytes that one sample of a kept prompt takes: PCM and its µ-law and A-law forms.
const BYTES_A_SAMPLE: usize = 4;

/// Why a sound can't be played.
#[derive(Debug)]
pub(crate) struct Unplayable {
    /// Twilio's code.
    pub(crate) code: u32,
    pub(crate) message: String,
}

/// Where prompts come from.
pub(crate) struct Sounds {
    http: Http,
    voices: Voices,
    kept: Mutex<Kept>,
    /// As many files are decoded at once as there are cores; more wait.
    decoders: Semaphore,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    uses: u64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Url(String),
    Said(Utterance),
}

struct Entry {
    prompt: Arc<Prompt>,
    used: u64,
    /// Until it has to be asked for again; `None`: never.
    fresh_until: Option<Instant>,
    /// What is asked then.
    known: Option<Known>,
}

impl Sounds {
    pub(crate) fn new(http: Http, voices: Voices) -> Sounds {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Sounds { http, voices, kept: Mutex::default(), decoders: Semaphore::new(cores) }
    }

    pub(crate) fn voices(&self) -> &Voices {
        &self.voices
    }

    /// A prompt that is here already, and may be played without asking.
    pub(crate) fn at_hand(&self, url: &str) -> Option<Arc<Prompt>> {
        let mut kept = self.kept();
        let entry = kept.used(&Key::Url(url.to_owned()))?;
        let fresh = entry.fresh_until.is_none_or(|until| Instant::now() < until);
        fresh.then(|| Arc::clone(&entry.prompt))
    }

    /// The audio behind `url`.
    pub(crate) async fn fetch(&self, url: &str) -> Result<Arc<Prompt>, Unplayable> {
        let key = Key::Url(url.to_owned());
        let known = self.kept().entries.get(&key).and_then(|entry| entry.known.clone());
        let mut asked = self.http.prompt(url, known.as_ref()).await;
        if let Ok(Prompted::Unchanged(freshness)) = &asked {
            if let Some(prompt) = self.renew(&key, freshness) {
                return Ok(prompt);
            }
            // Forgotten meanwhile.
            asked = self.http.prompt(url, None).await;
        }
        match asked {
            Ok(Prompted::New(answer)) => self.decode(key, url, answer).await,
            Ok(Prompted::Unchanged(_)) => {
                Err(Unplayable { code: 11206, message: format!("<Play>: {url} sent no audio") })
            }
            Err(error) => Err(Unplayable { code: error.code, message: format!("<Play>: {error}") }),
        }
    }

    async fn decode(&self, key: Key, url: &str, answer: Answer) -> Result<Arc<Prompt>, Unplayable> {
        let Answer { url: from, freshness, body, .. } = answer;
        let turn = self.decoders.acquire().await;
        let decoded = tokio::task::spawn_blocking(move || Prompt::decode(&body)).await;
        drop(turn);
        match decoded {
            Ok(Ok(prompt)) => {
                let prompt = Arc::new(prompt);
                self.keep(key, Entry::of_url(Arc::clone(&prompt), url, from, &freshness));
                Ok(prompt)
            }
            Ok(Err(error)) => Err(Unplayable {
                code: 12300,
                message: format!("<Play>: {url} is no audio that can be played: {error}"),
            }),
            Err(_) => Err(Unplayable {
                code: 12400,
                message: format!("<Play>: decoding {url} failed; please report it with the file"),
            }),
        }
    }

    /// It is still right: for how long now, and what it is.
    fn renew(&self, key: &Key, freshness: &Freshness) -> Option<Arc<Prompt>> {
        let mut kept = self.kept();
        let entry = kept.used(key)?;
        entry.fresh_until = Some(Instant::now() + freshness.fresh_for);
        Some(Arc::clone(&entry.prompt))
    }

    /// Keeps an entry in place of the one before; `None` only forgets that.
    fn keep(&self, key: Key, entry: Option<Entry>) {
        let most = self.http.settings().prompt_cache;
        let mut kept = self.kept();
        kept.forget(&key);
        let Some(mut entry) = entry.filter(|entry| entry.bytes() <= most) else { return };
        kept.uses += 1;
        entry.used = kept.uses;
        kept.bytes += entry.bytes();
        kept.entries.insert(key, entry);
        while kept.bytes > most {
            let oldest = kept.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            kept.forget(&oldest);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The entry, which is used now.
    fn used(&mut self, key: &Key) -> Option<&mut Entry> {
        self.uses += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.uses;
        Some(entry)
    }

    fn forget(&mut self, key: &Key) {
        if let Some(old) = self.entries.remove(key) {
            self.bytes = self.bytes.saturating_sub(old.bytes());
        }
    }
}

impl Entry {
    fn new(prompt: Arc<Prompt>) -> Entry {
        Entry { prompt, used: 0, fresh_until: None, known: None }
    }

    /// What `url` led to at last; `None` if its server doesn't want it kept, or that would be of no use.
    fn of_url(prompt: Arc<Prompt>, url: &str, from: String, said: &Freshness) -> Option<Entry> {
        if !said.may_be_kept {
            return None;
        }
        // What a redirect led to may be fresh, but the redirect itself isn't (RFC 9110 §15.4).
        let redirected = url.split('#').next() != Some(from.as_str());
        let now = Instant::now();
        let fresh_until = if redirected { now } else { now + said.fresh_for };
        let known = Some(Known { validators: said.validators.clone(), url: from });
        Some(Entry { fresh_until: Some(fresh_until), known, ..Entry::new(prompt) })
    }

    fn bytes(&self) -> usize {
        self.prompt.samples().len() * BYTES_A_SAMPLE
    }
}
