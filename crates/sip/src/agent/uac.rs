//! Calls that go out, requests of ours within dialogs, and requests outside them (RFC 3261 §9.1, §12.2.1, §13.2, §14.1).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::oneshot;

use super::client::{self, AckHead, Owner, Told};
use super::dialog::{Abandoned, Ack, Calling, Cancel, Dialog, MAX_FORWARDS, Phase, Reoffer};
use super::out::{Output, Purpose, Stamp};
use super::uas::{contact, telling_headers};
use super::{ALLOW, Agent, Serial};
use crate::call::{Address, DialogEvent, DialogSink, EndedBy};
use crate::directory::Credentials;
use crate::sdp::Description;
use crate::wire::address::{Quoted, User};
use crate::wire::digest::{Challenge, Proof};
use crate::wire::message::{Method, Response, is_token};
use crate::wire::write::{Draft, Wire};

/// How often a challenge of one request is answered.
const CHALLENGES_MAX: u8 = 2;
/// How often a re-INVITE that collided is tried.
const REOFFERS_MAX: u8 = 4;
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

/// A request outside dialogs.
pub(crate) struct Question {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) to: SocketAddr,
    /// From address without tag; To address.
    pub(crate) parties: (String, String),
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) headers: Vec<(String, String)>,
}

impl Agent {
    /// Places a call; `None` if there are too many.
    pub(crate) fn invite(
        &mut self,
        now: std::time::Instant,
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

    /// Sends a request outside dialogs; the waiter gets the final response, or `None` if there is none.
    pub(crate) fn ask(
        &mut self,
        now: std::time::Instant,
        question: &Question,
        waiter: oneshot::Sender<Option<Response>>,
    ) {
        self.out.now = now;
        let full = self.clients.len() + self.servers.len() >= self.settings.limits.transactions;
        if full {
            self.out.queue.push_back(Output::Reply { waiter, response: None });
            return;
        }
        let method = match question.method {
            "REGISTER" => Method::Register,
            _ => Method::Options,
        };
        let via = self.via_for(question.to);
        let (branch, tag) = (self.entropy.branch(), self.entropy.tag());
        let (from, to) = &question.parties;
        let wire = Draft::request(&method, &question.target)
            .header("Via", format_args!("SIP/2.0/UDP {via};branch={branch};rport"))
            .header("Max-Forwards", MAX_FORWARDS)
            .header("From", format_args!("{from};tag={tag}"))
            .header("To", to)
            .header("Call-ID", &question.call_id)
            .header("CSeq", format_args!("{} {method}", question.cseq))
            .header("User-Agent", &self.settings.user_agent)
            .headers(question.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .finish();
        let owner = Owner::Waiter(Some(waiter));
        let timers = &self.settings.timers;
        self.clients.start(
            (&method, &branch),
            (wire, question.to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    /// A Contact of ours for somebody at this address.
    pub(crate) fn contact_for(&self, peer: SocketAddr, user: &str) -> String {
        contact(Some(user), &self.via_for(peer))
    }

    /// A new Call-ID, and randomness for a digest.
    pub(crate) fn call_id_and_cnonce(&mut self) -> (String, String) {
        (self.entropy.call_id(), self.entropy.cnonce())
    }

    /// Sends the first INVITE, or sends it again with an answer to a challenge.
    fn send_invite(&mut self, serial: Serial, proof: Option<(&'static str, String)>) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.local_cseq += 1;
        let Phase::Calling(calling) = &dialog.phase else { return };
        let own = |name: &str| OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name));
        let more = calling
            .headers
            .iter()
            .filter(|(name, _)| is_token(name) && !own(name))
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let offer = calling.offer.clone();
        let draft = dialog.request(&Method::Invite, dialog.local_cseq, &branch).headers(more);
        let (wire, to, ack) =
            invite_parts(dialog, draft, &branch, proof, &self.settings.user_agent, &offer);
        let owner = Owner::Dialog(serial, client::Request::Invite);
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
        match told.request {
            client::Request::Invite => self.invite_heard(told, response),
            client::Request::Reinvite => self.reinvite_heard(told, response),
            client::Request::Bye if !response.is_provisional() => {
                self.bye_heard(told.dialog, response)
            }
            client::Request::Bye | client::Request::Cancel | client::Request::Info => {}
        }
    }

    /// Nobody answered one of a dialog's requests.
    pub(super) fn unanswered(&mut self, told: &Told) {
        let Some(dialog) = self.dialogs.get_mut(&told.dialog) else { return };
        match told.request {
            client::Request::Invite => match &dialog.phase {
                Phase::Calling(calling) if calling.client == told.client => {
                    self.ended(told.dialog, Some(408), EndedBy::Timeout, None);
                    self.forget(told.dialog);
                }
                Phase::Abandoned(given_up) if given_up.client == told.client => {
                    self.forget(told.dialog)
                }
                _ => {}
            },
            client::Request::Reinvite => {
                // RFC 3261 §14.1: no answer at all ends the dialog, as 408 does.
                dialog.reoffer = Reoffer::None;
                self.ended(told.dialog, None, EndedBy::Timeout, Some("re-INVITE not answered"));
                self.leave(told.dialog);
            }
            client::Request::Bye => self.forget(told.dialog),
            client::Request::Cancel | client::Request::Info => {}
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
                return self.send_invite(serial, Some(proof));
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
    fn repeated_success(&mut self, serial: Serial, response: &Response) {
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
    fn acknowledge(&mut self, serial: Serial, response: &Response) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let wire = dialog.request(&Method::Ack, response.id.cseq, &branch).finish();
        let to = dialog.next_hop();
        self.out.send(to, &wire);
        dialog.ack = Some(Ack { cseq: response.id.cseq, wire, to });
    }

    /// Ends a dialog as fits its state.
    pub(super) fn hangup(&mut self, serial: Serial) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        match &mut dialog.phase {
            Phase::Calling(_) => self.cancel(serial, false),
            Phase::Ringing(_) => self.reject(serial, 603, None, false),
            Phase::Established => {
                let waiting = dialog.unacknowledged.as_ref().is_some_and(|waiting| waiting.first);
                self.ended(serial, None, EndedBy::Us, None);
                if waiting {
                    if let Some(dialog) = self.dialogs.get_mut(&serial) {
                        dialog.phase = Phase::HangingUp;
                    }
                } else {
                    self.leave(serial);
                }
            }
            Phase::HangingUp | Phase::Leaving | Phase::Abandoned(_) | Phase::Over => {}
        }
    }

    /// Gives a call up that has not been answered.
    fn cancel(&mut self, serial: Serial, timeout: bool) {
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
        let owner = Owner::Dialog(serial, client::Request::Cancel);
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

    /// Sends BYE and waits for its answer.
    pub(super) fn leave(&mut self, serial: Serial) {
        self.drop_reoffer(serial);
        self.send_bye(serial, None);
        if let Some(dialog) = self.dialogs.get_mut(&serial) {
            dialog.phase = Phase::Leaving;
        }
    }

    fn send_bye(&mut self, serial: Serial, proof: Option<(&'static str, String)>) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.unacknowledged = None;
        dialog.local_cseq += 1;
        let draft = dialog
            .request(&Method::Bye, dialog.local_cseq, &branch)
            .header("User-Agent", &self.settings.user_agent);
        let wire = match &proof {
            Some((name, value)) => draft.header(name, value),
            None => draft,
        };
        let owner = Owner::Dialog(serial, client::Request::Bye);
        let (to, timers) = (dialog.next_hop(), &self.settings.timers);
        self.clients.start(
            (&Method::Bye, &branch),
            (wire.finish(), to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    fn bye_heard(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let credentials = dialog.credentials.take();
        let target = dialog.target.clone();
        // Credentials are taken, so a challenge is answered once.
        match self.answer_challenge(credentials.as_ref(), response, &Method::Bye, &target) {
            Some(proof) => self.send_bye(serial, Some(proof)),
            None => self.forget(serial),
        }
    }

    /// Sends a re-INVITE.
    pub(super) fn reoffer(&mut self, serial: Serial, sdp: String) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if !dialog.is_up() || !matches!(dialog.reoffer, Reoffer::None) {
            return tracing::debug!("re-INVITE in a wrong state ignored");
        }
        dialog.reoffer = Reoffer::Ours { sdp, attempts: 0, challenges: 0, retry: None };
        if dialog.unacknowledged.is_some() {
            // Not before their ACK; it is tried as if it had collided.
            return self.retry_later(serial);
        }
        self.send_reinvite(serial, None);
    }

    fn send_reinvite(&mut self, serial: Serial, proof: Option<(&'static str, String)>) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.local_cseq += 1;
        let Reoffer::Ours { sdp, attempts, retry, .. } = &mut dialog.reoffer else { return };
        *attempts += 1;
        *retry = None;
        let sdp = sdp.clone();
        let draft = dialog.request(&Method::Invite, dialog.local_cseq, &branch);
        let (wire, to, ack) =
            invite_parts(dialog, draft, &branch, proof, &self.settings.user_agent, &sdp);
        let owner = Owner::Dialog(serial, client::Request::Reinvite);
        let timers = &self.settings.timers;
        self.clients.start(
            (&Method::Invite, &branch),
            (wire, to),
            Some(ack),
            owner,
            timers,
            &mut self.out,
        );
    }

    fn reinvite_heard(&mut self, told: &Told, response: &Response) {
        let serial = told.dialog;
        if response.is_provisional() {
            return;
        }
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Reoffer::Ours { retry: None, attempts, challenges, .. } = &mut dialog.reoffer else {
            if response.is_success() {
                self.repeated_success(serial, response);
            }
            return;
        };
        let status = response.status;
        if response.is_success() {
            dialog.reoffer = Reoffer::None;
            dialog.learn_target(&response.headers);
            self.acknowledge(serial, response);
            let sdp = response.sdp().and_then(|sdp| Description::parse(sdp).ok());
            return self.tell(serial, DialogEvent::ReofferAnswered { sdp, status });
        }
        if status == 491 && *attempts < REOFFERS_MAX {
            return self.retry_later(serial);
        }
        if *challenges < CHALLENGES_MAX {
            *challenges += 1;
            let (uri, credentials) = (dialog.target.clone(), dialog.credentials.clone());
            if let Some(proof) =
                self.answer_challenge(credentials.as_ref(), response, &Method::Invite, &uri)
            {
                return self.send_reinvite(serial, Some(proof));
            }
        }
        if let Some(dialog) = self.dialogs.get_mut(&serial) {
            dialog.reoffer = Reoffer::None;
        }
        if matches!(status, 408 | 481) {
            // RFC 3261 §12.2.1.2: the dialog is gone over there.
            self.ended(serial, None, EndedBy::Error, Some(&response.reason));
            return self.leave(serial);
        }
        self.tell(serial, DialogEvent::ReofferAnswered { sdp: None, status });
    }

    /// Two re-INVITEs collided (RFC 3261 §14.1): who owns the Call-ID waits longer.
    fn retry_later(&mut self, serial: Serial) {
        let fraction = self.entropy.fraction();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let owner = dialog.remote_cseq.is_none();
        let seconds = if owner { 2.1 + 1.9 * fraction } else { 2.0 * fraction };
        // The times of the RFC hold for T1 = 500 ms.
        let scale = self.settings.timers.t1.as_secs_f32() / 0.5;
        let after = Duration::from_secs_f32(seconds * scale);
        if let Reoffer::Ours { retry, .. } = &mut dialog.reoffer {
            *retry = Some(self.out.arm(after, Purpose::Dialog(serial)));
        }
    }

    /// Tells a key by INFO.
    pub(super) fn send_digit(&mut self, serial: Serial, digit: char) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial).filter(|dialog| dialog.is_up()) else {
            return;
        };
        let digit = digit.to_ascii_uppercase();
        if !matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D') {
            return tracing::debug!("not a key; ignored");
        }
        dialog.local_cseq += 1;
        let wire = dialog
            .request(&Method::Info, dialog.local_cseq, &branch)
            .typed_body("application/dtmf-relay", &format!("Signal={digit}\r\nDuration=160\r\n"));
        let owner = Owner::Dialog(serial, client::Request::Info);
        let (to, timers) = (dialog.next_hop(), &self.settings.timers);
        self.clients.start(
            (&Method::Info, &branch),
            (wire, to),
            None,
            owner,
            timers,
            &mut self.out,
        );
    }

    /// An alarm of a dialog.
    pub(super) fn dialog_alarm(&mut self, serial: Serial, stamp: Stamp) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if let Reoffer::Ours { retry: Some(retry), attempts, .. } = &mut dialog.reoffer
            && *retry == stamp
        {
            if dialog.unacknowledged.is_some() && *attempts < REOFFERS_MAX {
                *attempts += 1;
                return self.retry_later(serial);
            }
            return self.send_reinvite(serial, None);
        }
        match &dialog.phase {
            Phase::Calling(calling) if calling.ring == stamp => self.cancel(serial, true),
            Phase::Calling(calling) => {
                let Cancel::Wanted { timeout, give_up } = calling.cancel else { return };
                if give_up == stamp {
                    self.abandon(serial, timeout);
                }
            }
            Phase::Abandoned(given_up) if given_up.forget == stamp => {
                let client = given_up.client;
                self.clients.forget(client);
                self.forget(serial);
            }
            _ => self.answering_alarm(serial, stamp),
        }
    }

    /// A cancelled call never answered: it is over for the application, but a late 200 is still taken care of.
    fn abandon(&mut self, serial: Serial, timeout: bool) {
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

    /// Header name and value that answer a 401 or 407.
    fn answer_challenge(
        &mut self,
        credentials: Option<&Credentials>,
        response: &Response,
        method: &Method,
        uri: &str,
    ) -> Option<(&'static str, String)> {
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

/// The bytes of an INVITE, where it goes, and what the ACK of its refusal repeats.
fn invite_parts(
    dialog: &Dialog,
    draft: Draft,
    branch: &str,
    proof: Option<(&'static str, String)>,
    user_agent: &str,
    sdp: &str,
) -> (Wire, SocketAddr, AckHead) {
    let draft = draft
        .header("Contact", &dialog.contact)
        .header("Allow", ALLOW)
        .header("User-Agent", user_agent);
    let draft = match &proof {
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

/// Our From value.
fn from_value(from: &Address, via: &str) -> String {
    let host = match &from.host {
        Some(host) => crate::wire::address::bracketed(host).into_owned(),
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
