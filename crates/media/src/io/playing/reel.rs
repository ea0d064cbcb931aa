//! A prompt as it plays: part after part, the later ones perhaps still to come, all of it as often as asked.
//!
//! A long text is spoken sentence by sentence: the first plays while the others are made. What isn't there in time is
//! waited for in silence. That there are no more is told in two ways, of which one can't be lost. Each part begins with a packet of its own, so that encoded audio is sent as it lies.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Codec, FRAME, Frame, Prompt};

/// Most parts of one prompt: more than the longest text has sentences. Later ones are dropped.
const MAX_PARTS: usize = 4_096;

/// Ticks for which what was sent before the end may still be in the queue: half a second. The queue is emptied at every
/// turn of the thread's loop, which makes up for fewer ticks than these in one turn.
const PATIENCE: u32 = 25;

/// What plays, and where it is.
#[derive(Debug)]
pub(in crate::io) struct Reel {
    parts: Vec<Arc<Prompt>>,
    /// Nothing is added any more.
    complete: bool,
    /// Set once no more parts are sent; [`Part::Last`] says so sooner, unless the queue was full.
    ended: Ended,
    /// Ticks for which this has waited although it was set.
    waited: u32,
    /// The part that plays, and the sample in it.
    part: usize,
    at: usize,
    left: Times,
}

/// Whether no more parts are sent of a prompt that grows.
pub(in crate::io) type Ended = Arc<AtomicBool>;

/// What comes for a prompt that grows.
#[derive(Debug)]
pub(in crate::io) enum Part {
    /// The next of it.
    Next(Arc<Prompt>),
    /// There was no more.
    Last,
}

/// How often a prompt is still to be played, this time included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Endless,
    Count(u32),
}

impl Reel {
    /// All of it is here.
    pub(in crate::io) fn whole(prompt: Arc<Prompt>, times: Option<NonZeroU32>) -> Self {
        Self { complete: true, ..Self::growing(prompt, times, Ended::default()) }
    }

    /// The first part is here.
    pub(in crate::io) fn growing(
        first: Arc<Prompt>,
        times: Option<NonZeroU32>,
        ended: Ended,
    ) -> Self {
        let left = times.map_or(Times::Endless, |times| Times::Count(times.get()));
        Self { parts: vec![first], complete: false, ended, waited: 0, part: 0, at: 0, left }
    }

    /// Takes what came; `false` if nothing was awaited or it was too much.
    pub(in crate::io) fn grow(&mut self, part: Part) -> bool {
        if self.complete {
            return false;
        }
        match part {
            Part::Next(prompt) => {
                self.waited = 0;
                let fits = self.parts.len() < MAX_PARTS;
                if fits {
                    self.parts.push(prompt);
                }
                fits
            }
            Part::Last => {
                self.complete = true;
                self.rewind();
                true
            }
        }
    }

    /// Whether everything was played.
    pub(in crate::io) fn is_over(&self) -> bool {
        self.left == Times::Count(0)
    }

    /// The next tick as bytes of a codec, if it is encoded already: nothing is left to compute.
    pub(in crate::io) fn next_encoded(&mut self, codec: Codec, bytes: &mut [u8; FRAME]) -> bool {
        let Some(part) = self.parts.get(self.part) else {
            bytes.fill(codec.encode_sample(0));
            self.wait();
            return true;
        };
        let Some(encoded) = part.already_encoded(codec) else {
            return false;
        };
        let count = copy_frame(encoded, self.at, bytes);
        bytes[count..].fill(codec.encode_sample(0));
        self.advance(encoded.len());
        true
    }

    /// The next tick as samples.
    pub(in crate::io) fn next_samples(&mut self, frame: &mut Frame) {
        let Some(part) = self.parts.get(self.part) else {
            frame.fill(0);
            self.wait();
            return;
        };
        let samples = part.samples();
        let (count, length) = (copy_frame(samples, self.at, frame), samples.len());
        frame[count..].fill(0);
        self.advance(length);
    }

    /// Waits a tick for the next part.
    fn wait(&mut self) {
        if !self.ended.load(Ordering::Relaxed) {
            return;
        }
        self.waited += 1;
        if self.waited >= PATIENCE {
            self.complete = true;
            self.rewind();
        }
    }

    /// Moves on by a tick: to the next part at the end of one of this length.
    fn advance(&mut self, length: usize) {
        self.at += FRAME;
        if self.at >= length {
            self.at = 0;
            self.part += 1;
            self.rewind();
        }
    }

    /// To the start again at the end of all.
    fn rewind(&mut self) {
        if !self.complete || self.part < self.parts.len() {
            return;
        }
        self.part = 0;
        if let Times::Count(count) = &mut self.left {
            *count = count.saturating_sub(1);
        }
    }
}

fn copy_frame<T: Copy>(from: &[T], at: usize, to: &mut [T; FRAME]) -> usize {
    let rest = from.get(at..).unwrap_or_default();
    let count = rest.len().min(FRAME);
    to[..count].copy_from_slice(&rest[..count]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SILENCE;

    fn prompt(level: i16, samples: usize) -> Arc<Prompt> {
        Arc::new(Prompt::from_pcm(8_000, vec![level; samples]).expect("audio"))
    }

    fn tick(reel: &mut Reel) -> Frame {
        let mut frame = SILENCE;
        reel.next_samples(&mut frame);
        frame
    }

    #[test]
    fn a_prompt_is_repeated_as_often_as_asked() {
        let prompt = prompt(500, 200);
        let mut reel = Reel::whole(prompt.clone(), NonZeroU32::new(2));
        let mut heard = Vec::new();
        while !reel.is_over() {
            heard.extend(tick(&mut reel));
        }
        let once = [vec![500; 200], vec![0; 120]].concat();
        assert_eq!(heard, [once.clone(), once].concat());

        let mut bytes = [0; FRAME];
        let mut reel = Reel::whole(prompt.clone(), None);
        assert!(!reel.next_encoded(Codec::Pcmu, &mut bytes), "not encoded yet");
        prompt.encoded(Codec::Pcmu);
        for _ in 0..100 {
            assert!(reel.next_encoded(Codec::Pcmu, &mut bytes));
        }
        assert!(!reel.is_over());
        assert_eq!(bytes[40..], [0xFF; 120], "the end is filled up with silence");
    }

    #[test]
    fn parts_follow_each_other_and_what_is_late_is_waited_for_in_silence() {
        let mut reel = Reel::growing(prompt(1, FRAME), NonZeroU32::new(2), Ended::default());
        assert!(reel.grow(Part::Next(prompt(2, FRAME))));
        let mut firsts: Vec<i16> = (0..4).map(|_| tick(&mut reel)[0]).collect();
        assert!(!reel.is_over(), "more may come");
        assert!(reel.grow(Part::Next(prompt(3, FRAME))));
        firsts.push(tick(&mut reel)[0]);
        assert!(reel.grow(Part::Last));
        assert!(!reel.grow(Part::Next(prompt(4, FRAME))), "it was complete");
        while !reel.is_over() {
            firsts.push(tick(&mut reel)[0]);
        }
        assert_eq!(firsts, [1, 2, 0, 0, 3, 1, 2, 3], "the second time nothing is awaited");
    }

    #[test]
    fn a_prompt_that_ends_while_it_waits_is_over() {
        let mut reel = Reel::growing(prompt(1, FRAME), NonZeroU32::new(1), Ended::default());
        tick(&mut reel);
        let mut bytes = [0; FRAME];
        assert!(reel.next_encoded(Codec::Pcma, &mut bytes), "silence is encoded at once");
        assert!(reel.grow(Part::Last));
        assert!(reel.is_over());
    }

    #[test]
    fn a_prompt_whose_last_word_was_lost_ends_once_all_that_was_sent_has_come() {
        let ended = Ended::default();
        let times = NonZeroU32::new(1);
        let mut reel = Reel::growing(prompt(1, FRAME), times, Arc::clone(&ended));
        let mut firsts = vec![tick(&mut reel)[0]];
        ended.store(true, Ordering::Relaxed);
        firsts.push(tick(&mut reel)[0]);
        assert!(!reel.is_over(), "a part may still be in the queue");
        assert!(reel.grow(Part::Next(prompt(2, FRAME))));
        while !reel.is_over() {
            firsts.push(tick(&mut reel)[0]);
        }
        assert_eq!(firsts[..3], [1, 0, 2]);
        assert_eq!(firsts[3..], [0; PATIENCE as usize], "nothing more comes");
    }
}
