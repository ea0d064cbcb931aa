//! What probes found, one narrow row each; what each hour came to is summed up in the same transaction.

use std::collections::{BTreeMap, HashMap};

use model::oncall::Name;
use model::watch::{CheckState, Hour, Outcome};
use model::{Moment, Sid};
use rusqlite::{Connection, Row, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::{checks, hours, tallies};
use crate::watching::{KeptOutcome, OutcomeRow};

/// Most outcomes of a list.
const LARGEST: u32 = 10_000;
/// Longest reason, in bytes; the rest of a longer one is cut off.
const REASON: usize = 1_000;
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
            reason(&row.outcome),
            row.outcome.certificate_ends.map(Moment::micros),
        ])?;
        if new > 0 {
            let hour = at.div_euclid(HOUR).saturating_mul(HOUR);
            count(sums.entry((hour, id)).or_default(), row);
        }
    }
    for ((at, id), sum) in sums {
        hours::add(db, id, Hour { at: Moment::from_micros(at), ..sum })?;
    }
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

fn reason(outcome: &Outcome) -> Option<&str> {
    let bounds = (0..=REASON.min(outcome.reason.len())).rev();
    let end = bounds.into_iter().find(|end| outcome.reason.is_char_boundary(*end)).unwrap_or(0);
    Some(&outcome.reason[..end]).filter(|reason| !reason.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn outcomes_of_a_check_are_walked_in_order() {
        let plan = plan(&in_memory().expect("a database"), LIST);
        assert!(plan.contains("PRIMARY KEY (check_id=? AND at>? AND at<?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
