//! Comparison with Twilio's own answers: the same keys, and for each the same type of JSON.
//!
//! A null on either side fits every type, since an example shows only one of the states that a key has.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::asked::{Asked, Extension, VERSION};

/// What a handler is told about a list of this name below an account.
pub(crate) fn asked(list: &str) -> Asked {
    let path = format!("{VERSION}/Accounts/AC0123456789abcdef0123456789abcdef/{list}");
    Asked { path: format!("{path}.json"), resource: path, extension: Extension::Json, prefix: "" }
}

/// The same about a list of messaging services.
pub(crate) fn asked_of_services(rest: &str) -> Asked {
    let path = format!("/v1/Services{rest}");
    Asked { path: path.clone(), resource: path, extension: Extension::None, prefix: "/messaging" }
}

/// Twilio's example of this name.
pub(crate) fn golden(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json")))
        .unwrap_or_else(|error| panic!("the example {name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("the example {name}: {error}"))
}

/// Asserts that `ours` has the keys and types of the example.
pub(crate) fn assert_like(ours: &Value, name: &str) {
    compare(name, ours, &golden(name));
}

/// The same of a page; its rows are compared with the example's first.
pub(crate) fn assert_page_like(ours: &Value, name: &str) {
    assert_like(ours, name);
    let rows = ours.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_array());
    assert!(rows.flatten().next().is_some(), "{name}: a page to compare has rows");
}

fn compare(at: &str, ours: &Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect();
            let (mine, expected): (BTreeSet<String>, BTreeSet<String>) = (keys(ours), keys(theirs));
            assert_eq!(mine, expected, "keys of {at}");
            for (key, value) in ours {
                compare(&format!("{at}.{key}"), value, &theirs[key]);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for value in ours {
                compare(&format!("{at}[]"), value, &theirs[0]);
            }
        }
        (Value::Null, _)
        | (_, Value::Null)
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("type of {at}: {ours} instead of {theirs}"),
    }
}

#[test]
#[should_panic(expected = "keys of call")]
fn a_missing_key_is_found() {
    let mut call = golden("call");
    call.as_object_mut().expect("an object").remove("queue_time");
    assert_like(&call, "call");
}

#[test]
#[should_panic(expected = "type of call.duration")]
fn a_number_for_a_string_is_found() {
    let mut call = golden("call");
    call["duration"] = serde_json::json!(4);
    assert_like(&call, "call");
}
