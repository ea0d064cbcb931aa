//! `alo roulette import`: takes over what a team has: the first Support Roulette's settings, a list of people, a calendar.

use std::path::PathBuf;

use model::oncall::{Name, Zone};
use reqwest::Method;
use serde_json::Value;

use super::{absences, original};
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

pub(super) const EXAMPLES: &str = "\
Examples:
  alo roulette import application.yml --zone America/Sao_Paulo
  alo roulette import people.csv
  alo roulette import holidays.ics --person ada
  alo roulette import https://calendar.example.com/ada.ics --person ada --rota support

The first line of a .csv says what its columns are: name,display,phone,email,language,zone";

/// What is said besides the source.
pub(super) struct Wishes {
    /// Of an application.yml.
    pub(super) zone: Option<Zone>,
    /// Which is made, or which absences are for.
    pub(super) rota: Option<Name>,
    /// Whose absences.
    pub(super) person: Option<Name>,
}

/// What a source is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Original,
    People,
    Calendar,
}

pub(super) async fn run(
    client: &Client,
    source: &str,
    wishes: Wishes,
    output: Output,
) -> anyhow::Result<()> {
    match kind(source)? {
        Kind::Calendar => {
            absences::import(client, source, wishes.person, wishes.rota, output).await
        }
        Kind::People => people(client, super::file(&PathBuf::from(source), LARGEST)?, output).await,
        Kind::Original => {
            let text = super::file(&PathBuf::from(source), LARGEST)?;
            let text =
                String::from_utf8(text).map_err(|_| anyhow::anyhow!("{source} is not UTF-8"))?;
            original::import(client, source, &text, wishes, output).await
        }
    }
}

/// What a source is, by how it ends.
fn kind(source: &str) -> Result<Kind, Usage> {
    if absences::is_address(source) {
        return Ok(Kind::Calendar);
    }
    let extension = source.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("yml" | "yaml") => Ok(Kind::Original),
        Some("csv") => Ok(Kind::People),
        Some("ics") => Ok(Kind::Calendar),
        Some(_) | None => Err(Usage(format!(
            "'{source}' is nothing that can be imported: an application.yml, a .csv of people, an .ics or the address of a calendar"
        ))),
    }
}

async fn people(client: &Client, table: Vec<u8>, output: Output) -> anyhow::Result<()> {
    let answer = client.upload(Method::POST, "/v1/people/import", "text/csv", table).await?;
    if output.json {
        return output.document(&answer);
    }
    let kept = answer["people"].as_array().cloned().unwrap_or_default();
    for person in &kept {
        let name = person.as_str().map_or_else(|| shown::text(person, "name"), str::to_owned);
        output.line(format!("took over {name}"))?;
    }
    left_out(&answer, output)
}

/// What wasn't taken over, and why.
fn left_out(answer: &Value, output: Output) -> anyhow::Result<()> {
    for left in answer["left_out"].as_array().into_iter().flatten() {
        let said = left.as_str().map_or_else(
            || format!("line {}: {}", shown::text(left, "line"), shown::text(left, "why")),
            str::to_owned,
        );
        output.line(format!("left out  {said}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_known_by_how_it_ends() {
        assert_eq!(kind("config/application.yml").ok(), Some(Kind::Original));
        assert_eq!(kind("People.CSV").ok(), Some(Kind::People));
        assert_eq!(kind("ada.ics").ok(), Some(Kind::Calendar));
        assert_eq!(kind("webcal://calendar.example.com/ada").ok(), Some(Kind::Calendar));
        assert!(kind("notes.txt").is_err());
        assert!(kind("Makefile").is_err());
    }
}
