//! What is asked behind the `?` of the support line's resources. Unlike Twilio's parameters these are not guessed at:
//! what can't be read is refused, and the refusal names it.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::Moment;

use crate::errors::ApiError;
use crate::params::Params;
use crate::v1::bodies::word;

/// The query of a request, whose body is somebody else's.
pub(crate) struct Query(pub(crate) Params);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Query, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        Params::of_text(query.as_bytes()).map(Query)
    }
}

impl Query {
    /// A word of the query.
    pub(crate) fn word<T>(&self, name: &str) -> Result<Option<T>, ApiError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        self.0.given(name).map(|text| word(name, text)).transpose()
    }

    /// A time. A `+` of an offset that nobody escaped came as a space.
    pub(crate) fn moment(&self, name: &str) -> Result<Option<Moment>, ApiError> {
        let text = self.0.given(name).map(|text| text.replace(' ', "+"));
        let moment: Option<Moment> = text.map(|text| word(name, &text)).transpose()?;
        match moment {
            Some(at) if !(EARLIEST..=LATEST).contains(&at) => {
                Err(ApiError::invalid(format!("{name}: write a year from 1970 to 2199")))
            }
            other => Ok(other),
        }
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&self, name: &str, from: u32, to: u32) -> Result<Option<u32>, ApiError> {
        let Some(text) = self.0.given(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (from..=to).contains(number));
        let refused = || format!("{name}: '{text}' is no whole number from {from} to {to}");
        number.map(Some).ok_or_else(|| ApiError::invalid(refused()))
    }

    /// `true` or `false`; `false` unless said.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.0.given(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(ApiError::invalid(format!("{name}: '{other}' is neither true nor false")))
            }
        }
    }

    /// `from` and `until`, `span` apart unless said, from `now` unless said; at most `longest` apart.
    pub(crate) fn span(
        &self,
        now: Moment,
        span: Duration,
        longest: Duration,
    ) -> Result<(Moment, Moment), ApiError> {
        let from = self.moment("from")?.unwrap_or(now);
        let until = self.moment("until")?.unwrap_or(from + span);
        if until <= from {
            return Err(ApiError::invalid(format!("until: {} is not after from", until.iso8601())));
        }
        if until.since(from) > longest {
            let days = longest.as_secs() / DAY.as_secs();
            return Err(ApiError::invalid(format!("until: at most {days} days after from")));
        }
        Ok((from, until))
    }
}

/// A day of 24 hours.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);
/// Earliest time that is asked for.
pub(crate) const EARLIEST: Moment = Moment::EPOCH;
/// Latest time that is asked for: 2199-12-31T23:59:59Z.
pub(crate) const LATEST: Moment = Moment::from_millis(7_258_118_399_000);

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query(Params::read(text.as_bytes()))
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let asked = query("limit=0&at=soon&far=2999-01-01T00:00:00Z&unseen=yes");
        assert!(
            asked.whole("limit", 1, 1000).is_err_and(|error| error.message.starts_with("limit"))
        );
        assert!(asked.moment("at").is_err_and(|error| error.message.starts_with("at: 'soon'")));
        assert!(asked.moment("far").is_err_and(|error| error.message.starts_with("far: ")));
        assert!(asked.flag("unseen").is_err());
        assert_eq!(asked.whole("other", 1, 2), Ok(None));
        assert_eq!(asked.flag("other"), Ok(false));
    }

    #[test]
    fn an_offset_is_read_though_its_plus_was_lost() {
        let asked = query("at=2026-11-23T09:00:00+01:00");
        let expected: Moment = "2026-11-23T08:00:00Z".parse().expect("a time");
        assert_eq!(asked.moment("at"), Ok(Some(expected)));
    }

    #[test]
    fn a_span_ends_after_it_begins_and_not_too_late() {
        let now = Moment::EPOCH;
        let of = |text| query(text).span(now, DAY, 400 * DAY).map_err(|error| error.message);
        assert_eq!(of(""), Ok((now, now + DAY)));
        assert!(of("until=1970-01-01T00:00:00Z").is_err());
        assert_eq!(
            of("until=1972-01-01T00:00:00Z"),
            Err("until: at most 400 days after from".into())
        );
    }
}
