//! Words from a server with OpenAI's `POST /v1/audio/transcriptions`: OpenAI itself, or one of those that speak like it.
//!
//! The audio goes as a WAV file in a form (RFC 7578). `verbose_json` is asked for first, because it tells how sure the
//! server is; one that refuses it is asked for `json` from then on. Nothing else is retried here, no redirect is followed
//! (it could carry the key and the caller's words away), and an answer is read up to a limit.
//! <https://platform.openai.com/docs/api-reference/audio/createTranscription>

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::Secret;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde::Deserialize;

use super::form::Form;
use super::{HearError, Recognized, Recognizer, Request, knows};
use crate::Speech;
use crate::http::{self, Unread};
use crate::wav::write_wav;

/// Where speech is recognised, under the server's address.
const PATH: &str = "/v1/audio/transcriptions";

/// Time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// So much of the hints is sent, in characters: whisper reads no more than the last 224 tokens of a prompt.
const PROMPT_LIMIT: usize = 800;

/// Shorter audio is silence and nobody is asked: OpenAI refuses less than 0.1 s.
const SHORTEST: Duration = Duration::from_millis(100);

/// How a server is asked.
#[derive(Clone, Debug)]
pub struct TranscriptionsSettings {
    /// Its address (`https://api.openai.com`), with or without `/v1`.
    pub url: String,
    /// Sent as bearer token; `None` for a server of one's own.
    pub key: Option<Secret>,
    /// `whisper-1` unless said.
    pub model: String,
    /// Languages it is asked for (`pt`, `pt-BR`); empty: all.
    pub languages: Vec<String>,
    /// From the first byte sent to the last one read, 30 s unless said.
    pub timeout: Duration,
    /// Longest answer in bytes, 4 MiB unless said.
    pub max_bytes: usize,
}

impl TranscriptionsSettings {
    /// The defaults for a server at `url`.
    pub fn new(url: impl Into<String>) -> TranscriptionsSettings {
        TranscriptionsSettings {
            url: url.into(),
            key: None,
            model: "whisper-1".to_owned(),
            languages: Vec::new(),
            timeout: Duration::from_secs(30),
            max_bytes: 4 * 1024 * 1024,
        }
    }
}

/// Why a server can't even be asked.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptionsError {
    /// Write the whole address, with `http://` or `https://`.
    #[error("'{url}' is not the address of a recognition server")]
    Url {
        /// As set.
        url: String,
    },
    /// The key has characters that a header can't carry.
    #[error("the key of the recognition server can't be sent in a header")]
    Key,
    /// TLS could not be set up on this machine.
    #[error("HTTP can't be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// A server that recognises.
pub struct Transcriptions {
    name: String,
    url: Url,
    authorization: Option<HeaderValue>,
    client: Client,
    settings: TranscriptionsSettings,
    /// It has refused `verbose_json`, as OpenAI's `gpt-4o-transcribe` does.
    terse: AtomicBool,
}

impl Transcriptions {
    /// Reads the settings; the server is not asked yet.
    pub fn new(settings: TranscriptionsSettings) -> Result<Transcriptions, TranscriptionsError> {
        let url = http::address(&settings.url, PATH)
            .ok_or_else(|| TranscriptionsError::Url { url: settings.url.clone() })?;
        let key = settings.key.as_ref();
        let authorization =
            key.map(|key| http::bearer(key).ok_or(TranscriptionsError::Key)).transpose()?;
        let client = Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .map_err(TranscriptionsError::Client)?;
        let name = format!("recognition server {}", url.host_str().unwrap_or_default());
        let terse = AtomicBool::new(false);
        Ok(Transcriptions { name, url, authorization, client, settings, terse })
    }

    fn failed(&self, reason: impl Into<String>) -> HearError {
        HearError::Engine { engine: self.name.clone(), reason: reason.into() }
    }

    fn broken(&self, error: &reqwest::Error) -> HearError {
        if error.is_timeout() {
            return HearError::Timeout { engine: self.name.clone(), after: self.settings.timeout };
        }
        self.failed(format!("{} does not answer: {}", self.url, http::cause(error)))
    }

    fn form(&self, audio: &Speech, request: &Request, format: &str) -> Form {
        let mut form = Form::default();
        form.file("file", "audio.wav", "audio/wav", write_wav(audio));
        form.field("model", self.model(request));
        // ISO 639-1, which is the tag's first part: all servers know it, few know `pt-BR`.
        if let Some(language) = request.language.split('-').next().filter(|it| !it.is_empty()) {
            form.field("language", &language.to_ascii_lowercase());
        }
        let prompt = prompt(&request.hints);
        if !prompt.is_empty() {
            form.field("prompt", &prompt);
        }
        form.field("response_format", format);
        form
    }

    fn model<'a>(&'a self, request: &'a Request) -> &'a str {
        let asked = request.model.as_deref().filter(|model| !is_twilios(model));
        asked.unwrap_or(&self.settings.model)
    }

    async fn ask(&self, form: Form) -> Result<(StatusCode, Vec<u8>), HearError> {
        let (kind, body) = form.finish();
        let mut post = self.client.post(self.url.clone()).header(CONTENT_TYPE, kind).body(body);
        if let Some(authorization) = &self.authorization {
            post = post.header(AUTHORIZATION, authorization);
        }
        let response = post.send().await.map_err(|error| self.broken(&error))?;
        let status = response.status();
        Ok((status, self.body(response).await?))
    }

    /// The body, up to the limit.
    async fn body(&self, response: Response) -> Result<Vec<u8>, HearError> {
        let limit = self.settings.max_bytes;
        http::body(response, limit).await.map_err(|unread| match unread {
            Unread::TooLong => self.failed(format!("the answer is longer than {limit} bytes")),
            Unread::Broken(error) => self.broken(&error),
        })
    }
}

#[async_trait::async_trait]
impl Recognizer for Transcriptions {
    fn name(&self) -> &str {
        &self.name
    }

    fn hears(&self, language: &str) -> bool {
        knows(&self.settings.languages, language)
    }

    async fn recognize(&self, audio: &Speech, request: &Request) -> Result<Recognized, HearError> {
        if audio.duration() < SHORTEST {
            return Ok(Recognized { text: String::new(), confidence: None });
        }
        let terse = self.terse.load(Ordering::Relaxed);
        let format = if terse { "json" } else { "verbose_json" };
        let (mut status, mut body) = self.ask(self.form(audio, request, format)).await?;
        let refused = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
        if !terse && refused && mentions_format(&body) {
            self.terse.store(true, Ordering::Relaxed);
            (status, body) = self.ask(self.form(audio, request, "json")).await?;
        }
        if !status.is_success() {
            return Err(self.failed(http::refusal(status, &body)));
        }
        answer(&body).map_err(|reason| self.failed(reason))
    }
}

/// What a server answers; `json` has the text alone.
#[derive(Deserialize)]
struct Answer {
    text: String,
    #[serde(default)]
    segments: Vec<Segment>,
}

/// A part of a `verbose_json`.
#[derive(Deserialize)]
struct Segment {
    avg_logprob: Option<f32>,
    #[serde(default)]
    start: f32,
    #[serde(default)]
    end: f32,
}

/// Reads an answer, or says why it can't be; some servers answer the bare text, whatever they are asked for.
fn answer(body: &[u8]) -> Result<Recognized, String> {
    let text = std::str::from_utf8(body).map_err(|_| "its answer is not UTF-8".to_owned())?.trim();
    if !text.starts_with('{') {
        return match text.get(..1) {
            Some("<") => Err("it answered a page, not a transcription".to_owned()),
            Some(_) | None => Ok(Recognized { text: text.to_owned(), confidence: None }),
        };
    }
    let answer: Answer = serde_json::from_str(text)
        .map_err(|error| format!("its answer is no transcription: {error}"))?;
    let confidence = confidence(&answer.segments);
    Ok(Recognized { text: answer.text.trim().to_owned(), confidence })
}

/// The mean probability of a token, each segment counted by its length.
fn confidence(segments: &[Segment]) -> Option<f32> {
    let weighted = segments.iter().filter_map(|segment| {
        let length = (segment.end - segment.start).max(0.01);
        Some((segment.avg_logprob.filter(|logprob| logprob.is_finite())?, length))
    });
    let (sum, length) = weighted.fold((0.0, 0.0), |(sum, total), (logprob, length)| {
        (sum + logprob * length, total + length)
    });
    (length > 0.0).then(|| (sum / length).exp().clamp(0.0, 1.0))
}

/// The hints as whisper likes them: a text in which they occur.
fn prompt(hints: &[String]) -> String {
    let mut prompt = String::new();
    for hint in hints.iter().map(|hint| hint.trim()).filter(|hint| !hint.is_empty()) {
        let separator = if prompt.is_empty() { "" } else { ", " };
        if prompt.len() + separator.len() + hint.len() > PROMPT_LIMIT {
            break;
        }
        prompt.push_str(separator);
        prompt.push_str(hint);
    }
    prompt
}

/// Names of `speechModel` (<https://www.twilio.com/docs/voice/twiml/gather#speechmodel>), which no server of one's own knows.
fn is_twilios(model: &str) -> bool {
    let names = [
        "default",
        "numbers_and_commands",
        "phone_call",
        "experimental_conversations",
        "experimental_utterances",
    ];
    names.contains(&model) || ["googlev2_", "deepgram_"].iter().any(|by| model.starts_with(by))
}

/// Whether a refusal is about what was asked for besides the audio.
fn mentions_format(body: &[u8]) -> bool {
    let words = String::from_utf8_lossy(body);
    ["response_format", "verbose_json"].iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests;
