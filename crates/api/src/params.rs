//! Parameters of a request: those of the query, then those of the form body.
//!
//! Read tolerantly, as clients write them: what is unknown is ignored, of a repeated scalar the last one counts, `True`
//! and `true` are the same, and `StartTime>2026-01-01` without an equals sign is an inequality too. A body is taken as a
//! form whatever its `Content-Type` says. Names are those of <https://www.twilio.com/docs/usage/api>.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::Method as HttpMethod;
use axum::http::StatusCode;
use model::Method;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use crate::errors::{ApiError, INVALID_PARAMETER};

/// Longest URL taken, in bytes.
const LONGEST_URL: usize = 4000;

/// Parameters in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn read(encoded: &[u8]) -> Params {
        let pairs = form_urlencoded::parse(encoded);
        Params(pairs.map(|(name, value)| split_inequality(name.into(), value.into())).collect())
    }

    /// The same, unless a name or a value isn't UTF-8: nothing of a text message may be replaced silently.
    pub(crate) fn of_text(encoded: &[u8]) -> Result<Params, ApiError> {
        for pair in encoded.split(|byte| *byte == b'&') {
            if std::str::from_utf8(&unescaped(pair)).is_err() {
                let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
                let name = String::from_utf8_lossy(name);
                return Err(ApiError::invalid(format!("'{name}' is not UTF-8: encode it anew")));
            }
        }
        Ok(Params::read(encoded))
    }

    /// The value, if there is one that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    /// The value, even an empty one, which takes away what was set before.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The value as it came, with its white space.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may be repeated.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `true` and `True`; anything else is no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The same, `None` where nothing is said.
    pub(crate) fn maybe_flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|_| self.flag(name))
    }

    /// Everything, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A method; `Err` with the text if it is neither GET nor POST.
    pub(crate) fn method(&self, name: &str) -> Result<Option<Method>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|()| text.to_owned())
    }

    /// An absolute web address; `Err` with the text if it is none.
    pub(crate) fn url(&self, name: &str) -> Result<Option<String>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if is_web_address(text) { Ok(Some(text.to_owned())) } else { Err(text.to_owned()) }
    }

    /// An application: an absolute web address, or what is built in; `Err` with the text if it is neither.
    pub(crate) fn application(&self, name: &str) -> Result<Option<String>, String> {
        match self.text(name) {
            Some(text) if is_built_in(text) => Ok(Some(text.to_owned())),
            Some(_) | None => self.url(name),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Params, ApiError> {
        let has_form = request.method() == HttpMethod::POST;
        let query = request.uri().query().unwrap_or_default().to_owned();
        let mut params = Params::of_text(query.as_bytes())?;
        if has_form {
            params.0.extend(Params::of_text(&body(request, state).await?)?.0);
        }
        Ok(params)
    }
}

/// Parameters of resources that are not Twilio's: a form, or a JSON object with the same names in lower case and
/// underscores (`caller_id` for `CallerId`), where an array repeats a parameter.
pub(crate) struct FormOrJson(pub(crate) Params);

impl<S: Send + Sync> FromRequest<S> for FormOrJson {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<FormOrJson, ApiError> {
        let body = body(request, state).await?;
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let params = if first == Some(&b'{') { from_json(&body)? } else { Params::of_text(&body)? };
        Ok(FormOrJson(params))
    }
}

fn from_json(body: &[u8]) -> Result<Params, ApiError> {
    let object: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("the body is not JSON: {error}")))?;
    let mut pairs = Vec::new();
    for (key, value) in object {
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                other @ (Value::Bool(_) | Value::Number(_)) => other.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(ApiError::invalid(format!("'{key}' holds more than a word")));
                }
            };
            pairs.push((form_name(&key), text));
        }
    }
    Ok(Params(pairs))
}

/// `caller_id` is `CallerId` in a form.
fn form_name(key: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    };
    key.split('_').map(capitalised).collect::<Vec<String>>().concat()
}

/// A body as it came, of at most the size that the route takes.
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Body, ApiError> {
        body(request, state).await.map(Body)
    }
}

pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let message = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this server takes",
            _ => "the body broke off",
        };
        ApiError::new(rejection.status(), INVALID_PARAMETER, message)
    })
}

/// Whether `text` is an absolute `http` or `https` address with a host.
pub(crate) fn is_web_address(text: &str) -> bool {
    text.len() <= LONGEST_URL
        && Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Whether `text` names an application that is built in: `alo://roulette/LINE` or `alo://twimlets/NAME?…`.
pub(crate) fn is_built_in(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let application = matches!(url.host_str(), Some("roulette" | "twimlets"));
    let named = url.path().strip_prefix('/').is_some_and(|name| !name.is_empty());
    text.len() <= LONGEST_URL && url.scheme() == BUILT_IN && application && named
}

/// Scheme of what is built in.
pub(crate) const BUILT_IN: &str = "alo";

/// Without its escapes (`%C3%A7`); what is no escape stays as it is.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            bytes.push((high * 16 + low) as u8);
            at += 3;
        } else {
            bytes.push(*byte);
            at += 1;
        }
    }
    Cow::Owned(bytes)
}

/// `StartTime>2026-01-01`, which a form takes for a name without a value, is `StartTime>` with one.
fn split_inequality(name: String, value: String) -> (String, String) {
    match name.find(['<', '>']) {
        Some(at) if value.is_empty() && at + 1 < name.len() => {
            let (name, value) = name.split_at(at + 1);
            (name.to_owned(), value.to_owned())
        }
        Some(_) | None => (name, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_read_as_clients_write_them() {
        let params = Params::read(
            b"To=%2B1&Unknown=x&To=%2B2&Record=True&E=a&E=b&StartTime%3E=2026&EndTime<2027&Empty=",
        );
        assert_eq!(params.text("To"), Some("+2"));
        assert!(params.flag("Record"));
        assert!(!params.flag("Trim"));
        assert_eq!(params.all("E").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(params.text("StartTime>"), Some("2026"));
        assert_eq!(params.text("EndTime<"), Some("2027"));
        assert_eq!(params.text("Empty"), None);
        assert_eq!(params.given("Empty"), Some(""));
        assert_eq!(params.given("Missing"), None);
    }

    #[test]
    fn a_form_that_is_not_utf_8_is_refused_and_says_where() {
        for form in [&b"To=%2B1&Body=%FF%FE"[..], b"Body=caf\xe9", b"%C3=x", b"Body=%ED%A0%80"] {
            let error = Params::of_text(form).expect_err("it is no text");
            assert_eq!((error.status.as_u16(), error.code), (400, INVALID_PARAMETER));
            assert!(error.message.contains("is not UTF-8"), "{}", error.message);
        }
        for (form, body) in
            [("Body=%C3%A7%F0%9F%91%8D", "ç👍"), ("Body=100%+%zz%", "100% %zz%"), ("Body=ç", "ç")]
        {
            let params = Params::of_text(form.as_bytes()).expect(form);
            assert_eq!(params.raw("Body"), Some(body));
        }
    }

    #[test]
    fn only_absolute_web_addresses_are_addresses() {
        for good in ["http://a.example", "https://a.example/x?y=z#rt=100", "HTTP://127.0.0.1:80/"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in ["", "/x", "a.example", "ftp://a.example", "file:///etc/passwd", "http://"] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn only_a_line_and_a_twimlet_are_built_in() {
        for good in ["alo://roulette/support", "alo://twimlets/forward?PhoneNumber=%2B15551234567"]
        {
            assert!(is_built_in(good), "{good}");
            assert!(!is_web_address(good), "{good}");
        }
        for bad in [
            "alo://roulette",
            "alo://roulette/",
            "alo://rulette/x",
            "http://roulette/x",
            "alo:x",
            "",
        ] {
            assert!(!is_built_in(bad), "{bad}");
        }
    }

    #[test]
    fn a_method_is_get_or_post() {
        let params = Params::read(b"Method=get&Other=PUT");
        assert_eq!(params.method("Method"), Ok(Some(Method::Get)));
        assert_eq!(params.method("Other"), Err("PUT".to_owned()));
        assert_eq!(params.method("None"), Ok(None));
    }

    #[test]
    fn json_says_the_same_as_a_form() {
        let json = br#"{"name":"ada","caller_id":"+14155550100","port":5080,"prefix":["+1","+55"],"url":null}"#;
        let form = b"CallerId=%2B14155550100&Name=ada&Port=5080&Prefix=%2B1&Prefix=%2B55";
        assert_eq!(from_json(json), Ok(Params::read(form)));
        assert!(from_json(b"{\"name\":").is_err());
        assert!(from_json(b"{\"name\":{}}").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let _ = Params::read(&bytes);
        }

        #[test]
        fn what_is_taken_as_text_has_nothing_replaced(bytes: Vec<u8>) {
            if let Ok(params) = Params::of_text(&bytes) {
                let odd = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
                let replaced = params.iter().any(|(name, value)| odd(name) || odd(value));
                let came = String::from_utf8(unescaped(&bytes).into_owned()).expect("it is text");
                prop_assert!(!replaced || odd(&came));
            }
        }
    }
}
