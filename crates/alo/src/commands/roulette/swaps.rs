//! `alo roulette swap` and `swaps`: one asks another to change shifts, and the other answers.

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use model::oncall::Name;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{self, rows};
use super::when;
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// Who asks whom, or how a swap is answered.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  alo roulette swap ada ben                  ada's next shift for ben's next
  alo roulette swap ada ben --rota support
  alo roulette swaps
  alo roulette swap accept 12
  alo roulette swap refuse 12
  alo roulette swap take-back 12             by the one who asked, also after it was accepted")]
pub(super) struct Swap {
    #[command(subcommand)]
    answer: Option<Answer>,
    /// Who asks
    asks: Option<Name>,
    /// Who is asked
    asked: Option<Name>,
    /// In which rota [default: the only one]
    #[arg(long)]
    rota: Option<Name>,
}

#[derive(Debug, Subcommand)]
enum Answer {
    /// It counts
    Accept {
        /// Its number
        id: i64,
    },
    /// No
    Refuse {
        /// Its number
        id: i64,
    },
    /// The one who asked takes it back
    TakeBack {
        /// Its number
        id: i64,
    },
}

/// Which swaps.
#[derive(Debug, Args)]
pub(super) struct Swaps {
    /// Those that wait for an answer
    #[arg(long)]
    open: bool,
}

impl Swap {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let swap = match (self.answer, self.asks, self.asked) {
            (Some(answer), _, _) => {
                let (id, word) = match answer {
                    Answer::Accept { id } => (id, "accept"),
                    Answer::Refuse { id } => (id, "refuse"),
                    Answer::TakeBack { id } => (id, "take-back"),
                };
                client.send(Method::POST, &format!("/v1/swaps/{id}/{word}"), &json!({})).await?
            }
            (None, Some(asks), Some(asked)) => {
                let rota = asked::rota(client, self.rota.as_ref()).await?.name;
                let order = json!({ "rota": rota, "asks": asks, "asked": asked });
                client.send(Method::POST, "/v1/swaps", &order).await?
            }
            (None, _, _) => {
                let usage = "say who asks and who is asked: alo roulette swap ada ben; `alo roulette swaps` lists those there are";
                return Err(Usage(usage.to_owned()).into());
            }
        };
        if output.json {
            return output.document(&swap);
        }
        table(client, std::slice::from_ref(&swap), output).await?;
        if swap["state"] == "asked" {
            let id = shown::text(&swap, "id");
            output.remark(format!(
                "{} answers it by text, or: alo roulette swap accept {id}",
                shown::text(&swap, "asked")
            ));
        }
        Ok(())
    }
}

impl Swaps {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let mut swaps = rows(&client.get("/v1/swaps", &Vec::new()).await?, "swaps");
        swaps.retain(|swap| !self.open || swap["state"] == "asked");
        if output.json {
            return output.document(&Value::Array(swaps));
        }
        table(client, &swaps, output).await
    }
}

async fn table(client: &Client, swaps: &[Value], output: Output) -> anyhow::Result<()> {
    let rotas = asked::rotas(client).await?;
    let rows = swaps.iter().map(|swap| {
        let zone = zone_of(&rotas, &swap["rota"]);
        let mut row = shown::row(swap, &["id", "rota", "asks", "asked"]);
        row.push(shift(&swap["gives"], &zone));
        row.push(shift(&swap["takes"], &zone));
        row.push(shown::text(swap, "state").replace('_', " "));
        row
    });
    output.table(
        &["id", "rota", "asks", "asked", "gives", "takes", "state"],
        rows.collect(),
        "no swaps: `alo roulette swap ada ben` asks for one",
    )
}

fn zone_of(rotas: &[Value], name: &Value) -> TimeZone {
    let rota = rotas.iter().find(|rota| rota["name"] == *name);
    let zone = rota.and_then(|rota| rota["zone"].as_str()?.parse::<model::oncall::Zone>().ok());
    zone.map_or(TimeZone::UTC, |zone| zone.rules())
}

/// `Mon 2026-11-23 09:00 to Mon 2026-11-30 09:00 (America/Sao_Paulo)`.
fn shift(bounds: &Value, zone: &TimeZone) -> String {
    match (bounds[0].as_str(), bounds[1].as_str()) {
        (Some(from), Some(until)) => {
            let name = zone.iana_name().unwrap_or("UTC");
            format!("{} to {} ({name})", when::shown(from, zone), when::shown(until, zone))
        }
        _ => "-".to_owned(),
    }
}
