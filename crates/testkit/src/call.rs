//! A call of a phone of a town, in phone talk. Every method is an act or an expectation; one that fails ends the test with
//! the story of the town.
//!
//! A call stays up until somebody hangs up or the town ends, so it may be dropped and cloned at will.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use media::io::Audio;

use crate::town::Hall;
use crate::voice::Listener;

/// How long audio that says something has to be silent before it counts as over.
const PAUSE: Duration = Duration::from_millis(500);

/// How long somebody may speak without a pause.
const LONGEST: Duration = Duration::from_secs(60);

/// So much before the first sound belongs to what is spoken.
const LEAD: Duration = Duration::from_millis(300);

/// Tones that two who talk with each other say: far apart, and no harmonics of each other.
const VOICES: [f32; 2] = [620.0, 1_730.0];

/// A call, as the phone at one end of it has it. Clones are the same call.
#[derive(Clone)]
pub struct Call {
    hall: Arc<Hall>,
    owner: String,
    inner: Arc<phone::Call>,
}

/// What a voice said, from 300 ms before its first sound to the pause after its last.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// Samples at 8 kHz.
    pub samples: Vec<i16>,
}

impl Spoken {
    /// How loud the voice is, pauses left out.
    pub fn level(&self) -> speech::Dbfs {
        speech::speech_level(&self.samples).unwrap_or(speech::Dbfs::SILENCE)
    }

    /// From its first sound to its last.
    pub fn duration(&self) -> Duration {
        let samples = self.samples.clone();
        speech::speech_in(&speech::Speech { rate: media::SAMPLE_RATE, samples })
    }
}

impl Call {
    pub(crate) fn new(hall: &Arc<Hall>, owner: &str, call: phone::Call) -> Self {
        Self { hall: Arc::clone(hall), owner: owner.to_owned(), inner: hall.keep(call) }
    }

    /// The call itself, for what isn't phone talk.
    pub fn inner(&self) -> &phone::Call {
        &self.inner
    }

    /// It answers the ringing.
    pub async fn answers(&self) -> Self {
        self.must(self.inner.answer().await)
    }

    /// It refuses with a status: 486 is busy, 603 declined.
    pub fn rejects(&self, status: u16) -> Self {
        self.inner.reject(status);
        self.clone()
    }

    /// It hangs up: gives up what rings, or ends what is up.
    pub fn hangs_up(&self) -> Self {
        self.inner.hang_up();
        self.clone()
    }

    /// The far side answers, soon.
    pub async fn is_answered(&self) -> Self {
        self.must(self.inner.answered(self.hall.patience).await)
    }

    /// The far side refuses with a status.
    pub async fn is_refused(&self, status: u16) -> Self {
        match self.inner.answered(self.hall.patience).await {
            Ok(()) => self.fails(&format!("{} is answered, not refused with {status}", self.owner)),
            Err(error) if error.status() == Some(status) => self.clone(),
            Err(error) => self.fails(&format!("{status} was expected, but {error}")),
        }
    }

    /// The far side hangs up, soon.
    pub async fn is_hung_up_on(&self) -> Self {
        self.ends_by(phone::EndedBy::Peer).await
    }

    /// The call is over, soon, whoever ends it.
    pub async fn ends(&self) -> phone::Ending {
        match self.inner.ended(self.hall.patience).await {
            Ok(ending) => ending,
            Err(error) => self.fails(&error),
        }
    }

    /// It presses keys: `0`–`9`, `*`, `#`; `w` waits half a second.
    pub async fn presses(&self, keys: &str) -> Self {
        self.must(self.inner.press(keys).await)
    }

    /// It says a tone until it is told something else.
    pub fn says_tone(&self, hz: f32) -> Self {
        self.inner.talk_tone(hz);
        self.clone()
    }

    /// It says something, and goes on with its life.
    pub fn says(&self, audio: Audio) -> Self {
        self.inner.say(audio);
        self.clone()
    }

    /// It says something to the end.
    pub async fn says_all(&self, audio: Audio) -> Self {
        if !self.inner.say_all(audio, self.hall.patience).await {
            self.fails(&format!("{} could not say all it wanted", self.owner));
        }
        self.clone()
    }

    /// It stops talking.
    pub fn falls_silent(&self) -> Self {
        self.inner.quiet();
        self.clone()
    }

    /// It hears a frequency, soon.
    pub async fn hears_tone(&self, hz: f32) -> Self {
        self.must(self.inner.hears_tone(hz, self.hall.patience).await)
    }

    /// It doesn't hear a frequency for so long from now on.
    pub async fn does_not_hear_tone(&self, hz: f32, time: Duration) -> Self {
        self.inner.listen_from_now();
        if self.inner.hears_tone(hz, time).await.is_ok() {
            self.fails(&format!("{} heard {hz} Hz, and was not expected to", self.owner));
        }
        self.clone()
    }

    /// It hears a text, said by a [`crate::Voice`], to its end, soon.
    pub async fn hears(&self, text: &str) -> Self {
        let mut listener = Listener::new(text);
        let wanted = format!("\"{text}\"");
        let patience = self.hall.patience;
        self.must(self.inner.hears(&wanted, patience, |window| listener.hears(window)).await)
    }

    /// It hears something that is neither silence nor a steady tone, soon.
    pub async fn hears_speech(&self) -> Self {
        self.must(self.inner.hears_speech(self.hall.patience).await)
    }

    /// It hears a voice, soon, and hears it out until it pauses for a second: no tone, no music, no noise.
    pub async fn hears_voice(&self) -> Spoken {
        let mut listener = speech::Listener::new(speech::ListenSettings {
            end_after: None,
            longest: LONGEST,
            lead: LEAD,
        });
        let judge = |window: &[i16]| {
            window.chunks(speech::FRAME).find_map(|frame| match listener.hear(frame)? {
                speech::Activity::Began => None,
                speech::Activity::Ended(samples) => Some(samples),
            })
        };
        let within = self.hall.patience + LONGEST;
        match self.inner.hears("a voice", within, judge).await {
            Ok(samples) => Spoken { samples },
            Err(error) => self.fails(&error),
        }
    }

    /// It hears something, and then half a second of silence: what was said is said.
    pub async fn hears_it_out(&self) -> Self {
        self.must(self.inner.hears_anything(self.hall.patience).await);
        self.hears_silence(PAUSE).await
    }

    /// It hears silence for so long.
    pub async fn hears_silence(&self, lasting: Duration) -> Self {
        self.must(self.inner.hears_silence(lasting, lasting + self.hall.patience).await)
    }

    /// It hears that it rings at the far end, soon.
    pub async fn hears_ring_back(&self) -> Self {
        self.must(self.inner.hears_ring_back(self.hall.patience).await)
    }

    /// It hears keys pressed at the far end, these and in this order.
    pub async fn hears_keys(&self, keys: &str) -> Self {
        for wanted in keys.chars() {
            match self.inner.hears_key(self.hall.patience).await {
                Ok(key) if key == wanted => {}
                Ok(key) => self.fails(&format!("{} heard key {key}, not {wanted}", self.owner)),
                Err(error) => self.fails(&error),
            }
        }
        self.clone()
    }

    /// From now on it listens; what it heard before doesn't count.
    pub fn listens_from_now(&self) -> Self {
        self.inner.listen_from_now();
        self.clone()
    }

    /// It puts the far side on hold.
    pub async fn holds(&self) -> Self {
        self.must(self.inner.hold().await)
    }

    /// It takes the far side back.
    pub async fn resumes(&self) -> Self {
        self.must(self.inner.resume().await)
    }

    /// It and another hear each other, whatever is between them. Both are silent afterwards.
    pub async fn talks_with(&self, other: &Self) -> Self {
        let patience = self.hall.patience;
        for call in [self, other] {
            call.inner.listen_from_now();
        }
        self.inner.talk_tone(VOICES[0]);
        other.inner.talk_tone(VOICES[1]);
        let (here, there) = tokio::join!(
            self.inner.hears_tone(VOICES[1], patience),
            other.inner.hears_tone(VOICES[0], patience)
        );
        self.must(here);
        self.must(there);
        self.inner.quiet();
        other.inner.quiet();
        self.clone()
    }

    /// The caller gives this number or name.
    pub fn is_from(&self, number: &str) -> Self {
        let caller = self.inner.caller();
        if caller.number != number {
            self.fails(&format!("{} is called by {caller}, not by {number}", self.owner));
        }
        self.clone()
    }

    /// The far side sent a header with this value.
    pub fn has_header(&self, name: &str, value: &str) -> Self {
        let found = self.inner.header(name);
        if found.as_deref() != Some(value) {
            self.fails(&format!(
                "{name} is {found:?}, not {value:?}, in the call of {}",
                self.owner
            ));
        }
        self.clone()
    }

    async fn ends_by(&self, whom: phone::EndedBy) -> Self {
        let ending = self.ends().await;
        if ending.by != whom {
            let owner = &self.owner;
            self.fails(&format!(
                "the call of {owner} was to be ended by {whom:?}, not by {:?}",
                ending.by
            ));
        }
        self.clone()
    }

    fn must<T, E: Display>(&self, outcome: Result<T, E>) -> Self {
        match outcome {
            Ok(_) => self.clone(),
            Err(error) => self.fails(&error),
        }
    }

    fn fails(&self, why: &dyn Display) -> ! {
        self.hall.fails(why)
    }
}
