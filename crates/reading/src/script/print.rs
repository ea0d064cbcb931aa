//! Parts as plain text and as SSML, for engines that take the one or the other.

use std::fmt::Write as _;

use super::{Format, How, Part, Style};

/// See [`super::Script::plain_text`].
pub(super) fn plain_text(parts: &[Part]) -> String {
    let mut plain = String::new();
    for part in parts {
        match part {
            Part::Text { how: How::As(Format::Expletive), .. } => {}
            Part::Text { text, .. } => plain.push_str(text),
            Part::Break(_) if plain.ends_with(char::is_whitespace) || plain.is_empty() => {}
            Part::Break(_) => plain.push(' '),
            Part::End => line_end(&mut plain, "\n"),
            Part::Paragraph => line_end(&mut plain, "\n\n"),
        }
    }
    plain
}

fn line_end(plain: &mut String, end: &str) {
    plain.truncate(plain.trim_end().len());
    if !plain.is_empty() {
        plain.push_str(end);
    }
}

/// See [`super::Script::to_ssml`].
pub(super) fn to_ssml(parts: &[Part]) -> String {
    let has = |end: fn(&Part) -> bool| parts.iter().any(end);
    let paragraphs = has(|part| matches!(part, Part::Paragraph));
    let sentences = has(|part| matches!(part, Part::End));
    let mut ssml = String::new();
    for paragraph in parts.split(|part| matches!(part, Part::Paragraph)) {
        let mut inner = String::new();
        for sentence in paragraph.split(|part| matches!(part, Part::End)) {
            let content: String = sentence.iter().map(element).collect();
            wrap(&mut inner, "s", sentences && !content.is_empty(), &content);
        }
        wrap(&mut ssml, "p", paragraphs && !inner.is_empty(), &inner);
    }
    ssml
}

fn wrap(ssml: &mut String, name: &str, wrapped: bool, inner: &str) {
    if wrapped {
        let _ = write!(ssml, "<{name}>{inner}</{name}>");
    } else {
        ssml.push_str(inner);
    }
}

fn element(part: &Part) -> String {
    match part {
        Part::Break(pause) if pause.is_zero() => "<break strength=\"none\"/>".to_owned(),
        Part::Break(pause) => format!("<break time=\"{}ms\"/>", pause.as_millis()),
        Part::Text { text, how, style, language } => {
            let said = styled(&said(text, how), *style);
            match language {
                Some(tag) => format!("<lang xml:lang=\"{}\">{said}</lang>", escaped(tag)),
                None => said,
            }
        }
        Part::End | Part::Paragraph => String::new(),
    }
}

fn said(text: &str, how: &How) -> String {
    let text = escaped(text);
    match how {
        How::Plain => text,
        How::Ipa(symbols) => {
            format!("<phoneme alphabet=\"ipa\" ph=\"{}\">{text}</phoneme>", escaped(symbols))
        }
        How::As(format) => {
            let (name, order) = interpret_as(format);
            let order = match order {
                "" => String::new(),
                order => format!(" format=\"{}\"", escaped(order)),
            };
            format!("<say-as interpret-as=\"{name}\"{order}>{text}</say-as>")
        }
    }
}

fn interpret_as(format: &Format) -> (&'static str, &str) {
    match format {
        Format::Characters => ("characters", ""),
        Format::Digits => ("digits", ""),
        Format::Cardinal => ("cardinal", ""),
        Format::Ordinal => ("ordinal", ""),
        Format::Date(order) => ("date", order),
        Format::Time => ("time", ""),
        Format::Telephone => ("telephone", ""),
        Format::Currency => ("currency", ""),
        Format::Fraction => ("fraction", ""),
        Format::Unit => ("unit", ""),
        Format::Address => ("address", ""),
        Format::Expletive => ("expletive", ""),
    }
}

/// Changes in percent are what all engines agree on: espeak-ng takes decibels for hundredths.
fn styled(said: &str, style: Style) -> String {
    let mut attributes = String::new();
    if is_said(style.rate) {
        let _ = write!(attributes, " rate=\"{:.0}%\"", style.rate * 100.0);
    }
    if is_said(style.pitch) {
        let _ = write!(attributes, " pitch=\"{:+.0}%\"", (style.pitch - 1.0) * 100.0);
    }
    if style.volume <= 0.0 {
        attributes.push_str(" volume=\"silent\"");
    } else if is_said(style.volume) {
        let _ = write!(attributes, " volume=\"{:+.0}%\"", (style.volume - 1.0) * 100.0);
    }
    if attributes.is_empty() {
        return said.to_owned();
    }
    format!("<prosody{attributes}>{said}</prosody>")
}

/// Whether a factor differs from 1 by what is printed of it.
fn is_said(factor: f32) -> bool {
    (factor - 1.0).abs() >= 0.005
}

/// For text and values in quotes; characters that XML can't hold (XML 1.0 §2.2) are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}
