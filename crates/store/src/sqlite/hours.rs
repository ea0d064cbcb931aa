//! What each hour of a check came to. The newest of each check, which every outcome adds to, is kept apart from those that
//! are settled; outcomes that come late are added to theirs there.

use std::cmp::Ordering;

use model::oncall::Name;
use model::watch::Hour;
use model::{Moment, Sid};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::filed::or_logged;
use crate::sqlite::{checks, tallies};

/// Most hours of a list: those of two years.
const LARGEST: u32 = 20_000;

/// Adds to an hour of a check what came in it.
pub(super) fn add(db: &Connection, check: i64, sum: Hour) -> Result<(), StoreError> {
    let Some(newest) = one(db, NEWEST, params![check])? else {
        return put(db, PUT_NEWEST, check, &sum);
    };
    match newest.at.cmp(&sum.at) {
        Ordering::Equal => put(db, PUT_NEWEST, check, &both(sum, &newest)),
        Ordering::Less => {
            settle(db, check, newest)?;
            put(db, PUT_NEWEST, check, &sum)
        }
        Ordering::Greater => settle(db, check, sum),
    }
}

const NEWEST: &str = "SELECT at, probes, up, maintenance, times FROM newest_hours \
    WHERE check_id = ?1";
const PUT_NEWEST: &str = "INSERT INTO newest_hours \
    (check_id, at, probes, up, maintenance, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
    ON CONFLICT (check_id) DO UPDATE SET at = excluded.at, probes = excluded.probes, \
    up = excluded.up, maintenance = excluded.maintenance, times = excluded.times";
const SETTLED: &str = "SELECT at, probes, up, maintenance, times FROM hours \
    WHERE check_id = ?1 AND at = ?2";
const PUT_SETTLED: &str = "INSERT INTO hours \
    (check_id, at, probes, up, maintenance, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
    ON CONFLICT (check_id, at) DO UPDATE SET probes = excluded.probes, up = excluded.up, \
    maintenance = excluded.maintenance, times = excluded.times";

fn settle(db: &Connection, check: i64, sum: Hour) -> Result<(), StoreError> {
    let sum = match one(db, SETTLED, params![check, sum.at.micros()])? {
        Some(before) => both(sum, &before),
        None => sum,
    };
    put(db, PUT_SETTLED, check, &sum)
}

fn one(db: &Connection, text: &str, key: &[&dyn ToSql]) -> Result<Option<Hour>, StoreError> {
    let found = db.prepare_cached(text)?.query_row(key, columns).optional()?;
    // Damaged times begin anew: what comes in must not be lost for them.
    Ok(found.map(|(hour, times)| {
        let times = or_logged(tallies::from_bytes(&times)).unwrap_or_default();
        Hour { times, ..hour }
    }))
}

fn put(db: &Connection, text: &str, check: i64, hour: &Hour) -> Result<(), StoreError> {
    let times = tallies::to_bytes(&hour.times);
    let at = hour.at.micros();
    let row = params![check, at, hour.probes, hour.up, hour.maintenance, times];
    db.prepare_cached(text)?.execute(row)?;
    Ok(())
}

/// The sum of two parts of an hour.
fn both(mut part: Hour, other: &Hour) -> Hour {
    part.probes = part.probes.saturating_add(other.probes);
    part.up = part.up.saturating_add(other.up);
    part.maintenance = part.maintenance.saturating_add(other.maintenance);
    tallies::add(&mut part.times, &other.times);
    part
}

/// An hour but for its times, and those as they are kept.
fn columns(row: &Row<'_>) -> rusqlite::Result<(Hour, Vec<u8>)> {
    let columns = Columns::of(row);
    let hour = Hour {
        at: columns.moment()?,
        probes: columns.next()?,
        up: columns.next()?,
        maintenance: columns.next()?,
        times: Vec::new(),
    };
    Ok((hour, columns.next()?))
}

/// In one statement, so that an hour that is being settled is seen once.
const LIST: &str = "SELECT at, probes, up, maintenance, times FROM hours \
    WHERE check_id = ?1 AND at >= ?2 AND at < ?3 \
    UNION ALL SELECT at, probes, up, maintenance, times FROM newest_hours \
    WHERE check_id = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4";

pub(super) fn list(
    db: &Connection,
    account: Sid,
    check: &Name,
    (from, until): (Moment, Moment),
) -> Result<Vec<Hour>, StoreError> {
    let Some(id) = checks::id(db, account, check)? else { return Ok(Vec::new()) };
    let mut rows = db.prepare_cached(LIST)?;
    let mut rows = rows.query((id, from.micros(), until.micros(), LARGEST))?;
    let mut hours = Vec::new();
    while let Some(row) = rows.next()? {
        let (hour, times) = columns(row)?;
        let times = tallies::from_bytes(&times);
        hours.extend(or_logged(times.map(|times| Hour { times, ..hour })));
    }
    hours.reverse();
    Ok(hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn hours_of_a_check_are_walked_in_order() {
        let plan = plan(&in_memory().expect("a database"), LIST);
        assert!(plan.contains("PRIMARY KEY (check_id=? AND at>? AND at<?)"), "{plan}");
        assert!(plan.contains("newest_hours USING INTEGER PRIMARY KEY"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
