//! A probe whose time is over leaves nothing behind: the host sees its connection end.

use std::sync::Arc;

use model::watch::{HttpProbe, Probe, SmtpTls};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::https::Trusted;
use super::servers::{acceptor, be_silent, certificate, listen, listen_tls};
use super::{AMPLE, NOW, SHORT, probes};
use crate::Probes;

/// Says nothing, and tells when the other side is gone.
async fn watch_leaving<S: AsyncRead + Unpin>(stream: S, gone: mpsc::Sender<()>) {
    be_silent(stream).await;
    let _ = gone.send(()).await;
}

async fn is_left(probes: &Probes, probe: Probe, mut gone: mpsc::Receiver<()>) {
    let outcome = probes.probe(&probe, SHORT, NOW).await;
    assert!(outcome.reason.ends_with("within 2 s"), "{}", outcome.reason);
    timeout(AMPLE, gone.recv()).await.expect("the connection ends").expect("it is told");
}

#[tokio::test]
async fn a_silent_host_sees_the_end() {
    let (told, gone) = mpsc::channel(1);
    let server = listen(move |stream| watch_leaving(stream, told.clone())).await;
    let http = HttpProbe::get(format!("http://{server}/"));
    is_left(&probes(), Probe::Http(Box::new(http)), gone).await;

    let (told, gone) = mpsc::channel(1);
    let server = listen(move |stream| watch_leaving(stream, told.clone())).await;
    let (host, port) = (server.ip().to_string(), server.port());
    is_left(&probes(), Probe::Smtp { host, port, tls: SmtpTls::None }, gone).await;
}

#[tokio::test]
async fn a_silent_host_behind_tls_sees_the_end_over_either_version_of_http() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    for protocol in [&b"h2"[..], b"http/1.1"] {
        let (told, gone) = mpsc::channel(1);
        let acceptor: TlsAcceptor = acceptor(&signed, &[protocol], None);
        let server = listen_tls(acceptor, move |stream| watch_leaving(stream, told.clone())).await;
        let http = HttpProbe::get(format!("https://{server}/"));
        is_left(&trusted.probes(), Probe::Http(Box::new(http)), gone).await;
    }
}

#[tokio::test]
async fn many_probes_at_once_are_answered_each() {
    let server = super::servers::web(|_| super::servers::page("Cart")).await;
    let probes = Arc::new(probes());
    let mut outcomes = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let probes = Arc::clone(&probes);
        let http = Probe::Http(Box::new(HttpProbe::get(format!("http://{server}/"))));
        outcomes.spawn(async move { probes.probe(&http, AMPLE, NOW).await });
    }
    while let Some(outcome) = outcomes.join_next().await {
        assert_eq!(outcome.expect("it doesn't panic").reason, "");
    }
}
