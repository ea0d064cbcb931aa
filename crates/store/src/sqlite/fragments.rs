//! Fragments of long messages that came in, until their message is whole or they are too old.

use model::{Fragment, FragmentText, Moment};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::texts::FragmentSet;

pub(super) fn keep(db: &Connection, fragment: &Fragment) -> Result<Vec<Fragment>, StoreError> {
    let text = "INSERT INTO fragments (carrier, from_text, to_text, reference, total, number, \
                body, units, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
                ON CONFLICT DO NOTHING";
    let (body, units) = match &fragment.units {
        FragmentText::Text(body) => (Some(body), None),
        FragmentText::Units(units) => (None, Some(to_bytes(units))),
    };
    db.prepare_cached(text)?.execute(params![
        fragment.carrier,
        fragment.from,
        fragment.to,
        fragment.reference,
        fragment.total,
        fragment.number,
        body,
        units,
        fragment.received_at.micros(),
    ])?;
    of(db, &FragmentSet::of(fragment))
}

fn of(db: &Connection, set: &FragmentSet) -> Result<Vec<Fragment>, StoreError> {
    let text = "SELECT carrier, from_text, to_text, reference, total, number, body, units, \
                received_at FROM fragments WHERE carrier = ?1 AND from_text = ?2 AND to_text = ?3 \
                AND reference = ?4 AND total = ?5 ORDER BY number";
    let mut statement = db.prepare_cached(text)?;
    let values = params![set.carrier, set.from, set.to, set.reference, set.total];
    let rows = statement.query_map(values, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn stale(db: &Connection, before: Moment) -> Result<Vec<Fragment>, StoreError> {
    let text = "SELECT carrier, from_text, to_text, reference, total FROM fragments \
                WHERE received_at < ?1 ORDER BY received_at LIMIT 1";
    let set = db.prepare_cached(text)?.query_row([before.micros()], |row| {
        let columns = Columns::of(row);
        Ok(FragmentSet {
            carrier: columns.next()?,
            from: columns.next()?,
            to: columns.next()?,
            reference: columns.next()?,
            total: columns.next()?,
        })
    });
    match set.optional()? {
        Some(set) => of(db, &set),
        None => Ok(Vec::new()),
    }
}

pub(super) fn oldest(db: &Connection) -> Result<Option<Moment>, StoreError> {
    let mut statement = db.prepare_cached("SELECT MIN(received_at) FROM fragments")?;
    Ok(statement.query_row([], |row| Columns::of(row).maybe_moment())?)
}

pub(super) fn forget(db: &Connection, set: &FragmentSet) -> Result<(), StoreError> {
    let text = "DELETE FROM fragments WHERE carrier = ?1 AND from_text = ?2 AND to_text = ?3 \
                AND reference = ?4 AND total = ?5";
    let values = params![set.carrier, set.from, set.to, set.reference, set.total];
    db.prepare_cached(text)?.execute(values)?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Fragment> {
    let columns = Columns::of(row);
    Ok(Fragment {
        carrier: columns.next()?,
        from: columns.next()?,
        to: columns.next()?,
        reference: columns.next()?,
        total: columns.next()?,
        number: columns.next()?,
        units: next_text(&columns)?,
        received_at: columns.moment()?,
    })
}

fn next_text(columns: &Columns<'_>) -> rusqlite::Result<FragmentText> {
    let body: Option<String> = columns.next()?;
    let units: Option<Vec<u8>> = columns.next()?;
    match (body, units) {
        (Some(body), None) => Ok(FragmentText::Text(body)),
        (None, Some(bytes)) if bytes.len().is_multiple_of(2) => {
            Ok(FragmentText::Units(from_bytes(&bytes)))
        }
        (_, _) => Err(columns.damaged("")),
    }
}

fn to_bytes(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}
