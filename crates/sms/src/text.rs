//! What a text costs on the air: its alphabet, and the segments it is cut into (3GPP TS 23.038, TS 23.040 §9.2.3.24).
//!
//! A segment carries 140 octets: 160 septets of the GSM alphabet or 70 UTF-16 units. A text that needs several gives six
//! octets of each to the header that joins them, which leaves 153 septets or 67 units. Nothing here is refused: whatever
//! the GSM alphabet doesn't have goes as UCS-2, and every text can be split.
//!
//! Texts that go out use the default alphabet and its extension alone. National tables ([`Language`]) are read where
//! they come in, but never written, since carriers differ in whether they pass them on.

mod gsm7;
mod national;
mod septets;
mod smart;
mod ucs2;

pub use gsm7::{decode_gsm7, encode_gsm7};
pub use national::Language;
pub use septets::{pack, pack_after_udh, septets_in, unpack, unpack_after_udh};
pub use smart::smart;
pub use ucs2::{decode_latin1, decode_units, decode_utf16be, encode_utf16be, units_of_utf16be};

/// Longest body of a message, in characters: Twilio's limit (error 21617).
pub const LONGEST_BODY: usize = 1_600;
/// Septets of a text that fits one segment (TS 23.038 §6.1.2.1.1: 140 octets).
pub const GSM7_ALONE: usize = 160;
/// Septets of a segment that is one of several: 160 less the seven that a header of six octets covers.
pub const GSM7_OF_SEVERAL: usize = 153;
/// UTF-16 units of a text that fits one segment.
pub const UCS2_ALONE: usize = 70;
/// UTF-16 units of a segment that is one of several.
pub const UCS2_OF_SEVERAL: usize = 67;

/// What the characters of a text are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// The GSM 7 bit default alphabet with its extension table (TS 23.038 §6.2.1).
    Gsm7,
    /// UTF-16 in network order, which is what handsets make of UCS-2 (TS 23.038 §6.2.3).
    Ucs2,
}

/// A text, cut into segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// What all of them are written in.
    pub alphabet: Alphabet,
    /// The segments in order; at least one, which is empty for an empty text.
    pub parts: Vec<Part>,
}

/// One segment of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    septets: Option<Vec<u8>>,
}

impl Part {
    /// Its septets, one to a byte, where it is written in the GSM alphabet.
    pub fn septets(&self) -> Option<&[u8]> {
        self.septets.as_deref()
    }

    /// It in UTF-16, network order.
    pub fn ucs2(&self) -> Vec<u8> {
        encode_utf16be(&self.text)
    }
}

/// What a text takes, found in one pass without cutting it.
#[derive(Clone, Copy, Default)]
struct Measure {
    /// Septets in the GSM alphabet; meaningless once `foreign`.
    septets: usize,
    /// Whether some of them are two for one character.
    escapes: bool,
    /// Whether a character is in no GSM table.
    foreign: bool,
}

fn measure(body: &str) -> Measure {
    let mut measure = Measure::default();
    for character in body.chars() {
        match gsm7::width(character) {
            1 => measure.septets += 1,
            2 => {
                measure.septets += 2;
                measure.escapes = true;
            }
            _ => {
                measure.foreign = true;
                break;
            }
        }
    }
    measure
}

/// The alphabet that a text goes in.
pub fn alphabet(body: &str) -> Alphabet {
    if measure(body).foreign { Alphabet::Ucs2 } else { Alphabet::Gsm7 }
}

/// How many segments a text takes: as many as [`split`] gives, without making them. An empty one takes 1.
pub fn segments(body: &str) -> u32 {
    let measure = measure(body);
    let count = if measure.foreign {
        count_parts(body, Alphabet::Ucs2)
    } else if measure.septets <= GSM7_ALONE {
        1
    } else if measure.escapes {
        count_parts(body, Alphabet::Gsm7)
    } else {
        measure.septets.div_ceil(GSM7_OF_SEVERAL)
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Cuts a text into its segments. An escape pair and a surrogate pair are never split.
pub fn split(body: &str) -> Split {
    let alphabet = alphabet(body);
    let mut parts = Vec::new();
    each_part(body, alphabet, |text| {
        let septets = match alphabet {
            Alphabet::Gsm7 => encode_gsm7(text),
            Alphabet::Ucs2 => None,
        };
        parts.push(Part { text: text.to_owned(), septets });
    });
    Split { alphabet, parts }
}

fn count_parts(body: &str, alphabet: Alphabet) -> usize {
    let mut count = 0;
    each_part(body, alphabet, |_| count += 1);
    count
}

/// Finds where the segments end. A character belongs to the next segment as soon as it doesn't fit whole.
fn each_part<'a>(body: &'a str, alphabet: Alphabet, mut found: impl FnMut(&'a str)) {
    let (alone, of_several) = match alphabet {
        Alphabet::Gsm7 => (GSM7_ALONE, GSM7_OF_SEVERAL),
        Alphabet::Ucs2 => (UCS2_ALONE, UCS2_OF_SEVERAL),
    };
    let width = |character: char| match alphabet {
        Alphabet::Gsm7 => gsm7::width(character),
        Alphabet::Ucs2 => character.len_utf16(),
    };
    // A text of at most `alone` units is at most three octets a unit; what is longer needn't be counted for this.
    let short = body.len() <= alone * 3;
    if short && body.chars().map(width).sum::<usize>() <= alone {
        found(body);
        return;
    }
    let (mut begin, mut used) = (0, 0);
    for (at, character) in body.char_indices() {
        let width = width(character);
        if used + width > of_several {
            found(&body[begin..at]);
            (begin, used) = (at, 0);
        }
        used += width;
    }
    found(&body[begin..]);
}

/// Reads septets or octets that came in one of the two alphabets. Total on any bytes.
pub fn decode(alphabet: Alphabet, bytes: &[u8]) -> String {
    match alphabet {
        Alphabet::Gsm7 => decode_gsm7(bytes, None, None),
        Alphabet::Ucs2 => decode_utf16be(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits(split: &Split) -> usize {
        match (split.alphabet, split.parts.len()) {
            (Alphabet::Gsm7, 1) => GSM7_ALONE,
            (Alphabet::Gsm7, _) => GSM7_OF_SEVERAL,
            (Alphabet::Ucs2, 1) => UCS2_ALONE,
            (Alphabet::Ucs2, _) => UCS2_OF_SEVERAL,
        }
    }

    #[test]
    fn texts_need_as_many_segments_as_everybody_counts() {
        for (text, count) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ç".repeat(70), 1),
            ("ç".repeat(71), 2),
            ("ç".repeat(135), 3),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
            ("a".repeat(LONGEST_BODY), 11),
        ] {
            assert_eq!(segments(&text), count, "{} characters", text.chars().count());
        }
    }

    #[test]
    fn an_escape_pair_goes_whole_into_the_next_segment() {
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(20));
        let split = split(&text);
        assert_eq!(split.parts[0].text, "a".repeat(152));
        assert_eq!(split.parts[1].septets().expect("GSM")[..2], [0x1b, 0x65]);
    }

    #[test]
    fn a_surrogate_pair_goes_whole_into_the_next_segment() {
        let split = split(&format!("{}😀{}", "ç".repeat(66), "ç".repeat(10)));
        assert_eq!(split.parts[0].text, "ç".repeat(66));
        assert_eq!(split.parts[1].ucs2()[..4], [0xd8, 0x3d, 0xde, 0x00]);
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[a-zà€\\[\\]^]{0,700}", "[a-zç😀€]{0,400}", "[ -~\n]{0,2000}",]
    }

    proptest! {
        #[test]
        fn what_was_split_joins_to_the_same(text in texts()) {
            let split = split(&text);
            let joined: String = split.parts.iter().map(|part| part.text.as_str()).collect();
            prop_assert_eq!(&joined, &text);
            prop_assert_eq!(split.parts.len(), segments(&text) as usize);
            prop_assert_eq!(split.alphabet, alphabet(&text));
        }

        #[test]
        fn no_segment_is_too_long_and_none_is_empty_but_that_of_no_text(text in texts()) {
            let split = split(&text);
            for part in &split.parts {
                let used = match part.septets() {
                    Some(septets) => septets.len(),
                    None => part.ucs2().len() / 2,
                };
                prop_assert!(used <= limits(&split));
                prop_assert_eq!(part.text.is_empty(), text.is_empty());
                prop_assert_eq!(part.septets().is_some(), split.alphabet == Alphabet::Gsm7);
            }
        }

        #[test]
        fn each_segment_read_by_itself_gives_its_text(text in texts()) {
            let split = split(&text);
            for part in &split.parts {
                let octets = part.septets().map_or_else(|| part.ucs2(), <[u8]>::to_vec);
                prop_assert_eq!(&decode(split.alphabet, &octets), &part.text);
            }
        }
    }
}
