//! How long an answer may be used again without asking, and how it is asked for then.
//!
//! RFC 9111 for a cache that several calls share: §4.2 freshness, §4.3 validation, §5.2 Cache-Control. An answer that
//! says nothing about it is asked for every time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderName, LAST_MODIFIED, VARY};

/// Longest time that an answer is believed to be fresh.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// What an answer says about its use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Freshness {
    /// Whether it may be kept at all.
    pub(crate) may_be_kept: bool,
    /// Until it has to be asked for again.
    pub(crate) fresh_for: Duration,
    pub(crate) validators: Validators,
}

/// What a later request asks about: "send it only if it changed".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Validators {
    /// For `If-None-Match`.
    pub(crate) etag: Option<String>,
    /// For `If-Modified-Since`.
    pub(crate) last_modified: Option<String>,
}

impl Validators {
    fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

impl Freshness {
    /// Reads the headers of an answer that came at `now`.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Freshness {
        let control = all(headers, &CACHE_CONTROL).to_ascii_lowercase();
        let directives = || control.split(',').map(str::trim);
        let says = |name: &str| directives().any(|directive| directive == name);
        let seconds = |name: &str| {
            let values = directives().filter_map(|directive| directive.strip_prefix(name));
            values.filter_map(|value| value.trim_matches('"').parse::<u64>().ok()).min()
        };
        let forbidden = says("no-store") || says("private") || all(headers, &VARY).contains('*');
        let lifetime = match seconds("s-maxage=").or_else(|| seconds("max-age=")) {
            _ if says("no-cache") => Duration::ZERO,
            Some(seconds) => Duration::from_secs(seconds),
            None => until_expiry(headers, now),
        };
        let age = text(headers, &AGE).and_then(|age| age.trim().parse().ok()).unwrap_or_default();
        let fresh_for = lifetime.saturating_sub(Duration::from_secs(age)).min(LONGEST);
        let validators = Validators {
            etag: text(headers, &ETAG).map(str::to_owned),
            last_modified: text(headers, &LAST_MODIFIED).map(str::to_owned),
        };
        let of_use = !fresh_for.is_zero() || !validators.is_empty();
        Freshness { may_be_kept: !forbidden && of_use, fresh_for, validators }
    }
}

fn until_expiry(headers: &HeaderMap, now: SystemTime) -> Duration {
    let Some(expires) = text(headers, &EXPIRES).and_then(date) else { return Duration::ZERO };
    let sent = text(headers, &DATE).and_then(date).unwrap_or(now);
    expires.duration_since(sent).unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A list that may be spread over several headers.
fn all(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

/// An HTTP date (RFC 9110 §5.6.7), also with the hyphens that old servers write in cookies.
pub(crate) fn date(text: &str) -> Option<SystemTime> {
    let text = text.replace('-', " ").replace("GMT", "+0000");
    let at = jiff::fmt::rfc2822::parse(&text).ok()?.timestamp().as_second();
    match u64::try_from(at) {
        Ok(after) => Some(UNIX_EPOCH + Duration::from_secs(after)),
        Err(_) => Some(UNIX_EPOCH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> Freshness {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header"));
        }
        Freshness::read(&map, UNIX_EPOCH)
    }

    fn fresh_seconds(headers: &[(&'static str, &str)]) -> u64 {
        read(headers).fresh_for.as_secs()
    }

    #[test]
    fn an_answer_is_fresh_for_its_max_age_less_its_age() {
        assert_eq!(fresh_seconds(&[("cache-control", "public, max-age=60")]), 60);
        assert_eq!(fresh_seconds(&[("cache-control", "max-age=60"), ("age", "45")]), 15);
        assert_eq!(fresh_seconds(&[("cache-control", "max-age=60"), ("age", "90")]), 0);
        assert_eq!(fresh_seconds(&[("cache-control", "max-age=60, s-maxage=5")]), 5);
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=60"), ("cache-control", "no-cache")]),
            0
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=99999999999999")]),
            LONGEST.as_secs()
        );
        assert_eq!(fresh_seconds(&[("cache-control", "max-age=soon")]), 0);
    }

    #[test]
    fn an_answer_is_fresh_until_it_expires() {
        let dated = [
            ("date", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("expires", "Sun, 22 Nov 2026 12:01:00 GMT"),
        ];
        assert_eq!(fresh_seconds(&dated), 60);
        assert_eq!(fresh_seconds(&[("expires", "0")]), 0);
        assert_eq!(fresh_seconds(&[dated[0], dated[1], ("cache-control", "max-age=3")]), 3);
    }

    #[test]
    fn what_nobody_may_keep_or_could_use_again_is_not_kept() {
        let tagged = |headers: &[(&'static str, &str)]| {
            let mut all = vec![("etag", "\"1\"")];
            all.extend_from_slice(headers);
            read(&all).may_be_kept
        };
        assert!(tagged(&[]));
        assert!(!tagged(&[("cache-control", "No-Store")]));
        assert!(!tagged(&[("cache-control", "private, max-age=60")]));
        assert!(!tagged(&[("vary", "*")]));
        assert!(!read(&[]).may_be_kept);
        assert!(read(&[("last-modified", "Sun, 22 Nov 2026 12:00:00 GMT")]).may_be_kept);
    }
}
