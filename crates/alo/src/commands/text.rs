//! `alo text`: sends a text.

use std::io::Read;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use model::MessageStatus;
use serde_json::Value;

use super::{Usage, shown};
use crate::client::{Client, Parameters};
use crate::output::{Output, Tone};

/// How often the state of a followed message is asked for.
const GLANCE: Duration = Duration::from_millis(250);

/// How long a receipt is waited for once the carrier took the message: some never send any.
const RECEIPT: Duration = Duration::from_secs(120);

/// Longest text that is read from standard input, in bytes: 1,600 characters are at most 6,400.
const LONGEST: u64 = 16 * 1024;

/// Who writes to whom, and what.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo text +14155550100 +14155550142 \"The site is down.\"
  alo text +14155550100 +14155550142 \"The site is down.\" --follow
  uptime | alo text +14155550100 +14155550142 -
  alo text +14155550100 +14155550142 \"The map:\" --media https://example.com/map.png
  alo text --service MG5ef8732a3c49700934481addd5ce1659 +14155550142 \"The site is down.\"

With --follow the exit code is 1 if it failed or was not delivered. Where the carrier took it
and tells nothing more for two minutes, that is the end, and the code is 0.")]
pub(crate) struct Text {
    /// Sender: a number or short code of yours, or a name; left out with --service
    from: String,
    /// Receiver
    to: String,
    /// The text, at most 1,600 characters; - reads standard input
    #[arg(required_unless_present = "service", allow_hyphen_values = true)]
    body: Option<String>,
    /// Messaging service that chooses the sender, by its SID; write TO BODY then, without FROM
    #[arg(long, value_name = "MG…")]
    service: Option<String>,
    /// Address of a picture or the like; may be repeated
    #[arg(long = "media", value_name = "URL")]
    media: Vec<String>,
    /// Application that is told of its status
    #[arg(long, value_name = "URL")]
    status_callback: Option<String>,
    /// Longest wait for a carrier, in seconds [default: 36000]
    #[arg(long, value_name = "SECONDS")]
    validity: Option<u32>,
    /// Wait until it was delivered or given up, and print each of its states
    #[arg(long)]
    follow: bool,
}

impl Text {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let follows = self.follow;
        let message = client.post(&client.account_path("Messages.json"), &self.form()?).await?;
        if follows {
            return follow(client, message, output).await;
        }
        if output.json {
            output.document(&message)?;
        } else {
            output.line(line(&message, output))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn form(self) -> anyhow::Result<Parameters> {
        let (mut form, body) = match (self.service, self.body) {
            (None, Some(body)) => (vec![("From", self.from), ("To", self.to)], body),
            (Some(service), None) => {
                (vec![("MessagingServiceSid", service), ("To", self.from)], self.to)
            }
            (Some(_), Some(_)) | (None, None) => {
                let usage =
                    "write FROM TO BODY, or --service MG… TO BODY: the service chooses the sender";
                return Err(Usage(usage.to_owned()).into());
            }
        };
        let body = if body == "-" { standard_input()? } else { body };
        form.push(("Body", body));
        form.extend(self.media.into_iter().map(|url| ("MediaUrl", url)));
        form.extend(self.status_callback.map(|url| ("StatusCallback", url)));
        form.extend(self.validity.map(|seconds| ("ValidityPeriod", seconds.to_string())));
        Ok(form)
    }
}

/// What standard input says, without the line break at its end.
pub(super) fn standard_input() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Usage("the text has more than 1,600 characters".to_owned()).into());
    }
    let text = String::from_utf8(bytes).context("the text is not UTF-8")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Prints each state of a message until the last.
async fn follow(client: &Client, message: Value, output: Output) -> anyhow::Result<ExitCode> {
    let path = client.account_path(&format!("Messages/{}.json", shown::text(&message, "sid")));
    let mut last = String::new();
    let mut message = message;
    let mut sent_at = None;
    loop {
        let word = shown::text(&message, "status");
        if word != last {
            if output.json {
                output.event(&message)?;
            } else {
                output.line(line(&message, output))?;
            }
            last.clone_from(&word);
        }
        if let Some(code) = word.parse().ok().and_then(verdict) {
            return Ok(code);
        }
        if last == MessageStatus::Sent.as_str() {
            let waited = sent_at.get_or_insert_with(Instant::now).elapsed();
            if waited > RECEIPT {
                output.remark("the carrier took it and told nothing more");
                return Ok(ExitCode::SUCCESS);
            }
        }
        tokio::time::sleep(GLANCE).await;
        message = client.get(&path, &Vec::new()).await?;
    }
}

/// The exit code of a state that is the last.
fn verdict(status: MessageStatus) -> Option<ExitCode> {
    match status {
        MessageStatus::Delivered | MessageStatus::Received => Some(ExitCode::SUCCESS),
        MessageStatus::Undelivered | MessageStatus::Failed | MessageStatus::Canceled => {
            Some(ExitCode::FAILURE)
        }
        MessageStatus::Accepted
        | MessageStatus::Scheduled
        | MessageStatus::Queued
        | MessageStatus::Sending
        | MessageStatus::Sent
        | MessageStatus::Receiving => None,
    }
}

/// SID and status, with what went wrong.
fn line(message: &Value, output: Output) -> String {
    let status = shown::text(message, "status");
    let tone = match status.as_str() {
        "delivered" | "received" => Tone::Good,
        "undelivered" | "failed" | "canceled" => Tone::Bad,
        _ => Tone::Quiet,
    };
    let wrong = match message["error_code"].as_u64() {
        Some(code) => format!("  error {code}: {}", shown::text(message, "error_message")),
        None => String::new(),
    };
    format!("{}  {}{wrong}", shown::text(message, "sid"), output.paint(tone, &status))
}
