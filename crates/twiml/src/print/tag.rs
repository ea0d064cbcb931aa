//! A tag in the making, attribute by attribute; what is the default is left out.

use std::fmt::Write as _;
use std::time::Duration;

use model::Method;
use quick_xml::escape::escape;

use crate::verb::{DialNoun, Events, Gather, Hook, RecordingEvents, SpeechTimeout};

/// A tag in the making.
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) attributes: String,
}

impl Tag {
    pub(super) fn new(name: &'static str) -> Tag {
        Tag { name, attributes: String::new() }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        let _ = write!(self.attributes, " {name}=\"{}\"", escape_value(value));
    }

    pub(super) fn some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    pub(super) fn flag(&mut self, name: &str, value: bool, default: bool) {
        if value != default {
            self.set(name, if value { "true" } else { "false" });
        }
    }

    pub(super) fn seconds(&mut self, name: &str, value: Duration, default: u64) {
        if value.as_secs() != default {
            self.set(name, &value.as_secs().to_string());
        }
    }

    pub(super) fn method(&mut self, name: &str, method: Method) {
        match method {
            Method::Post => {}
            Method::Get => self.set(name, "GET"),
        }
    }

    pub(super) fn action(&mut self, action: &Hook) {
        if !action.url.is_empty() {
            self.set("action", &action.url);
        }
        self.method("method", action.method);
    }

    /// What `<Message>` and `<Sms>` share.
    pub(super) fn text_message(
        &mut self,
        to: Option<&str>,
        from: Option<&str>,
        action: Option<&Hook>,
        status_callback: Option<&Hook>,
    ) {
        self.some("to", to);
        self.some("from", from);
        if let Some(action) = action {
            self.set("action", &action.url);
            self.method("method", action.method);
        }
        self.some("statusCallback", status_callback.map(|hook| hook.url.as_str()));
    }

    pub(super) fn times(&mut self, times: Option<u32>) {
        match times {
            Some(1) => {}
            Some(times) => self.set("loop", &times.to_string()),
            None => self.set("loop", "0"),
        }
    }

    pub(super) fn trim(&mut self, trim: bool, default: bool) {
        if trim != default {
            self.set("trim", if trim { "trim-silence" } else { "do-not-trim" });
        }
    }

    pub(super) fn recording(&mut self, callback: Option<&Hook>, events: RecordingEvents) {
        if let Some(callback) = callback {
            self.set("recordingStatusCallback", &callback.url);
            self.method("recordingStatusCallbackMethod", callback.method);
        }
        let words = [
            ("in-progress", events.in_progress),
            ("completed", events.completed),
            ("absent", events.absent),
        ];
        self.words("recordingStatusCallbackEvent", &words);
    }

    /// What of a `<Gather>` concerns speech.
    pub(super) fn speech(&mut self, gather: &Gather) {
        if gather.speech_timeout != SpeechTimeout::like(gather.timeout) {
            match gather.speech_timeout {
                SpeechTimeout::Auto => self.set("speechTimeout", "auto"),
                SpeechTimeout::After(pause) => {
                    self.set("speechTimeout", &pause.as_secs().to_string());
                }
            }
        }
        self.seconds("maxSpeechTime", gather.max_speech, Gather::LONGEST_SPEECH.as_secs());
        if !gather.hints.is_empty() {
            self.set("hints", &gather.hints.join(", "));
        }
        if gather.language != Gather::LANGUAGE {
            self.set("language", &gather.language);
        }
        if let Some(partial) = &gather.partial {
            self.set("partialResultCallback", &partial.url);
            self.method("partialResultCallbackMethod", partial.method);
        }
        self.flag("bargeIn", gather.barge_in, true);
        self.flag("profanityFilter", gather.profanity_filter, true);
        self.some("speechModel", gather.model.as_deref());
    }

    pub(super) fn leg(&mut self, noun: &DialNoun) {
        if let Some(url) = &noun.url {
            self.set("url", &url.url);
            self.method("method", url.method);
        }
        if let Some(callback) = &noun.status_callback {
            self.set("statusCallback", &callback.url);
            self.method("statusCallbackMethod", callback.method);
        }
        let Events { initiated, ringing, answered, completed } = noun.status_events;
        let words = [
            ("initiated", initiated),
            ("ringing", ringing),
            ("answered", answered),
            ("completed", completed),
        ];
        self.words("statusCallbackEvent", &words);
    }

    /// A list, unless it is the default: `completed` alone.
    pub(super) fn words(&mut self, name: &str, words: &[(&str, bool)]) {
        let said: Vec<&str> =
            words.iter().filter(|(_, said)| *said).map(|(word, _)| *word).collect();
        if said != ["completed"] {
            self.set(name, &said.join(" "));
        }
    }
}

pub(super) fn escape_text(text: &str) -> String {
    escape(text).replace('\r', "&#13;")
}

fn escape_value(value: &str) -> String {
    escape(value).replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
}
