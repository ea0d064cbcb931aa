//! Requests of ours outside dialogs, and answers to challenges of any request (RFC 3261 §22, RFC 8760).

use std::net::SocketAddr;
use std::time::Instant;

use tokio::sync::oneshot;

use super::Agent;
use super::client::Owner;
use super::dialog::MAX_FORWARDS;
use super::out::Output;
use super::reading::{contact, from_value};
use crate::call::Address;
use crate::directory::Credentials;
use crate::wire::digest::{Challenge, Proof};
use crate::wire::message::{Method, Response};
use crate::wire::write::{Draft, Wire};

/// How often a challenge of one request is answered.
pub(crate) const CHALLENGES_MAX: u8 = 2;

/// Name and value of the header that answers a challenge.
pub(super) type Proven = (&'static str, String);

/// A request outside dialogs.
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) to: SocketAddr,
    /// From address without tag; To address.
    pub(crate) parties: (String, String),
    /// `None`: a new one for each request.
    pub(crate) from_tag: Option<String>,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) headers: Vec<(String, String)>,
    /// `Content-Type` and what it is of.
    pub(crate) body: Option<(String, Vec<u8>)>,
}

impl Agent {
    /// Sends a request outside dialogs; the waiter gets the final response, or `None` if there is none.
    pub(crate) fn ask(
        &mut self,
        now: Instant,
        question: &Question,
        waiter: oneshot::Sender<Option<Response>>,
    ) {
        self.out.now = now;
        let full = self.clients.len() + self.servers.len() >= self.settings.limits.transactions;
        if full {
            self.out.queue.push_back(Output::Reply { waiter, response: None });
            return;
        }
        let (branch, tag) = (self.entropy.branch(), self.entropy.tag());
        let wire = self.written(question, &branch, &tag);
        let owner = Owner::Waiter(Some(waiter));
        let timers = &self.settings.timers;
        self.clients.start(
            (&question.method, &branch),
            (wire, question.to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    /// How many bytes a request outside dialogs has.
    pub(crate) fn size_of(&self, question: &Question) -> usize {
        // As long as those that the request gets.
        let (branch, tag) = ("z9hG4bK01234567890123456789", "0123456789abcdef");
        self.written(question, branch, tag).len()
    }

    fn written(&self, question: &Question, branch: &str, tag: &str) -> Wire {
        let method = &question.method;
        let via = self.via_for(question.to);
        let tag = question.from_tag.as_deref().unwrap_or(tag);
        let (from, to) = &question.parties;
        let draft = Draft::request(method, &question.target)
            .header("Via", format_args!("SIP/2.0/UDP {via};branch={branch};rport"))
            .header("Max-Forwards", MAX_FORWARDS)
            .header("From", format_args!("{from};tag={tag}"))
            .header("To", to)
            .header("Call-ID", &question.call_id)
            .header("CSeq", format_args!("{} {method}", question.cseq))
            .header("User-Agent", &self.settings.user_agent)
            .headers(question.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        match &question.body {
            Some((content_type, body)) => draft.typed_body(content_type, body),
            None => draft.finish(),
        }
    }

    /// A From of ours for somebody at this address, without its tag.
    pub(crate) fn sender_for(&self, peer: SocketAddr, from: &Address) -> String {
        from_value(from, &self.via_for(peer))
    }

    /// A Contact of ours for somebody at this address.
    pub(crate) fn contact_for(&self, peer: SocketAddr, user: &str) -> String {
        contact(Some(user), &self.via_for(peer))
    }

    /// A new Call-ID, and randomness for a digest.
    pub(crate) fn call_id_and_cnonce(&mut self) -> (String, String) {
        (self.entropy.call_id(), self.entropy.cnonce())
    }

    /// Header name and value that answer a 401 or 407.
    pub(super) fn answer_challenge(
        &mut self,
        credentials: Option<&Credentials>,
        response: &Response,
        method: &Method,
        uri: &str,
    ) -> Option<Proven> {
        let cnonce = self.entropy.cnonce();
        let (name, proof) = answer_challenge(credentials?, response, method, uri, cnonce)?;
        Some((name, proof.to_string()))
    }
}

/// Answers the strongest challenge that we can (RFC 8760 §2.4).
pub(crate) fn answer_challenge(
    credentials: &Credentials,
    response: &Response,
    method: &Method,
    uri: &str,
    cnonce: String,
) -> Option<(&'static str, Proof)> {
    let (asked, answered) = match response.status {
        401 => ("WWW-Authenticate", "Authorization"),
        407 => ("Proxy-Authenticate", "Proxy-Authorization"),
        _ => return None,
    };
    let challenge = response
        .headers
        .all(asked)
        .filter_map(Challenge::parse)
        .max_by_key(|challenge| challenge.algorithm)?;
    let proof =
        challenge.answer(&credentials.user, credentials.password.reveal(), method, uri, cnonce);
    Some((answered, proof))
}
