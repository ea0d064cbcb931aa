//! Text messages: made with what follows from them, changed, listed, forgotten.
//!
//! What is still to be done for a message is found by the partial indexes of `queue.rs`. A change touches no index
//! that it doesn't have to: one that leaves both the lists and the queue as they were writes the row alone.

use std::sync::LazyLock;

use model::{
    MessageDirection, MessagePlan, MessageRecord, MessageStatus, Method, Moment, Money, Sid,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql};

use crate::errors::StoreError;
use crate::lists::{Listing, MessageFilter, Page};
use crate::sqlite::columns::Columns;
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, insertion, was_deleted};
use crate::sqlite::text_columns::correspondent_kind;
use crate::sqlite::{fragments, media, opt_outs, outbox, parts, queue, senders};
use crate::texts::{Creation, Message, MessageChange, NewMessage};

macro_rules! record_columns {
    () => {
        "sid, account, service, direction, from_kind, from_text, to_kind, to_text, body, segments, \
         media, status, error_code, error_message, price_micros, price_unit, carrier, created_at, \
         updated_at, sent_at"
    };
}

macro_rules! message_columns {
    () => {
        concat!(
            record_columns!(),
            ", callback_url, callback_method, smart_encoded, max_price_micros, max_price_unit, \
             discard_body, obfuscate, attempts, due_at, expires_at"
        )
    };
}

/// The columns that [`bind`] fills, in its order.
const WRITTEN: &str = concat!(message_columns!(), ", queue, lane");
/// How many they are: further parameters follow.
const BOUND: usize = 32;

const RECORDS: Listed<MessageRecord> =
    Listed { table: "messages", columns: record_columns!(), time: "created_at", read: read_record };

const MESSAGES: Listed<Message> =
    Listed { table: "messages", columns: message_columns!(), time: "created_at", read };

/// Columns that the lists' indexes hold.
const LISTED_BY: [&str; 4] = ["account", "from_text", "to_text", "created_at"];
/// Columns that the queue's indexes hold.
const QUEUED_BY: [&str; 3] = ["due_at", "queue", "lane"];

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

/// Binds the first [`BOUND`] parameters.
fn bind(statement: &mut CachedStatement<'_>, message: &Message) -> rusqlite::Result<()> {
    let Message { record, plan } = message;
    let money = |amount: Option<Money>| amount.map(|amount| amount.micros);
    let currency =
        |amount: &Option<Money>| amount.map(|amount| amount.currency.as_str().to_owned());
    let from = record.from.as_ref();
    let from_text = from.map(ToString::to_string);
    let callback = plan.callback.as_ref();
    let values: [&dyn ToSql; BOUND] = [
        &record.sid.to_string(),
        &record.account.to_string(),
        &record.service.map(|sid| sid.to_string()),
        &record.direction.as_str(),
        &from.map(correspondent_kind),
        &from_text,
        &correspondent_kind(&record.to),
        &record.to.to_string(),
        &record.body,
        &record.segments,
        &record.media,
        &record.status.as_str(),
        &record.error_code,
        &record.error_message,
        &money(record.price),
        &currency(&record.price),
        &record.carrier,
        &record.created_at.micros(),
        &record.updated_at.micros(),
        &record.sent_at.map(Moment::micros),
        &callback.map(|(url, _)| url),
        &callback.map(|(_, method)| method.as_str()),
        &plan.smart_encoded,
        &money(plan.max_price),
        &currency(&plan.max_price),
        &plan.discard_body,
        &plan.obfuscate,
        &plan.attempts,
        &plan.due_at.micros(),
        &plan.expires_at.map(Moment::micros),
        &queue::of(record.status),
        &lane(record, from_text.as_deref()),
    ];
    for (value, place) in values.into_iter().zip(1..) {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

/// Whose turn it takes: the sender's, or its service's while that has not chosen one.
fn lane(record: &MessageRecord, from: Option<&str>) -> String {
    match (from, record.service) {
        (Some(from), _) => from.to_owned(),
        (None, Some(service)) => service.to_string(),
        (None, None) => String::new(),
    }
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Message>, StoreError> {
    MESSAGES.one(db, sid)
}

/// The message of this `id`, which is not its SID.
pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Message>, StoreError> {
    const TEXT: &str = concat!("SELECT ", message_columns!(), " FROM messages WHERE id = ?1");
    Ok(db.prepare_cached(TEXT)?.query_row([id], read).optional()?)
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

fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    let columns = Columns::of(row);
    Ok(Message { record: next_record(&columns)?, plan: next_plan(&columns)? })
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<MessageRecord> {
    next_record(&Columns::of(row))
}

fn next_record(columns: &Columns<'_>) -> rusqlite::Result<MessageRecord> {
    Ok(MessageRecord {
        sid: columns.sid()?,
        account: columns.sid()?,
        service: columns.maybe_parsed()?,
        direction: columns.parsed::<MessageDirection>()?,
        from: columns.maybe_correspondent()?,
        to: columns.correspondent()?,
        body: columns.next()?,
        segments: columns.next()?,
        media: columns.next()?,
        status: columns.parsed::<MessageStatus>()?,
        error_code: columns.next()?,
        error_message: columns.next()?,
        price: columns.maybe_money()?,
        carrier: columns.next()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
        sent_at: columns.maybe_moment()?,
    })
}

fn next_plan(columns: &Columns<'_>) -> rusqlite::Result<MessagePlan> {
    let callback_url: Option<String> = columns.next()?;
    let callback_method: Option<Method> = columns.maybe_parsed()?;
    Ok(MessagePlan {
        callback: callback_url.map(|url| (url, callback_method.unwrap_or_default())),
        smart_encoded: columns.next()?,
        max_price: columns.maybe_money()?,
        discard_body: columns.next()?,
        obfuscate: columns.next()?,
        attempts: columns.next()?,
        due_at: columns.moment()?,
        expires_at: columns.maybe_moment()?,
    })
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
    fn as_many_values_are_bound_as_there_are_columns() {
        assert_eq!(WRITTEN.split(", ").count(), BOUND);
    }
}
