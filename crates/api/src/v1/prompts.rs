//! `/v1/prompts`: audio for lines and documents, which `alo://prompts/NAME` plays.
//!
//! Files are the whole server's, so only the administrator's account may change them, where there is one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{PromptError, PromptFile};
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::Body;
use crate::v1::bodies::takes;
use crate::v1::named::kept;

/// What is taken.
const TYPES: [&str; 7] = [
    "audio/wav",
    "audio/x-wav",
    "audio/wave",
    "audio/vnd.wave",
    "audio/mpeg",
    "audio/mp3",
    "application/octet-stream",
];

/// `GET /v1/prompts`, by name.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    _caller: Caller,
) -> Result<Json<Value>, ApiError> {
    let files = api.engine.prompts().await.map_err(refusal)?;
    Ok(Json(json!({ "prompts": files.iter().map(shape).collect::<Vec<Value>>() })))
}

/// `GET /v1/prompts/{name}`: the audio itself.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let name = caller.name(&name)?;
    let audio = api.engine.prompt_audio(&name).await.map_err(refusal)?;
    let audio = audio.ok_or_else(|| caller.not_found())?;
    let kind = HeaderValue::from_static(if audio.starts_with(b"RIFF") {
        "audio/wav"
    } else {
        "audio/mpeg"
    });
    let headers: [(HeaderName, HeaderValue); 2] =
        [(CONTENT_TYPE, kind), (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))];
    Ok((headers, audio).into_response())
}

/// `PUT /v1/prompts/{name}` with a WAV or MP3 file as its body: in place of the one of that name, or a new one.
pub(crate) async fn replace(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    Body(audio): Body,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let name = caller.name(&name)?;
    api.needs_administrator(caller.sid, "prompts")?;
    takes(&headers, &TYPES)?;
    let before = api.engine.prompt(&name).await.map_err(refusal)?;
    let file = api.engine.save_prompt(name, Bytes::into(audio)).await.map_err(refusal)?;
    Ok((kept(before.is_some()), Json(shape(&file))))
}

/// `DELETE /v1/prompts/{name}`. A line that plays it says its own words again.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = caller.name(&name)?;
    api.needs_administrator(caller.sid, "prompts")?;
    let gone = api.engine.delete_prompt(&name).await.map_err(refusal)?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

fn refusal(error: PromptError) -> ApiError {
    match error {
        PromptError::TooLarge(_) => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, INVALID_PARAMETER, error.to_string())
        }
        PromptError::NoAudio(_) => ApiError::invalid(error.to_string()),
        PromptError::TooMany => ApiError::conflict(error.to_string()),
        other => ApiError::unexpected(&other),
    }
}

fn shape(file: &PromptFile) -> Value {
    json!({
        "name": file.name,
        "url": format!("alo://prompts/{}", file.name),
        "size": file.size,
        "uploaded_at": file.uploaded_at.iso8601(),
    })
}
