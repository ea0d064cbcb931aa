//! People.

use serde_json::{Value, json};

use super::super::operation::named_schema;
use super::super::words::{closed, flag, list, name, one_of, open, or_null, party, text, zone};

pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("Person", person(true)),
        ("PersonOfPath", person(false)),
        ("Phone", phone()),
        ("Imported", imported()),
    ]
}

/// Where the path says the name, the document may leave it out.
fn person(named: bool) -> Value {
    let required: &[&str] = if named { &["name"] } else { &[] };
    let phones = list(&named_schema("Phone"), 10);
    let email = json!({"type": "string", "format": "email", "maxLength": 254});
    closed(
        required,
        &json!({
            "name": name(),
            "display": text(100, "As it is said and written for people; the name unless said"),
            "phones": phones,
            "email": or_null(&email),
            "language": one_of(&["en", "pt-BR"], "What they read and hear; `en` unless said"),
            "zone": or_null(&zone()),
        }),
    )
}

fn phone() -> Value {
    closed(
        &["at"],
        &json!({
            "at": party(),
            "label": text(100, "`mobile`, `desk` …"),
            "rings": flag(true, "Whether it is rung"),
            "texts": flag(true, "Whether texts may go there, where it is a number"),
        }),
    )
}

fn imported() -> Value {
    open(
        &["people"],
        &json!({
            "people": {"type": "array", "items": named_schema("Person"), "description": "As they are kept now"},
        }),
    )
}
