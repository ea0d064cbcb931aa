//! The nouns of `<Dial>`: `<Number>`, `<Client>` and `<Sip>`.

use model::Secret;

use crate::verb::{ClientNoun, DialEndpoint, DialNoun, NumberNoun, SipNoun};

use super::reading::{Reading, elements, own_text};
use super::tree::{Element, short};
use super::{SCHEMA, grammar, speak};

/// `<Parameter>`s of a `<Client>` that are passed on.
const PARAMETER_LIMIT: usize = 100;

/// Reads a `<Number>`; an empty one is skipped.
pub(super) fn number(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<DialNoun> {
    reading.check_attributes(element, &grammar::NUMBER);
    reading.warn_children(element, SCHEMA, |_| false);
    let send_digits = speak::digits(reading, element, "sendDigits", 13222);
    let Some((number, _)) = own_text(element) else {
        let message = "<Number> has no number; it is skipped".to_owned();
        let mend = Some("write <Number>+15551234567</Number>".to_owned());
        reading.warn(element.at, 13224, message, mend);
        return None;
    };
    warn_other_kind(reading, &number, element.at);
    let endpoint = DialEndpoint::Number(NumberNoun { number, send_digits });
    Some(leg(reading, element, endpoint, 13221))
}

/// Warns of a number that is an address of another kind.
pub(super) fn warn_other_kind(reading: &mut Reading<'_>, number: &str, at: usize) {
    let begins = |scheme: &str| {
        number.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let noun = if begins("client:") {
        "Client"
    } else if begins("sip:") || begins("sips:") || number.contains('@') {
        "Sip"
    } else {
        return;
    };
    let message = format!("'{}' is not a phone number", short(number));
    reading.warn(at, 13223, message, Some(format!("write <{noun}>…</{noun}>")));
}

/// Reads a `<Client>`; one without a name is skipped.
pub(super) fn client(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<DialNoun> {
    reading.check_attributes(element, &grammar::CLIENT);
    reading.warn_children(element, SCHEMA, |name| matches!(name, "Identity" | "Parameter"));
    let mut identity = own_text(element).map(|(identity, _)| identity);
    for child in elements(element).filter(|child| child.name == "Identity") {
        reading.check_attributes(child, &grammar::IDENTITY);
        identity = own_text(child).map(|(identity, _)| identity).or(identity);
    }
    let parameters = parameters(reading, element);
    let Some(identity) = identity else {
        let message = "<Client> has no name; it is skipped".to_owned();
        let mend = Some("write <Client>name</Client>".to_owned());
        reading.warn(element.at, SCHEMA, message, mend);
        return None;
    };
    let endpoint = DialEndpoint::Client(ClientNoun { identity, parameters });
    Some(leg(reading, element, endpoint, SCHEMA))
}

/// Reads a `<Sip>`; one without a SIP address is skipped.
pub(super) fn sip(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<DialNoun> {
    reading.check_attributes(element, &grammar::SIP);
    reading.warn_children(element, SCHEMA, |name| matches!(name, "Uri" | "Headers"));
    for headers in elements(element).filter(|child| child.name == "Headers") {
        let message = "<Headers> of <Sip> has no effect here yet".to_owned();
        reading.note(headers.at, message);
    }
    let mut uris = elements(element).filter(|child| child.name == "Uri");
    let inner = uris.next();
    if let Some(uri) = inner {
        reading.check_attributes(uri, &grammar::URI);
    }
    if let Some(second) = uris.next() {
        let message = "only the first <Uri> of <Sip> is called".to_owned();
        reading.warn(second.at, SCHEMA, message, Some("write several <Sip>".to_owned()));
    }
    let credential = |name| element.word(name).or_else(|| inner.and_then(|uri| uri.word(name)));
    let username = credential("username").map(str::to_owned);
    let password = credential("password").map(Secret::new);
    let written = own_text(element).or_else(|| inner.and_then(own_text));
    let uri = address(reading, element, written)?;
    let endpoint = DialEndpoint::Sip(SipNoun { uri, username, password });
    Some(leg(reading, element, endpoint, 13241))
}

/// A SIP address, its scheme added where it is missing.
fn address(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    written: Option<(String, usize)>,
) -> Option<String> {
    let (text, at) = written.unwrap_or((String::new(), element.at));
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
        return Some(text);
    }
    let mend = Some("write sip:name@host".to_owned());
    if text.contains('@') && !text.contains(super::SPACE) {
        let message = "the address of <Sip> has no scheme; sip: is taken".to_owned();
        reading.warn(at, 13243, message, mend);
        return Some(format!("sip:{text}"));
    }
    reading.warn(at, 13243, "<Sip> has no SIP address; it is skipped".to_owned(), mend);
    None
}

fn parameters(reading: &mut Reading<'_>, element: &Element<'_>) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    for child in elements(element).filter(|child| child.name == "Parameter") {
        reading.check_attributes(child, &grammar::PARAMETER);
        let Some(name) = child.word("name") else {
            let message = "<Parameter> has no name; it is skipped".to_owned();
            let mend = Some("write <Parameter name=\"…\" value=\"…\"/>".to_owned());
            reading.warn(child.at, SCHEMA, message, mend);
            continue;
        };
        if parameters.len() == PARAMETER_LIMIT {
            let message = format!("<Client> has at most {PARAMETER_LIMIT} parameters");
            reading.warn(child.at, SCHEMA, message, None);
            break;
        }
        let value = child.attribute("value").map(|attribute| attribute.value.clone().into_owned());
        parameters.push((name.to_owned(), value.unwrap_or_default()));
    }
    parameters
}

fn leg(
    reading: &mut Reading<'_>,
    element: &Element<'_>,
    endpoint: DialEndpoint,
    code: u32,
) -> DialNoun {
    DialNoun {
        endpoint,
        url: reading.callback(element, "url", "method", code),
        status_callback: reading.callback(
            element,
            "statusCallback",
            "statusCallbackMethod",
            SCHEMA,
        ),
        status_events: reading.leg_events(element),
    }
}
