//! Changes by hand: `/v1/rotas/{name}/overrides`, `/take`, `/off`, and `/v1/overrides/{id}`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Moment;
use model::oncall::{Change, Name, Override, Rota};
use oncall::RotaError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::named::named;
use crate::v1::people::person_of;
use crate::v1::queries::{EARLIEST, LATEST, Query};
use crate::v1::{check, duty};

/// Most overrides of a rota that aren't over.
const MOST_OVERRIDES: usize = 1000;
/// Longest time that is taken over at once, in minutes: two weeks.
const LONGEST_TAKE: u32 = 14 * 24 * 60;
/// Who made what came over this API.
pub(crate) const BY_API: &str = "api";

/// `GET /v1/rotas/{name}/overrides?from&until`: those that aren't over, unless said.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let from = query.moment("from")?.unwrap_or(api.engine.now());
    let until = query.moment("until")?.unwrap_or(LATEST);
    let kept = api.store().overrides(caller.account.sid, &rota.name, from, until).await?;
    Ok(Json(json!({ "overrides": kept })))
}

/// An override as it is sent: who made it and when isn't the sender's to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOverride {
    #[serde(default)]
    rota: Option<Name>,
    from: Moment,
    until: Moment,
    change: Change,
    #[serde(default)]
    reason: String,
}

/// `POST /v1/rotas/{name}/overrides`. Where several overlap, the later ones lie on top.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Override>), ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let wanted: NewOverride = document.read()?;
    let now = api.engine.now();
    checked(&wanted, &rota, now)?;
    known(&api, &caller, &wanted.change).await?;
    let NewOverride { rota: _, from, until, change, reason } = wanted;
    let by = BY_API.to_owned();
    let change = Override { id: 0, rota: rota.name, from, until, change, by, reason, made_at: now };
    Ok((StatusCode::CREATED, Json(keep(&api, &caller, change).await?)))
}

/// `DELETE /v1/overrides/{id}`.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let id = caller.number(&id)?;
    if !api.store().remove_override(caller.account.sid, id).await? {
        return Err(caller.not_found());
    }
    api.engine.duty_changed();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Take {
    person: Name,
    minutes: u32,
}

/// `POST /v1/rotas/{name}/take` with `person` and `minutes`: on duty from now, whoever would be.
pub(crate) async fn take(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let Take { person, minutes } = document.read()?;
    if !(1..=LONGEST_TAKE).contains(&minutes) {
        return Err(ApiError::invalid(format!("minutes: {minutes}: write 1 to {LONGEST_TAKE}")));
    }
    let person = person_of(&api, &caller, "person", &person).await?.name;
    let now = api.engine.now();
    let long = Duration::from_secs(60 * u64::from(minutes));
    let overrides = duty::overrides(&api, &caller, &rota.name, (now, now + long)).await?;
    let taken = oncall::take(&rota, &overrides, &person, now, long, BY_API).map_err(refusal)?;
    let kept = keep(&api, &caller, taken).await?;
    Ok((StatusCode::CREATED, Json(json!({ "overrides": [kept] }))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Off {
    person: Name,
}

/// `POST /v1/rotas/{name}/off` with `person`, who is on duty: whoever is next has the rest of it.
pub(crate) async fn off(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let Off { person } = document.read()?;
    let now = api.engine.now();
    let overrides = duty::overrides(&api, &caller, &rota.name, (now, now)).await?;
    let given = oncall::off(&duty::roster(&rota, &overrides)?, &person, now).map_err(refusal)?;
    let given = Override { until: given.until.min(LATEST), ..given };
    let kept = keep(&api, &caller, given).await?;
    Ok((StatusCode::CREATED, Json(json!({ "overrides": [kept] }))))
}

/// Keeps an override, and whoever comes on duty by it is told.
async fn keep(api: &Api, caller: &Caller, change: Override) -> Result<Override, ApiError> {
    room_for(api, caller, &change.rota, 1).await?;
    let kept = add(api, caller, change).await?;
    api.engine.duty_changed();
    Ok(kept)
}

/// The same for several of one rota: all of them, or none.
pub(crate) async fn keep_all(
    api: &Api,
    caller: &Caller,
    rota: &Name,
    changes: Vec<Override>,
) -> Result<Vec<Override>, ApiError> {
    room_for(api, caller, rota, changes.len()).await?;
    let mut kept = Vec::with_capacity(changes.len());
    for change in changes {
        kept.push(add(api, caller, change).await?);
    }
    api.engine.duty_changed();
    Ok(kept)
}

async fn add(api: &Api, caller: &Caller, change: Override) -> Result<Override, ApiError> {
    let id = api.store().add_override(caller.account.sid, change.clone()).await?;
    Ok(Override { id, ..change })
}

async fn room_for(api: &Api, caller: &Caller, rota: &Name, more: usize) -> Result<(), ApiError> {
    let now = api.engine.now();
    let there_are = api.store().overrides(caller.account.sid, rota, now, LATEST).await?.len();
    if there_are + more <= MOST_OVERRIDES {
        return Ok(());
    }
    let message = format!("at most {MOST_OVERRIDES} overrides are kept: delete some first");
    Err(ApiError::conflict(message))
}

/// What `oncall` refuses: 409 where it is a matter of who is on duty now, else 400.
pub(crate) fn refusal(error: RotaError) -> ApiError {
    match error {
        RotaError::OnDutyAlready(_) | RotaError::NotOnDuty(_) | RotaError::NobodyElse(_) => {
            ApiError::conflict(error.to_string())
        }
        other => ApiError::invalid(other.to_string()),
    }
}

fn checked(wanted: &NewOverride, rota: &Rota, now: Moment) -> Result<(), ApiError> {
    if let Some(said) = wanted.rota.as_ref().filter(|said| **said != rota.name) {
        let message = format!("rota: '{said}' is not the '{}' of the address", rota.name);
        return Err(ApiError::invalid(message));
    }
    bounds("until", (wanted.from, wanted.until))?;
    if wanted.until <= now {
        return Err(ApiError::invalid(format!("until: {} is past", wanted.until.iso8601())));
    }
    check::display("reason", &wanted.reason)?;
    match &wanted.change {
        Change::Replace { person, with } if person == with => {
            Err(ApiError::invalid(format!("change.replace.with: '{with}' is the same person")))
        }
        Change::Add { .. } | Change::Remove { .. } | Change::Replace { .. } => Ok(()),
    }
}

/// A time that has a length, in years that there are.
pub(crate) fn bounds(field: &str, (from, until): (Moment, Moment)) -> Result<(), ApiError> {
    if until <= from {
        let message = format!("{field}: {} is not after {}", until.iso8601(), from.iso8601());
        return Err(ApiError::invalid(message));
    }
    if from < EARLIEST || until > LATEST {
        return Err(ApiError::invalid(format!("{field}: write years from 1970 to 2199")));
    }
    Ok(())
}

async fn known(api: &Api, caller: &Caller, change: &Change) -> Result<(), ApiError> {
    let people = match change {
        Change::Add { person } => vec![("change.add.person", person)],
        // Who was deleted may still be in the rota.
        Change::Remove { .. } => Vec::new(),
        Change::Replace { person: _, with } => vec![("change.replace.with", with)],
    };
    for (field, name) in people {
        person_of(api, caller, field, name).await?;
    }
    Ok(())
}
