//! Who is on duty: `/v1/rotas/{name}/on-duty`, `/shifts` and `/gaps`. What `oncall` says, in words and for programs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use model::Moment;
use model::oncall::{Language, Name, Override, Person, Rota};
use oncall::{Duty, Roster, Why};
use serde_json::{Value, json};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::v1::named::named;
use crate::v1::queries::{DAY, EARLIEST, LATEST, Query};

/// How far around what is asked overrides count: as long as a shift may be, and longer.
const AROUND: Duration = Duration::from_secs(400 * 24 * 3600);
/// What is shown unless said: four weeks.
const SPAN: Duration = Duration::from_secs(28 * 24 * 3600);
/// Longest time that is shown.
pub(crate) const LONGEST_SPAN: Duration = Duration::from_secs(400 * 24 * 3600);

/// `GET /v1/rotas/{name}/on-duty?at&language`: now unless said.
pub(crate) async fn now(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let at = query.moment("at")?.unwrap_or(api.engine.now());
    let language = language(&query)?;
    let overrides = overrides(&api, &caller, &rota.name, (at, at)).await?;
    let roster = roster(&rota, &overrides)?;
    let people = People::read(&api, &caller).await?;
    let duty = roster.on_duty(at);
    let next = roster.next_handoff(at).map(|next| json!({ "at": next.at, "person": next.on }));
    let mut answer = people.shape(&duty, &rota, language);
    answer["why"] = duty.explain(language, &rota.zone).into();
    answer["rota"] = json!(rota.name);
    answer["zone"] = json!(rota.zone);
    answer["at"] = json!(at);
    answer["next"] = next.into();
    Ok(Json(answer))
}

/// `GET /v1/rotas/{name}/shifts?from&until&language`: four weeks from now unless said, 400 days at most. Gaps are among
/// them, with nobody.
pub(crate) async fn shifts(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let (from, until) = query.span(api.engine.now(), SPAN, LONGEST_SPAN)?;
    let language = language(&query)?;
    let overrides = overrides(&api, &caller, &rota.name, (from, until)).await?;
    let people = People::read(&api, &caller).await?;
    let shifts = roster(&rota, &overrides)?.shifts(from, until);
    let shaped = shifts.iter().map(|duty| people.shape(duty, &rota, language));
    Ok(Json(json!({ "shifts": shaped.collect::<Vec<Value>>() })))
}

/// `GET /v1/rotas/{name}/gaps?from&until`: the same times.
pub(crate) async fn gaps(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let (from, until) = query.span(api.engine.now(), SPAN, LONGEST_SPAN)?;
    let overrides = overrides(&api, &caller, &rota.name, (from, until)).await?;
    let gaps = roster(&rota, &overrides)?.gaps(from, until);
    let shaped = gaps.iter().map(|(from, until)| json!({ "from": from, "until": until }));
    Ok(Json(json!({ "gaps": shaped.collect::<Vec<Value>>() })))
}

/// Overrides of a rota that count between two moments.
pub(crate) async fn overrides(
    api: &Api,
    caller: &Caller,
    rota: &Name,
    (from, until): (Moment, Moment),
) -> Result<Vec<Override>, ApiError> {
    let account = caller.account.sid;
    Ok(api.store().overrides(account, rota, from - AROUND, until + AROUND).await?)
}

/// A rota that can't be read as one was checked when it was saved.
pub(crate) fn roster<'a>(
    rota: &'a Rota,
    overrides: &'a [Override],
) -> Result<Roster<'a>, ApiError> {
    Roster::new(rota, overrides).map_err(|error| ApiError::unexpected(&error))
}

/// What people are called.
pub(crate) struct People(BTreeMap<Name, Person>);

impl People {
    pub(crate) async fn read(api: &Api, caller: &Caller) -> Result<People, ApiError> {
        let people = api.store().people(caller.account.sid).await?.into_iter();
        Ok(People(people.map(|person| (person.name.clone(), person)).collect()))
    }

    /// What people call somebody, also if nobody knows them.
    pub(crate) fn shown(&self, name: &Name) -> String {
        self.0.get(name).map_or(name.as_str(), Person::shown).to_owned()
    }

    fn shape(&self, duty: &Duty, rota: &Rota, language: Language) -> Value {
        let shown = duty.person.as_ref().map(|name| self.shown(name));
        json!({
            "person": duty.person,
            "display": shown,
            "from": within(duty.from),
            "until": within(duty.until),
            "why": duty.why.explain(language, &rota.zone),
            "reason": reason(&duty.why),
        })
    }
}

/// What always was, or never ends, has no moment.
fn within(at: Moment) -> Option<Moment> {
    (EARLIEST..=LATEST + 400 * DAY).contains(&at).then_some(at)
}

fn reason(why: &Why) -> Value {
    match why {
        Why::Turn { layer, turn, of, crew, each, drawn } => {
            let drawn = drawn.as_ref().map(|draw| {
                let chances: BTreeMap<&str, f64> = draw
                    .chances
                    .iter()
                    .map(|(name, thousandths)| (name.as_str(), f64::from(*thousandths) / 1000.0))
                    .collect();
                json!({ "seed": draw.seed, "round": draw.round, "chances": chances })
            });
            json!({
                "kind": "turn", "layer": layer, "turn": turn, "place": of, "crew": crew, "each": each, "drawn": drawn,
            })
        }
        Why::Override { id, by, reason, instead_of } => json!({
            "kind": "override", "id": id, "by": by, "reason": reason, "instead_of": instead_of,
        }),
        Why::Gap => json!({ "kind": "gap" }),
    }
}

fn language(query: &Query) -> Result<Language, ApiError> {
    let Some(text) = query.0.given("language") else { return Ok(Language::English) };
    let found = Language::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text));
    let refused = || ApiError::invalid(format!("language: '{text}' is neither en nor pt-BR"));
    found.ok_or_else(refused)
}
