//! The request that hands a message over, made from templates.
//!
//! A description may change entries for texts outside the GSM alphabet and for media; so there are four sets of
//! templates, each complete.

use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use model::Secret;
use serde_json::Value;
use url::Url;

use super::super::client::Client;
use super::super::description::{Basic, Numbers, Request, Verb};
use super::super::template::{Escape, Placeholder, Template, TemplateError, Values};
use super::GatewayError;
use crate::Submission;
use crate::text::{Alphabet, alphabet};

/// What a form in the body is called.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// Templates for every kind of message.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    numbers: Numbers,
    plain: Templates,
    unicode: Templates,
    media: Templates,
    unicode_media: Templates,
}

/// Templates for one kind of message.
#[derive(Clone, Debug)]
struct Templates {
    method: http::Method,
    url: Template,
    /// The address with `x` for every value: what may never change.
    shape: Url,
    headers: Vec<(HeaderName, Template)>,
    query: Vec<(String, Template)>,
    body: Body,
    basic: Option<(Secret, Secret)>,
}

#[derive(Clone, Debug)]
enum Body {
    None,
    Form(Vec<(String, Template)>),
    Json(Tree),
    Other { content_type: HeaderValue, escape: Escape, template: Template },
}

/// JSON with templates for texts.
#[derive(Clone, Debug)]
enum Tree {
    Text(Template),
    Fixed(Value),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// Why a message can't be put into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("send.url has a placeholder without a value")]
    NoValue,
    #[error("a value would change the address itself")]
    Address,
    #[error("a value can't stand in a header")]
    Header,
}

impl Requests {
    pub(super) fn new(
        send: &Request,
        numbers: Numbers,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Requests, GatewayError> {
        let bodies = [send.form.is_some(), send.json.is_some(), send.body.is_some()];
        match bodies.iter().filter(|said| **said).count() {
            1 if send.method == Verb::Get => return Err(GatewayError::BodyWithGet),
            0 | 1 => {}
            2.. => return Err(GatewayError::TwoBodies),
        }
        let make = |changes: &[&BTreeMap<String, String>]| {
            let mut changed = send.clone();
            for (key, text) in changes.iter().copied().flatten() {
                change(&mut changed, key, text);
            }
            Templates::new(&changed, secrets)
        };
        Ok(Requests {
            numbers,
            plain: make(&[])?,
            unicode: make(&[&send.unicode])?,
            media: make(&[&send.with_media])?,
            unicode_media: make(&[&send.unicode, &send.with_media])?,
        })
    }

    /// Whether media go along as they are.
    pub(super) fn take_media(&self) -> bool {
        self.media.uses(Placeholder::MediaUrl)
    }

    /// Where messages go, with `x` for every value.
    pub(super) const fn address(&self) -> &Url {
        &self.plain.shape
    }

    /// The request for one message.
    pub(super) fn make(
        &self,
        client: &Client,
        submission: &Submission,
        callback_url: Option<&str>,
    ) -> Result<reqwest::RequestBuilder, Unfit> {
        let foreign = alphabet(&submission.body) == Alphabet::Ucs2;
        let templates = match (foreign, submission.media.is_empty()) {
            (false, true) => &self.plain,
            (true, true) => &self.unicode,
            (false, false) => &self.media,
            (true, false) => &self.unicode_media,
        };
        let media = submission.media.first().map(|media| media.url.as_str());
        templates.make(client, &Values { submission, numbers: self.numbers, callback_url, media })
    }
}

/// Puts an entry where its like is: in the query if it is there, else in the body, else in the query.
fn change(request: &mut Request, key: &str, text: &str) {
    let (key, text) = (key.to_owned(), text.to_owned());
    if request.query.contains_key(&key) {
        request.query.insert(key, text);
    } else if let Some(form) = &mut request.form {
        form.insert(key, text);
    } else if let Some(Value::Object(members)) = &mut request.json {
        members.insert(key, Value::String(text));
    } else {
        request.query.insert(key, text);
    }
}

impl Templates {
    fn new(send: &Request, secrets: &BTreeMap<String, Secret>) -> Result<Templates, GatewayError> {
        let read = |place: &str, text: &str| {
            Template::parse(text, secrets)
                .map_err(|error| GatewayError::Template { place: place.to_owned(), error })
        };
        let fields = |place: &str, fields: &BTreeMap<String, String>| {
            let all = fields.iter();
            all.map(|(key, text)| Ok((key.clone(), read(&format!("{place}.{key}"), text)?)))
                .collect::<Result<Vec<_>, GatewayError>>()
        };
        let url = read("send.url", &send.url)?;
        let shape = shape(&send.url, &url)?;
        let mut headers = Vec::new();
        for (name, text) in &send.headers {
            let template = read(&format!("send.headers.{name}"), text)?;
            let header = HeaderName::try_from(name.as_str());
            headers.push((header.map_err(|_| GatewayError::Header(name.clone()))?, template));
        }
        let body = match (&send.form, &send.json, &send.body) {
            (Some(form), _, _) => Body::Form(fields("send.form", form)?),
            (None, Some(json), _) => Body::Json(Tree::new(json, secrets).map_err(|error| {
                GatewayError::Template { place: "send.json".to_owned(), error }
            })?),
            (None, None, Some(text)) => {
                other(read("send.body", text)?, send.content_type.as_deref())?
            }
            (None, None, None) => Body::None,
        };
        Ok(Templates {
            method: match send.method {
                Verb::Get => http::Method::GET,
                Verb::Post => http::Method::POST,
                Verb::Put => http::Method::PUT,
            },
            url,
            shape,
            headers,
            query: fields("send.query", &send.query)?,
            body,
            basic: send.basic.as_ref().map(|basic| credentials(basic, secrets)).transpose()?,
        })
    }

    fn uses(&self, placeholder: Placeholder) -> bool {
        let in_body = match &self.body {
            Body::None => false,
            Body::Form(fields) => fields.iter().any(|(_, it)| it.uses(placeholder)),
            Body::Json(tree) => tree.uses(placeholder),
            Body::Other { template, .. } => template.uses(placeholder),
        };
        in_body
            || self.url.uses(placeholder)
            || self.query.iter().any(|(_, it)| it.uses(placeholder))
            || self.headers.iter().any(|(_, it)| it.uses(placeholder))
    }

    fn make(&self, client: &Client, values: &Values<'_>) -> Result<reqwest::RequestBuilder, Unfit> {
        let mut request = client.request(self.method.clone(), self.address(values)?);
        for (name, template) in &self.headers {
            if let Some(value) = template.fill(values, Escape::Header) {
                let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Unfit::Header)?;
                request = request.header(name, value);
            }
        }
        if let Some((user, password)) = &self.basic {
            request = request.basic_auth(user.reveal(), Some(password.reveal()));
        }
        Ok(match &self.body {
            Body::None => request,
            Body::Form(fields) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(filled(fields, values));
                request.header(CONTENT_TYPE, FORM).body(form.finish())
            }
            Body::Json(tree) => {
                let json =
                    tree.fill(values).unwrap_or_else(|| Value::Object(serde_json::Map::new()));
                request.header(CONTENT_TYPE, "application/json").body(json.to_string())
            }
            Body::Other { content_type, escape, template } => {
                let body = template.fill(values, *escape).unwrap_or_default();
                request.header(CONTENT_TYPE, content_type).body(body)
            }
        })
    }

    /// Where it goes. A value can be one segment of the path and no more, whatever it is made of.
    fn address(&self, values: &Values<'_>) -> Result<Url, Unfit> {
        let text = self.url.fill(values, Escape::Url).ok_or(Unfit::NoValue)?;
        let mut url = Url::parse(&text).map_err(|_| Unfit::Address)?;
        let segments = |url: &Url| url.path_segments().map_or(0, Iterator::count);
        let same = url.origin() == self.shape.origin() && segments(&url) == segments(&self.shape);
        if !same {
            return Err(Unfit::Address);
        }
        let pairs = filled(&self.query, values);
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        Ok(url)
    }
}

/// Fields with their values; one with media comes once for each.
fn filled<'a>(fields: &'a [(String, Template)], values: &Values<'_>) -> Vec<(&'a str, String)> {
    let mut pairs = Vec::new();
    for (key, template) in fields {
        pairs.extend(each(template, values).into_iter().map(|value| (key.as_str(), value)));
    }
    pairs
}

/// What a template says: once, or once for each media where it has them in it.
fn each(template: &Template, values: &Values<'_>) -> Vec<String> {
    if !template.uses(Placeholder::MediaUrl) {
        return template.fill(values, Escape::None).into_iter().collect();
    }
    let media = values.submission.media.iter();
    media.filter_map(|it| template.fill(&values.with_media(&it.url), Escape::None)).collect()
}

fn shape(text: &str, url: &Template) -> Result<Url, GatewayError> {
    let wrong = |why: &str| GatewayError::Url(text.to_owned(), why.to_owned());
    let shape = Url::parse(&url.shape()).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(shape.scheme(), "http" | "https") {
        return Err(wrong("it begins with neither http:// nor https://"));
    }
    let fixed = url.fixed_beginning();
    let host = fixed.split_once("://").map_or("", |(_, rest)| rest);
    let whole = fixed == text || host.contains(['/', '?']);
    if !whole {
        return Err(wrong("scheme, host and port can't have placeholders"));
    }
    Ok(shape)
}

fn other(template: Template, content_type: Option<&str>) -> Result<Body, GatewayError> {
    let named = content_type.unwrap_or("text/plain; charset=utf-8");
    let content_type =
        HeaderValue::from_str(named).map_err(|_| GatewayError::Header(named.to_owned()))?;
    let named = named.to_ascii_lowercase();
    let escape = if named.contains("json") {
        Escape::Json
    } else if named.contains("xml") {
        Escape::Xml
    } else if named.contains("urlencoded") {
        Escape::Url
    } else {
        Escape::None
    };
    Ok(Body::Other { content_type, escape, template })
}

fn credentials(
    basic: &Basic,
    secrets: &BTreeMap<String, Secret>,
) -> Result<(Secret, Secret), GatewayError> {
    let read = |text: &str| {
        Template::secret(text, secrets)
            .map_err(|error| GatewayError::Template { place: "send.basic".to_owned(), error })
    };
    Ok((read(&basic.user)?, read(&basic.password)?))
}

impl Tree {
    fn new(json: &Value, secrets: &BTreeMap<String, Secret>) -> Result<Tree, TemplateError> {
        Ok(match json {
            Value::String(text) => Tree::Text(Template::parse(text, secrets)?),
            Value::Array(all) => {
                Tree::List(all.iter().map(|it| Tree::new(it, secrets)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let members = members.iter();
                let read =
                    |(key, it): (&String, &Value)| Ok((key.clone(), Tree::new(it, secrets)?));
                Tree::Map(members.map(read).collect::<Result<_, _>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Tree::Fixed(json.clone()),
        })
    }

    fn uses(&self, placeholder: Placeholder) -> bool {
        match self {
            Tree::Text(template) => template.uses(placeholder),
            Tree::Fixed(_) => false,
            Tree::List(all) => all.iter().any(|it| it.uses(placeholder)),
            Tree::Map(members) => members.iter().any(|(_, it)| it.uses(placeholder)),
        }
    }

    /// `None` where nothing is left of what was to be filled in.
    fn fill(&self, values: &Values<'_>) -> Option<Value> {
        match self {
            Tree::Text(template) => template.fill(values, Escape::None).map(Value::String),
            Tree::Fixed(value) => Some(value.clone()),
            Tree::List(all) => {
                let mut filled = Vec::new();
                for it in all {
                    match it {
                        Tree::Text(template) => {
                            filled.extend(each(template, values).into_iter().map(Value::String));
                        }
                        Tree::Fixed(_) | Tree::List(_) | Tree::Map(_) => {
                            filled.extend(it.fill(values));
                        }
                    }
                }
                (!filled.is_empty() || all.is_empty()).then_some(Value::Array(filled))
            }
            Tree::Map(members) => {
                let kept = members.iter();
                let kept = kept.filter_map(|(key, it)| Some((key.clone(), it.fill(values)?)));
                let filled: serde_json::Map<String, Value> = kept.collect();
                (!filled.is_empty() || members.is_empty()).then_some(Value::Object(filled))
            }
        }
    }
}
