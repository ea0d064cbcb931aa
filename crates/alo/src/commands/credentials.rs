//! `alo credentials`: the account and token that open the API and sign webhooks.
//!
//! They are read from the data folder, so showing them needs no server. A new token is written to the store, which only one
//! process may have open: the server has to be stopped for that.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Globals;
use crate::client::Keys;
use crate::commands::wait;
use crate::config::Config;
use crate::output::Output;
use crate::server::replace_token;

/// What to do with the credentials.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo credentials
  alo credentials --json | jq -r .auth_token
  alo credentials rotate       with the server stopped")]
pub(crate) struct Credentials {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Action {
    /// Show account and token (the default)
    Show,
    /// Replace the token by a new one; the old one stops working
    Rotate,
}

impl Credentials {
    pub(crate) fn run(&self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let config = Config::load(globals)?;
        let keys = match self.action.unwrap_or(Action::Show) {
            Action::Show => Keys::read(&config.credentials())?.with_context(|| {
                let folder = config.data.display();
                format!("there are no credentials in {folder}: `alo serve` makes them at its first start")
            })?,
            Action::Rotate => wait(replace_token(&config))??,
        };
        if output.json {
            let Keys { account_sid, auth_token } = keys;
            output.document(&json!({ "account_sid": account_sid, "auth_token": auth_token }))?;
        } else {
            output.line(format!("Account SID  {}", keys.account_sid))?;
            output.line(format!("Auth token   {}", keys.auth_token))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
