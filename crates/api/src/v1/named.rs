//! What people, rotas and lines have in common: documents with a name, listed, fetched, made, replaced and deleted.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Sid;
use model::oncall::Name;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{Store, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;

/// A document with a name, unique in its account.
#[async_trait]
pub(crate) trait Named:
    Serialize + DeserializeOwned + Send + Sync + Sized + 'static
{
    /// Key of the list.
    const LIST: &'static str;
    /// One of them, in a message, and what it is called there.
    const ONE: (&'static str, &'static str);
    /// Most of an account.
    const MOST: usize;

    fn name(&self) -> &Name;

    /// All of an account, by name.
    async fn all(store: &dyn Store, account: Sid) -> Result<Vec<Self>, StoreError>;

    /// The one of this name.
    async fn one(store: &dyn Store, account: Sid, name: &Name) -> Result<Option<Self>, StoreError>;

    /// Whether it can be kept in place of `before`.
    async fn check(
        &self,
        api: &Api,
        caller: &Caller,
        before: Option<&Self>,
    ) -> Result<(), ApiError>;

    /// Keeps it, with what follows from that.
    async fn keep(&self, api: &Api, caller: &Caller) -> Result<(), ApiError>;

    /// Forgets it, with what follows from that; `false` if there was none.
    async fn forget(api: &Api, caller: &Caller, name: &Name) -> Result<bool, ApiError>;
}

/// `GET` of the list, by name.
pub(crate) async fn list<T: Named>(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ T::LIST: T::all(api.store(), caller.account.sid).await? })))
}

/// `GET` of one.
pub(crate) async fn fetch<T: Named>(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<T>, ApiError> {
    Ok(Json(named(&api, &caller, &name).await?))
}

/// `POST` to the list: a new one; 409 if there is one of that name.
pub(crate) async fn create<T: Named>(
    State(api): State<Arc<Api>>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<T>), ApiError> {
    let new: T = document.read()?;
    new.check(&api, &caller, None).await?;
    let known = T::all(api.store(), caller.account.sid).await?;
    if known.iter().any(|known| known.name() == new.name()) {
        let (one, it) = T::ONE;
        let message = format!("there is a {one} '{}' already: PUT changes {it}", new.name());
        return Err(ApiError::conflict(message));
    }
    room_for_one_more::<T>(known.len())?;
    new.keep(&api, &caller).await?;
    Ok((StatusCode::CREATED, Json(new)))
}

/// `PUT` of one: in place of the one of that name, or a new one.
pub(crate) async fn replace<T: Named>(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<(StatusCode, Json<T>), ApiError> {
    let name = caller.name(&name)?;
    let new: T = document.named(name.as_str())?;
    let store = api.store();
    let before = T::one(store, caller.account.sid, &name).await?;
    new.check(&api, &caller, before.as_ref()).await?;
    if before.is_none() {
        room_for_one_more::<T>(T::all(store, caller.account.sid).await?.len())?;
    }
    new.keep(&api, &caller).await?;
    Ok((kept(before.is_some()), Json(new)))
}

/// `DELETE` of one.
pub(crate) async fn delete<T: Named>(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = caller.name(&name)?;
    let gone = T::forget(&api, &caller, &name).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(caller.not_found()) }
}

/// The one that a path names.
pub(crate) async fn named<T: Named>(api: &Api, caller: &Caller, name: &str) -> Result<T, ApiError> {
    let name = caller.name(name)?;
    let found = T::one(api.store(), caller.account.sid, &name).await?;
    found.ok_or_else(|| caller.not_found())
}

/// 200 for what was there, 201 for what is new.
pub(crate) const fn kept(was_there: bool) -> StatusCode {
    if was_there { StatusCode::OK } else { StatusCode::CREATED }
}

fn room_for_one_more<T: Named>(known: usize) -> Result<(), ApiError> {
    if known < T::MOST {
        return Ok(());
    }
    let message = format!("there are {} {} already: delete some first", T::MOST, T::LIST);
    Err(ApiError::conflict(message))
}
