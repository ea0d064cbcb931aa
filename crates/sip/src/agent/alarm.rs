//! What a dialog does when one of its alarms rings.

use super::dialog::{Cancel, Phase, Reoffer};
use super::out::Stamp;
use super::reoffer::REOFFERS_MAX;
use super::{Agent, Serial};
use crate::call::EndedBy;

impl Agent {
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

    /// An alarm of a dialog that is answered or rings.
    pub(super) fn answering_alarm(&mut self, serial: Serial, stamp: Stamp) {
        let Some(dialog) = self.dialogs.get_mut(&serial) else { return };
        if dialog.unacknowledged.as_ref().is_some_and(|waiting| waiting.repeat == stamp) {
            return self.repeat_answer(serial);
        }
        if let Reoffer::Theirs { server, give_up, .. } = dialog.reoffer
            && give_up == stamp
        {
            let tag = dialog.local_tag.clone();
            dialog.reoffer = Reoffer::None;
            self.respond(server, (500, None), &tag, &[], None);
            return;
        }
        let Phase::Ringing(ringing) = &dialog.phase else { return };
        if ringing.ring == stamp {
            let (server, tag) = (ringing.server, dialog.local_tag.clone());
            self.respond(server, (480, None), &tag, &[], None);
            self.ended(serial, Some(480), EndedBy::Timeout, None);
            self.forget(serial);
        } else if ringing.refresh == Some(stamp)
            && let Some((status, sdp)) = ringing.provisional.clone()
        {
            self.provisional(serial, status, sdp.as_deref());
        }
    }
}
