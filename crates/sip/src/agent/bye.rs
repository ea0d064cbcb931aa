//! The end of a dialog, theirs and ours (RFC 3261 §15).

use super::client::{Errand, Owner};
use super::dialog::Phase;
use super::outside::Proven;
use super::{Agent, Serial};
use crate::call::EndedBy;
use crate::wire::message::{Method, Request, Response};

impl Agent {
    pub(super) fn bye(&mut self, serial: Serial, server: Serial, request: &Request) {
        let Some(dialog) = self.dialogs.get(&serial) else { return };
        let tag = dialog.local_tag.clone();
        match &dialog.phase {
            // Before the answer they should CANCEL, but may send BYE in an early dialog (RFC 3261 §15).
            Phase::Ringing(ringing) => {
                let invite = ringing.server;
                self.respond(server, (200, None), &tag, &[], None);
                self.respond(invite, (487, None), &tag, &[], None);
                self.ended(serial, Some(487), EndedBy::Peer, request.headers.first("Reason"));
            }
            Phase::Calling(_) => {
                // Nobody else may end what we began; the INVITE goes on.
                self.respond(server, (481, None), &tag, &[], None);
                return;
            }
            Phase::Established
            | Phase::HangingUp
            | Phase::Leaving
            | Phase::Abandoned(_)
            | Phase::Over => {
                self.drop_reoffer(serial);
                self.respond(server, (200, None), &tag, &[], None);
                self.ended(serial, None, EndedBy::Peer, request.headers.first("Reason"));
            }
        }
        self.forget(serial);
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

    /// Sends BYE and waits for its answer.
    pub(super) fn leave(&mut self, serial: Serial) {
        self.drop_reoffer(serial);
        self.send_bye(serial, None);
        if let Some(dialog) = self.dialogs.get_mut(&serial) {
            dialog.phase = Phase::Leaving;
        }
    }

    pub(super) fn send_bye(&mut self, serial: Serial, proof: Option<&Proven>) {
        let branch = self.entropy.branch();
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        dialog.unacknowledged = None;
        dialog.local_cseq += 1;
        let draft = dialog
            .request(&Method::Bye, dialog.local_cseq, &branch)
            .header("User-Agent", &self.settings.user_agent);
        let wire = match proof {
            Some((name, value)) => draft.header(name, value),
            None => draft,
        };
        let owner = Owner::Dialog(serial, Errand::Bye);
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

    pub(super) fn bye_heard(&mut self, serial: Serial, response: &Response) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        let credentials = dialog.credentials.take();
        let target = dialog.target.clone();
        // Credentials are taken, so a challenge is answered once.
        match self.answer_challenge(credentials.as_ref(), response, &Method::Bye, &target) {
            Some(proof) => self.send_bye(serial, Some(&proof)),
            None => self.forget(serial),
        }
    }
}
