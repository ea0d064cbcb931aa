//! Whose turn it is to be probed.
//!
//! Each key has a place of its own in its interval, by a hash of the key: so thousands of checks don't start at once, and
//! after a restart each has the place that it had. Turns that were missed, since the machine slept or its clock jumped, aren't
//! made up in a burst: they are spread over as much time as was lost, one for each key. Never looks at a clock.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::time::Duration;

use model::Moment;

/// A turn that is later than this isn't taken at once, with all the others that are late, but put off a little, once.
const LATE: Duration = Duration::from_secs(1);
/// Shortest interval: a shorter one is taken for this.
const SHORTEST: Duration = Duration::from_millis(100);

/// The turns of many keys, each in its own interval.
#[derive(Clone, Debug)]
pub struct Rounds<K: Ord + Clone> {
    turns: BTreeMap<K, Turn>,
    queue: BTreeSet<(Moment, K)>,
    /// The latest moment that was told.
    now: Moment,
}

/// One key's turns.
#[derive(Clone, Debug)]
struct Turn {
    every: Duration,
    /// Where in the interval, counted from the epoch.
    place: Duration,
    next: Moment,
    /// The next one was missed, and put off.
    put_off: bool,
}

impl<K: Ord + Clone> Default for Rounds<K> {
    fn default() -> Rounds<K> {
        Rounds { turns: BTreeMap::new(), queue: BTreeSet::new(), now: Moment::EPOCH }
    }
}

impl<K: Ord + Clone> Rounds<K> {
    /// Nobody's turn.
    pub fn new() -> Rounds<K> {
        Rounds::default()
    }

    /// From now on this one has its turn once in `every` (at least 100 ms), the first within one such interval. If it is there
    /// with the same interval already, nothing changes.
    pub fn insert(&mut self, key: K, every: Duration, now: Moment)
    where
        K: Hash,
    {
        let every = every.max(SHORTEST);
        if self.turns.get(&key).is_some_and(|turn| turn.every == every) {
            return;
        }
        self.remove(&key);
        let place = place(&key, every);
        let next = first_at(now, every, place);
        self.queue.insert((next, key.clone()));
        self.turns.insert(key, Turn { every, place, next, put_off: false });
    }

    /// This one has no turn any more.
    pub fn remove(&mut self, key: &K) {
        if let Some(turn) = self.turns.remove(key) {
            self.queue.remove(&(turn.next, key.clone()));
        }
    }

    /// It is this one's turn now, and then again in its own place: something new is looked at at once.
    pub fn hurry(&mut self, key: &K, now: Moment) {
        self.plan(key, now, true);
    }

    /// Whose turn it is: each once, the longest waiting first. Their next turns follow by themselves.
    pub fn due(&mut self, now: Moment) -> Vec<K> {
        if now + LATE < self.now {
            self.set_back(now);
        }
        self.now = now;
        let mut due = Vec::new();
        while self.queue.first().is_some_and(|(next, _)| *next <= now) {
            let Some((next, key)) = self.queue.pop_first() else { break };
            let Some(turn) = self.turns.get_mut(&key) else { continue };
            let late = now.since(next);
            if late >= LATE && !turn.put_off {
                turn.put_off = true;
                turn.next = now + remainder(late, turn.every).max(Duration::from_micros(1));
            } else {
                turn.put_off = false;
                // Not twice in short order where this turn came late.
                turn.next = first_at(now + turn.every / 2, turn.every, turn.place);
                due.push(key.clone());
            }
            self.queue.insert((turn.next, key));
        }
        due
    }

    /// When somebody's turn is next.
    pub fn next(&self) -> Option<Moment> {
        self.queue.first().map(|(next, _)| *next)
    }

    /// How many have turns.
    pub fn len(&self) -> usize {
        self.turns.len()
    }

    /// Whether nobody has.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// The clock was put back: nobody waits for it to come as far again.
    fn set_back(&mut self, now: Moment) {
        let waiting = self.turns.iter().filter(|(_, turn)| turn.next > now + turn.every);
        let waiting: Vec<K> = waiting.map(|(key, _)| key.clone()).collect();
        for key in waiting {
            let next = self.turns.get(&key).map(|turn| first_at(now, turn.every, turn.place));
            self.plan(&key, next.unwrap_or(now), false);
        }
    }

    fn plan(&mut self, key: &K, next: Moment, put_off: bool) {
        if let Some(turn) = self.turns.get_mut(key) {
            self.queue.remove(&(turn.next, key.clone()));
            turn.next = next;
            turn.put_off = put_off;
            self.queue.insert((next, key.clone()));
        }
    }
}

/// The first moment not before `from` that is that far into an interval.
fn first_at(from: Moment, every: Duration, place: Duration) -> Moment {
    let (every, place) = (micros(every), micros(place));
    let into = (i128::from(from.micros()) - place).rem_euclid(every);
    let wait = (every - into).rem_euclid(every);
    from + Duration::from_micros(u64::try_from(wait).unwrap_or(0))
}

fn micros(duration: Duration) -> i128 {
    i128::try_from(duration.as_micros()).unwrap_or(i128::MAX)
}

fn remainder(duration: Duration, of: Duration) -> Duration {
    let rest = duration.as_micros() % of.as_micros().max(1);
    Duration::from_micros(u64::try_from(rest).unwrap_or(0))
}

/// Where in its interval a key has its turn: the same on every machine, evenly over many keys.
fn place<K: Hash>(key: &K, every: Duration) -> Duration {
    let mut hasher = Fnv(FNV_OFFSET);
    key.hash(&mut hasher);
    let part = (u128::from(mixed(hasher.finish())) * every.as_micros()) >> 64;
    Duration::from_micros(u64::try_from(part).unwrap_or(0))
}

/// The standard library's hashes may change with the compiler; this one is FNV-1a of 64 bits (RFC 9923).
struct Fnv(u64);

/// FNV64 offset basis (RFC 9923).
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
/// FNV64 prime (RFC 9923).
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// FNV leaves the upper bits of short keys much alike, and the place is read off those: stir them (the finisher of
/// MurmurHash3).
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

#[cfg(test)]
mod tests;
