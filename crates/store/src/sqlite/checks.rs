//! Checks, with the numbers that stand for them in long tables, and where they stand.

use model::Sid;
use model::oncall::Name;
use model::watch::{Check, CheckState, Maintenance, Policy, Probe, StatusPage};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::errors::StoreError;
use crate::sqlite::documents::{read, sid, written};
use crate::sqlite::filed;

/// The number of a check.
pub(super) fn id(db: &Connection, account: Sid, name: &Name) -> Result<Option<i64>, StoreError> {
    let mut row = db.prepare_cached("SELECT id FROM checks WHERE account = ?1 AND name = ?2")?;
    let found = row.query_row((account.to_string(), name.as_str()), |row| row.get(0));
    Ok(found.optional()?)
}

/// The token in the URL of a heartbeat that has one.
fn token(check: &Check) -> Option<&str> {
    match &check.probe {
        Probe::Heartbeat { token, .. } => Some(token.as_str()).filter(|token| !token.is_empty()),
        Probe::Http(_)
        | Probe::Tcp { .. }
        | Probe::Tls { .. }
        | Probe::Dns { .. }
        | Probe::Ping { .. }
        | Probe::Smtp { .. }
        | Probe::Sip { .. }
        | Probe::Postgres { .. }
        | Probe::Redis { .. } => None,
    }
}

/// One that stands there already is not written again: a file of thousands is read anew whenever one of them changed.
pub(super) fn save(db: &Connection, account: Sid, check: &Check) -> Result<(), StoreError> {
    let text = "INSERT INTO checks (account, name, from_file, token, document) \
                VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account, name) DO UPDATE SET \
                from_file = excluded.from_file, token = excluded.token, \
                document = excluded.document \
                WHERE document <> excluded.document OR token IS NOT excluded.token";
    let row = params![
        account.to_string(),
        check.name.as_str(),
        check.from_file,
        token(check),
        written(check)?,
    ];
    // The token itself is a secret.
    let word = format!("the token of {}", check.name);
    filed::unique(db.prepare_cached(text)?.execute(row), account, &word).map(|_| ())
}

/// Its state goes with it; its outcomes are left to be swept.
pub(super) fn remove(db: &Connection, account: Sid, name: &Name) -> Result<bool, StoreError> {
    let Some(id) = id(db, account, name)? else { return Ok(false) };
    db.prepare_cached("INSERT INTO removed_checks (check_id) VALUES (?1)")?.execute([id])?;
    Ok(db.prepare_cached("DELETE FROM checks WHERE id = ?1")?.execute([id])? > 0)
}

pub(super) fn by_token(db: &Connection, token: &str) -> Result<Option<(Sid, Name)>, StoreError> {
    let mut row = db.prepare_cached("SELECT account, name FROM checks WHERE token = ?1")?;
    let found: Option<(String, String)> =
        row.query_row([token], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    found.map(|(account, name)| Ok((sid(&account)?, parsed(&name)?))).transpose()
}

fn parsed(name: &str) -> Result<Name, StoreError> {
    name.parse().map_err(|_| StoreError::Corrupt(format!("checks '{name}'")))
}

/// What stands in a file.
pub(super) struct WatchFile {
    pub(super) checks: Vec<Check>,
    pub(super) policies: Vec<Policy>,
    pub(super) maintenances: Vec<Maintenance>,
    pub(super) pages: Vec<StatusPage>,
}

pub(super) fn replace_from_file(
    db: &Connection,
    account: Sid,
    file: &WatchFile,
) -> Result<(), StoreError> {
    for name in filed::dropped(db, account, &file.checks)? {
        remove(db, account, &name)?;
    }
    // A token may have moved from one check to another.
    let text = "UPDATE checks SET token = NULL WHERE account = ?1 AND from_file = 1 \
                AND token IS NOT NULL";
    db.prepare_cached(text)?.execute([account.to_string()])?;
    for check in &file.checks {
        save(db, account, &filed::Filed::filed(check))?;
    }
    filed::replace(db, account, &file.policies)?;
    filed::replace(db, account, &file.maintenances)?;
    filed::replace(db, account, &file.pages)
}

/// Keeps where a check stands; nothing happens if it is gone.
pub(super) fn keep_state(db: &Connection, id: i64, state: &CheckState) -> Result<(), StoreError> {
    let text = "INSERT INTO check_states (check_id, document) VALUES (?1, ?2) \
                ON CONFLICT (check_id) DO UPDATE SET document = excluded.document";
    db.prepare_cached(text)?.execute((id, written(state)?))?;
    Ok(())
}

pub(super) fn states(db: &Connection, account: Sid) -> Result<Vec<CheckState>, StoreError> {
    let text = "SELECT name, check_states.document FROM checks \
                JOIN check_states ON check_id = id WHERE account = ?1 ORDER BY name";
    let mut rows = db.prepare_cached(text)?;
    let mut rows = rows.query([account.to_string()])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, document): (String, String) = (row.get(0)?, row.get(1)?);
        states.extend(filed::or_logged(read("check_states", &name, &document)));
    }
    Ok(states)
}

pub(super) fn all_states(db: &Connection) -> Result<Vec<(Sid, CheckState)>, StoreError> {
    let text = "SELECT account, name, check_states.document FROM checks \
                JOIN check_states ON check_id = id ORDER BY account, name";
    let mut rows = db.prepare_cached(text)?;
    let mut rows = rows.query([])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let (account, name): (String, String) = (row.get(0)?, row.get(1)?);
        let document: String = row.get(2)?;
        let state = || Ok((sid(&account)?, read("check_states", &name, &document)?));
        states.extend(filed::or_logged(state()));
    }
    Ok(states)
}
