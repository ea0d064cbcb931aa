//! The request of an HTTP probe, and what becomes of it when a redirect is followed (RFC 9110 §15.4).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap,
    HeaderName, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use hyper::{Method, Request, StatusCode, Uri, Version};
use model::watch::{Auth, HttpProbe};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::progress::Down;
use crate::secrets::is_secret;
use crate::words;

/// A request as it stands now.
pub(super) struct Asked {
    pub(super) url: Url,
    first: Url,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    pub(super) fn new(probe: &HttpProbe, user_agent: &HeaderValue) -> Result<Asked, Down> {
        let mut url = Url::parse(&probe.url)
            .map_err(|error| Down::new(format!("the address can't be read: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            let scheme = url.scheme();
            return Err(Down::new(format!(
                "the address must be http:// or https://, not {scheme}:"
            )));
        }
        let method = Method::from_bytes(probe.method.as_bytes())
            .ok()
            .filter(|method| *method != Method::CONNECT)
            .ok_or_else(|| Down::new(format!("{} is no method", words::quote(&probe.method))))?;
        let headers = headers(probe, &url, user_agent)?;
        // They are in a header now, and no part of the address (RFC 9110 §4.2.4).
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        let body = Bytes::from(probe.body.clone());
        Ok(Asked { first: url.clone(), url, method, headers, body })
    }

    /// Whether it still goes where the check says.
    pub(super) fn is_first_origin(&self) -> bool {
        self.url.origin() == self.first.origin()
    }

    /// Goes on to where an answer of this status has led.
    pub(super) fn follow(&mut self, next: Url, status: StatusCode) {
        let rewritten = match status {
            StatusCode::SEE_OTHER => self.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            _ => false,
        };
        if rewritten {
            self.method = Method::GET;
            self.body = Bytes::new();
            self.headers.remove(hyper::header::CONTENT_TYPE);
        }
        self.url = next;
    }

    /// The request for this version of HTTP.
    pub(super) fn request(&self, version: Version) -> Result<Request<Full<Bytes>>, Down> {
        let unreadable = |error: hyper::http::Error| {
            Down::new(format!("{} can't be asked: {error}", words::address(&self.url)))
        };
        let mut headers = self.headers.clone();
        if !self.is_first_origin() {
            // `Host` is no secret, but the name of the first origin.
            let kept =
                self.headers.keys().filter(|name| !is_secret(name.as_str()) && **name != HOST);
            headers = kept.map(|name| (name.clone(), self.headers[name].clone())).collect();
        }
        let authority = self.authority();
        let path = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let uri = if version == Version::HTTP_2 {
            let host = headers.remove(HOST);
            let host = host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or(&authority);
            Uri::builder().scheme(self.url.scheme()).authority(host).path_and_query(path).build()
        } else {
            if !headers.contains_key(HOST) {
                let host =
                    HeaderValue::from_str(&authority).map_err(|error| unreadable(error.into()))?;
                headers.insert(HOST, host);
            }
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
            Uri::builder().path_and_query(path).build()
        };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(uri.map_err(unreadable)?)
            .version(version)
            .body(Full::new(self.body.clone()))
            .map_err(unreadable)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

fn headers(probe: &HttpProbe, url: &Url, user_agent: &HeaderValue) -> Result<HeaderMap, Down> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    // What rules look for must stand there as it is.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(value) = authorization(probe, url)? {
        headers.insert(AUTHORIZATION, value);
    }
    for (name, value) in &probe.headers {
        let known = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Down::new(format!("{} is no name of a header", words::quote(name))))?;
        // How long the body is, is found out by who sends it.
        if matches!(known, CONTENT_LENGTH | TRANSFER_ENCODING | CONNECTION) {
            continue;
        }
        let mut value = HeaderValue::from_str(value)
            .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
            .map_err(|_| Down::new(format!("the value of the header {known} can't be sent")))?;
        value.set_sensitive(true);
        headers.insert(known, value);
    }
    Ok(headers)
}

/// Basic (RFC 7617), also from the address, or bearer (RFC 6750).
fn authorization(probe: &HttpProbe, url: &Url) -> Result<Option<HeaderValue>, Down> {
    let basic = |user: &str, password: &str| {
        format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
    };
    let meant = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let value = match &probe.auth {
        Auth::None if url.username().is_empty() && url.password().is_none() => return Ok(None),
        Auth::None => basic(&meant(url.username()), &meant(url.password().unwrap_or_default())),
        Auth::Basic { user, password } => basic(user, password),
        Auth::Bearer(token) => format!("Bearer {token}"),
    };
    let mut value = HeaderValue::from_str(&value)
        .map_err(|_| Down::new("the token for Authorization has characters that can't be sent"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}
