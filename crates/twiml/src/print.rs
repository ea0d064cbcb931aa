//! Prints a document as XML: only what differs from the defaults.
//!
//! [`crate::parse`] and [`crate::parse_messages`] read it back to the same verbs. Passwords are printed as they are, since the author wrote them.

mod tag;

use std::fmt::Write as _;
use std::time::Duration;

use crate::document::{Document, Placed};
use crate::message::{MessagingDocument, MessagingVerb, TextMessage};
use crate::parse::FINISH_ON_KEY;
use crate::verb::{
    Dial, DialEndpoint, DialNoun, DialRecord, Gather, GatherPrompt, Play, PlaySource, Record,
    Redirect, RejectReason, Say, Verb,
};

use tag::{Tag, escape_text};

/// `document` as XML, indented by two spaces.
pub fn to_xml(document: &Document) -> String {
    let mut printer = Printer { xml: String::new(), depth: 0 };
    printer.xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let response = Tag::new("Response");
    printer.open(&response);
    document.verbs.iter().for_each(|verb| printer.verb(&verb.item));
    printer.close("Response");
    printer.xml
}

/// The answer to a text message as XML, indented by two spaces.
pub fn messages_to_xml(document: &MessagingDocument) -> String {
    let mut printer = Printer { xml: String::new(), depth: 0 };
    printer.xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    printer.open(&Tag::new("Response"));
    for Placed { item, .. } in &document.verbs {
        match item {
            MessagingVerb::Message(message) => printer.message(message),
            MessagingVerb::Redirect(redirect) => printer.redirect(redirect),
        }
    }
    printer.close("Response");
    printer.xml
}

struct Printer {
    xml: String,
    depth: usize,
}

impl Printer {
    fn indent(&mut self) {
        (0..self.depth).for_each(|_| self.xml.push_str("  "));
    }

    fn open(&mut self, tag: &Tag) {
        self.indent();
        let _ = writeln!(self.xml, "<{}{}>", tag.name, tag.attributes);
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.indent();
        let _ = writeln!(self.xml, "</{name}>");
    }

    fn empty(&mut self, tag: &Tag) {
        self.indent();
        let _ = writeln!(self.xml, "<{}{}/>", tag.name, tag.attributes);
    }

    /// An element on one line; `inner` is XML.
    fn line(&mut self, tag: &Tag, inner: &str) {
        self.indent();
        let _ = writeln!(self.xml, "<{0}{1}>{inner}</{0}>", tag.name, tag.attributes);
    }

    fn text(&mut self, tag: &Tag, text: &str) {
        if text.is_empty() { self.empty(tag) } else { self.line(tag, &escape_text(text)) }
    }

    fn verb(&mut self, verb: &Verb) {
        match verb {
            Verb::Say(say) => self.say(say),
            Verb::Play(play) => self.play(play),
            Verb::Pause(length) => self.pause(*length),
            Verb::Gather(gather) => self.gather(gather),
            Verb::Record(record) => self.record(record),
            Verb::Dial(dial) => self.dial(dial),
            Verb::Redirect(redirect) => self.redirect(redirect),
            Verb::Reject(reason) => {
                let mut tag = Tag::new("Reject");
                if *reason == RejectReason::Busy {
                    tag.set("reason", "busy");
                }
                self.empty(&tag);
            }
            Verb::Hangup => self.empty(&Tag::new("Hangup")),
            Verb::Leave => self.empty(&Tag::new("Leave")),
            Verb::Sms(sms) => {
                let mut tag = Tag::new("Sms");
                let (to, from) = (sms.to.as_deref(), sms.from.as_deref());
                tag.text_message(to, from, sms.action.as_ref(), sms.status_callback.as_ref());
                self.text(&tag, &sms.body);
            }
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let mut tag = Tag::new("Redirect");
        tag.method("method", redirect.hook.method);
        self.text(&tag, &redirect.hook.url);
    }

    fn message(&mut self, message: &TextMessage) {
        let TextMessage { body, media, to, from, action, status_callback } = message;
        let mut tag = Tag::new("Message");
        let hooks = (action.as_ref(), status_callback.as_ref());
        tag.text_message(to.as_deref(), from.as_deref(), hooks.0, hooks.1);
        if media.is_empty() {
            return self.text(&tag, body);
        }
        self.open(&tag);
        if !body.is_empty() {
            self.text(&Tag::new("Body"), body);
        }
        for url in media {
            self.text(&Tag::new("Media"), url);
        }
        self.close("Message");
    }

    fn say(&mut self, say: &Say) {
        let mut tag = Tag::new("Say");
        tag.some("voice", say.voice.as_deref());
        tag.some("language", say.language.as_deref());
        tag.times(say.times);
        match &say.ssml {
            Some(ssml) => self.line(&tag, ssml),
            None => self.text(&tag, &say.text),
        }
    }

    fn play(&mut self, play: &Play) {
        let mut tag = Tag::new("Play");
        tag.times(play.times);
        match &play.source {
            PlaySource::Url(url) => self.text(&tag, url),
            PlaySource::Digits(digits) => {
                tag.set("digits", digits);
                self.empty(&tag);
            }
        }
    }

    fn pause(&mut self, length: Duration) {
        let mut tag = Tag::new("Pause");
        tag.seconds("length", length, 1);
        self.empty(&tag);
    }

    fn gather(&mut self, gather: &Gather) {
        let mut tag = Tag::new("Gather");
        match (gather.dtmf, gather.speech) {
            (true, true) => tag.set("input", "dtmf speech"),
            (false, true) => tag.set("input", "speech"),
            (_, false) => {}
        }
        tag.action(&gather.action);
        tag.seconds("timeout", gather.timeout, 5);
        match gather.finish_on_key {
            Some('#') => {}
            Some(key) => tag.set("finishOnKey", &key.to_string()),
            None => tag.set("finishOnKey", ""),
        }
        tag.some("numDigits", gather.num_digits.map(|number| number.to_string()).as_deref());
        tag.flag("actionOnEmptyResult", gather.action_on_empty_result, false);
        tag.speech(gather);
        if gather.prompts.is_empty() {
            return self.empty(&tag);
        }
        self.open(&tag);
        self.prompts(&gather.prompts);
        self.close("Gather");
    }

    fn prompts(&mut self, prompts: &[Placed<GatherPrompt>]) {
        for Placed { item, .. } in prompts {
            match item {
                GatherPrompt::Say(say) => self.say(say),
                GatherPrompt::Play(play) => self.play(play),
                GatherPrompt::Pause(length) => self.pause(*length),
            }
        }
    }

    fn record(&mut self, record: &Record) {
        let mut tag = Tag::new("Record");
        tag.action(&record.action);
        tag.seconds("timeout", record.timeout, 5);
        if record.finish_on_key.0 != FINISH_ON_KEY {
            tag.set("finishOnKey", &record.finish_on_key.0);
        }
        tag.seconds("maxLength", record.max_length, 3600);
        tag.flag("playBeep", record.play_beep, true);
        tag.trim(record.trim, true);
        tag.recording(record.status_callback.as_ref(), record.status_events);
        // A callback alone would do, but that isn't known everywhere.
        if record.transcribe || record.transcribe_callback.is_some() {
            tag.set("transcribe", if record.transcribe { "true" } else { "false" });
        }
        tag.some("transcribeCallback", record.transcribe_callback.as_deref());
        self.empty(&tag);
    }

    fn dial(&mut self, dial: &Dial) {
        let mut tag = Tag::new("Dial");
        if let Some(action) = &dial.action {
            tag.set("action", &action.url);
            tag.method("method", action.method);
        }
        tag.seconds("timeout", dial.timeout, 30);
        tag.seconds("timeLimit", dial.time_limit, 14_400);
        tag.some("callerId", dial.caller_id.as_deref());
        tag.flag("hangupOnStar", dial.hangup_on_star, false);
        match dial.record {
            DialRecord::No => {}
            DialRecord::FromAnswer => tag.set("record", "record-from-answer"),
            DialRecord::FromAnswerDual => tag.set("record", "record-from-answer-dual"),
            DialRecord::FromRinging => tag.set("record", "record-from-ringing"),
            DialRecord::FromRingingDual => tag.set("record", "record-from-ringing-dual"),
        }
        tag.trim(dial.trim, false);
        tag.recording(dial.recording_callback.as_ref(), dial.recording_events);
        tag.flag("answerOnBridge", dial.answer_on_bridge, false);
        tag.flag("sequential", dial.sequential, false);
        tag.some("ringTone", dial.ring_tone.as_deref());
        self.open(&tag);
        self.prompts(&dial.hold);
        dial.nouns.iter().for_each(|noun| self.noun(&noun.item));
        self.close("Dial");
    }

    fn noun(&mut self, noun: &DialNoun) {
        match &noun.endpoint {
            DialEndpoint::Number(number) => {
                let mut tag = Tag::new("Number");
                tag.some("sendDigits", number.send_digits.as_deref());
                tag.leg(noun);
                self.text(&tag, &number.number);
            }
            DialEndpoint::Client(client) => {
                let mut tag = Tag::new("Client");
                tag.leg(noun);
                if client.parameters.is_empty() {
                    return self.text(&tag, &client.identity);
                }
                self.open(&tag);
                self.text(&Tag::new("Identity"), &client.identity);
                for (name, value) in &client.parameters {
                    let mut parameter = Tag::new("Parameter");
                    parameter.set("name", name);
                    parameter.set("value", value);
                    self.empty(&parameter);
                }
                self.close("Client");
            }
            DialEndpoint::Sip(sip) => {
                let mut tag = Tag::new("Sip");
                tag.some("username", sip.username.as_deref());
                tag.some("password", sip.password.as_ref().map(model::Secret::reveal));
                tag.leg(noun);
                self.text(&tag, &sip.uri);
            }
        }
    }
}
