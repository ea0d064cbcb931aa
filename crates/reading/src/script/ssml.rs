//! SSML in, parts out, on quick-xml's tokens.
//!
//! Elements are known by their names without name space and in any case. One that isn't known is as if its tags weren't
//! there. Comments and processing instructions are dropped, CDATA is text, no entity is known but XML's five, a DOCTYPE
//! is never followed. SSML 1.1 §3.

use std::borrow::Cow;
use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::values::{self, BREAK_LIMIT};
use super::{How, PARTS_LIMIT, Part, Style, TEXT_LIMIT, xsampa};

/// Elements nest so deep; the tags of deeper ones are as if they weren't there.
const DEPTH_LIMIT: usize = 32;

/// Most attributes of one element; with more it is read as its text.
const ATTRIBUTE_LIMIT: usize = 32;

/// Longest SSML, in bytes; a longer one is read as its text.
const SSML_LIMIT: usize = 1024 * 1024;

/// Most silence of all breaks of one script; later breaks are left out.
const SILENCE_LIMIT: Duration = Duration::from_secs(600);

/// Longest BCP 47 tag that is kept (RFC 5646 §4.4.1).
const LANGUAGE_LIMIT: usize = 35;

/// It isn't XML, or more than anybody writes.
pub(super) struct Broken;

/// The parts of `ssml`.
pub(super) fn read(ssml: &str) -> Result<Vec<Part>, Broken> {
    if ssml.len() > SSML_LIMIT {
        return Err(Broken);
    }
    let mut reader = Reader::from_str(ssml);
    reader.config_mut().allow_dangling_amp = true; // "R&D" is clear enough
    let mut reading = Reading::default();
    while !reading.is_full {
        match reader.read_event().map_err(|_| Broken)? {
            Event::Eof if reading.depth == 0 => break,
            Event::Eof => return Err(Broken),
            Event::Start(tag) => reading.start(&tag)?,
            Event::End(_) => reading.end(),
            Event::Empty(tag) => {
                reading.start(&tag)?;
                reading.end();
            }
            Event::Text(raw) => reading.text(utf8(&raw)?),
            Event::CData(raw) => reading.text(utf8(&raw)?),
            Event::GeneralRef(name) => {
                reading.text(resolve(&name)?.encode_utf8(&mut [0; 4]));
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    reading.settle();
    while let Some(Part::End | Part::Paragraph) = reading.parts.last() {
        reading.parts.pop();
    }
    Ok(reading.parts)
}

/// What stands between the tags of XML that is broken.
pub(super) fn untagged(ssml: &str) -> String {
    let mut text = String::with_capacity(ssml.len());
    let mut rest = ssml;
    while let Some(begin) = rest.find('<') {
        let tag = &rest[begin + 1..];
        let is_tag = tag.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '!' | '?'));
        if !is_tag {
            text.push_str(&rest[..=begin]);
            rest = tag;
            continue;
        }
        // A tag that never ends is text, and so is all that follows.
        let Some(end) = tag.find('>') else { break };
        text.push_str(&rest[..begin]);
        text.push(' ');
        rest = &tag[end + 1..];
    }
    text.push_str(rest);
    for (name, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
    {
        text = text.replace(name, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn utf8(raw: &[u8]) -> Result<&str, Broken> {
    std::str::from_utf8(raw).map_err(|_| Broken)
}

fn resolve(name: &BytesRef<'_>) -> Result<char, Broken> {
    if let Some(character) = name.resolve_char_ref().map_err(|_| Broken)? {
        return Ok(character);
    }
    match &**name {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        _ => Err(Broken),
    }
}

/// What holds in an element.
#[derive(Clone, Default)]
struct Frame {
    style: Style,
    language: Option<String>,
    inside: Inside,
    /// What is put at the element's end.
    close: Option<Part>,
}

/// What becomes of text in an element.
#[derive(Clone, Copy, Default, PartialEq)]
enum Inside {
    /// Running text.
    #[default]
    Plain,
    /// It belongs to the last part, that of a `<say-as>` or `<phoneme>`; elements in there don't change it.
    Whole,
    /// It isn't said: an alias stands for it, or it only describes.
    Mute,
}

#[derive(Default)]
struct Reading {
    parts: Vec<Part>,
    /// Of the open elements, but for those too deep.
    frames: Vec<Frame>,
    /// How many elements are open.
    depth: usize,
    characters: usize,
    silence: Duration,
    /// A limit was reached: nothing more is read.
    is_full: bool,
}

impl Reading {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Broken> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Ok(());
        }
        let mut frame = self.frames.last().cloned().unwrap_or_default();
        frame.close = None;
        let name = utf8(tag.local_name().into_inner())?.to_ascii_lowercase();
        let attributes = Attributes::read(tag)?;
        match frame.inside {
            Inside::Plain => self.open(&mut frame, &name, &attributes),
            Inside::Whole if name == "sub" => self.alias(&mut frame, &attributes),
            Inside::Whole | Inside::Mute => {}
        }
        self.frames.push(frame);
        Ok(())
    }

    fn end(&mut self) {
        if self.depth <= DEPTH_LIMIT
            && let Some(frame) = self.frames.pop()
        {
            let was = self.frames.last().map_or(Inside::Plain, |outer| outer.inside);
            if frame.inside == Inside::Whole && was == Inside::Plain {
                self.close_whole();
            }
            if let Some(part) = frame.close {
                self.boundary(part);
            }
        }
        // More ends than starts are an error of the reader's.
        self.depth = self.depth.saturating_sub(1);
    }

    fn open(&mut self, frame: &mut Frame, name: &str, attributes: &Attributes<'_>) {
        if let Some(tag) = attributes.value("xml:lang").filter(|tag| tag.len() <= LANGUAGE_LIMIT) {
            frame.language = Some(tag.to_owned());
        }
        match name {
            "break" => self.pause(attributes),
            "p" => {
                self.boundary(Part::Paragraph);
                frame.close = Some(Part::Paragraph);
            }
            "s" => {
                self.boundary(Part::End);
                frame.close = Some(Part::End);
            }
            "prosody" => frame.style = prosody(attributes).within(frame.style),
            "emphasis" => {
                let level = attributes.value("level").unwrap_or_default();
                frame.style = values::emphasis(level).within(frame.style);
            }
            "say-as" => {
                let interpret_as = attributes.value("interpret-as").unwrap_or_default();
                let format = attributes.value("format").unwrap_or_default();
                if let Some(format) = values::format(interpret_as, format) {
                    self.open_whole(frame, How::As(format));
                }
            }
            "phoneme" => {
                if let Some(symbols) = symbols(attributes) {
                    self.open_whole(frame, How::Ipa(symbols));
                }
            }
            "sub" => self.alias(frame, attributes),
            "metadata" | "desc" | "lexicon" | "lookup" => frame.inside = Inside::Mute,
            // Name spaces of others, `w`, `voice`, `audio`, `mark`, `speak`: what is in them is read.
            _ => {}
        }
    }

    fn alias(&mut self, frame: &mut Frame, attributes: &Attributes<'_>) {
        if let Some(alias) = attributes.value("alias") {
            self.say(alias, frame);
            frame.inside = Inside::Mute;
        }
    }

    fn pause(&mut self, attributes: &Attributes<'_>) {
        let time = attributes.value("time").and_then(values::time);
        let strength = || attributes.value("strength").and_then(values::strength);
        let medium = || values::strength("medium").unwrap_or(BREAK_LIMIT);
        let pause = time.or_else(strength).unwrap_or_else(medium);
        if self.silence + pause <= SILENCE_LIMIT {
            self.silence += pause;
            self.settle();
            self.push(Part::Break(pause));
        }
    }

    fn text(&mut self, text: &str) {
        let frame = self.frames.last().cloned().unwrap_or_default();
        self.say(text, &frame);
    }

    /// Adds `text` as the element of `frame` has it, runs of white space as one space.
    fn say(&mut self, text: &str, frame: &Frame) {
        match frame.inside {
            Inside::Mute => return,
            Inside::Plain if self.goes_on(frame) => {}
            Inside::Plain if text.chars().all(is_space) && !self.follows_text() => return,
            Inside::Plain => self.push_text(How::Plain, frame),
            Inside::Whole => {}
        }
        let follows_space = match self.parts.as_slice() {
            [.., Part::Text { text: before, .. }, Part::Text { text, .. }] if text.is_empty() => {
                frame.inside == Inside::Whole || before.ends_with(' ')
            }
            [.., Part::Text { text, .. }] => text.is_empty() || text.ends_with(' '),
            _ => true,
        };
        if self.is_full {
            return;
        }
        let left = TEXT_LIMIT - self.characters;
        let Some(Part::Text { text: last, .. }) = self.parts.last_mut() else { return };
        let mut after_space = follows_space;
        let mut added = 0;
        for character in text.chars() {
            if is_space(character) && after_space {
                continue;
            }
            if added == left {
                self.is_full = true;
                break;
            }
            after_space = is_space(character);
            last.push(if after_space { ' ' } else { character });
            added += 1;
        }
        self.characters += added;
    }

    /// Whether running text of `frame` belongs to the last part.
    fn goes_on(&self, frame: &Frame) -> bool {
        matches!(
            self.parts.last(),
            Some(Part::Text { how: How::Plain, style, language, .. })
                if *style == frame.style && *language == frame.language
        )
    }

    fn follows_text(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Text { .. }))
    }

    fn open_whole(&mut self, frame: &mut Frame, how: How) {
        self.push_text(how, frame);
        frame.inside = Inside::Whole;
    }

    /// A `<say-as>` without characters is nothing; a `<phoneme>` without is said all the same.
    fn close_whole(&mut self) {
        if let Some(Part::Text { text, how, .. }) = self.parts.last_mut() {
            text.truncate(text.trim_end_matches(is_space).len());
            if text.is_empty() && matches!(how, How::As(_)) {
                self.parts.pop();
            }
        }
    }

    fn boundary(&mut self, part: Part) {
        self.settle();
        match self.parts.last() {
            None => {}
            Some(Part::End | Part::Paragraph) if part == Part::End => {}
            Some(Part::End | Part::Paragraph) => {
                self.parts.pop();
                self.push(part);
            }
            Some(Part::Break(_) | Part::Text { .. }) => self.push(part),
        }
    }

    /// Takes the white space from the end of what was said.
    fn settle(&mut self) {
        while let Some(Part::Text { text, how: How::Plain, .. }) = self.parts.last_mut() {
            text.truncate(text.trim_end_matches(is_space).len());
            if !text.is_empty() {
                return;
            }
            self.parts.pop();
        }
    }

    fn push_text(&mut self, how: How, frame: &Frame) {
        let (style, language) = (frame.style, frame.language.clone());
        self.push(Part::Text { text: String::new(), how, style, language });
    }

    fn push(&mut self, part: Part) {
        if self.parts.len() < PARTS_LIMIT {
            self.parts.push(part);
        } else {
            self.is_full = true;
        }
    }
}

fn prosody(attributes: &Attributes<'_>) -> Style {
    let value =
        |name, read: fn(&str) -> Option<f32>| attributes.value(name).and_then(read).unwrap_or(1.0);
    Style {
        rate: value("rate", values::rate),
        pitch: value("pitch", values::pitch),
        volume: value("volume", values::volume),
    }
}

/// The IPA symbols of a `<phoneme>`; `None` for alphabets that nobody here reads.
fn symbols(attributes: &Attributes<'_>) -> Option<String> {
    let ph = attributes.value("ph")?;
    let alphabet = attributes.value("alphabet").unwrap_or("ipa").to_ascii_lowercase();
    match alphabet.as_str() {
        "ipa" => Some(ph.to_owned()),
        "x-sampa" | "x-amazon-x-sampa" => Some(xsampa::to_ipa(ph)),
        _ => None,
    }
}

/// White space of XML (XML 1.0 §2.3).
const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The attributes of a tag that say something.
struct Attributes<'t>(Vec<(&'t str, Cow<'t, str>)>);

impl<'t> Attributes<'t> {
    fn read(tag: &'t BytesStart<'_>) -> Result<Attributes<'t>, Broken> {
        let mut read = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Broken)?;
            let value = attribute.unescape_value().map_err(|_| Broken)?;
            let key = utf8(attribute.key.into_inner())?;
            if read.len() == ATTRIBUTE_LIMIT || read.iter().any(|(other, _)| *other == key) {
                return Err(Broken);
            }
            read.push((key, value));
        }
        Ok(Attributes(read))
    }

    /// Trimmed; `None` where it is blank.
    fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}
