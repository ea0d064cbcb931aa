//! Transcripts of recordings. Those in progress have their orders beside them; what is done forgets whom it was for.

use model::{Callback, Method, Moment, RecordingRecord, Sid, Transcription, TranscriptionOrder};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::columns::{Columns, from_json, micros, to_json};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, was_deleted};
use crate::sqlite::{outbox, recordings};
use crate::transcriptions::DamagedTranscription;

const TRANSCRIPTIONS: Listed<Transcription> = Listed {
    table: "transcriptions",
    columns: "sid, account, recording, call, status, text, failure, language, length, created_at, \
              updated_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, order: &TranscriptionOrder) -> Result<(), StoreError> {
    let TranscriptionOrder { record, callback, params } = order;
    if was_deleted(db, record.sid)? || was_deleted(db, record.recording)? {
        return Ok(());
    }
    let text = "INSERT INTO transcriptions (sid, account, recording, call, status, text, failure, \
                language, length, created_at, updated_at, callback_url, callback_method, params) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                ON CONFLICT (sid) DO NOTHING";
    let sid = record.sid.to_string();
    let row = params![
        sid,
        record.account.to_string(),
        record.recording.to_string(),
        record.call.to_string(),
        record.status.as_str(),
        record.text,
        record.failure,
        record.language,
        micros(record.length),
        record.created_at.micros(),
        record.updated_at.micros(),
        callback.as_ref().map(|(url, _)| url),
        callback.as_ref().map(|(_, method)| method.as_str()),
        to_json(params)?,
    ];
    let claim = Claim { sid: record.sid, name: &sid, account: Some(record.account) };
    let added = db.prepare_cached(text)?.execute(row);
    added.map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn add_with_recording(
    db: &Connection,
    recording: &RecordingRecord,
    callbacks: &[Callback],
    order: &TranscriptionOrder,
) -> Result<(), StoreError> {
    recordings::save(db, recording, callbacks)?;
    add(db, order)
}

pub(super) fn owed(db: &Connection, limit: u32) -> Result<Vec<TranscriptionOrder>, StoreError> {
    let mut statement = db.prepare_cached(&owed_text())?;
    let rows = statement.query_map([i64::from(limit)], read_order)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn owed_text() -> String {
    format!(
        "SELECT {}, callback_url, callback_method, params FROM transcriptions \
         WHERE status = 'in-progress' ORDER BY created_at, sid LIMIT ?1",
        TRANSCRIPTIONS.columns
    )
}

/// Column by column, so that what is wrong in one hides none of the others.
pub(super) fn give_up_damaged(
    db: &Connection,
    now: Moment,
) -> Result<Vec<DamagedTranscription>, StoreError> {
    let mut statement = db.prepare_cached(&owed_text())?;
    let rows = statement.query_map([-1], |row| {
        let damaged = read_order(row).is_err();
        let (sid, account): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(damaged.then(|| DamagedTranscription { sid, account: account.parse().ok() }))
    })?;
    let damaged: Vec<_> = rows.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?;
    let text = "UPDATE transcriptions SET status = 'failed', updated_at = ?2, \
                failure = 'its row is damaged', callback_url = NULL, callback_method = NULL, \
                params = NULL WHERE sid = ?1";
    for row in &damaged {
        db.prepare_cached(text)?.execute((&row.sid, now.micros()))?;
    }
    Ok(damaged)
}

pub(super) fn finish(
    db: &Connection,
    record: &Transcription,
    callbacks: &[Callback],
) -> Result<bool, StoreError> {
    let text = "UPDATE transcriptions SET status = ?2, text = ?3, failure = ?4, language = ?5, \
                length = ?6, updated_at = ?7, callback_url = NULL, callback_method = NULL, \
                params = NULL WHERE sid = ?1 AND status = 'in-progress'";
    let row = params![
        record.sid.to_string(),
        record.status.as_str(),
        record.text,
        record.failure,
        record.language,
        micros(record.length),
        record.updated_at.micros(),
    ];
    let finished = db.prepare_cached(text)?.execute(row)? > 0;
    if finished {
        outbox::add(db, callbacks)?;
    }
    Ok(finished)
}

pub(super) fn one(
    db: &Connection,
    account: Sid,
    sid: Sid,
) -> Result<Option<Transcription>, StoreError> {
    Ok(TRANSCRIPTIONS.one(db, sid)?.filter(|record| record.account == account))
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    recording: Option<Sid>,
    page: Page,
) -> Result<Listing<Transcription>, StoreError> {
    TRANSCRIPTIONS.page(db, account, conditions(account, recording), page)
}

fn conditions(account: Sid, recording: Option<Sid>) -> Conditions {
    Conditions::of(account).equal("recording", recording.map(|sid| sid.to_string()))
}

pub(super) fn delete(db: &Connection, account: Sid, sid: Sid) -> Result<bool, StoreError> {
    let text = "SELECT 1 FROM transcriptions WHERE sid = ?1 AND account = ?2";
    let own = db.prepare_cached(text)?.exists((sid.to_string(), account.to_string()))?;
    if own { TRANSCRIPTIONS.delete(db, sid) } else { Ok(false) }
}

/// Deletes those of a recording, but for their places in the lists.
pub(super) fn delete_of(db: &Connection, recording: Sid) -> Result<(), StoreError> {
    let recording = recording.to_string();
    let text = "SELECT sid FROM transcriptions WHERE recording = ?1 \
                AND account = (SELECT account FROM recordings WHERE sid = ?1)";
    let sids = db
        .prepare_cached(text)?
        .query_map([recording], |row| Columns::of(row).sid())?
        .collect::<rusqlite::Result<Vec<Sid>>>()?;
    for sid in sids {
        TRANSCRIPTIONS.delete(db, sid)?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Transcription> {
    read_record(&Columns::of(row))
}

fn read_record(columns: &Columns<'_>) -> rusqlite::Result<Transcription> {
    Ok(Transcription {
        sid: columns.sid()?,
        account: columns.sid()?,
        recording: columns.sid()?,
        call: columns.sid()?,
        status: columns.parsed()?,
        text: columns.next()?,
        failure: columns.next()?,
        language: columns.next()?,
        length: columns.duration()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}

fn read_order(row: &Row<'_>) -> rusqlite::Result<TranscriptionOrder> {
    let columns = Columns::of(row);
    let record = read_record(&columns)?;
    let url: Option<String> = columns.next()?;
    let method: Option<Method> = columns.maybe_parsed()?;
    let params = columns.maybe_read(from_json)?.unwrap_or_default();
    Ok(TranscriptionOrder { record, callback: url.zip(method), params })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connection;
    use crate::sqlite::listing::plans::{plan, walks};
    use model::SidKind;

    #[test]
    fn lists_walk_an_index() {
        let account = Sid::new(SidKind::Account, 1);
        let recording = Sid::new(SidKind::Recording, 1);
        walks(&TRANSCRIPTIONS, conditions(account, None), "transcriptions_of_account");
        let of_one = conditions(account, Some(recording));
        walks(&TRANSCRIPTIONS, of_one, "transcriptions_of_recording");
    }

    #[test]
    fn a_row_that_nobody_can_read_is_given_up_and_the_others_go_on() {
        let db = connection::in_memory().expect("a database");
        let account = Sid::new(SidKind::Account, 1);
        db.execute_batch("PRAGMA foreign_keys = OFF").expect("it is set");
        let order = |digits| TranscriptionOrder {
            record: Transcription {
                sid: Sid::new(SidKind::Transcription, digits),
                account,
                recording: Sid::new(SidKind::Recording, digits),
                call: Sid::new(SidKind::Call, 1),
                status: model::TranscriptionStatus::InProgress,
                text: None,
                failure: None,
                language: "en".to_owned(),
                length: std::time::Duration::from_secs(1),
                created_at: Moment::EPOCH,
                updated_at: Moment::EPOCH,
            },
            callback: None,
            params: Vec::new(),
        };
        for digits in 1..=2 {
            add(&db, &order(digits)).expect("it is kept");
        }
        let bad = order(1).record.sid.to_string();
        let text = "UPDATE transcriptions SET params = 'no JSON' WHERE sid = ?1";
        db.execute(text, [&bad]).expect("it is written");
        assert!(matches!(owed(&db, 10), Err(StoreError::Corrupt(_))));
        let given_up = give_up_damaged(&db, Moment::EPOCH).expect("it is written");
        assert_eq!(given_up, [DamagedTranscription { sid: bad, account: Some(account) }]);
        assert_eq!(owed(&db, 10), Ok(vec![order(2)]));
        let failed = one(&db, account, order(1).record.sid).expect("it can be read");
        assert!(failed.is_some_and(|record| record.status.as_str() == "failed"));
    }

    #[test]
    fn what_is_owed_is_found_without_looking_at_what_is_done() {
        let db = connection::in_memory().expect("a database");
        let owed = "SELECT sid FROM transcriptions WHERE status = 'in-progress' \
                    ORDER BY created_at, sid LIMIT 10";
        let plan = plan(&db, owed);
        assert!(plan.contains("transcriptions_owed"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
