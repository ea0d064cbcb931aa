//! Messages for which something is still to be done: given to a carrier, or asked the application about.
//!
//! Both looks walk an index that holds nothing else. The one for carriers is fair between senders: it first walks what
//! is due in the order of time, and if that is all of a few senders, one sender's lane after the other. Neither reads
//! what is due later.

use std::collections::{HashMap, HashSet};

use model::{MessageStatus, Moment, Sid};
use rusqlite::{Connection, OptionalExtension, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::message_rows;
use crate::texts::Message;

/// `queue` of what a carrier has to be given.
const SEND: i64 = 1;
/// `queue` of what the application has to be asked about.
const ASK: i64 = 2;

/// How many times the messages asked for are walked in the order of time before the lanes are. Beyond, the first ones due
/// belong to so few senders that going from lane to lane is cheaper.
const WALK: usize = 4;

const DUE: &str = "SELECT id, sid, lane, due_at FROM messages \
                   WHERE queue = ?1 AND due_at <= ?2 ORDER BY due_at, id";
const NEXT: &str = "SELECT sid, due_at FROM messages WHERE queue = ?1 ORDER BY due_at, id";
const NEXT_LANE: &str = "SELECT lane, due_at FROM messages WHERE queue = 1 AND lane > ?1 \
                         ORDER BY lane, due_at LIMIT 1";
const DUE_IN_LANE: &str = "SELECT id, sid, due_at FROM messages \
                           WHERE queue = 1 AND lane = ?1 AND due_at <= ?2 ORDER BY due_at, id";
const WAITING: &str = "SELECT COUNT(*) FROM messages WHERE queue = 1";

/// What is still to be done for a message of this status, as its column says it.
pub(super) fn of(status: MessageStatus) -> Option<i64> {
    if status.is_waiting() {
        Some(SEND)
    } else if status == MessageStatus::Receiving {
        Some(ASK)
    } else {
        None
    }
}

pub(super) fn due(
    db: &Connection,
    now: Moment,
    per_sender: u32,
    limit: u32,
    busy: &HashSet<Sid>,
) -> Result<Vec<Message>, StoreError> {
    let (per_sender, limit) = (per_sender as usize, limit as usize);
    // One view of the database, so that what was found waiting still is when it is read.
    let view = db.unchecked_transaction()?;
    let found = match by_time(&view, now, per_sender, limit, busy)? {
        Some(found) => found,
        None => by_lane(&view, now, per_sender, limit, busy)?,
    };
    read(&view, found)
}

/// The first ones due, or `None` if too many of them would be of the same senders.
fn by_time(
    db: &Connection,
    now: Moment,
    per_sender: usize,
    limit: usize,
    busy: &HashSet<Sid>,
) -> Result<Option<Vec<i64>>, StoreError> {
    let mut found = Vec::new();
    let mut lanes: HashMap<String, usize> = HashMap::new();
    let mut passed = 0;
    let mut statement = db.prepare_cached(DUE)?;
    let mut rows = statement.query(params![SEND, now.micros()])?;
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let columns = Columns::of(row);
        let (id, sid): (i64, Sid) = (columns.next()?, columns.sid()?);
        if busy.contains(&sid) {
            continue;
        }
        let taken = lanes.entry(columns.next()?).or_default();
        if *taken < per_sender {
            *taken += 1;
            found.push(id);
            continue;
        }
        passed += 1;
        if passed > limit.saturating_mul(WALK) {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// The first ones due, from the first few of each lane.
fn by_lane(
    db: &Connection,
    now: Moment,
    per_sender: usize,
    limit: usize,
    busy: &HashSet<Sid>,
) -> Result<Vec<i64>, StoreError> {
    let mut found: Vec<(Moment, i64)> = Vec::new();
    let mut next_lane = db.prepare_cached(NEXT_LANE)?;
    let mut due_in_lane = db.prepare_cached(DUE_IN_LANE)?;
    // No lane's text sorts before the empty one, which no message has.
    let mut lane = String::new();
    loop {
        let next = next_lane.query_row([&lane], |row| {
            let columns = Columns::of(row);
            Ok((columns.next()?, columns.moment()?))
        });
        let Some((next, first_due)) = next.optional()? else { break };
        lane = next;
        if first_due > now {
            continue;
        }
        let mut rows = due_in_lane.query(params![lane, now.micros()])?;
        let mut left = per_sender;
        while left > 0
            && let Some(row) = rows.next()?
        {
            let columns = Columns::of(row);
            let (id, sid) = (columns.next()?, columns.sid()?);
            if !busy.contains(&sid) {
                found.push((columns.moment()?, id));
                left -= 1;
            }
        }
    }
    found.sort_unstable();
    found.truncate(limit);
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

fn read(db: &Connection, ids: Vec<i64>) -> Result<Vec<Message>, StoreError> {
    let messages = ids.into_iter().filter_map(|id| message_rows::by_id(db, id).transpose());
    messages.collect()
}

pub(super) fn unasked(
    db: &Connection,
    now: Moment,
    limit: u32,
    busy: &HashSet<Sid>,
) -> Result<Vec<Message>, StoreError> {
    let view = db.unchecked_transaction()?;
    let mut statement = view.prepare_cached(DUE)?;
    let mut rows = statement.query(params![ASK, now.micros()])?;
    let mut found = Vec::new();
    while found.len() < limit as usize
        && let Some(row) = rows.next()?
    {
        let columns = Columns::of(row);
        let (id, sid) = (columns.next()?, columns.sid()?);
        if !busy.contains(&sid) {
            found.push(id);
        }
    }
    read(&view, found)
}

pub(super) fn next_due(db: &Connection, busy: &HashSet<Sid>) -> Result<Option<Moment>, StoreError> {
    next(db, SEND, busy)
}

pub(super) fn next_unasked(
    db: &Connection,
    busy: &HashSet<Sid>,
) -> Result<Option<Moment>, StoreError> {
    next(db, ASK, busy)
}

/// The moment of the first one that is not busy: it is behind as many rows as are busy, at most.
fn next(db: &Connection, queue: i64, busy: &HashSet<Sid>) -> Result<Option<Moment>, StoreError> {
    let mut statement = db.prepare_cached(NEXT)?;
    let mut rows = statement.query([queue])?;
    while let Some(row) = rows.next()? {
        let columns = Columns::of(row);
        if !busy.contains(&columns.sid()?) {
            return Ok(Some(columns.moment()?));
        }
    }
    Ok(None)
}

pub(super) fn waiting(db: &Connection) -> Result<u64, StoreError> {
    let rows: i64 = db.prepare_cached(WAITING)?.query_row([], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::sqlite::connection;
    use crate::sqlite::listing::plans::plan;

    /// Rows of one sender, and as many more of it that are scheduled for later.
    const MANY: i64 = 100_000;
    /// When the rows are due; those that are scheduled, a second later.
    const DUE_AT: i64 = 1_000_000;

    #[test]
    fn what_is_to_be_done_is_found_in_an_index_of_nothing_else() {
        let db = connection::in_memory().expect("a database");
        for (query, steps) in [
            (DUE, "USING COVERING INDEX messages_due (queue=? AND due_at<?)"),
            (NEXT, "USING COVERING INDEX messages_due (queue=?)"),
            (NEXT_LANE, "USING COVERING INDEX messages_of_lane (queue=? AND lane>?)"),
            (
                DUE_IN_LANE,
                "USING COVERING INDEX messages_of_lane (queue=? AND lane=? AND due_at<?)",
            ),
        ] {
            let plan = plan(&db, query);
            assert_eq!(plan, format!("SEARCH messages {steps}"));
        }
        let plan = plan(&db, WAITING);
        assert!(plan.contains("USING COVERING INDEX messages_"), "{plan}");
    }

    /// A database with rows of the sender `ALO` and three of others, which are due later than all of those.
    fn crowded() -> Connection {
        let db = connection::in_memory().expect("a database");
        let account = Sid::new(model::SidKind::Account, 1).to_string();
        let text = "INSERT INTO accounts (sid, token, friendly_name, status, created_at, updated_at) \
                    VALUES (?1, '', '', 'active', 0, 0)";
        db.execute(text, [&account]).expect("an account");
        let add = |count: i64, sender: &str, due_at: i64| {
            let text = "WITH RECURSIVE number (n) AS \
                (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1) \
                INSERT INTO messages (sid, account, direction, from_kind, from_text, to_kind, \
                to_text, body, segments, media, status, created_at, updated_at, smart_encoded, \
                discard_body, obfuscate, attempts, due_at, queue, lane) \
                SELECT printf('SM%032x', (SELECT COUNT(*) FROM messages) + n), ?2, 'outbound-api', \
                'alpha', ?3, 'number', '+14155550123', '', 1, 0, 'queued', 0, 0, 0, 0, 0, 0, ?4, 1, \
                ?3 FROM number";
            db.execute(text, params![count, account, sender, due_at]).expect("rows");
        };
        add(MANY, "ALO", DUE_AT);
        add(MANY, "ALO", 2 * DUE_AT);
        add(1, "12345", DUE_AT + 1);
        add(1, "A", DUE_AT + 2);
        add(1, "Z", DUE_AT + 3);
        add(MANY, "Later", 2 * DUE_AT);
        db
    }

    /// What SQLite's machine has done for these queries so far.
    fn work(db: &Connection) -> i32 {
        let steps = [DUE, NEXT, NEXT_LANE, DUE_IN_LANE].map(|query| {
            let statement = db.prepare_cached(query).expect("it parses");
            statement.get_status(StatementStatus::VmStep)
        });
        steps.iter().sum()
    }

    #[test]
    fn a_hundred_thousand_of_one_sender_are_not_walked_and_hold_up_no_other() {
        let db = crowded();
        let now = Moment::from_micros(DUE_AT + 10);
        let found = due(&db, now, 10, 50, &HashSet::new()).expect("a list");
        let senders = found.iter().map(|it| it.record.from.as_ref().expect("a sender").to_string());
        let expected = [vec!["ALO"; 10], vec!["12345", "A", "Z"]].concat();
        assert_eq!(senders.collect::<Vec<_>>(), expected);
        let busy = found.iter().map(|message| message.record.sid).collect();
        let rest = due(&db, now, 10, 50, &busy).expect("a list");
        assert_eq!(rest.len(), 10, "the next ones of the one that has more");
        let first = next_due(&db, &busy).expect("a moment");
        assert_eq!(first, Some(Moment::from_micros(DUE_AT)));
        assert!(work(&db) < 20_000, "{} steps", work(&db));
        assert_eq!(waiting(&db).expect("a number"), 3 * MANY as u64 + 3);
    }

    #[test]
    fn both_ways_to_look_find_the_same() {
        let db = crowded();
        let now = Moment::from_micros(3 * DUE_AT);
        let busy = HashSet::from([Sid::new(model::SidKind::Message, 1)]);
        for (per_sender, limit) in [(1, 2), (2, 3), (5, 5), (100, 100)] {
            let time = by_time(&db, now, per_sender, limit, &busy).expect("a list");
            let lanes = by_lane(&db, now, per_sender, limit, &busy).expect("a list");
            assert!(time.is_none_or(|found| found == lanes), "{per_sender} of {limit}");
        }
    }
}
