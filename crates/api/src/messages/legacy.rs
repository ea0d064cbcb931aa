//! The resource of old, `/SMS/Messages`: the same messages with fewer fields, and at most 160 characters.
//!
//! Withdrawn from Twilio's documentation and still asked by scripts of its first years. Messages with media are listed,
//! too; none can be sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::messages::order::MessageOrder;
use crate::messages::shape::legacy;
use crate::messages::{IdempotencyKey, filter, own_message, send};
use crate::paging::ListAsked;
use crate::params::Params;

/// `POST /SMS/Messages`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    key: IdempotencyKey,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let order = MessageOrder::read_legacy(&params)?;
    let message = send(&api, &caller, key, order).await?;
    Ok((StatusCode::CREATED, Json(legacy(&message))))
}

/// `GET /SMS/Messages`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let rows = api.store().messages(caller.account.sid, filter(&params)?, list.page).await;
    Ok(Json(list.shape("sms_messages", &list.found(rows)?, |row| row.sid, legacy)))
}

/// `GET /SMS/Messages/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(legacy(&own_message(&api, &caller, &sid).await?)))
}
