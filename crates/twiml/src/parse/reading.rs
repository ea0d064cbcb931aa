//! What is collected while a document is read: warnings with their places, and the checks that every element shares.

use crate::document::{Position, Warning};

use super::grammar::Grammar;
use super::places::Places;
use super::suggest;
use super::tree::{Element, Node, is_space, short};
use super::{SCHEMA, WARNING_LIMIT};

/// The reading of one document.
pub(super) struct Reading<'p> {
    places: &'p Places<'p>,
    warnings: Vec<Warning>,
    beyond: usize,
}

impl<'p> Reading<'p> {
    pub(super) fn new(places: &'p Places<'p>) -> Reading<'p> {
        Reading { places, warnings: Vec::new(), beyond: 0 }
    }

    /// The place of byte `at`.
    pub(super) fn place(&self, at: usize) -> Position {
        self.places.at(at)
    }

    /// Something is off.
    pub(super) fn warn(&mut self, at: usize, code: u32, message: String, mend: Option<String>) {
        self.push(Warning { position: self.places.at(at), code, message, mend, quiet: false });
    }

    /// Nothing is wrong, but the author may expect an effect that doesn't come.
    pub(super) fn note(&mut self, at: usize, message: String) {
        let position = self.places.at(at);
        self.push(Warning { position, code: SCHEMA, message, mend: None, quiet: true });
    }

    /// What to write instead, which is only searched while somebody will read it.
    pub(super) fn mend(&self, search: impl FnOnce() -> Option<String>) -> Option<String> {
        if self.warnings.len() < WARNING_LIMIT { search() } else { None }
    }

    fn push(&mut self, warning: Warning) {
        if self.warnings.len() < WARNING_LIMIT {
            self.warnings.push(warning);
        } else {
            self.beyond += 1;
        }
    }

    /// All warnings in the order of their places; at most [`WARNING_LIMIT`] and one that counts the rest.
    pub(super) fn into_warnings(mut self) -> Vec<Warning> {
        self.warnings.sort_by_key(|warning| warning.position);
        if let (1.., Some(last)) = (self.beyond, self.warnings.last()) {
            let message = format!("and {} more warnings", self.beyond);
            let position = last.position;
            self.warnings.push(Warning {
                position,
                code: SCHEMA,
                message,
                mend: None,
                quiet: false,
            });
        }
        self.warnings
    }

    /// Warns of attributes that `grammar` doesn't know, notes those without effect.
    pub(super) fn check_attributes(&mut self, element: &Element<'_>, grammar: &Grammar) {
        for attribute in &element.attributes {
            let name = attribute.name;
            let is = |known: &&str| known.eq_ignore_ascii_case(name);
            if name == "xmlns" || name.contains(':') || grammar.understood.iter().any(is) {
                continue;
            }
            let shown = short(name);
            if grammar.inert.iter().any(is) {
                let message = format!("'{shown}' of <{}> has no effect here yet", grammar.name);
                self.note(attribute.at, message);
            } else {
                let message = format!("<{}> has no attribute '{shown}'", grammar.name);
                let mend = self.mend(|| suggest::word(name, &grammar.names()));
                self.warn(attribute.at, SCHEMA, message, mend);
            }
        }
        for (name, other) in grammar.idle_without {
            let given = element.attribute(name).filter(|_| element.word(name).is_some());
            if let (Some(attribute), None) = (given, element.attribute(other)) {
                let message =
                    format!("'{name}' of <{}> has no effect without '{other}'", grammar.name);
                self.note(attribute.at, message);
            }
        }
    }

    /// Warns of text where only elements stand.
    pub(super) fn warn_stray_text(&mut self, at: usize, blank: bool, parent: &str) {
        if !blank {
            let message = format!("text in <{parent}> itself is not spoken");
            self.warn(at, SCHEMA, message, Some("write <Say>…</Say>".to_owned()));
        }
    }

    /// Warns of elements in `element`, which holds none but those that `expected` is true for.
    pub(super) fn warn_children(
        &mut self,
        element: &Element<'_>,
        code: u32,
        expected: impl Fn(&str) -> bool,
    ) {
        for child in elements(element).filter(|child| !expected(child.name)) {
            let (name, parent) = (short(child.name), element.name);
            let message = format!("<{name}> has no place in <{parent}>; it is skipped");
            self.warn(child.at, code, message, None);
        }
    }
}

/// The elements in `element`.
pub(super) fn elements<'e, 'a>(element: &'e Element<'a>) -> impl Iterator<Item = &'e Element<'a>> {
    element.children.iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text { .. } => None,
    })
}

/// The first text directly in `element`, trimmed, with its byte; `None` where there is none.
pub(super) fn own_text(element: &Element<'_>) -> Option<(String, usize)> {
    element.children.iter().find_map(|node| match node {
        Node::Text { text, at, blank: false } => {
            Some((text.trim_matches(is_space).to_owned(), *at))
        }
        Node::Text { blank: true, .. } | Node::Element(_) => None,
    })
}
