//! A long line of phonemes in portions that a voice can make at once.

/// Marks behind which a breath may end, the strongest first.
const MARKS: [&[char]; 2] = [&['.', '!', '?', '…'], &[',', ';', ':', '—', ')', '”']];

/// `phonemes` in order, in portions of at most `longest` characters, none of them blank: parted behind marks where there
/// are some in the second half, else between words, else anywhere.
pub(super) fn portions(phonemes: &str, longest: usize) -> impl Iterator<Item = &str> {
    let mut rest = phonemes.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (portion, others) = rest.split_at(cut(rest, longest.max(1)));
        rest = others.trim_start();
        Some(portion.trim_end())
    })
}

/// `phonemes` in two, if a mark ends a portion in the second half of `soonest` characters: so that the first of a long
/// sentence can sound while the rest is made.
pub(super) fn early(phonemes: &str, soonest: usize) -> Option<(&str, &str)> {
    let phonemes = phonemes.trim();
    let (end, _) = phonemes.char_indices().nth(soonest)?;
    let (portion, rest) = phonemes.split_at(behind_mark(&phonemes[..end], end / 2)?);
    Some((portion, rest.trim_start()))
}

fn cut(phonemes: &str, longest: usize) -> usize {
    let Some((end, next)) = phonemes.char_indices().nth(longest) else { return phonemes.len() };
    // A space just behind the longest portion parts words, too.
    let head = &phonemes[..end + if next.is_whitespace() { next.len_utf8() } else { 0 }];
    behind_mark(head, end / 2).or_else(|| spaces(head).next()).unwrap_or(end)
}

/// The last space of `head` from `least` on that stands behind a mark, behind a strong one if there is one.
fn behind_mark(head: &str, least: usize) -> Option<usize> {
    MARKS
        .iter()
        .find_map(|marks| spaces(head).find(|at| *at >= least && head[..*at].ends_with(*marks)))
}

/// Where there are spaces in `head`, the last first.
fn spaces(head: &str) -> impl Iterator<Item = usize> {
    head.rmatch_indices(char::is_whitespace).map(|(at, _)| at).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(phonemes: &str, longest: usize) -> Vec<&str> {
        portions(phonemes, longest).collect()
    }

    #[test]
    fn what_is_short_enough_stays_whole() {
        assert_eq!(all("həlˈO, ðˈɛɹ.", 12), ["həlˈO, ðˈɛɹ."]);
        assert_eq!(all("", 12), Vec::<&str>::new());
        assert_eq!(all("  ", 12), Vec::<&str>::new());
    }

    #[test]
    fn long_ones_are_parted_behind_marks_then_between_words_then_anywhere() {
        assert_eq!(all("aaa, bbb ccc ddd", 7), ["aaa,", "bbb ccc", "ddd"]);
        assert_eq!(all("aa bb, cc dd ee", 9), ["aa bb,", "cc dd ee"]);
        assert_eq!(all("a. bb cc, dd ee", 12), ["a. bb cc,", "dd ee"]);
        assert_eq!(all("aaaaaaa", 3), ["aaa", "aaa", "a"]);
        assert_eq!(all("éé éé", 2), ["éé", "éé"]);
    }

    #[test]
    fn the_first_of_a_long_one_is_early_if_a_mark_ends_it() {
        assert_eq!(early("aaa bbb, ccc ddd eee", 10), Some(("aaa bbb,", "ccc ddd eee")));
        assert_eq!(early("aaa bbb, ccc", 30), None);
        assert_eq!(early("a, bbb ccc ddd eee", 12), None);
        assert_eq!(early("aaa bbb ccc ddd eee", 12), None);
    }
}
