//! Something wrong in a file, shown with its line and a caret: for `alo.toml` and for TwiML alike.

use std::fmt;

/// What is wrong, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// File, URL, flag or variable.
    pub(crate) origin: String,
    /// Line and column from 1, where there are any.
    pub(crate) position: Option<(usize, usize)>,
    /// The line itself.
    pub(crate) excerpt: Option<String>,
    /// How many characters are meant.
    pub(crate) width: usize,
    /// What is wrong.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) mend: Option<String>,
}

impl Problem {
    /// A problem of a flag or a variable.
    pub(crate) fn outside(origin: &str, message: String) -> Problem {
        Problem {
            origin: origin.to_owned(),
            position: None,
            excerpt: None,
            width: 1,
            message,
            mend: None,
        }
    }

    /// `alo.toml:3:7`.
    pub(crate) fn place(&self) -> String {
        match self.position {
            Some((line, column)) => format!("{}:{line}:{column}", self.origin),
            None => self.origin.clone(),
        }
    }

    /// The source line with a caret under what is meant; empty where there is none.
    pub(crate) fn picture(&self) -> String {
        let (Some((line, column)), Some(excerpt)) = (self.position, &self.excerpt) else {
            return String::new();
        };
        let number = line.to_string();
        let (shown, before) = cut(excerpt, column);
        let gap: String =
            before.chars().map(|each| if each == '\t' { '\t' } else { ' ' }).collect();
        let room = shown.chars().count().saturating_sub(before.chars().count()).max(1);
        let carets = "^".repeat(self.width.clamp(1, room));
        let margin = " ".repeat(number.len());
        format!("\n {number} | {shown}\n {margin} | {gap}{carets}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)?;
        self.mend.iter().try_for_each(|mend| write!(f, ": {mend}"))?;
        f.write_str(&self.picture())
    }
}

/// Longest part of a line that is shown, in characters: a document without line breaks is one line.
const SHOWN: usize = 120;

/// The part of a line around its `column`, and what of it stands before that column.
fn cut(line: &str, column: usize) -> (String, String) {
    let before = column.saturating_sub(1);
    let skipped = if before > SHOWN { before - SHOWN / 2 } else { 0 };
    let lead = if skipped > 0 { "…" } else { "" };
    let part: String = line.chars().skip(skipped).take(SHOWN).collect();
    let tail = if line.chars().count() > skipped + SHOWN { "…" } else { "" };
    let head: String = line.chars().skip(skipped).take(before - skipped).collect();
    (format!("{lead}{part}{tail}"), format!("{lead}{head}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(excerpt: &str, column: usize, width: usize) -> Problem {
        Problem {
            origin: "alo.toml".to_owned(),
            position: Some((3, column)),
            excerpt: Some(excerpt.to_owned()),
            width,
            message: "unknown setting 'listn'".to_owned(),
            mend: Some("did you mean 'listen'?".to_owned()),
        }
    }

    #[test]
    fn the_caret_stands_under_what_is_meant() {
        let shown = problem("\tlistn = 1", 2, 5).to_string();
        let expected = "alo.toml:3:2: unknown setting 'listn': did you mean 'listen'?\n 3 | \tlistn = 1\n   | \t^^^^^";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_line_without_end_is_cut_around_the_place() {
        let picture = problem(&"x".repeat(10_000), 5_000, 3).picture();
        assert!(picture.len() < 600, "{}", picture.len());
        assert!(picture.contains("^^^"), "{picture}");
    }

    #[test]
    fn a_place_beyond_the_end_of_its_line_is_shown_there() {
        let picture = problem("ab", 40, 9).picture();
        assert!(picture.ends_with('^'), "{picture}");
    }
}
