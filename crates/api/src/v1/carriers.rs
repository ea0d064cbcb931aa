//! `/v1/carriers`: carriers of texts as they are now, and the addresses that carriers call with messages and receipts.
//!
//! Carriers are the whole server's, so only the administrator's account may see them, where there is one. What a carrier
//! calls needs none of our credentials: the carrier proves itself to the engine, by the secret or signature of its
//! configuration.

use std::sync::Arc;

use axum::Extension;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use engine::{CarrierCall, CarrierReply, CarrierStatus};
use serde_json::{Value, json};

use crate::api::Api;
use crate::asked::Asked;
use crate::auth::Caller;
use crate::errors::ApiError;

/// Type of an answer whose own can't be written as a header.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain");

/// `GET /v1/carriers`, in the order in which they are tried.
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    api.needs_administrator(caller.sid, "carriers")?;
    let carriers: Vec<Value> = api.engine.carriers().iter().map(shape).collect();
    Ok(Json(json!({ "carriers": carriers })))
}

/// `/v1/carriers/{name}/inbound`: a carrier has a message for us.
pub(crate) async fn inbound(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
    Extension(asked): Extension<Asked>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: Bytes,
) -> Result<Response, ApiError> {
    let call = call(&api, false, &method, &uri, &headers, body);
    hear(&api, &name, call, &asked).await
}

/// `/v1/carriers/{name}/receipt`: a carrier knows what became of a message.
pub(crate) async fn receipt(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
    Extension(asked): Extension<Asked>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: Bytes,
) -> Result<Response, ApiError> {
    let call = call(&api, true, &method, &uri, &headers, body);
    hear(&api, &name, call, &asked).await
}

async fn hear(
    api: &Api,
    carrier: &str,
    call: CarrierCall,
    asked: &Asked,
) -> Result<Response, ApiError> {
    let reply = api.engine.hear_carrier(carrier, call).await;
    Ok(written(reply.ok_or_else(|| asked.not_found())?))
}

fn call(
    api: &Api,
    receipt: bool,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> CarrierCall {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    CarrierCall {
        receipt,
        method: method.as_str().to_owned(),
        url: address(&api.engine.settings().public_url, host, uri),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body,
    }
}

/// As the carrier called it: at our public name, or at the one that it says it called.
fn address(public_url: &str, host: &str, uri: &Uri) -> String {
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    match public_url.trim_end_matches('/') {
        "" => format!("http://{host}{path}"),
        public => format!("{public}{path}"),
    }
}

/// A status that there isn't is a failure of ours.
fn written(reply: CarrierReply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_str(&reply.content_type).unwrap_or(TEXT);
    (status, [(CONTENT_TYPE, kind)], reply.body).into_response()
}

fn shape(carrier: &CarrierStatus) -> Value {
    json!({
        "name": carrier.name,
        "kind": carrier.kind,
        "up": carrier.up,
        "reason": carrier.reason,
        "prefixes": carrier.prefixes,
        "priority": carrier.priority,
        "price": carrier.price.map(|price| price.to_string()),
        "price_unit": carrier.price.map(|price| price.currency.as_str().to_owned()),
        "per_second": carrier.per_second,
        "window": carrier.window,
        "in_flight": carrier.in_flight,
        "sent": carrier.sent,
        "refused": carrier.refused,
        "received": carrier.received,
        "receipts": carrier.receipts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Currency, Money};

    #[test]
    fn a_carrier_is_shaped_for_programs() {
        let carrier = CarrierStatus {
            name: "smsc".to_owned(),
            kind: "smpp",
            up: false,
            reason: Some("the bind was refused".to_owned()),
            prefixes: vec!["+55".to_owned()],
            priority: 1,
            price: Some(Money::of(7_500, Currency::USD)),
            per_second: None,
            window: 10,
            in_flight: 2,
            sent: 3,
            refused: 4,
            received: 5,
            receipts: 6,
        };
        let shaped = shape(&carrier);
        assert_eq!((&shaped["up"], &shaped["price"]), (&false.into(), &"0.00750".into()));
        assert_eq!(shaped["per_second"], Value::Null);
        assert_eq!(shaped["prefixes"], json!(["+55"]));
        assert_eq!(shaped["reason"], "the bind was refused");
    }

    #[test]
    fn the_address_is_the_one_that_the_carrier_called() {
        let uri: Uri = "/v1/carriers/up/inbound?a=b%20c".parse().expect("a path");
        let expected = "https://alo.example/v1/carriers/up/inbound?a=b%20c";
        assert_eq!(address("https://alo.example/", "x", &uri), expected);
        let expected = "http://10.0.0.1:8080/v1/carriers/up/inbound?a=b%20c";
        assert_eq!(address("", "10.0.0.1:8080", &uri), expected);
    }

    #[test]
    fn an_answer_that_cannot_be_written_is_our_failure() {
        let reply = |status, kind: &str| {
            let content_type = kind.to_owned();
            written(CarrierReply { status, content_type, body: "ok".to_owned() })
        };
        assert_eq!(reply(200, "text/xml").headers()[CONTENT_TYPE], "text/xml");
        assert_eq!(reply(200, "a\nb").headers()[CONTENT_TYPE], "text/plain");
        assert_eq!(reply(7, "text/plain").status(), 500);
    }
}
