//! `/v1/short-codes`: short codes that a carrier leases to this server are added and given up here; `/SMS/ShortCodes` reads
//! and changes them. Adding and giving up is the administrator's, where there is one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Correspondent, ShortCode, Sid, SidKind, TextRouting};
use serde_json::{Value, json};
use store::{Page, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::{FormOrJson, Params};
use crate::short_codes::{apply, shape};

/// Why a short code was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum AddError {
    /// Write its digits.
    #[error("Code is '{0}': write three to eight digits")]
    Code(String),
    /// Write the SID of an account.
    #[error("AccountSid is '{0}': there is no such account")]
    Account(String),
    /// Take it from who has it.
    #[error("somebody on this server has the short code {0} already")]
    Taken(String),
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> ApiError {
        match error {
            AddError::Code(_) | AddError::Account(_) => ApiError::invalid(error.to_string()),
            AddError::Taken(_) => ApiError::conflict(error.to_string()),
        }
    }
}

/// `GET /v1/short-codes`: the account's, at most 1,000.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    let page = Page::first(Page::LARGEST);
    let codes = api.store().short_codes(caller.account.sid, None, None, page).await?;
    Ok(Json(json!({ "short_codes": codes.items.iter().map(shape).collect::<Vec<Value>>() })))
}

/// `POST /v1/short-codes` with `Code`, `FriendlyName`, `AccountSid` (the caller's unless said), `SmsUrl` and its kin.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    FormOrJson(params): FormOrJson,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    api.needs_administrator(caller.sid, "short codes")?;
    let code = new_code(&api, owner(&api, &caller, &params).await?, &params)?;
    match api.store().add_short_code(code.clone()).await {
        Err(StoreError::Taken(_)) => return Err(AddError::Taken(code.code).into()),
        result => result?,
    }
    api.engine.reload_numbers();
    Ok((StatusCode::CREATED, Json(shape(&code))))
}

/// `DELETE /v1/short-codes/{code}`, by its digits or its SID. It leaves its service, too.
pub(crate) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<StatusCode, ApiError> {
    api.needs_administrator(caller.sid, "short codes")?;
    let found = match Sid::of_kind(SidKind::ShortCode, &code) {
        Ok(sid) => api.store().short_code(sid).await?,
        Err(_) => api.store().short_code_texted(&code).await?,
    };
    // Where nobody administers, an account gives up its own.
    let may = |code: &ShortCode| api.settings.admin.is_some() || code.account == caller.account.sid;
    let code = found.filter(may).ok_or_else(|| caller.not_found())?;
    api.store().remove_short_code(code.sid).await?;
    api.engine.reload_numbers();
    Ok(StatusCode::NO_CONTENT)
}

/// Whose it is to be: another's only where an administrator says so.
async fn owner(api: &Api, caller: &Caller, params: &Params) -> Result<Sid, ApiError> {
    let Some(text) = params.text("AccountSid") else { return Ok(caller.account.sid) };
    let unknown = || AddError::Account(text.to_owned());
    let sid = Sid::of_kind(SidKind::Account, text).map_err(|_| unknown())?;
    let may = sid == caller.sid || api.settings.admin.is_some();
    let found = if may { api.account(sid).await? } else { None };
    Ok(found.ok_or_else(unknown)?.sid)
}

fn new_code(api: &Api, account: Sid, params: &Params) -> Result<ShortCode, ApiError> {
    let digits = digits(params.text("Code").unwrap_or_default())?;
    let now = api.engine.now();
    let mut code = ShortCode {
        sid: api.engine.new_sid(SidKind::ShortCode),
        account,
        friendly_name: digits.clone(),
        code: digits,
        text: TextRouting::default(),
        created_at: now,
        updated_at: now,
    };
    apply(params, &mut code)?;
    Ok(code)
}

fn digits(text: &str) -> Result<String, AddError> {
    match text.parse() {
        Ok(Correspondent::ShortCode(digits)) => Ok(digits),
        Ok(_) | Err(_) => Err(AddError::Code(text.to_owned())),
    }
}

#[test]
fn a_short_code_has_three_to_eight_digits() {
    assert_eq!(digits("12345").as_deref(), Ok("12345"));
    for bad in ["", "12", "123456789", "ALO", "+14155550100"] {
        assert_eq!(digits(bad), Err(AddError::Code(bad.to_owned())));
    }
}
