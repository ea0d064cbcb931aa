//! A server that is killed: what it acknowledged is there afterwards.
//!
//! The test runs itself again as a child, which writes calls and texts and says each one's SID once it was acknowledged,
//! and the number of each missed call of a line, and is then killed in the middle of it.

use std::env;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use model::{Callback, Sid, SidKind};
use store::{NewMessage, OnCall as _, Sqlite, Store, Texts as _};

use crate::oncall_rows::{missed, seen_by};
use crate::rows::{call, callback, change, open_owner, owner};
use crate::text_rows::{create, message_sid, new};

/// Where the child finds its database; unset, it is no child.
const DATABASE: &str = "ALO_TEST_CRASH_DATABASE";
/// What precedes a SID that was acknowledged.
const ACKNOWLEDGED: &str = "acknowledged ";
/// What precedes the number of a call that was missed.
const MISSED: &str = "missed ";
/// Calls and texts acknowledged before the child is killed.
const ENOUGH: usize = 500;
/// Tasks that write at the same time.
const WRITERS: u128 = 16;

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alo.db");
    let mut child = Command::new(env::current_exe().expect("this test"))
        .args(["--exact", "crash::child_that_is_killed", "--nocapture"])
        .env(DATABASE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    let (mut acknowledged, mut tickets) = (Vec::new(), Vec::new());
    for line in output.lines() {
        let line = line.expect("it is text");
        if let Some((_, sid)) = line.split_once(ACKNOWLEDGED) {
            acknowledged.extend(sid.parse::<Sid>());
        }
        if let Some((_, ticket)) = line.split_once(MISSED) {
            tickets.extend(ticket.parse::<i64>());
        }
        if acknowledged.len() == ENOUGH {
            child.kill().expect("it runs until it is killed");
        }
    }
    let status = child.wait().expect("it has ended");
    assert!(!status.success(), "it was killed");
    assert!(acknowledged.len() >= ENOUGH);
    crate::block_on(async {
        let store = Sqlite::open(&path).expect("no lock is left, and the file is whole");
        let mut unsent = store.outbox_depth().await.expect("a number");
        for sid in &acknowledged {
            assert!(is_there(&store, *sid).await, "{sid} was acknowledged");
        }
        for ticket in &tickets {
            let seen = store.acknowledge_line_call(owner(), *ticket, seen_by("ada", 1)).await;
            assert!(seen.expect("it is readable").is_some(), "{ticket} was given");
        }
        let calls = store.unfinished_calls().await.expect("a list").len() as u64;
        let texts = store.waiting_messages().await.expect("a number");
        assert_eq!(calls + texts, unsent, "each came with its callback, or not at all");
        for callback in
            store.due_callbacks(call(0).created_at, u32::MAX, &[]).await.expect("a list")
        {
            assert!(is_there(&store, callback.lane).await);
            unsent -= 1;
        }
        assert_eq!(unsent, 0);
    });
}

async fn is_there(store: &Sqlite, sid: Sid) -> bool {
    if sid.kind() == SidKind::Call {
        store.call(sid).await.expect("it is readable").is_some()
    } else {
        store.message(sid).await.expect("it is readable").is_some()
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how the parent tells the child what it is")]
fn child_that_is_killed() {
    let Some(path) = env::var_os(DATABASE) else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Arc::new(Sqlite::open(path).expect("a new database"));
        open_owner(&*store).await;
        let writers = (0..WRITERS).map(|writer| tokio::spawn(write(Arc::clone(&store), writer)));
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("it writes until it is killed");
        }
    });
}

/// Writes for ever; nothing has a SID that another writer uses.
async fn write(store: Arc<Sqlite>, writer: u128) {
    for turn in 0.. {
        let digits = turn * WRITERS + writer;
        let record = call(digits);
        let told = vec![callback(digits, "initiated", 0)];
        store.save_call(change(record.clone(), told)).await.expect("it is kept");
        say(ACKNOWLEDGED, record.sid);
        let told = vec![Callback { lane: message_sid(digits), ..callback(digits, "queued", 0) }];
        create(&*store, NewMessage { callbacks: told, ..new(digits) }).await;
        say(ACKNOWLEDGED, message_sid(digits));
        let ticket = store.miss_line_call(owner(), missed(digits, 1)).await;
        say(MISSED, ticket.expect("it is kept"));
    }
}

fn say(what: &str, which: impl Display) {
    // One write for the whole line, so that lines of several writers don't mix.
    let line = format!("{what}{which}\n");
    std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
}
