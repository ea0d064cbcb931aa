//! `alo phones`: phones that register here, and what to type into one.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::shown;
use crate::address::{outward, reachable};
use crate::client::Client;
use crate::output::{Output, Tone};

/// What to do with phones.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo phones add ada
  alo phones add grace --caller-id +12025550100
  alo phones                             the phones, and where they are registered
  alo phones remove ada")]
pub(crate) struct Phones {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, with where they are registered (the default)
    List,
    /// Add one, and print what to type into it
    Add {
        /// Its name: <Dial><Client>NAME</Client></Dial> rings it
        name: String,
        /// Number shown to those whom it rings outside
        #[arg(long, value_name = "NUMBER")]
        caller_id: Option<String>,
        /// Application that decides what happens when it dials; without one, the dialled number is rung
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Its password [default: a new one is made]
        #[arg(long)]
        password: Option<String>,
    },
    /// Forget one
    Remove {
        /// Its name
        name: String,
    },
}

impl Phones {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => list(client, output).await?,
            Action::Add { name, caller_id, url, password } => {
                let mut form = vec![("Name", name)];
                form.extend(caller_id.map(|it| ("CallerId", it)));
                form.extend(url.map(|it| ("VoiceUrl", it)));
                form.extend(password.map(|it| ("Password", it)));
                let phone = client.post("/v1/phones", &form).await?;
                let status = client.get("/v1/status", &Vec::new()).await?;
                added(&phone, &status, output)?;
            }
            Action::Remove { name } => {
                client.delete(&format!("/v1/phones/{}", shown::escaped(&name))).await?;
                output.remark(format!("{name} is gone"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let answer = client.get("/v1/phones", &Vec::new()).await?;
    let phones = answer["phones"].as_array().cloned().unwrap_or_default();
    if output.json {
        return output.document(&Value::Array(phones));
    }
    let rows = phones.iter().map(|phone| {
        let contacts = phone["contacts"].as_array().cloned().unwrap_or_default();
        let places: Vec<String> = contacts.iter().map(|it| shown::text(it, "source")).collect();
        let places =
            if places.is_empty() { "not registered".to_owned() } else { places.join(", ") };
        vec![shown::text(phone, "name"), shown::text(phone, "caller_id"), places]
    });
    output.table(
        &["name", "caller id", "registered at"],
        rows.collect(),
        "no phones: `alo phones add NAME` makes one",
    )
}

/// What to write as server: from this machine and from others where SIP listens at every address.
fn servers(bound: &str) -> String {
    let Ok(bound) = bound.parse::<SocketAddr>() else { return bound.to_owned() };
    match outward().filter(|_| bound.ip().is_unspecified()) {
        Some(ip) => format!(
            "{} (from this machine: {})",
            SocketAddr::new(ip, bound.port()),
            reachable(bound)
        ),
        None => bound.to_string(),
    }
}

fn added(phone: &Value, status: &Value, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.document(phone);
    }
    let name = shown::text(phone, "name");
    let server = servers(&shown::text(status, "sip_address"));
    output.line("Type this into a SIP phone (Linphone, baresip, a desk phone):\n")?;
    output.line(format!("  user       {}", output.paint(Tone::Strong, &name)))?;
    output.line(format!(
        "  password   {}",
        output.paint(Tone::Strong, shown::text(phone, "password"))
    ))?;
    output.line(format!("  server     {}", output.paint(Tone::Strong, &server)))?;
    output.line("  transport  UDP\n")?;
    output.line(format!("TwiML that rings it: <Dial><Client>{name}</Client></Dial>"))
}
