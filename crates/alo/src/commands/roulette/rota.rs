//! `alo roulette rota`: looks at a rota, or changes it.

use clap::{Args, Subcommand};
use model::oncall::{Name, Window};
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{self, Asked};
use super::rotas::{LAYER, Turns};
use super::{duty, when};
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::{Output, Tone};

/// What to do with a rota.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette rota show support
  alo roulette rota set-people support ada,ben,cleo,dan     from the next handoff on
  alo roulette rota set-people support ada,ben --at now
  alo roulette rota add-layer support nights --people dan,eve --daily --handoff 18:00 --hours 18:00-09:00
  alo roulette rota remove support")]
pub(super) struct Rota {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show one: its layers, and who is on duty
    Show {
        /// Which [default: the only one]
        rota: Option<Name>,
    },
    /// Change who takes part, from a handoff on; turns that have begun stay
    SetPeople {
        /// Which
        rota: Name,
        /// In their order: ada,ben,cleo
        people: String,
        /// The layer [default: the first]
        #[arg(long)]
        layer: Option<String>,
        /// From the first handoff after that [default: the next one]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Lay turns of others on top, for some hours
    AddLayer {
        /// Which rota
        rota: Name,
        /// The layer's name: nights
        layer: String,
        #[command(flatten)]
        turns: Turns,
    },
    /// Forget one, with its overrides and swaps
    Remove {
        /// Which
        rota: Name,
    },
}

impl Rota {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        match self.action {
            Action::Show { rota } => {
                let asked = asked::rota(client, rota.as_ref()).await?;
                if output.json {
                    return output.document(&asked.rota);
                }
                print(&asked.rota, output)?;
                duty::tell_who(client, &asked, output).await
            }
            Action::SetPeople { rota, people, layer, at } => {
                let asked = asked::rota(client, Some(&rota)).await?;
                set_people(client, &asked, &people, layer, at.as_deref(), output).await
            }
            Action::AddLayer { rota, layer, turns } => {
                let asked = asked::rota(client, Some(&rota)).await?;
                add_layer(client, asked, &layer, turns, output).await
            }
            Action::Remove { rota } => {
                client.delete(&format!("/v1/rotas/{rota}")).await?;
                output.remark(format!("the rota {rota} is gone"));
                Ok(())
            }
        }
    }
}

async fn set_people(
    client: &Client,
    asked: &Asked,
    people: &str,
    layer: Option<String>,
    at: Option<&str>,
    output: Output,
) -> anyhow::Result<()> {
    let first = layers(&asked.rota).next().map(|layer| shown::text(layer, "name"));
    let layer = layer.or(first).unwrap_or_else(|| LAYER.to_owned());
    let mut order = json!({ "people": asked::names(people)? });
    if let Some(at) = at {
        order["at"] = when::moment(at, &asked.now())?.to_string().into();
    }
    let path = asked.path(&format!("/layers/{}/people", shown::escaped(&layer)));
    let kept = client.send(Method::PUT, &path, &order).await?;
    if output.json {
        return output.document(&kept);
    }
    let from = match kept["effective_at"].as_str() {
        Some(at) => format!("from {} ({})", when::shown(at, &asked.rules()), asked.zone),
        None => "from the next handoff".to_owned(),
    };
    output.line(format!("{layer} of {} {from}: {people}", asked.name))?;
    output.remark(format!("`alo roulette schedule {}` shows what follows from it", asked.name));
    Ok(())
}

async fn add_layer(
    client: &Client,
    asked: Asked,
    name: &str,
    turns: Turns,
    output: Output,
) -> anyhow::Result<()> {
    if layers(&asked.rota).any(|layer| layer["name"] == name) {
        return Err(Usage(format!("{} has a layer {name} already", asked.name)).into());
    }
    let layer = serde_json::to_value(turns.layer(name, &asked.zone)?)?;
    let path = asked.path("");
    let mut rota = asked.rota;
    if let Some(layers) = rota["layers"].as_array_mut() {
        layers.push(layer);
    }
    let kept = client.send(Method::PUT, &path, &rota).await?;
    if output.json { output.document(&kept) } else { print(&kept, output) }
}

pub(super) fn layers(rota: &Value) -> impl Iterator<Item = &Value> {
    rota["layers"].as_array().into_iter().flatten()
}

/// A rota as it is defined.
pub(super) fn print(rota: &Value, output: Output) -> anyhow::Result<()> {
    let (name, called) = (shown::text(rota, "name"), shown::text(rota, "display"));
    let title = if called == "-" || called == name { name } else { format!("{name} ({called})") };
    output.line(format!("{}  {}", output.paint(Tone::Strong, title), shown::text(rota, "zone")))?;
    for layer in layers(rota) {
        output.line(format!("  {:<10} {}", shown::text(layer, "name"), layer_shown(layer)))?;
    }
    Ok(())
}

/// `weekly, from Mon 09:00 since 2026-11-23: ada, ben, cleo`.
pub(super) fn layer_shown(layer: &Value) -> String {
    let every = layer["turn"]["every"].as_u64().unwrap_or(1);
    let unit = layer["turn"]["unit"].as_str().unwrap_or_default();
    let pace = match (every, unit) {
        (1, "hour") => "hourly".to_owned(),
        (1, "day") => "daily".to_owned(),
        (1, "week") => "weekly".to_owned(),
        (1, "month") => "monthly".to_owned(),
        (every, unit) => format!("every {every} {unit}s"),
    };
    let start = shown::text(layer, "start");
    let day = match (start.parse::<jiff::civil::Date>(), unit) {
        (Ok(date), "week") => date.strftime("%a ").to_string(),
        (Ok(date), "month") => format!("day {} ", date.day()),
        _ => String::new(),
    };
    let handoff: String = shown::text(layer, "handoff").chars().take(5).collect();
    let crew = layer["crews"].as_array().and_then(|crews| crews.last());
    let people = crew.map(|crew| crew["people"].clone()).unwrap_or_default();
    let people: Vec<&str> =
        people.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let hours: Vec<Window> = serde_json::from_value(layer["hours"].clone()).unwrap_or_default();
    let hours: Vec<String> = hours.iter().map(when::window_shown).collect();
    let hours = if hours.is_empty() { String::new() } else { format!(", {}", hours.join("; ")) };
    let lots = if layer["order"]["roulette"].is_object() { ", by lot" } else { "" };
    format!("{pace}, {day}{handoff}{hours}{lots}: {}", people.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_told_in_a_line() {
        let layer = json!({
            "name": "primary", "turn": {"every": 1, "unit": "week"}, "start": "2026-11-23", "handoff": "09:00:00",
            "order": {"roulette": {"seed": 7}}, "crews": [{"from_turn": 0, "people": ["ada", "ben"], "first": 0}],
            "hours": [{"days": ["mon"], "from": "09:00:00", "until": "18:00:00"}],
        });
        let shown = layer_shown(&layer);
        assert_eq!(shown, "weekly, Mon 09:00, mon 09:00-18:00, by lot: ada, ben");
    }
}
