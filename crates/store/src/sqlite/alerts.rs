//! Alerts.

use model::{Alert, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{AlertFilter, Listing, Page};
use crate::sqlite::columns::{Columns, level_word, read_level};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed};

const ALERTS: Listed<Alert> = Listed {
    table: "alerts",
    columns: "sid, account, call, level, code, message, url, at",
    time: "at",
    read,
};

pub(super) fn raise(db: &Connection, alert: &Alert) -> Result<(), StoreError> {
    let text = "INSERT INTO alerts (sid, account, call, level, code, message, url, at) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let sid = alert.sid.to_string();
    let row = params![
        sid,
        alert.account.to_string(),
        alert.call.map(|sid| sid.to_string()),
        level_word(alert.level),
        alert.code,
        alert.message,
        alert.url,
        alert.at.micros(),
    ];
    let claim = Claim { sid: alert.sid, name: &sid, account: Some(alert.account) };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Alert>, StoreError> {
    ALERTS.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    filter: AlertFilter,
    page: Page,
) -> Result<Listing<Alert>, StoreError> {
    let conditions = Conditions::of(account)
        .equal("call", filter.call.map(|sid| sid.to_string()))
        .equal("level", filter.level.map(|level| level_word(level).to_owned()));
    ALERTS.page(db, account, conditions, page)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Alert> {
    let columns = Columns::of(row);
    Ok(Alert {
        sid: columns.sid()?,
        account: columns.sid()?,
        call: columns.maybe_parsed()?,
        level: columns.read(read_level)?,
        code: columns.next()?,
        message: columns.next()?,
        url: columns.next()?,
        at: columns.moment()?,
    })
}
