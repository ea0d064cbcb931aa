//! Parts of speech by an averaged perceptron (Collins 2002): the weights of what is seen around a word are added up, and
//! the part of speech that has most is taken.
//!
//! The weights lie in the binary by hash, in buckets: nothing is parsed at start. `data/README.md` tells the format.

use super::tag::{self, Tag};

/// The file that `cargo xtask voice-data` makes.
const FILE: &[u8] = include_bytes!("../../data/english.tagger");

/// Words that the weights know, and words that are nearly always the same part of speech.
const WORDS: Buckets = Buckets { at: 8, bits: 12 };
/// Weights: pairs of a part of speech and half steps.
const WEIGHTS: Buckets =
    Buckets { at: 8 + u32::from_le_bytes([FILE[4], FILE[5], FILE[6], FILE[7]]) as usize, bits: 14 };
/// Set where the weights know a word; the other bits are its tag and one, or 0.
const FREQUENT: u8 = 0x80;

/// A piece of a sentence as the tagger was taught to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A word, or what an apostrophe parts of one (`n't`, `'s`).
    Word(String),
    /// A mark.
    Mark(char),
}

/// The parts of speech of the words among `pieces`, `None` for marks.
pub(super) fn tag(pieces: &[Piece]) -> Vec<Option<Tag>> {
    let seen = seen(pieces);
    let mut last = ["-START2-", "-START-"];
    let mut tags = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        let (tag, name) = match piece {
            Piece::Word(word) => {
                let tag = usual(word).unwrap_or_else(|| predicted(at, word, &seen, last));
                (Some(tag), tag.name())
            }
            Piece::Mark(mark) => (None, tag::of_mark(*mark)),
        };
        tags.push(tag);
        last = [last[1], name];
    }
    tags
}

/// The pieces in lower case, rare ones as their shape, with two more at either end.
fn seen(pieces: &[Piece]) -> Vec<String> {
    let mut seen = vec!["-START2-".to_owned(), "-START-".to_owned()];
    seen.extend(pieces.iter().map(|piece| match piece {
        Piece::Mark('“' | '”') => "\"".to_owned(),
        Piece::Mark(mark) => mark.to_string(),
        Piece::Word(word) => {
            let lower = word.to_lowercase();
            let known = WORDS.record(Hash::of("").and(&lower));
            match known {
                Some([bits]) if bits & FREQUENT != 0 => lower,
                _ => format!("<{}>", shape(word)),
            }
        }
    }));
    seen.extend(["-END-".to_owned(), "-END2-".to_owned()]);
    seen
}

/// The part of speech that a word nearly always has.
fn usual(word: &str) -> Option<Tag> {
    let [bits] = WORDS.record(Hash::of("").and(word))? else { return None };
    let code = usize::from(bits & !FREQUENT).checked_sub(1)?;
    Tag::ALL.get(code).copied()
}

fn predicted(at: usize, word: &str, seen: &[String], last: [&str; 2]) -> Tag {
    let mut scores = [0_i32; Tag::ALL.len()];
    let mut found = false;
    for feature in features(at, word, seen, last) {
        let Some(weights) = WEIGHTS.record(feature) else { continue };
        found = true;
        for weight in weights.chunks_exact(2) {
            if let Some(score) = scores.get_mut(usize::from(weight[0])) {
                *score += i32::from(weight[1].cast_signed());
            }
        }
    }
    let best = Tag::ALL.iter().max_by_key(|tag| (scores[**tag as usize], **tag));
    best.copied().filter(|_| found).unwrap_or(Tag::Noun)
}

/// What is seen of a word and around it.
fn features(at: usize, word: &str, seen: &[String], [second, first]: [&str; 2]) -> [Hash; 15] {
    let around = |offset: usize| seen.get(at + offset).map_or("", String::as_str);
    let initial = word.chars().next().map_or(0, char::len_utf8);
    [
        Hash::of("b"),
        Hash::of("s3=").and(ending(word)),
        Hash::of("p1=").and(&word[..initial]),
        Hash::of("w=").and(around(2)),
        Hash::of("sh=").and(&shape(word)),
        Hash::of(if at == 0 { "i0" } else { "i+" }),
        Hash::of("t-1=").and(first),
        Hash::of("t-2=").and(second),
        Hash::of("t-12=").and(first).and(",").and(second),
        Hash::of("w-1=").and(around(1)),
        Hash::of("s3-1=").and(ending(around(1))),
        Hash::of("w-2=").and(around(0)),
        Hash::of("w+1=").and(around(3)),
        Hash::of("s3+1=").and(ending(around(3))),
        Hash::of("w+2=").and(around(4)),
    ]
}

/// The last three characters.
fn ending(word: &str) -> &str {
    word.char_indices().rev().nth(2).map_or(word, |(at, _)| &word[at..])
}

/// How a word looks: `x`, `Xx`, `XX`, `X1` for a single capital, `xX`, else its first four characters by kind.
fn shape(word: &str) -> String {
    if !word.is_empty() && word.chars().all(char::is_alphabetic) {
        let mut rest = word.chars().skip(1).peekable();
        let single = rest.peek().is_none();
        let begins_upper = word.starts_with(char::is_uppercase);
        let shape = if word.chars().all(char::is_lowercase) {
            "x"
        } else if word.chars().all(char::is_uppercase) {
            if single { "X1" } else { "XX" }
        } else if begins_upper && rest.all(char::is_lowercase) {
            "Xx"
        } else {
            "xX"
        };
        return shape.to_owned();
    }
    let kind = |c: char| match c {
        c if c.is_alphabetic() => 'x',
        c if c.is_ascii_digit() => 'd',
        c => c,
    };
    word.chars().take(4).map(kind).collect()
}

/// 32-bit FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>).
#[derive(Clone, Copy)]
struct Hash(u32);

impl Hash {
    fn of(text: &str) -> Hash {
        Hash(0x811c_9dc5).and(text)
    }

    fn and(self, text: &str) -> Hash {
        let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Hash(text.bytes().fold(self.0, step))
    }
}

/// Records by hash: its first bits choose a bucket, the sixteen after them tell the record in it.
#[derive(Clone, Copy)]
struct Buckets {
    at: usize,
    bits: u32,
}

impl Buckets {
    fn record(self, Hash(hash): Hash) -> Option<&'static [u8]> {
        let bucket = (hash >> (32 - self.bits)) as usize;
        let wanted = ((hash >> (16 - self.bits)) as u16).to_le_bytes();
        let bodies = self.at + 3 * ((1 << self.bits) + 1);
        let range = self.place(bucket)..self.place(bucket + 1);
        let mut records = FILE.get(bodies..)?.get(range)?;
        while let [a, b, length, rest @ ..] = records {
            let (record, others) = rest.split_at_checked(usize::from(*length))?;
            if [*a, *b] == wanted {
                return Some(record);
            }
            records = others;
        }
        None
    }

    fn place(self, bucket: usize) -> usize {
        let at = self.at + 3 * bucket;
        u32::from_le_bytes([FILE[at], FILE[at + 1], FILE[at + 2], 0]) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(text: &str) -> String {
        let pieces: Vec<Piece> = text
            .split(' ')
            .map(|it| match it.chars().next() {
                Some(mark) if !mark.is_alphabetic() && it.len() == 1 => Piece::Mark(mark),
                _ => Piece::Word(it.to_owned()),
            })
            .collect();
        let names = tag(&pieces).into_iter().map(|tag| tag.map_or("-", Tag::name));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_have_the_part_of_speech_of_their_sentence() {
        assert_eq!(tagged("I read the record ."), "PRP VBD DT NN -");
        assert_eq!(tagged("Please record your message ."), "UH VB PRP$ NN -");
        assert_eq!(tagged("They did n't present a present ."), "PRP VBD RB VB DT NN -");
        assert_eq!(tagged("We live in New York ."), "PRP VBP IN NNP NNP -");
    }

    #[test]
    fn a_word_looks_like_its_shape() {
        let shapes = ["word", "Word", "WORD", "W", "iPhone", "'s", "4th", ""].map(shape);
        assert_eq!(shapes, ["x", "Xx", "XX", "X1", "xX", "'x", "dxx", ""]);
    }

    #[test]
    fn the_file_is_the_taggers() {
        assert_eq!(&FILE[..4], b"ALT1");
        assert_eq!(usual("and"), Some(Tag::Conjunction));
        assert_eq!(usual("you"), Some(Tag::Pronoun));
        assert_eq!(usual("read"), None);
    }
}
