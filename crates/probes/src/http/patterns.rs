//! Regular expressions of checks, compiled once: a check asks the same again and again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

use crate::progress::Down;
use crate::words;

/// Patterns that are kept. When there are more, all are forgotten and compiled again as they come.
const MOST_KEPT: usize = 1024;

/// Largest compiled pattern, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Patterns by their text.
#[derive(Default)]
pub(crate) struct Patterns {
    kept: Mutex<HashMap<String, Regex>>,
}

impl Patterns {
    /// The pattern, or what is wrong with it.
    pub(crate) fn regex(&self, pattern: &str) -> Result<Regex, Down> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = kept.get(pattern) {
            return Ok(regex.clone());
        }
        let regex = RegexBuilder::new(pattern).size_limit(LARGEST).build();
        let regex = regex.map_err(|error| {
            // Its first lines show the pattern with a mark; the last one says what is wrong.
            let why = error.to_string();
            let why =
                why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Down::new(format!("the pattern {} can't be used: {why}", words::quote(pattern)))
        })?;
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }
}
