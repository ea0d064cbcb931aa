//! Calendars of shifts, for programs that know no credentials: the address itself says whose it is, and proves that we
//! gave it. It proves so until the account's token is changed.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::oncall::{Name, Person, Rota};
use model::{Account, AccountStatus, Secret, Sid, SidKind};
use oncall::{Duty, ical};
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::api::Api;
use crate::asked::Asked;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::Params;
use crate::v1::duty;
use crate::v1::named::named;
use crate::v1::queries::Query;

/// How far back a calendar goes.
const BACK: Duration = Duration::from_secs(31 * 24 * 3600);
/// How far ahead.
const AHEAD: Duration = Duration::from_secs(180 * 24 * 3600);

/// RFC 5545 §8.1.
const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

/// Who reads a calendar: with credentials, or with an address that we gave.
pub(crate) struct Reader(Caller);

impl FromRequestParts<Arc<Api>> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Reader, ApiError> {
        let query = Params::read(parts.uri.query().unwrap_or_default().as_bytes());
        let Some(token) = query.text("token") else {
            return Caller::from_request_parts(parts, api).await.map(Reader);
        };
        let asked = parts.extensions.get::<Asked>().cloned().ok_or_else(ApiError::internal)?;
        let sid = query.text("account").unwrap_or_default();
        let account = match Sid::of_kind(SidKind::Account, sid) {
            Ok(sid) => api.account(sid).await?,
            Err(_) => None,
        };
        let proven = |account: &Account| {
            let expected = proof(&account.token, parts.uri.path());
            let opened = account.status != AccountStatus::Closed && !account.test;
            opened && bool::from(expected.as_bytes().ct_eq(token.as_bytes()))
        };
        let account = account.filter(proven).ok_or_else(ApiError::authenticate)?;
        Ok(Reader(Caller { sid: account.sid, account, asked }))
    }
}

/// `GET /v1/rotas/{name}/calendar?person`: where a rota's shifts can be subscribed to.
pub(crate) async fn address_of_rota(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let rota = named::<Rota>(&api, &caller, &name).await?.name;
    let person = query.word::<Name>("person")?;
    let path = format!("/v1/rotas/{rota}/calendar.ics");
    Ok(Json(json!({ "calendar_url": address(&api, &caller, &headers, &path, person.as_ref()) })))
}

/// `GET /v1/people/{name}/calendar`: where a person's can.
pub(crate) async fn address_of_person(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let person = named::<Person>(&api, &caller, &name).await?.name;
    let path = format!("/v1/people/{person}/calendar.ics");
    Ok(Json(json!({ "calendar_url": address(&api, &caller, &headers, &path, None) })))
}

/// `GET /v1/rotas/{name}/calendar.ics?person`: a month back and half a year ahead.
pub(crate) async fn of_rota(
    State(api): State<Arc<Api>>,
    Reader(caller): Reader,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, ApiError> {
    let rota: Rota = named(&api, &caller, &name).await?;
    let person = query.word::<Name>("person")?;
    let title = if rota.display.is_empty() { rota.name.to_string() } else { rota.display.clone() };
    let shifts = shifts(&api, &caller, &rota, person.as_ref()).await?;
    Ok(calendar(&api, &title, &shifts))
}

/// `GET /v1/people/{name}/calendar.ics`: a person's shifts in all rotas.
pub(crate) async fn of_person(
    State(api): State<Arc<Api>>,
    Reader(caller): Reader,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let person: Person = named(&api, &caller, &name).await?;
    let mut all = Vec::new();
    for rota in api.store().rotas(caller.account.sid).await? {
        let own = shifts(&api, &caller, &rota, Some(&person.name)).await?;
        all.extend(own.into_iter().map(|(duty, shown)| (duty, format!("{shown} ({})", rota.name))));
    }
    all.sort_by_key(|(duty, _)| duty.from);
    Ok(calendar(&api, person.shown(), &all))
}

/// Shifts with what they are called; those of one person where one is asked for.
async fn shifts(
    api: &Api,
    caller: &Caller,
    rota: &Rota,
    person: Option<&Name>,
) -> Result<Vec<(Duty, String)>, ApiError> {
    let now = api.engine.now();
    let (from, until) = (now - BACK, now + AHEAD);
    let overrides = duty::overrides(api, caller, &rota.name, (from, until)).await?;
    let people = duty::People::read(api, caller).await?;
    let all = duty::roster(rota, &overrides)?.shifts(from, until).into_iter();
    let wanted = all.filter(|duty| person.is_none() || duty.person.as_ref() == person);
    let named = wanted.map(|duty| {
        let shown = duty.person.as_ref().map_or_else(String::new, |name| people.shown(name));
        (duty, shown)
    });
    Ok(named.collect())
}

fn calendar(api: &Api, title: &str, shifts: &[(Duty, String)]) -> Response {
    let public = url::Url::parse(&api.engine.settings().public_url).ok();
    let host = public.as_ref().and_then(url::Url::host_str).unwrap_or("alo.invalid");
    let text = ical::feed(title, shifts, host, api.engine.now());
    ([(CONTENT_TYPE, CALENDAR)], text).into_response()
}

fn address(
    api: &Api,
    caller: &Caller,
    headers: &HeaderMap,
    path: &str,
    person: Option<&Name>,
) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let public = match api.engine.settings().public_url.trim_end_matches('/') {
        "" => format!("http://{host}"),
        public => public.to_owned(),
    };
    let person = person.map(|person| format!("person={person}&")).unwrap_or_default();
    let Account { sid, token, .. } = &caller.account;
    format!("{public}{path}?{person}account={sid}&token={}", proof(token, path))
}

/// HMAC-SHA256 (RFC 2104) of the path with the account's token, in hexadecimal.
fn proof(token: &Secret, path: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.reveal().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(path.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_path_and_one_token() {
        // RFC 4231 §4.3: test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(proof(&Secret::new("Jefe"), "what do ya want for nothing?"), expected);
        assert_ne!(proof(&Secret::new("Jefe"), "/other"), expected);
    }
}
