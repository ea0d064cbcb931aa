//! Recordings: their records; the audio is a file of its own.

use model::{Callback, RecordingRecord, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page, RecordingFilter};
use crate::sqlite::columns::{Columns, micros};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, was_deleted};
use crate::sqlite::{outbox, transcriptions};

const RECORDINGS: Listed<RecordingRecord> = Listed {
    table: "recordings",
    columns: "sid, account, call, source, channels, status, duration, started_at, updated_at, \
              error_code",
    time: "started_at",
    read,
};

pub(super) fn save(
    db: &Connection,
    recording: &RecordingRecord,
    callbacks: &[Callback],
) -> Result<(), StoreError> {
    if !was_deleted(db, recording.sid)? {
        write(db, recording)?;
    }
    outbox::add(db, callbacks)
}

fn write(db: &Connection, recording: &RecordingRecord) -> Result<(), StoreError> {
    let sid = recording.sid.to_string();
    let row = params![
        sid,
        recording.account.to_string(),
        recording.call.to_string(),
        recording.source.as_str(),
        recording.channels,
        recording.status.as_str(),
        recording.duration.map(micros),
        recording.started_at.micros(),
        recording.updated_at.micros(),
        recording.error_code,
    ];
    let claim = Claim { sid: recording.sid, name: &sid, account: Some(recording.account) };
    RECORDINGS.save(db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<RecordingRecord>, StoreError> {
    RECORDINGS.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    filter: RecordingFilter,
    page: Page,
) -> Result<Listing<RecordingRecord>, StoreError> {
    let conditions = Conditions::of(account)
        .equal("call", filter.call.map(|sid| sid.to_string()))
        .within("started_at", filter.created);
    RECORDINGS.page(db, account, conditions, page)
}

pub(super) fn delete(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    transcriptions::delete_of(db, sid)?;
    RECORDINGS.delete(db, sid)
}

pub(super) fn unfinished(db: &Connection) -> Result<Vec<RecordingRecord>, StoreError> {
    RECORDINGS.all(db, "WHERE status = 'in-progress' ORDER BY started_at, sid", &[])
}

fn read(row: &Row<'_>) -> rusqlite::Result<RecordingRecord> {
    let columns = Columns::of(row);
    Ok(RecordingRecord {
        sid: columns.sid()?,
        account: columns.sid()?,
        call: columns.sid()?,
        source: columns.parsed()?,
        channels: columns.next()?,
        status: columns.parsed()?,
        duration: columns.maybe_duration()?,
        started_at: columns.moment()?,
        updated_at: columns.moment()?,
        error_code: columns.next()?,
    })
}
