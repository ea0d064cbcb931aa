//! `alo alerts`: what went wrong in calls, with Twilio's code and what to do.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::shown;
use crate::client::Client;
use crate::output::{Output, Tone};

/// Which alerts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo alerts
  alo alerts --call CA5ef8732a3c49700934481addd5ce1659")]
pub(crate) struct Alerts {
    /// Of this call alone
    #[arg(long, value_name = "SID")]
    call: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

impl Alerts {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let path = match &self.call {
            Some(call) => format!("Calls/{}/Notifications.json", shown::escaped(call)),
            None => "Notifications.json".to_owned(),
        };
        let path = client.account_path(&path);
        let alerts = client.list(&path, "notifications", &Vec::new(), self.limit).await?;
        if output.json {
            output.document(&Value::Array(alerts))?;
            return Ok(ExitCode::SUCCESS);
        }
        if alerts.is_empty() {
            output.line("no alerts")?;
        }
        for alert in &alerts {
            // Log levels of the API: 0 is an error, 1 a warning.
            let level = match alert["log"].as_str() {
                Some("0") => output.paint(Tone::Bad, "error"),
                Some(_) | None => output.paint(Tone::Warning, "warning"),
            };
            let code = shown::text(alert, "error_code");
            let at = shown::time(alert, "message_date");
            let call = shown::text(alert, "call_sid");
            output.line(format!("{at}  {level} {code}  {call}"))?;
            output.line(format!("    {}", shown::text(alert, "message_text")))?;
            if let Some(url) = alert["request_url"].as_str().filter(|url| !url.is_empty()) {
                output.line(output.paint(Tone::Quiet, format!("    {url}")))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
