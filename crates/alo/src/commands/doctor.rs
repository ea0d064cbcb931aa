//! `alo doctor`.
use crate::cli::Globals;
use crate::output::Output;
use clap::Args;
use std::process::ExitCode;
/// Doctor
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// W
    #[arg(long)]
    pub(crate) webhooks: bool,
}
impl Doctor {
    pub(crate) fn run(self, _globals: &Globals, _output: Output) -> anyhow::Result<ExitCode> {
        anyhow::bail!("the doctor is not in this build")
    }
}
