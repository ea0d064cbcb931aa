//! The support line in a file: at a restart, by many at once, of before and after this version.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use model::oncall::{Mail, Override, Person, Swap, SwapState, Told};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{LineCallFilter, OnCall as _, Sqlite, Store as _, StoreError};

use crate::block_on;
use crate::oncall_rows::{
    change, line, line_call, mail, missed, name, open_rota, person, rota, seen_by, swap,
};
use crate::rows::{account, at, call, number, owner};

/// Stores that the property of tickets opens.
const CASES: u32 = 16;

#[tokio::test]
async fn the_support_line_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_rota(&store).await;
    store.save_person(owner(), person("ada")).await.expect("it is kept");
    store.save_line(owner(), line("support")).await.expect("it is kept");
    store.save_line_call(owner(), line_call(1, 10)).await.expect("it is kept");
    let ticket = store.miss_line_call(owner(), missed(2, 20)).await.expect("a number");
    let id = store.add_override(owner(), change(0, 100)).await.expect("a number");
    let told = Told { handoffs: at(7), announced: at(8) };
    store.handoffs_told(owner(), &name("support"), told).await.expect("it is kept");
    store.post_mail(mail("sent", 1)).await.expect("it is kept");
    let sent = store.due_mails(at(1), 1).await.expect("a list")[0].id;
    store.mail_sent(sent).await.expect("it is gone");
    store.post_mail(mail("waits", 2)).await.expect("it is kept");
    store.close().await;
    drop(store);
    let store = Sqlite::open(&path).expect("the same database");
    let support = name("support");
    assert_eq!(store.people(owner()).await, Ok(vec![person("ada")]));
    assert_eq!(store.all_rotas().await, Ok(vec![(owner(), rota("support"))]));
    assert_eq!(store.line(owner(), &support).await, Ok(Some(line("support"))));
    let overrides = store.overrides(owner(), &support, at(0), at(9)).await;
    assert_eq!(overrides, Ok(vec![Override { id, ..change(0, 100) }]));
    assert_eq!(store.told(owner(), &support).await, Ok(Some(told)));
    assert_eq!(store.unfinished_line_calls().await, Ok(vec![(owner(), line_call(1, 10))]));
    let seen = store.acknowledge_line_call(owner(), ticket, seen_by("ada", 1)).await;
    assert_eq!(seen.map(|call| call.map(|call| call.call)), Ok(Some(missed(2, 20).call)));
    assert_eq!(store.ask_swap(owner(), swap()).await, Ok(id + 1), "numbers go on");
    let due = store.due_mails(at(9), 9).await.expect("a list");
    assert_eq!(due, [Mail { id: due[0].id, ..mail("waits", 2) }]);
    assert_eq!(store.post_mail(mail("sent", 3)).await, Ok(false));
}

/// What a database of before the support line holds besides its schema: an account, a number and a call.
const OF_BEFORE: &str = "
    CREATE TABLE migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO migrations VALUES (1, 'first'), (2, 'texts');
    INSERT INTO accounts VALUES ('AC00000000000000000000000000000001', '0123456789abcdef', 'Ada''s',
        'active', 1000000, 2000000, 0);
    INSERT INTO numbers VALUES ('PN00000000000000000000000000000001',
        'AC00000000000000000000000000000001', '+14155550123', 'Number 1',
        'https://app.example/voice', 'GET', 'https://app.example/fallback', 'POST',
        'https://app.example/status', 'GET', 'https://app.example/sms', 'GET', NULL, 'POST',
        10000000, 11000000, 'AP00000000000000000000000000000001', NULL);
    INSERT INTO calls (sid, account, from_kind, from_party, to_kind, to_party, direction, status,
        created_at, updated_at, unfinished) VALUES ('CA00000000000000000000000000000001',
        'AC00000000000000000000000000000001', 'client', 'client:ada', 'number', '+14155550123',
        'outbound-api', 'queued', 100000000, 100000000, 1);";

#[tokio::test]
async fn a_database_of_before_the_support_line_keeps_its_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let db = rusqlite::Connection::open(&path).expect("a database");
    db.execute_batch(include_str!("../../migrations/sqlite/0001_first.sql")).expect("a schema");
    db.execute_batch(include_str!("../../migrations/sqlite/0002_texts.sql")).expect("a schema");
    db.execute_batch(OF_BEFORE).expect("rows");
    drop(db);
    let store = Sqlite::open(&path).expect("it is brought up to date");
    let before = number(1, "+14155550123");
    assert_eq!(store.account(owner()).await, Ok(Some(account(1))));
    assert_eq!(store.number(before.sid).await, Ok(Some(before)));
    assert_eq!(store.call(call(1).sid).await, Ok(Some(call(1))));
    assert_eq!(store.people(owner()).await, Ok(Vec::new()));
    store.save_rota(owner(), rota("support")).await.expect("it is kept");
    assert_eq!(store.ask_swap(owner(), swap()).await, Ok(1));
}

/// Does something to the file behind the store's back.
fn meddle(path: &Path, sql: &str) {
    let db = rusqlite::Connection::open(path).expect("it is SQLite");
    assert_eq!(db.execute(sql, []), Ok(1), "{sql}");
}

#[tokio::test]
async fn what_a_newer_alo_wrote_is_told_by_its_row_and_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let store = Sqlite::open(&path).expect("a new database");
    open_rota(&store).await;
    store.save_person(owner(), person("ada")).await.expect("it is kept");
    store.save_person(owner(), person("bo")).await.expect("it is kept");
    store.save_line_call(owner(), line_call(1, 10)).await.expect("it is kept");
    let id = store.ask_swap(owner(), swap()).await.expect("a number");
    store.close().await;
    meddle(
        &path,
        "UPDATE people SET document = '{\"name\": \"+5511987654321\"}' WHERE name = 'ada'",
    );
    meddle(&path, "UPDATE line_calls SET document = '{}'");
    meddle(&path, "UPDATE swaps SET document = replace(document, 'asks', 'begs')");
    let store = Sqlite::open(&path).expect("the schema is whole");
    let ada = format!("{:?}", store.person(owner(), &name("ada")).await);
    assert!(ada.contains("Corrupt") && ada.contains("people 'ada'"), "{ada}");
    assert!(!ada.contains("5511987654321"), "{ada}");
    assert!(matches!(store.people(owner()).await, Err(StoreError::Corrupt(_))));
    assert_eq!(store.person(owner(), &name("bo")).await, Ok(Some(person("bo"))), "it alone");
    let all = LineCallFilter { limit: 9, ..LineCallFilter::default() };
    let call = format!("{:?}", store.line_calls(owner(), all).await);
    assert!(
        call.contains("Corrupt") && call.contains(&line_call(1, 10).call.to_string()),
        "{call}"
    );
    let swap = format!("{:?}", store.swap(owner(), id).await);
    assert!(swap.contains("Corrupt") && swap.contains(&format!("swaps '{id}'")), "{swap}");
    store.save_person(owner(), person("ada")).await.expect("it is replaced");
    assert_eq!(store.people(owner()).await.map(|all: Vec<Person>| all.len()), Ok(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_decide_a_swap_one_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Sqlite::open(folder.path().join("alo.db")).expect("a new database"));
    open_rota(&*store).await;
    for _ in 0..20 {
        let id = store.ask_swap(owner(), swap()).await.expect("a number");
        let decide = |state, changes| {
            let decided = Swap { id, state, decided_at: Some(at(60)), ..swap() };
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                store.decide_swap(owner(), decided, SwapState::Asked, changes).await
            })
        };
        let accepted = decide(SwapState::Accepted, vec![change(100, 200)]);
        let refused = decide(SwapState::Refused, Vec::new());
        let answers = [accepted.await.expect("no panic"), refused.await.expect("no panic")];
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(lost, [Err(StoreError::Missing(owner()))]);
        let won = won.into_iter().next().expect("one").expect("it was asked");
        let overrides = store.overrides(owner(), &name("support"), at(0), at(999)).await;
        let overrides: Vec<i64> =
            overrides.expect("a list").iter().map(|change| change.id).collect();
        assert_eq!(overrides, won.overrides, "they come with the decision, or not at all");
        assert_eq!(store.swap(owner(), id).await, Ok(Some(won)));
        for id in overrides {
            store.remove_override(owner(), id).await.expect("it is gone");
        }
    }
}

/// What takes a number.
#[derive(Clone, Copy, Debug)]
enum Taker {
    Override,
    Swap,
    Missed,
}

#[test]
fn numbers_are_given_once_and_ascend_for_whoever_asks_at_once() {
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let taker = prop_oneof![Just(Taker::Override), Just(Taker::Swap), Just(Taker::Missed)];
    let tasks = prop::collection::vec(prop::collection::vec(taker, 0..8), 1..8);
    let outcome = runner.run(&tasks, |tasks| {
        let store = Arc::new(Sqlite::in_memory().expect("memory is there"));
        let numbers = block_on(take(&store, tasks));
        let all: Vec<i64> = numbers.iter().flatten().copied().collect();
        let once: BTreeSet<i64> = all.iter().copied().collect();
        let expected: BTreeSet<i64> = (1..).take(all.len()).collect();
        prop_assert_eq!(once, expected, "each number once, and none left out");
        prop_assert!(numbers.iter().all(|of_one| of_one.is_sorted()), "{:?}", numbers);
        Ok(())
    });
    outcome.expect("a sequence");
}

/// Lets the tasks take their numbers at the same time.
async fn take(store: &Arc<Sqlite>, tasks: Vec<Vec<Taker>>) -> Vec<Vec<i64>> {
    open_rota(&**store).await;
    let tasks = tasks.into_iter().enumerate().map(|(task, takers)| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut numbers = Vec::new();
            for (turn, taker) in takers.into_iter().enumerate() {
                let digits = (task * 100 + turn) as u128;
                let number = match taker {
                    Taker::Override => store.add_override(owner(), change(0, 1)).await,
                    Taker::Swap => store.ask_swap(owner(), swap()).await,
                    Taker::Missed => store.miss_line_call(owner(), missed(digits, 1)).await,
                };
                numbers.push(number.expect("a number"));
            }
            numbers
        })
    });
    let mut numbers = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        numbers.push(task.await.expect("no panic"));
    }
    numbers
}
