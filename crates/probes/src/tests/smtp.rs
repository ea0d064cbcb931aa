//! SMTP probes against mail servers that say what a script says.

use std::net::SocketAddr;

use model::watch::{Probe, SmtpTls};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::https::Trusted;
use super::servers::{acceptor, be_silent, certificate, listen, listen_tls};
use super::{NOW, SHORT, ask, probes, reason};

fn smtp(server: SocketAddr, tls: SmtpTls) -> Probe {
    Probe::Smtp { host: server.ip().to_string(), port: server.port(), tls }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, words: &str) {
    let _ = stream.write_all(words.as_bytes()).await;
    let _ = stream.flush().await;
}

async fn line<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut line = String::new();
    while !line.ends_with("\r\n") {
        match stream.read_u8().await {
            Ok(byte) => line.push(char::from(byte)),
            Err(_) => break,
        }
    }
    line
}

/// Greets, and answers EHLO.
async fn mail<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    greeting: &'static str,
    answer: &'static str,
) {
    say(&mut stream, greeting).await;
    if line(&mut stream).await == "EHLO [127.0.0.1]\r\n" {
        say(&mut stream, answer).await;
        be_silent(stream).await;
    }
}

#[tokio::test]
async fn a_mail_server_that_greets_is_up() {
    let greeting = "220-mail.test\r\n220 ready\r\n";
    let server = listen(|stream| mail(stream, greeting, "250-mail.test\r\n250 HELP\r\n")).await;
    assert_eq!(ask(&probes(), smtp(server, SmtpTls::None)).await.reason, "");
}

#[tokio::test]
async fn a_mail_server_that_refuses_is_down() {
    for (greeting, answer, said) in [
        ("554 go away\r\n", "", "HOST greeted with \"554 go away\" instead of 220"),
        ("hello\r\n", "", "HOST greeted with \"hello\", which is not SMTP"),
        ("220 \r\n", "502 what\r\n", "HOST answered EHLO with \"502 what\" instead of 250"),
    ] {
        let server = listen(move |stream| mail(stream, greeting, answer)).await;
        let outcome = ask(&probes(), smtp(server, SmtpTls::None)).await;
        assert_eq!(reason(&outcome, server), said);
    }
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_down_at_the_timeout() {
    let server = listen(be_silent).await;
    let outcome = probes().probe(&smtp(server, SmtpTls::None), SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send a greeting within 2 s");
    let server = listen(|stream| mail(stream, "220 ready\r\n", "250-more\r\n")).await;
    let outcome = probes().probe(&smtp(server, SmtpTls::None), SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send an answer to EHLO within 2 s");
}

#[tokio::test]
async fn a_mail_server_that_never_stops_is_down() {
    let server =
        listen(|mut stream| async move { while stream.write_all(&[b'x'; 999]).await.is_ok() {} })
            .await;
    let said = reason(&ask(&probes(), smtp(server, SmtpTls::None)).await, server);
    let expected = format!("HOST sent \"{}…\" without end instead of a greeting", "x".repeat(80));
    assert_eq!(said, expected);
    let server =
        listen(
            |mut stream| async move { while stream.write_all(b"220-more\r\n").await.is_ok() {} },
        )
        .await;
    let said = reason(&ask(&probes(), smtp(server, SmtpTls::None)).await, server);
    assert_eq!(said, "HOST greeted with more than 128 lines");
}

#[tokio::test]
async fn mail_over_tls_is_judged_with_its_certificate() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let acceptor = acceptor(&signed, &[], None);
    let server = listen_tls(acceptor, |stream| mail(stream, "220 ready\r\n", "250 HELP\r\n")).await;
    let outcome = ask(&trusted.probes(), smtp(server, SmtpTls::Implicit)).await;
    assert_eq!(outcome.reason, "");
    assert!(outcome.certificate_ends.is_some());
}

/// A server that offers STARTTLS, with what comes right behind its consent.
async fn upgrading(trusted: &Trusted, behind: &'static str) -> SocketAddr {
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let acceptor = acceptor(&signed, &[], None);
    listen(move |mut stream| {
        let acceptor = acceptor.clone();
        async move {
            say(&mut stream, "220 ready\r\n").await;
            line(&mut stream).await;
            say(&mut stream, "250-mail.test\r\n250 starttls\r\n").await;
            line(&mut stream).await;
            say(&mut stream, &format!("220 go\r\n{behind}")).await;
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            line(&mut stream).await;
            say(&mut stream, "250 mail.test\r\n").await;
            be_silent(stream).await;
        }
    })
    .await
}

#[tokio::test]
async fn starttls_is_taken_where_it_is_wanted() {
    let trusted = Trusted::new();
    let server = upgrading(&trusted, "").await;
    let outcome = ask(&trusted.probes(), smtp(server, SmtpTls::Starttls)).await;
    assert_eq!(outcome.reason, "");
    assert!(outcome.certificate_ends.is_some());
    let outcome = ask(&probes(), smtp(server, SmtpTls::Starttls)).await;
    let said = "the certificate of HOST is of an authority that is not trusted";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn starttls_that_is_missing_or_tampered_with_is_down() {
    let server = listen(|stream| mail(stream, "220 ready\r\n", "250 HELP\r\n")).await;
    let outcome = ask(&probes(), smtp(server, SmtpTls::Starttls)).await;
    assert_eq!(reason(&outcome, server), "HOST does not offer STARTTLS");
    let trusted = Trusted::new();
    let server = upgrading(&trusted, "250 injected\r\n").await;
    let outcome = ask(&trusted.probes(), smtp(server, SmtpTls::Starttls)).await;
    assert_eq!(reason(&outcome, server), "HOST went on in plain text after STARTTLS");
}
