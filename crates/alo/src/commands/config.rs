//! `alo config`: check a file, show what is in effect, print the manual's page.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Globals;
use crate::config::{self, Effective, Source};
use crate::output::{Output, Tone};

/// What to do with the configuration.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo config check                      the file that `alo serve` would read
  alo config check /etc/alo/alo.toml    another one
  alo config example > alo.toml         a file with all defaults
  ALO_HTTP=127.0.0.1:9000 alo config show")]
pub(crate) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what is wrong in the file, with line and column
    Check {
        /// The file [default: the one that `alo serve` would read]
        file: Option<PathBuf>,
    },
    /// Print what is in effect, and where it comes from
    Show,
    /// Print the table of all settings, in Markdown
    Docs,
    /// Print an alo.toml with all defaults
    Example,
}

impl Config {
    pub(crate) fn run(self, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Check { file } => check(file, globals, output),
            Action::Show => show(globals, output),
            Action::Docs => output.line(config::manual().trim_end()).map(|()| ExitCode::SUCCESS),
            Action::Example => {
                output.line(config::example().trim_end()).map(|()| ExitCode::SUCCESS)
            }
        }
    }
}

fn check(file: Option<PathBuf>, globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
    let globals = Globals { config: file.or_else(|| globals.config.clone()), ..globals.clone() };
    let problems = match config::Config::load(&globals) {
        Ok(config) if !config.missing().is_empty() => config.missing(),
        Ok(config) => {
            let read = config.file.as_ref().map(|path| path.display().to_string());
            if output.json {
                output.document(&json!({ "file": read, "problems": [] }))?;
            } else {
                output.line(match read {
                    Some(file) => format!("{file} is right"),
                    None => format!(
                        "there is no {}: the defaults hold",
                        config.data.join("alo.toml").display()
                    ),
                })?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => error.downcast::<config::Invalid>()?.0,
    };
    if output.json {
        let shown: Vec<_> = problems
            .iter()
            .map(|problem| {
                json!({
                    "origin": problem.origin,
                    "line": problem.position.map(|it| it.0),
                    "column": problem.position.map(|it| it.1),
                    "message": problem.message,
                    "mend": problem.mend,
                })
            })
            .collect();
        output.document(&json!({ "file": globals.config, "problems": shown }))?;
    } else {
        for problem in &problems {
            output.line(problem)?;
        }
        output.line(match problems.len() {
            1 => "1 problem".to_owned(),
            many => format!("{many} problems"),
        })?;
    }
    Ok(ExitCode::FAILURE)
}

fn show(globals: &Globals, output: Output) -> anyhow::Result<ExitCode> {
    let config = config::Config::load(globals)?;
    let effective = config.effective();
    if output.json {
        let mut sections = serde_json::Map::new();
        for setting in &effective {
            let section = sections.entry(setting.row.section).or_insert_with(|| json!({}));
            section[setting.row.name] = json_of(setting)?;
        }
        let tables = |tables: &[Vec<Effective>]| {
            let table = |settings: &Vec<Effective>| {
                let pairs =
                    settings.iter().map(|it| anyhow::Ok((it.row.name.to_owned(), json_of(it)?)));
                pairs.collect::<anyhow::Result<serde_json::Map<_, _>>>()
            };
            tables.iter().map(table).collect::<anyhow::Result<Vec<_>>>()
        };
        output.document(&json!({
            "data": config.data,
            "file": config.file,
            "settings": sections,
            "voices": tables(config.casting.shown())?,
            "carriers": tables(config.carriers.shown())?,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    output.line(output.paint(Tone::Quiet, format!("# data folder: {}", config.data.display())))?;
    let mut section = "";
    for setting in &effective {
        if setting.row.section != section {
            section = setting.row.section;
            output.line(format!("\n[{section}]"))?;
        }
        show_one(setting, output)?;
    }
    let voices = config.casting.shown().iter().map(|entry| ("voices", entry));
    let carriers = config.carriers.shown().iter().map(|carrier| ("carriers", carrier));
    for (head, settings) in voices.chain(carriers) {
        output.line(format!("\n[[{head}]]"))?;
        settings.iter().try_for_each(|setting| show_one(setting, output))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_one(setting: &Effective, output: Output) -> anyhow::Result<()> {
    let Effective { row, value, source } = setting;
    let from = match source {
        Source::Default => String::new(),
        Source::Flag(_) | Source::Variable(_) | Source::File { .. } => {
            output.paint(Tone::Quiet, format!("  # {}", origin(source)))
        }
    };
    output.line(format!("{} = {value}{from}", row.name))
}

fn json_of(setting: &Effective) -> anyhow::Result<serde_json::Value> {
    let value = serde_json::to_value(toml_value(&setting.value))?;
    Ok(json!({ "value": value, "from": origin(&setting.source) }))
}

fn origin(source: &Source) -> String {
    match source {
        Source::Flag(flag) => (*flag).to_owned(),
        Source::Variable(variable) => variable.clone(),
        Source::File { line } => format!("line {line} of the file"),
        Source::Default => "default".to_owned(),
    }
}

/// A value out of its text in the file.
fn toml_value(text: &str) -> toml::Value {
    let table: Option<toml::Table> = format!("value = {text}").parse().ok();
    table
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}
