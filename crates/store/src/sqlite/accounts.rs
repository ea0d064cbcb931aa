//! Accounts.

use model::{Account, Secret, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::{Columns, read_account_status};
use crate::sqlite::failures::{Claim, met};
use crate::sqlite::listing::Listed;

const ACCOUNTS: Listed<Account> = Listed {
    table: "accounts",
    columns: "sid, token, friendly_name, status, test, created_at, updated_at",
    time: "created_at",
    read,
};

pub(super) fn open(db: &Connection, account: &Account) -> Result<(), StoreError> {
    let text = "INSERT INTO accounts (sid, token, friendly_name, status, test, created_at, updated_at) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let sid = account.sid.to_string();
    let row = params![
        sid,
        account.token.reveal(),
        account.friendly_name,
        account.status.as_str(),
        account.test,
        account.created_at.micros(),
        account.updated_at.micros(),
    ];
    let claim = Claim { sid: account.sid, name: &sid, account: None };
    db.prepare_cached(text)?.execute(row).map_err(|error| claim.refused(error)).map(|_| ())
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Account>, StoreError> {
    ACCOUNTS.one(db, sid)
}

pub(super) fn all(db: &Connection) -> Result<Vec<Account>, StoreError> {
    ACCOUNTS.all(db, "ORDER BY created_at DESC, sid DESC", &[])
}

pub(super) fn change(db: &Connection, account: &Account) -> Result<(), StoreError> {
    let text = "UPDATE accounts SET token = ?2, friendly_name = ?3, status = ?4, test = ?5, \
                created_at = ?6, updated_at = ?7 WHERE sid = ?1";
    let rows = db.prepare_cached(text)?.execute(params![
        account.sid.to_string(),
        account.token.reveal(),
        account.friendly_name,
        account.status.as_str(),
        account.test,
        account.created_at.micros(),
        account.updated_at.micros(),
    ])?;
    met(rows, account.sid)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let columns = Columns::of(row);
    Ok(Account {
        sid: columns.sid()?,
        token: Secret::new(columns.next::<String>()?),
        friendly_name: columns.next()?,
        status: columns.read(read_account_status)?,
        test: columns.next()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}
