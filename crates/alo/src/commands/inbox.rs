//! `alo inbox`: handsets of the virtual carrier, which exist on this server alone: what they got, and what they write.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use model::PhoneNumber;
use serde_json::Value;

use super::text::standard_input;
use super::{Usage, shown};
use crate::client::{Client, Parameters};
use crate::output::{Output, Tone};

/// How often a followed inbox is looked into.
const GLANCE: Duration = Duration::from_millis(500);

/// Messages that one look takes at most, as the API has it.
const LOOK: usize = 1_000;

/// Which handset, and what to do with it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo inbox                                            handsets that have messages
  alo inbox +14155550142                               what one got and wrote
  alo inbox +14155550142 --follow                      goes on as messages come, until Ctrl-C
  alo inbox +14155550142 --reply +14155550100 \"On my way.\"

Every number that a carrier of kind virtual reaches has a handset. A handset texts numbers and short codes of this server.")]
pub(crate) struct Inbox {
    /// The handset [default: list all]
    number: Option<PhoneNumber>,
    /// Go on as messages come
    #[arg(long, requires = "number")]
    follow: bool,
    /// How many at most
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Write from this handset; a BODY of - reads standard input
    #[arg(long, requires = "number", conflicts_with = "follow", num_args = 2, value_names = ["TO", "BODY"])]
    #[arg(allow_hyphen_values = true)]
    reply: Option<Vec<String>>,
    /// Address of a picture or the like that it sends; may be repeated
    #[arg(long = "media", value_name = "URL", requires = "reply")]
    media: Vec<String>,
}

impl Inbox {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let Some(number) = &self.number else {
            list(client, self.limit, output).await?;
            return Ok(ExitCode::SUCCESS);
        };
        let path = format!("/v1/inbox/{}", shown::escaped(number.as_str()));
        match self.reply.as_deref() {
            Some([to, body]) => write(client, &path, to, body, self.media, output).await?,
            Some(_) => return Err(Usage("write --reply TO BODY".to_owned()).into()),
            None => read(client, &path, self.limit, self.follow, output).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(client: &Client, limit: usize, output: Output) -> anyhow::Result<()> {
    let answer = client.get("/v1/inbox", &Vec::new()).await?;
    let mut handsets = answer["handsets"].as_array().cloned().unwrap_or_default();
    handsets.truncate(limit);
    if output.json {
        return output.document(&Value::Array(handsets));
    }
    let rows = handsets.iter().map(|handset| {
        let mut row = shown::row(handset, &["number", "entries"]);
        row.push(shown::instant(handset, "last_at"));
        row
    });
    output.table(
        &["number", "messages", "last"],
        rows.collect(),
        "no handset has messages: send one with `alo text FROM TO BODY`",
    )
}

async fn write(
    client: &Client,
    path: &str,
    to: &str,
    body: &str,
    media: Vec<String>,
    output: Output,
) -> anyhow::Result<()> {
    let body = if body == "-" { standard_input()? } else { body.to_owned() };
    let mut form = vec![("To", to.to_owned()), ("Body", body)];
    form.extend(media.into_iter().map(|url| ("MediaUrl", url)));
    let message = client.post(path, &form).await?;
    if output.json {
        return output.document(&message);
    }
    output.line(shown::row(&message, &["sid", "status"]).join("  "))
}

async fn read(
    client: &Client,
    path: &str,
    limit: usize,
    follow: bool,
    output: Output,
) -> anyhow::Result<()> {
    let look = async |after: Option<i64>, limit: usize| {
        let mut query: Parameters = vec![("Limit", limit.clamp(1, LOOK).to_string())];
        query.extend(after.map(|id| ("After", id.to_string())));
        let answer = client.get(path, &query).await?;
        anyhow::Ok(answer["messages"].as_array().cloned().unwrap_or_default())
    };
    let mut messages = look(None, limit).await?;
    if !follow {
        if output.json {
            return output.document(&Value::Array(messages));
        }
        if messages.is_empty() {
            output.line("no messages")?;
        }
        return messages.iter().try_for_each(|message| show(message, output));
    }
    let mut last = 0;
    loop {
        for message in &messages {
            last = message["id"].as_i64().unwrap_or(last).max(last);
            if output.json { output.event(message)? } else { show(message, output)? }
        }
        tokio::time::sleep(GLANCE).await;
        messages = look(Some(last), LOOK).await?;
    }
}

/// `2026-11-22 08:00:00  < +14155550100`, and below it the text.
fn show(message: &Value, output: Output) -> anyhow::Result<()> {
    let arrow = if message["written_here"].as_bool() == Some(true) {
        output.paint(Tone::Strong, ">")
    } else {
        output.paint(Tone::Good, "<")
    };
    let (at, other) = (shown::instant(message, "at"), shown::text(message, "other"));
    output.line(format!("{}  {arrow} {other}", output.paint(Tone::Quiet, at)))?;
    if let Some(body) = message["body"].as_str().filter(|body| !body.is_empty()) {
        body.lines().try_for_each(|line| output.line(format!("    {}", printable(line))))?;
    }
    let media = message["media"].as_array().map_or(&[][..], Vec::as_slice);
    media.iter().filter_map(Value::as_str).try_for_each(|url| {
        output.line(output.paint(Tone::Quiet, format!("    {}", printable(url))))
    })
}

/// Without what would steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|each| if each.is_control() { '\u{fffd}' } else { each }).collect()
}
