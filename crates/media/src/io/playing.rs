//! What plays to the far side, tick by tick: prompts, tones, silence, and keys that we press.

use std::sync::Arc;

use super::{Audio, PlayId};
use crate::dtmf::dial::Dialer;
use crate::tone::Generator;
use crate::{Codec, FRAME, Frame, Prompt, SILENCE, TICK};

/// Something that plays, and where it is.
#[derive(Debug)]
pub(super) enum Playing {
    Prompt { prompt: Arc<Prompt>, at: usize, left: Times },
    Tone(Generator),
    Silence { ticks: u64 },
    Digits(Dialer),
}

/// How often a prompt is still to be played, this time included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Endless,
    Count(u32),
}

/// A thing that plays, and whom to tell of its end.
#[derive(Debug)]
pub(super) struct Performance {
    /// `None` for a key that the bridged stream pressed.
    pub(super) id: Option<PlayId>,
    pub(super) what: Playing,
}

impl Playing {
    pub(super) fn new(audio: Audio) -> Self {
        match audio {
            Audio::Prompt { prompt, times } => {
                let left = times.map_or(Times::Endless, |times| Times::Count(times.get()));
                Self::Prompt { prompt, at: 0, left }
            }
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
            Self::Prompt { left, .. } => *left == Times::Count(0),
            Self::Tone(generator) => generator.is_over(),
            Self::Silence { ticks } => *ticks == 0,
            Self::Digits(dialer) => dialer.is_over(),
        }
    }

    /// The next tick of a prompt as bytes of a codec, if it is encoded already: nothing is left to compute.
    pub(super) fn next_encoded(&mut self, codec: Codec, bytes: &mut [u8; FRAME]) -> bool {
        let Self::Prompt { prompt, at, left } = self else {
            return false;
        };
        let Some(encoded) = prompt.already_encoded(codec) else {
            return false;
        };
        let count = copy_frame(encoded, *at, bytes);
        bytes[count..].fill(codec.encode_sample(0));
        advance(at, left, encoded.len());
        true
    }

    /// The next tick as samples; keys as tones.
    pub(super) fn next_samples(&mut self, frame: &mut Frame) {
        match self {
            Self::Prompt { prompt, at, left } => {
                let count = copy_frame(prompt.samples(), *at, frame);
                frame[count..].fill(0);
                advance(at, left, prompt.samples().len());
            }
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

fn copy_frame<T: Copy>(from: &[T], at: usize, to: &mut [T; FRAME]) -> usize {
    let rest = &from[at..];
    let count = rest.len().min(FRAME);
    to[..count].copy_from_slice(&rest[..count]);
    count
}

/// Moves on by a tick, to the start again at the end.
fn advance(at: &mut usize, left: &mut Times, length: usize) {
    *at += FRAME;
    if *at >= length {
        *at = 0;
        if let Times::Count(count) = left {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_prompt_is_repeated_as_often_as_asked() {
        let prompt = Arc::new(Prompt::from_pcm(8_000, vec![500; 200]).expect("audio"));
        let mut playing =
            Playing::new(Audio::Prompt { prompt: prompt.clone(), times: NonZeroU32::new(2) });
        let mut heard = Vec::new();
        let mut frame = SILENCE;
        while !playing.is_over() {
            playing.next_samples(&mut frame);
            heard.extend(frame);
        }
        let once = [vec![500; 200], vec![0; 120]].concat();
        assert_eq!(heard, [once.clone(), once].concat());

        let mut bytes = [0; FRAME];
        let mut playing = Playing::new(Audio::Prompt { prompt: prompt.clone(), times: None });
        assert!(!playing.next_encoded(Codec::Pcmu, &mut bytes), "not encoded yet");
        prompt.encoded(Codec::Pcmu);
        for _ in 0..100 {
            assert!(playing.next_encoded(Codec::Pcmu, &mut bytes));
        }
        assert!(!playing.is_over());
        assert_eq!(bytes[40..], [0xFF; 120], "the end is filled up with silence");
    }

    #[test]
    fn silence_lasts_its_time_in_whole_ticks() {
        let mut playing = Playing::new(Audio::Silence(Duration::from_millis(50)));
        let mut ticks = 0;
        while !playing.is_over() {
            playing.next_samples(&mut [0; FRAME]);
            ticks += 1;
        }
        assert_eq!(ticks, 3);
    }
}
