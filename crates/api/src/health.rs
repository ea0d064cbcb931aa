//! Whether the server is up, and whether it takes work. For load balancers: no credentials.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::Api;

/// `GET /healthz`: it answers.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// `GET /readyz`: it takes calls and its store can be written and read, else 503 with the reason.
pub(crate) async fn readyz(State(api): State<Arc<Api>>) -> (StatusCode, String) {
    if !api.engine.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping".to_owned());
    }
    match api.store().ping().await {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}
