//! `alo short-codes`: short codes that a carrier leases to this server.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::shown;
use crate::client::Client;
use crate::output::Output;

/// What to do with short codes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo short-codes add 12345 --sms-url https://example.com/texted
  alo short-codes
  alo short-codes remove 12345")]
pub(crate) struct ShortCodes {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them (the default)
    List,
    /// Add one that a carrier leases to you
    Add {
        /// Its digits, three to eight
        code: String,
        /// Application that is asked when it is texted
        #[arg(long, value_name = "URL")]
        sms_url: Option<String>,
        /// How it is asked: GET or POST
        #[arg(long, value_name = "METHOD")]
        sms_method: Option<String>,
        /// Name for people
        #[arg(long)]
        name: Option<String>,
    },
    /// Give one up
    Remove {
        /// Its digits, or its SID
        code: String,
    },
}

impl ShortCodes {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => list(client, output).await?,
            Action::Add { code, sms_url, sms_method, name } => {
                let mut form = vec![("Code", code)];
                form.extend(sms_url.map(|url| ("SmsUrl", url)));
                form.extend(sms_method.map(|method| ("SmsMethod", method)));
                form.extend(name.map(|name| ("FriendlyName", name)));
                let code = client.post("/v1/short-codes", &form).await?;
                if output.json {
                    output.document(&code)?;
                } else {
                    let fields = ["sid", "short_code", "friendly_name", "sms_method", "sms_url"];
                    output.line(shown::record(&code, &fields))?;
                }
            }
            Action::Remove { code } => {
                client.delete(&format!("/v1/short-codes/{}", shown::escaped(&code))).await?;
                output.remark(format!("{code} is given up"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let answer = client.get("/v1/short-codes", &Vec::new()).await?;
    let codes = answer["short_codes"].as_array().cloned().unwrap_or_default();
    if output.json {
        return output.document(&Value::Array(codes));
    }
    let rows = codes
        .iter()
        .map(|code| shown::row(code, &["short_code", "friendly_name", "sms_url", "sid"]));
    let none = "no short codes: `alo short-codes add CODE` adds one that a carrier leases to you";
    output.table(&["code", "name", "asks", "sid"], rows.collect(), none)
}
