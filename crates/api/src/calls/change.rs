//! A change of a live call, read from the parameters of `POST /Calls/{sid}`.
//!
//! <https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource>. `Differs:` `StatusCallback` and
//! `TimeLimit` of a live call can't be changed; they are ignored with a line in the log.

use engine::{Modification, Start};

use crate::calls::order::{self, OrderError};
use crate::errors::ApiError;
use crate::params::Params;

/// Parameters that are taken but change nothing.
const IGNORED: [&str; 2] = ["StatusCallback", "TimeLimit"];

/// Reads changes.
pub(super) struct CallChange;

/// Why a call can't be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    /// The new document can't be run.
    #[error(transparent)]
    Document(#[from] OrderError),
    /// Write one of the two.
    #[error("Status is '{0}': write completed or canceled")]
    Status(String),
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> ApiError {
        match error {
            ChangeError::Document(error) => error.into(),
            ChangeError::Status(_) => ApiError::invalid(error.to_string()),
        }
    }
}

impl CallChange {
    /// `None` if nothing is to change.
    pub(super) fn read(params: &Params) -> Result<Option<Modification>, ChangeError> {
        for name in IGNORED.into_iter().filter(|name| params.text(name).is_some()) {
            tracing::warn!(parameter = name, "a live call can't be changed so: ignored");
        }
        match params.text("Status") {
            Some("completed") => return Ok(Some(Modification::Complete)),
            Some("canceled") => return Ok(Some(Modification::Cancel)),
            Some(other) => return Err(ChangeError::Status(other.to_owned())),
            None => {}
        }
        Ok(match order::start(params)? {
            Some(Start::Url { url, method, fallback }) => {
                Some(Modification::Redirect { url, method, fallback })
            }
            Some(Start::Twiml(text)) => Some(Modification::Twiml(text)),
            Some(Start::Nowhere) | None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Method;

    fn read(form: &str) -> Result<Option<Modification>, ChangeError> {
        CallChange::read(&Params::read(form.as_bytes()))
    }

    #[test]
    fn an_empty_form_changes_nothing() {
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("Status=&Unknown=1"), Ok(None));
    }

    #[test]
    fn a_call_is_ended_cancelled_or_given_a_new_document() {
        assert_eq!(read("Status=completed"), Ok(Some(Modification::Complete)));
        assert_eq!(read("Status=canceled&Url=http://a.example"), Ok(Some(Modification::Cancel)));
        let url = "http://a.example/next".to_owned();
        let redirect = Modification::Redirect { url, method: Method::Get, fallback: None };
        assert_eq!(read("Url=http://a.example/next&Method=GET"), Ok(Some(redirect)));
        let twiml = Modification::Twiml("<Response/>".to_owned());
        assert_eq!(read("Twiml=%3CResponse/%3E"), Ok(Some(twiml)));
    }

    #[test]
    fn other_statuses_and_bad_addresses_are_refused() {
        let code = |form| ApiError::from(read(form).expect_err(form)).code;
        assert_eq!(code("Status=ringing"), 20422);
        assert_eq!(code("Url=next.xml"), 21205);
        assert_eq!(code("Url=http://a.example&Method=PUT"), 21209);
    }
}
