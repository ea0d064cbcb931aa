//! Records of the watch that are kept as documents, and may stand in `checks.toml`: checks, policies, maintenance and
//! status pages, by account and name.

use model::Sid;
use model::oncall::Name;
use model::watch::{Check, Maintenance, Policy, StatusPage};
use rusqlite::{Connection, OptionalExtension as _, ffi};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::StoreError;
use crate::sqlite::documents::{owned, read, sid, written};

/// A record that has a name, and may stand in the file.
pub(super) trait Filed: Clone + Serialize + DeserializeOwned {
    /// Where such records are.
    const TABLE: &'static str;

    fn name(&self) -> &Name;

    fn stands_in_file(&self) -> bool;

    /// The same, from the file.
    fn filed(&self) -> Self;
}

macro_rules! filed {
    ($($type:ident in $table:literal),*) => {$(
        impl Filed for $type {
            const TABLE: &'static str = $table;

            fn name(&self) -> &Name {
                &self.name
            }

            fn stands_in_file(&self) -> bool {
                self.from_file
            }

            fn filed(&self) -> $type {
                $type { from_file: true, ..self.clone() }
            }
        }
    )*};
}

filed!(
    Check in "checks",
    Policy in "policies",
    Maintenance in "maintenances",
    StatusPage in "status_pages"
);

/// What can be read; what can't is logged, and left out of its list.
pub(super) fn or_logged<T>(record: Result<T, StoreError>) -> Option<T> {
    record.map_err(|error| tracing::error!(%error, "a row is left out of its list")).ok()
}

pub(super) fn all<T: Filed>(db: &Connection, account: Sid) -> Result<Vec<T>, StoreError> {
    let text = format!("SELECT name, document FROM {} WHERE account = ?1 ORDER BY name", T::TABLE);
    let mut rows = db.prepare_cached(&text)?;
    let mut rows = rows.query([account.to_string()])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, document): (String, String) = (row.get(0)?, row.get(1)?);
        records.extend(or_logged(read(T::TABLE, &name, &document)));
    }
    Ok(records)
}

/// Those of every account, with it.
pub(super) fn everybodys<T: Filed>(db: &Connection) -> Result<Vec<(Sid, T)>, StoreError> {
    let text = format!("SELECT account, name, document FROM {} ORDER BY account, name", T::TABLE);
    let mut rows = db.prepare_cached(&text)?;
    let mut rows = rows.query([])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let (account, name): (String, String) = (row.get(0)?, row.get(1)?);
        let document: String = row.get(2)?;
        let record = || Ok((sid(&account)?, read(T::TABLE, &name, &document)?));
        records.extend(or_logged(record()));
    }
    Ok(records)
}

pub(super) fn one<T: Filed>(
    db: &Connection,
    account: Sid,
    name: &Name,
) -> Result<Option<T>, StoreError> {
    let text = format!("SELECT document FROM {} WHERE account = ?1 AND name = ?2", T::TABLE);
    let mut row = db.prepare_cached(&text)?;
    let found: Option<String> =
        row.query_row((account.to_string(), name.as_str()), |row| row.get(0)).optional()?;
    found.map(|document| read(T::TABLE, name.as_str(), &document)).transpose()
}

pub(super) fn save<T: Filed>(db: &Connection, account: Sid, record: &T) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO {} (account, name, from_file, document) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (account, name) DO UPDATE SET from_file = excluded.from_file, \
         document = excluded.document WHERE document <> excluded.document",
        T::TABLE
    );
    let name = record.name().as_str();
    let row = (account.to_string(), name, record.stands_in_file(), written(record)?);
    unique(db.prepare_cached(&text)?.execute(row), account, name).map(|_| ())
}

/// A row that is refused clashes with another that has the same `word`, or belongs to an account that there isn't.
pub(super) fn unique(
    rows: rusqlite::Result<usize>,
    account: Sid,
    word: &str,
) -> Result<usize, StoreError> {
    let clash = |error: &rusqlite::Error| {
        matches!(error, rusqlite::Error::SqliteFailure(cause, _)
            if cause.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE)
    };
    match rows {
        Err(error) if clash(&error) => Err(StoreError::Taken(word.to_owned())),
        rows => owned(rows, account),
    }
}

pub(super) fn remove<T: Filed>(
    db: &Connection,
    account: Sid,
    name: &Name,
) -> Result<bool, StoreError> {
    let text = format!("DELETE FROM {} WHERE account = ?1 AND name = ?2", T::TABLE);
    Ok(db.prepare_cached(&text)?.execute((account.to_string(), name.as_str()))? > 0)
}

/// Names of what stood in the file and isn't among these.
pub(super) fn dropped<T: Filed>(
    db: &Connection,
    account: Sid,
    records: &[T],
) -> Result<Vec<Name>, StoreError> {
    let text =
        format!("SELECT name FROM {} WHERE account = ?1 AND from_file = 1 ORDER BY name", T::TABLE);
    let mut rows = db.prepare_cached(&text)?;
    let mut rows = rows.query([account.to_string()])?;
    let stay: std::collections::BTreeSet<&Name> = records.iter().map(Filed::name).collect();
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let parsed: Result<Name, _> = name.parse();
        let damaged = |_| StoreError::Corrupt(format!("{} '{name}'", T::TABLE));
        names.push(parsed.map_err(damaged)?);
    }
    names.retain(|name| !stay.contains(name));
    Ok(names)
}

/// Keeps these as from the file, and forgets what stood there besides.
pub(super) fn replace<T: Filed>(
    db: &Connection,
    account: Sid,
    records: &[T],
) -> Result<(), StoreError> {
    for name in dropped(db, account, records)? {
        remove::<T>(db, account, &name)?;
    }
    records.iter().try_for_each(|record| save(db, account, &record.filed()))
}

/// The status page of this name, whosever it is.
pub(super) fn page_by_name(
    db: &Connection,
    name: &Name,
) -> Result<Option<(Sid, StatusPage)>, StoreError> {
    let mut row =
        db.prepare_cached("SELECT account, document FROM status_pages WHERE name = ?1")?;
    let found: Option<(String, String)> =
        row.query_row([name.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    found
        .map(|(account, document)| {
            Ok((sid(&account)?, read(StatusPage::TABLE, name.as_str(), &document)?))
        })
        .transpose()
}
