//! Where in an answer or a webhook something is said: a JSON pointer, a field, a header, a regular expression.
//!
//! | written | what is read |
//! | --- | --- |
//! | `json:/messages/0/id` | RFC 6901 into the JSON body; `*` stands for every element of an array |
//! | `field:MessageUUID` | a field of the form in the body, or else of the query |
//! | `header:X-Message-Id` | a header |
//! | `regex:ID: (\w+)` | the first group (or all, without one) of the first match in the body |
//! | `text` | the whole body, trimmed |
//! | `own` | in an answer's `id` only: the id that we gave, for carriers that name nothing |
//!
//! Texts, numbers, `true` and `false` can be read; a null, an object or an array is nothing.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

/// Largest regular expression, in bytes of its compiled form.
const LARGEST_REGEX: usize = 1 << 20;
/// Longest value that is read, in bytes: sixteen hundred characters are at most 6,400.
const LONGEST_VALUE: usize = 32 * 1024;

/// Where something is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Place {
    /// The steps of a JSON pointer.
    Json(Vec<String>),
    /// The name of a field.
    Field(String),
    /// The name of a header.
    Header(String),
    /// A pattern.
    Regex(Regex),
    /// The whole body.
    Text,
    /// The id that we gave.
    Own,
}

/// The text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    /// Begin with one of the words.
    #[error(
        "'{0}' names no place: write json:/a/b, field:NAME, header:NAME, regex:PATTERN, text or own"
    )]
    Unknown(String),
    /// Begin the pointer with `/`, or leave it empty for the whole.
    #[error("'{0}' is no JSON pointer: begin it with /")]
    Pointer(String),
    /// Mend the pattern; its syntax is that of Rust's `regex`.
    #[error("'{0}' is no regular expression: {1}")]
    Pattern(String, String),
}

impl TryFrom<String> for Place {
    type Error = InvalidPlace;

    fn try_from(text: String) -> Result<Place, InvalidPlace> {
        match text.split_once(':') {
            Some(("json", pointer)) => steps(pointer).map(Place::Json),
            Some(("field", name)) if !name.is_empty() => Ok(Place::Field(name.to_owned())),
            Some(("header", name)) if !name.is_empty() => Ok(Place::Header(name.to_owned())),
            Some(("regex", pattern)) => regex::RegexBuilder::new(pattern)
                .size_limit(LARGEST_REGEX)
                .build()
                .map(Place::Regex)
                .map_err(|error| InvalidPlace::Pattern(pattern.to_owned(), error.to_string())),
            None if text == "text" => Ok(Place::Text),
            None if text == "own" => Ok(Place::Own),
            Some(_) | None => Err(InvalidPlace::Unknown(text)),
        }
    }
}

/// What is read from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The body as JSON, or one element of it.
    pub(super) json: Option<&'a Value>,
    /// The body as text.
    pub(super) body: &'a str,
    /// Fields of form and query, those that count more first.
    pub(super) fields: &'a [(String, String)],
    /// A header by its name.
    pub(super) header: &'a dyn Fn(&str) -> Option<String>,
    /// The id that we gave.
    pub(super) own: Option<&'a str>,
}

impl Place {
    /// What is said there.
    pub(super) fn read(&self, source: Source<'_>) -> Option<String> {
        self.read_all(source).into_iter().next()
    }

    /// All that is said there, in order: several where a pointer has a `*`, or a field comes again.
    pub(super) fn read_all(&self, source: Source<'_>) -> Vec<String> {
        let read = match self {
            Place::Json(steps) => source.json.map_or_else(Vec::new, |json| {
                values(json, steps).into_iter().filter_map(scalar).collect()
            }),
            Place::Field(name) => {
                let named = source.fields.iter().filter(|(key, _)| key == name);
                named.map(|(_, value)| value.clone()).collect()
            }
            Place::Header(name) => (source.header)(name).into_iter().collect(),
            Place::Regex(pattern) => pattern
                .captures(source.body)
                .and_then(|found| found.get(1).or_else(|| found.get(0)))
                .map(|found| found.as_str().to_owned())
                .into_iter()
                .collect(),
            Place::Text => vec![source.body.trim().to_owned()],
            Place::Own => source.own.map(str::to_owned).into_iter().collect(),
        };
        read.into_iter().filter(|value: &String| value.len() <= LONGEST_VALUE).collect()
    }

    /// The elements of the array there, or what is there itself where it is none. Only a pointer has elements.
    pub(super) fn elements<'a>(&self, json: &'a Value) -> Vec<&'a Value> {
        let Place::Json(steps) = self else { return Vec::new() };
        let found = values(json, steps);
        found
            .into_iter()
            .flat_map(|value| {
                value.as_array().map_or_else(|| vec![value], |all| all.iter().collect())
            })
            .collect()
    }
}

fn steps(pointer: &str) -> Result<Vec<String>, InvalidPlace> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let rest =
        pointer.strip_prefix('/').ok_or_else(|| InvalidPlace::Pointer(pointer.to_owned()))?;
    // RFC 6901 §4: `~1` first, so that `~01` is `~1`.
    Ok(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// What a pointer points at. As many as elements were parsed, at most: each step goes down one level.
fn values<'a>(json: &'a Value, steps: &[String]) -> Vec<&'a Value> {
    let mut found = vec![json];
    for step in steps {
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(all) if step == "*" => all.iter().collect::<Vec<_>>(),
                Value::Array(all) => {
                    step.parse().ok().and_then(|at: usize| all.get(at)).into_iter().collect()
                }
                Value::Object(members) => members.get(step).into_iter().collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
            })
            .collect();
    }
    found
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(text: &str) -> Place {
        Place::try_from(text.to_owned()).expect(text)
    }

    fn all(text: &str, body: &str) -> Vec<String> {
        let json = serde_json::from_str(body).ok();
        let fields = [("a".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())];
        let header = |name: &str| (name == "X-Id").then(|| "h".to_owned());
        let source =
            Source { json: json.as_ref(), body, fields: &fields, header: &header, own: Some("SM") };
        place(text).read_all(source)
    }

    #[test]
    fn every_kind_of_place_is_read() {
        let body = r#"{"messages":[{"id":7,"a/b":"x"},{"id":"8"}],"none":null,"ok":true}"#;
        assert_eq!(all("json:/messages/0/id", body), ["7"]);
        assert_eq!(all("json:/messages/*/id", body), ["7", "8"]);
        assert_eq!(all("json:/messages/0/a~1b", body), ["x"]);
        assert_eq!(all("json:/ok", body), ["true"]);
        assert_eq!(all("json:/none", body), [""; 0]);
        assert_eq!(all("json:/messages", body), [""; 0]);
        assert_eq!(all("json:/messages/9/id", body), [""; 0]);
        assert_eq!(all("json:", "\"whole\""), ["whole"]);
        assert_eq!(all("field:a", body), ["1", "2"]);
        assert_eq!(all("header:X-Id", body), ["h"]);
        assert_eq!(all(r"regex:ID: (\w+)", "OK ID: abc"), ["abc"]);
        assert_eq!(all("regex:OK", "OK ID: abc"), ["OK"]);
        assert_eq!(all("text", " OK \n"), ["OK"]);
        assert_eq!(all("own", ""), ["SM"]);
    }

    #[test]
    fn what_names_no_place_is_refused_with_what_to_write() {
        for text in ["", "id", "json:a", "field:", "header:", "regex:(", "xpath:/a"] {
            assert!(Place::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn one_that_is_no_array_is_its_only_element() {
        let json = serde_json::json!({"list": [1, 2], "one": {"id": 1}});
        assert_eq!(place("json:/list").elements(&json).len(), 2);
        assert_eq!(place("json:/one").elements(&json).len(), 1);
        assert_eq!(place("json:/missing").elements(&json).len(), 0);
    }

    proptest! {
        #[test]
        fn no_body_and_no_pointer_panics(body in "\\PC{0,200}", pointer in "(/[a*0~1]{0,3}){0,4}") {
            let _ = all(&format!("json:{pointer}"), &body);
            let _ = all("regex:(.+)", &body);
        }
    }
}
