//! What a dialog is (RFC 3261 §12): its identity, where its requests go, and how far it has come.
//!
//! Data and the writing of requests; `uac` and `uas` move it along.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::Serial;
use super::out::Stamp;
use crate::call::{DialogEvent, DialogSink};
use crate::directory::Credentials;
use crate::wire::address::{NameAddr, Uri};
use crate::wire::message::{Headers, Method, Response};
use crate::wire::write::{Draft, Wire};

/// Hops that a request may take (RFC 3261 §8.1.1.6).
pub(super) const MAX_FORWARDS: u8 = 70;
/// Longest route set that is followed.
const ROUTES_MAX: usize = 20;

/// One dialog.
pub(super) struct Dialog {
    pub(super) call_id: String,
    pub(super) local_tag: String,
    pub(super) remote_tag: String,
    /// Our address without tag, as it stands in From or To.
    pub(super) local: String,
    /// Theirs.
    pub(super) remote: String,
    /// Request URI of our requests: their Contact.
    pub(super) target: String,
    /// Proxies between, nearest first.
    pub(super) routes: Vec<String>,
    /// Where their messages come from.
    pub(super) peer: SocketAddr,
    /// Whether our requests always go there: the far side registered from it, or is a phone behind a NAT.
    pub(super) pinned: bool,
    /// Our host and port, for Via.
    pub(super) via: String,
    /// Our Contact.
    pub(super) contact: String,
    pub(super) local_cseq: u32,
    pub(super) remote_cseq: Option<u32>,
    pub(super) credentials: Option<Credentials>,
    pub(super) sink: Option<DialogSink>,
    /// Events from before there was a sink.
    pub(super) early: Vec<DialogEvent>,
    pub(super) phase: Phase,
    /// Whether [`DialogEvent::Ended`] was told.
    pub(super) ended: bool,
    /// A 2xx of ours that has no ACK yet.
    pub(super) unacknowledged: Option<Unacknowledged>,
    /// The ACK of the latest 2xx that we got, to be repeated with every copy of it.
    pub(super) ack: Option<Ack>,
    pub(super) reoffer: Reoffer,
}

/// How far a dialog has come.
pub(super) enum Phase {
    /// We invited.
    Calling(Box<Calling>),
    /// They invited.
    Ringing(Ringing),
    Established,
    /// We hung up before their ACK came; the BYE has to wait for it (RFC 3261 §15).
    HangingUp,
    /// Our BYE is out.
    Leaving,
    /// We cancelled, and they never answered; a late 200 still gets its ACK and BYE.
    Abandoned(Box<Abandoned>),
    /// Over, but the application has not asked for its events yet.
    Over,
}

/// An INVITE of ours that has no final answer.
pub(super) struct Calling {
    pub(super) client: Serial,
    pub(super) branch: String,
    pub(super) offer: String,
    pub(super) headers: Vec<(String, String)>,
    /// How often a challenge was answered.
    pub(super) attempts: u8,
    /// Whether any provisional response came; before it, no CANCEL may be sent (RFC 3261 §9.1).
    pub(super) provisional: bool,
    pub(super) cancel: Cancel,
    /// It rings for too long.
    pub(super) ring: Stamp,
}

/// An INVITE that we gave up although it has no final answer.
pub(super) struct Abandoned {
    pub(super) client: Serial,
    pub(super) branch: String,
    /// Whether a CANCEL could be sent.
    pub(super) cancelled: bool,
    pub(super) forget: Stamp,
}

/// Whether our INVITE is still wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cancel {
    No,
    /// Wanted, and to be given up at that alarm.
    Wanted {
        timeout: bool,
        give_up: Stamp,
    },
}

/// An INVITE of theirs that has no final answer.
pub(super) struct Ringing {
    pub(super) server: Serial,
    /// Their offer came with the INVITE; else it is ours to make.
    pub(super) offered: bool,
    /// The latest provisional response, repeated each minute.
    pub(super) provisional: Option<(u16, Option<String>)>,
    pub(super) refresh: Option<Stamp>,
    pub(super) ring: Stamp,
}

/// A 2xx of ours, repeated until its ACK comes (RFC 3261 §13.3.1.4).
pub(super) struct Unacknowledged {
    pub(super) server: Serial,
    pub(super) cseq: u32,
    pub(super) to: SocketAddr,
    pub(super) wire: Wire,
    pub(super) interval: Duration,
    pub(super) repeat: Stamp,
    pub(super) until: Instant,
    /// Whether the ACK has to bring their answer.
    pub(super) expects_sdp: bool,
    /// Whether it answers the first INVITE.
    pub(super) first: bool,
}

/// An ACK that may have to be sent again.
pub(super) struct Ack {
    pub(super) cseq: u32,
    pub(super) wire: Wire,
    pub(super) to: SocketAddr,
}

/// A re-INVITE under way.
pub(super) enum Reoffer {
    None,
    /// Ours.
    Ours {
        sdp: String,
        attempts: u8,
        challenges: u8,
        retry: Option<Stamp>,
    },
    /// Theirs; the application is to answer it.
    Theirs {
        server: Serial,
        offered: bool,
        give_up: Stamp,
    },
}

impl Dialog {
    /// A request within the dialog.
    pub(super) fn request(&self, method: &Method, cseq: u32, branch: &str) -> Draft {
        let (uri, routes) = self.routed();
        let tag = |address: &str, tag: &str| match tag {
            "" => address.to_owned(),
            tag => format!("{address};tag={tag}"),
        };
        Draft::request(method, uri)
            .header("Via", self.via_value(branch))
            .header("Max-Forwards", MAX_FORWARDS)
            .headers(routes.iter().map(|route| ("Route", route.as_str())))
            .header("From", tag(&self.local, &self.local_tag))
            .header("To", tag(&self.remote, &self.remote_tag))
            .header("Call-ID", &self.call_id)
            .header("CSeq", format_args!("{cseq} {method}"))
    }

    pub(super) fn via_value(&self, branch: &str) -> String {
        format!("SIP/2.0/UDP {};branch={branch};rport", self.via)
    }

    /// Request URI and Route headers (RFC 3261 §12.2.1.1), for strict routers too.
    pub(super) fn routed(&self) -> (&str, Vec<String>) {
        let Some(first) = self.routes.first().and_then(|route| NameAddr::parse(route)) else {
            return (&self.target, Vec::new());
        };
        if Uri::parse(first.uri).is_some_and(|uri| uri.param("lr").is_some()) {
            return (&self.target, self.routes.clone());
        }
        let strict = self.routes.iter().skip(1).cloned();
        let rest = strict.chain([format!("<{}>", self.target)]).collect();
        (
            self.routes
                .first()
                .and_then(|route| NameAddr::parse(route))
                .map_or("", |first| first.uri),
            rest,
        )
    }

    /// Where a request of ours goes: to the first route or their Contact if that is an address that can be reached,
    /// else back to where their messages come from.
    pub(super) fn next_hop(&self) -> SocketAddr {
        if self.pinned {
            return self.peer;
        }
        let first = self.routes.first().and_then(|route| NameAddr::parse(route));
        let uri = Uri::parse(first.map_or(self.target.as_str(), |first| first.uri));
        let Some((uri, ip)) = uri.and_then(|uri| uri.ip().map(|ip| (uri, ip))) else {
            return self.peer;
        };
        let hidden = is_local(ip) && !is_local(self.peer.ip());
        if hidden || ip.is_unspecified() || ip.is_ipv4() != self.peer.is_ipv4() {
            return self.peer;
        }
        SocketAddr::new(ip, uri.port.unwrap_or(super::server::DEFAULT_PORT))
    }

    /// Where the first INVITE and its CANCEL go.
    pub(super) fn next_hop_of_invite(&self) -> SocketAddr {
        self.peer
    }

    /// The same dialog as another fork would have answered it.
    pub(super) fn fork(&self) -> Self {
        Self {
            call_id: self.call_id.clone(),
            local_tag: self.local_tag.clone(),
            remote_tag: String::new(),
            local: self.local.clone(),
            remote: self.remote.clone(),
            target: self.target.clone(),
            routes: Vec::new(),
            peer: self.peer,
            pinned: self.pinned,
            via: self.via.clone(),
            contact: self.contact.clone(),
            local_cseq: self.local_cseq,
            remote_cseq: None,
            credentials: None,
            sink: None,
            early: Vec::new(),
            phase: Phase::Leaving,
            ended: true,
            unacknowledged: None,
            ack: None,
            reoffer: Reoffer::None,
        }
    }

    /// Takes over what a response says of the far side (RFC 3261 §12.1.2).
    pub(super) fn learn(&mut self, response: &Response) {
        self.remote_tag = response.id.to_tag.clone().unwrap_or_default();
        self.learn_target(&response.headers);
        self.routes = record_route(&response.headers);
        self.routes.reverse();
    }

    /// Takes over their Contact (RFC 3261 §12.2.1.2).
    pub(super) fn learn_target(&mut self, headers: &Headers) {
        let contact = headers.list("Contact").next().and_then(NameAddr::parse);
        if let Some(contact) = contact
            && Uri::parse(contact.uri).is_some()
        {
            contact.uri.clone_into(&mut self.target);
        }
    }

    /// Whether anybody has an interest in it any more.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Established)
    }
}

/// Record-Route values in order, as far as we follow them.
pub(super) fn record_route(headers: &Headers) -> Vec<String> {
    headers.list("Record-Route").take(ROUTES_MAX).map(str::to_owned).collect()
}

/// Addresses that mean something only near their owner.
fn is_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}
