//! Between columns and our types. What is on disk and none of our words is reported as damage, never guessed.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use model::{AccountStatus, AlertLevel, Method, Moment, Party, Sid, TextRouting, VoiceRouting};
use rusqlite::Row;
use rusqlite::types::{FromSql, Type};

/// Columns of a row, read in the order in which they were selected.
pub(super) struct Columns<'r> {
    row: &'r Row<'r>,
    next: Cell<usize>,
}

impl<'r> Columns<'r> {
    /// From the first column on.
    pub(super) fn of(row: &'r Row<'r>) -> Columns<'r> {
        Columns { row, next: Cell::new(0) }
    }

    /// The next column, as SQLite has it.
    pub(super) fn next<T: FromSql>(&self) -> rusqlite::Result<T> {
        let index = self.next.get();
        self.next.set(index + 1);
        self.row.get(index)
    }

    /// A text that parses.
    pub(super) fn parsed<T: FromStr>(&self) -> rusqlite::Result<T> {
        let text: String = self.next()?;
        text.parse().map_err(|_| self.damaged(&text))
    }

    /// A text that parses, or NULL.
    pub(super) fn maybe_parsed<T: FromStr>(&self) -> rusqlite::Result<Option<T>> {
        let text: Option<String> = self.next()?;
        text.map(|text| text.parse().map_err(|_| self.damaged(&text))).transpose()
    }

    /// A text that `read` understands.
    pub(super) fn read<T>(&self, read: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
        let text: String = self.next()?;
        read(&text).ok_or_else(|| self.damaged(&text))
    }

    /// A text that `read` understands, or NULL.
    pub(super) fn maybe_read<T>(&self, read: fn(&str) -> Option<T>) -> rusqlite::Result<Option<T>> {
        let text: Option<String> = self.next()?;
        text.map(|text| read(&text).ok_or_else(|| self.damaged(&text))).transpose()
    }

    pub(super) fn sid(&self) -> rusqlite::Result<Sid> {
        self.parsed()
    }

    pub(super) fn moment(&self) -> rusqlite::Result<Moment> {
        Ok(Moment::from_micros(self.next()?))
    }

    pub(super) fn maybe_moment(&self) -> rusqlite::Result<Option<Moment>> {
        Ok(self.next::<Option<i64>>()?.map(Moment::from_micros))
    }

    pub(super) fn duration(&self) -> rusqlite::Result<Duration> {
        self.next().and_then(|micros| self.as_duration(micros))
    }

    pub(super) fn maybe_duration(&self) -> rusqlite::Result<Option<Duration>> {
        let micros: Option<i64> = self.next()?;
        micros.map(|micros| self.as_duration(micros)).transpose()
    }

    fn as_duration(&self, micros: i64) -> rusqlite::Result<Duration> {
        let micros = u64::try_from(micros).map_err(|_| self.damaged(&micros.to_string()))?;
        Ok(Duration::from_micros(micros))
    }

    /// Two columns: what kind of party, and the party as on the wire.
    pub(super) fn party(&self) -> rusqlite::Result<Party> {
        let kind: String = self.next()?;
        let text: String = self.next()?;
        read_party(&kind, &text).ok_or_else(|| self.damaged(&kind))
    }

    /// The six columns of a routing.
    pub(super) fn voice(&self) -> rusqlite::Result<VoiceRouting> {
        Ok(VoiceRouting {
            url: self.next()?,
            method: self.parsed()?,
            fallback_url: self.next()?,
            fallback_method: self.parsed()?,
            status_callback: self.next()?,
            status_callback_method: self.parsed()?,
        })
    }

    /// The four columns of a routing of texts.
    pub(super) fn text_routing(&self) -> rusqlite::Result<TextRouting> {
        Ok(TextRouting {
            url: self.next()?,
            method: self.parsed()?,
            fallback_url: self.next()?,
            fallback_method: self.parsed()?,
        })
    }

    /// The column just read holds what nothing of ours wrote. The text itself may be private and is not told.
    pub(super) fn damaged(&self, text: &str) -> rusqlite::Error {
        let index = self.next.get() - 1;
        let column = self.row.as_ref().column_name(index).unwrap_or("?").to_owned();
        let unreadable = Unreadable { column, length: text.len() };
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(unreadable))
    }
}

/// A column whose text none of our types reads.
#[derive(Debug)]
struct Unreadable {
    column: String,
    length: usize,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} holds {} bytes that alo never wrote", self.column, self.length)
    }
}

impl Error for Unreadable {}

/// The kind of a party, for its column.
pub(super) const fn party_kind(party: &Party) -> &'static str {
    match party {
        Party::Number(_) => "number",
        Party::Client(_) => "client",
        Party::Sip(_) => "sip",
        Party::Other(_) => "other",
    }
}

fn read_party(kind: &str, text: &str) -> Option<Party> {
    match kind {
        "number" => text.parse().ok().map(Party::Number),
        "client" => text.strip_prefix("client:").map(|name| Party::Client(name.to_owned())),
        "sip" => Some(Party::Sip(text.to_owned())),
        "other" => Some(Party::Other(text.to_owned())),
        _ => None,
    }
}

/// Reads what [`AccountStatus::as_str`] prints.
pub(super) fn read_account_status(text: &str) -> Option<AccountStatus> {
    [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Closed]
        .into_iter()
        .find(|status| status.as_str() == text)
}

/// The word of a level's column.
pub(super) const fn level_word(level: AlertLevel) -> &'static str {
    match level {
        AlertLevel::Error => "error",
        AlertLevel::Warning => "warning",
    }
}

/// Reads what [`level_word`] gives.
pub(super) fn read_level(text: &str) -> Option<AlertLevel> {
    [AlertLevel::Error, AlertLevel::Warning].into_iter().find(|level| level_word(*level) == text)
}

/// A list of texts as JSON, which cannot fail for texts.
pub(super) fn to_json<T: serde::Serialize>(list: &T) -> Result<String, crate::StoreError> {
    serde_json::to_string(list).map_err(|error| crate::StoreError::Refused(error.to_string()))
}

/// Reads what [`to_json`] wrote.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Length for its column; far beyond any call's, it saturates.
pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The columns of a routing, as parameters in the order of [`Columns::voice`].
pub(super) fn voice_params(
    voice: &VoiceRouting,
) -> (&Option<String>, &'static str, &Option<String>, &'static str, &Option<String>, &'static str) {
    let word = |method: Method| method.as_str();
    (
        &voice.url,
        word(voice.method),
        &voice.fallback_url,
        word(voice.fallback_method),
        &voice.status_callback,
        word(voice.status_callback_method),
    )
}
