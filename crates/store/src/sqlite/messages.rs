//! Text messages: made with what follows from them, changed, listed, forgotten.
//!
//! What is still to be done for a message is found by the partial indexes of `queue.rs`. A change touches no index
//! that it doesn't have to: one that leaves both the lists and the queue as they were writes the row alone.

use std::sync::LazyLock;

use model::{MessageRecord, Sid};
use rusqlite::{Connection, OptionalExtension, ToSql};

use crate::errors::StoreError;
use crate::lists::{Listing, MessageFilter, Page};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, insertion, was_deleted};
use crate::sqlite::message_rows::{BOUND, MESSAGES, RECORDS, WRITTEN, bind};
use crate::sqlite::{fragments, media, opt_outs, outbox, parts, senders};
use crate::texts::{Creation, Message, MessageChange, NewMessage};

/// Columns that the lists' indexes hold.
const LISTED_BY: [&str; 4] = ["account", "from_text", "to_text", "created_at"];
/// Columns that the queue's indexes hold.
const QUEUED_BY: [&str; 4] = ["due_at", "queue", "lane", "expires_at"];

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let once = "idempotency_key, came_carrier, came_id";
    insertion("messages", &format!("{WRITTEN}, {once}"))
});

/// Changes, from the one that touches no index to the one that touches all.
static UPDATES: LazyLock<[String; 3]> = LazyLock::new(|| {
    let all = [&LISTED_BY[..], &QUEUED_BY[..]].concat();
    [update(&all), update(&LISTED_BY), update(&[])]
});

/// The text of a change that only meets a row where the columns `held` are the same already. The last parameter says
/// whether there may be more media than before; if not, media that was deleted meanwhile stays uncounted.
fn update(held: &[&str]) -> String {
    let (mut set, mut met) = (Vec::new(), vec!["sid = ?1".to_owned()]);
    for (name, place) in WRITTEN.split(", ").zip(1..).skip(1) {
        if held.contains(&name) {
            met.push(format!("{name} IS ?{place}"));
        } else if name == "media" {
            let last = BOUND + 1;
            set.push(format!(
                "media = CASE ?{last} WHEN 1 THEN ?{place} ELSE MIN(media, ?{place}) END"
            ));
        } else {
            set.push(format!("{name} = ?{place}"));
        }
    }
    format!("UPDATE messages SET {} WHERE {}", set.join(", "), met.join(" AND "))
}

pub(super) fn create(db: &Connection, new: &NewMessage) -> Result<Creation, StoreError> {
    if let Some(record) = kept_before(db, new)? {
        return Ok(Creation::Repeated(record));
    }
    let record = &new.message.record;
    if let Some(scope) = &new.unless_barred_by
        && opt_outs::any(db, record.account, scope, &record.to)?
    {
        return Ok(Creation::Barred);
    }
    insert(db, new)?;
    for item in &new.media {
        media::save(db, item)?;
    }
    outbox::add(db, &new.callbacks)?;
    if new.sticky
        && let (Some(service), Some(from)) = (record.service, &record.from)
    {
        senders::stick(db, service, &record.to, from)?;
    }
    if let Some(set) = &new.fragments {
        fragments::forget(db, set)?;
    }
    Ok(Creation::Kept)
}

fn kept_before(db: &Connection, new: &NewMessage) -> Result<Option<MessageRecord>, StoreError> {
    if let Some(key) = &new.idempotency_key {
        let account = new.message.record.account.to_string();
        let found = first(db, "account = ?1 AND idempotency_key = ?2", [&account, key])?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let Some((carrier, id)) = &new.came_as else { return Ok(None) };
    first(db, "came_carrier = ?1 AND came_id = ?2", [carrier, id])
}

fn first(
    db: &Connection,
    condition: &str,
    values: [&str; 2],
) -> Result<Option<MessageRecord>, StoreError> {
    let text = format!("SELECT {} FROM messages WHERE {condition}", RECORDS.columns);
    Ok(db.prepare_cached(&text)?.query_row(values, RECORDS.read).optional()?)
}

fn insert(db: &Connection, new: &NewMessage) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(&INSERT)?;
    bind(&mut statement, &new.message)?;
    let came_as = new.came_as.as_ref();
    let once: [&dyn ToSql; 3] =
        [&new.idempotency_key, &came_as.map(|(carrier, _)| carrier), &came_as.map(|(_, id)| id)];
    for (place, value) in once.into_iter().enumerate() {
        statement.raw_bind_parameter(BOUND + 1 + place, value)?;
    }
    let record = &new.message.record;
    let name = record.sid.to_string();
    let claim = Claim { sid: record.sid, name: &name, account: Some(record.account) };
    statement.raw_execute().map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn change(db: &Connection, change: &MessageChange) -> Result<(), StoreError> {
    let sid = change.message.record.sid;
    if overwrite(db, change)? {
        parts::save(db, sid, &change.parts)?;
        for item in &change.media {
            media::save(db, item)?;
        }
    } else if !was_deleted(db, sid)? {
        return Err(StoreError::Missing(sid));
    }
    outbox::add(db, &change.callbacks)
}

/// Replaces the row; `false` if there is none.
fn overwrite(db: &Connection, change: &MessageChange) -> Result<bool, StoreError> {
    let record = &change.message.record;
    for text in UPDATES.iter() {
        let mut statement = db.prepare_cached(text)?;
        bind(&mut statement, &change.message)?;
        statement.raw_bind_parameter(BOUND + 1, !change.media.is_empty())?;
        let name = record.sid.to_string();
        let claim = Claim { sid: record.sid, name: &name, account: Some(record.account) };
        if statement.raw_execute().map_err(|error| claim.refused(error))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Message>, StoreError> {
    MESSAGES.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    filter: &MessageFilter,
    page: Page,
) -> Result<Listing<MessageRecord>, StoreError> {
    RECORDS.page(db, account, conditions(account, filter), page)
}

fn conditions(account: Sid, filter: &MessageFilter) -> Conditions {
    Conditions::of(account)
        .equal("to_text", filter.to.clone())
        .equal("from_text", filter.from.clone())
        .equal("status", filter.status.map(|status| status.as_str().to_owned()))
        .within("sent_at", filter.sent)
}

pub(super) fn delete(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    parts::forget(db, sid)?;
    media::forget(db, sid)?;
    RECORDS.delete(db, sid)
}

#[cfg(test)]
mod tests {
    use model::SidKind;

    use super::*;
    use crate::sqlite::listing::plans::walks;

    #[test]
    fn a_list_walks_one_index_without_sorting() {
        let text = || Some("+14155550123".to_owned());
        let by_to = MessageFilter { to: text(), ..MessageFilter::default() };
        let by_from = MessageFilter { from: text(), ..MessageFilter::default() };
        for (filter, index) in [
            (MessageFilter::default(), "messages_of_account"),
            (by_to, "messages_to"),
            (by_from, "messages_from"),
        ] {
            walks(&RECORDS, conditions(Sid::new(SidKind::Account, 1), &filter), index);
        }
    }

    #[test]
    fn a_change_touches_the_indexes_it_must_and_no_other() {
        let db = crate::sqlite::connection::in_memory().expect("a database");
        let touched = UPDATES.each_ref().map(|text| {
            let mut program = db.prepare(&format!("EXPLAIN {text}")).expect("it parses");
            let steps = program.raw_query().mapped(|row| row.get::<_, String>(1));
            let steps = steps.collect::<rusqlite::Result<Vec<_>>>().expect("a program");
            steps.iter().filter(|step| *step == "IdxInsert").count()
        });
        // None; the queue's two; and those of the three lists, and of what is kept once in an account, besides.
        assert_eq!(touched, [0, 2, 6]);
    }
}
