//! Errors of a Twilio-compatible API, and what to do about each.
//!
//! Codes: <https://www.twilio.com/docs/api/errors>. The upstream's code is kept: it is what an application of Twilio's
//! expects to read.

use std::time::Duration;

use serde::Deserialize;

use super::super::client::Response;
use super::super::codes::{OVERFLOW, PAUSE, UNKNOWN};
use crate::{ErrorClass, SubmitError};

/// How long an upstream whose queue for a sender is full (21611) is left alone.
const QUEUE_FULL_PAUSE: Duration = Duration::from_secs(10);

/// An error, as far as it is read.
#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    code: Option<u32>,
    #[serde(default)]
    message: Option<String>,
}

/// What an answer without a message means.
pub(super) fn read(response: &Response) -> SubmitError {
    let fault: Fault = serde_json::from_slice(&response.body).unwrap_or_default();
    let (class, code) = class(response, fault.code);
    let said = fault.code.map(|code| code.to_string());
    let otherwise = if response.status.is_success() { " without a message" } else { "" };
    let told = response.told(said.as_deref(), fault.message.as_deref(), otherwise);
    let message = told
        + match response.status.as_u16() {
            401 => " (check account_sid and auth_token, or the API key)",
            404 => " (check base_url and account_sid)",
            _ => response.advice(),
        };
    SubmitError { class, code, message }
}

fn class(response: &Response, code: Option<u32>) -> (ErrorClass, u32) {
    match (response.status.as_u16(), code) {
        (404 | 405, _) => (ErrorClass::Down, UNKNOWN),
        (400..=499, Some(code)) if response.status != 429 => {
            let class = of_code(code).unwrap_or(response.usual_fault().0);
            (class, on_the_message(class, code))
        }
        _ => response.usual_fault(),
    }
}

/// What a code means; `None` where the HTTP status says enough.
const fn of_code(code: u32) -> Option<ErrorClass> {
    Some(match code {
        // Nobody can be reached there, whoever sends: no number, no mobile, unsubscribed, or a broken text.
        21211 | 21217 | 21265 | 21602 | 21604 | 21610 | 21614 | 21617 | 21619 | 21620 | 21623 => {
            ErrorClass::Lasting
        }
        // This account can't, from this sender or to this place; another carrier might.
        21212
        | 21266
        | 21408
        | 21601
        | 21603
        | 21606
        | 21608
        | 21612
        | 21659..=21661
        | 21701..=21715 => ErrorClass::Refused,
        // The queue of this sender is full.
        21611 => ErrorClass::Throttled(QUEUE_FULL_PAUSE),
        20429 => ErrorClass::Throttled(PAUSE),
        // The account is suspended, or has no credit.
        20005 | 30002 => ErrorClass::Down,
        _ => return None,
    })
}

/// The code that stands on the message. Codes of the API itself (20xxx) say nothing to the application: its own request
/// was right.
const fn on_the_message(class: ErrorClass, code: u32) -> u32 {
    match (class, code) {
        (_, 21_000..=39_999) => code,
        (ErrorClass::Throttled(_), _) => OVERFLOW,
        _ => UNKNOWN,
    }
}
