//! `alo numbers`: phone numbers of ours, and what is asked when one is rung or texted.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::app::{self, App};
use super::{roulette, shown};
use crate::client::{Client, Parameters};
use crate::output::{Output, Tone};

/// Where a list of available numbers begins unless another country is said.
const COUNTRY: &str = "US";

/// Numbers shown at most.
const SHOWN: usize = 1_000;

/// What to do with numbers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo numbers buy --url http://127.0.0.1:3000/voice     any number that is free
  alo numbers buy --app roulette:support                a support line, see `alo roulette`
  alo numbers buy --app forward:+5511987654321          a Twimlet: callers are put through there
  alo numbers available --country BR
  alo numbers buy +551155500142 --url https://example.com/voice
  alo numbers set +551155500142 --url https://example.com/other --sms-url https://example.com/texted
  alo numbers release +551155500142")]
pub(crate) struct Numbers {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List our numbers (the default)
    List,
    /// List numbers that can be bought
    Available {
        /// Country, by its two letters
        #[arg(long, default_value = COUNTRY)]
        country: String,
        /// Part of the number; * stands for any digit
        #[arg(long, value_name = "PATTERN")]
        contains: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Buy one
    #[command(visible_alias = "add")]
    Buy {
        /// Which [default: the first that is available in --country]
        number: Option<String>,
        /// Country to take one from, where none is named
        #[arg(long, default_value = COUNTRY)]
        country: String,
        #[command(flatten)]
        routing: Routing,
    },
    /// Change what happens when one is rung or texted
    #[command(visible_alias = "change")]
    Set {
        /// The number, or its SID
        number: String,
        #[command(flatten)]
        routing: Routing,
    },
    /// Give one up
    Release {
        /// The number, or its SID
        number: String,
    },
}

/// Who is asked, and who is told.
#[derive(Debug, Args)]
struct Routing {
    /// What is built in: roulette:LINE, forward:NUMBER, callme:NUMBER, findme:NUMBERS, simulring:NUMBERS,
    /// voicemail:ADDRESS, message:TEXT, menu:TEXT|1=forward:NUMBER|2=URL, holdmusic:KIND, or alo://twimlets/NAME?…
    #[arg(long, value_parser = app::app)]
    app: Option<App>,
    /// Application that is asked what to do when it is rung
    #[arg(long, conflicts_with = "app")]
    url: Option<String>,
    /// How it is asked: GET or POST
    #[arg(long)]
    method: Option<String>,
    /// Application that is asked when the first fails
    #[arg(long, value_name = "URL")]
    fallback_url: Option<String>,
    /// Application that is told when a call ends
    #[arg(long, value_name = "URL")]
    status_callback: Option<String>,
    /// Application that is asked when it is texted
    #[arg(long, value_name = "URL")]
    sms_url: Option<String>,
    /// How it is asked: GET or POST
    #[arg(long, value_name = "METHOD")]
    sms_method: Option<String>,
    /// Application that is asked when that one fails
    #[arg(long, value_name = "URL")]
    sms_fallback_url: Option<String>,
    /// Name for people
    #[arg(long)]
    name: Option<String>,
}

impl Routing {
    fn form(self) -> Parameters {
        let built_in = self.app.as_ref();
        let texted = built_in.and_then(App::text_url);
        let fields = [
            ("VoiceUrl", built_in.map(App::voice_url).or(self.url)),
            ("VoiceMethod", self.method),
            ("VoiceFallbackUrl", self.fallback_url),
            ("StatusCallback", self.status_callback),
            ("SmsUrl", self.sms_url.or(texted)),
            ("SmsMethod", self.sms_method),
            ("SmsFallbackUrl", self.sms_fallback_url),
            ("FriendlyName", self.name),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Numbers {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => list(client, output).await?,
            Action::Available { country, contains, limit } => {
                available(client, &country, contains, limit, output).await?;
            }
            Action::Buy { number, country, routing } => {
                buy(client, number, &country, routing, output).await?;
            }
            Action::Set { number, routing } => {
                let app = routing.app.clone();
                let form = routing.form();
                if form.is_empty() {
                    return Err(super::Usage("say what to change: --app, --url, --method, --fallback-url, --status-callback, --sms-url, --sms-method, --sms-fallback-url or --name".to_owned()).into());
                }
                let path = path_of(client, &number).await?;
                one(&client.post(&path, &form).await?, output)?;
                remark_missing_line(client, app, output).await?;
            }
            Action::Release { number } => {
                client.delete(&path_of(client, &number).await?).await?;
                output.remark(format!("{number} is given up"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let path = client.account_path("IncomingPhoneNumbers.json");
    let numbers = client.list(&path, "incoming_phone_numbers", &Vec::new(), SHOWN).await?;
    if output.json {
        return output.document(&Value::Array(numbers));
    }
    let rows = numbers
        .iter()
        .map(|number| {
            let mut row = shown::row(number, &["phone_number", "friendly_name"]);
            row.extend(["voice_url", "sms_url"].map(|url| app::shown(&shown::text(number, url))));
            row.push(shown::text(number, "sid"));
            row
        })
        .collect();
    output.table(
        &["number", "name", "asks when rung", "asks when texted", "sid"],
        rows,
        "no numbers: `alo numbers buy --url URL` buys one",
    )
}

async fn offered(client: &Client, country: &str, query: &Parameters) -> anyhow::Result<Vec<Value>> {
    let path = client.account_path(&format!(
        "AvailablePhoneNumbers/{}/Local.json",
        shown::escaped(&country.to_uppercase())
    ));
    let answer = client.get(&path, query).await?;
    Ok(answer["available_phone_numbers"].as_array().cloned().unwrap_or_default())
}

async fn available(
    client: &Client,
    country: &str,
    contains: Option<String>,
    limit: usize,
    output: Output,
) -> anyhow::Result<()> {
    let mut query = vec![("PageSize", limit.to_string())];
    query.extend(contains.map(|pattern| ("Contains", pattern)));
    let mut numbers = offered(client, country, &query).await?;
    numbers.truncate(limit);
    if output.json {
        return output.document(&Value::Array(numbers));
    }
    let rows = numbers
        .iter()
        .map(|number| shown::row(number, &["phone_number", "friendly_name"]))
        .collect();
    output.table(&["number", "written"], rows, "none: see numbers.ranges in alo.toml")
}

async fn buy(
    client: &Client,
    number: Option<String>,
    country: &str,
    routing: Routing,
    output: Output,
) -> anyhow::Result<()> {
    let number = if let Some(number) = number {
        number
    } else {
        let numbers = offered(client, country, &vec![("PageSize", "1".to_owned())]).await?;
        let first = numbers.first().and_then(|it| it["phone_number"].as_str());
        let none = || format!("no number is free in {country}: see numbers.ranges in alo.toml");
        first.with_context(none)?.to_owned()
    };
    let app = routing.app.clone();
    let without_url = routing.url.is_none() && routing.sms_url.is_none() && app.is_none();
    let mut form = routing.form();
    form.push(("PhoneNumber", number.clone()));
    let path = client.account_path("IncomingPhoneNumbers.json");
    one(&client.post(&path, &form).await?, output)?;
    if without_url {
        output.remark(format!(
            "nobody is asked yet what to do when it is rung or texted: alo numbers set {number} --url URL --sms-url URL"
        ));
    }
    remark_missing_line(client, app, output).await
}

/// A number may be there before its line.
async fn remark_missing_line(
    client: &Client,
    app: Option<App>,
    output: Output,
) -> anyhow::Result<()> {
    let Some(App::Line(line)) = app else { return Ok(()) };
    let known = roulette::lines_named(client).await?;
    if !known.iter().any(|name| name == line.as_str()) {
        output.remark(format!(
            "there is no line {line} yet, so callers hear that nothing is there: alo roulette line add {line} --rota ROTA"
        ));
    }
    Ok(())
}

fn one(number: &Value, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.document(number);
    }
    output.line(output.paint(Tone::Strong, shown::text(number, "phone_number")))?;
    output.line(shown::record(
        number,
        &[
            "sid",
            "friendly_name",
            "voice_method",
            "voice_url",
            "voice_fallback_url",
            "status_callback",
            "sms_method",
            "sms_url",
            "sms_fallback_url",
        ],
    ))
}

/// The resource of a number, found by itself or its SID.
async fn path_of(client: &Client, number: &str) -> anyhow::Result<String> {
    if number.starts_with("PN") {
        return Ok(
            client.account_path(&format!("IncomingPhoneNumbers/{}.json", shown::escaped(number)))
        );
    }
    let wanted: model::PhoneNumber = number.parse()?;
    let path = client.account_path("IncomingPhoneNumbers.json");
    let query = vec![("PhoneNumber", wanted.to_string())];
    let found = client.list(&path, "incoming_phone_numbers", &query, SHOWN).await?;
    let sid = found
        .iter()
        .find(|it| it["phone_number"].as_str() == Some(wanted.as_str()))
        .and_then(|it| it["sid"].as_str());
    match sid {
        Some(sid) => Ok(client.account_path(&format!("IncomingPhoneNumbers/{sid}.json"))),
        None => bail!("{wanted} is not ours: `alo numbers` lists those that are"),
    }
}
