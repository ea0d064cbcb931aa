//! What speech is kept under: a digest of all that its sound depends on.

use sha2::{Digest, Sha256};

use crate::Utterance;

/// Goes up when what is made of the same utterance by the same engine changes by our doing (splitting, level).
const FORMAT: &[u8] = b"alo speech 1";

/// Digest of the sources and data of `reading` and `voice`, as they were when this was built (`build.rs`): what an upgrade
/// reads or speaks otherwise is made anew.
const SPOKEN_WITH: &str = env!("ALO_SPOKEN_WITH");

/// SHA-256 over format, what it is read and spoken with, engine, voice, language, text and SSML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of `utterance`, spoken by an engine with this fingerprint.
    pub(crate) fn of(fingerprint: &str, utterance: &Utterance) -> Key {
        Key::made_with(SPOKEN_WITH, fingerprint, utterance)
    }

    fn made_with(spoken_with: &str, fingerprint: &str, utterance: &Utterance) -> Key {
        let mut digest = Sha256::new();
        let mut part = |bytes: Option<&[u8]>| {
            // Lengths, so that no two lists of parts run together; none is told apart from empty.
            digest.update(bytes.map_or(u64::MAX, |bytes| bytes.len() as u64).to_le_bytes());
            digest.update(bytes.unwrap_or_default());
        };
        part(Some(FORMAT));
        part(Some(spoken_with.as_bytes()));
        part(Some(fingerprint.as_bytes()));
        part(utterance.voice.as_deref().map(str::as_bytes));
        part(Some(utterance.language.to_ascii_lowercase().as_bytes()));
        part(Some(utterance.text.as_bytes()));
        part(utterance.ssml.as_deref().map(str::as_bytes));
        Key(digest.finalize().into())
    }

    /// In hexadecimal digits, as a file's name.
    pub(crate) fn name(self) -> String {
        use std::fmt::Write;
        self.0.iter().fold(String::with_capacity(64), |mut name, byte| {
            // Writing to a text can't fail.
            let _ = write!(name, "{byte:02x}");
            name
        })
    }

    /// The key that [`Key::name`] wrote.
    pub(crate) fn parse(name: &str) -> Option<Key> {
        let mut key = [0; 32];
        if name.len() != 64 || !name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(name.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Key(key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_that_the_sound_depends_on_tells_keys_apart() {
        let plain =
            Utterance { text: "a".to_owned(), ssml: None, voice: None, language: "en".to_owned() };
        let others = [
            plain.clone(),
            Utterance { text: "b".to_owned(), ..plain.clone() },
            Utterance { ssml: Some(String::new()), ..plain.clone() },
            Utterance { ssml: Some("a".to_owned()), ..plain.clone() },
            Utterance { voice: Some("man".to_owned()), ..plain.clone() },
            Utterance { language: "fr".to_owned(), ..plain.clone() },
        ];
        let keys = others.iter().map(|each| Key::of("x", each));
        let keys: HashSet<Key> = keys.chain([Key::of("y", &plain)]).collect();
        assert_eq!(keys.len(), 7);
        assert_ne!(Key::made_with("another voice", "x", &plain), Key::of("x", &plain));
        let spelled = Utterance { language: "EN".to_owned(), ..plain.clone() };
        assert_eq!(Key::of("x", &spelled), Key::of("x", &plain));
    }

    #[test]
    fn names_read_back() {
        let utterance =
            Utterance { text: String::new(), ssml: None, voice: None, language: String::new() };
        let key = Key::of("", &utterance);
        assert_eq!(Key::parse(&key.name()), Some(key));
        for name in ["", "xyz", &"A".repeat(64), &"é".repeat(32), &"0".repeat(63)] {
            assert_eq!(Key::parse(name), None, "{name}");
        }
    }
}
