//! `/v1/people`: those who take calls, and their phones.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::oncall::{Name, Person};
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::check;

/// Most people of an account.
pub(crate) const MOST_PEOPLE: usize = 1000;

/// `GET /v1/people`, by name.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "people": api.store().people(caller.account.sid).await? })))
}

/// `GET /v1/people/{name}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Person>, ApiError> {
    Ok(Json(person(&api, &caller, &name).await?))
}

/// `POST /v1/people`: a new one; 409 if there is one of that name.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Person>), ApiError> {
    let person: Person = document.read()?;
    check::person(&person)?;
    let known = api.store().people(caller.account.sid).await?;
    if known.iter().any(|known| known.name == person.name) {
        let message = format!("there is a person '{}' already: PUT changes them", person.name);
        return Err(ApiError::conflict(message));
    }
    room_for_one_more(known.len())?;
    api.store().save_person(caller.account.sid, person.clone()).await?;
    Ok((StatusCode::CREATED, Json(person)))
}

/// `PUT /v1/people/{name}`: in place of the one of that name, or a new one.
pub(crate) async fn replace(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<Person>), ApiError> {
    let name = caller.name(&name)?;
    let person: Person = document.named(name.as_str())?;
    check::person(&person)?;
    let known = api.store().person(caller.account.sid, &name).await?;
    if known.is_none() {
        room_for_one_more(api.store().people(caller.account.sid).await?.len())?;
    }
    api.store().save_person(caller.account.sid, person.clone()).await?;
    Ok((kept(known.is_some()), Json(person)))
}

/// `DELETE /v1/people/{name}`. Rotas and lines keep the name: whose turn it is then is nobody's.
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = caller.name(&name)?;
    let gone = api.store().remove_person(caller.account.sid, &name).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

/// The person that a path names.
pub(crate) async fn person(api: &Api, caller: &Caller, name: &str) -> Result<Person, ApiError> {
    let name = caller.name(name)?;
    let found = api.store().person(caller.account.sid, &name).await?;
    found.ok_or_else(|| caller.not_found())
}

/// The person that a document or a query names in `field`; 400 if there is none.
pub(crate) async fn person_of(
    api: &Api,
    caller: &Caller,
    field: &str,
    name: &Name,
) -> Result<Person, ApiError> {
    let found = api.store().person(caller.account.sid, name).await?;
    found.ok_or_else(|| ApiError::invalid(format!("{field}: there is no person '{name}'")))
}

/// 200 for what was there, 201 for what is new.
pub(crate) const fn kept(was_there: bool) -> StatusCode {
    if was_there { StatusCode::OK } else { StatusCode::CREATED }
}

fn room_for_one_more(people: usize) -> Result<(), ApiError> {
    if people < MOST_PEOPLE {
        return Ok(());
    }
    let message = format!("there are {MOST_PEOPLE} people already: delete some first");
    Err(ApiError::conflict(message))
}
