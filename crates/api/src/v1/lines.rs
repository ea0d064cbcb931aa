//! `/v1/lines`: what a caller meets, and the one target of those who schedule elsewhere.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::oncall::{Line, Shown};
use model::{Party, PhoneNumber};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::check;
use crate::v1::people::kept;

/// Most lines of an account.
const MOST_LINES: usize = 200;

/// `GET /v1/lines`, by name.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "lines": api.store().lines(caller.account.sid).await? })))
}

/// `GET /v1/lines/{name}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Line>, ApiError> {
    Ok(Json(line(&api, &caller, &name).await?))
}

/// `POST /v1/lines`: a new one; 409 if there is one of that name.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Line>), ApiError> {
    let line: Line = document.read()?;
    check::line(&line, &around(&api, &caller, &line).await?)?;
    let known = api.store().lines(caller.account.sid).await?;
    if known.iter().any(|known| known.name == line.name) {
        let message = format!("there is a line '{}' already: PUT changes it", line.name);
        return Err(ApiError::conflict(message));
    }
    room_for_one_more(known.len())?;
    keep(&api, &caller, &line).await?;
    Ok((StatusCode::CREATED, Json(line)))
}

/// `PUT /v1/lines/{name}`: in place of the one of that name, or a new one. Calls that are on it go on as they began.
pub(crate) async fn replace(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Line>), ApiError> {
    let name = caller.name(&name)?;
    let line: Line = document.named(name.as_str())?;
    check::line(&line, &around(&api, &caller, &line).await?)?;
    let before = api.store().line(caller.account.sid, &name).await?;
    if before.is_none() {
        room_for_one_more(api.store().lines(caller.account.sid).await?.len())?;
    }
    keep(&api, &caller, &line).await?;
    Ok((kept(before.is_some()), Json(line)))
}

/// `DELETE /v1/lines/{name}`. Its calls are kept.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = caller.name(&name)?;
    if !api.store().remove_line(caller.account.sid, &name).await? {
        return Err(caller.not_found());
    }
    api.engine.duty_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Where every call goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    #[serde(alias = "target")]
    to: Party,
}

/// `PUT /v1/lines/{name}/target` with `to`: every call goes there, whatever the rota says; then voicemail.
pub(crate) async fn set_target(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<Json<Line>, ApiError> {
    let line = line(&api, &caller, &name).await?;
    let Target { to } = document.read()?;
    let line = Line { target: Some(to), ..line };
    check::target(&line)?;
    keep(&api, &caller, &line).await?;
    Ok(Json(line))
}

/// `DELETE /v1/lines/{name}/target`: the teams decide again. It is gone also where there was none.
pub(crate) async fn remove_target(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let line = line(&api, &caller, &name).await?;
    if line.target.is_some() {
        keep(&api, &caller, &Line { target: None, ..line }).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The line that a path names.
pub(crate) async fn line(api: &Api, caller: &Caller, name: &str) -> Result<Line, ApiError> {
    let name = caller.name(name)?;
    let found = api.store().line(caller.account.sid, &name).await?;
    found.ok_or_else(|| caller.not_found())
}

async fn around(api: &Api, caller: &Caller, line: &Line) -> Result<check::Around, ApiError> {
    let account = caller.account.sid;
    let rotas = api.store().rotas(account).await?.into_iter().map(|rota| rota.name).collect();
    let people = api.store().people(account).await?.into_iter().map(|person| person.name).collect();
    let mut numbers: Vec<PhoneNumber> = Vec::new();
    let shown = match &line.shown {
        Shown::Number(number) => Some(number),
        Shown::Line | Shown::Caller => None,
    };
    for number in line.text_from.iter().chain(shown) {
        let record = api.store().number_called(number).await?;
        if record.is_some_and(|record| record.account == account) {
            numbers.push(number.clone());
        }
    }
    let files = api.engine.prompts().await.map_err(|error| ApiError::unexpected(&error))?;
    let audio = files.into_iter().map(|file| file.name).collect();
    Ok(check::Around { rotas, people, numbers, audio })
}

async fn keep(api: &Api, caller: &Caller, line: &Line) -> Result<(), ApiError> {
    api.store().save_line(caller.account.sid, line.clone()).await?;
    api.engine.duty_changed();
    Ok(())
}

fn room_for_one_more(lines: usize) -> Result<(), ApiError> {
    if lines < MOST_LINES {
        return Ok(());
    }
    Err(ApiError::conflict(format!("there are {MOST_LINES} lines already: delete some first")))
}
