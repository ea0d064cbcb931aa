//! Text messages that come in: MESSAGE, inside calls or outside (RFC 3428).
//!
//! One transaction each and no dialog. What comes again gets the same answer and is told once; whoever is to answer it
//! and doesn't has it answered for them when the sender gives up.

use std::net::SocketAddr;

use super::out::{Output, Purpose};
use super::reading::{address, telling_headers};
use super::{Agent, RETRY_AFTER, Serial};
use crate::call::{Address, Origin};
use crate::wire::address::Uri;
use crate::wire::message::Request;

/// Longest body, in bytes. RFC 3428 §8 has 1,300 for the whole request where nothing is known of the way; the limit
/// here is against those who fill memory.
const BODY_MAX: usize = 16 * 1024;

/// A text that came in.
pub(crate) struct TextArrival {
    pub(crate) server: Serial,
    pub(crate) origin: Origin,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) source: SocketAddr,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Agent {
    /// From now on somebody takes texts.
    pub(crate) fn take_texts(&mut self) {
        self.takes_texts = true;
    }

    /// A MESSAGE that didn't come before. One within a dialog has nothing to do with the call (RFC 3428 §4).
    pub(super) fn texted(&mut self, request: &Request, source: SocketAddr) {
        if !self.takes_texts {
            return self.refuse(request, source, 405, None, &[("Allow", self.allow())]);
        }
        if !self.guard.invite(source.ip(), self.out.now) || self.closing {
            return self.overloaded(request, source);
        }
        if let Some(required) = request.headers.first("Require") {
            return self.refuse(request, source, 420, None, &[("Unsupported", required)]);
        }
        let Some(origin) = self.admit(request, source) else { return };
        let Some(to) = Uri::parse(&request.uri) else {
            return self.refuse(request, source, 416, None, &[]);
        };
        if request.body.len() > BODY_MAX {
            return self.refuse(request, source, 513, None, &[]);
        }
        let coded = request.headers.first("Content-Encoding");
        if coded.is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return self.refuse(request, source, 415, None, &[("Accept-Encoding", "identity")]);
        }
        let server = self.servers.open(request, source, None);
        self.out.arm(self.settings.timers.transaction(), Purpose::Text(server));
        let arrival = TextArrival {
            server,
            origin,
            from: request.headers.first("From").map(address).unwrap_or_default(),
            to: Address { display: None, user: to.user.unwrap_or_default(), host: Some(to.host) },
            call_id: request.id.call_id.clone(),
            cseq: request.id.cseq,
            source,
            content_type: request.headers.first("Content-Type").map(str::to_owned),
            body: request.body.clone(),
            headers: telling_headers(&request.headers),
        };
        self.out.queue.push_back(Output::Text(Box::new(arrival)));
    }

    /// Answers a text; a second answer is ignored.
    pub(crate) fn answer_text(
        &mut self,
        now: std::time::Instant,
        server: Serial,
        status: u16,
        retry_after: bool,
    ) {
        self.out.now = now;
        let tag = self.entropy.tag();
        let wait = RETRY_AFTER.to_string();
        let headers = [("Retry-After", wait.as_str())];
        let headers = if retry_after { &headers[..] } else { &[] };
        self.respond(server, (status, None), &tag, headers, None);
    }

    /// Nobody answered a text in time; its sender has given up.
    pub(super) fn text_forgotten(&mut self, server: Serial) {
        let tag = self.entropy.tag();
        self.respond(server, (480, None), &tag, &[], None);
    }
}
