//! `/v1/swaps`: one asks another to change shifts; the other answers. An account may do either for anybody.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Moment;
use model::oncall::{Name, Override, Swap, SwapState};
use serde::Deserialize;
use serde_json::{Value, json};
use store::StoreError;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::bodies::Document;
use crate::v1::duty;
use crate::v1::overrides::{BY_API, bounds, refusal};
use crate::v1::people::person_of;
use crate::v1::queries::{LATEST, Query};

/// Most swaps that wait for an answer.
const MOST_ASKED: usize = 500;
/// States by their words.
const STATES: [(&str, SwapState); 4] = [
    ("asked", SwapState::Asked),
    ("accepted", SwapState::Accepted),
    ("refused", SwapState::Refused),
    ("taken_back", SwapState::TakenBack),
];

/// `GET /v1/swaps?state`, newest first, at most 1,000.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let state = query.0.given("state").map(state).transpose()?;
    Ok(Json(json!({ "swaps": api.store().swaps(caller.account.sid, state).await? })))
}

/// `GET /v1/swaps/{id}`.
pub(crate) async fn fetch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Swap>, ApiError> {
    Ok(Json(swap(&api, &caller, &id).await?))
}

/// From, until.
type Shift = (Moment, Moment);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSwap {
    rota: Name,
    asks: Name,
    asked: Name,
    #[serde(default)]
    gives: Option<Shift>,
    #[serde(default)]
    takes: Option<Shift>,
}

/// `POST /v1/swaps` with `rota`, `asks` and `asked`, and `gives` and `takes`: unless said, their next shifts.
pub(crate) async fn ask(
    State(api): State<Arc<Api>>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Swap>), ApiError> {
    let wanted: NewSwap = document.read()?;
    for (field, name) in [("asks", &wanted.asks), ("asked", &wanted.asked)] {
        person_of(&api, &caller, field, name).await?;
    }
    let swap = worked_out(&api, &caller, wanted).await?;
    let open = api.store().swaps(caller.account.sid, Some(SwapState::Asked)).await?;
    if open.len() >= MOST_ASKED {
        let message = format!("{MOST_ASKED} swaps wait for an answer already: answer some first");
        return Err(ApiError::conflict(message));
    }
    let id = api.store().ask_swap(caller.account.sid, swap.clone()).await?;
    let swap = Swap { id, ..swap };
    api.engine.swap_changed(caller.account.sid, &swap).await?;
    Ok((StatusCode::CREATED, Json(swap)))
}

/// `POST /v1/swaps/{id}/accept`: it counts.
pub(crate) async fn accept(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Swap>, ApiError> {
    let swap = swap(&api, &caller, &id).await?;
    stands(&swap, &[SwapState::Asked])?;
    let overrides = oncall::swap_overrides(&swap, BY_API, api.engine.now());
    if overrides.is_empty() {
        return Err(ApiError::conflict(format!("the shifts of swap {id} are past")));
    }
    decide(&api, &caller, swap, SwapState::Accepted, overrides).await
}

/// `POST /v1/swaps/{id}/refuse`: the one asked says no.
pub(crate) async fn refuse(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Swap>, ApiError> {
    let swap = swap(&api, &caller, &id).await?;
    stands(&swap, &[SwapState::Asked])?;
    decide(&api, &caller, swap, SwapState::Refused, Vec::new()).await
}

/// `POST /v1/swaps/{id}/take-back`: the one who asked takes it back, also after it was accepted.
pub(crate) async fn take_back(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Swap>, ApiError> {
    let swap = swap(&api, &caller, &id).await?;
    stands(&swap, &[SwapState::Asked, SwapState::Accepted])?;
    let last = swap.takes.map_or(swap.gives.1, |takes| takes.1.max(swap.gives.1));
    if last <= api.engine.now() {
        return Err(ApiError::conflict(format!("the shifts of swap {id} are past")));
    }
    decide(&api, &caller, swap, SwapState::TakenBack, Vec::new()).await
}

async fn worked_out(api: &Api, caller: &Caller, wanted: NewSwap) -> Result<Swap, ApiError> {
    let NewSwap { rota: name, asks, asked, gives, takes } = wanted;
    let found = api.store().rota(caller.account.sid, &name).await?;
    let rota =
        found.ok_or_else(|| ApiError::invalid(format!("rota: there is no rota '{name}'")))?;
    for (field, shift) in [("gives", gives), ("takes", takes)] {
        shift.map_or(Ok(()), |shift| bounds(field, shift))?;
    }
    let now = api.engine.now();
    let end = [gives, takes].into_iter().flatten().map(|(_, until)| until).max().unwrap_or(now);
    let overrides = duty::overrides(api, caller, &rota.name, (now, end.max(now))).await?;
    let roster = duty::roster(&rota, &overrides)?;
    let swap = match gives {
        Some(gives) => oncall::swap_shifts(&roster, &asks, &asked, gives, takes, now),
        None if takes.is_some() => {
            return Err(ApiError::invalid("gives: say which shift is given for `takes`"));
        }
        None => oncall::swap(&roster, &asks, &asked, now),
    };
    let swap = swap.map_err(refusal)?;
    let within = |(from, until): Shift| (from, until.min(LATEST));
    Ok(Swap { gives: within(swap.gives), takes: swap.takes.map(within), ..swap })
}

async fn decide(
    api: &Api,
    caller: &Caller,
    swap: Swap,
    state: SwapState,
    overrides: Vec<Override>,
) -> Result<Json<Swap>, ApiError> {
    let (id, before) = (swap.id, swap.state);
    let decided = Swap { state, decided_at: Some(api.engine.now()), ..swap };
    match api.store().decide_swap(caller.account.sid, decided, before, overrides).await {
        Ok(swap) => {
            api.engine.swap_changed(caller.account.sid, &swap).await?;
            Ok(Json(swap))
        }
        Err(StoreError::Missing(_)) => {
            Err(ApiError::conflict(format!("swap {id} was decided meanwhile")))
        }
        Err(other) => Err(other.into()),
    }
}

async fn swap(api: &Api, caller: &Caller, id: &str) -> Result<Swap, ApiError> {
    let id = caller.number(id)?;
    api.store().swap(caller.account.sid, id).await?.ok_or_else(|| caller.not_found())
}

fn stands(swap: &Swap, at: &[SwapState]) -> Result<(), ApiError> {
    if at.contains(&swap.state) {
        return Ok(());
    }
    let word = STATES.iter().find(|(_, state)| *state == swap.state).map_or("", |(word, _)| word);
    Err(ApiError::conflict(format!("swap {} is {} already", swap.id, word.replace('_', " "))))
}

fn state(text: &str) -> Result<SwapState, ApiError> {
    let found = STATES.iter().find(|(word, _)| *word == text).map(|(_, state)| *state);
    found.ok_or_else(|| {
        let words = STATES.map(|(word, _)| word).join(", ");
        ApiError::invalid(format!("state: '{text}' is none of {words}"))
    })
}
