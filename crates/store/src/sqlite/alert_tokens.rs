//! By which other watches may send alerts. Only hashes are kept.

use model::oncall::Name;
use model::{Moment, Sid};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::filed::unique;
use crate::watching::AlertToken;

const COLUMNS: &str = "account, name, hash, created_at";

fn read(row: &Row<'_>) -> rusqlite::Result<(Sid, AlertToken)> {
    let columns = Columns::of(row);
    let account = columns.sid()?;
    let token = AlertToken {
        name: columns.parsed()?,
        hash: columns.next()?,
        created_at: Moment::from_micros(columns.next()?),
    };
    Ok((account, token))
}

pub(super) fn all(db: &Connection, account: Sid) -> Result<Vec<AlertToken>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM alert_tokens WHERE account = ?1 ORDER BY name");
    let mut rows = db.prepare_cached(&text)?;
    let rows = rows.query_map([account.to_string()], |row| Ok(read(row)?.1))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn of_hash(
    db: &Connection,
    hash: &str,
) -> Result<Option<(Sid, AlertToken)>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM alert_tokens WHERE hash = ?1");
    Ok(db.prepare_cached(&text)?.query_row([hash], read).optional()?)
}

pub(super) fn save(db: &Connection, account: Sid, token: &AlertToken) -> Result<(), StoreError> {
    let text = "INSERT INTO alert_tokens (account, name, hash, created_at) \
                VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account, name) DO UPDATE SET \
                hash = excluded.hash, created_at = excluded.created_at";
    let (name, hash) = (token.name.as_str(), token.hash.as_str());
    let row = (account.to_string(), name, hash, token.created_at.micros());
    let word = format!("the hash of {name}");
    unique(db.prepare_cached(text)?.execute(row), account, &word).map(|_| ())
}

pub(super) fn remove(db: &Connection, account: Sid, name: &Name) -> Result<bool, StoreError> {
    let text = "DELETE FROM alert_tokens WHERE account = ?1 AND name = ?2";
    Ok(db.prepare_cached(text)?.execute((account.to_string(), name.as_str()))? > 0)
}
