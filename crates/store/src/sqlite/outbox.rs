//! The outbox: callbacks that must reach an application, in the order of their lane.
//!
//! Of each lane the row with the lowest id is its head, and only heads are looked at. A row that goes makes the next of
//! its lane the head, in the same transaction.

use std::collections::HashSet;

use model::{Callback, Moment, Sid};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::{Columns, from_json, to_json};
use crate::sqlite::failures::Claim;

/// Appends the callbacks in their order.
pub(super) fn add(db: &Connection, callbacks: &[Callback]) -> Result<(), StoreError> {
    let text = "INSERT INTO outbox (lane, account, url, method, params, idempotency_key, \
                attempts, due_at, head) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, \
                CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE lane = ?1) THEN 0 ELSE 1 END)";
    for callback in callbacks {
        let lane = callback.lane.to_string();
        let row = params![
            lane,
            callback.account.to_string(),
            callback.url,
            callback.method.as_str(),
            to_json(&callback.params)?,
            callback.idempotency_key,
            callback.attempts,
            callback.due_at.micros(),
        ];
        let claim = Claim { sid: callback.lane, name: &lane, account: Some(callback.account) };
        db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error))?;
    }
    Ok(())
}

pub(super) fn due(
    db: &Connection,
    now: Moment,
    limit: u32,
    busy: &HashSet<Sid>,
) -> Result<Vec<Callback>, StoreError> {
    let text = "SELECT id, lane, account, url, method, params, idempotency_key, attempts, due_at \
                FROM outbox WHERE head = 1 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
    // A lane has one head, so as many rows more than there are busy lanes are enough.
    let limit = limit as usize;
    let rows = i64::try_from(limit.saturating_add(busy.len())).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(text)?;
    let mut heads = statement.query(params![now.micros(), rows])?;
    let mut due = Vec::new();
    while due.len() < limit
        && let Some(row) = heads.next()?
    {
        let columns = Columns::of(row);
        let (_, lane): (i64, Sid) = (columns.next()?, columns.sid()?);
        // Those are passed unread: under load they are as many as the others.
        if !busy.contains(&lane) {
            due.push(read(row)?);
        }
    }
    Ok(due)
}

pub(super) fn next_due(db: &Connection, busy: &HashSet<Sid>) -> Result<Option<Moment>, StoreError> {
    let text = "SELECT lane, due_at FROM outbox WHERE head = 1 ORDER BY due_at, id LIMIT ?1";
    let rows = i64::try_from(busy.len().saturating_add(1)).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(text)?;
    let heads = statement.query_map([rows], |row| {
        let columns = Columns::of(row);
        Ok((columns.sid()?, columns.moment()?))
    })?;
    for head in heads {
        let (lane, due_at) = head?;
        if !busy.contains(&lane) {
            return Ok(Some(due_at));
        }
    }
    Ok(None)
}

/// Forgets the row; the next of its lane becomes the head.
pub(super) fn remove(db: &Connection, id: i64) -> Result<(), StoreError> {
    let lane: Option<String> = db
        .prepare_cached("DELETE FROM outbox WHERE id = ?1 RETURNING lane")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(lane) = lane {
        let text = "UPDATE outbox SET head = 1 \
                    WHERE id = (SELECT MIN(id) FROM outbox WHERE lane = ?1)";
        db.prepare_cached(text)?.execute([lane])?;
    }
    Ok(())
}

pub(super) fn put_off(
    db: &Connection,
    id: i64,
    attempts: u32,
    due_at: Moment,
) -> Result<(), StoreError> {
    let text = "UPDATE outbox SET attempts = ?2, due_at = ?3 WHERE id = ?1";
    db.prepare_cached(text)?.execute(params![id, attempts, due_at.micros()])?;
    Ok(())
}

pub(super) fn depth(db: &Connection) -> Result<u64, StoreError> {
    let rows: i64 =
        db.prepare_cached("SELECT COUNT(*) FROM outbox")?.query_row([], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Callback> {
    let columns = Columns::of(row);
    Ok(Callback {
        id: columns.next()?,
        lane: columns.sid()?,
        account: columns.sid()?,
        url: columns.next()?,
        method: columns.parsed()?,
        params: columns.read(from_json)?,
        idempotency_key: columns.next()?,
        attempts: columns.next()?,
        due_at: columns.moment()?,
    })
}
