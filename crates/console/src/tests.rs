//! Pages of a small world: a shop that had a bad week, an API that is down, mail in maintenance, backups that report.

mod documents;
mod doors;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use model::oncall::{Name, Zone};
use model::watch::{
    Author, Check, CheckState, Hour, HttpProbe, Incident, IncidentKind, Maintenance, Outcome,
    Policy, Probe, Recurrence, Schedule, Standing, StatusPage, Way,
};
use model::{Account, AccountStatus, Moment, Secret, Sid, SidKind};
use store::{OutcomeRow, Sqlite, Store, Watching};
use tower::ServiceExt;

use crate::facts::{Facts, days};
use crate::routes::pages;
use crate::site::Site;

const HOUR: Duration = Duration::from_secs(3_600);
const TOKEN: &str = "a-token-of-the-account";

fn now() -> Moment {
    "2026-11-23T09:20:00Z".parse().expect("a time")
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn account() -> Account {
    Account {
        sid: Sid::new(SidKind::Account, 7),
        token: Secret::new(TOKEN),
        friendly_name: "Ours".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

fn check(called: &str, title: &str) -> Check {
    let probe = Probe::Http(Box::new(HttpProbe::get("https://inside.test/secret".to_owned())));
    Check { title: title.to_owned(), ..Check::new(name(called), probe) }
}

fn state(called: &str, standing: Standing, since: Moment) -> CheckState {
    CheckState { standing, since: Some(since), ..CheckState::new(name(called)) }
}

/// Ninety days of an hour each, of which those that `up` says so have only so many of sixty.
fn hours(ms: u32, up: impl Fn(u64) -> u32) -> Vec<Hour> {
    let first: Moment = "2026-08-26T00:00:00Z".parse().expect("a time");
    let last = 90 * 24 - 14;
    let of = |place: u64| {
        let mut times = vec![0; watch::BUCKETS.len()];
        let wave = ms + (place % 24) as u32 * ms / 20;
        times[watch::bucket(u64::from(wave) * 1_000)] = 52;
        times[watch::bucket(u64::from(wave) * 2_400)] = 8;
        Hour { at: first + HOUR * place as u32, probes: 60, up: up(place), maintenance: 0, times }
    };
    (0..last).map(of).collect()
}

fn incident(
    id: i64,
    called: &str,
    kind: IncidentKind,
    detail: &str,
    opened_at: Moment,
) -> Incident {
    let policy = serde_json::json!({ "name": "default", "steps": [] });
    let policy: Policy = serde_json::from_value(policy).expect("a policy");
    Incident {
        id,
        key: format!("check/{called}/{}", kind.as_str()),
        kind,
        check: Some(name(called)),
        title: called.to_owned(),
        detail: detail.to_owned(),
        source: "watch".to_owned(),
        link: None,
        opened_at,
        repeats: 0,
        policy,
        steps_done: 0,
        next_at: None,
        acknowledged: None,
        resolved_at: None,
        closed: None,
        quiet: Vec::new(),
        log: Vec::new(),
    }
}

fn by_ada(at: Moment) -> Author {
    Author { by: Some(name("ada")), way: Way::Call, at }
}

fn page(public: bool) -> StatusPage {
    StatusPage {
        name: name("example"),
        title: "Example & Sons".to_owned(),
        checks: ["shop", "api", "mail", "backup"].map(name).to_vec(),
        labels: Vec::new(),
        public,
        from_file: false,
    }
}

fn incidents() -> Vec<Incident> {
    let api =
        incident(14, "api", IncidentKind::Down, "inside.test refuses the connection", now() - HOUR);
    let certificate =
        incident(13, "shop", IncidentKind::Certificate, "it ends in 12 days", now() - HOUR * 30);
    let shop = incident(
        12,
        "shop",
        IncidentKind::Down,
        "status 502 instead of 200 to 299",
        now() - days(6),
    );
    vec![
        Incident { acknowledged: Some(by_ada(now() - HOUR + Duration::from_secs(95))), ..api },
        certificate,
        Incident { resolved_at: Some(now() - days(6) + HOUR * 3), ..shop },
    ]
}

fn maintenances() -> Vec<Maintenance> {
    let one = |called: &str, title: &str, checks: &[&str], from, until| Maintenance {
        name: name(called),
        title: title.to_owned(),
        checks: checks.iter().map(|check| name(check)).collect(),
        labels: Vec::new(),
        when: Recurrence::Once { from, until },
        from_file: false,
    };
    let weekly =
        Recurrence::Weekly { days: vec![7], from_minute: 120, minutes: 90, zone: Zone::utc() };
    vec![
        one("mail-move", "Mail moves to a new machine", &["mail"], now() - HOUR, now() + HOUR),
        Maintenance { when: weekly, ..one("sundays", "", &[], now(), now()) },
        one("past", "Long over", &["mail"], now() - days(3), now() - days(2)),
    ]
}

/// All of it, with this page.
fn facts(page: StatusPage) -> Facts {
    let shop = hours(90, |hour| match hour {
        500..504 => 57,
        1_900..1_912 => 20,
        2_001..2_004 => 0,
        _ => 60,
    });
    let api = hours(35, |hour| if hour >= 2_145 { 0 } else { 60 });
    let failed = Outcome {
        at: now(),
        took_us: 900,
        up: false,
        reason: "inside.test refuses the connection".to_owned(),
        certificate_ends: None,
    };
    let heartbeat = Probe::Heartbeat {
        schedule: Schedule::Period(86_400),
        grace_seconds: 600,
        token: "sixteen-letters-secret".to_owned(),
    };
    let api_state = CheckState { last: Some(failed), ..state("api", Standing::Down, now() - HOUR) };
    let mail_state =
        CheckState { maintenance: true, ..state("mail", Standing::Up, now() - days(20)) };
    let backup = Check { probe: heartbeat, ..check("backup", "Backups at night") };
    Facts {
        page,
        checks: vec![
            (
                check("shop", "The shop"),
                state("shop", Standing::Up, now() - days(6) + HOUR * 3),
                shop,
            ),
            (check("api", "API"), api_state, api),
            (check("mail", "Mail"), mail_state, hours(400, |_| 60).split_off(2_000)),
            (backup, CheckState::new(name("backup")), Vec::new()),
        ],
        more: Vec::new(),
        incidents: incidents(),
        maintenances: maintenances(),
    }
}

/// A server with that world in its store, and what it answers.
struct Town {
    router: Router,
    store: Arc<Sqlite>,
}

impl Town {
    async fn new(page: StatusPage) -> Town {
        let store = Arc::new(Sqlite::in_memory().expect("a database"));
        let account = account();
        let sid = account.sid;
        store.open_account(account).await.expect("kept");
        let facts = facts(page);
        let mut rows = Vec::new();
        let mut states = Vec::new();
        for (check, state, _) in facts.checks {
            let outcome = Outcome {
                at: now() - Duration::from_secs(60),
                took_us: 120_000,
                up: state.standing != Standing::Down,
                reason: String::new(),
                certificate_ends: None,
            };
            let bucket = watch::bucket(outcome.took_us);
            rows.push(OutcomeRow {
                account: sid,
                check: check.name.clone(),
                outcome,
                maintenance: false,
                bucket,
            });
            states.push((sid, state));
            store.save_check(sid, check).await.expect("kept");
        }
        store.keep_outcomes(rows, states).await.expect("kept");
        for incident in facts.incidents {
            let opened = store.open_incident(sid, incident.clone()).await.expect("kept");
            let id = opened.incident.id;
            store.save_incident(sid, Incident { id, ..incident }).await.expect("kept");
        }
        for maintenance in facts.maintenances {
            store.save_maintenance(sid, maintenance).await.expect("kept");
        }
        store.save_status_page(sid, facts.page).await.expect("kept");
        let shared: Arc<dyn Store> = store.clone();
        let site = Site::new(shared, Box::new(now), "https://alo.example/".to_owned());
        Town { router: pages(site), store }
    }

    async fn gets(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.expect("a body");
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// Whether every element is closed, and only where it was opened.
pub(crate) fn is_well_formed(mut document: quick_xml::Reader<&[u8]>) -> bool {
    document.config_mut().check_end_names = true;
    let mut open = 0;
    loop {
        match document.read_event() {
            Ok(quick_xml::events::Event::Start(_)) => open += 1,
            Ok(quick_xml::events::Event::End(_)) => open -= 1,
            Ok(quick_xml::events::Event::Eof) => return open == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// The same as the file of this name; `ALO_GOLDEN=write` writes it.
#[expect(clippy::disallowed_methods, reason = "a person asks for it by hand, not the server")]
pub(crate) fn is_golden(file: &str, text: &str) {
    let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var("ALO_GOLDEN").is_ok_and(|value| value == "write") {
        std::fs::write(&path, text).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{file} differs; ALO_GOLDEN=write writes it anew:\n{text}");
}
