//! A client of a server's REST API, with the credentials of its account; and waiting until an answer is as it should be.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::time::MissedTickBehavior;
use url::form_urlencoded;

use crate::server::Server;

/// How long what should happen may take on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// How often it is looked while something is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Figures of `/metrics` that are 0 where nothing is going on.
const AT_REST: [&str; 4] =
    ["alo_calls_live", "alo_sip_dialogs", "alo_rtp_streams", "alo_outbox_callbacks"];

/// A client of one server. It stays right when the server is restarted.
#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: String,
    account: String,
    token: String,
}

impl Rest {
    /// A client of this server.
    pub fn of(server: &Server) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: server.url(""),
            account: server.account_sid().to_owned(),
            token: server.auth_token().to_owned(),
        }
    }

    /// The path of a resource of the account: `/Calls` becomes `/2010-04-01/Accounts/AC…/Calls.json`.
    pub fn resource(&self, path: &str) -> String {
        format!("/2010-04-01/Accounts/{}{path}.json", self.account)
    }

    /// `POST` to a resource of the account: status and answer.
    pub async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.asks(Method::POST, &self.resource(path), form).await
    }

    /// `GET` of a resource of the account. Panics if it is refused.
    pub async fn gets(&self, path: &str) -> Value {
        let (status, answer) = self.asks(Method::GET, &self.resource(path), &[]).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A request with the account's credentials: status and answer, `null` where that isn't JSON.
    pub async fn asks(&self, method: Method, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let request = self.request(method, path);
        if form.is_empty() {
            return answer(request).await;
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        answer(with_form(request, body.into_bytes())).await
    }

    /// `POST` of a form as it is written: status and answer.
    pub async fn posts_raw(&self, path: &str, form: &[u8]) -> (u16, Value) {
        let request = self.request(Method::POST, &self.resource(path));
        answer(with_form(request, form.to_vec())).await
    }

    /// The bytes of a path that needs no credentials, and the status.
    pub async fn fetches(&self, path: &str) -> (u16, Vec<u8>) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await;
        let answer = answer.expect("the server answers");
        let status = answer.status().as_u16();
        (status, answer.bytes().await.expect("the whole answer comes").to_vec())
    }

    /// Figures of `/metrics` as whole numbers; those with labels are summed up.
    pub async fn figures(&self) -> BTreeMap<String, i64> {
        let (status, text) = self.fetches("/metrics").await;
        assert_eq!(status, 200);
        let text = String::from_utf8(text).expect("metrics are text");
        let mut figures = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, value)) = line.rsplit_once(' ') else { continue };
            let name = name.split('{').next().unwrap_or(name).to_owned();
            *figures.entry(name).or_insert(0) += value.parse::<f64>().unwrap_or_default() as i64;
        }
        figures
    }

    /// Waits until no call, dialog, stream or callback is left, and says what the figures are then. Panics if something
    /// in the server has panicked.
    pub async fn comes_to_rest(&self) -> BTreeMap<String, i64> {
        eventually("the server is at rest", async || {
            let figures = self.figures().await;
            let panics = figures.get("alo_panics_total").copied().unwrap_or_default();
            assert_eq!(panics, 0, "tasks of the server panicked");
            let busy: Vec<String> = AT_REST
                .iter()
                .filter(|name| figures.get(**name).copied() != Some(0))
                .map(|name| format!("{name} is {:?}", figures.get(*name)))
                .collect();
            if busy.is_empty() { Ok(figures) } else { Err(busy.join(", ")) }
        })
        .await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).basic_auth(&self.account, Some(&self.token))
    }
}

fn with_form(request: RequestBuilder, form: Vec<u8>) -> RequestBuilder {
    request.header("Content-Type", "application/x-www-form-urlencoded").body(form)
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the server answers");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("the whole answer comes");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// Looks again and again until something is so, and gives what was found. Panics with what was seen last if it doesn't
/// become so soon.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
    eventually_within(what, SOON, look).await
}

/// The same, with a deadline of its own.
pub async fn eventually_within<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let deadline = Instant::now() + within;
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match look().await {
            Ok(found) => return found,
            Err(seen) => {
                assert!(Instant::now() < deadline, "not within {within:?}: {what}, but {seen}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_looked_for_is_given_once_it_is_there() {
        let mut looks = 0;
        let found = eventually("the third look", async || {
            looks += 1;
            if looks == 3 { Ok("here") } else { Err(format!("look {looks}")) }
        });
        assert_eq!(found.await, "here");
    }

    #[tokio::test]
    #[should_panic(expected = "the moon, but a lamp")]
    async fn what_does_not_come_is_told_with_what_was_seen() {
        let look = async || Err::<(), _>("a lamp".to_owned());
        eventually_within("the moon", Duration::ZERO, look).await;
    }
}
