//! Calls that go out, until they are answered, refused or given up (RFC 3261 §9.1, §13.2).

use std::net::SocketAddr;
use std::time::Instant;

use super::client::{AckHead, Errand, Owner, Told};
use super::dialog::{Abandoned, Ack, Calling, Cancel, Dialog, Phase, Reoffer};
use super::out::Purpose;
use super::outside::{CHALLENGES_MAX, Proven};
use super::reading::{contact, from_value, telling_headers};
use super::{Agent, Serial};
use crate::call::{Address, DialogEvent, DialogSink, EndedBy};
use crate::directory::Credentials;
use crate::sdp::Description;
use crate::wire::message::{Method, Response, is_token};
use crate::wire::write::{Draft, Wire};

/// Headers that the stack writes itself, and that an application's don't replace.
const OWN_HEADERS: [&str; 18] = [
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Max-Forwards",
    "Route",
    "Record-Route",
    "Content-Length",
    "Content-Type",
    "Allow",
    "Authorization",
    "Proxy-Authorization",
    "User-Agent",
    "Require",
    "Supported",
    "Content-Encoding",
];

/// Whether the stack writes this header itself.
pub(crate) fn is_own_header(name: &str) -> bool {
    OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A call to be placed.
pub(crate) struct Outgoing {
    /// Request URI.
    pub(crate) target: String,
    /// Where it is sent.
    pub(crate) to: SocketAddr,
    /// Whether requests always go there.
    pub(crate) pinned: bool,
    pub(crate) from: Address,
    pub(crate) offer: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credentials: Option<Credentials>,
}

impl Agent {
    /// Places a call; `None` if there are too many.
    pub(crate) fn invite(
        &mut self,
        now: Instant,
        outgoing: Outgoing,
        sink: DialogSink,
    ) -> Option<(Serial, String)> {
        self.out.now = now;
        let full = self.clients.len() + self.servers.len() >= self.settings.limits.transactions;
        if self.closing || full || self.calls >= self.settings.limits.calls {
            return None;
        }
        let via = self.via_for(outgoing.to);
        let ring = self.out.arm(self.settings.timers.ring, Purpose::Dialog(self.next_dialog + 1));
        let call_id = self.entropy.call_id();
        let calling = Calling {
            client: 0,
            branch: String::new(),
            offer: outgoing.offer,
            headers: outgoing.headers,
            attempts: 0,
            provisional: false,
            cancel: Cancel::No,
            ring,
        };
        let dialog = Dialog {
            call_id: call_id.clone(),
            local_tag: self.entropy.tag(),
            remote_tag: String::new(),
            local: from_value(&outgoing.from, &via),
            remote: format!("<{}>", outgoing.target),
            target: outgoing.target,
            routes: Vec::new(),
            peer: outgoing.to,
            pinned: outgoing.pinned,
            contact: contact(
                Some(outgoing.from.user.as_str()).filter(|user| !user.is_empty()),
                &via,
            ),
            via,
            local_cseq: 0,
            remote_cseq: None,
            credentials: outgoing.credentials,
            sink: Some(sink),
            early: Vec::new(),
            phase: Phase::Calling(Box::new(calling)),
            ended: false,
            unacknowledged: None,
            ack: None,
            reoffer: Reoffer::None,
        };
        let serial = self.open_dialog(dialog);
        self.send_invite(serial, None);
        Some((serial, call_id))
    }

    /// Sends the first INVITE, or sends it again with an answer to a challenge.
    fn send_invite(&mut self, serial: Serial, proof: Option<&Proven>) {
        let (branch, allow) = (self.entropy.branch(), self.allow());
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.local_cseq += 1;
        let Phase::Calling(calling) = &dialog.phase else { return };
        let more = calling
            .headers
            .iter()
            .filter(|(name, _)| is_token(name) && !is_own_header(name))
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let offer = calling.offer.clone();
        let draft = dialog.request(&Method::Invite, dialog.local_cseq, &branch).headers(more);
        let (wire, to, ack) =
            invite_parts(dialog, draft, &branch, proof, (&self.settings.user_agent, allow), &offer);
        let owner = Owner::Dialog(serial, Errand::Invite);
        let timers = &self.settings.timers;
        let client = self.clients.start(
            (&Method::Invite, &branch),
            (wire, to),
            Some(ack),
            owner,
            timers,
            &mut self.out,
        );
        if let Phase::Calling(calling) = &mut dialog.phase {
            calling.client = client;
            calling.branch = branch;
            calling.provisional = false;
        }
    }

    /// A response to one of a dialog's requests.
    pub(super) fn heard(&mut self, told: &Told, response: &Response) {
        match told.errand {
            Errand::Invite => self.invite_heard(told, response),
            Errand::Reinvite => self.reinvite_heard(told, response),
            Errand::Bye if !response.is_provisional() => {
                self.bye_heard(told.dialog, response);
            }
            Errand::Bye | Errand::Cancel | Errand::Info => {}
        }
    }

    /// Nobody answered one of a dialog's requests.
    pub(super) fn unanswered(&mut self, told: &Told) {
        let Some(dialog) = self.dialogs.get_mut(&told.dialog) else { return };
        match told.errand {
            Errand::Invite => match &dialog.phase {
                Phase::Calling(calling) if calling.client == told.client => {
                    self.ended(told.dialog, Some(408), EndedBy::Timeout, None);
                    self.forget(told.dialog);
                }
                Phase::Abandoned(given_up) if given_up.client == told.client => {
                    self.forget(told.dialog);
                }
                _ => {}
            },
            Errand::Reinvite => {
                // RFC 3261 §14.1: no answer at all ends the dialog, as 408 does.
                dialog.reoffer = Reoffer::None;
                self.ended(told.dialog, None, EndedBy::Timeout, Some("re-INVITE not answered"));
                self.leave(told.dialog);
            }
            Errand::Bye => self.forget(told.dialog),
            Errand::Cancel | Errand::Info => {}
        }
    }

    fn invite_heard(&mut self, told: &Told, response: &Response) {
        let serial = told.dialog;
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        match &mut dialog.phase {
            Phase::Calling(calling) if calling.client == told.client => {
                if response.is_provisional() {
                    self.progressed(serial, response);
                } else if response.is_success() {
                    self.established(serial, response);
                } else {
                    self.refused(serial, response);
                }
            }
            Phase::Abandoned(given_up) if given_up.client == told.client => {
                if response.is_success() {
                    dialog.learn(response);
                    self.acknowledge(serial, response);
                    self.leave(serial);
                } else if !response.is_provisional() {
                    self.forget(serial);
                } else if !std::mem::replace(&mut given_up.cancelled, true) {
                    let branch = given_up.branch.clone();
                    self.send_cancel(serial, &branch);
                }
            }
            _ if response.is_success() => self.repeated_success(serial, response),
            _ => {}
        }
    }

    fn progressed(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Calling(calling) = &mut dialog.phase else { return };
        let first = !std::mem::replace(&mut calling.provisional, true);
        if calling.cancel != Cancel::No {
            if first {
                let branch = calling.branch.clone();
                self.send_cancel(serial, &branch);
            }
            return;
        }
        if response.status > 100 {
            let sdp = response.sdp().and_then(|sdp| Description::parse(sdp).ok());
            self.tell(serial, DialogEvent::Progress { status: response.status, sdp });
        }
    }

    fn established(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let cancel = match &dialog.phase {
            Phase::Calling(calling) => calling.cancel,
            _ => Cancel::No,
        };
        dialog.learn(response);
        dialog.phase = Phase::Established;
        self.acknowledge(serial, response);
        if let Cancel::Wanted { timeout, .. } = cancel {
            // Their 200 and our CANCEL crossed.
            let by = if timeout { EndedBy::Timeout } else { EndedBy::Us };
            self.ended(serial, None, by, None);
            return self.leave(serial);
        }
        let sdp = response.sdp().and_then(|sdp| Description::parse(sdp).ok());
        let headers = telling_headers(&response.headers);
        self.tell(serial, DialogEvent::Answered { sdp, headers });
    }

    fn refused(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Calling(calling) = &mut dialog.phase else { return };
        if calling.cancel == Cancel::No && calling.attempts < CHALLENGES_MAX {
            calling.attempts += 1;
            let uri = dialog.target.clone();
            let credentials = dialog.credentials.clone();
            if let Some(proof) =
                self.answer_challenge(credentials.as_ref(), response, &Method::Invite, &uri)
            {
                return self.send_invite(serial, Some(&proof));
            }
        }
        let by = match self.dialogs.get(&serial).map(|dialog| &dialog.phase) {
            Some(Phase::Calling(calling)) => match calling.cancel {
                Cancel::Wanted { timeout: true, .. } => EndedBy::Timeout,
                Cancel::Wanted { timeout: false, .. } => EndedBy::Us,
                Cancel::No => EndedBy::Peer,
            },
            _ => EndedBy::Peer,
        };
        self.ended(serial, Some(response.status), by, Some(&response.reason));
        self.forget(serial);
    }

    /// A 2xx came again: its ACK was lost, or another fork answered too.
    pub(super) fn repeated_success(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        if response.id.to_tag.as_deref().unwrap_or_default() == dialog.remote_tag {
            if let Some(ack) = dialog.ack.as_ref().filter(|ack| ack.cseq == response.id.cseq) {
                self.out.send(ack.to, &ack.wire);
            }
            return;
        }
        // One call is one dialog: the other fork is thanked and let go (RFC 3261 §13.2.2.4).
        let (ack_branch, bye_branch) = (self.entropy.branch(), self.entropy.branch());
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let mut fork = dialog.fork();
        fork.learn(response);
        let to = fork.next_hop();
        let ack = fork.request(&Method::Ack, response.id.cseq, &ack_branch).finish();
        let bye = fork.request(&Method::Bye, response.id.cseq + 1, &bye_branch).finish();
        self.out.send(to, &ack);
        let (owner, timers) = (Owner::Waiter(None), &self.settings.timers);
        self.clients.start(
            (&Method::Bye, &bye_branch),
            (bye, to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    /// Sends the ACK of a 2xx and keeps it.
    pub(super) fn acknowledge(&mut self, serial: Serial, response: &Response) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let wire = dialog.request(&Method::Ack, response.id.cseq, &branch).finish();
        let to = dialog.next_hop();
        self.out.send(to, &wire);
        dialog.ack = Some(Ack { cseq: response.id.cseq, wire, to });
    }

    /// Gives a call up that has not been answered.
    pub(super) fn cancel(&mut self, serial: Serial, timeout: bool) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Calling(calling) = &mut dialog.phase else { return };
        if calling.cancel != Cancel::No {
            return;
        }
        let give_up = self.out.arm(self.settings.timers.cancel, Purpose::Dialog(serial));
        calling.cancel = Cancel::Wanted { timeout, give_up };
        if calling.provisional {
            let branch = calling.branch.clone();
            self.send_cancel(serial, &branch);
        }
    }

    fn send_cancel(&mut self, serial: Serial, branch: &str) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        // RFC 3261 §9.1: the INVITE's own branch, and no To tag.
        let wire = dialog.request(&Method::Cancel, dialog.local_cseq, branch).finish();
        let owner = Owner::Dialog(serial, Errand::Cancel);
        let (to, timers) = (dialog.next_hop_of_invite(), &self.settings.timers);
        self.clients.start(
            (&Method::Cancel, branch),
            (wire, to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    /// A cancelled call never answered: it is over for the application, but a late 200 is still taken care of.
    pub(super) fn abandon(&mut self, serial: Serial, timeout: bool) {
        let forget = self.out.arm(self.settings.timers.transaction(), Purpose::Dialog(serial));
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Phase::Calling(calling) = &dialog.phase else { return };
        dialog.phase = Phase::Abandoned(Box::new(Abandoned {
            client: calling.client,
            branch: calling.branch.clone(),
            cancelled: calling.provisional,
            forget,
        }));
        let by = if timeout { EndedBy::Timeout } else { EndedBy::Us };
        self.ended(serial, Some(487), by, None);
    }
}

/// The bytes of an INVITE, where it goes, and what the ACK of its refusal repeats.
pub(super) fn invite_parts(
    dialog: &Dialog,
    draft: Draft,
    branch: &str,
    proof: Option<&Proven>,
    (user_agent, allow): (&str, &str),
    sdp: &str,
) -> (Wire, SocketAddr, AckHead) {
    let draft = draft
        .header("Contact", &dialog.contact)
        .header("Allow", allow)
        .header("User-Agent", user_agent);
    let draft = match proof {
        Some((name, value)) => draft.header(name, value),
        None => draft,
    };
    let (uri, routes) = dialog.routed();
    let ack = AckHead {
        uri: uri.to_owned(),
        via: dialog.via_value(branch),
        from: format!("{};tag={}", dialog.local, dialog.local_tag),
        call_id: dialog.call_id.clone(),
        cseq: dialog.local_cseq,
        routes,
    };
    let to =
        if dialog.remote_tag.is_empty() { dialog.next_hop_of_invite() } else { dialog.next_hop() };
    (draft.body(Some(sdp)), to, ack)
}
