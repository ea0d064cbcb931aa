//! A parsed document: verbs in order, each with its place in the text, and what the author should know.

use std::fmt;

use crate::verb::{GatherPrompt, Say, Verb};

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

impl Document {
    /// All that may be said, in order, as far as the document can run: also inside `<Gather>` and `<Dial>`, and nothing
    /// after a verb that always ends it or goes on elsewhere.
    pub fn says(&self) -> Vec<&Say> {
        let mut says = Vec::new();
        for Placed { item, .. } in &self.verbs {
            let (prompts, ends): (&[Placed<GatherPrompt>], bool) = match item {
                Verb::Say(say) => {
                    says.push(say);
                    (&[], false)
                }
                Verb::Gather(gather) => (&gather.prompts, gather.action_on_empty_result),
                Verb::Dial(dial) => (&dial.hold, dial.action.is_some()),
                Verb::Sms(sms) => (&[], sms.action.is_some()),
                Verb::Redirect(_) | Verb::Reject(_) | Verb::Hangup => (&[], true),
                Verb::Play(_) | Verb::Pause(_) | Verb::Record(_) | Verb::Leave => (&[], false),
            };
            says.extend(prompts.iter().filter_map(|prompt| match &prompt.item {
                GatherPrompt::Say(say) => Some(say),
                GatherPrompt::Play(_) | GatherPrompt::Pause(_) => None,
            }));
            if ends {
                break;
            }
        }
        says
    }
}
