//! Every named schema of the document.

mod calls;
mod forms;
mod lines;
mod people;
mod rotas;
mod server;

use serde_json::{Map, Value};

pub(super) use calls::outcome;

/// By their names.
pub(super) fn all() -> Value {
    let parts =
        [people::all(), rotas::all(), lines::all(), calls::all(), server::all(), forms::all()];
    let pairs = parts.into_iter().flatten().map(|(name, schema)| (name.to_owned(), schema));
    Value::Object(pairs.collect::<Map<String, Value>>())
}
