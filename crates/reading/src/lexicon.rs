//! The lexicon: sorted words in the binary, found by halving. Nothing is parsed or copied at start.
//!
//! It lies in blocks of sixteen words in which a word says only how it differs from the one before. Readings are in
//! codes, each for one to seven symbols. `data/README.md` tells the format and where the words come from.

/// The file that `cargo xtask voice-data` makes.
const FILE: &[u8] = include_bytes!("../data/american.lexicon");

/// Where the symbols lie, two bytes each.
const SYMBOLS: usize = 8;
/// First code that is a symbol; smaller ones part the readings of a word.
const FIRST_CODE: u8 = 0x10;
/// Where the codes lie: how many symbols, then their codes.
const CODES: usize = SYMBOLS + 2 * (256 - FIRST_CODE as usize);
/// Bytes of a code.
const CODE_BYTES: usize = 8;
/// Where the places of the blocks lie, four bytes each.
const BLOCKS: usize = CODES + CODE_BYTES * (256 - FIRST_CODE as usize);
/// Words of a block.
const BLOCK: usize = 16;
/// Set in a value's length where people have checked the word.
const REVIEWED: u8 = 0x80;
/// Longest word of the lexicon that is looked for, in bytes.
const LONGEST: usize = 64;

/// Kinds of words that may have a reading of their own (`record` as a noun and as a verb).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any noun.
    Noun = 1,
    /// Any form of a verb.
    Verb,
    /// Any adjective.
    Adjective,
    /// Any adverb.
    Adverb,
    /// A verb's past.
    Past,
    /// A verb's past participle.
    Participle,
    /// A verb's present, other than the third person.
    Present,
    /// A determiner.
    Determiner,
    /// Any word before a pause.
    Last,
}

/// How a word is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Readings {
    coded: &'static [u8],
    /// Whether people have checked the word; the others were made by rules from such.
    pub(crate) reviewed: bool,
}

impl Readings {
    /// The usual reading.
    pub(crate) fn usual(self) -> String {
        decoded(self.parts().next().unwrap_or_default())
    }

    /// The reading of a kind where it has one. An empty one is spelled.
    pub(crate) fn of(self, kind: Kind) -> Option<String> {
        let mut kinds = self.coded.iter().filter(|code| **code < FIRST_CODE);
        let at = kinds.position(|code| *code == kind as u8)?;
        self.parts().nth(at + 1).map(decoded)
    }

    fn parts(self) -> impl Iterator<Item = &'static [u8]> {
        self.coded.split(|code| *code < FIRST_CODE)
    }
}

/// What the lexicon has for exactly this word.
pub(crate) fn find(word: &str) -> Option<Readings> {
    let word = word.as_bytes();
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let (mut low, mut high) = (0, number(4));
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if Block::at(middle).first() <= word {
            low = middle;
        } else {
            high = middle;
        }
    }
    Block::at(low).find(word)
}

/// Words from the place where a block begins.
struct Block {
    at: usize,
}

impl Block {
    fn at(number_of_block: usize) -> Block {
        let bodies = BLOCKS + 4 * number(4);
        Block { at: bodies + number(BLOCKS + 4 * number_of_block) }
    }

    /// The first word, which shares nothing with another.
    fn first(mut self) -> &'static [u8] {
        self.next_word().1
    }

    fn find(mut self, wanted: &[u8]) -> Option<Readings> {
        let mut word = Vec::with_capacity(LONGEST);
        for _ in 0..BLOCK {
            if self.at >= FILE.len() {
                return None;
            }
            let (shared, rest) = self.next_word();
            word.truncate(shared);
            word.extend_from_slice(rest);
            let length = self.byte();
            let coded = self.bytes(usize::from(length & !REVIEWED));
            if word == wanted {
                return Some(Readings { coded, reviewed: length & REVIEWED != 0 });
            }
        }
        None
    }

    /// How many bytes it shares with the word before, and the others.
    fn next_word(&mut self) -> (usize, &'static [u8]) {
        let head = self.byte();
        let rest = match head & 0x0f {
            0x0f => self.byte(),
            rest => rest,
        };
        (usize::from(head >> 4), self.bytes(usize::from(rest)))
    }

    fn byte(&mut self) -> u8 {
        self.at += 1;
        FILE[self.at - 1]
    }

    fn bytes(&mut self, count: usize) -> &'static [u8] {
        self.at += count;
        &FILE[self.at - count..self.at]
    }
}

fn number(at: usize) -> usize {
    let bytes = [FILE[at], FILE[at + 1], FILE[at + 2], FILE[at + 3]];
    u32::from_le_bytes(bytes) as usize
}

fn decoded(coded: &[u8]) -> String {
    let mut symbols = String::with_capacity(4 * coded.len());
    for code in coded {
        let at = CODES + CODE_BYTES * usize::from(code - FIRST_CODE);
        let count = usize::from(FILE[at]);
        symbols.extend(FILE[at + 1..=at + count].iter().filter_map(|code| symbol(*code)));
    }
    symbols
}

fn symbol(code: u8) -> Option<char> {
    let at = SYMBOLS + 2 * usize::from(code - FIRST_CODE);
    char::from_u32(u16::from_le_bytes([FILE[at], FILE[at + 1]]).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_with_their_readings() {
        let hello = find("hello").expect("everybody knows it");
        assert_eq!(hello.usual(), "həlˈO");
        assert!(hello.reviewed);
        assert_eq!(hello.of(Kind::Noun), None);
        let record = find("record").expect("it is a word");
        assert_eq!(record.of(Kind::Verb).as_deref(), Some("ɹəkˈɔɹd"));
        assert_eq!(find("US").and_then(|us| us.of(Kind::Noun)).as_deref(), Some(""));
        assert_eq!(find("'s").map(Readings::usual).as_deref(), Some("s"));
    }

    #[test]
    fn what_is_no_word_is_not_found() {
        for word in ["", "!", "\u{0}", "zzzz", "hell0", "héllo", "\u{10ffff}", &"a".repeat(300)] {
            assert!(find(word).is_none(), "{word}");
        }
    }

    #[test]
    fn every_word_lies_in_order_and_is_found_again() {
        assert_eq!(&FILE[..4], b"ALX1");
        let mut block = Block::at(0);
        let (mut word, mut before, mut count) = (Vec::new(), Vec::new(), 0);
        while block.at < FILE.len() {
            let (shared, rest) = block.next_word();
            word.truncate(shared);
            word.extend_from_slice(rest);
            let length = block.byte();
            let coded = block.bytes(usize::from(length & !REVIEWED));
            assert!(word > before, "words are sorted");
            let text = std::str::from_utf8(&word).expect("words are ASCII");
            let found = find(text).expect("it is there");
            assert_eq!(found.coded, coded, "{text}");
            before.clone_from(&word);
            count += 1;
        }
        assert_eq!(count, 183_561);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_up_without_panic(text in ".{0,80}") {
            let _ = find(&text).map(Readings::usual);
        }
    }
}
