//! YAML, as much of it as settings need: entries, lists and text. Text stays text, so that +5511987654321 is a phone number
//! and no integer. Aliases are refused: a few lines of them stand for gigabytes.

use saphyr_parser::{Event, Parser};

use super::ImportError;

/// Largest document, in bytes.
const LARGEST: usize = 256_000;
/// Most levels within each other.
const DEEPEST: usize = 16;

/// A value with its line.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    /// In their order.
    Entries(Vec<(String, Node)>),
}

impl Node {
    /// The value of this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Node> {
        let Value::Entries(entries) = &self.value else { return None };
        entries.iter().find(|(known, _)| known == key).map(|(_, node)| node)
    }
}

/// A list or entries that aren't closed.
struct Open {
    node: Node,
    /// The key whose value comes next.
    key: Option<String>,
}

/// The first document of a text.
pub(super) fn read(text: &str) -> Result<Node, ImportError> {
    if text.len() > LARGEST {
        let message = format!("{} bytes: up to {LARGEST} are read", text.len());
        return Err(ImportError::new(1, message));
    }
    // The original filled in `<%= ENV["AGENT1"] %>` from its surroundings before it read the rest.
    if let Some(at) = text.lines().position(|line| line.contains("<%")) {
        let message = "'<% … %>' is filled in by Ruby: write the value itself there";
        return Err(ImportError::new(at + 1, message));
    }
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text.trim_start_matches('\u{feff}')) {
        let (event, span) = event.map_err(|error| {
            ImportError::new(error.marker().line(), format!("not YAML: {}", error.info()))
        })?;
        let line = span.start.line();
        let done = match event {
            Event::Scalar(text, ..) => Some(Node { line, value: Value::Text(text.into_owned()) }),
            Event::SequenceStart(..) => begin(&mut open, line, Value::List(Vec::new()))?,
            Event::MappingStart(..) => begin(&mut open, line, Value::Entries(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|open| open.node),
            Event::Alias(_) => {
                return Err(ImportError::new(
                    line,
                    "an alias (*name): write the value itself there",
                ));
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => None,
        };
        if let Some(node) = done {
            match open.last_mut() {
                Some(parent) => parent.take(node)?,
                None => return Ok(node),
            }
        }
    }
    Err(ImportError::new(1, "it is empty"))
}

fn begin(open: &mut Vec<Open>, line: usize, value: Value) -> Result<Option<Node>, ImportError> {
    if open.len() >= DEEPEST {
        return Err(ImportError::new(
            line,
            format!("more than {DEEPEST} levels within each other"),
        ));
    }
    open.push(Open { node: Node { line, value }, key: None });
    Ok(None)
}

impl Open {
    fn take(&mut self, node: Node) -> Result<(), ImportError> {
        match (&mut self.node.value, self.key.take()) {
            (Value::List(list), _) => list.push(node),
            (Value::Entries(entries), Some(key)) => entries.push((key, node)),
            (Value::Entries(_), None) => match node.value {
                Value::Text(key) => self.key = Some(key),
                Value::List(_) | Value::Entries(_) => {
                    return Err(ImportError::new(node.line, "a key that isn't text"));
                }
            },
            (Value::Text(_), _) => {}
        }
        Ok(())
    }
}
