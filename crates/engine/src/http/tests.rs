//! The client against small applications on loopback.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// An application that gives these answers, one a connection, and keeps what it was asked.
struct App {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl App {
    async fn answering(answers: &[&str]) -> App {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<String> = answers.iter().map(|&text| text.to_owned()).collect();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = head(&mut stream).await;
                kept.lock().expect("nobody panics with it").push(request);
                let Some(answer) = answers.pop_front() else { return };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        App { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            break;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("text").to_lowercase()
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn http() -> Http {
    let settings = HttpSettings { private_addresses: true, ..HttpSettings::default() };
    Http::new(settings).expect("a client")
}

fn ask<'a>(url: &'a str, token: &'a Secret) -> Ask<'a> {
    Ask { url, method: Method::Get, params: &[], token, idempotency_key: "k", cookies: None }
}

#[tokio::test]
async fn a_prompt_is_asked_for_again_only_if_it_changed() {
    let app = App::answering(&[
        &ok("ETag: \"1\"\r\nLast-Modified: Sun, 22 Nov 2026 12:00:00 GMT\r\n", "one"),
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\nCache-Control: max-age=7\r\n\r\n",
        &ok("ETag: \"2\"\r\n", "two"),
    ])
    .await;
    let (http, url) = (http(), format!("{}/hello.wav", app.url));
    let Ok(Prompted::New(first)) = http.prompt(&url, None).await else { panic!("a prompt") };
    let known = Known { validators: first.freshness.validators, url: first.url };
    let Ok(Prompted::Unchanged(now)) = http.prompt(&url, Some(&known)).await else {
        panic!("the same")
    };
    assert_eq!(now.fresh_for.as_secs(), 7);
    let Ok(Prompted::New(second)) = http.prompt(&url, Some(&known)).await else {
        panic!("another")
    };
    assert_eq!((first.body.as_slice(), second.body.as_slice()), (&b"one"[..], &b"two"[..]));
    let asked = app.asked();
    assert!(!asked[0].contains("if-none-match"), "{}", asked[0]);
    assert!(!asked[0].contains("x-twilio-signature"), "a prompt is not signed: {}", asked[0]);
    assert!(asked[1].contains("if-none-match: \"1\"\r\n"), "{}", asked[1]);
    assert!(asked[1].contains("if-modified-since: sun, 22 nov 2026 12:00:00 gmt"), "{}", asked[1]);
}

#[tokio::test]
async fn a_prompt_that_moved_is_fetched_although_it_did_not_change() {
    let app = App::answering(&[
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
        &ok("", "moved"),
    ])
    .await;
    let validators = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    let known = Known { validators, url: "http://old.test/".to_owned() };
    let Ok(Prompted::New(answer)) = http().prompt(&app.url, Some(&known)).await else {
        panic!("a prompt")
    };
    assert_eq!(answer.body, b"moved");
    assert!(!app.asked()[1].contains("if-none-match"));
}

#[tokio::test]
async fn cookies_of_a_call_come_back_also_through_a_redirect() {
    let app = App::answering(&[
        "HTTP/1.1 302 Found\r\nConnection: close\r\nSet-Cookie: step=1\r\nLocation: /next#x\r\n\r\n",
        &ok("Set-Cookie: who=ada; Path=/\r\n", "<Response/>"),
        &ok("", "<Response/>"),
    ])
    .await;
    let (http, cookies, token) = (http(), Cookies::default(), Secret::new("t"));
    let ask = Ask { cookies: Some(&cookies), ..ask(&app.url, &token) };
    let fetched = http.document(&ask).await.expect("a document");
    assert!(fetched.url.ends_with("/next"), "{}", fetched.url);
    http.document(&ask).await.expect("a document");
    let asked = app.asked();
    assert!(!asked[0].contains("cookie:"), "{}", asked[0]);
    assert!(asked[1].contains("cookie: step=1\r\n"), "{}", asked[1]);
    assert!(asked[2].contains("cookie: step=1; who=ada\r\n"), "{}", asked[2]);
}

#[tokio::test]
async fn a_circle_of_slow_redirects_ends_at_the_total_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}#tt=300", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move {
        // The second hop is never answered.
        let (mut first, _) = listener.accept().await.expect("a connection");
        head(&mut first).await;
        let again = "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /\r\n\r\n";
        first.write_all(again.as_bytes()).await.expect("it listens");
        drop(first);
        let silent = listener.accept().await;
        std::future::pending::<()>().await;
        drop(silent);
    });
    let token = Secret::new("t");
    let failure = http().document(&ask(&url, &token)).await.expect_err("too late");
    assert_eq!(failure.code, 11205);
    assert!(failure.message.contains("in time"), "{}", failure.message);
}

#[tokio::test]
async fn a_callback_has_arrived_whatever_its_answer_says() {
    let answer =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 999999999\r\n\r\nnever ends";
    let app = App::answering(&[answer]).await;
    let token = Secret::new("t");
    http().tell(&ask(&app.url, &token)).await.expect("told");
}

#[tokio::test]
async fn passwords_in_urls_are_not_shown() {
    let app =
        App::answering(&["HTTP/1.1 500 Oh\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"])
            .await;
    let url = app.url.replace("http://", "http://ada:secret@");
    let token = Secret::new("t");
    let failure = http().document(&ask(&url, &token)).await.expect_err("500");
    assert!(failure.message.contains("answered 500"), "{}", failure.message);
    assert!(!failure.message.contains("secret"), "{}", failure.message);
    assert!(app.asked()[0].contains("authorization: basic"), "{}", app.asked()[0]);
}

#[tokio::test]
async fn only_what_might_pass_is_tried_again() {
    let private = Http::new(HttpSettings::default()).expect("a client");
    let token = Secret::new("t");
    let error = private.tell(&ask("http://127.0.0.1:9/", &token)).await.expect_err("private");
    assert_eq!((error.code, error.is_passing()), (11205, false));
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", nobody.local_addr().expect("it is bound"));
    drop(nobody);
    let error = http().tell(&ask(&url, &token)).await.expect_err("nobody is there");
    assert_eq!((error.code, error.is_passing()), (11205, true));
}

#[tokio::test]
async fn a_url_may_ask_for_more_tries() {
    let broken = "HTTP/1.1 503 Later\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let app = App::answering(&[broken, broken, &ok("", "<Response/>")]).await;
    let url = format!("{}#rc=2&rp=5xx&ct=1500", app.url);
    let token = Secret::new("t");
    http().document(&ask(&url, &token)).await.expect("the third try");
    assert_eq!(app.asked().len(), 3);
}
