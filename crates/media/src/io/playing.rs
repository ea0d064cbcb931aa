//! What plays to the far side, tick by tick: prompts, tones, silence, and keys that we press.

mod reel;

use super::{Audio, PlayId};
use crate::dtmf::dial::Dialer;
use crate::tone::Generator;
use crate::{Codec, FRAME, Frame, SILENCE, TICK};

pub(super) use reel::{Ended, Part, Reel};

/// Something that plays, and where it is.
#[derive(Debug)]
pub(super) enum Playing {
    Prompt(Reel),
    Tone(Generator),
    Silence { ticks: u64 },
    Digits(Dialer),
}

/// A thing that plays, and whom to tell of its end.
#[derive(Debug)]
pub(super) struct Performance {
    /// `None` for a key that the bridged stream pressed.
    pub(super) id: Option<PlayId>,
    pub(super) what: Playing,
}

impl Playing {
    /// `ended` says of one that grows that it has all its parts.
    pub(super) fn new(audio: Audio, ended: Ended) -> Self {
        match audio {
            Audio::Prompt { prompt, times } => Self::Prompt(Reel::whole(prompt, times)),
            Audio::Growing { first, times } => Self::Prompt(Reel::growing(first, times, ended)),
            Audio::Tone(tone) => Self::Tone(Generator::new(tone)),
            Audio::Silence(duration) => {
                let ticks = duration.as_micros().div_ceil(TICK.as_micros());
                Self::Silence { ticks: u64::try_from(ticks).unwrap_or(u64::MAX) }
            }
        }
    }

    /// Whether everything was played.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Prompt(reel) => reel.is_over(),
            Self::Tone(generator) => generator.is_over(),
            Self::Silence { ticks } => *ticks == 0,
            Self::Digits(dialer) => dialer.is_over(),
        }
    }

    /// The next tick of a prompt as bytes of a codec, if it is encoded already: nothing is left to compute.
    pub(super) fn next_encoded(&mut self, codec: Codec, bytes: &mut [u8; FRAME]) -> bool {
        match self {
            Self::Prompt(reel) => reel.next_encoded(codec, bytes),
            Self::Tone(_) | Self::Silence { .. } | Self::Digits(_) => false,
        }
    }

    /// The next tick as samples; keys as tones.
    pub(super) fn next_samples(&mut self, frame: &mut Frame) {
        match self {
            Self::Prompt(reel) => reel.next_samples(frame),
            Self::Tone(generator) => {
                generator.fill(frame);
            }
            Self::Silence { ticks } => {
                *frame = SILENCE;
                *ticks = ticks.saturating_sub(1);
            }
            Self::Digits(dialer) => {
                dialer.tick_as_tone(frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn silence_lasts_its_time_in_whole_ticks() {
        let silence = Audio::Silence(Duration::from_millis(50));
        let mut playing = Playing::new(silence, Ended::default());
        let mut ticks = 0;
        while !playing.is_over() {
            playing.next_samples(&mut [0; FRAME]);
            ticks += 1;
        }
        assert_eq!(ticks, 3);
    }
}
