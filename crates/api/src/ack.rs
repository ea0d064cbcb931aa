//! The link in a text or an e-mail about an incident: a page with one button.
//!
//! `GET /ack/TOKEN` changes nothing, since mail filters and previews follow links; the button's POST does. The token is all
//! that it takes: it is good for this one incident, and for nothing but acknowledging it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use engine::watch::{Act, ActError};
use model::watch::{Author, Incident, Way};

use crate::api::Api;
use crate::twimlets::escaped;

/// No script, no style and no picture from anywhere; the form goes to ourselves.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'";

/// `GET /ack/TOKEN`: what is wrong, and a button.
pub(crate) async fn page(State(api): State<Arc<Api>>, Path(token): Path<String>) -> Response {
    match found(&api, &token).await {
        Ok(incident) if incident.is_open() && incident.acknowledged.is_none() => {
            let form = "<form method=\"post\"><button>I see to it</button></form>";
            shown(StatusCode::OK, &about(&incident), form)
        }
        Ok(incident) => shown(StatusCode::OK, &about(&incident), &state(&incident)),
        Err(refusal) => refusal,
    }
}

/// `POST /ack/TOKEN`: somebody sees to it.
pub(crate) async fn acknowledge(
    State(api): State<Arc<Api>>,
    Path(token): Path<String>,
) -> Response {
    let incident = match found(&api, &token).await {
        Ok(incident) => incident,
        Err(refusal) => return refusal,
    };
    let Ok(Some((account, id))) = api.engine.incident_by_link(&token).await else {
        return not_now();
    };
    if incident.acknowledged.is_some() {
        return shown(StatusCode::OK, &about(&incident), &state(&incident));
    }
    let by = Author { by: None, way: Way::Link, at: api.engine.now() };
    match api.engine.watch().act(account, id, Act::Acknowledge, by).await {
        Ok(incident) => shown(StatusCode::OK, &about(&incident), &state(&incident)),
        Err(ActError::Over(incident)) => {
            shown(StatusCode::OK, &about(&incident), &state(&incident))
        }
        Err(_) => not_now(),
    }
}

async fn found(api: &Api, token: &str) -> Result<Incident, Response> {
    let known = api.engine.incident_by_link(token).await.map_err(|_| not_now())?;
    let Some((account, id)) = known else { return Err(unknown()) };
    let incident = api.store().incident(account, id).await.map_err(|_| not_now())?;
    incident.ok_or_else(unknown)
}

fn unknown() -> Response {
    let words =
        "<p>The link is of an incident that is no longer known, or it was cut off on its way.</p>";
    shown(StatusCode::NOT_FOUND, "<h1>No such incident</h1>", words)
}

fn not_now() -> Response {
    let words = "<p>It could not be read or kept just now. Try again in a moment.</p>";
    shown(StatusCode::SERVICE_UNAVAILABLE, "<h1>Not now</h1>", words)
}

fn about(incident: &Incident) -> String {
    format!(
        "<h1>{}</h1><p>{}</p><p>Incident {}, since {}</p>",
        escaped(&incident.title),
        escaped(&incident.detail),
        incident.id,
        incident.opened_at.iso8601()
    )
}

fn state(incident: &Incident) -> String {
    if let Some(at) = incident.ended_at() {
        return format!("<p>It is over since {}.</p>", at.iso8601());
    }
    match &incident.acknowledged {
        Some(author) => {
            let who = author.by.as_ref().map_or("Somebody", |name| name.as_str());
            format!("<p>{} sees to it since {}.</p>", escaped(who), author.at.iso8601())
        }
        None => "<p>Nobody sees to it yet.</p>".to_owned(),
    }
}

fn shown(status: StatusCode, about: &str, rest: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Incident</title><style>:root{{color-scheme:light dark}}\
         body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.7rem 1.4rem}}</style><main>{about}{rest}</main></html>"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, Html(page)).into_response()
}
