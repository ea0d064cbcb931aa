//! Trunks.

use model::{Secret, Trunk};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::{Columns, from_json, to_json};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::Listed;

const TRUNKS: Listed<Trunk> = Listed {
    table: "trunks",
    columns: "sid, name, host, port, username, password, sources, prefixes, created_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, trunk: &Trunk) -> Result<(), StoreError> {
    let text = "INSERT INTO trunks (sid, name, host, port, username, password, sources, prefixes, \
                created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = params![
        trunk.sid.to_string(),
        trunk.name,
        trunk.host,
        trunk.port,
        trunk.credentials.as_ref().map(|(user, _)| user),
        trunk.credentials.as_ref().map(|(_, password)| password.reveal()),
        to_json(&trunk.sources)?,
        to_json(&trunk.prefixes)?,
        trunk.created_at.micros(),
    ];
    let claim = Claim { sid: trunk.sid, name: &trunk.name, account: None };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn all(db: &Connection) -> Result<Vec<Trunk>, StoreError> {
    TRUNKS.all(db, "ORDER BY name", &[])
}

pub(super) fn remove(db: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM trunks WHERE name = ?1")?.execute([name])? > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Trunk> {
    let columns = Columns::of(row);
    Ok(Trunk {
        sid: columns.sid()?,
        name: columns.next()?,
        host: columns.next()?,
        port: columns.next()?,
        credentials: credentials(&columns)?,
        sources: columns.read(from_json)?,
        prefixes: columns.read(from_json)?,
        created_at: columns.moment()?,
    })
}

/// Two columns; both, or neither.
fn credentials(columns: &Columns<'_>) -> rusqlite::Result<Option<(String, Secret)>> {
    let user: Option<String> = columns.next()?;
    let password: Option<String> = columns.next()?;
    Ok(user.zip(password.map(Secret::new)))
}
