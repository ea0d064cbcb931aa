//! What probes found, one narrow row each, and what each hour came to, which is summed up in the same transaction.

use std::collections::{BTreeMap, HashMap};

use model::oncall::Name;
use model::watch::{CheckState, Hour, Outcome};
use model::{Moment, Sid};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::filed::or_logged;
use crate::sqlite::{checks, tallies};
use crate::watching::{KeptOutcome, OutcomeRow};

/// Most outcomes of a list.
const LARGEST: u32 = 10_000;
/// Most hours of a list: those of two years.
const HOURS: u32 = 20_000;
/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;
/// In `flags`: as it should be.
const UP: i64 = 1;
/// In `flags`: in maintenance.
const MAINTENANCE: i64 = 2;

pub(super) fn keep(
    db: &Connection,
    outcomes: &[OutcomeRow],
    states: &[(Sid, CheckState)],
) -> Result<(), StoreError> {
    let mut ids = Ids { db, known: HashMap::new() };
    let mut sums: BTreeMap<(i64, i64), Hour> = BTreeMap::new();
    let mut insert = db.prepare_cached(
        "INSERT INTO outcomes (check_id, at, took_us, flags, reason, certificate_ends) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )?;
    for row in outcomes {
        let Some(id) = ids.of(row.account, &row.check)? else { continue };
        let at = row.outcome.at.micros();
        let new = insert.execute(params![
            id,
            at,
            i64::try_from(row.outcome.took_us).unwrap_or(i64::MAX),
            flags(row),
            Some(row.outcome.reason.as_str()).filter(|reason| !reason.is_empty()),
            row.outcome.certificate_ends.map(Moment::micros),
        ])?;
        if new > 0 {
            let hour = at.div_euclid(HOUR).saturating_mul(HOUR);
            count(sums.entry((hour, id)).or_default(), row);
        }
    }
    sums.into_iter().try_for_each(|((at, id), sum)| add(db, id, at, sum))?;
    for (account, state) in states {
        if let Some(id) = ids.of(*account, &state.check)? {
            checks::keep_state(db, id, state)?;
        }
    }
    Ok(())
}

/// Numbers of checks, each looked up once.
struct Ids<'a> {
    db: &'a Connection,
    known: HashMap<(Sid, &'a Name), Option<i64>>,
}

impl<'a> Ids<'a> {
    fn of(&mut self, account: Sid, name: &'a Name) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.known.get(&(account, name)) {
            return Ok(*id);
        }
        let id = checks::id(self.db, account, name)?;
        self.known.insert((account, name), id);
        Ok(id)
    }
}

const fn flags(row: &OutcomeRow) -> i64 {
    (if row.outcome.up { UP } else { 0 }) + (if row.maintenance { MAINTENANCE } else { 0 })
}

fn count(hour: &mut Hour, row: &OutcomeRow) {
    hour.probes = hour.probes.saturating_add(1);
    if row.maintenance {
        hour.maintenance = hour.maintenance.saturating_add(1);
    } else if row.outcome.up {
        hour.up = hour.up.saturating_add(1);
        tallies::count(&mut hour.times, row.bucket);
    }
}

/// Adds to an hour what came in it.
fn add(db: &Connection, id: i64, at: i64, mut sum: Hour) -> Result<(), StoreError> {
    let text = "SELECT at, probes, up, maintenance, times, id FROM hours \
                WHERE check_id = ?1 AND at = ?2";
    let mut before = db.prepare_cached(text)?;
    let before = before.query_row((id, at), |row| Ok((columns(row)?, row.get::<_, i64>(5)?)));
    let Some(((before, times), row)) = before.optional()? else {
        let text = "INSERT INTO hours (check_id, at, probes, up, maintenance, times) \
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let times = tallies::to_bytes(&sum.times);
        let row = params![id, at, sum.probes, sum.up, sum.maintenance, times];
        db.prepare_cached(text)?.execute(row)?;
        return Ok(());
    };
    // Damaged ones begin anew: what comes in must not be lost for them.
    if let Some(times) = or_logged(tallies::from_bytes(&times)) {
        tallies::add(&mut sum.times, &times);
    }
    let text = "UPDATE hours SET probes = ?2, up = ?3, maintenance = ?4, times = ?5 WHERE id = ?1";
    let changed = params![
        row,
        sum.probes.saturating_add(before.probes),
        sum.up.saturating_add(before.up),
        sum.maintenance.saturating_add(before.maintenance),
        tallies::to_bytes(&sum.times),
    ];
    db.prepare_cached(text)?.execute(changed)?;
    Ok(())
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

const LIST: &str = "SELECT at, took_us, flags, reason, certificate_ends FROM outcomes \
    WHERE check_id = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4";

pub(super) fn list(
    db: &Connection,
    account: Sid,
    check: &Name,
    (from, until): (Moment, Moment),
    limit: u32,
) -> Result<Vec<KeptOutcome>, StoreError> {
    let Some(id) = checks::id(db, account, check)? else { return Ok(Vec::new()) };
    let mut rows = db.prepare_cached(LIST)?;
    let key = (id, from.micros(), until.micros(), limit.clamp(1, LARGEST));
    let rows = rows.query_map(key, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptOutcome> {
    let columns = Columns::of(row);
    let at = columns.moment()?;
    let took_us = u64::try_from(columns.duration()?.as_micros()).unwrap_or(u64::MAX);
    let flags: i64 = columns.next()?;
    let outcome = Outcome {
        at,
        took_us,
        up: flags & UP != 0,
        reason: columns.next::<Option<String>>()?.unwrap_or_default(),
        certificate_ends: columns.maybe_moment()?,
    };
    Ok(KeptOutcome { outcome, maintenance: flags & MAINTENANCE != 0 })
}

const OF_CHECK: &str = "SELECT at, probes, up, maintenance, times FROM hours \
    WHERE check_id = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4";

pub(super) fn hours(
    db: &Connection,
    account: Sid,
    check: &Name,
    (from, until): (Moment, Moment),
) -> Result<Vec<Hour>, StoreError> {
    let Some(id) = checks::id(db, account, check)? else { return Ok(Vec::new()) };
    let mut rows = db.prepare_cached(OF_CHECK)?;
    let mut rows = rows.query((id, from.micros(), until.micros(), HOURS))?;
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
    fn outcomes_and_hours_of_a_check_are_walked_in_order() {
        let db = in_memory().expect("a database");
        for (text, index) in [
            (LIST, "PRIMARY KEY (check_id=? AND at>? AND at<?)"),
            (OF_CHECK, "INDEX sqlite_autoindex_hours_1 (check_id=? AND at>? AND at<?)"),
        ] {
            let plan = plan(&db, text);
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
