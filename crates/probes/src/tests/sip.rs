//! SIP probes against a server of one datagram.

use std::net::SocketAddr;

use model::watch::Probe;
use tokio::net::UdpSocket;

use super::{NOW, SHORT, ask, careful_probes, probes, reason};

fn sip(server: SocketAddr) -> Probe {
    Probe::Sip { host: server.ip().to_string(), port: server.port() }
}

/// Answers the `nth` copy of a question by these status lines.
async fn server(nth: usize, says: &'static [&'static str]) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("it has an address");
    tokio::spawn(async move {
        let mut packet = [0; 4096];
        for copy in 1.. {
            let Ok((length, from)) = socket.recv_from(&mut packet).await else { return };
            let question = String::from_utf8_lossy(&packet[..length]).into_owned();
            assert!(
                question.starts_with(&format!("OPTIONS sip:{address} SIP/2.0\r\n")),
                "{question}"
            );
            assert!(
                question.contains(&format!("Via: SIP/2.0/UDP {from};branch=z9hG4bK")),
                "{question}"
            );
            if copy < nth {
                continue;
            }
            let headers: Vec<&str> = question
                .lines()
                .filter(|line| {
                    ["Via", "From", "To", "Call-ID", "CSeq"]
                        .contains(&line.split(':').next().unwrap_or_default())
                })
                .collect();
            for status in says {
                let answer =
                    format!("{status}\r\n{}\r\nContent-Length: 0\r\n\r\n", headers.join("\r\n"));
                socket.send_to(answer.as_bytes(), from).await.expect("it is sent");
            }
        }
    });
    address
}

#[tokio::test]
async fn whoever_answers_options_is_up() {
    for says in [
        &["SIP/2.0 200 OK"][..],
        &["SIP/2.0 401 Unauthorized"],
        &["SIP/2.0 100 Trying", "nonsense", "SIP/2.0 405 Method Not Allowed"],
    ] {
        let outcome = ask(&probes(), sip(server(1, says).await)).await;
        assert_eq!(outcome.reason, "", "{says:?}");
    }
}

#[tokio::test]
async fn a_question_that_is_lost_is_asked_again() {
    let outcome = ask(&probes(), sip(server(2, &["SIP/2.0 200 OK"]).await)).await;
    assert_eq!(outcome.reason, "");
}

#[tokio::test]
async fn a_server_that_is_not_available_is_down() {
    let server = server(1, &["SIP/2.0 503 Service Unavailable"]).await;
    let outcome = ask(&probes(), sip(server)).await;
    let said = "HOST answered OPTIONS with \"503 Service Unavailable\"";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_down_at_the_timeout() {
    let server = server(1, &["SIP/2.0 100 Trying"]).await;
    let outcome = probes().probe(&sip(server), SHORT, NOW).await;
    let said = "HOST did not send an answer to OPTIONS within 2 s";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn answers_to_others_do_not_count() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let server = socket.local_addr().expect("it has an address");
    tokio::spawn(async move {
        let mut packet = [0; 4096];
        while let Ok((_, from)) = socket.recv_from(&mut packet).await {
            let answer = b"SIP/2.0 200 OK\r\nCall-ID: another\r\nCSeq: 1 OPTIONS\r\n\r\n";
            socket.send_to(answer, from).await.expect("it is sent");
        }
    });
    let outcome = probes().probe(&sip(server), SHORT, NOW).await;
    let said = "HOST did not send an answer to OPTIONS within 2 s";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_down() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let server = socket.local_addr().expect("it has an address");
    drop(socket);
    let outcome = ask(&probes(), sip(server)).await;
    assert_eq!(reason(&outcome, server), "nobody listens at HOST (UDP)");
    let outcome = ask(&careful_probes(), sip("127.0.0.2:5060".parse().expect("an address"))).await;
    assert_eq!(outcome.reason, "127.0.0.2 is a private address, and those may not be probed");
}
