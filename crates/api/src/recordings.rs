//! The resource Recording: listed, read, deleted, and heard.
//!
//! <https://www.twilio.com/docs/voice/api/recording>. The address without an extension or with `.wav` is the audio
//! (`media.rs`), with `.json` it is the record.

mod media;
mod shape;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{RecordingRecord, Sid, SidKind};
use serde_json::Value;
use store::RecordingFilter;

use crate::api::Api;
use crate::asked::{Asked, Extension};
use crate::auth::Caller;
use crate::calls::own_call;
use crate::dates;
use crate::errors::ApiError;
use crate::paging::ListAsked;
use crate::params::Params;
use crate::recordings::shape::{of_account, of_call};

/// `GET /Recordings`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let filter = filter(&params)?;
    let rows = api.store().recordings(caller.account.sid, filter, list.page).await;
    let listing = list.found(rows)?;
    let shape = |row: &RecordingRecord| of_account(row, &api.engine.settings().public_url);
    Ok(Json(list.shape("recordings", &listing, |row| row.sid, shape)))
}

/// `GET /Calls/{call}/Recordings`.
pub(crate) async fn list_of_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, call)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let call = own_call(&api, &caller, &call).await?;
    let filter = RecordingFilter { call: Some(call.sid), ..filter(&params)? };
    let rows = api.store().recordings(caller.account.sid, filter, list.page).await;
    Ok(Json(list.shape("recordings", &list.found(rows)?, |row| row.sid, of_call)))
}

/// `GET /Recordings/{sid}`: the record with `.json`, the audio otherwise.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Result<Caller, ApiError>,
    Path((account, sid)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = request.extensions().get::<Asked>().cloned().ok_or_else(ApiError::internal)?;
    if asked.extension == Extension::Json {
        let recording = own_recording(&api, &caller?, &sid).await?;
        let shaped = of_account(&recording, &api.engine.settings().public_url);
        return Ok(Json(shaped).into_response());
    }
    if !api.settings.public_recordings {
        caller?;
    }
    let recording = recording_of(&api, &account, &sid).await?.ok_or_else(|| asked.not_found())?;
    media::serve(&api, &recording, &asked, request).await
}

/// `GET /Calls/{call}/Recordings/{sid}`.
pub(crate) async fn fetch_of_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, call, sid)): Path<(String, String, String)>,
) -> Result<Json<Value>, ApiError> {
    let recording = own_recording(&api, &caller, &sid).await?;
    if recording.call.to_string() != call {
        return Err(caller.not_found());
    }
    Ok(Json(of_call(&recording)))
}

/// `DELETE /Recordings/{sid}`: the row and the file.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let sid = caller.sid(SidKind::Recording, &sid)?;
    let deleted = api.engine.delete_recording(caller.account.sid, sid).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

/// `DELETE /Calls/{call}/Recordings/{sid}`.
pub(crate) async fn delete_of_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((account, call, sid)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let recording = own_recording(&api, &caller, &sid).await?;
    if recording.call.to_string() != call {
        return Err(caller.not_found());
    }
    delete(State(api), caller, Path((account, sid))).await
}

/// The recording of a path, if it is the account's.
pub(crate) async fn own_recording(
    api: &Api,
    caller: &Caller,
    sid: &str,
) -> Result<RecordingRecord, ApiError> {
    let sid = caller.sid(SidKind::Recording, sid)?;
    caller.own(api.store().recording(sid).await?, |row| row.account)
}

/// The recording of a path, without regard to who asks.
async fn recording_of(
    api: &Api,
    account: &str,
    sid: &str,
) -> Result<Option<RecordingRecord>, ApiError> {
    let Ok(sid) = Sid::of_kind(SidKind::Recording, sid) else { return Ok(None) };
    let found = api.store().recording(sid).await?;
    Ok(found.filter(|row| row.account.to_string() == account))
}

fn filter(params: &Params) -> Result<RecordingFilter, ApiError> {
    let call = |text: &str| {
        let message = format!("CallSid is '{text}', which is no call's SID");
        Sid::of_kind(SidKind::Call, text).map_err(|_| ApiError::invalid(message))
    };
    Ok(RecordingFilter {
        call: params.text("CallSid").map(call).transpose()?,
        created: dates::range(params, "DateCreated")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_page_like};
    use crate::recordings::shape::example;
    use store::{DateRange, Listing};

    #[test]
    fn lists_have_the_keys_and_types_of_twilios() {
        let list = ListAsked::read(&asked("Recordings"), &Params::default()).expect("a page");
        let listing = Listing { items: vec![example()], more: false };
        let shape = |row: &RecordingRecord| of_account(row, "https://alo.example");
        assert_page_like(&list.shape("recordings", &listing, |row| row.sid, shape), "recordings");
        let of_a_call = list.shape("recordings", &listing, |row| row.sid, of_call);
        assert_page_like(&of_a_call, "call_recordings");
    }

    #[test]
    fn recordings_are_found_by_call_and_day() {
        let call = Sid::new(SidKind::Call, 3);
        let query = format!("CallSid={call}&DateCreated=1970-01-01");
        let read = filter(&Params::read(query.as_bytes())).expect("a filter");
        let created = DateRange::on(model::Moment::EPOCH);
        assert_eq!(read, RecordingFilter { call: Some(call), created });
        assert!(filter(&Params::read(b"CallSid=RE1")).is_err());
    }
}
