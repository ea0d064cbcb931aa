//! What became of the calls: `alo roulette calls`, `call`, `voicemails`, `ack`, `load`.

use clap::Args;
use model::oncall::Name;
use reqwest::Method;
use serde_json::{Value, json};

use super::asked::rows;
use super::when;
use crate::client::{Client, Parameters};
use crate::commands::shown;
use crate::output::{Output, Tone};

/// Calls that are looked through for a ticket: the largest page.
const LOOKED_THROUGH: &str = "1000";

/// Which calls.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette calls
  alo roulette calls --line support --outcome missed
  alo roulette calls --unseen                what nobody has acknowledged")]
pub(super) struct Calls {
    /// Of which line [default: all]
    #[arg(long)]
    line: Option<Name>,
    /// hunting, connected, voicemail, missed, hung_up, blocked, command or lost
    #[arg(long)]
    outcome: Option<String>,
    /// Missed calls and messages that nobody has acknowledged
    #[arg(long)]
    unseen: bool,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

/// Which messages.
#[derive(Debug, Args)]
pub(super) struct Voicemails {
    /// Of which line [default: all]
    #[arg(long)]
    line: Option<Name>,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

/// Who sees to what.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette calls --unseen
  alo roulette ack 12 --person ada

By text from her phone: ACK 12")]
pub(super) struct Ack {
    /// The ticket of the call, or its SID
    call: String,
    /// Who
    #[arg(long, value_name = "PERSON")]
    person: Name,
}

/// Over how long.
#[derive(Debug, Args)]
pub(super) struct Load {
    /// For how many days back
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
}

impl Calls {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let mut query: Parameters = vec![("limit", self.limit.to_string())];
        query.extend(self.line.map(|line| ("line", line.to_string())));
        query.extend(self.outcome.map(|outcome| ("outcome", outcome)));
        query.extend(self.unseen.then(|| ("unseen", "true".to_owned())));
        let calls = rows(&client.get("/v1/line-calls", &query).await?, "line_calls");
        if output.json {
            return output.document(&Value::Array(calls));
        }
        let rows = calls.iter().map(|call| {
            let mut row = vec![shown::instant(call, "began_at")];
            row.extend(shown::row(call, &["line", "from"]));
            row.push(shown::text(call, "outcome").replace('_', " "));
            row.push(taken_by(call));
            row.extend(shown::row(call, &["ticket", "call"]));
            row
        });
        let heads = ["began", "line", "from", "outcome", "who", "ticket", "sid"];
        output.table(&heads, rows.collect(), "no calls")
    }
}

/// Who took a call, or saw to it.
fn taken_by(call: &Value) -> String {
    let attempts = call["attempts"].as_array().map_or(&[][..], Vec::as_slice);
    let accepted = attempts.iter().find(|attempt| attempt["outcome"] == "accepted");
    if let Some(attempt) = accepted {
        return whom(attempt);
    }
    call["acknowledged"]["by"]
        .as_str()
        .map_or_else(|| "-".to_owned(), |by| format!("{by} (acknowledged)"))
}

fn whom(attempt: &Value) -> String {
    let either = attempt["person"].as_str().or(attempt["phone"].as_str());
    either.unwrap_or("-").to_owned()
}

/// The SID of a call, found by itself or its ticket.
async fn sid_of(client: &Client, call: &str) -> anyhow::Result<String> {
    let Ok(ticket) = call.parse::<i64>() else { return Ok(call.to_owned()) };
    let query = vec![("limit", LOOKED_THROUGH.to_owned())];
    let calls = rows(&client.get("/v1/line-calls", &query).await?, "line_calls");
    let found = calls.iter().find(|it| it["ticket"].as_i64() == Some(ticket));
    match found {
        Some(call) => Ok(shown::text(call, "call")),
        None => anyhow::bail!(
            "no call has the ticket {ticket}: `alo roulette calls --unseen` lists those to see to"
        ),
    }
}

pub(super) async fn show(client: &Client, call: &str, output: Output) -> anyhow::Result<()> {
    let sid = sid_of(client, call).await?;
    let path = format!("/v1/line-calls/{}", shown::escaped(&sid));
    let call = client.get(&path, &Vec::new()).await?;
    if output.json {
        return output.document(&call);
    }
    let fields = [
        "call",
        "line",
        "team",
        "from",
        "to",
        "outcome",
        "ticket",
        "voicemail",
        "voicemail_seconds",
    ];
    output.line(shown::record(&call, &fields))?;
    output.line(format!("began              {}", shown::instant(&call, "began_at")))?;
    output.line(format!("ended              {}", shown::instant(&call, "ended_at")))?;
    if let Some(by) = call["acknowledged"]["by"].as_str() {
        let at = shown::instant(&call["acknowledged"], "at");
        output.line(format!("acknowledged       {by}, {at}"))?;
    }
    output.line("")?;
    let attempts = call["attempts"].as_array().cloned().unwrap_or_default();
    let rows = attempts.iter().map(|attempt| {
        let mut row = shown::row(attempt, &["level", "person", "phone"]);
        row.push(shown::instant(attempt, "began_at"));
        row.push(rang_for(attempt));
        row.push(outcome(attempt, output));
        row
    });
    output.table(
        &["level", "who", "phone", "began", "took", "outcome"],
        rows.collect(),
        "nobody was rung",
    )
}

/// How long a phone rang or was asked.
fn rang_for(attempt: &Value) -> String {
    let at =
        |field: &str| attempt[field].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    match (at("began_at"), at("ended_at")) {
        (Some(began), Some(ended)) => when::length(ended.duration_since(began).as_secs()),
        (Some(_), None) | (None, _) => "-".to_owned(),
    }
}

fn outcome(attempt: &Value, output: Output) -> String {
    let word = shown::text(attempt, "outcome").replace('_', " ");
    let tone = match word.as_str() {
        "accepted" => Tone::Good,
        "failed" | "no phone" => Tone::Bad,
        _ => Tone::Quiet,
    };
    output.paint(tone, word)
}

impl Voicemails {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let mut query: Parameters = vec![("limit", self.limit.to_string())];
        query.extend(self.line.map(|line| ("line", line.to_string())));
        let messages = rows(&client.get("/v1/voicemails", &query).await?, "voicemails");
        if output.json {
            return output.document(&Value::Array(messages));
        }
        let rows = messages.iter().map(|call| {
            let mut row = vec![shown::instant(call, "began_at")];
            row.extend(shown::row(call, &["line", "from"]));
            let length = call["voicemail_seconds"].as_i64().map(when::length);
            row.push(length.unwrap_or_else(|| "-".to_owned()));
            row.push(taken_by(call));
            row.extend(shown::row(call, &["ticket", "voicemail"]));
            row
        });
        let heads = ["left", "line", "from", "length", "who", "ticket", "recording"];
        output.table(&heads, rows.collect(), "no messages")?;
        if !messages.is_empty() {
            output.remark("`alo recordings get RECORDING` fetches one");
        }
        Ok(())
    }
}

impl Ack {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let sid = sid_of(client, &self.call).await?;
        let path = format!("/v1/line-calls/{}/acknowledge", shown::escaped(&sid));
        let call = client.send(Method::POST, &path, &json!({ "person": self.person })).await?;
        if output.json {
            return output.document(&call);
        }
        let by = shown::text(&call["acknowledged"], "by");
        output.line(format!("{by} sees to the call of {}", shown::text(&call, "from")))
    }
}

impl Load {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let query = vec![("days", self.days.to_string())];
        let people = rows(&client.get("/v1/reports/load", &query).await?, "people");
        if output.json {
            return output.document(&Value::Array(people));
        }
        let rows = people.iter().map(|person| {
            let hours = person["hours"].as_f64().map(|hours| format!("{hours:.0}"));
            let mut row =
                vec![shown::text(person, "person"), hours.unwrap_or_else(|| "-".to_owned())];
            row.extend(shown::row(person, &["nights", "weekends", "rung", "accepted"]));
            row
        });
        let heads = ["person", "hours", "nights", "weekends", "rung", "accepted"];
        output.table(&heads, rows.collect(), "nobody was on duty, and nobody was rung")
    }
}
