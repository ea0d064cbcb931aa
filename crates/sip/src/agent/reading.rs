//! Header values read for the application, and written for it.

use std::borrow::Cow;

use crate::call::Address;
use crate::wire::address::{NameAddr, Quoted, Uri, User, bracketed};
use crate::wire::message::Headers;

/// Longest value of a header that is handed to the application, in bytes.
const HEADER_MAX: usize = 1024;
/// Most headers that are handed to the application.
const HEADERS_MAX: usize = 64;

/// Our Contact value.
pub(super) fn contact(user: Option<&str>, via: &str) -> String {
    match user {
        Some(user) => format!("<sip:{}@{via}>", User(user)),
        None => format!("<sip:{via}>"),
    }
}

/// A From or To value as an address for the application.
pub(super) fn address(value: &str) -> Address {
    let Some(name) = NameAddr::parse(value) else { return Address::default() };
    let display = name.display.filter(|display| !display.is_empty()).map(Cow::into_owned);
    if let Some(uri) = Uri::parse(name.uri) {
        return Address { display, user: uri.user.unwrap_or_default(), host: Some(uri.host) };
    }
    // As in `tel:+15550100`.

    let user = name.uri.split_once(':').map_or(name.uri, |(_, number)| number);
    let user = user.split(';').next().unwrap_or_default();
    Address { display, user: user.to_owned(), host: None }
}

/// A From value without its parameters, for the To of our requests.
pub(super) fn without_tag(value: &str) -> String {
    let Some(name) = NameAddr::parse(value) else { return String::new() };
    match &name.display {
        Some(display) => format!("{} <{}>", Quoted(display), name.uri),
        None => format!("<{}>", name.uri),
    }
}

/// Headers that an application may want to know.
pub(super) fn telling_headers(headers: &Headers) -> Vec<(String, String)> {
    const TELLING: [&str; 6] = [
        "Diversion",
        "P-Asserted-Identity",
        "Remote-Party-ID",
        "Privacy",
        "User-Agent",
        "History-Info",
    ];
    headers
        .iter()
        .filter(|(name, value)| {
            let own = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"));
            let telling = own || TELLING.iter().any(|telling| telling.eq_ignore_ascii_case(name));
            telling && value.len() <= HEADER_MAX
        })
        .take(HEADERS_MAX)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Our From value.
pub(super) fn from_value(from: &Address, via: &str) -> String {
    let host = match &from.host {
        Some(host) => bracketed(host).into_owned(),
        None => via.to_owned(),
    };
    let uri = if from.user.is_empty() {
        format!("<sip:{host}>")
    } else {
        format!("<sip:{}@{host}>", User(&from.user))
    };
    match &from.display {
        Some(display) if !display.is_empty() => format!("{} {uri}", Quoted(display)),
        _ => uri,
    }
}
