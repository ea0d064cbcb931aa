//! One operation of the document, put together in the order in which it is read.

use serde_json::{Map, Value, json};

/// What can be asked of a path, and everything that it can answer.
pub(super) struct Operation {
    method: &'static str,
    path: &'static str,
    described: Map<String, Value>,
    parameters: Vec<Value>,
    responses: Map<String, Value>,
}

/// Every refusal.
const REFUSALS: [(u16, &str, &str); 12] = [
    (400, "Invalid", "Something can't be read or kept: the message begins with its field"),
    (401, "WhoAreYou", "There are no credentials, or they are wrong"),
    (
        403,
        "Forbidden",
        "The account is suspended, is one for tests, or this is the administrator's",
    ),
    (404, "NotFound", "There is no such thing"),
    (405, "MethodNotAllowed", "The path doesn't have this method"),
    (406, "NotAcceptable", "There is no such representation"),
    (409, "Conflict", "The name is taken, the list is full, or it stands elsewhere by now"),
    (413, "TooLarge", "The body is larger than is taken"),
    (415, "WrongType", "The body is of a type that isn't taken"),
    (429, "TooMany", "Too many failed authentications from this address"),
    (500, "Failed", "The server failed: its log says why"),
    (503, "Unavailable", "The disk is full, or the server is stopping"),
];

/// What every operation can answer that needs credentials.
const ALWAYS: [u16; 6] = [400, 401, 403, 429, 500, 503];
/// What a body adds to that.
const WITH_BODY: [u16; 2] = [413, 415];

impl Operation {
    /// An operation with its name for generated clients, its tag and what it does.
    pub(super) fn new(
        method: &'static str,
        path: &'static str,
        id: &str,
        tag: &str,
        summary: &str,
    ) -> Operation {
        let described = json!({"operationId": id, "tags": [tag], "summary": summary});
        let described = described.as_object().cloned().unwrap_or_default();
        let (parameters, responses) = (Vec::new(), Map::new());
        Operation { method, path, described, parameters, responses }.refuses(&ALWAYS)
    }

    /// More than fits into the summary.
    pub(super) fn says(mut self, text: &str) -> Operation {
        self.described.insert("description".to_owned(), text.into());
        self
    }

    /// Part of the path.
    pub(super) fn path_is(mut self, name: &str, schema: &Value, example: &str) -> Operation {
        self.parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": schema, "example": example,
        }));
        self.refuses(&[404])
    }

    /// Something behind the `?`.
    pub(super) fn query(mut self, name: &str, schema: &Value, text: &str) -> Operation {
        self.parameters.push(
            json!({"name": name, "in": "query", "required": false, "schema": schema, "description": text}),
        );
        self
    }

    /// A JSON document of this schema as its body, with examples that are taken.
    pub(super) fn takes(self, schema: &str, examples: &[Value]) -> Operation {
        let named: Map<String, Value> = examples
            .iter()
            .enumerate()
            .map(|(at, example)| (format!("{}", at + 1), json!({ "value": example })))
            .collect();
        let content = json!({"schema": named_schema(schema), "examples": named});
        self.takes_content(&json!({ "application/json": content }))
    }

    /// Bodies of these types.
    pub(super) fn takes_content(mut self, content: &Value) -> Operation {
        let body = json!({"required": true, "content": content});
        self.described.insert("requestBody".to_owned(), body);
        self.refuses(&WITH_BODY)
    }

    /// A form or a JSON document, whatever the type says.
    pub(super) fn takes_form(mut self, schema: &str, example: &Value) -> Operation {
        let content = json!({
            "application/json": {"schema": named_schema(schema), "example": example},
        });
        let body = json!({"required": true, "content": content});
        self.described.insert("requestBody".to_owned(), body);
        self.refuses(&[413])
    }

    /// A JSON document of this schema as the answer.
    pub(super) fn answers(self, status: u16, schema: &str, text: &str) -> Operation {
        let content = json!({"application/json": {"schema": named_schema(schema)}});
        self.answers_content(status, &content, text)
    }

    /// A JSON object with a list of these, and `next` where there are pages.
    pub(super) fn lists(self, key: &str, schema: &str, paged: bool) -> Operation {
        let mut object = json!({
            "type": "object",
            "required": [key],
            "properties": {key: {"type": "array", "items": named_schema(schema)}},
        });
        if paged {
            object["required"] = json!([key, "next"]);
            object["properties"]["next"] = json!({
                "type": ["string", "null"],
                "description": "What `before` is to be for the next page; null after the last",
            });
        }
        let content = json!({"application/json": {"schema": object}});
        self.answers_content(200, &content, "The list")
    }

    /// Another answer.
    pub(super) fn answers_content(mut self, status: u16, content: &Value, text: &str) -> Operation {
        let answer = json!({"description": text, "content": content});
        self.responses.insert(status.to_string(), answer);
        self
    }

    /// An answer without a body.
    pub(super) fn done(mut self, text: &str) -> Operation {
        self.responses.insert("204".to_owned(), json!({ "description": text }));
        self
    }

    /// Refusals, by their status.
    pub(super) fn refuses(mut self, statuses: &[u16]) -> Operation {
        for status in statuses {
            let known = REFUSALS.iter().find(|(known, _, _)| known == status);
            let name = known.map_or("Failed", |(_, name, _)| name);
            let answer = json!({ "$ref": format!("#/components/responses/{name}") });
            self.responses.insert(status.to_string(), answer);
        }
        self
    }

    /// It needs no credentials of an account, and can answer no more than is said from here on.
    pub(super) fn open(mut self) -> Operation {
        self.described.insert("security".to_owned(), json!([]));
        self.responses.clear();
        self
    }

    /// Credentials may be there, or not.
    pub(super) fn or_open(mut self) -> Operation {
        self.described.insert("security".to_owned(), json!([{"account": []}, {}]));
        self
    }

    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    pub(super) fn path(&self) -> String {
        self.path.to_owned()
    }

    pub(super) fn described(mut self) -> Value {
        if !self.parameters.is_empty() {
            self.described.insert("parameters".to_owned(), self.parameters.into());
        }
        self.described.insert("responses".to_owned(), Value::Object(self.responses));
        Value::Object(self.described)
    }
}

/// A schema of the document.
pub(super) fn named_schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Refusals by their names.
pub(super) fn responses() -> Value {
    let mut responses = Map::new();
    for (status, name, text) in REFUSALS {
        let mut response = json!({
            "description": text,
            "content": {"application/json": {"schema": named_schema("Refusal")}},
        });
        let header = match status {
            401 => Some(("WWW-Authenticate", json!({"type": "string"}), "Basic")),
            405 => Some(("Allow", json!({"type": "string"}), "The methods that there are")),
            429 => Some(("Retry-After", json!({"type": "integer", "minimum": 1}), "In seconds")),
            _ => None,
        };
        if let Some((header, schema, text)) = header {
            response["headers"][header] = json!({"schema": schema, "description": text});
        }
        responses.insert(name.to_owned(), response);
    }
    Value::Object(responses)
}
