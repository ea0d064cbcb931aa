//! Pressing keys: a string of digits and pauses as what happens in each tick.
//!
//! Each key is held for 100 ms and followed by 100 ms of silence; `w` waits 0.5 s and `W` 1 s. As telephone events, a key
//! is told of every 20 ms with its duration growing, and its end is sent three times (RFC 4733 §2.5.1). Pure.

use crate::tone::{Oscillator, chord, sound};
use crate::{FRAME, Frame};

use super::{Event, Key, inband};

/// Ticks that a key is held: 100 ms (Q.24 asks for 40 ms at least).
const HELD_TICKS: u16 = 5;

/// Ticks of silence after a key: 100 ms.
const GAP_TICKS: u16 = 5;

/// Ticks that `w` waits.
const SHORT_PAUSE_TICKS: u16 = 25;

/// Ticks that `W` waits.
const LONG_PAUSE_TICKS: u16 = 50;

/// Times that the end of an event is sent again (RFC 4733 §2.5.1.4: three in all).
const END_REPEATS: u16 = 2;

/// Loudness told in events: -10 dBm0.
const VOLUME: u8 = 10;

/// What happens in a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// A key is down.
    Held {
        /// Which.
        key: Key,
        /// For how many ticks, this one included.
        ticks: u16,
        /// Whether it goes up at the end of this tick.
        last: bool,
    },
    /// A key went up shortly before, so its end is told again.
    Ended {
        /// Which.
        key: Key,
        /// How many ticks it was down.
        ticks: u16,
    },
    /// Nothing.
    Quiet,
    /// All keys were pressed.
    Done,
}

impl Press {
    /// The telephone event to be sent in this tick.
    pub const fn event(self) -> Option<Event> {
        let (key, ticks, end) = match self {
            Self::Held { key, ticks, last } => (key, ticks, last),
            Self::Ended { key, ticks } => (key, ticks, true),
            Self::Quiet | Self::Done => return None,
        };
        Some(Event { key, end, volume: VOLUME, duration: ticks * FRAME as u16 })
    }

    /// Whether this is the first tick of a key: its packet is marked, and its timestamp is that of the whole event.
    pub const fn is_start(self) -> bool {
        matches!(self, Self::Held { ticks: 1, .. })
    }
}

/// Presses one key after the other.
#[derive(Debug, Clone)]
pub struct Dialer {
    steps: Vec<Step>,
    step: usize,
    /// Ticks spent on the step.
    ticks: u16,
    tone: Option<[Option<Oscillator>; 2]>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Key(Key),
    Pause(u16),
}

impl Dialer {
    /// A dialer of these keys. Letters that are neither keys nor pauses are left out.
    pub fn new(digits: &str) -> Self {
        let steps = digits.chars().filter_map(|letter| match letter {
            'w' => Some(Step::Pause(SHORT_PAUSE_TICKS)),
            'W' => Some(Step::Pause(LONG_PAUSE_TICKS)),
            _ => Key::from_char(letter).map(Step::Key),
        });
        Self { steps: steps.collect(), step: 0, ticks: 0, tone: None }
    }

    /// Whether all keys were pressed and the silence after the last has passed.
    pub const fn is_over(&self) -> bool {
        self.step >= self.steps.len()
    }

    /// What happens in the next 20 ms.
    pub fn tick(&mut self) -> Press {
        let Some(step) = self.steps.get(self.step) else {
            return Press::Done;
        };
        self.ticks += 1;
        let ticks = self.ticks;
        let (press, length) = match *step {
            Step::Pause(length) => (Press::Quiet, length),
            Step::Key(key) if ticks <= HELD_TICKS => {
                (Press::Held { key, ticks, last: ticks == HELD_TICKS }, HELD_TICKS + GAP_TICKS)
            }
            Step::Key(key) if ticks <= HELD_TICKS + END_REPEATS => {
                (Press::Ended { key, ticks: HELD_TICKS }, HELD_TICKS + GAP_TICKS)
            }
            Step::Key(_) => (Press::Quiet, HELD_TICKS + GAP_TICKS),
        };
        if ticks == length {
            self.step += 1;
            self.ticks = 0;
        }
        press
    }

    /// What happens in the next 20 ms, as audio; `false` when all keys were pressed.
    pub fn tick_as_tone(&mut self, frame: &mut Frame) -> bool {
        let press = self.tick();
        match press {
            Press::Held { key, .. } => {
                if press.is_start() {
                    self.tone = Some(chord(inband::pitch_of(key)));
                }
                if let Some(tone) = &mut self.tone {
                    sound(tone, frame);
                }
            }
            Press::Ended { .. } | Press::Quiet | Press::Done => frame.fill(0),
        }
        press != Press::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_grows_ends_three_times_and_is_followed_by_silence() {
        let mut dialer = Dialer::new("5");
        let events: Vec<_> = (0..11).map(|_| dialer.tick()).collect();
        let told: Vec<_> = events
            .iter()
            .map(|press| press.event().map(|event| (event.duration, event.end)))
            .collect();
        let end = Some((800, true));
        assert_eq!(
            told[..5],
            [160, 320, 480, 640]
                .map(|d| Some((d, false)))
                .into_iter()
                .chain([end])
                .collect::<Vec<_>>()
        );
        assert_eq!(told[5..], [end, end, None, None, None, None]);
        assert!(events[0].is_start() && !events[1].is_start());
        assert_eq!(events[9..], [Press::Quiet, Press::Done]);
    }

    #[test]
    fn pauses_last_as_long_as_they_say() {
        let ticks = |digits| {
            let mut dialer = Dialer::new(digits);
            std::iter::from_fn(|| Some(dialer.tick()).filter(|press| *press != Press::Done)).count()
        };
        assert_eq!(
            [ticks("w"), ticks("W"), ticks("wW1"), ticks(""), ticks("?! é")],
            [25, 50, 85, 0, 0]
        );
    }
}
