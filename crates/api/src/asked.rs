//! What a request means before it is routed: which product, which resource, which representation.
//!
//! Twilio's products live on hosts of their own (`api.twilio.com`, `messaging.twilio.com`). A client reaches us with that
//! name in the `Host` header, or with it as the first part of the path (`/api.twilio.com/2010-04-01/…`), or with neither;
//! `/messaging` before the path is as good as its host. What is there twice (`/v1`) is ours unless the path says Services.
//! `Differs:` without an extension Twilio answers in XML; here it is JSON, as with `.json`. XML and CSV are refused.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;

use crate::api::Api;
use crate::errors::{ApiError, NOT_FOUND};

/// Where the resources of the API of 2010 begin.
pub(crate) const VERSION: &str = "/2010-04-01";

/// Products that are built: the API of 2010, and services of messages.
const BUILT: [&str; 2] = ["api", MESSAGING];

/// The product of messaging services, whose resources are below `/v1`.
pub(crate) const MESSAGING: &str = "messaging";
/// Where its resources begin.
const SERVICES: &str = "/v1/Services";

/// Above what can be had as text alone.
const TRANSCRIPTIONS: &str = "/Transcriptions/";

/// How the resource is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    /// Nothing was said.
    None,
    /// `.json`.
    Json,
    /// `.wav`.
    Wav,
    /// `.mp3`.
    Mp3,
    /// `.txt`, of a transcription.
    Text,
}

/// The path of a request, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// As it came, without a product in front.
    pub(crate) path: String,
    /// Without its extension, as routes know it.
    pub(crate) resource: String,
    /// What was behind the resource.
    pub(crate) extension: Extension,
    /// What addresses that clients follow have before the resource: `/messaging` where it was asked as that product.
    pub(crate) prefix: &'static str,
}

impl Asked {
    /// What lists and records call themselves: the resource with `.json`.
    pub(crate) fn uri(&self) -> String {
        format!("{}.json", self.resource)
    }

    /// 404 for what was asked.
    pub(crate) fn not_found(&self) -> ApiError {
        ApiError::not_found(&self.path)
    }

    fn read(path: &str) -> Result<Asked, ApiError> {
        let whole = |extension| Asked {
            path: path.to_owned(),
            resource: path.to_owned(),
            extension,
            prefix: "",
        };
        if !path.starts_with(VERSION) {
            return Ok(whole(Extension::None));
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        let Some((_, extension)) = last.rsplit_once('.') else {
            return Ok(whole(Extension::None));
        };
        let known = match extension {
            "json" => Extension::Json,
            "wav" => Extension::Wav,
            "mp3" => Extension::Mp3,
            "txt" if path.contains(TRANSCRIPTIONS) => Extension::Text,
            "xml" | "csv" => return Err(not_shown(extension)),
            _ => return Ok(whole(Extension::None)),
        };
        let resource = path[..path.len() - extension.len() - 1].to_owned();
        Ok(Asked { path: path.to_owned(), resource, extension: known, prefix: "" })
    }
}

fn not_shown(extension: &str) -> ApiError {
    let message = format!("there is no .{extension} representation here: ask for .json");
    ApiError::new(StatusCode::NOT_ACCEPTABLE, NOT_FOUND, message)
}

/// Takes the path apart, and rewrites it so that routes need not know of products and extensions.
pub(crate) async fn read(
    State(api): State<Arc<Api>>,
    mut request: Request,
) -> Result<Request, ApiError> {
    let domains = &api.settings.product_hosts;
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let host = host.or(request.uri().host()).unwrap_or_default().to_owned();
    let path = request.uri().path().to_owned();
    let (product, path) = product_of(domains, &host, &path);
    let product = product.as_deref();
    if let Some(product) = product.filter(|product| !BUILT.contains(product)) {
        return Err(not_built(product));
    }
    let mut asked = Asked::read(path)?;
    if product == Some(MESSAGING) {
        if !is_below(path, SERVICES) {
            return Err(asked.not_found());
        }
        asked.prefix = "/messaging";
    }
    let target = match request.uri().query() {
        Some(query) => format!("{}?{query}", asked.resource),
        None => asked.resource.clone(),
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query =
        Some(PathAndQuery::try_from(target).map_err(|_| ApiError::not_found(&asked.path))?);
    *request.uri_mut() = parts.try_into().map_err(|_| ApiError::not_found(&asked.path))?;
    request.extensions_mut().insert(asked);
    Ok(request)
}

/// Which product is meant, and the path without it. The path's word counts more than the host's.
fn product_of<'a>(domains: &[String], host: &str, path: &'a str) -> (Option<String>, &'a str) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let first = rest.split('/').next().unwrap_or(rest);
    match product_named(domains, first) {
        Some(product) => (Some(product), &rest[first.len()..]),
        None if first == MESSAGING => (Some(MESSAGING.to_owned()), &rest[first.len()..]),
        None => (product_named(domains, host.split(':').next().unwrap_or(host)), path),
    }
}

/// Whether `path` is `root` or something under it.
fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The first label of a host below one of the domains: `verify` of `verify.us1.twilio.com`.
fn product_named(domains: &[String], host: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    let below = |domain: &String| {
        host.strip_suffix(&domain.to_ascii_lowercase())
            .and_then(|rest| rest.strip_suffix('.'))
            .and_then(|labels| labels.split('.').next())
            .map(str::to_owned)
    };
    domains.iter().find_map(below)
}

fn not_built(product: &str) -> ApiError {
    let message = format!(
        "the product '{product}' is not built here: calls, recordings, messages, phone numbers, applications and \
         notifications of the API 2010-04-01 are (host api.twilio.com, or no product at all), and messaging services \
         (host messaging.twilio.com)"
    );
    ApiError::new(StatusCode::NOT_FOUND, NOT_FOUND, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn domains() -> Vec<String> {
        vec!["twilio.com".to_owned()]
    }

    #[test]
    fn the_product_is_read_from_the_host_or_from_the_path() {
        let product = |host, path| product_of(&domains(), host, path);
        assert_eq!(product("api.twilio.com", "/x"), (Some("api".to_owned()), "/x"));
        assert_eq!(product("VERIFY.us1.twilio.com:443", "/x"), (Some("verify".to_owned()), "/x"));
        assert_eq!(product("localhost:8080", "/x/y"), (None, "/x/y"));
        assert_eq!(product("localhost", "/api.twilio.com/x"), (Some("api".to_owned()), "/x"));
        assert_eq!(product("localhost", "/lookups.twilio.com/"), (Some("lookups".to_owned()), "/"));
        assert_eq!(product("localhost", "/sync.twilio.com"), (Some("sync".to_owned()), ""));
        let messaging = Some("messaging".to_owned());
        for path in ["/messaging/v1/Services", "/messaging.twilio.com/v1/Services"] {
            assert_eq!(product("localhost", path), (messaging.clone(), "/v1/Services"));
        }
        assert_eq!(product("messaging.twilio.com", "/v1/Services"), (messaging, "/v1/Services"));
        assert_eq!(product("nottwilio.com", "/"), (None, "/"));
        assert_eq!(product("twilio.com", ""), (None, ""));
    }

    #[test]
    fn an_extension_is_taken_off_resources_of_the_api_alone() {
        let read = |path| Asked::read(path).expect("a representation that is built");
        let calls = read("/2010-04-01/Accounts/AC1/Calls.json");
        assert_eq!(calls.resource, "/2010-04-01/Accounts/AC1/Calls");
        assert_eq!(calls.extension, Extension::Json);
        assert_eq!(calls.uri(), calls.path);
        assert_eq!(read("/2010-04-01/Accounts/AC1/Recordings/RE1.wav").extension, Extension::Wav);
        assert_eq!(read("/v1/phones/ada.json").resource, "/v1/phones/ada.json");
        assert_eq!(read("/2010-04-01/Accounts/AC1/Calls").extension, Extension::None);
    }

    #[test]
    fn xml_is_refused_with_a_word_on_what_to_ask_for() {
        let error = Asked::read("/2010-04-01/Accounts.xml").expect_err("no XML here");
        assert_eq!(error.status, 406);
        assert!(error.message.contains(".json"));
    }

    proptest! {
        #[test]
        fn any_path_is_read_or_refused(path in "/[a-zA-Z0-9./%-]{0,40}", host in ".{0,40}") {
            let (_, rest) = product_of(&domains(), &host, &path);
            prop_assert!(rest.is_empty() || rest.starts_with('/'));
            let _ = Asked::read(&format!("{VERSION}{path}"));
        }
    }
}
