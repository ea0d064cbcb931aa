//! What SQLite's errors mean in the words of [`StoreError`].

use model::Sid;
use rusqlite::{Error, ErrorCode, ffi};

use crate::errors::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> StoreError {
        let text = error.to_string();
        match &error {
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
            | Error::InvalidColumnType(..) => return StoreError::Corrupt(text),
            _ => {}
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                StoreError::Refused(text)
            }
            _ => StoreError::Disk(text),
        }
    }
}

/// Who a row is, for an error that says which of its columns clashed.
pub(super) struct Claim<'a> {
    /// Its SID.
    pub(super) sid: Sid,
    /// What else must be unique: a number or a name.
    pub(super) name: &'a str,
    /// The account it belongs to, where it belongs to one.
    pub(super) account: Option<Sid>,
}

impl Claim<'_> {
    /// What it means that the row was not taken.
    pub(super) fn refused(&self, error: Error) -> StoreError {
        let Error::SqliteFailure(cause, message) = &error else {
            return error.into();
        };
        let by_sid = message.as_deref().is_some_and(|text| text.rsplit('.').next() == Some("sid"));
        match (cause.extended_code, self.account) {
            (ffi::SQLITE_CONSTRAINT_PRIMARYKEY, _) => StoreError::Taken(self.sid.to_string()),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, _) if by_sid => StoreError::Taken(self.sid.to_string()),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, _) => StoreError::Taken(self.name.to_owned()),
            (ffi::SQLITE_CONSTRAINT_FOREIGNKEY, Some(account)) => StoreError::Missing(account),
            _ => error.into(),
        }
    }
}

/// A change must have met its row.
pub(super) fn met(rows: usize, sid: Sid) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Missing(sid)) } else { Ok(()) }
}
