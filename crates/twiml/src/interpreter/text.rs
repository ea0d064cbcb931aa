//! `<Sms>` in a call: the text is handed over, then its action is asked or the next verb follows.
//!
//! <https://www.twilio.com/docs/voice/twiml/sms>. It never waits for the text to arrive.

use model::AlertLevel;

use super::{Interpreter, Output, State, absolute};
use crate::verb::SmsVerb;

/// A status callback that can't be asked.
const BAD_CALLBACK: u32 = 14105;

impl Interpreter {
    pub(super) fn text(&mut self, mut sms: SmsVerb) {
        if let Some(callback) = &mut sms.status_callback {
            match absolute(&callback.url, self.base.as_ref()) {
                Ok(url) => callback.url = url.into(),
                Err(error) => {
                    self.alert(AlertLevel::Warning, BAD_CALLBACK, error.to_string());
                    sms.status_callback = None;
                }
            }
        }
        self.state = State::Texting(sms.action.clone());
        self.outputs.push_back(Output::Text(sms));
    }

    pub(super) fn text_ended(&mut self, params: Vec<(String, String)>) {
        let State::Texting(action) = &mut self.state else {
            return;
        };
        match action.take() {
            Some(action) => self.fetch(&action, params),
            None => self.state = State::Ready,
        }
    }
}
