//! `/v1/rotas`: who takes turns. Who is on duty by them is in `duty.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Party;
use model::oncall::Rota;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::calls::own_number;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::check;
use crate::v1::people::kept;

/// Most rotas of an account.
const MOST_ROTAS: usize = 200;

/// `GET /v1/rotas`, by name.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "rotas": api.store().rotas(caller.account.sid).await? })))
}

/// `GET /v1/rotas/{name}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Rota>, ApiError> {
    Ok(Json(rota(&api, &caller, &name).await?))
}

/// `POST /v1/rotas`: a new one; 409 if there is one of that name.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Rota>), ApiError> {
    let rota: Rota = document.read()?;
    check(&api, &caller, &rota, None).await?;
    let known = api.store().rotas(caller.account.sid).await?;
    if known.iter().any(|known| known.name == rota.name) {
        let message = format!("there is a rota '{}' already: PUT changes it", rota.name);
        return Err(ApiError::conflict(message));
    }
    room_for_one_more(known.len())?;
    keep(&api, &caller, &rota).await?;
    Ok((StatusCode::CREATED, Json(rota)))
}

/// `PUT /v1/rotas/{name}`: in place of the one of that name, or a new one.
pub(crate) async fn replace(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Rota>), ApiError> {
    let name = caller.name(&name)?;
    let rota: Rota = document.named(name.as_str())?;
    let before = api.store().rota(caller.account.sid, &name).await?;
    check(&api, &caller, &rota, before.as_ref()).await?;
    if before.is_none() {
        room_for_one_more(api.store().rotas(caller.account.sid).await?.len())?;
    }
    keep(&api, &caller, &rota).await?;
    Ok((kept(before.is_some()), Json(rota)))
}

/// `DELETE /v1/rotas/{name}`, with its overrides and swaps.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = caller.name(&name)?;
    if !api.store().remove_rota(caller.account.sid, &name).await? {
        return Err(caller.not_found());
    }
    api.engine.duty_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// The rota that a path names.
pub(crate) async fn rota(api: &Api, caller: &Caller, name: &str) -> Result<Rota, ApiError> {
    let name = caller.name(name)?;
    let found = api.store().rota(caller.account.sid, &name).await?;
    found.ok_or_else(|| caller.not_found())
}

/// Whether it can be kept in place of `before`.
pub(crate) async fn check(
    api: &Api,
    caller: &Caller,
    rota: &Rota,
    before: Option<&Rota>,
) -> Result<(), ApiError> {
    check::rota(rota)?;
    let newcomers = check::newcomers(rota, before);
    if !newcomers.is_empty() {
        let people = api.store().people(caller.account.sid).await?;
        let unknown = newcomers.iter().find(|name| people.iter().all(|known| known.name != **name));
        if let Some(name) = unknown {
            let message = format!("layers: there is no person '{name}': POST /v1/people adds them");
            return Err(ApiError::invalid(message));
        }
    }
    if let Some(number) = &rota.text_from {
        let number = Party::Number(number.clone());
        own_number(api, caller, &number).await.map_err(|error| error.about("text_from"))?;
    }
    Ok(())
}

/// Keeps it, and whoever comes on duty by that is told.
pub(crate) async fn keep(api: &Api, caller: &Caller, rota: &Rota) -> Result<(), ApiError> {
    api.store().save_rota(caller.account.sid, rota.clone()).await?;
    api.engine.duty_changed();
    Ok(())
}

fn room_for_one_more(rotas: usize) -> Result<(), ApiError> {
    if rotas < MOST_ROTAS {
        return Ok(());
    }
    Err(ApiError::conflict(format!("there are {MOST_ROTAS} rotas already: delete some first")))
}
