//! What a `<Gather>` hears: from the first word to what comes of it.
//!
//! Whoever listens tells that somebody speaks, what it might be, and at last what it was. It never stops by itself, so that
//! a cough doesn't end a gather: <https://www.twilio.com/docs/voice/twiml/gather#input>.
//!
//! `Differs:` where nobody can listen (no engine, or it is down) an alert says so, prompts and keys go on, and the action is
//! asked at the end without `SpeechResult`, so that an application doesn't take it for silence.

use std::time::Duration;

use model::{AlertLevel, Moment};

use super::{Ear, Gathering, Outcome, Step};
use crate::interpreter::{Heard, Interpreter, Listen, Output, State, absolute};
use crate::verb::{Gather, SpeechTimeout};

/// Longest wait for a recogniser, after the longest speech.
const RECOGNITION_LIMIT: Duration = Duration::from_secs(60);

/// Words at least as stable as this are told as `StableSpeechResult`, others as `UnstableSpeechResult`.
const STABLE: f32 = 0.8;

/// A callback that can't be asked: "HTTP retrieval failure" is the nearest that Twilio has.
const BAD_CALLBACK: u32 = 11100;

/// "Internal failure": <https://www.twilio.com/docs/api/errors/12400>.
const INTERNAL: u32 = 12400;

impl Gathering {
    fn how_to_listen(&self) -> Listen {
        let gather = &self.gather;
        Listen {
            language: gather.language.clone(),
            hints: gather.hints.clone(),
            end_after: match gather.speech_timeout {
                SpeechTimeout::Auto => None,
                SpeechTimeout::After(pause) => Some(pause),
            },
            longest: gather.max_speech,
            partial: gather.partial.is_some(),
            profanity_filter: gather.profanity_filter,
            model: gather.model.clone(),
        }
    }

    /// It was nothing: what is left of the timeout runs on.
    fn was_nothing(&mut self, now: Moment) {
        if let Step::Speech { left, .. } = self.now {
            self.now = Step::Listen(now + left);
        }
    }

    /// Whether there is nothing to wait for any more.
    fn is_pointless(&self) -> bool {
        let is_over = matches!(self.now, Step::Listen(_));
        self.ear == Ear::Deaf && is_over && !self.gather.dtmf
    }
}

impl Interpreter {
    /// Somebody began to speak.
    pub(in crate::interpreter) fn speech_began(&mut self, now: Moment) {
        let State::Gathering(gathering) = &mut self.state else { return };
        if gathering.ear != Ear::Open {
            return;
        }
        let left = match gathering.now {
            Step::Speech { .. } => return,
            Step::Listen(at) => at.since(now),
            Step::Prompt(_) | Step::Pause(_) | Step::Next => gathering.gather.timeout,
        };
        if matches!(gathering.now, Step::Prompt(_)) {
            self.outputs.push_back(Output::StopSound);
        }
        gathering.prompts.clear();
        let until = now + gathering.gather.max_speech + RECOGNITION_LIMIT;
        gathering.now = Step::Speech { left, until };
    }

    /// What it was, or might be.
    pub(in crate::interpreter) fn heard(&mut self, now: Moment, heard: Heard) {
        let State::Gathering(gathering) = &mut self.state else { return };
        if gathering.ear != Ear::Open {
            return;
        }
        match heard {
            Heard::Partial { text, stability, sequence } => {
                self.tell_partial(&text, stability, sequence);
            }
            Heard::Words { text, .. } if text.trim().is_empty() => gathering.was_nothing(now),
            Heard::Words { text, confidence } => {
                self.gather_done(Outcome::Words { text: text.trim().to_owned(), confidence });
            }
            Heard::Nothing => gathering.was_nothing(now),
            Heard::Failed { code, message } => {
                gathering.ear = Ear::Deaf;
                gathering.was_nothing(now);
                let is_pointless = gathering.is_pointless();
                self.alert(AlertLevel::Error, code, message);
                self.outputs.push_back(Output::StopListening);
                if is_pointless {
                    self.gather_done(Outcome::Silence);
                }
            }
        }
    }

    /// The recogniser has had its time.
    pub(super) fn recogniser_is_silent(&mut self, now: Moment) {
        let message = format!(
            "<Gather>: what the caller said was not recognised within {} s",
            RECOGNITION_LIMIT.as_secs()
        );
        self.heard(now, Heard::Failed { code: INTERNAL, message });
    }

    /// Begins to listen, where speech is asked for.
    pub(super) fn listen(&mut self) {
        if let State::Gathering(gathering) = &mut self.state
            && gathering.gather.speech
            && gathering.ear == Ear::Closed
        {
            gathering.ear = Ear::Open;
            self.outputs.push_back(Output::Listen(gathering.how_to_listen()));
        }
    }

    /// From now on it is the caller's turn.
    pub(super) fn prompts_are_over(&mut self) {
        self.listen();
        if matches!(&self.state, State::Gathering(gathering) if gathering.is_pointless()) {
            self.gather_done(Outcome::Silence);
        }
    }

    /// A callback that can't be asked is told, and nobody is asked.
    pub(super) fn check_partial(&mut self, gather: &mut Gather) {
        let Some(partial) = &mut gather.partial else { return };
        match absolute(&partial.url, self.base.as_ref()) {
            Ok(url) => partial.url = url.into(),
            Err(error) => {
                let message = format!("partialResultCallback of <Gather>: {error}");
                self.alert(AlertLevel::Warning, BAD_CALLBACK, message);
                gather.partial = None;
            }
        }
    }

    fn tell_partial(&mut self, text: &str, stability: f32, sequence: u32) {
        let State::Gathering(gathering) = &self.state else { return };
        let Some(hook) = &gathering.gather.partial else { return };
        let Some(url) = self.resolve(hook) else { return };
        let (stable, unstable) = if stability >= STABLE { (text, "") } else { ("", text) };
        let params = [
            ("UnstableSpeechResult", unstable.to_owned()),
            ("StableSpeechResult", stable.to_owned()),
            ("Stability", decimal(stability)),
            ("SequenceNumber", sequence.to_string()),
        ];
        let params = params.map(|(name, value)| (name.to_owned(), value)).into();
        self.outputs.push_back(Output::Tell { url, method: hook.method, params });
    }
}

/// A share of one, as Twilio writes it: `0.9`, `1.0`, `0.91651934`. What is no number is none.
pub(super) fn decimal(share: f32) -> String {
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    let text = share.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}
