//! `<Gather>`: prompts, then silence, then digits or words; whichever ends it first.
//!
//! <https://www.twilio.com/docs/voice/twiml/gather>: the timeout runs from the end of the prompts, and anew from each
//! digit; the first digit stops the prompts, and so does speech unless `bargeIn` is false; without any input the next verb
//! follows. The timeout stands still while somebody speaks or what was said is being recognised.

mod speech;

use std::collections::VecDeque;
use std::time::Duration;

use model::Moment;

use super::{Interpreter, Output, PromptId, Sound, State};
use crate::document::Placed;
use crate::verb::{Gather, GatherPrompt};

/// Longest input kept, in keys; more end the gather.
const LONGEST_INPUT: usize = 1000;

#[derive(Debug)]
pub(super) struct Gathering {
    gather: Gather,
    prompts: VecDeque<Placed<GatherPrompt>>,
    now: Step,
    digits: String,
    ear: Ear,
}

#[derive(Debug)]
enum Step {
    /// A prompt plays.
    Prompt(PromptId),
    /// A `<Pause>` among the prompts.
    Pause(Moment),
    /// The prompts are over, or were cut by a key or by speech.
    Listen(Moment),
    /// The caller speaks, or what was said is being recognised.
    Speech {
        /// What is left of the timeout, should it come to nothing.
        left: Duration,
        /// When nobody waits for the recogniser any longer.
        until: Moment,
    },
    /// Between steps.
    Next,
}

/// Whether somebody listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ear {
    /// Not yet, no longer, or speech isn't asked for.
    Closed,
    Open,
    /// Somebody should, and nobody can.
    Deaf,
}

/// What ended a gather.
enum Outcome {
    /// The timeout; what was pressed until then counts.
    Silence,
    /// The last digit, or the finishing key.
    Keys { by: Option<char> },
    /// Words.
    Words { text: String, confidence: f32 },
}

impl Gathering {
    fn new(mut gather: Gather) -> Gathering {
        let prompts = std::mem::take(&mut gather.prompts).into();
        Gathering { gather, prompts, now: Step::Next, digits: String::new(), ear: Ear::Closed }
    }

    pub(super) fn is_playing(&self, prompt: PromptId) -> bool {
        matches!(self.now, Step::Prompt(playing) if playing == prompt)
    }

    pub(super) fn is_listening(&self) -> bool {
        self.ear == Ear::Open
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        match self.now {
            Step::Pause(at) | Step::Listen(at) | Step::Speech { until: at, .. } => Some(at),
            Step::Prompt(_) | Step::Next => None,
        }
    }

    /// What the input is complete with, if it is with `key`, which is kept unless it is the finishing one.
    fn take(&mut self, key: char) -> Option<Outcome> {
        if self.gather.finish_on_key == Some(key) {
            return Some(Outcome::Keys { by: Some(key) });
        }
        self.digits.push(key);
        let most = self.gather.num_digits.map_or(LONGEST_INPUT, |most| most as usize);
        (self.digits.len() >= most).then_some(Outcome::Keys { by: None })
    }

    /// The action's parameters; `None` where it isn't asked.
    fn params(&self, outcome: Outcome) -> Option<Vec<(String, String)>> {
        let param = |name: &str, value: String| (name.to_owned(), value);
        let (key, silent) = match outcome {
            Outcome::Words { text, confidence } => {
                return Some(vec![
                    param("SpeechResult", text),
                    param("Confidence", speech::decimal(confidence)),
                ]);
            }
            Outcome::Keys { by } => (by, false),
            Outcome::Silence => (None, self.digits.is_empty()),
        };
        if silent && !self.gather.action_on_empty_result && self.ear != Ear::Deaf {
            return None;
        }
        let mut params = Vec::new();
        if self.gather.dtmf {
            params.push(param("Digits", self.digits.clone()));
        }
        // Who could not be listened to has not been silent.
        if silent && self.gather.speech && self.ear != Ear::Deaf {
            params.push(param("SpeechResult", String::new()));
        }
        params.extend(key.map(|key| param("FinishedOnKey", key.to_string())));
        Some(params)
    }
}

impl Interpreter {
    pub(super) fn start_gather(&mut self, now: Moment, mut gather: Gather) {
        gather.partial = gather.partial.take().filter(|_| gather.speech);
        self.check_partial(&mut gather);
        let at_once = gather.barge_in;
        self.state = State::Gathering(Box::new(Gathering::new(gather)));
        if at_once {
            self.listen();
        }
        self.next_gather_prompt(now);
    }

    /// Starts the next prompt, or the silence after the last.
    pub(super) fn next_gather_prompt(&mut self, now: Moment) {
        loop {
            let State::Gathering(gathering) = &mut self.state else {
                return;
            };
            let Some(Placed { item, .. }) = gathering.prompts.pop_front() else {
                gathering.now = Step::Listen(now + gathering.gather.timeout);
                self.prompts_are_over();
                return;
            };
            let (sound, times) = match item {
                GatherPrompt::Pause(for_) => {
                    gathering.now = Step::Pause(now + for_);
                    return;
                }
                GatherPrompt::Say(say) => {
                    let times = say.times;
                    (Some(Sound::Say(say)), times)
                }
                GatherPrompt::Play(play) => (self.source(play.source), play.times),
            };
            let Some(sound) = sound else { continue };
            let prompt = self.sound(sound, times);
            if let State::Gathering(gathering) = &mut self.state {
                gathering.now = Step::Prompt(prompt);
            }
            return;
        }
    }

    pub(super) fn gather_digit(&mut self, now: Moment, key: char) {
        let State::Gathering(gathering) = &mut self.state else {
            return;
        };
        if !gathering.gather.dtmf {
            return;
        }
        if gathering.ear == Ear::Open {
            // Whoever presses keys has chosen: digits win over words.
            gathering.ear = Ear::Closed;
            self.outputs.push_back(Output::StopListening);
        }
        if matches!(gathering.now, Step::Prompt(_)) {
            self.outputs.push_back(Output::StopSound);
        }
        gathering.prompts.clear();
        gathering.now = Step::Listen(now + gathering.gather.timeout);
        if let Some(outcome) = gathering.take(key) {
            self.gather_done(outcome);
        }
    }

    pub(super) fn gather_deadline(&mut self, now: Moment) {
        let State::Gathering(gathering) = &self.state else {
            return;
        };
        match gathering.now {
            Step::Pause(_) => self.next_gather_prompt(now),
            Step::Listen(_) => self.gather_done(Outcome::Silence),
            Step::Speech { .. } => self.recogniser_is_silent(now),
            Step::Prompt(_) | Step::Next => {}
        }
    }

    /// What came goes to the action; where nothing did, the next verb follows unless the author wants to hear of it.
    fn gather_done(&mut self, outcome: Outcome) {
        let State::Gathering(gathering) = std::mem::replace(&mut self.state, State::Ready) else {
            return;
        };
        if gathering.ear == Ear::Open {
            self.outputs.push_back(Output::StopListening);
        }
        if matches!(gathering.now, Step::Prompt(_)) {
            self.outputs.push_back(Output::StopSound);
        }
        if let Some(params) = gathering.params(outcome) {
            self.fetch(&gathering.gather.action, params);
        }
    }
}
