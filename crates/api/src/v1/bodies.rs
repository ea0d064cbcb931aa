//! Bodies of requests for the support line: JSON documents whose mistakes are named by their place, calendars, tables,
//! audio.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::errors::{ApiError, INVALID_PARAMETER};
use crate::params::body;

/// A JSON document, not looked into yet: `application/json`, or nothing said of its type.
#[derive(Debug)]
pub(crate) struct Document(Value);

impl Document {
    /// As what it is meant to be; 400 names the place that can't be read.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        // An array would be taken for the fields in their order.
        if !self.0.is_object() {
            return Err(ApiError::invalid("the body: write a JSON object"));
        }
        serde_path_to_error::deserialize(self.0).map_err(|error| {
            let place = error.path().to_string();
            let why = error.into_inner();
            match place.as_str() {
                "." => ApiError::invalid(format!("the body: {why}")),
                place => ApiError::invalid(format!("{place}: {why}")),
            }
        })
    }

    /// The same, of what the path names `name`: the document may leave its name out, but not say another.
    pub(crate) fn named<T: DeserializeOwned>(mut self, name: &str) -> Result<T, ApiError> {
        if let Value::Object(fields) = &mut self.0 {
            let said = fields.entry("name").or_insert_with(|| name.into());
            if said.as_str().is_some_and(|said| !said.trim().eq_ignore_ascii_case(name)) {
                let message = format!("name: {said} is not the '{name}' of the address");
                return Err(ApiError::invalid(message));
            }
        }
        self.read()
    }
}

impl Document {
    /// A body whose type is known to be JSON.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Document, ApiError> {
        let read = serde_json::from_slice(bytes);
        read.map(Document)
            .map_err(|error| ApiError::invalid(format!("the body is not JSON: {error}")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Document, ApiError> {
        takes(request.headers(), &["application/json"])?;
        let bytes = body(request, state).await?;
        Document::parse(&bytes)
    }
}

/// 415 unless the body is of one of these types, or says nothing.
pub(crate) fn takes(headers: &HeaderMap, types: &[&str]) -> Result<(), ApiError> {
    let Some(said) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let said = String::from_utf8_lossy(said.as_bytes());
    let kind = said.split(';').next().unwrap_or_default().trim();
    if kind.is_empty() || types.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    let message = format!("Content-Type is {kind}: send {}", types.join(" or "));
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, INVALID_PARAMETER, message))
}

/// A body as text.
pub(crate) fn text(body: &Bytes) -> Result<&str, ApiError> {
    std::str::from_utf8(body).map_err(|_| ApiError::invalid("the body is not UTF-8"))
}

/// A word of a document or query; 400 names its field.
pub(crate) fn word<T>(field: &str, text: &str) -> Result<T, ApiError>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| ApiError::invalid(format!("{field}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use model::oncall::Person;
    use serde_json::json;

    fn refusal<T: std::fmt::Debug>(result: Result<T, ApiError>) -> String {
        let error = result.expect_err("it can't be read");
        assert_eq!(error.status, 400);
        error.message
    }

    #[test]
    fn a_mistake_is_named_by_its_place() {
        let document = Document(json!({"name": "ada", "phones": [{"at": "+1"}]}));
        let message = refusal(document.read::<Person>());
        assert!(message.starts_with("phones[0].at: '+1' is neither a phone number"), "{message}");
        let document = Document(json!({"name": "ada", "colour": "red"}));
        let message = refusal(document.read::<Person>());
        assert!(message.starts_with("colour: unknown field"), "{message}");
        let message = refusal(Document(json!([])).read::<Person>());
        assert!(message.starts_with("the body: "), "{message}");
    }

    #[test]
    fn a_name_is_that_of_the_path() {
        let person = Document(json!({})).named::<Person>("ada").expect("a person");
        assert_eq!(person.name.as_str(), "ada");
        let person = Document(json!({"name": "Ada"})).named::<Person>("ada").expect("a person");
        assert_eq!(person.name.as_str(), "ada");
        let message = refusal(Document(json!({"name": "ben"})).named::<Person>("ada"));
        assert_eq!(message, "name: \"ben\" is not the 'ada' of the address");
    }

    #[test]
    fn a_body_of_another_type_is_refused() {
        let says = |kind: &'static str| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            takes(&headers, &["application/json"]).map_err(|error| error.status.as_u16())
        };
        assert_eq!(says("application/json; charset=utf-8"), Ok(()));
        assert_eq!(says("APPLICATION/JSON"), Ok(()));
        assert_eq!(says("text/plain"), Err(415));
        assert_eq!(takes(&HeaderMap::new(), &["application/json"]), Ok(()));
    }
}
