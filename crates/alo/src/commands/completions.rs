//! `alo completions`: what a shell needs to complete commands and flags.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;

/// The shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo completions bash > ~/.local/share/bash-completion/completions/alo
  alo completions zsh > ~/.zfunc/_alo
  alo completions fish > ~/.config/fish/completions/alo.fish")]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        // Written to memory first: the generator panics where its output is closed.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "alo", &mut script);
        std::io::Write::write_all(&mut std::io::stdout().lock(), &script)?;
        Ok(ExitCode::SUCCESS)
    }
}
