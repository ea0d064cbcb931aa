//! A SIP message from a datagram (RFC 3261 §7, §18.3, §25).
//!
//! Tolerant where old phones need it (bare line feeds, compact names, folded lines), strict where it matters for
//! matching: the six headers that every message needs are parsed here once, or the datagram is refused.

use std::borrow::Cow;
use std::fmt;

use super::address::{NameAddr, split_list};

/// Longest start line plus headers that is read, in bytes.
const HEAD_MAX: usize = 32 * 1024;
/// Most header lines that are read.
const HEADERS_MAX: usize = 200;

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Request(Request),
    Response(Response),
}

/// A request with what identifies it already parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Request URI as written.
    pub(crate) uri: String,
    pub(crate) id: Identity,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// What is wrong with it although it can be answered: it gets 400 with this reason.
    pub(crate) fault: Option<&'static str>,
}

/// A response with what identifies it already parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// 100–699.
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) id: Identity,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// What transactions and dialogs are matched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) via: Via,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) cseq_method: Method,
    pub(crate) from_tag: String,
    pub(crate) to_tag: Option<String>,
}

/// The topmost Via (RFC 3261 §20.42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Via {
    /// The value as written, without the Vias behind it.
    pub(crate) text: String,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) branch: String,
    /// Whether the sender wants the answer at its source port (RFC 3581).
    pub(crate) rport: bool,
}

/// A request method.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Register,
    Options,
    Info,
    Message,
    Other(String),
}

/// Header lines in order; names in their long form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Headers(Vec<(Cow<'static, str>, String)>);

/// Why a datagram is no SIP message that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MessageError {
    #[error("no end of headers")]
    Truncated,
    #[error("headers are too long")]
    TooLong,
    #[error("not a SIP start line")]
    StartLine,
    #[error("header {0} is missing or unreadable")]
    Header(&'static str),
    #[error("body is shorter than Content-Length")]
    Body,
}

impl Message {
    /// Reads one datagram.
    pub(crate) fn parse(datagram: &[u8]) -> Result<Self, MessageError> {
        let start = datagram.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let datagram = &datagram[start..];
        let (head, body) = split_head(datagram).ok_or(MessageError::Truncated)?;
        if head.len() > HEAD_MAX {
            return Err(MessageError::TooLong);
        }
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let start_line = lines.next().ok_or(MessageError::StartLine)?;
        let headers = Headers::parse(lines)?;
        let body = sized_body(&headers, body);
        let id = Identity::parse(&headers)?;
        if let Some(rest) = start_line.strip_prefix("SIP/2.0 ") {
            let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
            let status = status.trim().parse().ok().filter(|status| (100..700).contains(status));
            return Ok(Self::Response(Response {
                status: status.ok_or(MessageError::StartLine)?,
                reason: reason.trim().to_owned(),
                id,
                headers,
                body: body.map_err(|_| MessageError::Body)?.to_vec(),
            }));
        }
        let (method, uri) = request_line(start_line).ok_or(MessageError::StartLine)?;
        let fault = match &body {
            Err(fault) => Some(*fault),
            Ok(_) if id.cseq_method != method => Some("CSeq method differs"),
            Ok(_) => None,
        };
        let body = body.unwrap_or_default().to_vec();
        Ok(Self::Request(Request { method, uri, id, headers, body, fault }))
    }
}

impl Request {
    /// The body, if it is SDP.
    pub(crate) fn sdp(&self) -> Option<&[u8]> {
        sdp_body(&self.headers, &self.body)
    }
}

impl Response {
    /// The body, if it is SDP.
    pub(crate) fn sdp(&self) -> Option<&[u8]> {
        sdp_body(&self.headers, &self.body)
    }

    pub(crate) fn is_provisional(&self) -> bool {
        self.status < 200
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Headers {
    fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, MessageError> {
        let mut headers: Vec<(Cow<'static, str>, String)> = Vec::with_capacity(16);
        for line in lines {
            if line.starts_with([' ', '\t']) {
                // A folded line continues the one before (RFC 3261 §7.3.1).
                if let Some((_, value)) = headers.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            if headers.len() == HEADERS_MAX {
                return Err(MessageError::TooLong);
            }
            // A bare carriage return or zero would end a line where the value is repeated.
            let value = value.trim().replace(['\r', '\0'], " ");
            headers.push((long_name(name.trim()), value));
        }
        Ok(Self(headers))
    }

    /// The first value of a header, by its long name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all lines of a header, by its long name.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// The values of a header that is a comma-separated list, over all its lines.
    pub(crate) fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(split_list)
    }
}

impl Identity {
    fn parse(headers: &Headers) -> Result<Self, MessageError> {
        let need = |name: &'static str| headers.first(name).ok_or(MessageError::Header(name));
        let via = split_list(need("Via")?).next().and_then(Via::parse);
        let (cseq, cseq_method) = cseq(need("CSeq")?).ok_or(MessageError::Header("CSeq"))?;
        let from = NameAddr::parse(need("From")?).ok_or(MessageError::Header("From"))?;
        let to = NameAddr::parse(need("To")?).ok_or(MessageError::Header("To"))?;
        let call_id = need("Call-ID")?;
        if call_id.is_empty() {
            return Err(MessageError::Header("Call-ID"));
        }
        Ok(Self {
            via: via.ok_or(MessageError::Header("Via"))?,
            call_id: call_id.to_owned(),
            cseq,
            cseq_method,
            // Before RFC 3261 a tag was not mandatory; an empty one stands for none.
            from_tag: from.param("tag").unwrap_or_default().to_owned(),
            to_tag: to.param("tag").filter(|tag| !tag.is_empty()).map(str::to_owned),
        })
    }
}

impl Via {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.trim_start().get(..4).filter(|name| name.eq_ignore_ascii_case("SIP/"))?;
        let rest = &text.trim_start()[rest.len()..];
        let (protocol, rest) = rest.split_once(char::is_whitespace)?;
        let (version, _transport) = protocol.split_once('/')?;
        if version.trim() != "2.0" {
            return None;
        }
        let mut parts = rest.split(';');
        let (host, port) = super::address::host_port(parts.next()?.trim())?;
        let (mut branch, mut rport) = (String::new(), false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.trim() {
                name if name.eq_ignore_ascii_case("branch") => value.trim().clone_into(&mut branch),
                name if name.eq_ignore_ascii_case("rport") => rport = true,
                _ => {}
            }
        }
        Some(Self { text: text.trim().to_owned(), host, port, branch, rport })
    }
}

impl Method {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "REGISTER" => Self::Register,
            "OPTIONS" => Self::Options,
            "INFO" => Self::Info,
            "MESSAGE" => Self::Message,
            _ if is_token(text) && text.len() <= 32 => Self::Other(text.to_owned()),
            _ => return None,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Register => "REGISTER",
            Self::Options => "OPTIONS",
            Self::Info => "INFO",
            Self::Message => "MESSAGE",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `token` of RFC 3261 §25.1.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
}

fn request_line(line: &str) -> Option<(Method, String)> {
    let mut parts = line.split(' ').filter(|part| !part.is_empty());
    let (method, uri, version) = (parts.next()?, parts.next()?, parts.next()?);
    (version == "SIP/2.0" && parts.next().is_none())
        .then(|| Some((Method::parse(method)?, uri.to_owned())))?
}

/// The bytes before and after the empty line.
fn split_head(datagram: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut line = 0;
    loop {
        let end = line + datagram.get(line..)?.iter().position(|byte| *byte == b'\n')?;
        let next = datagram.get(end + 1..)?;
        if next.starts_with(b"\r\n") {
            return Some((&datagram[..=end], &next[2..]));
        }
        if next.starts_with(b"\n") {
            return Some((&datagram[..=end], &next[1..]));
        }
        line = end + 1;
    }
}

/// The body as far as Content-Length says (RFC 3261 §18.3).
fn sized_body<'a>(headers: &Headers, body: &'a [u8]) -> Result<&'a [u8], &'static str> {
    match headers.first("Content-Length") {
        None => Ok(body),
        Some(text) => {
            let length: usize = text.parse().map_err(|_| "Content-Length is not a length")?;
            body.get(..length).ok_or("Body is shorter than Content-Length")
        }
    }
}

fn sdp_body<'a>(headers: &Headers, body: &'a [u8]) -> Option<&'a [u8]> {
    let content_type = headers.first("Content-Type")?;
    let media_type = content_type.split(';').next()?.trim();
    (!body.is_empty() && media_type.eq_ignore_ascii_case("application/sdp")).then_some(body)
}

fn cseq(text: &str) -> Option<(u32, Method)> {
    let (number, method) = text.split_once(char::is_whitespace)?;
    // RFC 3261 §8.1.1.5: less than 2^31.
    let number = number.parse().ok().filter(|number| *number < 1 << 31)?;
    Some((number, Method::parse(method.trim())?))
}

/// Long form of a header name (RFC 3261 §7.3.3); names that we read often without an allocation.
fn long_name(name: &str) -> Cow<'static, str> {
    const KNOWN: [(&str, &str); 33] = [
        ("Via", "v"),
        ("From", "f"),
        ("To", "t"),
        ("Call-ID", "i"),
        ("CSeq", ""),
        ("Contact", "m"),
        ("Content-Length", "l"),
        ("Content-Type", "c"),
        ("Content-Encoding", "e"),
        ("Max-Forwards", ""),
        ("Supported", "k"),
        ("Subject", "s"),
        ("Session-Expires", "x"),
        ("Allow", ""),
        ("Accept", ""),
        ("User-Agent", ""),
        ("Server", ""),
        ("Route", ""),
        ("Record-Route", ""),
        ("Require", ""),
        ("Authorization", ""),
        ("Proxy-Authorization", ""),
        ("WWW-Authenticate", ""),
        ("Proxy-Authenticate", ""),
        ("Expires", ""),
        ("Min-Expires", ""),
        ("Reason", ""),
        ("Retry-After", ""),
        ("Diversion", ""),
        ("P-Asserted-Identity", ""),
        ("Remote-Party-ID", ""),
        ("Privacy", ""),
        ("Event", "o"),
    ];
    KNOWN
        .iter()
        .find(|(long, short)| {
            name.eq_ignore_ascii_case(long)
                || (!short.is_empty() && name.eq_ignore_ascii_case(short))
        })
        .map_or_else(|| Cow::Owned(name.to_owned()), |(long, _)| Cow::Borrowed(*long))
}
