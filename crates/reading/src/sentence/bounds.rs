//! Where a sentence of written text ends.
//!
//! A full stop ends it unless it belongs to an abbreviation, an initial, a number or an address; which of these it is, the
//! word before and the word after tell. Marks of other scripts (Unicode's Sentence_Terminal) end one wherever they stand.
//! It reads each character a bounded number of times.

use super::abbreviations::{
    AFTER_TIME, CLOSING, COUNTED, DAYS, NEVER, STARTERS, TITLES, TITLES_OR_ENDS,
};

/// Stands in a text for what is not to be looked into (`<say-as>`): neither letter nor mark.
pub(super) const WHOLE: char = '\u{fffc}';

/// A line with fewer characters was ended by its author, a longer one by the width of a page.
const SHORT_LINE: usize = 60;

/// Longest word that is looked up, in bytes; longer ones are no abbreviations.
const WORD_LIMIT: usize = 32;

/// The sentences of `text` in order, trimmed, none of them empty.
///
/// English abbreviations, initials, decimals and addresses don't end one; in other languages, marks of any script do, and
/// little else is known. An empty line ends a sentence in all. U+FFFC may stand for what is not to be looked into: it is
/// neither letter nor mark.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (sentence, others) = rest.split_at(first(rest));
            rest = others;
            if !sentence.trim().is_empty() {
                return Some(sentence.trim());
            }
        }
        None
    })
}

/// The bytes of the first sentence of `text` with the white space behind it; more than 0, if `text` isn't empty.
pub(super) fn first(text: &str) -> usize {
    let mut at = 0;
    let mut line = 0;
    while let Some(character) = text[at..].chars().next() {
        if is_line_end(character) {
            let next = skip(text, at, char::is_whitespace);
            let said = &text[..at];
            if !said.trim_start().is_empty()
                && parts_lines(&text[at..next], &text[line..at], &text[next..])
            {
                return next;
            }
            (at, line) = (next, next);
        } else if is_wide_end(character) {
            let marks = skip(text, at, |mark| is_end(mark) || is_wide_end(mark) || is_closer(mark));
            return skip(text, marks, char::is_whitespace);
        } else if is_end(character) {
            let marks = skip(text, at, |mark| is_end(mark) || is_wide_end(mark));
            let closed = skip(text, marks, is_closer);
            let next = skip(text, closed, char::is_whitespace);
            let stop =
                Stop { before: &text[..at], marks: &text[at..marks], quoted: closed > marks };
            if next == text.len() || (next > closed && stop.ends(&text[next..])) {
                return next;
            }
            at = closed;
        } else {
            at += character.len_utf8();
        }
    }
    text.len()
}

/// Whether `text` ends as a sentence does: with a mark that isn't that of a title.
pub(super) fn is_ended(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(is_closer);
    let Some(mark) = text.chars().next_back() else { return false };
    if mark != '.' {
        return is_end(mark) || is_wide_end(mark);
    }
    let word = last_word(&text[..text.len() - 1]).to_lowercase();
    !is_among(TITLES, &word) && !is_among(NEVER, &word)
}

/// Whether white space with empty lines in it is what parts paragraphs.
pub(super) fn is_paragraph(space: &str) -> bool {
    lines(space) > 1
}

/// Where to cut `text`, which has more than `limit` characters: behind the last comma or the like, else before a word,
/// else anywhere.
pub(super) fn cut(text: &str, limit: usize) -> usize {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(end, _)| end);
    let head = &text[..end];
    // A comma near the beginning would leave the rest as long as it was.
    let spaces = || head.rmatch_indices(char::is_whitespace);
    let clause = spaces().find(|(at, _)| {
        *at > end / 4
            && head[..*at].ends_with([',', ';', ':', '—', '–', ')', '、', '，', '；', '：', '،'])
    });
    match clause.or_else(|| spaces().next()) {
        Some((at, space)) if at > 0 => at + space.len(),
        _ => end,
    }
}

/// Marks that may end a sentence, with white space behind them.
struct Stop<'t> {
    before: &'t str,
    marks: &'t str,
    quoted: bool,
}

impl Stop<'_> {
    /// Whether they do, before `rest`.
    fn ends(&self, rest: &str) -> bool {
        let next = Next::of(rest);
        let is_dots = self.marks.contains('…') || self.marks.len() > 1;
        if self.marks.contains(['!', '?', '\u{37e}', '‼', '⁇', '⁈', '⁉']) {
            return !(self.quoted && next.is_lower);
        }
        if is_dots || (self.quoted && next.is_lower) {
            return !next.is_lower;
        }
        let word = last_word(self.before);
        if word.is_empty() {
            return !self.before.trim().is_empty();
        }
        if word.len() > WORD_LIMIT {
            return true;
        }
        self.word_ends(word, &next)
    }

    /// Whether a full stop behind `word` does.
    fn word_ends(&self, word: &str, next: &Next<'_>) -> bool {
        let is_number = word.chars().all(|digit| digit.is_ascii_digit());
        if is_number {
            let is_item = word.len() <= 3 && self.before.trim() == word;
            return !is_item && !next.is_lower;
        }
        let lower = word.to_lowercase();
        let mut letters = word.chars();
        let is_initial =
            letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
        if is_among(NEVER, &lower) {
            false
        } else if matches!(lower.as_str(), "a.m" | "p.m") {
            !next.is_lower && !is_among(AFTER_TIME, next.word)
        } else if is_initial || is_acronym(word) {
            next.is_starter
        } else if is_among(TITLES, &lower) {
            next.is_starter && is_among(TITLES_OR_ENDS, &lower)
        } else if is_among(COUNTED, &lower) || lower == "etc" {
            next.is_upper
        } else if is_among(CLOSING, &lower) || is_among(DAYS, word) {
            next.is_starter
        } else {
            // A short word before a small letter is an abbreviation that nobody listed.
            !next.is_lower || word.chars().count() > 3
        }
    }
}

/// What follows a mark.
struct Next<'t> {
    /// Its letters.
    word: &'t str,
    is_lower: bool,
    is_upper: bool,
    is_starter: bool,
}

impl Next<'_> {
    fn of(rest: &str) -> Next<'_> {
        let rest = rest.trim_start_matches(is_opener);
        let end = rest
            .char_indices()
            .take(WORD_LIMIT)
            .find(|(_, letter)| !letter.is_alphabetic())
            .map_or_else(|| rest.len().min(first_bytes(rest, WORD_LIMIT)), |(end, _)| end);
        let word = &rest[..end];
        let begins = rest.chars().next();
        // An initial is no article: the `A.` of `J. A. Smith`.
        let is_initial = word.chars().nth(1).is_none() && rest[end..].starts_with('.');
        Next {
            word,
            is_lower: begins.is_some_and(char::is_lowercase),
            is_upper: begins.is_some_and(char::is_uppercase),
            is_starter: !is_initial && is_among(STARTERS, word),
        }
    }
}

fn first_bytes(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(end, _)| end)
}

/// What stands between white space and the end, without the marks before it.
fn last_word(before: &str) -> &str {
    let begin = before
        .char_indices()
        .rev()
        .find(|(_, character)| character.is_whitespace())
        .map_or(0, |(at, space)| at + space.len_utf8());
    before[begin..].trim_start_matches(|mark| is_opener(mark) || is_closer(mark))
}

/// Letters, one or two and a full stop each: `U.S`, `Ph.D`, `J.R.R`.
fn is_acronym(word: &str) -> bool {
    let is_letters =
        |part: &str| matches!(part.chars().count(), 1 | 2) && part.chars().all(char::is_alphabetic);
    word.contains('.') && word.split('.').all(is_letters)
}

/// Whether a line's end is a sentence's: at an empty line, and behind a short line unless a small letter goes on with it.
fn parts_lines(space: &str, line: &str, next: &str) -> bool {
    if is_paragraph(space) {
        return true;
    }
    let goes_on = next.chars().next().is_none_or(char::is_lowercase);
    !goes_on && line.trim().chars().nth(SHORT_LINE).is_none()
}

fn lines(space: &str) -> usize {
    let mut lines = 0;
    let mut characters = space.chars().peekable();
    while let Some(character) = characters.next() {
        lines += match character {
            '\r' if characters.peek() == Some(&'\n') => 0,
            '\u{2029}' => 2,
            _ => usize::from(is_line_end(character)),
        };
    }
    lines
}

fn skip(text: &str, from: usize, is_skipped: impl Fn(char) -> bool) -> usize {
    let rest = &text[from..];
    from + rest.find(|character| !is_skipped(character)).unwrap_or(rest.len())
}

fn is_among(words: &[&str], word: &str) -> bool {
    words.contains(&word)
}

const fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Marks that end a sentence if white space follows; U+037E is the Greek question mark.
const fn is_end(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '‼' | '⁇' | '⁈' | '⁉' | '\u{37e}')
}

/// Marks that end a sentence whatever follows: Armenian, Arabic, Urdu, Devanagari, Burmese, Ethiopic, Khmer, Chinese and
/// Japanese.
const fn is_wide_end(character: char) -> bool {
    matches!(
        character,
        '։' | '؟'
            | '۔'
            | '।'
            | '॥'
            | '၊'
            | '။'
            | '።'
            | '፧'
            | '។'
            | '៕'
            | '。'
            | '！'
            | '？'
            | '｡'
    )
}

const fn is_closer(character: char) -> bool {
    matches!(
        character,
        ')' | ']' | '}' | '"' | '\'' | '”' | '’' | '»' | '›' | '」' | '』' | '）' | '】' | '》'
    )
}

const fn is_opener(character: char) -> bool {
    matches!(
        character,
        '(' | '['
            | '{'
            | '"'
            | '\''
            | '“'
            | '‘'
            | '„'
            | '«'
            | '‹'
            | '¿'
            | '¡'
            | '「'
            | '『'
            | '（'
            | '【'
            | '《'
    )
}
