//! Postal addresses: `1600 Pennsylvania Ave. NW`, `350 5th St., Apt 4B`, `Springfield, IL 62704`.

use super::atoms::{Found, Here};
use super::identifiers::STARTERS;
use super::names;
use super::numbers::{one_by_one, ordinal, pairs};
use super::said::Said;

/// Most atoms between a house number and the kind of its street.
const STREET: isize = 9;

/// Every part of an address.
pub(super) fn street(here: Here<'_>) -> Option<Found> {
    if here.digits(0).is_some() {
        return house(here);
    }
    here.word(0)?;
    state(here).or_else(|| saint(here)).or_else(|| kind(here))
}

/// A house number with its street.
fn house(here: Here<'_>) -> Option<Found> {
    let number = here.digits(0).filter(|it| it.len() <= 5 && !here.joined(0))?;
    let mut last = None;
    let mut at = 1;
    while at < STREET && !here.joined(at) {
        let name = here.word(at).is_some() && here.is_capitalized(at);
        let nth = here.digits(at).is_some() && is_suffix(here, at + 1);
        if name && at > 1 && here.word(at).is_some_and(|it| kind_name(it, true).is_some()) {
            last = Some(at);
        }
        at += if nth { 2 } else { 1 };
        at += isize::from(name && here.joined_is(at, '.'));
        if !name && !nth {
            break;
        }
    }
    let last = last?;
    let mut said = pairs(number);
    let mut at = 1;
    while at < last {
        if let Some(digits) = here.digits(at) {
            said.append(ordinal(digits));
            at += 2;
            continue;
        }
        let word = here.word(at)?;
        match (direction(word), word) {
            (Some(direction), _) => said.say(direction),
            (None, "St") => said.say("Saint"),
            (None, _) => said.append(names::name(word, false)),
        }
        at += 1 + isize::from(here.joined_is(at + 1, '.'));
    }
    let found = kind(here.further(last.cast_unsigned()))?;
    Some(Found::new(last.cast_unsigned() + found.atoms, said.then(found.said)))
}

fn is_suffix(here: Here<'_>, at: isize) -> bool {
    here.joined_word(at).is_some_and(|it| matches!(it, "st" | "nd" | "rd" | "th"))
}

/// `Ave.`, `Blvd`, `Rd` after a name; also a direction behind it (`Ave NW`).
fn kind(here: Here<'_>) -> Option<Found> {
    let before = here.is_capitalized(-1)
        || (is_suffix(here, -1) && here.digits(-2).is_some())
        || here.is(-1, '.');
    let word = here.word(0)?;
    let name = kind_name(word, false).or_else(|| kind_name(word, true))?;
    if !before
        || here.joined(0)
        || (name == word && here.digits(-1).is_none() && !here.is_capitalized(-1))
    {
        return None;
    }
    // "Dr. Smith" after a name is a doctor, "Lake Dr." is a drive.
    let named = here.joined_is(1, '.') && here.is_capitalized(2) && !here.joined(2);
    if word == "Dr" && named && !here.word(2).is_some_and(|it| UNITS.contains(&it)) {
        return None;
    }
    let mut said = Said::of(name);
    let mut at = 1 + isize::from(name != word && here.joined_is(1, '.'));
    let dotted = at == 2;
    if let Some(direction) = here.word(at).filter(|_| !here.joined(at)).and_then(direction) {
        said.say(direction);
        return Some(Found::new((at + 1).cast_unsigned(), said));
    }
    if dotted && here.ends(at) {
        said.mark('.');
    } else if dotted && here.is_capitalized(at) {
        let starts = here.word(at).is_some_and(|it| STARTERS.contains(&it));
        said.mark(if starts { '.' } else { ',' });
    } else if dotted && here.joined(at) && here.symbol(at) == Some('.') {
        at += 1;
    }
    Some(Found::new(at.cast_unsigned(), said))
}

/// `St.` before a name, or after one.
fn saint(here: Here<'_>) -> Option<Found> {
    here.word(0).filter(|it| *it == "St")?;
    let dot = isize::from(here.joined_is(1, '.'));
    let next = 1 + dot;
    let name_follows = here.is_capitalized(next)
        && !here.joined(next)
        && !here.word(next).is_some_and(|it| STARTERS.contains(&it) || direction(it).is_some());
    let numbered = is_suffix(here, -1);
    // "on Main St." has a name before, "Visit St. Louis" only the first word of a sentence.
    let after_name = here.is_capitalized(-1) && !here.joined(0);
    let leads = matches!(here.word(-2), Some("on" | "at" | "off" | "and"));
    let street = after_name && (leads || here.is_capitalized(-2));
    if name_follows && !numbered && !street {
        return Some(Found::new(next.cast_unsigned(), Said::of("Saint")));
    }
    kind(here)
}

/// `CA 94103`, and `, CA` after the name of a city.
fn state(here: Here<'_>) -> Option<Found> {
    let word = here.word(0).filter(|it| it.len() == 2)?;
    let name = STATES.iter().find(|(code, _)| *code == word).map(|(_, name)| *name)?;
    let after_city = here.is(-1, ',') && here.is_capitalized(-2);
    let zip = here.digits(1).filter(|it| it.len() == 5 && !here.joined(1));
    let Some(zip) = zip.filter(|_| after_city || here.is_capitalized(-1)) else {
        let clear = after_city && !AMBIGUOUS.contains(&word);
        return clear.then(|| Found::new(1, names::spelled_where_upper(name)));
    };
    let mut said = names::spelled_where_upper(name);
    said.mark(',');
    said.append(one_by_one(zip));
    let more = here.joined_digits(3).filter(|it| it.len() == 4 && here.joined_is(2, '-'));
    if let Some(more) = more {
        said.mark(',');
        said.append(one_by_one(more));
        return Some(Found::new(4, said));
    }
    Some(Found::new(2, said))
}

fn kind_name(word: &str, full: bool) -> Option<&'static str> {
    KINDS
        .iter()
        .find(|(short, name)| short.contains(&word) || (full && *name == word))
        .map(|(_, name)| *name)
}

fn direction(word: &str) -> Option<&'static str> {
    DIRECTIONS.iter().find(|(short, _)| *short == word).map(|(_, name)| *name)
}

/// The text of a `<say-as interpret-as="address">`: house numbers in pairs, the kinds of streets and the states by name.
pub(super) fn say_as(text: Here<'_>) -> Option<Found> {
    if let Some(digits) = text.digits(0).filter(|_| !is_suffix(text, 1)) {
        return Some(Found::new(
            1,
            if digits.len() > 4 { one_by_one(digits) } else { pairs(digits) },
        ));
    }
    let word = text.word(0)?;
    let dot = usize::from(text.joined_is(1, '.'));
    if let Some(direction) = direction(word) {
        return Some(Found::new(1 + dot, Said::of(direction)));
    }
    if let Some((_, name)) = STATES.iter().find(|(code, _)| *code == word) {
        return Some(Found::new(1 + dot, names::spelled_where_upper(name)));
    }
    saint(text).or_else(|| kind_name(word, false).map(|name| Found::new(1 + dot, Said::of(name))))
}

/// Words that go on with an address.
const UNITS: &[&str] =
    &["Suite", "Ste", "Apt", "Apartment", "Unit", "Floor", "Room", "NW", "NE", "SW", "SE"];

/// Kinds of streets (USPS Publication 28, appendix C1).
const KINDS: &[(&[&str], &str)] = &[
    (&["St", "Str"], "Street"),
    (&["Ave", "Av"], "Avenue"),
    (&["Rd"], "Road"),
    (&["Blvd"], "Boulevard"),
    (&["Ln"], "Lane"),
    (&["Dr"], "Drive"),
    (&["Ct"], "Court"),
    (&["Pl"], "Place"),
    (&["Ter"], "Terrace"),
    (&["Cir"], "Circle"),
    (&["Hwy"], "Highway"),
    (&["Pkwy"], "Parkway"),
    (&["Sq"], "Square"),
    (&["Expy"], "Expressway"),
    (&["Fwy"], "Freeway"),
    (&["Trl"], "Trail"),
    (&["Aly"], "Alley"),
    (&["Plz"], "Plaza"),
    (&[], "Way"),
];

const DIRECTIONS: &[(&str, &str)] = &[
    ("N", "North"),
    ("S", "South"),
    ("E", "East"),
    ("W", "West"),
    ("NW", "Northwest"),
    ("NE", "Northeast"),
    ("SW", "Southwest"),
    ("SE", "Southeast"),
];

/// Codes of states that are also words or other abbreviations; they need their ZIP.
const AMBIGUOUS: &[&str] =
    &["OK", "IN", "OR", "ME", "HI", "OH", "MA", "PA", "ID", "AL", "LA", "DE", "CO"];

/// States (USPS Publication 28, appendix B).
const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "DC"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];
