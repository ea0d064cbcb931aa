//! Carriers spoken to over HTTP: a Twilio-compatible upstream, and any gateway that a description in TOML describes.
//!
//! Both hand a message over with one request and hear of receipts and inbound messages through webhooks, which the
//! server takes in and passes to [`Hears::hear`]. They never retry by themselves and follow no redirect: a message that
//! was not taken is given back with what to do about it.

mod client;
mod codes;
mod description;
mod events;
mod gateway;
mod place;
mod shipped;
mod signature;
mod standing;
mod template;
mod upstream;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bytes::Bytes;
use url::{Host, Url};

pub use client::Timeouts;
pub use description::{
    Algorithm, Answer, Authentication, Basic, Class, Condition, Description, Digest, Fault,
    HookAnswer, InboundHook, Numbers, ReceiptHook, Request, State, Status, Verb,
};
pub use gateway::{Gateway, GatewayError, GatewaySettings};
pub use place::{InvalidPlace, Place};
pub use shipped::{DescribeError, describe, shipped};
pub use template::TemplateError;
pub use upstream::{ApiKey, TWILIO, Upstream, UpstreamError, UpstreamSettings};

use crate::Carrier;

/// Messages that a carrier over HTTP takes at once, unless said.
pub const WINDOW: usize = 16;

/// A carrier that tells things by calling us.
#[async_trait]
pub trait Hears: Carrier {
    /// Takes in one request of the carrier's: checks that it is the carrier's, reads it, has what it says kept, and says
    /// what is to be answered. Never panics, whatever the request holds.
    async fn hear(&self, hook: Hook) -> HookReply;
}

/// What a webhook tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookKind {
    /// Messages that came in.
    Inbound,
    /// What became of messages that we sent.
    Receipt,
}

/// A request that the server took in for a carrier. Its size is bounded by the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Hook {
    /// By which of the two addresses it came.
    pub kind: HookKind,
    /// `GET`, `POST`.
    pub method: String,
    /// What stands behind the `?`, as it came.
    pub query: String,
    /// Names in any case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The public address with its query, as the carrier knows it (and signs it).
    pub url: String,
}

impl Hook {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Fields of the query.
    pub(crate) fn query_fields(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().take(MOST_FIELDS).collect()
    }

    /// Fields of a form in the body; none where the body says that it is something else.
    pub(crate) fn form_fields(&self) -> Vec<(String, String)> {
        let kind = self.header("content-type").unwrap_or("application/x-www-form-urlencoded");
        if !kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
        {
            return Vec::new();
        }
        url::form_urlencoded::parse(&self.body).into_owned().take(MOST_FIELDS).collect()
    }
}

impl std::fmt::Debug for Hook {
    /// Without what it says: numbers, texts and secrets are in there.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Hook { kind, method, query: _, headers: _, body, url: _ } = self;
        write!(f, "Hook({kind:?}, {method}, {} bytes)", body.len())
    }
}

/// The address of receipts, if a carrier at `carrier` could call it: some refuse a message with one that they can't. An
/// address on loopback reaches only carriers on loopback.
fn reachable(name: &str, callback: Option<String>, carrier: &Url) -> Option<String> {
    let callback = callback?;
    let url = Url::parse(&callback).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_some_and(|url| !is_local(&url) || is_local(carrier)) {
        return Some(callback);
    }
    tracing::warn!(
        carrier = name,
        "no receipts: the carrier can't call an address of this machine alone; set http.public_url"
    );
    None
}

/// Whether it is the machine itself.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => true,
    }
}

/// Fields of a form that are read; those behind them are passed over.
const MOST_FIELDS: usize = 512;

/// What the carrier is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookReply {
    /// HTTP status.
    pub status: u16,
    /// `text/plain`.
    pub content_type: String,
    /// The body; empty for 204.
    pub body: String,
}

impl HookReply {
    /// Words for whoever looks into the carrier's log of webhooks.
    pub(crate) fn plain(status: u16, words: impl Into<String>) -> HookReply {
        HookReply {
            status,
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: words.into(),
        }
    }
}
