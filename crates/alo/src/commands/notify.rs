//! `alo notify`: texts somebody that something happened; made for an `exec` line of Monit.
//!
//! Monit runs programs with little more than a PATH and what happened, in variables that begin with `MONIT_`
//! (<https://mmonit.com/monit/documentation/monit.html>, "exec"). A server that restarts is waited for, and a text that
//! may have been taken is sent again under the same idempotency key, so that it goes once.

mod words;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use model::Correspondent;
use serde_json::{Value, json};

use super::{Usage, shown, wait};
use crate::cli::Globals;
use crate::client::{Client, NoServer, Refused};
use crate::config::{self, Config};
use crate::output::Output;
use words::Incident;

/// Pause between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// What to tell, from whom, to whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo notify --data /var/lib/alo --to +14155550142 \"The backup failed.\"
  df -h / | tail -1 | alo notify -

In monitrc, with [notify] in alo.toml saying from whom and to whom:
  check host shop with address shop.example
    if failed port 443 protocol https
      then exec \"/usr/local/bin/alo notify --data /var/lib/alo\"
      else if succeeded then exec \"/usr/local/bin/alo notify --data /var/lib/alo\"

Exit code 0 when the server has kept every text, 1 if it refused one, 2 if none answered in time.")]
pub(crate) struct Notify {
    /// What to say [default: what Monit's variables tell]; - reads standard input
    #[arg(allow_hyphen_values = true)]
    message: Vec<String>,
    /// Receiver; may be repeated [default: notify.to in alo.toml]
    #[arg(long, value_name = "NUMBER")]
    to: Vec<Correspondent>,
    /// Sender [default: notify.from in alo.toml, else the first number of the account]
    #[arg(long, value_name = "NUMBER")]
    from: Option<Correspondent>,
    /// How long a server that doesn't answer is waited for, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
}

/// Texts to be sent.
struct Errand {
    from: Option<Correspondent>,
    to: Vec<Correspondent>,
    body: String,
    /// What makes its keys unique.
    key: u128,
    until: Instant,
}

impl Notify {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let config = Config::load(globals)?;
        let body = self.body()?;
        let to = if self.to.is_empty() { config.notify.to.clone() } else { self.to };
        if to.is_empty() {
            let usage = "nobody to tell: write --to NUMBER, or to = [\"NUMBER\"] under [notify] in alo.toml";
            return Err(Usage(usage.to_owned()).into());
        }
        let mut key = [0; 16];
        getrandom::fill(&mut key).context("the system gives no randomness")?;
        let errand = Errand {
            from: self.from.or_else(|| config.notify.from.clone()),
            to,
            body,
            key: u128::from_ne_bytes(key),
            until: Instant::now() + Duration::from_secs(self.patience),
        };
        wait(errand.run(&config, output))?
    }

    fn body(&self) -> anyhow::Result<String> {
        let said = self.message.join(" ");
        let said = if said == "-" { super::text::standard_input()? } else { said };
        if !said.trim().is_empty() {
            return Ok(words::shortened(said.trim()));
        }
        let told = |name| config::variable(name).map(|text| text.to_string_lossy().into_owned());
        let incident = Incident {
            host: told("MONIT_HOST"),
            service: told("MONIT_SERVICE"),
            event: told("MONIT_EVENT"),
            description: told("MONIT_DESCRIPTION"),
            date: told("MONIT_DATE"),
        };
        incident.text().ok_or_else(|| {
            let usage = "nothing to say: write a message, or let Monit run this (it sets MONIT_SERVICE and its kin)";
            Usage(usage.to_owned()).into()
        })
    }
}

impl Errand {
    async fn run(self, config: &Config, output: Output) -> anyhow::Result<ExitCode> {
        let (mut sent, mut failed) = (Vec::new(), Vec::new());
        for (index, to) in self.to.iter().enumerate() {
            match self.send(config, index, to).await {
                Ok(text) => {
                    if !output.json {
                        let line = shown::row(&text, &["sid", "status"]).join("  ");
                        output.line(format!("{line}  {to}"))?;
                    }
                    sent.push(text);
                }
                Err(error) => failed.push((to, error)),
            }
        }
        if output.json {
            let failed: Vec<Value> = failed
                .iter()
                .map(|(to, error)| json!({ "to": to.to_string(), "error": format!("{error:#}") }))
                .collect();
            output.document(&json!({ "body": self.body, "sent": sent, "failed": failed }))?;
        }
        let Some((last, error)) = failed.pop() else { return Ok(ExitCode::SUCCESS) };
        for (to, error) in &failed {
            output.error(&anyhow::anyhow!("{to} was not told: {error:#}"));
        }
        let unreached = error.is::<NoServer>();
        output.error(&error.context(format!("{last} was not told")));
        Ok(ExitCode::from(if unreached { crate::USAGE } else { crate::FAILED }))
    }

    /// Sends to one, again and again while there is no answer and patience is left.
    async fn send(
        &self,
        config: &Config,
        index: usize,
        to: &Correspondent,
    ) -> anyhow::Result<Value> {
        let key = format!("notify-{:032x}-{index}", self.key);
        loop {
            let error = match self.try_to_send(config, &key, to).await {
                Ok(text) => return Ok(text),
                Err(error) => error,
            };
            if !may_pass(&error) || Instant::now() + PAUSE > self.until {
                return Err(error);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The address and the credentials are read anew each time: a server that restarts may have others.
    async fn try_to_send(
        &self,
        config: &Config,
        key: &str,
        to: &Correspondent,
    ) -> anyhow::Result<Value> {
        let client = Client::new(config)?;
        let from = match &self.from {
            Some(from) => from.to_string(),
            None => first_number(&client).await?,
        };
        let form = vec![("From", from), ("To", to.to_string()), ("Body", self.body.clone())];
        client.post_once(&client.account_path("Messages.json"), &form, key).await
    }
}

/// The oldest number of the account.
async fn first_number(client: &Client) -> anyhow::Result<String> {
    /// Numbers looked at.
    const MOST: usize = 1_000;
    let path = client.account_path("IncomingPhoneNumbers.json");
    let numbers = client.list(&path, "incoming_phone_numbers", &Vec::new(), MOST).await?;
    let number = numbers.last().and_then(|number| number["phone_number"].as_str());
    let none = "the account has no number to send from: `alo numbers buy` buys one, --from names another sender";
    Ok(number.context(none)?.to_owned())
}

/// Whether the same may succeed in a moment: nobody answered, or the server is stopping or overloaded.
fn may_pass(error: &anyhow::Error) -> bool {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return refused.status == 429 || refused.status >= 500;
    }
    error.is::<NoServer>() || error.chain().any(<dyn std::error::Error>::is::<reqwest::Error>)
}
