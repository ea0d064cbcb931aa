//! Connection overrides in a webhook's fragment: `#rc=2&rp=5xx&tt=3000`.
//!
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>. The fragment is never sent and not
//! signed. `ct` (connect) and `rt` (read) bound the same wait as `tt` (total) here: the shortest of them counts.
//! Unknown or malformed ones are ignored.

use std::time::Duration;

use url::Url;

/// Most retries (`rc`).
const MOST_RETRIES: u32 = 5;
/// Range of `ct`, `rt` and `tt` in milliseconds.
const RANGE: std::ops::RangeInclusive<u64> = 100..=15_000;

/// When a request is tried again (`rp`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum RetryOn {
    /// No connection (`ct`, the default).
    #[default]
    Connect,
    /// `4xx`.
    ClientErrors,
    /// `5xx`.
    ServerErrors,
    /// Whatever failed.
    All,
}

/// What the fragment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Overrides {
    pub(super) total: Option<Duration>,
    pub(super) retries: u32,
    pub(super) retry_on: RetryOn,
}

/// The URL without its fragment, and what that asked for.
pub(super) fn split(text: &str) -> Result<(Url, Overrides), url::ParseError> {
    let mut url = Url::parse(text)?;
    let mut overrides = Overrides::default();
    let fragment = url.fragment().unwrap_or_default().to_owned();
    for (name, value) in url::form_urlencoded::parse(fragment.as_bytes()) {
        let millis = value.parse::<u64>().ok().filter(|millis| RANGE.contains(millis));
        match (name.as_ref(), value.as_ref()) {
            ("rt" | "tt" | "ct", _) => {
                let wanted = millis.map(Duration::from_millis);
                overrides.total = [overrides.total, wanted].into_iter().flatten().min();
            }
            ("rc", value) => {
                overrides.retries = value.parse().unwrap_or(0).min(MOST_RETRIES);
            }
            ("rp", "4xx") => overrides.retry_on = RetryOn::ClientErrors,
            ("rp", "5xx") => overrides.retry_on = RetryOn::ServerErrors,
            ("rp", "all") => overrides.retry_on = RetryOn::All,
            _ => {}
        }
    }
    url.set_fragment(None);
    Ok((url, overrides))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fragment_is_read_and_taken_off() {
        let (url, overrides) =
            split("http://app.test/x?a=1#rc=9&rp=5xx&tt=3000&rt=2000&e=gru").expect("a URL");
        assert_eq!(url.as_str(), "http://app.test/x?a=1");
        assert_eq!(overrides.retries, MOST_RETRIES);
        assert_eq!(overrides.retry_on, RetryOn::ServerErrors);
        assert_eq!(overrides.total, Some(Duration::from_secs(2)));
    }

    #[test]
    fn an_ordinary_fragment_changes_nothing() {
        let (url, overrides) = split("http://app.test/#section").expect("a URL");
        assert_eq!(url.as_str(), "http://app.test/");
        assert_eq!(overrides, Overrides::default());
    }
}
