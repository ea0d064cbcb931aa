//! Secrets in the configuration: written out, or better, by where they are: `env:NAME` or `file:PATH`.
//!
//! What was written is kept as it is; [`Hidden::reveal`] looks it up. It prints redacted, unless it only says where.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use model::Secret;

use super::value::{Raw, Value, quoted, text};

/// Longest secret that is read from a file, in bytes: a key is shorter, the wrong file longer.
const LONGEST: u64 = 16 * 1024;

/// A secret, or where it is.
#[derive(Clone, PartialEq, PartialOrd)]
pub(crate) enum Hidden {
    /// Written out.
    Here(String),
    /// In a variable of the environment.
    Variable(String),
    /// In a file, without the line break at its end.
    File(String),
}

impl Hidden {
    /// The secret itself; where it isn't there, what to do. A path that isn't absolute begins at `folder`.
    pub(crate) fn reveal(
        &self,
        environment: &BTreeMap<String, String>,
        folder: &Path,
    ) -> Result<Secret, String> {
        match self {
            Hidden::Here(secret) => Ok(Secret::new(secret)),
            Hidden::Variable(name) => match environment.get(name).map(String::as_str) {
                Some("") | None => Err(format!("the variable {name} is not set")),
                Some(secret) => Ok(Secret::new(secret)),
            },
            Hidden::File(path) => {
                let secret = read_file(&folder.join(path), LONGEST)?;
                match secret.trim_end_matches(['\r', '\n']) {
                    "" => Err(format!("{path} is empty")),
                    secret => Ok(Secret::new(secret)),
                }
            }
        }
    }
}

impl Value for Hidden {
    fn kind() -> &'static str {
        "secret"
    }

    fn read(raw: &Raw) -> Result<Hidden, String> {
        let text = text(raw, "a secret, or where it is, as \"env:NAME\" or \"file:PATH\",")?;
        match text.split_once(':') {
            Some(("env" | "file", "")) => {
                Err(format!("'{text}' names nothing: write \"env:NAME\" or \"file:PATH\""))
            }
            Some(("env", name)) => Ok(Hidden::Variable(name.to_owned())),
            Some(("file", path)) => Ok(Hidden::File(path.to_owned())),
            Some(_) | None => Ok(Hidden::Here(text.to_owned())),
        }
    }

    /// Where it is, or that it is redacted; never itself.
    fn toml(&self) -> String {
        quoted(&self.to_string())
    }
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hidden::Here(_) => f.write_str("[redacted]"),
            Hidden::Variable(name) => write!(f, "env:{name}"),
            Hidden::File(path) => write!(f, "file:{path}"),
        }
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A file that isn't longer than `largest` bytes.
pub(super) fn read_file(path: &Path, largest: u64) -> Result<String, String> {
    let wrong = |why: String| format!("{} can't be read: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > largest {
        return Err(wrong(format!("it is longer than {largest} bytes")));
    }
    std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))
}

/// Secrets by name, as a description of an HTTP carrier asks for them.
#[derive(Debug, Clone, Default, PartialEq, PartialOrd)]
pub(crate) struct HiddenTable(pub(crate) BTreeMap<String, Hidden>);

impl Value for HiddenTable {
    fn kind() -> &'static str {
        "table of secrets"
    }

    fn read(raw: &Raw) -> Result<HiddenTable, String> {
        const WRITE: &str = "write secrets by name: { api_key = \"env:API_KEY\" }";
        let Raw::Table(pairs) = raw else { return Err(WRITE.to_owned()) };
        let read = |(name, raw): &(String, Raw)| match Hidden::read(raw) {
            Ok(secret) => Ok((name.clone(), secret)),
            Err(error) => Err(format!("{name}: {error}")),
        };
        pairs.iter().map(read).collect::<Result<_, _>>().map(HiddenTable)
    }

    fn toml(&self) -> String {
        if self.0.is_empty() {
            return "{}".to_owned();
        }
        let pairs: Vec<String> =
            self.0.iter().map(|(name, secret)| format!("{name} = {}", secret.toml())).collect();
        format!("{{ {} }}", pairs.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Hidden {
        Hidden::read(&Raw::Text(text.to_owned())).expect("a secret")
    }

    #[test]
    fn a_secret_is_here_in_a_variable_or_in_a_file() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        std::fs::write(folder.path().join("key"), "from a file\n").expect("it can be written");
        let environment = BTreeMap::from([("KEY".to_owned(), "from a variable".to_owned())]);
        let reveal = |text: &str| {
            written(text)
                .reveal(&environment, folder.path())
                .map(|secret| secret.reveal().to_owned())
        };
        assert_eq!(reveal("p@ss:word"), Ok("p@ss:word".to_owned()));
        assert_eq!(reveal("env:KEY"), Ok("from a variable".to_owned()));
        assert_eq!(reveal("file:key"), Ok("from a file".to_owned()));
        assert_eq!(reveal("env:OTHER"), Err("the variable OTHER is not set".to_owned()));
        assert!(reveal("file:nowhere").is_err());
    }

    #[test]
    fn a_secret_never_shows_but_where_it_is_does() {
        assert_eq!(written("hunter2").toml(), "\"[redacted]\"");
        assert_eq!(format!("{:?}", written("hunter2")), "[redacted]");
        assert_eq!(written("env:KEY").toml(), "\"env:KEY\"");
        assert!(Hidden::read(&Raw::Text("env:".to_owned())).is_err());
    }
}
