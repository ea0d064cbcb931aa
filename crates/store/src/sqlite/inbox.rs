//! What the handsets of the virtual carrier show.

use model::{InboxEntry, PhoneNumber};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::{Columns, from_json, to_json};
use crate::sqlite::text_columns::correspondent_kind;
use crate::texts::Handset;

pub(super) fn add(db: &Connection, entry: &InboxEntry) -> Result<i64, StoreError> {
    let before = "SELECT id FROM inbox WHERE message = ?1 AND handset = ?2 AND written_here = ?3";
    let text = "INSERT INTO inbox (handset, other_kind, other_text, written_here, body, media, \
                message, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let count = "INSERT INTO handsets (number, entries, last_id, last_at) VALUES (?1, 1, ?2, ?3) \
                 ON CONFLICT (number) DO UPDATE SET entries = entries + 1, \
                 last_id = excluded.last_id, last_at = excluded.last_at";
    let (handset, message) = (entry.handset.as_str(), entry.message.to_string());
    let kept: Option<i64> = db
        .prepare_cached(before)?
        .query_row(params![message, handset, entry.written_here], |row| row.get(0))
        .optional()?;
    if let Some(id) = kept {
        return Ok(id);
    }
    let row = params![
        handset,
        correspondent_kind(&entry.other),
        entry.other.to_string(),
        entry.written_here,
        entry.body,
        to_json(&entry.media)?,
        message,
        entry.at.micros(),
    ];
    let id = db.prepare_cached(text)?.insert(row)?;
    db.prepare_cached(count)?.execute(params![handset, id, entry.at.micros()])?;
    Ok(id)
}

pub(super) fn after(
    db: &Connection,
    handset: &PhoneNumber,
    after: i64,
    limit: u32,
) -> Result<Vec<InboxEntry>, StoreError> {
    let text = "SELECT id, handset, other_kind, other_text, written_here, body, media, message, \
                at FROM inbox WHERE handset = ?1 AND id > ?2 ORDER BY id DESC LIMIT ?3";
    let mut statement = db.prepare_cached(text)?;
    let rows = statement.query_map(params![handset.as_str(), after, limit], read)?;
    let mut entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    entries.reverse();
    Ok(entries)
}

pub(super) fn handsets(db: &Connection, limit: u32) -> Result<Vec<Handset>, StoreError> {
    let text = "SELECT number, entries, last_at FROM handsets ORDER BY last_id DESC LIMIT ?1";
    let mut statement = db.prepare_cached(text)?;
    let rows = statement.query_map([limit], |row| {
        let columns = Columns::of(row);
        Ok(Handset {
            number: columns.parsed()?,
            entries: columns.next::<i64>()?.unsigned_abs(),
            last_at: columns.moment()?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<InboxEntry> {
    let columns = Columns::of(row);
    Ok(InboxEntry {
        id: columns.next()?,
        handset: columns.parsed()?,
        other: columns.correspondent()?,
        written_here: columns.next()?,
        body: columns.next()?,
        media: columns.read(from_json)?,
        message: columns.sid()?,
        at: columns.moment()?,
    })
}
