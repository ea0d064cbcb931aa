//! What was spoken, by text, voice and language: the least recently used goes first when the bytes run out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::{Speech, Utterance};

/// What an entry takes beside its samples and texts, in bytes: about two keys and their places in the maps.
const OVERHEAD: usize = 256;

/// Speech by utterance, bounded by bytes.
pub(crate) struct Cache {
    limit: usize,
    bytes: usize,
    uses: u64,
    entries: HashMap<Arc<Utterance>, Entry>,
    by_use: BTreeMap<u64, Arc<Utterance>>,
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

    /// What was spoken for `utterance`, which counts as a use.
    pub(crate) fn find(&mut self, utterance: &Utterance) -> Option<Arc<Speech>> {
        let entry = self.entries.get_mut(utterance)?;
        self.uses += 1;
        if let Some(key) = self.by_use.remove(&entry.used) {
            self.by_use.insert(self.uses, key);
        }
        entry.used = self.uses;
        Some(Arc::clone(&entry.speech))
    }

    /// Keeps `speech`, unless it alone is more than fits.
    pub(crate) fn keep(&mut self, utterance: &Utterance, speech: &Arc<Speech>) {
        let bytes = size(utterance, speech);
        if bytes > self.limit {
            return;
        }
        if let Some(old) = self.entries.remove(utterance) {
            self.by_use.remove(&old.used);
            self.bytes -= old.bytes;
        }
        while self.bytes + bytes > self.limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            self.bytes -= self.entries.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
        self.uses += 1;
        let key = Arc::new(utterance.clone());
        self.by_use.insert(self.uses, Arc::clone(&key));
        self.bytes += bytes;
        self.entries.insert(key, Entry { speech: Arc::clone(speech), used: self.uses, bytes });
    }
}

fn size(utterance: &Utterance, speech: &Speech) -> usize {
    let texts = utterance.text.len()
        + utterance.ssml.as_deref().map_or(0, str::len)
        + utterance.voice.as_deref().map_or(0, str::len)
        + utterance.language.len();
    speech.samples.len() * size_of::<i16>() + texts + OVERHEAD
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utterance(text: &str) -> Utterance {
        Utterance { text: text.to_owned(), ssml: None, voice: None, language: "en".to_owned() }
    }

    fn speech(samples: usize) -> Arc<Speech> {
        Arc::new(Speech { rate: 8_000, samples: vec![0; samples] })
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut cache = Cache::new(3 * (2_000 + 3 + OVERHEAD));
        for text in ["a", "b", "c"] {
            cache.keep(&utterance(text), &speech(1_000));
        }
        assert!(cache.find(&utterance("a")).is_some());
        cache.keep(&utterance("d"), &speech(1_000));
        let kept = ["a", "b", "c", "d"].map(|text| cache.find(&utterance(text)).is_some());
        assert_eq!(kept, [true, false, true, true]);
    }

    #[test]
    fn what_is_more_than_fits_is_not_kept_and_drives_nothing_out() {
        let mut cache = Cache::new(2_000);
        cache.keep(&utterance("a"), &speech(100));
        cache.keep(&utterance("b"), &speech(1_000));
        assert!(cache.find(&utterance("a")).is_some());
        assert!(cache.find(&utterance("b")).is_none());
    }

    #[test]
    fn voice_language_and_ssml_tell_utterances_apart() {
        let mut cache = Cache::new(10_000);
        let plain = utterance("a");
        cache.keep(&plain, &speech(1));
        let others = [
            Utterance { ssml: Some("<p>a</p>".to_owned()), ..plain.clone() },
            Utterance { voice: Some("man".to_owned()), ..plain.clone() },
            Utterance { language: "fr".to_owned(), ..plain.clone() },
        ];
        assert!(others.iter().all(|other| cache.find(other).is_none()));
        assert!(cache.find(&plain).is_some());
    }

    proptest! {
        #[test]
        fn the_bytes_are_counted_and_never_more_than_the_limit(
            steps in proptest::collection::vec((0..6_u8, 0..400_usize), 0..60),
        ) {
            let mut cache = Cache::new(2_000);
            for (name, samples) in steps {
                cache.keep(&utterance(&name.to_string()), &speech(samples));
                let _ = cache.find(&utterance(&(name / 2).to_string()));
                let counted: usize = cache.entries.values().map(|entry| entry.bytes).sum();
                prop_assert_eq!(cache.bytes, counted);
                prop_assert!(cache.bytes <= 2_000);
                prop_assert_eq!(cache.entries.len(), cache.by_use.len());
            }
        }
    }
}
