//! Before any resource: credentials, products, representations, methods, sizes, health.

use axum::http::Request;
use axum::http::header::{ALLOW, AUTHORIZATION, HOST, RETRY_AFTER, WWW_AUTHENTICATE};
use model::{AccountStatus, Sid, SidKind};

use crate::server::{Server, account, basic};

#[tokio::test]
async fn who_has_no_credentials_or_wrong_ones_is_challenged() {
    let server = Server::start().await;
    let path = server.path("/Calls.json");
    let none = server.send(Request::builder().uri(&path), "").await;
    assert_eq!(none.refusal(), (401, 20003));
    assert_eq!(none.headers[WWW_AUTHENTICATE], "Basic realm=\"Twilio API\"");
    let wrong = Request::builder().uri(&path);
    let wrong = wrong.header(AUTHORIZATION, basic(&server.account.to_string(), "wrong"));
    assert_eq!(server.send(wrong, "").await.refusal(), (401, 20003));
    assert_eq!(server.get(&path).await.status, 200);
}

#[tokio::test]
async fn who_guesses_too_often_has_to_wait() {
    let settings = api::Settings { auth_failures: 3, ..api::Settings::default() };
    let server = Server::with(settings).await;
    let path = server.path(".json");
    for _ in 0..4 {
        let wrong = Request::builder().uri(&path);
        let wrong = wrong.header(AUTHORIZATION, basic(&server.account.to_string(), "guess"));
        assert_eq!(server.send(wrong, "").await.status, 401);
    }
    let braked = server.get(&path).await;
    assert_eq!(braked.refusal(), (429, 20429));
    assert!(braked.headers.contains_key(RETRY_AFTER));
}

#[tokio::test]
async fn an_account_reaches_only_its_own_resources() {
    let server = Server::start().await;
    server.store().open_account(account(2)).await.expect("it is new");
    let other = format!("/2010-04-01/Accounts/{}/Calls.json", Sid::new(SidKind::Account, 2));
    assert_eq!(server.get(&other).await.refusal(), (401, 20003));
}

#[tokio::test]
async fn an_administrator_acts_for_other_accounts() {
    let admin = Some(Sid::new(SidKind::Account, 1));
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    server.store().open_account(account(2)).await.expect("it is new");
    let other = format!("/2010-04-01/Accounts/{}", Sid::new(SidKind::Account, 2));
    assert_eq!(server.get(&format!("{other}/Calls.json")).await.status, 200);
    let closed = server.post(&format!("{other}.json"), "Status=suspended").await;
    assert_eq!(closed.json()["status"], "suspended");
    let nobody = format!("/2010-04-01/Accounts/{}.json", Sid::new(SidKind::Account, 3));
    assert_eq!(server.get(&nobody).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_suspended_account_may_read_but_not_act() {
    let server = Server::start().await;
    let mut ours = account(1);
    ours.status = AccountStatus::Suspended;
    server.store().change_account(ours).await.expect("it exists");
    assert_eq!(server.get(&server.path("/Calls.json")).await.status, 200);
    let acts = server.post(&server.path("/Calls.json"), "To=client:ada").await;
    assert_eq!(acts.refusal(), (403, 20005));
}

#[tokio::test]
async fn a_product_is_found_by_host_or_by_path() {
    let server = Server::start().await;
    let path = server.path("/Calls.json");
    let hosted = server.request("GET", &path).header(HOST, "api.twilio.com");
    assert_eq!(server.send(hosted, "").await.status, 200);
    assert_eq!(server.get(&format!("/api.twilio.com{path}")).await.status, 200);
    let verify = server.request("GET", "/v2/Services").header(HOST, "verify.twilio.com");
    let refused = server.send(verify, "").await;
    assert_eq!(refused.refusal(), (404, 20404));
    assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("verify")));
    assert_eq!(server.get("/lookups.twilio.com/v2/PhoneNumbers/1").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_in_twilios_words() {
    let server = Server::start().await;
    let unknown = server.get(&server.path("/Conferences.json")).await;
    assert_eq!(unknown.refusal(), (404, 20404));
    let expected =
        format!("The requested resource {} was not found", server.path("/Conferences.json"));
    assert_eq!(unknown.json()["message"], expected);
    let deleted = server.delete(&server.path("/Calls.json")).await;
    assert_eq!(deleted.refusal(), (405, 20004));
    assert_eq!(deleted.headers[ALLOW], "GET,HEAD,POST");
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused_in_twilios_words_too() {
    let server = Server::start().await;
    let odd = server.get(&server.path("/Calls/%ff.json")).await;
    assert_eq!(odd.refusal(), (400, 20422));
}

#[tokio::test]
async fn json_is_shown_with_and_without_its_extension() {
    let server = Server::start().await;
    let with = server.get(&server.path("/Calls.json?PageSize=2")).await;
    let without = server.get(&server.path("/Calls?PageSize=2")).await;
    assert_eq!(with.json(), without.json());
    assert_eq!(with.headers["content-type"], "application/json");
    assert_eq!(server.get(&server.path("/Calls.xml")).await.refusal(), (406, 20404));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = Server::start().await;
    let form = format!("Twiml={}", "x".repeat(64 * 1024));
    assert_eq!(server.post(&server.path("/Calls.json"), &form).await.refusal(), (413, 20422));
}

#[tokio::test]
async fn health_needs_no_credentials_and_a_closed_store_is_not_ready() {
    let server = Server::start().await;
    let health = |path| server.send(Request::builder().uri(path), "");
    assert_eq!(health("/healthz").await.body, b"ok");
    assert_eq!(health("/readyz").await.status, 200);
    server.store().close().await;
    let closed = health("/readyz").await;
    assert_eq!(
        (closed.status.as_u16(), closed.body.as_slice()),
        (503, &b"the store is closed"[..])
    );
    assert_eq!(health("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_failed_store_is_a_twilio_error_too() {
    let server = Server::start().await;
    server.store().close().await;
    let request = server.request("GET", "/v1/phones");
    assert_eq!(server.send(request, "").await.refusal(), (503, 20503));
}
