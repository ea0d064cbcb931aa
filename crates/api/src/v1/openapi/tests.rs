//! The document against the routes, its own references, and what the handlers take.

use std::collections::BTreeSet;

use model::oncall::{Line, Person, Rota};
use serde::de::DeserializeOwned;

use super::*;
use crate::v1::routes;

#[test]
fn every_route_is_described_and_everything_described_is_a_route() {
    let table = routes::all();
    let routed: BTreeSet<(&str, &str)> =
        table.known().iter().map(|(method, path)| (*path, *method)).collect();
    let document = document();
    let described: BTreeSet<(&str, &str)> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            item.as_object()
                .into_iter()
                .flatten()
                .map(move |(method, _)| (path.as_str(), method.as_str()))
        })
        .collect();
    assert_eq!(routed, described);
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').expect("it is of this document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for (name, _) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let reference = format!("#/components/schemas/{name}");
        assert!(references.contains(&reference), "{reference} is used nowhere");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            references.extend(reference.map(str::to_owned));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn operations_are_named_once_and_say_all_parts_of_their_path() {
    let mut names = BTreeSet::new();
    for operation in operations() {
        let path = operation.path();
        let described = operation.described();
        let name = described["operationId"].as_str().expect("a name").to_owned();
        assert!(names.insert(name.clone()), "{name} is there twice");
        let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let expected: BTreeSet<String> = parts.map(str::to_owned).collect();
        let said = described["parameters"].as_array().into_iter().flatten();
        let said = said.filter(|parameter| parameter["in"] == "path");
        let said: BTreeSet<String> =
            said.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect();
        assert_eq!(said, expected, "{name}");
        let answers = described["responses"].as_object().expect("answers");
        assert!(answers.keys().any(|status| status.starts_with('2')), "{name} has no good answer");
    }
}

#[test]
fn examples_of_bodies_are_read() {
    fn read<T: DeserializeOwned>(method: &str, path: &str) {
        let content = &document()["paths"][path][method]["requestBody"]["content"];
        let examples =
            content["application/json"]["examples"].as_object().expect("examples").clone();
        for (_, example) in examples {
            let value = example["value"].clone();
            serde_json::from_value::<T>(value).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
    read::<Person>("post", "/v1/people");
    read::<Rota>("post", "/v1/rotas");
    read::<Line>("post", "/v1/lines");
}
