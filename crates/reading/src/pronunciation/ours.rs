//! Our own list: words of telephony and computing that the lexicon lacks, or reads as others do.
//!
//! `data/words.tsv` holds them by the alphabet, a word and its phonemes on a line. A word in small letters is found in
//! any case, one with capitals only as it is written.

const LIST: &str = include_str!("../../data/words.tsv");

/// Longest word of the list, in bytes.
const LONGEST: usize = 32;

/// How a word of the list is read.
pub(super) fn find(word: &str) -> Option<&'static str> {
    if word.len() > LONGEST {
        return None;
    }
    line(word).or_else(|| line(&word.to_ascii_lowercase()))
}

/// Halves the list until its line is found.
fn line(word: &str) -> Option<&'static str> {
    let mut list = LIST;
    while !list.is_empty() {
        let middle = list.as_bytes()[..list.len() / 2]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let end = list[middle..].find('\n').map_or(list.len(), |at| middle + at);
        let (listed, phonemes) = list[middle..end].split_once('\t')?;
        match listed.cmp(word) {
            std::cmp::Ordering::Equal => return Some(phonemes),
            std::cmp::Ordering::Less => list = list.get(end + 1..).unwrap_or_default(),
            std::cmp::Ordering::Greater => list = &list[..middle],
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pronunciation::alphabet::is_symbol;

    #[test]
    fn the_list_is_sorted_and_every_word_is_found() {
        let words: Vec<&str> = LIST.lines().filter_map(|it| it.split('\t').next()).collect();
        assert!(words.is_sorted(), "the list is sorted by bytes: LC_ALL=C sort");
        for line in LIST.lines() {
            let (word, phonemes) = line.split_once('\t').expect("a word and its phonemes");
            assert!(word.len() <= LONGEST && phonemes.contains('ˈ'), "{line}");
            assert!(phonemes.chars().all(|it| is_symbol(it) || it == 'ɾ'), "{line}");
            assert_eq!(find(word), Some(phonemes));
        }
    }

    #[test]
    fn small_letters_are_found_in_any_case() {
        assert_eq!(find("WebHook"), find("webhook"));
        assert!(find("webhook").is_some());
        assert_eq!(find(""), None);
        assert_eq!(find("zzz"), None);
    }
}
