//! Addresses of machines: e-mail, URLs, host names, IP addresses, file names, hashtags and handles.
//!
//! `ada.lovelace@shop.test` is "ada dot lovelace at shop dot test". Whatever may follow is looked at for
//! [`LONGEST`] atoms at most, so a text that is one endless address is read in pieces.

use super::atoms::{Found, Here, Kind};
use super::names;
use super::numbers::{self, cardinal, one_by_one};
use super::said::Said;
use super::symbols::name;

/// Most atoms of one address (an e-mail address has 254 characters at most, RFC 5321 §4.5.3.1.3).
const LONGEST: isize = 254;

/// Most atoms of an IPv6 address: eight groups of four, each of up to four atoms, and the colons.
const HEXADECIMAL: isize = 40;

/// Most labels of a host name that we look for.
const LABELS: isize = 12;

/// Every address.
pub(super) fn address(here: Here<'_>) -> Option<Found> {
    match here.kind(0)? {
        Kind::Word => url(here)
            .or_else(|| hexadecimal(here))
            .or_else(|| email(here))
            .or_else(|| host(here))
            .or_else(|| file(here))
            .or_else(|| snake(here)),
        Kind::Digits => hexadecimal(here)
            .or_else(|| email(here))
            .or_else(|| ip(here))
            .or_else(|| version(here))
            .or_else(|| host(here)),
        Kind::Symbol => tag(here).or_else(|| path(here)).or_else(|| hexadecimal(here)),
    }
}

/// `https://alo.dev/docs`, `www.alo.dev`, `mailto:ada@shop.test`.
fn url(here: Here<'_>) -> Option<Found> {
    let scheme = here.word(0).filter(|it| it.len() <= 6)?.to_ascii_lowercase();
    let slashes = here.joined_is(1, ':') && here.joined_is(2, '/') && here.joined_is(3, '/');
    let start = match scheme.as_str() {
        "www" if here.joined_is(1, '.') && here.joined(2) => 0,
        "mailto" | "tel" | "sip" | "sips" | "sms" if here.joined_is(1, ':') && here.joined(2) => 2,
        _ if slashes && here.joined(4) && here.symbol(4).is_none() => 4,
        _ => return None,
    };
    // What isn't of the web is named: the caller may have to type it.
    let mut said = match scheme.as_str() {
        "http" | "https" | "www" | "mailto" | "tel" => Said::new(),
        "sip" => Said::of("sip").and("colon"),
        other => names::short_word(other).and("colon"),
    };
    if scheme == "tel" {
        let number = super::telephone::telephone(here.further(2))?;
        return Some(Found::quantity(2 + number.atoms, number.said));
    }
    let end = chunk_end(here, start);
    said.append(spelled(here, start, end));
    Some(Found::new(end.cast_unsigned(), said))
}

/// Where the run of joined atoms from `start` ends, without the punctuation of the sentence around it.
fn chunk_end(here: Here<'_>, start: isize) -> isize {
    let mut end = start + 1;
    while end < start + LONGEST
        && here.joined(end)
        && !matches!(here.symbol(end), Some('"' | '”' | '>' | '“' | '<'))
    {
        end += 1;
    }
    let closing =
        |it: char| matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '\'' | '…');
    while end > start + 1 && here.symbol(end - 1).is_some_and(closing) {
        end -= 1;
    }
    end
}

/// `ada.lovelace@shop.test`.
fn email(here: Here<'_>) -> Option<Found> {
    if here.joined(0) && here.symbol(-1).is_some_and(|it| matches!(it, '.' | '_' | '+' | '-' | '@'))
    {
        return None;
    }
    let inner = |offset: isize| {
        here.joined(offset)
            && here.symbol(offset).is_none_or(|it| matches!(it, '.' | '_' | '+' | '-' | '%'))
    };
    let at = (1..LONGEST).take_while(|offset| inner(*offset)).last().map_or(1, |last| last + 1);
    if !here.joined_is(at, '@') || !here.joined(at + 1) || here.symbol(at + 1).is_some() {
        return None;
    }
    let end = host_end(here, at + 1);
    let said = spelled(here, 0, at).and("at").then(spelled(here, at + 1, end));
    Some(Found::new(end.cast_unsigned(), said))
}

/// Where the labels that begin at `start` end.
fn host_end(here: Here<'_>, start: isize) -> isize {
    let mut end = start + 1;
    while end < start + LONGEST && here.joined(end) {
        let parts = matches!(here.symbol(end), Some('.' | '-'));
        let goes_on = here.joined(end + 1) && here.symbol(end + 1).is_none();
        match here.symbol(end) {
            None => end += 1,
            Some(_) if parts && goes_on => end += 2,
            Some(_) => break,
        }
    }
    end
}

/// `alo.dev`, `db1.eu-west.example.com:5432`.
fn host(here: Here<'_>) -> Option<Found> {
    if here.joined(0)
        && here.symbol(-1) != Some('(')
        && here.symbol(-1) != Some('"')
        && !here.is(-1, '“')
    {
        return None;
    }
    let end = host_end(here, 0).min(4 * LABELS);
    let top = here.word(end - 1).filter(|_| here.is(end - 2, '.'))?;
    let lower = top.bytes().all(|it| it.is_ascii_lowercase());
    let known = TOP_LEVEL.contains(&top);
    if end < 3 || !lower || !known {
        return None;
    }
    let more =
        here.joined(end) && matches!(here.symbol(end), Some('/' | ':')) && here.joined(end + 1);
    let end = if more { chunk_end(here, 0) } else { end };
    Some(Found::new(end.cast_unsigned(), spelled(here, 0, end)))
}

/// `192.168.0.1`, `10.0.0.0/24`, `10.0.0.1:8080`.
fn ip(here: Here<'_>) -> Option<Found> {
    let octet =
        |offset: isize| here.digits(offset).filter(|it| it.len() <= 3 && it.parse::<u8>().is_ok());
    let joined = (1..=6).all(|offset| here.joined(offset));
    let dots = [1, 3, 5].iter().all(|offset| here.is(*offset, '.'));
    let goes_on = here.joined_is(7, '.') && here.joined_digits(8).is_some();
    if !joined || !dots || goes_on || (here.joined(0) && here.kind(-1) != Some(Kind::Symbol)) {
        return None;
    }
    let mut said = Said::new();
    for offset in [0, 2, 4, 6] {
        let digits = octet(offset)?;
        if offset > 0 {
            said.say("dot");
        }
        said.append(if digits.len() == 3 { one_by_one(digits) } else { cardinal(digits) });
    }
    let Some(digits) = here.joined_digits(8) else { return Some(Found::quantity(7, said)) };
    Some(match here.symbol(7) {
        Some('/') => Found::quantity(9, said.and("slash").then(cardinal(digits))),
        Some(':') => Found::quantity(9, said.and("port").then(port(digits))),
        _ => Found::quantity(7, said),
    })
}

/// `00:1A:2B:3C:4D:5E`, `2001:db8::1`: characters one by one, with pauses in a MAC address and colons in an IPv6 one.
fn hexadecimal(here: Here<'_>) -> Option<Found> {
    let starts = here.is(0, ':') && here.joined_is(1, ':') && !here.joined(0);
    if here.joined(0) || (here.symbol(0).is_some() && !starts) {
        return None;
    }
    let hex = |it: &str| it.len() <= 4 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let inner = |offset: isize| {
        (offset == 0 || here.joined(offset))
            && (here.is(offset, ':') || here.text(offset).is_some_and(hex))
    };
    let mut end = (0..HEXADECIMAL).take_while(|offset| inner(*offset)).count().cast_signed();
    if here.joined(end) && here.symbol(end).is_none() {
        return None;
    }
    if end > 0 && here.is(end - 1, ':') && !here.is(end - 2, ':') {
        end -= 1;
    }
    let colons = (0..end).filter(|offset| here.is(*offset, ':')).count();
    let double = (1..end).any(|offset| here.is(offset, ':') && here.is(offset - 1, ':'));
    let mac = colons == 5 && !double;
    if !(mac || colons == 7 || (double && colons >= 2 && end > 2)) {
        return None;
    }
    let mut said = Said::new();
    for offset in 0..end {
        match (here.digits(offset), here.word(offset)) {
            (Some(digits), _) => said.append(one_by_one(digits)),
            (None, Some(letters)) => said.letters(letters),
            (None, None) if mac => said.mark(','),
            (None, None) => said.say("colon"),
        }
    }
    Some(Found::new(end.cast_unsigned(), said))
}

fn port(digits: &str) -> Said {
    if digits.len() <= 3 { numbers::pairs(digits) } else { one_by_one(digits) }
}

/// `2.10.3`: "two point ten point three".
fn version(here: Here<'_>) -> Option<Found> {
    let mut end = 1;
    while end < LABELS && here.joined_is(end, '.') && here.joined_digits(end + 1).is_some() {
        end += 2;
    }
    let before = here.word(-1).map(str::to_lowercase).unwrap_or_default();
    let named = VERSIONED.contains(&before.as_str());
    if end < 5 && !(named && end == 3) {
        return None;
    }
    let mut said = cardinal(here.digits(0)?);
    for offset in (2..end).step_by(2) {
        said = said.and("point").then(cardinal(here.digits(offset)?));
    }
    Some(Found::quantity(end.cast_unsigned(), said))
}

/// `report_2019.pdf`, `Cargo.toml`.
fn file(here: Here<'_>) -> Option<Found> {
    if here.joined(0)
        && !here.symbol(-1).is_some_and(|it| matches!(it, '(' | '"' | '“' | '[' | '\''))
    {
        return None;
    }
    let inner = |offset: isize| {
        here.joined(offset) && here.symbol(offset).is_none_or(|it| matches!(it, '.' | '_' | '-'))
    };
    let end = (1..LONGEST).take_while(|offset| inner(*offset)).last()? + 1;
    let end = if here.symbol(end - 1).is_some() { end - 1 } else { end };
    let extension = here.text(end - 1).filter(|_| end > 2 && here.is(end - 2, '.'))?;
    EXTENSIONS.contains(&extension).then(|| Found::new(end.cast_unsigned(), spelled(here, 0, end)))
}

/// `max_retry_count`: its words.
fn snake(here: Here<'_>) -> Option<Found> {
    if !here.joined_is(1, '_') || !here.joined(2) || here.symbol(2).is_some() {
        return None;
    }
    let said = names::name(here.word(0)?, here.shouted);
    Some(Found::new(2, said))
}

/// `/var/log/syslog`.
fn path(here: Here<'_>) -> Option<Found> {
    let starts = here.is(0, '/') && !here.joined(0) && here.joined_word(1).is_some();
    if !starts || !here.joined_is(2, '/') {
        return None;
    }
    let end = chunk_end(here, 0);
    Some(Found::new(end.cast_unsigned(), spelled(here, 0, end)))
}

/// `#OutageAlert`, `@ada`.
fn tag(here: Here<'_>) -> Option<Found> {
    let word = here.joined_word(1).filter(|_| !here.joined(0))?;
    let said = match here.symbol(0)? {
        '#' => Said::of("hashtag"),
        '@' => Said::of("at"),
        _ => return None,
    };
    Some(Found::new(2, said.then(names::name(word, false))))
}

/// The atoms from `start` to `end` with every sign by its name.
fn spelled(here: Here<'_>, start: isize, end: isize) -> Said {
    let mut said = Said::new();
    for offset in start..end {
        if let Some(digits) = here.digits(offset) {
            said.append(digits_in_name(digits));
        } else if let Some(word) = here.word(offset) {
            said.append(names::short_word(word));
        } else if let Some(symbol) = here.symbol(offset) {
            said.say(name(symbol));
        }
    }
    said
}

/// Digits within a name: small numbers and years as they are, others one by one.
pub(super) fn digits_in_name(digits: &str) -> Said {
    match digits.len() {
        _ if digits.starts_with('0') => one_by_one(digits),
        1 | 2 => cardinal(digits),
        4 if ("1900".."2100").contains(&digits) => numbers::year(digits),
        _ => one_by_one(digits),
    }
}

/// Words after which `3.12` is a version.
const VERSIONED: &[&str] = &[
    "v", "version", "versions", "release", "python", "node", "ios", "android", "firmware",
    "ubuntu", "debian", "kernel", "postgres", "rust", "java", "ruby", "php", "go", "build",
];

/// Ends of host names that are taken for one without a scheme: common ones, and those for documents (RFC 2606).
const TOP_LEVEL: &[&str] = &[
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "info",
    "biz",
    "dev",
    "app",
    "io",
    "ai",
    "co",
    "me",
    "tv",
    "cloud",
    "tech",
    "shop",
    "store",
    "online",
    "site",
    "blog",
    "test",
    "example",
    "localhost",
    "local",
    "internal",
    "invalid",
    "us",
    "uk",
    "ca",
    "au",
    "br",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "jp",
    "ch",
    "eu",
    "nz",
    "mx",
    "se",
    "pl",
    "at",
    "be",
    "ly",
    "gg",
    "xyz",
];

/// Ends of file names.
const EXTENSIONS: &[&str] = &[
    "pdf", "txt", "csv", "tsv", "jpg", "jpeg", "png", "gif", "svg", "doc", "docx", "xls", "xlsx",
    "ppt", "pptx", "zip", "tar", "gz", "mp3", "mp4", "wav", "ogg", "json", "yaml", "yml", "toml",
    "xml", "html", "css", "js", "ts", "py", "rs", "go", "rb", "php", "java", "sh", "sql", "log",
    "conf", "cfg", "ini", "exe", "md", "ics", "vcf", "db", "bak", "pem", "key",
];
