//! Amounts with a unit: `5km`, `20°C`, `3 hrs`, `60 GB`, `95%`, `100 km/h`, `5'10"`.

use super::atoms::{Found, Here};
use super::numbers::cardinal;
use super::quantities::{Amount, vulgar};
use super::said::Said;

/// A unit as it is named.
#[derive(Debug)]
struct Unit {
    symbols: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    /// Whether a space may stand before it; `5 in` or `5 a` are no amounts.
    spaced: bool,
}

/// Every amount with a unit.
pub(super) fn unit(here: Here<'_>) -> Option<Found> {
    if here.word(0) == Some("per") {
        let unit = known(here.word(1).filter(|it| it.len() > 1)?)?;
        return Some(Found::new(2, Said::of("per").and(unit.one)));
    }
    let signed = (here.is(0, '-') || here.is(0, '.')) && !here.joined(0) && !here.after_quantity;
    if here.digits(0).is_none() && !signed {
        return None;
    }
    if let Some(found) = height(here) {
        return Some(found);
    }
    let amount = Amount::at(here, 0).filter(|_| !is_decade(here))?;
    let end = amount.atoms.cast_signed();
    let half = here.symbol(end).and_then(vulgar).filter(|_| here.joined(end));
    let end = end + isize::from(half.is_some());
    let said = match half {
        Some((above, below)) => {
            let mut said = amount.spoken().and("and");
            said.append(super::quantities::fraction(above, below));
            said
        }
        None => amount.spoken(),
    };
    let is_one = amount.is_one() && half.is_none();
    let (name, atoms) = percent(here, end)
        .or_else(|| degrees(here, end, is_one))
        .or_else(|| measured(here, end, is_one))?;
    Some(Found::quantity((end + atoms).cast_unsigned(), said.then(name)))
}

/// `1980s`, and `the 80s`; what else has an s are seconds.
fn is_decade(here: Here<'_>) -> bool {
    let ten = here.digits(0).is_some_and(|it| it.ends_with('0') && matches!(it.len(), 2 | 4));
    let full = here.digits(0).is_some_and(|it| ("1100".."2100").contains(&it) && it.len() == 4);
    let the = here.word(-1).is_some_and(|it| DECADE_FOLLOWS.contains(&it));
    ten && here.joined_word(1) == Some("s") && (full || the)
}

fn percent(here: Here<'_>, at: isize) -> Option<(Said, isize)> {
    match here.symbol(at)? {
        '%' => Some((Said::of("percent"), 1)),
        '‰' => Some((Said::of("per thousand"), 1)),
        _ => None,
    }
}

/// `°`, `°C`, `° F`.
fn degrees(here: Here<'_>, at: isize, is_one: bool) -> Option<(Said, isize)> {
    here.symbol(at).filter(|it| matches!(it, '°' | '˚'))?;
    let said = Said::of(if is_one { "degree" } else { "degrees" });
    Some(match here.word(at + 1) {
        Some("C") => (said.and("Celsius"), 2),
        Some("F") => (said.and("Fahrenheit"), 2),
        Some("N") => (said.and("north"), 2),
        Some("S") => (said.and("south"), 2),
        Some("E") => (said.and("east"), 2),
        Some("W") => (said.and("west"), 2),
        _ => (said, 1),
    })
}

/// The unit at `at`, and the one that it is parted by.
fn measured(here: Here<'_>, at: isize, is_one: bool) -> Option<(Said, isize)> {
    let word = here.word(at)?;
    let joined = here.joined(at);
    let inches = word == "in" && here.joined_is(at + 1, '.') && !here.ends(at + 2);
    let unit = known(word).filter(|unit| joined || unit.spaced || inches)?;
    // "5'a" and "3GPP2" are names; so is what a hyphen goes on with.
    if here.joined_digits(at + 1).is_some() {
        return None;
    }
    if word == "m" && TIMED.contains(&here.word(-1).unwrap_or_default()) {
        return Some((Said::of(if is_one { "minute" } else { "minutes" }), 1));
    }
    let mut atoms = 1;
    let mut said = Said::new();
    match here.symbol(at + 1).filter(|_| here.joined(at + 1)) {
        Some('²') => {
            said.say("square");
            atoms += 1;
        }
        Some('³') => {
            said.say("cubic");
            atoms += 1;
        }
        _ => {}
    }
    said.say(if is_one { unit.one } else { unit.many });
    let per = here.joined_word(at + atoms + 1).filter(|_| here.joined_is(at + atoms, '/'));
    if let Some(part) = per.and_then(part) {
        return Some((said.and("per").and(part), atoms + 2));
    }
    // "6 ft. tall": the dot is the unit's, unless a sentence ends.
    let dotted = here.joined_is(at + atoms, '.') && DOTTED.contains(&word);
    let goes_on = here.word(at + atoms + 1).is_some_and(|it| it.starts_with(char::is_lowercase));
    Some((said, atoms + isize::from(dotted && goes_on && !here.joined(at + atoms + 1))))
}

fn known(word: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.symbols.contains(&word))
}

/// What an amount is parted by: `/h`, `/month`.
pub(super) fn part(word: &str) -> Option<&'static str> {
    PARTS.iter().find(|(names, _)| names.contains(&word)).map(|(_, name)| *name)
}

/// `5'10"`: "five feet ten inches"; `6"`: "six inches".
fn height(here: Here<'_>) -> Option<Found> {
    let first = here.digits(0)?;
    let inches = |count: &str| cardinal(count).and(if count == "1" { "inch" } else { "inches" });
    let feet = |count: &str| cardinal(count).and(if count == "1" { "foot" } else { "feet" });
    if !here.joined_is(1, '\'') || first.len() > 3 {
        return None;
    }
    let second = here.joined_digits(2).filter(|it| it.len() <= 2)?;
    let closed = here.joined_is(3, '"') || here.joined_is(3, '”');
    closed.then(|| Found::quantity(4, feet(first).then(inches(second))))
}

const fn free(symbols: &'static [&'static str], one: &'static str, many: &'static str) -> Unit {
    Unit { symbols, one, many, spaced: true }
}

const fn tight(symbols: &'static [&'static str], one: &'static str, many: &'static str) -> Unit {
    Unit { symbols, one, many, spaced: false }
}

/// Words after which `80s` are years.
const DECADE_FOLLOWS: &[&str] = &["the", "early", "late", "mid"];

/// Words after which `30m` are minutes.
const TIMED: &[&str] = &[
    "h", "hr", "hrs", "hour", "hours", "for", "in", "every", "within", "after", "last", "past", "d",
];

/// Units whose abbreviation may have a dot.
const DOTTED: &[&str] = &[
    "ft", "in", "hr", "hrs", "min", "mins", "sec", "secs", "lb", "lbs", "oz", "mi", "yd", "yds",
    "gal",
];

const PARTS: &[(&[&str], &str)] = &[
    (&["h", "hr", "hour"], "hour"),
    (&["s", "sec", "second"], "second"),
    (&["min", "minute"], "minute"),
    (&["d", "day"], "day"),
    (&["wk", "week"], "week"),
    (&["mo", "mth", "month"], "month"),
    (&["yr", "y", "year", "annum"], "year"),
    (&["night"], "night"),
    (&["person"], "person"),
    (&["user"], "user"),
    (&["call"], "call"),
    (&["message", "msg"], "message"),
    (&["kg"], "kilogram"),
    (&["lb"], "pound"),
    (&["km"], "kilometer"),
    (&["mile", "mi"], "mile"),
    (&["l", "L"], "liter"),
    (&["gal"], "gallon"),
    (&["unit"], "unit"),
    (&["seat"], "seat"),
];

const UNITS: &[Unit] = &[
    free(&["km"], "kilometer", "kilometers"),
    tight(&["m"], "meter", "meters"),
    free(&["cm"], "centimeter", "centimeters"),
    free(&["mm"], "millimeter", "millimeters"),
    free(&["μm"], "micrometer", "micrometers"),
    free(&["mi"], "mile", "miles"),
    free(&["ft"], "foot", "feet"),
    tight(&["in"], "inch", "inches"),
    free(&["yd", "yds"], "yard", "yards"),
    free(&["mph", "MPH"], "mile per hour", "miles per hour"),
    free(&["kph", "kmh"], "kilometer per hour", "kilometers per hour"),
    free(&["kg", "kgs"], "kilogram", "kilograms"),
    tight(&["g"], "gram", "grams"),
    free(&["mg"], "milligram", "milligrams"),
    free(&["μg", "mcg"], "microgram", "micrograms"),
    free(&["lb", "lbs"], "pound", "pounds"),
    free(&["oz"], "ounce", "ounces"),
    tight(&["l", "L"], "liter", "liters"),
    free(&["ml", "mL"], "milliliter", "milliliters"),
    free(&["gal"], "gallon", "gallons"),
    free(&["tsp"], "teaspoon", "teaspoons"),
    free(&["tbsp"], "tablespoon", "tablespoons"),
    free(&["h", "hr", "hrs"], "hour", "hours"),
    free(&["min", "mins"], "minute", "minutes"),
    free(&["s", "sec", "secs"], "second", "seconds"),
    free(&["ms", "msec"], "millisecond", "milliseconds"),
    free(&["μs"], "microsecond", "microseconds"),
    free(&["ns"], "nanosecond", "nanoseconds"),
    tight(&["d"], "day", "days"),
    free(&["wk", "wks"], "week", "weeks"),
    free(&["yr", "yrs"], "year", "years"),
    free(&["mo", "mos"], "month", "months"),
    tight(&["w"], "week", "weeks"),
    free(&["KB", "kB"], "kilobyte", "kilobytes"),
    free(&["MB"], "megabyte", "megabytes"),
    free(&["GB"], "gigabyte", "gigabytes"),
    free(&["TB"], "terabyte", "terabytes"),
    free(&["PB"], "petabyte", "petabytes"),
    // Binary multiples are told by the names that people say; no dictionary has "mebibyte".
    free(&["KiB"], "kilobyte", "kilobytes"),
    free(&["MiB"], "megabyte", "megabytes"),
    free(&["GiB"], "gigabyte", "gigabytes"),
    free(&["TiB"], "terabyte", "terabytes"),
    free(&["kbps", "Kbps"], "kilobit per second", "kilobits per second"),
    free(&["Mbps"], "megabit per second", "megabits per second"),
    free(&["Gbps"], "gigabit per second", "gigabits per second"),
    free(&["kbit"], "kilobit", "kilobits"),
    free(&["Mbit"], "megabit", "megabits"),
    free(&["Gbit"], "gigabit", "gigabits"),
    free(&["Hz"], "hertz", "hertz"),
    free(&["kHz", "KHz"], "kilohertz", "kilohertz"),
    free(&["MHz"], "megahertz", "megahertz"),
    free(&["GHz"], "gigahertz", "gigahertz"),
    free(&["dB"], "decibel", "decibels"),
    tight(&["V"], "volt", "volts"),
    free(&["kV"], "kilovolt", "kilovolts"),
    free(&["mV"], "millivolt", "millivolts"),
    tight(&["W"], "watt", "watts"),
    free(&["kW"], "kilowatt", "kilowatts"),
    free(&["MW"], "megawatt", "megawatts"),
    free(&["kWh"], "kilowatt hour", "kilowatt hours"),
    free(&["mA"], "milliamp", "milliamps"),
    free(&["mAh"], "milliamp hour", "milliamp hours"),
    free(&["cal"], "calorie", "calories"),
    free(&["kcal"], "kilocalorie", "kilocalories"),
    free(&["px"], "pixel", "pixels"),
    free(&["pt", "pts"], "point", "points"),
    free(&["pcs"], "piece", "pieces"),
];
