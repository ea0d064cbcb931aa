//! The watch in a file: at a restart, by many at once, of before this version, and damaged.

use std::path::Path;
use std::sync::Arc;

use model::watch::{Check, CheckState, Hour, Incident};
use store::{IncidentFilter, Sqlite, Store as _, StoreError, Watching as _};

use crate::oncall_rows::{missed, name, open_rota, person};
use crate::rows::{account, at, open_owner, owner};
use crate::watch_rows::{check, down, heartbeat, incident, policy, row, state, token, up};

#[tokio::test]
async fn the_watch_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_owner(&store).await;
    store.save_check(owner(), check("shop")).await.expect("it is kept");
    let rows = vec![row("shop", up(1)), row("shop", down(2))];
    store.keep_outcomes(rows, vec![(owner(), state("shop", 2))]).await.expect("it is kept");
    store.save_alert_token(owner(), token("monit", "aa")).await.expect("it is kept");
    let opened = store.open_incident(owner(), incident("check/shop/down", 2)).await;
    let opened = opened.expect("it is kept").incident;
    store.close().await;
    drop(store);
    let store = Sqlite::open(&path).expect("the same database");
    assert_eq!(store.all_checks().await, Ok(vec![(owner(), check("shop"))]));
    assert_eq!(store.all_check_states().await, Ok(vec![(owner(), state("shop", 2))]));
    assert_eq!(store.open_incidents().await, Ok(vec![(owner(), opened.clone())]));
    assert_eq!(store.alert_token("aa").await, Ok(Some((owner(), token("monit", "aa")))));
    let hour = Hour { at: at(0), probes: 2, up: 1, maintenance: 0, times: vec![0, 0, 1] };
    assert_eq!(store.hours(owner(), &name("shop"), at(0), at(9)).await, Ok(vec![hour]));
    let again = store.open_incident(owner(), incident("check/shop/down", 9)).await;
    let again = again.expect("a verdict");
    assert_eq!((again.incident, again.new), (opened, false), "an outage goes on over a restart");
}

/// What a database of before the watch holds besides its schema: an account, a person, and a missed call's number.
const OF_BEFORE: &str = "
    CREATE TABLE migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO migrations VALUES (1, 'first'), (2, 'texts'), (3, 'oncall'), (4, 'transcriptions');
    INSERT INTO accounts VALUES ('AC00000000000000000000000000000001', '0123456789abcdef', 'Ada''s',
        'active', 1000000, 2000000, 0);
    INSERT INTO tickets VALUES ('AC00000000000000000000000000000001', 41);";

#[tokio::test]
async fn a_database_of_before_the_watch_keeps_its_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let db = rusqlite::Connection::open(&path).expect("a database");
    for step in [
        include_str!("../../migrations/sqlite/0001_first.sql"),
        include_str!("../../migrations/sqlite/0002_texts.sql"),
        include_str!("../../migrations/sqlite/0003_oncall.sql"),
        include_str!("../../migrations/sqlite/0004_transcriptions.sql"),
        OF_BEFORE,
    ] {
        db.execute_batch(step).expect("a step");
    }
    let document = serde_json::to_string(&person("ada")).expect("it is JSON");
    let row = (owner().to_string(), "ada", document);
    db.execute("INSERT INTO people VALUES (?1, ?2, ?3)", row).expect("a row");
    drop(db);
    let store = Sqlite::open(&path).expect("it is brought up to date");
    assert_eq!(store.account(owner()).await, Ok(Some(account(1))));
    let people = store::OnCall::people(&store, owner()).await;
    assert_eq!(people, Ok(vec![person("ada")]));
    assert_eq!(store.all_checks().await, Ok(vec![]));
    store.save_check(owner(), check("shop")).await.expect("it is kept");
    let opened = store.open_incident(owner(), incident("check/shop/down", 1)).await;
    assert_eq!(opened.map(|opened| opened.incident.id), Ok(42), "numbers go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_open_an_incident_one_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open(folder.path().join("alo.db")).expect("a new database"));
    open_rota(&*store).await;
    let tasks = (0..64_u64).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let key = format!("key/{}", task % 4);
            let opened = store.open_incident(owner(), incident(&key, task)).await;
            let missed = store::OnCall::miss_line_call(&*store, owner(), missed(task.into(), 1));
            (opened.expect("a verdict"), missed.await.expect("a number"))
        })
    });
    let (mut new, mut numbers, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for task in tasks.collect::<Vec<_>>() {
        let (opened, missed) = task.await.expect("no panic");
        numbers.push(missed);
        if opened.new {
            numbers.push(opened.incident.id);
            new.push(opened.incident.clone());
        }
        all.push(opened.incident);
    }
    assert_eq!(new.len(), 4, "one for each key");
    assert!(all.iter().all(|opened| new.contains(opened)), "all were given one of these");
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=68).collect::<Vec<_>>(), "each number once, and none left out");
}

/// Does something to the file behind the store's back.
fn meddle(path: &Path, sql: &str) {
    let db = rusqlite::Connection::open(path).expect("it is SQLite");
    assert_eq!(db.execute(sql, []), Ok(1), "{sql}");
}

fn names_its_row(error: &StoreError, row: &str) {
    let StoreError::Corrupt(text) = error else { panic!("{error:?} is no damage") };
    assert!(text.contains(row), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_its_row_and_hides_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_owner(&store).await;
    for check in [check("api"), heartbeat("night", "secret-token"), check("shop")] {
        store.save_check(owner(), check).await.expect("it is kept");
    }
    store.save_policy(owner(), policy("day")).await.expect("it is kept");
    store.save_policy(owner(), policy("default")).await.expect("it is kept");
    let states = ["api", "shop"].map(|check| (owner(), state(check, 1))).to_vec();
    store.keep_outcomes(vec![row("shop", up(1))], states).await.expect("it is kept");
    let mut ids = Vec::new();
    for key in ["a", "b"] {
        let opened = store.open_incident(owner(), incident(key, 1)).await.expect("it is kept");
        ids.push(opened.incident.id);
    }
    store.close().await;
    drop(store);
    let night = r#"UPDATE checks SET document = '{"name": "secret"}' WHERE name = 'night'"#;
    meddle(&path, night);
    meddle(&path, "UPDATE policies SET document = '{}' WHERE name = 'day'");
    meddle(
        &path,
        "UPDATE check_states SET document = 'x' WHERE check_id = \
         (SELECT id FROM checks WHERE name = 'api')",
    );
    meddle(&path, "UPDATE incidents SET document = replace(document, 'down', 'odd') WHERE id = 1");
    meddle(&path, "UPDATE newest_hours SET times = x'80'");
    let store = Sqlite::open(&path).expect("the schema is whole");
    let both = vec![check("api"), check("shop")];
    assert_eq!(store.checks(owner()).await, Ok(both.clone()));
    let both: Vec<(_, Check)> = both.into_iter().map(|check| (owner(), check)).collect();
    assert_eq!(store.all_checks().await, Ok(both));
    let night = store.check(owner(), &name("night")).await.expect_err("it is damaged");
    names_its_row(&night, "checks 'night'");
    assert_eq!(store.policies(owner()).await, Ok(vec![policy("default")]));
    let day = store.policy(owner(), &name("day")).await.expect_err("it is damaged");
    names_its_row(&day, "policies 'day'");
    let readable: Vec<(_, CheckState)> = vec![(owner(), state("shop", 1))];
    assert_eq!(store.all_check_states().await, Ok(readable));
    let whole = Incident { id: ids[1], ..incident("b", 1) };
    assert_eq!(store.open_incidents().await, Ok(vec![(owner(), whole.clone())]));
    let all = IncidentFilter { limit: 9, ..IncidentFilter::default() };
    assert_eq!(store.incidents(owner(), all).await, Ok(vec![whole]));
    let broken = store.open_incident(owner(), incident("a", 1)).await.expect_err("it is damaged");
    names_its_row(&broken, "incidents '1'");
    assert_eq!(store.hours(owner(), &name("shop"), at(0), at(9)).await, Ok(vec![]));
    store.keep_outcomes(vec![row("shop", down(2))], vec![]).await.expect("what comes is kept");
    let hours = store.hours(owner(), &name("shop"), at(0), at(9)).await.expect("a list");
    assert_eq!((hours[0].probes, hours[0].up, hours[0].times.len()), (2, 1, 0));
    store.save_check(owner(), heartbeat("night", "secret-token")).await.expect("it is replaced");
    assert_eq!(store.checks(owner()).await.map(|all| all.len()), Ok(3));
}
