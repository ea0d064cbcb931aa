//! HTTPS: HTTP/2, certificates that are right and wrong, and our own.

use std::path::PathBuf;

use model::Moment;
use model::watch::{BodyRule, HttpProbe, Outcome, Probe};
use rcgen::CertificateParams;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::servers::{
    Authority, acceptor, answer_page, be_silent, certificate, listen, listen_tls, mirror_http2,
    redirect, web,
};
use super::{NOW, SHORT, ask, reason};
use crate::{Probes, Settings};

/// An authority that the probes trust.
pub(super) struct Trusted {
    pub(super) authority: Authority,
    folder: TempDir,
}

impl Trusted {
    pub(super) fn new() -> Trusted {
        let trusted =
            Trusted { authority: Authority::new(), folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(trusted.roots(), trusted.authority.pem()).expect("it is written");
        trusted
    }

    fn roots(&self) -> PathBuf {
        self.folder.path().join("roots.pem")
    }

    pub(super) fn probes(&self) -> Probes {
        let settings = Settings { roots: Some(self.roots()), ..Settings::default() };
        Probes::new(settings).expect("probes are possible")
    }

    async fn look(&self, probe: HttpProbe) -> Outcome {
        ask(&self.probes(), Probe::Http(Box::new(probe))).await
    }

    /// What comes of a server with such a certificate, and whether it may be untrusted.
    async fn shown(&self, params: &CertificateParams, insecure: bool) -> (String, Option<Moment>) {
        let acceptor = acceptor(&self.authority.sign(params), &[], None);
        let server = listen_tls(acceptor, |stream| answer_page(stream, "")).await;
        let url = format!("https://{server}/");
        let outcome = self.look(HttpProbe { insecure, ..HttpProbe::get(url) }).await;
        (reason(&outcome, server), outcome.certificate_ends)
    }
}

fn moment(text: &str) -> Moment {
    text.parse().expect("a moment")
}

#[tokio::test]
async fn a_page_over_tls_is_up_and_its_certificate_is_told() {
    let (said, ends) = Trusted::new().shown(&certificate(&["127.0.0.1"]), false).await;
    assert_eq!(said, "");
    assert_eq!(ends, Some(moment("2099-01-01T00:00:00Z")));
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_takes_it() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let server = listen_tls(acceptor(&signed, &[b"h2", b"http/1.1"], None), mirror_http2).await;
    let mut probe = HttpProbe::get(format!("https://{server}/a?b"));
    probe.headers.insert("X-Thing".to_owned(), "some".to_owned());
    probe.rules = vec![
        BodyRule::Keyword(format!("GET https://{server}/a?b HTTP/2.0")),
        BodyRule::Keyword("\"x-thing\": \"some\"".to_owned()),
    ];
    assert_eq!(trusted.look(probe.clone()).await.reason, "");
    probe.headers.insert("Host".to_owned(), "shop.test".to_owned());
    probe.rules = vec![BodyRule::Keyword("GET https://shop.test/a?b HTTP/2.0".to_owned())];
    assert_eq!(trusted.look(probe).await.reason, "");
}

#[tokio::test]
async fn a_host_that_takes_http_2_and_says_nothing_is_down_at_the_timeout() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let server = listen_tls(acceptor(&signed, &[b"h2"], None), be_silent).await;
    let probe = Probe::Http(Box::new(HttpProbe::get(format!("https://{server}/"))));
    let outcome = trusted.probes().probe(&probe, SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send an answer within 2 s");
}

#[tokio::test]
async fn an_expired_certificate_is_down_and_told() {
    let trusted = Trusted::new();
    let mut params = certificate(&["127.0.0.1"]);
    params.not_after = rcgen::date_time_ymd(2024, 2, 29);
    let ended = Some(moment("2024-02-29T00:00:00Z"));
    let (said, ends) = trusted.shown(&params, false).await;
    assert_eq!(said, "the certificate of HOST ended at 2024-02-29T00:00:00Z");
    assert_eq!(ends, ended);
    let (said, ends) = trusted.shown(&params, true).await;
    assert_eq!(said, "");
    assert_eq!(ends, ended);
}

#[tokio::test]
async fn a_certificate_that_has_not_begun_is_down() {
    let mut params = certificate(&["127.0.0.1"]);
    params.not_before = rcgen::date_time_ymd(2098, 1, 1);
    let (said, _) = Trusted::new().shown(&params, false).await;
    assert_eq!(said, "the certificate of HOST begins only at 2098-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_down() {
    let trusted = Trusted::new();
    let names = ["shop.test", "192.0.2.1", "2001:db8::1", "d.test", "e.test"];
    let (said, ends) = trusted.shown(&certificate(&names), false).await;
    let expected = "the certificate of HOST is for shop.test, 192.0.2.1, 2001:db8::1 and 2 more";
    assert_eq!(said, expected);
    assert_eq!(ends, Some(moment("2099-01-01T00:00:00Z")));
    let (said, _) = trusted.shown(&certificate(&[]), false).await;
    assert_eq!(said, "the certificate of HOST is for no name");
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_is_not_trusted_is_down() {
    let trusted = Trusted::new();
    let signed = Authority::named("Another authority").sign(&certificate(&["127.0.0.1"]));
    let server = listen_tls(acceptor(&signed, &[], None), |stream| answer_page(stream, "")).await;
    let mut probe = HttpProbe::get(format!("https://{server}/"));
    let outcome = trusted.look(probe.clone()).await;
    let said = "the certificate of HOST is of an authority that is not trusted";
    assert_eq!(reason(&outcome, server), said);
    assert_eq!(outcome.certificate_ends, Some(moment("2099-01-01T00:00:00Z")));
    probe.insecure = true;
    assert_eq!(trusted.look(probe).await.reason, "");
}

#[tokio::test]
async fn a_certificate_signed_by_itself_is_down() {
    let trusted = Trusted::new();
    let key = rcgen::KeyPair::generate().expect("a key");
    let own = certificate(&["127.0.0.1"]).self_signed(&key).expect("it signs itself");
    let signed = (own.pem(), key.serialize_pem());
    let server = listen_tls(acceptor(&signed, &[], None), |stream| answer_page(stream, "")).await;
    let outcome = trusted.look(HttpProbe::get(format!("https://{server}/"))).await;
    let said = "the certificate of HOST is signed by itself alone";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_host_that_does_not_speak_tls_is_down() {
    let trusted = Trusted::new();
    let server = listen(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        be_silent(stream).await;
    })
    .await;
    let outcome = trusted.look(HttpProbe::get(format!("https://{server}/"))).await;
    assert_eq!(reason(&outcome, server), "HOST does not speak TLS");
    let server = listen(|stream| async move { drop(stream) }).await;
    let outcome = trusted.look(HttpProbe::get(format!("https://{server}/"))).await;
    let said = reason(&outcome, server);
    assert!(said.ends_with("the connection during the TLS handshake"), "{said}");
}

#[tokio::test]
async fn a_host_that_says_nothing_to_tls_is_down_at_the_timeout() {
    let server = listen(be_silent).await;
    let probe = Probe::Http(Box::new(HttpProbe::get(format!("https://{server}/"))));
    let outcome = Trusted::new().probes().probe(&probe, SHORT, NOW).await;
    let said = "the TLS handshake with HOST was not finished within 2 s";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_client_certificate_opens_a_door_that_is_shut_without() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let acceptor = acceptor(&signed, &[], Some(&trusted.authority));
    let server = listen_tls(acceptor, |stream| answer_page(stream, "inside")).await;
    let mut probe = HttpProbe::get(format!("https://{server}/"));
    probe.rules = vec![BodyRule::Keyword("inside".to_owned())];
    let outcome = trusted.look(probe.clone()).await;
    assert_eq!(reason(&outcome, server), "HOST refused the TLS handshake: CertificateRequired");

    let (own, key) = trusted.authority.sign(&certificate(&["client.test"]));
    let path = trusted.folder.path().join("client.pem");
    std::fs::write(&path, format!("{own}{key}")).expect("it is written");
    probe.client_certificate = Some(path.to_string_lossy().into_owned());
    assert_eq!(trusted.look(probe.clone()).await.reason, "");

    // To another origin it is not shown.
    let way = web(move |_| redirect(302, &format!("https://{server}/"))).await;
    let from = HttpProbe { url: format!("http://{way}/"), ..probe.clone() };
    let outcome = trusted.look(from).await;
    assert_eq!(reason(&outcome, server), "HOST refused the TLS handshake: CertificateRequired");

    std::fs::write(&path, own).expect("it is written");
    let path = path.to_string_lossy();
    let said =
        format!("the client certificate in '{path}' can't be used: it has no private key in PEM");
    assert_eq!(trusted.look(probe.clone()).await.reason, said);
    probe.client_certificate = Some("/nowhere.pem".to_owned());
    let said = trusted.look(probe).await.reason;
    assert!(said.starts_with("the client certificate in '/nowhere.pem' can't be used: "), "{said}");
}
