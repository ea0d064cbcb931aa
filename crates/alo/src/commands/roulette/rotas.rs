//! `alo roulette add-rota` and `rotas`: who takes turns, how long, since when.

use clap::Args;
use jiff::civil::Date;
use model::PhoneNumber;
use model::oncall::{Crew, Layer, Name, Order, Rota, Turn, TurnUnit, Window, Zone};
use reqwest::Method;
use serde_json::Value;

use super::when::{self, Handoff, Pace};
use super::{asked, duty, rota};
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// Name of a layer unless said.
pub(super) const LAYER: &str = "primary";

/// A rota that is new.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette add-rota support --zone America/Sao_Paulo --people ada,ben,cleo --weekly
  alo roulette add-rota night --zone Europe/Lisbon --people ada,ben --daily --handoff 18:00 \\
      --hours 18:00-09:00
  alo roulette add-rota sales --zone America/New_York --people dan,eve --monthly --handoff \"1 09:00\"
  alo roulette add-rota lucky --zone America/Sao_Paulo --people ada,ben,cleo --weekly --roulette

The first of the list is on duty from the last handoff on; with --start, from that day.")]
pub(super) struct AddRota {
    /// In commands and texts: support
    name: Name,
    /// For people: "Support"
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// In which handoffs and hours are meant, as America/Sao_Paulo
    #[arg(long, value_parser = when::zone)]
    zone: Option<Zone>,
    #[command(flatten)]
    turns: Turns,
    /// Tell the one coming on duty so long before the handoff, too: 1h
    #[arg(long, value_name = "TIME", value_parser = when::minutes)]
    tell_before: Option<u32>,
    /// Tell the one going off duty, too
    #[arg(long)]
    tell_off: bool,
    /// Number of yours that texts about it come from [default: that of the first line that rings it]
    #[arg(long, value_name = "NUMBER")]
    text_from: Option<PhoneNumber>,
}

/// Who takes turns, and how.
#[derive(Debug, Args)]
pub(super) struct Turns {
    /// Who takes part, in their order: ada,ben,cleo
    #[arg(long, value_name = "NAMES")]
    people: String,
    /// Turns of a week [the default]
    #[arg(long, group = "pace")]
    weekly: bool,
    /// Turns of a day
    #[arg(long, group = "pace")]
    daily: bool,
    /// Turns of so many hours
    #[arg(long, group = "pace", value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    hourly: Option<u32>,
    /// Turns of a month
    #[arg(long, group = "pace")]
    monthly: bool,
    /// So many weeks, days or months in place of one
    #[arg(long, value_name = "NUMBER", default_value_t = 1, conflicts_with = "hourly")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
    every: u32,
    /// When duty changes: "mon 09:00", for days 09:00, for months "1 09:00" [default: at nine, on Mondays or the first]
    #[arg(long, value_name = "WHEN")]
    handoff: Option<String>,
    /// Day of the first handoff [default: the last one]
    #[arg(long, value_name = "DATE")]
    start: Option<Date>,
    /// Draw lots in place of taking turns: fairly, by what each has had, and never the same twice in a row
    #[arg(long)]
    roulette: bool,
    /// When it counts: "mon-fri 09:00-18:00"; may be repeated [default: always]
    #[arg(long, value_name = "HOURS", value_parser = when::window)]
    hours: Vec<Window>,
}

impl AddRota {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let zone =
            self.zone.ok_or_else(|| no_zone(&format!("alo roulette add-rota {}", self.name)))?;
        let layer = self.turns.layer(LAYER, &zone)?;
        let rota = Rota {
            name: self.name,
            display: self.display.unwrap_or_default(),
            zone,
            layers: vec![layer],
            tell_before_minutes: self.tell_before,
            tell_off: self.tell_off,
            text_from: self.text_from,
        };
        let kept = client.send(Method::POST, "/v1/rotas", &serde_json::to_value(&rota)?).await?;
        if output.json {
            return output.document(&kept);
        }
        rota::print(&kept, output)?;
        let asked = asked::rota(client, Some(&rota.name)).await?;
        duty::tell_who(client, &asked, output).await
    }
}

/// Nobody can guess it, and a wrong one rings the wrong people.
pub(super) fn no_zone(command: &str) -> Usage {
    Usage(format!(
        "say in which time zone duty changes: {command} … --zone America/Sao_Paulo (or Europe/Lisbon, America/New_York)"
    ))
}

impl Turns {
    /// A layer of them.
    pub(super) fn layer(self, name: &str, zone: &Zone) -> Result<Layer, Usage> {
        let people = asked::names(&self.people)?;
        let (unit, pace) = self.unit();
        let handoff = self.handoff.as_deref().map(Handoff::read).transpose()?;
        let now = jiff::Zoned::now().with_time_zone(zone.rules());
        let usual = Handoff::usual();
        let last = handoff.unwrap_or(usual).last(pace, &now)?;
        let order = if self.roulette { Order::Roulette { seed: seed()? } } else { Order::InTurn };
        Ok(Layer {
            name: name.to_owned(),
            turn: Turn { every: self.hourly.unwrap_or(self.every), unit },
            start: self.start.unwrap_or(last),
            handoff: handoff.unwrap_or(usual).at,
            order,
            crews: vec![Crew { from_turn: 0, people, first: 0 }],
            hours: self.hours,
        })
    }

    fn unit(&self) -> (TurnUnit, Pace) {
        if self.hourly.is_some() {
            (TurnUnit::Hour, Pace::Day)
        } else if self.daily {
            (TurnUnit::Day, Pace::Day)
        } else if self.monthly {
            (TurnUnit::Month, Pace::Month)
        } else {
            (TurnUnit::Week, Pace::Week)
        }
    }
}

fn seed() -> Result<u64, Usage> {
    let no_chance = |error| Usage(format!("this system gives no random numbers: {error}"));
    // JSON's readers keep whole numbers up to 2^53.
    getrandom::u64().map(|seed| seed >> 11).map_err(no_chance)
}

pub(super) async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let rotas = asked::rotas(client).await?;
    if output.json {
        return output.document(&Value::Array(rotas));
    }
    let rows = rotas.iter().map(|rota| {
        let mut row = shown::row(rota, &["name", "display", "zone"]);
        row.push(rota::layers(rota).map(rota::layer_shown).collect::<Vec<_>>().join("; "));
        row
    });
    output.table(
        &["name", "called", "zone", "turns"],
        rows.collect(),
        "no rotas: `alo roulette add-rota NAME --zone ZONE --people ada,ben --weekly` makes one",
    )
}
