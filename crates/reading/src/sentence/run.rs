//! Parts in one language that follow each other, and the sentences that they make together.

use std::collections::VecDeque;

use super::bounds::{self, WHOLE};
use super::{How, Style};
use crate::pronunciation::from_ipa;
use crate::script::Format;
use crate::words::{Token, say_as, words};

/// Most characters of a sentence; a longer one is cut at a comma, else between words.
const SENTENCE_LIMIT: usize = 1_000;

/// English parts that follow each other.
#[derive(Default)]
pub(super) struct Run {
    /// Their text, with [`WHOLE`] for each part that isn't running text.
    text: String,
    /// So far it was read, in bytes.
    at: usize,
    pieces: VecDeque<Piece>,
}

/// What one part brought.
struct Piece {
    /// Where its text ends in the run's.
    end: usize,
    style: Style,
    meant: Meant,
}

enum Meant {
    Plain,
    As(Format, String),
    /// IPA, and the text in its place.
    Ipa(String, String),
}

/// What is said between two ends.
#[derive(Debug, PartialEq)]
pub(super) struct Sentence {
    pub(super) segments: Vec<Segment>,
    pub(super) after: After,
}

/// What follows a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum After {
    /// It goes on: it was too long, or in another language.
    Nothing,
    Sentence,
    Paragraph,
}

/// What is said in one style.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Segment {
    Words {
        tokens: Vec<Token>,
        style: Style,
    },
    /// Something that is not to be said.
    Pause,
}

impl Run {
    /// Adds a part at the end.
    pub(super) fn push(&mut self, text: String, how: How, style: Style) {
        let meant = match how {
            How::Plain => {
                self.text.push_str(&text);
                Meant::Plain
            }
            How::As(format) => {
                self.text.push(WHOLE);
                Meant::As(format, text)
            }
            How::Ipa(symbols) => {
                self.text.push(WHOLE);
                Meant::Ipa(symbols, text)
            }
        };
        self.pieces.push_back(Piece { end: self.text.len(), style, meant });
    }

    /// The next sentence, if there is one; it may have nothing to say.
    pub(super) fn sentence(&mut self) -> Option<Sentence> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let length = bounds::first(rest);
        let said = &rest[..length];
        let is_long = said.trim_end().chars().nth(SENTENCE_LIMIT).is_some();
        let (length, after) = if is_long {
            (bounds::cut(said, SENTENCE_LIMIT), After::Nothing)
        } else {
            (length, after(said, length == rest.len()))
        };
        let end = self.at + length;
        let segments = self.segments(end);
        self.at = end;
        Some(Sentence { segments, after })
    }

    /// What is said up to `end`.
    fn segments(&mut self, end: usize) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut at = self.at;
        while at < end
            && let Some(piece) = self.pieces.front()
        {
            let until = piece.end.min(end);
            let tokens = match &piece.meant {
                Meant::Plain if segments.is_empty() => words(&self.text[at..until]),
                Meant::Plain => {
                    let (marks, text) = marks(&self.text[at..until]);
                    join(&mut segments, marks, piece.style);
                    words(text)
                }
                Meant::As(Format::Expletive, _) => Vec::new(),
                Meant::As(format, text) => say_as(format, text),
                Meant::Ipa(symbols, text) => match from_ipa(symbols) {
                    Some(phonemes) => vec![Token::Phonemes(phonemes)],
                    None => words(text),
                },
            };
            if matches!(piece.meant, Meant::As(Format::Expletive, _)) {
                segments.push(Segment::Pause);
            } else {
                join(&mut segments, tokens, piece.style);
            }
            if piece.end <= end {
                self.pieces.pop_front();
            }
            at = until;
        }
        segments.retain(is_heard);
        segments
    }
}

/// What follows `said`, whose white space at the end belongs to it.
fn after(said: &str, is_last: bool) -> After {
    let space = &said[said.trim_end().len()..];
    if bounds::is_paragraph(space) {
        After::Paragraph
    } else if !is_last || bounds::is_ended(said) {
        After::Sentence
    } else {
        After::Nothing
    }
}

/// The marks at the beginning of `text`, which belong to what was said before, and what follows them.
fn marks(text: &str) -> (Vec<Token>, &str) {
    let rest = text.trim_start_matches(|it: char| it.is_whitespace() || mark(it).is_some());
    let begin = &text[..text.len() - rest.len()];
    // A mark right before a letter or digit belongs to that: `.5`, `(now)`.
    let end = begin.trim_end_matches(|it: char| !it.is_whitespace()).len();
    let end = if rest.is_empty() { text.len() } else { end };
    let mut marks = Vec::new();
    for mark in text[..end].chars().filter_map(mark) {
        match marks.last() {
            Some(Token::Mark('.' | '…')) if mark == '.' => {
                marks.pop();
                marks.push(Token::Mark('…'));
            }
            Some(Token::Mark(last)) if *last == mark => {}
            Some(_) | None => marks.push(Token::Mark(mark)),
        }
    }
    (marks, &text[end..])
}

/// The mark that the voice hears where `character` stands behind a word.
fn mark(character: char) -> Option<char> {
    match character {
        '.' | ',' | ';' | ':' | '!' | '?' | '…' | '—' | ')' => Some(character),
        '–' => Some('—'),
        '"' | '”' => Some('”'),
        _ => None,
    }
}

/// Adds `tokens` to what is said in the same style. Marks alone have no style: they belong to what they stand at.
fn join(segments: &mut Vec<Segment>, tokens: Vec<Token>, style: Style) {
    if tokens.is_empty() {
        return;
    }
    if let Some(Segment::Words { tokens: before, style: its }) = segments.last_mut() {
        if *its == style || !is_sayable(&tokens) {
            before.extend(tokens);
            return;
        }
        if !is_sayable(before) {
            before.extend(tokens);
            *its = style;
            return;
        }
    }
    segments.push(Segment::Words { tokens, style });
}

fn is_heard(segment: &Segment) -> bool {
    match segment {
        Segment::Words { tokens, .. } => is_sayable(tokens),
        Segment::Pause => true,
    }
}

fn is_sayable(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| match token {
        Token::Word(_) | Token::Letters(_) | Token::Phonemes(_) => true,
        Token::Mark(_) => false,
    })
}
