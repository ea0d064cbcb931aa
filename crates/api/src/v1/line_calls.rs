//! `/v1/line-calls` and `/v1/voicemails`: what happened on lines, with everyone who was rung, and who saw to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use model::oncall::{Acknowledgement, Line, LineCall, LineOutcome, Name};
use model::{Sid, SidKind};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{LineCallFilter, StoreError};

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::named::named;
use crate::v1::people::person_of;
use crate::v1::queries::Query;

/// Most calls of an answer.
const MOST_CALLS: u32 = 1000;
/// As many unless said.
const SOME_CALLS: u32 = 50;

/// `GET /v1/line-calls?line&outcome&from&until&unseen&before&limit`, newest first.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    answer(&api, &caller, filter(&query)?).await
}

/// `GET /v1/lines/{name}/calls`: the same of one line.
pub(crate) async fn list_of_line(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let line = named::<Line>(&api, &caller, &name).await?.name;
    answer(&api, &caller, LineCallFilter { line: Some(line), ..filter(&query)? }).await
}

/// `GET /v1/voicemails?line&from&until&unseen&before&limit`: calls that left a message, newest first.
pub(crate) async fn voicemails(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let outcome = Some(LineOutcome::Voicemail);
    let filter = LineCallFilter { outcome, ..filter(&query)? };
    let limit = filter.limit;
    let calls = read(&api, &caller, filter).await?;
    let next = next(&calls, limit);
    let left = calls.iter().filter(|call| call.voicemail.is_some());
    let shaped: Vec<Value> = left.map(|call| shape(call, &api, &caller)).collect();
    Ok(Json(json!({ "voicemails": shaped, "next": next })))
}

/// `GET /v1/line-calls/{sid}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(sid): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let call = call(&api, &caller, &sid).await?;
    Ok(Json(shape(&call, &api, &caller)))
}

/// Who sees to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeesTo {
    person: Name,
}

/// `POST /v1/line-calls/{sid}/acknowledge` with `person`. Whoever was first stays: the answer says who.
pub(crate) async fn acknowledge(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(sid): Path<String>,
    document: Document,
) -> Result<Json<Value>, ApiError> {
    let call = call(&api, &caller, &sid).await?;
    let SeesTo { person } = document.read()?;
    let by = person_of(&api, &caller, "person", &person).await?.name;
    let needs_nobody = || ApiError::conflict("nobody needs to see to it: it was not missed");
    let ticket = call.ticket.ok_or_else(needs_nobody)?;
    let by = Acknowledgement { by, at: api.engine.now() };
    let seen = api.store().acknowledge_line_call(caller.account.sid, ticket, by).await?;
    let seen = seen.ok_or_else(|| caller.not_found())?;
    Ok(Json(shape(&seen, &api, &caller)))
}

async fn call(api: &Api, caller: &Caller, sid: &str) -> Result<LineCall, ApiError> {
    let sid = caller.sid(SidKind::Call, sid)?;
    let found = api.store().line_call(caller.account.sid, sid).await?;
    found.ok_or_else(|| caller.not_found())
}

async fn answer(
    api: &Api,
    caller: &Caller,
    filter: LineCallFilter,
) -> Result<Json<Value>, ApiError> {
    let limit = filter.limit;
    let calls = read(api, caller, filter).await?;
    let shaped: Vec<Value> = calls.iter().map(|call| shape(call, api, caller)).collect();
    Ok(Json(json!({ "line_calls": shaped, "next": next(&calls, limit) })))
}

async fn read(
    api: &Api,
    caller: &Caller,
    filter: LineCallFilter,
) -> Result<Vec<LineCall>, ApiError> {
    match api.store().line_calls(caller.account.sid, filter).await {
        Err(StoreError::Missing(_)) => Err(ApiError::invalid("before: there is no such call")),
        other => Ok(other?),
    }
}

/// What `before` is to be for the next page; none after the last.
fn next(calls: &[LineCall], limit: u32) -> Option<String> {
    let full = calls.len() >= limit as usize;
    calls.last().filter(|_| full).map(|call| call.call.to_string())
}

fn filter(query: &Query) -> Result<LineCallFilter, ApiError> {
    Ok(LineCallFilter {
        line: query.word("line")?,
        outcome: query.0.given("outcome").map(outcome).transpose()?,
        from: query.moment("from")?,
        until: query.moment("until")?,
        unseen: query.flag("unseen")?,
        before: query.0.given("before").map(before).transpose()?,
        limit: query.whole("limit", 1, MOST_CALLS)?.unwrap_or(SOME_CALLS),
    })
}

fn outcome(text: &str) -> Result<LineOutcome, ApiError> {
    let found = LineOutcome::ALL.into_iter().find(|known| known.as_str() == text);
    found.ok_or_else(|| {
        let known = LineOutcome::ALL.map(LineOutcome::as_str).join(", ");
        ApiError::invalid(format!("outcome: '{text}' is none of {known}"))
    })
}

fn before(text: &str) -> Result<Sid, ApiError> {
    let sid = Sid::of_kind(SidKind::Call, text);
    sid.map_err(|_| ApiError::invalid(format!("before: '{text}' is not the SID of a call: CA…")))
}

fn shape(call: &LineCall, api: &Api, caller: &Caller) -> Value {
    shaped(call, caller.account.sid, &api.engine.settings().public_url)
}

/// The record, what each leg cost (not known yet), and where the message can be heard.
fn shaped(call: &LineCall, account: Sid, public_url: &str) -> Value {
    let mut shaped = json!(call);
    for attempt in shaped["attempts"].as_array_mut().into_iter().flatten() {
        attempt["price"] = Value::Null;
    }
    let public = public_url.trim_end_matches('/');
    let media = |sid: Sid| format!("{public}{VERSION}/Accounts/{account}/Recordings/{sid}");
    shaped["media_url"] = call.voicemail.map(media).into();
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Params;
    use model::Moment;
    use model::oncall::{Attempt, AttemptOutcome};

    #[test]
    fn a_call_is_shown_with_each_attempt_and_where_its_message_is() {
        let name = |text: &str| text.parse().expect("a name");
        let party = |text: &str| text.parse().expect("a party");
        let call = LineCall {
            call: Sid::new(SidKind::Call, 1),
            line: name("support"),
            team: String::new(),
            from: party("+14155550123"),
            to: party("+551130000100"),
            began_at: Moment::EPOCH,
            ended_at: None,
            outcome: LineOutcome::Voicemail,
            attempts: vec![Attempt {
                person: Some(name("ada")),
                phone: None,
                call: None,
                level: 1,
                began_at: Moment::EPOCH,
                ended_at: None,
                outcome: AttemptOutcome::NoPhone,
            }],
            voicemail: Some(Sid::new(SidKind::Recording, 2)),
            voicemail_seconds: Some(7),
            transcript: None,
            ticket: Some(12),
            acknowledged: None,
        };
        let shaped = shaped(&call, Sid::new(SidKind::Account, 3), "https://alo.example/");
        assert_eq!(shaped["attempts"][0]["price"], Value::Null);
        assert_eq!(shaped["outcome"], "voicemail");
        assert_eq!(
            shaped["media_url"],
            "https://alo.example/2010-04-01/Accounts/AC00000000000000000000000000000003\
             /Recordings/RE00000000000000000000000000000002"
        );
        assert_eq!(next(std::slice::from_ref(&call), 1), Some(call.call.to_string()));
        assert_eq!(next(&[call], 2), None);
    }

    #[test]
    fn what_is_asked_is_read_or_refused_by_its_name() {
        let read = |text: &str| filter(&Query(Params::read(text.as_bytes())));
        let asked = read("line=Support&outcome=hung_up&unseen=true&limit=7").expect("a filter");
        assert_eq!(asked.line.map(|name| name.to_string()).as_deref(), Some("support"));
        assert_eq!(
            (asked.outcome, asked.unseen, asked.limit),
            (Some(LineOutcome::HungUp), true, 7)
        );
        for field in ["line", "outcome", "from", "until", "unseen", "before", "limit"] {
            let error = read(&format!("{field}=!")).expect_err(field);
            assert!(error.message.starts_with(field), "{}", error.message);
        }
    }
}
