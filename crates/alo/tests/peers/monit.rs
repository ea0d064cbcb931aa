//! Monit with the rule of the post: where a port is closed it runs `alo notify`, and somebody is texted.

use reqwest::Method;
use serde_json::Value;
use testkit::{Monit, eventually};
use tokio::net::TcpListener;

use super::house::{House, NUMBER};

/// Who is on duty: a handset of the virtual carrier.
const ON_DUTY: &str = "+14155550142";

/// What the handset shows, oldest first.
async fn inbox(house: &House) -> Vec<Value> {
    let path = format!("/v1/inbox/{ON_DUTY}");
    let (status, inbox) = house.asks(Method::GET, &path, &[]).await;
    assert_eq!(status, 200, "{inbox}");
    inbox["messages"].as_array().cloned().unwrap_or_default()
}

/// Waits for so many texts on the handset.
async fn gets(house: &House, count: usize) -> Vec<Value> {
    eventually(&format!("the handset has {count} texts"), async || {
        let messages = inbox(house).await;
        if messages.len() >= count { Ok(messages) } else { Err(format!("{messages:?}")) }
    })
    .await
}

/// The line that Monit runs.
fn line(house: &House, words: &str) -> String {
    let (alo, data) = (env!("CARGO_BIN_EXE_alo"), house.server.data().display());
    format!("exec \"{alo} notify --data {data} --to {ON_DUTY}{words}\"")
}

#[tokio::test]
async fn a_port_that_closes_is_texted_to_who_is_on_duty() {
    let house = House::open().await;
    let site = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = site.local_addr().expect("it is bound");
    let exec = line(&house, "");
    let _monit = Monit::watches(&format!(
        "check host rexnuke with address 127.0.0.1\n  if failed port {}\n   with timeout 15 seconds\n   then\n   {exec}\n   else if succeeded then {exec}\n",
        address.port()
    ));
    // It comes for the second time after it has found the port open.
    for _ in 0..2 {
        site.accept().await.expect("Monit looks whether somebody is there");
    }
    assert_eq!(inbox(&house).await, [Value::Null; 0], "nobody is texted while all is well");
    drop(site);
    let texts = gets(&house, 1).await;
    let body = texts[0]["body"].as_str().expect("a text");
    assert!(body.starts_with("rexnuke on ") && body.contains("Connection failed"), "{body}");
    assert_eq!(texts[0]["other"], NUMBER, "from the account's number");

    let _site = TcpListener::bind(address).await.expect("the port is free again");
    let texts = gets(&house, 2).await;
    let body = texts[1]["body"].as_str().expect("a text");
    assert!(body.starts_with("rexnuke on ") && body.contains("Connection succeeded"), "{body}");
}

#[tokio::test]
async fn the_words_of_the_post_are_sent_as_they_are_written() {
    let house = House::open().await;
    // Closed from the start: bound, and nobody listens.
    let site = tokio::net::TcpSocket::new_v4().expect("a socket");
    site.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let port = site.local_addr().expect("it is bound").port();
    let words = "Houston we have a problem, the website is down.";
    let exec = line(&house, &format!(" '{words}'"));
    let _monit = Monit::watches(&format!(
        "check host rexnuke with address 127.0.0.1\n  if failed port {port} then {exec}\n"
    ));
    assert_eq!(gets(&house, 1).await[0]["body"], words);
}
