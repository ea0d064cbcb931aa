//! Listening to what is said on a leg, for the `<Gather>` that runs there.
//!
//! What is heard is a matter of the listening it was heard in: once that is stopped, nothing of it counts. Words are never
//! judged here: <https://www.twilio.com/docs/voice/twiml/gather>.

use model::{Method, Moment};
use url::Url;

use crate::io::{LegId, ListenId, Output};
use crate::session::Session;
use crate::webhook::Param;

impl Session {
    /// Begins to listen on a leg.
    pub(crate) fn listen(&mut self, leg: LegId, listen: twiml::Listen) {
        let Some(entry) = self.legs.get_mut(&leg).filter(|leg| leg.is_live()) else { return };
        let id = ListenId(self.listens);
        self.listens += 1;
        entry.program.listening = Some(id);
        self.outputs.push_back(Output::Listen { leg, id, listen });
    }

    /// Listens no more, where somebody did.
    pub(crate) fn stop_listening(&mut self, leg: LegId) {
        if let Some(entry) = self.legs.get_mut(&leg)
            && entry.program.listening.take().is_some()
        {
            self.outputs.push_back(Output::StopListening(leg));
        }
    }

    pub(crate) fn speech_began(&mut self, now: Moment, leg: LegId, id: ListenId) {
        self.hears(now, leg, id, twiml::Input::SpeechBegan);
    }

    pub(crate) fn heard(&mut self, now: Moment, leg: LegId, id: ListenId, heard: twiml::Heard) {
        self.hears(now, leg, id, twiml::Input::Heard(heard));
    }

    fn hears(&mut self, now: Moment, leg: LegId, id: ListenId, input: twiml::Input) {
        let live = self.legs.get_mut(&leg).filter(|leg| leg.is_live());
        if let Some(leg) = live.filter(|leg| leg.program.listening == Some(id)) {
            leg.program.interpreter.handle(now, input);
        }
    }

    /// Tells an application something about a leg.
    pub(crate) fn tell(&mut self, leg: LegId, url: &Url, method: Method, params: Vec<Param>) {
        let Some(leg) = self.legs.get(&leg) else { return };
        let mut all = leg.params();
        all.extend(params);
        self.outputs.push_back(Output::Tell((url.to_string(), method, all)));
    }
}
