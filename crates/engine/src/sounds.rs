//! Prompts: text spoken, audio fetched, each decoded once and shared.
//!
//! Audio behind a URL is kept by that URL, so long as the server's answer may be; the cache is bounded in bytes and
//! forgets what was used longest ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use media::Prompt;
use speech::{SayError, Utterance, Voices};

use crate::http::Http;

/// Bytes that one sample of a kept prompt takes: PCM and its µ-law and A-law forms.
const BYTES_A_SAMPLE: usize = 4;
/// Language of a `<Say>` that names none.
const LANGUAGE: &str = "en-US";

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
}

#[derive(Default)]
struct Kept {
    by_url: HashMap<String, (Arc<Prompt>, u64)>,
    bytes: usize,
    uses: u64,
}

impl Sounds {
    pub(crate) fn new(http: Http, voices: Voices) -> Sounds {
        Sounds { http, voices, kept: Mutex::default() }
    }

    pub(crate) fn voices(&self) -> &Voices {
        &self.voices
    }

    /// A prompt that is here already.
    pub(crate) fn at_hand(&self, url: &str) -> Option<Arc<Prompt>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (prompt, used) = kept.by_url.get_mut(url)?;
        *used = now;
        Some(Arc::clone(prompt))
    }

    /// The audio behind `url`.
    pub(crate) async fn fetch(&self, url: &str) -> Result<Arc<Prompt>, Unplayable> {
        let answer = self.http.prompt(url).await.map_err(|error| Unplayable {
            code: error.code,
            message: format!("<Play>: {error}"),
        })?;
        let decoded = tokio::task::spawn_blocking(move || Prompt::decode(&answer.body)).await;
        match decoded {
            Ok(Ok(prompt)) => {
                let prompt = Arc::new(prompt);
                self.keep(url, &prompt);
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

    /// `say` as audio.
    pub(crate) async fn say(&self, say: &twiml::Say) -> Result<Arc<Prompt>, Unplayable> {
        let utterance = Utterance {
            text: say.text.clone(),
            ssml: say.ssml.clone(),
            voice: say.voice.clone(),
            language: say.language.clone().unwrap_or_else(|| LANGUAGE.to_owned()),
        };
        let speech = self.voices.say(&utterance).await.map_err(|error| unsayable(&error))?;
        let (rate, samples) = (speech.rate, speech.samples.clone());
        match tokio::task::spawn_blocking(move || Prompt::from_pcm(rate, samples)).await {
            Ok(Ok(prompt)) => Ok(Arc::new(prompt)),
            Ok(Err(error)) => Err(Unplayable { code: 12400, message: format!("<Say>: {error}") }),
            Err(_) => Err(Unplayable { code: 12400, message: "<Say> failed".to_owned() }),
        }
    }

    fn keep(&self, url: &str, prompt: &Arc<Prompt>) {
        let most = self.http.settings().prompt_cache;
        let size = prompt.samples().len() * BYTES_A_SAMPLE;
        if size > most {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        if let Some((old, _)) = kept.by_url.insert(url.to_owned(), (Arc::clone(prompt), now)) {
            kept.bytes = kept.bytes.saturating_sub(old.samples().len() * BYTES_A_SAMPLE);
        }
        kept.bytes += size;
        while kept.bytes > most {
            let oldest = kept.by_url.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(url, _)| url.clone()) else { break };
            if let Some((old, _)) = kept.by_url.remove(&oldest) {
                kept.bytes = kept.bytes.saturating_sub(old.samples().len() * BYTES_A_SAMPLE);
            }
        }
    }
}

/// What a failed synthesis is called.
fn unsayable(error: &SayError) -> Unplayable {
    Unplayable { code: 12400, message: format!("<Say>: {error}") }
}
