//! What the command line asks: phones, trunks, status.

use std::time::Duration;

use model::{Sid, SidKind};

use crate::server::{Server, account};

#[tokio::test]
async fn a_phone_is_added_listed_and_removed() {
    let server = Server::start().await;
    let added = server.post("/v1/phones", "Name=ada&VoiceUrl=http://a.example/dial").await;
    assert_eq!(added.status, 201, "{}", added.json());
    let password = added.json()["password"].as_str().map(str::len);
    assert_eq!(password, Some(32), "it is drawn");
    assert_eq!(server.post("/v1/phones", "Name=ada").await.refusal(), (409, 20409));
    let list = server.get("/v1/phones").await.json();
    assert_eq!(list["phones"][0]["name"], "ada");
    assert_eq!(list["phones"][0]["contacts"], serde_json::json!([]));
    assert!(list["phones"][0].get("password").is_none());
    assert_eq!(server.delete("/v1/phones/ada").await.status, 204);
    assert_eq!(server.delete("/v1/phones/ada").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_phone_is_added_with_json_and_shows_a_number_of_ones_own() {
    let server = Server::start().await;
    let body = r#"{"name":"ada","password":"s3cret","caller_id":"+14155550100"}"#;
    assert_eq!(server.post("/v1/phones", body).await.refusal(), (400, 21210));
    server.buys("+14155550100").await;
    let added = server.post("/v1/phones", body).await.json();
    assert_eq!(added["caller_id"], "+14155550100");
    let kept = server.store().phone_named("ada").await.expect("the store").expect("a phone");
    assert_eq!(kept.password.reveal(), "s3cret");
}

#[tokio::test]
async fn a_trunk_is_added_asked_and_removed() {
    let ask = |name: String| async move {
        if name == "near" { Ok(Duration::from_micros(1500)) } else { Err("no answer".to_owned()) }
    };
    let ping_trunk = Some(api::TrunkPing::new(ask));
    let server = Server::with(api::Settings { ping_trunk, ..api::Settings::default() }).await;
    for name in ["near", "far"] {
        let form = format!("Name={name}&Host=sip.carrier.example&Prefix=%2B55&Prefix=%2B1");
        let added = server.post("/v1/trunks", &form).await;
        assert_eq!(added.status, 201, "{}", added.json());
        assert_eq!(added.json()["prefixes"], serde_json::json!(["+55", "+1"]));
    }
    let near = server.post("/v1/trunks/near/ping", "").await.json();
    assert_eq!(near["answered"], true);
    assert_eq!(near["round_trip_ms"], 1.5);
    let far = server.post("/v1/trunks/far/ping", "").await.json();
    assert_eq!((&far["answered"], &far["error"]), (&false.into(), &"no answer".into()));
    assert_eq!(server.post("/v1/trunks/none/ping", "").await.refusal(), (404, 20404));
    assert_eq!(server.delete("/v1/trunks/near").await.status, 204);
    let list = server.get("/v1/trunks").await.json();
    assert_eq!(list["trunks"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn trunks_are_the_administrators() {
    let admin = Some(Sid::new(SidKind::Account, 2));
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    server.store().open_account(account(2)).await.expect("it is new");
    assert_eq!(server.get("/v1/trunks").await.refusal(), (403, 20403));
}

#[tokio::test]
async fn status_says_what_runs() {
    let server = Server::start().await;
    let status = server.get("/v1/status").await.json();
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["live_calls"], 0);
    assert_eq!(status["ready"], true);
    assert!(status["sip_address"].as_str().is_some_and(|text| text.starts_with("127.0.0.1:")));
}
