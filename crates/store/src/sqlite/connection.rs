//! Opening SQLite: flags and settings of each connection, and what a failure means to the operator.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::errors::OpenError;
use crate::sqlite::lock::open_error;
use crate::sqlite::migrations::{MIGRATIONS, MigrationError, migrate};

/// How long another program (a shell, a backup) may hold the database before a verb fails as busy.
const BUSY_FOR: Duration = Duration::from_secs(5);
/// Statements kept prepared, per connection; more than there are verbs and kinds of lists.
const STATEMENTS: usize = 448;
/// Pages the writer keeps in memory, in KiB: the leaves of indexes that random SIDs touch. SQLite's own default is 2000.
const WRITER_CACHE: i64 = 16_000;
/// Pages in the write-ahead log at which a commit carries them over into the database. SQLite's own default is 1000,
/// which a few batches of calls fill; four times that writes a page that many calls touch less often.
const LOG_PAGES: i64 = 4000;
/// Size the write-ahead log is cut back to after a checkpoint, in bytes.
const LOG_SIZE: i64 = 64 * 1024 * 1024;

/// The connection that writes, with its schema up to date.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| database_error(path, &error);
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    set(&db).map_err(failed)?;
    let mode: String =
        db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        let detail = format!("no write-ahead log on this file system (SQLite offers '{mode}')");
        return Err(OpenError::Disk { path: path.to_owned(), detail });
    }
    db.pragma_update(None, "journal_size_limit", LOG_SIZE).map_err(failed)?;
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES).map_err(failed)?;
    // Negative: KiB rather than pages.
    db.pragma_update(None, "cache_size", -WRITER_CACHE).map_err(failed)?;
    migrate(&db, MIGRATIONS).map_err(|error| migration_error(path, error))?;
    Ok(db)
}

/// A connection that reads; the writer's must have been opened before.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| database_error(path, &error);
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    set(&db).map_err(failed)?;
    Ok(db)
}

/// The one connection of a database in memory.
pub(super) fn in_memory() -> Result<Connection, OpenError> {
    let path = Path::new(":memory:");
    let failed = |error| database_error(path, &error);
    let db = Connection::open_in_memory().map_err(failed)?;
    set(&db).map_err(failed)?;
    migrate(&db, MIGRATIONS).map_err(|error| migration_error(path, error))?;
    Ok(db)
}

fn set(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY_FOR)?;
    // FULL: the log is synced at every commit, so an acknowledged verb survives a power cut.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    // Plans don't depend on what is bound. Otherwise SQLite parses and plans a kept statement anew each time another value
    // is bound to its LIMIT, which made a sixth of what reading took.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// Makes the file, if it isn't there, for its owner's eyes only: it holds tokens and passwords. SQLite gives its log
/// the same permissions.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(|_| ()).map_err(|error| open_error(path, &error))
}

fn database_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let detail = error.to_string();
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::NotADatabase { path, detail }
        }
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => OpenError::Permission { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            OpenError::Locked { path, holder: None }
        }
        _ => OpenError::Disk { path, detail },
    }
}

fn migration_error(path: &Path, error: MigrationError) -> OpenError {
    match error {
        MigrationError::Foreign => OpenError::NotADatabase {
            path: path.to_owned(),
            detail: "it has another program's tables".to_owned(),
        },
        MigrationError::Newer { found, known } => {
            OpenError::Newer { path: path.to_owned(), found, known }
        }
        MigrationError::Database(error) => database_error(path, &error),
        MigrationError::Step { number, error } => {
            OpenError::Migration { path: path.to_owned(), number, detail: error.to_string() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledged_commit_is_synced_and_references_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = writer(&folder.path().join("alo.db")).expect("a new database");
        let setting = |name: &str| -> i64 {
            db.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).expect("a number")
        };
        assert_eq!(setting("synchronous"), 2, "FULL");
        assert_eq!(setting("foreign_keys"), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("alo.db");
        let _db = writer(&path).expect("a new database");
        let mode = std::fs::metadata(&path).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
