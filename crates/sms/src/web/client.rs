//! One HTTP client for one carrier: bounded in time, in connections and in what it reads.
//!
//! It follows no redirect (a POST that is redirected would be another request), uses no proxy of the environment, and
//! never lets a URL into an error: query strings carry passwords.

use std::error::Error as _;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::codes::{LATE, OVERFLOW, PAUSE, UNKNOWN};
use crate::{ErrorClass, SubmitError};

/// Bytes of an answer that are read; what is behind them is passed over.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Connections kept open between messages; more are closed when they fall idle.
const IDLE: usize = 32;
/// How long they are kept.
const IDLE_FOR: Duration = Duration::from_secs(60);
/// Name under which carriers see us.
const AGENT: &str = concat!("alo/", env!("CARGO_PKG_VERSION"));
/// Longest detail taken from an error, in characters.
const LONGEST_DETAIL: usize = 200;

/// How long a carrier is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS and all: 5 s unless said.
    pub connect: Duration,
    /// Until the answer is read: 15 s unless said.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

/// Asks one carrier.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: reqwest::Client,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Silence {
    /// Nothing was sent.
    #[error("no connection: {0}")]
    Unreached(String),
    /// It was sent, and no whole answer came in time: whether it was taken isn't known.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Late(Duration),
    /// It was sent, or part of it, and the connection broke: whether it was taken isn't known.
    #[error("the connection broke before the answer: {0}")]
    Broken(String),
}

impl Client {
    pub(super) fn new(timeouts: Timeouts) -> Result<Client, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .pool_max_idle_per_host(IDLE)
            .pool_idle_timeout(IDLE_FOR)
            .user_agent(AGENT)
            .no_proxy()
            .build()?;
        Ok(Client { http })
    }

    /// Begins a request.
    pub(super) fn request(&self, method: http::Method, url: url::Url) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends it, and reads what is answered.
    pub(super) async fn ask(
        &self,
        request: reqwest::RequestBuilder,
        total: Duration,
    ) -> Result<Response, Silence> {
        let mut answer = request.send().await.map_err(|error| silence(&error, total))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while body.len() < LONGEST_ANSWER {
            match answer.chunk().await.map_err(|error| silence(&error, total))? {
                Some(chunk) => {
                    let room = LONGEST_ANSWER - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                None => break,
            }
        }
        Ok(Response { status, headers, body })
    }
}

impl Silence {
    /// What it means for the message.
    pub(super) fn means(&self) -> SubmitError {
        let (class, code) = match self {
            Silence::Unreached(_) => (ErrorClass::Down, UNKNOWN),
            Silence::Late(_) => (ErrorClass::Passing, LATE),
            Silence::Broken(_) => (ErrorClass::Passing, UNKNOWN),
        };
        SubmitError { class, code, message: self.to_string() }
    }
}

impl Response {
    /// What its status means, of whoever answers it, where it is no success.
    pub(super) fn usual_fault(&self) -> (ErrorClass, u32) {
        match self.status.as_u16() {
            401 | 403 | 300..=399 => (ErrorClass::Down, UNKNOWN),
            408 => (ErrorClass::Passing, LATE),
            429 => (ErrorClass::Throttled(self.retry_after().unwrap_or(PAUSE)), OVERFLOW),
            // A success that isn't one: something else may be answering in the carrier's place.
            500.. | ..=299 => (ErrorClass::Passing, UNKNOWN),
            400..=499 => (ErrorClass::Refused, UNKNOWN),
        }
    }

    /// What it says, for a log: the status, the carrier's code and words where there are any, or else `otherwise`.
    pub(super) fn told(&self, code: Option<&str>, words: Option<&str>, otherwise: &str) -> String {
        let status = self.status.as_u16();
        let code = code.map(|code| format!(", code {}", shortened(code))).unwrap_or_default();
        let words = words.map(shortened).filter(|words| !words.is_empty());
        let words = words.map_or_else(|| otherwise.to_owned(), |words| format!(": {words}"));
        format!("answered {status}{code}{words}")
    }

    /// What to look at, where its status says that.
    pub(super) fn advice(&self) -> &'static str {
        match self.status.as_u16() {
            401 => " (check the carrier's secrets)",
            403 => " (check the carrier's secrets, and what the account may do)",
            300..=399 => " (redirects are not followed: check the carrier's url)",
            _ => "",
        }
    }

    /// A header, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long it asks to wait (RFC 9110 §10.2.3), in seconds only; `None` where it doesn't say.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds).clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
    }
}

/// The least that is waited where a carrier asks to wait.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The most.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// What a failed request is called.
fn silence(error: &reqwest::Error, total: Duration) -> Silence {
    if error.is_connect() || error.is_builder() {
        return Silence::Unreached(cause(error));
    }
    if error.is_timeout() { Silence::Late(total) } else { Silence::Broken(cause(error)) }
}

/// The innermost cause, which says most and names no URL.
fn cause(error: &reqwest::Error) -> String {
    let Some(mut innermost) = error.source() else {
        return if error.is_timeout() { "it took too long" } else { "it failed" }.to_owned();
    };
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    shortened(&innermost.to_string())
}

/// What a carrier or the system said, fit for one line of a log.
pub(super) fn shortened(text: &str) -> String {
    let one_line = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().map(one_line).take(LONGEST_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_carrier_says_becomes_one_short_line() {
        assert_eq!(shortened(" a\r\nb\u{7}c "), "a  b c");
        assert_eq!(shortened(&"x".repeat(1_000)).len(), LONGEST_DETAIL);
    }
}
