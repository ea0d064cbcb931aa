//! Short codes that carriers lease to us.

use model::{ShortCode, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::columns::Columns;
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, Writing};
use crate::sqlite::senders;
use crate::sqlite::text_columns::text_params;

const SHORT_CODES: Listed<ShortCode> = Listed {
    table: "short_codes",
    columns: "sid, account, code, friendly_name, sms_url, sms_method, sms_fallback_url, \
              sms_fallback_method, created_at, updated_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, code: &ShortCode) -> Result<(), StoreError> {
    write(db, code, Listed::insert)
}

pub(super) fn change(db: &Connection, code: &ShortCode) -> Result<(), StoreError> {
    write(db, code, Listed::replace)
}

fn write(db: &Connection, code: &ShortCode, verb: Writing<ShortCode>) -> Result<(), StoreError> {
    let text = text_params(&code.text);
    let row = params![
        code.sid.to_string(),
        code.account.to_string(),
        code.code,
        code.friendly_name,
        text.0,
        text.1,
        text.2,
        text.3,
        code.created_at.micros(),
        code.updated_at.micros(),
    ];
    let claim = Claim { sid: code.sid, name: &code.code, account: Some(code.account) };
    verb(&SHORT_CODES, db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<ShortCode>, StoreError> {
    SHORT_CODES.one(db, sid)
}

pub(super) fn texted(db: &Connection, code: &str) -> Result<Option<ShortCode>, StoreError> {
    SHORT_CODES.first(db, "WHERE code = ?1", code)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    code: Option<String>,
    friendly_name: Option<String>,
    page: Page,
) -> Result<Listing<ShortCode>, StoreError> {
    let conditions =
        Conditions::of(account).equal("code", code).equal("friendly_name", friendly_name);
    SHORT_CODES.page(db, account, conditions, page)
}

pub(super) fn remove(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    senders::forget(db, sid)?;
    SHORT_CODES.delete(db, sid)
}

fn read(row: &Row<'_>) -> rusqlite::Result<ShortCode> {
    let columns = Columns::of(row);
    Ok(ShortCode {
        sid: columns.sid()?,
        account: columns.sid()?,
        code: columns.next()?,
        friendly_name: columns.next()?,
        text: columns.text_routing()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}
