//! Server transactions over UDP (RFC 3261 §17.2, RFC 6026 §7.1): every retransmission of a request gets the same
//! response, and a refusal of an INVITE is repeated until its ACK is here.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::Serial;
use super::out::{Out, Purpose, Stamp};
use crate::settings::Timers;
use crate::wire::message::{Method, Request};
use crate::wire::write::{Draft, Mirror, Wire};

/// All server transactions.
#[derive(Default)]
pub(super) struct Servers {
    by_key: HashMap<Box<str>, Serial>,
    live: HashMap<Serial, Server>,
    next: Serial,
}

/// One server transaction.
pub(super) struct Server {
    key: Box<str>,
    invite: bool,
    cseq: u32,
    /// Where responses go.
    to: SocketAddr,
    /// Dialog that it belongs to.
    dialog: Option<Serial>,
    /// Gone once the last response is written.
    mirror: Option<Box<Mirror>>,
    state: State,
    end: Option<Stamp>,
}

enum State {
    /// No final response yet.
    Open { last: Option<Wire> },
    /// An INVITE was refused; waiting for the ACK.
    Refused { response: Wire, interval: Duration, repeat: Stamp },
    /// Answered; only retransmissions are answered any more.
    Answered { response: Wire },
    /// Over; retransmissions and ACKs are absorbed.
    Absorbing,
}

impl Servers {
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    pub(super) fn find(&self, key: &str) -> Option<Serial> {
        self.by_key.get(key).copied()
    }

    /// The dialog that a transaction belongs to.
    pub(super) fn dialog(&self, serial: Serial) -> Option<Serial> {
        self.live.get(&serial)?.dialog
    }

    /// Sequence number of the request, and where its responses go.
    pub(super) fn cseq_and_source(&self, serial: Serial) -> Option<(u32, SocketAddr)> {
        self.live.get(&serial).map(|server| (server.cseq, server.to))
    }

    pub(super) fn open(
        &mut self,
        request: &Request,
        source: SocketAddr,
        dialog: Option<Serial>,
    ) -> Serial {
        self.next += 1;
        let key: Box<str> = key(request).into();
        let server = Server {
            key: key.clone(),
            invite: request.method == Method::Invite,
            cseq: request.id.cseq,
            to: response_address(request, source),
            dialog,
            mirror: Some(Box::new(Mirror::of(request, source))),
            state: State::Open { last: None },
            end: None,
        };
        self.by_key.insert(key, self.next);
        self.live.insert(self.next, server);
        self.next
    }

    /// A request with this key came again.
    pub(super) fn repeated(&self, serial: Serial, out: &mut Out) {
        let Some(server) = self.live.get(&serial) else { return };
        match &server.state {
            State::Open { last: Some(response) }
            | State::Refused { response, .. }
            | State::Answered { response } => out.send(server.to, response),
            State::Open { last: None } | State::Absorbing => {}
        }
    }

    /// Begins a response, unless the last one is already out.
    pub(super) fn response(
        &self,
        serial: Serial,
        status: u16,
        reason: Option<&str>,
        tag: &str,
    ) -> Option<Draft> {
        let mirror = self.live.get(&serial)?.mirror.as_ref()?;
        Some(mirror.response(status, reason, tag))
    }

    /// Sends a response and moves on as its status says.
    pub(super) fn respond(
        &mut self,
        serial: Serial,
        status: u16,
        response: Wire,
        timers: &Timers,
        out: &mut Out,
    ) {
        let Some(server) = self.live.get_mut(&serial) else { return };
        out.send(server.to, &response);
        if status < 200 {
            server.state = State::Open { last: Some(response) };
            return;
        }
        server.mirror = None;
        server.end = Some(out.arm(timers.transaction(), Purpose::ServerEnd(serial)));
        server.state = if server.invite && status >= 300 {
            let repeat = out.arm(timers.t1, Purpose::ServerRepeat(serial));
            State::Refused { response, interval: timers.t1, repeat }
        } else {
            State::Answered { response }
        };
    }

    /// The ACK of a refusal is here. Whether it was one.
    pub(super) fn acknowledged(&mut self, serial: Serial, timers: &Timers, out: &mut Out) -> bool {
        let Some(server) = self.live.get_mut(&serial) else { return false };
        match server.state {
            State::Refused { .. } => {
                server.state = State::Absorbing;
                server.end = Some(out.arm(timers.t4, Purpose::ServerEnd(serial)));
                true
            }
            State::Absorbing => true,
            State::Open { .. } | State::Answered { .. } => false,
        }
    }

    /// The ACK of a 2xx is here: the response need not be kept any more, and the client has stopped repeating its
    /// INVITE, so what is still on its way is older than T4 soon.
    pub(super) fn absorb(&mut self, serial: Serial, timers: &Timers, out: &mut Out) {
        if let Some(server) = self.live.get_mut(&serial) {
            server.state = State::Absorbing;
            server.end = Some(out.arm(timers.t4, Purpose::ServerEnd(serial)));
        }
    }

    /// Timer G.
    pub(super) fn repeat(&mut self, serial: Serial, stamp: Stamp, timers: &Timers, out: &mut Out) {
        let Some(server) = self.live.get_mut(&serial) else { return };
        if let State::Refused { response, interval, repeat } = &mut server.state
            && *repeat == stamp
        {
            out.send(server.to, response);
            *interval = (*interval * 2).min(timers.t2);
            *repeat = out.arm(*interval, Purpose::ServerRepeat(serial));
        }
    }

    /// Timers H, I, J, L.
    pub(super) fn end(&mut self, serial: Serial, stamp: Stamp) {
        if self.live.get(&serial).is_some_and(|server| server.end == Some(stamp))
            && let Some(server) = self.live.remove(&serial)
        {
            self.by_key.remove(&server.key);
        }
    }
}

/// What a retransmission, a CANCEL and the ACK of a refusal have in common with their request (RFC 3261 §17.2.3).
pub(super) fn key(request: &Request) -> String {
    let id = &request.id;
    let method = match &request.method {
        Method::Ack | Method::Cancel => "INVITE",
        method => method.as_str(),
    };
    let via = &id.via;
    let port = via.port.unwrap_or(DEFAULT_PORT);
    if via.branch.get(..COOKIE.len()).is_some_and(|cookie| cookie.eq_ignore_ascii_case(COOKIE)) {
        format!("{method} {} {}:{port}", via.branch, via.host.to_ascii_lowercase())
    } else {
        // A client from before RFC 3261.
        format!(
            "{method} {} {} {} {} {}:{port}",
            id.call_id, id.cseq, id.from_tag, request.uri, via.host
        )
    }
}

/// SIP's port (RFC 3261 §19.1.2).
pub(crate) const DEFAULT_PORT: u16 = 5060;
/// Marks branches that are unique (RFC 3261 §8.1.1.7).
const COOKIE: &str = "z9hG4bK";

/// Where a response goes (RFC 3261 §18.2.2, RFC 3581 §4): back to where the request came from, at the port of its Via
/// unless it asked for the source port.
pub(super) fn response_address(request: &Request, source: SocketAddr) -> SocketAddr {
    let via = &request.id.via;
    if via.rport { source } else { SocketAddr::new(source.ip(), via.port.unwrap_or(DEFAULT_PORT)) }
}
