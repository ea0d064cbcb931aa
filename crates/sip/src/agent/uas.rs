//! Calls that come in, and the way of requests into dialogs (RFC 3261 §9.2, §12.2.2, §13.3).

use std::net::SocketAddr;
use std::time::Duration;

use super::dialog::{Dialog, Phase, Reoffer, Ringing, Unacknowledged, record_route};
use super::out::Purpose;
use super::reading::{address, contact, telling_headers, without_tag};
use super::{Agent, Arrival, RETRY_AFTER, Serial, server};
use crate::call::{Address, DialogEvent, EndedBy, Origin};
use crate::sdp::Description;
use crate::wire::address::{NameAddr, Uri};
use crate::wire::message::{Method, Request};

/// How often a provisional response is repeated, lest proxies give up (RFC 3261 §13.3.1.1).
const PROVISIONAL_EVERY: Duration = Duration::from_secs(60);

impl Agent {
    /// An INVITE that begins a call.
    pub(super) fn invited(&mut self, request: &Request, source: SocketAddr) {
        if !self.guard.invite(source.ip(), self.out.now) || self.closing {
            return self.overloaded(request, source);
        }
        if let Some(required) = request.headers.first("Require") {
            return self.refuse(request, source, 420, None, &[("Unsupported", required)]);
        }
        let Some(origin) = self.admit(request, source) else { return };
        if self.calls >= self.settings.limits.calls {
            return self.overloaded(request, source);
        }
        let Some(to) = Uri::parse(&request.uri) else {
            return self.refuse(request, source, 416, None, &[]);
        };
        let offer = match request.sdp().map(Description::parse) {
            None if !request.body.is_empty() => {
                return self.refuse(request, source, 415, None, &[("Accept", "application/sdp")]);
            }
            Some(Err(error)) => {
                tracing::debug!(%source, %error, "offer refused");
                return self.refuse(request, source, 488, None, &[]);
            }
            None => None,
            Some(Ok(offer)) => Some(offer),
        };
        if self.is_merged(request) {
            return self.refuse(request, source, 482, None, &[]);
        }
        self.welcome(request, source, origin, &to, offer);
    }

    fn welcome(
        &mut self,
        request: &Request,
        source: SocketAddr,
        origin: Origin,
        to: &Uri,
        offer: Option<Description>,
    ) {
        let server = self.servers.open(request, source, Some(self.next_dialog + 1));
        let ring = self.out.arm(self.settings.timers.ring, Purpose::Dialog(self.next_dialog + 1));
        let ringing =
            Ringing { server, offered: offer.is_some(), provisional: None, refresh: None, ring };
        let dialog = self.answering_dialog(request, source, &origin, ringing);
        let serial = self.open_dialog(dialog);
        self.merging.insert(super::tag_key(&request.id.call_id, &request.id.from_tag), serial);
        self.respond(server, (100, None), "", &[], None);
        let arrival = Arrival {
            dialog: serial,
            origin,
            from: request.headers.first("From").map(address).unwrap_or_default(),
            to: Address {
                display: None,
                user: to.user.clone().unwrap_or_default(),
                host: Some(to.host.clone()),
            },
            call_id: request.id.call_id.clone(),
            source,
            offer,
            headers: telling_headers(&request.headers),
        };
        self.out.queue.push_back(super::Output::Arrived(Box::new(arrival)));
    }

    fn answering_dialog(
        &mut self,
        request: &Request,
        source: SocketAddr,
        origin: &Origin,
        ringing: Ringing,
    ) -> Dialog {
        let via = self.via_for(source);
        let user = Uri::parse(&request.uri).and_then(|uri| uri.user);
        let mut dialog = Dialog {
            call_id: request.id.call_id.clone(),
            local_tag: self.entropy.tag(),
            remote_tag: request.id.from_tag.clone(),
            local: request.headers.first("To").unwrap_or_default().to_owned(),
            remote: without_tag(request.headers.first("From").unwrap_or_default()),
            target: String::new(),
            routes: record_route(&request.headers),
            peer: source,
            pinned: matches!(origin, Origin::Phone(_)),
            contact: contact(user.as_deref(), &via),
            via,
            // RFC 3261 §8.1.1.5: any number; a small one is easy to read in traces.
            local_cseq: 0,
            remote_cseq: Some(request.id.cseq),
            credentials: None,
            sink: None,
            early: Vec::new(),
            phase: Phase::Ringing(ringing),
            ended: false,
            unacknowledged: None,
            ack: None,
            reoffer: Reoffer::None,
        };
        dialog.learn_target(&request.headers);
        if dialog.target.is_empty() {
            // Without a Contact the From address has to do.
            let from = request.headers.first("From").and_then(NameAddr::parse);
            dialog.target = from.map(|from| from.uri.to_owned()).unwrap_or_default();
        }
        dialog
    }

    /// The same request over another path (RFC 3261 §8.2.2.2).
    fn is_merged(&self, request: &Request) -> bool {
        let id = &request.id;
        self.merging.get(&super::tag_key(&id.call_id, &id.from_tag)).is_some_and(|serial| {
            self.dialogs.get(serial).is_some_and(|dialog| {
                dialog.remote_cseq == Some(id.cseq) && matches!(dialog.phase, Phase::Ringing(_))
            })
        })
    }

    /// Sends 180 or 183.
    pub(super) fn provisional(&mut self, serial: Serial, status: u16, sdp: Option<&str>) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Ringing(ringing) = &mut dialog.phase else {
            return tracing::debug!(status, "provisional response in a wrong state ignored");
        };
        ringing.provisional = Some((status, sdp.map(str::to_owned)));
        ringing.refresh = Some(self.out.arm(PROVISIONAL_EVERY, Purpose::Dialog(serial)));
        let server = ringing.server;
        let (tag, contact) = (dialog.local_tag.clone(), dialog.contact.clone());
        let headers = [("Contact", contact.as_str()), ("Allow", self.allow())];
        self.respond(server, (status, None), &tag, &headers, sdp);
    }

    /// Sends 200.
    pub(super) fn answer(&mut self, serial: Serial, sdp: &str) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Ringing(ringing) = &dialog.phase else {
            return tracing::debug!("answer in a wrong state ignored");
        };
        let (server, offered) = (ringing.server, ringing.offered);
        dialog.phase = Phase::Established;
        self.accept(serial, server, sdp, !offered, true);
    }

    /// Sends the 2xx of an INVITE or re-INVITE, and keeps at it until the ACK.
    pub(super) fn accept(
        &mut self,
        serial: Serial,
        server: Serial,
        sdp: &str,
        expects_sdp: bool,
        first: bool,
    ) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let (tag, contact) = (dialog.local_tag.clone(), dialog.contact.clone());
        let headers = [("Contact", contact.as_str()), ("Allow", self.allow())];
        let Some(wire) = self.respond(server, (200, None), &tag, &headers, Some(sdp)) else {
            return;
        };
        let Some((cseq, to)) = self.servers.cseq_and_source(server) else { return };
        let timers = &self.settings.timers;
        let unacknowledged = Unacknowledged {
            server,
            cseq,
            to,
            wire,
            interval: timers.t1,
            repeat: self.out.arm(timers.t1, Purpose::Dialog(serial)),
            until: self.out.now + timers.transaction(),
            expects_sdp,
            first,
        };
        if let Some(dialog) = self.dialogs.get_mut(&serial) {
            dialog.unacknowledged = Some(unacknowledged);
        }
    }

    /// Refuses a call.
    pub(super) fn reject(
        &mut self,
        serial: Serial,
        status: u16,
        reason: Option<&str>,
        retry_after: bool,
    ) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let Phase::Ringing(ringing) = &dialog.phase else {
            return tracing::debug!(status, "reject in a wrong state ignored");
        };
        let status = if (300..700).contains(&status) { status } else { 500 };
        let (server, tag) = (ringing.server, dialog.local_tag.clone());
        let wait = RETRY_AFTER.to_string();
        let headers = [("Retry-After", wait.as_str())];
        let headers = if retry_after { &headers[..] } else { &[] };
        self.respond(server, (status, reason), &tag, headers, None);
        self.ended(serial, Some(status), EndedBy::Us, reason);
        self.forget(serial);
    }

    /// CANCEL (RFC 3261 §9.2).
    pub(super) fn cancelled(&mut self, request: &Request, source: SocketAddr) {
        let Some(found) = self.servers.find(&server::key(request)) else {
            return self.refuse(request, source, 481, None, &[]);
        };
        self.refuse(request, source, 200, None, &[]);
        let Some(serial) = self.servers.dialog(found) else { return };
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let tag = dialog.local_tag.clone();
        let reason = request.headers.first("Reason");
        match (&dialog.phase, &dialog.reoffer) {
            (Phase::Ringing(ringing), _) if ringing.server == found => {
                self.respond(found, (487, None), &tag, &[], None);
                self.ended(serial, Some(487), EndedBy::Peer, reason);
                self.forget(serial);
            }
            (_, Reoffer::Theirs { server, .. }) if *server == found => {
                self.drop_reoffer(serial);
            }
            _ => {}
        }
    }

    /// An ACK, of a refusal or of a 2xx.
    pub(super) fn acknowledged(&mut self, request: &Request) {
        let timers = &self.settings.timers;
        if let Some(server) = self.servers.find(&server::key(request))
            && self.servers.acknowledged(server, timers, &mut self.out)
        {
            return;
        }
        let id = &request.id;
        let found = id.to_tag.as_deref().and_then(|tag| self.find_dialog(&id.call_id, tag));
        let Some(serial) = found else { return };
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let expected = dialog.unacknowledged.take_if(|expected| expected.cseq == id.cseq);
        let Some(expected) = expected else { return };
        self.servers.absorb(expected.server, &self.settings.timers, &mut self.out);
        if matches!(dialog.phase, Phase::HangingUp) {
            return self.leave(serial);
        }
        let sdp = if expected.expects_sdp {
            request.sdp().and_then(|sdp| Description::parse(sdp).ok())
        } else {
            None
        };
        if expected.first || expected.expects_sdp {
            self.tell(serial, DialogEvent::Acknowledged { sdp });
        }
    }

    /// A request with a To tag.
    pub(super) fn within_dialog(&mut self, request: &Request, source: SocketAddr) {
        let id = &request.id;
        let found = id.to_tag.as_deref().and_then(|tag| self.find_dialog(&id.call_id, tag));
        let dialog = found.and_then(|serial| Some((serial, self.dialogs.get_mut(&serial)?)));
        let Some((serial, dialog)) = dialog.filter(|(_, dialog)| dialog.remote_tag == id.from_tag)
        else {
            return self.refuse(request, source, 481, None, &[]);
        };
        if dialog.remote_cseq.is_some_and(|last| id.cseq <= last) {
            return self.refuse(request, source, 500, Some("CSeq is not higher"), &[]);
        }
        dialog.remote_cseq = Some(id.cseq);
        let tag = dialog.local_tag.clone();
        let server = self.servers.open(request, source, Some(serial));
        match request.method {
            Method::Bye => self.bye(serial, server, request),
            Method::Invite => self.reinvited(serial, server, request, source),
            Method::Info => self.info(serial, server, request),
            Method::Options => {
                self.respond(server, (200, None), &tag, &[("Allow", self.allow())], None);
            }
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Message
            | Method::Other(_) => {
                self.respond(server, (405, None), &tag, &[("Allow", self.allow())], None);
            }
        }
    }

    pub(super) fn repeat_answer(&mut self, serial: Serial) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Some(waiting) = &mut dialog.unacknowledged else { return };
        if self.out.now < waiting.until {
            self.out.send(waiting.to, &waiting.wire);
            waiting.interval = (waiting.interval * 2).min(self.settings.timers.t2);
            let left = waiting.until.saturating_duration_since(self.out.now);
            waiting.repeat = self.out.arm(waiting.interval.min(left), Purpose::Dialog(serial));
            return;
        }
        // RFC 3261 §13.3.1.4: without an ACK the dialog stands, and the session ends with a BYE.
        dialog.unacknowledged = None;
        self.ended(serial, None, EndedBy::Timeout, Some("no ACK"));
        self.leave(serial);
    }
}
