//! Where values come from: a flag beats the environment, which beats the file, which beats the default.
//!
//! Problems are collected, not thrown: one look at a file shows all that is wrong with it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use model::Secret;

use super::file::{File, Item};
use super::problem::Problem;
use super::secret::Hidden;
use super::section::variable;
use super::value::{Raw, Value};

/// Settings that have a flag and a variable of their own: section, name, flag, variables in the order they are asked.
const SHORT: [(&str, &str, &str, &[&str]); 5] = [
    ("http", "listen", "--http", &["ALO_HTTP", "PORT"]),
    ("sip", "listen", "--sip", &["ALO_SIP"]),
    ("rtp", "ports", "--rtp-ports", &[]),
    ("sip", "public_ip", "--public-ip", &["ALO_PUBLIC_IP"]),
    ("logs", "level", "--log", &["ALO_LOG", "RUST_LOG"]),
];

/// The flag of a setting, where it has one.
pub(crate) fn flag(section: &str, name: &str) -> Option<&'static str> {
    SHORT.iter().find(|row| (row.0, row.1) == (section, name)).map(|row| row.2)
}

/// The variables that set a setting, the first that is set counting.
pub(crate) fn variables(section: &str, name: &str) -> Vec<String> {
    let own =
        SHORT.iter().find(|row| (row.0, row.1) == (section, name)).map_or(&[][..], |row| row.3);
    let (before, after) = own.split_at(own.len().min(1));
    let mut all: Vec<String> = before.iter().map(|name| (*name).to_owned()).collect();
    all.push(variable(section, name));
    all.extend(after.iter().map(|name| (*name).to_owned()));
    all
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The command line.
    Flag(&'static str),
    /// The environment.
    Variable(String),
    /// A line of the file.
    File {
        /// Counted from 1.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

/// Whatever settings are read from.
pub(crate) trait Reader {
    /// The value of a setting; where what was written is wrong, the default, and a problem.
    fn read<T: Value>(
        &mut self,
        section: &'static str,
        name: &'static str,
        default: T,
        bounds: Option<&RangeInclusive<T>>,
    ) -> T;
}

/// What the command line, the environment and the file say.
#[derive(Default)]
pub(crate) struct Layers {
    flags: BTreeMap<(&'static str, &'static str), Raw>,
    environment: BTreeMap<String, String>,
    file: Option<File>,
    sources: BTreeMap<(&'static str, &'static str), Source>,
    problems: Vec<Problem>,
}

impl Layers {
    /// Nothing but the environment and a file.
    pub(crate) fn new(environment: BTreeMap<String, String>, file: Option<File>) -> Layers {
        Layers { environment, file, ..Layers::default() }
    }

    /// What the command line says about a setting.
    pub(crate) fn set_flag(&mut self, section: &'static str, name: &'static str, raw: Raw) {
        self.flags.insert((section, name), raw);
    }

    /// Tables of the file that are headed `[[array]]`.
    pub(crate) fn items(&self, array: &str) -> Vec<Item> {
        self.file.as_ref().map_or_else(Vec::new, |file| file.items(array).to_vec())
    }

    /// The file, where there is one.
    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// The environment.
    pub(crate) fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// Keeps problems.
    pub(crate) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Where the value of a setting that was read came from.
    pub(crate) fn source(&self, section: &str, name: &str) -> Source {
        let found = self.sources.iter().find(|((s, n), _)| *s == section && *n == name);
        found.map_or(Source::Default, |(_, source)| source.clone())
    }

    /// What was wrong with values, after all were read.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn find(&self, section: &'static str, name: &'static str) -> Option<(Raw, Source)> {
        if let Some(raw) = self.flags.get(&(section, name)) {
            let named = flag(section, name).unwrap_or("--dev");
            return Some((raw.clone(), Source::Flag(named)));
        }
        for variable in variables(section, name) {
            if let Some(text) = self.environment.get(&variable) {
                let text =
                    if variable == "PORT" { format!("0.0.0.0:{text}") } else { text.clone() };
                return Some((Raw::Word(text), Source::Variable(variable)));
            }
        }
        let file = self.file.as_ref()?;
        let entry = file.entry(section, name)?;
        Some((entry.raw.clone(), Source::File { line: file.position(entry.at.start).0 }))
    }

    /// The secret of a setting that was read, if it has one; where it isn't there, the problem.
    pub(crate) fn reveal(
        &self,
        section: &str,
        name: &str,
        hidden: Option<&Hidden>,
        folder: &Path,
    ) -> Result<Option<Secret>, Box<Problem>> {
        let revealed = hidden.map(|hidden| hidden.reveal(&self.environment, folder)).transpose();
        revealed.map_err(|message| {
            Box::new(self.problem(section, name, &self.source(section, name), message))
        })
    }

    /// A problem of a setting, shown where it was written.
    pub(crate) fn problem(
        &self,
        section: &str,
        name: &str,
        source: &Source,
        message: String,
    ) -> Problem {
        match (source, &self.file) {
            (Source::Flag(flag), _) => Problem::outside(flag, message),
            (Source::Variable(variable), _) => Problem::outside(variable, message),
            (Source::File { .. }, Some(file)) => {
                let at = file.entry(section, name).map_or(0..0, |entry| entry.at.clone());
                file.problem(&at, message, None)
            }
            (Source::File { .. } | Source::Default, _) => Problem::outside(name, message),
        }
    }
}

impl Reader for Layers {
    fn read<T: Value>(
        &mut self,
        section: &'static str,
        name: &'static str,
        default: T,
        bounds: Option<&RangeInclusive<T>>,
    ) -> T {
        let Some((raw, source)) = self.find(section, name) else {
            self.sources.insert((section, name), Source::Default);
            return default;
        };
        let value = within(&raw, bounds).unwrap_or_else(|message| {
            self.problems.push(self.problem(section, name, &source, message));
            default
        });
        self.sources.insert((section, name), source);
        value
    }
}

/// What was written, if it is right and within its bounds.
pub(crate) fn within<T: Value>(raw: &Raw, bounds: Option<&RangeInclusive<T>>) -> Result<T, String> {
    let value = T::read(raw)?;
    match bounds {
        Some(range) if !range.contains(&value) => Err(format!(
            "{} is not between {} and {}",
            value.toml(),
            range.start().toml(),
            range.end().toml()
        )),
        Some(_) | None => Ok(value),
    }
}
