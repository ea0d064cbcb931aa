//! `alo texts`: texts, sent and received.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::{Usage, shown};
use crate::client::{Client, Sight};
use crate::output::Output;

/// What to do with texts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo texts
  alo texts list --to +14155550142 --since 2h
  alo texts list --status failed --since 2026-11-22 --limit 100
  alo texts show SM5ef8732a3c49700934481addd5ce1659
  alo texts cancel SM5ef8732a3c49700934481addd5ce1659")]
pub(crate) struct Texts {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, the newest first (the default)
    List(List),
    /// Show one, with its media
    Show {
        /// Its SID
        sid: String,
    },
    /// Take one back that was not sent yet
    Cancel {
        /// Its SID
        sid: String,
    },
}

#[derive(Debug, Args)]
struct List {
    /// To whom
    #[arg(long, value_name = "WHOM")]
    to: Option<String>,
    /// From whom
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// accepted, scheduled, queued, sending, sent, delivered, undelivered, failed, canceled, receiving or received
    #[arg(long)]
    status: Option<String>,
    /// Not older: a time span (2h, 3 days), a date (2026-11-22) or a moment (2026-11-22T08:00:00Z)
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

impl Default for List {
    fn default() -> List {
        List { to: None, from: None, status: None, since: None, limit: 20 }
    }
}

impl Texts {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or_else(|| Action::List(List::default())) {
            Action::List(list) => list.run(client, output).await?,
            Action::Show { sid } => show(client, &sid, output).await?,
            Action::Cancel { sid } => cancel(client, &sid, output).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        if let Some(word) = &self.status
            && word.parse::<model::MessageStatus>().is_err()
        {
            let known = model::MessageStatus::ALL.map(model::MessageStatus::as_str).join(", ");
            return Err(Usage(format!("'{word}' is no status: there are {known}")).into());
        }
        let since = self.since.as_deref().map(|text| moment(text, &Zoned::now())).transpose()?;
        let filters = [("To", self.to), ("From", self.from)];
        let query: Vec<(&str, String)> =
            filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let path = client.account_path("Messages.json");
        let wanted = |text: &Value| match (made_at(text), since) {
            (Some(made_at), Some(since)) if made_at < since => Sight::Enough,
            _ if self.status.as_deref().is_some_and(|it| text["status"] != it) => Sight::Pass,
            _ => Sight::Take,
        };
        let texts = if self.status.is_none() && since.is_none() {
            client.list(&path, "messages", &query, self.limit).await?
        } else {
            client.list_where(&path, "messages", &query, self.limit, wanted).await?
        };
        if output.json {
            return output.document(&Value::Array(texts));
        }
        let rows = texts.iter().map(|text| {
            let mut row = vec![shown::time(text, "date_created")];
            row.extend(shown::row(text, &["from", "to", "status", "error_code"]));
            row.push(excerpt(&shown::text(text, "body")));
            row.push(shown::text(text, "sid"));
            row
        });
        let heads = ["created", "from", "to", "status", "error", "text", "sid"];
        output.table(&heads, rows.collect(), "no texts")
    }
}

fn made_at(text: &Value) -> Option<Timestamp> {
    let made_at = jiff::fmt::rfc2822::parse(text["date_created"].as_str()?).ok()?;
    Some(made_at.timestamp())
}

/// A moment, the beginning of a day here, or so long before `now`.
fn moment(text: &str, now: &Zoned) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    if let Ok(date) = text.parse::<jiff::civil::Date>() {
        return Ok(date.to_zoned(now.time_zone().clone())?.timestamp());
    }
    let wrong = || {
        Usage(format!("'{text}' is no time: write 2h, 3 days, 2026-11-22 or 2026-11-22T08:00:00Z"))
    };
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    Ok(now.checked_sub(span.abs()).map_err(|_| wrong())?.timestamp())
}

/// The beginning of a text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    /// Characters shown.
    const SHOWN: usize = 40;
    let one_line = |each: char| if each.is_control() { ' ' } else { each };
    let shown: String = text.chars().map(one_line).take(SHOWN).collect();
    if text.chars().count() > SHOWN { format!("{shown}…") } else { shown }
}

/// What is shown of a text.
const FIELDS: [&str; 15] = [
    "sid",
    "status",
    "direction",
    "from",
    "to",
    "messaging_service_sid",
    "date_created",
    "date_sent",
    "date_updated",
    "num_segments",
    "num_media",
    "price",
    "price_unit",
    "error_code",
    "error_message",
];

async fn show(client: &Client, sid: &str, output: Output) -> anyhow::Result<()> {
    /// A message has at most 10.
    const MEDIA: usize = 10;
    let sid = shown::escaped(sid);
    let none = Vec::new();
    let text = client.get(&client.account_path(&format!("Messages/{sid}.json")), &none).await?;
    let media = client.account_path(&format!("Messages/{sid}/Media.json"));
    let media = client.list(&media, "media_list", &none, MEDIA).await?;
    if output.json {
        return output.document(&serde_json::json!({ "message": text, "media": media }));
    }
    output.line(shown::record(&text, &FIELDS))?;
    for each in &media {
        output.line(format!("media  {}", shown::row(each, &["sid", "content_type"]).join("  ")))?;
    }
    output.line(format!("\n{}", shown::text(&text, "body")))
}

async fn cancel(client: &Client, sid: &str, output: Output) -> anyhow::Result<()> {
    let path = client.account_path(&format!("Messages/{}.json", shown::escaped(sid)));
    let text = client.post(&path, &vec![("Status", "canceled".to_owned())]).await?;
    if output.json {
        return output.document(&text);
    }
    output.line(shown::row(&text, &["sid", "status"]).join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn since_takes_a_span_a_day_or_a_moment() {
        let noon: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a moment");
        let now = noon.to_zoned(TimeZone::UTC);
        let since = |text: &str| moment(text, &now).map(|it| it.to_string()).ok();
        assert_eq!(since("2h").as_deref(), Some("2026-11-22T10:00:00Z"));
        assert_eq!(since("3 days").as_deref(), Some("2026-11-19T12:00:00Z"));
        assert_eq!(since("2026-11-22").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(since("2026-11-22T08:00:00Z").as_deref(), Some("2026-11-22T08:00:00Z"));
        assert_eq!(since("yesterday"), None);
    }

    #[test]
    fn a_long_text_is_shown_by_its_beginning_on_one_line() {
        assert_eq!(excerpt("a\nb"), "a b");
        assert_eq!(excerpt(&"é".repeat(50)), format!("{}…", "é".repeat(40)));
    }
}
