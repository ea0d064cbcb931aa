//! Words that are two: by how they are written (`GitHub`, `well-known`), or because both halves are words (`paylink`).

use super::endings;
use super::stress;

/// A word's parts as it is written: at hyphens and other signs, between `b` and `C` of `abCd`, before the last capital of
/// `ABCd`, and around each digit.
pub(super) fn written(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begins = 0;
    let characters: Vec<(usize, char)> = word.char_indices().collect();
    for (index, (at, c)) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|it| characters[it].1);
        let after = characters.get(index + 1).map(|it| it.1);
        let parts_here = !is_inside(*c)
            || before.is_some_and(|before| {
                !is_inside(before)
                    || before.is_ascii_digit()
                    || c.is_ascii_digit()
                    || (before.is_lowercase() && c.is_uppercase())
                    || (before.is_uppercase()
                        && c.is_uppercase()
                        && after.is_some_and(|after| after.is_lowercase() && after != 's'))
            });
        if parts_here {
            parts.push(&word[begins..*at]);
            begins = *at;
        }
    }
    parts.push(&word[begins..]);
    parts.retain(|part| part.contains(char::is_alphanumeric));
    parts
}

fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || c == '\''
}

/// Longest word that is parted, in bytes.
const LONGEST: usize = 24;
/// Shortest part, in letters.
const SHORTEST: usize = 3;
/// Shortest word after a prefix, in letters.
const SHORTEST_STEM: usize = 4;

/// A small word that is made of two which `find` knows, or of a prefix and one.
pub(super) fn read(word: &str, find: impl Fn(&str) -> Option<String>) -> Option<String> {
    if word.len() > LONGEST || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let find = |part: &str| {
        find(part).or_else(|| {
            let mut stems = endings::stems(part).into_iter();
            stems.find_map(|(stem, ending)| Some(ending.after(find(&stem)?)))
        })
    };
    prefixed(word, &find).or_else(|| halves(word, &find))
}

fn prefixed(word: &str, find: &impl Fn(&str) -> Option<String>) -> Option<String> {
    PREFIXES.iter().find_map(|(prefix, phonemes)| {
        let stem = word.strip_prefix(prefix).filter(|stem| stem.len() >= SHORTEST_STEM)?;
        Some(format!("{phonemes}{}", find(stem)?))
    })
}

/// Two words, as equal in length as they can be; the second loses its main stress (`wˈɛbhˌʊk`).
fn halves(word: &str, find: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut places: Vec<usize> = (SHORTEST..=word.len().saturating_sub(SHORTEST)).collect();
    places.sort_by_key(|at| word.len().abs_diff(2 * at));
    places.into_iter().find_map(|at| {
        let mut second = find(&word[at..])?;
        let first = find(&word[..at])?;
        stress::lessen(&mut second);
        Some(first + &second)
    })
}

/// Prefixes that are put before any word, with lesser stress.
const PREFIXES: &[(&str, &str)] = &[
    ("anti", "ˌænti"),
    ("auto", "ˌɔɾO"),
    ("cyber", "sˌIbəɹ"),
    ("de", "dˌi"),
    ("geo", "ʤˌiO"),
    ("hyper", "hˌIpəɹ"),
    ("inter", "ˌɪntəɹ"),
    ("micro", "mˌIkɹO"),
    ("mini", "mˌɪni"),
    ("mis", "mˌɪs"),
    ("multi", "mˌʌlti"),
    ("non", "nˌɑn"),
    ("over", "ˌOvəɹ"),
    ("pre", "pɹˌi"),
    ("re", "ɹˌi"),
    ("semi", "sˌɛmi"),
    ("sub", "sˌʌb"),
    ("super", "sˌupəɹ"),
    ("tele", "tˌɛlə"),
    ("ultra", "ˌʌltɹə"),
    ("un", "ˌʌn"),
    ("under", "ˌʌndəɹ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_parted_as_it_is_written() {
        assert_eq!(written("GitHub"), ["Git", "Hub"]);
        assert_eq!(written("PostgreSQL"), ["Postgre", "SQL"]);
        assert_eq!(written("HTTPServer"), ["HTTP", "Server"]);
        assert_eq!(written("PDFs"), ["PDFs"]);
        assert_eq!(written("well-known"), ["well", "known"]);
        assert_eq!(written("v2"), ["v", "2"]);
        assert_eq!(written("42"), ["4", "2"]);
        assert_eq!(written("don't"), ["don't"]);
        assert_eq!(written("--"), [""; 0]);
        assert_eq!(written(""), [""; 0]);
    }

    #[test]
    fn a_word_of_two_is_stressed_on_the_first() {
        let find = |word: &str| match word {
            "pay" => Some("pˈA".to_owned()),
            "link" => Some("lˈɪŋk".to_owned()),
            _ => None,
        };
        assert_eq!(read("paylink", find).as_deref(), Some("pˈAlˌɪŋk"));
        assert_eq!(read("paylinks", find).as_deref(), Some("pˈAlˌɪŋks"));
        assert_eq!(read("unlinked", find).as_deref(), Some("ˌʌnlˈɪŋkt"));
        assert_eq!(read("payxlink", find), None);
    }
}
