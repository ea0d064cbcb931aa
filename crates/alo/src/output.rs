//! What commands print: text and tables for people, one JSON document or JSON lines for programs.
//!
//! Answers go to standard output, errors to standard error. Colour only on a terminal, and never with `NO_COLOR`.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use comfy_table::presets;
use comfy_table::{ContentArrangement, Table};
use serde_json::{Value, json};

use crate::config;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Whether a program reads it.
    pub(crate) json: bool,
    colour: bool,
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// Look at it.
    Warning,
    /// It failed.
    Bad,
    /// Less important than the rest.
    Quiet,
    /// More important than the rest.
    Strong,
}

impl Tone {
    /// Select Graphic Rendition of ECMA-48 §8.3.117.
    const fn code(self) -> &'static str {
        match self {
            Tone::Good => "32",
            Tone::Warning => "33",
            Tone::Bad => "31",
            Tone::Quiet => "2",
            Tone::Strong => "1",
        }
    }
}

impl Output {
    /// For a program where `json`, else for people.
    pub(crate) fn new(json: bool) -> Output {
        let plain = config::variable("NO_COLOR").is_some()
            || config::variable("TERM").is_some_and(|term| term == "dumb");
        Output { json, colour: !json && !plain && std::io::stdout().is_terminal() }
    }

    /// `text` in the colour of `tone`, where there are colours.
    pub(crate) fn paint(self, tone: Tone, text: impl Display) -> String {
        if self.colour { format!("\x1b[{}m{text}\x1b[0m", tone.code()) } else { text.to_string() }
    }

    /// A line on standard output.
    #[expect(
        clippy::unused_self,
        reason = "whoever prints has said for whom, even where it makes no difference"
    )]
    pub(crate) fn line(self, text: impl Display) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// A JSON document, indented for those who look at it.
    pub(crate) fn document(self, value: &Value) -> anyhow::Result<()> {
        self.line(serde_json::to_string_pretty(value)?)
    }

    /// A JSON document on a line of its own, as one of many.
    pub(crate) fn event(self, value: &Value) -> anyhow::Result<()> {
        self.line(value)
    }

    /// A table; `empty` where it has no rows.
    pub(crate) fn table(
        self,
        heads: &[&str],
        rows: Vec<Vec<String>>,
        empty: &str,
    ) -> anyhow::Result<()> {
        if rows.is_empty() {
            return self.line(empty);
        }
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(heads.iter().map(|head| head.to_uppercase()));
        for row in rows {
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let shown = table.to_string();
        let mut lines = shown.lines().map(str::trim_end);
        if let Some(head) = lines.next() {
            self.line(self.paint(Tone::Quiet, head))?;
        }
        lines.try_for_each(|line| self.line(line))
    }

    /// An error, with its causes, on standard error.
    pub(crate) fn error(self, error: &anyhow::Error) {
        let mut out = std::io::stderr().lock();
        // Nothing is left to be done where standard error is closed, too.
        let _ = if self.json {
            writeln!(out, "{}", json!({ "error": format!("{error:#}") }))
        } else if error.is::<config::Invalid>() {
            writeln!(out, "{error}")
        } else {
            writeln!(out, "alo: {error:#}")
        };
    }

    /// A remark for people on standard error, so that standard output stays what was asked for.
    pub(crate) fn remark(self, text: impl Display) {
        if !self.json {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }
}
