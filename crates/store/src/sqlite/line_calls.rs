//! Calls of lines, with everyone who was rung.

use model::oncall::{Acknowledgement, LineCall};
use model::{Moment, Sid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::errors::StoreError;
use crate::oncall::LineCallFilter;
use crate::sqlite::documents::{owned, read, sid, written};
use crate::sqlite::duties::ticket;

/// Most calls of a list.
const LARGEST: u32 = 1_000;

/// A row: the document, and what counts more than what it says.
struct Kept {
    call: String,
    document: String,
    ticket: Option<i64>,
    acknowledged: Option<(String, i64)>,
}

const COLUMNS: &str = "call, document, ticket, acknowledged_by, acknowledged_at";

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let by: Option<String> = row.get(3)?;
    let at: Option<i64> = row.get(4)?;
    Ok(Kept {
        call: row.get(0)?,
        document: row.get(1)?,
        ticket: row.get(2)?,
        acknowledged: by.zip(at),
    })
}

impl Kept {
    fn read(self) -> Result<LineCall, StoreError> {
        let call: LineCall = read("line_calls", &self.call, &self.document)?;
        let acknowledged = self.acknowledged.map(|(by, at)| {
            let by = by.parse().map_err(|_| StoreError::Corrupt(format!("line_calls '{by}'")))?;
            Ok::<_, StoreError>(Acknowledgement { by, at: Moment::from_micros(at) })
        });
        Ok(LineCall { ticket: self.ticket, acknowledged: acknowledged.transpose()?, ..call })
    }
}

/// What was given a ticket, acknowledged or written down stays so.
pub(super) fn save(db: &Connection, account: Sid, call: &LineCall) -> Result<(), StoreError> {
    let text = "INSERT INTO line_calls (call, account, line, outcome, began_at, ended, ticket, \
                acknowledged_by, acknowledged_at, document) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                ON CONFLICT (call) DO UPDATE SET line = excluded.line, \
                outcome = excluded.outcome, began_at = excluded.began_at, ended = excluded.ended, \
                ticket = COALESCE(ticket, excluded.ticket), \
                acknowledged_by = COALESCE(acknowledged_by, excluded.acknowledged_by), \
                acknowledged_at = COALESCE(acknowledged_at, excluded.acknowledged_at), \
                document = CASE WHEN excluded.document ->> 'transcript' IS NULL \
                AND document ->> 'transcript' IS NOT NULL \
                THEN json_set(excluded.document, '$.transcript', document ->> 'transcript') \
                ELSE excluded.document END";
    let row = params![
        call.call.to_string(),
        account.to_string(),
        call.line.as_str(),
        call.outcome.as_str(),
        call.began_at.micros(),
        call.ended_at.is_some(),
        call.ticket,
        call.acknowledged.as_ref().map(|seen| seen.by.as_str()),
        call.acknowledged.as_ref().map(|seen| seen.at.micros()),
        written(call)?,
    ];
    owned(db.prepare_cached(text)?.execute(row), account).map(|_| ())
}

pub(super) fn save_transcript(
    db: &Connection,
    account: Sid,
    call: Sid,
    transcript: &str,
) -> Result<bool, StoreError> {
    let text = "UPDATE line_calls SET document = json_set(document, '$.transcript', ?3) \
                WHERE account = ?1 AND call = ?2";
    let row = (account.to_string(), call.to_string(), transcript);
    Ok(db.prepare_cached(text)?.execute(row)? > 0)
}

pub(super) fn miss(db: &Connection, account: Sid, call: &LineCall) -> Result<i64, StoreError> {
    let mut row = db.prepare_cached("SELECT ticket FROM line_calls WHERE call = ?1")?;
    let before: Option<Option<i64>> =
        row.query_row([call.call.to_string()], |row| row.get(0)).optional()?;
    let given = match before.flatten().or(call.ticket) {
        Some(given) => given,
        None => ticket(db, account)?,
    };
    save(db, account, &LineCall { ticket: Some(given), ..call.clone() })?;
    Ok(given)
}

pub(super) fn acknowledge(
    db: &Connection,
    account: Sid,
    ticket: i64,
    by: &Acknowledgement,
) -> Result<Option<LineCall>, StoreError> {
    let text = "UPDATE line_calls SET acknowledged_by = ?3, acknowledged_at = ?4 \
                WHERE account = ?1 AND ticket = ?2 AND acknowledged_by IS NULL";
    let row = (account.to_string(), ticket, by.by.as_str(), by.at.micros());
    db.prepare_cached(text)?.execute(row)?;
    first(db, "account = ?1 AND ticket = ?2", params![account.to_string(), ticket])
}

pub(super) fn one(
    db: &Connection,
    account: Sid,
    call: Sid,
) -> Result<Option<LineCall>, StoreError> {
    first(db, "account = ?1 AND call = ?2", params![account.to_string(), call.to_string()])
}

fn first(
    db: &Connection,
    condition: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<LineCall>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM line_calls WHERE {condition}");
    let found = db.prepare_cached(&text)?.query_row(values, kept).optional()?;
    found.map(Kept::read).transpose()
}

pub(super) fn list(
    db: &Connection,
    account: Sid,
    filter: &LineCallFilter,
) -> Result<Vec<LineCall>, StoreError> {
    let place = filter.before.map(|call| place(db, account, call)).transpose()?;
    let (text, values) = page(account, filter, place.as_ref());
    let mut rows = db.prepare_cached(&text)?;
    let rows = rows.query_map(params_from_iter(values), kept)?;
    rows.map(|row| row?.read()).collect()
}

/// Where a call stands in the list.
fn place(db: &Connection, account: Sid, call: Sid) -> Result<(i64, String), StoreError> {
    let text = "SELECT began_at, call FROM line_calls WHERE call = ?1 AND account = ?2";
    let row = (call.to_string(), account.to_string());
    let found = db.prepare_cached(text)?.query_row(row, |row| Ok((row.get(0)?, row.get(1)?)));
    found.optional()?.ok_or(StoreError::Missing(call))
}

/// The query for a page, with its values.
fn page(
    account: Sid,
    filter: &LineCallFilter,
    place: Option<&(i64, String)>,
) -> (String, Vec<Value>) {
    let mut text = format!("SELECT {COLUMNS} FROM line_calls WHERE account = ?");
    let mut values: Vec<Value> = vec![account.to_string().into()];
    let mut and = |condition: &str, value: Value| {
        text.push_str(" AND ");
        text.push_str(condition);
        values.push(value);
    };
    if let Some(line) = &filter.line {
        and("line = ?", line.as_str().to_owned().into());
    }
    if let Some(outcome) = filter.outcome {
        and("outcome = ?", outcome.as_str().to_owned().into());
    }
    if let Some(from) = filter.from {
        and("began_at >= ?", from.micros().into());
    }
    if let Some(until) = filter.until {
        and("began_at < ?", until.micros().into());
    }
    if let Some((began_at, call)) = place {
        and("(began_at, call) < (?,", (*began_at).into());
        text.push_str(" ?)");
        values.push(call.clone().into());
    }
    if filter.unseen {
        text.push_str(" AND ticket IS NOT NULL AND acknowledged_by IS NULL");
    }
    text.push_str(" ORDER BY began_at DESC, call DESC LIMIT ?");
    values.push(i64::from(filter.limit.clamp(1, LARGEST)).into());
    (text, values)
}

pub(super) fn unfinished(db: &Connection) -> Result<Vec<(Sid, LineCall)>, StoreError> {
    let mut rows = db.prepare_cached(&unfinished_text())?;
    let rows = rows.query_map([], |row| Ok((kept(row)?, row.get::<_, String>(5)?)))?;
    rows.map(|row| {
        let (kept, account) = row?;
        Ok((sid(&account)?, kept.read()?))
    })
    .collect()
}

fn unfinished_text() -> String {
    format!("SELECT {COLUMNS}, account FROM line_calls WHERE ended = 0 ORDER BY began_at, call")
}

#[cfg(test)]
mod tests {
    use model::SidKind;
    use model::oncall::LineOutcome;

    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn a_list_of_calls_of_lines_walks_one_index_without_sorting() {
        let db = in_memory().expect("a database");
        let account = Sid::new(SidKind::Account, 1);
        let place = (0, Sid::new(SidKind::Call, 1).to_string());
        let all = LineCallFilter::default();
        let line = Some("support".parse().expect("a name"));
        let by_line = LineCallFilter { line, ..all.clone() };
        let by_outcome = LineCallFilter { outcome: Some(LineOutcome::Missed), ..all.clone() };
        let unseen = LineCallFilter { unseen: true, ..all.clone() };
        for (filter, index) in [
            (all, "line_calls_by_time"),
            (by_line, "line_calls_by_line"),
            (by_outcome, "line_calls_by_outcome"),
            (unseen, "line_calls_unseen"),
        ] {
            let plan = plan(&db, &page(account, &filter, Some(&place)).0);
            assert!(plan.contains(&format!("USING INDEX {index} ")), "{plan}");
            assert!(plan.contains("(began_at,call)<"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn calls_of_lines_that_are_unfinished_are_found_without_the_rest() {
        let plan = plan(&in_memory().expect("a database"), &unfinished_text());
        assert!(plan.contains("USING INDEX line_calls_unfinished"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
