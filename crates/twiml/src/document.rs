//! A parsed document: verbs in order, each with its place in the text, and what the author should know.

use std::fmt;

use crate::verb::Verb;

/// A place in the document, both counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Something with its place in the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// Where its tag begins.
    pub position: Position,
    /// What stands there.
    pub item: T,
}

/// The document was understood, but not all of it: the call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub position: Position,
    /// Twilio's code (12200 schema, 13xxx per verb).
    pub code: u32,
    /// What is off, in words for the author.
    pub message: String,
    /// What to write instead, where that can be said.
    pub mend: Option<String>,
    /// Nothing is wrong: Twilio knows it, alo gives it no effect yet.
    pub quiet: bool,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)?;
        self.mend.iter().try_for_each(|mend| write!(f, " ({mend})"))
    }
}

/// A `<Response>`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Document {
    /// What to do, in order.
    pub verbs: Vec<Placed<Verb>>,
    /// What the author should know.
    pub warnings: Vec<Warning>,
}
