//! Redis probes against a server that answers line by line.

use std::net::SocketAddr;

use model::watch::Probe;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::https::Trusted;
use super::servers::{acceptor, be_silent, certificate, listen, listen_tls};
use super::{NOW, SHORT, ask, probes, reason};

fn redis(url: String) -> Probe {
    Probe::Redis { url }
}

/// Answers PING and AUTH; other passwords than `hunter2` are wrong.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut bytes).await {
        let answer = match &bytes[..length] {
            b"*1\r\n$4\r\nPING\r\n" => "+PONG\r\n",
            b"*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n"
            | b"*3\r\n$4\r\nAUTH\r\n$3\r\nada\r\n$7\r\nhunter2\r\n" => "+OK\r\n",
            _ => "-WRONGPASS not hunter3\r\n",
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.flush().await;
    }
}

/// Says this to whatever is asked.
async fn saying(answer: &'static str) -> SocketAddr {
    listen(move |mut stream| async move {
        let mut bytes = [0; 4096];
        let _ = stream.read(&mut bytes).await;
        let _ = stream.write_all(answer.as_bytes()).await;
        be_silent(stream).await;
    })
    .await
}

#[tokio::test]
async fn a_server_that_answers_ping_is_up() {
    let server = listen(serve).await;
    for who in ["", ":hunter2@", "ada:hunter2@", "ada:%68unter2@"] {
        let outcome = ask(&probes(), redis(format!("redis://{who}{server}/0"))).await;
        assert_eq!(outcome.reason, "", "{who}");
    }
}

#[tokio::test]
async fn a_server_over_tls_is_up() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let server = listen_tls(acceptor(&signed, &[], None), serve).await;
    let outcome = ask(&trusted.probes(), redis(format!("rediss://{server}"))).await;
    assert_eq!(outcome.reason, "");
    assert!(outcome.certificate_ends.is_some());
}

#[tokio::test]
async fn a_server_that_refuses_is_down() {
    let server = listen(serve).await;
    let outcome = ask(&probes(), redis(format!("redis://:hunter3@{server}"))).await;
    assert_eq!(reason(&outcome, server), "HOST refused AUTH: \"WRONGPASS not ***\"");
    for (answer, said) in [
        ("-NOAUTH log in\r\n", "HOST refused PING: \"NOAUTH log in\""),
        ("+HELLO\r\n", "HOST answered PING with \"HELLO\" instead of PONG"),
        ("hello\r\n", "HOST answered PING with \"hello\" instead of PONG"),
    ] {
        let server = saying(answer).await;
        let outcome = ask(&probes(), redis(format!("redis://{server}"))).await;
        assert_eq!(reason(&outcome, server), said);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_down_at_the_timeout() {
    let server = saying("+PON").await;
    let outcome = probes().probe(&redis(format!("redis://{server}")), SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send an answer to PING within 2 s");
    let server = listen(|stream| async move { drop(stream) }).await;
    let outcome = ask(&probes(), redis(format!("redis://{server}"))).await;
    let said = reason(&outcome, server);
    assert!(said.ends_with("the connection before it sent an answer to PING"), "{said}");
}

#[tokio::test]
async fn an_address_that_is_none_is_said() {
    let said = async |url: &str| ask(&probes(), redis(url.to_owned())).await.reason;
    let expected = "the address must be redis:// or rediss://, not http:";
    assert_eq!(said("http://127.0.0.1").await, expected);
    assert_eq!(said("redis:///0").await, "the address names no host");
}
