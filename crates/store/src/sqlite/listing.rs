//! Lists by account: filters become conditions, and a page is found by the row it begins after.

use model::{Moment, Sid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params_from_iter};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, Page};
use crate::sqlite::failures::{Claim, met};

/// A table that is listed, newest first.
pub(super) struct Listed<T> {
    /// Its name.
    pub(super) table: &'static str,
    /// What is selected.
    pub(super) columns: &'static str,
    /// The column it is ordered by, before the SID.
    pub(super) time: &'static str,
    /// Reads what is selected.
    pub(super) read: fn(&Row<'_>) -> rusqlite::Result<T>,
}

/// How a row is written: one of [`Listed::insert`], [`Listed::save`] and [`Listed::replace`].
pub(super) type Writing<T> =
    fn(&Listed<T>, &Connection, &Claim<'_>, &[&dyn ToSql]) -> Result<(), StoreError>;

/// Conditions on the rows of one account.
pub(super) struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// Every row of the account.
    pub(super) fn of(account: Sid) -> Conditions {
        Conditions {
            texts: vec!["account = ?1".to_owned()],
            values: vec![account.to_string().into()],
        }
    }

    /// And `condition`, an expression that ends before its one parameter, followed by `rest`.
    fn and(&mut self, condition: &str, value: Value, rest: &str) {
        self.values.push(value);
        self.texts.push(format!("{condition} ?{}{rest}", self.values.len()));
    }

    /// And `column` has exactly this text, where one is asked for.
    pub(super) fn equal(mut self, column: &str, text: Option<String>) -> Conditions {
        if let Some(text) = text {
            self.and(&format!("{column} ="), text.into(), "");
        }
        self
    }

    /// And `column` matches this pattern of LIKE, with `\` as its escape, where one is asked for.
    pub(super) fn like(mut self, column: &str, pattern: Option<String>) -> Conditions {
        if let Some(pattern) = pattern {
            self.and(&format!("{column} LIKE"), pattern.into(), " ESCAPE '\\'");
        }
        self
    }

    /// And `column` lies in the range.
    pub(super) fn within(mut self, column: &str, range: DateRange) -> Conditions {
        if let Some(after) = range.after {
            self.and(&format!("{column} >="), after.micros().into(), "");
        }
        if let Some(before) = range.before {
            self.and(&format!("{column} <"), before.micros().into(), "");
        }
        self
    }

    /// And the row is older than the one that stands at this place of the list.
    pub(super) fn older_than(&mut self, time: &str, at: Moment, sid: Sid) {
        self.values.push(at.micros().into());
        self.values.push(sid.to_string().into());
        let last = self.values.len();
        self.texts.push(format!("({time}, sid) < (?{}, ?{last})", last - 1));
    }

    fn number(&mut self, value: i64) -> usize {
        self.values.push(value.into());
        self.values.len()
    }
}

impl<T> Listed<T> {
    /// The page of the rows that meet the conditions.
    pub(super) fn page(
        &self,
        db: &Connection,
        account: Sid,
        mut conditions: Conditions,
        page: Page,
    ) -> Result<Listing<T>, StoreError> {
        let size = page.size.clamp(1, Page::LARGEST);
        let mut skipped = 0;
        match page.token {
            Some(sid) => {
                let at = self.place(db, account, sid)?;
                conditions.older_than(self.time, at, sid);
            }
            None => skipped = i64::from(page.index) * i64::from(size),
        }
        let text = self.text(&mut conditions, size, skipped);
        let mut statement = db.prepare_cached(&text)?;
        let rows = statement.query_map(params_from_iter(conditions.values), self.read)?;
        let mut items = rows.collect::<rusqlite::Result<Vec<T>>>()?;
        let more = items.len() > size as usize;
        items.truncate(size as usize);
        Ok(Listing { items, more })
    }

    /// The query for `size` rows and one more, which tells whether there are older ones.
    pub(super) fn text(&self, conditions: &mut Conditions, size: u32, skipped: i64) -> String {
        let limit = conditions.number(i64::from(size) + 1);
        let offset = conditions.number(skipped);
        let Listed { table, columns, time, .. } = self;
        format!(
            "SELECT {columns} FROM {table} WHERE {} ORDER BY {time} DESC, sid DESC \
             LIMIT ?{limit} OFFSET ?{offset}",
            conditions.texts.join(" AND ")
        )
    }

    /// Where the row stands, or stood until it was deleted.
    fn place(&self, db: &Connection, account: Sid, sid: Sid) -> Result<Moment, StoreError> {
        let Listed { table, time, .. } = self;
        let text = format!(
            "SELECT {time} FROM {table} WHERE sid = ?1 AND account = ?2 \
             UNION ALL SELECT at FROM deleted WHERE sid = ?1 AND account = ?2"
        );
        let at: Option<i64> = db
            .prepare_cached(&text)?
            .query_row((sid.to_string(), account.to_string()), |row| row.get(0))
            .optional()?;
        at.map(Moment::from_micros).ok_or(StoreError::Missing(sid))
    }

    /// The row of this SID.
    pub(super) fn one(&self, db: &Connection, sid: Sid) -> Result<Option<T>, StoreError> {
        self.first(db, "WHERE sid = ?1", &sid.to_string())
    }

    /// The first row of those that `rest` of the query, with one parameter, selects.
    pub(super) fn first(
        &self,
        db: &Connection,
        rest: &str,
        value: &str,
    ) -> Result<Option<T>, StoreError> {
        let text = format!("SELECT {} FROM {} {rest}", self.columns, self.table);
        Ok(db.prepare_cached(&text)?.query_row([value], self.read).optional()?)
    }

    /// Every row that `rest` of the query selects.
    pub(super) fn all(
        &self,
        db: &Connection,
        rest: &str,
        values: &[&str],
    ) -> Result<Vec<T>, StoreError> {
        let text = format!("SELECT {} FROM {} {rest}", self.columns, self.table);
        let mut statement = db.prepare_cached(&text)?;
        let rows = statement.query_map(params_from_iter(values), self.read)?;
        Ok(rows.collect::<rusqlite::Result<Vec<T>>>()?)
    }

    /// Keeps a new row. Its values are in the order of the columns.
    pub(super) fn insert(
        &self,
        db: &Connection,
        claim: &Claim<'_>,
        values: &[&dyn ToSql],
    ) -> Result<(), StoreError> {
        let refused = |error| claim.refused(error);
        db.prepare_cached(&self.insertion())?.execute(values).map_err(refused).map(|_| ())
    }

    /// Keeps a row, in place of one of the same SID if there is any.
    pub(super) fn save(
        &self,
        db: &Connection,
        claim: &Claim<'_>,
        values: &[&dyn ToSql],
    ) -> Result<(), StoreError> {
        let set = self.but_sid().map(|(_, name)| format!("{name} = excluded.{name}"));
        let set = set.collect::<Vec<_>>().join(", ");
        let text = format!("{} ON CONFLICT (sid) DO UPDATE SET {set}", self.insertion());
        let refused = |error| claim.refused(error);
        db.prepare_cached(&text)?.execute(values).map_err(refused).map(|_| ())
    }

    /// Replaces the row of the same SID, the first of its columns; [`StoreError::Missing`] if there is none.
    pub(super) fn replace(
        &self,
        db: &Connection,
        claim: &Claim<'_>,
        values: &[&dyn ToSql],
    ) -> Result<(), StoreError> {
        let set = self.but_sid().map(|(place, name)| format!("{name} = ?{place}"));
        let set = set.collect::<Vec<_>>().join(", ");
        let text = format!("UPDATE {} SET {set} WHERE sid = ?1", self.table);
        let refused = |error| claim.refused(error);
        met(db.prepare_cached(&text)?.execute(values).map_err(refused)?, claim.sid)
    }

    fn insertion(&self) -> String {
        insertion(self.table, self.columns)
    }

    /// Its columns but for the SID, each with the number of its parameter.
    fn but_sid(&self) -> impl Iterator<Item = (usize, &'static str)> {
        self.columns.split(", ").enumerate().skip(1).map(|(index, name)| (index + 1, name))
    }

    /// Deletes the row, but for its place in the list; `false` if there was none.
    pub(super) fn delete(&self, db: &Connection, sid: Sid) -> Result<bool, StoreError> {
        let Listed { table, time, .. } = self;
        let sid = sid.to_string();
        let remember = format!(
            "INSERT INTO deleted (sid, account, at) SELECT sid, account, {time} FROM {table} \
             WHERE sid = ?1 ON CONFLICT (sid) DO UPDATE SET account = excluded.account, \
             at = excluded.at"
        );
        db.prepare_cached(&remember)?.execute([&sid])?;
        let delete = format!("DELETE FROM {table} WHERE sid = ?1");
        Ok(db.prepare_cached(&delete)?.execute([&sid])? > 0)
    }
}

/// The text that inserts one row with these columns, from as many parameters.
pub(super) fn insertion(table: &str, columns: &str) -> String {
    let places = 1..=columns.split(", ").count();
    let places = places.map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {table} ({columns}) VALUES ({places})")
}

/// Whether the row of this SID was deleted, and must stay so.
pub(super) fn was_deleted(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM deleted WHERE sid = ?1")?;
    Ok(statement.exists([sid.to_string()])?)
}

#[cfg(test)]
pub(super) mod plans {
    //! How SQLite would find rows.

    use super::*;

    /// The steps of a query.
    pub(crate) fn plan(db: &Connection, query: &str) -> String {
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).expect("it parses");
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect();
        let steps: rusqlite::Result<Vec<String>> = steps;
        steps.expect("a plan").join("; ")
    }

    /// Fails unless the page after some row is found by walking this index, without sorting.
    pub(crate) fn walks<T>(list: &Listed<T>, mut conditions: Conditions, index: &str) {
        let db = crate::sqlite::connection::in_memory().expect("a database");
        let last = Sid::new(model::SidKind::Call, 1);
        conditions.older_than(list.time, Moment::EPOCH, last);
        let plan = plan(&db, &list.text(&mut conditions, 50, 0));
        assert!(plan.contains(&format!("USING INDEX {index} ")), "{plan}");
        assert!(plan.contains(&format!("({},sid)<", list.time)), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
