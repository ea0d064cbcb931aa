//! Tells the story as it happens: a line for people, a JSON event for programs.

use std::time::Instant;

use serde_json::json;

use crate::output::{Output, Tone};

/// Prints each step with the time since the beginning.
pub(crate) struct Teller {
    output: Output,
    began: Instant,
}

impl Teller {
    pub(crate) fn new(output: Output) -> Teller {
        Teller { output, began: Instant::now() }
    }

    /// How things are printed.
    pub(crate) fn output(&self) -> Output {
        self.output
    }

    fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// A chapter begins.
    pub(crate) fn chapter(&self, number: u32, title: &str) {
        if self.output.json {
            self.event(&json!({ "event": "chapter", "number": number, "title": title }));
        } else {
            self.print("");
            self.print(&self.output.paint(Tone::Strong, format!("{number}. {title}")));
        }
    }

    /// Somebody did something, or something happened to them.
    pub(crate) fn step(&self, who: &str, what: &str) {
        if self.output.json {
            self.event(&json!({ "event": "step", "who": who, "what": what }));
        } else {
            let time = self.output.paint(Tone::Quiet, format!("{:8.3}", self.seconds()));
            self.print(&format!("{time}  {who:<11} {what}"));
        }
    }

    /// Something was checked, and was as it should be.
    pub(crate) fn checked(&self, who: &str, what: &str) {
        if self.output.json {
            self.event(&json!({ "event": "checked", "who": who, "what": what, "ok": true }));
        } else {
            let time = self.output.paint(Tone::Quiet, format!("{:8.3}", self.seconds()));
            let mark = self.output.paint(Tone::Good, "✓");
            self.print(&format!("{time}  {who:<11} {what} {mark}"));
        }
    }

    /// The story broke off.
    pub(crate) fn failed(&self, error: &anyhow::Error) {
        if self.output.json {
            self.event(&json!({ "event": "failed", "error": format!("{error:#}") }));
        } else {
            let time = self.output.paint(Tone::Quiet, format!("{:8.3}", self.seconds()));
            let mark = self.output.paint(Tone::Bad, "✗");
            self.print(&format!("{time}  {mark} {error:#}"));
        }
    }

    fn event(&self, value: &serde_json::Value) {
        let mut value = value.clone();
        if let Some(fields) = value.as_object_mut() {
            let millis = self.began.elapsed().as_millis();
            fields.insert("at_ms".to_owned(), json!(u64::try_from(millis).unwrap_or(u64::MAX)));
        }
        // Whoever reads may have gone; the story goes on, its exit code still counts.
        let _ = self.output.event(&value);
    }

    /// An event for programs only.
    pub(crate) fn for_programs(&self, value: &serde_json::Value) {
        if self.output.json {
            self.event(value);
        }
    }

    /// A line for people only.
    pub(crate) fn print(&self, text: &str) {
        if !self.output.json {
            let _ = self.output.line(text);
        }
    }

    /// The end.
    pub(crate) fn ended(&self, complete: bool) {
        if self.output.json {
            self.event(&json!({ "event": "ended", "ok": complete }));
        } else if complete {
            let text = self.output.paint(Tone::Good, "All was as it should be.");
            self.print(&format!("\n{text}"));
        } else {
            let text = self.output.paint(Tone::Bad, "Not all was as it should be.");
            self.print(&format!("\n{text}"));
        }
    }
}
