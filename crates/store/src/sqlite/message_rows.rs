//! A message and its plan as one row: which columns, what they are bound to, and how they are read.

use model::{MessageDirection, MessagePlan, MessageRecord, MessageStatus, Method, Moment, Money};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::listing::Listed;
use crate::sqlite::queue;
use crate::sqlite::text_columns::correspondent_kind;
use crate::texts::Message;

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
pub(super) const WRITTEN: &str = concat!(message_columns!(), ", queue, lane");
/// How many they are: further parameters follow.
pub(super) const BOUND: usize = 32;

pub(super) const RECORDS: Listed<MessageRecord> =
    Listed { table: "messages", columns: record_columns!(), time: "created_at", read: read_record };

pub(super) const MESSAGES: Listed<Message> =
    Listed { table: "messages", columns: message_columns!(), time: "created_at", read };

/// Binds the first [`BOUND`] parameters.
pub(super) fn bind(statement: &mut CachedStatement<'_>, message: &Message) -> rusqlite::Result<()> {
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

/// Whose turn it takes: the sender's, or its service's while that has not chosen one, with the carrier that is meant.
fn lane(record: &MessageRecord, from: Option<&str>) -> String {
    let carrier = record.carrier.as_deref();
    match (from, record.service) {
        (Some(from), _) => queue::lane(carrier, from),
        (None, Some(service)) => queue::lane(carrier, &service.to_string()),
        (None, None) => queue::lane(carrier, ""),
    }
}

/// The message of this `id`, which is not its SID.
pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Message>, StoreError> {
    const TEXT: &str = concat!("SELECT ", message_columns!(), " FROM messages WHERE id = ?1");
    Ok(db.prepare_cached(TEXT)?.query_row([id], read).optional()?)
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
    Ok(MessagePlan {
        callback: next_callback(columns)?,
        smart_encoded: columns.next()?,
        max_price: columns.maybe_money()?,
        discard_body: columns.next()?,
        obfuscate: columns.next()?,
        attempts: columns.next()?,
        due_at: columns.moment()?,
        expires_at: columns.maybe_moment()?,
    })
}

/// Two columns, both NULL or neither.
fn next_callback(columns: &Columns<'_>) -> rusqlite::Result<Option<(String, Method)>> {
    let url: Option<String> = columns.next()?;
    let method = columns.maybe_parsed()?;
    match (url, method) {
        (Some(url), Some(method)) => Ok(Some((url, method))),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(columns.damaged("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_values_are_bound_as_there_are_columns() {
        assert_eq!(WRITTEN.split(", ").count(), BOUND);
    }
}
