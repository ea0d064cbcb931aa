//! One call of a phone, as a person handles it: answer, talk, press keys, listen, hold, hang up.
//!
//! Listening starts where the last listening stopped, so nothing is missed between two questions. Dropping a call hangs
//! it up.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use media::Tone;
use media::io::{Audio, Statistics};
use media::tone::{Country, Detector};
use sip::Ending;

use crate::ear::Unheard;
use crate::errors::{AnswerError, HoldError, NotAnswered, NotEnded, NotHeard, NotPressed};
use crate::line::{Line, OpenError, UNTIL_STOPPED};
use crate::note::{InWords, What};
use crate::sound::{Heard, Level, QUIETEST, Sound, WINDOW_TIME, seconds};

/// A tone counts once it is in so many windows of 100 ms in a row.
const TONE_WINDOWS: u32 = 2;

/// Speech counts once it fills so many of [`SPEECH_SPAN`] windows.
const SPEECH_WINDOWS: u32 = 3;

/// Windows in which speech is looked for: half a second.
const SPEECH_SPAN: u32 = 5;

/// How long a pressed key and its pause may take at most, `W` included.
const KEY_TAKES: Duration = Duration::from_secs(2);

/// How long the far side may take to answer a new offer or to acknowledge an answer: timers B and H of RFC 3261 §17.
const TRANSACTION_TAKES: Duration = Duration::from_secs(32);

/// How long an open socket may take to close after the call.
const CLOSING_TAKES: Duration = Duration::from_secs(5);

/// A call. Dropped, it hangs up.
pub struct Call {
    line: Arc<Line>,
}

/// Who is at an end of a call, as the signalling names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// User part of the address, as a rule a number or a name.
    pub number: String,
    /// Name to show.
    pub display: Option<String>,
    /// Host part of the address.
    pub host: Option<String>,
}

/// What a call is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is placed, and nothing is known yet.
    Dialling,
    /// It is placed, and the far phone rings.
    RingingThere,
    /// It came in, and waits to be answered.
    Ringing,
    /// It is up.
    Talking {
        /// Who holds whom.
        hold: Hold,
    },
    /// It is over.
    Ended(Ending),
}

/// Who holds whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Both talk.
    Nobody,
    /// We hold them.
    Us,
    /// They hold us.
    Them,
    /// Each holds the other.
    Both,
}

/// How a caller hears that it rings at the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingBack {
    /// 180 without audio: the phone makes the tone itself.
    OwnPhone,
    /// The network plays the tone of a country.
    Network(Country),
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

    /// Forgets what was heard so far: listening starts now.
    pub fn listen_from_now(&self) {
        self.line.ear.forget();
    }

    /// Waits until what is heard pleases a judge, who is shown one stretch of 100 ms (800 samples) after the other.
    /// `wanted` is for the error.
    pub async fn hears<T>(
        &self,
        wanted: &str,
        within: Duration,
        judge: impl FnMut(&[i16]) -> Option<T>,
    ) -> Result<T, NotHeard> {
        let listened = self.line.ear.listen(within, within, judge).await;
        listened.map_err(|unheard| self.not_heard(wanted, within, unheard))
    }

    /// Waits until a frequency is heard in two windows of 100 ms in a row; how loud it is. 1–3,999 Hz, to the nearest whole one.
    pub async fn hears_tone(&self, hz: f32, within: Duration) -> Result<Level, NotHeard> {
        let hz = hz.round().clamp(1.0, 3_999.0) as u16;
        let detector = Detector::new(&[hz]);
        let mut windows = 0;
        self.hears(&format!("{hz} Hz"), within, move |window| {
            let level = detector.hear(window).first().map(|heard| heard.level);
            windows = if level.is_some() { windows + 1 } else { 0 };
            level.filter(|_| windows >= TONE_WINDOWS)
        })
        .await
    }

    /// Waits until anything but silence is heard; what it sounds like.
    pub async fn hears_anything(&self, within: Duration) -> Result<Sound, NotHeard> {
        self.hears("anything", within, |window| {
            let (sound, _) = Sound::of(window);
            (sound != Sound::Silence).then_some(sound)
        })
        .await
    }

    /// Waits until something is heard that is neither silence nor a steady tone: speech, music or noise.
    pub async fn hears_speech(&self, within: Duration) -> Result<Level, NotHeard> {
        let mut recent = 0u32;
        self.hears("speech", within, move |window| {
            let (sound, level) = Sound::of(window);
            let span = (1 << SPEECH_SPAN) - 1;
            recent = (recent << 1 | u32::from(sound == Sound::Other)) & span;
            (recent.count_ones() >= SPEECH_WINDOWS).then_some(level)
        })
        .await
    }

    /// Waits until there is silence, or no audio at all, for so long.
    pub async fn hears_silence(&self, lasting: Duration, within: Duration) -> Result<(), NotHeard> {
        let wanted = format!("silence for {}", seconds(lasting));
        let mut silent = Duration::ZERO;
        let listened = self.line.ear.listen(within, lasting, |window| {
            silent =
                if Level::of(window) < QUIETEST { silent + WINDOW_TIME } else { Duration::ZERO };
            (silent >= lasting).then_some(())
        });
        match listened.await {
            Ok(()) => Ok(()),
            Err(unheard) if unheard.nothing_came => Ok(()),
            Err(unheard) => Err(self.not_heard(&wanted, within, unheard)),
        }
    }

    /// Waits until the caller hears that it rings at the far end.
    pub async fn hears_ring_back(&self, within: Duration) -> Result<RingBack, NotHeard> {
        let mut progress = self.line.progress.subscribe();
        let own = async {
            let rings = progress.wait_for(|now| now.rings_there && !now.early_media).await;
            match rings {
                Ok(_) => Ok(RingBack::OwnPhone),
                Err(_) => std::future::pending().await,
            }
        };
        let mut windows = 0;
        let network = self.hears("ringing", within, move |window| {
            let country = ring_back(window);
            windows = if country.is_some() { windows + 1 } else { 0 };
            country.filter(|_| windows >= TONE_WINDOWS).map(RingBack::Network)
        });
        tokio::select! {
            biased;
            heard = network => heard,
            heard = own => heard,
        }
    }

    /// Waits for the next key that the far side presses.
    pub async fn hears_key(&self, within: Duration) -> Result<char, NotHeard> {
        let mut progress = self.line.progress.subscribe();
        let pressed = progress.wait_for(|progress| {
            !progress.keys.is_empty() || matches!(progress.state, State::Ended(_))
        });
        let _ = tokio::time::timeout(within, pressed).await;
        let mut key = None;
        self.line.progress.send_if_modified(|progress| {
            key = progress.keys.pop_front();
            false
        });
        let unheard = || Unheard { heard: self.heard(), nothing_came: false };
        key.ok_or_else(|| self.not_heard("a key", within, unheard()))
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

    fn not_heard(&self, wanted: &str, within: Duration, unheard: Unheard) -> NotHeard {
        NotHeard {
            name: self.line.name().to_owned(),
            wanted: wanted.to_owned(),
            within,
            heard: unheard.heard,
            ending: match self.state() {
                State::Ended(ending) => Some(ending),
                State::Dialling | State::RingingThere | State::Ringing | State::Talking { .. } => {
                    None
                }
            },
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.line.hang_up();
    }
}

impl Hold {
    pub(crate) fn of(us: bool, them: bool) -> Self {
        match (us, them) {
            (false, false) => Self::Nobody,
            (true, false) => Self::Us,
            (false, true) => Self::Them,
            (true, true) => Self::Both,
        }
    }

    pub(crate) fn by_them(self) -> bool {
        match self {
            Self::Them | Self::Both => true,
            Self::Nobody | Self::Us => false,
        }
    }
}

impl Party {
    pub(crate) fn of(address: &sip::Address) -> Self {
        Self {
            number: address.user.clone(),
            display: address.display.clone(),
            host: address.host.clone(),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.display {
            Some(display) => write!(f, "{} ({display})", self.number),
            None => f.write_str(&self.number),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialling => f.write_str("dialling"),
            Self::RingingThere => f.write_str("ringing at the far end"),
            Self::Ringing => f.write_str("ringing"),
            Self::Talking { hold: Hold::Nobody } => f.write_str("up"),
            Self::Talking { hold: Hold::Us } => f.write_str("up, the far side on hold"),
            Self::Talking { hold: Hold::Them } => f.write_str("up, held by the far side"),
            Self::Talking { hold: Hold::Both } => f.write_str("up, both on hold"),
            Self::Ended(ending) => write!(f, "over ({})", InWords(ending)),
        }
    }
}

/// The country whose ring-back tone fills a window.
fn ring_back(window: &[i16]) -> Option<Country> {
    let Sound::Tone(tones) = Sound::of(window).0 else { return None };
    let near = |wanted: &[u16]| {
        tones.len() == wanted.len()
            && tones.iter().zip(wanted).all(|(heard, wanted)| heard.abs_diff(*wanted) <= 5)
    };
    [
        (Country::UnitedStates, &[440, 480][..]),
        (Country::Brazil, &[425]),
        (Country::UnitedKingdom, &[400, 450]),
    ]
    .into_iter()
    .find_map(|(country, tones)| near(tones).then_some(country))
}

fn in_words(audio: &Audio) -> String {
    match audio {
        Audio::Prompt { prompt, times } => {
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
