//! Abbreviations by name: `Dr. Hopper`, `No. 5`, `approx.`, `etc.`
//!
//! A dot belongs to the abbreviation, and is the sentence's too where the sentence ends with it.

use super::atoms::{Found, Here};
use super::identifiers::{self, STARTERS};
use super::said::Said;
use super::times::ends_after_dot;

/// When an abbreviation is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// With a dot or without.
    Always,
    /// With a dot.
    Dotted,
    /// Before a name.
    Named,
    /// Before a number.
    Numbered,
}

/// Every abbreviation.
pub(super) fn abbreviation(here: Here<'_>) -> Option<Found> {
    let word = here.word(0)?;
    if here.joined(0) && here.kind(-1) != Some(super::atoms::Kind::Symbol) {
        return None;
    }
    if let Some(found) =
        identifiers::dotted(here).or_else(|| doctorate(here)).or_else(|| with_slash(here))
    {
        return Some(found);
    }
    let short = TABLE.iter().find(|(short, ..)| *short == word);
    let (_, name, when) = short.or_else(|| {
        let lower = word.to_ascii_lowercase();
        // "Approx." and "approx." are the same; "No" and "no" are not.
        TABLE.iter().find(|(short, _, when)| {
            *short == lower && matches!(when, When::Always | When::Dotted) && word.len() > 2
        })
    })?;
    let dotted = here.joined_is(1, '.') && !here.joined_is(2, '.');
    let after = 1 + isize::from(dotted);
    let named = here.is_capitalized(after) && !here.joined(after);
    let numbered = here.digits(after).is_some() || (here.is(after, '#') && here.joined(after + 1));
    let applies = match when {
        When::Always => true,
        When::Dotted => dotted,
        When::Named => {
            let both = dotted && (here.is(after, '&') || here.word(after) == Some("and"));
            (named || both) && (dotted || UNDOTTED.contains(&word))
        }
        When::Numbered => numbered && (dotted || !NEED_DOT.contains(&word)),
    };
    if !applies {
        return None;
    }
    let mut said = Said::of(name);
    if dotted && matches!(when, When::Always | When::Dotted) {
        let starts = here.word(after).is_some_and(|it| STARTERS.contains(&it));
        if here.ends(after) || (ends_after_dot(here, after) && starts) {
            said.mark('.');
        }
    }
    Some(Found::new(after.cast_unsigned(), said))
}

/// `Ph.D.`
fn doctorate(here: Here<'_>) -> Option<Found> {
    let written =
        here.word(0) == Some("Ph") && here.joined_is(1, '.') && here.joined_word(2) == Some("D");
    let mut said = Said::new();
    said.letters("PHD");
    let dot = here.joined_is(3, '.');
    if written && dot && here.ends(4) {
        said.mark('.');
    }
    written.then_some(Found::new(if dot { 4 } else { 3 }, said))
}

/// `w/`, `w/o`, `c/o`, `a/c`, `N/A`.
fn with_slash(here: Here<'_>) -> Option<Found> {
    let first = here.word(0)?;
    if !here.joined_is(1, '/') {
        return None;
    }
    let (atoms, said) = match (first, here.joined_word(2)) {
        ("w" | "W", Some("o" | "O")) => (3, Said::of("without")),
        ("w" | "W", None) => (2, Said::of("with")),
        ("c", Some("o")) => (3, Said::of("care of")),
        ("b", Some("c")) => (3, Said::of("because")),
        ("n" | "N", Some("a" | "A")) => {
            let mut said = Said::new();
            said.letters("NA");
            (3, said)
        }
        _ => return None,
    };
    Some(Found::new(atoms, said))
}

/// What is a word, or a letter, without its dot.
const NEED_DOT: &[&str] = &["No", "no", "p", "pp", "Fig", "Sec", "Ch"];

/// Titles that are written without a dot too.
const UNDOTTED: &[&str] = &["Mr", "Mrs", "Ms", "Dr", "Mx", "Prof", "Messrs"];

const TABLE: &[(&str, &str, When)] = &[
    ("Mr", "Mister", When::Named),
    ("Mrs", "Missus", When::Named),
    ("Ms", "Ms", When::Named),
    ("Mx", "Mix", When::Named),
    ("Messrs", "Messers", When::Named),
    ("Dr", "Doctor", When::Named),
    ("Prof", "Professor", When::Named),
    ("Rev", "Reverend", When::Named),
    ("Gen", "General", When::Named),
    ("Sgt", "Sergeant", When::Named),
    ("Capt", "Captain", When::Named),
    ("Lt", "Lieutenant", When::Named),
    ("Col", "Colonel", When::Named),
    ("Cpl", "Corporal", When::Named),
    ("Gov", "Governor", When::Named),
    ("Sen", "Senator", When::Named),
    ("Rep", "Representative", When::Named),
    ("Hon", "Honorable", When::Named),
    ("Pres", "President", When::Named),
    ("Mt", "Mount", When::Named),
    ("Ft", "Fort", When::Named),
    ("Jr", "Junior", When::Always),
    ("Sr", "Senior", When::Dotted),
    ("Esq", "Esquire", When::Always),
    ("No", "number", When::Numbered),
    ("no", "number", When::Numbered),
    ("Nos", "numbers", When::Numbered),
    ("nos", "numbers", When::Numbered),
    ("Nr", "number", When::Numbered),
    ("Fig", "figure", When::Numbered),
    ("fig", "figure", When::Numbered),
    ("Vol", "volume", When::Numbered),
    ("vol", "volume", When::Numbered),
    ("Ch", "chapter", When::Numbered),
    ("ch", "chapter", When::Numbered),
    ("p", "page", When::Numbered),
    ("pp", "pages", When::Numbered),
    ("Sec", "section", When::Numbered),
    ("Ext", "extension", When::Numbered),
    ("ext", "extension", When::Numbered),
    ("x", "extension", When::Numbered),
    ("Apt", "apartment", When::Numbered),
    ("apt", "apartment", When::Numbered),
    ("Ste", "suite", When::Numbered),
    ("ste", "suite", When::Numbered),
    ("Rm", "room", When::Numbered),
    ("rm", "room", When::Numbered),
    ("Fl", "floor", When::Numbered),
    ("Bldg", "building", When::Always),
    ("bldg", "building", When::Always),
    ("Apt", "apartment", When::Dotted),
    ("Ste", "suite", When::Dotted),
    ("hwy", "highway", When::Always),
    ("Rte", "route", When::Numbered),
    ("Inc", "Incorporated", When::Always),
    ("Corp", "Corporation", When::Always),
    ("Ltd", "Limited", When::Always),
    ("Co", "Company", When::Dotted),
    ("Bros", "Brothers", When::Always),
    ("dept", "department", When::Always),
    ("Dept", "Department", When::Always),
    ("est", "established", When::Dotted),
    ("approx", "approximately", When::Always),
    ("vs", "versus", When::Always),
    ("etc", "et cetera", When::Always),
    ("min", "minimum", When::Dotted),
    ("max", "maximum", When::Dotted),
    ("avg", "average", When::Always),
    ("tel", "telephone", When::Always),
    ("temp", "temperature", When::Dotted),
    ("qty", "quantity", When::Always),
    ("amt", "amount", When::Always),
    ("acct", "account", When::Always),
    ("attn", "attention", When::Always),
    ("appt", "appointment", When::Always),
    ("appts", "appointments", When::Always),
    ("misc", "miscellaneous", When::Always),
    ("incl", "including", When::Always),
    ("excl", "excluding", When::Always),
    ("govt", "government", When::Always),
    ("mgr", "manager", When::Always),
    ("asst", "assistant", When::Always),
    ("intl", "international", When::Always),
    ("univ", "university", When::Dotted),
    ("hrs", "hours", When::Always),
    ("mins", "minutes", When::Always),
    ("secs", "seconds", When::Always),
    ("wks", "weeks", When::Always),
    ("yrs", "years", When::Always),
    ("lbs", "pounds", When::Always),
    ("ref", "reference", When::Dotted),
    ("msg", "message", When::Always),
    ("msgs", "messages", When::Always),
    ("pls", "please", When::Always),
    ("plz", "please", When::Always),
    ("thx", "thanks", When::Always),
    ("tmrw", "tomorrow", When::Always),
    ("blvd", "boulevard", When::Always),
    ("ave", "avenue", When::Dotted),
    ("rd", "road", When::Dotted),
    ("aka", "also known as", When::Always),
    ("eg", "for example", When::Always),
    ("cont", "continued", When::Dotted),
    ("gal", "gallons", When::Dotted),
    ("Jan", "January", When::Dotted),
    ("Feb", "February", When::Dotted),
    ("Mar", "March", When::Dotted),
    ("Apr", "April", When::Dotted),
    ("Aug", "August", When::Dotted),
    ("Sept", "September", When::Always),
    ("Oct", "October", When::Dotted),
    ("Nov", "November", When::Dotted),
    ("Dec", "December", When::Dotted),
];
