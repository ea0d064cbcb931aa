//! Short codes: added by the administrator, read and changed by their owner, given up.

use crate::server::{Server, account};

#[tokio::test]
async fn a_short_code_is_added_changed_listed_and_given_up() {
    let server = Server::start().await;
    let added = server.post("/v1/short-codes", r#"{"code":"12345","friendly_name":"Votes"}"#).await;
    assert_eq!(added.status, 201, "{}", added.json());
    let code = added.json();
    let path = code["uri"].as_str().expect("an address").to_owned();
    let changed = server.post(&path, "SmsUrl=http://a.example/votes&SmsMethod=GET").await.json();
    assert_eq!(changed["sms_method"], "GET");
    assert_eq!(server.get(&path).await.json()["sms_url"], "http://a.example/votes");
    assert_eq!(server.post(&path, "SmsUrl=votes").await.refusal(), (400, 21402));
    for (query, found) in [("", 1), ("?ShortCode=12345", 1), ("?FriendlyName=Polls", 0)] {
        let list = server.get(&server.path(&format!("/SMS/ShortCodes.json{query}"))).await.json();
        assert_eq!(list["short_codes"].as_array().map(Vec::len), Some(found), "{query}");
    }
    assert_eq!(server.post("/v1/short-codes", "Code=12345").await.refusal(), (409, 20409));
    assert_eq!(server.post("/v1/short-codes", "Code=12").await.refusal(), (400, 20422));
    let sent =
        server.post(&server.path("/Messages.json"), "From=12345&To=%2B14155559123&Body=Hi").await;
    assert_eq!(sent.status, 201, "{}", sent.json());
    let ours = server.get("/v1/short-codes").await.json();
    assert_eq!(ours["short_codes"][0]["short_code"], "12345");
    assert_eq!(server.delete("/v1/short-codes/12345").await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    assert_eq!(server.delete("/v1/short-codes/12345").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn short_codes_are_the_administrators_to_give() {
    let admin = Some(account(1).sid);
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    let other = server.opens(2, false).await;
    let refused = server.post_as(other, "/v1/short-codes", "Code=12345").await;
    assert_eq!(refused.refusal(), (403, 20403));
    let form = format!("Code=12345&AccountSid={other}");
    let given = server.post("/v1/short-codes", &form).await;
    assert_eq!(given.json()["account_sid"], other.to_string());
    let theirs = format!("/2010-04-01/Accounts/{other}/SMS/ShortCodes.json");
    let list = server.get_as(other, &theirs).await.json();
    assert_eq!(list["short_codes"].as_array().map(Vec::len), Some(1));
    assert_eq!(server.delete("/v1/short-codes/12345").await.status, 204);
}
