//! One of several tables with the same head, such as `[[carriers]]`: read like a section, without flags and variables.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use model::Secret;

use super::Effective;
use super::file::{Item, nearest};
use super::layers::{Layers, Reader, Source, within};
use super::problem::Problem;
use super::secret::Hidden;
use super::section::Row;
use super::value::Value;

/// Reads one.
pub(crate) struct ItemReader<'l> {
    layers: &'l mut Layers,
    head: &'static str,
    item: Item,
    sources: BTreeMap<&'static str, Source>,
}

impl<'l> ItemReader<'l> {
    /// Reads `item`, headed `[[head]]`.
    pub(crate) fn new(layers: &'l mut Layers, head: &'static str, item: Item) -> ItemReader<'l> {
        ItemReader { layers, head, item, sources: BTreeMap::new() }
    }

    /// Tells what is wrong with it as a whole.
    pub(crate) fn wrong(&mut self, message: String, mend: Option<String>) {
        let problem = self.layers.file().map(|file| file.problem(&self.item.at, message, mend));
        self.layers.extend(problem);
    }

    /// Tells what is wrong with one of its values.
    pub(crate) fn wrong_value(&mut self, name: &str, message: String) {
        let problem = self.problem(name, message);
        self.layers.extend(problem);
    }

    /// A problem of one of its values, to be told where it matters.
    pub(crate) fn problem(&self, name: &str, message: String) -> Option<Problem> {
        let at = self.item.entries.get(name).map_or(&self.item.at, |entry| &entry.at);
        self.layers.file().map(|file| file.problem(at, message, None))
    }

    /// Tells of what it has that is none of `rows`; `elsewhere` are settings of its other kinds.
    pub(crate) fn unknown(&mut self, kind: &str, rows: &[Row], elsewhere: &[(&str, Vec<Row>)]) {
        let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
        let mut problems = Vec::new();
        for (name, entry) in &self.item.entries {
            if known.contains(&name.as_str()) {
                continue;
            }
            let message = format!("unknown setting '{name}' in [[{}]] of kind {kind}", self.head);
            let homes: Vec<&str> = elsewhere
                .iter()
                .filter(|(_, rows)| rows.iter().any(|row| row.name == name))
                .map(|(kind, _)| *kind)
                .collect();
            let mend = match (homes.as_slice(), nearest(name, &known)) {
                ([], Some(near)) => format!("did you mean '{near}'?"),
                ([], None) => format!("there are {}", known.join(", ")),
                (homes, _) => format!("it is for kind {}", homes.join(" and ")),
            };
            let file = self.layers.file();
            problems.extend(file.map(|file| file.problem(&entry.key_at, message, Some(mend))));
        }
        self.layers.extend(problems);
    }

    /// Tells of what it has that is none of `rows`, where all of its kind have the same settings.
    pub(crate) fn unknown_of_all(&mut self, rows: &[Row]) {
        let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
        let mut problems = Vec::new();
        for (name, entry) in &self.item.entries {
            if known.contains(&name.as_str()) {
                continue;
            }
            let message = format!("unknown setting '{name}' in [[{}]]", self.head);
            let mend = match nearest(name, &known) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("there are {}", known.join(", ")),
            };
            let file = self.layers.file();
            problems.extend(file.map(|file| file.problem(&entry.key_at, message, Some(mend))));
        }
        self.layers.extend(problems);
    }

    /// A secret, or why it isn't there.
    pub(crate) fn reveal(&self, hidden: &Hidden, folder: &Path) -> Result<Secret, String> {
        hidden.reveal(self.layers.environment(), folder)
    }

    /// Its settings with their values and where those came from.
    pub(crate) fn effective(&self, rows: Vec<Row>, values: Vec<String>) -> Vec<Effective> {
        rows.into_iter()
            .zip(values)
            .map(|(row, value)| {
                let source = self.sources.get(row.name).cloned().unwrap_or(Source::Default);
                Effective { row, value, source }
            })
            .collect()
    }
}

impl Reader for ItemReader<'_> {
    fn read<T: Value>(
        &mut self,
        _section: &'static str,
        name: &'static str,
        default: T,
        bounds: Option<&RangeInclusive<T>>,
    ) -> T {
        let Some(entry) = self.item.entries.get(name) else {
            if T::IS_NEEDED {
                let message = format!("this [[{}]] has no {name}", self.head);
                let mend = format!("write {name} = {}", T::example());
                self.wrong(message, Some(mend));
            }
            return default;
        };
        let line = self.layers.file().map_or(0, |file| file.position(entry.at.start).0);
        self.sources.insert(name, Source::File { line });
        within(&entry.raw, bounds).unwrap_or_else(|message| {
            self.wrong_value(name, message);
            default
        })
    }
}
