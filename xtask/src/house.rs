//! The checkout as the rules see it: every file that git knows or would add, and every Rust source, parsed once.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cargo;
use crate::finding::Finding;
use crate::source::Source;

/// The files of the checkout. Ignored files are not part of it.
pub(crate) struct House {
    pub(crate) root: PathBuf,
    /// Relative to the root, sorted.
    pub(crate) files: Vec<String>,
    pub(crate) sources: Vec<Source>,
    /// Sources that are not Rust.
    pub(crate) unreadable: Vec<Finding>,
}

impl House {
    /// Where this program was built from.
    pub(crate) fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("xtask lies in a folder of the checkout")
            .to_path_buf()
    }

    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let files = files_of(root)?;
        let mut sources = Vec::new();
        let mut unreadable = Vec::new();
        for file in files.iter().filter(|file| has_extension(file, "rs")) {
            let text = std::fs::read_to_string(root.join(file))
                .with_context(|| format!("{file} could not be read"))?;
            match Source::parse(file, text) {
                Ok(source) => sources.push(source),
                Err((line, error)) => {
                    unreadable.push(Finding::new(file, line, error, "make it compile first"));
                }
            }
        }
        Ok(Self { root: root.to_path_buf(), files, sources, unreadable })
    }

    /// The text of a file, or nothing where there is no such file.
    pub(crate) fn text(&self, file: &str) -> anyhow::Result<Option<String>> {
        let path = self.root.join(file);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{file} could not be read as UTF-8"))?;
        Ok(Some(text))
    }

    /// Whether git knows a folder of this name at the root.
    pub(crate) fn has_top_folder(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.split_once('/').is_some_and(|(top, _)| top == name))
    }
}

/// Whether a file's name ends with this extension, which is given without its dot.
pub(crate) fn has_extension(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found == extension)
}

fn files_of(root: &Path) -> anyhow::Result<Vec<String>> {
    let listed = cargo::read(
        root,
        "git",
        &["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    )?;
    let mut files: Vec<String> = listed
        .split('\0')
        .filter(|file| !file.is_empty() && root.join(file).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_knows_this_very_file() {
        let house = House::read(&House::root()).expect("the checkout is readable");
        assert!(house.sources.iter().any(|source| source.path == "xtask/src/house.rs"));
        assert!(house.has_top_folder("xtask"));
        assert!(!house.has_top_folder("target"));
    }
}
