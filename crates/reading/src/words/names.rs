//! Words as they stand: capitals that are spelled (`API`) or read (`NASA`), joined words parted (`OutageAlert`), single
//! letters, Roman numerals after names.

use super::atoms::{Found, Here, Kind};
use super::numbers::{counted, ordinal};
use super::said::Said;

/// Every word that no other rule knows.
pub(super) fn word(here: Here<'_>) -> Option<Found> {
    let word = here.word(0)?;
    if let Some(found) = roman(here, word) {
        return Some(found);
    }
    let mut characters = word.chars();
    let said = match (characters.next(), characters.next()) {
        (Some(letter), None) => single(here, letter),
        _ if is_upper(word) && word.len() < 4 && beside_ampersand(here) => {
            let mut said = Said::new();
            said.letters(word);
            said
        }
        _ => name(word, here.shouted),
    };
    Some(Found::new(1, said))
}

/// A word with its parts: `OutageAlert`, `MySQL`, `APIs`.
pub(super) fn name(word: &str, shouted: bool) -> Said {
    if word.len() > LONGEST || !word.is_ascii() {
        return Said::of(word);
    }
    if let Some((_, spoken)) = SPOKEN.iter().find(|(written, _)| *written == word) {
        return spelled_where_upper(spoken);
    }
    if SPELLED_LOWER.contains(&word) || (word.len() > 1 && is_unspeakable(word)) {
        let mut said = Said::new();
        said.letters(word);
        return said;
    }
    let (stem, ending) = plural_capitals(word);
    if stem.len() > 1 && is_upper(stem) {
        return capitals(stem, shouted).and(ending);
    }
    let parts = parts(word);
    if parts.len() < 2 {
        return Said::of(word);
    }
    let mut said = Said::new();
    for part in parts {
        if part.len() == 1 && part != "I" && part != "A" {
            said.letters(part);
        } else if is_upper(part) && part.len() > 1 {
            said.append(capitals(part, false));
        } else {
            said.say(part);
        }
    }
    said
}

/// A word of an address: two letters and words without a vowel are spelled.
pub(super) fn short_word(word: &str) -> Said {
    let lower = word.to_ascii_lowercase();
    let reads = word.len() > 2 || READ_SHORT.contains(&lower.as_str());
    if word.is_ascii() && (!reads || !has_vowel(&lower)) {
        let mut said = Said::new();
        said.letters(word);
        return if said.is_empty() { Said::of(word) } else { said };
    }
    name(word, false)
}

/// Capitals: read where they are known as a word or too long to be spelled, else spelled.
pub(super) fn capitals(word: &str, shouted: bool) -> Said {
    let mut said = Said::new();
    if PROPER.contains(&word) {
        said.say(word);
    } else if READ.contains(&word) {
        said.say(&word.to_ascii_lowercase());
    } else if SPELLED.contains(&word) || !has_vowel(&word.to_ascii_lowercase()) {
        said.letters(word);
    } else if word.len() >= READ_FROM || (shouted && word.len() > 2) {
        said.say(&word.to_ascii_lowercase());
    } else {
        said.letters(word);
    }
    said
}

/// Whether a text is written in capitals, so that they say nothing about its words.
pub(super) fn is_shouted<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    let (mut upper, mut other) = (0usize, 0usize);
    for word in words.filter(|word| word.len() > 2) {
        if is_upper(word) {
            upper += 1;
        } else {
            other += 1;
        }
    }
    upper >= 3 && upper > 2 * other
}

/// A letter that stands alone.
fn single(here: Here<'_>, letter: char) -> Said {
    let after_class = !here.joined(0)
        && here.word(-1).is_some_and(|it| CLASSES.contains(&it.to_lowercase().as_str()));
    let in_name = (here.joined(0) && here.kind(-1) == Some(Kind::Digits))
        || here.joined_digits(1).is_some()
        || beside_ampersand(here);
    let is_word = match letter {
        'a' | 'I' => !(in_name || (after_class && letter == 'I' && here.word(1).is_none())),
        'A' => !in_name && !after_class && (here.begins || here.word(1).is_some()),
        _ => !letter.is_ascii(),
    };
    let mut said = Said::new();
    if is_word {
        said.say(&letter.to_string());
    } else {
        said.letters(&letter.to_string());
    }
    said
}

/// `AT&T`
fn beside_ampersand(here: Here<'_>) -> bool {
    (here.joined_is(1, '&') && here.joined(2)) || (here.joined(0) && here.is(-1, '&'))
}

/// `Chapter IV`, `World War II`, `Henry VIII`.
fn roman(here: Here<'_>, word: &str) -> Option<Found> {
    let value = roman_value(word)?;
    let before = here.word(-1).filter(|_| !here.joined(0) && here.is_capitalized(-1))?;
    let lower = before.to_lowercase();
    if NUMBERED.contains(&lower.as_str()) {
        return Some(Found::new(1, counted(value)));
    }
    if word.len() < 2 || NOT_NAMES.contains(&lower.as_str()) || is_upper(before) {
        return None;
    }
    Some(Found::new(
        1,
        if REGNAL.contains(&before) {
            Said::of("the").then(ordinal(&value.to_string()))
        } else {
            counted(value)
        },
    ))
}

/// The value of a numeral of I, V and X, up to 39: what is longer is an abbreviation.
fn roman_value(word: &str) -> Option<u64> {
    if word.is_empty() || word.len() > 7 {
        return None;
    }
    let mut value = 0;
    let mut rest = word;
    for (numeral, worth) in [
        ("X", 10),
        ("X", 10),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
        ("I", 1),
        ("I", 1),
    ] {
        if let Some(after) = rest.strip_prefix(numeral) {
            value += worth;
            rest = after;
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
}

/// `APIs` and `API's`: the capitals, and what is said after them.
fn plural_capitals(word: &str) -> (&str, &str) {
    match word.strip_suffix("'s").or_else(|| word.strip_suffix('s')) {
        Some(stem) if stem.len() > 1 && is_upper(stem) => (stem, "'s"),
        _ => (word, ""),
    }
}

/// The parts of a word by its capitals: `OutageAlert`, `SQLite`, `iPhone`; `McDonald` has one.
fn parts(word: &str) -> Vec<&str> {
    if ["Mc", "Mac", "O'", "D'", "L'"].iter().any(|prefix| word.starts_with(prefix)) {
        return vec![word];
    }
    let bytes = word.as_bytes();
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..bytes.len() {
        let rises = bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
        let falls = bytes[at].is_ascii_uppercase()
            && bytes[at - 1].is_ascii_uppercase()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if rises || falls {
            parts.push(&word[from..at]);
            from = at;
        }
    }
    parts.push(&word[from..]);
    parts
}

/// A spoken form, in which a word of capitals is spelled.
pub(super) fn spelled_where_upper(spoken: &str) -> Said {
    let mut said = Said::new();
    for word in spoken.split(' ') {
        if is_upper(word) {
            said.letters(word);
        } else {
            said.say(word);
        }
    }
    said
}

/// Whether it is made of capitals.
pub(super) fn is_upper(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|it| it.is_ascii_uppercase())
}

/// Small letters without a vowel, which are an abbreviation (`dns`, `ssh`) unless they are a sound.
fn is_unspeakable(word: &str) -> bool {
    word.len() <= 5
        && word.bytes().all(|it| it.is_ascii_lowercase())
        && !has_vowel(word)
        && !SOUNDS.contains(&word)
}

fn has_vowel(lower: &str) -> bool {
    lower.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// Longest word whose parts are looked for, in bytes.
const LONGEST: usize = 64;

/// Capitals with a vowel are read from this length on, in letters.
const READ_FROM: usize = 5;

/// What is written in one way and spoken in another.
const SPOKEN: &[(&str, &str)] = &[
    ("VoIP", "voip"),
    ("VOIP", "voip"),
    ("IoT", "IOT"),
    ("IPv", "IPV"),
    ("ipv", "IPV"),
    ("PhD", "PHD"),
    ("MSc", "MSC"),
    ("WiFi", "Wi Fi"),
    ("WIFI", "Wi Fi"),
    ("HIPAA", "hippa"),
    ("JPEG", "jay peg"),
    ("JSON", "jason"),
    ("YAML", "yam mull"),
    ("TOML", "Tom el"),
    ("OAuth", "oh auth"),
    ("GHz", "gigahertz"),
    ("MHz", "megahertz"),
    ("nginx", "engine X"),
    ("mRNA", "MRNA"),
    ("TwiML", "twimmel"),
    ("OKs", "okays"),
];

/// Names in capitals that are read as words and kept in capitals.
const PROPER: &[&str] = &[
    "NASA", "NATO", "UNESCO", "UNICEF", "OPEC", "NAFTA", "FEMA", "OSHA", "COVID", "IKEA", "NASDAQ",
    "OK", "ASCII", "CAPTCHA",
];

/// Words that are met in capitals and read.
const READ: &[&str] = &[
    "PIN", "PINS", "SIM", "RAM", "ROM", "LAN", "WAN", "RAID", "BIOS", "LASER", "RADAR", "SONAR",
    "SCUBA", "ZIP", "SWAT", "AIDS", "GIF", "PING", "STOP", "HELP", "START", "YES", "NO", "NOT",
    "NEW", "NOW", "FREE", "ALL", "ANY", "THE", "AND", "YOU", "YOUR", "ON", "OFF", "OUT", "UP",
    "DOWN", "GO", "TO", "IN", "IS", "IT", "OR", "OF", "FOR", "ARE", "WAS", "CALL", "TEXT", "SENT",
    "DONE", "FAIL", "PASS", "TEST", "OPEN", "LIVE", "STOPALL", "END", "QUIT", "JOIN", "SAVE",
    "MAIN", "WARN", "INFO", "HIGH", "LOW", "CODE", "ONE", "TWO", "TEN", "DO", "BE", "WE", "MY",
    "ME", "AN", "AT", "AS", "BY", "SO", "IF", "HE", "SHE", "HIS", "HER", "OUR", "HAS", "HAD",
    "HAVE", "WILL", "WITH", "THIS", "THAT", "FROM", "ONLY", "MUST", "READ", "BACK", "NEXT", "LAST",
    "DUE", "PAY", "PAID", "ID'S", "UNIT", "AREA", "GATE", "MON", "MAY", "SALE", "CITY", "SITE",
    "DATE", "TIME", "NAME", "NOTE", "ALSO", "MORE", "LESS", "BEST", "GOOD", "BAD", "BUY", "GET",
    "SET", "RUN", "USE", "LATE", "RED", "BLUE", "PLEASE", "RAIN", "FIRE", "EXIT", "AWAY", "LOST",
    "WON", "ASK", "WHO", "WHY", "HOW", "WHEN", "WHAT", "NEED", "SAFE", "CLEAR", "MALE", "LEFT",
    "TURN", "ACME", "REST", "SOAP", "IMAX", "VISA", "DELTA", "ALOHA", "ACE",
];

/// Longer capitals with a vowel that are spelled all the same.
const SPELLED: &[&str] = &[
    "NAACP", "ASPCA", "USAID", "HTTPS", "IEEE", "ISBN", "AARP", "MMORPG", "UEFI", "USPS", "IMEI",
    "API", "USA", "URL", "CPU", "GPU", "AWS", "FAQ", "ETA", "IRS", "FBI", "CIA", "USB", "VIP",
    "CEO", "CTO", "CFO", "DOB", "EOB", "EOD", "UTC", "EST", "EDT", "ASAP", "ISO", "AI", "VOD",
    "IVR",
];

/// Abbreviations that are met in small letters too.
const SPELLED_LOWER: &[&str] = &[
    "api", "eu", "url", "cpu", "gpu", "udp", "ip", "ui", "ux", "id", "iso", "aws", "asap", "faq",
    "usb", "tv",
];

/// Words without a vowel.
const SOUNDS: &[&str] = &[
    "hmm", "hm", "mm", "mmm", "shh", "sh", "psst", "pst", "brr", "tsk", "pfft", "nth", "grr", "th",
    "st",
];

/// Two letters that are a word also in an address.
const READ_SHORT: &[&str] = &[
    "me", "my", "go", "at", "by", "to", "in", "on", "up", "we", "do", "is", "be", "of", "or", "so",
    "no", "co", "it", "an", "as", "he", "if", "oh", "hi", "ok", "jo", "ed", "al", "bo",
];

/// Words after which a letter is a name: `Gate A`.
const CLASSES: &[&str] = &[
    "gate",
    "option",
    "plan",
    "terminal",
    "section",
    "building",
    "room",
    "unit",
    "suite",
    "apartment",
    "vitamin",
    "grade",
    "team",
    "group",
    "line",
    "platform",
    "concourse",
    "hepatitis",
    "side",
    "class",
    "type",
    "schedule",
    "press",
    "zone",
    "row",
    "exit",
    "level",
    "tower",
    "block",
    "lot",
    "bay",
    "wing",
    "answer",
    "letter",
    "part",
    "hall",
    "dock",
    "door",
    "apt",
    "key",
    "phase",
    "tier",
    "appendix",
];

/// Words after which a Roman numeral is a number.
const NUMBERED: &[&str] = &[
    "chapter", "part", "act", "section", "volume", "phase", "appendix", "book", "level", "type",
    "class", "stage", "war", "title", "article", "bowl", "mark", "tier", "factor", "schedule",
    "grade", "episode", "round",
];

/// Words with a capital that are no names.
const NOT_NAMES: &[&str] =
    &["the", "an", "a", "your", "this", "my", "his", "her", "our", "their", "no", "for", "in"];

/// Names of those who are counted: "Henry the eighth".
const REGNAL: &[&str] = &[
    "Henry",
    "Elizabeth",
    "Louis",
    "Charles",
    "George",
    "Edward",
    "James",
    "William",
    "Paul",
    "Benedict",
    "Philip",
    "Richard",
    "Catherine",
    "Napoleon",
    "Nicholas",
    "Alexander",
    "Frederick",
    "Leo",
    "Pius",
    "Gregory",
    "Francis",
    "Robert",
    "Thomas",
    "Pedro",
    "Peter",
    "Smith",
    "John",
    "Harald",
    "Carl",
    "Clement",
    "Innocent",
    "Boniface",
];
