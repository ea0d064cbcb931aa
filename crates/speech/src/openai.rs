//! Speech from a server with OpenAI's `POST /v1/audio/speech`: OpenAI itself, or one of those that speak like it.
//!
//! Nothing is retried here, no redirect is followed (it could carry the key away), and an answer is read up to a limit.
//! <https://platform.openai.com/docs/api-reference/audio/createSpeech>

use std::time::Duration;

use model::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde::Serialize;

use crate::casting::{Gender, cast};
use crate::http::{self, Unread};
use crate::routes::covers;
use crate::wav::read_wav;
use crate::{SayError, Speech, Synthesizer, Utterance};

/// Where speech is made, under the server's address.
const PATH: &str = "/v1/audio/speech";

/// Time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The rate of a speech without samples, which can be any.
const SILENCE_RATE: u32 = 8_000;

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
        let url = http::address(&settings.url, PATH)
            .ok_or_else(|| OpenAiError::Url { url: settings.url.clone() })?;
        let key = settings.key.as_ref();
        let authorization = key.map(|key| http::bearer(key).ok_or(OpenAiError::Key)).transpose()?;
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
        self.failed(format!("{} does not answer: {}", self.url, http::cause(error)))
    }

    /// The body, up to the limit.
    async fn body(&self, response: Response) -> Result<Vec<u8>, SayError> {
        let limit = self.settings.max_bytes;
        http::body(response, limit).await.map_err(|unread| match unread {
            Unread::TooLong => self.failed(format!("the answer is longer than {limit} bytes")),
            Unread::Broken(error) => self.broken(&error),
        })
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

#[async_trait::async_trait]
impl Synthesizer for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "service"
    }

    fn fingerprint(&self) -> String {
        let OpenAiSettings { model, voice, man, woman, .. } = &self.settings;
        format!("{} {model} {voice} {man:?} {woman:?}", self.url)
    }

    /// Its names can't be asked for: it takes every one, and answers what it doesn't know with an error.
    fn has_voice(&self, voice: &str) -> bool {
        cast(voice).is_none()
    }

    fn speaks(&self, language: &str) -> bool {
        let languages = &self.settings.languages;
        languages.is_empty() || covers(languages, language)
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
            return Err(self.failed(http::refusal(status, &body)));
        }
        self.read(&kind, &body)
    }
}

#[cfg(test)]
mod tests;
