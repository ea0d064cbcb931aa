//! What is to be said, in pieces: sentence by sentence, each language by itself, silence apart.
//!
//! Every engine is asked for one piece at a time, so that the first sounds while the others are made, a sentence that two
//! texts share is made once, another engine can say the rest when one fails in the middle, and a pause is as long with
//! one engine as with another. The parts that are read, and where sentences end, are `reading`'s.

use std::ops::Range;
use std::time::Duration;

use reading::{How, Part, Script};

use crate::Utterance;
use crate::routes::primary;

/// Silence between two sentences, as the embedded voice makes it.
const SENTENCE: Duration = Duration::from_millis(250);
/// Silence between two paragraphs.
const PARAGRAPH: Duration = Duration::from_millis(600);
/// Silence where a sentence that is too long is parted.
const COMMA: Duration = Duration::from_millis(120);
/// Longest piece in characters; a longer sentence is parted at its last comma before that, else between words.
const LONGEST: usize = 400;
/// Stands for what is not to be parted (`<say-as>`): `reading` takes it for neither letter nor mark.
const WHOLE: char = '\u{fffc}';

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What is said; `None`: nothing, where silence comes first.
    pub(crate) said: Option<Utterance>,
    /// Silence after it.
    pub(crate) pause: Duration,
}

/// The pieces of `utterance`, in order; none where there is nothing to hear.
pub(crate) fn pieces(utterance: &Utterance) -> Vec<Piece> {
    let script = Script::read(&utterance.text, utterance.ssml.as_deref());
    let mut cutter =
        Cutter { utterance, pieces: Vec::new(), run: Vec::new(), language: None, rested: false };
    for part in script.parts {
        cutter.part(part);
    }
    cutter.end(Duration::ZERO);
    cutter.pieces
}

struct Cutter<'u> {
    utterance: &'u Utterance,
    pieces: Vec<Piece>,
    /// Texts in one language that follow each other.
    run: Vec<Part>,
    /// Of the run; `None`: the utterance's.
    language: Option<String>,
    /// Whether the last piece's pause is written out.
    rested: bool,
}

impl Cutter<'_> {
    fn part(&mut self, part: Part) {
        match part {
            Part::Break(silence) => {
                self.end(Duration::ZERO);
                self.rest(silence);
            }
            Part::End => self.end(SENTENCE),
            Part::Paragraph => self.end(PARAGRAPH),
            Part::Text { text, how, style, language } => {
                let own = primary(&self.utterance.language);
                let foreign = language
                    .as_deref()
                    .is_some_and(|language| !primary(language).eq_ignore_ascii_case(own));
                let of_run = language.clone().filter(|_| foreign);
                if of_run != self.language {
                    let pause = if self.is_ended() { SENTENCE } else { Duration::ZERO };
                    self.end(pause);
                    self.language = of_run;
                }
                let language = language.filter(|_| !foreign);
                self.run.push(Part::Text { text, how, style, language });
            }
        }
    }

    /// Whether the run ends with a mark that ends sentences.
    fn is_ended(&self) -> bool {
        let Some(Part::Text { text, .. }) = self.run.last() else { return false };
        text.trim_end().ends_with(['.', '!', '?', '…', '。', '！', '？'])
    }

    /// Ends the run, and makes its sentences pieces; the last one has `pause` after it.
    fn end(&mut self, pause: Duration) {
        let run = std::mem::take(&mut self.run);
        let (text, places) = joined(&run);
        let ranges: Vec<(Range<usize>, Duration)> = ranges(&text);
        let last = ranges.len().saturating_sub(1);
        for (at, (range, after)) in ranges.into_iter().enumerate() {
            let script = Script { parts: cut(&run, &places, &range) };
            let pause = if at == last { pause } else { after };
            if let Some(said) = self.as_utterance(&script) {
                self.pieces.push(Piece { said: Some(said), pause });
                self.rested = false;
            }
        }
    }

    fn as_utterance(&self, script: &Script) -> Option<Utterance> {
        let text = script.plain_text();
        let is_said = |letter: char| {
            !letter.is_whitespace() && !".,;:!?…–—-\"'“”‘’()。、！？¿¡".contains(letter)
        };
        if !text.contains(is_said) {
            return None;
        }
        Some(Utterance {
            text: text.trim().to_owned(),
            ssml: (!script.is_plain()).then(|| script.to_ssml()),
            voice: self.utterance.voice.clone(),
            language: self.language.clone().unwrap_or_else(|| self.utterance.language.clone()),
        })
    }

    /// Silence that is written out, instead of what a sentence's end would have made.
    fn rest(&mut self, silence: Duration) {
        match self.pieces.last_mut() {
            Some(piece) if self.rested => piece.pause += silence,
            Some(piece) => piece.pause = silence,
            None => self.pieces.push(Piece { said: None, pause: silence }),
        }
        self.rested = true;
    }
}

/// The characters of a run, and where each part of it lies in them.
fn joined(run: &[Part]) -> (String, Vec<Range<usize>>) {
    let mut joined = String::new();
    let mut places = Vec::with_capacity(run.len());
    for part in run {
        let begin = joined.len();
        match part {
            Part::Text { text, how: How::Plain, .. } => joined.push_str(text),
            Part::Text { how: How::As(_) | How::Ipa(_), .. } => joined.push(WHOLE),
            Part::Break(_) | Part::End | Part::Paragraph => {}
        }
        places.push(begin..joined.len());
    }
    (joined, places)
}

/// Where the sentences of `text` lie, and the silence after each.
fn ranges(text: &str) -> Vec<(Range<usize>, Duration)> {
    let mut ranges = Vec::new();
    for sentence in reading::sentences(text) {
        // A slice of the text: the distance of their beginnings.
        let mut begin = sentence.as_ptr() as usize - text.as_ptr() as usize;
        let end = begin + sentence.len();
        while let Some(length) = parted(&text[begin..end]) {
            ranges.push((begin..begin + length, COMMA));
            begin += length;
        }
        ranges.push((begin..end, SENTENCE));
    }
    ranges
}

/// How many bytes of a sentence that is too long come first.
fn parted(sentence: &str) -> Option<usize> {
    let (limit, _) = sentence.char_indices().nth(LONGEST)?;
    let head = &sentence[..limit];
    let after = |at: usize| head[at..].chars().next().map_or(at, |mark| at + mark.len_utf8());
    let comma = head.rfind([',', ';', ':', '，', '；', '、']).map(after);
    let space = head.rfind(char::is_whitespace).map(after);
    // A comma near the beginning would leave the rest as long as it was.
    let far = |at: &usize| *at > limit / 4;
    Some(comma.filter(far).or(space.filter(far)).unwrap_or(limit))
}

/// The parts of a run that lie in `range`, texts cut to it.
fn cut(run: &[Part], places: &[Range<usize>], range: &Range<usize>) -> Vec<Part> {
    let inside = run.iter().zip(places).filter_map(|(part, place)| {
        let (begin, end) = (place.start.max(range.start), place.end.min(range.end));
        let Part::Text { text, how, style, language } = part else { return None };
        if begin >= end {
            return None;
        }
        let text = match how {
            How::Plain => text.get(begin - place.start..end - place.start)?,
            How::As(_) | How::Ipa(_) => text,
        };
        Some(Part::Text {
            text: text.to_owned(),
            how: how.clone(),
            style: *style,
            language: language.clone(),
        })
    });
    inside.collect()
}

#[cfg(test)]
mod tests;
