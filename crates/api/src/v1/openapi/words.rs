//! The small schemas that everything is made of, and how texts are described.

use serde_json::{Value, json};

pub(super) fn name() -> Value {
    json!({
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "description": "In commands, URLs and texts; upper case is taken as lower",
        "examples": ["ada"],
    })
}

pub(super) fn moment() -> Value {
    json!({"type": "string", "format": "date-time", "examples": ["2026-11-23T12:00:00Z"]})
}

pub(super) fn zone() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "description": "A time zone by its IANA name",
        "examples": ["America/Sao_Paulo"],
    })
}

pub(super) fn date() -> Value {
    json!({"type": "string", "format": "date", "examples": ["2026-11-23"]})
}

pub(super) fn time_of_day() -> Value {
    json!({
        "type": "string",
        "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
        "examples": ["09:00:00"],
    })
}

pub(super) fn party() -> Value {
    json!({
        "type": "string",
        "maxLength": 512,
        "description": "A number (E.164), client:NAME for a phone that registers here, or sip:USER@HOST",
        "examples": ["+5511987654321", "client:ada", "sip:ada@office.example"],
    })
}

pub(super) fn number() -> Value {
    json!({
        "type": "string",
        "pattern": "^\\+[1-9][0-9]{6,14}$",
        "description": "A number in E.164",
        "examples": ["+551130000100"],
    })
}

pub(super) fn sid(prefix: &str) -> Value {
    json!({"type": "string", "pattern": format!("^{prefix}[0-9a-fA-F]{{32}}$")})
}

pub(super) fn text(longest: u32, what: &str) -> Value {
    json!({"type": "string", "maxLength": longest, "description": what})
}

pub(super) fn words(what: &str) -> Value {
    json!({"type": "string", "description": what})
}

pub(super) fn flag(unless: bool, what: &str) -> Value {
    json!({"type": "boolean", "default": unless, "description": what})
}

pub(super) fn whole(from: i64, to: i64, what: &str) -> Value {
    json!({"type": "integer", "minimum": from, "maximum": to, "description": what})
}

pub(super) fn count(what: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": what})
}

pub(super) fn one_of(words: &[&str], what: &str) -> Value {
    json!({"type": "string", "enum": words, "description": what})
}

pub(super) fn list(items: &Value, most: u32) -> Value {
    json!({"type": "array", "items": items, "maxItems": most})
}

/// The same, or null.
pub(super) fn or_null(schema: &Value) -> Value {
    json!({ "anyOf": [schema, {"type": "null"}] })
}

/// An object that has no other fields.
pub(super) fn closed(required: &[&str], properties: &Value) -> Value {
    let mut object = open(required, properties);
    object["additionalProperties"] = false.into();
    object
}

/// An object as an answer, which may have more one day.
pub(super) fn open(required: &[&str], properties: &Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

/// An object with the one key that says which kind it is.
pub(super) fn tagged(key: &str, schema: &Value, what: &str) -> Value {
    json!({
        "type": "object",
        "description": what,
        "required": [key],
        "properties": {key: schema},
        "additionalProperties": false,
    })
}
