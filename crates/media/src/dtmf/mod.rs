//! Keys of a telephone: telephone events on RTP (RFC 4733), tones in the audio (ITU-T Q.23), both heard and sent.
//!
//! Pure: ticks and moments are arguments. Events other than the sixteen keys (flash, modem tones) are not DTMF and are
//! not told of.

pub mod dial;
pub mod inband;

use std::time::Duration;

use crate::rtp::Timestamp;
use crate::{duration_of, samples_in};

/// One of the sixteen keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(u8);

/// The keys in the order of their event codes (RFC 4733 §3.2).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";

impl Key {
    /// The key of `0`–`9`, `*`, `#`, `A`–`D` (or `a`–`d`).
    pub fn from_char(key: char) -> Option<Self> {
        let key = u8::try_from(key).ok()?.to_ascii_uppercase();
        KEYS.iter().position(|known| *known == key).map(|code| Self(code as u8))
    }

    /// The key of an event code; 16 and more are no keys.
    pub const fn from_code(code: u8) -> Option<Self> {
        if code < 16 { Some(Self(code)) } else { None }
    }

    /// The event code.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The letter on the key.
    pub fn as_char(self) -> char {
        // `from_char` and `from_code` only make codes below 16.
        char::from(KEYS[usize::from(self.0 & 0xF)])
    }
}

/// The payload of a telephone event (RFC 4733 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Which key.
    pub key: Key,
    /// Whether the key was released.
    pub end: bool,
    /// Loudness as dBm0 below zero; 0–63.
    pub volume: u8,
    /// How long the key is held so far, in samples.
    pub duration: u16,
}

impl Event {
    /// Length of the payload.
    pub const LENGTH: usize = 4;

    /// Parses a payload; `None` if it is too short or no key's.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let bytes = payload.first_chunk::<{ Self::LENGTH }>()?;
        Some(Self {
            key: Key::from_code(bytes[0])?,
            end: bytes[1] & 0x80 != 0,
            volume: bytes[1] & 0x3F,
            duration: u16::from_be_bytes([bytes[2], bytes[3]]),
        })
    }

    /// The payload's bytes.
    pub const fn to_bytes(self) -> [u8; Self::LENGTH] {
        let [high, low] = self.duration.to_be_bytes();
        [self.key.0, (self.end as u8) << 7 | self.volume & 0x3F, high, low]
    }
}

/// A key that was pressed and released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digit {
    /// Which key.
    pub key: Key,
    /// How long it was held.
    pub length: Duration,
}

/// After so long without a packet of an event whose end was lost, the key counts as released. Senders repeat an event
/// every 50 ms or oftener (RFC 4733 §2.5.1.2).
pub const LOST_END: Duration = Duration::from_millis(200);

/// Events that began this much before the newest one are old packets that came late.
const OLD: Duration = Duration::from_secs(10);

/// Makes digits out of the packets of telephone events: once each, whatever is repeated, reordered or lost.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    held: Option<Held>,
    /// When the newest event began.
    newest: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    key: Key,
    duration: u16,
    last_packet: Duration,
}

impl Held {
    fn released(self) -> Digit {
        Digit { key: self.key, length: duration_of(u64::from(self.duration)) }
    }
}

impl Receiver {
    /// Takes an event that arrived at a moment of the receiver's own clock. Two digits, if the end of the one before was
    /// lost and this is already the end of its own.
    pub fn receive(&mut self, event: Event, began: Timestamp, now: Duration) -> [Option<Digit>; 2] {
        let mut lost_end = None;
        let since_newest = self.newest.map(|newest| began.since(newest));
        match since_newest {
            Some(0) => {}
            Some(distance) if distance < 0 && distance.unsigned_abs() < samples_in(OLD) as u32 => {
                return [None, None];
            }
            Some(_) | None => {
                lost_end = self.held.take().map(Held::released);
                self.newest = Some(began);
                self.held = Some(Held { key: event.key, duration: 0, last_packet: now });
            }
        }
        let Some(held) = &mut self.held else {
            return [lost_end, None];
        };
        held.duration = held.duration.max(event.duration);
        held.last_packet = now;
        let ended = if event.end { self.held.take().map(Held::released) } else { None };
        [lost_end, ended]
    }

    /// The digit whose end must have been lost by now.
    pub fn tick(&mut self, now: Duration) -> Option<Digit> {
        let held = self.held?;
        if now.saturating_sub(held.last_packet) < LOST_END {
            return None;
        }
        self.held.take().map(Held::released)
    }

    /// Whether a key is held down.
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Forgets the source: another one counts its own time.
    pub fn restart(&mut self) -> Option<Digit> {
        self.newest = None;
        self.held.take().map(Held::released)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dial::{Dialer, Press};
    use super::*;
    use crate::TICK;

    /// What a receiver makes of the events that a dialer sends, when some packets are lost and each comes `copies` times.
    fn through_a_network(digits: &str, copies: usize, lost: impl Fn(usize) -> bool) -> String {
        let mut dialer = Dialer::new(digits);
        let mut receiver = Receiver::default();
        let mut heard = String::new();
        let (mut began, mut packets) = (Timestamp(u32::MAX - 4_000), 0);
        for tick in 0u32.. {
            let now = TICK * tick;
            let press = dialer.tick();
            if let Some(event) = press.event() {
                if press.is_start() {
                    began = Timestamp(u32::MAX - 4_000).plus(tick * 160);
                }
                for _ in 0..copies {
                    packets += 1;
                    if !lost(packets - 1) {
                        let digits = receiver.receive(event, began, now);
                        heard.extend(digits.into_iter().flatten().map(|digit| digit.key.as_char()));
                    }
                }
            }
            heard.extend(receiver.tick(now).map(|digit| digit.key.as_char()));
            if press == Press::Done && !receiver.is_held() {
                return heard;
            }
        }
        heard
    }

    #[test]
    fn every_key_is_heard_once() {
        assert_eq!(through_a_network("0123456789*#abcd", 1, |_| false), "0123456789*#ABCD");
        assert_eq!(through_a_network("1122", 3, |_| false), "1122");
    }

    #[test]
    fn a_lost_start_and_a_lost_end_are_survived() {
        // Seven packets a key: four of it held, three of its end.
        assert_eq!(through_a_network("12", 1, |packet| packet % 7 < 4), "12", "only ends come");
        assert_eq!(through_a_network("12", 1, |packet| packet % 7 >= 4), "12", "no end comes");
        assert_eq!(through_a_network("12", 1, |packet| packet % 7 != 2), "12", "one packet each");
    }

    #[test]
    fn the_length_is_how_long_the_key_was_held() {
        let mut receiver = Receiver::default();
        let event = Event { key: Key(5), end: false, volume: 10, duration: 160 };
        let began = Timestamp(9);
        assert_eq!(receiver.receive(event, began, Duration::ZERO), [None, None]);
        let end = Event { end: true, duration: 1_200, ..event };
        let digit = Digit { key: Key(5), length: Duration::from_millis(150) };
        assert_eq!(receiver.receive(end, began, TICK), [None, Some(digit)]);
        assert_eq!(receiver.receive(end, began, TICK), [None, None]);
        assert_eq!(receiver.receive(event, Timestamp(8), TICK), [None, None], "an old packet");
        assert!(!receiver.is_held());
    }

    proptest! {
        #[test]
        fn an_event_is_parsed_back(code in 0u8..16, end: bool, volume in 0u8..64, duration: u16) {
            let event = Event { key: Key(code), end, volume, duration };
            prop_assert_eq!(Event::parse(&event.to_bytes()), Some(event));
            prop_assert_eq!(Key::from_char(event.key.as_char()), Some(event.key));
        }

        #[test]
        fn hostile_payloads_never_panic(payload in proptest::collection::vec(any::<u8>(), 0..12)) {
            let _ = Event::parse(&payload);
        }

        #[test]
        fn any_events_keep_the_receiver_sane(events in proptest::collection::vec((0u8..16, any::<bool>(), any::<u16>(), any::<u32>(), 0u64..100_000), 0..200)) {
            let mut receiver = Receiver::default();
            for (code, end, duration, began, at) in events {
                let event = Event { key: Key(code), end, volume: 0, duration };
                receiver.receive(event, Timestamp(began), Duration::from_millis(at));
                receiver.tick(Duration::from_millis(at));
            }
        }

        #[test]
        fn digits_survive_any_loss_that_leaves_a_packet_of_each(digits in "[0-9*#A-D]{1,6}", mask in proptest::collection::vec(0u8..127, 6)) {
            let heard = through_a_network(&digits, 1, |packet| mask[packet / 7] & (1 << (packet % 7)) != 0);
            prop_assert_eq!(heard, digits);
        }
    }
}
