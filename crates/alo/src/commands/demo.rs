//! `alo demo`: a support line plays itself on this machine, over real SIP and RTP on loopback.
//!
//! The server is the one that `alo serve` runs, the line is the one that `alo roulette` makes, the phones are real user
//! agents. Nothing is faked: a step counts when a phone heard it, or a handset has the text.

mod handsets;
mod ledger;
mod line;
mod story;
mod teller;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use crate::cli::Globals;
use crate::output::Output;
use teller::Teller;
use world::World;

/// How the demonstration ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo demo            plays the story, then stays up for a softphone of yours
  alo demo --exit     plays the story and ends; exit code 0 only if all was as it should be
  alo demo --exit --json")]
pub(crate) struct Demo {
    /// End after the story
    #[arg(long)]
    pub(crate) exit: bool,
}

/// For calls that are still up when the demonstration ends.
const LAST_CALLS: Duration = Duration::from_secs(1);

impl Demo {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("the runtime did not start")?;
        runtime.block_on(self.play(globals, output))
    }

    async fn play(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let teller = Arc::new(Teller::new(output));
        let world = World::build(globals).await?;
        let outcome = story::tell(&world, &teller).await;
        let complete = match &outcome {
            Ok(()) => ledger::show(&world, &teller).await?,
            Err(error) => {
                teller.failed(error);
                ledger::show(&world, &teller).await?;
                false
            }
        };
        if !self.exit {
            world.invite(&teller);
            tokio::signal::ctrl_c().await.context("the signal to end can't be heard")?;
        }
        teller.ended(complete);
        world.end(LAST_CALLS).await;
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
