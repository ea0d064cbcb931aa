//! `/v1/rotas/{name}/absences`: who is away by their calendar is not on duty. The calendar is sent, or fetched.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use model::Moment;
use model::oncall::{Name, Override, Rota};
use oncall::ical::{self, Busy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::{Body, is_web_address};
use crate::v1::bodies::{Document, takes, text};
use crate::v1::duty::{self, LONGEST_SPAN};
use crate::v1::named::named;
use crate::v1::overrides;
use crate::v1::people::person_of;
use crate::v1::queries::Query;

/// Types of a calendar that is sent: its own (RFC 5545 §8.1), and what programs send files as.
const TYPES: [&str; 3] = ["text/calendar", "text/plain", "application/octet-stream"];

/// Where a calendar is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    person: Name,
    url: String,
}

/// `POST /v1/rotas/{name}/absences`: a calendar with `?person`, or `person` and `url` as JSON. Absences of the next 400
/// days become overrides: whoever is next has that duty. Those that were taken over before aren't again.
pub(crate) async fn import(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Value>, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let (person, calendar) = if is_json(&headers) {
        fetched(&api, Document::parse(&body)?).await?
    } else {
        takes(&headers, &TYPES)?;
        let person = query.word("person")?;
        let person =
            person.ok_or_else(|| ApiError::invalid("person: say whose absences these are"))?;
        (person, text(&body)?.to_owned())
    };
    let person = person_of(&api, &caller, "person", &person).await?.name;
    let now = api.engine.now();
    let span = (now, now + LONGEST_SPAN);
    let busy = ical::busy_times(&calendar, &rota.zone, span.0, span.1)
        .map_err(|error| ApiError::invalid(format!("the calendar: {error}")))?;
    let known = duty::overrides(&api, &caller, &rota.name, span).await?;
    let away = Away { rota: &rota, person: &person, busy: &busy, now };
    let changes = away.overrides(&known);
    let kept = overrides::keep_all(&api, &caller, &rota.name, changes).await?;
    Ok(Json(json!({ "overrides": kept, "left_out": away.left_out(&kept) })))
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    said.trim_start().to_ascii_lowercase().starts_with("application/json")
}

async fn fetched(api: &Api, document: Document) -> Result<(Name, String), ApiError> {
    let Address { person, url } = document.read()?;
    let url = url.replacen("webcal://", "https://", 1);
    if !is_web_address(&url) {
        return Err(ApiError::invalid(format!("url: '{url}' is no web address")));
    }
    let fetched = api.engine.fetch_calendar(&url).await;
    let calendar = fetched
        .map_err(|why| ApiError::invalid(format!("url: the calendar can't be fetched: {why}")))?;
    Ok((person, calendar))
}

/// When somebody of a rota is away.
struct Away<'a> {
    rota: &'a Rota,
    person: &'a Name,
    busy: &'a [Busy],
    now: Moment,
}

impl Away<'_> {
    /// What is to be changed, beside what was changed before.
    fn overrides(&self, known: &[Override]) -> Vec<Override> {
        let changes = ical::absences(self.rota, known, self.person, self.busy).into_iter();
        let to_come = changes.filter(|change| change.until > self.now);
        to_come
            .map(|change| {
                let from = change.from.max(self.now);
                Override { from, by: overrides::BY_API.to_owned(), made_at: self.now, ..change }
            })
            .collect()
    }

    /// Entries that changed nothing.
    fn left_out(&self, kept: &[Override]) -> Vec<String> {
        let touches = |busy: &&Busy| {
            kept.iter().any(|change| change.from < busy.until && busy.from < change.until)
        };
        let idle = self.busy.iter().filter(|busy| !touches(busy));
        idle.map(|busy| {
            let summary = if busy.summary.is_empty() { "an entry" } else { &busy.summary };
            format!(
                "{summary} from {}: {} isn't on duty then, or there is nobody else",
                busy.from.iso8601(),
                self.person
            )
        })
        .collect()
    }
}
