//! Absences out of a calendar, given to a rota: who is away is not on duty.

use std::path::Path;

use anyhow::Context;
use model::oncall::Name;
use reqwest::Method;

use super::asked;
use crate::client::{Client, reason};
use crate::commands::{Usage, shown};
use crate::output::Output;

/// Largest calendar that is read, in bytes.
const LARGEST: usize = 4 << 20;

/// How long the calendar's server may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

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
    let calendar = if is_address(source) {
        fetch(source).await?
    } else {
        super::file(&Path::new(source).to_owned(), LARGEST as u64)?
    };
    if !String::from_utf8_lossy(&calendar).contains("BEGIN:VCALENDAR") {
        anyhow::bail!("{source} is no calendar: it has no BEGIN:VCALENDAR (RFC 5545)");
    }
    let path = asked.path(&format!("/absences?person={person}"));
    let answer = client.upload(Method::POST, &path, "text/calendar", calendar).await?;
    if output.json {
        return output.document(&answer);
    }
    let count = |field: &str| answer[field].as_array().map_or(0, Vec::len);
    output.line(format!(
        "{person} is away {} times, taken over to {}; {} entries were left out",
        count("overrides"),
        asked.name,
        count("left_out"),
    ))?;
    for left in answer["left_out"].as_array().into_iter().flatten() {
        let why = left.as_str().map_or_else(|| shown::text(left, "why"), str::to_owned);
        output.line(format!("  left out: {why}"))?;
    }
    Ok(())
}

async fn fetch(address: &str) -> anyhow::Result<Vec<u8>> {
    let address = address.replacen("webcal://", "https://", 1);
    let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let failed = |error| anyhow::anyhow!("{address} did not answer: {}", reason(error));
    let mut response = http.get(&address).send().await.map_err(failed)?;
    if !response.status().is_success() {
        anyhow::bail!("{address} answered {}", response.status());
    }
    let mut calendar = Vec::new();
    while let Some(chunk) = response.chunk().await.context("the calendar broke off")? {
        calendar.extend_from_slice(&chunk);
        if calendar.len() > LARGEST {
            anyhow::bail!("{address} answers more than {LARGEST} bytes");
        }
    }
    Ok(calendar)
}
