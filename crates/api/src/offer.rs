//! Numbers on offer: ranges of them, and patterns to look for. Pure.
//!
//! A range is what the operator's carrier has routed to this server, or a virtual one that only this server knows.

use model::PhoneNumber;

/// What a range's numbers are used for; the words are those of Twilio's resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// Of a place.
    Local,
    /// Of a mobile network.
    Mobile,
    /// Free for the caller.
    TollFree,
}

impl NumberKind {
    /// Every kind.
    pub const ALL: [NumberKind; 3] = [NumberKind::Local, NumberKind::Mobile, NumberKind::TollFree];

    /// The word in paths: `Local`, `Mobile`, `TollFree`.
    pub const fn path(self) -> &'static str {
        match self {
            NumberKind::Local => "Local",
            NumberKind::Mobile => "Mobile",
            NumberKind::TollFree => "TollFree",
        }
    }

    /// The key in `subresource_uris`: `local`, `mobile`, `toll_free`.
    pub const fn key(self) -> &'static str {
        match self {
            NumberKind::Local => "local",
            NumberKind::Mobile => "mobile",
            NumberKind::TollFree => "toll_free",
        }
    }

    /// The word in a number's `type`: `local`, `mobile`, `toll-free`.
    pub const fn word(self) -> &'static str {
        match self {
            NumberKind::Local => "local",
            NumberKind::Mobile => "mobile",
            NumberKind::TollFree => "toll-free",
        }
    }
}

/// Numbers of one range that are looked at for one request, so that a huge range with a rare pattern costs milliseconds.
const LOOKED_AT: usize = 20_000;

/// Consecutive numbers of one kind and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRange {
    /// ISO 3166-1 code, as `US`.
    pub country: String,
    /// The first of them.
    pub first: PhoneNumber,
    /// The last of them, itself included; a range whose last comes before its first is empty.
    pub last: PhoneNumber,
    /// What they are used for.
    pub kind: NumberKind,
    /// Town, where they belong to one.
    pub locality: Option<String>,
    /// State or province, as its country abbreviates it.
    pub region: Option<String>,
}

impl NumberRange {
    /// What a fresh server offers: a hundred numbers that the United States keep for fiction (555-0100 to 555-0199), and
    /// a hundred in São Paulo that are only reached from within.
    pub fn virtual_ones() -> Vec<NumberRange> {
        let range = |country: &str, first: &str, last: &str, locality: &str, region: &str| {
            let number = |text: &str| text.parse().expect("a number written here");
            NumberRange {
                country: country.to_owned(),
                first: number(first),
                last: number(last),
                kind: NumberKind::Local,
                locality: Some(locality.to_owned()),
                region: Some(region.to_owned()),
            }
        };
        vec![
            range("US", "+14155550100", "+14155550199", "San Francisco", "CA"),
            range("BR", "+551130000100", "+551130000199", "São Paulo", "SP"),
        ]
    }

    /// Whether `number` is one of them.
    pub fn contains(&self, number: &PhoneNumber) -> bool {
        (value(&self.first)..=value(&self.last)).contains(&value(number))
            && number.digits().len() == self.first.digits().len()
    }

    /// Its numbers in order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = PhoneNumber> + use<> {
        let digits = self.first.digits().len();
        (value(&self.first)..=value(&self.last))
            .map_while(move |value| format!("+{value:0digits$}").parse().ok())
    }
}

impl NumberRange {
    /// How many digits come before the national part: those of the country code.
    fn country_code(&self) -> usize {
        let digits = self.first.digits();
        let national: String = self.first.national().chars().filter(char::is_ascii_digit).collect();
        let national = national.trim_start_matches('0');
        if digits.ends_with(national) { digits.len() - national.len() } else { 0 }
    }

    /// Its numbers whose national part begins with `area_code`; all of them if there is none.
    pub(crate) fn numbers_in(&self, area_code: Option<&str>) -> impl Iterator<Item = PhoneNumber> {
        let national = self.country_code();
        let code = area_code.map(|code| code.trim_start_matches('0').to_owned());
        let is_in = move |number: &PhoneNumber| {
            code.as_ref().is_none_or(|code| number.digits()[national..].starts_with(code.as_str()))
        };
        self.numbers().take(LOOKED_AT).filter(is_in)
    }
}

/// At most fifteen digits (ITU-T E.164 §6.2.1) fit a `u64`.
fn value(number: &PhoneNumber) -> u64 {
    number.digits().parse().unwrap_or(u64::MAX)
}

/// A part of a number to look for: `*` stands for any digit, letters for the key they are printed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<u8>);

/// Shortest pattern, in characters (Twilio's limit).
const SHORTEST_PATTERN: usize = 2;

/// The pattern can't be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Contains is '{0}': write at least {SHORTEST_PATTERN} of 0-9, a-z and * for any digit")]
pub(crate) struct BadPattern(String);

impl Pattern {
    pub(crate) fn read(text: &str) -> Result<Pattern, BadPattern> {
        let bad = || BadPattern(text.to_owned());
        let mut keys = Vec::new();
        for character in text.bytes().filter(|byte| !b"+-.() ".contains(byte)) {
            keys.push(key(character).ok_or_else(bad)?);
        }
        if keys.len() < SHORTEST_PATTERN { Err(bad()) } else { Ok(Pattern(keys)) }
    }

    pub(crate) fn is_in(&self, number: &PhoneNumber) -> bool {
        let fits = |window: &[u8]| {
            window.iter().zip(&self.0).all(|(digit, key)| *key == b'*' || digit == key)
        };
        number.digits().as_bytes().windows(self.0.len()).any(fits)
    }
}

/// The digit of a key, by digit or letter (ITU-T E.161).
const fn key(character: u8) -> Option<u8> {
    Some(match character.to_ascii_lowercase() {
        digit @ (b'0'..=b'9' | b'*') => digit,
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        b'w'..=b'z' => b'9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> PhoneNumber {
        text.parse().expect(text)
    }

    #[test]
    fn a_fresh_server_offers_two_hundred_numbers() {
        let offered: Vec<PhoneNumber> =
            NumberRange::virtual_ones().iter().flat_map(NumberRange::numbers).collect();
        assert_eq!(offered.len(), 200);
        assert_eq!(offered[0], number("+14155550100"));
        assert_eq!(offered[199], number("+551130000199"));
        for range in NumberRange::virtual_ones() {
            assert!(range.numbers().all(|number| range.contains(&number)));
            assert!(!range.contains(&number("+14155550200")));
            assert_eq!(range.first.country().as_ref(), Some(&range.country));
        }
    }

    #[test]
    fn a_range_that_runs_backwards_is_empty() {
        let mut range = NumberRange::virtual_ones().remove(0);
        std::mem::swap(&mut range.first, &mut range.last);
        assert_eq!(range.numbers().count(), 0);
    }

    #[test]
    fn patterns_match_anywhere_with_stars_and_letters() {
        let ours = number("+14155550123");
        for pattern in ["4155550123", "+1415", "555****", "01*3", "5JKL", "+1 (415) 5"] {
            assert!(Pattern::read(pattern).expect(pattern).is_in(&ours), "{pattern}");
        }
        for pattern in ["416", "99", "14155550123****"] {
            assert!(!Pattern::read(pattern).expect(pattern).is_in(&ours), "{pattern}");
        }
        for pattern in ["", "4", "4_5", "%%"] {
            assert!(Pattern::read(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn an_area_code_is_the_beginning_of_the_national_number() {
        let ranges = NumberRange::virtual_ones();
        let count = |range: usize, code| ranges[range].numbers_in(Some(code)).count();
        assert_eq!((count(0, "415"), count(0, "141"), count(0, "415555017")), (100, 0, 10));
        assert_eq!((count(1, "11"), count(1, "011"), count(1, "21")), (100, 100, 0));
        assert_eq!(ranges[0].numbers_in(None).count(), 100);
    }

    proptest! {
        #[test]
        fn any_pattern_is_read_or_refused(text: String, digits in "[1-9][0-9]{6,14}") {
            if let Ok(pattern) = Pattern::read(&text) {
                let _ = pattern.is_in(&number(&format!("+{digits}")));
            }
        }
    }
}
