//! The tagger's weights by the hash of what they are about: nothing of a word is kept but 32 bits.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

const MAGIC: &[u8; 4] = b"ALT1";

/// Bits of a hash that choose its bucket.
const WORD_BITS: u32 = 12;
/// Bits of a hash that choose its bucket.
const FEATURE_BITS: u32 = 14;

/// Parts of speech in the order in which `crates/reading` names them; what words never are is left out.
const TAGS: [&str; 34] = [
    "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "MD", "NN", "NNP", "NNPS", "NNS",
    "PDT", "POS", "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "TO", "UH", "VB", "VBD", "VBG", "VBN",
    "VBP", "VBZ", "WDT", "WP", "WP$", "WRB",
];

/// How much one step of a weight is.
const STEP: f64 = 0.5;

/// A word is one that the weights know.
const FREQUENT: u8 = 0x80;

/// The file.
pub(super) fn encode(tagger: &Value) -> anyhow::Result<Vec<u8>> {
    let mut words: BTreeMap<&str, u8> = BTreeMap::new();
    for word in tagger["vocab"].as_array().context("no vocabulary")? {
        words.insert(word.as_str().context("a word that is none")?, FREQUENT);
    }
    for (word, tag) in tagger["tagdict"].as_object().context("no dictionary")? {
        if let Some(tag) = tag_code(tag.as_str().unwrap_or_default()) {
            *words.entry(word).or_default() |= tag + 1;
        }
    }
    let mut by_word = Buckets::new(WORD_BITS);
    for (word, bits) in words {
        by_word.add(word, &[bits]);
    }
    let mut by_feature = Buckets::new(FEATURE_BITS);
    for (feature, weights) in tagger["weights"].as_object().context("no weights")? {
        let mut coded = Vec::new();
        for (tag, weight) in weights.as_object().context("no weights of a feature")? {
            let steps = (weight.as_f64().context("no number")? / STEP).round().clamp(-127.0, 127.0);
            if let (Some(tag), true) = (tag_code(tag), steps != 0.0) {
                coded.extend([tag, (steps as i8).cast_unsigned()]);
            }
        }
        if !coded.is_empty() {
            by_feature.add(feature, &coded);
        }
    }
    let words = by_word.into_bytes();
    let mut file = MAGIC.to_vec();
    file.extend((words.len() as u32).to_le_bytes());
    file.extend(words);
    file.extend(by_feature.into_bytes());
    Ok(file)
}

fn tag_code(tag: &str) -> Option<u8> {
    TAGS.iter().position(|it| *it == tag).map(|at| at as u8)
}

/// 32-bit FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Records by hash: its first bits choose a bucket, the sixteen after them tell the record in it.
struct Buckets {
    bits: u32,
    buckets: Vec<Vec<u8>>,
}

impl Buckets {
    fn new(bits: u32) -> Self {
        Self { bits, buckets: vec![Vec::new(); 1 << bits] }
    }

    fn add(&mut self, key: &str, record: &[u8]) {
        let hash = hash(key);
        let bucket = &mut self.buckets[(hash >> (32 - self.bits)) as usize];
        bucket.extend(((hash >> (16 - self.bits)) as u16).to_le_bytes());
        bucket.push(record.len() as u8);
        bucket.extend(record);
    }

    /// Where each bucket begins and the last ends (three bytes each), then the buckets.
    fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = 0_u32;
        for bucket in &self.buckets {
            bytes.extend(&at.to_le_bytes()[..3]);
            at += bucket.len() as u32;
        }
        bytes.extend(&at.to_le_bytes()[..3]);
        bytes.extend(self.buckets.concat());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_lies_in_the_bucket_of_its_hash() {
        let mut buckets = Buckets::new(1);
        buckets.add("a", &[7]);
        assert_eq!(hash("a"), 0xe40c_292c);
        assert_eq!(buckets.into_bytes(), [0, 0, 0, 0, 0, 0, 4, 0, 0, 0x18, 0xc8, 1, 7]);
    }
}
