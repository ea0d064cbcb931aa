//! Absences out of a calendar, given to a rota: who is away is not on duty. The server reads it, and fetches it where it
//! has an address.

use std::path::PathBuf;

use model::oncall::Name;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked;
use crate::client::Client;
use crate::commands::Usage;
use crate::output::Output;

/// Largest calendar that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Whether a source is an address.
pub(super) fn is_address(source: &str) -> bool {
    ["http://", "https://", "webcal://"].iter().any(|scheme| source.starts_with(scheme))
}

/// Takes the absences of a person over.
pub(super) async fn import(
    client: &Client,
    source: &str,
    person: Option<Name>,
    rota: Option<Name>,
    output: Output,
) -> anyhow::Result<()> {
    let person = person
        .ok_or_else(|| Usage("say whose absences the calendar tells: --person ada".to_owned()))?;
    let asked = asked::rota(client, rota.as_ref()).await?;
    let answer = if is_address(source) {
        let url = source.replacen("webcal://", "https://", 1);
        let order = json!({ "person": person, "url": url });
        client.send(Method::POST, &asked.path("/absences"), &order).await?
    } else {
        let calendar = super::file(&PathBuf::from(source), LARGEST)?;
        let path = asked.path(&format!("/absences?person={person}"));
        client.upload(Method::POST, &path, "text/calendar", calendar).await?
    };
    if output.json {
        return output.document(&answer);
    }
    let count = |field: &str| answer[field].as_array().map_or(0, Vec::len);
    let (changes, left_out) = (count("overrides"), count("left_out"));
    output.line(format!(
        "{person} in {}: {changes} absences taken over, {left_out} left out",
        asked.name
    ))?;
    let left = answer["left_out"].as_array().into_iter().flatten().filter_map(Value::as_str);
    left.into_iter().try_for_each(|why| output.line(format!("left out  {why}")))
}
