//! SIP URIs and the `"name" <uri>;params` form around them (RFC 3261 §19.1, §20.10).
//!
//! Escapes of the user part are undone on reading and made on writing. No name is ever looked up here.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// Longest host name (RFC 1035 §3.1).
const HOST_MAX: usize = 255;

/// A `sip:` or `sips:` URI. `tel:` is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uri {
    pub(crate) secure: bool,
    /// Unescaped.
    pub(crate) user: Option<String>,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// Behind the host and port, as written: `;transport=udp`.
    params: String,
}

/// One address of a From, To, Contact or Route header, borrowed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameAddr<'a> {
    /// Unquoted.
    pub(crate) display: Option<Cow<'a, str>>,
    pub(crate) uri: &'a str,
    /// Behind the URI, as written.
    params: &'a str,
}

impl Uri {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(':')?;
        let secure = match scheme {
            scheme if scheme.eq_ignore_ascii_case("sip") => false,
            scheme if scheme.eq_ignore_ascii_case("sips") => true,
            _ => return None,
        };
        if rest.bytes().any(|byte| byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | 0x7f)) {
            return None;
        }
        // The user part may hold ';' and '?', so the '@' comes first.
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let user = user.map(|user| unescape(user.split_once(':').map_or(user, |(user, _)| user)));
        let rest = rest.split_once('?').map_or(rest, |(rest, _headers)| rest);
        let end = rest.find(';').unwrap_or(rest.len());
        let (host, port) = host_port(&rest[..end])?;
        Some(Self { secure, user, host, port, params: rest[end..].to_owned() })
    }

    /// A parameter's value; empty if it has none.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        param(&self.params, name)
    }

    /// The host as an address, if it is one.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether both name the same place (RFC 3261 §19.1.4, as far as it matters for contacts).
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        self.secure == other.secure
            && self.user == other.user
            && self.host.eq_ignore_ascii_case(&other.host)
            && self.port == other.port
            && self.param("transport").map(str::to_ascii_lowercase)
                == other.param("transport").map(str::to_ascii_lowercase)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            write!(f, "{}@", User(user))?;
        }
        write!(f, "{}", bracketed(&self.host))?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.params)
    }
}

impl<'a> NameAddr<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (display, rest) = if let Some(quoted) = text.strip_prefix('"') {
            let end = closing_quote(quoted)?;
            (Some(unquote(&quoted[..end])), quoted[end + 1..].trim_start())
        } else if let Some(open) = text.find('<') {
            let name = text[..open].trim();
            ((!name.is_empty()).then_some(Cow::Borrowed(name)), &text[open..])
        } else {
            // Without angle brackets the parameters are the header's (RFC 3261 §20.10).
            let end = text.find(';').unwrap_or(text.len());
            let uri = text[..end].trim();
            return (!uri.is_empty()).then_some(Self { display: None, uri, params: &text[end..] });
        };
        let inside = rest.strip_prefix('<')?;
        let close = inside.find('>')?;
        Some(Self { display, uri: inside[..close].trim(), params: &inside[close + 1..] })
    }

    /// A parameter's value, unquoted edges; empty if it has none.
    pub(crate) fn param(&self, name: &str) -> Option<&'a str> {
        param(self.params, name)
    }
}

/// A host with its port. IPv6 addresses come in brackets and leave without.
pub(crate) fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, rest.trim().strip_prefix(':'))
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host.trim(), Some(port)),
            None => (text, None),
        }
    };
    let readable = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.is_empty() || host.len() > HOST_MAX || !host.bytes().all(readable) {
        return None;
    }
    let port = match port {
        Some(port) => Some(port.trim().parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    Some((host.to_owned(), port))
}

/// A host as it stands in a URI: IPv6 in brackets.
pub(crate) fn bracketed(host: &str) -> Cow<'_, str> {
    if host.contains(':') { Cow::Owned(format!("[{host}]")) } else { Cow::Borrowed(host) }
}

/// Splits a header value at the commas that are outside quotes and angle brackets.
pub(crate) fn split_list(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        loop {
            let text = rest?;
            let end = list_end(text);
            rest = text.get(end + 1..);
            let item = text[..end].trim();
            if !item.is_empty() {
                return Some(item);
            }
        }
    })
}

fn list_end(text: &str) -> usize {
    let (mut quoted, mut angle, mut escaped) = (false, false, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => angle = true,
            b'>' if !quoted => angle = false,
            b',' if !quoted && !angle => return index,
            _ => {}
        }
    }
    text.len()
}

/// A parameter of `;name=value;name…`.
fn param<'a>(params: &'a str, name: &str) -> Option<&'a str> {
    params.split(';').find_map(|part| {
        let (own, value) = part.split_once('=').unwrap_or((part, ""));
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Where a quoted string ends, without its opening quote.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// Undoes the backslashes of a quoted string.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    Cow::Owned(plain)
}

/// Undoes `%41`; what is no escape stays.
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = (bytes[index] == b'%')
            .then(|| text.get(index + 1..index + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(escape.unwrap_or(bytes[index]));
        index += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// A user part, escaped where the grammar of RFC 3261 §25.1 wants it.
pub(crate) struct User<'a>(pub(crate) &'a str);

impl fmt::Display for User<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,/".contains(&byte) {
                write!(f, "{}", byte as char)?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// A display name in quotes, escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for char in self.0.chars().filter(|char| !char.is_control()) {
            if matches!(char, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{char}")?;
        }
        f.write_str("\"")
    }
}
