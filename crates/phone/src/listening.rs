//! Listening: what a call hears is compared with what is expected, window by window of 100 ms.
//!
//! Each question starts where the last one stopped, so nothing is missed between two of them.

use std::time::Duration;

use media::tone::{Country, Detector};

use crate::call::Call;
use crate::ear::Unheard;
use crate::errors::NotHeard;
use crate::sound::{Level, QUIETEST, Sound, WINDOW_TIME, seconds};
use crate::state::State;

/// A tone counts once it is in so many windows of 100 ms in a row.
const TONE_WINDOWS: u32 = 2;

/// Speech counts once it fills so many of [`SPEECH_SPAN`] windows.
const SPEECH_WINDOWS: u32 = 3;

/// Windows in which speech is looked for: half a second.
const SPEECH_SPAN: u32 = 5;

/// How a caller hears that it rings at the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingBack {
    /// 180 without audio: the phone makes the tone itself.
    OwnPhone,
    /// The network plays the tone of a country.
    Network(Country),
}

impl Call {
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
