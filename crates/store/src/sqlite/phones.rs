//! Phones that may register here.

use model::{PhoneAccount, PhoneNumber, Secret, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::{Columns, voice_params};
use crate::sqlite::failures::{Claim, met};
use crate::sqlite::listing::Listed;

const PHONES: Listed<PhoneAccount> = Listed {
    table: "phones",
    columns: "sid, account, name, password, caller_id, voice_url, voice_method, \
              voice_fallback_url, voice_fallback_method, status_callback, \
              status_callback_method, created_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, phone: &PhoneAccount) -> Result<(), StoreError> {
    let text = "INSERT INTO phones (sid, account, name, password, caller_id, voice_url, \
                voice_method, voice_fallback_url, voice_fallback_method, status_callback, \
                status_callback_method, created_at) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    write(db, text, phone).map(|_| ())
}

pub(super) fn change(db: &Connection, phone: &PhoneAccount) -> Result<(), StoreError> {
    let text = "UPDATE phones SET account = ?2, name = ?3, password = ?4, caller_id = ?5, \
                voice_url = ?6, voice_method = ?7, voice_fallback_url = ?8, \
                voice_fallback_method = ?9, status_callback = ?10, \
                status_callback_method = ?11, created_at = ?12 WHERE sid = ?1";
    let rows = write(db, text, phone)?;
    met(rows, phone.sid)
}

fn write(db: &Connection, text: &str, phone: &PhoneAccount) -> Result<usize, StoreError> {
    let voice = voice_params(&phone.voice);
    let row = params![
        phone.sid.to_string(),
        phone.account.to_string(),
        phone.name,
        phone.password.reveal(),
        phone.caller_id.as_ref().map(PhoneNumber::as_str),
        voice.0,
        voice.1,
        voice.2,
        voice.3,
        voice.4,
        voice.5,
        phone.created_at.micros(),
    ];
    let claim = Claim { sid: phone.sid, name: &phone.name, account: Some(phone.account) };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error))
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<PhoneAccount>, StoreError> {
    PHONES.one(db, sid)
}

pub(super) fn named(db: &Connection, name: &str) -> Result<Option<PhoneAccount>, StoreError> {
    PHONES.first(db, "WHERE name = ?1", name)
}

pub(super) fn of_account(db: &Connection, account: Sid) -> Result<Vec<PhoneAccount>, StoreError> {
    PHONES.all(db, "WHERE account = ?1 ORDER BY name", &[&account.to_string()])
}

pub(super) fn all(db: &Connection) -> Result<Vec<PhoneAccount>, StoreError> {
    PHONES.all(db, "ORDER BY name", &[])
}

pub(super) fn remove(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    let mut delete = db.prepare_cached("DELETE FROM phones WHERE sid = ?1")?;
    Ok(delete.execute([sid.to_string()])? > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<PhoneAccount> {
    let columns = Columns::of(row);
    Ok(PhoneAccount {
        sid: columns.sid()?,
        account: columns.sid()?,
        name: columns.next()?,
        password: Secret::new(columns.next::<String>()?),
        caller_id: columns.maybe_parsed()?,
        voice: columns.voice()?,
        created_at: columns.moment()?,
    })
}
