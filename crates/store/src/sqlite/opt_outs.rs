//! Who wants no more texts from whom.

use model::{Correspondent, Moment, Sid};
use rusqlite::{Connection, params};

use crate::errors::StoreError;
use crate::sqlite::failures::Claim;

/// Keeps that the receiver wants nothing more; the first time counts.
pub(super) fn add(
    db: &Connection,
    account: Sid,
    scope: &str,
    who: &Correspondent,
    at: Moment,
) -> Result<(), StoreError> {
    let text = "INSERT INTO opt_outs (account, scope, who, at) VALUES (?1, ?2, ?3, ?4) \
                ON CONFLICT DO NOTHING";
    let row = params![account.to_string(), scope, who.to_string(), at.micros()];
    let claim = Claim { sid: account, name: scope, account: Some(account) };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn remove(
    db: &Connection,
    account: Sid,
    scope: &str,
    who: &Correspondent,
) -> Result<bool, StoreError> {
    let text = "DELETE FROM opt_outs WHERE account = ?1 AND scope = ?2 AND who = ?3";
    let row = params![account.to_string(), scope, who.to_string()];
    Ok(db.prepare_cached(text)?.execute(row)? > 0)
}

/// Whether there is one.
pub(super) fn any(
    db: &Connection,
    account: Sid,
    scope: &str,
    who: &Correspondent,
) -> Result<bool, StoreError> {
    let text = "SELECT 1 FROM opt_outs WHERE account = ?1 AND scope = ?2 AND who = ?3";
    let row = params![account.to_string(), scope, who.to_string()];
    Ok(db.prepare_cached(text)?.exists(row)?)
}
