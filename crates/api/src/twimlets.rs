//! `/twimlets/`: Twimlets over HTTP, and a page that builds their addresses.
//!
//! Our own calls are answered inside and never come here. Who comes here is a program of an account: with its
//! credentials, or with a request that is signed with its token, as Twilio signs them. As a Twimlet can lead to calls,
//! nobody else is answered; and what it would send (a letter, a text) is not sent, since nobody left a message.
//! The page needs no credentials: it shows what a Twimlet would answer, and does nothing.

mod builder;
mod page;
mod signature;

use std::sync::Arc;

use ::twimlets::{Answer, Ask};
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{AccountStatus, Sid, SidKind};

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::{Body, Params};

pub(crate) use page::{escaped, show as page};

/// Where Twimlets are below our address.
const HOME: &str = "/twimlets";

/// TwiML.
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
/// What a refusal is.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// What somebody wrote into a parameter must not run in a browser that has our credentials.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// `GET|POST /twimlets/{name}`.
pub(crate) async fn answer(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let form = if parts.method == Method::POST {
        let request = Request::from_parts(parts.clone(), body);
        Params::of_text(&Body::from_request(request, &api).await?.0)?
    } else {
        Params::default()
    };
    let query = Params::of_text(parts.uri.query().unwrap_or_default().as_bytes())?;
    is_ours(&api, &mut parts, &query, &form).await?;
    let (query, params) = (pairs(&query), pairs(&form));
    let base = format!("{}{HOME}", api.engine.settings().public_url.trim_end_matches('/'));
    Ok(answered(&api, &name, &query, &params, &base))
}

fn answered(
    api: &Api,
    name: &str,
    query: &[(String, String)],
    params: &[(String, String)],
    base: &str,
) -> Response {
    let careful = [(CONTENT_SECURITY_POLICY, SANDBOX), (X_CONTENT_TYPE_OPTIONS, NOSNIFF)];
    match asked(api, name, query, params, base) {
        Answer::Twiml(document) => {
            (careful, [(CONTENT_TYPE, XML)], twiml::to_xml(&document)).into_response()
        }
        Answer::Xml(text) => (careful, [(CONTENT_TYPE, XML)], text).into_response(),
        Answer::Redirect(to) => match HeaderValue::from_str(&to) {
            Ok(to) => (StatusCode::FOUND, careful, [(LOCATION, to)]).into_response(),
            Err(_) => refused(400, &format!("'{to}' can't be an address: escape it")),
        },
        Answer::Refused(refusal) => refused(refusal.status, &refusal.message),
    }
}

/// What the Twimlet says; what it would send is left.
fn asked(
    api: &Api,
    name: &str,
    query: &[(String, String)],
    params: &[(String, String)],
    base: &str,
) -> Answer {
    let settings = api.engine.settings();
    let chance = api.engine.new_sid(SidKind::Credential).digits() as u64;
    let ask = Ask {
        name,
        query,
        params,
        base,
        recordings: &settings.public_url,
        rules: &settings.twimlets,
        chance,
    };
    ::twimlets::answer(&ask).answer
}

fn refused(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(CONTENT_TYPE, TEXT)], format!("{message}\n")).into_response()
}

fn pairs(params: &Params) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// 401 or 403 unless the request is an account's: by its credentials, or signed with its token.
async fn is_ours(
    api: &Arc<Api>,
    parts: &mut Parts,
    query: &Params,
    form: &Params,
) -> Result<(), ApiError> {
    let Some(signature) = parts.headers.get("X-Twilio-Signature").cloned() else {
        return Caller::from_request_parts(parts, api).await.map(|_| ());
    };
    let sid = form.text("AccountSid").or(query.text("AccountSid")).unwrap_or_default();
    let account = match Sid::of_kind(SidKind::Account, sid) {
        Ok(sid) => api.account(sid).await?,
        Err(_) => None,
    };
    let refused =
        || ApiError::forbidden("X-Twilio-Signature isn't that of an account of this server");
    let account =
        account.filter(|account| account.status == AccountStatus::Active && !account.test);
    let token = account.ok_or_else(refused)?.token;
    let url = url(&api.engine.settings().public_url, &parts.headers, parts);
    if signature::is_of(&token, &url, &pairs(form), signature.as_bytes()) {
        return Ok(());
    }
    Err(refused())
}

/// As it was called: at our public name, or at the one that it says it called.
fn url(public_url: &str, headers: &HeaderMap, parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or(parts.uri.path(), |path| path.as_str());
    let host = headers.get("Host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    match public_url.trim_end_matches('/') {
        "" => format!("http://{host}{path}"),
        public => format!("{public}{path}"),
    }
}
