//! What was changed of rotas by hand, the numbers given to it, and up to when handoffs were told.

use std::time::Duration;

use model::oncall::{Name, Override, Swap, SwapState, Told};
use model::{Moment, Sid};
use rusqlite::{Connection, OptionalExtension as _};

use crate::errors::StoreError;
use crate::sqlite::documents::{of_rota, owned, read, written};

/// Most swaps of a list.
const SWAPS: u32 = 1_000;

/// The next number of an account.
pub(super) fn ticket(db: &Connection, account: Sid) -> Result<i64, StoreError> {
    let text = "INSERT INTO tickets (account, last) VALUES (?1, 1) \
                ON CONFLICT (account) DO UPDATE SET last = last + 1";
    owned(db.prepare_cached(text)?.execute([account.to_string()]), account)?;
    let mut row = db.prepare_cached("SELECT last FROM tickets WHERE account = ?1")?;
    Ok(row.query_row([account.to_string()], |row| row.get(0))?)
}

const TOUCHING: &str = "SELECT id, document FROM overrides \
    WHERE account = ?1 AND rota = ?2 AND until_at > ?3 AND from_at < ?4 ORDER BY id";

pub(super) fn overrides(
    db: &Connection,
    account: Sid,
    rota: &Name,
    from: Moment,
    until: Moment,
) -> Result<Vec<Override>, StoreError> {
    // Who asks about one moment means it.
    let until = until.max(from + Duration::from_micros(1));
    let mut rows = db.prepare_cached(TOUCHING)?;
    let key = (account.to_string(), rota.as_str(), from.micros(), until.micros());
    let rows = rows.query_map(key, |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, document): (i64, String) = row?;
        let change: Override = read("overrides", &id.to_string(), &document)?;
        Ok(Override { id, ..change })
    })
    .collect()
}

pub(super) fn add_override(
    db: &Connection,
    account: Sid,
    change: &Override,
) -> Result<i64, StoreError> {
    let id = ticket(db, account)?;
    let change = Override { id, ..change.clone() };
    let text = "INSERT INTO overrides (account, id, rota, from_at, until_at, document) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = (
        account.to_string(),
        id,
        change.rota.as_str(),
        change.from.micros(),
        change.until.micros(),
        written(&change)?,
    );
    of_rota(db.prepare_cached(text)?.execute(row), &change.rota)?;
    Ok(id)
}

pub(super) fn remove_override(db: &Connection, account: Sid, id: i64) -> Result<bool, StoreError> {
    let mut delete = db.prepare_cached("DELETE FROM overrides WHERE account = ?1 AND id = ?2")?;
    Ok(delete.execute((account.to_string(), id))? > 0)
}

const fn word(state: SwapState) -> &'static str {
    match state {
        SwapState::Asked => "asked",
        SwapState::Accepted => "accepted",
        SwapState::Refused => "refused",
        SwapState::TakenBack => "taken_back",
    }
}

pub(super) fn ask_swap(db: &Connection, account: Sid, swap: &Swap) -> Result<i64, StoreError> {
    let id = ticket(db, account)?;
    let swap = Swap { id, ..swap.clone() };
    let text = "INSERT INTO swaps (account, id, rota, state, document) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = (account.to_string(), id, swap.rota.as_str(), word(swap.state), written(&swap)?);
    of_rota(db.prepare_cached(text)?.execute(row), &swap.rota)?;
    Ok(id)
}

pub(super) fn swap(db: &Connection, account: Sid, id: i64) -> Result<Option<Swap>, StoreError> {
    let mut row = db.prepare_cached("SELECT document FROM swaps WHERE account = ?1 AND id = ?2")?;
    let found: Option<String> =
        row.query_row((account.to_string(), id), |row| row.get(0)).optional()?;
    found.map(|document| read("swaps", &id.to_string(), &document)).transpose()
}

pub(super) fn swaps(
    db: &Connection,
    account: Sid,
    state: Option<SwapState>,
) -> Result<Vec<Swap>, StoreError> {
    let mut rows = db.prepare_cached(list(state))?;
    let key = (account.to_string(), SWAPS);
    let rows = match state {
        Some(state) => rows.query((key.0, key.1, word(state))),
        None => rows.query(key),
    };
    let rows = rows?.mapped(|row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.map(|row| {
        let (id, document): (i64, String) = row?;
        read("swaps", &id.to_string(), &document)
    })
    .collect()
}

/// One text for each, so that each walks its index; left to itself, SQLite would walk all swaps for those of a state.
const fn list(state: Option<SwapState>) -> &'static str {
    match state {
        Some(_) => {
            "SELECT id, document FROM swaps INDEXED BY swaps_by_state \
             WHERE account = ?1 AND state = ?3 ORDER BY id DESC LIMIT ?2"
        }
        None => "SELECT id, document FROM swaps WHERE account = ?1 ORDER BY id DESC LIMIT ?2",
    }
}

pub(super) fn decide_swap(
    db: &Connection,
    account: Sid,
    decided: &Swap,
    before: SwapState,
    overrides: &[Override],
) -> Result<Swap, StoreError> {
    let kept = self::swap(db, account, decided.id)?.filter(|kept| kept.state == before);
    // Of what is handed in, the decision counts; all else stays as it was asked.
    let mut swap = kept.ok_or(StoreError::Missing(account))?;
    swap.state = decided.state;
    swap.decided_at = decided.decided_at;
    if swap.state == SwapState::TakenBack {
        for id in swap.overrides.drain(..) {
            remove_override(db, account, id)?;
        }
    }
    for change in overrides {
        swap.overrides.push(add_override(db, account, change)?);
    }
    let text = "UPDATE swaps SET state = ?3, document = ?4 WHERE account = ?1 AND id = ?2";
    let row = (account.to_string(), swap.id, word(swap.state), written(&swap)?);
    db.prepare_cached(text)?.execute(row)?;
    Ok(swap)
}

pub(super) fn told(db: &Connection, account: Sid, rota: &Name) -> Result<Option<Told>, StoreError> {
    let text = "SELECT handoffs_told, announced FROM rotas \
                WHERE account = ?1 AND name = ?2 AND handoffs_told IS NOT NULL";
    let mut row = db.prepare_cached(text)?;
    let found = row.query_row((account.to_string(), rota.as_str()), |row| {
        Ok(Told {
            handoffs: Moment::from_micros(row.get(0)?),
            announced: Moment::from_micros(row.get(1)?),
        })
    });
    Ok(found.optional()?)
}

pub(super) fn set_told(
    db: &Connection,
    account: Sid,
    rota: &Name,
    told: Told,
) -> Result<(), StoreError> {
    let text = "UPDATE rotas SET handoffs_told = ?3, announced = ?4 \
                WHERE account = ?1 AND name = ?2";
    let row = (account.to_string(), rota.as_str(), told.handoffs.micros(), told.announced.micros());
    db.prepare_cached(text)?.execute(row)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connection::in_memory;
    use crate::sqlite::listing::plans::plan;

    #[test]
    fn swaps_and_overrides_are_found_by_an_index() {
        let db = in_memory().expect("a database");
        for (text, index) in [
            (list(None), "PRIMARY KEY (account=?)"),
            (list(Some(SwapState::Asked)), "INDEX swaps_by_state (account=? AND state=?)"),
            (TOUCHING, "INDEX overrides_by_time (account=? AND rota=? AND until_at>?)"),
        ] {
            let plan = plan(&db, text);
            assert!(plan.contains(index), "{plan}");
        }
        for text in [list(None), list(Some(SwapState::Asked))] {
            assert!(!plan(&db, text).contains("TEMP B-TREE"), "they are walked in order");
        }
    }
}
