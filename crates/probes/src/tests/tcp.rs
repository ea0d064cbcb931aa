//! TCP: connecting, saying, hearing.

use model::watch::{Family, Probe};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::servers::{be_silent, listen, listen_at};
use super::{SHORT, ask, careful_probes, probes, reason};

fn tcp(host: &str, port: u16, send: Option<&str>, expect: Option<&str>) -> Probe {
    let owned = |text: &str| text.to_owned();
    let (host, send, expect) = (host.to_owned(), send.map(owned), expect.map(owned));
    Probe::Tcp { host, port, send, expect, family: Family::Any }
}

fn at(port: u16, send: Option<&str>, expect: Option<&str>) -> Probe {
    tcp("127.0.0.1", port, send, expect)
}

#[tokio::test]
async fn a_port_that_takes_connections_is_up() {
    let server = listen(be_silent).await;
    let outcome = ask(&probes(), at(server.port(), None, None)).await;
    assert_eq!(outcome.reason, "");
    assert_eq!(outcome.certificate_ends, None);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    drop(listener);
    let outcome = ask(&probes(), at(address.port(), None, None)).await;
    assert_eq!(reason(&outcome, address), "HOST refused the connection");
    let outcome = ask(&probes(), at(0, None, None)).await;
    assert_eq!(outcome.reason, "127.0.0.1:0 is no place: ports go from 1 to 65,535");
}

#[tokio::test]
async fn what_is_expected_may_come_in_pieces() {
    let server = listen(|mut stream| async move {
        for piece in ["noise PO", "N", "G\r\n"] {
            stream.write_all(piece.as_bytes()).await.expect("it is sent");
            tokio::task::yield_now().await;
        }
        be_silent(stream).await;
    })
    .await;
    let outcome = ask(&probes(), at(server.port(), Some("PING\\r\\n"), Some("PONG\\r\\n"))).await;
    assert_eq!(outcome.reason, "");
}

#[tokio::test]
async fn what_is_sent_arrives() {
    let server = listen(|mut stream| async move {
        let mut said = [0; 6];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut said).await.expect("it is read");
        stream.write_all(&said).await.expect("it is sent");
    })
    .await;
    let outcome =
        ask(&probes(), at(server.port(), Some("a\\x00\\t\\\\\\r\\n"), Some("a\\x00\\t\\\\\\r\\n")))
            .await;
    assert_eq!(outcome.reason, "");
}

#[tokio::test]
async fn another_answer_than_the_expected_is_down() {
    let server = listen(|mut stream| async move {
        stream.write_all(b"500 no\r\n").await.expect("it is sent");
    })
    .await;
    let outcome = ask(&probes(), at(server.port(), None, Some("220"))).await;
    let said = "HOST sent \"500 no\" and closed the connection instead of \"220\"";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_host_that_closes_at_once_is_down() {
    let server = listen(|stream| async move { drop(stream) }).await;
    let outcome = ask(&probes(), at(server.port(), None, Some("220"))).await;
    let said = "HOST closed the connection and sent nothing instead of \"220\"";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_silent_host_is_down_at_the_timeout() {
    let server = listen(be_silent).await;
    let outcome = probes().probe(&at(server.port(), None, Some("220")), SHORT, super::NOW).await;
    assert_eq!(reason(&outcome, server), "HOST sent nothing within 2 s instead of \"220\"");
}

#[tokio::test]
async fn a_host_that_says_something_else_and_stays_is_down_at_the_timeout() {
    let server = listen(|mut stream| async move {
        stream.write_all(b"hello").await.expect("it is sent");
        be_silent(stream).await;
    })
    .await;
    let outcome = probes().probe(&at(server.port(), None, Some("220")), SHORT, super::NOW).await;
    assert_eq!(reason(&outcome, server), "HOST sent \"hello\" within 2 s instead of \"220\"");
}

#[tokio::test]
async fn a_host_that_never_stops_is_not_read_for_ever() {
    let server =
        listen(|mut stream| async move { while stream.write_all(&[b'x'; 999]).await.is_ok() {} })
            .await;
    let outcome = ask(&probes(), at(server.port(), None, Some("220"))).await;
    let said = format!(
        "\"220\" does not come in the first 65,536 bytes from HOST, which begin with \"{}…\"",
        "x".repeat(80)
    );
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn escapes_that_are_none_are_said() {
    let outcome = ask(&probes(), at(1, Some("a\\q"), None)).await;
    let said = r"'\q' is no escape: there are \r, \n, \t, \\ and \xHH (two hexadecimal digits)";
    assert_eq!(outcome.reason, said);
}

#[tokio::test]
async fn names_that_lead_nowhere_are_down() {
    let outcome = ask(&probes(), tcp("nothing.invalid", 80, None, None)).await;
    assert_eq!(outcome.reason, "the name nothing.invalid does not exist");
    let outcome = ask(&probes(), tcp("no name", 80, None, None)).await;
    assert!(!outcome.up);
}

#[tokio::test]
async fn localhost_is_found_over_either_family() {
    let v4 = listen(be_silent).await;
    let mut probe = tcp("localhost", v4.port(), None, None);
    assert_eq!(ask(&probes(), probe.clone()).await.reason, "");
    if let Probe::Tcp { family, .. } = &mut probe {
        *family = Family::V4;
    }
    assert_eq!(ask(&probes(), probe).await.reason, "");
    let v6 = listen_at("[::1]:0", be_silent).await;
    let host = "localhost".to_owned();
    let probe = Probe::Tcp { host, port: v6.port(), send: None, expect: None, family: Family::V6 };
    assert_eq!(ask(&probes(), probe).await.reason, "");
    let probe = tcp("::1", v6.port(), None, None);
    assert_eq!(ask(&probes(), probe).await.reason, "");
}

#[tokio::test]
async fn an_address_of_the_other_family_is_down() {
    let host = "127.0.0.1".to_owned();
    let probe = Probe::Tcp { host, port: 80, send: None, expect: None, family: Family::V6 };
    assert_eq!(ask(&probes(), probe).await.reason, "127.0.0.1 is no IPv6 address");
    let host = "::1".to_owned();
    let probe = Probe::Tcp { host, port: 80, send: None, expect: None, family: Family::V4 };
    assert_eq!(ask(&probes(), probe).await.reason, "::1 is no IPv4 address");
}

#[tokio::test]
async fn private_addresses_are_not_probed_where_that_is_forbidden() {
    let mut probes = careful_probes();
    let server = listen(be_silent).await;
    assert_eq!(ask(&probes, at(server.port(), None, None)).await.reason, "");
    let outcome = ask(&probes, tcp("127.0.0.2", server.port(), None, None)).await;
    assert_eq!(outcome.reason, "127.0.0.2 is a private address, and those may not be probed");
    probes.spared.clear();
    let outcome = ask(&probes, tcp("localhost", server.port(), None, None)).await;
    let said = "localhost leads to the private address";
    assert!(outcome.reason.starts_with(said), "{}", outcome.reason);
}
