//! A server with a number, the application that the number asks, and a client of its REST API.
//!
//! What a test waits for is an event or an answer over HTTP, always under a deadline.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use testkit::{Answer, App, Server, ServerOptions, Sipp, Story, Town, twiml};
use url::form_urlencoded;

/// The number that the house has; it asks the application's `/voice`, and tells `/ended` when a call is over.
pub(crate) const NUMBER: &str = "+14155550100";

/// A number that nobody has.
pub(crate) const NOBODYS: &str = "+14155550199";

/// Who calls.
pub(crate) const CALLER: &str = "+14155550142";

/// What answers and lasts a minute. A pause alone doesn't answer.
pub(crate) const WAITS: &str = "<Gather timeout=\"60\"/>";

/// How long what should happen may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// How often the server is asked while something is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Figures of `/metrics` that are 0 where nothing is going on.
const AT_REST: [&str; 4] =
    ["alo_calls_live", "alo_sip_dialogs", "alo_rtp_streams", "alo_outbox_callbacks"];

/// A server, the application, and a client.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) app: App,
    story: Story,
    client: reqwest::Client,
}

/// The binary under test.
pub(crate) fn options() -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_alo"))
}

impl House {
    /// A house as `alo serve --dev` makes it.
    pub(crate) async fn open() -> Self {
        Self::with(options()).await
    }

    /// A house whose server is told more.
    pub(crate) async fn with(options: ServerOptions) -> Self {
        let story = Story::start();
        let app = App::start_in(&story).await;
        app.answers("/ended", Answer::status(204));
        let server = Server::with(options).await;
        let house = Self { server, app, story, client: reqwest::Client::new() };
        let (voice, ended) = (house.app.url("/voice"), house.app.url("/ended"));
        let form = [("PhoneNumber", NUMBER), ("VoiceUrl", &voice), ("StatusCallback", &ended)];
        let (status, bought) = house.posts("/IncomingPhoneNumbers", &form).await;
        assert_eq!(status, 201, "{bought}");
        house
    }

    /// From now on `/voice` is answered with these verbs.
    pub(crate) fn says(&self, verbs: &str) {
        self.app.answers("/voice", response(verbs));
    }

    /// One call by a scenario of sipp to the house's number.
    pub(crate) fn caller(&self, scenario: &str) -> Sipp {
        let caller = Sipp::new(scenario).target(self.server.sip()).calls(1);
        caller.service(NUMBER).set("caller", CALLER)
    }

    /// A town of phones at this server, in the same story as the application.
    pub(crate) fn town(&self) -> Town {
        Town::with(self.server.sip(), SOON, self.story.clone())
    }

    /// A phone that may register, with its password.
    pub(crate) async fn adds_phone(&self, name: &str) -> String {
        let (status, phone) = self.asks(Method::POST, "/v1/phones", &[("Name", name)]).await;
        assert_eq!(status, 201, "{phone}");
        phone["password"].as_str().expect("its password").to_owned()
    }

    /// A trunk that numbers of a prefix go to.
    pub(crate) async fn adds_trunk(&self, prefix: &str, port: u16) {
        let port = port.to_string();
        let form =
            [("Name", "carrier"), ("Host", "127.0.0.1"), ("Port", &port), ("Prefix", prefix)];
        let (status, trunk) = self.asks(Method::POST, "/v1/trunks", &form).await;
        assert_eq!(status, 201, "{trunk}");
    }

    /// `POST` to a resource of the account: status and answer.
    pub(crate) async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.asks(Method::POST, &self.resource(path), form).await
    }

    /// `GET` of a resource of the account. Panics if it is refused.
    pub(crate) async fn gets(&self, path: &str) -> Value {
        let (status, answer) = self.asks(Method::GET, &self.resource(path), &[]).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A request with the account's credentials: status and answer.
    pub(crate) async fn asks(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut request = self
            .client
            .request(method, self.server.url(path))
            .basic_auth(self.server.account_sid(), Some(self.server.auth_token()));
        if !form.is_empty() {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            request =
                request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.expect("the server answers");
        let status = answer.status().as_u16();
        let body = answer.bytes().await.expect("the whole answer comes");
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// The bytes of a path that needs no credentials, and the status.
    pub(crate) async fn fetches(&self, path: &str) -> (u16, Vec<u8>) {
        let answer = self.client.get(self.server.url(path)).send().await;
        let answer = answer.expect("the server answers");
        let status = answer.status().as_u16();
        (status, answer.bytes().await.expect("the whole answer comes").to_vec())
    }

    /// The path of a resource of the account.
    pub(crate) fn resource(&self, path: &str) -> String {
        format!("/2010-04-01/Accounts/{}{path}.json", self.server.account_sid())
    }

    /// Places a call that runs TwiML, and gives its SID.
    pub(crate) async fn places(&self, to: &str, verbs: &str, more: &[(&str, &str)]) -> String {
        let twiml = format!("<Response>{verbs}</Response>");
        let ended = self.app.url("/ended");
        let mut form =
            vec![("To", to), ("From", NUMBER), ("Twiml", &twiml), ("StatusCallback", &ended)];
        form.extend(more);
        let (status, call) = self.posts("/Calls", &form).await;
        assert_eq!(status, 201, "{call}");
        call["sid"].as_str().expect("a call has a SID").to_owned()
    }

    /// Waits until a call has a status.
    pub(crate) async fn call_is(&self, sid: &str, status: &str) -> Value {
        let path = format!("/Calls/{sid}");
        eventually(&format!("{sid} is {status}"), async || {
            let call = self.gets(&path).await;
            if call["status"] == status { Ok(call) } else { Err(call.to_string()) }
        })
        .await
    }

    /// Deletes every call; all have to be over.
    pub(crate) async fn deletes_all_calls(&self) {
        loop {
            let page = self.gets("/Calls").await;
            let calls = page["calls"].as_array().expect("a list of calls");
            if calls.is_empty() {
                return;
            }
            for call in calls {
                let uri = call["uri"].as_str().expect("a call has an address");
                let (status, answer) = self.asks(Method::DELETE, uri, &[]).await;
                assert_eq!(status, 204, "{answer}");
            }
        }
    }

    /// Figures of `/metrics` as whole numbers; those with labels are summed up.
    pub(crate) async fn metrics(&self) -> BTreeMap<String, i64> {
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

    /// Waits until no call, dialog, stream or callback is left, and says what the metrics are then.
    pub(crate) async fn comes_to_rest(&self) -> BTreeMap<String, i64> {
        eventually("the server is at rest", async || {
            let figures = self.metrics().await;
            let busy: Vec<String> = AT_REST
                .iter()
                .filter(|name| figures.get(**name).copied() != Some(0))
                .map(|name| format!("{name} is {:?}", figures.get(*name)))
                .collect();
            if busy.is_empty() { Ok(figures) } else { Err(busy.join(", ")) }
        })
        .await
    }

    /// Waits for the callback that a call is over, and says with which status.
    pub(crate) async fn is_told_the_end(&self) -> String {
        let ended = self.app.next("/ended", SOON).await;
        ended.param("CallStatus").expect("a callback tells the status")
    }
}

/// TwiML of these verbs.
pub(crate) fn response(verbs: &str) -> Answer {
    twiml(format!("<Response>{verbs}</Response>"))
}

/// Looks again and again until something is so, and gives what was found. Panics with what was seen last if it doesn't
/// become so soon.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
    eventually_within(what, SOON, look).await
}

/// The same, with a deadline of its own.
pub(crate) async fn eventually_within<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let deadline = Instant::now() + within;
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
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
