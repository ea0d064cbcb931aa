//! Running text in clauses: what is spoken in one breath, and the mark after it.
//!
//! A voice hears a comma by its mark; espeak-ng leaves marks out of its phonemes, and takes a clause's end for a line's.

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause<'t> {
    /// Its words, with the mark, which abbreviations need.
    pub(crate) text: &'t str,
    /// The mark that it ends with, in ASCII.
    pub(crate) mark: Option<char>,
}

/// The clauses of a sentence. A full stop ends one only where the text ends: elsewhere it is an abbreviation's.
pub(crate) fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut clauses = Vec::new();
    let mut begin = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let Some((mark, full)) = mark(letter) else { continue };
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match next {
            None => true,
            Some(next) if mark == '.' && !full => {
                text[at..].chars().all(|letter| !letter.is_alphanumeric()) && !is_mark(next)
            }
            Some(next) => full || next.is_whitespace() || is_closing(next),
        };
        if ends {
            let end = at + letter.len_utf8();
            push(&mut clauses, &text[begin..end], Some(mark));
            begin = end;
        }
    }
    push(&mut clauses, &text[begin..], None);
    clauses
}

/// Text without a letter or digit is the end of the clause before it.
fn push<'t>(clauses: &mut Vec<Clause<'t>>, text: &'t str, mark: Option<char>) {
    let text = text.trim();
    if text.contains(char::is_alphanumeric) {
        clauses.push(Clause { text, mark });
    } else if let Some(last) = clauses.last_mut() {
        last.mark = last.mark.or(mark);
    }
}

/// A mark in ASCII, and whether it ends a clause wherever it stands.
fn mark(letter: char) -> Option<(char, bool)> {
    match letter {
        ',' | ';' | ':' | '!' | '?' | '.' => Some((letter, false)),
        '，' | '、' | '،' => Some((',', true)),
        '；' | '؛' => Some((';', true)),
        '：' => Some((':', true)),
        '！' => Some(('!', true)),
        '？' | '؟' => Some(('?', true)),
        '。' | '．' | '।' => Some(('.', true)),
        '…' => Some(('.', false)),
        _ => None,
    }
}

fn is_mark(letter: char) -> bool {
    mark(letter).is_some()
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '”' | '’' | '»' | ')' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<char>)]) {
        let found: Vec<_> = clauses(text).into_iter().map(|it| (it.text, it.mark)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn marks_between_words_end_clauses_and_those_in_numbers_do_not() {
        check("Hello, world.", &[("Hello,", Some(',')), ("world.", Some('.'))]);
        check(
            "At 10:30, 1,000 of 3.14!",
            &[("At 10:30,", Some(',')), ("1,000 of 3.14!", Some('!'))],
        );
        check("Dr. Smith is in", &[("Dr. Smith is in", None)]);
        check("He said \"no, no.\"", &[("He said \"no,", Some(',')), ("no.", Some('.'))]);
        check("Well... yes?", &[("Well... yes?", Some('?'))]);
        check("Wait...", &[("Wait...", Some('.'))]);
    }

    #[test]
    fn marks_of_other_scripts_end_clauses_too() {
        check("はい、そうです。", &[("はい、", Some(',')), ("そうです。", Some('.'))]);
        check("¿Qué? Nada", &[("¿Qué?", Some('?')), ("Nada", None)]);
    }

    #[test]
    fn what_has_no_words_has_no_clauses() {
        check("", &[]);
        check("... , !", &[]);
    }

    proptest::proptest! {
        #[test]
        fn no_letter_is_lost(text in ".{0,60}") {
            let letters = |text: &str| text.chars().filter(|it| it.is_alphanumeric()).count();
            let kept: usize = clauses(&text).iter().map(|clause| letters(clause.text)).sum();
            proptest::prop_assert_eq!(kept, letters(&text));
        }
    }
}
