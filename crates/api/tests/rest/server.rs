//! A server for one test, and a client that asks it as an SDK does.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Engine;
use model::{
    Account, AccountStatus, CallRecord, CallStatus, Direction, Hangup, Moment, Secret, Sid, SidKind,
};
use serde_json::Value;
use store::{CallChange, Sqlite, Store};
use tempfile::TempDir;
use tower::ServiceExt;

/// Token of every account here.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// More than any answer here has.
const LONGEST_ANSWER: usize = 1 << 22;

/// A running engine with the API on it, and one account.
pub(crate) struct Server {
    router: Router,
    pub(crate) engine: Engine,
    pub(crate) account: Sid,
    _folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }

    /// Status and Twilio's code.
    pub(crate) fn refusal(&self) -> (u16, u64) {
        let json = self.json();
        let code = json["code"].as_u64().unwrap_or_else(|| panic!("no refusal: {json}"));
        (self.status.as_u16(), code)
    }
}

impl Server {
    pub(crate) async fn start() -> Server {
        Server::with(api::Settings::default()).await
    }

    pub(crate) async fn with(settings: api::Settings) -> Server {
        Server::with_texts(settings, engine::TextSettings::default()).await
    }

    #[expect(
        clippy::default_trait_access,
        reason = "those settings are of crates that this one doesn't see"
    )]
    pub(crate) async fn with_texts(settings: api::Settings, texts: engine::TextSettings) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().expect("a store"));
        let account = account(1);
        store.open_account(account.clone()).await.expect("the account is new");
        let mut engine = engine::Settings {
            data: folder.path().to_owned(),
            public_url: "https://alo.example".to_owned(),
            account: account.sid,
            sip: Default::default(),
            media: Default::default(),
            http: engine::HttpSettings::default(),
            calls_per_second: 10,
            queued_calls: 100,
            texts,
            handoff_grace: engine::HANDOFF_GRACE,
            twimlets: twimlets::Rules::default(),
            mail: None,
            mail_tries: 12,
            transcripts_in: "en-US".to_owned(),
            watch: engine::WatchSettings { references: Vec::new(), ..Default::default() },
        };
        engine.sip.bind = ([127, 0, 0, 1], 0).into();
        engine.media.bind = [127, 0, 0, 1].into();
        engine.media.threads = 1;
        let voices = speech::Voices::new(Vec::new(), speech::Limits::default());
        let engine = Engine::start(engine, store, voices, speech::Ears::none())
            .await
            .expect("the engine starts");
        let router = api::router(engine.clone(), settings);
        Server { router, engine, account: account.sid, _folder: folder }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.engine.store().as_ref()
    }

    /// `/2010-04-01/Accounts/AC…` and `rest`.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/2010-04-01/Accounts/{}{rest}", self.account)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path), "").await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let form_type = "application/x-www-form-urlencoded";
        self.send(self.request("POST", path).header(CONTENT_TYPE, form_type), form).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path), "").await
    }

    /// A request of the account, to be completed.
    pub(crate) fn request(&self, method: &str, path: &str) -> Builder {
        let basic = basic(&self.account.to_string(), TOKEN);
        Request::builder().method(method).uri(path).header(AUTHORIZATION, basic)
    }

    pub(crate) async fn send(&self, request: Builder, body: &str) -> Answer {
        self.send_bytes(request, body.as_bytes()).await
    }

    pub(crate) async fn send_bytes(&self, request: Builder, body: &[u8]) -> Answer {
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LONGEST_ANSWER).await.expect("the answer is whole").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A form of another account that has the same token.
    pub(crate) async fn post_as(&self, account: Sid, path: &str, form: &str) -> Answer {
        let request = Request::builder().method("POST").uri(path);
        self.send(request.header(AUTHORIZATION, basic(&account.to_string(), TOKEN)), form).await
    }

    /// A reading of another account that has the same token.
    pub(crate) async fn get_as(&self, account: Sid, path: &str) -> Answer {
        let request = Request::builder().uri(path);
        self.send(request.header(AUTHORIZATION, basic(&account.to_string(), TOKEN)), "").await
    }

    /// Opens another account.
    pub(crate) async fn opens(&self, digits: u128, test: bool) -> Sid {
        let other = Account { test, ..account(digits) };
        let sid = other.sid;
        self.store().open_account(other).await.expect("it is new");
        sid
    }

    /// What is at `path` once it is as it should be.
    pub(crate) async fn sees(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let looked = async {
            loop {
                let seen = self.get(path).await.json();
                if wanted(&seen) {
                    return seen;
                }
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, looked).await.expect("it comes to be as wanted")
    }

    /// Takes a number over, and gives its SID.
    pub(crate) async fn buys(&self, number: &str) -> String {
        let form = format!("PhoneNumber={}", number.replace('+', "%2B"));
        let bought = self.post(&self.path("/IncomingPhoneNumbers.json"), &form).await;
        assert_eq!(bought.status, 201, "{}", bought.json());
        bought.json()["sid"].as_str().expect("a SID").to_owned()
    }

    /// Keeps a call that ended as many seconds after 1970 as its number says.
    pub(crate) async fn keeps_call(&self, digits: u128, status: CallStatus) -> Sid {
        let call = call(self.account, digits, status);
        let sid = call.sid;
        self.store().save_call(CallChange::quiet(call)).await.expect("it is kept");
        sid
    }
}

pub(crate) fn basic(user: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{token}")))
}

pub(crate) fn account(digits: u128) -> Account {
    Account {
        sid: Sid::new(SidKind::Account, digits),
        token: Secret::new(TOKEN),
        friendly_name: "Ours".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

fn call(account: Sid, digits: u128, status: CallStatus) -> CallRecord {
    let at = Moment::from_millis(1000 * i64::try_from(digits).expect("a small number"));
    CallRecord {
        sid: Sid::new(SidKind::Call, digits),
        account,
        parent: None,
        from: "+14155550100".parse().expect("a number"),
        to: "client:ada".parse().expect("a client"),
        number: None,
        direction: Direction::OutboundApi,
        status,
        caller_name: None,
        forwarded_from: None,
        created_at: at,
        updated_at: at,
        answered_at: Some(at),
        started_at: Some(at),
        ended_at: status.is_final().then_some(at),
        hangup: Hangup::default(),
    }
}
