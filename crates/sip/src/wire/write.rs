//! Messages onto the wire. Values are written as single lines whatever they hold, so that nobody's text can add a header.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use super::message::{Method, Request};

/// The bytes of a message, shared with whoever retransmits it.
pub(crate) type Wire = Arc<[u8]>;

/// A message that is being written.
pub(crate) struct Draft(String);

impl Draft {
    pub(crate) fn request(method: &Method, uri: &str) -> Self {
        let mut draft = Self(String::with_capacity(1024));
        draft.line(format_args!("{method} {} SIP/2.0", OneLine(&uri)));
        draft
    }

    pub(crate) fn header(mut self, name: &str, value: impl Display) -> Self {
        self.line(format_args!("{name}: {}", OneLine(&value)));
        self
    }

    pub(crate) fn headers<'a>(self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        headers.into_iter().fold(self, |draft, (name, value)| draft.header(name, value))
    }

    /// Ends the headers, without a body.
    pub(crate) fn finish(self) -> Wire {
        self.body(None)
    }

    /// Ends the headers and appends SDP, if there is any.
    pub(crate) fn body(mut self, sdp: Option<&str>) -> Wire {
        let sdp = sdp.unwrap_or_default();
        if !sdp.is_empty() {
            self.line(format_args!("Content-Type: application/sdp"));
        }
        self.line(format_args!("Content-Length: {}\r\n", sdp.len()));
        self.0.push_str(sdp);
        self.0.into_bytes().into()
    }

    /// Ends the headers and appends a body of any type.
    pub(crate) fn typed_body(mut self, content_type: &str, body: &[u8]) -> Wire {
        self.line(format_args!("Content-Type: {}", OneLine(&content_type)));
        self.line(format_args!("Content-Length: {}\r\n", body.len()));
        let mut bytes = self.0.into_bytes();
        bytes.extend_from_slice(body);
        bytes.into()
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = write!(self.0, "{line}\r\n");
    }
}

/// The lines of a request that every response to it repeats (RFC 3261 §8.2.6.2).
#[derive(Debug, Clone)]
pub(crate) struct Mirror {
    before_to: String,
    to: String,
    to_has_tag: bool,
    after_to: String,
}

impl Mirror {
    /// `received` and `rport` of the topmost Via are filled in (RFC 3261 §18.2.1, RFC 3581).
    pub(crate) fn of(request: &Request, source: std::net::SocketAddr) -> Self {
        let mut before_to = String::with_capacity(384);
        let top = &request.id.via;
        let _ = write!(before_to, "Via: {}", marked_via(top, source));
        for behind in request.headers.list("Via").skip(1) {
            let _ = write!(before_to, "\r\nVia: {behind}");
        }
        for route in request.headers.all("Record-Route") {
            let _ = write!(before_to, "\r\nRecord-Route: {route}");
        }
        let from = request.headers.first("From").unwrap_or_default();
        let _ = write!(before_to, "\r\nFrom: {from}");
        Self {
            before_to,
            to: request.headers.first("To").unwrap_or_default().to_owned(),
            to_has_tag: request.id.to_tag.is_some(),
            after_to: format!(
                "Call-ID: {}\r\nCSeq: {} {}",
                request.id.call_id, request.id.cseq, request.id.cseq_method
            ),
        }
    }

    /// A response; `tag` goes to the To header if it has none yet.
    pub(crate) fn response(&self, status: u16, reason: Option<&str>, tag: &str) -> Draft {
        let mut draft = Draft(String::with_capacity(1024));
        let reason = reason.unwrap_or_else(|| reason_phrase(status));
        draft.line(format_args!("SIP/2.0 {status} {}", OneLine(&reason)));
        draft.line(format_args!("{}", self.before_to));
        if self.to_has_tag || status == 100 {
            draft.line(format_args!("To: {}", self.to));
        } else {
            draft.line(format_args!("To: {};tag={tag}", self.to));
        }
        draft.line(format_args!("{}", self.after_to));
        draft
    }
}

fn marked_via(via: &super::message::Via, source: std::net::SocketAddr) -> String {
    let mut text = String::with_capacity(via.text.len() + 40);
    for part in via.text.split(';') {
        let name = part.split('=').next().unwrap_or_default().trim();
        // The sender's own received and rport are replaced by what we see.
        if name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("rport") {
            continue;
        }
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(part);
    }
    let ip = source.ip();
    if via.rport {
        let _ = write!(text, ";received={ip};rport={}", source.port());
    } else if via.host.parse() != Ok(ip) {
        let _ = write!(text, ";received={ip}");
    }
    text
}

/// Text without the characters that would end a header line.
struct OneLine<'a, T>(&'a T);

impl<T: Display> Display for OneLine<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Filter<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl fmt::Write for Filter<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                let mut first = true;
                for part in text.split(['\r', '\n', '\0']) {
                    if !first {
                        self.0.write_str(" ")?;
                    }
                    first = false;
                    self.0.write_str(part)?;
                }
                Ok(())
            }
        }
        write!(Filter(f), "{}", self.0)
    }
}

/// The usual reason phrase of a status (RFC 3261 §21).
pub(crate) fn reason_phrase(status: u16) -> &'static str {
    KNOWN_PHRASES.iter().find(|(known, _)| *known == status).map_or_else(
        || match status / 100 {
            1 => "Progress",
            2 => "Success",
            3 => "Redirection",
            4 => "Request Failure",
            5 => "Server Failure",
            _ => "Global Failure",
        },
        |(_, phrase)| phrase,
    )
}

const KNOWN_PHRASES: [(u16, &str); 40] = [
    (100, "Trying"),
    (180, "Ringing"),
    (181, "Call Is Being Forwarded"),
    (182, "Queued"),
    (183, "Session Progress"),
    (200, "OK"),
    (202, "Accepted"),
    (302, "Moved Temporarily"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (423, "Interval Too Brief"),
    (480, "Temporarily Unavailable"),
    (481, "Call/Transaction Does Not Exist"),
    (482, "Loop Detected"),
    (484, "Address Incomplete"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (491, "Request Pending"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (513, "Message Too Large"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
    (604, "Does Not Exist Anywhere"),
    (606, "Not Acceptable"),
    (607, "Unwanted"),
    (608, "Rejected"),
];
