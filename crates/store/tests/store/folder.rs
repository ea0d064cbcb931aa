//! The database's file: who may open it, what is refused and in which words, and its copy.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use model::MessageStatus;
use store::{
    CallChange, CallFilter, Creation, Look, NewMessage, OpenError, Page, Sqlite, Store, StoreError,
    Texts as _,
};
use tempfile::TempDir;

use crate::rows::{account, at, call, callback, number, open_owner, owner};
use crate::text_rows::{
    became, create, fragment, media, message, new, part, service, service_sid, who,
};

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
async fn texts_are_there_after_a_restart() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_owner(&store).await;
    store.open_service(service(1)).await.expect("it is new");
    store.opt_out(owner(), "ALO", &who("12345"), at(1)).await.expect("it is kept");
    store.keep_fragment(fragment(7, 1, 10)).await.expect("it is kept");
    let keyed = NewMessage { idempotency_key: Some("once".to_owned()), ..new(1) };
    create(&store, NewMessage { media: vec![media(1, 1)], ..keyed.clone() }).await;
    create(&store, new(2)).await;
    let mut sent = became(&message(1), MessageStatus::Sent);
    sent.parts = vec![part(1, 0, "a")];
    sent.callbacks = vec![callback(1, "sent", 0)];
    store.change_message(sent.clone()).await.expect("it exists");
    store.close().await;
    drop(store);
    let store = Sqlite::open(&path).expect("the same database");
    let found = store.part("west", "a").await.expect("it is readable").expect("it is there");
    assert_eq!((found.message, found.part), (sent.message.clone(), part(1, 0, "a")));
    let look = Look { now: at(100), per_lane: 9, limit: 9, ..Look::default() };
    assert_eq!(store.due_messages(look).await.expect("a list").messages, [message(2)]);
    assert_eq!(store.create_message(keyed).await, Ok(Creation::Repeated(sent.message.record)));
    assert_eq!(store.media(media(1, 1).sid).await, Ok(Some(media(1, 1))));
    assert_eq!(store.outbox_depth().await, Ok(1));
    assert_eq!(store.service(service_sid(1)).await, Ok(Some(service(1))));
    assert_eq!(store.opted_out(owner(), "ALO", &who("12345")).await, Ok(true));
    assert_eq!(store.oldest_fragment().await, Ok(Some(at(10))));
}

/// What a database of before text messages holds: the account and the number of these tests, and a call.
const OF_BEFORE: &str = "
    CREATE TABLE migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO migrations VALUES (1, 'first');
    INSERT INTO accounts VALUES ('AC00000000000000000000000000000001', '0123456789abcdef', 'Ada''s',
        'active', 1000000, 2000000);
    INSERT INTO numbers VALUES ('PN00000000000000000000000000000001',
        'AC00000000000000000000000000000001', '+14155550123', 'Number 1',
        'https://app.example/voice', 'GET', 'https://app.example/fallback', 'POST',
        'https://app.example/status', 'GET', 'https://app.example/sms', 'GET', NULL, 'POST',
        10000000, 11000000);
    INSERT INTO calls (sid, account, from_kind, from_party, to_kind, to_party, direction, status,
        created_at, updated_at, unfinished) VALUES ('CA00000000000000000000000000000001',
        'AC00000000000000000000000000000001', 'client', 'client:ada', 'number', '+14155550123',
        'outbound-api', 'queued', 100000000, 100000000, 1);";

#[tokio::test]
async fn a_database_of_before_text_messages_keeps_its_rows() {
    let folder = folder();
    let path = folder.path().join("alo.db");
    let db = rusqlite::Connection::open(&path).expect("a database");
    db.execute_batch(include_str!("../../migrations/sqlite/0001_first.sql")).expect("a schema");
    db.execute_batch(OF_BEFORE).expect("rows");
    drop(db);
    let store = Sqlite::open(&path).expect("it is brought up to date");
    let mut before = number(1, "+14155550123");
    before.voice_application = None;
    assert_eq!(store.account(owner()).await, Ok(Some(account(1))));
    assert_eq!(store.number(before.sid).await, Ok(Some(before)));
    assert_eq!(store.call(call(1).sid).await, Ok(Some(call(1))));
    create(&store, new(1)).await;
    assert_eq!(store.message(message(1).record.sid).await, Ok(Some(message(1))));
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
