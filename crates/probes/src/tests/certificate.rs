//! TLS probes: the chain and its end.

use model::Moment;
use model::watch::Probe;

use super::https::Trusted;
use super::servers::{acceptor, be_silent, certificate, listen_tls};
use super::{ask, reason};

fn tls(port: u16, server_name: Option<&str>) -> Probe {
    let server_name = server_name.map(str::to_owned);
    Probe::Tls { host: "127.0.0.1".to_owned(), port, server_name }
}

#[tokio::test]
async fn a_trusted_chain_is_up_and_its_end_is_told() {
    let trusted = Trusted::new();
    let mut params = certificate(&["shop.test"]);
    params.not_after = rcgen::date_time_ymd(2090, 6, 1);
    let acceptor = acceptor(&trusted.authority.sign(&params), &[], None);
    let server = listen_tls(acceptor, be_silent).await;
    let outcome = ask(&trusted.probes(), tls(server.port(), Some("shop.test"))).await;
    assert_eq!(outcome.reason, "");
    let ends: Moment = "2090-06-01T00:00:00Z".parse().expect("a moment");
    assert_eq!(outcome.certificate_ends, Some(ends));
    let outcome = ask(&trusted.probes(), tls(server.port(), None)).await;
    assert_eq!(reason(&outcome, server), "the certificate of HOST is for shop.test");
    assert_eq!(outcome.certificate_ends, Some(ends));
}

#[tokio::test]
async fn a_name_that_is_none_is_said() {
    let trusted = Trusted::new();
    let acceptor = acceptor(&trusted.authority.sign(&certificate(&["a.test"])), &[], None);
    let server = listen_tls(acceptor, be_silent).await;
    let outcome = ask(&trusted.probes(), tls(server.port(), Some("a b"))).await;
    assert_eq!(outcome.reason, "'a b' is no name for a certificate");
}
