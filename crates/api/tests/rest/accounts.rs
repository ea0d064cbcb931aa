//! The account, as its owner sees and renames it.

use crate::server::{Server, TOKEN};

#[tokio::test]
async fn an_account_reads_lists_and_renames_itself() {
    let server = Server::start().await;
    let ours = server.get(&server.path(".json")).await.json();
    assert_eq!(ours["auth_token"], TOKEN);
    assert_eq!(ours["status"], "active");
    let renamed = server.post(&server.path(".json"), "FriendlyName=Night+shift").await.json();
    assert_eq!(renamed["friendly_name"], "Night shift");
    let list = server.get("/2010-04-01/Accounts.json").await.json();
    assert_eq!(list["accounts"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["accounts"][0]["friendly_name"], "Night shift");
}

#[tokio::test]
async fn an_account_can_neither_close_itself_nor_open_another() {
    let server = Server::start().await;
    let closed = server.post(&server.path(".json"), "Status=closed").await;
    assert_eq!(closed.refusal(), (403, 20403));
    let opened = server.post("/2010-04-01/Accounts.json", "FriendlyName=New").await;
    assert_eq!(opened.refusal(), (403, 20403));
}
