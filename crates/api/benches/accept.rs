//! What a text message costs from its form to its 201, on disk, among 64 clients: `cargo bench -p api`.
//!
//! Time and CPU of the whole process for each message, without sockets: the router is called as a service. Three lines:
//! an account in test mode, whose messages are kept nowhere (the API's own share); messages for an hour from now, which
//! are kept and not sent; and messages that the virtual carrier delivers meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Engine;
use model::{Account, AccountStatus, Moment, Secret, Sid, SidKind};
use store::{Sqlite, Store};
use tower::ServiceExt;

const CLIENTS: usize = 64;
const MESSAGES: usize = 20_000;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let (engine, router) = start(folder.path()).await;
        let (ours, test) = (account(1, false), account(2, true));
        println!("{:36} {:>10} {:>14}", "messages", "a second", "CPU of each");
        let plain = "To=%2B14155559123&Body=Your+code+is+123456.+It+counts+for+ten+minutes.";
        let pretended = format!("From=%2B15005550006&{plain}");
        measure("in pretence", &router, &test, &pretended).await;
        let later = scheduled(&router, &ours, &engine, plain).await;
        measure("kept for later", &router, &ours, &later).await;
        let now = format!("From=%2B14155550100&{plain}");
        measure("kept, and delivered meanwhile", &router, &ours, &now).await;
    });
}

#[expect(
    clippy::default_trait_access,
    reason = "those settings are of crates that this one doesn't see"
)]
async fn start(folder: &std::path::Path) -> (Engine, Router) {
    let store: Arc<dyn Store> =
        Arc::new(Sqlite::open(folder.join("alo.db")).expect("a new database"));
    for account in [account(1, false), account(2, true)] {
        store.open_account(account).await.expect("it is new");
    }
    let mut settings = engine::Settings {
        data: folder.to_owned(),
        public_url: "http://127.0.0.1:8080".to_owned(),
        account: Sid::new(SidKind::Account, 1),
        sip: Default::default(),
        media: Default::default(),
        http: engine::HttpSettings::default(),
        calls_per_second: 10,
        queued_calls: 100,
        texts: engine::TextSettings::default(),
        handoff_grace: engine::HANDOFF_GRACE,
        twimlets: twimlets::Rules::default(),
        mail: None,
        mail_tries: 12,
        transcripts_in: "en-US".to_owned(),
        watch: engine::WatchSettings { references: Vec::new(), ..Default::default() },
    };
    settings.sip.bind = ([127, 0, 0, 1], 0).into();
    settings.media.bind = [127, 0, 0, 1].into();
    settings.media.threads = 1;
    let voices = speech::Voices::new(Vec::new(), speech::Limits::default());
    let engine = Engine::start(settings, store, voices, speech::Ears::none())
        .await
        .expect("the engine starts");
    let router = api::router(engine.clone(), api::Settings::default());
    (engine, router)
}

fn account(digits: u128, test: bool) -> Account {
    Account {
        sid: Sid::new(SidKind::Account, digits),
        token: Secret::new(TOKEN),
        friendly_name: "bench".to_owned(),
        status: AccountStatus::Active,
        test,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

/// A form for a message that waits an hour, through a service with a number.
async fn scheduled(router: &Router, ours: &Account, engine: &Engine, plain: &str) -> String {
    let base = format!("/2010-04-01/Accounts/{}", ours.sid);
    let numbers = format!("{base}/IncomingPhoneNumbers.json");
    let number = post(router, ours, &numbers, "PhoneNumber=%2B14155550100").await;
    let service = post(router, ours, "/v1/Services", "FriendlyName=bench").await;
    let sid = |of: &serde_json::Value| of["sid"].as_str().expect("a SID").to_owned();
    let senders = format!("/v1/Services/{}/PhoneNumbers", sid(&service));
    post(router, ours, &senders, &format!("PhoneNumberSid={}", sid(&number))).await;
    let at = (engine.now() + Duration::from_secs(3600)).iso8601();
    format!("MessagingServiceSid={}&ScheduleType=fixed&SendAt={at}&{plain}", sid(&service))
}

async fn measure(name: &str, router: &Router, account: &Account, form: &str) {
    let path = format!("/2010-04-01/Accounts/{}/Messages.json", account.sid);
    let (begun, cpu) = (Instant::now(), cpu_time());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (router, account) = (router.clone(), account.clone());
            let (path, form) = (path.clone(), form.to_owned());
            tokio::spawn(async move {
                for _ in 0..MESSAGES / CLIENTS {
                    post(&router, &account, &path, &form).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("it is done");
    }
    let (took, cpu) = (begun.elapsed(), cpu_time().saturating_sub(cpu));
    let count = (MESSAGES / CLIENTS * CLIENTS) as f64;
    let rate = count / took.as_secs_f64();
    println!("{name:36} {rate:>10.0} {:>11.1} µs", cpu.as_secs_f64() * 1e6 / count);
}

async fn post(router: &Router, account: &Account, path: &str, form: &str) -> serde_json::Value {
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{TOKEN}", account.sid)));
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(AUTHORIZATION, basic)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("the router answers");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("it is whole");
    assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).expect("it is JSON")
}

/// CPU time of the process, user and system, in hundredths of a second (proc(5), fields 14 and 15 of `stat`).
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux says how it goes");
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).flat_map(str::parse::<u64>).sum();
    Duration::from_millis(ticks * 10)
}
