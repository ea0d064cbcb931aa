//! `alo accounts`: accounts besides the first, each with numbers, calls and recordings of its own.
//!
//! The running server opens, lists and closes them over its API. Where none runs, a new one is written to the store.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{ask, shown, wait};
use crate::cli::Globals;
use crate::client::{Client, Keys, NoServer};
use crate::config::Config;
use crate::output::Output;
use crate::server::add_account;

/// Accounts shown at most.
const SHOWN: usize = 1_000;

/// What to do with accounts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo accounts
  alo accounts add ci --test        for tests: see magic numbers in docs/api.md
  alo accounts add shop             prints its SID and token
  alo accounts close AC5ef8732a3c49700934481addd5ce1659")]
pub(crate) struct Accounts {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them (the default)
    List,
    /// Open one, and print its SID and token, which are not shown again
    Add {
        /// Its name, for people
        name: String,
        /// In test mode: magic numbers answer, nothing is sent and nothing rings
        #[arg(long)]
        test: bool,
    },
    /// Close one for good
    Close {
        /// Its SID
        sid: String,
    },
}

impl Accounts {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List) {
            Action::List => ask(globals, |client| async move { list(&client, output).await }),
            Action::Add { name, test } => add(globals, &name, test, output),
            Action::Close { sid } => {
                ask(globals, |client| async move { close(&client, &sid, output).await })
            }
        }
    }
}

async fn list(client: &Client, output: Output) -> anyhow::Result<ExitCode> {
    let path = "/2010-04-01/Accounts.json";
    let mut accounts = client.list(path, "accounts", &Vec::new(), SHOWN).await?;
    for account in &mut accounts {
        // A list is for looking at; tokens are not.
        if let Some(fields) = account.as_object_mut() {
            fields.remove("auth_token");
        }
    }
    if output.json {
        output.document(&Value::Array(accounts))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = accounts.iter().map(|it| shown::row(it, &["friendly_name", "status", "sid"]));
    output.table(&["name", "status", "sid"], rows.collect(), "no accounts")?;
    Ok(ExitCode::SUCCESS)
}

fn add(globals: &Globals, name: &str, test: bool, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::load(globals)?;
    let keys = wait(async {
        match opened(&config, name, test).await {
            Err(error) if error.is::<NoServer>() => add_account(&config, name, test).await,
            opened => opened,
        }
    })??;
    if output.json {
        output.document(&json!({
            "friendly_name": name,
            "test": test,
            "account_sid": keys.account_sid,
            "auth_token": keys.auth_token,
        }))?;
    } else {
        output.line(format!("Account SID  {}", keys.account_sid))?;
        output.line(format!("Auth token   {}", keys.auth_token))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the running server open an account.
async fn opened(config: &Config, name: &str, test: bool) -> anyhow::Result<Keys> {
    let form = vec![("FriendlyName", name.to_owned()), ("Test", test.to_string())];
    let account = Client::new(config)?.post("/2010-04-01/Accounts.json", &form).await?;
    Ok(Keys {
        account_sid: shown::text(&account, "sid"),
        auth_token: shown::text(&account, "auth_token"),
    })
}

async fn close(client: &Client, sid: &str, output: Output) -> anyhow::Result<ExitCode> {
    let path = format!("/2010-04-01/Accounts/{}.json", shown::escaped(sid));
    let form = vec![("Status", "closed".to_owned())];
    client.post(&path, &form).await?;
    output.remark(format!("{sid} is closed"));
    Ok(ExitCode::SUCCESS)
}
