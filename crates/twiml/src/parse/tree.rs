//! From text to a tree of elements, on quick-xml's tokens, with an error at the place of the real mistake.
//!
//! Comments and processing instructions are dropped, CDATA is text, name spaces are cut off. A DOCTYPE is never
//! followed, and one that declares entities is refused. XML 1.0 §2, §3.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::fault::Faults;
use super::places::Places;
use super::tag::{self, Attribute};
use super::{DEPTH_LIMIT, ELEMENT_LIMIT, ParseError, VERSION, suggest};

/// An element of the document.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// Its name without name space.
    pub(super) name: &'a str,
    /// Its name as written, for its end tag.
    written: &'a str,
    /// The byte of its `<`.
    pub(super) at: usize,
    /// In order.
    pub(super) attributes: Vec<Attribute<'a>>,
    /// In order.
    pub(super) children: Vec<Node<'a>>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// Text, resolved; all that stands between two elements.
    Text {
        /// With line ends as LF.
        text: Cow<'a, str>,
        /// The byte of its first character that isn't white space, if it has one.
        at: usize,
        /// It has none.
        blank: bool,
    },
}

/// What became of the text.
#[derive(Debug, Default)]
pub(super) struct Grown<'a> {
    /// `<Response>`; `None` for an empty text.
    pub(super) root: Option<Element<'a>>,
    /// What was let pass, with its byte.
    pub(super) remarks: Vec<(usize, String)>,
}

/// Reads `text` whole; it has no byte order mark.
pub(super) fn grow<'a>(text: &'a str, places: &Places<'_>) -> Result<Grown<'a>, ParseError> {
    if text.chars().all(is_space) {
        return Ok(Grown::default());
    }
    refuse_characters(text, &Faults { places })?;
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false; // the tree knows where the other end is, and says so
    config.allow_unmatched_ends = true;
    let faults = Faults { places };
    let mut tree = Tree { text, faults, open: Vec::new(), elements: 0, grown: Grown::default() };
    loop {
        let at = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Eof) => return tree.end(),
            Ok(event) => tree.take(at, &event)?,
            Err(error) => {
                return Err(tree.faults.not_xml(text, reader.error_position() as usize, &error));
            }
        }
    }
}

/// White space of XML (XML 1.0 §2.3).
pub(super) const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Whether a text may hold `character` as it is (XML 1.0 §2.2).
const fn is_allowed(character: char) -> bool {
    is_space(character) || (character >= ' ' && !matches!(character, '\u{fffe}' | '\u{ffff}'))
}

fn refuse_characters(text: &str, faults: &Faults<'_>) -> Result<(), ParseError> {
    match text.char_indices().find(|(_, character)| !is_allowed(*character)) {
        None => Ok(()),
        Some((at, character)) => {
            let message = format!("XML can't hold the character U+{:04X}", u32::from(character));
            Err(faults.at(at, message, Some("leave it out".to_owned())))
        }
    }
}

struct Tree<'a, 'p> {
    text: &'a str,
    faults: Faults<'p>,
    open: Vec<Element<'a>>,
    elements: usize,
    grown: Grown<'a>,
}

impl<'a> Tree<'a, '_> {
    fn take(&mut self, at: usize, event: &Event<'_>) -> Result<(), ParseError> {
        match event {
            Event::Start(tag) => {
                let element = self.element(at, tag.len(), tag.name().as_ref().len())?;
                self.open.push(element);
                Ok(())
            }
            Event::Empty(tag) => {
                let element = self.element(at, tag.len(), tag.name().as_ref().len())?;
                self.close(element);
                Ok(())
            }
            Event::End(tag) => self.end_tag(at, tag.name().as_ref().len()),
            Event::Text(raw) => self.raw_text(at, raw.len()),
            Event::CData(raw) => {
                let start = at + "<![CDATA[".len();
                let inside = start + blank(&self.text[start..start + raw.len()]);
                self.text(at, inside, unix_lines(&self.text[start..start + raw.len()]))
            }
            Event::GeneralRef(name) => {
                let name = &self.text[at + 1..at + 1 + name.len()];
                let character = tag::resolve(name)
                    .map_err(|(message, mend)| self.faults.at(at, message, Some(mend)))?;
                self.text(at, at, Cow::Owned(character.to_string()))
            }
            Event::Decl(raw) => self.declaration(at, raw.len()),
            Event::DocType(_) => self.doctype(at),
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn element(
        &mut self,
        at: usize,
        length: usize,
        name_length: usize,
    ) -> Result<Element<'a>, ParseError> {
        let tag = &self.text[at + 1..at + 1 + length];
        let written = &tag[..name_length];
        if !tag::is_name(written) {
            let message = match short(written) {
                "" => "'<' begins a tag, but no name follows".to_owned(),
                written => format!("'<' begins a tag, but '{written}' is not a name"),
            };
            return Err(self.faults.at(
                at,
                message,
                Some("write &lt; for the character <".to_owned()),
            ));
        }
        let name = written.rsplit_once(':').map_or(written, |(_, name)| name);
        if self.open.is_empty() {
            self.check_root(at, name)?;
        }
        self.elements += 1;
        if self.elements > ELEMENT_LIMIT {
            let message = format!("a document has at most {ELEMENT_LIMIT} elements");
            return Err(self.faults.beyond(at, message));
        }
        if self.open.len() >= DEPTH_LIMIT {
            let message = format!("elements nest at most {DEPTH_LIMIT} deep");
            return Err(self.faults.beyond(at, message));
        }
        let attributes = tag::attributes(tag, name_length, at + 1, &self.faults)?;
        Ok(Element { name, written, at, attributes, children: Vec::new() })
    }

    fn check_root(&self, at: usize, name: &str) -> Result<(), ParseError> {
        if self.grown.root.is_some() {
            let message = format!("<{name}> stands after </Response>");
            return Err(self.faults.at(at, message, Some("put it inside <Response>".to_owned())));
        }
        match name {
            "Response" => Ok(()),
            _ if name.eq_ignore_ascii_case("html") => {
                let message = "the answer is a web page, not TwiML".to_owned();
                let mend = "let the URL answer with <Response>…</Response>".to_owned();
                Err(self.faults.at(at, message, Some(mend)))
            }
            _ => {
                let message = format!("the document begins with <{name}> instead of <Response>");
                Err(self.faults.at(at, message, Some("write <Response>".to_owned())))
            }
        }
    }

    fn close(&mut self, element: Element<'a>) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.grown.root = Some(element),
        }
    }

    fn end_tag(&mut self, at: usize, length: usize) -> Result<(), ParseError> {
        let found = self.text[at + 2..at + 2 + length].trim_end_matches(is_space);
        let outer = self.open.iter().rev().skip(1).any(|open| open.written == found);
        let meant = |element: &Element<'_>| {
            found == element.written
                || outer
                || suggest::nearest(found, &[element.written]).is_some()
        };
        let Some(element) = self.open.pop_if(|element| meant(element)) else {
            let message = format!("</{}> ends nothing", short(found));
            return Err(self.faults.at(at, message, Some("leave it out".to_owned())));
        };
        if found == element.written {
            self.close(element);
            return Ok(());
        }
        let name = element.written;
        let what = if outer { "is not closed before" } else { "is closed by" };
        let message =
            format!("<{name}> {what} </{}> at {}", short(found), self.faults.places.at(at));
        Err(self.faults.at(element.at, message, Some(format!("write </{name}>"))))
    }

    fn raw_text(&mut self, at: usize, length: usize) -> Result<(), ParseError> {
        let raw = &self.text[at..at + length];
        if !self.open.is_empty() {
            return self.text(at, at + blank(raw), unix_lines(raw));
        }
        let inside = blank(raw);
        if inside == raw.len() {
            return Ok(());
        }
        let (message, mend) = if self.grown.root.is_some() {
            ("text stands after </Response>", "end the document with </Response>")
        } else {
            ("text stands before <Response>", "let the application print nothing but the document")
        };
        Err(self.faults.at(at + inside, message.to_owned(), Some(mend.to_owned())))
    }

    /// Adds `text`, whose first character that isn't white space is at `inside`.
    fn text(&mut self, at: usize, inside: usize, text: Cow<'a, str>) -> Result<(), ParseError> {
        let Some(parent) = self.open.last_mut() else {
            let message = "text stands outside <Response>".to_owned();
            return Err(self.faults.at(at, message, Some("put it inside a verb".to_owned())));
        };
        let is_blank = text.chars().all(is_space);
        match parent.children.last_mut() {
            Some(Node::Text { text: before, at, blank }) => {
                if *blank {
                    (*at, *blank) = (inside, is_blank);
                }
                before.to_mut().push_str(&text);
            }
            Some(Node::Element(_)) | None => {
                parent.children.push(Node::Text { text, at: inside, blank: is_blank });
            }
        }
        Ok(())
    }

    fn declaration(&mut self, at: usize, length: usize) -> Result<(), ParseError> {
        if at != 0 {
            let message = "the XML declaration is not at the very beginning".to_owned();
            return Err(self.faults.at(
                at,
                message,
                Some("leave out what stands before it".to_owned()),
            ));
        }
        let content = &self.text[2..2 + length];
        let version = Attributes::new(content, "xml".len())
            .with_checks(false)
            .map_while(Result::ok)
            .find(|attribute| attribute.key.as_ref() == b"version");
        match version.as_ref().map(|attribute| attribute.value.as_ref()) {
            None | Some(b"1.0" | b"1.1") => Ok(()),
            Some(other) => Err(ParseError {
                code: VERSION,
                ..self.faults.at(
                    at,
                    format!(
                        "XML version '{}' is not known",
                        short(&String::from_utf8_lossy(other))
                    ),
                    Some("write version=\"1.0\"".to_owned()),
                )
            }),
        }
    }

    fn doctype(&mut self, at: usize) -> Result<(), ParseError> {
        let end = self.text[at..].find(['>', '[']).map_or(self.text.len(), |end| at + end);
        if self.text[end..].starts_with('[') {
            let message = "the DOCTYPE declares entities or elements, which are refused".to_owned();
            return Err(self.faults.at(at, message, Some("leave the DOCTYPE out".to_owned())));
        }
        self.grown.remarks.push((at, "the DOCTYPE is ignored".to_owned()));
        Ok(())
    }

    fn end(mut self) -> Result<Grown<'a>, ParseError> {
        if let Some(element) = self.open.pop() {
            let name = element.written;
            let message = format!("<{name}> is never closed");
            return Err(self.faults.at(element.at, message, Some(format!("write </{name}>"))));
        }
        if self.grown.root.is_none() {
            let message = "there is no <Response>".to_owned();
            let mend = "write <Response></Response>, or nothing at all".to_owned();
            return Err(self.faults.at(self.text.len(), message, Some(mend)));
        }
        Ok(self.grown)
    }
}

/// How many bytes of white space `text` begins with.
fn blank(text: &str) -> usize {
    text.find(|character| !is_space(character)).unwrap_or(text.len())
}

/// Line ends as XML hands them on (XML 1.0 §2.11).
fn unix_lines(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// So much of a name that a message stays short.
pub(super) fn short(name: &str) -> &str {
    let end = name.char_indices().nth(40).map_or(name.len(), |(end, _)| end);
    &name[..end]
}
