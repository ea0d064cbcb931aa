//! `alo services`: messaging services, senders under one roof.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use model::Correspondent;
use serde_json::Value;

use super::shown;
use crate::client::{Client, Parameters};
use crate::output::{Output, Tone};

/// Services, and senders of one, that are read at most: the largest page of the API.
const SHOWN: &str = "1000";

/// Lists of senders below a service, and their keys.
const LISTS: [(&str, &str); 3] = [
    ("PhoneNumbers", "phone_numbers"),
    ("ShortCodes", "short_codes"),
    ("AlphaSenders", "alpha_senders"),
];

/// What to do with services.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo services add support --inbound-url https://example.com/texted
  alo services add-sender support +14155550100
  alo services add-sender support ALO
  alo services show support
  alo text --service MG5ef8732a3c49700934481addd5ce1659 +14155550142 \"The site is down.\"
  alo services remove support")]
pub(crate) struct Services {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them (the default)
    List,
    /// Open one
    Add {
        /// Its name, for people
        name: String,
        /// Application that is asked when one of its senders is texted
        #[arg(long, value_name = "URL")]
        inbound_url: Option<String>,
        /// Application that is told of the status of its messages
        #[arg(long, value_name = "URL")]
        status_callback: Option<String>,
    },
    /// Show one, with its senders
    Show {
        /// Its name or SID
        service: String,
    },
    /// Add a sender to one
    AddSender {
        /// Its name or SID
        service: String,
        /// A number or short code of yours, or a name that receivers see
        sender: String,
    },
    /// Take a sender from one
    RemoveSender {
        /// Its name or SID
        service: String,
        /// The number, short code or name
        sender: String,
    },
    /// Close one; its senders stay yours
    Remove {
        /// Its name or SID
        service: String,
    },
}

impl Services {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => list(client, output).await?,
            Action::Add { name, inbound_url, status_callback } => {
                let mut form = vec![("FriendlyName", name)];
                form.extend(inbound_url.map(|url| ("InboundRequestUrl", url)));
                form.extend(status_callback.map(|url| ("StatusCallback", url)));
                one(&client.post("/v1/Services", &form).await?, output)?;
            }
            Action::Show { service } => show(client, &service, output).await?,
            Action::AddSender { service, sender } => {
                add_sender(client, &service, &sender, output).await?;
            }
            Action::RemoveSender { service, sender } => {
                let path = format!("/v1/Services/{}", sid_of(client, &service).await?);
                let (list, found) = senders(client, &path)
                    .await?
                    .into_iter()
                    .find(|(_, found)| address(found) == sender || found["sid"] == sender.as_str())
                    .with_context(|| format!("{sender} is no sender of {service}"))?;
                client.delete(&format!("{path}/{list}/{}", shown::text(&found, "sid"))).await?;
                output.remark(format!("{sender} is taken from {service}"));
            }
            Action::Remove { service } => {
                let sid = sid_of(client, &service).await?;
                client.delete(&format!("/v1/Services/{sid}")).await?;
                output.remark(format!("{service} is closed"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn all(client: &Client) -> anyhow::Result<Vec<Value>> {
    let page = client.get("/v1/Services", &vec![("PageSize", SHOWN.to_owned())]).await?;
    Ok(page["services"].as_array().cloned().unwrap_or_default())
}

async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let services = all(client).await?;
    if output.json {
        return output.document(&Value::Array(services));
    }
    let rows = services
        .iter()
        .map(|service| shown::row(service, &["friendly_name", "inbound_request_url", "sid"]));
    output.table(
        &["name", "asks", "sid"],
        rows.collect(),
        "no services: `alo services add NAME` opens one",
    )
}

/// The SID of a service, found by itself or its name.
async fn sid_of(client: &Client, service: &str) -> anyhow::Result<String> {
    if service.starts_with("MG") && service.len() == SID {
        return Ok(service.to_owned());
    }
    let services = all(client).await?;
    let mut named = services.iter().filter(|it| it["friendly_name"] == service);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(shown::text(one, "sid")),
        (Some(_), Some(_)) => bail!("several services are called {service}: write the SID of one"),
        (None, _) => bail!("there is no service {service}: `alo services` lists those there are"),
    }
}

/// Characters of a SID.
const SID: usize = 34;

async fn senders(client: &Client, service: &str) -> anyhow::Result<Vec<(&'static str, Value)>> {
    let mut senders = Vec::new();
    for (list, key) in LISTS {
        let query = vec![("PageSize", SHOWN.to_owned())];
        let page = client.get(&format!("{service}/{list}"), &query).await?;
        let found = page[key].as_array().cloned().unwrap_or_default();
        senders.extend(found.into_iter().map(|sender| (list, sender)));
    }
    Ok(senders)
}

/// What receivers see of a sender.
fn address(sender: &Value) -> String {
    let fields = ["phone_number", "short_code", "alpha_sender"];
    let found = fields.iter().find_map(|field| sender[*field].as_str());
    found.unwrap_or_default().to_owned()
}

async fn show(client: &Client, service: &str, output: Output) -> anyhow::Result<()> {
    let path = format!("/v1/Services/{}", sid_of(client, service).await?);
    let service = client.get(&path, &Vec::new()).await?;
    let senders = senders(client, &path).await?;
    if output.json {
        let senders: Vec<Value> = senders.into_iter().map(|(_, sender)| sender).collect();
        return output.document(&serde_json::json!({ "service": service, "senders": senders }));
    }
    one(&service, output)?;
    for (_, sender) in &senders {
        output.line(format!("sender  {}  {}", address(sender), shown::text(sender, "sid")))?;
    }
    if senders.is_empty() {
        output.remark("it has no senders: `alo services add-sender SERVICE NUMBER` adds one");
    }
    Ok(())
}

fn one(service: &Value, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.document(service);
    }
    output.line(output.paint(Tone::Strong, shown::text(service, "friendly_name")))?;
    output.line(shown::record(
        service,
        &["sid", "inbound_request_url", "fallback_url", "status_callback", "validity_period"],
    ))
}

async fn add_sender(
    client: &Client,
    service: &str,
    sender: &str,
    output: Output,
) -> anyhow::Result<()> {
    let service = sid_of(client, service).await?;
    let (list, form) = wanted(client, sender).await?;
    let path = format!("/v1/Services/{service}/{list}");
    let added = client.post(&path, &form).await?;
    if output.json {
        return output.document(&added);
    }
    output.line(format!("{}  {}", address(&added), shown::text(&added, "sid")))
}

/// The list that a sender belongs to, and how the API names it.
async fn wanted(client: &Client, sender: &str) -> anyhow::Result<(&'static str, Parameters)> {
    match sender.parse::<Correspondent>()? {
        Correspondent::Number(number) => {
            let path = client.account_path("IncomingPhoneNumbers.json");
            let query = vec![("PhoneNumber", number.to_string())];
            let numbers = client.list(&path, "incoming_phone_numbers", &query, 1).await?;
            let sid = numbers.first().map(|it| shown::text(it, "sid")).with_context(|| {
                format!("{number} is not yours: `alo numbers buy {number}` buys it")
            })?;
            Ok(("PhoneNumbers", vec![("PhoneNumberSid", sid)]))
        }
        Correspondent::ShortCode(code) => {
            let path = client.account_path("SMS/ShortCodes.json");
            let codes =
                client.list(&path, "short_codes", &vec![("ShortCode", code.clone())], 1).await?;
            let sid = codes.first().map(|it| shown::text(it, "sid")).with_context(|| {
                format!("{code} is no short code of yours: `alo short-codes add {code}` adds it")
            })?;
            Ok(("ShortCodes", vec![("ShortCodeSid", sid)]))
        }
        Correspondent::Alpha(name) => Ok(("AlphaSenders", vec![("AlphaSender", name)])),
        Correspondent::Client(_) | Correspondent::Sip(_) | Correspondent::Other(_) => {
            bail!("{sender} can't send: write a number, a short code or a name")
        }
    }
}
