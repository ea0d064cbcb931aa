//! `alo doctor`: finds out what is wrong by trying it, and says what to do next.
//!
//! While a server runs on the data folder it is asked over its API; otherwise the same things are tried in its place: the
//! store is opened, the ports are bound. It changes nothing but schema steps that the next start would take.

mod carriers;
mod folder;
mod ground;
mod hearing;
mod network;
mod numbers;
mod oncall;
mod ports;
mod post;
mod speaking;
mod trunks;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Globals;
use crate::commands::wait;
use crate::config::{Config, Invalid};
use crate::output::{Output, Tone};
use ground::Ground;

/// What is tried.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo doctor
  alo doctor --webhooks          also asks the application of each number, with GET
  alo doctor --json | jq '.checks[] | select(.state != \"ok\")'

Exit code 1 if anything failed.")]
pub(crate) struct Doctor {
    /// Ask the application of every number for TwiML, with GET
    #[arg(long)]
    webhooks: bool,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It works.
    Ok,
    /// It works, or isn't needed, and may fail later.
    Warning,
    /// It doesn't work.
    Failed,
}

/// One thing that was tried.
#[derive(Debug)]
struct Finding {
    /// What.
    name: &'static str,
    /// How it came out.
    state: State,
    /// What was found.
    said: String,
    /// What to do next.
    next: Option<String>,
}

impl Finding {
    fn ok(name: &'static str, said: impl Into<String>) -> Finding {
        Finding { name, state: State::Ok, said: said.into(), next: None }
    }

    fn warning(name: &'static str, said: impl Into<String>, next: impl Into<String>) -> Finding {
        Finding { name, state: State::Warning, said: said.into(), next: Some(next.into()) }
    }

    fn failed(name: &'static str, said: impl Into<String>, next: impl Into<String>) -> Finding {
        Finding { name, state: State::Failed, said: said.into(), next: Some(next.into()) }
    }
}

/// Tells each finding as it comes.
struct Teller {
    output: Output,
    findings: Vec<Finding>,
}

impl Doctor {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        let mut teller = Teller { output, findings: Vec::new() };
        let config = match Config::load(globals) {
            Ok(config) => config,
            Err(error) => {
                let Invalid(problems) = error.downcast::<Invalid>()?;
                for problem in problems {
                    let said = problem.to_string();
                    teller.tell(Finding::failed(
                        "configuration",
                        said,
                        "mend it, then run this again",
                    ))?;
                }
                return teller.end();
            }
        };
        let read = config.file.as_ref().map(|path| format!("{} is right", path.display()));
        let said = read.unwrap_or_else(|| "no alo.toml: the defaults hold".to_owned());
        teller.tell(Finding::ok("configuration", said))?;
        wait(self.examine(&config, &mut teller))??;
        teller.end()
    }

    async fn examine(&self, config: &Config, teller: &mut Teller) -> anyhow::Result<()> {
        teller.tell_all(folder::check(config))?;
        let (ground, finding) = Ground::find(config).await;
        teller.tell(finding)?;
        if !ground.runs() {
            teller.tell(ports::http(config).await)?;
            teller.tell(ports::sip(config).await)?;
        }
        teller.tell(ports::rtp(config, ground.runs()))?;
        teller.tell(ports::files(config))?;
        teller.tell(ports::priority())?;
        teller.tell(network::clock(&ground))?;
        teller.tell(network::address(config, &ground))?;
        for trunk in ground.trunks() {
            teller.tell_all(trunks::check(trunk, config, &ground).await)?;
        }
        if ground.trunks().is_empty() {
            teller.tell(trunks::none())?;
        }
        teller.tell_all(carriers::check(config, &ground).await)?;
        teller.tell_all(post::check(config, &ground).await)?;
        teller.tell_all(speaking::check(config).await)?;
        teller.tell(hearing::check(config).await)?;
        for number in ground.numbers() {
            teller.tell(numbers::check(number, config, self.webhooks).await)?;
        }
        if ground.numbers().is_empty() {
            teller.tell(numbers::none())?;
        }
        teller.tell_all(oncall::check(config, &ground).await)
    }
}

impl Teller {
    fn tell(&mut self, finding: Finding) -> anyhow::Result<()> {
        if !self.output.json {
            let mark = match finding.state {
                State::Ok => self.output.paint(Tone::Good, "ok     "),
                State::Warning => self.output.paint(Tone::Warning, "warning"),
                State::Failed => self.output.paint(Tone::Bad, "FAILED "),
            };
            self.output.line(format!("{mark}  {:<14} {}", finding.name, finding.said))?;
            if let Some(next) = &finding.next {
                self.output.line(format!("{:24} → {next}", ""))?;
            }
        }
        self.findings.push(finding);
        Ok(())
    }

    fn tell_all(&mut self, findings: Vec<Finding>) -> anyhow::Result<()> {
        findings.into_iter().try_for_each(|finding| self.tell(finding))
    }

    fn end(self) -> anyhow::Result<ExitCode> {
        let count = |state| self.findings.iter().filter(|it| it.state == state).count();
        let (failed, warnings) = (count(State::Failed), count(State::Warning));
        if self.output.json {
            let checks: Vec<_> = self
                .findings
                .iter()
                .map(|finding| {
                    let state = match finding.state {
                        State::Ok => "ok",
                        State::Warning => "warning",
                        State::Failed => "failed",
                    };
                    json!({ "name": finding.name, "state": state, "said": finding.said, "next": finding.next })
                })
                .collect();
            self.output
                .document(&json!({ "failed": failed, "warnings": warnings, "checks": checks }))?;
        } else {
            let verdict = match (failed, warnings) {
                (0, 0) => self.output.paint(Tone::Good, "all is well"),
                (0, warnings) => self
                    .output
                    .paint(Tone::Warning, format!("nothing failed, {warnings} to look at")),
                (failed, warnings) => {
                    self.output.paint(Tone::Bad, format!("{failed} failed, {warnings} to look at"))
                }
            };
            self.output.line(format!("\n{verdict}"))?;
        }
        Ok(if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
