//! `alo call`: rings somebody, and runs TwiML once they answer.

use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args};
use serde_json::Value;

use super::shown;
use crate::client::Client;
use crate::output::{Output, Tone};

/// How often the state of a followed call is asked for.
const GLANCE: Duration = Duration::from_millis(250);

/// Whom to ring, and what they hear.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["url", "twiml", "say"])))]
#[command(after_help = "\
Examples:
  alo call --from +12025550100 --to client:ada --say \"The site is down.\" --follow
  alo call --from +12025550100 --to +14155550123 --url https://example.com/voice
  alo call --from +12025550100 --to sip:grace@203.0.113.9 --twiml '<Response><Play digits=\"12\"/></Response>'

With --follow the exit code is 0 if the call was answered and ended as it should.")]
pub(crate) struct Call {
    /// Number shown to the called
    #[arg(long, value_name = "NUMBER")]
    from: String,
    /// Whom: +14155550123, client:NAME or sip:USER@HOST
    #[arg(long, value_name = "WHOM")]
    to: String,
    /// Application that is asked what to do
    #[arg(long)]
    url: Option<String>,
    /// How it is asked: GET or POST [default: POST]
    #[arg(long, requires = "url")]
    method: Option<String>,
    /// TwiML to run
    #[arg(long)]
    twiml: Option<String>,
    /// Words to say
    #[arg(long, value_name = "TEXT")]
    say: Option<String>,
    /// Longest ringing, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u32>,
    /// Record it
    #[arg(long)]
    record: bool,
    /// Wait until it has ended, and print each of its states
    #[arg(long)]
    follow: bool,
}

impl Call {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        let mut form = vec![("From", self.from), ("To", self.to)];
        form.extend(self.url.map(|url| ("Url", url)));
        form.extend(self.method.map(|method| ("Method", method)));
        form.extend(self.twiml.map(|twiml| ("Twiml", twiml)));
        form.extend(self.say.map(|text| ("Twiml", spoken(&text))));
        form.extend(self.timeout.map(|seconds| ("Timeout", seconds.to_string())));
        if self.record {
            form.push(("Record", "true".to_owned()));
        }
        let call = client.post(&client.account_path("Calls.json"), &form).await?;
        if self.follow {
            return follow(client, call, output).await;
        }
        if output.json {
            output.document(&call)?;
        } else {
            output.line(format!(
                "{}  {}",
                shown::text(&call, "sid"),
                shown::text(&call, "status")
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints each state of a call until the last.
async fn follow(client: &Client, call: Value, output: Output) -> anyhow::Result<ExitCode> {
    let path = client.account_path(&format!("Calls/{}.json", shown::text(&call, "sid")));
    let mut last = String::new();
    let mut call = call;
    loop {
        let status = shown::text(&call, "status");
        if status != last {
            if output.json {
                output.event(&call)?;
            } else {
                let tone = match status.as_str() {
                    "completed" | "in-progress" => Tone::Good,
                    "busy" | "failed" | "no-answer" | "canceled" => Tone::Bad,
                    _ => Tone::Quiet,
                };
                let sid = shown::text(&call, "sid");
                output.line(format!("{sid}  {}{}", output.paint(tone, &status), length(&call)))?;
            }
            last.clone_from(&status);
        }
        if let Ok(status) = status.parse::<model::CallStatus>()
            && status.is_final()
        {
            let completed = status == model::CallStatus::Completed;
            return Ok(if completed { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        tokio::time::sleep(GLANCE).await;
        call = client.get(&path, &Vec::new()).await?;
    }
}

fn length(call: &Value) -> String {
    match call["duration"].as_str() {
        Some(seconds) => format!("  {seconds} s"),
        None => String::new(),
    }
}

/// A document that says `text`.
fn spoken(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<Response><Say>{escaped}</Say></Response>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use twiml::Verb;

    #[test]
    fn any_text_is_said_as_it_is() {
        for text in ["R&D says <no>", "]]>", "\"quoted\" 'text'"] {
            let document = twiml::parse(&spoken(text)).expect("it is TwiML");
            assert_eq!(document.warnings, []);
            assert!(
                matches!(&document.verbs[0].item, Verb::Say(say) if say.text == text),
                "{text}"
            );
        }
    }
}
