//! Answers: a document with its type, who may keep it for how long, and what a browser may do with it.
//!
//! No page of ours runs a script, loads from elsewhere, sends a form or stands in somebody's frame; the policy says so,
//! should a title ever get past the escapes.

use std::fmt::Write as _;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::auth::CHALLENGE;
use crate::page::refusal;

/// What a document of ours may do (CSP level 3).
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// Bytes of the hash in an ETag.
const TAG_BYTES: usize = 12;

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Rss,
    Svg,
    Css,
}

/// Who may keep it, and for how long without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Anybody, so many seconds.
    Anybody(u32),
    /// The reader alone, who asks each time.
    Reader,
}

/// A document.
pub(crate) fn document(asked: &HeaderMap, form: Form, keeping: Keeping, body: String) -> Response {
    let tag = tag(&body);
    let keep = match keeping {
        Keeping::Anybody(seconds) => format!("public, max-age={seconds}"),
        Keeping::Reader => "private, no-cache".to_owned(),
    };
    let known = asked.get_all(IF_NONE_MATCH).iter().any(|header| names(header, &tag));
    let mut answer = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, content_type(form))], body).into_response()
    };
    let headers = answer.headers_mut();
    for (name, value) in [(ETAG, tag), (CACHE_CONTROL, keep)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if keeping == Keeping::Reader {
        headers.insert(VARY, HeaderValue::from_static("authorization"));
    }
    fenced(answer)
}

/// 404: there is no such page.
pub(crate) fn not_found() -> Response {
    refused(
        StatusCode::NOT_FOUND,
        "No such page",
        "There is no status page or badge at this address.",
    )
}

/// 401: it is there for those with the account's credentials.
pub(crate) fn unauthorized() -> Response {
    let words = "This page is private. Log in with the SID of its account and the account's token.";
    let mut answer = refused(StatusCode::UNAUTHORIZED, "Private", words);
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    answer
}

/// 500: see the log.
pub(crate) fn failed() -> Response {
    let words = "The page could not be made. Whoever runs this server finds why in its log.";
    refused(StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong here", words)
}

fn refused(status: StatusCode, title: &str, words: &str) -> Response {
    let body = refusal(title, words).unwrap_or_else(|_| words.to_owned());
    let keep = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let form = (CONTENT_TYPE, HeaderValue::from_static(content_type(Form::Html)));
    fenced((status, [keep, form], body).into_response())
}

fn fenced(mut answer: Response) -> Response {
    const FENCES: [(HeaderName, &str); 4] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in FENCES {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

const fn content_type(form: Form) -> &'static str {
    match form {
        Form::Html => "text/html; charset=utf-8",
        Form::Json => "application/json",
        Form::Rss => "application/rss+xml; charset=utf-8",
        Form::Svg => "image/svg+xml",
        Form::Css => "text/css; charset=utf-8",
    }
}

/// A strong entity tag (RFC 9110 §8.8.3).
fn tag(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    let hex = hash.iter().take(TAG_BYTES).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("\"{hex}\"")
}

/// Whether `If-None-Match` names the tag, weak or strong (RFC 9110 §13.1.2).
fn names(header: &HeaderValue, tag: &str) -> bool {
    let Ok(header) = header.to_str() else { return false };
    let mut tags = header.split(',').map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == tag || one == "*")
}
