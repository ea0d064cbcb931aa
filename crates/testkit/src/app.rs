//! A customer's application: an HTTP server on loopback that answers webhooks by script and remembers them.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Request as HttpRequest, Response};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;
use crate::story::Story;

/// Longest body that is read, in bytes.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// Parameters that a line of the story shows.
const SHOWN: [&str; 9] = [
    "CallSid",
    "CallStatus",
    "From",
    "To",
    "Digits",
    "RecordingUrl",
    "DialCallStatus",
    "SequenceNumber",
    "ErrorCode",
];

/// An application. When it is dropped, nobody listens at its port any more.
pub struct App {
    address: SocketAddr,
    desk: Arc<Desk>,
    serving: AbortHandle,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `POST` or `GET`, as a rule.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query as it came, without the question mark; empty if there is none.
    pub query: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Parameters of a form body in order.
    pub form: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// When it came, since the start of the story.
    pub at: Duration,
}

type Script = Arc<dyn Fn(&Request) -> Answer + Send + Sync>;

struct Desk {
    story: Story,
    scripts: Mutex<HashMap<String, Script>>,
    came: Mutex<Came>,
    news: Notify,
}

#[derive(Default)]
struct Came {
    requests: Vec<Request>,
    /// How many of each path were handed out by `next`.
    taken: HashMap<String, usize>,
}

impl App {
    /// Listens on a free port. Paths without a script are answered 404.
    pub async fn start() -> Self {
        Self::start_in(&Story::start()).await
    }

    /// The same, telling a story that others tell too.
    pub async fn start_in(story: &Story) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free TCP port on loopback");
        let address = listener.local_addr().expect("the socket is bound");
        let desk = Arc::new(Desk {
            story: story.clone(),
            scripts: Mutex::default(),
            came: Mutex::default(),
            news: Notify::new(),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&desk));
        let serving = tokio::spawn(async move {
            // Serving ends with the runtime or with the application, never by itself.
            let _ = axum::serve(listener, router).await;
        });
        Self { address, desk, serving: serving.abort_handle() }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path (`/voice`).
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on a path is answered like this.
    pub fn on(&self, path: &str, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        self.desk.scripts().insert(path.to_owned(), Arc::new(answer));
    }

    /// From now on a path is always answered the same.
    pub fn answers(&self, path: &str, answer: Answer) {
        self.on(path, move |_| answer.clone());
    }

    /// Waits for the next request to a path that wasn't handed out before. Panics with the story if none comes.
    pub async fn next(&self, path: &str, within: Duration) -> Request {
        let deadline = Instant::now() + within;
        loop {
            let news = self.desk.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if let Some(request) = self.desk.take(path) {
                return request;
            }
            assert!(
                timeout_at(deadline, news).await.is_ok(),
                "no request came to {path} within {within:?}\n\n{}",
                self.desk.story
            );
        }
    }

    /// Waits for the next request to a path for which something holds, leaving out those before it.
    pub async fn next_where(
        &self,
        path: &str,
        within: Duration,
        holds: impl Fn(&Request) -> bool,
    ) -> Request {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let request = self.next(path, left).await;
            if holds(&request) {
                return request;
            }
        }
    }

    /// All requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.desk.came().requests.clone()
    }

    /// All requests to a path so far, in order.
    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        self.desk.came().requests.iter().filter(|request| request.path == path).cloned().collect()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Request {
    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The first parameter of a name: in the form, else in the query.
    pub fn param(&self, name: &str) -> Option<String> {
        let mut all = self.form.iter().cloned().chain(self.query_params());
        all.find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Parameters of the query in order.
    pub fn query_params(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn read(parts: &Parts, body: &Bytes, at: Duration) -> Self {
        let text = |value: &axum::http::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect();
        let is_form = headers.iter().any(|(name, value)| {
            name == "content-type" && value.starts_with("application/x-www-form-urlencoded")
        });
        let form = is_form.then(|| url::form_urlencoded::parse(body).into_owned().collect());
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers,
            form: form.unwrap_or_default(),
            body: body.to_vec(),
            at,
        }
    }

    fn in_words(&self) -> String {
        let shown: Vec<String> =
            SHOWN.iter().filter_map(|name| Some(format!("{name}={}", self.param(name)?))).collect();
        format!("{} {} {}", self.method, self.path, shown.join(" "))
    }
}

impl Desk {
    fn scripts(&self) -> MutexGuard<'_, HashMap<String, Script>> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came(&self) -> MutexGuard<'_, Came> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, path: &str) -> Option<Request> {
        let mut came = self.came();
        let taken = came.taken.get(path).copied().unwrap_or(0);
        let found = came.requests.iter().filter(|request| request.path == path).nth(taken).cloned();
        if found.is_some() {
            came.taken.insert(path.to_owned(), taken + 1);
        }
        found
    }
}

async fn serve(State(desk): State<Arc<Desk>>, request: HttpRequest<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        return Answer::status(413).give().await;
    };
    let request = Request::read(&parts, &body, desk.story.elapsed());
    let script = desk.scripts().get(&request.path).cloned();
    let answer = script.map_or_else(|| Answer::status(404), |script| script(&request));
    desk.story.tell(format!("the app is asked {}\nand answers {answer}", request.in_words()));
    desk.came().requests.push(request);
    desk.news.notify_waiters();
    answer.give().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::twiml;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const SOON: Duration = Duration::from_secs(10);

    /// What comes back for a request, until the connection closes.
    async fn ask(app: &App, request: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(app.address()).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("text")
    }

    fn post(path: &str, form: &str) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: abc\r\n\r\n{form}",
            form.len()
        )
    }

    #[tokio::test]
    async fn a_script_sees_the_request_and_answers() {
        let app = App::start().await;
        app.on("/voice", |request| {
            twiml(format!(
                "<Response><Say>{}</Say></Response>",
                request.param("Digits").unwrap_or_default()
            ))
        });
        let answer = ask(&app, &post("/voice?a=b%20c", "Digits=12&Digits=%2B3")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("content-type: text/xml"), "{answer}");
        assert!(answer.ends_with("<Response><Say>12</Say></Response>"), "{answer}");
        let request = app.next("/voice", SOON).await;
        assert_eq!(request.header("x-twilio-signature"), Some("abc"));
        assert_eq!(request.form.last(), Some(&("Digits".to_owned(), "+3".to_owned())));
        assert_eq!(request.param("a").as_deref(), Some("b c"));
        assert!(ask(&app, &post("/other", "")).await.starts_with("HTTP/1.1 404"));
        assert_eq!(app.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_connection_is_closed_without_an_answer() {
        let app = App::start().await;
        app.answers("/voice", Answer::hang_up());
        assert_eq!(ask(&app, &post("/voice", "")).await, "");
        app.answers("/voice", Answer::redirect("/voice"));
        assert!(ask(&app, &post("/voice", "")).await.contains("location: /voice"));
        app.answers("/voice", Answer::huge(1_000_000));
        assert!(ask(&app, &post("/voice", "")).await.len() > 1_000_000);
        assert_eq!(app.requests_to("/voice").len(), 3);
    }

    #[tokio::test]
    async fn whoever_waits_gets_each_request_once() {
        let app = App::start().await;
        app.answers("/status", Answer::status(204));
        let request = post("/status", "n=1");
        let (first, _) = tokio::join!(app.next("/status", SOON), ask(&app, &request));
        assert_eq!(first.param("n").as_deref(), Some("1"));
        ask(&app, &post("/status", "n=2")).await;
        ask(&app, &post("/status", "n=3")).await;
        let third = app
            .next_where("/status", SOON, |request| request.param("n").as_deref() == Some("3"))
            .await;
        assert_eq!(third.form.len(), 1);
    }
}
