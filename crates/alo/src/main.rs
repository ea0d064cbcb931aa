//! `alo`: a self-hosted communications platform in one binary. This is the command line.
//!
//! Exit codes: 0 done, 1 what was asked failed, 2 the command was wrong or no server answers.

mod address;
mod cli;
mod client;
mod commands;
mod config;
mod logs;
mod output;
mod server;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use client::NoServer;
use commands::Usage;
use output::Output;

/// What was asked failed.
const FAILED: u8 = 1;
/// The command was wrong, or no server answers.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.globals.json);
    match commands::run(cli, output) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            let wrong =
                error.is::<NoServer>() || error.is::<Usage>() || error.is::<config::Invalid>();
            ExitCode::from(if wrong { USAGE } else { FAILED })
        }
    }
}

/// Whoever read our output (`head`) has enough of it.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
