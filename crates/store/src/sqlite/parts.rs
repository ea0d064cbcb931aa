//! Parts of sent messages, as their carriers name them.

use model::{MessagePart, Sid};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::message_rows;
use crate::texts::PartFound;

/// Keeps the parts of a message that exists. One whose name its carrier used for another message before replaces that.
pub(super) fn save(db: &Connection, message: Sid, parts: &[MessagePart]) -> Result<(), StoreError> {
    // A part's place in the index of its message stays untouched by a receipt.
    let keep = "INSERT INTO message_parts (carrier, id, message_id, part, state, error_code) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (carrier, id) DO UPDATE SET \
                state = excluded.state, error_code = excluded.error_code \
                WHERE message_id = excluded.message_id AND part = excluded.part";
    if parts.is_empty() {
        return Ok(());
    }
    let id: i64 = db
        .prepare_cached("SELECT id FROM messages WHERE sid = ?1")?
        .query_row([message.to_string()], |row| row.get(0))?;
    let mut keep = db.prepare_cached(keep)?;
    for part in parts {
        let row =
            params![part.carrier, part.id, id, part.index, part.state.as_str(), part.error_code];
        if keep.execute(row)? == 0 {
            let text = "DELETE FROM message_parts WHERE carrier = ?1 AND id = ?2";
            db.prepare_cached(text)?.execute(params![part.carrier, part.id])?;
            keep.execute(row)?;
        }
    }
    Ok(())
}

pub(super) fn found(
    db: &Connection,
    carrier: &str,
    id: &str,
) -> Result<Option<PartFound>, StoreError> {
    let text = "SELECT message_id FROM message_parts WHERE carrier = ?1 AND id = ?2";
    // One view of the database, so that the message and its parts belong together.
    let view = db.unchecked_transaction()?;
    let message: Option<i64> =
        view.prepare_cached(text)?.query_row([carrier, id], |row| row.get(0)).optional()?;
    let Some(message) = message else { return Ok(None) };
    let Some(message) = message_rows::by_id(&view, message)? else { return Ok(None) };
    let all = of(&view, message.record.sid)?;
    let part = all.iter().find(|part| part.carrier == carrier && part.id == id).cloned();
    Ok(part.map(|part| PartFound { part, message, all }))
}

pub(super) fn of(db: &Connection, message: Sid) -> Result<Vec<MessagePart>, StoreError> {
    let text = "SELECT messages.sid, part, message_parts.carrier, message_parts.id, state, \
                message_parts.error_code FROM messages \
                JOIN message_parts ON message_id = messages.id \
                WHERE messages.sid = ?1 ORDER BY part";
    let mut statement = db.prepare_cached(text)?;
    let rows = statement.query_map([message.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Forgets the parts of a message that is there yet.
pub(super) fn forget(db: &Connection, message: Sid) -> Result<(), StoreError> {
    let text = "DELETE FROM message_parts \
                WHERE message_id = (SELECT id FROM messages WHERE sid = ?1)";
    db.prepare_cached(text)?.execute([message.to_string()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessagePart> {
    let columns = Columns::of(row);
    Ok(MessagePart {
        message: columns.sid()?,
        index: columns.next()?,
        carrier: columns.next()?,
        id: columns.next()?,
        state: columns.parsed()?,
        error_code: columns.next()?,
    })
}
