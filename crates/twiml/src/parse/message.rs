//! `<Message>` with its `<Body>` and `<Media>`, and its older name `<Sms>`.
//!
//! A text that can't be sent for certain (no words, too many, to or from what is no address) is skipped with Twilio's
//! code for that attribute. <https://www.twilio.com/docs/messaging/twiml/message>.

use model::{Correspondent, Method, Sid, SidKind};

use crate::message::{BODY_LIMIT, MEDIA_LIMIT, TextMessage};
use crate::verb::{Hook, SmsVerb};

use super::SCHEMA;
use super::grammar::{self, Grammar};
use super::reading::{Reading, own_text};
use super::tree::{Element, Node, is_space, short};

/// `to` is nobody that could be texted.
const INVALID_TO: u32 = 14101;

/// `from` is nobody that could text.
const INVALID_FROM: u32 = 14102;

/// No text, or too much of it.
const INVALID_BODY: u32 = 14103;

/// `method` is neither GET nor POST.
const INVALID_METHOD: u32 = 14104;

/// `statusCallback` is no address.
const INVALID_CALLBACK: u32 = 14105;

/// More media than a message holds.
const TOO_MANY_MEDIA: u32 = 21623;

/// Digits of the shortest number, a short code.
const FEWEST_DIGITS: usize = 3;

/// Reads a `<Message>`, or an `<Sms>` as one; one that can't be sent is skipped.
pub(super) fn message(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    grammar: &Grammar,
) -> Option<TextMessage> {
    reading.check_attributes(element, grammar);
    let Content { body, media } = content(reading, element);
    let body = body.trim_matches(is_space).to_owned();
    let ends = Ends::read(reading, element);
    let action = reading.callback(element, "action", "method", INVALID_METHOD);
    let status_callback = status_callback(reading, element);
    if body.is_empty() && media.is_empty() {
        let message = format!("<{}> has neither text nor media; it is skipped", grammar.name);
        let mend = Some(format!("write <{0}>…</{0}>", grammar.name));
        reading.warn(element.at, INVALID_BODY, message, mend);
        return None;
    }
    let body = within_limit(reading, element, body)?;
    let Ends { to, from } = ends?;
    Some(TextMessage { body, media, to, from, action, status_callback })
}

/// Reads an `<Sms>` of a call; one that can't be sent is skipped.
pub(super) fn sms(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<SmsVerb> {
    reading.check_attributes(element, &grammar::SMS);
    reading.warn_children(element, SCHEMA, |_| false);
    let ends = Ends::read(reading, element);
    let action = reading.callback(element, "action", "method", INVALID_METHOD);
    let status_callback = status_callback(reading, element);
    let Some((body, _)) = own_text(element) else {
        let message = "<Sms> has no text; it is skipped".to_owned();
        reading.warn(element.at, INVALID_BODY, message, Some("write <Sms>…</Sms>".to_owned()));
        return None;
    };
    let body = within_limit(reading, element, body)?;
    let Ends { to, from } = ends?;
    Some(SmsVerb { body, to, from, action, status_callback })
}

#[derive(Default)]
struct Content {
    body: String,
    media: Vec<String>,
}

/// The text and the media. Pieces of text are joined as they stand, so that a space between them is the author's.
fn content(reading: &mut Reading<'_>, element: &Element<'_>) -> Content {
    let mut content = Content::default();
    for node in &element.children {
        let child = match node {
            Node::Text { blank: true, .. } => continue,
            Node::Text { text, .. } => {
                content.body.push_str(text);
                continue;
            }
            Node::Element(child) => child,
        };
        match child.name {
            "Body" => {
                reading.check_attributes(child, &grammar::BODY);
                reading.warn_children(child, SCHEMA, |_| false);
                for node in &child.children {
                    if let Node::Text { text, .. } = node {
                        content.body.push_str(text);
                    }
                }
            }
            "Media" => content.media.extend(media(reading, child, content.media.len())),
            other => {
                let message =
                    format!("<{}> has no place in <{}>; it is skipped", short(other), element.name);
                let mend = reading.mend(|| super::suggest::element(other, &["Body", "Media"]));
                reading.warn(child.at, SCHEMA, message, mend);
            }
        }
    }
    content
}

fn media(reading: &mut Reading<'_>, element: &Element<'_>, before: usize) -> Option<String> {
    reading.check_attributes(element, &grammar::MEDIA);
    reading.warn_children(element, SCHEMA, |_| false);
    let Some((url, _)) = own_text(element) else {
        let message = "<Media> has no URL; it is skipped".to_owned();
        let mend = Some("write <Media>https://…</Media>".to_owned());
        reading.warn(element.at, SCHEMA, message, mend);
        return None;
    };
    if before == MEDIA_LIMIT {
        let message = format!("a message has at most {MEDIA_LIMIT} media; this one is left out");
        let mend = Some("write another <Message>".to_owned());
        reading.warn(element.at, TOO_MANY_MEDIA, message, mend);
        return None;
    }
    Some(url)
}

fn within_limit(reading: &mut Reading<'_>, element: &Element<'_>, body: String) -> Option<String> {
    let characters = body.chars().count();
    if characters <= BODY_LIMIT {
        return Some(body);
    }
    let message = format!(
        "the text of <{}> has {characters} characters, more than {BODY_LIMIT}; it is skipped",
        element.name
    );
    let mend = Some(format!("write several <{}>", element.name));
    reading.warn(element.at, INVALID_BODY, message, mend);
    None
}

/// Told about the text; an address that can't be asked is left out.
fn status_callback(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<Hook> {
    let attribute = element.attribute("statusCallback")?;
    let url = element.word("statusCallback")?;
    match url::Url::parse(url) {
        Ok(absolute) if !matches!(absolute.scheme(), "http" | "https") => {
            let message = format!(
                "statusCallback=\"{}\" of <{}> can't be asked; nobody is told",
                short(url),
                element.name
            );
            let mend = Some("write an http:// or https:// address".to_owned());
            reading.warn(attribute.at, INVALID_CALLBACK, message, mend);
            None
        }
        Ok(_) | Err(_) => Some(Hook { url: url.to_owned(), method: Method::Post }),
    }
}

/// Between whom.
struct Ends {
    to: Option<String>,
    from: Option<String>,
}

impl Ends {
    /// Both ends as written; `None`, with a warning, where one is nobody for certain.
    fn read(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<Ends> {
        let to = end(reading, element, "to", INVALID_TO, may_be_texted);
        let from = end(reading, element, "from", INVALID_FROM, may_text);
        Some(Ends { to: to.ok()?, from: from.ok()? })
    }
}

/// The attribute was warned of.
struct Nobody;

fn end(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    name: &str,
    code: u32,
    may: fn(&str) -> bool,
) -> Result<Option<String>, Nobody> {
    let (Some(attribute), Some(word)) = (element.attribute(name), element.word(name)) else {
        return Ok(None);
    };
    if may(word) {
        return Ok(Some(word.to_owned()));
    }
    let what = if name == "to" { "nobody that could be texted" } else { "no sender" };
    let message =
        format!("{name}=\"{}\" of <{}> is {what}; it is skipped", short(word), element.name);
    reading.warn(attribute.at, code, message, Some(format!("write {name}=\"+15551234567\"")));
    Err(Nobody)
}

fn may_be_texted(text: &str) -> bool {
    let answers = |known: Correspondent| known.can_be_answered();
    is_local_number(text) || text.parse().is_ok_and(answers)
}

fn may_text(text: &str) -> bool {
    is_local_number(text)
        || text.parse::<Correspondent>().is_ok()
        || text.parse::<Sid>().is_ok_and(|sid| sid.kind() == SidKind::Service)
}

/// A number as people write it; whose country it is of, the sender's number says.
fn is_local_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= FEWEST_DIGITS
        && text.chars().all(|each| each.is_ascii_digit() || " +()-./".contains(each))
}
