//! PostgreSQL probes against the server's side of its protocol, written here from its documentation.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use model::watch::Probe;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::https::Trusted;
use super::servers::{acceptor, be_silent, certificate, listen};
use super::{NOW, SHORT, ask, probes, reason};

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
const PASSWORD: &str = "hunter2";

/// How a server lets in.
#[derive(Clone, Copy)]
enum Door {
    Open,
    Password,
    Md5,
    Scram { rounds: u32 },
    Kerberos,
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("it is short");
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

fn request(kind: u32, body: &[u8]) -> Vec<u8> {
    message(b'R', &[&kind.to_be_bytes()[..], body].concat())
}

fn refusal(code: &str, text: &str) -> Vec<u8> {
    message(b'E', format!("SFATAL\0C{code}\0M{text}\0\0").as_bytes())
}

/// The body of a message, and before it its kind where it has one.
async fn hear<S: AsyncRead + Unpin>(stream: &mut S, has_kind: bool) -> Option<(u8, Vec<u8>)> {
    let kind = if has_kind { stream.read_u8().await.ok()? } else { 0 };
    let length = stream.read_u32().await.ok()? as usize;
    let mut body = vec![0; length.checked_sub(4)?];
    stream.read_exact(&mut body).await.ok()?;
    Some((kind, body))
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
}

/// A session from its start-up message on.
async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    door: Door,
    one: &str,
) -> Option<()> {
    let (_, start) = hear(&mut stream, false).await?;
    let start = String::from_utf8_lossy(&start).into_owned();
    if !start.contains("user\0ada\0") || !start.contains("database\0shop\0") {
        say(&mut stream, &refusal("3D000", "no such database")).await;
        return None;
    }
    if !lets_in(&mut stream, door).await? {
        say(&mut stream, &refusal("28P01", "password authentication failed for user \"ada\""))
            .await;
        return None;
    }
    say(&mut stream, &request(0, &[])).await;
    say(&mut stream, &message(b'N', b"SNOTICE\0Mwelcome\0\0")).await;
    say(&mut stream, &message(b'S', b"server_version\x0017\0")).await;
    say(&mut stream, &message(b'Z', b"I")).await;
    let (kind, query) = hear(&mut stream, true).await?;
    assert_eq!((kind, query.as_slice()), (b'Q', &b"SELECT 1\0"[..]));
    let row =
        [&[0, 1][..], &u32::try_from(one.len()).expect("short").to_be_bytes(), one.as_bytes()]
            .concat();
    say(&mut stream, &message(b'D', &row)).await;
    say(&mut stream, &message(b'C', b"SELECT 1\0")).await;
    say(&mut stream, &message(b'Z', b"I")).await;
    hear(&mut stream, true).await;
    Some(())
}

async fn lets_in<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, door: Door) -> Option<bool> {
    match door {
        Door::Open => Some(true),
        Door::Kerberos => {
            say(stream, &request(7, &[])).await;
            hear(stream, true).await;
            Some(false)
        }
        Door::Password => {
            say(stream, &request(3, &[])).await;
            let (_, password) = hear(stream, true).await?;
            Some(password == format!("{PASSWORD}\0").as_bytes())
        }
        Door::Md5 => {
            say(stream, &request(5, &[1, 2, 3, 4])).await;
            let (_, hash) = hear(stream, true).await?;
            // md5(md5("hunter2ada") in hexadecimal, then the salt), by md5sum.
            Some(hash == b"md5ae8598a61806c9969235c4ea0fee3468\0")
        }
        Door::Scram { rounds } => scram(stream, rounds).await,
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length does");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|place| a[place] ^ b[place])
}

/// The server's side of RFC 5802 §3.
async fn scram<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, rounds: u32) -> Option<bool> {
    say(stream, &request(10, b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")).await;
    let (_, first) = hear(stream, true).await?;
    let first = String::from_utf8(first).ok()?;
    let bare = first.split_once("n,,")?.1.to_owned();
    let nonce = format!("{}server", bare.split_once("r=")?.1);
    let salt = BASE64_STANDARD.encode("salt");
    let challenge = format!("r={nonce},s={salt},i={rounds}");
    say(stream, &request(11, challenge.as_bytes())).await;
    let (_, last) = hear(stream, true).await?;
    let last = String::from_utf8(last).ok()?;
    let (without, proof) = last.split_once(",p=")?;

    let mut block = mac(PASSWORD.as_bytes(), b"salt\0\0\0\x01");
    let mut salted = block;
    for _ in 1..rounds {
        block = mac(PASSWORD.as_bytes(), &block);
        salted = xor(salted, block);
    }
    let client_key = mac(&salted, b"Client Key");
    let stored: [u8; 32] = Sha256::digest(client_key).into();
    let all = format!("{bare},{challenge},{without}");
    let expected = xor(client_key, mac(&stored, all.as_bytes()));
    if BASE64_STANDARD.decode(proof).ok()? != expected {
        return Some(false);
    }
    let signature = mac(&mac(&salted, b"Server Key"), all.as_bytes());
    let signature = format!("v={}", BASE64_STANDARD.encode(signature));
    say(stream, &request(12, signature.as_bytes())).await;
    Some(true)
}

/// Without TLS.
async fn server(door: Door, one: &'static str) -> SocketAddr {
    listen(move |mut stream| async move {
        let mut asked = [0; 8];
        if stream.read_exact(&mut asked).await.is_ok() && asked == SSL_REQUEST {
            say(&mut stream, b"N").await;
            session(stream, door, one).await;
        }
    })
    .await
}

async fn look(server: SocketAddr, password: &str, options: &str) -> String {
    let url = format!("postgres://ada{password}@{server}/shop{options}");
    reason(&ask(&probes(), Probe::Postgres { url }).await, server)
}

#[tokio::test]
async fn a_server_that_lets_in_and_answers_is_up() {
    for door in [Door::Open, Door::Password, Door::Md5, Door::Scram { rounds: 4096 }] {
        assert_eq!(look(server(door, "1").await, ":hunter2", "").await, "");
    }
    assert_eq!(look(server(Door::Open, "1").await, "", "").await, "");
}

#[tokio::test]
async fn a_server_that_does_not_let_in_is_down() {
    let said = "HOST refused: password authentication failed for user \"ada\" (28P01)";
    for door in [Door::Password, Door::Md5, Door::Scram { rounds: 2 }] {
        assert_eq!(look(server(door, "1").await, ":wrong", "").await, said);
    }
    let said = "HOST wants a password, and the address of the check has none";
    assert_eq!(look(server(Door::Md5, "1").await, "", "").await, said);
    let said = "HOST wants a log-in that is not by password";
    assert_eq!(look(server(Door::Kerberos, "1").await, "", "").await, said);
    let said = "HOST wants more than 200000 rounds of SCRAM";
    assert_eq!(look(server(Door::Scram { rounds: 4_000_000 }, "1").await, ":x", "").await, said);
    let server = server(Door::Open, "1").await;
    let url = format!("postgres://ada@{server}/other");
    let outcome = ask(&probes(), Probe::Postgres { url }).await;
    assert_eq!(reason(&outcome, server), "HOST refused: no such database (3D000)");
}

#[tokio::test]
async fn a_server_that_answers_wrongly_is_down() {
    let said = "HOST answered SELECT 1 with something else than 1";
    assert_eq!(look(server(Door::Open, "2").await, "", "").await, said);
    let saying = async |words: &'static [u8]| {
        listen(move |mut stream| async move {
            say(&mut stream, words).await;
            be_silent(stream).await;
        })
        .await
    };
    let said = "HOST sent \"SSH-2.0-x\", which is not PostgreSQL";
    assert_eq!(look(saying(b"SSH-2.0-x\r\n").await, "", "").await, said);
    let said = "what HOST sent is not PostgreSQL";
    let options = "?sslmode=disable";
    assert_eq!(look(saying(b"SSH-2.0-x\r\n").await, "", options).await, said);
    assert_eq!(look(saying(b"R\x7f\xff\xff\xff").await, "", options).await, said);
    assert_eq!(look(saying(b"R\0\0\0\x02").await, "", options).await, said);
    let said = "HOST said something out of turn in its log-in";
    assert_eq!(look(saying(&[b'Z', 0, 0, 0, 5, b'I']).await, "", options).await, said);
    assert_eq!(look(saying(&[b'R', 0, 0, 0, 8, 0, 0, 0, 11]).await, "", options).await, said);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_down_at_the_timeout() {
    let silent = listen(be_silent).await;
    let probe = |options| Probe::Postgres { url: format!("postgres://ada@{silent}/shop{options}") };
    let outcome = probes().probe(&probe(""), SHORT, NOW).await;
    assert_eq!(reason(&outcome, silent), "HOST did not send an answer about TLS within 2 s");
    let outcome = probes().probe(&probe("?sslmode=disable"), SHORT, NOW).await;
    assert_eq!(reason(&outcome, silent), "HOST did not send a request to log in within 2 s");
}

#[tokio::test]
async fn tls_is_taken_where_it_is_offered_and_judged_where_that_is_asked_for() {
    let trusted = Trusted::new();
    let signed = trusted.authority.sign(&certificate(&["127.0.0.1"]));
    let acceptor = acceptor(&signed, &[], None);
    let server = listen(move |mut stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut asked = [0; 8];
            let _ = stream.read_exact(&mut asked).await;
            say(&mut stream, b"S").await;
            if let Ok(stream) = acceptor.accept(stream).await {
                session(stream, Door::Password, "1").await;
            }
        }
    })
    .await;
    let url = |mode| format!("postgresql://ada:hunter2@{server}/shop?sslmode={mode}");
    let outcome = ask(&probes(), Probe::Postgres { url: url("prefer") }).await;
    assert_eq!(outcome.reason, "");
    assert!(outcome.certificate_ends.is_some());
    let outcome = ask(&probes(), Probe::Postgres { url: url("verify-full") }).await;
    let said = "the certificate of HOST is of an authority that is not trusted";
    assert_eq!(reason(&outcome, server), said);
    let outcome = ask(&trusted.probes(), Probe::Postgres { url: url("verify-full") }).await;
    assert_eq!(outcome.reason, "");
    let outcome = ask(&probes(), Probe::Postgres { url: url("maybe") }).await;
    assert_eq!(outcome.reason, "\"maybe\" is no sslmode");
}

#[tokio::test]
async fn tls_that_is_insisted_on_and_missing_is_down() {
    let said = "HOST has no TLS, which sslmode asks for";
    assert_eq!(look(server(Door::Open, "1").await, "", "?sslmode=require").await, said);
}
