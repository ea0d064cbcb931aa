//! The commands, one file each: what it takes, and what it does.

pub(crate) mod accounts;
pub(crate) mod alerts;
mod app;
pub(crate) mod call;
pub(crate) mod calls;
pub(crate) mod carriers;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod credentials;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod inbox;
pub(crate) mod notify;
pub(crate) mod numbers;
pub(crate) mod phones;
pub(crate) mod recordings;
pub(crate) mod roulette;
pub(crate) mod say;
pub(crate) mod serve;
pub(crate) mod services;
pub(crate) mod short_codes;
mod shown;
pub(crate) mod text;
pub(crate) mod texts;
pub(crate) mod trunks;
pub(crate) mod twiml;
pub(crate) mod voices;

use std::future::Future;
use std::process::ExitCode;

use crate::cli::{Cli, Command, Globals};
use crate::client::Client;
use crate::config::Config;
use crate::output::Output;

/// The command was wrong in a way that the parser of the command line can't see.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Does what the command line says.
pub(crate) fn run(cli: Cli, output: Output) -> anyhow::Result<ExitCode> {
    let globals = cli.globals;
    match cli.command {
        Command::Serve(serve) => serve.run(&globals, output),
        Command::Demo(demo) => demo.run(&globals, output),
        Command::Doctor(doctor) => doctor.run(&globals, output),
        Command::Credentials(credentials) => credentials.run(&globals, output),
        Command::Accounts(accounts) => accounts.run(&globals, output),
        Command::Say(say) => say.run(&globals, output),
        Command::Voices(voices) => voices.run(&globals, output),
        Command::Twiml(twiml) => twiml.run(output),
        Command::Config(config) => config.run(&globals, output),
        Command::Notify(notify) => notify.run(&globals, output),
        Command::Completions(completions) => completions.run(),
        Command::Phones(phones) => {
            ask(&globals, |client| async move { phones.run(&client, output).await })
        }
        Command::Trunks(trunks) => {
            ask(&globals, |client| async move { trunks.run(&client, output).await })
        }
        Command::Numbers(numbers) => {
            ask(&globals, |client| async move { numbers.run(&client, output).await })
        }
        Command::Call(call) => {
            ask(&globals, |client| async move { call.run(&client, output).await })
        }
        Command::Calls(calls) => {
            ask(&globals, |client| async move { calls.run(&client, output).await })
        }
        Command::Recordings(recordings) => {
            ask(&globals, |client| async move { recordings.run(&client, output).await })
        }
        Command::Text(text) => {
            ask(&globals, |client| async move { text.run(&client, output).await })
        }
        Command::Texts(texts) => {
            ask(&globals, |client| async move { texts.run(&client, output).await })
        }
        Command::Inbox(inbox) => {
            ask(&globals, |client| async move { inbox.run(&client, output).await })
        }
        Command::Carriers(carriers) => {
            ask(&globals, |client| async move { carriers.run(&client, output).await })
        }
        Command::Services(services) => {
            ask(&globals, |client| async move { services.run(&client, output).await })
        }
        Command::ShortCodes(codes) => {
            ask(&globals, |client| async move { codes.run(&client, output).await })
        }
        Command::Roulette(roulette) => {
            ask(&globals, |client| async move { roulette.run(&client, output).await })
        }
        Command::Alerts(alerts) => {
            ask(&globals, |client| async move { alerts.run(&client, output).await })
        }
    }
}

/// Runs a command that asks the running server.
pub(crate) fn ask<F, Answer>(globals: &Globals, command: F) -> anyhow::Result<ExitCode>
where
    F: FnOnce(Client) -> Answer,
    Answer: Future<Output = anyhow::Result<ExitCode>>,
{
    let config = Config::load(globals)?;
    let client = Client::new(&config)?;
    wait(command(client))?
}

/// Runs a future to its end on a runtime of its own.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
