//! The resource Message: sent, listed, read, redacted, taken back, deleted.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource>. `order.rs` reads what is to be sent, `change.rs` what is
//! to be changed, `shape.rs` prints; `legacy.rs` is the resource of old, `media.rs` and `feedback.rs` are below a message.

mod change;
pub(crate) mod feedback;
pub(crate) mod legacy;
pub(crate) mod media;
mod order;
mod pretence;
mod shape;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use engine::SendTextError;
use model::{MessageRecord, Sid, SidKind};
use serde_json::Value;
use store::MessageFilter;

use crate::api::Api;
use crate::auth::Caller;
use crate::dates;
use crate::errors::ApiError;
use crate::messages::change::{MessageChange, not_changed};
use crate::messages::order::{MessageOrder, OrderError};
use crate::paging::ListAsked;
use crate::params::Params;
use crate::written;

pub(crate) use crate::messages::shape::shape;

/// Headers by which a client says that a request is a repetition: the SDKs', and that of everybody else.
const IDEMPOTENCY: [&str; 2] = ["i-twilio-idempotency-token", "idempotency-key"];

/// Seconds after which it is worth to try again when the queue of messages is full.
const RETRY_AFTER: u64 = 1;

/// A word by which the client recognises its repetition, where a header has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    fn read(headers: &HeaderMap) -> Result<IdempotencyKey, OrderError> {
        let Some(value) = IDEMPOTENCY.iter().find_map(|name| headers.get(*name)) else {
            return Ok(IdempotencyKey(None));
        };
        let text = value.to_str().map_err(|_| OrderError::Key(value.len()))?;
        Ok(IdempotencyKey(Some(order::key(text)?)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, ApiError> {
        Ok(IdempotencyKey::read(&parts.headers)?)
    }
}

/// `POST /Messages`.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    key: IdempotencyKey,
    params: Params,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    api.warn_ignored(order::ignored(&params));
    let message = send(&api, &caller, key, MessageOrder::read(&params)?).await?;
    Ok((StatusCode::CREATED, Json(shape::created(&message))))
}

/// `GET /Messages`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let list = ListAsked::read(&caller.asked, &params)?;
    let rows = api.store().messages(caller.account.sid, filter(&params)?, list.page).await;
    Ok(Json(list.shape("messages", &list.found(rows)?, |row| row.sid, shape)))
}

/// `GET /Messages/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(shape(&own_message(&api, &caller, &sid).await?)))
}

/// `POST /Messages/{sid}`.
pub(crate) async fn update(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let sid = message_sid(&caller, &sid)?;
    let account = caller.account.sid;
    let changed = match MessageChange::read(&params)? {
        MessageChange::Redact => api.engine.redact_text(account, sid).await,
        MessageChange::Cancel => api.engine.cancel_text(account, sid).await,
    };
    let changed = changed.map_err(|error| not_changed(error, || caller.not_found()))?;
    Ok(Json(shape(&changed)))
}

/// `DELETE /Messages/{sid}`: with its media.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let sid = message_sid(&caller, &sid)?;
    let deleted = api.engine.delete_text(caller.account.sid, sid).await;
    deleted.map_err(|error| not_changed(error, || caller.not_found()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The message of a path, if it is the account's.
async fn own_message(api: &Api, caller: &Caller, sid: &str) -> Result<MessageRecord, ApiError> {
    let found = api.engine.text(caller.account.sid, message_sid(caller, sid)?).await?;
    found.ok_or_else(|| caller.not_found())
}

/// `SM…` or `MM…` of a path.
fn message_sid(caller: &Caller, text: &str) -> Result<Sid, ApiError> {
    let with_media = caller.sid(SidKind::MediaMessage, text);
    with_media.or_else(|_| caller.sid(SidKind::Message, text))
}

/// Has it sent; an account in test mode is told what would come of it.
async fn send(
    api: &Api,
    caller: &Caller,
    IdempotencyKey(key): IdempotencyKey,
    order: MessageOrder,
) -> Result<MessageRecord, ApiError> {
    if caller.account.test {
        return pretence::sent(api, caller.account.sid, order);
    }
    let callback = match order.asks_application() {
        None => None,
        Some(sid) => callback_of(api, caller, sid).await?,
    };
    let order = order.sent_for(caller.account.sid, callback, key);
    api.engine.send_text(order).await.map_err(not_sent)
}

/// Where the application of a request is told of statuses.
async fn callback_of(api: &Api, caller: &Caller, sid: Sid) -> Result<Option<String>, ApiError> {
    let found = api.store().application(sid).await?;
    let found = found.filter(|application| application.account == caller.account.sid);
    let application = found.ok_or_else(|| OrderError::Application(sid.to_string()))?;
    Ok(application.message_callback)
}

/// `DateSent` is a day or a moment; the parameters' names end in `<` and `>` for ranges.
fn filter(params: &Params) -> Result<MessageFilter, ApiError> {
    let end = |name| {
        let raw = params.raw(name)?;
        let end = written::correspondent(raw);
        Some(end.map_or_else(|_| raw.trim().to_owned(), |end| end.to_string()))
    };
    let sent = dates::range(params, "DateSent")?;
    Ok(MessageFilter { to: end("To"), from: end("From"), status: None, sent })
}

fn not_sent(error: SendTextError) -> ApiError {
    match error {
        SendTextError::QueueFull(_) => {
            ApiError::too_many(error.to_string(), RETRY_AFTER).with_code(error.code())
        }
        SendTextError::Draining => ApiError::unavailable(error.to_string()),
        SendTextError::Store(error) => error.into(),
        other => ApiError::bad_request(other.code(), other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{asked, assert_page_like};
    use crate::messages::shape::example;
    use model::Moment;
    use store::{DateRange, Listing};

    #[test]
    fn a_list_has_the_keys_and_types_of_twilios() {
        let params = Params::read(b"To=%2B123456789&DateSent%3E=2008-01-02&PageSize=2");
        let list = ListAsked::read(&asked("Messages"), &params).expect("a page");
        let listing = Listing { items: vec![example(), example()], more: true };
        assert_page_like(&list.shape("messages", &listing, |row| row.sid, shape), "messages");
    }

    #[test]
    fn messages_are_found_by_their_ends_and_by_when_they_were_sent() {
        let read = filter(&Params::read(b"To= 14155550100&From=ALO&DateSent=1970-01-01"));
        let expected = MessageFilter {
            to: Some("+14155550100".to_owned()),
            from: Some("ALO".to_owned()),
            status: None,
            sent: DateRange::on(Moment::EPOCH),
        };
        assert_eq!(read, Ok(expected));
        let range = b"DateSent%3E=1970-01-01T00:00:01Z&DateSent%3C=1970-01-01T00:00:05Z";
        let sent = filter(&Params::read(range)).expect("a filter").sent;
        assert_eq!(sent.after, Some(Moment::from_millis(1_000)));
        assert_eq!(sent.before, Some(Moment::from_millis(6_000)), "its second is inside");
        assert!(filter(&Params::read(b"DateSent=never")).is_err());
    }

    #[test]
    fn what_the_engine_refuses_has_twilios_code() {
        let shaped = |error| {
            let error = not_sent(error);
            (error.status.as_u16(), error.code)
        };
        let who = || "+14155550100".parse().expect("a number");
        let sid = Sid::new(SidKind::Service, 1);
        for (error, expected) in [
            (SendTextError::NotOurs(who()), (400, 21606)),
            (SendTextError::BadReceiver(who()), (400, 21211)),
            (SendTextError::Landline(who()), (400, 21614)),
            (SendTextError::SameNumber(who()), (400, 21266)),
            (SendTextError::OptedOut(who()), (400, 21610)),
            (SendTextError::Unreachable { from: who(), to: who() }, (400, 21612)),
            (SendTextError::NoService(sid), (400, 21701)),
            (SendTextError::NoSenders(sid), (400, 21703)),
            (SendTextError::QueueFull(9), (429, 21611)),
            (SendTextError::Schedule { code: 35114, message: String::new() }, (400, 35114)),
            (SendTextError::Draining, (503, 20503)),
        ] {
            assert_eq!(shaped(error), expected);
        }
    }

    #[test]
    fn either_header_names_a_repetition() {
        let header = |name: &'static str, value: &str| {
            let value = value.parse().expect("a header");
            let name = axum::http::HeaderName::from_static(name);
            IdempotencyKey::read(&HeaderMap::from_iter([(name, value)]))
        };
        for name in IDEMPOTENCY {
            assert_eq!(header(name, "once"), Ok(IdempotencyKey(Some("once".to_owned()))));
        }
        assert_eq!(IdempotencyKey::read(&HeaderMap::new()), Ok(IdempotencyKey(None)));
        assert!(header("idempotency-key", "").is_err());
    }
}
