//! The resource Call: placed, listed, read, changed, deleted.
//!
//! <https://www.twilio.com/docs/voice/api/call-resource>. `order.rs` reads what is to be placed, `change.rs` what is to
//! be changed, `shape.rs` prints.

mod change;
mod order;
mod pretence;
mod shape;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{ModifyCallError, PlaceCallError};
use model::{CallRecord, Party, Sid, SidKind};
use serde_json::Value;
use store::{CallFilter, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::calls::change::CallChange;
use crate::calls::order::{CallOrder, OrderError};
use crate::calls::shape::shape;
use crate::dates;
use crate::errors::{ApiError, STILL_GOING_ON};
use crate::paging::ListAsked;
use crate::params::Params;

/// Seconds after which it is worth to try again when the queue of calls is full.
const RETRY_AFTER: u64 = 1;

/// Why the calls were not listed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum FilterError {
    /// See the list of statuses.
    #[error(
        "Status is '{0}': write queued, ringing, in-progress, completed, busy, failed, no-answer or canceled"
    )]
    Status(String),
    /// Write `CA` and 32 hexadecimal digits.
    #[error("ParentCallSid is '{0}', which is no call's SID")]
    Parent(String),
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> ApiError {
        ApiError::invalid(error.to_string())
    }
}

/// `POST /Calls`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let order = CallOrder::read(&params)?;
    if caller.account.test {
        let record = pretence::placed(&api, caller.account.sid, order)?;
        return Ok((StatusCode::CREATED, Json(shape(&record))));
    }
    let number = own_number(&api, &caller, &order.from).await?;
    let order = of_application(&api, &caller, order).await?.placed_for(caller.account.sid, number);
    let record = api.engine.place_call(order).await.map_err(not_placed)?;
    Ok((StatusCode::CREATED, Json(shape(&record))))
}

/// The order with what its application says, where it needs that.
async fn of_application(
    api: &Api,
    caller: &Caller,
    order: CallOrder,
) -> Result<CallOrder, ApiError> {
    let Some(sid) = order.asks_application() else { return Ok(order) };
    let found = api.store().application(sid).await?;
    let found = found.filter(|application| application.account == caller.account.sid);
    let application = found.ok_or_else(|| OrderError::Application(sid.to_string()))?;
    Ok(order.of_application(application.voice)?)
}

/// `GET /Calls`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let filter = filter(&params)?;
    let calls = api.store().calls(caller.account.sid, filter, list.page).await;
    let listing = list.found(calls)?;
    Ok(Json(list.shape("calls", &listing, |call| call.sid, shape)))
}

/// `GET /Calls/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(shape(&own_call(&api, &caller, &sid).await?)))
}

/// `POST /Calls/{sid}`. Without a change asked for it is a read.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let call = own_call(&api, &caller, &sid).await?;
    let Some(change) = CallChange::read(&params)? else { return Ok(Json(shape(&call))) };
    let changed = api.engine.modify_call(caller.account.sid, call.sid, change).await;
    Ok(Json(shape(&changed.map_err(|error| not_modified(&caller, error))?)))
}

/// `DELETE /Calls/{sid}`.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let call = own_call(&api, &caller, &sid).await?;
    if !call.status.is_final() {
        let message = format!("call {sid} is {}: complete it first", call.status);
        return Err(ApiError::new(StatusCode::CONFLICT, STILL_GOING_ON, message));
    }
    api.store().delete_call(call.sid).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The call of a path, if it is the account's.
pub(crate) async fn own_call(
    api: &Api,
    caller: &Caller,
    sid: &str,
) -> Result<CallRecord, ApiError> {
    let sid = caller.sid(SidKind::Call, sid)?;
    caller.own(api.store().call(sid).await?, |call| call.account)
}

/// `PN…` of the party that is shown to the called: a number must be one of the account's.
pub(crate) async fn own_number(
    api: &Api,
    caller: &Caller,
    from: &Party,
) -> Result<Option<Sid>, ApiError> {
    let Some(number) = from.number() else { return Ok(None) };
    match api.store().number_called(number).await? {
        Some(record) if record.account == caller.account.sid => Ok(Some(record.sid)),
        Some(_) | None => Err(ApiError::bad_request(
            21210,
            format!(
                "{number} is not a number of this account: take it over with IncomingPhoneNumbers first"
            ),
        )),
    }
}

fn filter(params: &Params) -> Result<CallFilter, ApiError> {
    let party = |name| {
        let raw = params.raw(name)?;
        let party = crate::written::party(raw);
        Some(party.map_or_else(|_| raw.trim().to_owned(), |party| party.to_string()))
    };
    let status = |text: &str| text.parse().map_err(|()| FilterError::Status(text.to_owned()));
    let parent = |text: &str| {
        Sid::of_kind(SidKind::Call, text).map_err(|_| FilterError::Parent(text.to_owned()))
    };
    Ok(CallFilter {
        to: party("To"),
        from: party("From"),
        status: params.text("Status").map(status).transpose()?,
        parent: params.text("ParentCallSid").map(parent).transpose()?,
        started: dates::range(params, "StartTime")?,
        ended: dates::range(params, "EndTime")?,
    })
}

fn not_placed(error: PlaceCallError) -> ApiError {
    match error {
        PlaceCallError::InvalidTo(target) => ApiError::bad_request(21211, target.to_string()),
        PlaceCallError::QueueFull(_) => ApiError::too_many(error.to_string(), RETRY_AFTER),
        PlaceCallError::Draining => ApiError::unavailable(error.to_string()),
        PlaceCallError::Store(error) => error.into(),
        other => ApiError::unexpected(&other),
    }
}

fn not_modified(caller: &Caller, error: ModifyCallError) -> ApiError {
    match error {
        ModifyCallError::NotFound(_) => caller.not_found(),
        ModifyCallError::NotInProgress(_) => ApiError::bad_request(21220, error.to_string()),
        ModifyCallError::Store(error) => StoreError::into(error),
        other => ApiError::unexpected(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::shape::example;
    use crate::golden::{asked, assert_page_like};
    use model::CallStatus;
    use store::{DateRange, Listing};

    #[test]
    fn a_list_has_the_keys_and_types_of_twilios() {
        let params = Params::read(b"Status=completed&PageSize=2&Page=1");
        let list = ListAsked::read(&asked("Calls"), &params).expect("a page");
        let listing = Listing { items: vec![example(), example()], more: true };
        assert_page_like(&list.shape("calls", &listing, |call| call.sid, shape), "calls");
    }

    #[test]
    fn filters_are_read_and_unknown_ones_ignored() {
        let parent = Sid::new(SidKind::Call, 3);
        let query = format!(
            "To= 14155550100&From=client:ada&Status=in-progress&ParentCallSid={parent}\
             &StartTime%3E=1970-01-01&Colour=red"
        );
        let read = filter(&Params::read(query.as_bytes())).expect("a filter");
        let expected = CallFilter {
            to: Some("+14155550100".to_owned()),
            from: Some("client:ada".to_owned()),
            status: Some(CallStatus::InProgress),
            parent: Some(parent),
            started: DateRange { after: Some(model::Moment::EPOCH), before: None },
            ended: DateRange::default(),
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn a_filter_that_cannot_match_is_refused() {
        for query in ["Status=asleep", "ParentCallSid=CA1", "StartTime=never"] {
            let error = filter(&Params::read(query.as_bytes())).expect_err(query);
            assert_eq!(error.status, 400, "{query}");
        }
    }

    #[test]
    fn what_the_engine_refuses_has_twilios_code() {
        let full = not_placed(PlaceCallError::QueueFull(1000));
        assert_eq!((full.status.as_u16(), full.code), (429, 20429));
        let draining = not_placed(PlaceCallError::Draining);
        assert_eq!((draining.status.as_u16(), draining.code), (503, 20503));
    }
}
