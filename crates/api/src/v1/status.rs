//! `/v1/status`: what runs here, for the command line.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;

/// `GET /v1/status`.
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    _caller: Caller,
) -> Result<Json<Value>, ApiError> {
    let sip = api.engine.sip();
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the trait is of a crate that this one doesn't see"
    )]
    let engines: Vec<&str> = api.engine.voices().engines().map(|engine| engine.name()).collect();
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "ready": api.engine.is_ready(),
        "sip_address": sip.local_addr().to_string(),
        "http_address": api.settings.http_address.map(|address| address.to_string()),
        "public_url": api.engine.settings().public_url,
        "speech_engines": engines,
        "live_calls": api.engine.live_calls(),
        "registrations": sip.registrations().len(),
        "callbacks_waiting": api.store().outbox_depth().await?,
    })))
}
