//! Speech from a server with OpenAI's `POST /v1/audio/speech`: OpenAI itself, or one of those that speak like it.
//!
//! Nothing is retried here, no redirect is followed (it could carry the key away), and an answer is read up to a limit.
//! <https://platform.openai.com/docs/api-reference/audio/createSpeech>

use std::time::Duration;

use model::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde::Serialize;

use crate::casting::{Gender, cast};
use crate::wav::read_wav;
use crate::{SayError, Speech, Synthesizer, Utterance};

/// Where speech is made, under the server's address.
const PATH: &str = "/v1/audio/speech";

/// Time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The rate of a speech without samples, which can be any.
const SILENCE_RATE: u32 = 8_000;

/// So much of a server's refusal is shown, in characters.
const REASON_LIMIT: usize = 200;

/// What is asked of the server, and how its answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioFormat {
    /// `wav`, the default.
    Wav,
    /// `pcm`: bare 16-bit samples, one channel.
    Pcm {
        /// Samples a second; OpenAI's are 24,000.
        rate: u32,
    },
}

/// How a server is asked.
#[derive(Clone, Debug)]
pub struct OpenAiSettings {
    /// Its address (`https://api.openai.com`), with or without `/v1`.
    pub url: String,
    /// Sent as bearer token; `None` for a server of one's own.
    pub key: Option<Secret>,
    /// `tts-1` unless said.
    pub model: String,
    /// `alloy` unless said.
    pub voice: String,
    /// Instead of `voice` where the application asks for a man; `None`: `voice`.
    pub man: Option<String>,
    /// Instead of `voice` where the application asks for a woman; `None`: `voice`.
    pub woman: Option<String>,
    /// Languages it is asked for (`pt`, `pt-BR`); empty: all.
    pub languages: Vec<String>,
    /// WAV unless said.
    pub format: AudioFormat,
    /// From the first byte sent to the last one read, 20 s unless said.
    pub timeout: Duration,
    /// Longest answer in bytes, 32 MiB unless said: about ten minutes at 24,000 Hz.
    pub max_bytes: usize,
}

impl OpenAiSettings {
    /// The defaults for a server at `url`.
    pub fn new(url: impl Into<String>) -> OpenAiSettings {
        OpenAiSettings {
            url: url.into(),
            key: None,
            model: "tts-1".to_owned(),
            voice: "alloy".to_owned(),
            man: None,
            woman: None,
            languages: Vec::new(),
            format: AudioFormat::Wav,
            timeout: Duration::from_secs(20),
            max_bytes: 32 * 1024 * 1024,
        }
    }
}

/// Why a server can't even be asked.
#[derive(Debug, thiserror::Error)]
pub enum OpenAiError {
    /// Write the whole address, with `http://` or `https://`.
    #[error("'{url}' is not the address of a speech server")]
    Url {
        /// As set.
        url: String,
    },
    /// The key has characters that a header can't carry.
    #[error("the key of the speech server can't be sent in a header")]
    Key,
    /// TLS could not be set up on this machine.
    #[error("HTTP can't be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// A server that speaks.
pub struct OpenAi {
    name: String,
    url: Url,
    authorization: Option<HeaderValue>,
    client: Client,
    settings: OpenAiSettings,
}

/// The body of a request.
#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    voice: &'a str,
    input: &'a str,
    response_format: &'static str,
}

impl OpenAi {
    /// Reads the settings; the server is not asked yet.
    pub fn new(settings: OpenAiSettings) -> Result<OpenAi, OpenAiError> {
        let url =
            address(&settings.url).ok_or_else(|| OpenAiError::Url { url: settings.url.clone() })?;
        let authorization = settings.key.as_ref().map(bearer).transpose()?;
        let client = Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .map_err(OpenAiError::Client)?;
        let name = format!("speech server {}", url.host_str().unwrap_or_default());
        Ok(OpenAi { name, url, authorization, client, settings })
    }

    /// The server's voice for what the application asked.
    fn voice<'a>(&'a self, asked: Option<&'a str>) -> &'a str {
        let settings = &self.settings;
        let Some(asked) = asked else { return &settings.voice };
        // A name that isn't Twilio's is the server's own.
        let Some(casting) = cast(asked) else { return asked };
        let chosen = match casting.gender {
            Some(Gender::Man) => settings.man.as_ref(),
            Some(Gender::Woman) => settings.woman.as_ref(),
            None => None,
        };
        chosen.unwrap_or(&settings.voice)
    }

    fn failed(&self, reason: impl Into<String>) -> SayError {
        SayError::Engine { engine: self.name.clone(), reason: reason.into() }
    }

    fn broken(&self, error: &reqwest::Error) -> SayError {
        if error.is_timeout() {
            return SayError::Timeout { engine: self.name.clone(), after: self.settings.timeout };
        }
        // The innermost cause says what happened ("connection refused"); the outer ones repeat the address.
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        self.failed(format!("{} does not answer: {cause}", self.url))
    }

    /// The body, up to the limit.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, SayError> {
        let limit = self.settings.max_bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error))? {
            if body.len() + chunk.len() > limit {
                return Err(self.failed(format!("the answer is longer than {limit} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn read(&self, kind: &str, body: &[u8]) -> Result<Speech, SayError> {
        if body.starts_with(b"RIFF") {
            return read_wav(body).map_err(|error| self.failed(error.to_string()));
        }
        let textual = ["text/", "application/json", "application/xml"];
        match self.settings.format {
            AudioFormat::Pcm { rate } if !textual.iter().any(|text| kind.starts_with(text)) => {
                let pairs = body.as_chunks::<2>().0;
                Ok(Speech {
                    rate,
                    samples: pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect(),
                })
            }
            AudioFormat::Pcm { .. } => Err(self.failed(format!("it answered {kind}, not PCM"))),
            AudioFormat::Wav => Err(self.failed(format!("it answered {kind}, not WAV"))),
        }
    }
}

/// The whole address, out of one with or without its path.
fn address(written: &str) -> Option<Url> {
    let base = written.trim().trim_end_matches('/');
    let base = base.strip_suffix(PATH).or_else(|| base.strip_suffix("/v1")).unwrap_or(base);
    let mut url = Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let path = format!("{}{PATH}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

fn bearer(key: &Secret) -> Result<HeaderValue, OpenAiError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", key.reveal())).map_err(|_| OpenAiError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}

#[async_trait::async_trait]
impl Synthesizer for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn speaks(&self, language: &str) -> bool {
        let languages = &self.settings.languages;
        languages.is_empty()
            || languages.iter().any(|known| {
                language.eq_ignore_ascii_case(known)
                    || language
                        .split_once('-')
                        .is_some_and(|(primary, _)| primary.eq_ignore_ascii_case(known))
            })
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        if utterance.text.trim().is_empty() {
            // Nothing but a pause in SSML: servers refuse an empty text.
            return Ok(Speech { rate: SILENCE_RATE, samples: Vec::new() });
        }
        let request = Request {
            model: &self.settings.model,
            voice: self.voice(utterance.voice.as_deref()),
            input: &utterance.text,
            response_format: match self.settings.format {
                AudioFormat::Wav => "wav",
                AudioFormat::Pcm { .. } => "pcm",
            },
        };
        let body = serde_json::to_vec(&request).map_err(|error| self.failed(error.to_string()))?;
        let mut post =
            self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(authorization) = &self.authorization {
            post = post.header(reqwest::header::AUTHORIZATION, authorization);
        }
        let response = post.send().await.map_err(|error| self.broken(&error))?;
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or("nothing in particular").to_ascii_lowercase();
        let body = self.body(response).await?;
        if !status.is_success() {
            return Err(self.failed(refusal(status, &body)));
        }
        self.read(&kind, &body)
    }
}

/// What a server said instead of speaking, on one short line.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    let said: String = String::from_utf8_lossy(body).chars().take(REASON_LIMIT).collect();
    let words: Vec<&str> =
        said.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let said = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if said.is_empty() {
        format!("it answered {status}")
    } else {
        format!("it answered {status}: {said}")
    }
}

#[cfg(test)]
mod tests;
