//! `[logs]`: what is logged, and for whom.

use super::section::section;
use super::value::choice;

choice! {
    /// Who reads the log.
    Format {
        /// People on a terminal, machines elsewhere.
        Auto = "auto",
        /// People.
        Text = "text",
        /// Machines: one JSON object a line.
        Json = "json",
    }
}

section! {
    /// The log, on standard error.
    Logs = "logs" {
        /// `text` for people, `json` for machines, `auto`: text on a terminal and JSON elsewhere.
        format: Format = Format::Auto,
        /// From which level on, and for which part: `info`, `debug`, `info,sip=debug`.
        level: String = "info".to_owned(),
    }
}
