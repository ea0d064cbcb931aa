//! `<Record>`: a beep, then the recording, until a key, silence or its longest length.
//!
//! <https://www.twilio.com/docs/voice/twiml/record>. Silence and length are measured by whoever records.

use super::{Interpreter, Output, PromptId, Recorded, Sound, State};
use crate::verb::{Hook, Record};

#[derive(Debug)]
pub(super) struct Recording {
    record: Record,
    step: Step,
    ended_by: Option<char>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Beep(PromptId),
    Recording,
    /// A key ended it; the file is being completed.
    Ending,
}

impl Recording {
    /// What to record, now that the beep is over.
    pub(super) fn beep_ended(&mut self, prompt: PromptId) -> Option<Record> {
        if self.step != Step::Beep(prompt) {
            return None;
        }
        self.step = Step::Recording;
        Some(self.record.clone())
    }

    /// Whether `key` ends the recording, now.
    pub(super) fn ends_with(&mut self, key: char) -> bool {
        let ends = self.step == Step::Recording && self.record.finish_on_key.contains(key);
        if ends {
            self.step = Step::Ending;
            self.ended_by = Some(key);
        }
        ends
    }

    pub(super) fn into_action(self) -> Hook {
        self.record.action
    }
}

impl Interpreter {
    pub(super) fn start_record(&mut self, record: Record) {
        let step = if record.play_beep {
            Step::Beep(self.sound(Sound::Beep, Some(1)))
        } else {
            self.outputs.push_back(Output::Record(record.clone()));
            Step::Recording
        };
        self.state = State::Recording(Box::new(Recording { record, step, ended_by: None }));
    }

    pub(super) fn record_ended(&mut self, recorded: Recorded) {
        if !matches!(self.state, State::Recording(_)) {
            return;
        }
        let State::Recording(recording) = std::mem::replace(&mut self.state, State::Ready) else {
            return;
        };
        match recorded {
            Recorded::Nothing => {}
            Recorded::Audio(mut params) => {
                let key = recording.ended_by.map(String::from).unwrap_or_default();
                params.push(("Digits".to_owned(), key));
                self.fetch(&recording.record.action, params);
            }
        }
    }
}
