//! Texts with placeholders, filled in so that no value leaves the place it is put in.
//!
//! `{to}` stands for the receiver, `{secret.key}` for a secret of the operator's, `{{` and `}}` for braces. What is filled
//! in is escaped for where it stands: in a URL, in JSON, in XML, in a header. Fields of queries and forms are encoded
//! whole, by whoever writes the form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Correspondent, Secret};

use super::description::Numbers;
use crate::Submission;

/// A text with placeholders.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Literal(String),
    Secret(Secret),
    Placeholder(Placeholder),
}

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    From,
    To,
    FromDigits,
    ToDigits,
    Body,
    BodyBase64,
    Id,
    CallbackUrl,
    Segments,
    MediaUrl,
    ValidSeconds,
    ValidMinutes,
}

impl Placeholder {
    const ALL: [(&'static str, Placeholder); 12] = [
        ("from", Placeholder::From),
        ("to", Placeholder::To),
        ("from_digits", Placeholder::FromDigits),
        ("to_digits", Placeholder::ToDigits),
        ("body", Placeholder::Body),
        ("body_base64", Placeholder::BodyBase64),
        ("id", Placeholder::Id),
        ("callback_url", Placeholder::CallbackUrl),
        ("segments", Placeholder::Segments),
        ("media_url", Placeholder::MediaUrl),
        ("valid_seconds", Placeholder::ValidSeconds),
        ("valid_minutes", Placeholder::ValidMinutes),
    ];
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Use a placeholder that exists, or write `{{` for a brace.
    #[error("'{{{0}}}' is no placeholder; there are {list}; write {{{{ for a brace", list = names())]
    Unknown(String),
    /// Close the brace, or double it.
    #[error("a brace in '{0}' is not closed; write {{{{ and }}}} for braces")]
    Unclosed(String),
    /// Give the carrier this secret.
    #[error("the secret '{0}' is missing: name it under the carrier's secrets")]
    NoSecret(String),
    /// Only secrets can stand here.
    #[error("'{{{0}}}' can't stand here: there is no message, only secrets")]
    NoMessage(String),
}

fn names() -> String {
    let names: Vec<String> =
        Placeholder::ALL.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    format!("{} and {{secret.NAME}}", names.join(", "))
}

/// How values are made safe for where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Nothing: the whole is encoded afterwards, or is plain text.
    None,
    /// Percent-encoded but for the unreserved characters of RFC 3986 §2.3.
    Url,
    /// Control characters become spaces: nothing ends the header (RFC 9110 §5.5).
    Header,
    /// As within a string of RFC 8259 §7.
    Json,
    /// As within an element or a quoted attribute of XML.
    Xml,
}

/// The values of one message.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) submission: &'a Submission,
    pub(super) numbers: Numbers,
    /// Where receipts are heard, if they are wanted.
    pub(super) callback_url: Option<&'a str>,
    /// The media that is meant; the first unless one after the other is filled in.
    pub(super) media: Option<&'a str>,
}

impl Template {
    /// Reads a template; secrets are put in for good.
    pub(super) fn parse(
        text: &str,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Template, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let (brace, behind) = (&rest[at..=at], &rest[at + 1..]);
            if let Some(behind) = behind.strip_prefix(brace) {
                literal.push_str(brace);
                rest = behind;
                continue;
            }
            let unclosed = || TemplateError::Unclosed(text.to_owned());
            let (name, behind) = behind.split_once('}').ok_or_else(unclosed)?;
            if brace == "}" {
                return Err(unclosed());
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::named(name, secrets)?);
            rest = behind;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Template { pieces })
    }

    /// Reads a text in which only secrets can stand, and fills them in.
    pub(super) fn secret(
        text: &str,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Secret, TemplateError> {
        let template = Template::parse(text, secrets)?;
        let mut filled = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Secret(secret) => filled.push_str(secret.reveal()),
                Piece::Placeholder(placeholder) => {
                    let name = Placeholder::ALL.iter().find(|(_, it)| it == placeholder);
                    let name = name.map_or("", |(name, _)| name);
                    return Err(TemplateError::NoMessage(name.to_owned()));
                }
            }
        }
        Ok(Secret::new(filled))
    }

    /// Whether this placeholder is in it.
    pub(super) fn uses(&self, wanted: Placeholder) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Placeholder(placeholder) if *placeholder == wanted))
    }

    /// How much of its beginning is the same for every message, in bytes.
    pub(super) fn fixed_beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            Some(Piece::Secret(_) | Piece::Placeholder(_)) | None => "",
        }
    }

    /// The text of one message; `None` if one of its placeholders has no value.
    pub(super) fn fill(&self, values: &Values<'_>, escape: Escape) -> Option<String> {
        self.fill_with(escape, |placeholder| values.value(placeholder))
    }

    /// The text with `x` wherever a message has a value: its shape.
    pub(super) fn shape(&self) -> String {
        self.fill_with(Escape::Url, |_| Some(Cow::Borrowed("x"))).unwrap_or_default()
    }

    fn fill_with<'v>(
        &self,
        escape: Escape,
        value: impl Fn(Placeholder) -> Option<Cow<'v, str>>,
    ) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Secret(secret) => escape.push(&mut filled, secret.reveal()),
                Piece::Placeholder(placeholder) => escape.push(&mut filled, &value(*placeholder)?),
            }
        }
        Some(filled)
    }
}

impl Piece {
    fn named(name: &str, secrets: &BTreeMap<String, Secret>) -> Result<Piece, TemplateError> {
        if let Some(name) = name.strip_prefix("secret.") {
            let secret =
                secrets.get(name).ok_or_else(|| TemplateError::NoSecret(name.to_owned()))?;
            return Ok(Piece::Secret(secret.clone()));
        }
        let known = Placeholder::ALL.iter().find(|(it, _)| *it == name);
        let (_, placeholder) = known.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
        Ok(Piece::Placeholder(*placeholder))
    }
}

impl Escape {
    fn push(self, filled: &mut String, value: &str) {
        match self {
            Escape::None => filled.push_str(value),
            Escape::Url => push_percent_encoded(filled, value),
            Escape::Header => {
                filled.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            Escape::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                filled.push_str(&quoted[1..quoted.len() - 1]);
            }
            Escape::Xml => push_xml(filled, value),
        }
    }
}

fn push_percent_encoded(filled: &mut String, value: &str) {
    use std::fmt::Write as _;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            filled.push(char::from(byte));
        } else {
            write!(filled, "%{byte:02X}").expect("a String takes all that is written");
        }
    }
}

/// Characters that XML 1.0 §2.2 has no place for are left out.
fn push_xml(filled: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '&' => filled.push_str("&amp;"),
            '<' => filled.push_str("&lt;"),
            '>' => filled.push_str("&gt;"),
            '"' => filled.push_str("&quot;"),
            '\'' => filled.push_str("&#39;"),
            '\t' | '\n' | '\r' => filled.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => filled.push(c),
        }
    }
}

impl<'a> Values<'a> {
    /// The same with another media.
    pub(super) fn with_media(self, media: &'a str) -> Values<'a> {
        Values { media: Some(media), ..self }
    }

    fn value(&self, placeholder: Placeholder) -> Option<Cow<'a, str>> {
        let Submission { message, from, to, body, media: _, valid_for, wants_receipt: _ } =
            self.submission;
        let seconds = valid_for.map(|it| it.as_secs().max(1));
        Some(match placeholder {
            Placeholder::From => self.numbers.write(from).into(),
            Placeholder::To => self.numbers.write(to).into(),
            Placeholder::FromDigits => digits(from).into(),
            Placeholder::ToDigits => digits(to).into(),
            Placeholder::Body => body.into(),
            Placeholder::BodyBase64 => STANDARD.encode(body).into(),
            Placeholder::Id => message.to_string().into(),
            Placeholder::CallbackUrl => self.callback_url?.into(),
            Placeholder::Segments => crate::text::segments(body).to_string().into(),
            Placeholder::MediaUrl => self.media?.into(),
            Placeholder::ValidSeconds => seconds?.to_string().into(),
            Placeholder::ValidMinutes => seconds?.div_ceil(60).to_string().into(),
        })
    }
}

impl Numbers {
    /// One end of a message as the carrier wants numbers written; what is no number stays as it is.
    pub(super) fn write(self, who: &Correspondent) -> String {
        let Some(number) = who.number() else { return who.to_string() };
        match self {
            Numbers::Plus => number.as_str().to_owned(),
            Numbers::Digits => number.digits().to_owned(),
            Numbers::National => only_digits(&number.national()),
        }
    }
}

fn digits(who: &Correspondent) -> String {
    only_digits(&who.to_string())
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn submission(from: &str, body: &str) -> Submission {
        Submission {
            message: "SM00000000000000000000000000000001".parse().expect("a SID"),
            from: Correspondent::from_carrier(from),
            to: Correspondent::from_carrier("+551130000000"),
            body: body.to_owned(),
            media: Vec::new(),
            valid_for: Some(std::time::Duration::from_secs(90)),
            wants_receipt: true,
        }
    }

    fn fill(template: &str, submission: &Submission, escape: Escape) -> Option<String> {
        let secrets = BTreeMap::from([("key".to_owned(), Secret::new("a&b\"c"))]);
        let template = Template::parse(template, &secrets).expect("it is a template");
        let values = Values { submission, numbers: Numbers::Plus, callback_url: None, media: None };
        template.fill(&values, escape)
    }

    #[test]
    fn every_placeholder_is_filled_in() {
        let message = submission("ALO", "Olá & bye");
        let fill = |template| fill(template, &message, Escape::None);
        assert_eq!(
            fill("{from}|{to}|{to_digits}").as_deref(),
            Some("ALO|+551130000000|551130000000")
        );
        assert_eq!(
            fill("{body}|{body_base64}|{segments}").as_deref(),
            Some("Olá & bye|T2zDoSAmIGJ5ZQ==|1")
        );
        assert_eq!(fill("{valid_seconds}000|{valid_minutes}").as_deref(), Some("90000|2"));
        assert_eq!(fill("{{{id}}}").as_deref(), Some("{SM00000000000000000000000000000001}"));
        assert_eq!(fill("{secret.key}").as_deref(), Some("a&b\"c"));
        assert_eq!(fill("{callback_url}"), None);
        assert_eq!(fill("a{media_url}"), None);
    }

    #[test]
    fn numbers_are_written_as_the_carrier_wants_them() {
        let number = Correspondent::from_carrier("+551130000000");
        assert_eq!(Numbers::Plus.write(&number), "+551130000000");
        assert_eq!(Numbers::Digits.write(&number), "551130000000");
        assert_eq!(Numbers::National.write(&number), "1130000000");
        assert_eq!(Numbers::Digits.write(&Correspondent::from_carrier("ALO")), "ALO");
    }

    #[test]
    fn a_secret_stays_in_its_place_too() {
        let message = submission("ALO", "");
        assert_eq!(fill("/{secret.key}", &message, Escape::Url).as_deref(), Some("/a%26b%22c"));
        assert_eq!(fill("{secret.key}", &message, Escape::Json).as_deref(), Some("a&b\\\"c"));
        assert_eq!(fill("{secret.key}", &message, Escape::Xml).as_deref(), Some("a&amp;b&quot;c"));
    }

    #[test]
    fn what_is_no_template_is_refused_with_what_to_do() {
        let none = BTreeMap::new();
        let error = |text| Template::parse(text, &none).expect_err(text);
        assert_eq!(error("{nobody}"), TemplateError::Unknown("nobody".into()));
        assert!(error("{nobody}").to_string().contains("{to_digits}"));
        assert_eq!(error("a{to"), TemplateError::Unclosed("a{to".into()));
        assert_eq!(error("a}b"), TemplateError::Unclosed("a}b".into()));
        assert_eq!(error("a}b}"), TemplateError::Unclosed("a}b}".into()));
        assert_eq!(error("{secret.key}"), TemplateError::NoSecret("key".into()));
        let alone = Template::secret("{to}", &none).expect_err("no message");
        assert_eq!(alone, TemplateError::NoMessage("to".into()));
    }

    proptest! {
        #[test]
        fn no_value_leaves_its_place(body in "(?s).{0,60}", from in "(?s).{0,20}") {
            let message = submission(&from, &body);
            let url = fill("https://a.example/p?to={to}&text={body}&end=1", &message, Escape::Url);
            let url = url::Url::parse(&url.expect("all have values")).expect("it is a URL");
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs.len(), 3);
            prop_assert_eq!(&pairs[1].1, &body);
            prop_assert_eq!(url.fragment(), None);

            let json = fill(r#"{{"text":"{body}","from":"{from}"}}"#, &message, Escape::Json);
            let json: serde_json::Value =
                serde_json::from_str(&json.expect("all have values")).expect("it is JSON");
            prop_assert_eq!(json["text"].as_str(), Some(body.as_str()));
            prop_assert_eq!(json.as_object().map(serde_json::Map::len), Some(2));

            let header = fill("{body}", &message, Escape::Header).expect("it has a value");
            prop_assert!(!header.contains(['\r', '\n', '\0']));
            prop_assert!(http::HeaderValue::from_bytes(header.as_bytes()).is_ok());

            let xml = fill("{body}", &message, Escape::Xml).expect("it has a value");
            prop_assert!(!xml.contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn no_text_panics_as_a_template(text in "[{}a.]{0,12}|(?s).{0,30}") {
            let _ = Template::parse(&text, &BTreeMap::new());
        }
    }
}
