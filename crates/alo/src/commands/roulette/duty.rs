//! `alo roulette who`, `next`, `schedule`, `take`, `off`: who is on duty.

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use model::oncall::Name;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{self, Asked, rows};
use super::when;
use crate::client::{Client, Parameters};
use crate::commands::shown;
use crate::output::{Output, Tone};

/// Days that are looked through for the next handoff.
const AHEAD: i64 = 62;

/// Who is on duty.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette who
  alo roulette who support --at \"fri 22:00\"
  alo roulette who support --at 2026-12-24 --why")]
pub(super) struct Who {
    /// In which rota [default: the only one]
    rota: Option<Name>,
    /// When [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Say how that comes about
    #[arg(long)]
    why: bool,
}

/// Who comes next.
#[derive(Debug, Args)]
pub(super) struct Next {
    /// In which rota [default: the only one]
    rota: Option<Name>,
}

/// Who is on duty when.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette schedule
  alo roulette schedule support --days 90 --from 2026-12-01")]
pub(super) struct Schedule {
    /// Of which rota [default: the only one]
    rota: Option<Name>,
    /// For how many days
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// From when [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
}

/// Who takes over, for how long.
#[derive(Debug, Args)]
#[command(override_usage = "alo roulette take --person <PERSON> [ROTA] <LENGTH>")]
#[command(after_help = "\
Examples:
  alo roulette take --person ada 2h          ada is on duty for two hours from now
  alo roulette take support --person ada 1d

By text from her phone: TAKE 2h")]
pub(super) struct Take {
    /// In which rota, and for how long: LENGTH, or ROTA LENGTH, as 2h or support 2h
    #[arg(required = true, num_args = 1..=2, value_names = ["ROTA", "LENGTH"])]
    words: Vec<String>,
    /// Who
    #[arg(long, value_name = "PERSON")]
    person: Name,
}

/// Who can't go on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette off --person ada

What she took is taken back by its number instead: alo roulette override list, then remove.

By text from her phone: OFF")]
pub(super) struct Off {
    /// In which rota [default: the only one]
    rota: Option<Name>,
    /// Who
    #[arg(long, value_name = "PERSON")]
    person: Name,
}

impl Who {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let asked = asked::rota(client, self.rota.as_ref()).await?;
        let at = self.at.as_deref().map(|text| when::moment(text, &asked.now())).transpose()?;
        let mut query: Parameters = Vec::new();
        query.extend(at.map(|at| ("at", at.to_string())));
        let duty = client.get(&asked.path("/on-duty"), &query).await?;
        if output.json {
            return output.document(&duty);
        }
        tell(&duty, &asked, at.is_some(), output)?;
        if self.why {
            tell_why(&duty, output)?;
        }
        Ok(())
    }
}

/// Says who is on duty now.
pub(super) async fn tell_who(client: &Client, asked: &Asked, output: Output) -> anyhow::Result<()> {
    let duty = client.get(&asked.path("/on-duty"), &Vec::new()).await?;
    tell(&duty, asked, false, output)
}

/// `ada is on duty in support until Mon 2026-11-30 09:00 (America/Sao_Paulo); then ben`.
fn tell(duty: &Value, asked: &Asked, at_another_time: bool, output: Output) -> anyhow::Result<()> {
    let zone = asked.rules();
    let time = |field: &str| duty[field].as_str().map(|text| when::shown(text, &zone));
    let at = if at_another_time { time("at") } else { None };
    let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
    let until = time("until");
    let person = duty["person"].as_str();
    let until = match (until, person) {
        (Some(until), Some(_)) => format!(", until {until}"),
        (Some(until), None) => format!(" before {until}"),
        (None, _) => String::new(),
    };
    let then = duty["next"]["person"].as_str().map(|next| format!("; then {next}"));
    let then = then.unwrap_or_default();
    let tone = if person.is_some() { Tone::Strong } else { Tone::Bad };
    let person = output.paint(tone, person.unwrap_or("nobody"));
    output.line(format!("{person} is on duty in {}{at}{until}{then} ({})", asked.name, asked.zone))
}

/// How it comes about, without who and until when, which was said.
fn tell_why(duty: &Value, output: Output) -> anyhow::Result<()> {
    let Some(why) = duty["why"].as_str() else { return Ok(()) };
    let why = why.split_once("): ").map_or(why, |(_, why)| why);
    output.line(format!("  {}", why.trim_end_matches('.')))
}

/// Shifts from `from`, for so many days.
async fn shifts(
    client: &Client,
    asked: &Asked,
    from: &Zoned,
    days: i64,
) -> anyhow::Result<Vec<Value>> {
    let until = from.checked_add(days.days())?;
    let query =
        vec![("from", from.timestamp().to_string()), ("until", until.timestamp().to_string())];
    Ok(rows(&client.get(&asked.path("/shifts"), &query).await?, "shifts"))
}

impl Next {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let asked = asked::rota(client, self.rota.as_ref()).await?;
        let now = asked.now();
        let shifts = shifts(client, &asked, &now, AHEAD).await?;
        let to_come = |shift: &&Value| {
            let from = shift["from"].as_str().and_then(|from| from.parse::<jiff::Timestamp>().ok());
            from.is_some_and(|from| from > now.timestamp()) && shift["person"].is_string()
        };
        let next = shifts.iter().find(to_come);
        if output.json {
            return output.document(next.unwrap_or(&Value::Null));
        }
        let Some(next) = next else {
            return output
                .line(format!("nobody else comes on duty in {} for {AHEAD} days", asked.name));
        };
        let from = when::shown(&shown::text(next, "from"), &asked.rules());
        let person = output.paint(Tone::Strong, shown::text(next, "person"));
        output.line(format!("{person} is on duty in {} from {from} ({})", asked.name, asked.zone))
    }
}

impl Schedule {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let asked = asked::rota(client, self.rota.as_ref()).await?;
        let now = asked.now();
        let from = self.from.as_deref().map(|text| when::moment(text, &now)).transpose()?;
        let from = from.map_or(now, |from| from.to_zoned(asked.rules()));
        let end = from.checked_add(i64::from(self.days).days())?.timestamp();
        let shifts = shifts(client, &asked, &from, i64::from(self.days)).await?;
        if output.json {
            return output.document(&Value::Array(shifts));
        }
        let zone = asked.rules();
        let rows = shifts.iter().map(|shift| {
            let nobody = || output.paint(Tone::Bad, "nobody");
            let person = shift["person"].as_str().map_or_else(nobody, str::to_owned);
            let from = when::shown(&shown::text(shift, "from"), &zone);
            let why = shown::text(shift, "why").trim_end_matches('.').to_owned();
            vec![person, from, until(shift, end, &zone), why]
        });
        output.table(&["person", "from", "until", "why"], rows.collect(), "no shifts")?;
        output.remark(format!("times are those of {}", asked.zone));
        Ok(())
    }
}

/// When a shift ends; one that the look ahead cuts off goes on.
fn until(shift: &Value, end: Timestamp, zone: &TimeZone) -> String {
    match shift["until"].as_str().map(|until| (until, until.parse::<Timestamp>())) {
        Some((until, Ok(at))) if at < end => when::shown(until, zone),
        Some((_, Ok(_))) | None => "later".to_owned(),
        Some((until, Err(_))) => until.to_owned(),
    }
}

impl Take {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let (rota, length) = match &self.words[..] {
            [length] => (None, length),
            [rota, length] => (Some(rota.parse::<Name>()?), length),
            _ => unreachable!("the parser takes one or two"),
        };
        let minutes = when::minutes(length)?;
        let asked = asked::rota(client, rota.as_ref()).await?;
        let order = json!({ "person": self.person, "minutes": minutes });
        let made = client.send(Method::POST, &asked.path("/take"), &order).await?;
        if output.json {
            return output.document(&made);
        }
        tell_who(client, &asked, output).await
    }
}

impl Off {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let asked = asked::rota(client, self.rota.as_ref()).await?;
        let order = json!({ "person": self.person });
        let done = client.send(Method::POST, &asked.path("/off"), &order).await?;
        if output.json {
            return output.document(&done);
        }
        tell_who(client, &asked, output).await
    }
}
