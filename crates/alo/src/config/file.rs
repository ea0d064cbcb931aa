//! `alo.toml` as it is on disk: values with their places, and what is no setting at all.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::section::Row;
use super::value::Raw;

/// A parsed file.
#[derive(Debug, Default)]
pub(crate) struct File {
    name: String,
    text: String,
    entries: BTreeMap<(String, String), Entry>,
    sections: Vec<(String, Range<usize>)>,
    items: BTreeMap<String, Vec<Item>>,
    loose: Vec<(String, Range<usize>)>,
}

/// One of several tables with the same head: `[[carriers]]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    /// Where its head stands.
    pub(crate) at: Range<usize>,
    /// Its values.
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// A value and the places of its key and itself, in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// As written.
    pub(crate) raw: Raw,
    /// Where the value stands.
    pub(crate) at: Range<usize>,
    /// Where its key stands.
    pub(crate) key_at: Range<usize>,
}

impl File {
    /// Reads `text`, called `name` in messages. Problems are those of TOML itself.
    pub(crate) fn parse(name: &str, text: &str) -> (File, Vec<Problem>) {
        let mut file = File { name: name.to_owned(), text: text.to_owned(), ..File::default() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for (key, value) in table.get_ref() {
            let section = key.get_ref().to_string();
            if let Some(items) = value.get_ref().as_array().filter(|items| {
                !items.is_empty() && items.iter().all(|item| item.get_ref().is_table())
            }) {
                let items = items.iter().filter_map(|item| {
                    let entries = entries(item.get_ref().as_table()?);
                    Some(Item { at: item.span(), entries })
                });
                file.items.insert(section, items.collect());
            } else if let Some(settings) = value.get_ref().as_table() {
                file.sections.push((section.clone(), key.span()));
                let found = entries(settings).into_iter();
                file.entries.extend(found.map(|(name, it)| ((section.clone(), name), it)));
            } else {
                file.loose.push((section, key.span()));
            }
        }
        let problems = errors
            .iter()
            .map(|error| {
                let at = error.span().unwrap_or(0..0);
                file.problem(&at, error.message().to_owned(), None)
            })
            .collect();
        (file, problems)
    }

    /// The value of `name` in `[section]`.
    pub(crate) fn entry(&self, section: &str, name: &str) -> Option<&Entry> {
        self.entries.get(&(section.to_owned(), name.to_owned()))
    }

    /// Its tables that are headed `[[array]]`.
    pub(crate) fn items(&self, array: &str) -> &[Item] {
        self.items.get(array).map_or(&[], Vec::as_slice)
    }

    /// What the file has that is no setting: `rows` are those of the sections, `arrays` the heads with two brackets. What
    /// stands under those is for their readers.
    pub(crate) fn unknown(&self, rows: &[Row], arrays: &[&'static str]) -> Vec<Problem> {
        let mut sections: Vec<&str> = rows.iter().map(|row| row.section).collect();
        sections.dedup();
        let mut problems = self.wrong_heads(&sections, arrays);
        for (name, at) in &self.loose {
            let homes: Vec<&Row> = rows.iter().filter(|row| row.name == name).collect();
            let mend = match homes.as_slice() {
                [] => None,
                homes => Some(format!(
                    "write it under {}",
                    homes
                        .iter()
                        .map(|row| format!("[{}]", row.section))
                        .collect::<Vec<_>>()
                        .join(" or ")
                )),
            };
            let message = format!("'{name}' stands outside of every section");
            problems.push(self.problem(at, message, mend));
        }
        for ((section, name), entry) in &self.entries {
            let known: Vec<&str> =
                rows.iter().filter(|row| row.section == section).map(|row| row.name).collect();
            if known.is_empty() || known.contains(&name.as_str()) {
                continue;
            }
            let message = format!("unknown setting '{name}' in [{section}]");
            let elsewhere = rows.iter().find(|row| row.name == name);
            let mend = nearest(name, &known)
                .map(|near| format!("did you mean '{near}'?"))
                .or_else(|| elsewhere.map(|row| format!("it belongs under [{}]", row.section)))
                .or_else(|| Some(format!("there are {}", known.join(", "))));
            problems.push(self.problem(&entry.key_at, message, mend));
        }
        problems
    }

    fn wrong_heads(&self, sections: &[&str], arrays: &[&'static str]) -> Vec<Problem> {
        let single = self.sections.iter().map(|(name, at)| (name, at, false));
        let double = self
            .items
            .iter()
            .flat_map(|(name, items)| items.iter().take(1).map(move |item| (name, &item.at, true)));
        let mut problems = Vec::new();
        for (name, at, is_double) in single.chain(double) {
            let (right, other) = if is_double { (arrays, sections) } else { (sections, arrays) };
            if right.contains(&name.as_str()) {
                continue;
            }
            let shown = |name: &str, is_array: bool| {
                if is_array { format!("[[{name}]]") } else { format!("[{name}]") }
            };
            let (message, mend) = if other.contains(&name.as_str()) {
                let message = format!("{} is headed otherwise", shown(name, is_double));
                (message, format!("write {}", shown(name, !is_double)))
            } else {
                let known = [sections, arrays].concat();
                let shown_as = |known: &str| shown(known, arrays.contains(&known));
                let mend = if let Some(near) = nearest(name, &known) {
                    format!("did you mean {}?", shown_as(near))
                } else {
                    let all: Vec<String> = known.iter().map(|it| shown_as(it)).collect();
                    format!("there are {}", all.join(", "))
                };
                (format!("unknown section {}", shown(name, is_double)), mend)
            };
            problems.push(self.problem(at, message, Some(mend)));
        }
        problems
    }

    /// A problem at a place of the file.
    pub(crate) fn problem(
        &self,
        at: &Range<usize>,
        message: String,
        mend: Option<String>,
    ) -> Problem {
        let (line, column) = self.position(at.start);
        let excerpt = self.text.lines().nth(line - 1).unwrap_or_default().to_owned();
        let meant = self.text.get(at.clone()).unwrap_or_default();
        Problem {
            origin: self.name.clone(),
            position: Some((line, column)),
            excerpt: Some(excerpt),
            width: meant.lines().next().unwrap_or_default().chars().count(),
            message,
            mend,
        }
    }

    /// Line and column, from 1, of a byte.
    pub(crate) fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_at = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_at..].chars().count() + 1)
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or(Raw::Other("a number out of range"), Raw::Integer),
        DeValue::Boolean(value) => Raw::Boolean(*value),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Float(_) => Raw::Other("a decimal number"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(table) => Raw::Table(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), raw(value.get_ref())))
                .collect(),
        ),
    }
}

fn entries(table: &DeTable<'_>) -> BTreeMap<String, Entry> {
    let entry = |value: &toml::Spanned<DeValue<'_>>, key_at| Entry {
        raw: raw(value.get_ref()),
        at: value.span(),
        key_at,
    };
    table.iter().map(|(key, value)| (key.get_ref().to_string(), entry(value, key.span()))).collect()
}

/// The known name that is like `name`, if one is like enough.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    /// Likeness (Jaro-Winkler, 0 to 1) from which a name is taken as misspelt.
    const LIKE: f64 = 0.8;
    let scored = known.iter().map(|each| (strsim::jaro_winkler(name, each), *each));
    scored.filter(|(score, _)| *score >= LIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|best| best.1)
}
