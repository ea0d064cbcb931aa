//! Senders of messaging services, and which of them a receiver got before.

use model::{Correspondent, Sender, Sid, SidKind};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::errors::StoreError;
use crate::lists::{Listing, Page};
use crate::sqlite::columns::Columns;
use crate::sqlite::failures::Claim;
use crate::sqlite::listing::{Conditions, Listed};
use crate::sqlite::services;
use crate::sqlite::text_columns::correspondent_kind;

const SENDERS: Listed<Sender> = Listed {
    table: "senders",
    columns: "sid, account, service, kind, address_kind, address, created_at, updated_at",
    time: "created_at",
    read,
};

pub(super) fn add(db: &Connection, sender: &Sender) -> Result<(), StoreError> {
    if services::one(db, sender.service)?.is_none() {
        return Err(StoreError::Missing(sender.service));
    }
    let sid = sender.sid.to_string();
    let row = params![
        sid,
        sender.account.to_string(),
        sender.service.to_string(),
        sender.sid.kind().prefix(),
        correspondent_kind(&sender.address),
        sender.address.to_string(),
        sender.created_at.micros(),
        sender.updated_at.micros(),
    ];
    let claim = Claim { sid: sender.sid, name: &sid, account: Some(sender.account) };
    SENDERS.insert(db, &claim, row)
}

pub(super) fn one(db: &Connection, sid: Sid) -> Result<Option<Sender>, StoreError> {
    SENDERS.one(db, sid)
}

pub(super) fn page(
    db: &Connection,
    account: Sid,
    service: Sid,
    kind: SidKind,
    page: Page,
) -> Result<Listing<Sender>, StoreError> {
    SENDERS.page(db, account, conditions(account, service, kind), page)
}

fn conditions(account: Sid, service: Sid, kind: SidKind) -> Conditions {
    Conditions::of(account)
        .equal("service", Some(service.to_string()))
        .equal("kind", Some(kind.prefix().to_owned()))
}

pub(super) fn all(db: &Connection, service: Sid) -> Result<Vec<Sender>, StoreError> {
    SENDERS.all(db, "WHERE service = ?1 ORDER BY created_at, sid", &[&service.to_string()])
}

pub(super) fn remove(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    SENDERS.delete(db, sid)
}

/// Takes out a sender that is gone as such.
pub(super) fn forget(db: &Connection, sid: Sid) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM senders WHERE sid = ?1")?.execute([sid.to_string()])?;
    Ok(())
}

/// Forgets every sender of a service, and who got which.
pub(super) fn forget_all(db: &Connection, service: Sid) -> Result<(), StoreError> {
    let service = service.to_string();
    for text in
        ["DELETE FROM senders WHERE service = ?1", "DELETE FROM sticky_senders WHERE service = ?1"]
    {
        db.prepare_cached(text)?.execute([&service])?;
    }
    Ok(())
}

/// The receiver gets this sender of the service from now on.
pub(super) fn stick(
    db: &Connection,
    service: Sid,
    to: &Correspondent,
    from: &Correspondent,
) -> Result<(), StoreError> {
    let text = "INSERT INTO sticky_senders (service, to_text, from_kind, from_text) \
                VALUES (?1, ?2, ?3, ?4) ON CONFLICT (service, to_text) DO UPDATE SET \
                from_kind = excluded.from_kind, from_text = excluded.from_text \
                WHERE from_text <> excluded.from_text OR from_kind <> excluded.from_kind";
    let row =
        params![service.to_string(), to.to_string(), correspondent_kind(from), from.to_string()];
    db.prepare_cached(text)?.execute(row)?;
    Ok(())
}

pub(super) fn sticky(
    db: &Connection,
    service: Sid,
    to: &Correspondent,
) -> Result<Option<Correspondent>, StoreError> {
    let text = "SELECT from_kind, from_text FROM sticky_senders \
                WHERE service = ?1 AND to_text = ?2";
    let mut statement = db.prepare_cached(text)?;
    let row = statement
        .query_row([service.to_string(), to.to_string()], |row| Columns::of(row).correspondent());
    Ok(row.optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Sender> {
    let columns = Columns::of(row);
    let (sid, account, service) = (columns.sid()?, columns.sid()?, columns.sid()?);
    columns.next::<String>()?;
    Ok(Sender {
        sid,
        account,
        service,
        address: columns.correspondent()?,
        created_at: columns.moment()?,
        updated_at: columns.moment()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::listing::plans::walks;

    #[test]
    fn a_list_walks_one_index_without_sorting() {
        let (account, service) = (Sid::new(SidKind::Account, 1), Sid::new(SidKind::Service, 1));
        walks(&SENDERS, conditions(account, service, SidKind::Number), "senders_of_service");
    }
}
