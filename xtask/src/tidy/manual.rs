//! The pages say what the program does: generated ones are fresh, and commands that are shown exist.
//!
//! This asks the program itself, so it builds it. Commands are looked up in the program's own help, never run.

use std::path::Path;

use anyhow::{Context, bail};

use crate::cargo;
use crate::finding::Finding;
use crate::house::{House, has_extension};

/// A page that a command prints.
struct Generated {
    page: &'static str,
    command: &'static [&'static str],
    mend: &'static str,
}

const GENERATED: [Generated; 1] = [Generated {
    page: "docs/settings.md",
    command: &["config", "docs"],
    mend: "cargo run -- config docs > docs/settings.md",
}];

const COMMAND_MEND: &str = "write the command as the program's --help has it";

/// Tasks of this very program that pages may show.
const TASKS: [&str; 4] = ["bench", "check", "fuzz", "tidy"];

pub(crate) fn check(house: &House) -> anyhow::Result<Vec<Finding>> {
    let pages: Vec<&String> = house.files.iter().filter(|file| is_page(file)).collect();
    let mut shown = Vec::new();
    for page in pages {
        let text = house.text(page)?.unwrap_or_default();
        shown.extend(commands(&text).into_iter().map(|(line, words)| (page.clone(), line, words)));
    }
    cargo::show(&house.root, "cargo", &["build", "--quiet", "--locked", "--bin", "alo"], &[])?;
    let generated: Vec<&Generated> =
        GENERATED.iter().filter(|it| house.root.join(it.page).is_file()).collect();
    let mut findings = Vec::new();
    for Generated { page, command, mend } in generated {
        let fresh = alo(&house.root, command)?;
        if house.text(page)?.as_deref() != Some(fresh.as_str()) {
            findings.push(Finding::new(*page, 1, "not what the program prints", mend));
        }
    }
    for (page, line, words) in shown {
        if let Err(error) = look_up(house, &words) {
            findings.push(Finding::new(page, line, format!("{error:#}"), COMMAND_MEND));
        }
    }
    Ok(findings)
}

fn is_page(file: &str) -> bool {
    let manual = file.starts_with("docs/") && !file.starts_with("docs/adr/");
    has_extension(file, "md") && (manual || file == "README.md" || file == "CONTRIBUTING.md")
}

/// Commands shown in fenced blocks of shell, as words, with their lines. Continued lines are joined.
fn commands(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut shell = false;
    let mut fenced = false;
    let mut begun: Option<(usize, String)> = None;
    for (at, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fenced = !fenced;
            shell = fenced && ["sh", "bash", "console", "shell"].contains(&language.trim());
            continue;
        }
        if !shell {
            continue;
        }
        let (first, whole) = match begun.take() {
            Some((first, before)) => (first, format!("{before} {}", line.trim())),
            None => (at + 1, line.trim().trim_start_matches("$ ").to_owned()),
        };
        if let Some(before) = whole.strip_suffix('\\') {
            begun = Some((first, before.to_owned()));
            continue;
        }
        if let Some(words) = ours(&whole) {
            found.push((first, words));
        }
    }
    found
}

/// The words of a command of ours, up to a pipe, a redirection, a comment or the next command.
fn ours(line: &str) -> Option<Vec<String>> {
    let end = line.find([';', '|', '&', '>', '#']).unwrap_or(line.len());
    let mut words: Vec<String> = line[..end].split_whitespace().map(str::to_owned).collect();
    while words.first().is_some_and(|word| {
        word == "sudo" || word.split_once('=').is_some_and(|(name, _)| is_variable(name))
    }) {
        words.remove(0);
    }
    let first = words.first()?.as_str();
    let runs_alo = first == "cargo" && words.get(1).is_some_and(|word| word == "run");
    let runs_task = first == "cargo" && words.get(1).is_some_and(|word| word == "xtask");
    (runs_alo || runs_task || first.starts_with("./") || is_alo(first)).then_some(words)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|each| each.is_ascii_uppercase() || "_0123456789".contains(each))
}

fn is_alo(word: &str) -> bool {
    word == "alo" || word.ends_with("/alo")
}

fn look_up(house: &House, words: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cargo", "xtask", task, ..] if TASKS.contains(task) => Ok(()),
        ["cargo", "xtask", task, ..] => bail!("cargo xtask has no '{task}'"),
        ["cargo", "run", rest @ ..] => {
            let after = rest.iter().position(|word| *word == "--").map_or(rest.len(), |at| at + 1);
            look_up_alo(house, &rest[after..])
        }
        [program, rest @ ..] if is_alo(program) => look_up_alo(house, rest),
        [script, ..] => {
            if !house.root.join(script).is_file() {
                bail!("there is no {script}");
            }
            Ok(())
        }
        [] => Ok(()),
    }
}

/// Follows the subcommands as far as the program knows them, and looks for every `--flag` in the help of the last.
fn look_up_alo(house: &House, words: &[&str]) -> anyhow::Result<()> {
    let mut chain: Vec<&str> = Vec::new();
    let mut help = alo(&house.root, &["--help"])?;
    for word in words.iter().take_while(|word| !word.starts_with('-')) {
        if !subcommands(&help).contains(word) {
            break;
        }
        chain.push(word);
        help = alo(&house.root, &[&chain[..], &["--help"]].concat())?;
    }
    let shown = chain.join(" ");
    let rest = &words[chain.len()..];
    if let Some(unknown) = rest.first().filter(|word| !word.starts_with('-'))
        && !subcommands(&help).is_empty()
        && !takes_words(&help)
    {
        bail!("`alo {shown}` has no subcommand '{unknown}'");
    }
    for flag in rest.iter().filter_map(|word| word.strip_prefix("--")) {
        let flag = flag.split('=').next().unwrap_or_default();
        if !flag.is_empty() && !mentions(&help, &format!("--{flag}")) {
            bail!("`alo {shown}` has no --{flag}");
        }
    }
    Ok(())
}

/// The names in the help's list of commands.
fn subcommands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

/// Whether the command takes words of its own, besides its subcommands.
fn takes_words(help: &str) -> bool {
    help.lines().any(|line| line == "Arguments:")
}

fn mentions(help: &str, flag: &str) -> bool {
    help.split(|each: char| !(each.is_ascii_alphanumeric() || each == '-')).any(|word| word == flag)
}

/// What the program prints on its standard output. It lies beside this one, where cargo has just put it.
fn alo(root: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let program = std::env::current_exe().context("this program has no path")?;
    let alo = program.with_file_name("alo");
    cargo::read(root, alo.to_str().context("the path of alo is no UTF-8")?, arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_ours_are_seen_in_blocks_of_shell() {
        let page = "`alo x`\n```sh\n$ cargo run --release -- demo --exit # all of it\nPORT=1 alo serve \\\n  --dev\ncurl x | alo y\n```\n```toml\nalo = 1\n```\n";
        let seen: Vec<(usize, String)> =
            commands(page).into_iter().map(|(line, words)| (line, words.join(" "))).collect();
        let expected = [
            (3, "cargo run --release -- demo --exit".to_owned()),
            (4, "alo serve --dev".to_owned()),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn subcommands_and_flags_are_read_from_the_help() {
        let help = "Usage: alo\n\nCommands:\n  serve   Serve\n            more\n  demo    Show\n\nOptions:\n      --http <ADDRESS>  x\n";
        assert_eq!(subcommands(help), ["serve", "demo"]);
        assert!(mentions(help, "--http"));
        assert!(!mentions(help, "--htt"));
        assert!(!takes_words(help));
        assert!(takes_words("Commands:\n  accept  Yes\n\nArguments:\n  [ASKS]  Who asks\n"));
    }
}
