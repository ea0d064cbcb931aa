//! The schema, as a numbered list of steps, each applied once and in its own transaction.
//!
//! Steps that were released are never edited; a change is a new step. A database with a step that this binary does not
//! know is refused rather than guessed at.

use rusqlite::Connection;

/// One step of the schema.
pub(super) struct Migration {
    number: u32,
    name: &'static str,
    sql: &'static str,
}

/// Every step, ascending from 1.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        sql: include_str!("../../migrations/sqlite/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "texts",
        sql: include_str!("../../migrations/sqlite/0002_texts.sql"),
    },
    Migration {
        number: 3,
        name: "oncall",
        sql: include_str!("../../migrations/sqlite/0003_oncall.sql"),
    },
    Migration {
        number: 4,
        name: "transcriptions",
        sql: include_str!("../../migrations/sqlite/0004_transcriptions.sql"),
    },
    Migration {
        number: 5,
        name: "watch",
        sql: include_str!("../../migrations/sqlite/0005_watch.sql"),
    },
];

/// Why the schema could not be brought up to date.
#[derive(Debug)]
pub(super) enum MigrationError {
    /// The file has tables, but none of ours.
    Foreign,
    /// A newer binary was here.
    Newer { found: u32, known: u32 },
    /// SQLite failed outside any step.
    Database(rusqlite::Error),
    /// This step failed and was rolled back.
    Step { number: u32, error: rusqlite::Error },
}

/// Applies the steps that are missing.
pub(super) fn migrate(db: &Connection, steps: &[Migration]) -> Result<(), MigrationError> {
    let found = applied(db)?;
    let known = steps.last().map_or(0, |step| step.number);
    if found > known {
        return Err(MigrationError::Newer { found, known });
    }
    for step in steps.iter().filter(|step| step.number > found) {
        apply(db, step).map_err(|error| MigrationError::Step { number: step.number, error })?;
        tracing::info!(number = step.number, name = step.name, "database schema step applied");
    }
    Ok(())
}

/// The last step applied; 0 for an empty file.
fn applied(db: &Connection) -> Result<u32, MigrationError> {
    let tables = "SELECT COUNT(*), COALESCE(SUM(name = 'migrations'), 0) FROM sqlite_schema \
                  WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let (all, ours): (i64, i64) = db
        .query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(MigrationError::Database)?;
    if ours == 0 {
        return if all == 0 { Ok(0) } else { Err(MigrationError::Foreign) };
    }
    db.query_row("SELECT COALESCE(MAX(number), 0) FROM migrations", [], |row| row.get(0))
        .map_err(MigrationError::Database)
}

fn apply(db: &Connection, step: &Migration) -> rusqlite::Result<()> {
    let transaction = db.unchecked_transaction()?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
    )?;
    transaction.execute_batch(step.sql)?;
    transaction.execute(
        "INSERT INTO migrations (number, name) VALUES (?1, ?2)",
        (step.number, step.name),
    )?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Migration] = &[
        Migration { number: 1, name: "one", sql: "CREATE TABLE one (a TEXT)" },
        Migration { number: 2, name: "two", sql: "ALTER TABLE one ADD COLUMN b TEXT" },
    ];

    fn empty() -> Connection {
        Connection::open_in_memory().expect("memory is there")
    }

    #[test]
    fn an_empty_file_gets_every_step_once() {
        let db = empty();
        migrate(&db, MIGRATIONS).expect("a fresh file takes every step");
        migrate(&db, MIGRATIONS).expect("nothing is left to do");
        let last = MIGRATIONS.last().expect("there is a first step").number;
        assert_eq!(applied(&db).expect("the table is there"), last);
        for (index, step) in MIGRATIONS.iter().enumerate() {
            assert_eq!(step.number as usize, index + 1, "steps are numbered without gaps");
        }
    }

    #[test]
    fn an_older_file_keeps_its_rows() {
        let db = empty();
        migrate(&db, &TWO[..1]).expect("the first step");
        db.execute("INSERT INTO one (a) VALUES ('kept')", []).expect("a row");
        migrate(&db, TWO).expect("the second step");
        let kept: (String, Option<String>) = db
            .query_row("SELECT a, b FROM one", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("the row is there");
        assert_eq!(kept, ("kept".to_owned(), None));
    }

    #[test]
    fn a_newer_file_is_refused() {
        let db = empty();
        migrate(&db, TWO).expect("both steps");
        let refused = migrate(&db, &TWO[..1]);
        assert!(matches!(refused, Err(MigrationError::Newer { found: 2, known: 1 })));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let db = empty();
        let broken = [Migration { number: 1, name: "bad", sql: "CREATE TABLE a (b TEXT); OOPS" }];
        let failed = migrate(&db, &broken);
        assert!(matches!(failed, Err(MigrationError::Step { number: 1, .. })));
        assert_eq!(applied(&db).expect("it is empty again"), 0);
    }

    #[test]
    fn another_programs_file_is_left_alone() {
        let db = empty();
        db.execute_batch("CREATE TABLE recipes (name TEXT)").expect("a table");
        assert!(matches!(migrate(&db, MIGRATIONS), Err(MigrationError::Foreign)));
    }
}
