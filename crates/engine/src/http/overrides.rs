//! Connection overrides in a webhook's fragment: `#rc=2&rp=5xx&tt=3000`.
//!
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>. The fragment is never sent and not
//! signed. `ct` bounds a connection's making, `rt` one try, `tt` all tries together. Unknown or malformed ones are ignored.

use std::time::Duration;

use url::Url;

/// Most retries (`rc`).
const MOST_RETRIES: u32 = 5;
/// Longest `ct`.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);
/// Range of `ct`, `rt` and `tt` in milliseconds.
const RANGE: std::ops::RangeInclusive<u64> = 100..=15_000;

/// When a request is tried again (`rp`, several with commas between them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RetryOn {
    /// No connection could be made (`ct`, the default).
    pub(super) connect: bool,
    /// The answer did not come in time (`rt`).
    pub(super) read: bool,
    /// `4xx`.
    pub(super) client_errors: bool,
    /// `5xx`.
    pub(super) server_errors: bool,
}

impl Default for RetryOn {
    fn default() -> RetryOn {
        RetryOn { connect: true, read: false, client_errors: false, server_errors: false }
    }
}

impl RetryOn {
    fn read(text: &str) -> RetryOn {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        let named = |name: &str| names.contains(&name) || names.contains(&"all");
        let policy = RetryOn {
            connect: named("ct"),
            read: named("rt"),
            client_errors: named("4xx"),
            server_errors: named("5xx"),
        };
        let nothing = RetryOn { connect: false, ..RetryOn::default() };
        if policy == nothing { RetryOn::default() } else { policy }
    }
}

/// What the fragment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Overrides {
    pub(super) connect: Option<Duration>,
    pub(super) read: Option<Duration>,
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
        let time = millis.map(Duration::from_millis);
        match name.as_ref() {
            "ct" => overrides.connect = time.map(|time| time.min(LONGEST_CONNECT)),
            "rt" => overrides.read = time,
            "tt" => overrides.total = time,
            "rc" => overrides.retries = value.parse().unwrap_or(0).min(MOST_RETRIES),
            "rp" => overrides.retry_on = RetryOn::read(&value),
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
        let only_5xx = RetryOn { connect: false, server_errors: true, ..RetryOn::default() };
        assert_eq!(overrides.retry_on, only_5xx);
        assert_eq!(overrides.total, Some(Duration::from_secs(3)));
        assert_eq!(overrides.read, Some(Duration::from_secs(2)));
        assert_eq!(overrides.connect, None);
    }

    #[test]
    fn several_kinds_of_failure_may_be_tried_again() {
        let policy =
            |text: &str| split(&format!("http://app.test/#rp={text}")).expect("a URL").1.retry_on;
        let both = RetryOn { connect: true, server_errors: true, ..RetryOn::default() };
        assert_eq!(policy("5xx,ct"), both);
        let all = RetryOn { connect: true, read: true, client_errors: true, server_errors: true };
        assert_eq!(policy("all"), all);
        assert_eq!(policy("sometimes"), RetryOn::default());
    }

    #[test]
    fn an_ordinary_fragment_changes_nothing() {
        let (url, overrides) = split("http://app.test/#section").expect("a URL");
        assert_eq!(url.as_str(), "http://app.test/");
        assert_eq!(overrides, Overrides::default());
    }
}
