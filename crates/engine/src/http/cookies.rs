//! Cookies of one call: what an application set with one document comes back with its next request.
//!
//! By host and in memory, for as long as the call: <https://www.twilio.com/docs/voice/twiml#cookies>. Of RFC 6265 it
//! follows name, value, Path, Secure, Max-Age and Expires; a cookie never leaves for another host, so Domain is not read.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use http::HeaderMap;
use http::header::SET_COOKIE;
use url::Url;

use super::freshness::date;

/// Most cookies of one call; the oldest is forgotten for one more.
const MOST: usize = 50;
/// Longest name and value together, in bytes (RFC 6265 §6.1).
const LONGEST: usize = 4096;

/// The cookies of a call.
#[derive(Debug, Default)]
pub(crate) struct Cookies {
    kept: Mutex<Vec<Cookie>>,
}

#[derive(Debug)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    secure: bool,
}

impl Cookies {
    /// The `Cookie` header of a request to `url`.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = kept.iter().filter(|cookie| cookie.goes_to(url));
        let pairs: Vec<String> =
            sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Keeps what an answer from `url` set.
    pub(crate) fn take(&self, url: &Url, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            let Some((cookie, expired)) =
                value.to_str().ok().and_then(|text| Cookie::read(url, text))
            else {
                continue;
            };
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|old| !old.is_replaced_by(&cookie));
            if expired {
                continue;
            }
            if kept.len() == MOST {
                kept.remove(0);
            }
            kept.push(cookie);
        }
    }
}

impl Cookie {
    /// A `Set-Cookie` value, and whether it takes the cookie back.
    fn read(url: &Url, text: &str) -> Option<(Cookie, bool)> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || name.len() + value.len() > LONGEST {
            return None;
        }
        let mut cookie = Cookie {
            host: url.host_str()?.to_owned(),
            path: folder(url.path()).to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            secure: false,
        };
        let (mut expires, mut max_age) = (None, None);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.secure = true,
                "max-age" => max_age = value.parse::<i64>().ok(),
                "expires" => expires = date(value),
                _ => {}
            }
        }
        let expired = match (max_age, expires) {
            (Some(seconds), _) => seconds <= 0,
            (None, Some(at)) => at <= SystemTime::now(),
            (None, None) => false,
        };
        Some((cookie, expired))
    }

    fn goes_to(&self, url: &Url) -> bool {
        let path = url.path();
        let below = path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/')
        });
        url.host_str() == Some(self.host.as_str())
            && below
            && (!self.secure || url.scheme() == "https")
    }

    fn is_replaced_by(&self, new: &Cookie) -> bool {
        self.host == new.host && self.path == new.path && self.name == new.name
    }
}

/// The path that a cookie without one belongs to (RFC 6265 §5.1.4).
fn folder(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => &path[..end],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn set(cookies: &Cookies, from: &str, value: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(SET_COOKIE, value.parse().expect("a header"));
        cookies.take(&url(from), &headers);
    }

    #[test]
    fn a_cookie_comes_back_to_its_host_and_path_only() {
        let cookies = Cookies::default();
        set(&cookies, "http://app.test/voice/start", "step=1; HttpOnly");
        set(&cookies, "http://app.test/voice/start", "who=ada; Path=/");
        set(&cookies, "http://app.test/", "card=1; Secure");
        let sent = |to| cookies.header(&url(to));
        assert_eq!(sent("http://app.test/voice/next").as_deref(), Some("step=1; who=ada"));
        assert_eq!(sent("http://app.test/voices").as_deref(), Some("who=ada"));
        assert_eq!(sent("https://app.test/").as_deref(), Some("who=ada; card=1"));
        assert_eq!(sent("http://other.test/voice/next"), None);
    }

    #[test]
    fn a_cookie_is_replaced_and_taken_back() {
        let cookies = Cookies::default();
        let from = "http://app.test/";
        set(&cookies, from, "a=1");
        set(&cookies, from, "a=2");
        assert_eq!(cookies.header(&url(from)).as_deref(), Some("a=2"));
        set(&cookies, from, "a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT");
        assert_eq!(cookies.header(&url(from)), None);
        set(&cookies, from, "a=3");
        set(&cookies, from, "a=; Max-Age=0");
        assert_eq!(cookies.header(&url(from)), None);
    }

    #[test]
    fn cookies_are_bounded_and_nonsense_is_none() {
        let cookies = Cookies::default();
        for nonsense in ["", "=", "no pair", &format!("big={}", "x".repeat(LONGEST))] {
            set(&cookies, "http://app.test/", nonsense);
        }
        assert_eq!(cookies.header(&url("http://app.test/")), None);
        for number in 0..MOST + 5 {
            set(&cookies, "http://app.test/", &format!("n{number}=1"));
        }
        let sent = cookies.header(&url("http://app.test/")).expect("cookies");
        assert_eq!(sent.split("; ").count(), MOST);
        assert!(sent.starts_with("n5=1;"), "{sent}");
    }
}
