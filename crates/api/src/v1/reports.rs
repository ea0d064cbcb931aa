//! `/v1/reports/load`: how duty and calls were shared, so that a rota is fair.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::Moment;
use model::oncall::{LineCall, Name, Override, Rota, Zone};
use oncall::load::{self, Load};
use serde_json::{Value, json};
use store::LineCallFilter;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::duty::{self, LONGEST_SPAN};
use crate::v1::queries::{DAY, Query};

/// How far back it goes unless said, in days.
const DAYS: u32 = 30;
/// Calls that are read at once.
const PAGE: u32 = 1000;
/// Most calls that are counted.
const MOST_CALLS: usize = 100_000;

/// `GET /v1/reports/load?rota&from&until&days`: the last thirty days and all rotas, unless said. Nights and weekends are
/// those of the rota's zone, or of the first rota's.
pub(crate) async fn load(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let now = api.engine.now();
    let (from, until) = span(&query, now)?;
    let rotas = rotas(&api, &caller, query.word("rota")?).await?;
    let mut overrides = Vec::new();
    for rota in &rotas {
        overrides.push(duty::overrides(&api, &caller, &rota.name, (from, until)).await?);
    }
    let calls = calls(&api, &caller, from, until).await?;
    let people = people(&rotas, &overrides, &calls, (from, until))?;
    Ok(Json(json!({ "from": from, "until": until, "people": people })))
}

fn span(query: &Query, now: Moment) -> Result<(Moment, Moment), ApiError> {
    let days = query.whole("days", 1, 400)?.unwrap_or(DAYS);
    let until = query.moment("until")?.unwrap_or(now);
    let from = query.moment("from")?.unwrap_or(until - days * DAY);
    if until <= from {
        return Err(ApiError::invalid(format!("until: {} is not after from", until.iso8601())));
    }
    if until.since(from) > LONGEST_SPAN {
        return Err(ApiError::invalid("until: at most 400 days after from"));
    }
    Ok((from, until))
}

async fn rotas(api: &Api, caller: &Caller, only: Option<Name>) -> Result<Vec<Rota>, ApiError> {
    let Some(name) = only else { return Ok(api.store().rotas(caller.account.sid).await?) };
    let found = api.store().rota(caller.account.sid, &name).await?;
    let unknown = || ApiError::invalid(format!("rota: there is no rota '{name}'"));
    Ok(vec![found.ok_or_else(unknown)?])
}

/// Calls of every line, since a rota may be rung by several.
async fn calls(
    api: &Api,
    caller: &Caller,
    from: Moment,
    until: Moment,
) -> Result<Vec<LineCall>, ApiError> {
    let (from, until) = (Some(from), Some(until));
    let mut filter = LineCallFilter { from, until, limit: PAGE, ..LineCallFilter::default() };
    let mut calls = Vec::new();
    while calls.len() < MOST_CALLS {
        let page = api.store().line_calls(caller.account.sid, filter.clone()).await?;
        filter.before = page.last().map(|call| call.call);
        let last = page.len() < PAGE as usize;
        calls.extend(page);
        if last {
            break;
        }
    }
    Ok(calls)
}

fn people(
    rotas: &[Rota],
    overrides: &[Vec<Override>],
    calls: &[LineCall],
    (from, until): (Moment, Moment),
) -> Result<Vec<Value>, ApiError> {
    let rosters =
        rotas.iter().zip(overrides).map(|(rota, overrides)| duty::roster(rota, overrides));
    let rosters = rosters.collect::<Result<Vec<_>, ApiError>>()?;
    let zone = rotas.first().map_or_else(Zone::utc, |rota| rota.zone.clone());
    let loads = load::report(&rosters, calls, &zone, from, until);
    Ok(loads.iter().map(shape).collect())
}

fn shape(load: &Load) -> Value {
    let hours = |length: std::time::Duration| length.as_secs_f64() / 3600.0;
    json!({
        "person": load.person,
        "hours": hours(load.duty),
        "shifts": load.shifts,
        "nights": load.nights,
        "weekends": load.weekend_days,
        "rung": load.calls,
        "accepted": load.taken,
        "passed": load.passed,
        "missed": load.missed,
        "talked_seconds": load.talked.as_secs(),
    })
}
