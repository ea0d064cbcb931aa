//! A client that holds every answer against the server's own OpenAPI document: its status, its type, and its schema.
//!
//! The validator knows the part of JSON Schema (draft 2020-12) that the document uses, and fails at any other word.

use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::server::{Answer, Server};

/// The document of a server.
pub(crate) struct Described<'a> {
    pub(crate) server: &'a Server,
    document: Value,
}

impl<'a> Described<'a> {
    pub(crate) async fn read(server: &'a Server) -> Described<'a> {
        let request = Request::builder().uri("/v1/openapi.json");
        let answer = server.send(request, "").await;
        assert_eq!(answer.status, 200, "it needs no credentials");
        Described { server, document: answer.json() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.checked("get", path, self.server.get(path).await)
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.checked("delete", path, self.server.delete(path).await)
    }

    /// A JSON document.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.upload(method, path, "application/json", body.to_string().as_bytes()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, body).await
    }

    /// Bytes of a type.
    pub(crate) async fn upload(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let request = self.server.request(method, path).header(CONTENT_TYPE, kind);
        let answer = self.server.send_bytes(request, body).await;
        self.checked(&method.to_lowercase(), path, answer)
    }

    /// The answer, if the document knows it.
    pub(crate) fn checked(&self, method: &str, path: &str, answer: Answer) -> Answer {
        let template = self.template(path);
        let operation = &self.document["paths"][&template][method];
        let status = answer.status.as_u16().to_string();
        let response = self.resolved(&operation["responses"][&status]);
        assert!(
            response.is_object(),
            "{method} {template} answers {status}, which isn't described"
        );
        let Some(content) = response["content"].as_object() else {
            assert!(answer.body.is_empty(), "{method} {template} {status} has a body");
            return answer;
        };
        let kind = answer.headers[CONTENT_TYPE].to_str().expect("it is ASCII");
        let kind = kind.split(';').next().unwrap_or_default();
        let described = content.get(kind);
        let described =
            described.unwrap_or_else(|| panic!("{method} {template} {status} is {kind}"));
        if kind == "application/json" {
            let at = format!("{method} {template} {status}");
            self.holds(&at, &answer.json(), &described["schema"]);
        }
        answer
    }

    fn template(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &&String| {
            let known: Vec<&str> = template.split('/').collect();
            known.len() == parts.len()
                && known
                    .iter()
                    .zip(&parts)
                    .all(|(known, part)| known.starts_with('{') || known == part)
        };
        let templates = self.document["paths"].as_object().expect("paths");
        let exact = templates.keys().find(|template| *template == path);
        let found = exact.or_else(|| templates.keys().find(fits));
        found.cloned().unwrap_or_else(|| panic!("{path} isn't described"))
    }

    fn resolved<'b>(&'b self, value: &'b Value) -> &'b Value {
        let Some(reference) = value["$ref"].as_str() else { return value };
        let pointer = reference.strip_prefix('#').expect("it is of this document");
        self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    fn holds(&self, at: &str, value: &Value, schema: &Value) {
        if let Err(why) = self.fits(at, value, schema) {
            panic!("{why}");
        }
    }

    /// Whether a value fits a schema.
    pub(crate) fn fits(&self, at: &str, value: &Value, schema: &Value) -> Result<(), String> {
        let schema = self.resolved(schema);
        for (word, wanted) in schema.as_object().into_iter().flatten() {
            let fine = match word.as_str() {
                "type" => of_type(value, wanted),
                "enum" => wanted.as_array().is_some_and(|known| known.contains(value)),
                "minimum" => {
                    value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap_or(number))
                }
                "maximum" => {
                    value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap_or(number))
                }
                "maxLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() as u64 <= wanted.as_u64().unwrap_or(0)),
                "minLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().unwrap_or(0)),
                "maxItems" => value
                    .as_array()
                    .is_none_or(|items| items.len() as u64 <= wanted.as_u64().unwrap_or(0)),
                "minItems" => value
                    .as_array()
                    .is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap_or(0)),
                "format" => of_format(value, wanted.as_str().unwrap_or_default()),
                "required" => {
                    let fields = wanted.as_array().into_iter().flatten().filter_map(Value::as_str);
                    value.as_object().is_none_or(|object| {
                        fields.into_iter().all(|field| object.contains_key(field))
                    })
                }
                "properties" | "items" => {
                    self.parts_fit(at, value, word, wanted)?;
                    true
                }
                "additionalProperties" => {
                    let known = schema["properties"].as_object();
                    value.as_object().is_none_or(|object| {
                        object.keys().all(|key| known.is_some_and(|known| known.contains_key(key)))
                    })
                }
                "anyOf" | "oneOf" => {
                    let all = wanted.as_array().into_iter().flatten();
                    let count = all.filter(|schema| self.fits(at, value, schema).is_ok()).count();
                    if word == "oneOf" { count == 1 } else { count > 0 }
                }
                // Patterns are held against names and numbers by the handlers' own tests.
                "pattern" | "description" | "default" | "examples" => true,
                other => return Err(format!("{at}: the validator doesn't know '{other}'")),
            };
            if !fine {
                return Err(format!("{at}: {value} doesn't fit {word} {wanted}"));
            }
        }
        Ok(())
    }

    fn parts_fit(&self, at: &str, value: &Value, word: &str, wanted: &Value) -> Result<(), String> {
        match (word, value) {
            ("properties", Value::Object(object)) => {
                for (key, value) in object {
                    if let Some(schema) = wanted.get(key) {
                        self.fits(&format!("{at}.{key}"), value, schema)?;
                    }
                }
            }
            ("items", Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.fits(&format!("{at}[{index}]"), item, wanted)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn of_type(value: &Value, wanted: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("'{other}' is no type"),
    };
    match wanted {
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        name => name.as_str().is_some_and(is),
    }
}

fn of_format(value: &Value, format: &str) -> bool {
    let Some(text) = value.as_str() else { return true };
    match format {
        "date-time" => text.parse::<model::Moment>().is_ok(),
        "date" => text.len() == 10,
        "email" => text.contains('@'),
        "uri" => text.contains("://"),
        "binary" => true,
        other => panic!("'{other}' is no format"),
    }
}

#[tokio::test]
async fn what_does_not_fit_is_found() {
    let server = Server::start().await;
    let described = Described::read(&server).await;
    let person = json!({"$ref": "#/components/schemas/Person"});
    let fits = |value: Value| described.fits("person", &value, &person).is_ok();
    assert!(fits(json!({"name": "ada", "phones": [{"at": "client:ada"}], "email": null})));
    assert!(!fits(json!({"phones": []})), "there is no name");
    assert!(!fits(json!({"name": "ada", "colour": "red"})), "there is one field more");
    assert!(!fits(json!({"name": "ada", "language": "fr"})));
    assert!(!fits(json!({"name": "ada", "phones": [{"at": 1}]})));
}
