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

fn cut(phonemes: &str, longest: usize) -> usize {
    let Some((end, next)) = phonemes.char_indices().nth(longest) else { return phonemes.len() };
    // A space just behind the longest portion parts words, too.
    let head = &phonemes[..end + if next.is_whitespace() { next.len_utf8() } else { 0 }];
    let spaces = || head.rmatch_indices(char::is_whitespace).map(|(at, _)| at).filter(|at| *at > 0);
    let behind = |marks: &[char]| spaces().find(|at| *at >= end / 2 && head[..*at].ends_with(marks));
    MARKS.iter().find_map(|marks| behind(marks)).or_else(|| spaces().next()).unwrap_or(end)
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
}
