//! Records that are kept as documents: people, rotas and lines, by account and name.

use model::Sid;
use model::oncall::{Line, Name, Person, Rota};
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::StoreError;

/// A table of them.
pub(super) struct Documents {
    table: &'static str,
}

pub(super) const PEOPLE: Documents = Documents { table: "people" };
pub(super) const ROTAS: Documents = Documents { table: "rotas" };
pub(super) const LINES: Documents = Documents { table: "lines" };

/// A record that has a name.
pub(super) trait Named: Serialize + DeserializeOwned {
    fn name(&self) -> &Name;
}

macro_rules! named {
    ($($type:ty),*) => {$(
        impl Named for $type {
            fn name(&self) -> &Name {
                &self.name
            }
        }
    )*};
}

named!(Person, Rota, Line);

impl Documents {
    pub(super) fn all<T: Named>(
        &self,
        db: &Connection,
        account: Sid,
    ) -> Result<Vec<T>, StoreError> {
        let text =
            format!("SELECT name, document FROM {} WHERE account = ?1 ORDER BY name", self.table);
        let mut rows = db.prepare_cached(&text)?;
        let rows = rows.query_map([account.to_string()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.map(|row| {
            let (name, document) = row?;
            read(self.table, &name, &document)
        })
        .collect()
    }

    pub(super) fn one<T: Named>(
        &self,
        db: &Connection,
        account: Sid,
        name: &Name,
    ) -> Result<Option<T>, StoreError> {
        let text = format!("SELECT document FROM {} WHERE account = ?1 AND name = ?2", self.table);
        let mut row = db.prepare_cached(&text)?;
        let found: Option<String> =
            row.query_row((account.to_string(), name.as_str()), |row| row.get(0)).optional()?;
        found.map(|document| read(self.table, name.as_str(), &document)).transpose()
    }

    pub(super) fn save<T: Named>(
        &self,
        db: &Connection,
        account: Sid,
        record: &T,
    ) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO {} (account, name, document) VALUES (?1, ?2, ?3) \
             ON CONFLICT (account, name) DO UPDATE SET document = excluded.document",
            self.table
        );
        let row = (account.to_string(), record.name().as_str(), written(record)?);
        owned(db.prepare_cached(&text)?.execute(row), account).map(|_| ())
    }

    pub(super) fn remove(
        &self,
        db: &Connection,
        account: Sid,
        name: &Name,
    ) -> Result<bool, StoreError> {
        let text = format!("DELETE FROM {} WHERE account = ?1 AND name = ?2", self.table);
        let rows = db.prepare_cached(&text)?.execute((account.to_string(), name.as_str()))?;
        Ok(rows > 0)
    }
}

/// Every rota with its account.
pub(super) fn all_rotas(db: &Connection) -> Result<Vec<(Sid, Rota)>, StoreError> {
    let mut rows =
        db.prepare_cached("SELECT account, name, document FROM rotas ORDER BY account, name")?;
    let rows = rows.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    rows.map(|row| {
        let (account, name, document) = row?;
        Ok((sid(&account)?, read("rotas", &name, &document)?))
    })
    .collect()
}

/// As it is kept. What could not be read again is refused now, rather than found damaged later.
pub(super) fn written<T: Serialize + DeserializeOwned>(record: &T) -> Result<String, StoreError> {
    let text =
        serde_json::to_string(record).map_err(|error| StoreError::Refused(error.to_string()))?;
    match serde_json::from_str::<T>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(StoreError::Refused(error.to_string())),
    }
}

/// What was kept. What this binary can't read is damage, not a panic; it isn't told, for it names people and numbers.
pub(super) fn read<T: DeserializeOwned>(
    table: &str,
    name: &str,
    document: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(document).map_err(|error| {
        StoreError::Corrupt(format!(
            "{table} '{name}' can't be read from byte {} on; it is damaged, or a newer alo wrote it",
            error.column()
        ))
    })
}

pub(super) fn sid(text: &str) -> Result<Sid, StoreError> {
    text.parse().map_err(|error: model::InvalidSid| StoreError::Corrupt(error.to_string()))
}

/// A row that is refused for its foreign key belongs to an account that there isn't.
pub(super) fn owned(rows: rusqlite::Result<usize>, account: Sid) -> Result<usize, StoreError> {
    rows.map_err(
        |error| if is_orphan(&error) { StoreError::Missing(account) } else { error.into() },
    )
}

/// The same for a rota that there isn't, of an account that there is.
pub(super) fn of_rota(rows: rusqlite::Result<usize>, rota: &Name) -> Result<usize, StoreError> {
    rows.map_err(|error| {
        let no_rota = || StoreError::Refused(format!("there is no rota '{rota}'"));
        if is_orphan(&error) { no_rota() } else { error.into() }
    })
}

fn is_orphan(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(cause, _)
        if cause.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}
