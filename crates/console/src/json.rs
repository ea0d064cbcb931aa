//! A page as JSON: what the page says, for machines. Fractions are 0 to 1, times ISO 8601 in UTC, spans milliseconds; what
//! isn't known is `null`.

use model::Moment;
use serde_json::{Map, Value, json};

use crate::view::{CheckView, IncidentView, MaintenanceView, PageView};

/// The document.
pub(crate) fn json(view: &PageView) -> Value {
    let all = |views: &[MaintenanceView]| views.iter().map(maintenance).collect::<Vec<_>>();
    json!({
        "name": view.name,
        "title": view.title,
        "public": view.public,
        "at": view.at.iso8601(),
        "state": view.overall.light.as_str(),
        "sentence": view.overall.sentence,
        "checks": view.checks.iter().map(check).collect::<Vec<_>>(),
        "hidden_checks": view.hidden,
        "open_incidents": view.open.iter().map(incident).collect::<Vec<_>>(),
        "past_incidents": view.past.iter().map(incident).collect::<Vec<_>>(),
        "maintenance": { "now": all(&view.maintained), "planned": all(&view.planned) },
    })
}

fn check(view: &CheckView) -> Value {
    let uptimes = view.uptimes.iter().map(|it| (it.over.to_owned(), json!(it.fraction)));
    let response = view.chart.as_ref().map(|chart| json!({ "p50": chart.p50, "p95": chart.p95 }));
    let days = view.days.iter().map(|day| json!({ "date": day.date, "uptime": day.fraction }));
    let mut document = json!({
        "name": view.name,
        "title": view.title,
        "state": view.light.as_str(),
        "since": iso(view.since),
        "uptime": uptimes.collect::<Map<_, _>>(),
        "response_ms_24h": response,
        "days": days.collect::<Vec<_>>(),
    });
    if let Some(reason) = &view.reason {
        document["reason"] = json!(reason);
    }
    document
}

fn incident(view: &IncidentView) -> Value {
    let mut document = json!({
        "title": view.title,
        "what": view.what,
        "open": view.open,
        "opened_at": view.opened.iso8601(),
        "ended_at": iso(view.ended),
        "acknowledged_at": iso(view.acknowledged.as_ref().map(|it| it.at)),
    });
    let by = view.acknowledged.as_ref().and_then(|it| it.by.as_ref());
    let told = [
        ("id", view.id.map(Value::from)),
        ("detail", view.detail.as_ref().map(|it| json!(it))),
        ("link", view.link.as_ref().map(|it| json!(it))),
        ("acknowledged_by", by.map(|it| json!(it))),
        ("closed_by", view.closed.as_ref().map(|it| json!(it))),
    ];
    for (key, value) in told {
        if let Some(value) = value {
            document[key] = value;
        }
    }
    document
}

fn maintenance(view: &MaintenanceView) -> Value {
    json!({
        "title": view.title,
        "checks": view.checks,
        "from": iso(view.from),
        "until": iso(view.until),
    })
}

fn iso(moment: Option<Moment>) -> Option<String> {
    moment.map(Moment::iso8601)
}
