//! `alo carriers`: who takes texts, and whether they do now.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::shown;
use crate::client::Client;
use crate::output::{Output, Tone};

/// What to show.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo carriers
  alo carriers status --json | jq '.[] | select(.up | not) | .reason'

Exit code 1 if one is down. Carriers are set in alo.toml, under [[carriers]].")]
pub(crate) struct Carriers {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Action {
    /// Show each, whether it takes messages, and what it did since the start (the default)
    Status,
}

impl Carriers {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let Action::Status = self.action.unwrap_or(Action::Status);
        let answer = client.get("/v1/carriers", &Vec::new()).await?;
        let carriers = answer["carriers"].as_array().cloned().unwrap_or_default();
        let all_up = carriers.iter().all(|carrier| carrier["up"].as_bool() == Some(true));
        if output.json {
            output.document(&Value::Array(carriers))?;
        } else {
            table(&carriers, output)?;
        }
        Ok(if all_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn table(carriers: &[Value], output: Output) -> anyhow::Result<()> {
    let rows = carriers.iter().map(|carrier| {
        let state = if is_up(carrier) { "up" } else { "DOWN" };
        let prefixes = carrier["prefixes"].as_array().map_or(&[][..], Vec::as_slice);
        let prefixes: Vec<&str> = prefixes.iter().filter_map(Value::as_str).collect();
        let mut row = shown::row(carrier, &["name", "kind"]);
        row.push(state.to_owned());
        row.push(prefixes.join(" "));
        row.extend(shown::row(carrier, &["priority", "price", "per_second"]));
        row.push(format!("{}/{}", carrier["in_flight"], carrier["window"]));
        row.extend(shown::row(carrier, &["sent", "refused", "received", "receipts"]));
        row
    });
    let heads = [
        "name",
        "kind",
        "state",
        "reaches",
        "priority",
        "price",
        "per s",
        "under way",
        "sent",
        "refused",
        "received",
        "receipts",
    ];
    output.table(&heads, rows.collect(), "no carriers: see [[carriers]] in alo.toml")?;
    for carrier in carriers.iter().filter(|carrier| !is_up(carrier)) {
        let why = carrier["reason"].as_str().unwrap_or("it is connecting");
        let name = shown::text(carrier, "name");
        output.line(output.paint(Tone::Bad, format!("{name}: {why}")))?;
    }
    Ok(())
}

fn is_up(carrier: &Value) -> bool {
    carrier["up"].as_bool() == Some(true)
}
