//! One word: where it is looked for, and in which order.

use super::alphabet::{Next, PRIMARY};
use super::endings::Ending;
use super::stress::{self, Weight};
use super::tag::Tag;
use super::{Unknown, compounds, endings, functions, latin, ours};
use crate::lexicon::{self, Kind, Readings};

/// What follows a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    /// The sound.
    pub(super) next: Next,
    /// Whether it is the word `to`.
    pub(super) to: bool,
}

/// A word where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'w> {
    /// As written.
    pub(super) word: &'w str,
    /// Its part of speech.
    pub(super) tag: Tag,
    /// What follows it.
    pub(super) ahead: Ahead,
}

/// Reads words.
#[derive(Clone, Copy)]
pub(super) struct Words<'u> {
    pub(super) unknown: Option<&'u dyn Unknown>,
}

/// Longest word that is looked for as a whole, in bytes; longer ones are spelled at once.
const LONGEST: usize = 64;

/// From how many letters on a word in capitals that nobody knows is read rather than spelled.
const READ_IN_CAPITALS: usize = 6;

/// Up to how many letters a name in capitals may be initials though it is a word too.
const INITIALS: usize = 3;

impl Words<'_> {
    /// The phonemes of a word, empty where it has none.
    pub(super) fn read(self, asked: Asked<'_>) -> String {
        let word = asked.word.replace(['’', '‘'], "'");
        if word.len() > LONGEST {
            return spelled(&latin::plain(&word));
        }
        let asked = Asked { word: &word, ..asked };
        if let Some(phonemes) = known(asked) {
            return phonemes;
        }
        let plain = latin::plain(&word);
        if let Some(phonemes) = Some(&plain)
            .filter(|it| **it != word)
            .and_then(|plain| known(Asked { word: plain, ..asked }))
        {
            return phonemes;
        }
        let parts = compounds::written(&word);
        match parts[..] {
            [] => String::new(),
            [whole] => self.guessed(Asked { word: whole, ..asked }),
            _ => self.parts(&parts, asked),
        }
    }

    /// The parts of `GitHub`, `well-known` and `v2`.
    fn parts(self, parts: &[&str], asked: Asked<'_>) -> String {
        let mut read: Vec<(bool, String)> = parts
            .iter()
            .map(|part| {
                let asked = Asked { word: part, ..asked };
                let phonemes = known(asked).unwrap_or_else(|| self.guessed(asked));
                (part.chars().count() == 1, phonemes)
            })
            .collect();
        let has_digits = parts.iter().any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        if !has_digits {
            stress::settle(&mut read);
        }
        let read: Vec<String> =
            read.into_iter().map(|(_, phonemes)| phonemes).filter(|it| !it.is_empty()).collect();
        read.join(if has_digits { " " } else { "" })
    }

    /// A word that is in no list.
    fn guessed(self, asked: Asked<'_>) -> String {
        let Asked { word, tag, .. } = asked;
        let plain = latin::plain(word);
        let is_shouted = Weight::of(word) == Weight::Capitals;
        if is_shouted && (plain.len() < READ_IN_CAPITALS || !plain.contains(is_vowel_letter)) {
            return spelled(&plain);
        }
        let lower = plain.to_lowercase();
        if (is_shouted || !tag.is_name())
            && let Some(phonemes) = compounds::read(&lower, plainly)
        {
            return phonemes;
        }
        let asked_for = if is_shouted { lower.as_str() } else { word };
        let read = self.unknown.and_then(|unknown| unknown.read(asked_for));
        read.filter(|phonemes| !phonemes.trim().is_empty()).unwrap_or_else(|| spelled(&plain))
    }
}

fn is_vowel_letter(c: char) -> bool {
    "aeiouyAEIOUY".contains(c)
}

/// The name of a letter or digit.
pub(super) fn letter(c: char) -> Option<String> {
    let name = match c {
        '0' => "zero",
        '1' => "one",
        '2' => "two",
        '3' => "three",
        '4' => "four",
        '5' => "five",
        '6' => "six",
        '7' => "seven",
        '8' => "eight",
        '9' => "nine",
        c if c.is_ascii_alphabetic() => {
            let upper = c.to_ascii_uppercase();
            return lexicon::find(upper.encode_utf8(&mut [0; 4])).map(Readings::usual);
        }
        _ => return None,
    };
    lexicon::find(name).map(Readings::usual)
}

/// Its letters by their names.
pub(super) fn spelled(plain: &str) -> String {
    stress::initials(plain.chars().filter_map(letter))
}

/// A word that is known as such, by its function, or without its ending.
fn known(asked: Asked<'_>) -> Option<String> {
    if let Some(phonemes) = ours::find(asked.word).or_else(|| functions::read(asked)) {
        return Some(phonemes.to_owned());
    }
    let weight = Weight::of(asked.word);
    // `APIs` are several of an API, not `apis`.
    if asked.word.ends_with('s') && endings::stems(asked.word).iter().any(|it| is_initials(&it.0)) {
        return ended(asked, weight);
    }
    let lower = asked.word.to_lowercase();
    let mut ways = vec![asked.word];
    if lower != asked.word && listed(asked.word).is_none() {
        ways.push(&lower);
    }
    ways.iter()
        .find_map(|way| simple(Asked { word: way, ..asked }, weight))
        .or_else(|| ways.iter().find_map(|way| ended(Asked { word: way, ..asked }, weight)))
}

/// A word that the lexicon has, as it is read where it stands.
fn simple(asked: Asked<'_>, weight: Weight) -> Option<String> {
    let Asked { word, tag, ahead } = asked;
    if word.len() == 1 {
        return letter(word.chars().next()?);
    }
    let readings = listed(word)?;
    // `US` and `IT` as names are said letter by letter, `us` and `it` never are.
    let is_initials = weight == Weight::Capitals && tag == Tag::Name && word.len() <= INITIALS;
    let last = (ahead.next == Next::Pause).then(|| readings.of(Kind::Last)).flatten();
    let of_kind = || tag.kinds().iter().find_map(|kind| readings.of(*kind));
    let phonemes = last.or_else(of_kind).unwrap_or_else(|| readings.usual());
    let is_weak = !readings.reviewed || !phonemes.contains(PRIMARY);
    if phonemes.is_empty() || (is_initials && is_weak) {
        return Some(spelled(word));
    }
    Some(weight.on(phonemes))
}

/// A word without its ending, if that is known.
fn ended(asked: Asked<'_>, weight: Weight) -> Option<String> {
    if let Some(owners) = asked.word.strip_suffix('\'').filter(|it| it.len() > 1) {
        let asked = Asked { word: owners, ..asked };
        return simple(asked, weight).or_else(|| ended(asked, weight));
    }
    endings::stems(asked.word).into_iter().find_map(|(stem, ending)| {
        let asked = Asked { word: &stem, ..asked };
        let weight = match (weight, ending) {
            (Weight::AsItIs, Ending::Ing) => Weight::Capital,
            (weight, _) => weight,
        };
        let phonemes = ours::find(&stem)
            .map(str::to_owned)
            .or_else(|| simple(asked, weight))
            .or_else(|| is_initials(&stem).then(|| spelled(&stem)))?;
        Some(ending.after(phonemes))
    })
}

/// Whether it is letters that are named, since only its ending is small (`PDFs`).
fn is_initials(stem: &str) -> bool {
    stem.len() > 1 && stem.len() < READ_IN_CAPITALS && stem.chars().all(|c| c.is_ascii_uppercase())
}

/// What the lexicon has for a word, with a capital letter in front or without one.
fn listed(word: &str) -> Option<Readings> {
    let exact = lexicon::find(word);
    if word.len() < 2 || exact.is_some_and(|exact| exact.reviewed) {
        return exact;
    }
    let lower = word.to_ascii_lowercase();
    let mut capital = lower.clone();
    capital[..].get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    let other = if word == lower {
        lexicon::find(&capital)
    } else if word == capital {
        lexicon::find(&lower)
    } else {
        None
    };
    other.filter(|other| other.reviewed).or(exact).or(other)
}

/// A word's usual reading, wherever it stands.
fn plainly(word: &str) -> Option<String> {
    ours::find(word).map(str::to_owned).or_else(|| listed(word).map(Readings::usual))
}
