//! Numbers in running text: amounts, ordinals, years, decades, fractions, versions.

use super::atoms::{Found, Here};
use super::cues::{Cue, code_follows};
use super::names::is_upper;
use super::numbers::{self, cardinal, one_by_one, ordinal, pairs};
use super::said::Said;

/// Most groups of three digits after the first: quadrillions.
const GROUPS: isize = 5;

/// A number as it is written: sign, digits in groups, decimals.
#[derive(Debug)]
pub(super) struct Amount<'t> {
    negative: bool,
    whole: String,
    decimals: Option<&'t str>,
    /// How many atoms it takes.
    pub(super) atoms: usize,
}

impl<'t> Amount<'t> {
    /// The amount that stands `offset` further: `1,200`, `-3.5`, `.25`.
    pub(super) fn at(here: Here<'t>, offset: isize) -> Option<Amount<'t>> {
        let negative = here.is(offset, '-') && here.joined(offset + 1);
        let mut at = if negative { offset + 1 } else { offset };
        if here.is(at, '.') && !here.joined(at) {
            let decimals = Some(here.joined_digits(at + 1)?);
            let atoms = (at + 2 - offset).cast_unsigned();
            return Some(Amount { negative, whole: "0".to_owned(), decimals, atoms });
        }
        let mut whole = here.digits(at)?.to_owned();
        at += 1;
        if whole.len() <= 3 && !whole.starts_with('0') {
            for _ in 0..GROUPS {
                let group = here.joined_digits(at + 1).filter(|group| group.len() == 3);
                let Some(group) = group.filter(|_| here.joined_is(at, ',')) else { break };
                whole.push_str(group);
                at += 2;
            }
        }
        let decimals = here.joined_digits(at + 1).filter(|_| here.joined_is(at, '.'));
        if decimals.is_some() {
            at += 2;
        }
        Some(Amount { negative, whole, decimals, atoms: (at - offset).cast_unsigned() })
    }

    /// The digits before the point, without separators.
    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    /// The digits after the point.
    pub(super) fn decimals(&self) -> Option<&'t str> {
        self.decimals
    }

    /// Whether it is below zero.
    pub(super) fn negative(&self) -> bool {
        self.negative
    }

    /// Whether what it counts stands in the singular.
    pub(super) fn is_one(&self) -> bool {
        self.whole == "1" && self.decimals.is_none()
    }

    /// As it is counted: "minus three point five".
    pub(super) fn spoken(&self) -> Said {
        let sign = if self.negative { "minus" } else { "" };
        let said = Said::of(sign).then(cardinal(&self.whole));
        match self.decimals {
            Some(decimals) => said.and("point").then(one_by_one(decimals)),
            None => said,
        }
    }
}

/// Every number that no other rule knows.
pub(super) fn number(here: Here<'_>) -> Option<Found> {
    if here.is(0, '\'') {
        return decade(here);
    }
    if here.digits(0).is_none() {
        let signed = (here.is(0, '-') || here.is(0, '.')) && !here.joined(0);
        let amount = Amount::at(here, 0).filter(|_| signed && !here.after_quantity)?;
        return Some(Found::quantity(amount.atoms, amount.spoken()));
    }
    nth(here)
        .or_else(|| decade(here))
        .or_else(|| by(here))
        .or_else(|| slashed(here))
        .or_else(|| mixed(here))
        .or_else(|| cued(here))
        .or_else(|| in_year(here))
        .or_else(|| plain(here))
}

/// `1st`, `22nd`.
fn nth(here: Here<'_>) -> Option<Found> {
    let digits = here.digits(0)?;
    let suffix = here.joined_word(1)?.to_ascii_lowercase();
    matches!(suffix.as_str(), "st" | "nd" | "rd" | "th")
        .then(|| Found::quantity(2, ordinal(digits)))
}

/// `1990s`, `90s`, `'90s`, `'99`.
fn decade(here: Here<'_>) -> Option<Found> {
    let at = isize::from(here.is(0, '\''));
    let short = at == 1;
    let digits = here.digits(at).filter(|_| !short || (here.joined(1) && !here.joined(0)))?;
    let (end, plural) = match (here.joined_word(at + 1), here.joined_is(at + 1, '\'')) {
        (Some("s"), _) => (at + 2, true),
        (_, true) if here.joined_word(at + 2) == Some("s") => (at + 3, true),
        _ => (at + 1, false),
    };
    let mut said = match digits.len() {
        2 if plural || short => numbers::after_hour(digits),
        4 if plural => numbers::year(digits),
        _ => return None,
    };
    if plural {
        let word = said.last_word()?;
        *word = numbers::plural(word);
    }
    Some(Found::quantity(end.cast_unsigned(), said))
}

/// `2x4`, `1920x1080`, `3 × 4`.
fn by(here: Here<'_>) -> Option<Found> {
    let (first, second) = (here.digits(0)?, here.digits(2)?);
    if matches!(here.word(1), Some("x" | "X")) && !here.joined(1) && !here.joined(2) {
        return Some(Found::quantity(2, cardinal(first).and("times")));
    }
    let letter = matches!(here.joined_word(1), Some("x" | "X")) && here.joined(2);
    let size = |digits: &str| if digits.len() == 4 { pairs(digits) } else { cardinal(digits) };
    (letter || here.is(1, '×'))
        .then(|| Found::quantity(3, size(first).and("by").then(size(second))))
}

/// `3/4`, `24/7`.
fn slashed(here: Here<'_>) -> Option<Found> {
    let (above, below) = (here.digits(0)?, here.joined_digits(2)?);
    if !here.joined_is(1, '/') || here.joined_is(3, '/') || (here.joined(0) && here.is(-1, '/')) {
        return None;
    }
    if (above, below) == ("24", "7") {
        return Some(Found::quantity(3, Said::of("twenty four seven")));
    }
    let said = if here.counts(3) && !is_measure(here.word(3)?) {
        cardinal(above).and("of").then(cardinal(below))
    } else {
        fraction(above, below)
    };
    Some(Found::quantity(3, said))
}

/// `3` and `4` as a fraction: "three quarters".
pub(super) fn fraction(above: &str, below: &str) -> Said {
    let (Ok(count), Ok(parts)) = (above.parse::<u32>(), below.parse::<u32>()) else {
        return cardinal(above).and("over").then(cardinal(below));
    };
    let one = count == 1;
    match parts {
        2 => cardinal(above).and(if one { "half" } else { "halves" }),
        4 => cardinal(above).and(if one { "quarter" } else { "quarters" }),
        3 | 5..=20 | 25 | 30 | 32 | 40 | 50 | 64 | 100 | 1000 if count < parts => {
            let mut part = ordinal(below);
            if let Some(word) = part.last_word().filter(|_| !one) {
                *word = numbers::plural(word);
            }
            cardinal(above).then(part)
        }
        _ => cardinal(above).and("over").then(cardinal(below)),
    }
}

/// `½`, `1½`, `1 1/2`.
pub(super) fn mixed(here: Here<'_>) -> Option<Found> {
    let whole = here.digits(0)?;
    if let Some((above, below)) = here.symbol(1).and_then(vulgar) {
        return Some(Found::quantity(2, cardinal(whole).then(and_part(above, below))));
    }
    let (above, below) = (here.digits(1)?, here.joined_digits(3)?);
    let small = above.len() < 3 && below.len() < 3 && below.parse::<u8>().is_ok_and(|it| it > 1);
    (small && !here.joined(1) && here.joined_is(2, '/') && !here.joined_is(4, '/'))
        .then(|| Found::quantity(4, cardinal(whole).then(and_part(above, below))))
}

fn and_part(above: &str, below: &str) -> Said {
    let part = match (above, below) {
        ("1", "2") => Said::of("a half"),
        ("1", "4") => Said::of("a quarter"),
        _ => fraction(above, below),
    };
    Said::of("and").then(part)
}

/// The fraction that is one character.
pub(super) fn vulgar(symbol: char) -> Option<(&'static str, &'static str)> {
    VULGAR.iter().find(|(it, ..)| *it == symbol).map(|(_, above, below)| (*above, *below))
}

/// Digits of which the words around say how they are read.
fn cued(here: Here<'_>) -> Option<Found> {
    let digits = here.digits(0)?;
    if here.joined_is(1, ',') && here.joined_digits(2).is_some_and(|group| group.len() == 3) {
        return None;
    }
    if here.joined_is(1, '.') && here.joined_digits(2).is_some() {
        return None;
    }
    let is_long = digits.len() >= 3;
    let is_round = digits.ends_with("000");
    let said = match here.cue {
        Some(Cue::Code) if is_long => numbers::grouped(digits),
        Some(Cue::Number | Cue::Dial) if is_long && !here.counts(1) => numbers::grouped(digits),
        Some(Cue::Room) if is_long => pairs(digits),
        _ if is_long && code_follows(here, 1) => numbers::grouped(digits),
        _ if digits.len() >= 4 && digits.starts_with('0') => numbers::grouped(digits),
        _ if digits.len() >= 2 && digits.starts_with('0') => one_by_one(digits),
        _ if digits.len() >= 7 && !is_round => numbers::grouped(digits),
        _ => return None,
    };
    Some(Found::quantity(1, said))
}

/// Four digits that are a year.
fn in_year(here: Here<'_>) -> Option<Found> {
    let digits = here.digits(0).filter(|digits| digits.len() == 4)?;
    let decimals = here.joined_digits(2).is_some() && here.symbol(1).is_some_and(|it| it != '-');
    let before = here.word(-1).is_some_and(|word| {
        YEAR_FOLLOWS.contains(&word.to_lowercase().as_str()) || super::dates::month(word).is_some()
    });
    // RFC 3261, plate ABC 1234
    let named = here.word(-1).is_some_and(|it| it.len() < 6 && is_upper(it)) && !here.shouted;
    if named && !decimals && !here.joined(0) && !here.counts(1) {
        return Some(Found::quantity(1, numbers::year(digits)));
    }
    let range = if before { "1000".."2100" } else { "1900".."2100" };
    (!decimals && range.contains(&digits) && !here.counts(1))
        .then(|| Found::quantity(1, numbers::year(digits)))
}

fn plain(here: Here<'_>) -> Option<Found> {
    let amount = Amount::at(here, 0)?;
    let end = amount.atoms.cast_signed();
    if here.digits(0).is_some_and(|it| it.len() == 4) && here.word(end) == Some("hours") {
        return Some(Found::quantity(amount.atoms, pairs(amount.whole())));
    }
    let said = amount.spoken();
    Some(match here.joined_word(end) {
        // 3M is a company, 3M users are a crowd.
        Some("M") if here.word(end + 1).is_some_and(|it| it.starts_with(char::is_lowercase)) => {
            Found::quantity(amount.atoms + 1, said.and("million"))
        }
        Some("k") if !here.joined(end + 1) => {
            Found::quantity(amount.atoms + 1, said.and("thousand"))
        }
        _ => Found::quantity(amount.atoms, said),
    })
}

fn is_measure(word: &str) -> bool {
    MEASURES.contains(&word)
}

/// Things of which there are three quarters, not three of four.
const MEASURES: &[&str] = &[
    "cups",
    "hours",
    "miles",
    "inches",
    "teaspoons",
    "tablespoons",
    "pounds",
    "gallons",
    "ounces",
    "acres",
    "yards",
    "days",
    "feet",
];

/// Words after which four digits are a year.
const YEAR_FOLLOWS: &[&str] = &[
    "in", "since", "until", "year", "by", "of", "from", "before", "after", "during", "early",
    "late",
];

const VULGAR: &[(char, &str, &str)] = &[
    ('½', "1", "2"),
    ('⅓', "1", "3"),
    ('⅔', "2", "3"),
    ('¼', "1", "4"),
    ('¾', "3", "4"),
    ('⅕', "1", "5"),
    ('⅖', "2", "5"),
    ('⅗', "3", "5"),
    ('⅘', "4", "5"),
    ('⅙', "1", "6"),
    ('⅚', "5", "6"),
    ('⅛', "1", "8"),
    ('⅜', "3", "8"),
    ('⅝', "5", "8"),
    ('⅞', "7", "8"),
    ('⅐', "1", "7"),
    ('⅑', "1", "9"),
    ('⅒', "1", "10"),
];
