//! Lists by account: filters become conditions, and a page is found by the row it begins after.

use model::{Moment, Sid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, Page};

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

    /// Deletes the row, but for its place in the list; `false` if there was none.
    pub(super) fn delete(&self, db: &Connection, sid: Sid) -> Result<bool, StoreError> {
        let Listed { table, time, .. } = self;
        let sid = sid.to_string();
        let remember = format!(
            "INSERT INTO deleted (sid, account, at) SELECT sid, account, {time} FROM {table} \
             WHERE sid = ?1 ON CONFLICT (sid) DO NOTHING"
        );
        db.prepare_cached(&remember)?.execute([&sid])?;
        let delete = format!("DELETE FROM {table} WHERE sid = ?1");
        Ok(db.prepare_cached(&delete)?.execute([&sid])? > 0)
    }
}

/// Whether the row of this SID was deleted, and must stay so.
pub(super) fn was_deleted(db: &Connection, sid: Sid) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM deleted WHERE sid = ?1")?;
    Ok(statement.exists([sid.to_string()])?)
}
