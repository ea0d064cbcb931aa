//! `<Gather>`: prompts, then silence, then digits; whichever ends it first.
//!
//! <https://www.twilio.com/docs/voice/twiml/gather>: the timeout runs from the end of the prompts, and anew from each
//! digit; the first digit stops the prompts; without any input the next verb follows.

use std::collections::VecDeque;

use model::{AlertLevel, Moment};

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
}

#[derive(Debug)]
enum Step {
    /// A prompt plays.
    Prompt(PromptId),
    /// A `<Pause>` among the prompts.
    Pause(Moment),
    /// The prompts are over, or were cut by a key.
    Listen(Moment),
    /// Between steps.
    Next,
}

impl Gathering {
    pub(super) fn new(mut gather: Gather) -> Gathering {
        let prompts = std::mem::take(&mut gather.prompts).into();
        Gathering { gather, prompts, now: Step::Next, digits: String::new() }
    }

    pub(super) fn is_playing(&self, prompt: PromptId) -> bool {
        matches!(self.now, Step::Prompt(playing) if playing == prompt)
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        match self.now {
            Step::Pause(at) | Step::Listen(at) => Some(at),
            Step::Prompt(_) | Step::Next => None,
        }
    }

    /// Whether the input is complete with `key`, which is kept unless it is the finishing one.
    fn take(&mut self, key: char) -> Option<Completed> {
        if self.gather.finish_on_key == Some(key) {
            return Some(Completed { by: Some(key) });
        }
        self.digits.push(key);
        let most = self.gather.num_digits.map_or(LONGEST_INPUT, |most| most as usize);
        (self.digits.len() >= most).then_some(Completed { by: None })
    }
}

struct Completed {
    by: Option<char>,
}

impl Interpreter {
    /// Starts the next prompt, or the silence after the last.
    pub(super) fn next_gather_prompt(&mut self, now: Moment) {
        loop {
            let State::Gathering(gathering) = &mut self.state else {
                return;
            };
            let Some(Placed { item, .. }) = gathering.prompts.pop_front() else {
                gathering.now = Step::Listen(now + gathering.gather.timeout);
                self.warn_of_speech();
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
        if matches!(gathering.now, Step::Prompt(_)) {
            self.outputs.push_back(Output::StopSound);
        }
        gathering.prompts.clear();
        gathering.now = Step::Listen(now + gathering.gather.timeout);
        if let Some(completed) = gathering.take(key) {
            self.gather_done(completed.by, true);
        }
    }

    pub(super) fn gather_deadline(&mut self, now: Moment) {
        let State::Gathering(gathering) = &self.state else {
            return;
        };
        match gathering.now {
            Step::Pause(_) => self.next_gather_prompt(now),
            Step::Listen(_) => self.gather_done(None, false),
            Step::Prompt(_) | Step::Next => {}
        }
    }

    /// Digits go to the action; without any the next verb follows, unless a key or the author ended it explicitly.
    fn gather_done(&mut self, by: Option<char>, by_key: bool) {
        let State::Gathering(gathering) = std::mem::replace(&mut self.state, State::Ready) else {
            return;
        };
        let Gathering { gather, digits, .. } = gathering;
        if digits.is_empty() && !by_key && !gather.action_on_empty_result {
            return;
        }
        let mut params = vec![("Digits".to_owned(), digits)];
        if let Some(key) = by {
            params.push(("FinishedOnKey".to_owned(), key.to_string()));
        }
        self.fetch(&gather.action, params);
    }

    fn warn_of_speech(&mut self) {
        let asked = matches!(&self.state, State::Gathering(gathering) if gathering.gather.speech);
        if asked {
            let message = "<Gather input=\"speech\"> needs a speech recognition engine, and none is configured: \
                           only keys are heard";
            self.alert(AlertLevel::Warning, 13310, message.to_owned());
        }
    }
}
