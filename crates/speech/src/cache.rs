//! What was spoken, in memory, by its key: the least recently used goes first when the bytes run out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::Speech;
use crate::key::Key;

/// What an entry takes beside its samples, in bytes: about two keys and their places in the maps.
const OVERHEAD: usize = 192;

/// Speech by key, bounded by bytes.
pub(crate) struct Cache {
    limit: usize,
    bytes: usize,
    uses: u64,
    entries: HashMap<Key, Entry>,
    by_use: BTreeMap<u64, Key>,
}

struct Entry {
    speech: Arc<Speech>,
    used: u64,
    bytes: usize,
}

impl Cache {
    /// An empty cache for at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Cache {
        Cache { limit, bytes: 0, uses: 0, entries: HashMap::new(), by_use: BTreeMap::new() }
    }

    /// What was spoken, which counts as a use.
    pub(crate) fn find(&mut self, key: Key) -> Option<Arc<Speech>> {
        let entry = self.entries.get_mut(&key)?;
        self.uses += 1;
        if let Some(key) = self.by_use.remove(&entry.used) {
            self.by_use.insert(self.uses, key);
        }
        entry.used = self.uses;
        Some(Arc::clone(&entry.speech))
    }

    /// Keeps `speech`, unless it alone is more than fits.
    pub(crate) fn keep(&mut self, key: Key, speech: &Arc<Speech>) {
        let bytes = speech.samples.len() * size_of::<i16>() + OVERHEAD;
        if bytes > self.limit {
            return;
        }
        if let Some(old) = self.entries.remove(&key) {
            self.by_use.remove(&old.used);
            self.bytes -= old.bytes;
        }
        while self.bytes + bytes > self.limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            self.bytes -= self.entries.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
        self.uses += 1;
        self.by_use.insert(self.uses, key);
        self.bytes += bytes;
        self.entries.insert(key, Entry { speech: Arc::clone(speech), used: self.uses, bytes });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Utterance;

    fn key(text: &str) -> Key {
        let (text, language) = (text.to_owned(), "en".to_owned());
        Key::of("engine", &Utterance { text, ssml: None, voice: None, language })
    }

    fn speech(samples: usize) -> Arc<Speech> {
        Arc::new(Speech { rate: 8_000, samples: vec![0; samples] })
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut cache = Cache::new(3 * (2_000 + OVERHEAD));
        for text in ["a", "b", "c"] {
            cache.keep(key(text), &speech(1_000));
        }
        assert!(cache.find(key("a")).is_some());
        cache.keep(key("d"), &speech(1_000));
        let kept = ["a", "b", "c", "d"].map(|text| cache.find(key(text)).is_some());
        assert_eq!(kept, [true, false, true, true]);
    }

    #[test]
    fn what_is_more_than_fits_is_not_kept_and_drives_nothing_out() {
        let mut cache = Cache::new(2_000);
        cache.keep(key("a"), &speech(100));
        cache.keep(key("b"), &speech(1_000));
        assert!(cache.find(key("a")).is_some());
        assert!(cache.find(key("b")).is_none());
    }

    proptest! {
        #[test]
        fn the_bytes_are_counted_and_never_more_than_the_limit(
            steps in proptest::collection::vec((0..6_u8, 0..400_usize), 0..60),
        ) {
            let mut cache = Cache::new(2_000);
            for (name, samples) in steps {
                cache.keep(key(&name.to_string()), &speech(samples));
                let _ = cache.find(key(&(name / 2).to_string()));
                let counted: usize = cache.entries.values().map(|entry| entry.bytes).sum();
                prop_assert_eq!(cache.bytes, counted);
                prop_assert!(cache.bytes <= 2_000);
                prop_assert_eq!(cache.entries.len(), cache.by_use.len());
            }
        }
    }
}
