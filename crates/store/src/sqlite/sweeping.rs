//! Old outcomes and hours, and those of removed checks, are forgotten, a bounded number of rows at a time.
//! The newest hour of a check stays, however old it is, until the check goes.
//!
//! Whose rows they are is found by a thread that reads; the one that writes only deletes what is named to it.

use model::Moment;
use rusqlite::Connection;

use crate::errors::StoreError;

/// Most rows that are forgotten at a time.
const STEP: u32 = 10_000;

/// Of which checks something is to be forgotten, by their numbers.
pub(super) struct Doomed {
    removed: Vec<i64>,
    outcomes: Vec<i64>,
    hours: Vec<i64>,
}

impl Doomed {
    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.outcomes.is_empty() && self.hours.is_empty()
    }
}

const REMOVED: &str = "SELECT check_id FROM removed_checks ORDER BY check_id LIMIT ?1";
const WITH_OUTCOMES: &str = "SELECT id FROM checks WHERE EXISTS \
    (SELECT 1 FROM outcomes WHERE check_id = checks.id AND at < ?2) LIMIT ?1";
const WITH_HOURS: &str = "SELECT id FROM checks WHERE EXISTS \
    (SELECT 1 FROM hours WHERE check_id = checks.id AND at < ?2) LIMIT ?1";

/// Those of at most `limit` checks: each has one row at least, so that more aren't needed.
pub(super) fn doomed(
    db: &Connection,
    raw_before: Moment,
    hours_before: Moment,
    limit: u32,
) -> Result<Doomed, StoreError> {
    let limit = limit.clamp(1, STEP);
    let ids = |text: &str, before: Option<Moment>| -> Result<Vec<i64>, StoreError> {
        let mut rows = db.prepare_cached(text)?;
        let rows = match before {
            Some(before) => rows.query((limit, before.micros())),
            None => rows.query([limit]),
        };
        Ok(rows?.mapped(|row| row.get(0)).collect::<rusqlite::Result<_>>()?)
    };
    Ok(Doomed {
        removed: ids(REMOVED, None)?,
        outcomes: ids(WITH_OUTCOMES, Some(raw_before))?,
        hours: ids(WITH_HOURS, Some(hours_before))?,
    })
}

/// Deletes the oldest first; how many rows it were.
pub(super) fn forget(
    db: &Connection,
    doomed: &Doomed,
    raw_before: Moment,
    hours_before: Moment,
    limit: u32,
) -> Result<u64, StoreError> {
    let limit = u64::from(limit.clamp(1, STEP));
    let mut sweep = Sweep { db, left: limit };
    for id in &doomed.removed {
        sweep.delete(OUTCOMES, *id, i64::MAX)?;
        sweep.delete(HOURS, *id, i64::MAX)?;
        if sweep.left > 0 {
            sweep.delete_marker(*id)?;
        }
    }
    for id in &doomed.outcomes {
        sweep.delete(OUTCOMES, *id, raw_before.micros())?;
    }
    for id in &doomed.hours {
        sweep.delete(HOURS, *id, hours_before.micros())?;
    }
    Ok(limit - sweep.left)
}

const OUTCOMES: &str = "DELETE FROM outcomes WHERE check_id = ?1 AND at IN (SELECT at FROM outcomes \
    WHERE check_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3)";
const HOURS: &str = "DELETE FROM hours WHERE check_id = ?1 AND at IN (SELECT at FROM hours \
    WHERE check_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3)";

/// What may still be deleted in this step.
struct Sweep<'a> {
    db: &'a Connection,
    left: u64,
}

impl Sweep<'_> {
    fn delete(&mut self, text: &str, id: i64, before: i64) -> Result<(), StoreError> {
        if self.left > 0 {
            let limit = i64::try_from(self.left).unwrap_or(i64::MAX);
            let rows = self.db.prepare_cached(text)?.execute((id, before, limit))?;
            self.left = self.left.saturating_sub(rows as u64);
        }
        Ok(())
    }

    fn delete_marker(&mut self, id: i64) -> Result<(), StoreError> {
        let text = "DELETE FROM removed_checks WHERE check_id = ?1";
        let rows = self.db.prepare_cached(text)?.execute([id])?;
        self.left = self.left.saturating_sub(rows as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn what_is_to_be_forgotten_is_found_by_a_look_at_each_checks_oldest() {
        let db = in_memory().expect("a database");
        for (text, index) in [
            (WITH_OUTCOMES, "PRIMARY KEY (check_id=? AND at<?)"),
            (WITH_HOURS, "PRIMARY KEY (check_id=? AND at<?)"),
            (OUTCOMES, "PRIMARY KEY (check_id=? AND at=?)"),
            (OUTCOMES, "PRIMARY KEY (check_id=? AND at<?)"),
            (HOURS, "PRIMARY KEY (check_id=? AND at=?)"),
            (HOURS, "PRIMARY KEY (check_id=? AND at<?)"),
        ] {
            let plan = plan(&db, text);
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("SCAN outcomes") && !plan.contains("SCAN hours"), "{plan}");
        }
    }
}
