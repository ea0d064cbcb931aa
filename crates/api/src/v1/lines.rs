//! `/v1/lines`: what a caller meets, and the one target of those who schedule elsewhere.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::oncall::{Line, Name, Shown};
use model::{Party, PhoneNumber, Sid};
use serde::Deserialize;
use store::{Store, StoreError};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::check;
use crate::v1::named::{Named, named};

#[async_trait]
impl Named for Line {
    const LIST: &'static str = "lines";
    const ONE: (&'static str, &'static str) = ("line", "it");
    const MOST: usize = 200;

    fn name(&self) -> &Name {
        &self.name
    }

    async fn all(store: &dyn Store, account: Sid) -> Result<Vec<Line>, StoreError> {
        store.lines(account).await
    }

    async fn one(store: &dyn Store, account: Sid, name: &Name) -> Result<Option<Line>, StoreError> {
        store.line(account, name).await
    }

    async fn check(&self, api: &Api, caller: &Caller, _: Option<&Line>) -> Result<(), ApiError> {
        check::line(self, &around(api, caller, self).await?)
    }

    /// Calls that are on it go on as they began.
    async fn keep(&self, api: &Api, caller: &Caller) -> Result<(), ApiError> {
        api.store().save_line(caller.account.sid, self.clone()).await?;
        api.engine.duty_changed();
        Ok(())
    }

    /// Its calls are kept.
    async fn forget(api: &Api, caller: &Caller, name: &Name) -> Result<bool, ApiError> {
        let gone = api.store().remove_line(caller.account.sid, name).await?;
        if gone {
            api.engine.duty_changed();
        }
        Ok(gone)
    }
}

/// Where every call goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    #[serde(alias = "target")]
    to: Party,
}

/// `PUT /v1/lines/{name}/target` with `to`: every call goes there, whatever the rota says; then voicemail.
pub(crate) async fn set_target(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    document: Document,
) -> Result<Json<Line>, ApiError> {
    let line: Line = named(&api, &caller, &name).await?;
    let Target { to } = document.read()?;
    let line = Line { target: Some(to), ..line };
    check::target(&line)?;
    line.keep(&api, &caller).await?;
    Ok(Json(line))
}

/// `DELETE /v1/lines/{name}/target`: the teams decide again. It is gone also where there was none.
pub(crate) async fn remove_target(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let line: Line = named(&api, &caller, &name).await?;
    if line.target.is_some() {
        Line { target: None, ..line }.keep(&api, &caller).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn around(api: &Api, caller: &Caller, line: &Line) -> Result<check::Around, ApiError> {
    let account = caller.account.sid;
    let rotas = api.store().rotas(account).await?.into_iter().map(|rota| rota.name).collect();
    let people = api.store().people(account).await?.into_iter().map(|person| person.name).collect();
    let mut numbers: Vec<PhoneNumber> = Vec::new();
    let shown = match &line.shown {
        Shown::Number(number) => Some(number),
        Shown::Line | Shown::Caller => None,
    };
    for number in line.text_from.iter().chain(shown) {
        let record = api.store().number_called(number).await?;
        if record.is_some_and(|record| record.account == account) {
            numbers.push(number.clone());
        }
    }
    let files = api.engine.prompts().await.map_err(|error| ApiError::unexpected(&error))?;
    let audio = files.into_iter().map(|file| file.name).collect();
    Ok(check::Around { rotas, people, numbers, audio })
}
