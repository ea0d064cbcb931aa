//! The database's file: who may open it, what is refused and in which words, and its copy.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use store::{CallChange, CallFilter, OpenError, Page, Sqlite, Store, StoreError};
use tempfile::TempDir;

use crate::rows::{call, open_owner, owner};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn refused(path: &Path) -> OpenError {
    match Sqlite::open(path) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_owner(&store).await;
    store.save_call(CallChange::quiet(call(1))).await.expect("it is kept");
    store.close().await;
    store.close().await;
    drop(store);
    let log = folder.path().join("alo.db-wal");
    assert!(!log.exists(), "the file alone is the whole of it");
    let store = Sqlite::open(&path).expect("the same database");
    assert_eq!(store.call(call(1).sid).await, Ok(Some(call(1))));
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let first = Sqlite::open(&path).expect("a new database");
    let error = refused(&path);
    assert!(
        matches!(&error, OpenError::Locked { holder: Some(id), .. } if *id == std::process::id())
    );
    assert!(error.to_string().contains("in use by another alo (process "), "{error}");
    assert_eq!(first.ping().await, Ok(()), "the first goes on");
    first.close().await;
    Sqlite::open(&path).expect("the first is gone");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_data_shares_its_lock() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let link = folder.path().join("link.db");
    let _first = Sqlite::open(&path).expect("a new database");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    assert!(matches!(refused(&link), OpenError::Locked { .. }));
}

#[test]
fn a_newer_database_is_refused() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    drop(Sqlite::open(&path).expect("a new database"));
    let db = rusqlite::Connection::open(&path).expect("it is SQLite");
    db.execute("INSERT INTO migrations (number, name) VALUES (9999, 'of the future')", [])
        .expect("a row");
    drop(db);
    let error = refused(&path);
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }));
    assert!(error.to_string().contains("written by a newer alo"), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let text = "Dear diary, ".repeat(1000);
    fs::write(&path, &text).expect("a file");
    let error = refused(&path);
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
    assert!(error.to_string().contains("restore the last backup"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("it is still there"), text);
}

#[test]
fn another_programs_database_is_refused() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let db = rusqlite::Connection::open(&path).expect("a database");
    db.execute_batch("CREATE TABLE recipes (name TEXT)").expect("a table");
    drop(db);
    let error = refused(&path);
    assert!(error.to_string().contains("another program's tables"), "{error}");
}

#[tokio::test]
async fn damage_in_the_middle_of_the_file_is_told_as_such() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_owner(&store).await;
    for digits in 0..200 {
        store.save_call(CallChange::quiet(call(digits))).await.expect("it is kept");
    }
    drop(store);
    overwrite_calls(&path);
    let store = Sqlite::open(&path).expect("the schema is whole");
    let listed = store.calls(owner(), CallFilter::default(), Page::first(1000)).await;
    let found = listed.map(|listing| listing.items.len());
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
}

/// Puts noise over the pages that hold calls.
fn overwrite_calls(path: &Path) {
    const PAGE: usize = 4096;
    let mut file = fs::File::options().read(true).write(true).open(path).expect("it is there");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).expect("it is readable");
    for (index, page) in bytes.chunks(PAGE).enumerate().skip(1) {
        let holds_calls = page.windows(12).any(|text| text == b"outbound-api");
        if holds_calls {
            file.seek(SeekFrom::Start((index * PAGE) as u64)).expect("within the file");
            file.write_all(&[0xA5; PAGE]).expect("it is writable");
        }
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = folder();
    let error = refused(&folder.path().join("missing").join("alo.db"));
    assert!(matches!(error, OpenError::NoFolder { .. }), "{error}");
    assert!(error.to_string().contains("create it"), "{error}");
}

#[tokio::test]
async fn a_backup_holds_everything_and_never_overwrites() {
    let folder = folder();
    let store = Sqlite::open(folder.path().join("alo.db")).expect("a new database");
    let memory = Sqlite::in_memory().expect("memory is there");
    for (store, name) in [(&store as &dyn Store, "disk.db"), (&memory, "memory.db")] {
        open_owner(store).await;
        store.save_call(CallChange::quiet(call(1))).await.expect("it is kept");
        let copy = folder.path().join(name);
        store.backup(&copy).await.expect("a copy");
        let again = store.backup(&copy).await;
        assert_eq!(again, Err(StoreError::Taken(copy.display().to_string())));
        store.delete_call(call(1).sid).await.expect("it exists");
        let copied = Sqlite::open(&copy).expect("a copy is a database");
        assert_eq!(copied.call(call(1).sid).await, Ok(Some(call(1))));
    }
}

#[tokio::test]
async fn a_backup_to_nowhere_leaves_nothing() {
    let folder = folder();
    let store = Sqlite::open(folder.path().join("alo.db")).expect("a new database");
    let copied = store.backup(&folder.path().join("missing").join("copy.db")).await;
    assert!(matches!(copied, Err(StoreError::Disk(_))), "{copied:?}");
}
