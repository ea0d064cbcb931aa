//! `alo roulette override`: changes by hand of who is on duty.

use clap::{Args, Subcommand};
use model::oncall::Name;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::{self, Asked, rows};
use super::when;
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// What to do with overrides.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette override add --person ada --from \"tomorrow 09:00\" --until \"tomorrow 18:00\"
  alo roulette override add --person ada --for 4h                     from now
  alo roulette override add --person ada --instead-of ben --for 2d --reason \"conference\"
  alo roulette override add --without ben --from 2026-12-24 --until 2026-12-27 --reason holiday
  alo roulette override list
  alo roulette override remove 12")]
pub(super) struct Override {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make one
    Add(Box<Add>),
    /// List those that count now or later
    List {
        /// Of which rota [default: the only one]
        rota: Option<Name>,
    },
    /// Take one back
    Remove {
        /// Its number
        id: i64,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Of which rota [default: the only one]
    rota: Option<Name>,
    /// Who is on duty, whoever was
    #[arg(long, required_unless_present = "without")]
    person: Option<Name>,
    /// Only when this one would be
    #[arg(long, requires = "person", value_name = "PERSON")]
    instead_of: Option<Name>,
    /// Who is not on duty, though it is their turn
    #[arg(long, value_name = "PERSON", conflicts_with = "person")]
    without: Option<Name>,
    /// From when [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when
    #[arg(long, value_name = "TIME", required_unless_present = "length")]
    until: Option<String>,
    /// For how long, in place of --until: 4h
    #[arg(long = "for", id = "length", value_name = "LENGTH", value_parser = when::span, conflicts_with = "until")]
    length: Option<std::time::Duration>,
    /// Why, for those who look it up
    #[arg(long)]
    reason: Option<String>,
}

impl Override {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        match self.action {
            Action::Add(add) => add.run(client, output).await,
            Action::List { rota } => {
                let asked = asked::rota(client, rota.as_ref()).await?;
                list(client, &asked, output).await
            }
            Action::Remove { id } => {
                client.delete(&format!("/v1/overrides/{id}")).await?;
                output.remark(format!("override {id} is taken back"));
                Ok(())
            }
        }
    }
}

impl Add {
    async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let asked = asked::rota(client, self.rota.as_ref()).await?;
        let now = asked.now();
        let from = self.from.as_deref().map(|text| when::moment(text, &now)).transpose()?;
        let from = from.unwrap_or(now.timestamp());
        let until = match (self.until.as_deref(), self.length) {
            (Some(text), _) => when::moment(text, &now)?,
            (None, Some(length)) => from.checked_add(length)?,
            (None, None) => return Err(Usage("say until when: --until or --for".to_owned()).into()),
        };
        if until <= from {
            return Err(Usage("it ends before it begins: see --from and --until".to_owned()).into());
        }
        let change = match (self.person, self.instead_of, self.without) {
            (Some(with), Some(person), _) => json!({"replace": {"person": person, "with": with}}),
            (Some(person), None, _) => json!({"add": {"person": person}}),
            (None, _, Some(person)) => json!({"remove": {"person": person}}),
            (None, _, None) => {
                return Err(Usage("say who: --person or --without".to_owned()).into());
            }
        };
        let order = json!({
            "rota": asked.name,
            "from": from.to_string(),
            "until": until.to_string(),
            "change": change,
            "reason": self.reason.unwrap_or_default(),
        });
        let made = client.send(Method::POST, &asked.path("/overrides"), &order).await?;
        if output.json {
            return output.document(&made);
        }
        table(&[made], &asked, output)
    }
}

async fn list(client: &Client, asked: &Asked, output: Output) -> anyhow::Result<()> {
    let overrides = rows(&client.get(&asked.path("/overrides"), &Vec::new()).await?, "overrides");
    if output.json {
        return output.document(&Value::Array(overrides));
    }
    table(&overrides, asked, output)
}

fn table(overrides: &[Value], asked: &Asked, output: Output) -> anyhow::Result<()> {
    let zone = asked.rules();
    let rows = overrides.iter().map(|it| {
        vec![
            shown::text(it, "id"),
            change(&it["change"]),
            when::shown(&shown::text(it, "from"), &zone),
            when::shown(&shown::text(it, "until"), &zone),
            shown::text(it, "reason"),
            shown::text(it, "by"),
        ]
    });
    output.table(
        &["id", "change", "from", "until", "why", "by"],
        rows.collect(),
        "no overrides",
    )?;
    output.remark(format!("times are those of {}", asked.zone));
    Ok(())
}

/// `ada`, `ada for ben`, `without ben`.
fn change(change: &Value) -> String {
    let name = |kind: &str, field: &str| change[kind][field].as_str().map(str::to_owned);
    if let Some(person) = name("add", "person") {
        return person;
    }
    if let Some(person) = name("remove", "person") {
        return format!("without {person}");
    }
    match (name("replace", "with"), name("replace", "person")) {
        (Some(with), Some(person)) => format!("{with} for {person}"),
        _ => change.to_string(),
    }
}
