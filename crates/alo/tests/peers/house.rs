//! A server with a number, the application that the number asks, and a client of its REST API.
//!
//! What a test waits for is an event or an answer over HTTP, always under a deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use testkit::{Answer, App, Rest, Server, ServerOptions, Sipp, Story, Town, eventually, twiml};

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

/// A server, the application, and a client.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) app: App,
    pub(crate) rest: Rest,
    story: Story,
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
        let house = Self { rest: Rest::of(&server), server, app, story };
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
        self.rest.posts(path, form).await
    }

    /// `GET` of a resource of the account. Panics if it is refused.
    pub(crate) async fn gets(&self, path: &str) -> Value {
        self.rest.gets(path).await
    }

    /// A request with the account's credentials: status and answer.
    pub(crate) async fn asks(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> (u16, Value) {
        self.rest.asks(method, path, form).await
    }

    /// The bytes of a path that needs no credentials, and the status.
    pub(crate) async fn fetches(&self, path: &str) -> (u16, Vec<u8>) {
        self.rest.fetches(path).await
    }

    /// Sets more of the house's number.
    pub(crate) async fn sets(&self, form: &[(&str, &str)]) {
        let numbers = self.gets("/IncomingPhoneNumbers").await;
        let number = &numbers["incoming_phone_numbers"][0];
        let uri = number["uri"].as_str().expect("it has a number");
        let (status, answer) = self.asks(Method::POST, uri, form).await;
        assert_eq!(status, 200, "{answer}");
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
        self.rest.figures().await
    }

    /// Waits until no call, dialog, stream or callback is left, and says what the metrics are then.
    pub(crate) async fn comes_to_rest(&self) -> BTreeMap<String, i64> {
        self.rest.comes_to_rest().await
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
