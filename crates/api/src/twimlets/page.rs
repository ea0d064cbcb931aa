//! The page that builds addresses of Twimlets: forms for each, without a line of script.
//!
//! Everything that a visitor wrote is escaped, and nothing on the page can load or run anything.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use ::twimlets::{Answer, Parameter, Twimlet, catalogue};
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::builder::Filled;
use super::{HOME, NOSNIFF, asked};
use crate::api::Api;
use crate::v1::Query;

/// How the page looks, in light and dark.
const STYLE: &str = include_str!("page.css");

/// Keys that a menu's form has fields for.
const OPTIONS: u32 = 4;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Nothing but this style, and forms that come back here (<https://www.w3.org/TR/CSP3/>).
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("Base64 fits into a header")
});

/// `GET /twimlets/?name=forward&PhoneNumber=…`.
pub(crate) async fn show(State(api): State<Arc<Api>>, query: Query) -> Response {
    let filled = Filled::read(&query.0);
    let text = page(&api, filled.as_ref());
    let headers: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
        (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (CACHE_CONTROL, NO_STORE),
    ];
    (headers, text).into_response()
}

fn page(api: &Api, filled: Option<&Filled>) -> String {
    let known = filled.and_then(|filled| named(&filled.name).map(|_| filled));
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Twimlets</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Twimlets</h1>\n\
         <p>Tiny applications for a phone number. Fill in a form: the page shows the address that does it, what it \
         answers, and the command that gives it to a number. Nothing is called or sent from here.</p>\n"
    );
    if let Some(filled) = known {
        text.push_str(&result(api, filled));
    } else if let Some(filled) = filled {
        let _ = writeln!(
            text,
            "<p class=\"bad\" role=\"alert\">There is no Twimlet “{}”.</p>",
            escaped(&filled.name)
        );
    }
    text.push_str("<nav aria-label=\"Twimlets\">\n");
    for twimlet in catalogue() {
        let _ = writeln!(text, "<a href=\"#{0}\">{0}</a>", escaped(twimlet.name));
    }
    text.push_str("</nav>\n");
    for twimlet in catalogue() {
        let own = known.filter(|filled| filled.name == twimlet.name);
        text.push_str(&form(twimlet, own));
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

fn named(name: &str) -> Option<&'static Twimlet> {
    catalogue().iter().find(|twimlet| twimlet.name == name)
}

fn result(api: &Api, filled: &Filled) -> String {
    let public = format!("{}{HOME}", api.engine.settings().public_url.trim_end_matches('/'));
    let (title, answer) = match asked(api, &filled.name, &filled.query, &[], &public) {
        Answer::Twiml(document) => ("It answers", twiml::to_xml(&document)),
        Answer::Xml(text) => ("It answers", text),
        Answer::Redirect(to) => ("It leads to", to),
        Answer::Refused(refusal) => ("It refuses", refusal.message),
    };
    let mut text = format!(
        "<section class=\"result\" aria-label=\"Address\">\n<h2>{}</h2>\n",
        escaped(&filled.name)
    );
    for (title, value) in [
        ("For numbers and documents of this server", filled.inside()),
        ("Over HTTP, with credentials or a signature", filled.outside(&public)),
        ("For a number", filled.command()),
        (title, answer),
    ] {
        let _ = writeln!(text, "<h3>{title}</h3>\n<pre tabindex=\"0\">{}</pre>", escaped(&value));
    }
    text.push_str("</section>\n");
    text
}

fn form(twimlet: &Twimlet, filled: Option<&Filled>) -> String {
    let name = escaped(twimlet.name);
    let mut text = format!(
        "<section id=\"{name}\">\n<h2>{name}</h2>\n<p>{}</p>\n<form method=\"get\" action=\"{HOME}/\">\n\
         <input type=\"hidden\" name=\"name\" value=\"{name}\">\n",
        escaped(twimlet.summary)
    );
    for parameter in twimlet.parameters {
        text.push_str(&field(twimlet, parameter, filled));
    }
    text.push_str("<button>Show</button>\n</form>\n</section>\n");
    text
}

/// Fields of a parameter, as many as it needs.
fn field(twimlet: &Twimlet, parameter: &Parameter, filled: Option<&Filled>) -> String {
    let mut text = String::new();
    for (at, (sent, value)) in sent(parameter, filled).into_iter().enumerate() {
        let id = escaped(&format!("{}-{}-{at}", twimlet.name, parameter.name));
        let required = if parameter.required && at == 0 { " required" } else { "" };
        let shown = if at == 0 { parameter.name } else { sent.as_str() };
        let _ = writeln!(
            text,
            "<label for=\"{id}\">{} <small>{}</small></label>\n\
             <input id=\"{id}\" name=\"{}\" value=\"{}\" placeholder=\"{}\"{required} autocomplete=\"off\">",
            escaped(shown),
            escaped(if at == 0 { parameter.summary } else { "one more" }),
            escaped(&sent),
            escaped(value),
            escaped(parameter.default.unwrap_or_default()),
        );
    }
    text
}

/// Names of fields as a form sends them, with what was written: arrays as `PhoneNumbers[]`, with room for one more;
/// what keys stand for as `Options[1]` and so on.
fn sent<'a>(parameter: &Parameter, filled: Option<&'a Filled>) -> Vec<(String, &'a str)> {
    let values = |name: &str| filled.map(|filled| filled.values(name)).unwrap_or_default();
    if parameter.name == "Options" {
        let keys = (1..=OPTIONS).map(|key| format!("Options[{key}]"));
        return keys
            .map(|name| (name.clone(), values(&name).first().copied().unwrap_or("")))
            .collect();
    }
    if !parameter.repeats {
        let name = parameter.name.to_owned();
        return vec![(name.clone(), values(&name).last().copied().unwrap_or(""))];
    }
    let name = format!("{}[]", parameter.name);
    let mut all: Vec<(String, &str)> =
        values(&name).into_iter().map(|value| (name.clone(), value)).collect();
    all.push((name, ""));
    all
}

/// For text and for attributes in double quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_visitor_wrote_is_text() {
        assert_eq!(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }

    #[test]
    fn the_policy_lets_this_style_and_nothing_else() {
        let policy = POLICY.to_str().expect("it is ASCII");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn a_list_of_numbers_always_has_room_for_one_more() {
        let twimlet = named("simulring").expect("there is one");
        let query = vec![("PhoneNumbers[]".to_owned(), "\"><script>".to_owned())];
        let filled = Filled { name: "simulring".to_owned(), query };
        let shown = form(twimlet, Some(&filled));
        assert_eq!(shown.matches("name=\"PhoneNumbers[]\"").count(), 2);
        assert!(shown.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{shown}");
        assert!(!shown.contains("<script>"));
    }
}
