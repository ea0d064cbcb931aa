//! `/v1/trunks`: carriers and telephone systems that this server speaks to.
//!
//! Trunks are the whole server's, so only the administrator's account may see and change them, where there is one.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Moment, Secret, Sid, SidKind, Trunk};
use serde_json::{Value, json};
use store::StoreError;

use crate::api::Api;
use crate::auth::Caller;
use crate::errors::ApiError;
use crate::params::{FormOrJson, Params};
use crate::v1::is_name;

/// Port unless said (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;
/// The prefix of every number.
const EVERYWHERE: &str = "+";
/// Longest host, in bytes (RFC 1035 §2.3.4).
const LONGEST_HOST: usize = 255;

/// Why a trunk was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum AddError {
    /// Choose another.
    #[error("Name is '{0}': write at most 64 letters, digits, '-', '_' and '.'")]
    Name(String),
    /// Write a host name or an address, the port apart.
    #[error("Host is '{0}': write a host name or an address, the port apart")]
    Host(String),
    /// Write both or none.
    #[error("Username and Password belong together: write both or none")]
    Credentials,
    /// Write them as the beginning of numbers.
    #[error("Prefix is '{0}': write + and digits, as +55, or + for all numbers")]
    Prefix(String),
    /// Write a number from 1 to 65535.
    #[error("Port is '{0}': write a number from 1 to 65535")]
    Port(String),
    /// Write addresses.
    #[error("Source is '{0}', which is no IP address")]
    Source(String),
    /// Choose another, or remove that one.
    #[error("there is a trunk '{0}' already")]
    Taken(String),
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> ApiError {
        match error {
            AddError::Taken(_) => ApiError::conflict(error.to_string()),
            AddError::Name(_)
            | AddError::Host(_)
            | AddError::Credentials
            | AddError::Prefix(_)
            | AddError::Port(_)
            | AddError::Source(_) => ApiError::invalid(error.to_string()),
        }
    }
}

/// `GET /v1/trunks`.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    administers(&api, &caller)?;
    let trunks = api.store().trunks().await?;
    Ok(Json(json!({ "trunks": trunks.iter().map(shape).collect::<Vec<Value>>() })))
}

/// `POST /v1/trunks` with `Name`, `Host`, `Port`, `Username` and `Password`, and `Prefix` and `Source`, which may be
/// repeated.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    FormOrJson(params): FormOrJson,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    administers(&api, &caller)?;
    let trunk = trunk(&api, &params)?;
    match api.store().add_trunk(trunk.clone()).await {
        Err(StoreError::Taken(_)) => return Err(AddError::Taken(trunk.name).into()),
        result => result?,
    }
    api.engine.reload_directory().await?;
    Ok((StatusCode::CREATED, Json(shape(&trunk))))
}

/// `DELETE /v1/trunks/{name}`. Its calls go on.
pub(crate) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    administers(&api, &caller)?;
    if !api.store().remove_trunk(&name).await? {
        return Err(caller.not_found());
    }
    api.engine.reload_directory().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/trunks/{name}/ping`: whether it answers, and after how long.
pub(crate) async fn ping(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    administers(&api, &caller)?;
    let known = api.store().trunks().await?.into_iter().any(|trunk| trunk.name == name);
    if !known {
        return Err(caller.not_found());
    }
    let ping = api.settings.ping_trunk.as_ref();
    let ping =
        ping.ok_or_else(|| ApiError::unavailable("this server was started without pings"))?;
    Ok(Json(shape_ping(ping.ask(name).await)))
}

fn administers(api: &Api, caller: &Caller) -> Result<(), ApiError> {
    api.needs_administrator(caller.sid, "trunks")
}

fn trunk(api: &Api, params: &Params) -> Result<Trunk, AddError> {
    read(params, api.engine.new_sid(SidKind::Trunk), api.engine.now())
}

fn read(params: &Params, sid: Sid, now: Moment) -> Result<Trunk, AddError> {
    let text = |name| params.text(name).unwrap_or_default().to_owned();
    let (name, host) = (text("Name"), text("Host"));
    if !is_name(&name) {
        return Err(AddError::Name(name));
    }
    if !is_host(&host) {
        return Err(AddError::Host(host));
    }
    let credentials = match (params.text("Username"), params.raw("Password")) {
        (Some(user), Some(password)) => Some((user.to_owned(), Secret::new(password))),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(AddError::Credentials),
    };
    let mut prefixes = params.all("Prefix").map(prefix).collect::<Result<Vec<String>, _>>()?;
    if prefixes.is_empty() {
        prefixes.push(EVERYWHERE.to_owned());
    }
    let sources = params.all("Source").map(source).collect::<Result<Vec<IpAddr>, _>>()?;
    let port = params.text("Port").map_or(Ok(SIP_PORT), port)?;
    Ok(Trunk { sid, name, host, port, credentials, sources, prefixes, created_at: now })
}

fn prefix(text: &str) -> Result<String, AddError> {
    let digits = text.strip_prefix('+').ok_or_else(|| AddError::Prefix(text.to_owned()))?;
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    if numeric { Ok(text.to_owned()) } else { Err(AddError::Prefix(text.to_owned())) }
}

fn source(text: &str) -> Result<IpAddr, AddError> {
    text.parse().map_err(|_| AddError::Source(text.to_owned()))
}

fn port(text: &str) -> Result<u16, AddError> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| AddError::Port(text.to_owned()))
}

/// A host name, an IPv4 address, or an IPv6 address with or without brackets.
fn is_host(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if inner.parse::<IpAddr>().is_ok() {
        return true;
    }
    let fits = (1..=LONGEST_HOST).contains(&text.len());
    fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn shape_ping(answer: Result<Duration, String>) -> Value {
    let milliseconds = |took: &Duration| took.as_micros() as f64 / 1000.0;
    json!({
        "answered": answer.is_ok(),
        "round_trip_ms": answer.as_ref().ok().map(milliseconds),
        "error": answer.err(),
    })
}

/// Without the password: it is for the carrier alone.
fn shape(trunk: &Trunk) -> Value {
    json!({
        "sid": trunk.sid.to_string(),
        "name": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "username": trunk.credentials.as_ref().map(|(user, _)| user),
        "sources": trunk.sources,
        "prefixes": trunk.prefixes,
        "created_at": trunk.created_at.iso8601(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(form: &str) -> Result<Trunk, AddError> {
        read(&Params::read(form.as_bytes()), Sid::new(SidKind::Trunk, 1), Moment::EPOCH)
    }

    #[test]
    fn a_trunk_needs_a_name_and_a_host_and_reaches_all_numbers() {
        let plain = trunk("Name=carrier&Host=sip.carrier.example").expect("a trunk");
        assert_eq!((plain.port, plain.credentials), (5060, None));
        assert_eq!(plain.prefixes, ["+"]);
    }

    #[test]
    fn a_trunk_is_kept_as_it_was_said() {
        let known = trunk(
            "Name=pbx&Host=%5B::1%5D&Port=5080&Username=ada&Password=s3cret\
             &Source=192.0.2.1&Source=2001:db8::1&Prefix=%2B55&Prefix=%2B1",
        )
        .expect("a trunk");
        assert_eq!((known.host.as_str(), known.port), ("[::1]", 5080));
        assert_eq!(known.credentials, Some(("ada".to_owned(), Secret::new("s3cret"))));
        assert_eq!(known.prefixes, ["+55", "+1"]);
        assert_eq!(known.sources.len(), 2);
    }

    #[test]
    fn each_mistake_is_named() {
        let wrong = |more: &str| trunk(&format!("Name=a&Host=a.example&{more}")).err();
        assert_eq!(wrong("Name=a+b"), Some(AddError::Name("a b".into())));
        for host in ["", "a.example:5060", "sip:a.example", "a b"] {
            assert_eq!(wrong(&format!("Host={host}")), Some(AddError::Host(host.into())));
        }
        assert_eq!(wrong("Username=ada"), Some(AddError::Credentials));
        assert_eq!(wrong("Prefix=55"), Some(AddError::Prefix("55".into())));
        assert_eq!(wrong("Prefix=%2B5x"), Some(AddError::Prefix("+5x".into())));
        assert_eq!(wrong("Source=here"), Some(AddError::Source("here".into())));
        assert_eq!(wrong("Port=0"), Some(AddError::Port("0".into())));
    }

    #[test]
    fn a_password_is_never_shown() {
        let trunk = trunk("Name=a&Host=a.example&Username=ada&Password=s3cret").expect("a trunk");
        let shaped = shape(&trunk).to_string();
        assert!(shaped.contains("ada") && !shaped.contains("s3cret"));
    }
}
