//! Handsets of the virtual carrier, and carriers.

use axum::http::Request;
use serde_json::json;

use crate::server::{Server, account};

#[tokio::test]
async fn a_handset_gets_messages_and_answers() {
    let server = Server::start().await;
    server.buys("+14155550100").await;
    let form = "From=%2B14155550100&To=%2B14155559123&Body=Are+you+there%3F";
    let sent = server.post(&server.path("/Messages.json"), form).await.json();
    let path = sent["uri"].as_str().expect("an address");
    server.sees(path, |message| message["status"] == "delivered").await;
    let wrote = server.post("/v1/inbox/+14155559123", "To=%2B14155550100&Body=Always").await;
    assert_eq!(wrote.status, 201, "{}", wrote.json());
    assert_eq!(wrote.json()["direction"], "inbound");
    let inbound = wrote.json()["uri"].as_str().expect("an address").to_owned();
    server.sees(&inbound, |message| message["status"] == "received").await;
    let inbox = server.get("/v1/inbox/14155559123").await.json();
    let bodies: Vec<&str> = inbox["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|entry| entry["body"].as_str())
        .collect();
    assert_eq!(bodies, ["Are you there?", "Always"]);
    assert_eq!(inbox["messages"][1]["written_here"], true);
    let after = format!("/v1/inbox/+14155559123?After={}", inbox["messages"][0]["id"]);
    let rest = server.get(&after).await.json();
    assert_eq!(rest["messages"].as_array().map(Vec::len), Some(1));
    let last = server.get("/v1/inbox/+14155559123?Limit=1").await.json();
    assert_eq!(last["messages"][0]["body"], "Always");
    let handsets = server.get("/v1/inbox").await.json();
    assert_eq!(handsets["handsets"][0]["number"], "+14155559123");
    assert_eq!(handsets["handsets"][0]["entries"], 2);
}

#[tokio::test]
async fn a_handset_reaches_only_who_is_here() {
    let server = Server::start().await;
    for (path, form) in [
        ("/v1/inbox/+14155559123", "To=%2B14155550100&Body=Hi"),
        ("/v1/inbox/+14155559123", "To=nobody+here+at+all&Body=Hi"),
        ("/v1/inbox/+14155559123", "To=%2B14155550100"),
        ("/v1/inbox/ada", "To=%2B14155550100&Body=Hi"),
    ] {
        assert_eq!(server.post(path, form).await.refusal(), (400, 20422), "{path} {form}");
    }
    assert_eq!(server.get("/v1/inbox/ada").await.refusal(), (400, 20422));
    let odd = server.get("/v1/inbox/+14155559123?Limit=all").await;
    assert_eq!(odd.refusal(), (400, 20422));
}

#[tokio::test]
async fn an_account_sees_what_handsets_exchanged_with_it_and_no_more() {
    let admin = Some(account(1).sid);
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    server.buys("+14155550100").await;
    let other = server.opens(2, false).await;
    let numbers = format!("/2010-04-01/Accounts/{other}/IncomingPhoneNumbers.json");
    let bought = server.post_as(other, &numbers, "PhoneNumber=%2B14155550101").await;
    assert_eq!(bought.status, 201);
    for (to, who) in [("%2B14155550100", "ours"), ("%2B14155550101", "theirs")] {
        let form = format!("To={to}&Body={who}");
        assert_eq!(server.post("/v1/inbox/+14155559123", &form).await.status, 201);
    }
    let all = server.get("/v1/inbox/+14155559123").await.json();
    assert_eq!(all["messages"].as_array().map(Vec::len), Some(2));
    let theirs = server.get_as(other, "/v1/inbox/+14155559123").await.json();
    assert_eq!(theirs["messages"].as_array().map(Vec::len), Some(1));
    assert_eq!(theirs["messages"][0]["body"], "theirs");
    assert_eq!(server.get_as(other, "/v1/inbox").await.refusal(), (403, 20403));
    let form = "To=%2B14155550100&Body=x";
    let foreign = server.post_as(other, "/v1/inbox/+14155559123", form).await;
    assert_eq!(foreign.refusal(), (403, 20403));
    let form = "To=%2B14155550101&Body=x";
    assert_eq!(server.post_as(other, "/v1/inbox/+14155559123", form).await.status, 201);
}

#[tokio::test]
async fn carriers_are_listed_and_only_those_with_webhooks_are_heard() {
    let admin = Some(account(1).sid);
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    let carriers = server.get("/v1/carriers").await.json();
    let carrier = &carriers["carriers"][0];
    assert_eq!((&carrier["name"], &carrier["kind"]), (&"virtual".into(), &"virtual".into()));
    assert_eq!((&carrier["up"], &carrier["prefixes"]), (&true.into(), &json!(["+"])));
    let other = server.opens(2, false).await;
    assert_eq!(server.get_as(other, "/v1/carriers").await.refusal(), (403, 20403));
    for path in ["/v1/carriers/virtual/inbound", "/v1/carriers/nobody/receipt?id=1"] {
        for method in ["GET", "POST"] {
            let called = server.send(Request::builder().method(method).uri(path), "").await;
            assert_eq!(called.refusal(), (404, 20404), "{method} {path}");
        }
    }
}
