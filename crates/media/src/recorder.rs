//! What of a stream's audio goes into a recording: mixes or interleaves, tracks silence, trims.
//!
//! Pure: it is given both directions each tick and says what to write; it never touches a file.

use std::collections::VecDeque;
use std::time::Duration;

use crate::level::Voice;
use crate::{FRAME, Frame, TICK, duration_of, mix};

/// Whose audio is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// What the far side says.
    Received,
    /// What the far side says and hears.
    Both,
}

/// How the two directions lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One channel, mixed.
    Mono,
    /// Channel 1 is what the far side says, channel 2 what it hears. Only with [`Source::Both`]; with
    /// [`Source::Received`] it is taken as [`Channels::Mono`].
    Dual,
}

/// What is to be recorded, and when it ends by itself.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whose audio.
    pub source: Source,
    /// Mixed or side by side.
    pub channels: Channels,
    /// The longest time to record, trimmed silence included.
    pub max_length: Duration,
    /// Ends after so much silence from the far side.
    pub end_on_silence: Option<Duration>,
    /// Whether silence at the start and end is left out.
    pub trim: bool,
}

/// Why a recording ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The far side was silent for [`Plan::end_on_silence`].
    Silence,
    /// [`Plan::max_length`] was reached.
    MaxLength,
}

/// Silence that is left before and after speech when the rest is trimmed: ten ticks, 200 ms.
const MARGIN_TICKS: usize = 10;

/// Turns both directions of a stream into what is written.
#[derive(Debug)]
pub struct Recorder {
    plan: Plan,
    dual: bool,
    ticks: u32,
    /// Samples of each channel that were handed out, and up to which of them there was speech.
    written: u64,
    spoken: u64,
    received: Voice,
    sent: Voice,
    /// When trimming, the last of the silence before the first word.
    before: Option<VecDeque<[Frame; 2]>>,
}

impl Recorder {
    /// A recorder that has recorded nothing.
    pub fn new(plan: Plan) -> Self {
        let dual = match (plan.channels, plan.source) {
            (Channels::Dual, Source::Both) => true,
            (Channels::Mono, Source::Received | Source::Both)
            | (Channels::Dual, Source::Received) => false,
        };
        Self {
            dual,
            ticks: 0,
            written: 0,
            spoken: 0,
            received: Voice::default(),
            sent: Voice::default(),
            before: plan.trim.then(|| VecDeque::with_capacity(MARGIN_TICKS)),
            plan,
        }
    }

    /// How many channels the file has: 1 or 2.
    pub const fn channels(&self) -> u16 {
        if self.dual { 2 } else { 1 }
    }

    /// Records a tick; appends what is to be written.
    pub fn tick(&mut self, received: &Frame, sent: &Frame, write: &mut Vec<i16>) -> Option<End> {
        self.ticks = self.ticks.saturating_add(1);
        let speaking = self.listen(received, sent);
        if speaking && let Some(before) = self.before.take() {
            for [received, sent] in &before {
                self.write(received, sent, write);
            }
        }
        if let Some(before) = &mut self.before {
            if before.len() == MARGIN_TICKS {
                before.pop_front();
            }
            before.push_back([*received, *sent]);
        } else {
            self.write(received, sent, write);
        }
        if speaking {
            // The tracker counts short pauses as speech, which is the margin at the end.
            self.spoken = self.written;
        }
        self.end()
    }

    /// How many samples of each channel are to stay in the file, if it ended now.
    pub const fn kept(&self) -> u64 {
        if self.plan.trim { self.spoken } else { self.written }
    }

    /// How long the file is, if it ended now.
    pub fn length(&self) -> Duration {
        duration_of(self.kept())
    }

    /// Whether the far side said anything.
    pub const fn heard(&self) -> bool {
        self.received.heard()
    }

    fn listen(&mut self, received: &Frame, sent: &Frame) -> bool {
        let speaking = self.received.listen(received);
        match self.plan.source {
            Source::Received => speaking,
            Source::Both => self.sent.listen(sent) || speaking,
        }
    }

    fn write(&mut self, received: &Frame, sent: &Frame, write: &mut Vec<i16>) {
        match (self.plan.source, self.dual) {
            (Source::Received, _) => write.extend_from_slice(received),
            (Source::Both, false) => write.extend_from_slice(&mix::sum(received, sent)),
            (Source::Both, true) => {
                write.extend(received.iter().zip(sent).flat_map(|(left, right)| [*left, *right]));
            }
        }
        self.written += FRAME as u64;
    }

    fn end(&self) -> Option<End> {
        let silent = |limit| self.received.silent_for() >= limit;
        if self.plan.end_on_silence.is_some_and(silent) {
            Some(End::Silence)
        } else if TICK * self.ticks >= self.plan.max_length {
            Some(End::MaxLength)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SILENCE, tone::tests::sine};

    const PLAN: Plan = Plan {
        source: Source::Received,
        channels: Channels::Mono,
        max_length: Duration::from_secs(3_600),
        end_on_silence: None,
        trim: false,
    };

    fn record(recorder: &mut Recorder, ticks: usize, received: &Frame, sent: &Frame) -> Vec<i16> {
        let mut written = Vec::new();
        for _ in 0..ticks {
            assert_eq!(recorder.tick(received, sent, &mut written), None);
        }
        written
    }

    #[test]
    fn each_source_and_layout_writes_its_samples() {
        let (received, sent) = ([3; FRAME], [4; FRAME]);
        for (source, channels, expected) in [
            (Source::Received, Channels::Mono, vec![3; 160]),
            (Source::Received, Channels::Dual, vec![3; 160]),
            (Source::Both, Channels::Mono, vec![7; 160]),
            (Source::Both, Channels::Dual, [3, 4].repeat(160)),
        ] {
            let mut recorder = Recorder::new(Plan { source, channels, ..PLAN });
            assert_eq!(record(&mut recorder, 1, &received, &sent), expected);
            assert_eq!(expected.len(), 160 * usize::from(recorder.channels()));
            assert_eq!(recorder.length(), TICK);
        }
    }

    #[test]
    fn silence_ends_a_recording_after_speech_and_without_any() {
        let plan = Plan { end_on_silence: Some(Duration::from_secs(1)), ..PLAN };
        let mut recorder = Recorder::new(plan.clone());
        record(&mut recorder, 49, &SILENCE, &sine(440, 9_000.0));
        assert_eq!(recorder.tick(&SILENCE, &SILENCE, &mut Vec::new()), Some(End::Silence));
        assert!(!recorder.heard(), "only the far side counts");

        let mut recorder = Recorder::new(plan);
        record(&mut recorder, 500, &sine(440, 3_000.0), &SILENCE);
        record(&mut recorder, 49, &SILENCE, &SILENCE);
        assert_eq!(recorder.tick(&SILENCE, &SILENCE, &mut Vec::new()), Some(End::Silence));
        assert!(recorder.heard());
    }

    #[test]
    fn a_recording_ends_at_its_longest() {
        let mut recorder = Recorder::new(Plan { max_length: Duration::from_secs(1), ..PLAN });
        record(&mut recorder, 49, &sine(440, 3_000.0), &SILENCE);
        let end = recorder.tick(&SILENCE, &SILENCE, &mut Vec::new());
        assert_eq!((end, recorder.length()), (Some(End::MaxLength), Duration::from_secs(1)));
    }

    #[test]
    fn trimming_leaves_the_words_and_a_margin() {
        let mut recorder = Recorder::new(Plan { trim: true, ..PLAN });
        assert_eq!(record(&mut recorder, 100, &SILENCE, &SILENCE), []);
        assert_eq!(recorder.length(), Duration::ZERO);
        let first = record(&mut recorder, 1, &sine(440, 3_000.0), &SILENCE);
        assert_eq!(first.len(), 160 * (MARGIN_TICKS + 1));
        record(&mut recorder, 49, &sine(440, 3_000.0), &SILENCE);
        record(&mut recorder, 100, &SILENCE, &SILENCE);
        let length = recorder.length();
        assert!(length > Duration::from_millis(1_200) && length <= Duration::from_millis(1_400));
    }

    #[test]
    fn a_trimmed_recording_of_silence_is_empty() {
        let mut recorder = Recorder::new(Plan { trim: true, ..PLAN });
        record(&mut recorder, 500, &SILENCE, &SILENCE);
        assert_eq!((recorder.kept(), recorder.heard()), (0, false));
    }
}
