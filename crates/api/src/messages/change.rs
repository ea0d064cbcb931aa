//! A change of a message, read from the parameters of `POST /Messages/{sid}`. Pure.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource#update-a-message-resource>.

use engine::ChangeTextError;

use crate::errors::ApiError;
use crate::params::Params;

/// What may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageChange {
    /// Its text is forgotten.
    Redact,
    /// It is taken back.
    Cancel,
}

/// Why a message can't be changed so (30400).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    /// Write one of the two.
    #[error("write Body= to redact the message, or Status=canceled to take it back")]
    Nothing,
    /// Do one after the other.
    #[error("a message can't be redacted and canceled at the same time")]
    Both,
    /// Texts can't be written anew.
    #[error("Body must be empty: a text can be redacted, not rewritten")]
    Body,
    /// There is no other way.
    #[error("Status is '{0}': write canceled")]
    Status(String),
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> ApiError {
        ApiError::bad_request(30400, error.to_string())
    }
}

impl MessageChange {
    pub(super) fn read(params: &Params) -> Result<MessageChange, ChangeError> {
        // An empty body is the wish itself, so an empty status counts as none.
        match (params.given("Body"), params.text("Status")) {
            (None, None) => Err(ChangeError::Nothing),
            (Some(_), Some(_)) => Err(ChangeError::Both),
            (Some(""), None) => Ok(MessageChange::Redact),
            (Some(_), None) => Err(ChangeError::Body),
            (None, Some("canceled")) => Ok(MessageChange::Cancel),
            (None, Some(other)) => Err(ChangeError::Status(other.to_owned())),
        }
    }
}

/// What the engine refused, in Twilio's words.
pub(super) fn not_changed(error: ChangeTextError, missing: impl FnOnce() -> ApiError) -> ApiError {
    match error {
        ChangeTextError::NotFound(_) => missing(),
        ChangeTextError::TooLate(_) => ApiError::conflict_of(30409, error.to_string()),
        ChangeTextError::StillGoing(_) => ApiError::conflict_of(20009, error.to_string()),
        ChangeTextError::Store(error) => error.into(),
        other => ApiError::unexpected(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Sid, SidKind};

    fn read(form: &str) -> Result<MessageChange, ChangeError> {
        MessageChange::read(&Params::read(form.as_bytes()))
    }

    #[test]
    fn a_message_is_redacted_or_taken_back() {
        assert_eq!(read("Body="), Ok(MessageChange::Redact));
        assert_eq!(read("Body=&Status="), Ok(MessageChange::Redact));
        assert_eq!(read("Status=canceled"), Ok(MessageChange::Cancel));
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(read(""), Err(ChangeError::Nothing));
        assert_eq!(read("Body=&Status=canceled"), Err(ChangeError::Both));
        assert_eq!(read("Body=Hi"), Err(ChangeError::Body));
        assert_eq!(read("Status=sent"), Err(ChangeError::Status("sent".to_owned())));
        let error = ApiError::from(ChangeError::Body);
        assert_eq!((error.status.as_u16(), error.code), (400, 30400));
    }

    #[test]
    fn what_the_engine_refuses_has_twilios_code() {
        let sid = Sid::new(SidKind::Message, 1);
        let shaped = |error| {
            let error = not_changed(error, || ApiError::not_found("/x"));
            (error.status.as_u16(), error.code)
        };
        assert_eq!(shaped(ChangeTextError::NotFound(sid)), (404, 20404));
        assert_eq!(shaped(ChangeTextError::TooLate(sid)), (409, 30409));
        assert_eq!(shaped(ChangeTextError::StillGoing(sid)), (409, 20009));
    }
}
