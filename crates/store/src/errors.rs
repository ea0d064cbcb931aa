//! Why the store could not be opened, and why a verb failed.

use std::path::PathBuf;

use model::Sid;

/// Why a verb failed. Nothing of what it was to write was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The number, name or SID belongs to another record. Choose another, or release the one that has it.
    #[error("'{0}' is taken")]
    Taken(String),
    /// The record to change, the account it belongs to, or the row a page begins after doesn't exist. Check the SID.
    #[error("there is no {0}")]
    Missing(Sid),
    /// The database would not take the row, for example because it is larger than a row may be (1 GB).
    #[error("the database refused the row: {0}")]
    Refused(String),
    /// The disk is full. Free space in the data folder; nothing needs to be restarted.
    #[error("the disk of the data folder is full")]
    Full,
    /// Reading or writing failed. Check the disk and the permissions of the data folder.
    #[error("the database could not be read or written: {0}")]
    Disk(String),
    /// Another program (the `sqlite3` shell, a backup tool) holds the database. End it, or copy with `alo backup`.
    #[error("another program holds the database locked")]
    Busy,
    /// What is on disk is not what was written. Stop, keep a copy of the data folder, and restore the last backup.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The server is stopping. Ask again once it runs.
    #[error("the store is closed")]
    Closed,
}

/// Why the database could not be opened. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Give the user that runs alo the right to write the file and the folder it is in.
    #[error(
        "{path} may not be written: give the user that runs alo write access to it and its folder"
    )]
    Permission {
        /// The file concerned.
        path: PathBuf,
    },
    /// Create the folder, or correct the setting of the data folder.
    #[error("the folder of {path} doesn't exist: create it, or correct the data folder's setting")]
    NoFolder {
        /// The database asked for.
        path: PathBuf,
    },
    /// Move the file away if it isn't alo's, or restore the last backup if it is damaged.
    #[error("{path} is not an alo database ({detail}): move it away, or restore the last backup")]
    NotADatabase {
        /// The database asked for.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// Run the newer alo that wrote it, or restore the backup made before the upgrade.
    #[error(
        "{path} was written by a newer alo (schema {found}, this one knows {known}): run that one, or restore a backup from before the upgrade"
    )]
    Newer {
        /// The database asked for.
        path: PathBuf,
        /// Its last migration.
        found: u32,
        /// The last migration of this binary.
        known: u32,
    },
    /// Stop the other server, or give this one a data folder of its own.
    #[error(
        "{path} is in use by another alo{}: stop that one, or give this one its own data folder",
        holder.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    Locked {
        /// The database asked for.
        path: PathBuf,
        /// Process that holds it, where it said so.
        holder: Option<u32>,
    },
    /// Check the disk: space, mount and health.
    #[error("{path} could not be opened: {detail}")]
    Disk {
        /// The file concerned.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The database was left as it was before. Report it with the message; meanwhile run the alo of before.
    #[error("{path} could not be brought to schema {number}, and was left as it was: {detail}")]
    Migration {
        /// The database asked for.
        path: PathBuf,
        /// The migration that failed.
        number: u32,
        /// What SQLite said.
        detail: String,
    },
}
