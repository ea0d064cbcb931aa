//! `kill -9` under a load of texts, twenty times: what was acknowledged arrives, and what a carrier acknowledged before
//! the power went, as far as that was on disk, is not sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use model::{MessageStatus, Sid, SidKind};
use reqwest::Client;
use serde_json::Value;
use store::{MessageFilter, Page, Sqlite, Store, Texts};
use tempfile::TempDir;
use testkit::{Server, Smsc, SmscOptions, SmscSubmit, eventually_within};
use tokio::task::JoinSet;

use super::house::{NUMBER, options};

/// How often the power goes.
const CRASHES: usize = 20;
/// Texts that are acknowledged before it does.
const BEFORE: usize = 40;
/// Clients that send at once.
const CLIENTS: usize = 8;
/// Messages that may be on their way to the SMSC, unacknowledged, when the power goes.
const WINDOW: usize = 32;
/// For everything to arrive in the end.
const LATE: std::time::Duration = std::time::Duration::from_secs(60);

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_known_to_be_sent_goes_twice() {
    let receipts = SmscOptions { receipts: "text", ..SmscOptions::default() };
    let mut smsc = Smsc::start(receipts).await;
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("alo.toml");
    let settings = format!(
        "[[carriers]]\nname = \"smsc\"\nkind = \"smpp\"\nhost = \"127.0.0.1\"\nport = {}\n\
         system_id = \"{}\"\npassword = \"{}\"\nreconnect_after = \"100 ms\"\nwindow = {WINDOW}\n",
        smsc.port(),
        smsc.system_id(),
        smsc.password(),
    );
    std::fs::write(&file, settings).expect("it can be written");
    let path = file.to_str().expect("a path in UTF-8");
    let mut server = Server::with(options().argument("--config").argument(path)).await;
    let bought = post(&server, "/IncomingPhoneNumbers", &[("PhoneNumber", NUMBER)]).await;
    assert!(bought.is_some(), "the number is free");

    let mut acknowledged = BTreeSet::new();
    let mut submits: Vec<SmscSubmit> = Vec::new();
    let mut known: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for crash in 0..CRASHES {
        acknowledged.extend(load(&mut server, crash).await);
        submits.extend(smsc.submits_so_far().await);
        known.push((submits.len(), sent_on_disk(&server).await));
        server.restart().await;
    }
    let waiting = acknowledged.clone();
    eventually_within("every message is final", LATE, async || {
        let open = not_delivered(&server, &waiting).await;
        if open.is_empty() {
            Ok(())
        } else {
            Err(format!("{} of {}: {open:?}", open.len(), waiting.len()))
        }
    })
    .await;
    submits.extend(smsc.submits_so_far().await);
    server.terminate().await;
    for (so_far, sent) in &known {
        let again = submits[*so_far..].iter().find(|submit| sent.contains(&submit.text));
        assert!(again.is_none(), "was known to be sent, and went again: {again:?}");
    }
    repetitions_can_be_recognised(&submits);
    assert!(acknowledged.len() >= CRASHES * BEFORE, "{}", acknowledged.len());
}

/// Clients send until enough was acknowledged, then the power goes. SIDs of what was acknowledged.
async fn load(server: &mut Server, crash: usize) -> BTreeSet<String> {
    let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let url = messages(server);
        let (account, token) = (server.account_sid().to_owned(), server.auth_token().to_owned());
        let (over, count) = (Arc::clone(&over), Arc::clone(&count));
        clients.spawn(async move {
            let http = Client::new();
            let mut sids = Vec::new();
            for number in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let body = format!("crash {crash} client {client} number {number}");
                let form = [("From", NUMBER), ("To", "+5511987654321"), ("Body", &body)];
                let sent = send(&http, &url, (&account, &token), &form).await;
                let Some(message) = sent else { break };
                count.fetch_add(1, Ordering::Relaxed);
                sids.extend(message["sid"].as_str().map(str::to_owned));
            }
            sids
        });
    }
    while count.load(Ordering::Relaxed) < BEFORE {
        tokio::task::yield_now().await;
    }
    server.kill9().await;
    over.store(true, Ordering::Relaxed);
    clients.join_all().await.into_iter().flatten().collect()
}

fn messages(server: &Server) -> String {
    server.url(&format!("/2010-04-01/Accounts/{}/Messages.json", server.account_sid()))
}

async fn post(server: &Server, path: &str, form: &[(&str, &str)]) -> Option<Value> {
    let url = server.url(&format!("/2010-04-01/Accounts/{}{path}.json", server.account_sid()));
    send(&Client::new(), &url, (server.account_sid(), server.auth_token()), form).await
}

/// What was answered with 201; `None` if nothing was, since the server is gone.
async fn send(
    http: &Client,
    url: &str,
    (account, token): (&str, &str),
    form: &[(&str, &str)],
) -> Option<Value> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = http.post(url).basic_auth(account, Some(token));
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let text = answer.text().await.ok()?;
    assert_eq!(status, 201, "{text}");
    serde_json::from_str(&text).ok()
}

/// Bodies of the messages that the dead server's disk knows to be sent.
async fn sent_on_disk(server: &Server) -> BTreeSet<String> {
    let store = Sqlite::open(server.data().join("alo.db")).expect("the server is dead");
    let account = Sid::of_kind(SidKind::Account, server.account_sid()).expect("a SID");
    let mut sent = BTreeSet::new();
    let mut page = Page::first(Page::LARGEST);
    loop {
        let listing = store.messages(account, MessageFilter::default(), page).await.expect("rows");
        let done = |status| matches!(status, MessageStatus::Sent | MessageStatus::Delivered);
        sent.extend(
            listing.items.iter().filter(|it| done(it.status)).map(|message| message.body.clone()),
        );
        match listing.items.last() {
            Some(last) if listing.more => page = page.after(last.sid),
            Some(_) | None => break,
        }
    }
    store.close().await;
    sent
}

/// Those of the acknowledged that have not arrived yet.
async fn not_delivered(
    server: &Server,
    acknowledged: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut open: BTreeMap<String, String> =
        acknowledged.iter().map(|sid| (sid.clone(), "gone".to_owned())).collect();
    let mut next =
        Some(format!("/2010-04-01/Accounts/{}/Messages.json?PageSize=1000", server.account_sid()));
    while let Some(path) = next {
        let request = Client::new().get(server.url(&path));
        let request = request.basic_auth(server.account_sid(), Some(server.auth_token()));
        let answer = request.send().await.expect("the server runs").text().await.expect("a page");
        let page: Value = serde_json::from_str(&answer).expect("JSON");
        for message in page["messages"].as_array().expect("a list") {
            let sid = message["sid"].as_str().unwrap_or_default();
            if message["status"] == "delivered" {
                open.remove(sid);
            } else if let Some(status) = open.get_mut(sid) {
                *status = message["status"].to_string();
            }
        }
        next = page["next_page_uri"].as_str().map(str::to_owned);
    }
    open
}

/// What was under way when the power went may go again, no more than the window each time, and with the same reference.
fn repetitions_can_be_recognised(submits: &[SmscSubmit]) {
    let mut references: BTreeMap<&str, Vec<Option<u16>>> = BTreeMap::new();
    for submit in submits {
        references.entry(&submit.text).or_default().push(submit.reference);
    }
    let repeated = references.values().filter(|of| of.len() > 1);
    let mut count = 0;
    for of in repeated {
        assert!(of.iter().all(|reference| reference.is_some() && *reference == of[0]), "{of:?}");
        count += 1;
    }
    assert!(count <= CRASHES * WINDOW, "{count} went again");
}
