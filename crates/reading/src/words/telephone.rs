//! Telephone numbers: digit by digit, in groups with a pause between them. North American forms, `+` and a country's
//! code (ITU-T E.164), national numbers with a leading zero, and letters on keys (`1-800-FLOWERS`).

use super::atoms::{Found, Here};
use super::cues::Cue;
use super::numbers::{cardinal, one_by_one};
use super::said::Said;

/// Digits of an international number (E.164 §6.2.1), and fewest that we take for one.
const INTERNATIONAL: std::ops::RangeInclusive<usize> = 7..=15;

/// Most groups of a number: country, area and what follows.
const GROUPS: usize = 7;

/// A number as it stands there: its groups, and the atoms they take.
#[derive(Debug)]
struct Groups<'t> {
    parts: Vec<&'t str>,
    /// Whether a bracket stands around one of them.
    bracketed: bool,
    /// Whether only spaces part them.
    spaced: bool,
    atoms: isize,
}

/// Every telephone number.
pub(super) fn telephone(here: Here<'_>) -> Option<Found> {
    let international = here.is(0, '+') && here.joined(1);
    if !(international || here.digits(0).is_some() || here.is(0, '(')) {
        return None;
    }
    if !international && here.digits(0).is_some() && here.joined(0) && !here.is(-1, ':') {
        return None;
    }
    let vanity = if international { None } else { vanity(here) };
    if vanity.is_some() {
        return vanity;
    }
    let groups = Groups::at(here, isize::from(international))?;
    let groups = if international { groups.international()? } else { groups.national(here.cue)? };
    let plus = if international { "plus" } else { "" };
    let said = Said::of(plus).then(spoken(groups.parts.iter().copied()));
    Some(with_extension(here, said, groups.atoms))
}

impl<'t> Groups<'t> {
    fn at(here: Here<'t>, start: isize) -> Option<Groups<'t>> {
        let mut found = Groups { parts: Vec::new(), bracketed: false, spaced: true, atoms: start };
        while found.parts.len() < GROUPS {
            let at = found.atoms;
            if here.is(at, '(') && here.digits(at + 1).is_some() && here.is(at + 2, ')') {
                found.parts.push(here.digits(at + 1)?);
                found.bracketed = true;
                found.atoms = at + 3;
                continue;
            }
            let parted = isize::from(here.is(at, '-') || here.is(at, '.') || here.is(at, '/'));
            if parted == 1 && (found.parts.is_empty() || !here.joined(at)) {
                break;
            }
            let Some(digits) = here.digits(at + parted) else { break };
            let after_bracket = here.is(at - 1, ')');
            let first = found.parts.is_empty();
            if parted == 1 && !here.joined(at + 1) {
                break;
            }
            if !first && parted == 0 && here.joined(at) && !after_bracket {
                break;
            }
            found.spaced &= parted == 0;
            found.parts.push(digits);
            found.atoms = at + parted + 1;
        }
        // What goes on is a date, a fraction, an amount or a name.
        let end = found.atoms;
        let goes_on =
            (here.is(end, ':') || here.is(end, '/') || here.is(end, '%')) && here.joined(end);
        (!found.parts.is_empty() && !goes_on).then_some(found)
    }

    fn digits(&self) -> usize {
        self.parts.iter().map(|group| group.len()).sum()
    }

    fn lengths(&self) -> Vec<usize> {
        self.parts.iter().map(|group| group.len()).collect()
    }

    fn international(mut self) -> Option<Groups<'t>> {
        let valid = INTERNATIONAL.contains(&self.digits());
        if let [number] = self.parts[..] {
            let (country, rest) = number.split_at(country_len(number).min(number.len()));
            self.parts = [country].into_iter().chain(parted(rest)).collect();
        }
        valid.then_some(self)
    }

    fn national(mut self, cue: Option<Cue>) -> Option<Groups<'t>> {
        let lengths = self.lengths();
        let asked = matches!(cue, Some(Cue::Dial | Cue::Number));
        let trunk = self.parts.first().is_some_and(|it| it.starts_with('0'));
        let one = self.parts.first() == Some(&"1");
        let valid = match lengths.as_slice() {
            [1, 3, 3, 4] => one,
            [3, 4] => !self.spaced || asked || self.bracketed,
            [3, 3, 4] | [10] => true,
            [11] => self.parts[0].starts_with('1') && cue != Some(Cue::Code),
            _ if self.bracketed => (7..=12).contains(&self.digits()) && lengths.len() > 1,
            [_, _, ..] if trunk => (9..=12).contains(&self.digits()),
            _ => false,
        };
        if let [number] = self.parts[..] {
            let (first, rest) = number.split_at(usize::from(number.len() == 11));
            let country = Some(first).filter(|it| !it.is_empty());
            self.parts = country.into_iter().chain(parted(rest)).collect();
        }
        valid.then_some(self)
    }
}

/// The groups of a national number that is written in one: three, three, four, or as even as it goes.
fn parted(digits: &str) -> Vec<&str> {
    let count = digits.len().div_ceil(4).max(1);
    let mut groups = Vec::with_capacity(count);
    let mut rest = digits;
    for left in (1..=count).rev() {
        let (group, others) = rest.split_at(rest.len() / left);
        groups.push(group);
        rest = others;
    }
    groups
}

/// How many digits the country code of an international number has (ITU-T E.164, list of assigned codes).
fn country_len(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

/// Groups of digits, with a pause between them. `800` is "eight hundred".
fn spoken<'t>(groups: impl Iterator<Item = &'t str>) -> Said {
    let mut said = Said::new();
    for group in groups {
        if !said.is_empty() {
            said.mark(',');
        }
        said.append(match group {
            "800" | "900" => cardinal(group),
            _ => one_by_one(group),
        });
    }
    said
}

/// `1-800-FLOWERS`, `800-GO-FEDEX`.
fn vanity(here: Here<'_>) -> Option<Found> {
    let one = here.digits(0) == Some("1") && here.joined_is(1, '-');
    let mut at = if one { 2 } else { 0 };
    let area = here.digits(at).filter(|it| it.len() == 3 && (one || it.starts_with('8')))?;
    let key_word = |at: isize| {
        here.joined_word(at).filter(|it| it.len() > 1 && it.bytes().all(|c| c.is_ascii_uppercase()))
    };
    key_word(at + 2).filter(|_| here.joined_is(at + 1, '-'))?;
    let mut said = spoken(one.then_some("1").into_iter().chain([area]));
    said.mark(',');
    at += 1;
    while here.joined_is(at, '-') {
        if let Some(word) = key_word(at + 1) {
            said.say(&word.to_ascii_lowercase());
        } else if let Some(digits) = here.joined_digits(at + 1) {
            said.append(one_by_one(digits));
        } else {
            break;
        }
        at += 2;
        if at > 2 * GROUPS as isize {
            break;
        }
    }
    Some(Found::quantity(at.cast_unsigned(), said))
}

/// `x12`, `ext. 104` after a number.
fn with_extension(here: Here<'_>, mut said: Said, atoms: isize) -> Found {
    let comma = isize::from(here.joined_is(atoms, ','));
    let word = here.word(atoms + comma).map(str::to_ascii_lowercase);
    let dot = isize::from(here.joined_is(atoms + comma + 1, '.'));
    let at = atoms + comma + 1 + dot;
    if let (Some("x" | "ext" | "extension"), Some(digits)) = (word.as_deref(), here.digits(at)) {
        said.mark(',');
        said.say("extension");
        said.append(one_by_one(digits));
        return Found::quantity(at.cast_unsigned() + 1, said);
    }
    Found::quantity(atoms.cast_unsigned(), said)
}

/// The text of a `<say-as interpret-as="telephone">`: groups as they are written, else by their number of digits.
pub(super) fn say_as(text: &str) -> Said {
    let mut said = Said::of(if text.trim_start().starts_with('+') { "plus" } else { "" });
    let groups: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let single = groups.len() == 1;
    for group in groups {
        if !said.is_empty() && said != Said::of("plus") {
            said.mark(',');
        }
        if matches!(group.to_ascii_lowercase().as_str(), "x" | "ext") {
            said.say("extension");
        } else if group.bytes().all(|it| it.is_ascii_digit()) {
            said.append(one(group, single, text));
        } else if group.bytes().all(|it| it.is_ascii_alphabetic()) && group.len() > 1 {
            said.say(&group.to_ascii_lowercase());
        } else {
            said.append(super::symbols::characters(group));
        }
    }
    said
}

/// A group, or the whole number if it is written in one.
fn one(group: &str, single: bool, text: &str) -> Said {
    if !single || group.len() < 7 {
        return spoken([group].into_iter());
    }
    let country = match (text.trim_start().starts_with('+'), group.len()) {
        (true, _) => country_len(group),
        (false, 11) if group.starts_with('1') => 1,
        (false, _) => 0,
    };
    let (country, rest) = group.split_at(country.min(group.len()));
    let country = Some(country).filter(|it| !it.is_empty());
    spoken(country.into_iter().chain(parted(rest)))
}
