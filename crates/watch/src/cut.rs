//! Text of others, made to fit: never inside a character, and at a space where there is one near the end.

/// The text on one line, without control characters, in at most so many characters; `…` stands for what was cut off.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    // More words than this can't be part of the result.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        // One more than fits is enough to see that it doesn't.
        line.extend(word.chars().take(longest.saturating_add(1)));
        length += word.chars().take(longest.saturating_add(1)).count();
        if length > longest {
            return shortened(&line, longest);
        }
    }
    line
}

/// Share of a text, in percent, that may be given up so that it ends at a space.
const GIVEN_UP: usize = 20;

fn shortened(line: &str, longest: usize) -> String {
    let Some(room) = longest.checked_sub(1) else { return String::new() };
    let end = line.char_indices().nth(room).map_or(line.len(), |(place, _)| place);
    let kept = &line[..end];
    let at_space = kept.rfind(' ').filter(|space| space * 100 >= kept.len() * (100 - GIVEN_UP));
    let kept = at_space.map_or(kept, |space| &kept[..space]);
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_text_ends_at_a_space() {
        assert_eq!(cut("status 502 instead of 200", 100), "status 502 instead of 200");
        assert_eq!(cut("status 502 instead of 200", 20), "status 502 instead…");
        assert_eq!(cut("a line\r\n and\tanother\u{0}", 100), "a line and another");
        assert_eq!(cut("ãããããã", 4), "ããã…");
        assert_eq!(cut("word", 0), "");
    }

    proptest! {
        #[test]
        fn no_text_is_longer_than_asked(text: String, longest in 0usize..40) {
            let cut = cut(&text, longest);
            prop_assert!(cut.chars().count() <= longest, "{:?}", cut);
            prop_assert!(!cut.contains(char::is_control));
        }
    }
}
