//! `/v1/rotas/{name}/layers/{layer}/people`: who takes part from the next handoff on.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use model::Moment;
use model::oncall::{Layer, Name, Rota};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::named::named;
use crate::v1::rotas;

/// How far behind ours a client's clock may be.
const TOLERANCE: Duration = Duration::from_secs(60);

/// Who takes part from a handoff on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCrew {
    people: Vec<Name>,
    #[serde(default)]
    at: Option<Moment>,
}

/// `PUT /v1/rotas/{name}/layers/{layer}/people` with `people` and `at` (now unless said): from the first handoff after
/// `at` these take part, in this order. Nobody's turn that has begun moves. The answer says when it takes effect.
pub(crate) async fn replace(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((name, layer)): Path<(String, String)>,
    document: Document,
) -> Result<Json<Value>, ApiError> {
    let before: Rota = named(&api, &caller, &name).await?;
    let named = |known: &&Layer| known.name == layer;
    let layer = before.layers.iter().find(named).ok_or_else(|| caller.not_found())?;
    let NewCrew { people, at } = document.read()?;
    let at = at.unwrap_or(api.engine.now());
    if at < api.engine.now() - TOLERANCE {
        return Err(ApiError::invalid("at: it is past: turns that have begun don't move"));
    }
    let (rota, effective_at) = oncall::change_crew(&before, &layer.name, people, at)
        .map_err(|error| ApiError::invalid(format!("people: {error}")))?;
    rotas::check(&api, &caller, &rota, Some(&before)).await?;
    rotas::keep(&api, &caller, &rota).await?;
    Ok(Json(json!({ "rota": rota, "effective_at": effective_at })))
}
