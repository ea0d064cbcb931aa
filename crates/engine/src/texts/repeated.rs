//! Long messages that came in whole a short while ago, so that a part that its carrier sends again (its connection broke
//! before it heard that we have it) does not begin the message anew. In memory: a restart forgets it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use model::{Fragment, FragmentText};
use store::FragmentSet;
use tokio::sync::{Mutex, MutexGuard};

/// How long a part may come again: until its carrier's connection stands anew. The same text under the same reference
/// after that is another message.
const AGAIN_WITHIN: Duration = Duration::from_secs(120);
/// Long messages that are remembered; one more, and those that are old are forgotten, or else all.
const MOST: usize = 10_000;
/// Sets that are worked on at once, at most; two that share a lock wait for each other.
const SHARDS: usize = 64;

/// What is remembered.
pub(crate) struct Repeated {
    whole: std::sync::Mutex<HashMap<FragmentSet, Whole>>,
    turns: Vec<Mutex<()>>,
}

/// A message that was put together.
struct Whole {
    at: Instant,
    /// Digest of each part's text, by number.
    parts: HashMap<u32, u64>,
}

impl Default for Repeated {
    fn default() -> Repeated {
        let turns = (0..SHARDS).map(|_| Mutex::new(())).collect();
        Repeated { whole: std::sync::Mutex::default(), turns }
    }
}

impl Repeated {
    /// The turn of a set: its parts are worked on one after the other.
    pub(crate) async fn turn(&self, set: &FragmentSet) -> MutexGuard<'_, ()> {
        self.turns[(digest(set) % SHARDS as u64) as usize].lock().await
    }

    /// Whether this part belongs to a message that was put together from it.
    pub(crate) fn knows(&self, part: &Fragment) -> bool {
        let whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        let known = whole.get(&FragmentSet::of(part));
        let fresh = known.filter(|known| known.at.elapsed() < AGAIN_WITHIN);
        fresh.is_some_and(|known| known.parts.get(&part.number) == Some(&text(part)))
    }

    /// A message was put together from these parts.
    pub(crate) fn keep(&self, set: FragmentSet, all: &[Fragment]) {
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.len() >= MOST {
            whole.retain(|_, known| known.at.elapsed() < AGAIN_WITHIN);
        }
        if whole.len() >= MOST {
            whole.clear();
        }
        let parts = all.iter().map(|part| (part.number, text(part))).collect();
        whole.insert(set, Whole { at: Instant::now(), parts });
    }
}

fn text(part: &Fragment) -> u64 {
    match &part.units {
        FragmentText::Text(text) => digest(text),
        FragmentText::Units(units) => digest(units),
    }
}

fn digest(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use model::Moment;

    use super::*;

    fn part(number: u32, text: &str) -> Fragment {
        Fragment {
            carrier: "smsc".to_owned(),
            from: "+14155550177".to_owned(),
            to: "+14155550100".to_owned(),
            reference: 7,
            total: 2,
            number,
            units: FragmentText::Text(text.to_owned()),
            received_at: Moment::EPOCH,
        }
    }

    #[test]
    fn a_part_of_what_is_whole_is_known_and_another_text_under_its_reference_is_not() {
        let repeated = Repeated::default();
        let all = [part(1, "Olá, "), part(2, "Ada")];
        assert!(!repeated.knows(&all[1]), "nothing is whole yet");
        repeated.keep(FragmentSet::of(&all[0]), &all);
        assert!(all.iter().all(|part| repeated.knows(part)));
        assert!(!repeated.knows(&part(2, "Bob")), "the next message, under the same reference");
        let elsewhere = Fragment { carrier: "other".to_owned(), ..part(2, "Ada") };
        assert!(!repeated.knows(&elsewhere));
    }
}
