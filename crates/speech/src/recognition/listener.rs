//! Voice activity on a telephone line: frames in, out come the moments at which somebody began, and the utterances.
//!
//! A state machine without clock or I/O: time is what the frames last. A frame is a voice where the network says so and
//! it is well above the line's noise, and it isn't a tone. 120 ms of such frames begin an utterance, a pause ends it;
//! between the two, less is asked of a frame (hysteresis), so that a soft ending isn't cut off.

use std::collections::VecDeque;
use std::time::Duration;

use super::activity::{RATE, Rumble, Voicing};
use super::noise::{Noise, is_tonal};

/// Samples of a frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;

/// What begins an utterance: so much of a voice within [`WITHIN`]. Clicks and coughs on the line are shorter.
const BEGINS: usize = FRAME * 6;
/// See [`BEGINS`]: 240 ms.
const WITHIN: usize = FRAME * 12;
/// The pause that ends an utterance where the application leaves it to us.
const NATURAL_PAUSE: Duration = Duration::from_secs(1);
/// Shorter pauses are within words.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
/// Likelihood from which a frame begins an utterance.
const SURE: f32 = 0.6;
/// Likelihood from which a frame goes on with one.
const LIKELY: f32 = 0.35;
/// Quieter frames begin no utterance, in dBFS: callers speak at -15 to -45, the echo of a prompt comes back below.
const LOUD_ENOUGH: f32 = -48.0;
/// Quieter frames don't go on with one, in dBFS.
const AUDIBLE: f32 = -54.0;
/// So many dB above the line's noise is a voice that begins.
const ABOVE_NOISE: f32 = 8.0;
/// So many dB above the line's noise is a voice that goes on.
const STILL_ABOVE_NOISE: f32 = 4.0;

/// When an utterance ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenSettings {
    /// The pause that ends it, at least 200 ms; `None`: a natural pause of about 1 s.
    pub end_after: Option<Duration>,
    /// It ends when it lasts so long, whatever is spoken.
    pub longest: Duration,
    /// So much before its first sound belongs to it.
    pub lead: Duration,
}

/// What was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Somebody speaks, since 120 ms.
    Began,
    /// The utterance is over: its samples at 8 kHz, with the lead before it and the pause after it.
    Ended(Vec<i16>),
}

/// Listens to one line.
pub struct Listener {
    end_after: usize,
    longest: usize,
    lead: usize,
    voicing: Voicing,
    rumble: Rumble,
    noise: Noise,
    state: State,
}

enum State {
    Quiet(Evidence),
    Speaking {
        /// The utterance.
        samples: Vec<i16>,
        /// Of these, at the end, no voice.
        pause: usize,
    },
}

impl Listener {
    /// Hears nothing yet.
    pub fn new(settings: ListenSettings) -> Listener {
        let end_after = settings.end_after.unwrap_or(NATURAL_PAUSE).max(SHORTEST_PAUSE);
        Listener {
            end_after: samples_in(end_after),
            longest: samples_in(settings.longest),
            lead: samples_in(settings.lead),
            voicing: Voicing::new(),
            rumble: Rumble::default(),
            noise: Noise::new(),
            state: State::Quiet(Evidence::default()),
        }
    }

    /// Hears the next samples at 8 kHz, [`FRAME`] at a time.
    pub fn hear(&mut self, frame: &[i16]) -> Option<Activity> {
        let likelihood = self.voicing.hear(frame);
        let level = self.rumble.level_without(frame).0;
        let noise = self.noise.hear(level, likelihood >= SURE);
        let begins =
            likelihood >= SURE && level >= LOUD_ENOUGH.max(noise + ABOVE_NOISE) && !is_tonal(frame);
        match &mut self.state {
            State::Quiet(evidence) => {
                evidence.take(frame, begins);
                if evidence.voiced() < BEGINS {
                    evidence.forget(self.lead);
                    return None;
                }
                let samples = evidence.utterance(self.lead);
                self.state = State::Speaking { samples, pause: 0 };
                Some(Activity::Began)
            }
            State::Speaking { samples, pause } => {
                let goes_on =
                    likelihood >= LIKELY && level >= AUDIBLE.max(noise + STILL_ABOVE_NOISE);
                samples.extend_from_slice(frame);
                *pause = if goes_on { 0 } else { *pause + frame.len() };
                if *pause < self.end_after && samples.len() < self.longest {
                    return None;
                }
                let samples = std::mem::take(samples);
                self.state = State::Quiet(Evidence::default());
                Some(Activity::Ended(samples))
            }
        }
    }

    /// The utterance as far as it was heard; empty while nobody speaks.
    pub fn so_far(&self) -> &[i16] {
        match &self.state {
            State::Quiet(_) => &[],
            State::Speaking { samples, .. } => samples,
        }
    }

    /// Samples of the utterance up to its last sound; 0 while nobody speaks.
    pub(super) fn spoken(&self) -> usize {
        match &self.state {
            State::Quiet(_) => 0,
            State::Speaking { samples, pause } => samples.len() - pause,
        }
    }
}

/// What may turn out to be the beginning of an utterance.
#[derive(Default)]
struct Evidence {
    samples: VecDeque<i16>,
    /// The latest frames, oldest first: how long each is, and whether it is a voice. At most [`WITHIN`].
    frames: VecDeque<(usize, bool)>,
}

impl Evidence {
    fn take(&mut self, frame: &[i16], voice: bool) {
        self.samples.extend(frame);
        self.frames.push_back((frame.len(), voice));
        while self.length() > WITHIN {
            self.frames.pop_front();
        }
    }

    fn length(&self) -> usize {
        self.frames.iter().map(|(length, _)| length).sum()
    }

    fn voiced(&self) -> usize {
        self.frames.iter().filter(|(_, voice)| *voice).map(|(length, _)| length).sum()
    }

    /// Keeps what an utterance could need that begins in the next frame.
    fn forget(&mut self, lead: usize) {
        let extra = self.samples.len().saturating_sub(lead.saturating_add(WITHIN));
        self.samples.drain(..extra);
    }

    /// The lead, and everything from the first voice on.
    fn utterance(&mut self, lead: usize) -> Vec<i16> {
        let unvoiced = self.frames.iter().take_while(|(_, voice)| !voice);
        let unvoiced: usize = unvoiced.map(|(length, _)| length).sum();
        let kept = (self.length() - unvoiced).saturating_add(lead);
        let extra = self.samples.len().saturating_sub(kept);
        self.samples.drain(..extra);
        self.samples.drain(..).collect()
    }
}

fn samples_in(time: Duration) -> usize {
    let samples = time.as_millis().saturating_mul(u128::from(RATE)) / 1_000;
    usize::try_from(samples).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
