//! Messages for which something is still to be done: given to a carrier, or asked the application about.
//!
//! Both looks walk an index that holds nothing else. The one for carriers is fair between senders: it first walks what
//! is due in the order of time, and if that is more than asked for, one lane after the other. Neither reads what is due
//! later.

use std::collections::{HashMap, HashSet};

use model::{MessageStatus, Moment, Sid};
use rusqlite::{Connection, OptionalExtension, params};

use crate::errors::StoreError;
use crate::sqlite::columns::Columns;
use crate::sqlite::message_rows;
use crate::texts::{Due, Look, Message};

/// `queue` of what a carrier has to be given.
const SEND: i64 = 1;
/// `queue` of what the application has to be asked about.
const ASK: i64 = 2;

/// Messages of carriers that aren't wanted that are passed over in the order of time; beyond, going from lane to lane is
/// cheaper.
const WALK: usize = 256;

const DUE: &str = "SELECT id, sid, lane, due_at FROM messages \
                   WHERE queue = ?1 AND due_at <= ?2 ORDER BY due_at, id";
const EXPIRED: &str = "SELECT id, sid FROM messages \
                       WHERE queue = 1 AND due_at <= ?1 AND expires_at <= ?1 ORDER BY due_at, id";
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

pub(super) fn due(db: &Connection, look: &Look, busy: &HashSet<Sid>) -> Result<Due, StoreError> {
    // One view of the database, so that what was found waiting still is when it is read.
    let view = db.unchecked_transaction()?;
    let found = match by_time(&view, look, busy)? {
        Some(found) => found,
        None => by_lane(&view, look, busy)?,
    };
    let Found { ids, more, lane } = found;
    Ok(Due { messages: read(&view, ids)?, more, lane })
}

/// Rows that a look found, as [`Due`] says it.
struct Found {
    ids: Vec<i64>,
    more: bool,
    lane: String,
}

/// All that are due, or `None` if they are more than asked for, or too many have to be passed over.
fn by_time(db: &Connection, look: &Look, busy: &HashSet<Sid>) -> Result<Option<Found>, StoreError> {
    let (per_lane, limit) = (look.per_lane as usize, look.limit as usize);
    let mut ids = Vec::new();
    let mut lanes: HashMap<String, usize> = HashMap::new();
    let mut passed = 0;
    let mut statement = db.prepare_cached(DUE)?;
    let mut rows = statement.query(params![SEND, look.now.micros()])?;
    while let Some(row) = rows.next()? {
        let columns = Columns::of(row);
        let (id, sid): (i64, Sid) = (columns.next()?, columns.sid()?);
        let lane: String = columns.next()?;
        if busy.contains(&sid) || is_of(&lane, &look.except) {
            passed += 1;
            if passed > busy.len() + WALK {
                return Ok(None);
            }
            continue;
        }
        let taken = lanes.entry(lane).or_default();
        *taken += 1;
        if *taken > per_lane || ids.len() == limit {
            return Ok(None);
        }
        ids.push(id);
    }
    Ok(Some(Found { ids, more: false, lane: look.lane.clone() }))
}

/// The first few of each lane, beginning behind the one where the last look ended.
fn by_lane(db: &Connection, look: &Look, busy: &HashSet<Sid>) -> Result<Found, StoreError> {
    let mut found = Found { ids: Vec::new(), more: false, lane: look.lane.clone() };
    let mut next_lane = db.prepare_cached(NEXT_LANE)?;
    let mut due_in_lane = db.prepare_cached(DUE_IN_LANE)?;
    let (mut lane, mut wrapped) = (look.lane.clone(), look.lane.is_empty());
    let limit = look.limit as usize;
    while found.ids.len() < limit {
        let next = next_lane.query_row([&lane], |row| {
            let columns = Columns::of(row);
            Ok((columns.next::<String>()?, columns.moment()?))
        });
        let Some((next, first_due)) = next.optional()? else {
            if wrapped {
                return Ok(found);
            }
            // No lane's text sorts before the empty one, which no message has.
            (lane, wrapped) = (String::new(), true);
            continue;
        };
        if wrapped && !look.lane.is_empty() && next > look.lane {
            return Ok(found);
        }
        lane = next;
        if let Some(carrier) = look.except.iter().find(|carrier| is_one_of(&lane, carrier)) {
            lane = format!("{carrier}{SEPARATOR}{}", char::MAX);
            continue;
        }
        if first_due > look.now {
            continue;
        }
        let mut left = (look.per_lane as usize).min(limit - found.ids.len());
        let mut rows = due_in_lane.query(params![lane, look.now.micros()])?;
        while left > 0
            && let Some(row) = rows.next()?
        {
            let columns = Columns::of(row);
            let (id, sid) = (columns.next()?, columns.sid()?);
            if !busy.contains(&sid) {
                found.ids.push(id);
                left -= 1;
            }
        }
        found.more |= left == 0;
        found.lane.clone_from(&lane);
    }
    found.more = true;
    Ok(found)
}

/// What stands between carrier and sender in the text of a lane: the unit separator of ASCII, which neither has.
const SEPARATOR: char = '\u{1f}';

/// The lane of a sender through a carrier; neither needs to be known.
pub(super) fn lane(carrier: Option<&str>, sender: &str) -> String {
    format!("{}{SEPARATOR}{sender}", carrier.unwrap_or_default())
}

fn is_of(lane: &str, carriers: &[String]) -> bool {
    carriers.iter().any(|carrier| is_one_of(lane, carrier))
}

fn is_one_of(lane: &str, carrier: &str) -> bool {
    lane.strip_prefix(carrier).is_some_and(|rest| rest.starts_with(SEPARATOR))
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

pub(super) fn expired(
    db: &Connection,
    now: Moment,
    limit: u32,
    busy: &HashSet<Sid>,
) -> Result<Vec<Message>, StoreError> {
    let view = db.unchecked_transaction()?;
    let mut statement = view.prepare_cached(EXPIRED)?;
    let mut rows = statement.query([now.micros()])?;
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

pub(super) fn next_due(
    db: &Connection,
    busy: &HashSet<Sid>,
    except: &[String],
) -> Result<Option<Moment>, StoreError> {
    if except.is_empty() {
        return next(db, SEND, busy);
    }
    let view = db.unchecked_transaction()?;
    let mut next_lane = view.prepare_cached(NEXT_LANE)?;
    let mut in_lane = view.prepare_cached(DUE_IN_LANE)?;
    let (mut lane, mut first): (String, Option<Moment>) = (String::new(), None);
    loop {
        let next = next_lane.query_row([&lane], |row| row.get(0)).optional()?;
        let Some(next) = next else { return Ok(first) };
        lane = next;
        if let Some(carrier) = except.iter().find(|carrier| is_one_of(&lane, carrier)) {
            lane = format!("{carrier}{SEPARATOR}{}", char::MAX);
            continue;
        }
        let mut rows = in_lane.query(params![lane, i64::MAX])?;
        while let Some(row) = rows.next()? {
            let columns = Columns::of(row);
            let (_, sid): (i64, Sid) = (columns.next()?, columns.sid()?);
            if !busy.contains(&sid) {
                let at = columns.moment()?;
                first = Some(first.map_or(at, |first| first.min(at)));
                break;
            }
        }
    }
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
            (EXPIRED, "USING COVERING INDEX messages_due (queue=? AND due_at<?)"),
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
                char(31) || ?3 FROM number";
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
        let look = Look { now, per_lane: 10, limit: 50, ..Look::default() };
        let found = due(&db, &look, &HashSet::new()).expect("a list");
        assert!(found.more, "one has more than its share");
        let found = found.messages;
        let senders = found.iter().map(|it| it.record.from.as_ref().expect("a sender").to_string());
        let expected = [vec!["12345", "A"], vec!["ALO"; 10], vec!["Z"]].concat();
        assert_eq!(senders.collect::<Vec<_>>(), expected);
        let busy = found.iter().map(|message| message.record.sid).collect();
        let rest = due(&db, &look, &busy).expect("a list").messages;
        assert_eq!(rest.len(), 10, "the next ones of the one that has more");
        let first = next_due(&db, &busy, &[]).expect("a moment");
        assert_eq!(first, Some(Moment::from_micros(DUE_AT)));
        assert!(work(&db) < 20_000, "{} steps", work(&db));
        assert_eq!(waiting(&db).expect("a number"), 3 * MANY as u64 + 3);
    }

    #[test]
    fn each_lane_has_its_turn_however_few_are_asked_for() {
        let db = crowded();
        let now = Moment::from_micros(3 * DUE_AT);
        let mut look = Look { now, per_lane: 2, limit: 3, ..Look::default() };
        let mut turns = Vec::new();
        for _ in 0..4 {
            let found = due(&db, &look, &HashSet::new()).expect("a list");
            assert!(found.more);
            let senders = found.messages.iter().filter_map(|it| it.record.from.clone());
            turns.push(senders.map(|sender| sender.to_string()).collect::<Vec<_>>().join(" "));
            look.lane = found.lane;
        }
        assert_eq!(turns, ["12345 A ALO", "Later Later Z", "12345 A ALO", "Later Later Z"]);
    }

    #[test]
    fn a_carrier_that_takes_nothing_holds_up_no_other() {
        let db = crowded();
        db.execute(
            "UPDATE messages SET lane = 'dead' || char(31) || 'ALO' WHERE lane LIKE '%ALO'",
            [],
        )
        .expect("rows");
        let now = Moment::from_micros(DUE_AT + 10);
        let except = vec!["dead".to_owned()];
        let look = Look { now, per_lane: 10, limit: 50, except: except.clone(), ..Look::default() };
        let found = due(&db, &look, &HashSet::new()).expect("a list");
        assert_eq!((found.messages.len(), found.more), (3, false));
        let busy = found.messages.iter().map(|message| message.record.sid).collect();
        let next = next_due(&db, &busy, &except).expect("a moment");
        assert_eq!(next, Some(Moment::from_micros(2 * DUE_AT)), "of those that are scheduled");
        assert!(work(&db) < 20_000, "{} steps", work(&db));
    }
}
