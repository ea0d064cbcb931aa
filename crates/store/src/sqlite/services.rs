//! Messaging services.

use model::{Service, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::columns::{Columns, micros};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, Writing};
use crate::sqlite::senders;
use crate::sqlite::text_columns::text_params;

const SERVICES: Listed<Service> = Listed {
    table: "services",
    columns: "sid, account, friendly_name, inbound_url, inbound_method, inbound_fallback_url, \
              inbound_fallback_method, use_inbound_webhook_on_number, callback, sticky_sender, \
              area_code_geomatch, smart_encoding, mms_converter, fallback_to_long_code, \
              scan_message_content, synchronous_validation, validity, usecase, created_at, \
              updated_at",
    time: "created_at",
    read,
};

pub(super) fn open(db: &Connection, service: &Service) -> Result<(), StoreError> {
    write(db, service, Listed::insert)
}

pub(super) fn change(db: &Connection, service: &Service) -> Result<(), StoreError> {
    write(db, service, Listed::replace)
}

fn write(db: &Connection, service: &Service, verb: Writing<Service>) -> Result<(), StoreError> {
    let sid = service.sid.to_string();
    let inbound = text_params(&service.inbound);
    let row = params![
        sid,
        service.account.to_string(),
        service.friendly_name,
        inbound.0,
        inbound.1,
        inbound.2,
        inbound.3,
        service.use_inbound_webhook_on_number,
        service.callback,
        service.sticky_sender,
        service.area_code_geomatch,
        service.smart_encoding,
        service.mms_converter,
        service.fallback_to_long_code,
        service.scan_message_content,
        service.synchronous_validation,
        micros(service.validity),
        service.usecase,
        service.created_at.micros(),
        service.updated_at.micros(),
    ];
    let claim = Claim { sid: service.sid, name: &sid, account: Some(service.account) };
    verb(&SERVICES, db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Service>, StoreError> {
    SERVICES.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    page: Page,
) -> Result<Listing<Service>, StoreError> {
    SERVICES.page(db, account, Conditions::of(account), page)
}

pub(super) fn close(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    senders::forget_all(db, sid)?;
    SERVICES.delete(db, sid)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Service> {
    let columns = Columns::of(row);
    Ok(Service {
        sid: columns.sid()?,
        account: columns.sid()?,
        friendly_name: columns.next()?,
        inbound: columns.text_routing()?,
        use_inbound_webhook_on_number: columns.next()?,
        callback: columns.next()?,
        sticky_sender: columns.next()?,
        area_code_geomatch: columns.next()?,
        smart_encoding: columns.next()?,
        mms_converter: columns.next()?,
        fallback_to_long_code: columns.next()?,
        scan_message_content: columns.next()?,
        synchronous_validation: columns.next()?,
        validity: columns.duration()?,
        usecase: columns.next()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}
