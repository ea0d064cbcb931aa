//! A provider on loopback: notes what it is asked, and answers what the test says.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Where it listens, and what it was asked.
pub(super) struct Provider {
    pub(super) url: String,
    asked: mpsc::Receiver<Asked>,
}

/// A request as it arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// What a provider does with a request.
#[derive(Clone)]
pub(super) enum Act {
    /// Status, headers, body.
    Answer(u16, &'static [(&'static str, &'static str)], String),
    /// It never answers.
    Silence,
}

pub(super) fn json(status: u16, body: &str) -> Act {
    Act::Answer(status, &[("content-type", "application/json")], body.to_owned())
}

impl Provider {
    /// One that does the same with every request.
    pub(super) async fn that(act: Act) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
        let address = listener.local_addr().expect("it is bound");
        let (note, asked) = mpsc::channel(64);
        let handler = move |request: Request| {
            let (note, act) = (note.clone(), act.clone());
            async move {
                note.send(Asked::read(request).await).await.expect("the test listens");
                match act {
                    Act::Answer(status, headers, body) => {
                        let mut answer = Response::builder().status(status);
                        for (name, value) in headers {
                            answer = answer.header(*name, *value);
                        }
                        answer.body(Body::from(body)).expect("it can be answered")
                    }
                    Act::Silence => std::future::pending().await,
                }
            }
        };
        tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(handler)).await.expect("it serves");
        });
        Provider { url: format!("http://{address}"), asked }
    }

    pub(super) async fn asked(&mut self) -> Asked {
        self.asked.recv().await.expect("it was asked")
    }

    /// What it was asked besides, until now.
    pub(super) fn nothing_more(&mut self) -> Option<Asked> {
        self.asked.try_recv().ok()
    }
}

impl Asked {
    async fn read(request: Request) -> Asked {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("the body comes");
        Asked {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).expect("it is text"),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }

    /// The fields of a form, `key=value` in a line each, as they were meant.
    pub(super) fn form(&self) -> String {
        lines(&self.body)
    }

    pub(super) fn query(&self) -> String {
        lines(&self.query)
    }
}

fn lines(form: &str) -> String {
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("\n")
}

/// An address where nobody listens.
pub(super) async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
    listener.local_addr().expect("it is bound")
}

/// One that reads a request's beginning and hangs up.
pub(super) async fn one_that_hangs_up() -> SocketAddr {
    use tokio::io::AsyncReadExt as _;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut begin = [0; 16];
            // What was read, or that nothing came: it hangs up either way.
            let _ = stream.read(&mut begin).await;
        }
    });
    address
}
