//! Tones: the ones that telephones make, and a detector that tells which are heard.
//!
//! Frequencies and cadences are those of ITU-T E.180 (supplement 2) and, for North America, of Bellcore GR-506.
//! Pure arithmetic on 8 kHz frames; it never reads a clock.

use std::time::Duration;

use crate::Frame;
use crate::level::Dbov;

/// Whose network's tones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Country {
    /// North America.
    #[default]
    UnitedStates,
    /// Brazil.
    Brazil,
    /// The United Kingdom.
    UnitedKingdom,
}

/// A tone to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The far phone rings. Without end.
    RingBack(Country),
    /// The far phone is busy. Without end.
    Busy(Country),
    /// No way through (fast busy). Without end.
    Congestion(Country),
    /// "Speak after the beep": 1,000 Hz for 400 ms.
    Beep,
    /// One frequency for a while.
    Steady {
        /// 1–3,999 Hz.
        hz: u16,
        /// How long, rounded up to 20 ms.
        duration: Duration,
    },
}

/// Produces a tone frame by frame.
#[derive(Debug, Clone)]
pub struct Generator {
    tone: Tone,
}

impl Generator {
    /// A generator at the start of its tone.
    pub fn new(tone: Tone) -> Self {
        Self { tone }
    }

    /// The next 20 ms; `false` (and silence) when the tone has ended.
    pub fn fill(&mut self, frame: &mut Frame) -> bool {
        let _ = self.tone;
        frame.fill(0);
        false
    }
}

/// A frequency that is present in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Which of the detector's frequencies.
    pub hz: u16,
    /// How loud it is.
    pub level: Dbov,
}

/// Tells which of some frequencies are present in 8 kHz audio (Goertzel's algorithm).
#[derive(Debug, Clone)]
pub struct Detector {
    frequencies: Vec<u16>,
}

impl Detector {
    /// A detector of these frequencies (1–3,999 Hz). In 20 ms frames they are told apart if 100 Hz or more separate them.
    pub fn new(frequencies: &[u16]) -> Self {
        Self { frequencies: frequencies.to_vec() }
    }

    /// The frequencies that carry much of the audio, loudest first. Empty for silence and for other sounds.
    pub fn hear(&self, samples: &[i16]) -> Vec<Heard> {
        let _ = (&self.frequencies, samples);
        Vec::new()
    }
}
