//! Checks, what came of them, policies, maintenance, status pages and incidents, to keep.

use model::oncall::Name;
use model::watch::{
    Author, Channel, Check, CheckState, HttpProbe, Incident, IncidentKind, LogEntry, LogEvent,
    Maintenance, Outcome, Policy, PolicyStep, Probe, Recurrence, Schedule, Standing, StatusPage,
    Target, Way,
};
use store::{AlertToken, OutcomeRow};

use crate::oncall_rows::name;
use crate::rows::{at, owner};

pub(crate) fn check(text: &str) -> Check {
    let probe = Probe::Http(Box::new(HttpProbe::get(format!("https://{text}.example/é"))));
    Check { labels: vec!["web".to_owned()], ..Check::new(name(text), probe) }
}

/// A check that is told by whoever knows the token.
pub(crate) fn heartbeat(text: &str, token: &str) -> Check {
    let schedule = Schedule::Period(3_600);
    let probe = Probe::Heartbeat { schedule, grace_seconds: 60, token: token.to_owned() };
    Check::new(name(text), probe)
}

pub(crate) fn policy(text: &str) -> Policy {
    let step = PolicyStep {
        after_seconds: 300,
        to: vec![Target::Rota(name("support")), Target::Url("https://hook.example".to_owned())],
        by: vec![Channel::Text, Channel::Call],
        kinds: vec![IncidentKind::Down],
        recovered: false,
    };
    Policy {
        name: name(text),
        steps: vec![step],
        repeats: 3,
        repeat_after_seconds: 900,
        remind_seconds: 0,
        from_file: false,
    }
}

pub(crate) fn maintenance(text: &str) -> Maintenance {
    Maintenance {
        name: name(text),
        title: "Updates".to_owned(),
        checks: vec![name("shop")],
        labels: Vec::new(),
        when: Recurrence::Weekly {
            days: vec![2],
            from_minute: 180,
            minutes: 60,
            zone: "Europe/Lisbon".parse().expect("a zone"),
        },
        from_file: false,
    }
}

pub(crate) fn page(text: &str) -> StatusPage {
    StatusPage {
        name: name(text),
        title: "Example".to_owned(),
        checks: vec![name("shop")],
        labels: vec!["web".to_owned()],
        public: true,
        from_file: false,
    }
}

pub(crate) fn token(text: &str, hash: &str) -> AlertToken {
    AlertToken { name: name(text), hash: hash.to_owned(), created_at: at(7) }
}

/// It was up then, after 20 ms.
pub(crate) fn up(second: u64) -> Outcome {
    Outcome {
        at: at(second),
        took_us: 20_000,
        up: true,
        reason: String::new(),
        certificate_ends: Some(at(9_999_999)),
    }
}

pub(crate) fn down(second: u64) -> Outcome {
    let reason = "status 502 instead of 200 to 299".to_owned();
    Outcome { up: false, reason, certificate_ends: None, ..up(second) }
}

/// Of the owner's check, counted in the third bucket.
pub(crate) fn row(check: &str, outcome: Outcome) -> OutcomeRow {
    OutcomeRow { account: owner(), check: name(check), outcome, maintenance: false, bucket: 2 }
}

pub(crate) fn state(check: &str, second: u64) -> CheckState {
    CheckState {
        standing: Standing::Down,
        since: Some(at(second)),
        failing: 3,
        last: Some(down(second)),
        changes: vec![at(second)],
        incident: Some(12),
        ..CheckState::new(name(check))
    }
}

/// It began then, and isn't kept yet.
pub(crate) fn incident(key: &str, second: u64) -> Incident {
    Incident {
        id: 0,
        key: key.to_owned(),
        kind: IncidentKind::Down,
        check: Some(name("shop")),
        title: "The shop".to_owned(),
        detail: "status 502".to_owned(),
        source: "watch".to_owned(),
        link: None,
        opened_at: at(second),
        repeats: 0,
        policy: policy("default"),
        steps_done: 0,
        next_at: Some(at(second + 300)),
        acknowledged: None,
        resolved_at: None,
        closed: None,
        quiet: Vec::new(),
        log: vec![LogEntry {
            at: at(second),
            event: LogEvent::Opened { detail: "status 502".to_owned() },
        }],
    }
}

pub(crate) fn resolved(incident: Incident, second: u64) -> Incident {
    Incident { resolved_at: Some(at(second)), next_at: None, ..incident }
}

pub(crate) fn author(by: Name, second: u64) -> Author {
    Author { by: Some(by), way: Way::Call, at: at(second) }
}
