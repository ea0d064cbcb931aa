//! HTTP/1.1 without TLS: what is asked, what is right, what is followed, and hosts that behave badly.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::watch::{Auth, BodyRule, Comparison, Family, HttpProbe, Probe};
use tokio::io::AsyncWriteExt;

use super::servers::{be_silent, listen, listen_at, page, redirect, request, web};
use super::{NOW, SHORT, ask, careful_probes, get, look, probes, reason};
use crate::{Probes, Settings};

fn json(path: &str, is: Comparison, value: &str) -> BodyRule {
    BodyRule::Json { path: path.to_owned(), is, value: value.to_owned() }
}

fn with(server: SocketAddr, rule: BodyRule) -> HttpProbe {
    HttpProbe { rules: vec![rule], ..get(server, "/") }
}

/// Small bodies only.
fn thrifty_probes() -> Probes {
    let settings = Settings { most_body: 1024, ..Settings::default() };
    Probes::new(settings).expect("probes are possible")
}

async fn head_then(server_says: &'static str, piece: &'static [u8]) -> SocketAddr {
    listen(move |mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(server_says.as_bytes()).await;
        while !piece.is_empty() && stream.write_all(piece).await.is_ok() {}
        be_silent(stream).await;
    })
    .await
}

#[tokio::test]
async fn a_page_that_answers_is_up() {
    let server = web(|_| page("Cart")).await;
    let outcome = look(get(server, "/")).await;
    assert_eq!(outcome.reason, "");
    assert_eq!(outcome.certificate_ends, None);
}

#[tokio::test]
async fn the_request_is_what_the_check_says() {
    let server = web(|request| page(&request.replace("\r\n", "|"))).await;
    let mut probe = get(server, "/a/b?c=d#e");
    probe.method = "PUT".to_owned();
    probe.headers.insert("X-Thing".to_owned(), "Olá".to_owned());
    probe.headers.insert("Content-Length".to_owned(), "999".to_owned());
    probe.body = "the body".to_owned();
    let user = "ada".to_owned();
    probe.auth = Auth::Basic { user, password: "hunter2".to_owned() };
    for part in [
        "PUT /a/b?c=d HTTP/1.1|",
        "|x-thing: Olá|",
        "|content-length: 8|",
        "|user-agent: alo|",
        "|accept-encoding: identity|",
        "|authorization: Basic YWRhOmh1bnRlcjI=|",
        "|connection: close|",
        &format!("|host: {server}|"),
        "||the body",
    ] {
        probe.rules.push(BodyRule::Keyword(part.to_owned()));
    }
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn credentials_come_from_the_address_or_as_a_token_too() {
    let server = web(|request| page(&request.replace("\r\n", "|"))).await;
    let mut probe = HttpProbe::get(format!("http://ada:p%40ss@{server}/"));
    probe.rules = vec![BodyRule::Keyword("|authorization: Basic YWRhOnBAc3M=|".to_owned())];
    assert_eq!(look(probe.clone()).await.reason, "");
    probe.auth = Auth::Bearer("abc".to_owned());
    probe.headers.insert("Host".to_owned(), "shop.test".to_owned());
    probe.rules = vec![
        BodyRule::Keyword("|authorization: Bearer abc|".to_owned()),
        BodyRule::Keyword("|host: shop.test|".to_owned()),
    ];
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn another_status_than_the_expected_is_down() {
    let server = web(|_| "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let outcome = look(get(server, "/")).await;
    assert_eq!(outcome.reason, "status 503 (Service Unavailable) instead of 200-299");
    let statuses = ["401", "500-502"].map(|range| range.parse().expect("a range")).to_vec();
    let mut probe = HttpProbe { statuses, ..get(server, "/") };
    let outcome = look(probe.clone()).await;
    assert_eq!(outcome.reason, "status 503 (Service Unavailable) instead of 401, 500-502");
    probe.statuses = vec!["5xx".parse().expect("a range")];
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn rules_judge_the_body() {
    let server = web(|_| page("Your Cart is empty")).await;
    let down = async |rule| look(with(server, rule)).await.reason;
    assert_eq!(down(BodyRule::Keyword("Cart".to_owned())).await, "");
    assert_eq!(
        down(BodyRule::Keyword("Basket".to_owned())).await,
        "the body should contain \"Basket\" and does not"
    );
    assert_eq!(down(BodyRule::NotKeyword("Error".to_owned())).await, "");
    assert_eq!(
        down(BodyRule::NotKeyword("Cart".to_owned())).await,
        "\"Cart\" stands in the body and should not"
    );
    assert_eq!(down(BodyRule::Matches("C.rt\\b".to_owned())).await, "");
    assert_eq!(
        down(BodyRule::Matches("^Cart".to_owned())).await,
        "the body should match \"^Cart\" and does not"
    );
    assert_eq!(
        down(BodyRule::Matches("(".to_owned())).await,
        "the pattern \"(\" can't be used: unclosed group"
    );
    assert_eq!(
        down(json("a", Comparison::Equal, "1")).await,
        "the body is not JSON (line 1, column 1)"
    );
    assert_eq!(
        down(json("a..b", Comparison::Equal, "1")).await,
        "'a..b' is no JSON path (a name is missing): write it as data.items[0].state"
    );
}

#[tokio::test]
async fn values_in_json_compare_as_what_they_are() {
    let server = web(|_| {
        page(r#"{"state":"ok","n":120,"f":1.50,"t":"7","b":true,"z":null,"id":90071992547409931,"l":[1]}"#)
    })
    .await;
    let down = async |path, is, value| look(with(server, json(path, is, value))).await.reason;
    for (path, is, value) in [
        ("state", Comparison::Equal, "ok"),
        ("state", Comparison::NotEqual, "broken"),
        ("n", Comparison::Equal, "120.0"),
        ("n", Comparison::Less, "121"),
        ("n", Comparison::AtMost, "120"),
        ("f", Comparison::Equal, "1.5"),
        ("f", Comparison::Greater, "-1e3"),
        ("t", Comparison::AtLeast, "7"),
        ("b", Comparison::Equal, "true"),
        ("z", Comparison::Equal, "null"),
        ("id", Comparison::NotEqual, "90071992547409930"),
        ("l", Comparison::Equal, "[1]"),
        ("l[0]", Comparison::Equal, "1"),
    ] {
        assert_eq!(down(path, is, value).await, "", "{path} {is:?} {value}");
    }
    let cases = [
        ("state", Comparison::Equal, "fine", "state is \"ok\" instead of \"fine\""),
        ("state", Comparison::NotEqual, "ok", "state is \"ok\", which it should not be"),
        ("n", Comparison::Less, "100", "n is \"120\" and should be less than \"100\""),
        ("n", Comparison::AtLeast, "121", "n is \"120\" and should be at least \"121\""),
        (
            "state",
            Comparison::Greater,
            "1",
            "state is \"ok\", which is no number, and should be greater than \"1\"",
        ),
        ("no.such[1]", Comparison::Equal, "1", "the JSON answer has no no.such[1]"),
    ];
    for (path, is, value, said) in cases {
        assert_eq!(down(path, is, value).await, said);
    }
}

#[tokio::test]
async fn a_body_that_was_compressed_unasked_is_not_judged() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
    let server = web(|_| head.to_owned()).await;
    assert_eq!(look(get(server, "/")).await.reason, "");
    let outcome = look(with(server, BodyRule::Keyword("x".to_owned()))).await;
    let said = "the body is encoded as \"gzip\", which was not asked for and can't be read";
    assert_eq!(outcome.reason, said);
}

#[tokio::test]
async fn a_keyword_is_found_in_a_body_without_end() {
    let head = "HTTP/1.1 200 OK\r\n\r\n<h1>Cart</h1>";
    let server = head_then(head, b"more and more").await;
    assert_eq!(look(with(server, BodyRule::Keyword("Cart".to_owned()))).await.reason, "");
    // Even where it says nothing more.
    let server = head_then(head, b"").await;
    assert_eq!(look(with(server, BodyRule::Keyword("Cart".to_owned()))).await.reason, "");
}

#[tokio::test]
async fn a_body_without_end_is_judged_by_its_beginning() {
    let server = head_then("HTTP/1.1 200 OK\r\n\r\nCart", b"more and more").await;
    let down =
        async |rule| ask(&thrifty_probes(), Probe::Http(Box::new(with(server, rule)))).await.reason;
    assert_eq!(down(BodyRule::NotKeyword("Error".to_owned())).await, "");
    assert_eq!(
        down(BodyRule::Keyword("Error".to_owned())).await,
        "the body's first 1,024 bytes should contain \"Error\" and do not"
    );
    let said = down(json("a", Comparison::Equal, "1")).await;
    assert_eq!(said, "the body's first 1,024 bytes are not JSON (line 1, column 1)");
}

#[tokio::test]
async fn a_body_larger_than_allowed_is_down() {
    let server = head_then("HTTP/1.1 200 OK\r\n\r\n", b"more and more").await;
    let probe = HttpProbe { largest_bytes: Some(5_000), ..get(server, "/") };
    assert_eq!(look(probe).await.reason, "the body is longer than 5,000 bytes");
    // One that says so itself isn't waited for.
    let server = head_then("HTTP/1.1 200 OK\r\nContent-Length: 5001\r\n\r\n", b"").await;
    let mut probe = HttpProbe { largest_bytes: Some(5_000), ..get(server, "/") };
    assert_eq!(look(probe.clone()).await.reason, "the body is longer than 5,000 bytes");
    let server = web(|_| page(&"x".repeat(5000))).await;
    probe.url = format!("http://{server}/");
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn a_slow_answer_is_down() {
    let server = web(|_| page("late")).await;
    let mut probe = HttpProbe { slower_than_ms: Some(0), ..get(server, "/") };
    let said = look(probe.clone()).await.reason;
    assert!(said.starts_with("the answer took "), "{said}");
    assert!(said.ends_with(", and 0 ms at most is right"), "{said}");
    probe.slower_than_ms = Some(30_000);
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn what_the_check_says_must_be_sendable() {
    let server = web(|_| page("")).await;
    let mut probe = get(server, "/");
    probe.headers.insert("a b".to_owned(), "c".to_owned());
    assert_eq!(look(probe.clone()).await.reason, "\"a b\" is no name of a header");
    probe.headers = [("a".to_owned(), "c\nd".to_owned())].into();
    assert_eq!(look(probe.clone()).await.reason, "the value of the header a can't be sent");
    probe.headers.clear();
    probe.method = "G E T".to_owned();
    assert_eq!(look(probe.clone()).await.reason, "\"G E T\" is no method");
    probe.url = "ftp://shop.test/".to_owned();
    let said = "the address must be http:// or https://, not ftp:";
    assert_eq!(look(probe.clone()).await.reason, said);
    probe.url = "shop.test".to_owned();
    let said = "the address can't be read: relative URL without a base";
    assert_eq!(look(probe).await.reason, said);
}

#[tokio::test]
async fn a_page_over_ipv6_is_up() {
    let server = listen_at("[::1]:0", |mut stream| async move {
        let request = request(&mut stream).await;
        let _ = stream.write_all(page(&request).as_bytes()).await;
    })
    .await;
    let mut probe = get(server, "/");
    probe.family = Family::V6;
    probe.rules = vec![BodyRule::Keyword(format!("host: {server}"))];
    assert_eq!(look(probe.clone()).await.reason, "");
    probe.family = Family::V4;
    assert_eq!(look(probe).await.reason, "[::1] is no IPv4 address");
}

#[tokio::test]
async fn redirects_are_followed() {
    let server = web(|request| match request.split(' ').nth(1) {
        Some("/") => redirect(302, "/a"),
        Some("/a") => redirect(308, "b#part"),
        _ => page("there"),
    })
    .await;
    assert_eq!(look(with(server, BodyRule::Keyword("there".to_owned()))).await.reason, "");
}

#[tokio::test]
async fn redirects_that_are_not_wanted_are_judged_themselves() {
    let server = web(|_| redirect(302, "/elsewhere")).await;
    let mut probe = HttpProbe { redirects: 0, ..get(server, "/") };
    assert_eq!(look(probe.clone()).await.reason, "status 302 (Found) instead of 200-299");
    probe.redirects = 5;
    probe.statuses = vec!["302".parse().expect("a range")];
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn redirects_in_a_circle_are_down() {
    let server = web(|request| match request.split(' ').nth(1) {
        Some("/" | "/b") => redirect(302, "/a?token=secret"),
        _ => redirect(302, "/b"),
    })
    .await;
    let outcome = look(get(server, "/")).await;
    let said = "the redirects go in a circle: http://HOST/a → http://HOST/b → http://HOST/a";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn too_many_redirects_are_down() {
    let server = web(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        redirect(302, &format!("{path}x"))
    })
    .await;
    let probe = HttpProbe { redirects: 2, ..get(server, "/") };
    let said = "more than 2 redirects: the last one leads to http://HOST/xxx";
    assert_eq!(reason(&look(probe).await, server), said);
}

#[tokio::test]
async fn redirects_away_from_http_are_down() {
    let server = web(|_| redirect(302, "file:///etc/passwd")).await;
    let said = "http://HOST/ redirects to file:, which is not HTTP";
    assert_eq!(reason(&look(get(server, "/")).await, server), said);
    let server = web(|_| redirect(302, "http://[x/")).await;
    let said = "http://HOST/ redirects to \"http://[x/\", which is no address";
    assert_eq!(reason(&look(get(server, "/")).await, server), said);
    let server = web(|_| "HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let said = "status 302 (Found) instead of 200-299";
    assert_eq!(reason(&look(get(server, "/")).await, server), said);
}

#[tokio::test]
async fn passwords_and_cookies_go_to_the_first_origin_alone() {
    let told = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&told);
    let other = web(move |request| {
        request.clone_into(&mut heard.lock().expect("nobody panics"));
        page("")
    })
    .await;
    let server = web(move |_| redirect(307, &format!("http://{other}/"))).await;
    let mut probe = get(server, "/");
    probe.method = "POST".to_owned();
    probe.body = "the body".to_owned();
    probe.auth = Auth::Bearer("abcdef".to_owned());
    probe.headers.insert("Cookie".to_owned(), "abcdef".to_owned());
    probe.headers.insert("X-Api-Key".to_owned(), "abcdef".to_owned());
    probe.headers.insert("X-Mine".to_owned(), "mine".to_owned());
    assert_eq!(look(probe).await.reason, "");
    let told = told.lock().expect("nobody panics").clone();
    assert!(told.starts_with("POST / HTTP/1.1\r\n"), "{told}");
    assert!(told.ends_with("the body"), "{told}");
    assert!(told.contains("x-mine: mine"), "{told}");
    assert!(!told.contains("abcdef"), "{told}");
    assert!(told.contains(&format!("host: {other}\r\n")), "{told}");
}

#[tokio::test]
async fn a_post_that_is_sent_elsewhere_becomes_a_get() {
    let server = web(|request| match request.split(' ').nth(1) {
        Some("/") => redirect(303, "/done"),
        _ => page(&request.replace("\r\n", "|")),
    })
    .await;
    let mut probe = with(server, BodyRule::Keyword("GET /done HTTP/1.1|".to_owned()));
    probe.rules.push(BodyRule::NotKeyword("the body".to_owned()));
    probe.method = "POST".to_owned();
    probe.body = "the body".to_owned();
    assert_eq!(look(probe).await.reason, "");
}

#[tokio::test]
async fn private_addresses_are_not_probed_behind_redirects_either() {
    let server = web(|_| redirect(302, "http://127.0.0.2/admin")).await;
    let outcome = ask(&careful_probes(), Probe::Http(Box::new(get(server, "/")))).await;
    assert_eq!(outcome.reason, "127.0.0.2 is a private address, and those may not be probed");
}

#[tokio::test]
async fn a_host_that_says_nothing_is_down_at_the_timeout() {
    let server = listen(be_silent).await;
    let probe = Probe::Http(Box::new(get(server, "/")));
    let outcome = probes().probe(&probe, SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send an answer within 2 s");
}

#[tokio::test]
async fn a_body_that_stops_is_down_at_the_timeout() {
    let server = head_then("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1234567", b"").await;
    let probe = Probe::Http(Box::new(with(server, BodyRule::Keyword("x".to_owned()))));
    let outcome = probes().probe(&probe, SHORT, NOW).await;
    let said = "the body from HOST did not end within 2 s: 7 bytes came";
    assert_eq!(reason(&outcome, server), said);
}

#[tokio::test]
async fn a_body_byte_by_byte_is_down_at_the_timeout() {
    let server = listen(|mut stream| async move {
        request(&mut stream).await;
        let mut pace = tokio::time::interval(Duration::from_millis(5));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            pace.tick().await;
        }
    })
    .await;
    let probe = Probe::Http(Box::new(with(server, BodyRule::NotKeyword("y".to_owned()))));
    let outcome = probes().probe(&probe, SHORT, NOW).await;
    let said = reason(&outcome, server);
    assert!(said.starts_with("the body from HOST did not end within 2 s: "), "{said}");
}

#[tokio::test]
async fn a_head_byte_by_byte_is_down_at_the_timeout() {
    let server = listen(|mut stream| async move {
        let mut pace = tokio::time::interval(Duration::from_millis(5));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await;
        while stream.write_all(b"x").await.is_ok() {
            pace.tick().await;
        }
    })
    .await;
    let outcome = probes().probe(&Probe::Http(Box::new(get(server, "/"))), SHORT, NOW).await;
    assert_eq!(reason(&outcome, server), "HOST did not send an answer within 2 s");
}

#[tokio::test]
async fn a_head_without_end_is_down() {
    let server =
        head_then("HTTP/1.1 200 OK\r\n", b"A: bcdefghijklmnopqrstuvwxyz0123456789\r\n").await;
    let said = reason(&look(get(server, "/")).await, server);
    assert_eq!(said, "the head of the answer from HOST is longer than 65,536 bytes");
}

#[tokio::test]
async fn a_host_that_does_not_speak_http_is_down() {
    let server = listen(|mut stream| async move {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await;
        be_silent(stream).await;
    })
    .await;
    let said = reason(&look(get(server, "/")).await, server);
    assert_eq!(said, "what HOST sent is not HTTP");
}

#[tokio::test]
async fn a_host_that_hangs_up_is_down() {
    let server = listen(|mut stream| async move {
        request(&mut stream).await;
    })
    .await;
    let said = reason(&look(get(server, "/")).await, server);
    assert_eq!(said, "HOST closed the connection before it sent an answer");
    let server = web(|_| "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123".to_owned()).await;
    let said = look(with(server, BodyRule::NotKeyword("x".to_owned()))).await;
    let said = reason(&said, server);
    assert_eq!(said, "HOST closed the connection before it sent the whole body");
}

#[tokio::test]
async fn secrets_never_stand_in_a_reason() {
    let server = web(|request| {
        let status = "HTTP/1.1 302 Go\r\nLocation: http://[";
        format!("{status}{}\r\n\r\n", request.replace("\r\n", " "))
    })
    .await;
    let mut probe = get(server, "/");
    probe.auth = Auth::Bearer("abcdef".to_owned());
    let outcome = look(probe.clone()).await;
    assert!(!outcome.reason.contains("abcdef"), "{}", outcome.reason);
    probe.url = "http://ada:hunter2@nothing.invalid/?key=hunter3".to_owned();
    let outcome = look(probe).await;
    assert_eq!(outcome.reason, "the name nothing.invalid does not exist");
}
