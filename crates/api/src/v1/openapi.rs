//! `/v1/openapi.json`: every resource below `/v1/`, for programs and people (OpenAPI 3.1).
//!
//! <https://spec.openapis.org/oas/v3.1.0>. A test finds each route in the document and each operation in the routes, and
//! another holds the answers of a running server against their schemas.

mod inbox;
mod lines;
mod operation;
mod people;
mod rotas;
mod schemas;
mod server;
mod swaps;
mod words;

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Map, Value, json};

use operation::Operation;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `GET /v1/openapi.json`: needs no credentials.
pub(crate) async fn show() -> Json<Value> {
    Json(DOCUMENT.clone())
}

/// The whole document.
pub(crate) fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "alo",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The support line, and what the command line needs.",
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this document comes from"}],
        "security": [{"account": []}],
        "tags": tags(),
        "paths": paths(),
        "components": {
            "securitySchemes": {
                "account": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "User is the AccountSid (AC…), password the AuthToken, as for Twilio's resources.",
                },
            },
            "responses": operation::responses(),
            "schemas": schemas::all(),
        },
    })
}

const DESCRIPTION: &str = "\
Who is on duty, who is rung, and what became of the calls: people, rotas, lines and their calls; and what the command \
line asks for besides. Calls, recordings, messages and phone numbers are at /2010-04-01/, in Twilio's shapes, and \
messaging services at /v1/Services; those are described by Twilio's own documents.\n\n\
Bodies and answers are JSON, in UTF-8, with keys in lower case; times are RFC 3339 with an offset, times of day and \
dates those of a rota's or a line's zone. What a GET shows, a PUT takes. Fields that are not known are refused.\n\n\
A refusal has a code to program on, a message that begins with the field that it is about and says what to do, and the \
status once more. Any path answers 405 with the header Allow to methods that it doesn't have.";

fn tags() -> Value {
    json!([
        {"name": "people", "description": "Those who take calls, and their phones"},
        {"name": "rotas", "description": "Who takes turns, who is on duty when, and what was changed by hand"},
        {"name": "swaps", "description": "Shifts that change hands"},
        {"name": "lines", "description": "What callers meet"},
        {"name": "calls", "description": "What happened on lines"},
        {"name": "prompts", "description": "Audio for lines and documents"},
        {"name": "texts", "description": "Carriers of texts, handsets of the virtual carrier, short codes"},
        {"name": "server", "description": "Phones, trunks, alerts, status"},
    ])
}

fn operations() -> Vec<Operation> {
    [
        people::operations(),
        rotas::operations(),
        swaps::operations(),
        lines::operations(),
        inbox::operations(),
        server::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn paths() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let item = paths.entry(operation.path()).or_insert_with(|| json!({}));
        let method = operation.method();
        item[method] = operation.described();
    }
    Value::Object(paths)
}

#[cfg(test)]
pub(crate) mod tests;
