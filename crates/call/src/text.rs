//! `<Sms>` during a call: the text is handed over, and the call goes on with what became of that.
//!
//! It is never known here whether the text arrives: <https://www.twilio.com/docs/voice/twiml/sms>.

use model::{AlertLevel, Direction, MessageStatus, Moment, Sid};
use twiml::SmsVerb;

use crate::io::{LegId, Output, TextFailure, TextId};
use crate::session::Session;
use crate::webhook::{Param, param};

impl Session {
    /// Hands a text over. Unless said otherwise it goes from our number to the other party of the leg.
    pub(crate) fn text(&mut self, id: LegId, sms: SmsVerb) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let text = TextId(self.next_text);
        self.next_text += 1;
        leg.program.text = Some(text);
        let record = &leg.record;
        let (ours, theirs) = match record.direction {
            Direction::Inbound => (&record.to, &record.from),
            Direction::OutboundApi | Direction::OutboundDial => (&record.from, &record.to),
        };
        let from = sms.from.unwrap_or_else(|| ours.to_string());
        let to = sms.to.unwrap_or_else(|| theirs.to_string());
        let callback = sms.status_callback;
        self.texts.push((text, id));
        self.outputs.push_back(Output::Text {
            leg: id,
            id: text,
            from,
            to,
            body: sms.body,
            callback,
        });
    }

    /// A text was taken, or not; the leg may be doing something else by now.
    pub(crate) fn texted(
        &mut self,
        now: Moment,
        text: TextId,
        result: Result<(Sid, MessageStatus), TextFailure>,
    ) {
        let Some(index) = self.texts.iter().position(|(known, _)| *known == text) else { return };
        let (_, id) = self.texts.remove(index);
        let params = match result {
            Ok((sid, status)) => taken(sid, status),
            Err(TextFailure { code, message }) => {
                self.alert(now, id, AlertLevel::Warning, code, message);
                refused(code)
            }
        };
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_live()) else { return };
        if leg.program.text.take_if(|awaited| *awaited == text).is_some() {
            leg.program.interpreter.handle(now, twiml::Input::TextEnded(params));
        }
    }
}

fn taken(sid: Sid, status: MessageStatus) -> Vec<Param> {
    vec![param("SmsSid", sid.to_string()), param("SmsStatus", status.as_str())]
}

fn refused(code: u32) -> Vec<Param> {
    vec![param("SmsStatus", "invalid"), param("ErrorCode", code.to_string())]
}
