//! Applications: routing that several numbers share.

use model::{Application, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::columns::{Columns, voice_params};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, Writing};
use crate::sqlite::numbers;
use crate::sqlite::text_columns::text_params;

const APPLICATIONS: Listed<Application> = Listed {
    table: "applications",
    columns: "sid, account, friendly_name, voice_url, voice_method, voice_fallback_url, \
              voice_fallback_method, status_callback, status_callback_method, \
              caller_name_lookup, sms_url, sms_method, sms_fallback_url, sms_fallback_method, \
              message_callback, created_at, updated_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, application: &Application) -> Result<(), StoreError> {
    write(db, application, Listed::insert)
}

pub(super) fn change(db: &Connection, application: &Application) -> Result<(), StoreError> {
    write(db, application, Listed::replace)
}

fn write(
    db: &Connection,
    application: &Application,
    verb: Writing<Application>,
) -> Result<(), StoreError> {
    let sid = application.sid.to_string();
    let voice = voice_params(&application.voice);
    let text = text_params(&application.text);
    let row = params![
        sid,
        application.account.to_string(),
        application.friendly_name,
        voice.0,
        voice.1,
        voice.2,
        voice.3,
        voice.4,
        voice.5,
        application.caller_name_lookup,
        text.0,
        text.1,
        text.2,
        text.3,
        application.message_callback,
        application.created_at.micros(),
        application.updated_at.micros(),
    ];
    let claim = Claim { sid: application.sid, name: &sid, account: Some(application.account) };
    verb(&APPLICATIONS, db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Application>, StoreError> {
    APPLICATIONS.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    friendly_name: Option<String>,
    page: Page,
) -> Result<Listing<Application>, StoreError> {
    let conditions = Conditions::of(account).equal("friendly_name", friendly_name);
    APPLICATIONS.page(db, account, conditions, page)
}

pub(super) fn remove(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    numbers::forget_application(db, sid)?;
    APPLICATIONS.delete(db, sid)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Application> {
    let columns = Columns::of(row);
    Ok(Application {
        sid: columns.sid()?,
        account: columns.sid()?,
        friendly_name: columns.next()?,
        voice: columns.voice()?,
        caller_name_lookup: columns.next()?,
        text: columns.text_routing()?,
        message_callback: columns.next()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}
