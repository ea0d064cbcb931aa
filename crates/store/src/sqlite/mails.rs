//! E-mails that must arrive.

use model::Moment;
use model::oncall::Mail;
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::documents::owned;

pub(super) fn post(db: &Connection, mail: &Mail) -> Result<bool, StoreError> {
    let text = "INSERT INTO mails (account, key, waits, recipient, subject, body, attempts, \
                due_at, created_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8) \
                ON CONFLICT (account, key) DO NOTHING";
    let row = params![
        mail.account.to_string(),
        mail.key,
        mail.to,
        mail.subject,
        mail.text,
        mail.attempts,
        mail.due_at.micros(),
        mail.created_at.micros(),
    ];
    Ok(owned(db.prepare_cached(text)?.execute(row), mail.account)? > 0)
}

pub(super) fn due(db: &Connection, now: Moment, limit: u32) -> Result<Vec<Mail>, StoreError> {
    let text = "SELECT id, account, recipient, subject, body, key, attempts, due_at, created_at \
                FROM mails WHERE waits = 1 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
    let mut rows = db.prepare_cached(text)?;
    let rows = rows.query_map((now.micros(), limit), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Mail> {
    let columns = Columns::of(row);
    Ok(Mail {
        id: columns.next()?,
        account: columns.sid()?,
        to: columns.next()?,
        subject: columns.next()?,
        text: columns.next()?,
        key: columns.next()?,
        attempts: columns.next()?,
        due_at: columns.moment()?,
        created_at: columns.moment()?,
    })
}

/// Its key stays, so that nobody posts it again; who it went to and what it said is forgotten.
pub(super) fn done(db: &Connection, id: i64) -> Result<(), StoreError> {
    let text = "UPDATE mails SET waits = 0, recipient = '', subject = '', body = '' WHERE id = ?1";
    db.prepare_cached(text)?.execute([id])?;
    Ok(())
}

pub(super) fn put_off(
    db: &Connection,
    id: i64,
    attempts: u32,
    due_at: Moment,
) -> Result<(), StoreError> {
    let text = "UPDATE mails SET attempts = ?2, due_at = ?3 WHERE id = ?1 AND waits = 1";
    db.prepare_cached(text)?.execute((id, attempts, due_at.micros()))?;
    Ok(())
}

pub(super) fn next_due(db: &Connection) -> Result<Option<Moment>, StoreError> {
    let mut row = db.prepare_cached("SELECT MIN(due_at) FROM mails WHERE waits = 1")?;
    let at: Option<i64> = row.query_row([], |row| row.get(0))?;
    Ok(at.map(Moment::from_micros))
}
