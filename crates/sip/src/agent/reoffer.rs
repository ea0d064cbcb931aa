//! Re-INVITEs, theirs and ours (RFC 3261 §14).

use std::net::SocketAddr;
use std::time::Duration;

use super::client::{Errand, Owner, Told};
use super::dialog::Reoffer;
use super::out::Purpose;
use super::outside::{CHALLENGES_MAX, Proven};
use super::uac::invite_parts;
use super::{Agent, Serial};
use crate::call::{DialogEvent, EndedBy};
use crate::sdp::Description;
use crate::wire::message::{Method, Request, Response};

/// How often a re-INVITE that collided is tried.
pub(super) const REOFFERS_MAX: u8 = 4;

impl Agent {
    /// A re-INVITE (RFC 3261 §14.2).
    pub(super) fn reinvited(
        &mut self,
        serial: Serial,
        server: Serial,
        request: &Request,
        source: SocketAddr,
    ) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let tag = dialog.local_tag.clone();
        let busy = dialog.unacknowledged.is_some();
        match &dialog.reoffer {
            Reoffer::Ours { retry: None, .. } => {
                self.respond(server, (491, None), &tag, &[], None);
                return;
            }
            Reoffer::Theirs { .. } => {
                self.respond(server, (500, None), &tag, &[("Retry-After", "1")], None);
                return;
            }
            Reoffer::None | Reoffer::Ours { .. } if busy || !dialog.is_up() => {
                self.respond(server, (491, None), &tag, &[], None);
                return;
            }
            Reoffer::None | Reoffer::Ours { .. } => {}
        }
        let sdp = match request.sdp().map(Description::parse) {
            Some(Err(_)) => {
                self.respond(server, (488, None), &tag, &[], None);
                return;
            }
            None => None,
            Some(Ok(sdp)) => Some(sdp),
        };
        let give_up = self.out.arm(self.settings.timers.reoffer, Purpose::Dialog(serial));
        dialog.peer = source;
        dialog.learn_target(&request.headers);
        if let Reoffer::Ours { sdp, .. } = std::mem::replace(
            &mut dialog.reoffer,
            Reoffer::Theirs { server, offered: sdp.is_some(), give_up },
        ) {
            // Ours waited for its turn after a 491; theirs came first, so ours is off.
            tracing::debug!(bytes = sdp.len(), "own re-INVITE dropped for theirs");
            self.tell(serial, DialogEvent::ReofferAnswered { sdp: None, status: 491 });
        }
        self.respond(server, (100, None), &tag, &[], None);
        self.tell(serial, DialogEvent::Reoffer { sdp });
    }

    /// The application's answer to their re-INVITE.
    pub(super) fn answer_reoffer(&mut self, serial: Serial, answer: Result<String, u16>) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let Reoffer::Theirs { server, offered, .. } = dialog.reoffer else {
            return tracing::debug!("answer to no re-INVITE ignored");
        };
        dialog.reoffer = Reoffer::None;
        match answer {
            Ok(sdp) => self.accept(serial, server, &sdp, !offered, false),
            Err(status) => {
                let status = if (300..700).contains(&status) { status } else { 488 };
                let tag = dialog.local_tag.clone();
                self.respond(server, (status, None), &tag, &[], None);
            }
        }
    }

    /// Answers their re-INVITE although the application has not: the dialog ends (RFC 3261 §15.1.2), or they
    /// cancelled it.
    pub(super) fn drop_reoffer(&mut self, serial: Serial) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if let Reoffer::Theirs { server, .. } =
            std::mem::replace(&mut dialog.reoffer, Reoffer::None)
        {
            let tag = dialog.local_tag.clone();
            self.respond(server, (487, None), &tag, &[], None);
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

    pub(super) fn send_reinvite(&mut self, serial: Serial, proof: Option<&Proven>) {
        let (branch, allow) = (self.entropy.branch(), self.allow());
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.local_cseq += 1;
        let Reoffer::Ours { sdp, attempts, retry, .. } = &mut dialog.reoffer else { return };
        *attempts += 1;
        *retry = None;
        let sdp = sdp.clone();
        let draft = dialog.request(&Method::Invite, dialog.local_cseq, &branch);
        let (wire, to, ack) =
            invite_parts(dialog, draft, &branch, proof, (&self.settings.user_agent, allow), &sdp);
        let owner = Owner::Dialog(serial, Errand::Reinvite);
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

    pub(super) fn reinvite_heard(&mut self, told: &Told, response: &Response) {
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
                return self.send_reinvite(serial, Some(&proof));
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
    pub(super) fn retry_later(&mut self, serial: Serial) {
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
}
