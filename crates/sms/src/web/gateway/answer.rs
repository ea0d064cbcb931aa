//! What an answer says of the message that it was given.
//!
//! First the HTTP status, then the condition, then the id. For an error the carrier's own code counts most, then what
//! the description says of the HTTP status, then what such a status usually means.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::super::client::Response;
use super::super::codes::{OVERFLOW, PAUSE, UNKNOWN};
use super::super::description::{Answer, Class, Condition, Fault};
use super::super::place::Source;
use crate::{ErrorClass, SubmitError, Submitted};

/// Parts that a carrier may name; 1,600 characters are at most 24.
const MOST_PARTS: usize = 255;

/// What it says.
pub(super) fn read(
    answer: &Answer,
    carrier: &str,
    response: &Response,
    own: &str,
) -> Result<Submitted, SubmitError> {
    let json: Option<Value> = serde_json::from_slice(&response.body).ok();
    let body = String::from_utf8_lossy(&response.body);
    let header = |name: &str| response.header(name).map(str::to_owned);
    let source =
        Source { json: json.as_ref(), body: &body, fields: &[], header: &header, own: Some(own) };
    if !is_ok(answer, response.status) {
        return Err(fault(answer, response, source));
    }
    if answer.success.as_ref().is_some_and(|condition| !holds(condition, source)) {
        return Err(fault(answer, response, source));
    }
    let ids = answer.id.as_ref().map(|place| place.read_all(source)).unwrap_or_default();
    let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).take(MOST_PARTS).collect();
    if ids.is_empty() && answer.id.is_some() {
        if answer.success.is_none() {
            return Err(fault(answer, response, source));
        }
        tracing::warn!(carrier, "took a message without naming it: no receipt will be understood");
    }
    Ok(Submitted { ids, delivered: false })
}

/// Whether a condition holds: for every value that is there, and there is one.
pub(super) fn holds(condition: &Condition, source: Source<'_>) -> bool {
    let found = condition.at.read_all(source);
    !found.is_empty() && found.iter().all(|value| condition.is.contains(value))
}

fn is_ok(answer: &Answer, status: StatusCode) -> bool {
    if answer.ok.is_empty() { status.is_success() } else { answer.ok.contains(&status.as_u16()) }
}

fn fault(answer: &Answer, response: &Response, source: Source<'_>) -> SubmitError {
    let status = response.status;
    let said = answer.code.as_ref().and_then(|place| place.read(source));
    let words = answer.text.as_ref().and_then(|place| place.read(source));
    let fault = said
        .as_ref()
        .and_then(|code| answer.errors.get(code))
        .or_else(|| answer.statuses.get(status.as_str()));
    let (class, code) = match fault {
        Some(fault) => as_described(fault, response),
        None => response.usual_fault(),
    };
    let otherwise = if is_ok(answer, status) { ", but not as its description says" } else { "" };
    let told = response.told(said.as_deref(), words.as_deref(), otherwise);
    let message = told + response.advice();
    SubmitError { class, code, message }
}

fn as_described(fault: &Fault, response: &Response) -> (ErrorClass, u32) {
    let pause = fault.pause.map_or(PAUSE, |seconds| Duration::from_secs(seconds.into()));
    let (class, usually) = match fault.class {
        Class::Down => (ErrorClass::Down, UNKNOWN),
        Class::Throttled => {
            (ErrorClass::Throttled(response.retry_after().unwrap_or(pause)), OVERFLOW)
        }
        Class::Passing => (ErrorClass::Passing, UNKNOWN),
        Class::Refused => (ErrorClass::Refused, UNKNOWN),
        Class::Lasting => (ErrorClass::Lasting, UNKNOWN),
    };
    (class, fault.code.unwrap_or(usually))
}
