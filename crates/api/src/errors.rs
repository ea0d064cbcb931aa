//! Refusals as clients read them: Twilio's JSON with code, message, documentation and status.
//!
//! <https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions>. The message says what to do; clients
//! are to program on the code.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use store::StoreError;

/// Authentication failed.
pub(crate) const AUTHENTICATE: u32 = 20003;
/// The method isn't allowed here.
pub(crate) const METHOD_NOT_ALLOWED: u32 = 20004;
/// The account is suspended or closed.
pub(crate) const NOT_ACTIVE: u32 = 20005;
/// What is to be deleted is still going on.
pub(crate) const STILL_GOING_ON: u32 = 20009;
/// The account may not do this.
pub(crate) const FORBIDDEN: u32 = 20403;
/// There is no such thing.
pub(crate) const NOT_FOUND: u32 = 20404;
/// Another one has that name.
pub(crate) const CONFLICT: u32 = 20409;
/// A parameter can't be read.
pub(crate) const INVALID_PARAMETER: u32 = 20422;
/// Too many requests.
pub(crate) const TOO_MANY: u32 = 20429;
/// The server failed.
pub(crate) const INTERNAL: u32 = 20500;
/// The server takes no work now.
pub(crate) const UNAVAILABLE: u32 = 20503;

/// An answer that isn't what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: u32,
    pub(crate) message: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// Any refusal.
    pub(crate) fn new(status: StatusCode, code: u32, message: impl Into<String>) -> ApiError {
        ApiError { status, code, message: message.into(), header: None }
    }

    /// 400 with a code of the operation.
    pub(crate) fn bad_request(code: u32, message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401: who are you?
    pub(crate) fn authenticate() -> ApiError {
        let challenge = HeaderValue::from_static("Basic realm=\"Twilio API\"");
        ApiError::new(StatusCode::UNAUTHORIZED, AUTHENTICATE, "Authenticate")
            .with_header(WWW_AUTHENTICATE, challenge)
    }

    /// 403: not with this account.
    pub(crate) fn forbidden(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::FORBIDDEN, FORBIDDEN, message)
    }

    /// 404 for the path that was asked.
    pub(crate) fn not_found(path: &str) -> ApiError {
        let message = format!("The requested resource {path} was not found");
        ApiError::new(StatusCode::NOT_FOUND, NOT_FOUND, message)
    }

    /// 409: a name is taken.
    pub(crate) fn conflict(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::CONFLICT, CONFLICT, message)
    }

    /// 409 with a code of the operation.
    pub(crate) fn conflict_of(code: u32, message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::CONFLICT, code, message)
    }

    /// 500: the engine refused for a reason that this crate doesn't know.
    pub(crate) fn unexpected(error: &dyn std::error::Error) -> ApiError {
        tracing::error!(%error, "the engine refused for a reason that the API doesn't know");
        ApiError::internal()
    }

    /// The same with a code of the operation.
    pub(crate) fn with_code(self, code: u32) -> ApiError {
        ApiError { code, ..self }
    }

    /// The same, with the field in front that it is about.
    pub(crate) fn about(self, field: &str) -> ApiError {
        ApiError { message: format!("{field}: {}", self.message), ..self }
    }

    /// 400: a parameter can't be read.
    pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
        ApiError::bad_request(INVALID_PARAMETER, message)
    }

    /// 429, to be tried again after so many seconds.
    pub(crate) fn too_many(message: impl Into<String>, retry_after: u64) -> ApiError {
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, TOO_MANY, message)
            .with_header(RETRY_AFTER, HeaderValue::from(retry_after))
    }

    /// 500: it is in the log.
    pub(crate) fn internal() -> ApiError {
        let message = "the server failed: its log says why";
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, message)
    }

    /// 503: later, perhaps.
    pub(crate) fn unavailable(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE, message)
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> ApiError {
        self.header = Some((name, value));
        self
    }
}

impl From<StoreError> for ApiError {
    /// What a handler did not expect of the store. Expected ones (taken, missing) are translated before.
    fn from(error: StoreError) -> ApiError {
        tracing::error!(%error, "a request failed at the store");
        match error {
            StoreError::Busy | StoreError::Closed => ApiError::unavailable(error.to_string()),
            StoreError::Full => ApiError::unavailable("the disk of the server is full"),
            StoreError::Taken(_)
            | StoreError::Missing(_)
            | StoreError::Refused(_)
            | StoreError::Disk(_)
            | StoreError::Corrupt(_) => ApiError::internal(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status.as_u16(),
        });
        let mut response = (self.status, Json(body)).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::Value;

    #[tokio::test]
    async fn a_refusal_has_four_keys_and_integers_for_code_and_status() {
        let response = ApiError::not_found("/2010-04-01/Nothing.json").into_response();
        assert_eq!(response.status(), 404);
        let body = to_bytes(response.into_body(), 4096).await.expect("it is short");
        let json: Value = serde_json::from_slice(&body).expect("it is JSON");
        assert_eq!(
            json,
            json!({
                "code": 20404,
                "message": "The requested resource /2010-04-01/Nothing.json was not found",
                "more_info": "https://www.twilio.com/docs/errors/20404",
                "status": 404,
            })
        );
    }

    #[test]
    fn who_does_not_say_who_they_are_is_challenged() {
        let response = ApiError::authenticate().into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Basic realm=\"Twilio API\"");
    }
}
