//! The lexicon: words in the order of their bytes, in blocks of sixteen in which a word says only how it differs from
//! the one before.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;

use super::pairs::{self, FIRST};

const MAGIC: &[u8; 4] = b"ALX1";

/// Words of a block.
const BLOCK: usize = 16;

/// Symbols that a code may stand for, and one byte that tells how many.
const CODE_BYTES: usize = 8;

/// Set in a value's length where the first list has the word.
const REVIEWED: u8 = 0x80;

/// Kinds of words that may have a reading of their own, by the byte before it.
const KINDS: [&str; 9] = ["NOUN", "VERB", "ADJ", "ADV", "VBD", "VBN", "VBP", "DT", "None"];

/// The two lists as one.
pub(super) fn encode(gold: &Value, silver: &Value) -> anyhow::Result<Vec<u8>> {
    let mut symbols = Vec::new();
    let mut words = BTreeMap::new();
    for (list, reviewed) in [(silver, false), (gold, true)] {
        for (word, readings) in list.as_object().context("a lexicon is no object")? {
            let coded = code(readings, &mut symbols).with_context(|| format!("word '{word}'"))?;
            words.insert(word.as_bytes().to_vec(), (coded, reviewed));
        }
    }
    let mut texts: Vec<Vec<u8>> = words.values().map(|(text, _)| text.clone()).collect();
    let codes = pairs::join(&mut texts, u8::try_from(symbols.len())?);
    let mut body = Body::default();
    for ((word, (_, reviewed)), text) in words.iter().zip(&texts) {
        body.add(word, text, *reviewed)?;
    }
    Ok(body.into_file(&symbols, &codes))
}

/// A word's readings: the usual one, then each other one after the byte of its kind.
fn code(readings: &Value, symbols: &mut Vec<char>) -> anyhow::Result<Vec<u8>> {
    let Some(by_kind) = readings.as_object() else {
        return spell(readings.as_str().context("no phonemes")?, symbols);
    };
    let usual = by_kind.get("DEFAULT").and_then(Value::as_str).context("no usual reading")?;
    let mut coded = spell(usual, symbols)?;
    for (kind, phonemes) in by_kind.iter().filter(|(kind, _)| *kind != "DEFAULT") {
        let Some(kind) = KINDS.iter().position(|it| it == kind) else { bail!("kind '{kind}'") };
        coded.push(u8::try_from(kind + 1)?);
        coded.extend(spell(phonemes.as_str().unwrap_or_default(), symbols)?);
    }
    Ok(coded)
}

fn spell(phonemes: &str, symbols: &mut Vec<char>) -> anyhow::Result<Vec<u8>> {
    let code_of = |symbol| {
        let known = symbols.iter().position(|it| *it == symbol);
        let at = known.unwrap_or_else(|| {
            symbols.push(symbol);
            symbols.len() - 1
        });
        Ok(FIRST + u8::try_from(at)?)
    };
    phonemes.chars().map(code_of).collect()
}

/// The blocks, and where each begins.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    blocks: Vec<u32>,
    words: usize,
    last: Vec<u8>,
}

impl Body {
    fn add(&mut self, key: &[u8], text: &[u8], reviewed: bool) -> anyhow::Result<()> {
        let begins = self.words.is_multiple_of(BLOCK);
        if begins {
            self.blocks.push(u32::try_from(self.bytes.len())?);
        }
        let alike = key.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        let shared = if begins { 0 } else { alike.min(15) };
        let rest = &key[shared..];
        self.bytes.push(u8::try_from(shared << 4 | rest.len().min(15))?);
        if rest.len() >= 15 {
            self.bytes.push(u8::try_from(rest.len())?);
        }
        self.bytes.extend(rest);
        let length = u8::try_from(text.len())?;
        if length >= REVIEWED {
            bail!("'{}' has too many readings", String::from_utf8_lossy(key));
        }
        self.bytes.push(length | if reviewed { REVIEWED } else { 0 });
        self.bytes.extend(text);
        self.last = key.to_vec();
        self.words += 1;
        Ok(())
    }

    fn into_file(self, symbols: &[char], codes: &pairs::Codes) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend((self.blocks.len() as u32).to_le_bytes());
        for at in 0..=usize::from(u8::MAX - FIRST) {
            let symbol = symbols.get(at).map_or(0, |symbol| *symbol as u32);
            file.extend((symbol as u16).to_le_bytes());
        }
        for at in 0..=usize::from(u8::MAX - FIRST) {
            let code = codes.get(at).map_or(&[][..], Vec::as_slice);
            file.push(code.len() as u8);
            file.extend(code);
            file.resize(file.len() + CODE_BYTES - 1 - code.len(), 0);
        }
        for block in &self.blocks {
            file.extend(block.to_le_bytes());
        }
        file.extend(self.bytes);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_only_how_it_differs_from_the_one_before() {
        let mut body = Body::default();
        body.add(b"read", &[16, 17], true).expect("it is short");
        body.add(b"reader", &[16], false).expect("it is short");
        let told = [&[0x04][..], b"read", &[0x82, 16, 17], &[0x42], b"er", &[1, 16]].concat();
        assert_eq!(body.bytes, told);
    }

    #[test]
    fn a_kind_that_nobody_knows_is_told() {
        let readings = serde_json::json!({ "DEFAULT": "a", "XYZ": "b" });
        let error = code(&readings, &mut Vec::new()).expect_err("there is no XYZ");
        assert_eq!(error.to_string(), "kind 'XYZ'");
    }
}
