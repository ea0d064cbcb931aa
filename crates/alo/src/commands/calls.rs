//! `alo calls`: calls, past and present.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::shown;
use crate::client::Client;
use crate::output::Output;

/// What to do with calls.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo calls
  alo calls list --status in-progress
  alo calls show CA5ef8732a3c49700934481addd5ce1659
  alo calls hangup CA5ef8732a3c49700934481addd5ce1659")]
pub(crate) struct Calls {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, the newest first (the default)
    List {
        /// queued, ringing, in-progress, completed, busy, failed, no-answer or canceled
        #[arg(long)]
        status: Option<String>,
        /// Whom they rang
        #[arg(long, value_name = "WHOM")]
        to: Option<String>,
        /// Who rang
        #[arg(long, value_name = "WHO")]
        from: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Show one, with its legs, recordings and alerts
    Show {
        /// Its SID
        sid: String,
    },
    /// Hang up
    Hangup {
        /// Its SID
        sid: String,
    },
}

impl Calls {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let unfiltered = Action::List { status: None, to: None, from: None, limit: 20 };
        match self.action.unwrap_or(unfiltered) {
            Action::List { status, to, from, limit } => {
                let filters = [("Status", status), ("To", to), ("From", from)];
                let query: Vec<(&str, String)> =
                    filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
                let path = client.account_path("Calls.json");
                let calls = client.list(&path, "calls", &query, limit).await?;
                if output.json {
                    output.document(&Value::Array(calls))?;
                } else {
                    table(&calls, output)?;
                }
            }
            Action::Show { sid } => show(client, &sid, output).await?,
            Action::Hangup { sid } => hang_up(client, &sid, output).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(calls: &[Value], output: Output) -> anyhow::Result<()> {
    let rows = calls.iter().map(|call| {
        let mut row = vec![shown::time(call, "date_created")];
        row.extend(shown::row(call, &["from", "to", "direction", "status", "duration", "sid"]));
        row
    });
    output.table(
        &["created", "from", "to", "direction", "status", "seconds", "sid"],
        rows.collect(),
        "no calls",
    )
}

async fn show(client: &Client, sid: &str, output: Output) -> anyhow::Result<()> {
    let sid = shown::escaped(sid);
    let none = Vec::new();
    let call = client.get(&client.account_path(&format!("Calls/{sid}.json")), &none).await?;
    let legs = client.account_path("Calls.json");
    let legs = client.list(&legs, "calls", &vec![("ParentCallSid", sid.clone())], LEGS).await?;
    let recordings = client.account_path(&format!("Calls/{sid}/Recordings.json"));
    let recordings = client.list(&recordings, "recordings", &none, LEGS).await?;
    let alerts = client.account_path(&format!("Calls/{sid}/Notifications.json"));
    let alerts = client.list(&alerts, "notifications", &none, LEGS).await?;
    if output.json {
        return output.document(&serde_json::json!({
            "call": call,
            "legs": legs,
            "recordings": recordings,
            "alerts": alerts,
        }));
    }
    output.line(shown::record(&call, &FIELDS))?;
    if !legs.is_empty() {
        output.line("\nLegs")?;
        table(&legs, output)?;
    }
    for recording in &recordings {
        let shown = shown::row(recording, &["sid", "status", "duration"]).join("  ");
        output.line(format!("\nRecording  {shown} s"))?;
    }
    for alert in &alerts {
        let shown = shown::row(alert, &["error_code", "message_text"]).join("  ");
        output.line(format!("\nAlert  {shown}"))?;
    }
    Ok(())
}

/// Legs, recordings and alerts of one call that are shown at most.
const LEGS: usize = 100;

/// What is shown of a call.
const FIELDS: [&str; 12] = [
    "sid",
    "status",
    "direction",
    "from",
    "to",
    "caller_name",
    "forwarded_from",
    "parent_call_sid",
    "date_created",
    "start_time",
    "end_time",
    "duration",
];

async fn hang_up(client: &Client, sid: &str, output: Output) -> anyhow::Result<()> {
    let path = client.account_path(&format!("Calls/{}.json", shown::escaped(sid)));
    let status = vec![("Status", "completed".to_owned())];
    let call = client.post(&path, &status).await?;
    if output.json {
        return output.document(&call);
    }
    output.line(format!("{}  {}", shown::text(&call, "sid"), shown::text(&call, "status")))
}
