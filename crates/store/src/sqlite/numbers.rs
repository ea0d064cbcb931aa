//! Phone numbers of ours.

use model::{NumberRecord, PhoneNumber, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, NumberFilter, Page};
use crate::sqlite::columns::{Columns, voice_params};
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed, Writing};
use crate::sqlite::senders;
use crate::sqlite::text_columns::text_params;

const NUMBERS: Listed<NumberRecord> = Listed {
    table: "numbers",
    columns: "sid, account, number, friendly_name, voice_url, voice_method, voice_fallback_url, \
              voice_fallback_method, status_callback, status_callback_method, sms_url, sms_method, \
              sms_fallback_url, sms_fallback_method, created_at, updated_at, voice_application, \
              sms_application",
    time: "created_at",
    read,
};

pub(super) fn buy(db: &Connection, number: &NumberRecord) -> Result<(), StoreError> {
    write(db, number, Listed::insert)
}

pub(super) fn change(db: &Connection, number: &NumberRecord) -> Result<(), StoreError> {
    write(db, number, Listed::replace)
}

fn write(
    db: &Connection,
    number: &NumberRecord,
    verb: Writing<NumberRecord>,
) -> Result<(), StoreError> {
    let voice = voice_params(&number.voice);
    let text = text_params(&number.text);
    let row = params![
        number.sid.to_string(),
        number.account.to_string(),
        number.number.as_str(),
        number.friendly_name,
        voice.0,
        voice.1,
        voice.2,
        voice.3,
        voice.4,
        voice.5,
        text.0,
        text.1,
        text.2,
        text.3,
        number.created_at.micros(),
        number.updated_at.micros(),
        number.voice_application.map(|sid| sid.to_string()),
        number.sms_application.map(|sid| sid.to_string()),
    ];
    let name = number.number.as_str();
    let claim = Claim { sid: number.sid, name, account: Some(number.account) };
    verb(&NUMBERS, db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<NumberRecord>, StoreError> {
    NUMBERS.one(db, sid)
}

pub(super) fn called(
    db: &Connection,
    number: &PhoneNumber,
) -> Result<Option<NumberRecord>, StoreError> {
    NUMBERS.first(db, "WHERE number = ?1", number.as_str())
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    filter: &NumberFilter,
    page: Page,
) -> Result<Listing<NumberRecord>, StoreError> {
    let conditions = Conditions::of(account)
        .like("number", filter.phone_number.as_deref().map(pattern))
        .equal("friendly_name", filter.friendly_name.clone());
    NUMBERS.page(db, account, conditions, page)
}

pub(super) fn release(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    senders::forget(db, sid)?;
    NUMBERS.delete(db, sid)
}

/// Numbers that used this application fall back to their own routing.
pub(super) fn forget_application(db: &Connection, sid: Sid) -> Result<(), StoreError> {
    for text in [
        "UPDATE numbers SET voice_application = NULL WHERE voice_application = ?1",
        "UPDATE numbers SET sms_application = NULL WHERE sms_application = ?1",
    ] {
        db.prepare_cached(text)?.execute([sid.to_string()])?;
    }
    Ok(())
}

/// A part of a number, where `*` is any one digit, as a pattern of LIKE. What people write between digits is dropped;
/// any other character stays, and so matches nothing.
fn pattern(part: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in part.chars() {
        match character {
            '*' => pattern.push('_'),
            ' ' | '-' | '.' | '(' | ')' => {}
            '%' | '_' | '\\' => pattern.extend(['\\', character]),
            other => pattern.push(other),
        }
    }
    pattern.push('%');
    pattern
}

fn read(row: &Row<'_>) -> rusqlite::Result<NumberRecord> {
    let columns = Columns::of(row);
    Ok(NumberRecord {
        sid: columns.sid()?,
        account: columns.sid()?,
        number: columns.parsed()?,
        friendly_name: columns.next()?,
        voice: columns.voice()?,
        text: columns.text_routing()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
        voice_application: columns.maybe_parsed()?,
        sms_application: columns.maybe_parsed()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_number_becomes_a_pattern() {
        assert_eq!(pattern("+1 (415) 555-****"), "%+1415555____%");
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
