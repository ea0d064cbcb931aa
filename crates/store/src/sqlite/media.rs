//! Media of messages: their records; each one's bytes are a file of their own.

use model::{MediaRecord, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, Page};
use crate::sqlite::columns::Columns;
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, was_deleted};

const MEDIA: Listed<MediaRecord> = Listed {
    table: "media",
    columns: "sid, account, message, content_type, url, size, created_at, updated_at",
    time: "created_at",
    read,
};

/// Keeps new or changed media, unless it was deleted.
pub(super) fn save(db: &Connection, media: &MediaRecord) -> Result<(), StoreError> {
    if was_deleted(db, media.sid)? {
        return Ok(());
    }
    let sid = media.sid.to_string();
    let row = params![
        sid,
        media.account.to_string(),
        media.message.to_string(),
        media.content_type,
        media.url,
        // SQLite counts to 2^63; no file is that large.
        media.size.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
        media.created_at.micros(),
        media.updated_at.micros(),
    ];
    let claim = Claim { sid: media.sid, name: &sid, account: Some(media.account) };
    MEDIA.save(db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<MediaRecord>, StoreError> {
    MEDIA.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    message: Sid,
    created: DateRange,
    page: Page,
) -> Result<Listing<MediaRecord>, StoreError> {
    MEDIA.page(db, account, conditions(account, message, created), page)
}

fn conditions(account: Sid, message: Sid, created: DateRange) -> Conditions {
    Conditions::of(account)
        .equal("message", Some(message.to_string()))
        .within("created_at", created)
}

pub(super) fn delete(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    let uncount = "UPDATE messages SET media = MAX(media - 1, 0) \
                   WHERE sid = (SELECT message FROM media WHERE sid = ?1)";
    db.prepare_cached(uncount)?.execute([sid.to_string()])?;
    MEDIA.delete(db, sid)
}

/// Forgets the media of a message.
pub(super) fn forget(db: &Connection, message: Sid) -> Result<(), StoreError> {
    let text = "DELETE FROM media WHERE message = ?1";
    db.prepare_cached(text)?.execute([message.to_string()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<MediaRecord> {
    let columns = Columns::of(row);
    Ok(MediaRecord {
        sid: columns.sid()?,
        account: columns.sid()?,
        message: columns.sid()?,
        content_type: columns.next()?,
        url: columns.next()?,
        size: columns.next::<Option<i64>>()?.map(i64::unsigned_abs),
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}

#[cfg(test)]
mod tests {
    use model::SidKind;

    use super::*;
    use crate::sqlite::listing::plans::walks;

    #[test]
    fn a_list_walks_one_index_without_sorting() {
        let (account, message) = (Sid::new(SidKind::Account, 1), Sid::new(SidKind::Message, 1));
        walks(&MEDIA, conditions(account, message, DateRange::default()), "media_of_message");
    }
}
