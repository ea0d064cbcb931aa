//! TwiML interpreter: a document in, telephony commands out, for one leg of a call.
//!
//! A state machine without I/O. Its owner feeds it one [`Input`], then drains [`Interpreter::poll`] until it yields
//! [`Output::Idle`]. It never fetches a URL, plays a sound or reads a clock; what a `<Dial>` comes to is its owner's
//! business, it only waits for the outcome.

mod gather;
mod hook;
mod record;
mod text;

use std::collections::VecDeque;
use std::time::Duration;

use model::{AlertLevel, Method, Moment};
use url::Url;

use crate::document::{Document, Placed};
use crate::verb::{
    Dial, Hook, LOOP_LIMIT, Play, PlaySource, Record, RejectReason, Say, SmsVerb, Verb,
};

pub use hook::{BadUrl, absolute};

use gather::Gathering;
use record::Recording;

/// Documents one after the other without a sound, a pause or a dial between them; then the call ends with an alert,
/// since it would only go in circles.
pub const CIRCLE_LIMIT: u32 = 50;

/// Names one sound of one interpreter, so that a late "ended" of an earlier one is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptId(pub u64);

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The document to run, now; whatever ran before is given up.
    Document {
        /// What to run.
        document: Document,
        /// Where it came from: relative URLs are resolved against it. `None` for one given inline.
        base: Option<Url>,
    },
    /// A sound came to its end, or could not be played.
    SoundEnded(PromptId),
    /// The caller pressed a key.
    Digit(char),
    /// The caller began to speak, as far as the engine can tell; [`Input::Heard`] follows.
    SpeechBegan,
    /// What the caller said.
    Heard(Heard),
    /// What `<Dial>` came to, as the action's parameters (`DialCallStatus` and so on).
    DialEnded(Vec<(String, String)>),
    /// What `<Record>` came to.
    RecordEnded(Recorded),
    /// What `<Sms>` came to, as the action's parameters (`SmsSid`, `SmsStatus`).
    TextEnded(Vec<(String, String)>),
    /// The moment of an earlier [`Output::Idle`] has come.
    Tick,
}

/// What `<Record>` came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// Nothing was heard: the next verb follows.
    Nothing,
    /// Something was: these are the action's parameters, without `Digits`.
    Audio(Vec<(String, String)>),
}

/// What came of listening.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Words so far; the caller still speaks.
    Partial {
        /// All of it, from where the caller began.
        text: String,
        /// How sure it is that these words stay, 0 to 1.
        stability: f32,
        /// Counted from 0 within one [`Output::Listen`].
        sequence: u32,
    },
    /// What the caller said; the engine may stop.
    Words {
        /// Not blank; blank text counts as [`Heard::Nothing`].
        text: String,
        /// 0 to 1.
        confidence: f32,
    },
    /// It was a noise, or no words were found in it. The engine keeps listening: until the gather's timeout somebody may
    /// still speak.
    Nothing,
    /// Nobody can listen: there is no engine, or it is down. Keys still count, and the action hears of it at the end.
    Failed {
        /// Twilio's code.
        code: u32,
        /// Why, and what to do.
        message: String,
    },
}

/// How to listen to the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Listen {
    /// BCP 47 tag.
    pub language: String,
    /// Words and phrases that are likely.
    pub hints: Vec<String>,
    /// The pause that ends what is said, 1 s at least; `None`: a natural one.
    pub end_after: Option<Duration>,
    /// Longest that somebody is listened to in one go; then what was said so far counts.
    pub longest: Duration,
    /// Whether [`Heard::Partial`] is wanted.
    pub partial: bool,
    /// Whether swear words are masked.
    pub profanity_filter: bool,
    /// `speechModel` as written.
    pub model: Option<String>,
}

/// A sound to be played.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// Speech.
    Say(Say),
    /// Audio at this address.
    Url(String),
    /// Keys; `w` waits half a second, `W` a second.
    Digits(String),
    /// The tone before a recording.
    Beep,
}

/// What the interpreter asks of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Pick up, where that hasn't been done.
    Answer,
    /// Refuse the call; it is over then.
    Reject(RejectReason),
    /// Play this, so often; [`Input::SoundEnded`] follows.
    Sound {
        /// To be named when it ends.
        prompt: PromptId,
        /// What.
        sound: Sound,
        /// How often, 1 to [`LOOP_LIMIT`].
        times: u32,
    },
    /// Stop the sound that plays; no `SoundEnded` is awaited.
    StopSound,
    /// Listen to what the caller says, until [`Output::StopListening`]; [`Input::SpeechBegan`] and [`Input::Heard`] follow
    /// as often as the caller speaks.
    Listen(Listen),
    /// Listen no more.
    StopListening,
    /// Tell the application what it asked to be told; the answer is ignored.
    Tell {
        /// Absolute.
        url: Url,
        /// How.
        method: Method,
        /// Besides those that every webhook gets.
        params: Vec<(String, String)>,
    },
    /// Record the caller; [`Input::RecordEnded`] follows.
    Record(Record),
    /// End the recording.
    StopRecording,
    /// Connect the caller; [`Input::DialEnded`] follows.
    Dial(Box<Dial>),
    /// Send a text, whose status callback is absolute; [`Input::TextEnded`] follows.
    Text(SmsVerb),
    /// Get the next document; [`Input::Document`] follows.
    Fetch {
        /// Absolute.
        url: Url,
        /// How.
        method: Method,
        /// Besides those that every webhook gets.
        params: Vec<(String, String)>,
    },
    /// Something that the application's author can mend.
    Alert {
        /// How bad.
        level: AlertLevel,
        /// Twilio's code.
        code: u32,
        /// What, and what to do.
        message: String,
    },
    /// End the call.
    Hangup,
    /// The document came to its end.
    Finished,
    /// Nothing to do before this moment, or before the next input if `None`.
    Idle(Option<Moment>),
}

/// Runs documents for one leg.
#[derive(Debug, Default)]
pub struct Interpreter {
    base: Option<Url>,
    verbs: VecDeque<Placed<Verb>>,
    state: State,
    outputs: VecDeque<Output>,
    prompts: u64,
    silent_documents: u32,
    first_verb: bool,
}

#[derive(Debug, Default)]
enum State {
    /// No document, or one is being fetched.
    #[default]
    Waiting,
    /// The next verb is due.
    Ready,
    Sounding(PromptId),
    Pausing(Moment),
    Gathering(Box<Gathering>),
    Recording(Box<Recording>),
    Dialing(Box<Dial>),
    /// A text is being handed over; its action is asked afterwards.
    Texting(Option<Hook>),
    /// Hung up, rejected or finished.
    Over,
}

impl Interpreter {
    /// One that waits for its first document.
    pub fn new() -> Interpreter {
        Interpreter::default()
    }

    /// Takes what happened at `now`. Inputs that don't fit what runs are ignored: the world may be late.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Document { document, base } => self.begin(document, base),
            Input::SoundEnded(prompt) => self.sound_ended(now, prompt),
            Input::Digit(key) => self.digit(now, key),
            Input::SpeechBegan => self.speech_began(now),
            Input::Heard(heard) => self.heard(now, heard),
            Input::DialEnded(params) => self.dial_ended(params),
            Input::RecordEnded(recorded) => self.record_ended(recorded),
            Input::TextEnded(params) => self.text_ended(params),
            Input::Tick => self.tick(now),
        }
        while matches!(self.state, State::Ready) {
            self.next_verb(now);
        }
    }

    /// What to do next; call until it is [`Output::Idle`].
    pub fn poll(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.wakes_at()))
    }

    /// Whether a `<Dial>` is under way.
    pub fn is_dialing(&self) -> bool {
        matches!(self.state, State::Dialing(_))
    }

    /// Ends a `<Dial>` or `<Record>` of a caller who hung up: the request that its action still gets, if any.
    ///
    /// The answer to it is not run. `ending` is the outcome as in [`Input::DialEnded`] or [`Input::RecordEnded`].
    pub fn farewell(&mut self, params: Vec<(String, String)>) -> Option<Output> {
        let hook = match std::mem::replace(&mut self.state, State::Over) {
            State::Dialing(dial) => dial.action,
            State::Recording(recording) => Some(recording.into_action()),
            State::Waiting
            | State::Ready
            | State::Sounding(_)
            | State::Pausing(_)
            | State::Gathering(_)
            | State::Texting(_)
            | State::Over => None,
        }?;
        self.outputs.clear();
        self.resolve(&hook).map(|url| Output::Fetch { url, method: hook.method, params })
    }

    /// What relative addresses of the running document are resolved against.
    pub fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    /// When it wants its next [`Input::Tick`].
    pub fn wakes_at(&self) -> Option<Moment> {
        match &self.state {
            State::Pausing(until) => Some(*until),
            State::Gathering(gathering) => gathering.deadline(),
            State::Waiting
            | State::Ready
            | State::Sounding(_)
            | State::Recording(_)
            | State::Dialing(_)
            | State::Texting(_)
            | State::Over => None,
        }
    }

    fn begin(&mut self, document: Document, base: Option<Url>) {
        self.outputs.clear();
        match self.state {
            State::Sounding(_) => self.outputs.push_back(Output::StopSound),
            State::Gathering(ref gathering) => {
                if gathering.is_listening() {
                    self.outputs.push_back(Output::StopListening);
                }
                self.outputs.push_back(Output::StopSound);
            }
            State::Recording(_) => self.outputs.push_back(Output::StopRecording),
            State::Waiting
            | State::Ready
            | State::Pausing(_)
            | State::Dialing(_)
            | State::Texting(_)
            | State::Over => {}
        }
        self.base = base;
        self.verbs = document.verbs.into();
        for warning in document.warnings {
            let mend = warning.mend.map(|mend| format!("; {mend}")).unwrap_or_default();
            self.outputs.push_back(Output::Alert {
                level: AlertLevel::Warning,
                code: warning.code,
                message: format!("{}: {}{mend}", warning.position, warning.message),
            });
        }
        self.first_verb = true;
        self.state = State::Ready;
    }

    fn next_verb(&mut self, now: Moment) {
        let Some(Placed { item: verb, .. }) = self.verbs.pop_front() else {
            self.state = State::Over;
            self.outputs.push_back(Output::Finished);
            return;
        };
        let first = std::mem::replace(&mut self.first_verb, false);
        if needs_answer(&verb, first) {
            self.outputs.push_back(Output::Answer);
        }
        // Nor is a text a sound: a document that sends one and goes to itself would send them without end.
        if !matches!(verb, Verb::Redirect(_) | Verb::Leave | Verb::Sms(_)) {
            self.silent_documents = 0;
        }
        match verb {
            Verb::Say(say) => {
                let times = say.times;
                let prompt = self.sound(Sound::Say(say), times);
                self.state = State::Sounding(prompt);
            }
            Verb::Play(play) => self.play(play),
            Verb::Pause(for_) => self.state = State::Pausing(now + for_),
            Verb::Gather(gather) => self.start_gather(now, gather),
            Verb::Record(record) => self.start_record(record),
            Verb::Dial(dial) => {
                self.outputs.push_back(Output::Dial(Box::new(dial.clone())));
                self.state = State::Dialing(Box::new(dial));
            }
            Verb::Redirect(redirect) => self.fetch(&redirect.hook, Vec::new()),
            Verb::Reject(reason) => self.end(Output::Reject(reason)),
            Verb::Hangup => self.end(Output::Hangup),
            Verb::Leave => {}
            Verb::Sms(sms) => self.text(sms),
        }
    }

    fn play(&mut self, play: Play) {
        let Some(sound) = self.source(play.source) else {
            return;
        };
        let prompt = self.sound(sound, play.times);
        self.state = State::Sounding(prompt);
    }

    /// The sound behind a `<Play>`; an alert and `None` where its address can't be used.
    fn source(&mut self, source: PlaySource) -> Option<Sound> {
        match source {
            PlaySource::Digits(digits) => Some(Sound::Digits(digits)),
            PlaySource::Url(text) => match absolute(&text, self.base.as_ref()) {
                Ok(url) => Some(Sound::Url(url.into())),
                Err(error) => {
                    self.alert(AlertLevel::Error, 11100, error.to_string());
                    None
                }
            },
        }
    }

    fn sound(&mut self, sound: Sound, times: Option<u32>) -> PromptId {
        let prompt = PromptId(self.prompts);
        self.prompts += 1;
        let times = times.unwrap_or(LOOP_LIMIT).clamp(1, LOOP_LIMIT);
        self.outputs.push_back(Output::Sound { prompt, sound, times });
        prompt
    }

    fn sound_ended(&mut self, now: Moment, ended: PromptId) {
        match &mut self.state {
            State::Sounding(prompt) if *prompt == ended => self.state = State::Ready,
            State::Gathering(gathering) if gathering.is_playing(ended) => {
                self.next_gather_prompt(now);
            }
            State::Recording(recording) => {
                if let Some(record) = recording.beep_ended(ended) {
                    self.outputs.push_back(Output::Record(record));
                }
            }
            State::Waiting
            | State::Ready
            | State::Sounding(_)
            | State::Pausing(_)
            | State::Gathering(_)
            | State::Dialing(_)
            | State::Texting(_)
            | State::Over => {}
        }
    }

    fn digit(&mut self, now: Moment, key: char) {
        match &mut self.state {
            State::Gathering(_) => self.gather_digit(now, key),
            State::Recording(recording) => {
                if recording.ends_with(key) {
                    self.outputs.push_back(Output::StopRecording);
                }
            }
            State::Waiting
            | State::Ready
            | State::Sounding(_)
            | State::Pausing(_)
            | State::Dialing(_)
            | State::Texting(_)
            | State::Over => {}
        }
    }

    fn dial_ended(&mut self, params: Vec<(String, String)>) {
        let State::Dialing(dial) = &mut self.state else {
            return;
        };
        match dial.action.take() {
            Some(action) => self.fetch(&action, params),
            None => self.state = State::Ready,
        }
    }

    fn tick(&mut self, now: Moment) {
        match &self.state {
            State::Pausing(until) if *until <= now => self.state = State::Ready,
            State::Gathering(gathering) if gathering.deadline().is_some_and(|at| at <= now) => {
                self.gather_deadline(now);
            }
            State::Waiting
            | State::Ready
            | State::Sounding(_)
            | State::Pausing(_)
            | State::Gathering(_)
            | State::Recording(_)
            | State::Dialing(_)
            | State::Texting(_)
            | State::Over => {}
        }
    }

    fn end(&mut self, output: Output) {
        self.outputs.push_back(output);
        self.verbs.clear();
        self.state = State::Over;
    }

    fn alert(&mut self, level: AlertLevel, code: u32, message: String) {
        self.outputs.push_back(Output::Alert { level, code, message });
    }
}

/// A call is picked up by its first verb, but for those that decide about it: `<Reject>`, `<Redirect>`, a `<Pause>`
/// right at the beginning, and a `<Dial answerOnBridge>`.
fn needs_answer(verb: &Verb, first: bool) -> bool {
    match verb {
        Verb::Say(_)
        | Verb::Play(_)
        | Verb::Gather(_)
        | Verb::Record(_)
        | Verb::Hangup
        | Verb::Sms(_) => true,
        Verb::Pause(for_) => !first || *for_ == Duration::ZERO,
        Verb::Dial(dial) => !dial.answer_on_bridge,
        Verb::Redirect(_) | Verb::Reject(_) | Verb::Leave => false,
    }
}

#[cfg(test)]
mod tests;
