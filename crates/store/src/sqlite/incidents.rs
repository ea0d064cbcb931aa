//! Incidents: of those with a key, one at most goes on.

use model::oncall::Name;
use model::watch::Incident;
use model::{Moment, Sid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::errors::StoreError;
use crate::sqlite::documents::{read, sid, written};
use crate::sqlite::duties::ticket;
use crate::sqlite::filed::{or_logged, unique};
use crate::watching::{IncidentFilter, Opened};

/// Most incidents of a list.
const LARGEST: u32 = 1_000;
/// Most incidents that are forgotten at a time.
const STEP: u32 = 10_000;

fn kept(row: &Row<'_>) -> rusqlite::Result<(i64, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn incident((id, document): (i64, String)) -> Result<Incident, StoreError> {
    let incident: Incident = read("incidents", &id.to_string(), &document)?;
    Ok(Incident { id, ..incident })
}

const OPEN: &str =
    "SELECT id, document FROM incidents WHERE account = ?1 AND key = ?2 AND open = 1";

pub(super) fn open(db: &Connection, account: Sid, opened: &Incident) -> Result<Opened, StoreError> {
    let key = (account.to_string(), opened.key.as_str());
    if let Some(before) = db.prepare_cached(OPEN)?.query_row(key, kept).optional()? {
        return Ok(Opened { incident: incident(before)?, new: false });
    }
    let opened = Incident { id: ticket(db, account)?, ..opened.clone() };
    let text = "INSERT INTO incidents (account, id, key, check_name, opened_at, open, document) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    write(db, text, account, &opened)?;
    Ok(Opened { incident: opened, new: true })
}

pub(super) fn save(db: &Connection, account: Sid, changed: &Incident) -> Result<(), StoreError> {
    let text = "UPDATE incidents SET key = ?3, check_name = ?4, opened_at = ?5, open = ?6, \
                document = ?7 WHERE account = ?1 AND id = ?2";
    match write(db, text, account, changed)? {
        0 => Err(StoreError::Refused(format!("there is no incident {}", changed.id))),
        _ => Ok(()),
    }
}

fn write(
    db: &Connection,
    text: &str,
    account: Sid,
    incident: &Incident,
) -> Result<usize, StoreError> {
    let row = params![
        account.to_string(),
        incident.id,
        incident.key,
        incident.check.as_ref().map(Name::as_str),
        incident.opened_at.micros(),
        incident.is_open(),
        written(incident)?,
    ];
    unique(db.prepare_cached(text)?.execute(row), account, &incident.key)
}

pub(super) fn one(db: &Connection, account: Sid, id: i64) -> Result<Option<Incident>, StoreError> {
    let text = "SELECT id, document FROM incidents WHERE account = ?1 AND id = ?2";
    let found = db.prepare_cached(text)?.query_row((account.to_string(), id), kept).optional()?;
    found.map(incident).transpose()
}

const UNFINISHED: &str = "SELECT id, document, account FROM incidents WHERE open = 1 \
    ORDER BY opened_at, account, id";

pub(super) fn unfinished(db: &Connection) -> Result<Vec<(Sid, Incident)>, StoreError> {
    let mut rows = db.prepare_cached(UNFINISHED)?;
    let mut rows = rows.query([])?;
    let mut incidents = Vec::new();
    while let Some(row) = rows.next()? {
        let (kept, account): (_, String) = (kept(row)?, row.get(2)?);
        let read = || Ok((sid(&account)?, incident(kept)?));
        incidents.extend(or_logged(read()));
    }
    Ok(incidents)
}

pub(super) fn list(
    db: &Connection,
    account: Sid,
    filter: &IncidentFilter,
) -> Result<Vec<Incident>, StoreError> {
    let (text, values) = page(account, filter, place(db, account, filter.before)?);
    let mut rows = db.prepare_cached(&text)?;
    let mut rows = rows.query(params_from_iter(values))?;
    let mut incidents = Vec::new();
    while let Some(row) = rows.next()? {
        incidents.extend(or_logged(incident(kept(row)?)));
    }
    Ok(incidents)
}

/// Where an incident stands in the list. One that was forgotten stood before all that are kept, as far as is known.
fn place(
    db: &Connection,
    account: Sid,
    before: Option<i64>,
) -> Result<Option<(i64, i64)>, StoreError> {
    let Some(id) = before else { return Ok(None) };
    let text = "SELECT opened_at FROM incidents WHERE account = ?1 AND id = ?2";
    let mut row = db.prepare_cached(text)?;
    let found = row.query_row((account.to_string(), id), |row| row.get(0)).optional()?;
    Ok(Some((found.unwrap_or(i64::MIN), id)))
}

/// The query for a page, with its values.
fn page(account: Sid, filter: &IncidentFilter, place: Option<(i64, i64)>) -> (String, Vec<Value>) {
    let mut text = "SELECT id, document FROM incidents WHERE account = ?".to_owned();
    let mut values: Vec<Value> = vec![account.to_string().into()];
    let mut and = |condition: &str, value: Value| {
        text.push_str(" AND ");
        text.push_str(condition);
        values.push(value);
    };
    match (&filter.check, filter.open) {
        (None, None) => {}
        (None, Some(open)) => and("open = ?", i64::from(open).into()),
        (Some(check), open) => {
            and("check_name = ?", check.as_str().to_owned().into());
            if let Some(open) = open {
                // The check's own index is the better one: the plus keeps this condition from choosing another.
                and("+open = ?", i64::from(open).into());
            }
        }
    }
    if let Some(from) = filter.from {
        and("opened_at >= ?", from.micros().into());
    }
    if let Some(until) = filter.until {
        and("opened_at < ?", until.micros().into());
    }
    if let Some((opened_at, id)) = place {
        and("(opened_at, id) < (?,", opened_at.into());
        text.push_str(" ?)");
        values.push(id.into());
    }
    text.push_str(" ORDER BY opened_at DESC, id DESC LIMIT ?");
    values.push(i64::from(filter.limit.clamp(1, LARGEST)).into());
    (text, values)
}

const FORGET: &str = "DELETE FROM incidents WHERE rowid IN (SELECT rowid FROM incidents \
    WHERE account = ?1 AND open = 0 AND opened_at < ?2 ORDER BY opened_at, id LIMIT ?3)";

pub(super) fn forget(db: &Connection, before: Moment, limit: u32) -> Result<u64, StoreError> {
    let mut accounts = db.prepare_cached("SELECT sid FROM accounts")?;
    let accounts: Vec<String> =
        accounts.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut left = i64::from(limit.clamp(1, STEP));
    let mut forgotten = 0;
    for account in accounts {
        let rows = db.prepare_cached(FORGET)?.execute((account, before.micros(), left))?;
        forgotten += rows as u64;
        left = left.saturating_sub(i64::try_from(rows).unwrap_or(i64::MAX));
        if left == 0 {
            break;
        }
    }
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use model::SidKind;

    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn a_list_of_incidents_walks_one_index_without_sorting() {
        let db = in_memory().expect("a database");
        let account = Sid::new(SidKind::Account, 1);
        let all = IncidentFilter::default();
        let check = Some("shop".parse().expect("a name"));
        let by_check = IncidentFilter { check, ..all.clone() };
        let open = IncidentFilter { open: Some(true), ..all.clone() };
        let both = IncidentFilter { open: Some(true), ..by_check.clone() };
        for (filter, index) in [
            (all, "incidents_by_time"),
            (by_check, "incidents_by_check"),
            (open, "incidents_by_state"),
            (both, "incidents_by_check"),
        ] {
            let plan = plan(&db, &page(account, &filter, Some((0, 1))).0);
            assert!(plan.contains(&format!("USING INDEX {index} ")), "{plan}");
            assert!(plan.contains("(opened_at,id)<"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn what_goes_on_and_what_is_to_be_forgotten_are_found_without_the_rest() {
        let db = in_memory().expect("a database");
        for (text, index) in [
            (OPEN, "incidents_open (account=? AND key=?)"),
            (UNFINISHED, "incidents_unfinished"),
            (FORGET, "incidents_by_state (account=? AND open=? AND opened_at<?)"),
        ] {
            let plan = plan(&db, text);
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
