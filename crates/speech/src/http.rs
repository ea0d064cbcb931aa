//! What asking any OpenAI-compatible server takes: its address, its key, an answer up to a limit, its refusal in words.

use model::Secret;
use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode, Url};

/// So much of a server's refusal is shown, in characters.
const REASON_LIMIT: usize = 200;

/// An answer that was not read to its end.
pub(crate) enum Unread {
    /// It is longer than the limit.
    TooLong,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// The whole address, out of one with or without its `path`, which begins with `/v1`.
pub(crate) fn address(written: &str, path: &str) -> Option<Url> {
    let base = written.trim().trim_end_matches('/');
    let base = base.strip_suffix(path).or_else(|| base.strip_suffix("/v1")).unwrap_or(base);
    let mut url = Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let path = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

/// The header for a key; `None` if it has characters that a header can't carry.
pub(crate) fn bearer(key: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.reveal())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The body, up to `limit` bytes.
pub(crate) async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > limit {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost cause, which says what happened ("connection refused"); the outer ones repeat the address.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// What a server said instead of doing its work, on one short line.
pub(crate) fn refusal(status: StatusCode, body: &[u8]) -> String {
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
