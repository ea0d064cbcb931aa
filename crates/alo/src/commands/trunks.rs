//! `alo trunks`: carriers and telephone systems that calls go to and come from.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::shown;
use crate::client::{Client, Parameters};
use crate::output::{Output, Tone};

/// What to do with trunks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo trunks add carrier --host sip.example.com --user me --password secret
  alo trunks add brazil --host 203.0.113.7 --prefix +55
  alo trunks ping carrier
  alo trunks remove carrier")]
pub(crate) struct Trunks {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them (the default)
    List,
    /// Add one
    Add(Add),
    /// Ask it with SIP OPTIONS whether it is there, and how long the answer takes
    Ping {
        /// Its name
        name: String,
    },
    /// Forget one
    Remove {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// A name of your choice
    name: String,
    /// Host name or address that calls are sent to
    #[arg(long)]
    host: String,
    /// UDP port there [default: 5060]
    #[arg(long)]
    port: Option<u16>,
    /// User, where it asks for one
    #[arg(long, requires = "password")]
    user: Option<String>,
    /// Password of that user
    #[arg(long, requires = "user")]
    password: Option<String>,
    /// Numbers it reaches, by prefix; may be repeated, and the longest prefix of all trunks wins [default: all]
    #[arg(long = "prefix", value_name = "PREFIX")]
    prefixes: Vec<String>,
    /// Address that its calls come from; may be repeated [default: those that the host resolves to]
    #[arg(long = "source", value_name = "ADDRESS")]
    sources: Vec<std::net::IpAddr>,
}

impl Trunks {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => list(client, output).await?,
            Action::Add(add) => {
                let trunk = client.post("/v1/trunks", &add.form()).await?;
                if output.json {
                    output.document(&trunk)?;
                } else {
                    let name = shown::text(&trunk, "name");
                    output.line(format!(
                        "{name} is kept; `alo trunks ping {name}` asks whether it is there"
                    ))?;
                }
            }
            Action::Ping { name } => return ping(client, &name, output).await,
            Action::Remove { name } => {
                client.delete(&format!("/v1/trunks/{}", shown::escaped(&name))).await?;
                output.remark(format!("{name} is gone"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn form(self) -> Parameters {
        let mut form = vec![("Name", self.name), ("Host", self.host)];
        form.extend(self.port.map(|port| ("Port", port.to_string())));
        form.extend(self.user.map(|user| ("Username", user)));
        form.extend(self.password.map(|password| ("Password", password)));
        form.extend(self.prefixes.into_iter().map(|prefix| ("Prefix", prefix)));
        form.extend(self.sources.into_iter().map(|source| ("Source", source.to_string())));
        form
    }
}

async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let answer = client.get("/v1/trunks", &Vec::new()).await?;
    let trunks = answer["trunks"].as_array().cloned().unwrap_or_default();
    if output.json {
        return output.document(&Value::Array(trunks));
    }
    let rows = trunks.iter().map(|trunk| {
        let prefixes = trunk["prefixes"].as_array().cloned().unwrap_or_default();
        let prefixes: Vec<&str> = prefixes.iter().filter_map(Value::as_str).collect();
        let mut row = shown::row(trunk, &["name", "host", "port", "username"]);
        row.push(prefixes.join(" "));
        row
    });
    output.table(
        &["name", "host", "port", "user", "reaches"],
        rows.collect(),
        "no trunks: calls reach phones and SIP addresses only. `alo trunks add NAME --host HOST` adds one",
    )
}

async fn ping(client: &Client, name: &str, output: Output) -> anyhow::Result<ExitCode> {
    let answer =
        client.post(&format!("/v1/trunks/{}/ping", shown::escaped(name)), &Vec::new()).await?;
    if output.json {
        output.document(&answer)?;
    }
    let there = answer["answered"].as_bool().unwrap_or(false);
    if !output.json && there {
        let millis = shown::text(&answer, "round_trip_ms");
        output.line(format!("{name} {} in {millis} ms", output.paint(Tone::Good, "answers")))?;
    } else if !output.json {
        let why = shown::text(&answer, "error");
        output.line(format!("{name} {}: {why}", output.paint(Tone::Bad, "does not answer")))?;
    }
    Ok(if there { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
