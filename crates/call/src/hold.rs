//! What a caller hears while a `<Dial>` rings: the sounds that stand in it, one after the other, or else the ring-back.
//!
//! A part of the session without outputs of its own: [`Hold::step`] says what comes next, whoever dials plays it. After
//! the last sound it begins again from the first `<Play>`, so that a greeting is said once and music goes on; without a
//! `<Play>` the ring-back follows. A sound that could not be played is left out from then on. `Differs:` Twilio has only
//! the ring-back.

use std::time::Duration;

use model::Moment;
use twiml::{BadUrl, GatherPrompt, PlaySource};
use url::Url;

use crate::io::{Sound, SoundId};

/// A round of sounds takes at least this long; a shorter one is followed by silence, so that a few samples of audio don't
/// keep the call busy.
const SHORTEST_ROUND: Duration = Duration::from_secs(1);

/// The sounds of one `<Dial>`, and where they stand.
#[derive(Debug)]
pub(crate) struct Hold {
    items: Vec<Item>,
    /// Index of the item that comes next.
    next: usize,
    round_began_at: Moment,
    now: Now,
}

#[derive(Debug)]
enum Item {
    Sound {
        what: Sound,
        times: Option<u32>,
        /// The rounds after the first begin at the first of these.
        is_play: bool,
    },
    Pause(Duration),
    /// It could not be played.
    Failed,
}

/// What goes on.
#[derive(Debug)]
enum Now {
    /// Nothing, or the ring-back.
    Idle,
    Sounding(SoundId, usize),
    Pausing(Moment),
}

/// What comes next.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// This sound, so often; `None`: until it is stopped. [`Hold::sounds`] is to be told its name.
    Sound(Sound, Option<u32>),
    /// Silence until [`Hold::wakes_at`].
    Pause,
    /// Nothing is left but the ring-back.
    RingBack,
}

impl Hold {
    /// From what stands in a `<Dial>`, with the addresses that can't be used; those are left out.
    pub(crate) fn new(
        now: Moment,
        prompts: Vec<GatherPrompt>,
        base: Option<&Url>,
    ) -> (Hold, Vec<BadUrl>) {
        let mut bad = Vec::new();
        let item = |prompt| match prompt {
            GatherPrompt::Say(say) => {
                let times = say.times;
                Some(Item::Sound { what: Sound::Say(say), times, is_play: false })
            }
            GatherPrompt::Pause(for_) => Some(Item::Pause(for_)),
            GatherPrompt::Play(play) => {
                let what = match play.source {
                    PlaySource::Digits(digits) => Sound::Digits(digits),
                    PlaySource::Url(text) => match twiml::absolute(&text, base) {
                        Ok(url) => Sound::Url(url.into()),
                        Err(error) => {
                            bad.push(error);
                            return None;
                        }
                    },
                };
                Some(Item::Sound { what, times: play.times, is_play: true })
            }
        };
        let items = prompts.into_iter().filter_map(item).collect();
        (Hold { items, next: 0, round_began_at: now, now: Now::Idle }, bad)
    }

    /// Goes on to what comes next.
    pub(crate) fn step(&mut self, now: Moment) -> Step {
        self.now = Now::Idle;
        loop {
            if self.next >= self.items.len() {
                let Some(first) = self.first_play() else { return Step::RingBack };
                let earliest = self.round_began_at + SHORTEST_ROUND;
                if now < earliest {
                    self.now = Now::Pausing(earliest);
                    return Step::Pause;
                }
                self.next = first;
                self.round_began_at = now;
            }
            let index = self.next;
            self.next += 1;
            match &self.items[index] {
                Item::Failed => {}
                Item::Pause(for_) if for_.is_zero() => {}
                Item::Pause(for_) => {
                    self.now = Now::Pausing(now + *for_);
                    return Step::Pause;
                }
                Item::Sound { what, times, .. } => {
                    // The only one of all further rounds plays on by itself, without a seam.
                    let times = times.filter(|_| !self.goes_on_alone(index));
                    return Step::Sound(what.clone(), times);
                }
            }
        }
    }

    /// The sound of the last step plays under this name.
    pub(crate) fn sounds(&mut self, sound: SoundId) {
        self.now = Now::Sounding(sound, self.next - 1);
    }

    /// Whether this sound is the one that plays.
    pub(crate) fn is_sounding(&self, sound: SoundId) -> bool {
        matches!(self.now, Now::Sounding(name, _) if name == sound)
    }

    /// The sound that plays could not be played. Something stands in for it, and its end follows.
    pub(crate) fn failed(&mut self, sound: SoundId) {
        if let Now::Sounding(name, index) = self.now
            && name == sound
        {
            self.items[index] = Item::Failed;
        }
    }

    /// It is quiet now, until the next [`Hold::step`].
    pub(crate) fn stop(&mut self) {
        self.now = Now::Idle;
    }

    /// When the silence ends.
    pub(crate) fn wakes_at(&self) -> Option<Moment> {
        match self.now {
            Now::Pausing(until) => Some(until),
            Now::Idle | Now::Sounding(..) => None,
        }
    }

    fn first_play(&self) -> Option<usize> {
        self.items.iter().position(|item| matches!(item, Item::Sound { is_play: true, .. }))
    }

    fn goes_on_alone(&self, index: usize) -> bool {
        let is_url = |item: &Item| matches!(item, Item::Sound { what: Sound::Url(_), .. });
        self.first_play() == Some(index)
            && is_url(&self.items[index])
            && self.items[index + 1..].iter().all(|item| matches!(item, Item::Failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays what stands in a `<Dial>`; each sound takes three seconds, those at `bad.test` fail.
    fn heard(inside: &str, steps: usize) -> String {
        let text = format!("<Response><Dial>+1555{inside}</Dial></Response>");
        let mut document = twiml::parse(&text).expect("it is TwiML");
        let Some(twiml::Verb::Dial(dial)) = document.verbs.pop().map(|placed| placed.item) else {
            panic!("a dial");
        };
        let prompts = dial.hold.into_iter().map(|placed| placed.item).collect();
        let mut now = Moment::EPOCH;
        let (mut hold, bad) = Hold::new(now, prompts, None);
        let mut lines: Vec<String> = bad.iter().map(|error| format!("({error})")).collect();
        for name in 0..steps {
            let name = SoundId(name as u64);
            match hold.step(now) {
                Step::Sound(what, times) => {
                    hold.sounds(name);
                    let (what, for_) = match what {
                        Sound::Say(say) => (format!("say {}", say.text), 3000),
                        Sound::Url(url) if url.contains("bad.test") => {
                            hold.failed(name);
                            lines.push("a fault".to_owned());
                            now = now + Duration::from_millis(500);
                            continue;
                        }
                        Sound::Url(url) if url.contains("short.test") => ("a click".to_owned(), 1),
                        Sound::Url(url) => (format!("play {url}"), 3000),
                        other => (format!("{other:?}"), 500),
                    };
                    now = now + Duration::from_millis(for_);
                    match times {
                        Some(1) => lines.push(what),
                        Some(times) => lines.push(format!("{what} x{times}")),
                        None => {
                            lines.push(format!("{what} without end"));
                            break;
                        }
                    }
                }
                Step::Pause => {
                    let until = hold.wakes_at().expect("a pause has an end");
                    lines.push(format!("{} ms of silence", until.since(now).as_millis()));
                    now = until;
                }
                Step::RingBack => {
                    lines.push("ring-back".to_owned());
                    break;
                }
            }
        }
        lines.join(", ")
    }

    #[test]
    fn a_greeting_is_said_once_and_the_music_goes_on() {
        let inside = "<Say>Hello</Say><Play>http://a.test/1</Play>";
        assert_eq!(heard(inside, 9), "say Hello, play http://a.test/1 without end");
    }

    #[test]
    fn several_sounds_come_round_from_the_first_play() {
        let inside = "<Say>Hello</Say><Play loop='2'>http://a.test/1</Play><Pause length='2'/>\
                      <Say>Still here?</Say>";
        assert_eq!(
            heard(inside, 7),
            "say Hello, play http://a.test/1 x2, 2000 ms of silence, say Still here?, \
             play http://a.test/1 x2, 2000 ms of silence, say Still here?",
        );
    }

    #[test]
    fn what_is_endless_is_never_left() {
        let inside = "<Play loop='0'>http://a.test/1</Play><Play>http://a.test/2</Play>";
        assert_eq!(heard(inside, 9), "play http://a.test/1 without end");
    }

    #[test]
    fn the_ring_back_follows_where_nothing_plays() {
        assert_eq!(
            heard("<Say>Hello</Say><Pause/>", 9),
            "say Hello, 1000 ms of silence, ring-back"
        );
        assert_eq!(heard("<Pause length='0'/>", 9), "ring-back");
    }

    #[test]
    fn what_fails_is_heard_of_once_and_the_ring_back_follows_where_all_do() {
        let one = "<Play>http://bad.test/1</Play><Play>http://a.test/2</Play>";
        assert_eq!(heard(one, 9), "a fault, play http://a.test/2 without end");
        let all = "<Play>http://bad.test/1</Play><Play>http://bad.test/2</Play>";
        assert_eq!(heard(all, 9), "a fault, a fault, ring-back");
    }

    #[test]
    fn an_address_that_cannot_be_used_is_left_out() {
        assert_eq!(
            heard("<Play>file:///etc/passwd</Play>", 9),
            "('file:///etc/passwd' is not a URL that can be asked: write an absolute http:// or \
             https:// address), ring-back",
        );
    }

    #[test]
    fn the_shortest_sounds_come_once_a_second() {
        let inside = "<Play>http://short.test/1</Play><Play>http://short.test/2</Play>";
        assert_eq!(
            heard(inside, 6),
            "a click, a click, 998 ms of silence, a click, a click, 998 ms of silence"
        );
        let keys = "<Play digits='1'/>";
        assert_eq!(heard(keys, 3), "Digits(\"1\"), 500 ms of silence, Digits(\"1\")",);
    }
}
