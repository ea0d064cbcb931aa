//! `alo twiml check`: what is wrong in a TwiML document, with line and column, before a caller hears it.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use twiml::{ParseError, Position, Warning};

use crate::commands::wait;
use crate::config::problem::Problem;
use crate::output::{Output, Tone};

/// Largest document that is looked at: far more than the 64 kB that a call takes.
const LARGEST: u64 = 1 << 20;

/// How long a document may take to come.
const PATIENCE: Duration = Duration::from_secs(15);

/// Size from which on a call refuses a document (Twilio error 11750).
const CALL_LIMIT: usize = 64 * 1024;

/// What to do with TwiML.
#[derive(Debug, Args)]
pub(crate) struct Twiml {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what is wrong in documents, with line and column, and what to write instead
    #[command(after_help = "\
Examples:
  alo twiml check answer.xml menu.xml
  alo twiml check https://example.com/voice
  curl -s localhost:3000/voice | alo twiml check -

A document with a <Message> is checked as the answer to a text message, any other as one for a call.
Exit code 1 if a document can't be run; with --strict also if there is any warning.")]
    Check {
        /// Files, URLs (asked with GET), or - for standard input
        #[arg(required = true, value_name = "FILE|URL|-")]
        documents: Vec<String>,
        /// Fail on warnings, too
        #[arg(long)]
        strict: bool,
    },
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The document can't be run.
    Error,
    /// It runs, but not as its author meant.
    Warning,
    /// It is right, and alo gives it no effect yet.
    Note,
}

struct Finding {
    level: Level,
    code: u32,
    problem: Problem,
}

impl Twiml {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let Action::Check { documents, strict } = self.action;
        let mut failed = false;
        for name in &documents {
            let body = read(name)?;
            let (findings, verbs) = check(name, &body);
            let fails = |level| level == Level::Error || (strict && level == Level::Warning);
            failed |= findings.iter().any(|finding| fails(finding.level));
            if output.json {
                output.event(&as_json(name, &findings, verbs))?;
            } else {
                show(name, &findings, verbs, output)?;
            }
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn read(name: &str) -> anyhow::Result<Vec<u8>> {
    if name == "-" {
        let mut body = Vec::new();
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut body)?;
        return within(name, body);
    }
    if name.starts_with("http://") || name.starts_with("https://") {
        return within(name, wait(fetch(name))??);
    }
    let file =
        std::fs::File::open(Path::new(name)).with_context(|| format!("{name} can't be opened"))?;
    let mut body = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut body)
        .with_context(|| format!("{name} can't be read"))?;
    within(name, body)
}

fn within(name: &str, body: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if body.len() as u64 > LARGEST {
        bail!("{name} is larger than {LARGEST} bytes: that is no TwiML for a call");
    }
    Ok(body)
}

async fn fetch(url: &str) -> anyhow::Result<Vec<u8>> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let answer = client.get(url).send().await;
    let mut response = answer
        .map_err(reqwest::Error::without_url)
        .with_context(|| format!("{url} did not answer"))?;
    if !response.status().is_success() {
        bail!("{url} answered {} (a call would raise alert 11200)", response.status());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > LARGEST {
            break;
        }
    }
    Ok(body)
}

/// What is to be said of a document, and how many verbs it has.
fn check(name: &str, body: &[u8]) -> (Vec<Finding>, usize) {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = lines(text);
    let mut findings = Vec::new();
    if body.len() > CALL_LIMIT {
        let message = format!("{} bytes: a call refuses documents over {CALL_LIMIT}", body.len());
        let mend = Some("split it with <Redirect>".to_owned());
        let problem = Problem { mend, ..Problem::outside(shown(name), message) };
        findings.push(Finding { level: Level::Error, code: 11750, problem });
    }
    // What answers a text says so by its <Message>; everything else is for a call.
    let parsed = if twiml::answers_a_text(body) {
        twiml::parse_messages_bytes(body).map(|it| (it.warnings, it.verbs.len()))
    } else {
        twiml::parse_bytes(body).map(|it| (it.warnings, it.verbs.len()))
    };
    match parsed {
        Ok((warnings, verbs)) => {
            findings.extend(warnings.into_iter().map(|it| warned(name, &lines, it)));
            (findings, verbs)
        }
        Err(error) => {
            findings.push(failed(name, &lines, error));
            (findings, 0)
        }
    }
}

fn warned(name: &str, lines: &[&str], warning: Warning) -> Finding {
    let level = if warning.quiet { Level::Note } else { Level::Warning };
    let problem = at(name, lines, warning.position, warning.message, warning.mend);
    Finding { level, code: warning.code, problem }
}

fn failed(name: &str, lines: &[&str], error: ParseError) -> Finding {
    let problem = at(name, lines, error.position, error.message, error.mend);
    Finding { level: Level::Error, code: error.code, problem }
}

fn at(
    name: &str,
    lines: &[&str],
    position: Position,
    message: String,
    mend: Option<String>,
) -> Problem {
    let (line, column) = (position.line as usize, position.column as usize);
    let excerpt = lines.get(line.saturating_sub(1)).map(|line| (*line).to_owned());
    let width = excerpt.as_deref().map_or(1, |line| meant(line, column));
    Problem {
        origin: shown(name).to_owned(),
        position: Some((line, column)),
        excerpt,
        width,
        message,
        mend,
    }
}

/// How much of the line is meant: the tag's or attribute's name that begins at the column.
fn meant(line: &str, column: usize) -> usize {
    let rest = line.chars().skip(column.saturating_sub(1));
    let opening = rest.clone().take_while(|each| matches!(each, '<' | '/')).count();
    let name = rest.skip(opening).take_while(|each| each.is_alphanumeric() || *each == '-').count();
    (opening + name).max(1)
}

/// Lines as the parser counts them: they end at LF, CR LF or CR (XML 1.0 §2.11).
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
    }
    lines.push(rest);
    lines
}

fn shown(name: &str) -> &str {
    if name == "-" { "stdin" } else { name }
}

fn show(name: &str, findings: &[Finding], verbs: usize, output: Output) -> anyhow::Result<()> {
    for Finding { level, code, problem } in findings {
        let level = match level {
            Level::Error => output.paint(Tone::Bad, "error"),
            Level::Warning => output.paint(Tone::Warning, "warning"),
            Level::Note => output.paint(Tone::Quiet, "note"),
        };
        let place = output.paint(Tone::Strong, problem.place());
        output.line(format!(
            "{place}: {level} {code}: {}{}",
            problem.message,
            problem.picture()
        ))?;
        if let Some(mend) = &problem.mend {
            output.line(format!("   = {mend}"))?;
        }
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let said = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")]
        .into_iter()
        .map(|(level, word)| (count(level), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect::<Vec<_>>();
    let verdict = match (count(Level::Error), said.as_slice()) {
        (0, []) => output.paint(Tone::Good, format!("right, {}", plural(verbs, "verb"))),
        (0, said) => format!("{}, {}", plural(verbs, "verb"), said.join(", ")),
        (_, said) => output.paint(Tone::Bad, said.join(", ")),
    };
    output.line(format!("{}: {verdict}", shown(name)))
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn as_json(name: &str, findings: &[Finding], verbs: usize) -> Value {
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "level": match finding.level {
                    Level::Error => "error",
                    Level::Warning => "warning",
                    Level::Note => "note",
                },
                "code": finding.code,
                "line": finding.problem.position.map(|it| it.0),
                "column": finding.problem.position.map(|it| it.1),
                "message": finding.problem.message,
                "mend": finding.problem.mend,
            })
        })
        .collect();
    json!({ "document": shown(name), "verbs": verbs, "findings": findings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_xml_counts_them() {
        assert_eq!(lines("a\r\nb\rc\n"), ["a", "b", "c", ""]);
    }

    #[test]
    fn the_name_that_is_meant_is_underlined() {
        assert_eq!(meant("  <Sy voice=\"a\">", 3), 3);
        assert_eq!(meant("  <Sy voice=\"a\">", 7), 5);
        assert_eq!(meant("", 1), 1);
    }

    #[test]
    fn the_answer_to_a_text_is_looked_at_as_one() {
        let body = b"<Response><Message>Hi</Message><Say>Hi</Say></Response>";
        let (findings, verbs) = check("-", body);
        let codes: Vec<u32> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!((codes, verbs), (vec![14110], 1));
    }

    #[test]
    fn a_document_of_any_encoding_is_looked_at() {
        let (findings, verbs) = check("-", b"\xff\xfe<\x00R\x00/\x00>\x00");
        assert_eq!((findings.len(), verbs), (1, 0));
    }
}
