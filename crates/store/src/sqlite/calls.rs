//! Calls, with what follows from a change of one.

use model::{CallRecord, Hangup, Sid};
use rusqlite::{Connection, Row, params};

use crate::changes::{CallChange, Subscription};
use crate::errors::StoreError;
use crate::lists::{CallFilter, Listing, Page};
use crate::sqlite::columns::{Columns, party_kind};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, was_deleted};
use crate::sqlite::outbox;

const CALLS: Listed<CallRecord> = Listed {
    table: "calls",
    columns: "sid, account, parent, from_kind, from_party, to_kind, to_party, number, direction, \
              status, caller_name, forwarded_from, created_at, updated_at, answered_at, \
              started_at, ended_at, sip_status, hangup_reason",
    time: "created_at",
    read,
};

/// Calls with their subscription as the last column.
const UNFINISHED: Listed<(CallRecord, Option<Subscription>)> = Listed {
    table: "calls",
    columns: "sid, account, parent, from_kind, from_party, to_kind, to_party, number, direction, \
              status, caller_name, forwarded_from, created_at, updated_at, answered_at, \
              started_at, ended_at, sip_status, hangup_reason, subscription",
    time: "created_at",
    read: read_with_subscription,
};

/// What a call is listed by stays untouched here, and with it the indexes.
const UPDATE: &str = "UPDATE calls SET from_kind = ?4, to_kind = ?6, number = ?8, direction = ?9, \
    status = ?10, caller_name = ?11, forwarded_from = ?12, updated_at = ?14, answered_at = ?15, \
    started_at = ?16, ended_at = ?17, sip_status = ?18, hangup_reason = ?19, unfinished = ?20, \
    subscription = CASE WHEN ?20 = 0 THEN NULL ELSE COALESCE(?21, subscription) END \
    WHERE sid = ?1 AND account = ?2 AND (parent = ?3 OR (parent IS NULL AND ?3 IS NULL)) \
    AND from_party = ?5 AND to_party = ?7 AND created_at = ?13";

/// A new call, or one that changed in what it is listed by.
const UPSERT: &str = "INSERT INTO calls (sid, account, parent, from_kind, from_party, to_kind, \
    to_party, number, direction, status, caller_name, forwarded_from, created_at, updated_at, \
    answered_at, started_at, ended_at, sip_status, hangup_reason, unfinished, subscription) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
    ?20, CASE WHEN ?20 = 0 THEN NULL ELSE ?21 END) ON CONFLICT (sid) DO UPDATE SET \
    account = excluded.account, parent = excluded.parent, from_kind = excluded.from_kind, \
    from_party = excluded.from_party, to_kind = excluded.to_kind, to_party = excluded.to_party, \
    number = excluded.number, direction = excluded.direction, status = excluded.status, \
    caller_name = excluded.caller_name, forwarded_from = excluded.forwarded_from, \
    created_at = excluded.created_at, updated_at = excluded.updated_at, \
    answered_at = excluded.answered_at, started_at = excluded.started_at, \
    ended_at = excluded.ended_at, sip_status = excluded.sip_status, \
    hangup_reason = excluded.hangup_reason, unfinished = excluded.unfinished, \
    subscription = CASE WHEN excluded.unfinished = 0 THEN NULL \
    ELSE COALESCE(excluded.subscription, calls.subscription) END";

pub(super) fn save(db: &Connection, change: &CallChange) -> Result<(), StoreError> {
    if write(db, UPDATE, change)? == 0 && !was_deleted(db, change.record.sid)? {
        write(db, UPSERT, change)?;
    }
    outbox::add(db, &change.callbacks)
}

fn write(db: &Connection, text: &str, change: &CallChange) -> Result<usize, StoreError> {
    let call = &change.record;
    let subscription = change.subscription.as_ref().map(Subscription::to_json).transpose();
    let subscription = subscription.map_err(|error| StoreError::Refused(error.to_string()))?;
    let sid = call.sid.to_string();
    let row = params![
        sid,
        call.account.to_string(),
        call.parent.map(|sid| sid.to_string()),
        party_kind(&call.from),
        call.from.to_string(),
        party_kind(&call.to),
        call.to.to_string(),
        call.number.map(|sid| sid.to_string()),
        call.direction.as_str(),
        call.status.as_str(),
        call.caller_name,
        call.forwarded_from,
        call.created_at.micros(),
        call.updated_at.micros(),
        call.answered_at.map(model::Moment::micros),
        call.started_at.map(model::Moment::micros),
        call.ended_at.map(model::Moment::micros),
        call.hangup.sip_status,
        call.hangup.reason,
        i64::from(!call.status.is_final()),
        subscription,
    ];
    let claim = Claim { sid: call.sid, name: &sid, account: Some(call.account) };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error))
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<CallRecord>, StoreError> {
    CALLS.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    filter: &CallFilter,
    page: Page,
) -> Result<Listing<CallRecord>, StoreError> {
    CALLS.page(db, account, conditions(account, filter), page)
}

fn conditions(account: Sid, filter: &CallFilter) -> Conditions {
    Conditions::of(account)
        .equal("to_party", filter.to.clone())
        .equal("from_party", filter.from.clone())
        .equal("status", filter.status.map(|status| status.as_str().to_owned()))
        .equal("parent", filter.parent.map(|sid| sid.to_string()))
        .within("started_at", filter.started)
        .within("ended_at", filter.ended)
}

pub(super) fn delete(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    CALLS.delete(db, sid)
}

pub(super) fn unfinished(
    db: &Connection,
) -> Result<Vec<(CallRecord, Option<Subscription>)>, StoreError> {
    UNFINISHED.all(db, "WHERE unfinished = 1 ORDER BY created_at, sid", &[])
}

fn read(row: &Row<'_>) -> rusqlite::Result<CallRecord> {
    read_record(&Columns::of(row))
}

fn read_with_subscription(row: &Row<'_>) -> rusqlite::Result<(CallRecord, Option<Subscription>)> {
    let columns = Columns::of(row);
    Ok((read_record(&columns)?, columns.maybe_read(Subscription::from_json)?))
}

fn read_record(columns: &Columns<'_>) -> rusqlite::Result<CallRecord> {
    Ok(CallRecord {
        sid: columns.sid()?,
        account: columns.sid()?,
        parent: columns.maybe_parsed()?,
        from: columns.party()?,
        to: columns.party()?,
        number: columns.maybe_parsed()?,
        direction: columns.parsed()?,
        status: columns.parsed()?,
        caller_name: columns.next()?,
        forwarded_from: columns.next()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
        answered_at: columns.maybe_moment()?,
        started_at: columns.maybe_moment()?,
        ended_at: columns.maybe_moment()?,
        hangup: Hangup { sip_status: columns.next()?, reason: columns.next()? },
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
        let by_to = CallFilter { to: text(), ..CallFilter::default() };
        let by_from = CallFilter { from: text(), ..CallFilter::default() };
        let parent = Some(Sid::new(SidKind::Call, 2));
        let by_parent = CallFilter { parent, ..CallFilter::default() };
        for (filter, index) in [
            (CallFilter::default(), "calls_of_account"),
            (by_to, "calls_to"),
            (by_from, "calls_from"),
            (by_parent, "calls_of_parent"),
        ] {
            walks(&CALLS, conditions(Sid::new(SidKind::Account, 1), &filter), index);
        }
    }
}
