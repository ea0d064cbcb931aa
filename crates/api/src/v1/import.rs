//! `/v1/people/import`: people out of a table (CSV, RFC 4180). All of them are kept, or nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use model::oncall::{Name, Person};
use oncall::original;
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::Body;
use crate::v1::bodies::{takes, text};
use crate::v1::check;
use crate::v1::named::Named as _;

/// What a table is sent as.
const TYPES: [&str; 4] = ["text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"];

/// `POST /v1/people/import`. Who has the name of somebody takes their place.
pub(crate) async fn people(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Value>, ApiError> {
    takes(&headers, &TYPES)?;
    let people = original::csv(text(&body)?)
        .map_err(|error| ApiError::invalid(format!("the table: {error}")))?;
    for person in &people {
        check::person(person).map_err(|error| error.about(person.name.as_str()))?;
    }
    let known = api.store().people(caller.account.sid).await?;
    let names = known.iter().chain(&people).map(|person| &person.name).collect::<BTreeSet<&Name>>();
    if names.len() > Person::MOST {
        let message =
            format!("there would be {} people, at most {} are kept", names.len(), Person::MOST);
        return Err(ApiError::conflict(message));
    }
    for person in &people {
        api.store().save_person(caller.account.sid, person.clone()).await?;
    }
    Ok(Json(json!({ "people": people })))
}
