//! The lock that keeps a second server off a database: a file beside it that names the process, locked by the system.
//!
//! The system lets go of the lock when the process ends, however it ends; so a crash never leaves a lock behind.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::errors::OpenError;

/// Held for as long as it lives.
pub(super) struct DatabaseLock {
    _file: File,
}

/// Longest process number read from a lock file, in bytes.
const LONGEST_ID: u64 = 20;

impl DatabaseLock {
    /// Takes the lock of the database at `path`, or says who has it.
    pub(super) fn take(path: &Path) -> Result<DatabaseLock, OpenError> {
        let lock_path = lock_path(path);
        let failed = |error| open_error(&lock_path, &error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&lock_path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file);
                return Err(OpenError::Locked { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(DatabaseLock { _file: file })
    }
}

/// What an I/O error at opening means to the operator.
pub(super) fn open_error(path: &Path, error: &io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::Permission { path }
        }
        io::ErrorKind::NotFound => OpenError::NoFolder { path },
        _ => OpenError::Disk { path, detail: error.to_string() },
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// The process that wrote its number into the lock file.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(LONGEST_ID).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_advice() {
        let path = Path::new("alo.db");
        let of = |kind: io::ErrorKind| open_error(path, &io::Error::from(kind));
        assert!(matches!(of(io::ErrorKind::PermissionDenied), OpenError::Permission { .. }));
        assert!(matches!(of(io::ErrorKind::ReadOnlyFilesystem), OpenError::Permission { .. }));
        assert!(matches!(of(io::ErrorKind::NotFound), OpenError::NoFolder { .. }));
        assert!(matches!(of(io::ErrorKind::StorageFull), OpenError::Disk { .. }));
    }
}
