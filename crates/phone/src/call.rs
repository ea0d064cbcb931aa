//! One call of a phone, as a person handles it: answer, talk, press keys, listen, hold, hang up.
//!
//! Listening starts where the last listening stopped, so nothing is missed between two questions. Dropping a call hangs
//! it up.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use media::Tone;
use media::io::{Audio, Statistics};
use sip::Ending;

use crate::errors::{AnswerError, HoldError, NotAnswered, NotEnded, NotPressed};
use crate::line::{Line, OpenError, UNTIL_STOPPED};
use crate::note::What;
use crate::sound::{Heard, seconds};
use crate::state::{Party, State};

/// How long a pressed key and its pause may take at most, `W` included.
const KEY_TAKES: Duration = Duration::from_secs(2);

/// How long the far side may take to answer a new offer or to acknowledge an answer: timers B and H of RFC 3261 §17.
const TRANSACTION_TAKES: Duration = Duration::from_secs(32);

/// How long an open socket may take to close after the call.
const CLOSING_TAKES: Duration = Duration::from_secs(5);

/// A call. Dropped, it hangs up.
pub struct Call {
    pub(crate) line: Arc<Line>,
}

impl Call {
    pub(crate) fn new(line: Arc<Line>) -> Self {
        Self { line }
    }

    /// Name of the phone whose call this is.
    pub fn owner(&self) -> &str {
        self.line.name()
    }

    /// Who calls.
    pub fn caller(&self) -> &Party {
        &self.line.caller
    }

    /// Who is called.
    pub fn called(&self) -> &Party {
        &self.line.called
    }

    /// What the call is doing.
    pub fn state(&self) -> State {
        self.line.state()
    }

    /// A header that the far side sent with its INVITE or its answer: `X-…`, `Diversion` and the like.
    pub fn header(&self, name: &str) -> Option<String> {
        let progress = self.line.progress.borrow();
        let found = progress.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }

    /// What went over the stream; `None` before the call has ended.
    pub fn statistics(&self) -> Option<Statistics> {
        self.line.progress.borrow().statistics
    }

    /// All that was heard, the last minute of it at most.
    pub fn heard(&self) -> Heard {
        self.line.ear.story()
    }

    /// Answers, and waits until the caller has taken note (ACK).
    pub async fn answer(&self) -> Result<(), AnswerError> {
        let line = &self.line;
        let name = line.name().to_owned();
        let (State::Ringing, Some(dialog)) = (self.state(), line.dialog()) else {
            return Err(AnswerError::NotRinging { name, state: self.state().to_string() });
        };
        let opened = line.open();
        if let Err(error) = opened {
            dialog.reject(503, None);
            return Err(match error {
                OpenError::Media(source) => AnswerError::NoLine { name, source },
                OpenError::Detour(source) => AnswerError::Detour { name, source },
            });
        }
        let Ok(sdp) = line.answer() else {
            dialog.reject(488, None);
            return Err(AnswerError::NoCommonCodec { name });
        };
        line.note(What::Answers);
        let mut progress = line.progress.subscribe();
        line.answers();
        dialog.answer(sdp);
        let known =
            progress.wait_for(|now| now.acknowledged || matches!(now.state, State::Ended(_)));
        let _ = tokio::time::timeout(TRANSACTION_TAKES, known).await;
        if line.progress.borrow().acknowledged {
            return Ok(());
        }
        Err(AnswerError::NotAcknowledged { name, state: self.state().to_string() })
    }

    /// Refuses with a final status from 300 to 699; 486 is busy, 603 is declined.
    pub fn reject(&self, status: u16) {
        if let Some(dialog) = self.line.dialog() {
            self.line.note(What::Rejects(status));
            dialog.reject(status, None);
        }
    }

    /// Ends the call as fits: cancels, refuses or hangs up. More than once does no harm.
    pub fn hang_up(&self) {
        self.line.hang_up();
    }

    /// Waits until the far side answers.
    pub async fn answered(&self, within: Duration) -> Result<(), NotAnswered> {
        let mut progress = self.line.progress.subscribe();
        let decided = progress.wait_for(|progress| match progress.state {
            State::Dialling | State::RingingThere | State::Ringing => false,
            State::Talking { .. } | State::Ended(_) => true,
        });
        let decided = tokio::time::timeout(within, decided).await.is_ok();
        let name = self.line.name().to_owned();
        let to = self.line.called.to_string();
        match self.state() {
            State::Talking { .. } => Ok(()),
            State::Ended(ending) if decided => Err(NotAnswered::Ended { name, to, ending }),
            State::Ended(_) | State::Dialling | State::RingingThere | State::Ringing => {
                let rings = self.line.progress.borrow().rings_there;
                Err(NotAnswered::Late { name, to, within, rings })
            }
        }
    }

    /// Waits until the call is over and its socket closed, so that its [`Call::statistics`] are there.
    pub async fn ended(&self, within: Duration) -> Result<Ending, NotEnded> {
        let mut progress = self.line.progress.subscribe();
        let over = progress.wait_for(|progress| matches!(progress.state, State::Ended(_)));
        let _ = tokio::time::timeout(within, over).await;
        let State::Ended(ending) = self.state() else {
            return Err(NotEnded {
                name: self.line.name().to_owned(),
                with: self.line.with().to_string(),
                within,
                state: self.state().to_string(),
            });
        };
        let closed = progress.wait_for(|progress| progress.silent);
        let _ = tokio::time::timeout(CLOSING_TAKES, closed).await;
        Ok(ending)
    }

    /// Presses keys one after the other, and waits until they are sent: `0`–`9`, `*`, `#`, `A`–`D`; `w` waits 0.5 s,
    /// `W` 1 s. If the far side hangs up meanwhile that is no error: it may act as soon as a key goes down.
    pub async fn press(&self, keys: &str) -> Result<(), NotPressed> {
        let failed = |state: State| NotPressed {
            name: self.line.name().to_owned(),
            keys: keys.to_owned(),
            state: state.to_string(),
        };
        let mut progress = self.line.progress.subscribe();
        self.line.note(What::Presses(keys.to_owned()));
        let Some(id) = self.line.press(keys) else { return Err(failed(self.state())) };
        let over = progress.wait_for(|progress| progress.is_past(id));
        let takes = KEY_TAKES * (keys.len() as u32 + 1);
        let _ = tokio::time::timeout(takes, over).await;
        let pressed = self.line.progress.borrow().is_past(id);
        if pressed { Ok(()) } else { Err(failed(self.state())) }
    }

    /// Says a steady tone until it is told something else. 1–3,999 Hz, to the nearest whole one.
    pub fn talk_tone(&self, hz: f32) {
        let hz = hz.round().clamp(1.0, 3_999.0) as u16;
        self.line.note(What::Talks(format!("{hz} Hz")));
        let tone = Tone::Steady { hz, duration: UNTIL_STOPPED };
        self.line.say(Audio::Tone(tone));
    }

    /// Says something, in place of what it says now.
    pub fn say(&self, audio: Audio) {
        self.line.note(What::Talks(in_words(&audio)));
        self.line.say(audio);
    }

    /// Says something once, and waits until it is said; `false` if the call ended before, or it took longer.
    pub async fn say_all(&self, audio: Audio, within: Duration) -> bool {
        let mut progress = self.line.progress.subscribe();
        self.line.note(What::Talks(in_words(&audio)));
        let Some(id) = self.line.say(audio) else { return false };
        let over = progress.wait_for(|progress| progress.is_past(id));
        let _ = tokio::time::timeout(within, over).await;
        self.line.progress.borrow().played.contains(&id)
    }

    /// Stops talking.
    pub fn quiet(&self) {
        self.line.note(What::FallsSilent);
        self.line.quiet();
    }

    /// Puts the far side on hold: it hears us, we don't hear it.
    pub async fn hold(&self) -> Result<(), HoldError> {
        self.reoffer(true, "hold").await
    }

    /// Takes the far side back.
    pub async fn resume(&self) -> Result<(), HoldError> {
        self.reoffer(false, "resume").await
    }

    async fn reoffer(&self, holding: bool, what: &'static str) -> Result<(), HoldError> {
        let name = self.line.name().to_owned();
        let before = self.line.progress.borrow().reoffers;
        let mut progress = self.line.progress.subscribe();
        let talking = matches!(self.state(), State::Talking { .. });
        if !talking || !self.line.reoffer(holding) {
            return Err(HoldError::NotTalking { name, what, state: self.state().to_string() });
        }
        self.line.note(if holding { What::Holds } else { What::Resumes });
        let answered =
            progress.wait_for(|now| now.reoffers != before || matches!(now.state, State::Ended(_)));
        let _ = tokio::time::timeout(TRANSACTION_TAKES, answered).await;
        let (reoffers, status) = {
            let now = self.line.progress.borrow();
            (now.reoffers, now.reoffer_status)
        };
        match (self.state(), status) {
            (State::Ended(_), _) => {
                Err(HoldError::NotTalking { name, what, state: self.state().to_string() })
            }
            _ if reoffers == before => {
                Err(HoldError::Late { name, what, within: TRANSACTION_TAKES })
            }
            (_, 200..=299) => Ok(()),
            (_, status) => {
                self.line.refused(holding);
                Err(HoldError::Refused { name, what, status })
            }
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.line.hang_up();
    }
}

fn in_words(audio: &Audio) -> String {
    match audio {
        Audio::Prompt { prompt, times } | Audio::Growing { first: prompt, times } => {
            let often = match times.map(NonZeroU32::get) {
                Some(1) => String::new(),
                Some(times) => format!(", {times} times"),
                None => ", over and over".to_owned(),
            };
            format!("{} of audio{often}", seconds(prompt.duration()))
        }
        Audio::Tone(tone) => format!("{tone:?}"),
        Audio::Silence(length) => format!("nothing for {}", seconds(*length)),
    }
}
