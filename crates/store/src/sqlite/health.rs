//! Whether the database answers, and a copy of it.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::Connection;

use crate::errors::StoreError;

/// Writes one row.
pub(super) fn beat(db: &Connection) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE heartbeat SET beats = beats + 1 WHERE id = 1")?.execute([])?;
    Ok(())
}

/// Reads that row.
pub(super) fn look(db: &Connection) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached("SELECT beats FROM heartbeat WHERE id = 1")?;
    statement.query_row([], |row| row.get::<_, i64>(0))?;
    Ok(())
}

/// Writes everything, as of one moment, into a new database, and sees it on disk.
pub(super) fn copy(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let file = create_new(path)?;
    let copied = copy_into(db, path, &file);
    if copied.is_err() {
        // Half a copy is worse than none; that it fails is told by what made the copy fail.
        let _ = std::fs::remove_file(path);
    }
    copied
}

/// Makes the empty file that becomes the copy, for its owner's eyes only.
fn create_new(path: &Path) -> Result<File, StoreError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Taken(path.display().to_string()),
        _ => failed(path, &error.to_string()),
    })
}

fn copy_into(db: &Connection, path: &Path, file: &File) -> Result<(), StoreError> {
    let text = path.to_str().ok_or_else(|| failed(path, "the path is not UTF-8"))?;
    db.execute("VACUUM INTO ?1", [text])?;
    file.sync_all().map_err(|error| failed(path, &error.to_string()))
}

fn failed(path: &Path, detail: &str) -> StoreError {
    StoreError::Disk(format!("{}: {detail}", path.display()))
}
