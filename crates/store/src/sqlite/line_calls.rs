//! Calls of lines, with everyone who was rung.

use model::oncall::{Acknowledgement, LineCall};
use model::{Moment, Sid};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

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

/// What was given a ticket or acknowledged stays so.
pub(super) fn save(db: &Connection, account: Sid, call: &LineCall) -> Result<(), StoreError> {
    let text = "INSERT INTO line_calls (call, account, line, outcome, began_at, ended, ticket, \
                acknowledged_by, acknowledged_at, document) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                ON CONFLICT (call) DO UPDATE SET line = excluded.line, \
                outcome = excluded.outcome, began_at = excluded.began_at, ended = excluded.ended, \
                ticket = COALESCE(ticket, excluded.ticket), \
                acknowledged_by = COALESCE(acknowledged_by, excluded.acknowledged_by), \
                acknowledged_at = COALESCE(acknowledged_at, excluded.acknowledged_at), \
                document = excluded.document";
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
    let mut text = format!("SELECT {COLUMNS} FROM line_calls WHERE account = ?");
    let mut values: Vec<Box<dyn rusqlite::ToSql>> = vec![Box::new(account.to_string())];
    let mut and = |condition: &str, value: Box<dyn rusqlite::ToSql>| {
        text.push_str(" AND ");
        text.push_str(condition);
        values.push(value);
    };
    if let Some(line) = &filter.line {
        and("line = ?", Box::new(line.as_str().to_owned()));
    }
    if let Some(outcome) = filter.outcome {
        and("outcome = ?", Box::new(outcome.as_str()));
    }
    if let Some(from) = filter.from {
        and("began_at >= ?", Box::new(from.micros()));
    }
    if let Some(until) = filter.until {
        and("began_at < ?", Box::new(until.micros()));
    }
    if let Some(before) = filter.before {
        let older = "(began_at, call) < (SELECT began_at, call FROM line_calls WHERE call = ?)";
        and(older, Box::new(before.to_string()));
    }
    if filter.unseen {
        text.push_str(" AND ticket IS NOT NULL AND acknowledged_by IS NULL");
    }
    text.push_str(" ORDER BY began_at DESC, call DESC LIMIT ?");
    values.push(Box::new(filter.limit.clamp(1, LARGEST)));
    let mut rows = db.prepare_cached(&text)?;
    let rows = rows.query_map(rusqlite::params_from_iter(values), kept)?;
    rows.map(|row| row?.read()).collect()
}

pub(super) fn unfinished(db: &Connection) -> Result<Vec<(Sid, LineCall)>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS}, account FROM line_calls WHERE ended = 0 ORDER BY began_at, call"
    );
    let mut rows = db.prepare_cached(&text)?;
    let rows = rows.query_map([], |row| Ok((kept(row)?, row.get::<_, String>(5)?)))?;
    rows.map(|row| {
        let (kept, account) = row?;
        Ok((sid(&account)?, kept.read()?))
    })
    .collect()
}
