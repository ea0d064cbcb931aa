//! What was measured, as a table for people or as JSON.
//!
//! The table is Markdown, so that it can stand in `docs/performance.md` as it is.

use std::fmt;

use serde_json::{Value, json};

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// What was done.
    pub(super) work: &'static str,
    /// How much it took, in `unit`.
    pub(super) measured: f64,
    /// `ms CPU a call`, for one.
    pub(super) unit: &'static str,
    /// What the design allows, in the same unit.
    pub(super) budget: Option<Budget>,
    /// What else was measured in the same run and unit, and how much that took.
    pub(super) beside: Option<(&'static str, f64)>,
    /// Counts that say whether the measurement is sound.
    pub(super) note: String,
}

/// What the design allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Budget {
    /// Of what costs.
    AtMost(f64),
    /// Of what is achieved.
    AtLeast(f64),
}

/// All lines.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

impl Row {
    pub(super) fn new(work: &'static str, measured: f64, unit: &'static str) -> Self {
        Self { work, measured, unit, budget: None, beside: None, note: String::new() }
    }

    pub(super) fn budget(self, budget: f64) -> Self {
        Self { budget: Some(Budget::AtMost(budget)), ..self }
    }

    pub(super) fn at_least(self, budget: f64) -> Self {
        Self { budget: Some(Budget::AtLeast(budget)), ..self }
    }

    pub(super) fn beside(self, peer: Option<(&'static str, f64)>) -> Self {
        Self { beside: peer, ..self }
    }

    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// How often what stands beside it fits in.
    fn ratio(&self) -> Option<f64> {
        self.beside.filter(|(_, peer)| *peer > 0.0).map(|(_, peer)| self.measured / peer)
    }

    /// Whether it costs more, or achieves less, than the design allows.
    fn is_over(&self) -> bool {
        match self.budget {
            Some(Budget::AtMost(most)) => self.measured > most,
            Some(Budget::AtLeast(least)) => self.measured < least,
            None => false,
        }
    }
}

impl Budget {
    fn json(self) -> Value {
        match self {
            Budget::AtMost(most) => json!({ "at_most": most }),
            Budget::AtLeast(least) => json!({ "at_least": least }),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Budget::AtMost(most) => write!(f, "{most}"),
            Budget::AtLeast(least) => write!(f, "≥ {least:.0}"),
        }
    }
}

impl Table {
    pub(super) fn json(&self, machine: &Value) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "work": row.work, "measured": row.measured, "unit": row.unit,
                    "budget": row.budget.map(Budget::json), "over_budget": row.is_over(),
                    "beside": row.beside.map(|(name, measured)| json!({ "name": name, "measured": measured })),
                    "ratio": row.ratio(), "note": row.note,
                })
            })
            .collect();
        json!({ "machine": machine, "rows": rows })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| work | measured | budget | ratio | |\n| --- | --- | --- | --- | --- |")?;
        for row in &self.rows {
            let budget = match row.budget {
                Some(budget) if row.is_over() => format!("{budget} **over**"),
                Some(budget) => budget.to_string(),
                None => "–".to_owned(),
            };
            let ratio = match (row.ratio(), row.beside) {
                (Some(ratio), Some((name, _))) => format!("{ratio:.1} × {name}"),
                _ => "–".to_owned(),
            };
            let Row { work, measured, unit, note, .. } = row;
            let measured = rounded(*measured);
            writeln!(f, "| {work} | {measured} {unit} | {budget} | {ratio} | {note} |")?;
        }
        Ok(())
    }
}

/// Three digits that count.
fn rounded(value: f64) -> String {
    match value.abs() {
        small if small < 1.0 => format!("{value:.3}"),
        middle if middle < 10.0 => format!("{value:.2}"),
        large if large < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_budget_says_so() {
        let row = Row::new("a call", 0.5, "ms CPU").budget(0.2).beside(Some(("sipp", 0.05)));
        let fast = Row::new("texts", 4_000.0, "/s").at_least(6_000.0);
        let table = Table { rows: vec![row, Row::new("nothing", 123.4, "kB").budget(200.0), fast] };
        let text = table.to_string();
        assert!(
            text.contains("| a call | 0.500 ms CPU | 0.2 **over** | 10.0 × sipp |  |"),
            "{text}"
        );
        assert!(text.contains("| nothing | 123 kB | 200 | – |  |"), "{text}");
        assert!(text.contains("| texts | 4000 /s | ≥ 6000 **over** | – |  |"), "{text}");
        let json = table.json(&json!({}));
        assert_eq!(json["rows"][0]["over_budget"], true);
        assert_eq!(json["rows"][1]["ratio"], Value::Null);
        assert_eq!(json["rows"][2]["budget"]["at_least"], 6_000.0);
    }
}
