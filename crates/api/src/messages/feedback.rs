//! The resource Feedback: whether the receiver did what a message was for.
//!
//! <https://www.twilio.com/docs/messaging/api/message-feedback-resource>. `Differs:` it is answered and not kept, since
//! nothing here chooses carriers by it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use model::{MessageRecord, Moment};
use serde_json::{Value, json};

use crate::api::Api;
use crate::asked::VERSION;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::messages::own_message;
use crate::params::Params;

/// Write one of the two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Outcome is '{0}': write confirmed or unconfirmed")]
struct BadOutcome(String);

impl From<BadOutcome> for ApiError {
    fn from(error: BadOutcome) -> ApiError {
        ApiError::invalid(error.to_string())
    }
}

/// `POST /Messages/{sid}/Feedback`; 200, as the description has it.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((_, sid)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let message = own_message(&api, &caller, &sid).await?;
    Ok(Json(shape(&message, outcome(&params)?, api.engine.now())))
}

fn outcome(params: &Params) -> Result<&'static str, BadOutcome> {
    match params.text("Outcome") {
        None | Some("unconfirmed") => Ok("unconfirmed"),
        Some("confirmed") => Ok("confirmed"),
        Some(other) => Err(BadOutcome(other.to_owned())),
    }
}

fn shape(message: &MessageRecord, outcome: &str, now: Moment) -> Value {
    let MessageRecord { account, sid, .. } = message;
    json!({
        "account_sid": account.to_string(),
        "date_created": now.rfc2822(),
        "date_updated": now.rfc2822(),
        "message_sid": sid.to_string(),
        "outcome": outcome,
        "uri": format!("{VERSION}/Accounts/{account}/Messages/{sid}/Feedback.json"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::assert_like;
    use crate::messages::shape::example;

    #[test]
    fn feedback_has_the_keys_and_types_of_twilios() {
        let shaped = shape(&example(), "confirmed", Moment::EPOCH);
        assert_like(&shaped, "message_feedback");
    }

    #[test]
    fn an_outcome_is_one_of_two_words() {
        assert_eq!(outcome(&Params::read(b"Outcome=confirmed")), Ok("confirmed"));
        assert_eq!(outcome(&Params::default()), Ok("unconfirmed"));
        assert!(outcome(&Params::read(b"Outcome=perhaps")).is_err());
    }
}
