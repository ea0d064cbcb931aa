//! From a byte of the text to its line and column.
//!
//! Lines end at LF, CR LF or CR (XML 1.0 §2.11); columns count characters, a tab as one.

use crate::document::Position;

/// Bytes between two marks: a look-up walks over at most so many.
const STRIDE: usize = 256;

/// Looks up places of one text.
pub(super) struct Places<'a> {
    text: &'a str,
    marks: Vec<(usize, Position)>,
}

impl<'a> Places<'a> {
    /// Walks over `text` once.
    pub(super) fn new(text: &'a str) -> Places<'a> {
        let mut position = Position { line: 1, column: 1 };
        let mut marks = vec![(0, position)];
        for (at, character) in text.char_indices() {
            if at >= marks.len() * STRIDE {
                marks.push((at, position));
            }
            position = after(text, at, character, position);
        }
        Places { text, marks }
    }

    /// The place of the character that begins at byte `at`, or of the end of the text.
    pub(super) fn at(&self, at: usize) -> Position {
        let next = self.marks.partition_point(|(mark, _)| *mark <= at);
        let (mark, mut position) = self.marks[next.saturating_sub(1)];
        for (offset, character) in self.text[mark..].char_indices() {
            if mark + offset >= at {
                break;
            }
            position = after(self.text, mark + offset, character, position);
        }
        position
    }
}

fn after(text: &str, at: usize, character: char, position: Position) -> Position {
    let breaks = match character {
        '\n' => true,
        '\r' => text.as_bytes().get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    if breaks {
        Position { line: position.line + 1, column: 1 }
    } else {
        Position { line: position.line, column: position.column + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, needle: char, line: u32, column: u32) {
        let at = text.find(needle).expect("the needle is in the text");
        assert_eq!(Places::new(text).at(at), Position { line, column });
    }

    #[test]
    fn lines_end_at_lf_at_cr_lf_and_at_cr() {
        check("a\nbc!", '!', 2, 3);
        check("a\r\nbc!", '!', 2, 3);
        check("a\rbc!", '!', 2, 3);
        check("\r\n\r\n!", '!', 3, 1);
        check("\n\r!", '!', 3, 1);
    }

    #[test]
    fn a_tab_and_a_letter_of_four_bytes_are_one_column_each() {
        check("\t\t!", '!', 1, 3);
        check("alô 😀!", '!', 1, 6);
        check("\u{301}e\u{301}!", '!', 1, 4);
    }

    #[test]
    fn the_end_and_beyond_are_the_place_after_the_last_character() {
        assert_eq!(Places::new("ab\n").at(3), Position { line: 2, column: 1 });
        assert_eq!(Places::new("ab").at(99), Position { line: 1, column: 3 });
        assert_eq!(Places::new("").at(0), Position { line: 1, column: 1 });
    }

    #[test]
    fn a_long_text_is_looked_up_as_it_is_counted() {
        let text = "é\r\nab\t".repeat(400);
        let places = Places::new(&text);
        let mut expected = Position { line: 1, column: 1 };
        for (at, character) in text.char_indices() {
            assert_eq!(places.at(at), expected, "at byte {at}");
            expected = after(&text, at, character, expected);
        }
    }
}
